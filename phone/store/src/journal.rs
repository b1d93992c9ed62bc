//! Files that grow line by line, for what changes often: call logs and contacts.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;
use atomic_write_file::unix::OpenOptionsExt as _;

use crate::error::StoreError;

/// Most bytes that are read of a file, and that it is let grow to.
const LARGEST: u64 = 8 << 20;

/// A file that is added to, and now and then written anew.
///
/// What was added outlives the process at once, and a loss of power after [`JournalFile::sync`]; what was written anew is on
/// the disk when the call returns. After an error the file is as it was before the call, but
/// for a torn end where even that could not be taken back; whoever reads it has to pass over such an end. The file belongs
/// to its owner alone (mode 0600). It is for the process that owns the state folder; it has no lock of its own.
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    file: File,
    /// How much of the file is whole.
    length: u64,
}

impl JournalFile {
    /// Opens or creates a file, and reads it.
    ///
    /// # Errors
    /// When the system refuses, or the file has more than 8 MiB.
    pub fn open(path: impl Into<PathBuf>) -> Result<(Self, Vec<u8>), StoreError> {
        let path = path.into();
        sweep(&path).map_err(StoreError::io(&path))?;
        let open = || {
            let file = options().create(true).open(&path)?;
            let mut bytes = Vec::new();
            (&file).take(LARGEST + 1).read_to_end(&mut bytes)?;
            match bytes.len() as u64 > LARGEST {
                true => Err(too_large()),
                false => Ok((file, bytes)),
            }
        };
        let (file, bytes) = open().map_err(StoreError::io(&path))?;
        Ok((JournalFile { path, file, length: bytes.len() as u64 }, bytes))
    }

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// When the system refuses: the disk is full, or the file has 8 MiB.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let end = self.length + bytes.len() as u64;
        let mut append = || {
            if end > LARGEST {
                return Err(too_large());
            }
            self.file.seek(SeekFrom::Start(self.length))?;
            self.file.write_all(bytes)
        };
        if let Err(error) = append() {
            // Half a line would take the next one with it.
            let _ = self.file.set_len(self.length);
            return Err(StoreError::Io { path: self.path.clone(), error });
        }
        self.length = end;
        Ok(())
    }

    /// Waits until what was added is on the disk.
    ///
    /// # Errors
    /// The disk refuses: what was added since the last time may be lost.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.file.sync_data().map_err(StoreError::io(&self.path))
    }

    /// Writes the file anew.
    ///
    /// # Errors
    /// When the system refuses; the old file stands.
    pub fn replace(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let replace = || {
            if bytes.len() as u64 > LARGEST {
                return Err(too_large());
            }
            let mut file = AtomicWriteFile::options().preserve_mode(false).mode(0o600).open(&self.path)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            file.commit()?;
            options().open(&self.path)
        };
        self.file = replace().map_err(StoreError::io(&self.path))?;
        self.length = bytes.len() as u64;
        Ok(())
    }

    /// How many bytes the file has.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).mode(0o600);
    options
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, format!("more than {LARGEST} bytes"))
}

/// Removes what a killed process left of a file that it wrote anew: `.name.` and six letters or digits.
fn sweep(path: &Path) -> io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
    let prefix = format!(".{}.", name.to_string_lossy());
    for entry in fs::read_dir(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })? {
        let entry = entry?;
        let name = entry.file_name();
        let suffix = name.to_str().and_then(|name| name.strip_prefix(&prefix));
        if suffix.is_some_and(|s| s.len() == 6 && s.bytes().all(|b| b.is_ascii_alphanumeric())) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
