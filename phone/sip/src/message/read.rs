//! Reads messages from bytes: the front end towards the network.

use std::borrow::Cow;

use memchr::memchr;

use super::fault::{Fault, Malformed};
use super::headers::Headers;
use super::lex::{is_token, number, trim};
use super::name::{Known, Name};
use super::uri::Uri;
use super::{MAX_BODY, MAX_FIELDS, MAX_HEAD, Message, Method, Request, Response, check};

/// Reads the message in one datagram.
///
/// Octets behind the length that Content-Length gives are ignored; without it, the body is all that follows the head
/// (RFC 3261, section 18.3). Line ends may lack their CR, and the empty line behind the last header field may be missing
/// where no body follows.
///
/// # Errors
/// What is wrong, and the answer to it if there is one.
pub fn datagram(bytes: &[u8]) -> Result<Message, Malformed> {
    let head = Head::read(bytes)?;
    let rest = &bytes[head.end..];
    let (length, mut fault) = match head.content_length {
        Ok(None) => (rest.len(), None),
        Ok(Some(length)) if length <= rest.len() => (length, None),
        Ok(Some(_)) => (0, Some(Fault::Truncated)),
        Err(fault) => (0, Some(fault)),
    };
    if length > MAX_BODY {
        fault = Some(Fault::TooLarge);
    }
    head.finish(&rest[..length], fault)
}

/// Whether a datagram only keeps a binding of a router open: line ends, spaces or zeros, and nothing else.
pub fn is_keep_alive(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, b'\r' | b'\n' | b' ' | 0))
}

/// First line and header fields of a message.
pub(crate) struct Head {
    start: Start,
    headers: Headers,
    /// Where the body begins.
    pub(crate) end: usize,
    /// What Content-Length says; none without it.
    pub(crate) content_length: Result<Option<usize>, Fault>,
    /// The first thing that is wrong.
    fault: Option<Fault>,
    /// Bits of [`Known::index`] for fields that were there, and for those that were there twice.
    seen: u128,
    repeated: u128,
}

enum Start {
    Request { method: Method, uri: String },
    Response { status: u16, reason: String },
}

impl Head {
    /// Reads up to the empty line, or to the end of the bytes. Faults are kept for later, so that the request can be
    /// answered.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let begin = bytes.iter().position(|b| !matches!(b, b'\r' | b'\n')).unwrap_or(bytes.len());
        if is_keep_alive(&bytes[begin..]) {
            return Err(Malformed::silent(Fault::Empty));
        }
        let mut lines = Lines { bytes, at: begin };
        let (start, fault) = start_line(&text(lines.next().unwrap_or_default())).map_err(Malformed::silent)?;
        let mut head = Head {
            start,
            headers: Headers::with_capacity(bytes.len().min(2048)),
            end: 0,
            content_length: Ok(None),
            fault,
            seen: 0,
            repeated: 0,
        };
        for line in &mut lines {
            if line.is_empty() {
                break;
            }
            head.line(&text(line));
            if lines_too_many(&head) {
                head.note(Fault::TooLarge);
                break;
            }
        }
        head.take_length();
        head.end = lines.at;
        if head.end - begin > MAX_HEAD {
            head.note(Fault::TooLarge);
        }
        Ok(head)
    }

    /// The message, or what is wrong with it.
    pub(crate) fn finish(mut self, body: &[u8], fault: Option<Fault>) -> Result<Message, Malformed> {
        if let Some(fault) = fault {
            self.note(fault);
        }
        if self.fault.is_none() {
            self.fault = check::repeated(self.repeated);
        }
        let (headers, body) = (self.headers, body.to_vec());
        match self.start {
            Start::Request { method, uri } => {
                let request = Request { method, uri, headers, body };
                match self.fault.or_else(|| check::request(&request)) {
                    None => Ok(Message::Request(request)),
                    Some(fault) => Err(Malformed { fault, request: Some(Box::new(request)) }),
                }
            }
            Start::Response { status, reason } => {
                let response = Response { status, reason, headers, body };
                match self.fault.or_else(|| check::response(&response)) {
                    None => Ok(Message::Response(response)),
                    Some(fault) => Err(Malformed::silent(fault)),
                }
            }
        }
    }

    fn note(&mut self, fault: Fault) {
        self.fault.get_or_insert(fault);
    }

    fn line(&mut self, line: &str) {
        if line.starts_with([' ', '\t']) {
            // A line that begins with a space continues the one before (RFC 3261, section 7.3.1).
            if self.headers.is_empty() {
                self.note(Fault::HeaderLine);
            }
            self.headers.fold(trim(line));
            return;
        }
        let Some((name, value)) = line.split_once(':').map(|(name, value)| (trim(name), trim(value))) else {
            return self.note(Fault::HeaderLine);
        };
        if !is_token(name) {
            return self.note(Fault::HeaderLine);
        }
        let name = Name::parse(name);
        if let Name::Known(known) = name {
            let bit = 1 << known.index();
            self.repeated |= self.seen & bit;
            self.seen |= bit;
        }
        self.headers.push_read(name, value);
    }

    /// Takes Content-Length out of the fields, once all lines that it may go on in are read.
    fn take_length(&mut self) {
        let [first, second] = {
            let mut all = self.headers.all(Name::ContentLength);
            [all.next(), all.next()]
        };
        self.content_length = match (first, second) {
            (None, _) => return,
            // Two of them, even if equal: where the body ends is then a matter of taste.
            (_, Some(_)) => Err(Fault::Repeated(Known::ContentLength)),
            (Some(value), None) => match number(value) {
                Some(length) => Ok(Some(usize::try_from(length).unwrap_or(usize::MAX))),
                None => Err(Fault::Malformed(Known::ContentLength)),
            },
        };
        self.headers.remove(Name::ContentLength);
    }
}

fn lines_too_many(head: &Head) -> bool {
    head.headers.len() > MAX_FIELDS
}

/// Reads the first line. An error means that nothing is known about the sender's wishes; a fault beside a start is for the
/// answer.
fn start_line(line: &str) -> Result<(Start, Option<Fault>), Fault> {
    if line.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("SIP/")) {
        let (version, rest) = line.split_once(' ').ok_or(Fault::StartLine)?;
        let (code, reason) = rest.split_once(' ').unwrap_or((rest, ""));
        if !version.eq_ignore_ascii_case("SIP/2.0") {
            return Err(Fault::Version);
        }
        let status = number(code).filter(|code| (100..700).contains(code)).ok_or(Fault::StatusCode)?;
        return Ok((Start::Response { status: status as u16, reason: reason.to_owned() }, None));
    }
    let (method, rest) = line.split_once(' ').ok_or(Fault::StartLine)?;
    let method = Method::parse(method).ok_or(Fault::StartLine)?;
    // The version is looked for at the very end, so that a request with too many spaces gets its answer.
    let (uri, version) = trim(rest).rsplit_once(' ').ok_or(Fault::StartLine)?;
    if !version.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("SIP/")) {
        return Err(Fault::StartLine);
    }
    let fault = if !version.eq_ignore_ascii_case("SIP/2.0") {
        Some(Fault::Version)
    } else if rest.len() != uri.len() + 1 + version.len() || uri.contains([' ', '\t']) {
        Some(Fault::StartLine)
    } else {
        match Uri::parse(uri) {
            Some(Uri::Sip(sip)) if sip.headers.is_some() => Some(Fault::RequestUri),
            Some(_) => None,
            None => Some(Fault::RequestUri),
        }
    };
    Ok((Start::Request { method, uri: uri.to_owned() }, fault))
}

/// A line as text. What is not UTF-8 is taken for ISO 8859-1, which display names of old systems are in; what the
/// protocol works with is ASCII in either case. A lone CR becomes a space, as others may take it for a line end.
fn text(line: &[u8]) -> Cow<'_, str> {
    let text = match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(line.iter().map(|b| char::from(*b)).collect()),
    };
    if memchr(b'\r', line).is_some() { Cow::Owned(text.replace('\r', " ")) } else { text }
}

/// Lines without their ends.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        if rest.is_empty() {
            return None;
        }
        let end = memchr(b'\n', rest).unwrap_or(rest.len());
        self.at += (end + 1).min(rest.len());
        let line = &rest[..end];
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}
