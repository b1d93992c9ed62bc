//! What an offer and its answer come to.

use std::net::SocketAddr;
use std::time::Duration;

use super::direction::Direction;
use crate::codec::{Codec, Tuning};
use crate::srtp::{Master, Suite};

/// The stream that both sides agreed on, from this side's point of view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// Where RTP goes. None if the other side gave a host name, `0.0.0.0` or port 0: nothing can be sent until packets show
    /// where it is, if the direction allows them at all.
    pub remote: Option<SocketAddr>,
    /// Where RTCP goes; none if no reports are sent.
    pub remote_rtcp: Option<SocketAddr>,
    /// What is sent and received.
    pub direction: Direction,
    /// Whether this side holds the call.
    pub held_here: bool,
    /// Whether the other side holds the call: it does not want to hear anything.
    pub held_there: bool,
    /// Whether the ports are to be closed meanwhile: the call is on hold and the settings want it.
    pub closed: bool,
    /// The codec to send with.
    pub codec: Codec,
    /// The payload type to send with.
    pub payload_type: u8,
    /// How the other side wants it to encode.
    pub tuning: Tuning,
    /// How much voice goes into a packet.
    pub packet_time: Duration,
    /// What may come: payload types and their codecs. Any of them, at any time.
    pub accepts: Vec<(u8, Codec)>,
    /// Telephone events, if both sides know them.
    pub events: Option<Events>,
    /// Keys, if packets are encrypted.
    pub keys: Option<Keys>,
}

/// Payload types of telephone events (RFC 4733), each with its clock in hertz.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// Of those that are sent. The clock is that of the codec, or 8000; none if the other side knows neither.
    pub send: Option<(u8, u32)>,
    /// Of those that come.
    pub receive: Vec<(u8, u32)>,
}

/// Keys of both ways. Debug output does not show them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keys {
    /// How to encrypt and authenticate.
    pub suite: Suite,
    /// For what is sent.
    pub send: Master,
    /// For what comes.
    pub receive: Master,
}
