//! XML as a stream of tokens with their places: strict, bounded in depth, without DTDs and entities.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr2, memchr3, memmem};

use super::cursor::Cursor;

/// Deepest nesting of elements; the schema's own is 8.
pub(crate) const DEEPEST: usize = 32;

/// Why a document is refused, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) at: usize,
}

pub(super) fn malformed(message: impl Into<String>, at: usize) -> Malformed {
    Malformed { code: "malformed-xml", message: message.into(), at }
}

/// What only people who know XML can have meant.
fn ill(message: impl std::fmt::Display, at: usize) -> Malformed {
    malformed(format!("the XML is not well-formed: {message}"), at)
}

/// A name of an element or attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) range: Range<usize>,
    /// It is the one that was guessed.
    pub(crate) guessed: bool,
}

/// A start tag, as far as its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    /// Its `<`.
    pub(crate) start: usize,
    pub(crate) name: Name,
}

/// An attribute; all ranges are offsets in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) name: Name,
    /// Between the quotes.
    pub(crate) value: Range<usize>,
    /// The value has neither references nor control characters: it stands for itself.
    pub(super) plain: bool,
}

impl Attribute {
    /// The value with references replaced and line ends turned to blanks, as XML has it.
    ///
    /// # Errors
    /// A reference to something that is not predefined.
    #[inline]
    pub(crate) fn decode<'a>(&self, text: &'a str) -> Result<Cow<'a, str>, Malformed> {
        match self.plain {
            true => Ok(Cow::Borrowed(&text[self.value.clone()])),
            false => decode(text, self.value.clone()).map(Cow::Owned),
        }
    }
}

/// What comes next in a start tag.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Attribute(Attribute),
    /// The tag ended with `>`, or with `/>` if it is empty.
    End {
        empty: bool,
    },
}

/// A piece of the document.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// `<?xml ...?>`: the range of its attributes.
    Declaration(Range<usize>),
    /// A comment, delimiters included.
    Comment(Range<usize>),
    /// The name of a start tag; [`Scanner::part`] has the rest of it.
    Open(Tag),
    /// An end tag. Empty tags have none.
    Close(Range<usize>),
    /// Character data that is more than white space.
    Text(Range<usize>),
    /// The end of a document that is well-formed.
    End,
}

/// The tokens of a document, in one pass over its bytes.
pub(crate) struct Scanner<'a> {
    cursor: Cursor<'a>,
    /// Where the document starts: behind a byte order mark and a raw header line.
    base: usize,
    /// The open elements, the tag at hand last.
    open: Vec<Tag>,
    rooted: bool,
}

impl<'a> Scanner<'a> {
    /// A scanner of what starts at `base`.
    pub(crate) fn new(text: &'a str, base: usize) -> Self {
        let cursor = Cursor { bytes: text.as_bytes(), at: base };
        Self { cursor, base, open: Vec::with_capacity(DEEPEST), rooted: false }
    }

    /// The offset behind what was returned last.
    pub(crate) fn position(&self) -> usize {
        self.cursor.at
    }

    /// The next token, with a guess of the name if it is a start tag. After [`Token::Open`], all parts of the tag have
    /// to be taken first.
    ///
    /// # Errors
    /// The document is not well-formed, too deep, or has a DTD. Nothing may be read from it afterwards.
    #[inline]
    pub(crate) fn next(&mut self, guess: Option<&str>) -> Result<Token, Malformed> {
        loop {
            let start = self.cursor.at;
            self.cursor.skip_blanks();
            let here = self.cursor.at;
            match *self.cursor.rest() {
                [b'<', b'/', ..] => return self.close(),
                [b'<', b'?', ..] => match self.instruction()? {
                    Some(declaration) => return Ok(declaration),
                    None => continue,
                },
                [b'<', b'!', ..] => return self.markup(),
                [b'<', ..] => return self.open(guess),
                [b'&', ..] => self.reference()?,
                [] => return self.end(),
                _ => return self.text(start),
            }
            return self.character_data(here);
        }
    }

    /// The next part of the tag that was opened last, with a guess of the name if it is an attribute.
    ///
    /// # Errors
    /// What stands there belongs into no tag.
    #[inline]
    pub(crate) fn part(&mut self, guess: Option<&str>) -> Result<Part, Malformed> {
        if let Some(attribute) = self.cursor.attribute(guess)? {
            return Ok(Part::Attribute(attribute));
        }
        let empty = match self.cursor.rest() {
            [b'>', ..] => false,
            [b'/', b'>', ..] => true,
            [] | [b'/'] => return Err(ill("the tag does not close", self.open.last().map_or(0, |tag| tag.start))),
            _ => return Err(malformed("an attribute was expected", self.cursor.at)),
        };
        self.cursor.at += 1 + usize::from(empty);
        if empty {
            self.open.pop();
        }
        Ok(Part::End { empty })
    }

    /// The value of an empty tag inside another element, if the tag begins as `start` says, the quote of its only
    /// value included, and the value stands for itself. Moves only then.
    #[inline]
    pub(crate) fn usual_tag(&mut self, start: &str) -> Option<Range<usize>> {
        if !(1..DEEPEST).contains(&self.open.len()) {
            return None;
        }
        let mut cursor = Cursor { ..self.cursor };
        cursor.skip_blanks();
        let (rest, start) = (cursor.rest(), start.as_bytes());
        // Two bytes tell comments and end tags, which are many, from start tags.
        if rest.get(..2) != start.get(..2) || !rest.starts_with(start) {
            return None;
        }
        cursor.at += start.len();
        let value = cursor.plain();
        if !cursor.rest().starts_with(b"\"/>") {
            return None;
        }
        self.cursor.at = cursor.at + 3;
        Some(value)
    }

    #[inline]
    fn open(&mut self, guess: Option<&str>) -> Result<Token, Malformed> {
        let start = self.cursor.at;
        if self.open.is_empty() && std::mem::replace(&mut self.rooted, true) {
            return Err(malformed("there is more than one root element", start));
        }
        if self.open.len() == DEEPEST {
            let message = format!("elements are nested more than {DEEPEST} deep");
            return Err(Malformed { code: "too-deep", message, at: start });
        }
        self.cursor.at += 1;
        let name = self.cursor.name(guess).ok_or_else(|| malformed("a tag has no name", start))?;
        let tag = Tag { start, name };
        self.open.push(tag.clone());
        Ok(Token::Open(tag))
    }

    #[inline]
    fn close(&mut self) -> Result<Token, Malformed> {
        let start = self.cursor.at;
        let bytes = self.cursor.bytes;
        let Some(tag) = self.open.pop() else {
            return Err(ill("the end tag has no start tag", start));
        };
        let name = &bytes[tag.name.range];
        self.cursor.at += 2;
        if self.cursor.rest().starts_with(name) {
            self.cursor.at += name.len();
            self.cursor.skip_blanks();
            if self.cursor.rest().first() == Some(&b'>') {
                self.cursor.at += 1;
                return Ok(Token::Close(start..self.cursor.at));
            }
        }
        let found = &bytes[start + 2..];
        let found = memchr(b'>', found).map(|end| found[..end].trim_ascii_end());
        let Some(found) = found else {
            return Err(ill("the tag does not close", start));
        };
        let [name, found] = [name, found].map(String::from_utf8_lossy);
        Err(ill(format!("ill-formed document: expected `</{name}>`, but `</{found}>` was found"), start))
    }

    /// Everything that begins with `<!`.
    fn markup(&mut self) -> Result<Token, Malformed> {
        let start = self.cursor.at;
        match self.cursor.rest() {
            [b'<', b'!', b'-', b'-', ..] => self.comment(),
            rest if rest.starts_with(b"<![CDATA[") => {
                self.cursor.at += 9;
                self.cursor.skip_behind(*b"]]>").ok_or_else(|| ill("the CDATA section does not close", start))?;
                self.character_data(start)
            }
            [b'<', b'!', b'D' | b'd', ..] => {
                let message = "document type definitions and entities are refused".to_owned();
                Err(Malformed { code: "dtd", message, at: start })
            }
            _ => Err(ill("<! begins neither a comment nor a CDATA section", start)),
        }
    }

    fn comment(&mut self) -> Result<Token, Malformed> {
        let start = self.cursor.at;
        self.cursor.at += 4;
        self.cursor.skip_behind(*b"--").ok_or_else(|| ill("the comment does not close", start))?;
        if self.cursor.rest().first() != Some(&b'>') {
            return Err(ill("a comment cannot have two hyphens in a row", self.cursor.at - 2));
        }
        self.cursor.at += 1;
        Ok(Token::Comment(start..self.cursor.at))
    }

    /// A processing instruction, which means nothing here, or the declaration, which looks like one.
    fn instruction(&mut self) -> Result<Option<Token>, Malformed> {
        let start = self.cursor.at;
        self.cursor.at += 2;
        let Name { range: name, .. } =
            self.cursor.name(None).ok_or_else(|| ill("a processing instruction has no name", start))?;
        if !matches!(self.cursor.rest(), [b' ' | b'\t' | b'\r' | b'\n', ..] | [b'?', b'>', ..] | []) {
            return Err(ill("the name of a processing instruction has a character that names cannot have", start));
        }
        self.cursor.skip_behind(*b"?>").ok_or_else(|| ill("the processing instruction does not close", start))?;
        match &self.cursor.bytes[name.clone()] {
            b"xml" if start != self.base => Err(malformed("the XML declaration does not come first", start)),
            b"xml" => Ok(Some(Token::Declaration(name.end..self.cursor.at - 2))),
            other if other.eq_ignore_ascii_case(b"xml") => {
                Err(ill("no processing instruction can have this name; the declaration begins with <?xml", start))
            }
            _ => Ok(None),
        }
    }

    /// A reference between elements.
    fn reference(&mut self) -> Result<(), Malformed> {
        let start = self.cursor.at;
        let rest = &self.cursor.bytes[start + 1..];
        let Some(end) = memchr3(b';', b'&', b'<', rest).filter(|&i| rest[i] == b';') else {
            return Err(ill("the reference does not close with a semicolon", start));
        };
        self.cursor.at += end + 2;
        match std::str::from_utf8(&rest[..end]).ok().and_then(reference) {
            Some(_) => Ok(()),
            None => Err(entity(start)),
        }
    }

    fn text(&mut self, start: usize) -> Result<Token, Malformed> {
        let rest = self.cursor.rest();
        let text = &rest[..memchr2(b'<', b'&', rest).unwrap_or(rest.len())];
        if let Some(at) = memmem::find(text, b"]]>") {
            return Err(ill("write ]]&gt; for ]]> in a text", self.cursor.at + at));
        }
        self.cursor.at += text.len();
        self.character_data(start)
    }

    fn character_data(&self, start: usize) -> Result<Token, Malformed> {
        if self.open.is_empty() {
            return Err(malformed("there is text outside the root element", start));
        }
        Ok(Token::Text(start..self.cursor.at))
    }

    fn end(&self) -> Result<Token, Malformed> {
        if !self.open.is_empty() {
            return Err(malformed("the file ends before its elements are closed", self.cursor.at));
        }
        if !self.rooted {
            return Err(malformed("the file has no element", self.cursor.at));
        }
        Ok(Token::End)
    }
}

/// The attributes of the XML declaration.
///
/// # Errors
/// What stands there is no attribute.
pub(crate) fn declared(text: &str, range: Range<usize>) -> Result<Vec<Attribute>, Malformed> {
    let mut cursor = Cursor { bytes: &text.as_bytes()[..range.end], at: range.start };
    let mut attributes = Vec::new();
    while let Some(attribute) = cursor.attribute(None)? {
        attributes.push(attribute);
    }
    match cursor.rest() {
        [] => Ok(attributes),
        _ => Err(malformed("an attribute was expected", cursor.at)),
    }
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

fn decode(text: &str, value: Range<usize>) -> Result<String, Malformed> {
    let raw = &text[value.clone()];
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
    Ok(out)
}
