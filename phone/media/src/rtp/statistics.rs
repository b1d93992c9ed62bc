//! What a call's packets went through, as counted here and as the other side reports.

use std::time::Duration;

/// Counts and measures since the session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Packets that went out.
    pub sent: u32,
    /// Octets of payload that went out.
    pub octets_sent: u32,
    /// Packets that came, doubled ones not counted.
    pub received: u32,
    /// Octets of payload that came.
    pub octets_received: u32,
    /// Packets that did not come.
    pub lost: u32,
    /// Packets that came after later ones.
    pub late: u32,
    /// Packets that came once more.
    pub doubled: u32,
    /// Packets that were not listened to: of strangers, not what they should be, or not authentic.
    pub refused: u32,
    /// How unevenly packets come (RFC 3550, section 6.4.1).
    pub jitter: Duration,
    /// From here to the other side and back, as the last report tells.
    pub round_trip: Option<Duration>,
    /// What the other side says about this side's packets.
    pub reported: Option<Reported>,
}

/// The other side's last report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reported {
    /// Share of packets lost since the report before, in 256ths.
    pub fraction_lost: u8,
    /// Packets lost since the beginning.
    pub lost: i32,
    /// How unevenly they come.
    pub jitter: Duration,
}
