//! The one who writes: layers for good, several in one exchange, and user layers on trial, which a start without their
//! confirmation takes back.
//!
//! An exchange writes `new-….cfg` for each layer, then decides by `exchange.cfg`, and then gives the new files their
//! places. From the decision on the new files count, wherever they are; before it they mean nothing. The decision and
//! all behind it need no room on the disk to speak of, so a full one is found out before.
//!
//! While a trial runs, `pending.cfg` holds the user layer that it goes back to. Whatever `user.cfg` says, a start goes by
//! `pending.cfg` where there is one; so the trial begins by writing that file and ends by removing it, and between any two
//! steps the folder means either the one state or the other.

use std::collections::BTreeMap;
use std::time::Instant;

use offhook_params::ParamId;
use offhook_settings::{Layer, LayerValues, Layers, Origin};

use crate::error::StoreError;
use crate::folder::{Folder, Place};
use crate::load::{self, Loaded, Report, sealed_user};

/// What only one thread at a time may use.
pub(crate) struct Writer {
    folder: Folder,
    /// Layers whose damaged file could not be set aside yet: it must not be written over.
    in_danger: Vec<Layer>,
    trial: Option<Trial>,
    /// `pending.cfg` is still there although no trial runs; it says what memory says, until the next write.
    leftover: bool,
    exchange: Exchange,
}

/// What the folder has of an exchange of several layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exchange {
    /// Nothing.
    Over,
    /// Files that mean nothing, which could not be cleared away yet.
    Abandoned,
    /// Files that count, of which not all could be given their places yet.
    Decided,
}

impl Exchange {
    /// Ends it as it has to end; what is left to do is in the answer, or in `Err` with the reason.
    pub(crate) fn settle(self, folder: &Folder) -> Result<Self, StoreError> {
        match self {
            Self::Over => {}
            Self::Abandoned => folder.abandon_exchange()?,
            Self::Decided => folder.complete_exchange()?,
        }
        Ok(Self::Over)
    }
}

/// A user layer that counts, but not for good.
struct Trial {
    /// What counts again unless somebody confirms.
    before: LayerValues,
    deadline: Instant,
}

impl Writer {
    pub(crate) fn new(folder: Folder, in_danger: Vec<Layer>, leftover: bool, exchange: Exchange) -> Self {
        Self { folder, in_danger, trial: None, leftover, exchange }
    }

    /// The folder.
    pub(crate) const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Does what was decided for the folder as a whole, and reads it anew; nothing where nothing was decided.
    pub(crate) fn reload(&mut self) -> Result<Option<(Layers, Vec<Report>)>, StoreError> {
        if !self.folder.finish()? {
            return Ok(None);
        }
        let Loaded { layers, reports, leftover, exchange } = load::load(&self.folder);
        self.in_danger = in_danger(&self.folder, &reports);
        self.trial = None;
        self.leftover = leftover;
        self.exchange = exchange;
        Ok(Some((layers, reports)))
    }

    /// Until when a trial waits for its confirmation, if one runs.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.trial.as_ref().map(|trial| trial.deadline)
    }

    /// Removes the file of a layer that is not the user's.
    pub(crate) fn clear_layer(&mut self, layer: Layer) -> Result<(), StoreError> {
        debug_assert_ne!(layer, Layer::User);
        self.settle()?;
        self.set_aside(layer)?;
        self.folder.remove(layer)
    }

    /// Puts files in place of layers that are not the user's: all of them or, with an error, none.
    pub(crate) fn write_layers(&mut self, files: &BTreeMap<Layer, Vec<u8>>) -> Result<(), StoreError> {
        debug_assert!(!files.contains_key(&Layer::User));
        self.settle()?;
        let mut fresh = Vec::new();
        for (&layer, bytes) in files {
            self.set_aside(layer)?;
            if !self.is_there(layer.into(), bytes) {
                fresh.push((layer, bytes));
            }
        }
        match fresh[..] {
            [] => Ok(()),
            // One file is exchanged as a whole anyway.
            [(layer, bytes)] => self.folder.write(layer, bytes),
            _ => self.exchange(&fresh),
        }
    }

    fn exchange(&mut self, files: &[(Layer, &Vec<u8>)]) -> Result<(), StoreError> {
        let names: String = files.iter().map(|(layer, _)| format!("{layer}.cfg\r\n", layer = layer.as_str())).collect();
        let decided = files
            .iter()
            .try_for_each(|(layer, bytes)| self.folder.write(Place::New(*layer), bytes))
            .and_then(|()| self.folder.write(Place::Exchange, names.as_bytes()));
        self.exchange = if decided.is_ok() { Exchange::Decided } else { Exchange::Abandoned };
        // What cannot be done now is done before the next write, or by the next start.
        let _ = self.settle();
        decided
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        self.exchange = self.exchange.settle(&self.folder)?;
        Ok(())
    }

    /// Makes `new` the user layer in place of `old`, for good: a trial that runs goes back to a layer that has the
    /// difference too.
    pub(crate) fn keep(&mut self, old: &LayerValues, new: &LayerValues) -> Result<(), StoreError> {
        let Some(trial) = self.trial.take() else {
            self.write(Layer::User.into(), &sealed_user(new))?;
            return self.tidy();
        };
        let before = carried(&trial.before, old, new);
        let written = self
            .write(Place::Pending, &sealed_user(&before))
            .and_then(|()| self.write(Layer::User.into(), &sealed_user(new)));
        let before = match &written {
            Ok(()) => before,
            Err(_) => {
                // Where this fails too, the change that was refused is made by a start that takes the trial back: every
                // one of its values is allowed.
                let _ = self.write(Place::Pending, &sealed_user(&trial.before));
                trial.before
            }
        };
        self.trial = Some(Trial { before, deadline: trial.deadline });
        written
    }

    /// Makes `new` the user layer in place of `old` until `deadline`. A trial that runs is extended by the difference,
    /// and goes back to where it began.
    pub(crate) fn try_out(
        &mut self,
        old: &LayerValues,
        new: &LayerValues,
        deadline: Instant,
    ) -> Result<(), StoreError> {
        let first = self.trial.is_none();
        if first {
            self.write(Place::Pending, &sealed_user(old))?;
        }
        if let Err(error) = self.write(Layer::User.into(), &sealed_user(new)) {
            if first {
                self.leftover = true;
                let _ = self.tidy();
            }
            return Err(error);
        }
        self.leftover = false;
        let before = self.trial.take().map_or_else(|| old.clone(), |trial| trial.before);
        self.trial = Some(Trial { before, deadline });
        Ok(())
    }

    /// Ends the trial: what counts, counts for good.
    pub(crate) fn confirm(&mut self) -> Result<bool, StoreError> {
        if self.trial.is_none() {
            return Ok(false);
        }
        self.folder.remove(Place::Pending)?;
        self.trial = None;
        Ok(true)
    }

    /// Ends the trial and returns the user layer that counts again. The disk says so already; what can be tidied up is.
    pub(crate) fn roll_back(&mut self) -> Option<LayerValues> {
        let trial = self.trial.take()?;
        self.leftover = true;
        let _ = self.write(Layer::User.into(), &sealed_user(&trial.before)).and_then(|()| self.tidy());
        Some(trial.before)
    }

    fn tidy(&mut self) -> Result<(), StoreError> {
        if self.leftover {
            self.folder.remove(Place::Pending)?;
            self.leftover = false;
        }
        Ok(())
    }

    /// Writes a file, unless it is there already: an unchanged download at every start wears no flash.
    fn write(&mut self, place: Place, bytes: &[u8]) -> Result<(), StoreError> {
        if let Place::Of(layer) = place {
            self.set_aside(layer)?;
        }
        if self.is_there(place, bytes) { Ok(()) } else { self.folder.write(place, bytes) }
    }

    fn is_there(&self, place: Place, bytes: &[u8]) -> bool {
        matches!(self.folder.read(place), Ok(Some(there)) if there == bytes)
    }

    fn set_aside(&mut self, layer: Layer) -> Result<(), StoreError> {
        if let Some(place) = self.in_danger.iter().position(|l| *l == layer) {
            self.folder.keep_aside(layer)?;
            self.in_danger.swap_remove(place);
        }
        Ok(())
    }
}

/// The layers whose damaged file could not be set aside.
pub(crate) fn in_danger(folder: &Folder, reports: &[Report]) -> Vec<Layer> {
    let in_danger = reports.iter().filter(|r| r.kept.is_err() && r.file == folder.file(r.layer));
    in_danger.map(|r| r.layer).collect()
}

/// `base` with all that differs between `old` and `new` as `new` has it.
fn carried(base: &LayerValues, old: &LayerValues, new: &LayerValues) -> LayerValues {
    let mut out = base.clone();
    for id in differing(old, new) {
        match new.get(id) {
            None => _ = out.remove(id),
            Some((value, origin)) => {
                out.set(id, value, Origin::clone(origin)).expect("a layer lets no value in that is not allowed");
            }
        }
    }
    out
}

/// The parameters that two layers do not have alike.
pub(crate) fn differing<'a>(a: &'a LayerValues, b: &'a LayerValues) -> impl Iterator<Item = ParamId> + 'a {
    ParamId::all().filter(|id| a.get(*id) != b.get(*id))
}
