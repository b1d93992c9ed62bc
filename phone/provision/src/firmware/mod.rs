//! Firmware: signed images, checked while they arrive, and two slots of which one always starts.
//!
//! An image is, one behind the other:
//!
//! | bytes | are |
//! |---|---|
//! | 8 | `OFFHOOK` and the number of this format, 1 |
//! | 4 | length of the manifest, big-endian |
//! | so many | the [`Manifest`] as JSON: model, version, size and SHA-256 of the payload, key |
//! | 64 | Ed25519 signature (RFC 8032) of the manifest as it stands there |
//! | size | the payload: the executable |
//!
//! The manifest comes first, so that a unit knows what it gets before it gets it: [`Verifier`] lets not one byte of a
//! payload through that is not announced by somebody whom the unit trusts.

mod boot;
mod image;
mod key;
mod manifest;
mod slots;

pub use boot::{Attempt, Boot, Slot};
pub use image::{Verifier, Wanted, claims, image, verify};
pub use key::{Keyring, Signer};
pub use manifest::{KeyName, Manifest, version};
pub use slots::{Slots, Staging};

use std::io;

use offhook_params::types::FirmwareVersion;

use crate::error::Error;
use crate::fetch::{Fetcher, Limits};
use crate::location::{Location, Scheme};

/// Most bytes of a payload.
pub const LARGEST: u64 = 256 << 20;

/// Why an image is refused, or could not be installed. The running firmware stays.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It is something else.
    #[error("this is no firmware image: {0}")]
    NoImage(&'static str),
    /// Nobody signed it, or it was changed afterwards.
    #[error("the signature is not by key {0}: the image was altered, or not signed with it")]
    Signature(KeyName),
    /// It is signed with a key that the unit does not know.
    #[error("key {0} is not one that this unit trusts")]
    UnknownKey(KeyName),
    /// It is signed with a key that has a successor.
    #[error("key {key} has been replaced; images have to be signed with one of generation {newest}")]
    OldKey {
        /// The key.
        key: KeyName,
        /// The generation that counts.
        newest: u32,
    },
    /// It is for other units.
    #[error("the image is for model {found}, this unit is a {unit}")]
    Model {
        /// What it is for.
        found: String,
        /// What the unit is.
        unit: String,
    },
    /// The unit has that version or a newer one (guide rule 101).
    #[error("version {found} is not newer than {running}, which is running")]
    NotNewer {
        /// Its version.
        found: FirmwareVersion,
        /// The version of the unit.
        running: FirmwareVersion,
    },
    /// It is not the version that the settings ask for.
    #[error("the image has version {found}, but {wanted} is asked for")]
    OtherVersion {
        /// Its version.
        found: FirmwareVersion,
        /// What is asked for.
        wanted: FirmwareVersion,
    },
    /// The payload ends early.
    #[error("the image is cut off: {missing} bytes are missing")]
    CutOff {
        /// At least so many.
        missing: u64,
    },
    /// There is more than the payload.
    #[error("the image is longer than it says")]
    TooLong,
    /// The payload is not the one that was signed.
    #[error("the payload has another SHA-256 than the manifest says")]
    Digest,
    /// A key cannot be used.
    #[error("the key cannot be used: {0}")]
    Key(String),
    /// The settings do not say where it is.
    #[error("FIRM_FILE_PATH is empty")]
    NoPlace,
    /// TFTP is not for firmware (guide rule 103).
    #[error("firmware is fetched over HTTP or FTP, not over TFTP")]
    Tftp,
    /// It did not come.
    #[error(transparent)]
    Fetch(Error),
    /// The system refused.
    #[error(transparent)]
    Io(io::Error),
}

impl From<io::Error> for Fault {
    /// A fault that travelled as an error of a sink is itself again.
    fn from(error: io::Error) -> Self {
        error.downcast::<Self>().unwrap_or_else(Self::Io)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Keep(error) => error.into(),
            error => Self::Fetch(error),
        }
    }
}

/// Whether the settings ask for a version that the unit does not have yet (guide rules 99 and 101).
pub fn update_wanted(settings: &offhook_params::Settings, running: FirmwareVersion) -> Option<FirmwareVersion> {
    let firmware = &settings.firmware;
    let there = firmware.firmware_update && firmware.firmware_url.is_some();
    firmware.firmware_version.filter(|wanted| there && *wanted > running)
}

/// Takes an image that is here into the slot that is not running; the next start tries it.
///
/// # Errors
/// It cannot be read, is refused, or could not be kept; the slot that runs is as it was.
pub fn install_from(
    mut image: impl io::Read,
    slots: &mut Slots,
    keys: &Keyring,
    wanted: Wanted,
) -> Result<Manifest, Fault> {
    let mut verifier = Verifier::new(slots.stage()?, keys.clone(), wanted);
    io::copy(&mut image, &mut verifier)?;
    let (manifest, staging) = verifier.finish()?;
    slots.install(staging, &manifest)?;
    Ok(manifest)
}

/// Fetches an image into the slot that is not running; the next start tries it.
///
/// # Errors
/// It did not come, is refused, or could not be kept; the slot that runs is as it was.
pub async fn install(
    fetcher: &Fetcher,
    location: &Location,
    slots: &mut Slots,
    keys: &Keyring,
    wanted: Wanted,
) -> Result<Manifest, Fault> {
    if location.scheme() == Scheme::Tftp {
        return Err(Fault::Tftp);
    }
    let mut verifier = Verifier::new(slots.stage()?, keys.clone(), wanted);
    fetcher.fetch_into(location, None, &Limits::FIRMWARE, &mut verifier).await?;
    let (manifest, staging) = verifier.finish()?;
    slots.install(staging, &manifest)?;
    Ok(manifest)
}
