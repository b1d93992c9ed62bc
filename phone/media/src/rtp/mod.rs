//! RTP of one call (RFC 3550): who is heard, in which order packets were sent, what was lost, and what goes out.
//!
//! A [`Session`] has no sockets and no clock, and allocates nothing once it is made. Packets that come and the present moment
//! go in; it says which to play, where to send, and when a report is due. A moment is the time since any fixed one and
//! never runs backwards.
//!
//! # Who is heard
//!
//! Peers behind routers send from other addresses than their descriptions name, so a call is heard from where its packets
//! come (symmetric RTP). That must not let strangers in:
//!
//! - The address of the description is believed at once, and wins at any time over one that is not.
//! - Another address is believed after packets in sequence at the pace of voice, and only while nobody else is heard.
//! - Once somebody is heard, others are ignored. After two seconds of silence the stream may go on from another address, if
//!   it is the same stream, or comes from the same host.
//! - Who is heard may go on as another source with the second packet in sequence from there; within two seconds of an offer and
//!   answer, once, with the first, unless it is the source that was just left.
//! - With SRTP, a packet that proves to be the peer's is believed wherever it comes from, and no other one is.
//!
//! Each packet from elsewhere costs a look at eight candidates, whatever the flood.

mod latch;
mod packet;
mod random;
mod session;
mod source;
mod statistics;

pub(crate) use packet::payload_start;
pub use packet::{HEADER_LENGTH, Malformed, Packet};
pub use session::{Config, MAX_PACKET, Outgoing, Received, Refused, Session};
pub(crate) use source::Reception;
pub use statistics::{Reported, Statistics};
