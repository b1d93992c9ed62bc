//! Reports on how packets fare (RFC 3550, section 6): what is read of the other side's, and what this side writes.
//!
//! [`crate::rtp::Session`] keeps the times and the counts; this knows the octets.

mod read;
mod write;

pub use read::{Block, Goodbyes, Item, Items, Malformed, SenderInfo, read};
pub(crate) use write::Writer;

use std::time::Duration;

/// Packet types (RFC 3550, section 12.1).
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;

/// A duration since 1900 as NTP writes it: seconds, and their fraction of 2^32.
pub(crate) fn ntp(since_1900: Duration) -> u64 {
    let seconds = since_1900.as_secs() << 32;
    seconds | ((u64::from(since_1900.subsec_nanos()) << 32) / 1_000_000_000)
}

/// The middle 32 bits of a time of NTP: seconds times 2^16.
pub(crate) fn middle(ntp: u64) -> u32 {
    (ntp >> 16) as u32
}

/// A difference of such middles; none if it is negative or beyond a minute.
pub(crate) fn span(middles: u32) -> Option<Duration> {
    (middles < 60 << 16).then(|| Duration::from_nanos((u64::from(middles) * 1_000_000_000) >> 16))
}
