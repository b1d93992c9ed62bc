//! The secret of this run of the program, from which nonces, cookies and salts are made.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Drawn once at the start; everything random is derived from it, so that nothing can fail later and tests repeat.
#[derive(Clone)]
pub(super) struct Key([u8; 32]);

impl Key {
    pub(super) fn new(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    /// HMAC-SHA-256 over purpose and parts, each with its length, so that no two lists of parts run into one.
    pub(super) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        for part in [purpose.as_bytes()].iter().chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        let key = Key::new([7; 32]);
        let macs = [
            key.mac("a", &[b"bc"]),
            key.mac("ab", &[b"c"]),
            key.mac("a", &[b"b", b"c"]),
            key.mac("a", &[b"bc", b""]),
            Key::new([8; 32]).mac("a", &[b"bc"]),
        ];
        for (i, a) in macs.iter().enumerate() {
            assert!(macs[..i].iter().all(|b| a != b));
        }
        assert_eq!(macs[0], key.mac("a", &[b"bc"]));
    }
}
