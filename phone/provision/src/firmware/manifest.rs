//! What an image says of itself.

use std::fmt;

use offhook_params::lookup;
use offhook_params::types::FirmwareVersion;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What an image says of itself; it is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The model that it is for.
    pub model: String,
    /// Its version: nn.nnn.
    #[serde(serialize_with = "write_version", deserialize_with = "read_version")]
    pub version: FirmwareVersion,
    /// Bytes of the payload.
    pub size: u64,
    /// SHA-256 of the payload, in lower-case hexadecimal digits.
    pub sha256: String,
    /// The key that it is signed with.
    pub key: KeyName,
}

/// Which key it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyName {
    /// From 1; once a unit knows a key of a later generation, the earlier ones do not count any more.
    pub generation: u32,
    /// The first 8 bytes of the SHA-256 of the public key, in hexadecimal digits.
    pub id: String,
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (generation {})", self.id.escape_default(), self.generation)
    }
}

/// `nn.nnn`, as `FIRM_VERSION` has it (guide rule 100); nothing for other texts.
pub fn version(text: &str) -> Option<FirmwareVersion> {
    lookup("FIRM_VERSION")?.id.family().check(text).ok()?;
    let (major, minor) = text.split_once('.')?;
    Some(FirmwareVersion { major: major.parse().ok()?, minor: minor.parse().ok()? })
}

fn write_version<S: Serializer>(version: &FirmwareVersion, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(version)
}

fn read_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FirmwareVersion, D::Error> {
    let text = String::deserialize(deserializer)?;
    version(&text).ok_or_else(|| serde::de::Error::custom("a version is nn.nnn, 00.000 to 15.999"))
}
