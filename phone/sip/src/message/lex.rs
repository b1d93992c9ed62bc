//! Characters, quoted strings and separators of RFC 3261, section 25.1.

use std::borrow::Cow;

/// What a byte may stand in, as bits: one look tells.
static CLASSES: [u8; 256] = classes();

const TOKEN: u8 = 1;
const PARAM_VALUE: u8 = 2;
const URI: u8 = 4;

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut i = 0;
    while i < 256 {
        let byte = i as u8;
        if byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'.' | b'!' | b'%' | b'*' | b'_' | b'+' | b'`' | b'\'' | b'~')
        {
            classes[i] |= TOKEN;
        }
        if is_visible(byte) && !matches!(byte, b'"' | b'<' | b'>') {
            classes[i] |= URI;
            if !matches!(byte, b',' | b';' | b'\\') {
                classes[i] |= PARAM_VALUE;
            }
        }
        i += 1;
    }
    classes
}

/// Whether a byte may stand in a token.
pub(crate) fn is_token_byte(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & TOKEN != 0
}

/// Whether a byte may stand in a parameter of a header field without quotes.
pub(crate) fn is_value_byte(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & PARAM_VALUE != 0
}

/// Whether a byte may stand in a URI, generously.
pub(crate) fn is_uri_byte(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & URI != 0
}

/// Whether the text is a token: a method, a parameter's name, a tag.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

/// Whether the byte stands for itself on a line: no space, no control character. Bytes of UTF-8 sequences count.
pub(crate) const fn is_visible(byte: u8) -> bool {
    byte > b' ' && byte != 0x7f
}

/// Without the spaces and tabs around it.
pub(crate) fn trim(text: &str) -> &str {
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    let bytes = text.as_bytes();
    let (mut start, mut end) = (0, bytes.len());
    while blank(bytes.get(start)) {
        start += 1;
    }
    while end > start && blank(bytes.get(end - 1)) {
        end -= 1;
    }
    &text[start..end]
}

/// A run of digits as a number; what exceeds `u64` becomes the largest one. None for anything else.
pub(crate) fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(text.bytes().fold(0, |n: u64, b| n.saturating_mul(10).saturating_add(u64::from(b - b'0'))))
}

/// Where the quoted string that the text begins with ends, behind its closing quote.
pub(crate) fn quoted_end(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    loop {
        match bytes.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// What a value says: a quoted string without its quotes and backslashes, anything else as it stands.
pub fn unquote(value: &str) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix('"').map(|rest| rest.strip_suffix('"').unwrap_or(rest)) else {
        return Cow::Borrowed(value);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        out.extend(if c == '\\' { chars.next() } else { Some(c) });
    }
    Cow::Owned(out)
}

/// The text as a quoted string. Line ends and other control characters become spaces.
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The parts of a text between separators, trimmed. Quoted strings and `<...>` are passed over whole.
#[derive(Debug, Clone)]
pub struct Split<'a> {
    rest: Option<&'a str>,
    separator: u8,
}

/// Splits a header field's value at its commas (RFC 3261, section 7.3.1). An empty text has one empty part.
pub(crate) fn split(text: &str, separator: u8) -> Split<'_> {
    Split { rest: Some(text), separator }
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest?;
        let end = outside(text, self.separator);
        self.rest = end.map(|end| &text[end + 1..]);
        Some(trim(&text[..end.unwrap_or(text.len())]))
    }
}

/// Where a byte stands for the first time outside of quoted strings and `<...>`.
pub(crate) fn outside(text: &str, wanted: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            byte if byte == wanted => return Some(at),
            b'"' => at += quoted_end(&text[at..])?,
            b'<' => at += memchr::memchr(b'>', &bytes[at..])? + 1,
            _ => at += 1,
        }
    }
    None
}

/// Decodes `%41`; what is no escape stays. None if the bytes are not UTF-8.
pub(crate) fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let decoded: Vec<u8> = unescaped(text).collect();
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

/// The bytes that a text with escapes stands for.
pub(crate) fn unescaped(text: &str) -> impl Iterator<Item = u8> {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        let &byte = bytes.get(at)?;
        let hex = |i: usize| bytes.get(i).and_then(|b| char::from(*b).to_digit(16));
        if byte == b'%'
            && let (Some(high), Some(low)) = (hex(at + 1), hex(at + 2))
        {
            at += 3;
            return u8::try_from(high * 16 + low).ok();
        }
        at += 1;
        Some(byte)
    })
}

/// Whether two texts are the same once escapes are decoded, ignoring the case of ASCII letters.
pub(crate) fn same_unescaped(a: &str, b: &str) -> bool {
    unescaped(a).map(|b| b.to_ascii_lowercase()).eq(unescaped(b).map(|b| b.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_strings_end_at_their_own_quote() {
        for (text, end) in [
            (r#""a" b"#, Some(3)),
            (r#""a\"b" c"#, Some(6)),
            (r#""a\\" c"#, Some(5)),
            (r#""open"#, None),
            (r#""open\"#, None),
            ("no", None),
            ("", None),
        ] {
            assert_eq!(quoted_end(text), end, "{text}");
        }
    }

    #[test]
    fn quoting_and_back() {
        for text in ["", "plain", r#"a "b" \c"#, "été"] {
            assert_eq!(unquote(&quote(text)), text);
        }
        assert_eq!(quote("a\r\nb"), "\"a  b\"");
        assert_eq!(unquote("token"), "token");
    }

    #[test]
    fn separators_in_quotes_and_brackets_do_not_count() {
        let check = |text: &str, parts: &[&str]| assert_eq!(split(text, b',').collect::<Vec<_>>(), parts, "{text}");
        check("a , b", &["a", "b"]);
        check(r#""a, b" <sip:c,d@e>, f"#, &[r#""a, b" <sip:c,d@e>"#, "f"]);
        check(r#""open, a"#, &[r#""open, a"#]);
        check("", &[""]);
        check(",", &["", ""]);
    }

    #[test]
    fn escapes() {
        assert_eq!(unescape("%75se%72").as_deref(), Some("user"));
        assert_eq!(unescape("%Z%45%4").as_deref(), Some("%ZE%4"));
        assert_eq!(unescape("a%00b").as_deref(), Some("a\0b"));
        assert_eq!(unescape("%FF"), None);
        assert!(same_unescaped("%6C%72", "LR"));
    }

    #[test]
    fn numbers_do_not_overflow() {
        assert_eq!(number("0009"), Some(9));
        assert_eq!(number("36893488147419103232"), Some(u64::MAX));
        assert_eq!(number("-1"), None);
        assert_eq!(number(""), None);
    }
}
