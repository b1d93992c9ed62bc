//! SIP messages: read from bytes, looked at, built, written (RFC 3261, section 7).
//!
//! [`datagram`] and [`Framer`] read what the network brings. A message that they give out has everything that RFC 3261,
//! section 8.1.1, asks for; what they refuse carries the answer ([`Malformed::answer`]). Header fields stay text until
//! [`Headers`] is asked for one by its meaning.

mod address;
mod check;
mod fault;
mod headers;
pub(crate) mod lex;
mod method;
mod name;
mod params;
mod read;
mod status;
mod stream;
mod typed;
mod uri;
mod via;

pub use address::Address;
pub use fault::{Fault, Malformed};
pub use headers::{Headers, Values};
pub use lex::{Split, quote, unquote};
pub use method::Method;
pub use name::{Known, Name};
pub use params::{Param, Params};
pub use read::{datagram, is_keep_alive};
pub use status::reason;
pub use stream::{Frame, Framer};
pub use typed::{CSeq, Contacts, DialogName, Event, MediaType, RAck, SessionExpires, SubscriptionState};
pub use uri::{Host, SipUri, TelUri, Uri, escape_field, escape_user};
pub use via::{MAGIC_COOKIE, Via};

/// Longest first line and header fields together, in bytes.
pub const MAX_HEAD: usize = 32 << 10;
/// Longest body, in bytes. Lists of many lamps are the longest that a phone gets.
pub const MAX_BODY: usize = 256 << 10;
/// Most header fields of one message.
pub const MAX_FIELDS: usize = 256;

/// A request or a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A request.
    Request(Request),
    /// A response.
    Response(Response),
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is asked for.
    pub method: Method,
    /// The Request-URI as written.
    pub uri: String,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

/// A response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// The status code, 100 to 699.
    pub status: u16,
    /// The reason phrase, for people.
    pub reason: String,
    /// The header fields.
    pub headers: Headers,
    /// The body.
    pub body: Vec<u8>,
}

/// Parameters on their own, as they stood behind a value: `;reboot=true`. None if they are malformed.
pub(crate) fn params_of(text: &str) -> Option<Params<'_>> {
    Params::of_header(text)
}

impl Message {
    /// The header fields.
    pub fn headers(&self) -> &Headers {
        match self {
            Message::Request(request) => &request.headers,
            Message::Response(response) => &response.headers,
        }
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        match self {
            Message::Request(request) => &request.body,
            Message::Response(response) => &response.body,
        }
    }

    /// The request, if it is one.
    pub fn request(&self) -> Option<&Request> {
        match self {
            Message::Request(request) => Some(request),
            Message::Response(_) => None,
        }
    }

    /// The response, if it is one.
    pub fn response(&self) -> Option<&Response> {
        match self {
            Message::Request(_) => None,
            Message::Response(response) => Some(response),
        }
    }

    /// As on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self {
            Message::Request(request) => request.to_bytes(),
            Message::Response(response) => response.to_bytes(),
        }
    }
}

impl Request {
    /// A request without header fields. `uri` has to be a URI.
    pub fn new(method: Method, uri: impl Into<String>) -> Self {
        Request { method, uri: uri.into(), headers: Headers::default(), body: Vec::new() }
    }

    /// The Request-URI; none if it is no URI, which it is in every request that was read.
    pub fn parsed_uri(&self) -> Option<Uri<'_>> {
        Uri::parse(&self.uri)
    }

    /// As on the wire, with Content-Length.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.uri.len() + self.headers.size() + self.body.len() + 64);
        out.extend_from_slice(self.method.as_str().as_bytes());
        out.push(b' ');
        push_clean(&mut out, &self.uri);
        out.extend_from_slice(b" SIP/2.0\r\n");
        finish(out, &self.headers, &self.body)
    }
}

impl Response {
    /// The response to a request, with what tells it that (RFC 3261, section 8.2.6.2). `tag` becomes our tag in To if the
    /// request has none and the response is not 100.
    pub fn to(request: &Request, status: u16, tag: &str) -> Self {
        let mut headers = Headers::with_capacity(512);
        for name in [Name::Via, Name::From, Name::To, Name::CallId, Name::CSeq] {
            if name != Name::To || status == 100 {
                headers.copy(&request.headers, name);
            } else if let Some(to) = request.headers.get(Name::To) {
                match request.headers.to().is_ok_and(|to| to.tag().is_none()) {
                    true => headers.push(name, format_args!("{to};tag={tag}")),
                    false => headers.push(name, to),
                }
            }
        }
        if status == 100 {
            headers.copy(&request.headers, Name::Timestamp);
        }
        Response { status, reason: reason(status).to_owned(), headers, body: Vec::new() }
    }

    /// Whether more responses follow: 1xx.
    pub fn is_provisional(&self) -> bool {
        self.status < 200
    }

    /// Whether the request was granted: 2xx.
    pub fn is_success(&self) -> bool {
        self.status / 100 == 2
    }

    /// As on the wire, with Content-Length.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.reason.len() + self.headers.size() + self.body.len() + 64);
        out.extend_from_slice(b"SIP/2.0 ");
        push_number(&mut out, self.status.into());
        out.push(b' ');
        push_clean(&mut out, &self.reason);
        out.extend_from_slice(b"\r\n");
        finish(out, &self.headers, &self.body)
    }
}

fn finish(mut out: Vec<u8>, headers: &Headers, body: &[u8]) -> Vec<u8> {
    headers.write(&mut out);
    out.extend_from_slice(b"Content-Length: ");
    push_number(&mut out, body.len());
    out.extend_from_slice(b"\r\n\r\n");
    out.extend_from_slice(body);
    out
}

/// Appends a part of the first line; no line end gets in.
fn push_clean(out: &mut Vec<u8>, text: &str) {
    out.extend(text.bytes().map(|b| if matches!(b, b'\r' | b'\n') { b' ' } else { b }));
}

fn push_number(out: &mut Vec<u8>, number: usize) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}
