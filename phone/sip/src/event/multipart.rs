//! Bodies in several parts (RFC 2046, section 5.1; RFC 2387).

use memchr::memmem;

use super::Fault;
use crate::message::MediaType;

/// Most parts of one body: a list of a thousand lamps, twice.
const MAX_PARTS: usize = 2001;
/// Longest boundary (RFC 2046, section 5.1.1).
const MAX_BOUNDARY: usize = 70;

/// One part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part<'a> {
    head: &'a str,
    pub(super) body: &'a [u8],
}

/// Cuts a body. Line ends may lack their CR; what stands before the first part and behind the last one is dropped.
pub(super) fn parts<'a>(media: &MediaType<'_>, body: &'a [u8]) -> Result<Vec<Part<'a>>, Fault> {
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
    pub(super) fn media(&self) -> Option<MediaType<'a>> {
        MediaType::parse(self.field("Content-Type")?)
    }

    /// The name of the part, without its brackets.
    pub(super) fn id(&self) -> Option<&'a str> {
        Some(bare(self.field("Content-ID")?))
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
