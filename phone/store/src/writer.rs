//! The one who writes: layers for good, and user layers on trial, which a start without their confirmation takes back.
//!
//! While a trial runs, `pending.cfg` holds the user layer that it goes back to. Whatever `user.cfg` says, a start goes by
//! `pending.cfg` where there is one; so the trial begins by writing that file and ends by removing it, and between any two
//! steps the folder means either the one state or the other.

use std::time::Instant;

use offhook_params::ParamId;
use offhook_settings::{Layer, LayerValues, Origin};

use crate::error::StoreError;
use crate::folder::{Folder, Place};
use crate::load::sealed_user;

/// What only one thread at a time may use.
pub(crate) struct Writer {
    folder: Folder,
    /// Layers whose damaged file could not be set aside yet: it must not be written over.
    in_danger: Vec<Layer>,
    trial: Option<Trial>,
    /// `pending.cfg` is still there although no trial runs; it says what memory says, until the next write.
    leftover: bool,
}

/// A user layer that counts, but not for good.
struct Trial {
    /// What counts again unless somebody confirms.
    before: LayerValues,
    deadline: Instant,
}

impl Writer {
    pub(crate) fn new(folder: Folder, in_danger: Vec<Layer>, leftover: bool) -> Self {
        Self { folder, in_danger, trial: None, leftover }
    }

    /// Until when a trial waits for its confirmation, if one runs.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.trial.as_ref().map(|trial| trial.deadline)
    }

    /// Writes the file of a layer that is not the user's, or removes it.
    pub(crate) fn write_layer(&mut self, layer: Layer, bytes: Option<&[u8]>) -> Result<(), StoreError> {
        debug_assert_ne!(layer, Layer::User);
        match bytes {
            Some(bytes) => self.write(layer.into(), bytes),
            None => {
                self.set_aside(layer)?;
                self.folder.remove(layer)
            }
        }
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
        match self.folder.read(place) {
            Ok(Some(there)) if there == bytes => Ok(()),
            _ => self.folder.write(place, bytes),
        }
    }

    fn set_aside(&mut self, layer: Layer) -> Result<(), StoreError> {
        if let Some(place) = self.in_danger.iter().position(|l| *l == layer) {
            self.folder.keep_aside(layer)?;
            self.in_danger.swap_remove(place);
        }
        Ok(())
    }
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
