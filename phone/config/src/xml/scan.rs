//! XML as a stream of tokens with their places: strict, bounded in depth, without DTDs and entities.

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr2;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Deepest nesting of elements; the schema's own is 8.
pub(crate) const DEEPEST: usize = 32;

/// Why a document is refused, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) at: usize,
}

fn malformed(message: impl Into<String>, at: usize) -> Malformed {
    Malformed { code: "malformed-xml", message: message.into(), at }
}

/// A start tag; all ranges are offsets in the file.
#[derive(Debug, Clone)]
pub(crate) struct Tag {
    /// From `<` to behind `>`.
    pub(crate) span: Range<usize>,
    pub(crate) name: Range<usize>,
    /// Between name and `>` or `/>`.
    pub(crate) attributes: Range<usize>,
    /// Closed at once.
    pub(crate) empty: bool,
}

/// An attribute; all ranges are offsets in the file.
#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: Range<usize>,
    /// Between the quotes.
    pub(crate) value: Range<usize>,
}

/// A piece of the document.
#[derive(Debug)]
pub(crate) enum Token {
    /// `<?xml ...?>`: the range of its attributes.
    Declaration(Range<usize>),
    /// A comment, delimiters included.
    Comment(Range<usize>),
    Open(Tag),
    /// An end tag. Empty tags have none.
    Close(Range<usize>),
    /// Character data that is more than white space.
    Text(Range<usize>),
    /// The end of a document that is well-formed.
    End,
}

/// The tokens of a document.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    /// Where the document starts: behind a byte order mark and a raw header line.
    base: usize,
    reader: Reader<&'a [u8]>,
    depth: usize,
    rooted: bool,
}

impl<'a> Scanner<'a> {
    /// A scanner of what starts at `base`.
    pub(crate) fn new(text: &'a str, base: usize) -> Self {
        let mut reader = Reader::from_str(&text[base..]);
        reader.config_mut().check_comments = true;
        Self { text, base, reader, depth: 0, rooted: false }
    }

    fn position(&self) -> usize {
        (self.base + self.reader.buffer_position() as usize).min(self.text.len())
    }

    /// The next token.
    ///
    /// # Errors
    /// The document is not well-formed, too deep, or has a DTD. Nothing may be read from it afterwards.
    pub(crate) fn next(&mut self) -> Result<Token, Malformed> {
        loop {
            let start = self.position();
            let event = self.reader.read_event();
            let span = start..self.position();
            match event {
                Ok(Event::Start(_)) => return self.open(span, false),
                Ok(Event::Empty(_)) => return self.open(span, true),
                Ok(Event::End(_)) => {
                    self.depth -= 1;
                    return Ok(Token::Close(span));
                }
                Ok(Event::Text(_)) => {
                    if self.text[span.clone()].bytes().all(|b| b.is_ascii_whitespace()) {
                        continue;
                    }
                    return self.character_data(span);
                }
                Ok(Event::CData(_)) => return self.character_data(span),
                Ok(Event::GeneralRef(_)) => {
                    let name = self.text[span.clone()].trim_start_matches('&').trim_end_matches(';');
                    if reference(name).is_none() {
                        return Err(entity(span.start));
                    }
                    return self.character_data(span);
                }
                Ok(Event::Comment(_)) => return Ok(Token::Comment(span)),
                Ok(Event::PI(_)) => {}
                Ok(Event::Decl(_)) => {
                    if start != self.base {
                        return Err(malformed("the XML declaration does not come first", start));
                    }
                    return Ok(Token::Declaration(span.start + 5..span.end.max(span.start + 7) - 2));
                }
                Ok(Event::DocType(_)) => {
                    let message = "document type definitions and entities are refused".to_owned();
                    return Err(Malformed { code: "dtd", message, at: start });
                }
                Ok(Event::Eof) if self.depth > 0 => {
                    return Err(malformed("the file ends before its elements are closed", self.text.len()));
                }
                Ok(Event::Eof) if !self.rooted => {
                    return Err(malformed("the file has no element", self.text.len()));
                }
                Ok(Event::Eof) => return Ok(Token::End),
                Err(error) => {
                    let mut at = (self.base + self.reader.error_position() as usize).min(self.text.len());
                    while !self.text.is_char_boundary(at) {
                        at -= 1;
                    }
                    return Err(malformed(format!("the XML is not well-formed: {error}"), at));
                }
            }
        }
    }

    fn character_data(&self, span: Range<usize>) -> Result<Token, Malformed> {
        if self.depth == 0 {
            return Err(malformed("there is text outside the root element", span.start));
        }
        Ok(Token::Text(span))
    }

    fn open(&mut self, span: Range<usize>, empty: bool) -> Result<Token, Malformed> {
        if self.depth == 0 && std::mem::replace(&mut self.rooted, true) {
            return Err(malformed("there is more than one root element", span.start));
        }
        if self.depth == DEEPEST {
            let message = format!("elements are nested more than {DEEPEST} deep");
            return Err(Malformed { code: "too-deep", message, at: span.start });
        }
        self.depth += usize::from(!empty);
        let inner = &self.text[span.start + 1..span.end - 1 - usize::from(empty)];
        let length = name_length(inner);
        if length == 0 {
            return Err(malformed("a tag has no name", span.start));
        }
        let name = span.start + 1..span.start + 1 + length;
        let attributes = name.end..span.start + 1 + inner.len();
        Ok(Token::Open(Tag { span, name, attributes, empty }))
    }
}

/// Bytes of the XML name that a text begins with.
fn name_length(text: &str) -> usize {
    let wrong = |(i, b): (usize, u8)| match b {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' | 0x80.. => false,
        b'0'..=b'9' | b'-' | b'.' => i == 0,
        _ => true,
    };
    text.bytes().enumerate().position(|(i, b)| wrong((i, b))).unwrap_or(text.len())
}

/// The attributes in a range of the text, each in its turn.
pub(crate) struct Attributes<'a> {
    text: &'a str,
    rest: Range<usize>,
}

impl<'a> Attributes<'a> {
    pub(crate) fn new(text: &'a str, range: Range<usize>) -> Self {
        Self { text, rest: range }
    }

    /// The next attribute.
    ///
    /// # Errors
    /// What stands there is no attribute.
    pub(crate) fn next(&mut self) -> Result<Option<Attribute>, Malformed> {
        let text = &self.text[self.rest.clone()];
        let blanks = blank_length(text);
        let start = self.rest.start + blanks;
        let text = &text[blanks..];
        if text.is_empty() {
            return Ok(None);
        }
        let length = name_length(text);
        if length == 0 || blanks == 0 {
            return Err(malformed("an attribute was expected", start));
        }
        let name = start..start + length;
        let behind = &text[length..];
        let equals = blank_length(behind);
        let Some(behind) = behind[equals..].strip_prefix('=') else {
            return Err(malformed("an attribute has no value", start));
        };
        let before_quote = blank_length(behind);
        let quoted = &behind[before_quote..];
        let Some(&quote @ (b'"' | b'\'')) = quoted.as_bytes().first() else {
            return Err(malformed("the value of an attribute has no quotes", start));
        };
        let value = name.end + equals + 1 + before_quote + 1;
        let quoted = &quoted[1..];
        match memchr2(quote, b'<', quoted.as_bytes()) {
            Some(end) if quoted.as_bytes()[end] == quote => {
                self.rest.start = value + end + 1;
                Ok(Some(Attribute { name, value: value..value + end }))
            }
            Some(wrong) => Err(malformed("write &lt; for < in a value", value + wrong)),
            None => Err(malformed("the quotes of an attribute do not close", start)),
        }
    }
}

fn blank_length(text: &str) -> usize {
    text.bytes().position(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n')).unwrap_or(text.len())
}

fn entity(at: usize) -> Malformed {
    let message = "this entity is not one of &quot; &amp; &apos; &lt; &gt;".to_owned();
    Malformed { code: "entity", message, at }
}

/// The character that a reference stands for: `amp`, `#38`, `#x26`.
fn reference(name: &str) -> Option<char> {
    let number = match name {
        "quot" => return Some('"'),
        "amp" => return Some('&'),
        "apos" => return Some('\''),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        _ => name.strip_prefix('#')?,
    };
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let c = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    (!forbidden(c)).then_some(c)
}

/// Characters that XML 1.0 does not have.
fn forbidden(c: char) -> bool {
    matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

/// The first character that an XML file cannot have.
pub(crate) fn forbidden_character(text: &str) -> Option<usize> {
    // A pass without an early end is what the compiler makes vector code of; it settles all files but broken ones.
    let odd = |b: u8| (b < 0x20 && b != b'\t' && b != b'\n' && b != b'\r') | (b == 0xef);
    if !text.bytes().fold(false, |found, b| found | odd(b)) {
        return None;
    }
    text.char_indices().find(|(_, c)| forbidden(*c)).map(|(i, _)| i)
}

/// An attribute's value with references replaced and line ends turned to blanks, as XML has it.
///
/// # Errors
/// A reference to something that is not predefined.
pub(crate) fn decode(text: &str, value: Range<usize>) -> Result<Cow<'_, str>, Malformed> {
    let raw = &text[value.clone()];
    if !raw.bytes().fold(false, |found, b| found | (b == b'&') | (b < 0x20)) {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(i) = rest.find(['&', '\t', '\r', '\n']) {
        out.push_str(&rest[..i]);
        let at = value.start + raw.len() - rest.len() + i;
        rest = &rest[i..];
        match rest.strip_prefix('&') {
            Some(behind) => {
                let end = behind.find(';').ok_or_else(|| entity(at))?;
                out.push(reference(&behind[..end]).ok_or_else(|| entity(at))?);
                rest = &behind[end + 1..];
            }
            None => {
                rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
                out.push(' ');
            }
        }
    }
    out.push_str(rest);
    Ok(Cow::Owned(out))
}
