//! Answers the challenges of servers: digest authentication (RFC 3261, section 22; RFC 7616; RFC 8760).
//!
//! MD5, SHA-256 and SHA-512-256, each with its `-sess` form; qop `auth`, `auth-int` and none; user names in hashed form.
//! A nonce is used again, with its count, until the server gives another, so that a refreshed registration costs one
//! round trip. The password stays here.

mod authenticator;
mod challenge;
mod hash;

pub use authenticator::{Authenticator, Credentials, Verdict};
pub use challenge::{Challenge, Party, challenges};
pub use hash::{Algorithm, Qop};
