//! Images: made from a payload and a key, and checked piece by piece.

use std::io::{self, Read, Write};

use offhook_params::types::FirmwareVersion;
use sha2::{Digest as _, Sha256};

use super::key::{Keyring, Signer, hex};
use super::{Fault, LARGEST, Manifest};

const MAGIC: &[u8; 8] = b"OFFHOOK\x01";
const LENGTH: usize = 4;
const SIGNATURE: usize = 64;
/// Most bytes of a manifest.
const LONGEST_MANIFEST: usize = 4096;

/// The image of a payload: everything before the payload, which is to follow.
///
/// # Errors
/// The payload is too large, or cannot be described.
pub fn image(model: &str, version: FirmwareVersion, payload: &[u8], signer: &Signer) -> Result<Vec<u8>, Fault> {
    let size = payload.len() as u64;
    if size > LARGEST {
        return Err(Fault::TooLong);
    }
    let sha256 = hex(&Sha256::digest(payload));
    let manifest = Manifest { model: model.to_owned(), version, size, sha256, key: signer.name() };
    let manifest = serde_json::to_vec(&manifest).map_err(|error| Fault::Io(error.into()))?;
    if manifest.len() > LONGEST_MANIFEST {
        return Err(Fault::NoImage("its manifest is too long"));
    }
    let length = u32::try_from(manifest.len()).expect("a manifest is short");
    Ok([&MAGIC[..], &length.to_be_bytes(), &manifest, &signer.sign(&manifest)].concat())
}

/// What an image has to be for this unit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// It has to be for this model.
    pub model: Option<String>,
    /// It has to be newer than this version (guide rule 101).
    pub newer_than: Option<FirmwareVersion>,
    /// It has to be this version: the one that `FIRM_VERSION` asks for.
    pub version: Option<FirmwareVersion>,
}

impl Wanted {
    fn check(&self, manifest: &Manifest) -> Result<(), Fault> {
        let found = manifest.version;
        if let Some(unit) = self.model.as_ref().filter(|unit| **unit != manifest.model) {
            return Err(Fault::Model { found: manifest.model.clone(), unit: unit.clone() });
        }
        if let Some(running) = self.newer_than.filter(|running| found <= *running) {
            return Err(Fault::NotNewer { found, running });
        }
        match self.version.filter(|wanted| found != *wanted) {
            Some(wanted) => Err(Fault::OtherVersion { found, wanted }),
            None => Ok(()),
        }
    }
}

/// Checks an image on its way into a sink, which gets the payload alone, and nothing of an image that is refused for
/// what its manifest says.
///
/// The payload as a whole is good only when [`Self::finish`] says so.
#[derive(Debug)]
pub struct Verifier<W> {
    sink: W,
    keys: Keyring,
    wanted: Wanted,
    head: Vec<u8>,
    manifest: Option<Manifest>,
    digest: Sha256,
    /// Bytes of the payload that are still to come.
    left: u64,
}

impl<W: Write> Verifier<W> {
    /// A verifier that passes payloads on to `sink`.
    pub fn new(sink: W, keys: Keyring, wanted: Wanted) -> Self {
        Self { sink, keys, wanted, head: Vec::new(), manifest: None, digest: Sha256::new(), left: 0 }
    }

    /// What the image says of itself, once that has come and is signed.
    pub const fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// That was the end of the image.
    ///
    /// # Errors
    /// It is not the whole image, or not the one that was signed.
    pub fn finish(mut self) -> Result<(Manifest, W), Fault> {
        let Some(manifest) = self.manifest else {
            // Too short to say how long it is.
            return Err(match self.head.starts_with(MAGIC) {
                true => Fault::CutOff { missing: 1 },
                false => Fault::NoImage("it does not begin as one"),
            });
        };
        if self.left > 0 {
            return Err(Fault::CutOff { missing: self.left });
        }
        if hex(&self.digest.finalize()) != manifest.sha256 {
            return Err(Fault::Digest);
        }
        self.sink.flush()?;
        Ok((manifest, self.sink))
    }

    fn push(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let mut payload = piece;
        while self.manifest.is_none() {
            let missing = self.missing()?;
            if missing == 0 {
                self.open()?;
                break;
            }
            if payload.is_empty() {
                return Ok(());
            }
            let (head, rest) = payload.split_at(missing.min(payload.len()));
            self.head.extend_from_slice(head);
            payload = rest;
        }
        self.left = self.left.checked_sub(payload.len() as u64).ok_or(Fault::TooLong)?;
        self.digest.update(payload);
        Ok(self.sink.write_all(payload)?)
    }

    /// How much of the head is known to be missing.
    fn missing(&self) -> Result<usize, Fault> {
        let have = &self.head;
        if !MAGIC.starts_with(&have[..have.len().min(MAGIC.len())]) {
            return Err(Fault::NoImage("it does not begin as one"));
        }
        let Some(length) = have.get(MAGIC.len()..MAGIC.len() + LENGTH) else {
            return Ok(MAGIC.len() + LENGTH - have.len());
        };
        let length = length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
        if length > LONGEST_MANIFEST {
            return Err(Fault::NoImage("its manifest is too long"));
        }
        Ok(MAGIC.len() + LENGTH + length + SIGNATURE - have.len())
    }

    /// The head is complete.
    fn open(&mut self) -> Result<(), Fault> {
        let signed = &self.head[MAGIC.len() + LENGTH..];
        let (text, signature) = signed.split_last_chunk::<SIGNATURE>().expect("the head is complete");
        let manifest: Manifest =
            serde_json::from_slice(text).map_err(|_| Fault::NoImage("its manifest cannot be read"))?;
        self.keys.check(&manifest.key, text, signature)?;
        if manifest.size > LARGEST {
            return Err(Fault::TooLong);
        }
        self.wanted.check(&manifest)?;
        self.left = manifest.size;
        self.manifest = Some(manifest);
        Ok(())
    }
}

/// Faults come as errors of the kind [`io::ErrorKind::Other`], with a [`Fault`] inside.
impl<W: Write> Write for Verifier<W> {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match self.push(piece) {
            Ok(()) => Ok(piece.len()),
            Err(Fault::Io(error)) => Err(error),
            Err(fault) => Err(io::Error::other(fault)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

/// What an image says of itself. Anybody can have written it: nothing is checked.
///
/// # Errors
/// It is no image, or cannot be read.
pub fn claims(mut image: impl Read) -> Result<Manifest, Fault> {
    let mut start = [0; MAGIC.len() + LENGTH];
    image.read_exact(&mut start).map_err(|_| Fault::NoImage("it is too short"))?;
    let (magic, length) = start.split_last_chunk::<LENGTH>().expect("it is longer");
    let length = u32::from_be_bytes(*length) as usize;
    if magic != MAGIC || length > LONGEST_MANIFEST {
        return Err(Fault::NoImage("it does not begin as one"));
    }
    let mut manifest = vec![0; length];
    image.read_exact(&mut manifest).map_err(|_| Fault::NoImage("it is too short"))?;
    serde_json::from_slice(&manifest).map_err(|_| Fault::NoImage("its manifest cannot be read"))
}

/// Checks a whole image.
///
/// # Errors
/// It is refused, or cannot be read.
pub fn verify(mut image: impl Read, keys: &Keyring, wanted: &Wanted) -> Result<Manifest, Fault> {
    let mut verifier = Verifier::new(io::sink(), keys.clone(), wanted.clone());
    io::copy(&mut image, &mut verifier)?;
    Ok(verifier.finish()?.0)
}
