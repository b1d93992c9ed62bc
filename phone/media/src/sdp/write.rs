//! Writes the descriptions of this side.

use std::fmt::Write;
use std::net::IpAddr;

use super::crypto::Crypto;
use super::direction::Direction;
use crate::codec::Codec;

/// A description before it has an origin line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Draft {
    /// Where this side receives, or the unspecified address.
    pub(super) address: IpAddr,
    pub(super) slots: Vec<Slot>,
}

/// A stream in a description of this side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    /// Refused, with what the line that refuses it has to repeat.
    Refused { kind: String, protocol: String, formats: String },
    /// The voice of the call.
    Voice(Voice),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Voice {
    pub(super) port: u16,
    pub(super) protocol: String,
    pub(super) codecs: Vec<(u8, Codec)>,
    /// Payload types and clocks.
    pub(super) telephone_events: Vec<(u8, u32)>,
    pub(super) annex_b_refused: bool,
    /// In milliseconds.
    pub(super) packet_time: u128,
    pub(super) direction: Direction,
    pub(super) rtcp_port: Option<u16>,
    pub(super) crypto: Vec<Crypto>,
}

/// Who speaks: the parts of `o=`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    pub(super) user: &'a str,
    pub(super) session: u64,
    pub(super) version: u64,
    pub(super) address: IpAddr,
}

impl Draft {
    /// The text, with the line ends of RFC 8866.
    pub(super) fn text(&self, origin: Origin<'_>) -> String {
        let mut out = String::with_capacity(512);
        let Origin { user, session, version, address } = origin;
        // Writing to a string cannot fail.
        let _ = write!(out, "v=0\r\no={user} {session} {version} IN {}\r\n", typed(address));
        let _ = write!(out, "s=-\r\nc=IN {}\r\nt=0 0\r\n", typed(self.address));
        for slot in &self.slots {
            match slot {
                Slot::Refused { kind, protocol, formats } => {
                    let _ = write!(out, "m={kind} 0 {protocol} {formats}\r\n");
                }
                Slot::Voice(voice) => voice.text(&mut out),
            }
        }
        out
    }
}

impl Voice {
    fn text(&self, out: &mut String) {
        let _ = write!(out, "m=audio {} {}", self.port, self.protocol);
        let events = self.telephone_events.iter().map(|(number, _)| number);
        for number in self.codecs.iter().map(|(number, _)| number).chain(events) {
            let _ = write!(out, " {number}");
        }
        out.push_str("\r\n");
        for (number, codec) in &self.codecs {
            let _ = write!(out, "a=rtpmap:{number} {}/{}", codec.name(), codec.clock_rate());
            if codec.channels() > 1 {
                let _ = write!(out, "/{}", codec.channels());
            }
            out.push_str("\r\n");
            if *codec == Codec::Opus {
                let rate = codec.sample_rate();
                let rates = format_args!("maxplaybackrate={rate};sprop-maxcapturerate={rate}");
                let _ = write!(out, "a=fmtp:{number} minptime=10;useinbandfec=1;{rates}\r\n");
            }
            if *codec == Codec::G729 && self.annex_b_refused {
                let _ = write!(out, "a=fmtp:{number} annexb=no\r\n");
            }
        }
        for (number, clock_rate) in &self.telephone_events {
            let _ = write!(out, "a=rtpmap:{number} telephone-event/{clock_rate}\r\na=fmtp:{number} 0-15\r\n");
        }
        let _ = write!(out, "a=ptime:{}\r\n", self.packet_time);
        if let Some(port) = self.rtcp_port {
            let _ = write!(out, "a=rtcp:{port}\r\n");
        }
        for crypto in &self.crypto {
            let _ = write!(out, "a=crypto:{crypto}\r\n");
        }
        let _ = write!(out, "a={}\r\n", self.direction.name());
    }
}

fn typed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("IP4 {address}"),
        IpAddr::V6(address) => format!("IP6 {address}"),
    }
}
