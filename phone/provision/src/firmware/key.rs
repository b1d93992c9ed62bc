//! Keys: one that signs, and those that a unit trusts.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use ed25519_dalek::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _, KeypairBytes};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::{Fault, KeyName};

/// A private key of some generation.
pub struct Signer {
    key: SigningKey,
    generation: u32,
}

impl Signer {
    /// A new key.
    ///
    /// # Errors
    /// The system has no random bits.
    pub fn generate(generation: u32) -> Result<Self, Fault> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| Fault::Key(error.to_string()))?;
        Ok(Self { key: SigningKey::from_bytes(&secret), generation })
    }

    /// Reads a file that [`Self::to_pem`] or `openssl genpkey -algorithm ed25519` has written. A line `Generation: 2`
    /// above the key tells its generation; without one it is 1.
    ///
    /// # Errors
    /// There is no Ed25519 key.
    pub fn from_pem(text: &str) -> Result<Self, Fault> {
        let fault = |reason: &str| Fault::Key(reason.to_owned());
        let start = text.find("-----BEGIN").ok_or_else(|| fault("it is no PEM file"))?;
        let line = text[..start].lines().find_map(|line| line.trim().strip_prefix("Generation:"));
        let generation = line.map_or(Ok(1), |n| n.trim().parse()).map_err(|_| fault("its generation is no number"))?;
        let key = SigningKey::from_pkcs8_pem(text[start..].trim_end()).map_err(|error| fault(&error.to_string()))?;
        Ok(Self { key, generation })
    }

    /// The private key as PKCS#8 (RFC 8410), with its generation above.
    ///
    /// # Errors
    /// It cannot be encoded.
    pub fn to_pem(&self) -> Result<String, Fault> {
        // Without the public key, which openssl 3.0 does not read in there.
        let pair = KeypairBytes { secret_key: self.key.to_bytes(), public_key: None };
        let pem = pair.to_pkcs8_pem(LineEnding::LF).map_err(|error| Fault::Key(error.to_string()))?;
        Ok(format!("Generation: {}\n{}", self.generation, pem.as_str()))
    }

    /// The public key as openssl reads it.
    ///
    /// # Errors
    /// It cannot be encoded.
    pub fn public_pem(&self) -> Result<String, Fault> {
        self.key.verifying_key().to_public_key_pem(LineEnding::LF).map_err(|error| Fault::Key(error.to_string()))
    }

    /// What units need to trust this key.
    pub fn keyring(&self) -> Keyring {
        Keyring(vec![(self.generation, self.key.verifying_key())])
    }

    /// Which key it is.
    pub fn name(&self) -> KeyName {
        name(self.generation, &self.key.verifying_key())
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; Signature::BYTE_SIZE] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signer").field(&self.name()).finish()
    }
}

/// The public keys that a unit knows. Those of the latest generation count; the others are known to be old.
///
/// As a file it has one line for each key: its generation, a space, and the 32 bytes in base64. Lines that begin with #
/// are comments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Keyring(Vec<(u32, VerifyingKey)>);

impl Keyring {
    /// Reads the lines.
    ///
    /// # Errors
    /// One of them is no key, or there is none.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        let keys = lines.map(|line| parse_key(line).ok_or_else(|| Fault::Key(format!("this is none: {line}"))));
        match keys.collect::<Result<Vec<_>, _>>()? {
            keys if keys.is_empty() => Err(Fault::Key("there is none in the list".to_owned())),
            keys => Ok(Self(keys)),
        }
    }

    /// Checks a signature.
    pub(super) fn check(&self, key: &KeyName, message: &[u8], signature: &[u8; 64]) -> Result<(), Fault> {
        let known = self.0.iter().find(|(generation, known)| name(*generation, known) == *key);
        let Some((generation, known)) = known else { return Err(Fault::UnknownKey(key.clone())) };
        // First whether it is true at all: an image that claims an old key is not yet one that has it.
        known.verify_strict(message, &Signature::from_bytes(signature)).map_err(|_| Fault::Signature(key.clone()))?;
        match self.0.iter().map(|(generation, _)| *generation).max() {
            Some(newest) if newest > *generation => Err(Fault::OldKey { key: key.clone(), newest }),
            _ => Ok(()),
        }
    }
}

/// As [`Keyring::parse`] reads it.
impl fmt::Display for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(generation, key)| writeln!(f, "{generation} {}", BASE64.encode(key.as_bytes())))
    }
}

fn parse_key(line: &str) -> Option<(u32, VerifyingKey)> {
    let (generation, key) = line.split_once(' ')?;
    let key: [u8; 32] = BASE64.decode(key.trim()).ok()?.try_into().ok()?;
    let key = VerifyingKey::from_bytes(&key).ok().filter(|key| !key.is_weak())?;
    Some((generation.parse().ok()?, key))
}

fn name(generation: u32, key: &VerifyingKey) -> KeyName {
    KeyName { generation, id: hex(&Sha256::digest(key.as_bytes())[..8]) }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
