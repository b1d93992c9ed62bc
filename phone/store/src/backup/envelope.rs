//! The file of a backup: a mark, and the content, as it is or encrypted with a password.
//!
//! | bytes | are |
//! |---|---|
//! | 8 | `OFFHOOKB` |
//! | 1 | 0: the content follows; 1: it is encrypted |
//! | 16 | salt of PBKDF2-HMAC-SHA-256 (RFC 8018), 600,000 rounds |
//! | the rest | ChaCha20-Poly1305 (RFC 8439); the key is used once, so the nonce is zero; what stands before is authenticated |

use std::num::NonZeroU32;

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use ring::{digest, pbkdf2, rand};

use super::BackupError;

const MARK: &[u8; 8] = b"OFFHOOKB";
const SALT: usize = 16;

/// Fixed: how long a person waits must not depend on what a file says.
const ROUNDS: NonZeroU32 = NonZeroU32::new(600_000).expect("it is not zero");

/// The file of this content.
pub(super) fn seal(content: &[u8], password: Option<&str>) -> Result<Vec<u8>, BackupError> {
    let Some(password) = password else { return Ok([&MARK[..], &[0], content].concat()) };
    let mut salt = [0; SALT];
    rand::SecureRandom::fill(&rand::SystemRandom::new(), &mut salt).map_err(|_| BackupError::Random)?;
    let head = [&MARK[..], &[1], &salt].concat();
    let mut body = content.to_vec();
    let sealed = key(password, &salt).seal_in_place_append_tag(nonce(), Aad::from(&head), &mut body);
    sealed.map_err(|_| BackupError::Damaged("it is too large"))?;
    Ok([head, body].concat())
}

/// The content of a file.
pub(super) fn open(file: &[u8], password: Option<&str>) -> Result<Vec<u8>, BackupError> {
    let rest = file.strip_prefix(MARK).ok_or(BackupError::Damaged("it is no backup"))?;
    match (rest.split_first(), password) {
        (Some((0, content)), _) => Ok(content.to_vec()),
        (Some((1, _)), None) => Err(BackupError::PasswordNeeded),
        (Some((1, rest)), Some(password)) if rest.len() > SALT => {
            let (head, body) = file.split_at(MARK.len() + 1 + SALT);
            let mut body = body.to_vec();
            let opened = key(password, &rest[..SALT]).open_in_place(nonce(), Aad::from(head), &mut body);
            opened.map(|content| content.to_vec()).map_err(|_| BackupError::WrongPassword)
        }
        _ => Err(BackupError::Damaged("it is cut off, or of a later version")),
    }
}

/// SHA-256 in lower-case hexadecimal digits.
pub(super) fn digest(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn key(password: &str, salt: &[u8]) -> LessSafeKey {
    let mut key = [0; 32];
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, salt, password.as_bytes(), &mut key);
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &key).expect("a key of this cipher has 32 bytes"))
}

fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_password_alone() {
        let file = seal(b"content", Some("correct horse")).expect("sealed");
        assert_ne!(file, seal(b"content", Some("correct horse")).expect("sealed"), "a salt of its own each time");
        assert!(!file.windows(7).any(|part| part == b"content"));
        assert_eq!(open(&file, Some("correct horse")).expect("opens"), b"content");
        assert!(matches!(open(&file, Some("Correct horse")), Err(BackupError::WrongPassword)));
        assert!(matches!(open(&file, None), Err(BackupError::PasswordNeeded)));
        let mut altered = file.clone();
        *altered.last_mut().expect("bytes") ^= 1;
        assert!(matches!(open(&altered, Some("correct horse")), Err(BackupError::WrongPassword)));
        assert_eq!(open(&seal(b"content", None).expect("sealed"), None).expect("opens"), b"content");
        for end in 0..MARK.len() + 1 + SALT {
            assert!(open(&file[..end], Some("correct horse")).is_err(), "cut at {end}");
        }
    }
}
