//! Voice that only the two ends can read: SRTP (RFC 3711) with keys that travel in SDP (RFC 4568).
//!
//! Packets are changed in place, and nothing is allocated.

mod cipher;
mod inbound;
mod key;
mod outbound;
#[cfg(test)]
mod tests;
mod window;

pub use inbound::{Inbound, Refusal};
pub use key::{MASTER_LENGTH, Master, Suite};
pub use outbound::Outbound;

/// Octets that protection adds to a packet at most: the index and the tag of RTCP.
pub const OVERHEAD: usize = 14;

/// Octets of the tag behind each RTCP packet, whatever the suite (RFC 4568, section 6.2.2).
const RTCP_TAG: usize = 10;
