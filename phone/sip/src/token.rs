//! Tags, branches, Call-IDs and client nonces that nobody can guess.

use sha2::{Digest, Sha256};

/// Makes tokens from a seed that the caller took from the system's random source.
///
/// Whoever knows some of them learns nothing about the others: each is a hash over the seed and a count. A test that
/// gives the same seed gets the same tokens.
#[derive(Clone)]
pub struct Tokens {
    seed: [u8; 32],
    count: u64,
}

impl Tokens {
    /// Begins with a seed. Two phones, or two starts of one, must not have the same.
    pub fn new(seed: [u8; 32]) -> Self {
        Tokens { seed, count: 0 }
    }

    /// The next token: 128 bits as 32 hexadecimal digits.
    pub fn token(&mut self) -> String {
        hex(&self.octets()[..16])
    }

    /// 256 bits, for keys and the like.
    pub fn octets(&mut self) -> [u8; 32] {
        self.count += 1;
        Sha256::new().chain_update(self.seed).chain_update(self.count.to_be_bytes()).finalize().into()
    }

    /// A number from 0 up to and including `limit`, each as likely as the others.
    pub(crate) fn number(&mut self, limit: u32) -> u32 {
        let [a, b, c, d, e, f, g, h, ..] = self.octets();
        let number = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
        (number % (u64::from(limit) + 1)) as u32
    }

    /// Tokens that are independent of these, for a part of the program that keeps its own.
    pub fn fork(&mut self) -> Self {
        self.count += 1;
        let hash = Sha256::new().chain_update(self.count.to_be_bytes()).chain_update(self.seed).finalize();
        Tokens::new(hash.into())
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({})", self.count)
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xF)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ() {
        let mut tokens = Tokens::new([7; 32]);
        let mut fork = tokens.fork();
        let all: std::collections::HashSet<_> = (0..100).flat_map(|_| [tokens.token(), fork.token()]).collect();
        assert_eq!(all.len(), 200);
        assert!(all.iter().all(|token| token.len() == 32));
        assert_eq!(Tokens::new([7; 32]).token(), Tokens::new([7; 32]).token());
    }
}
