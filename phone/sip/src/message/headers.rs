//! The header fields of one message: one text, and where each value lies in it.

use std::fmt::{self, Write};

use super::lex::{Split, is_visible, split, trim};
use super::name::{Known, Name};

/// Marks a field whose name stands in the text.
const OTHER: u8 = u8::MAX;

/// The header fields of a message, in order.
///
/// All values lie in one text, so that reading a message takes two allocations however many fields it has. Names are
/// canonical, folded lines are unfolded, and `Content-Length` is missing: the body says how long it is.
#[derive(Clone, Default)]
pub struct Headers {
    text: String,
    fields: Vec<Field>,
}

#[derive(Debug, Clone, Copy)]
struct Field {
    /// [`Known::index`], or [`OTHER`].
    known: u8,
    /// Where the name begins if it is another one; it ends at the value.
    name: u32,
    value: u32,
    end: u32,
}

impl Headers {
    /// Room for values of so many bytes in all.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Headers { text: String::with_capacity(bytes), fields: Vec::with_capacity(bytes / 32) }
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// All fields in order, values as written.
    pub fn iter(&self) -> impl Iterator<Item = (Name<'_>, &str)> {
        self.fields.iter().map(|field| (self.name(field), self.value(field)))
    }

    /// The value of the first field of this name, as written; several values may stand in it.
    pub fn get(&self, name: Name<'_>) -> Option<&str> {
        self.all(name).next()
    }

    /// The values of all fields of this name, one for each field.
    pub fn all<'a, 'n>(&'a self, name: Name<'n>) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        self.fields.iter().filter(move |field| self.is(field, name)).map(|field| self.value(field))
    }

    /// The values of all fields of this name, split at commas: one line with two values is as good as two lines
    /// (RFC 3261, section 7.3.1). Not for fields with commas of their own: the authentication ones, Call-ID, Date.
    pub fn values<'a, 'n>(&'a self, name: Name<'n>) -> Values<'a, impl Iterator<Item = &'a str> + use<'a, 'n>> {
        Values { fields: self.all(name), current: None }
    }

    /// Whether one of the values is this token; case does not count. For Require, Supported, Allow and their kin.
    pub fn lists(&self, name: Name<'_>, token: &str) -> bool {
        self.values(name).any(|value| value.eq_ignore_ascii_case(token))
    }

    /// Whether a field of this name is there.
    pub fn has(&self, name: Name<'_>) -> bool {
        self.get(name).is_some()
    }

    /// Appends a field. Line ends and other control characters in the value become spaces.
    pub fn push(&mut self, name: Name<'_>, value: impl fmt::Display) {
        let field = self.store(name, value);
        self.fields.push(field);
    }

    /// Puts a field before all others, as Via is.
    pub fn push_front(&mut self, name: Name<'_>, value: impl fmt::Display) {
        let field = self.store(name, value);
        self.fields.insert(0, field);
    }

    /// Replaces all fields of this name by one, at the place of the first.
    pub fn set(&mut self, name: Name<'_>, value: impl fmt::Display) {
        let at = self.fields.iter().position(|field| self.is(field, name));
        self.remove(name);
        let field = self.store(name, value);
        self.fields.insert(at.unwrap_or(self.fields.len()), field);
    }

    /// Replaces the first field of this name, if there is one.
    pub(crate) fn set_first(&mut self, name: Name<'_>, value: impl fmt::Display) {
        if let Some(at) = self.fields.iter().position(|field| self.is(field, name)) {
            self.fields[at] = self.store(name, value);
        }
    }

    /// Removes all fields of this name.
    pub fn remove(&mut self, name: Name<'_>) {
        let Headers { text, fields } = self;
        fields.retain(|field| !is(text, field, name));
    }

    /// Copies all fields of a name from another message, as written.
    pub fn copy(&mut self, from: &Headers, name: Name<'_>) {
        from.all(name).for_each(|value| self.push(name, value));
    }

    /// Appends a field whose value is already free of control characters that matter.
    pub(crate) fn push_read(&mut self, name: Name<'_>, value: &str) {
        let (known, name) = self.start(name);
        let start = self.text.len() as u32;
        self.text.push_str(value);
        self.fields.push(Field { known, name, value: start, end: self.text.len() as u32 });
    }

    /// Appends to the value of the last field: what stood on a folded line, behind one space.
    pub(crate) fn fold(&mut self, more: &str) {
        if let Some(field) = self.fields.last_mut() {
            if field.value < field.end && !more.is_empty() {
                self.text.push(' ');
            }
            self.text.push_str(more);
            field.end = self.text.len() as u32;
        }
    }

    /// Appends the fields as on the wire.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        for field in &self.fields {
            out.extend_from_slice(self.name(field).as_str().as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(self.value(field).as_bytes());
            out.extend_from_slice(b"\r\n");
        }
    }

    /// Bytes that [`Headers::write`] needs at most, nearly.
    pub(crate) fn size(&self) -> usize {
        self.text.len() + self.fields.len() * 20
    }

    fn start(&mut self, name: Name<'_>) -> (u8, u32) {
        let start = self.text.len() as u32;
        match name {
            Name::Known(known) => (known.index(), start),
            Name::Other(text) => {
                self.text.push_str(text);
                (OTHER, start)
            }
        }
    }

    fn store(&mut self, name: Name<'_>, value: impl fmt::Display) -> Field {
        let (known, name) = self.start(name);
        let start = self.text.len();
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{value}");
        // A quoted string may hold them behind a backslash, but nobody needs them.
        if !self.text.as_bytes()[start..].iter().all(|&b| is_visible(b) || b == b' ') {
            let clean: String =
                self.text[start..].chars().map(|c| if c.is_ascii_control() { ' ' } else { c }).collect();
            self.text.truncate(start);
            self.text.push_str(&clean);
        }
        Field { known, name, value: start as u32, end: self.text.len() as u32 }
    }

    fn is(&self, field: &Field, name: Name<'_>) -> bool {
        is(&self.text, field, name)
    }

    fn name(&self, field: &Field) -> Name<'_> {
        match Known::at(field.known) {
            Some(known) => Name::Known(known),
            None => Name::Other(&self.text[field.name as usize..field.value as usize]),
        }
    }

    fn value(&self, field: &Field) -> &str {
        &self.text[field.value as usize..field.end as usize]
    }
}

fn is(text: &str, field: &Field, name: Name<'_>) -> bool {
    match name {
        Name::Known(known) => known.index() == field.known,
        Name::Other(name) => {
            field.known == OTHER && text[field.name as usize..field.value as usize].eq_ignore_ascii_case(name)
        }
    }
}

/// The values of several fields; see [`Headers::values`].
#[derive(Debug, Clone)]
pub struct Values<'a, I> {
    fields: I,
    current: Option<Split<'a>>,
}

impl<'a, I: Iterator<Item = &'a str>> Iterator for Values<'a, I> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            if let Some(value) = self.current.as_mut().and_then(Iterator::next) {
                return Some(value);
            }
            let field = trim(self.fields.next()?);
            // `Supported:` alone lists nothing.
            self.current = (!field.is_empty()).then(|| split(field, b','));
        }
    }
}

impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Headers {}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(name, value)| (name.as_str(), value))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_back_in_order() {
        let mut headers = Headers::default();
        headers.push(Name::To, "a");
        headers.push(Name::Other("X-Any"), "b, \"c, d\"");
        headers.push(Name::Other("x-any"), "e");
        headers.push_front(Name::Via, "v");
        assert_eq!(headers.values(Name::Other("X-ANY")).collect::<Vec<_>>(), ["b", "\"c, d\"", "e"]);
        headers.set(Name::Other("X-Any"), 5);
        headers.set(Name::From, "f");
        let all: Vec<_> = headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(all, ["Via=v", "To=a", "X-Any=5", "From=f"]);
        headers.remove(Name::To);
        assert!(!headers.has(Name::To) && headers.len() == 3);
    }

    #[test]
    fn values_cannot_break_out_of_their_line() {
        let mut headers = Headers::default();
        headers.push(Name::Subject, "a\r\nTo: b\0");
        assert_eq!(headers.get(Name::Subject), Some("a  To: b "));
    }

    #[test]
    fn an_empty_field_lists_nothing() {
        let mut headers = Headers::default();
        headers.push(Name::Supported, "");
        headers.push(Name::Supported, "100rel, TIMER");
        assert_eq!(headers.values(Name::Supported).count(), 2);
        assert!(headers.lists(Name::Supported, "timer"));
    }
}
