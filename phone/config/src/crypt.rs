//! Encrypted files (`.e1c`, `.e2c`, `.e3c`), compatible with the `openssl enc` command.
//!
//! The guide names neither mode nor key derivation. This is the recipe that a sibling model's guide prints: AES in
//! CBC mode with PKCS#7 padding, key and IV from the 32 characters by OpenSSL's `EVP_BytesToKey` with MD5, one round
//! and a salt, in binary or base64. `openssl enc -aes-128-cbc -md md5 -salt -pass pass:KEY` makes such files. Files
//! whose key was derived with SHA-256, the default of today's `openssl enc`, are read too.

use aes::{Aes128, Aes192, Aes256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use md5::Md5;
use offhook_params::{ParamId, lookup};
use sha2::{Digest, Sha256};

use crate::HEADER;

const MAGIC: &[u8; 8] = b"Salted__";
/// `Salted__` in base64, as far as it is independent of what follows.
const ARMORED_MAGIC: &[u8; 10] = b"U2FsdGVkX1";
/// Characters in a line of base64, as `openssl enc -a` writes it.
const ARMOR_WIDTH: usize = 64;

/// AES key length (guide rule 97).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum KeyLength {
    /// 128 bits, the default.
    #[default]
    Bits128,
    /// 192 bits.
    Bits192,
    /// 256 bits.
    Bits256,
}

impl KeyLength {
    /// All lengths.
    pub const ALL: [Self; 3] = [Self::Bits128, Self::Bits192, Self::Bits256];

    /// From the value of `CFG_FILE_KEY_LENGTH`.
    pub fn from_bits(bits: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.bits() == bits)
    }

    /// Bits: 128, 192 or 256.
    pub const fn bits(self) -> u16 {
        match self {
            Self::Bits128 => 128,
            Self::Bits192 => 192,
            Self::Bits256 => 256,
        }
    }
}

/// The 32 characters of a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// A key of exactly 32 bytes (guide rule 96).
    ///
    /// # Errors
    /// Another length.
    pub fn new(text: &str) -> Result<Self, CryptError> {
        text.as_bytes().try_into().map(Self).map_err(|_| CryptError::KeyLength(text.len()))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(***)")
    }
}

/// Why a file is not decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CryptError {
    /// A key has 32 bytes.
    #[error("a key has 32 characters, this one has {0}")]
    KeyLength(usize),
    /// The file does not begin as `openssl enc` begins files.
    #[error("the file is not encrypted in the way of \"openssl enc\": it does not begin with Salted__")]
    NotEncrypted,
    /// The file is cut off, or its base64 is broken.
    #[error("the encrypted file is damaged: {0}")]
    Damaged(&'static str),
    /// No text comes out.
    #[error("the key or the key length does not fit the file")]
    WrongKey,
}

/// The setting whose key decrypts a file of this name, by its extension; `None` for a file in clear (guide rule 94).
pub fn key_setting(file_name: &str) -> Option<ParamId> {
    // A URL may have a query behind the name.
    let name = file_name.split(['?', '#']).next().unwrap_or(file_name);
    let setting = match name.rsplit_once('.')?.1 {
        "e1c" => "CFG_FILE_KEY1",
        "e2c" => "CFG_FILE_KEY2",
        "e3c" => "CFG_FILE_KEY3",
        _ => return None,
    };
    lookup(setting).map(|found| found.id)
}

/// Whether bytes look like an encrypted file, in binary or base64.
pub fn is_encrypted(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC) || bytes.trim_ascii_start().starts_with(ARMORED_MAGIC)
}

/// Encrypts a file. Two files must not share a salt: take it from the system's random numbers. `armor` writes base64
/// in lines, for servers that alter binary files.
pub fn encrypt(plain: &[u8], key: &Key, length: KeyLength, salt: [u8; 8], armor: bool) -> Vec<u8> {
    let derived = derive::<Md5>(key, salt, length);
    let mut out = Vec::with_capacity(16 + plain.len() + 16);
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(&salt);
    out.extend_from_slice(&match length {
        KeyLength::Bits128 => encrypted::<cbc::Encryptor<Aes128>>(plain, &derived),
        KeyLength::Bits192 => encrypted::<cbc::Encryptor<Aes192>>(plain, &derived),
        KeyLength::Bits256 => encrypted::<cbc::Encryptor<Aes256>>(plain, &derived),
    });
    if !armor {
        return out;
    }
    let text = STANDARD.encode(out).into_bytes();
    text.chunks(ARMOR_WIDTH).flat_map(|line| line.iter().copied().chain([b'\n'])).collect()
}

/// Decrypts a file, in binary or base64, whatever the digest of its key derivation.
///
/// # Errors
/// The file is not encrypted or damaged, or the key does not fit.
pub fn decrypt(bytes: &[u8], key: &Key, length: KeyLength) -> Result<Vec<u8>, CryptError> {
    let binary;
    let bytes = if bytes.starts_with(MAGIC) {
        bytes
    } else if is_encrypted(bytes) {
        let text: Vec<u8> = bytes.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
        binary = STANDARD.decode(text).map_err(|_| CryptError::Damaged("its base64 is not valid"))?;
        &binary[..]
    } else {
        return Err(CryptError::NotEncrypted);
    };
    let Some((salt, body)) = bytes.strip_prefix(MAGIC).and_then(|rest| rest.split_first_chunk::<8>()) else {
        return Err(CryptError::Damaged("it ends within its salt"));
    };
    if body.is_empty() || body.len() % 16 != 0 {
        return Err(CryptError::Damaged("its length is no multiple of 16 bytes"));
    }
    // One of 256 wrong keys leaves a valid padding: what comes out has to look like text, too.
    let tries = [derive::<Md5>(key, *salt, length), derive::<Sha256>(key, *salt, length)];
    let found = tries.iter().filter_map(|derived| decrypted(body, derived, length));
    let best = found.max_by_key(|plain| likeness(plain)).filter(|plain| likeness(plain) > 0);
    best.ok_or(CryptError::WrongKey)
}

fn decrypted(body: &[u8], derived: &Derived, length: KeyLength) -> Option<Vec<u8>> {
    match length {
        KeyLength::Bits128 => unpadded::<cbc::Decryptor<Aes128>>(body, derived),
        KeyLength::Bits192 => unpadded::<cbc::Decryptor<Aes192>>(body, derived),
        KeyLength::Bits256 => unpadded::<cbc::Decryptor<Aes256>>(body, derived),
    }
}

fn encrypted<C: KeyIvInit + BlockModeEncrypt>(plain: &[u8], derived: &Derived) -> Vec<u8> {
    let cipher = C::new_from_slices(&derived.key, &derived.iv).expect("the derivation makes what the cipher takes");
    cipher.encrypt_padded_vec::<Pkcs7>(plain)
}

fn unpadded<C: KeyIvInit + BlockModeDecrypt>(body: &[u8], derived: &Derived) -> Option<Vec<u8>> {
    let cipher = C::new_from_slices(&derived.key, &derived.iv).expect("the derivation makes what the cipher takes");
    cipher.decrypt_padded_vec::<Pkcs7>(body).ok()
}

struct Derived {
    key: Vec<u8>,
    iv: Vec<u8>,
}

/// `EVP_BytesToKey` with one round: each block is the digest of the one before, the passphrase and the salt.
fn derive<D: Digest>(key: &Key, salt: [u8; 8], length: KeyLength) -> Derived {
    let wanted = usize::from(length.bits() / 8);
    let mut made: Vec<u8> = Vec::with_capacity(64);
    let mut block: Vec<u8> = Vec::new();
    while made.len() < wanted + 16 {
        block = D::new().chain_update(&block).chain_update(key.0).chain_update(salt).finalize().to_vec();
        made.extend_from_slice(&block);
    }
    Derived { key: made[..wanted].to_vec(), iv: made[wanted..wanted + 16].to_vec() }
}

/// How much decrypted bytes look like a configuration file: 0 is noise.
fn likeness(plain: &[u8]) -> u8 {
    let start = plain.strip_prefix(b"\xef\xbb\xbf").unwrap_or(plain);
    if start.starts_with(HEADER.as_bytes()) || start.trim_ascii_start().starts_with(b"<") {
        return 3;
    }
    if std::str::from_utf8(plain).is_ok() {
        return 2;
    }
    // Text in another encoding: noise has about 4 printable bytes in 10.
    let printable = plain.iter().filter(|b| matches!(b, b'\t' | b'\r' | b'\n' | 0x20..=0x7e)).count();
    u8::from(plain.len() >= 32 && printable * 10 >= plain.len() * 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn the_key_length_that_goes_without_saying_is_the_factory_value() {
        let found = lookup("CFG_FILE_KEY_LENGTH").expect("a setting");
        assert_eq!(KeyLength::default().bits().to_string(), found.id.default());
    }

    #[test]
    fn round_trips() {
        let key = Key::new(KEY).expect("32 characters");
        for length in KeyLength::ALL {
            for plain in [&b""[..], b"x", &[b'a'; 16], &[b'a'; 1000]] {
                for armor in [false, true] {
                    let file = encrypt(plain, &key, length, *b"saltsalt", armor);
                    assert!(is_encrypted(&file));
                    assert_eq!(decrypt(&file, &key, length).as_deref(), Ok(plain));
                }
            }
        }
    }

    #[test]
    fn wrong_keys_and_damage_are_told() {
        let key = Key::new(KEY).expect("32 characters");
        let other = Key::new("another key of thirty-two chars!").expect("32 characters");
        let file = encrypt(HEADER.as_bytes(), &key, KeyLength::Bits128, *b"12345678", false);
        assert_eq!(decrypt(&file, &other, KeyLength::Bits128), Err(CryptError::WrongKey));
        assert_eq!(decrypt(&file, &key, KeyLength::Bits256), Err(CryptError::WrongKey));
        for cut in [10, 16, 17, file.len() - 1] {
            assert!(matches!(decrypt(&file[..cut], &key, KeyLength::Bits128), Err(CryptError::Damaged(_))), "{cut}");
        }
        assert_eq!(decrypt(b"plain", &key, KeyLength::Bits128), Err(CryptError::NotEncrypted));
        assert_eq!(
            decrypt(b"U2FsdGVkX1!!", &key, KeyLength::Bits128),
            Err(CryptError::Damaged("its base64 is not valid"))
        );
        assert_eq!(Key::new("short"), Err(CryptError::KeyLength(5)));
        assert_eq!(format!("{key:?}"), "Key(***)");
    }

    #[test]
    fn the_extension_names_the_key() {
        let name = |file| key_setting(file).map(|id| id.name());
        assert_eq!(name("a/b.e1c"), Some("CFG_FILE_KEY1"));
        assert_eq!(name("http://h/b.e3c?x=1"), Some("CFG_FILE_KEY3"));
        assert_eq!(name("b.cfg"), None);
        assert_eq!(name("e1c"), None);
    }
}
