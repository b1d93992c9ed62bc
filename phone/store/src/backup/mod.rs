//! Backups on a card: user data and what people set, in one file that only its own firmware takes back.
//!
//! | file in the folder `kx-ut670` of the card | holds |
//! |---|---|
//! | `YYYYMMDDHHMM(UTC)_backup.dat` | the backup, in the form that [`envelope`] tells |
//! | `bkinfo.dat` | what it is: the name of that file, its digest, model, firmware, whether it has a password |
//!
//! There is one backup on a card (guide rule 259). `bkinfo.dat` names it, so a card that is pulled out in between has the
//! one before, or the new one.

mod envelope;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::load::parse_user;
use crate::restore;
use crate::seal::{self, Sealed};

/// The folder of the card (guide rule 258).
const FOLDER: &str = "kx-ut670";

/// What is known of the backup.
const INFORMATION: &str = "bkinfo.dat";

/// How the name of a backup ends.
const ENDING: &str = "(UTC)_backup.dat";

/// Most bytes of a backup.
const LARGEST: u64 = 64 << 20;

/// Fewest characters of a password (guide rule 260).
const SHORTEST: usize = 8;

/// What runs on a unit: only the same takes a backup back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Make {
    /// The model.
    pub model: String,
    /// The version of the firmware.
    pub firmware: String,
}

/// What `bkinfo.dat` says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Information {
    /// The file of the backup.
    pub file: String,
    /// SHA-256 of that file.
    pub sha256: String,
    /// What it was made by.
    pub make: Make,
    /// Whether it is encrypted with a password.
    pub password: bool,
}

/// Why a backup was not made or not taken back. The unit is as it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The password cannot be one.
    #[error("a password has {SHORTEST} or more printable ASCII characters")]
    Password,
    /// There is no backup.
    #[error("the card has no backup")]
    None,
    /// It has a password, and none was given.
    #[error("the backup has a password")]
    PasswordNeeded,
    /// The password is another one, or the file is not what was written.
    #[error("the password is wrong, or the backup is damaged")]
    WrongPassword,
    /// The file is not what was written.
    #[error("the backup is damaged: {0}")]
    Damaged(&'static str),
    /// It is of another model or firmware (guide rule 263).
    #[error("the backup is of a {} with firmware {}, this unit is a {} with {}", .found.model, .found.firmware, .unit.model, .unit.firmware)]
    OtherMake {
        /// What it was made by.
        found: Make,
        /// What this unit is.
        unit: Make,
    },
    /// The system has no random bits.
    #[error("the system has no random bits")]
    Random,
    /// The card or the memory refuses.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// What a backup has inside.
#[derive(Serialize, Deserialize)]
struct Content {
    make: Make,
    /// In base64, by their names in the state folder.
    files: BTreeMap<String, String>,
}

/// What the backup of a card is.
///
/// # Errors
/// There is none, or it cannot be read.
pub fn information(card: &Path) -> Result<Information, BackupError> {
    match read(&card.join(FOLDER).join(INFORMATION)) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| BackupError::Damaged("bkinfo.dat cannot be read")),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(BackupError::None),
        Err(error) => Err(error.into()),
    }
}

/// Writes the backup of a state folder to a card, in place of one that is there; its file.
pub(crate) fn make(
    state: &Path,
    card: &Path,
    make: &Make,
    at: Timestamp,
    password: Option<&str>,
) -> Result<PathBuf, BackupError> {
    if password.is_some_and(|password| !is_password(password)) {
        return Err(BackupError::Password);
    }
    let files = restore::files(state)?.into_iter().map(|(name, bytes)| (name, BASE64.encode(bytes))).collect();
    let content = Content { make: make.clone(), files };
    let bytes = envelope::seal(&serde_json::to_vec(&content).map_err(io::Error::from)?, password)?;
    let folder = card.join(FOLDER);
    fs::create_dir_all(&folder)?;
    let file = format!("{}{ENDING}", at.strftime("%Y%m%d%H%M"));
    let path = folder.join(&file);
    restore::put(&path, &bytes)?;
    let sha256 = envelope::digest(&bytes);
    let information = Information { file: file.clone(), sha256, make: make.clone(), password: password.is_some() };
    let information = serde_json::to_vec_pretty(&information).map_err(io::Error::from)?;
    restore::put(&folder.join(INFORMATION), &information)?;
    for entry in fs::read_dir(&folder)?.flatten() {
        let name = entry.file_name().into_string().unwrap_or_default();
        if name.ends_with(ENDING) && name != file {
            // One that stays is one that nothing leads to.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(path)
}

/// Reads the backup of a card, whole and for this unit: its files by their names in the state folder.
pub(crate) fn open(card: &Path, unit: &Make, password: Option<&str>) -> Result<Vec<(String, Vec<u8>)>, BackupError> {
    let Information { file, sha256, make, password: protected } = information(card)?;
    same_make(make, unit)?;
    let name = Path::new(&file).file_name().filter(|name| *name == file.as_str());
    let name = name.ok_or(BackupError::Damaged("bkinfo.dat names no file"))?;
    let bytes = match read(&card.join(FOLDER).join(name)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(BackupError::None),
        bytes => bytes?,
    };
    if envelope::digest(&bytes) != sha256 {
        return Err(BackupError::Damaged("it has another SHA-256 than bkinfo.dat says"));
    }
    let password = match (protected, password) {
        (true, None) => return Err(BackupError::PasswordNeeded),
        (true, password) => password,
        (false, _) => None,
    };
    let content = envelope::open(&bytes, password)?;
    let content: Content = serde_json::from_slice(&content).map_err(|_| BackupError::Damaged("it cannot be read"))?;
    same_make(content.make, unit)?;
    let mut files = Vec::new();
    for (name, text) in content.files {
        if !restore::is_allowed(&name) {
            return Err(BackupError::Damaged("it has a file that is none of a backup"));
        }
        let bytes = BASE64.decode(text).map_err(|_| BackupError::Damaged("a file cannot be read"))?;
        if name == restore::USER && !is_sound(&bytes) {
            return Err(BackupError::Damaged("its settings cannot be read"));
        }
        files.push((name, bytes));
    }
    Ok(files)
}

fn same_make(found: Make, unit: &Make) -> Result<(), BackupError> {
    match found == *unit {
        true => Ok(()),
        false => Err(BackupError::OtherMake { found, unit: unit.clone() }),
    }
}

/// Whether every line of a user layer counts.
fn is_sound(file: &[u8]) -> bool {
    let Sealed { content, intact, .. } = seal::open(file);
    intact && !parse_user(content).1.has_errors()
}

fn is_password(text: &str) -> bool {
    text.len() >= SHORTEST && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(fs::File::open(path)?, LARGEST + 1), &mut bytes)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(ErrorKind::FileTooLarge.into()),
        false => Ok(bytes),
    }
}
