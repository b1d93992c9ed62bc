//! What is wrong with a message, and the answer that it gets.

use std::fmt;

use super::name::{Known, Name};
use super::{Method, Request, Response};

/// Why a message or a header field cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing but line ends: a keep-alive (RFC 5626, section 4.4.1; guide rule 182), not a message.
    #[error("Empty message")]
    Empty,
    /// More or longer header fields than [`super::MAX_HEAD`] and [`super::MAX_FIELDS`] allow, or a body beyond
    /// [`super::MAX_BODY`].
    #[error("Message too large")]
    TooLarge,
    /// The first line is neither a request's nor a response's (RFC 3261, section 7).
    #[error("Malformed start line")]
    StartLine,
    /// Another version than SIP/2.0.
    #[error("Version Not Supported")]
    Version,
    /// The Request-URI is no URI, or has header fields (RFC 3261, section 19.1.1).
    #[error("Malformed Request-URI")]
    RequestUri,
    /// A status code that is none: not 100 to 699.
    #[error("Malformed status code")]
    StatusCode,
    /// A line among the header fields that has no name and colon.
    #[error("Malformed header line")]
    HeaderLine,
    /// A header field that has to be there is not (RFC 3261, section 8.1.1).
    #[error("Missing {} header field", .0.as_str())]
    Missing(Known),
    /// A header field stands there twice and may not (RFC 3261, section 7.3.1).
    #[error("Multiple {} header fields", .0.as_str())]
    Repeated(Known),
    /// A header field's value does not follow its grammar.
    #[error("Malformed {} header field", .0.as_str())]
    Malformed(Known),
    /// CSeq names another method than the first line (RFC 3261, section 8.1.1.5).
    #[error("CSeq method mismatch")]
    MethodMismatch,
    /// Fewer octets of body than Content-Length promises (RFC 3261, section 18.3).
    #[error("Content-Length exceeds the message")]
    Truncated,
}

impl Fault {
    /// The status code for a request with this fault.
    pub fn status(self) -> u16 {
        match self {
            Fault::Version => 505,
            Fault::TooLarge => 513,
            _ => 400,
        }
    }
}

/// A message that was refused while reading, with what could be read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// The first thing that is wrong.
    pub fault: Fault,
    /// The request as far as it was read; none if it is not known to be one.
    pub request: Option<Box<Request>>,
}

impl Malformed {
    pub(crate) fn silent(fault: Fault) -> Self {
        Malformed { fault, request: None }
    }

    /// The answer to send back to where the message came from, with `tag` as our tag in To.
    ///
    /// None for responses, for ACK, and for what has no Via: nobody could tell what is answered (RFC 3261, sections 8.1.3.3
    /// and 17). The answer repeats what identifies the request and nothing else, so it is not much longer than the request.
    pub fn answer(&self, tag: &str) -> Option<Response> {
        let request = self.request.as_deref()?;
        if request.method == Method::Ack || !request.headers.has(Name::Via) {
            return None;
        }
        let mut answer = Response::to(request, self.fault.status(), tag);
        answer.reason = self.fault.to_string();
        Some(answer)
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for Malformed {}
