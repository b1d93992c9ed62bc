//! Putting data back: laid out beside the old, decided by one rename, and exchanged before anybody reads it.
//!
//! What is restored is the user layer and the journals, which hold the data of the user, as a whole: what the backup does
//! not have goes.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::erase::sync;

/// The user layer.
pub(crate) const USER: &str = "user.cfg";

/// How the files with data of the user end.
const JOURNAL: &str = ".journal";

/// The way back of a trial, which a restored user layer has nothing to do with.
const PENDING: &str = "pending.cfg";

/// What is being laid out; it means nothing.
const PART: &str = "restore.part";

/// What was laid out: from this name on it counts.
const DECIDED: &str = "restore";

/// Among what was laid out: which files there are when all is done, one on a line.
const NAMES: &str = "names";

/// Lays out files and decides that they count.
pub(crate) fn decide(folder: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    let part = folder.join(PART);
    remove_folder(&part)?;
    let laid_out = lay_out(&part, files).and_then(|()| {
        fs::rename(&part, folder.join(DECIDED))?;
        sync(folder)
    });
    if laid_out.is_err() {
        // It would be cleared away by the next start anyway.
        let _ = remove_folder(&part);
    }
    laid_out
}

fn lay_out(part: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    fs::create_dir(part)?;
    let names: String = files.iter().map(|(name, _)| format!("{name}\n")).collect();
    let all = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    for (name, bytes) in all.chain([(NAMES, names.as_bytes())]) {
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(part.join(name))?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    sync(part)
}

/// Ends what was decided, clears away what was not, and says whether anything was decided. After a failure, or a kill, it can be done again.
pub(crate) fn finish(folder: &Path) -> io::Result<bool> {
    remove_folder(&folder.join(PART))?;
    let decided = folder.join(DECIDED);
    let names = match fs::read_to_string(decided.join(NAMES)) {
        Ok(names) => names,
        // Nothing was decided, or all is done but this.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let done = decided.exists();
            remove_folder(&decided)?;
            return Ok(done);
        }
        Err(error) => return Err(error),
    };
    let wanted: Vec<&str> = names.lines().collect();
    remove_file(&folder.join(PENDING))?;
    for name in present(folder)?.iter().filter(|name| !wanted.contains(&name.as_str())) {
        remove_file(&folder.join(name))?;
    }
    for name in wanted {
        // One that is not in there any more has its place already.
        missing_is_fine(fs::rename(decided.join(name), folder.join(name)))?;
    }
    sync(folder)?;
    remove_file(&decided.join(NAMES))?;
    remove_folder(&decided)?;
    sync(folder)?;
    Ok(true)
}

/// The user layer and all user data.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<(String, Vec<u8>)>> {
    present(folder)?.into_iter().map(|name| fs::read(folder.join(&name)).map(|bytes| (name, bytes))).collect()
}

/// The names of the files that a backup has.
fn present(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().unwrap_or_default();
        if is_allowed(&name) && entry.file_type()?.is_file() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Whether a backup may have a file of this name: the user layer, or a journal of the same folder.
pub(crate) fn is_allowed(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let journal = name.strip_suffix(JOURNAL).filter(|stem| !stem.is_empty());
    name == USER || journal.is_some_and(|stem| stem.chars().all(plain))
}

fn remove_file(path: &Path) -> io::Result<()> {
    missing_is_fine(fs::remove_file(path))
}

fn remove_folder(path: &Path) -> io::Result<()> {
    missing_is_fine(fs::remove_dir_all(path))
}

fn missing_is_fine(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Writes a file in place of another on a card, as durably as its file system can.
pub(crate) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let part = path.with_extension("part");
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, path)?;
        sync(path.parent().unwrap_or(Path::new(".")))
    });
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for good in ["user.cfg", "calls.journal", "a-1_b.journal"] {
            assert!(is_allowed(good), "{good}");
        }
        for bad in
            ["", "data", "../lock", "a/b.journal", "/etc/passwd", "lock", "standard.cfg", ".journal", "a\0.journal"]
        {
            assert!(!is_allowed(bad), "{bad}");
        }
    }
}
