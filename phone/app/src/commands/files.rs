//! Configuration files from disk or standard input: bounded, decrypted by their extension.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use atomic_write_file::AtomicWriteFile;
use offhook_config::crypt::{self, Key, KeyLength};

use crate::cli::KeyArgs;

/// Most bytes that are read of a file: enough to see that it is too large for any format.
const MOST: u64 = 1024 * 1024;

/// The name that stands for standard input or output.
pub(crate) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The keys of encrypted files.
#[derive(Debug, Default)]
pub(crate) struct Keys([Option<Key>; 3]);

impl Keys {
    /// The keys of the command line; `@FILE` stands for the first line of a file.
    pub(crate) fn of(args: &KeyArgs) -> anyhow::Result<Self> {
        let read = |key: &Option<String>| key.as_deref().map(read_key).transpose();
        Ok(Self([read(&args.key1)?, read(&args.key2)?, read(&args.key3)?]))
    }
}

/// A key of exactly 32 bytes (guide rule 96); `@FILE` stands for the first line of a file.
pub(crate) fn read_key(text: &str) -> anyhow::Result<Key> {
    match text.strip_prefix('@') {
        None => Ok(Key::new(text)?),
        Some(path) => {
            let text = std::fs::read_to_string(path).with_context(|| format!("reading the key file {path}"))?;
            Key::new(text.lines().next().unwrap_or_default()).with_context(|| format!("in the key file {path}"))
        }
    }
}

/// Reads a file, at most a little more than the largest that is allowed.
pub(crate) fn read_raw(path: &Path) -> anyhow::Result<Vec<u8>> {
    if is_standard(path) {
        let mut bytes = Vec::new();
        io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes).context("reading standard input")?;
        return Ok(bytes);
    }
    let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
    let metadata = file.metadata().with_context(|| format!("opening {}", path.display()))?;
    if metadata.is_dir() {
        bail!("{} is a folder", path.display());
    }
    // Room for all of it at once, and for the byte that is not there: the end is seen without growing.
    let mut bytes = Vec::with_capacity(metadata.len().min(MOST) as usize + 1);
    file.take(MOST + 1).read_to_end(&mut bytes).with_context(|| format!("reading {}", path.display()))?;
    Ok(bytes)
}

/// Reads a whole file; one that is too large for any format is refused, not cut.
pub(crate) fn read_whole(path: &Path) -> anyhow::Result<Vec<u8>> {
    let bytes = read_raw(path)?;
    if bytes.len() as u64 > MOST {
        bail!("{} is no configuration file: it has more than {MOST} bytes", path.display());
    }
    Ok(bytes)
}

/// Reads a file and decrypts it where its extension says that it is encrypted (guide rule 94).
pub(crate) fn read(path: &Path, keys: &Keys) -> anyhow::Result<Vec<u8>> {
    let bytes = read_raw(path)?;
    let Some(setting) = crypt::key_setting(&path.to_string_lossy()) else { return Ok(bytes) };
    let number = setting.name().bytes().last().map_or(1, |b| usize::from(b - b'0'));
    let Some(key) = &keys.0[number - 1] else {
        bail!("{} is encrypted: give its key with --key{number}", path.display());
    };
    decrypt_any(&bytes, key).with_context(|| format!("decrypting {} with key {number}", path.display()))
}

/// Tries the three key lengths: the file itself does not say which one it was made with.
fn decrypt_any(bytes: &[u8], key: &Key) -> anyhow::Result<Vec<u8>> {
    let mut first = None;
    for length in KeyLength::ALL {
        match crypt::decrypt(bytes, key, length) {
            Ok(plain) => return Ok(plain),
            Err(error) => drop(first.get_or_insert(error)),
        }
    }
    Err(first.context("there are key lengths to try")?.into())
}

/// The files that paths stand for: folders give every configuration file below them, in order of their names.
pub(crate) fn expand(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in paths {
        if is_standard(path) || !path.is_dir() {
            out.push(path.clone());
            continue;
        }
        let before = out.len();
        walk(path, &mut out)?;
        if out.len() == before {
            bail!("there is no file that ends in .cfg, .xml, .e1c, .e2c or .e3c below {}", path.display());
        }
    }
    Ok(out)
}

fn walk(folder: &Path, out: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("reading the folder {}", folder.display()))?;
    let mut entries =
        entries.collect::<Result<Vec<_>, _>>().with_context(|| format!("reading {}", folder.display()))?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let kind = entry.file_type().with_context(|| format!("reading {}", path.display()))?;
        // A link to a folder may lead back up; a link to a file is a file.
        if kind.is_dir() {
            walk(&path, out)?;
        } else if path.extension().is_some_and(|e| ["cfg", "xml", "e1c", "e2c", "e3c"].iter().any(|x| e == *x)) {
            out.push(path);
        }
    }
    Ok(())
}

/// Writes a whole file, or to standard output.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use io::Write as _;
    if is_standard(path) {
        return io::stdout().lock().write_all(bytes).context("writing standard output");
    }
    // Written beside and renamed: what stood there before is not lost when the disk is full.
    let whole = AtomicWriteFile::open(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.commit()
    });
    whole.with_context(|| format!("writing {}", path.display()))
}
