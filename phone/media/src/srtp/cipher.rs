//! The transforms of RFC 3711: AES in counter mode, HMAC-SHA1, and the keys that both take from a master key.

use aes::Aes128;
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use hmac::{Hmac, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use super::key::Master;

/// Labels of the key derivation (section 4.3.1); those of RTCP are three higher.
const ENCRYPTION: u8 = 0;
const AUTHENTICATION: u8 = 1;
const SALT: u8 = 2;

/// For which packets a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    Rtp,
    Rtcp,
}

/// What encrypts and authenticates the packets of one protocol in one direction.
#[derive(Clone)]
pub(super) struct Cipher {
    aes: Aes128,
    /// The session salt, in the upper 112 bits.
    salt: u128,
    hmac: Hmac<Sha1>,
}

impl Cipher {
    /// Derives the session keys; they are never derived anew (a rate of zero).
    pub(super) fn new(master: &Master, protocol: Protocol) -> Self {
        let first = if protocol == Protocol::Rtp { 0 } else { 3 };
        let (key, salt) = master.0.split_at(16);
        let aes = aes(key);
        let salt = salt_word(salt);
        let derive = |label: u8, out: &mut [u8]| keystream(&aes, salt ^ (u128::from(first + label) << 64), out);
        let (mut encryption, mut authentication, mut session_salt) = ([0; 16], [0; 20], [0; 14]);
        derive(ENCRYPTION, &mut encryption);
        derive(AUTHENTICATION, &mut authentication);
        derive(SALT, &mut session_salt);
        Cipher {
            aes: self::aes(&encryption),
            salt: salt_word(&session_salt),
            hmac: KeyInit::new_from_slice(&authentication).expect("HMAC takes keys of any length"),
        }
    }

    /// Encrypts or decrypts: both are the same (section 4.1.1).
    pub(super) fn apply(&self, ssrc: u32, index: u64, data: &mut [u8]) {
        keystream(&self.aes, self.salt ^ (u128::from(ssrc) << 64) ^ (u128::from(index) << 16), data);
    }

    /// The tag over some octets and a word behind them that is not sent.
    pub(super) fn tag(&self, data: &[u8], more: &[u8]) -> [u8; 20] {
        self.hmac.clone().chain_update(data).chain_update(more).finalize().into_bytes().into()
    }

    /// Whether a tag is right, in a time that does not tell how wrong it is.
    pub(super) fn is_authentic(&self, data: &[u8], more: &[u8], tag: &[u8]) -> bool {
        self.tag(data, more)[..tag.len()].ct_eq(tag).into()
    }
}

/// Keys are not shown.
impl std::fmt::Debug for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cipher(..)")
    }
}

fn aes(key: &[u8]) -> Aes128 {
    Aes128::new_from_slice(key).expect("the key has 16 octets")
}

/// A salt of 14 octets, times 2^16.
fn salt_word(salt: &[u8]) -> u128 {
    salt.iter().fold(0, |word, octet| word << 8 | u128::from(*octet)) << 16
}

/// Adds the key stream from an initial counter to the data.
pub(super) fn keystream(aes: &Aes128, initial: u128, data: &mut [u8]) {
    for (counter, chunk) in (0..).zip(data.chunks_mut(16)) {
        let mut block = initial.wrapping_add(counter).to_be_bytes().into();
        aes.encrypt_block(&mut block);
        for (octet, key) in chunk.iter_mut().zip(block.iter()) {
            *octet ^= key;
        }
    }
}
