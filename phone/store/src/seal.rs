//! The last line of a state file: a comment with length, digest and source of what stands before it.
//!
//! A file that was cut off, altered or swapped is told from one that is as it was written, and the line keeps the
//! source without moving any line of the content.

/// What opens the comment, in plain text and in XML.
const MARKS: [(&str, &str); 2] = [("# offhook-state ", ""), ("<!-- offhook-state ", " -->")];

/// A state file taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sealed<'a> {
    /// The content without the seal.
    pub(crate) content: &'a [u8],
    /// Where the content came from.
    pub(crate) source: Option<String>,
    /// Whether the content is what was sealed.
    pub(crate) intact: bool,
}

/// The file that holds `content`.
pub(crate) fn seal(content: &[u8], source: Option<&str>) -> Vec<u8> {
    let (open, close) = MARKS[usize::from(is_xml(content))];
    let mut file = content.to_vec();
    if !content.is_empty() && !content.ends_with(b"\n") {
        file.extend_from_slice(b"\r\n");
    }
    let mut line = format!("{open}bytes={} fnv1a={:016x}", content.len(), fnv1a(content, source));
    if let Some(source) = source {
        line.push_str(" source=");
        escape(source, &mut line);
    }
    line.push_str(close);
    line.push_str("\r\n");
    file.extend_from_slice(line.as_bytes());
    file
}

/// The parts of a file; one without a seal, or with a wrong one, is all content and not intact.
pub(crate) fn open(file: &[u8]) -> Sealed<'_> {
    let torn = Sealed { content: file, source: None, intact: false };
    let Some(start) = last_line(file) else { return torn };
    let Some((length, digest, source)) = parse(&file[start..]) else { return torn };
    match file[..start].get(..length) {
        Some(content) if fnv1a(content, source.as_deref()) == digest && start - length <= 2 => {
            Sealed { content, source, intact: true }
        }
        _ => Sealed { content: &file[..start], source, intact: false },
    }
}

/// The start of the last line that is not empty.
fn last_line(file: &[u8]) -> Option<usize> {
    let end = file.iter().rposition(|b| !matches!(b, b'\r' | b'\n'))?;
    Some(file[..end].iter().rposition(|b| *b == b'\n').map_or(0, |newline| newline + 1))
}

fn parse(line: &[u8]) -> Option<(usize, u64, Option<String>)> {
    let line = str::from_utf8(line).ok()?.trim_end();
    let fields = MARKS.iter().find_map(|(open, close)| line.strip_prefix(open)?.strip_suffix(close))?;
    let mut fields = fields.split(' ');
    let length = fields.next()?.strip_prefix("bytes=")?.parse().ok()?;
    let digest = u64::from_str_radix(fields.next()?.strip_prefix("fnv1a=")?, 16).ok()?;
    let source = match fields.next() {
        None => None,
        Some(field) => Some(unescape(field.strip_prefix("source=")?)?),
    };
    Some((length, digest, source))
}

fn is_xml(content: &[u8]) -> bool {
    content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content).trim_ascii_start().starts_with(b"<")
}

/// Percent escapes for what would end the comment or the line.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            c if c.is_control() || matches!(c, '%' | ' ' | '-' | '<' | '>') => {
                let mut bytes = [0; 4];
                c.encode_utf8(&mut bytes).bytes().for_each(|b| out.push_str(&format!("%{b:02X}")));
            }
            c => out.push(c),
        }
    }
}

fn unescape(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
                16 * digit(rest.next()?)? + digit(rest.next()?)?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// FNV-1a with 64 bits: against accidents, not against people, who may write into the folder or may not.
fn fnv1a(content: &[u8], source: Option<&str>) -> u64 {
    let source = source.unwrap_or_default().bytes();
    content
        .iter()
        .copied()
        .chain(source)
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens() {
        for content in
            ["", "a", "a\n", "a\r\n", "a\r\n\r\n", "<x/>", "\u{feff}<x/>\n", "# offhook-state bytes=0 fnv1a=0\n"]
        {
            for source in [None, Some("https://host/a-b--c d%20\u{e9}\n.cfg"), Some("-->"), Some("")] {
                let file = seal(content.as_bytes(), source);
                let expected = Sealed { content: content.as_bytes(), source: source.map(str::to_owned), intact: true };
                assert_eq!(open(&file), expected, "{}", String::from_utf8_lossy(&file));
                assert!(content.is_empty() || !String::from_utf8_lossy(&file[content.len()..]).contains("--c"));
            }
        }
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed() {
        let file = seal(b"A=\"1\"\r\nB=\"2\"\r\n", Some("http://host/f"));
        // Without its line end the seal still is whole.
        for end in 0..file.len() - 2 {
            assert!(!open(&file[..end]).intact, "cut at {end}");
        }
        for bit in 0..8 * (file.len() - 2) {
            let mut damaged = file.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let sealed = open(&damaged);
            assert!(!sealed.intact || sealed == open(&file), "bit {bit}: {}", String::from_utf8_lossy(&damaged));
        }
    }

    #[test]
    fn lines_that_people_add_are_content() {
        let mut file = b"A=\"0\"\r\n".to_vec();
        file.extend(seal(b"A=\"1\"\r\n", Some("s")));
        let sealed = open(&file);
        assert_eq!((sealed.content, sealed.intact), (b"A=\"0\"\r\nA=\"1\"\r\n".as_slice(), false));
        assert_eq!(sealed.source.as_deref(), Some("s"));
    }
}
