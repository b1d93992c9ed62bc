//! What a person does to the unit as a whole: settings of its screens, resets, and what an SD card is for. A folder stands for the card.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use offhook_params::{Applies, lookup};
use offhook_provision::firmware::{Wanted, install_from};
use offhook_settings::{Layer, Method};
use offhook_store::{Edit, Erase, Make, Store};
use offhook_system::Clock;
use serde::{Deserialize, Serialize};

use super::Firmware;
use crate::cli::{ImportAs, ResetScope};
use crate::commands::files::read_raw;
use crate::status::MODEL;

/// Something that a person does to the unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", deny_unknown_fields)]
pub(crate) enum Deed {
    /// Changes a setting as the unit's own screens do, or takes that back.
    #[serde(rename = "unit-set")]
    Set {
        /// Its name.
        setting: String,
        /// What it is to be; what the files say where this is left out.
        #[serde(default)]
        value: Option<String>,
    },
    /// Takes settings back, or erases everything.
    #[serde(rename = "unit-reset")]
    Reset {
        /// What.
        scope: ResetScope,
    },
    /// Takes a configuration file of the card into a layer (guide rules 252 to 255).
    #[serde(rename = "unit-import")]
    Import {
        /// The card.
        card: PathBuf,
        /// The file in its root.
        file: String,
        /// The kind of file.
        kind: ImportAs,
    },
    /// Writes a backup to the card (guide rules 257 to 261).
    #[serde(rename = "unit-backup")]
    BackUp {
        /// The card.
        card: PathBuf,
        /// Encrypts it.
        password: Option<String>,
    },
    /// Takes the backup of the card back (guide rules 262 to 264).
    #[serde(rename = "unit-restore")]
    Restore {
        /// The card.
        card: PathBuf,
        /// What it is encrypted with.
        password: Option<String>,
    },
    /// Installs firmware of the card, whatever the settings say about updates (guide rules 106 to 108).
    #[serde(rename = "unit-update")]
    Update {
        /// The card.
        card: PathBuf,
        /// The image in its root.
        file: String,
    },
}

/// The unit that something is done to.
pub(crate) struct Subject<'a> {
    /// Its settings.
    pub(crate) store: &'a Store,
    /// Its clock.
    pub(crate) clock: &'a Clock,
    /// Its firmware.
    pub(crate) firmware: &'a Firmware,
}

impl Deed {
    /// Whether it may be done during a call. Resets of the web page's settings may (guide rule 233); what needs the
    /// unit for itself may not (guide rules 108, 255 and 261).
    pub(crate) const fn may_interrupt(&self) -> bool {
        matches!(self, Self::Set { .. } | Self::Reset { scope: ResetScope::Web | ResetScope::WebPassword })
    }

    /// Whether the unit restarts afterwards, so that it counts. After a restore it does so in any case (guide rule 264).
    pub(crate) fn restarts(&self) -> bool {
        match self {
            Self::Set { setting, .. } => {
                lookup(setting).is_some_and(|found| found.id.family().applies == Applies::Restart)
            }
            Self::BackUp { .. } | Self::Reset { scope: ResetScope::WebPassword } => false,
            _ => true,
        }
    }

    /// Does it; what was done, in words.
    ///
    /// # Errors
    /// It was not done, and nothing has changed.
    pub(crate) fn perform(&self, unit: &Subject<'_>) -> anyhow::Result<String> {
        let Subject { store, clock, firmware } = unit;
        let make = || Make { model: MODEL.to_owned(), firmware: firmware.running().to_string() };
        Ok(match self {
            Self::Set { setting, value } => {
                let found = lookup(setting);
                let id =
                    found.with_context(|| format!("there is no setting {setting}; `offhook explain` tells of all"))?.id;
                let edit = value.clone().map_or(Edit::Inherit(id), |value| Edit::Set(id, value));
                store.edit(&[edit], Method::Phone)?;
                match store.snapshot().effective(id).value {
                    _ if id.family().secret => format!("{id} is changed"),
                    value => format!("{id} is \"{value}\""),
                }
            }
            Self::Reset { scope } => {
                match scope {
                    ResetScope::Web => drop(store.reset_web()?),
                    ResetScope::WebPassword => drop(store.reset_logins()?),
                    ResetScope::Data => store.erase(Erase::Data)?,
                    ResetScope::Factory => store.erase(Erase::Everything)?,
                }
                scope.told().to_owned()
            }
            Self::Import { card, file, kind } => {
                if !file.to_ascii_lowercase().ends_with(".cfg") {
                    bail!("the name of a configuration file ends in .cfg");
                }
                let path = in_root(card, file)?;
                let layer = Layer::from(*kind);
                let replaced = store.replace(layer, &read_raw(&path)?, &path.display().to_string())?;
                let (changes, remarks) = (replaced.changes.len(), replaced.diagnostics.len());
                format!("{file} is the {layer} file now, {changes} settings change, its reader has {remarks} remarks")
            }
            Self::BackUp { card, password } => {
                let at = clock.now().unwrap_or_default();
                let path = store.back_up(card, &make(), at, password.as_deref())?;
                format!("the backup is in {}", path.display())
            }
            Self::Restore { card, password } => {
                store.restore(card, &make(), password.as_deref())?;
                "the backup is taken back".to_owned()
            }
            Self::Update { card, file } => {
                let path = in_root(card, file)?;
                let image = File::open(&path).with_context(|| format!("opening {}", path.display()))?;
                let (mut slots, keys) = firmware.slots()?;
                let wanted = Wanted { model: Some(MODEL.to_owned()), ..Wanted::default() };
                let manifest = install_from(BufReader::new(image), &mut slots, &keys, wanted)?;
                format!("firmware {} is installed", manifest.version)
            }
        })
    }
}

/// A file in the root of a card: a plain name, so that nothing else of the machine is read.
fn in_root(card: &Path, file: &str) -> anyhow::Result<PathBuf> {
    match Path::new(file).file_name() {
        Some(name) if name == file => Ok(card.join(file)),
        _ => bail!("{file} is not in the root of the card"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_taken_from_the_root_of_the_card_alone() {
        assert_eq!(in_root(Path::new("/card"), "a.cfg").expect("there"), Path::new("/card/a.cfg"));
        for bad in ["", ".", "..", "../a.cfg", "sub/a.cfg", "/etc/passwd", "a.cfg/"] {
            assert!(in_root(Path::new("/card"), bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_may_be_done_during_a_call() {
        let card = PathBuf::from("/card");
        let reset = |scope| Deed::Reset { scope };
        let set = |name: &str| Deed::Set { setting: name.to_owned(), value: None };
        for (deed, interrupts, restarts) in [
            (set("HANDSET_VOLUME"), true, false),
            (reset(ResetScope::Web), true, true),
            (reset(ResetScope::WebPassword), true, false),
            (reset(ResetScope::Data), false, true),
            (reset(ResetScope::Factory), false, true),
            (Deed::BackUp { card: card.clone(), password: None }, false, false),
            (Deed::Restore { card: card.clone(), password: None }, false, true),
            (Deed::Update { card, file: String::new() }, false, true),
        ] {
            assert_eq!((deed.may_interrupt(), deed.restarts()), (interrupts, restarts), "{deed:?}");
        }
    }
}
