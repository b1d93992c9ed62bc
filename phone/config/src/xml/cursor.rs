//! A place in XML that moves over blanks, names and attributes.

use std::ops::Range;

use memchr::memchr;

use super::scan::{Attribute, Malformed, Name, malformed};

/// White space.
const BLANK: u8 = 1;
/// What a name has.
const NAME: u8 = 2;
/// What a name begins with.
const NAME_START: u8 = 4;
/// What stands for itself in a value, and does not end it.
const PLAIN: u8 = 8;

/// The classes of all bytes; those of characters beyond ASCII may stand in names.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut i = 0;
    while i < classes.len() {
        let b = i as u8;
        classes[i] = match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b':' | 0x80.. => NAME | NAME_START | PLAIN,
            b'0'..=b'9' | b'-' | b'.' => NAME | PLAIN,
            b' ' => BLANK | PLAIN,
            b'\t' | b'\r' | b'\n' => BLANK,
            0..0x20 | b'"' | b'\'' | b'&' | b'<' => 0,
            _ => PLAIN,
        };
        i += 1;
    }
    classes
};

fn is(class: u8, byte: u8) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// A place in a file.
pub(super) struct Cursor<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    /// What comes from here on.
    #[inline]
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// Moves over all bytes of a class.
    #[inline]
    fn skip(&mut self, class: u8) {
        let rest = self.rest();
        self.at += rest.iter().position(|&b| !is(class, b)).unwrap_or(rest.len());
    }

    /// Moves over white space, most of which is a line end and the indent behind it.
    #[inline]
    pub(super) fn skip_blanks(&mut self) {
        const SPACES: u64 = u64::from_ne_bytes([b' '; 8]);
        while self.rest().first().is_some_and(|&b| is(BLANK, b)) {
            self.at += 1;
            while let Some(word) = self.rest().first_chunk::<8>() {
                let spaces = (u64::from_le_bytes(*word) ^ SPACES).trailing_zeros() as usize / 8;
                self.at += spaces;
                if spaces < 8 {
                    break;
                }
            }
        }
    }

    /// Moves over what stands for itself in a value.
    #[inline]
    pub(super) fn plain(&mut self) -> Range<usize> {
        let start = self.at;
        self.skip(PLAIN);
        start..self.at
    }

    /// Moves behind the next `end`, if there is one.
    #[inline]
    pub(super) fn skip_behind<const N: usize>(&mut self, end: [u8; N]) -> Option<()> {
        let mut from = self.at;
        loop {
            from += memchr(end[0], &self.bytes[from..])?;
            if self.bytes[from..].first_chunk() == Some(&end) {
                self.at = from + N;
                return Some(());
            }
            from += 1;
        }
    }

    /// Moves over a name. A right guess is faster than looking at each byte.
    #[inline]
    pub(super) fn name(&mut self, guess: Option<&str>) -> Option<Name> {
        let (start, rest) = (self.at, self.rest());
        if let Some(guess) = guess
            && rest.starts_with(guess.as_bytes())
            && !rest.get(guess.len()).is_some_and(|&b| is(NAME, b))
        {
            self.at += guess.len();
            return Some(Name { range: start..self.at, guessed: true });
        }
        if !rest.first().is_some_and(|&b| is(NAME_START, b)) {
            return None;
        }
        self.skip(NAME);
        Some(Name { range: start..self.at, guessed: false })
    }

    /// Moves over blanks and an attribute; none where the tag ends.
    ///
    /// # Errors
    /// What stands there is no attribute.
    #[inline]
    pub(super) fn attribute(&mut self, guess: Option<&str>) -> Result<Option<Attribute>, Malformed> {
        let before = self.at;
        self.skip_blanks();
        let start = self.at;
        if matches!(self.rest().first(), None | Some(b'>' | b'/')) {
            return Ok(None);
        }
        let Some(name) = self.name(guess) else {
            return Err(malformed("an attribute was expected", start));
        };
        if start == before {
            return Err(malformed("an attribute was expected", start));
        }
        self.skip_blanks();
        if self.rest().first() != Some(&b'=') {
            return Err(malformed("an attribute has no value", start));
        }
        self.at += 1;
        self.skip_blanks();
        let Some(&quote @ (b'"' | b'\'')) = self.rest().first() else {
            return Err(malformed("the value of an attribute has no quotes", start));
        };
        self.at += 1;
        let value = self.at;
        let mut plain = true;
        loop {
            self.plain();
            match self.rest().first() {
                Some(&b) if b == quote => break,
                Some(b'<') => return Err(malformed("write &lt; for < in a value", self.at)),
                Some(b'"' | b'\'') => {}
                Some(_) => plain = false,
                None => return Err(malformed("the quotes of an attribute do not close", start)),
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(Some(Attribute { name, value: value..self.at - 1, plain }))
    }
}
