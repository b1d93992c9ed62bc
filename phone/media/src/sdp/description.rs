//! A session description as far as a phone understands it.

use std::net::IpAddr;

use super::crypto::Crypto;
use super::direction::Direction;
use crate::codec::{Codec, Tuning};

/// What one side says about a session. What stands at session level is told with each stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// The value of `o=`; empty if there is none.
    pub origin: String,
    /// The streams, in order.
    pub media: Vec<Media>,
}

/// One stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Media {
    /// `audio`, `video`, `image`, ….
    pub kind: String,
    /// Where the speaker wants to receive; 0 refuses or ends the stream.
    pub port: u16,
    /// `RTP/AVP`, `RTP/SAVP`, `udptl`, ….
    pub protocol: String,
    /// The formats as they stand, for the refusal that has to repeat them.
    pub format_list: String,
    /// The formats of RTP, in order, with what is known about them.
    pub formats: Vec<Format>,
    /// Where the speaker wants to receive.
    pub address: Option<Address>,
    /// As the speaker sees it.
    pub direction: Direction,
    /// How much sound the speaker would like in a packet, in milliseconds.
    pub packet_time: Option<u32>,
    /// How much it takes at most, in milliseconds.
    pub max_packet_time: Option<u32>,
    /// Where the speaker wants to receive RTCP (RFC 3605).
    pub rtcp: Option<(u16, Option<Address>)>,
    /// Keys of SRTP that this phone can use (RFC 4568), in order.
    pub crypto: Vec<Crypto>,
}

/// A format of RTP: a payload type and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// 0 to 127.
    pub payload_type: u8,
    /// The encoding; empty if neither an `a=rtpmap` nor RFC 3551 says so.
    pub encoding: String,
    /// RTP clock in hertz.
    pub clock_rate: u32,
    /// Channels of sound.
    pub channels: u32,
    /// The value of `a=fmtp`.
    pub parameters: String,
}

/// Where packets go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// An address. The unspecified one (`0.0.0.0`) is a hold in the manner of RFC 2543.
    Ip(IpAddr),
    /// A host name, which this phone does not look up: it sends to where packets come from.
    Name(String),
}

impl Address {
    /// The address, unless it is a name.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Address::Ip(ip) => Some(*ip),
            Address::Name(_) => None,
        }
    }
}

impl Media {
    /// Whether this is sound over RTP, in a profile that this phone speaks.
    pub fn is_voice(&self) -> bool {
        let profiles = ["RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF"];
        self.kind.eq_ignore_ascii_case("audio")
            && profiles.iter().any(|profile| self.protocol.eq_ignore_ascii_case(profile))
    }

    /// Whether the profile is one of SRTP.
    pub fn is_secure_profile(&self) -> bool {
        self.protocol.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("RTP/SAVP"))
    }

    /// What the other side may expect: the declared direction, but nothing is sent to the unspecified address.
    pub fn effective_direction(&self) -> Direction {
        let zero = self.address.as_ref().and_then(Address::ip).is_some_and(|ip| ip.is_unspecified());
        Direction::new(self.direction.sends(), self.direction.receives() && !zero)
    }
}

impl Format {
    /// The codec of this phone that it means.
    pub fn codec(&self) -> Option<Codec> {
        Codec::ALL.into_iter().find(|codec| {
            self.encoding.eq_ignore_ascii_case(codec.name())
                && self.clock_rate == codec.clock_rate()
                && self.channels == codec.channels()
        })
    }

    /// The clock of telephone events (RFC 4733), if it means these, and by the clock of a codec of this phone.
    pub fn telephone_event(&self) -> Option<u32> {
        let known = Codec::ALL.into_iter().any(|codec| codec.clock_rate() == self.clock_rate);
        (known && self.encoding.eq_ignore_ascii_case("telephone-event")).then_some(self.clock_rate)
    }

    /// Whether it is G.729 without comfort noise of Annex B (RFC 4856).
    pub fn refuses_annex_b(&self) -> bool {
        self.parameter("annexb").is_some_and(|value| value.eq_ignore_ascii_case("no"))
    }

    /// How its speaker wants it to be encoded (RFC 7587, section 6.1).
    pub fn tuning(&self) -> Tuning {
        Tuning {
            repeats: self.parameter("useinbandfec") == Some("1"),
            most_bits: self.parameter("maxaveragebitrate").and_then(|bits| bits.parse().ok()),
        }
    }

    fn parameter(&self, wanted: &str) -> Option<&str> {
        self.parameters.split(';').find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            name.trim().eq_ignore_ascii_case(wanted).then_some(value.trim())
        })
    }
}
