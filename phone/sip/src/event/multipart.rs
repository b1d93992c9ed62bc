//! Bodies in several parts (RFC 2046, section 5.1; RFC 2387; in SIP, RFC 5621).

use memchr::memmem;

use super::Fault;
use crate::message::MediaType;

/// Most parts of one body: a list of a thousand lamps, twice.
const MAX_PARTS: usize = 2001;
/// Longest boundary (RFC 2046, section 5.1.1).
const MAX_BOUNDARY: usize = 70;

/// How deep bodies within bodies are read.
pub(crate) const MAX_DEPTH: usize = 3;

/// One part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    head: &'a str,
    pub(crate) body: &'a [u8],
}

/// Whether a body is in parts.
pub(crate) fn is_in_parts(media: &MediaType<'_>) -> bool {
    media.kind.eq_ignore_ascii_case("multipart")
}

/// The description of the session in a body, or in a part of it. Other descriptions, of early sessions say, are not it.
pub(crate) fn session<'a>(media: &MediaType<'_>, body: &'a [u8], depth: usize) -> Option<&'a [u8]> {
    if media.covers("application", "sdp") {
        return Some(body);
    }
    let depth = depth.checked_sub(1).filter(|_| is_in_parts(media))?;
    let is_other = |part: &Part<'_>| part.disposition().is_some_and(|kind| !kind.eq_ignore_ascii_case("session"));
    let parts = parts(media, body).ok()?;
    parts.iter().find_map(|part| match part.media()? {
        media if is_in_parts(&media) || !is_other(part) => session(&media, part.body, depth),
        _ => None,
    })
}

/// Whether a Content-Disposition allows to leave a body unread (RFC 3261, section 20.11).
pub(crate) fn is_optional(disposition: &str) -> bool {
    disposition.split(';').skip(1).any(|param| {
        param.split_once('=').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("handling") && value.trim().eq_ignore_ascii_case("optional")
        })
    })
}

/// Cuts a body. Line ends may lack their CR; what stands before the first part and behind the last one is dropped.
pub(crate) fn parts<'a>(media: &MediaType<'_>, body: &'a [u8]) -> Result<Vec<Part<'a>>, Fault> {
    let boundary = media.params.text("boundary").ok_or(Fault::Missing("boundary"))?;
    if boundary.is_empty() || boundary.len() > MAX_BOUNDARY {
        return Err(Fault::Wrong("boundary"));
    }
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    let mut start = None;
    for at in memmem::find_iter(body, &delimiter) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let behind = &body[at + delimiter.len()..];
        let is_last = behind.starts_with(b"--");
        let line = memchr::memchr(b'\n', behind);
        // The beginning of a longer boundary is none.
        let rest = &behind[..line.unwrap_or(behind.len())];
        if !is_last && !rest.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')) {
            continue;
        }
        if let Some(start) = start {
            if parts.len() >= MAX_PARTS {
                return Err(Fault::TooLarge);
            }
            parts.push(Part::read(body.get(start..at).unwrap_or_default()).ok_or(Fault::Multipart)?);
        }
        if is_last {
            return Ok(parts);
        }
        start = Some(at + delimiter.len() + line.ok_or(Fault::Multipart)? + 1);
    }
    Err(Fault::Multipart)
}

impl<'a> Part<'a> {
    /// Reads what stands between two delimiters; the last line end belongs to the delimiter.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let bytes = bytes.strip_suffix(b"\n").map(|bytes| bytes.strip_suffix(b"\r").unwrap_or(bytes)).unwrap_or(bytes);
        // A part may begin with the empty line that ends its header fields.
        let (head, body) = if let Some(body) = bytes.strip_prefix(b"\r\n").or(bytes.strip_prefix(b"\n")) {
            (&b""[..], body)
        } else {
            let ends =
                [memmem::find(bytes, b"\r\n\r\n").map(|at| (at, 4)), memmem::find(bytes, b"\n\n").map(|at| (at, 2))];
            match ends.into_iter().flatten().min() {
                Some((at, length)) => (&bytes[..at], &bytes[at + length..]),
                None => (bytes, &b""[..]),
            }
        };
        Some(Part { head: std::str::from_utf8(head).ok()?, body })
    }

    /// The type of the part.
    pub(crate) fn media(&self) -> Option<MediaType<'a>> {
        MediaType::parse(self.field("Content-Type")?)
    }

    /// The name of the part, without its brackets.
    pub(super) fn id(&self) -> Option<&'a str> {
        Some(bare(self.field("Content-ID")?))
    }

    /// What the part is for: `session`, `signal`, and so on.
    fn disposition(&self) -> Option<&'a str> {
        self.field("Content-Disposition")?.split(';').next().map(str::trim)
    }

    /// Whether the part may be left unread.
    pub(crate) fn is_optional(&self) -> bool {
        self.field("Content-Disposition").is_some_and(is_optional)
    }

    fn field(&self, name: &str) -> Option<&'a str> {
        self.head.lines().find_map(|line| {
            let (own, value) = line.split_once(':')?;
            own.trim().eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// A Content-ID without its brackets.
pub(super) fn bare(id: &str) -> &str {
    id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut<'a>(media: &str, body: &'a str) -> Result<Vec<Part<'a>>, Fault> {
        parts(&MediaType::parse(media).unwrap(), body.as_bytes())
    }

    #[test]
    fn bodies() {
        let body = "before\r\n--a b\r\nContent-Type: text/plain\r\ncontent-id: <x@y>\r\n\r\none\r\ntwo\r\n--a bc\r\n\r\n\
            --a b  \r\n\r\nthree\r\n--a b\r\nX: y\r\n--a b--\r\nafter";
        let parts = cut("multipart/mixed;boundary=\"a b\"", body).unwrap();
        let bodies: Vec<_> = parts.iter().map(|part| std::str::from_utf8(part.body).unwrap()).collect();
        assert_eq!(bodies, ["one\r\ntwo\r\n--a bc\r\n", "three", ""]);
        assert_eq!((parts[0].id(), parts[1].id()), (Some("x@y"), None));
        assert!(parts[0].media().unwrap().covers("text", "plain") && parts[2].media().is_none());
        assert_eq!(cut("a/b;boundary=x", &body.replace("a b", "x").replace('\r', "")).unwrap().len(), 3);
        assert_eq!(cut("a/b;boundary=x", "--x--").unwrap(), []);
    }

    #[test]
    fn the_session_is_found_among_parts() {
        let find = |body: &str| {
            let media = MediaType::parse("multipart/mixed;boundary=x").unwrap();
            session(&media, body.as_bytes(), MAX_DEPTH).map(|body| String::from_utf8(body.to_vec()).unwrap())
        };
        let sdp = |disposition: &str, body: &str| {
            format!("--x\r\n{disposition}Content-Type: application/sdp;charset=utf-8\r\n\r\n{body}\r\n")
        };
        let isup = "--x\r\nContent-Type: application/isup;version=itu-t92+\r\n\r\n\x01\r\n";
        let early = sdp("Content-Disposition: early-session\r\n", "v=early");
        let own = sdp("Content-Disposition: session;handling=required\r\n", "v=0");
        assert_eq!(find(&format!("{isup}{early}{own}--x--")).as_deref(), Some("v=0"));
        assert_eq!(find(&format!("{}--x--", sdp("", "v=1"))).as_deref(), Some("v=1"));
        assert_eq!(find(&format!("{isup}{early}--x--")), None);
        let nest = |body: &str, level: usize| {
            format!("--x\r\nContent-Type: multipart/alternative;boundary=y{level}\r\n\r\n{body}\r\n--x--")
                .replace("--x", &format!("--{}", if level == 1 { "x".to_owned() } else { format!("y{}", level - 1) }))
        };
        let inner = |level: usize| format!("{}--x--", sdp("", "v=2")).replace("--x", &format!("--y{level}"));
        assert_eq!(find(&nest(&inner(1), 1)).as_deref(), Some("v=2"));
        assert_eq!(find(&nest(&nest(&nest(&inner(3), 3), 2), 1)), None, "too deep");
    }

    #[test]
    fn what_cannot_be_cut() {
        for (media, body, fault) in [
            ("a/b", "--x--", Fault::Missing("boundary")),
            ("a/b;boundary=\"\"", "----", Fault::Wrong("boundary")),
            ("a/b;boundary=x", "", Fault::Multipart),
            ("a/b;boundary=x", "--x\r\n\r\nopen", Fault::Multipart),
            ("a/b;boundary=x", "--x", Fault::Multipart),
            ("a/b;boundary=x", "y--x--", Fault::Multipart),
            ("a/b;boundary=x", &"--x\r\n\r\n".repeat(5000), Fault::TooLarge),
        ] {
            assert_eq!(cut(media, body), Err(fault), "{media} {}", body.len());
        }
        let long = format!("a/b;boundary={}", "x".repeat(71));
        assert_eq!(cut(&long, "--x--"), Err(Fault::Wrong("boundary")));
        assert_eq!(
            parts(&MediaType::parse("a/b;boundary=x").unwrap(), b"--x\n\xff: y\n\n--x--"),
            Err(Fault::Multipart)
        );
    }
}
