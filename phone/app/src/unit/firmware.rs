//! The firmware that runs, and the way to a newer one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use offhook_params::Settings;
use offhook_params::types::FirmwareVersion;
use offhook_provision::firmware::{Keyring, Slot, Slots, update_wanted, version};
use offhook_web::Level;

use super::Journal;
use crate::status::firmware_version;

/// The variable by which the launcher names the folder of the firmware.
pub(crate) const FOLDER: &str = "OFFHOOK_FIRMWARE";

/// The variable by which the launcher names the slot; without one, it has started itself.
pub(crate) const SLOT: &str = "OFFHOOK_SLOT";

/// The variable by which the launcher says how many seconds a new firmware has to run before it has come up.
pub(crate) const SETTLE: &str = "OFFHOOK_SETTLE";

/// The code by which a phone that was started by the launcher says that it wants to be started again.
pub(crate) const RESTART: u8 = 75;

/// The public keys that firmware has to be signed with.
const KEYS: &str = "keys";

/// Where the firmware of this unit is, and which it is.
#[derive(Debug, Clone)]
pub(crate) struct Firmware {
    /// Folder and slot, where the launcher has started the phone.
    place: Option<(PathBuf, Option<Slot>)>,
    settle: Duration,
    running: FirmwareVersion,
}

impl Firmware {
    /// That of a phone that does not run, and was not started by a launcher.
    pub(crate) fn of_nobody() -> anyhow::Result<Self> {
        let own = firmware_version();
        let running = version(&own).with_context(|| format!("{own} is no firmware version"))?;
        Ok(Self { place: None, settle: Duration::ZERO, running })
    }

    /// That of a phone that does not run, with the folder that its launcher has.
    pub(crate) fn in_folder(folder: &Path) -> anyhow::Result<Self> {
        Ok(Self { place: Some((std::path::absolute(folder)?, None)), ..Self::of_nobody()? })
    }

    /// What the launcher says, if it is the one who started this process.
    pub(crate) fn of_launcher() -> anyhow::Result<Self> {
        let own = Self::of_nobody()?.running;
        let seconds = std::env::var(SETTLE).ok().and_then(|text| text.parse().ok());
        let settle = Duration::from_secs(seconds.unwrap_or_default());
        let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
            return Ok(Self { place: None, settle, running: own });
        };
        // A phone without its launcher is one that nobody starts again.
        nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGTERM)?;
        let slot = std::env::var(SLOT).ok();
        let slot = slot.and_then(|name| Slot::ALL.into_iter().find(|slot| slot.as_str() == name));
        // What the manifest says was compared with the settings, so it has to be what is compared next time.
        let signed = slot.and_then(|slot| Slots::open(&folder).ok()?.manifest(slot));
        let running = signed.map_or(own, |manifest| manifest.version);
        Ok(Self { place: Some((folder, slot)), settle, running })
    }

    /// The version that runs.
    pub(crate) const fn running(&self) -> FirmwareVersion {
        self.running
    }

    /// Whether somebody starts the phone again when it ends.
    pub(crate) const fn has_launcher(&self) -> bool {
        self.place.is_some()
    }

    /// Says what became of the last update, and when this firmware has run for long enough, that it has come up.
    pub(super) async fn settle(&self, journal: &Journal) {
        let Some((folder, slot)) = &self.place else { return };
        match Slots::open(folder).map(|slots| slots.boot().clone()) {
            Ok(boot) if boot.attempt.is_some() && *slot == Some(boot.good.other()) => {
                journal.tell(Level::Notice, format_args!("firmware {} runs for the first time", self.running));
            }
            Ok(boot) => {
                if let Some(version) = boot.given_up {
                    let text = format!("firmware {version} did not come up; {} runs again", self.running);
                    journal.tell(Level::Error, text);
                }
                return;
            }
            Err(error) => return journal.tell(Level::Error, format_args!("{}: {error}", folder.display())),
        }
        let Some(slot) = *slot else { return };
        tokio::time::sleep(self.settle).await;
        match Slots::open(folder).and_then(|mut slots| slots.came_up(slot)) {
            Ok(()) => journal.tell(Level::Notice, format_args!("firmware {} has come up", self.running)),
            Err(error) => journal.tell(Level::Error, format_args!("{}: {error}", folder.display())),
        }
    }

    /// The version that the settings ask for, if the unit has yet to install it (guide rules 99 and 101).
    pub(super) fn wanted(&self, settings: &Settings) -> Option<FirmwareVersion> {
        let wanted = update_wanted(settings, self.running)?;
        // One that did not come up is not tried again, for its file would have to be another one.
        let slots = self.place.as_ref().and_then(|(folder, _)| Slots::open(folder).ok());
        if slots.as_ref().is_some_and(|slots| self.is_on_trial(slots)) {
            return None;
        }
        let given_up = slots.and_then(|slots| slots.boot().given_up.as_deref().and_then(version));
        (given_up != Some(wanted)).then_some(wanted)
    }

    /// The slots and the keys, for an update.
    ///
    /// # Errors
    /// There are none.
    pub(super) fn slots(&self) -> anyhow::Result<(Slots, Keyring)> {
        let Some((folder, _)) = &self.place else {
            bail!("this phone was not started by `offhook boot`, which firmware updates need");
        };
        let slots = Slots::open(folder)?;
        if self.is_on_trial(&slots) {
            bail!("the firmware that runs has yet to come up");
        }
        Ok((slots, keys(folder)?))
    }

    /// Whether the firmware that runs has yet to come up: the slot for another one is its own.
    fn is_on_trial(&self, slots: &Slots) -> bool {
        let slot = self.place.as_ref().and_then(|(_, slot)| *slot);
        slot.is_some_and(|slot| slot != slots.boot().good)
    }
}

fn keys(folder: &Path) -> anyhow::Result<Keyring> {
    let path = folder.join(KEYS);
    let text = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
    Keyring::parse(&text).with_context(|| path.display().to_string())
}
