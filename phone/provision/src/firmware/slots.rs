//! The two slots as a folder: written aside, kept, and exchanged as a whole.
//!
//! | place | is |
//! |---|---|
//! | `a/offhook`, `b/offhook` | the executables |
//! | `a/manifest.json`, `b/manifest.json` | what they are |
//! | `boot.json` | which of them starts: [`Boot`] |
//! | `current` | a link to the slot that was started last |
//!
//! `boot.json` alone decides; every start makes `current` follow it. So there is no moment at which a loss of power
//! leaves two answers.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt as _, symlink};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;
use serde::Serialize;

use super::{Boot, Fault, Manifest, Slot};

const PROGRAM: &str = "offhook";
const PART: &str = "offhook.part";
const MANIFEST: &str = "manifest.json";
const BOOT: &str = "boot.json";
const CURRENT: &str = "current";

/// The firmware of one unit.
#[derive(Debug)]
pub struct Slots {
    folder: PathBuf,
    boot: Boot,
}

impl Slots {
    /// Opens the folder, which is made where it is missing.
    ///
    /// A `boot.json` that cannot be understood means what `current` says, with no attempt under way.
    ///
    /// # Errors
    /// The system refuses.
    pub fn open(folder: &Path) -> io::Result<Self> {
        for slot in Slot::ALL {
            fs::create_dir_all(folder.join(slot.as_str()))?;
        }
        let kept = match fs::read(folder.join(BOOT)) {
            Ok(bytes) => serde_json::from_slice(&bytes).ok(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        let boot = kept.unwrap_or_else(|| Boot { good: linked(folder).unwrap_or_default(), ..Boot::default() });
        Ok(Self { folder: folder.to_owned(), boot })
    }

    /// Which firmware starts, and what is known of it.
    pub const fn boot(&self) -> &Boot {
        &self.boot
    }

    /// The executable of a slot.
    pub fn program(&self, slot: Slot) -> PathBuf {
        self.place(slot).join(PROGRAM)
    }

    /// What is in a slot, as far as it says.
    pub fn manifest(&self, slot: Slot) -> Option<Manifest> {
        serde_json::from_slice(&fs::read(self.place(slot).join(MANIFEST)).ok()?).ok()
    }

    /// The slot that was started last.
    pub fn current(&self) -> Option<Slot> {
        linked(&self.folder)
    }

    /// A place for new firmware beside the slot that is good. What the other slot had counts no longer.
    ///
    /// # Errors
    /// The system refuses.
    pub fn stage(&mut self) -> io::Result<Staging> {
        self.keep(self.boot.clone().staging())?;
        let slot = self.boot.good.other();
        let path = self.place(slot).join(PART);
        let file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o755).open(&path)?;
        Ok(Staging { slot, path, file })
    }

    /// Has the next start try the firmware that was written, checked as a whole before.
    ///
    /// # Errors
    /// The system refuses; then the next start is of the good one.
    pub fn install(&mut self, staging: Staging, manifest: &Manifest) -> Result<(), Fault> {
        let Staging { slot, path, file } = staging;
        file.sync_all()?;
        drop(file);
        fs::rename(&path, self.program(slot))?;
        write(&self.place(slot).join(MANIFEST), manifest)?;
        sync(&self.place(slot))?;
        Ok(self.keep(self.boot.clone().installed(manifest.version.to_string()))?)
    }

    /// The unit starts: makes `current` the slot whose turn it is. The caller then runs it.
    ///
    /// # Errors
    /// The system refuses; a slot may have lost one of its tries, and `current` is as before.
    pub fn start(&mut self) -> io::Result<Slot> {
        let (mut slot, mut boot) = self.boot.clone().start();
        if slot != boot.good && !self.program(slot).is_file() {
            boot = Boot { given_up: boot.attempt.as_ref().map(|attempt| attempt.version.clone()), ..boot.staging() };
            slot = boot.good;
        }
        // First the count: a firmware that takes the unit down at once must not start for ever.
        self.keep(boot)?;
        if self.current() != Some(slot) {
            let link = self.folder.join(".current.new");
            match fs::remove_file(&link) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            symlink(slot.as_str(), &link)?;
            fs::rename(&link, self.folder.join(CURRENT))?;
            sync(&self.folder)?;
        }
        Ok(slot)
    }

    /// The firmware in `slot` does what it is for: from now on it is the good one.
    ///
    /// # Errors
    /// The system refuses.
    pub fn came_up(&mut self, slot: Slot) -> io::Result<()> {
        self.keep(self.boot.clone().came_up(slot))
    }

    fn keep(&mut self, boot: Boot) -> io::Result<()> {
        if boot != self.boot {
            write(&self.folder.join(BOOT), &boot)?;
            self.boot = boot;
        }
        Ok(())
    }

    fn place(&self, slot: Slot) -> PathBuf {
        self.folder.join(slot.as_str())
    }
}

/// Firmware on its way into a slot.
#[derive(Debug)]
pub struct Staging {
    slot: Slot,
    path: PathBuf,
    file: File,
}

impl Write for Staging {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn linked(folder: &Path) -> Option<Slot> {
    let target = fs::read_link(folder.join(CURRENT)).ok()?;
    Slot::ALL.into_iter().find(|slot| target == Path::new(slot.as_str()))
}

fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let mut file = AtomicWriteFile::open(path)?;
    file.write_all(&serde_json::to_vec_pretty(value)?)?;
    // As everywhere: a full disk shows here, not in the commit, which would leave a temporary file behind.
    file.sync_all()?;
    file.commit()
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
