//! The folder on the disk: one owner, files replaced as a whole, evidence that is never written over.

use std::borrow::Cow;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;
use atomic_write_file::unix::OpenOptionsExt as _;
use offhook_settings::Layer;

use crate::error::StoreError;
use crate::{erase, restore};

/// Most bytes of a state file: the reader's limit of 1 MiB and room for the seal.
const LARGEST: u64 = (1 << 20) + (1 << 14);

/// How many damaged versions of one file are kept; beyond that the last one gives way.
const EVIDENCE: u32 = 9;

/// A file of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// A layer.
    Of(Layer),
    /// What a layer becomes by an exchange of several.
    New(Layer),
    /// An exchange is decided: what is new counts. It names the files, for people.
    Exchange,
    /// The user layer as it was before an edit that nobody has confirmed yet.
    Pending,
}

impl Place {
    fn all() -> impl Iterator<Item = Self> {
        let layers = Layer::ALL.into_iter().flat_map(|layer| [Self::Of(layer), Self::New(layer)]);
        layers.chain([Self::Exchange, Self::Pending])
    }

    fn name(self) -> Cow<'static, str> {
        match self {
            Self::Of(layer) => layer.as_str().into(),
            Self::New(layer) => format!("new-{layer}", layer = layer.as_str()).into(),
            Self::Exchange => "exchange".into(),
            Self::Pending => "pending".into(),
        }
    }
}

impl From<Layer> for Place {
    fn from(layer: Layer) -> Self {
        Self::Of(layer)
    }
}

/// A folder that this value owns: the lock ends with it, or with the process, however that dies.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    lock: File,
}

impl Folder {
    /// Creates the folder where needed, takes its lock, and clears away what a killed process left half-written.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreError> {
        create(path)?;
        let lock_path = path.join("lock");
        let mut options = OpenOptions::new();
        let lock = options.create(true).truncate(false).write(true).mode(0o600).open(&lock_path);
        let lock = lock.map_err(StoreError::io(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(StoreError::Io { path: lock_path, error }),
        }
        let folder = Self { path: path.to_owned(), lock };
        folder.finish()?;
        folder.sweep()?;
        Ok(folder)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Ends a reset, and a backup that is taken back, where one was decided. Whether one was.
    pub(crate) fn finish(&self) -> Result<bool, StoreError> {
        let erased = erase::finish(&self.path).map_err(StoreError::io(&self.path))?;
        let restored = restore::finish(&self.path).map_err(StoreError::io(&self.path))?;
        Ok(erased || restored)
    }

    pub(crate) fn file(&self, place: impl Into<Place>) -> PathBuf {
        file(&self.path, place)
    }

    /// The bytes of a file; `None` where there is none.
    pub(crate) fn read(&self, place: impl Into<Place>) -> io::Result<Option<Vec<u8>>> {
        read(&self.file(place))
    }

    /// Replaces a file; once this returns, the new one outlives a loss of power.
    ///
    /// After an error the old one stands, whole. (Where the disk fails between the exchange and its confirmation, it
    /// may be the new one, whole; the next successful write decides.)
    pub(crate) fn write(&self, place: impl Into<Place>, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.file(place);
        let write = || {
            let mut file = AtomicWriteFile::options().preserve_mode(false).mode(0o600).open(&path)?;
            file.write_all(bytes)?;
            // Before the commit, which would leave the temporary file behind where a full disk shows only now.
            file.sync_all()?;
            file.commit()
        };
        write().map_err(StoreError::io(&path))
    }

    /// Removes a file, as durably as it is written.
    pub(crate) fn remove(&self, place: impl Into<Place>) -> Result<(), StoreError> {
        let path = self.file(place);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::Io { path, error }),
            _ => self.sync(),
        }
    }

    /// Whether an exchange of layers was decided and has not ended. A folder that does not tell has none.
    pub(crate) fn is_exchange_decided(&self) -> bool {
        is_exchange_decided(&self.path)
    }

    /// The bytes of a layer that count, with an exchange under way or without.
    pub(crate) fn read_decided(&self, layer: Layer, exchange: bool) -> io::Result<Option<Vec<u8>>> {
        read_decided(&self.path, layer, exchange)
    }

    /// Ends an exchange that is decided. After a failure, or a kill, it can be done again.
    pub(crate) fn complete_exchange(&self) -> Result<(), StoreError> {
        for layer in Layer::FILES {
            let new = self.file(Place::New(layer));
            match fs::rename(&new, self.file(layer)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::Io { path: new, error });
                }
                _ => {}
            }
        }
        // The decision may go only when what it decided will last.
        self.sync()?;
        self.remove(Place::Exchange)
    }

    /// Clears away an exchange that was not decided, or whose decision did not succeed.
    pub(crate) fn abandon_exchange(&self) -> Result<(), StoreError> {
        // First the decision: without it the rest means nothing.
        if self.is_exchange_decided() {
            self.remove(Place::Exchange)?;
        }
        for layer in Layer::FILES {
            let new = self.file(Place::New(layer));
            match fs::remove_file(&new) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(StoreError::Io { path: new, error });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Keeps a file as evidence beside it and returns where. The file itself stays, to be replaced.
    pub(crate) fn keep_aside(&self, place: impl Into<Place>) -> Result<PathBuf, StoreError> {
        let place = place.into();
        let (name, path) = (place.name(), self.file(place));
        let bytes = self.read(place).ok().flatten();
        let places = (1..=EVIDENCE).map(|n| match n {
            1 => self.path.join(format!("{name}.cfg.damaged")),
            n => self.path.join(format!("{name}.cfg.damaged-{n}")),
        });
        let mut last = None;
        for place in places {
            match fs::hard_link(&path, &place) {
                Ok(()) => return self.sync().map(|()| place),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    // Found damaged before, and not replaced since: one copy is enough.
                    if bytes.is_some() && fs::read(&place).ok() == bytes {
                        return Ok(place);
                    }
                    last = Some(place);
                }
                // A file system without links.
                Err(_) => return self.copy_aside(&path, place),
            }
        }
        let place = last.expect("there are several places, and each one is taken");
        fs::remove_file(&place).map_err(StoreError::io(&place))?;
        self.copy_aside(&path, place)
    }

    fn copy_aside(&self, path: &Path, place: PathBuf) -> Result<PathBuf, StoreError> {
        let copy = || {
            let mut options = OpenOptions::new();
            let mut copy = options.write(true).create_new(true).mode(0o600).open(&place)?;
            io::copy(&mut File::open(path)?, &mut copy)?;
            copy.sync_all()
        };
        match copy() {
            Ok(()) => self.sync().map(|()| place),
            Err(error) => {
                // Half a copy is no evidence, and would be taken for one.
                let _ = fs::remove_file(&place);
                Err(StoreError::Io { path: place, error })
            }
        }
    }

    /// Removes the temporary files of writes that never ended.
    fn sweep(&self) -> Result<(), StoreError> {
        let entries = fs::read_dir(&self.path).map_err(StoreError::io(&self.path))?;
        for entry in entries {
            let entry = entry.map_err(StoreError::io(&self.path))?;
            let name = entry.file_name();
            if Place::all().any(|place| is_temporary(&name.to_string_lossy(), place)) {
                fs::remove_file(entry.path()).map_err(StoreError::io(&entry.path()))?;
            }
        }
        Ok(())
    }

    fn sync(&self) -> Result<(), StoreError> {
        File::open(&self.path).and_then(|folder| folder.sync_all()).map_err(StoreError::io(&self.path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Closing alone would not do: a child process that is just being started has the file open for a moment more.
        // An error means that the lock is gone already.
        let _ = self.lock.unlock();
    }
}

/// Where a folder has a file.
pub(crate) fn file(folder: &Path, place: impl Into<Place>) -> PathBuf {
    folder.join(format!("{}.cfg", place.into().name()))
}

/// The bytes of a file; `None` where there is none. Files are exchanged as a whole, so this needs no lock.
pub(crate) fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {LARGEST} bytes"))),
        false => Ok(Some(bytes)),
    }
}

/// Whether an exchange of layers was decided and has not ended.
pub(crate) fn is_exchange_decided(folder: &Path) -> bool {
    file(folder, Place::Exchange).exists()
}

/// The bytes of a layer that count, with an exchange under way or without.
pub(crate) fn read_decided(folder: &Path, layer: Layer, exchange: bool) -> io::Result<Option<Vec<u8>>> {
    match exchange {
        true => match read(&file(folder, Place::New(layer)))? {
            // It has its place already.
            None => read(&file(folder, layer)),
            new => Ok(new),
        },
        false => read(&file(folder, layer)),
    }
}

/// Creates the folder for its owner alone, and makes its name outlive a loss of power.
fn create(path: &Path) -> Result<(), StoreError> {
    if path.is_dir() {
        return Ok(());
    }
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(StoreError::io(path))?;
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    File::open(parent).and_then(|parent| parent.sync_all()).map_err(StoreError::io(parent))
}

/// `.user.cfg.` and six letters or digits: how atomic-write-file names what is not yet committed.
fn is_temporary(name: &str, place: Place) -> bool {
    let suffix = name.strip_prefix('.').and_then(|n| n.strip_prefix(&*place.name())?.strip_prefix(".cfg."));
    suffix.is_some_and(|s| s.len() == 6 && s.bytes().all(|b| b.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn everything_belongs_to_the_owner_alone() {
        let place = tempfile::tempdir().expect("a folder");
        let path = place.path().join("a/state");
        let folder = Folder::open(&path).expect("created");
        folder.write(Layer::User, b"secret").expect("written");
        fs::set_permissions(folder.file(Layer::User), fs::Permissions::from_mode(0o644)).expect("opened up");
        folder.write(Layer::User, b"secret").expect("written again");
        let mode = |path: &Path| path.metadata().expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        assert_eq!(mode(&path.join("lock")), 0o600);
        assert_eq!(mode(&folder.file(Layer::User)), 0o600);
    }

    #[test]
    fn leftovers_are_swept_and_nothing_else() {
        let place = tempfile::tempdir().expect("a folder");
        for name in [
            ".user.cfg.a1B2c3",
            ".master.cfg.zzzzzz",
            ".pending.cfg.a1B2c3",
            ".new-master.cfg.a1B2c3",
            ".exchange.cfg.a1B2c3",
            ".user.cfg.swp",
            "user.cfg.a1B2c3",
            ".note",
        ] {
            fs::write(place.path().join(name), "x").expect("written");
        }
        let _folder = Folder::open(place.path()).expect("opened");
        let mut names: Vec<_> = fs::read_dir(place.path())
            .expect("listed")
            .map(|e| e.expect("an entry").file_name().into_string().expect("a name"))
            .collect();
        names.sort();
        assert_eq!(names, [".note", ".user.cfg.swp", "lock", "user.cfg.a1B2c3"]);
    }

    #[test]
    fn evidence_is_kept_once_and_never_written_over() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = Folder::open(place.path()).expect("opened");
        let keep = |bytes: &[u8]| {
            folder.write(Layer::User, bytes).expect("written");
            folder.keep_aside(Layer::User).expect("kept").file_name().expect("a name").to_owned()
        };
        assert_eq!(keep(b"first"), "user.cfg.damaged");
        assert_eq!(keep(b"second"), "user.cfg.damaged-2");
        assert_eq!(keep(b"first"), "user.cfg.damaged");
        for n in 3..20_u8 {
            keep(&[n]);
        }
        assert_eq!(fs::read(place.path().join("user.cfg.damaged")).expect("there"), b"first");
        assert_eq!(fs::read(place.path().join("user.cfg.damaged-9")).expect("there"), [19]);
    }
}
