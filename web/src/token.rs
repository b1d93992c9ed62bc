//! The secret that each page carries, so that only a form of ours can post to it (guide rule 133).

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// A token for each address, until the server ends.
pub(crate) struct Tokens([u8; 32]);

impl Tokens {
    /// Fresh tokens.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        Ok(Self(secret))
    }

    /// The token of the page at `path`.
    pub(crate) fn of(&self, path: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(path.as_bytes());
        mac.finalize().into_bytes().iter().map(|b| format!("{b:02x}")).collect()
    }

    /// Whether `token` is the page's, in a time that does not tell how much of it is right.
    pub(crate) fn fits(&self, path: &str, token: &str) -> bool {
        self.of(path).as_bytes().ct_eq(token.as_bytes()).into()
    }
}
