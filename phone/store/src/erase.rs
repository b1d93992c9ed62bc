//! Erasing what a unit knows: decided by one file, so that a loss of power leaves all of it or nothing.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use atomic_write_file::AtomicWriteFile;

/// What a reset erases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erase {
    /// All settings and data, but not the applications that were added (guide rule 236).
    Data,
    /// Everything, added applications too (guide rule 235).
    Everything,
}

impl Erase {
    const ALL: [Self; 2] = [Self::Data, Self::Everything];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Everything => "everything",
        }
    }

    /// What stays in the folder: the lock and the way to the running phone, which are no data, and the decision itself.
    const fn keeps(self) -> &'static [&'static str] {
        match self {
            Self::Data => &["lock", DECISION, "control.sock", APPLICATIONS],
            Self::Everything => &["lock", DECISION, "control.sock"],
        }
    }
}

/// The file that decides: while it is there, everything else is as good as gone.
const DECISION: &str = "erase";

/// The folder of applications that were added.
const APPLICATIONS: &str = "applications";

/// Decides that the folder is erased.
pub(crate) fn decide(folder: &Path, what: Erase) -> io::Result<()> {
    let mut file = AtomicWriteFile::open(folder.join(DECISION))?;
    file.write_all(what.as_str().as_bytes())?;
    file.sync_all()?;
    file.commit()
}

/// Ends what was decided, and says whether that was anything. After a failure, or a kill, it can be done again.
pub(crate) fn finish(folder: &Path) -> io::Result<bool> {
    let decision = folder.join(DECISION);
    let text = match fs::read_to_string(&decision) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        text => text?,
    };
    // It was written as a whole; of what a later version may say the most careful is done.
    let what = Erase::ALL.into_iter().find(|what| what.as_str() == text).unwrap_or(Erase::Data);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if what.keeps().iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        match entry.file_type()?.is_dir() {
            true => fs::remove_dir_all(entry.path())?,
            false => fs::remove_file(entry.path())?,
        }
    }
    // The decision may go only when what it decided will last.
    sync(folder)?;
    fs::remove_file(decision)?;
    sync(folder)?;
    Ok(true)
}

pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
