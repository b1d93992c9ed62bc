//! Voice that only the two ends can read: SRTP (RFC 3711) with keys that travel in SDP (RFC 4568).

mod key;

pub use key::{MASTER_LENGTH, Master, Suite};
