//! What goes into and comes out of the calls of a line.

use super::event::Event;
use crate::message::{Request, Response};
use crate::transaction::ServerId;

/// One call of a line, from dialling or ringing until it has ended. Never used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallId(pub(crate) u64);

/// One request that was put out, in a transaction of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub(crate) u64);

/// Whom a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// One of the line's own servers, which vouches for what it says.
    Server,
    /// Anybody.
    Stranger,
}

/// A body with its type. What it says is not looked at here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The value of Content-Type: `application/sdp`.
    pub kind: String,
    /// The octets.
    pub bytes: Vec<u8>,
}

impl Body {
    /// A session description (RFC 4566).
    pub fn sdp(bytes: impl Into<Vec<u8>>) -> Self {
        Body { kind: "application/sdp".to_owned(), bytes: bytes.into() }
    }
}

/// Somebody, as a header field names him.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The display name; none if it is missing or empty.
    pub name: Option<String>,
    /// The number or user name, unescaped; empty if the URI has none.
    pub user: String,
    /// The URI as written.
    pub uri: String,
}

/// An address that has forwarded a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diverted {
    /// The address.
    pub party: Party,
    /// `unconditional`, `user-busy`, `no-answer` and others; none if it is not told.
    pub reason: Option<String>,
}

/// Where a request is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hop {
    /// To the line's own proxy: the request is outside of any dialog.
    Proxy,
    /// To where this URI leads (RFC 3263), unless the line sends everything through its outbound proxy: the request goes
    /// its dialog's way.
    Uri(String),
}

/// What the caller has to do or to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Send this request in a transaction of its own, and give what comes of it to [`Calls::answered`] or
    /// [`Calls::failed`].
    ///
    /// [`Calls::answered`]: super::Calls::answered
    /// [`Calls::failed`]: super::Calls::failed
    Send {
        /// Its name.
        key: Key,
        /// The request, without Via.
        request: Request,
        /// Where to.
        hop: Hop,
    },
    /// Send this ACK, which has no transaction.
    Acknowledge {
        /// The ACK, without Via.
        request: Request,
        /// Where to.
        hop: Hop,
    },
    /// Cancel the INVITE that was sent under this key. Its outcome is still to be told.
    Cancel {
        /// The INVITE's name.
        key: Key,
    },
    /// Send this response.
    Respond {
        /// The request's transaction.
        server: ServerId,
        /// The response.
        response: Response,
    },
    /// Something happened that people or media have to know.
    Event(Event),
}

/// A call to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dial {
    /// A number, a user, `user@host` or a URI.
    pub target: String,
    /// Our offer; without it the called party makes one.
    pub offer: Option<Body>,
    /// Whether to hide who calls; the setting decides if this is none.
    pub hide: Option<bool>,
    /// The place of a shared line that the call is made in, as [`call_info`](crate::event::appearance::call_info) writes it.
    pub place: Option<String>,
}

/// Why an incoming call is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// The line is in use: 486.
    Busy,
    /// Do not disturb: `SIP_RESPONSE_CODE_DND`.
    DoNotDisturb,
    /// The caller is turned away: `SIP_RESPONSE_CODE_CALL_REJECT`.
    Declined,
    /// Any other, 400 to 699.
    Status(u16),
}

/// Why a command is not carried out. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallFault {
    /// There is no such call, or it has ended.
    #[error("no such call")]
    Unknown,
    /// The call is in no state for this, or a value is none for this.
    #[error("not possible in the state of the call")]
    State,
    /// The number or URI is none.
    #[error("not a number or SIP address")]
    Target,
    /// There are too many calls.
    #[error("too many calls")]
    TooMany,
}

/// Why a request got no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// None came in time, as good as 408.
    Silence,
    /// The network reaches nobody, as good as 503.
    Unreachable,
}
