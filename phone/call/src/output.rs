//! What the phone wants to have done, and what it tells.

use offhook_media::engine;
use offhook_params::ParamId;
use offhook_params::types::Dscp;
use offhook_sip::server::Query;
use offhook_sip::transaction::Transmit;
use serde::{Deserialize, Serialize};

use crate::command::CallId;
use crate::log::Kind;
use crate::state::{ButtonState, CallState, Dialling, LineState};

/// A file that the phone's owner keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kept {
    /// The call logs.
    Logs,
    /// The phone book.
    Contacts,
}

/// What has to be done, in this order. Lines count from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Send these bytes by the line's socket. What cannot be sent is told to the phone.
    Transmit(usize, Transmit),
    /// Ask DNS for a line.
    Resolve(usize, Query),
    /// The line's socket has to have the port of its configuration from now on.
    Rebind(usize),
    /// Open UDP sockets for RTP at this port and for RTCP at the next one, before what follows is sent.
    OpenPorts(OpenPorts),
    /// Close the sockets of a channel.
    ClosePorts(engine::ChannelId),
    /// Tell the audio engine.
    Media(engine::Command),
    /// A person has changed settings: keep them in the user layer, and give the phone the settings that come of it.
    Set(Vec<(ParamId, String)>),
    /// Add these bytes to a file.
    Append(Kept, Vec<u8>),
    /// Write a file anew.
    Replace(Kept, Vec<u8>),
    /// A server wants the unit to fetch its files (guide rule 72).
    Resync {
        /// What `reboot=` says, if it says anything.
        reboot: Option<bool>,
    },
    /// Something that screens and programs may want to know.
    Event(Event),
}

/// Sockets of a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenPorts {
    /// The channel that uses them.
    pub channel: engine::ChannelId,
    /// RTP, an even port; RTCP has the next one.
    pub port: u16,
    /// Marks RTP packets.
    pub rtp: Dscp,
    /// Marks RTCP packets.
    pub rtcp: Dscp,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Event {
    /// A call is new, or other than before.
    Call(CallState),
    /// A call is over.
    Ended {
        /// Which.
        call: CallId,
        /// Its line, 1 to 6.
        line: u8,
        /// Why.
        reason: Reason,
        /// The status code that ended it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
    },
    /// A line is other than before.
    Line(LineState),
    /// A number is being dialled, or no longer.
    Dialling {
        /// What is dialled.
        dialling: Option<Dialling>,
    },
    /// A button is other than before.
    Button(ButtonState),
    /// The sound device in use does not answer, or answers again.
    Device {
        /// It has gone; calls go on without it.
        lost: bool,
    },
    /// The other side sent a digit.
    Digit {
        /// On which call.
        call: CallId,
        /// `0` to `9`, `*`, `#`, `A` to `D`.
        digit: char,
    },
    /// A call was turned away or sent on without ringing.
    TurnedAway {
        /// The line, 1 to 6.
        line: u8,
        /// The caller's number as it is shown; none if hidden.
        number: Option<String>,
        /// The status code, or 302 for a forward.
        status: u16,
        /// Where it was sent on to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        forwarded: Option<String>,
    },
    /// A number was not called.
    NotDialled {
        /// The keys that were pressed.
        digits: String,
    },
    /// A log is other than before.
    Log {
        /// Which.
        kind: Kind,
        /// Missed calls that nobody has looked at.
        missed: usize,
    },
    /// Somebody wants to see a log: the redial key.
    ShowLog {
        /// Which.
        kind: Kind,
    },
    /// The phone book is other than before.
    Contacts,
}

/// Why a call is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Hung up here.
    Local,
    /// Hung up there.
    Remote,
    /// The caller gave up.
    Missed,
    /// Another phone has answered.
    Elsewhere,
    /// The called party is busy.
    Busy,
    /// The called party or a server refused.
    Refused,
    /// Nobody answered.
    NoAnswer,
    /// It was sent on to another number.
    Forwarded,
    /// It was transferred.
    Transferred,
    /// Another call took its place.
    Replaced,
    /// The network or the other end failed.
    Failed,
}
