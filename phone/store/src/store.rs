//! The store: snapshots for readers, one writer at a time, and no change that is not on the disk.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use jiff::Timestamp;
use offhook_config::Diagnostic;
use offhook_params::{ParamId, credentials};
use offhook_settings::{ChangeSet, Layer, LayerValues, Layers, Method, Origin};

use crate::backup::{self, BackupError, Make};
use crate::edit::{self, Edit, Edited};
use crate::erase::{self, Erase};
use crate::error::{EditError, StoreError};
use crate::folder::Folder;
use crate::load::{self, Loaded, Report};
use crate::subscribe::{Changed, Hub, Subscription};
use crate::writer::{Writer, in_danger};
use crate::{restore, seal};

/// The settings of one phone, kept in a folder. Copies are the same store; it can be used from every thread.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    /// What readers see. It is exchanged as a whole, after the disk has it.
    layers: RwLock<Arc<Layers>>,
    writer: Mutex<Writer>,
    /// What the writer says of a trial, for those who must not wait while it writes.
    deadline: Mutex<Option<Instant>>,
    hub: Arc<Hub>,
}

/// What a downloaded file did to its layer.
#[derive(Debug, Clone)]
pub struct Replaced {
    /// What differs in effect.
    pub changes: ChangeSet,
    /// What the reader had to say about the file; lines with errors were left out.
    pub diagnostics: Vec<Diagnostic>,
}

/// What downloaded files did that were put in place together.
#[derive(Debug, Clone)]
pub struct Exchanged {
    /// One for each file, in the order given; its changes are those beyond what the files before it did.
    pub files: Vec<Replaced>,
    /// What differs in effect, all files together. It was told as one change.
    pub changes: ChangeSet,
}

/// A configuration file that is to fill a layer.
#[derive(Debug, Clone, Copy)]
pub struct NewFile<'a> {
    /// The layer.
    pub layer: Layer,
    /// Plain text or XML.
    pub bytes: &'a [u8],
    /// The path or URL that it came from; a password in it is blotted out.
    pub source: &'a str,
}

impl Store {
    /// Opens the folder, creating it where needed, and reads what it holds.
    ///
    /// Files that are damaged do not keep the phone from starting: each gives what can be read of it, is kept aside
    /// as evidence, and is reported. So is an edit on trial ([`Store::edit_provisional`]) that was not confirmed: it is
    /// taken back.
    ///
    /// # Errors
    /// The folder is in use, or cannot be created, listed or locked.
    pub fn open(path: impl AsRef<Path>) -> Result<(Self, Vec<Report>), StoreError> {
        let folder = Folder::open(path.as_ref())?;
        let Loaded { layers, reports, leftover, exchange } = load::load(&folder);
        let in_danger = in_danger(&folder, &reports);
        let inner = Inner {
            layers: RwLock::new(Arc::new(layers)),
            writer: Mutex::new(Writer::new(folder, in_danger, leftover, exchange)),
            deadline: Mutex::default(),
            hub: Arc::default(),
        };
        Ok((Self(Arc::new(inner)), reports))
    }

    /// All layers as they are now; later changes do not show in it.
    pub fn snapshot(&self) -> Arc<Layers> {
        Arc::clone(&self.0.layers.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the user layer: all of the edits or none.
    ///
    /// Each value is checked, and the rules between parameters over the result. A rule that was broken before does
    /// not stand in the way; one that the edit breaks does.
    ///
    /// # Errors
    /// Values or rules speak against it, or it could not be kept; then nothing has changed, here and on the disk.
    pub fn edit(&self, edits: &[Edit], method: Method) -> Result<ChangeSet, EditError> {
        let mut writer = self.writer();
        let before = self.snapshot();
        let Edited { layers, changes } = edit::apply(&before, edits, method).map_err(EditError::Refused)?;
        if layers.layer(Layer::User) != before.layer(Layer::User) {
            writer.keep(before.layer(Layer::User), layers.layer(Layer::User))?;
            self.publish(writer, layers, &changes);
        }
        Ok(changes)
    }

    /// As [`Store::edit`], but on trial: unless somebody confirms, the user layer goes back to what it was.
    ///
    /// [`Store::expire`] takes the edit back when `deadline` has come, and so does a start of the phone that finds it
    /// unconfirmed. A further provisional edit joins the trial, with its deadline for both. Any other change of the user
    /// layer while the trial runs is for good, and outlives it.
    ///
    /// # Errors
    /// As [`Store::edit`].
    pub fn edit_provisional(&self, edits: &[Edit], method: Method, deadline: Instant) -> Result<ChangeSet, EditError> {
        let mut writer = self.writer();
        let before = self.snapshot();
        let Edited { layers, changes } = edit::apply(&before, edits, method).map_err(EditError::Refused)?;
        if layers.layer(Layer::User) != before.layer(Layer::User) {
            writer.try_out(before.layer(Layer::User), layers.layer(Layer::User), deadline)?;
            self.tell_deadline(&writer);
            self.publish(writer, layers, &changes);
        }
        Ok(changes)
    }

    /// Until when a trial waits for its confirmation; nothing where none runs. It does not wait for the disk.
    pub fn deadline(&self) -> Option<Instant> {
        *self.0.deadline.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends a trial: what it changed counts for good. Whether there was one.
    ///
    /// # Errors
    /// It could not be kept; the trial goes on.
    pub fn confirm(&self) -> Result<bool, StoreError> {
        let mut writer = self.writer();
        let confirmed = writer.confirm()?;
        self.tell_deadline(&writer);
        Ok(confirmed)
    }

    /// Ends a trial and takes back what it changed; nothing where none runs.
    ///
    /// It cannot fail: the disk has had the values to go back to since the trial began.
    pub fn roll_back(&self) -> Option<ChangeSet> {
        self.take_back(self.writer())
    }

    /// Takes a trial back whose deadline has come by `now`, and says what that changed.
    pub fn expire(&self, now: Instant) -> Option<ChangeSet> {
        let writer = self.writer();
        match writer.deadline() {
            Some(deadline) if deadline <= now => self.take_back(writer),
            _ => None,
        }
    }

    /// What [`Store::edit`] would change, without doing it.
    ///
    /// # Errors
    /// Values or rules speak against it.
    pub fn preview(&self, edits: &[Edit], method: Method) -> Result<ChangeSet, EditError> {
        let edited = edit::apply(&self.snapshot(), edits, method).map_err(EditError::Refused)?;
        Ok(edited.changes)
    }

    /// Takes those values out of the user layer that `wanted` names by parameter and origin.
    ///
    /// Rules between parameters do not stand in the way: whoever resets wants out of what is, and what comes back was
    /// accepted before, from the files or from the factory.
    ///
    /// # Errors
    /// It could not be kept; then nothing has changed, here and on the disk.
    pub fn reset(&self, wanted: impl Fn(ParamId, &Origin) -> bool) -> Result<ChangeSet, StoreError> {
        self.rewrite(|_, user| {
            let gone = user.iter().filter(|(id, _, origin)| wanted(*id, origin));
            let gone: Vec<ParamId> = gone.map(|(id, ..)| id).collect();
            for id in gone {
                user.remove(id);
            }
        })
    }

    /// Changes the user layer without asking the rules.
    pub(crate) fn rewrite(&self, change: impl FnOnce(&Layers, &mut LayerValues)) -> Result<ChangeSet, StoreError> {
        let mut writer = self.writer();
        let mut layers = Layers::clone(&self.snapshot());
        let mut user = layers.layer(Layer::User).clone();
        change(&layers, &mut user);
        if user == *layers.layer(Layer::User) {
            return Ok(ChangeSet::default());
        }
        writer.keep(layers.layer(Layer::User), &user)?;
        let changes = layers.replace(Layer::User, user);
        self.publish(writer, layers, &changes);
        Ok(changes)
    }

    /// Puts a configuration file, plain text or XML, in place of a whole layer.
    ///
    /// As [`Store::replace_all`] with this one file.
    ///
    /// # Errors
    /// As [`Store::replace_all`].
    pub fn replace(&self, layer: Layer, bytes: &[u8], source: &str) -> Result<Replaced, StoreError> {
        let mut exchanged = self.replace_all(&[NewFile { layer, bytes, source }])?;
        Ok(exchanged.files.pop().expect("there is one for each file"))
    }

    /// Puts configuration files in place of whole layers: all of them or none, also where the process is killed or the
    /// power is lost in between; listeners are told once.
    ///
    /// A setting that a file no longer has falls back to the layers below. Lines with errors are left out. Rules between
    /// parameters are not enforced, since a file may rely on one that could not be fetched:
    /// [`offhook_params::rules::breaches`] over a snapshot tells. Of two files for one layer the later counts.
    ///
    /// # Errors
    /// One of the files is refused as a whole, a layer is not one that files fill, or they could not be kept; then
    /// nothing has changed, here and on the disk.
    pub fn replace_all(&self, files: &[NewFile<'_>]) -> Result<Exchanged, StoreError> {
        let mut sealed = BTreeMap::new();
        let mut read = Vec::new();
        for &NewFile { layer, bytes, source } in files {
            if !Layer::FILES.contains(&layer) {
                return Err(StoreError::NotFromFile(layer));
            }
            let source = credentials::blotted(source);
            let (values, reading) = load::parse_file(bytes, &source);
            if reading.void {
                return Err(StoreError::Void(reading.diagnostics));
            }
            sealed.insert(layer, seal::seal(bytes, Some(&source)));
            read.push((layer, values, reading.diagnostics));
        }
        let mut writer = self.writer();
        writer.write_layers(&sealed)?;
        let before = self.snapshot();
        let mut layers = Layers::clone(&before);
        let replaced = read
            .into_iter()
            .map(|(layer, values, diagnostics)| Replaced { changes: layers.replace(layer, values), diagnostics })
            .collect();
        let changes = ChangeSet::between(&*before, &layers);
        self.publish(writer, layers, &changes);
        Ok(Exchanged { files: replaced, changes })
    }

    /// Empties a layer, as if it had never been filled. The factory layer stays as it is.
    ///
    /// # Errors
    /// It could not be kept; then nothing has changed, here and on the disk.
    pub fn clear(&self, layer: Layer) -> Result<ChangeSet, StoreError> {
        match layer {
            Layer::Factory => Ok(ChangeSet::default()),
            layer => self.empty(layer),
        }
    }

    /// Has the whole unit erased (guide rules 235 to 237), as if nothing had ever been set. It comes into force with
    /// [`Store::reload`], or with the next start, and neither a kill nor a loss of power keeps it from coming true.
    ///
    /// # Errors
    /// It could not be decided, and nothing has changed.
    pub fn erase(&self, what: Erase) -> Result<(), StoreError> {
        let writer = self.writer();
        let path = writer.folder().path();
        erase::decide(path, what).map_err(StoreError::io(path))
    }

    /// Writes user data and the user layer to a card (guide rules 257 to 260), in place of a backup that is there; its
    /// file. The time is for its name.
    ///
    /// # Errors
    /// The password cannot be one, or the card refuses; it may then have no backup.
    pub fn back_up(
        &self,
        card: &Path,
        unit: &Make,
        at: Timestamp,
        password: Option<&str>,
    ) -> Result<PathBuf, BackupError> {
        // Nothing is written meanwhile.
        let writer = self.writer();
        backup::make(writer.folder().path(), card, unit, at, password)
    }

    /// Takes the backup of a card, checked as a whole. It comes into force with [`Store::reload`], or with the next start:
    /// whoever uses the data of the user has to end before.
    ///
    /// # Errors
    /// There is none for this unit, the password is another one, or it could not be kept; then nothing has changed.
    pub fn restore(&self, card: &Path, unit: &Make, password: Option<&str>) -> Result<(), BackupError> {
        let files = backup::open(card, unit, password)?;
        let writer = self.writer();
        Ok(restore::decide(writer.folder().path(), &files)?)
    }

    /// Between two lives of a unit: what was decided for the whole of it comes into force, and the folder is read anew.
    /// Where nothing was decided all stays as it is, a trial that runs included.
    ///
    /// # Errors
    /// It could not be done; what readers see is as before.
    pub fn reload(&self) -> Result<Vec<Report>, StoreError> {
        let mut writer = self.writer();
        let Some((layers, reports)) = writer.reload()? else { return Ok(Vec::new()) };
        self.tell_deadline(&writer);
        let changes = ChangeSet::between(&*self.snapshot(), &layers);
        self.publish(writer, layers, &changes);
        Ok(reports)
    }

    /// Has `listener` told of every change from now on, in order, until the subscription is dropped.
    ///
    /// It runs on the thread that makes a change, or on one that makes another at the same time, and may use the
    /// store, even edit it. It should be quick: the next change is told when it has returned.
    pub fn subscribe(&self, listener: impl Fn(&Changed) + Send + Sync + 'static) -> Subscription {
        self.0.hub.subscribe(Arc::new(listener))
    }

    fn empty(&self, layer: Layer) -> Result<ChangeSet, StoreError> {
        let mut writer = self.writer();
        let mut layers = Layers::clone(&self.snapshot());
        match layer {
            Layer::User => writer.keep(layers.layer(layer), &LayerValues::new())?,
            layer => writer.clear_layer(layer)?,
        }
        let changes = layers.replace(layer, LayerValues::new());
        self.publish(writer, layers, &changes);
        Ok(changes)
    }

    fn take_back(&self, mut writer: MutexGuard<'_, Writer>) -> Option<ChangeSet> {
        let user = writer.roll_back()?;
        self.tell_deadline(&writer);
        let mut layers = Layers::clone(&self.snapshot());
        let changes = layers.replace(Layer::User, user);
        self.publish(writer, layers, &changes);
        Some(changes)
    }

    fn tell_deadline(&self, writer: &Writer) {
        *self.0.deadline.lock().unwrap_or_else(PoisonError::into_inner) = writer.deadline();
    }

    /// Shows what the disk has. The writer's lock goes before listeners run, so that they may write.
    fn publish(&self, writer: MutexGuard<'_, Writer>, layers: Layers, changes: &ChangeSet) {
        let layers = Arc::new(layers);
        *self.0.layers.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&layers);
        self.0.hub.push(Changed { changes: changes.clone(), layers });
        drop(writer);
        self.0.hub.deliver();
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.0.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("layers", &self.snapshot()).finish_non_exhaustive()
    }
}
