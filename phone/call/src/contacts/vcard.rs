//! vCards: reading versions 3 and 4 (RFC 2426, RFC 6350), writing version 4. Only what a phone needs is read; the rest of a
//! card is passed over.

use std::fmt::Write as _;

use thiserror::Error;

use super::contact::{Contact, ContactNumber, NumberKind};
use super::{Fault, Refusal};

/// Most octets of a written line (RFC 6350, section 3.2).
const LONGEST_LINE: usize = 75;

/// What became of imported cards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Imported {
    /// How many contacts are new.
    pub added: usize,
    /// How many were there already, the same to the letter.
    pub known: usize,
    /// The cards that were left out, with the lines that they begin at, from 1.
    pub skipped: Vec<(usize, Skipped)>,
}

/// Why a card was left out.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Skipped {
    /// Another version than 3 and 4.
    #[error("vCards of version {0:?} are not read; export them as 3.0 or 4.0")]
    Version(String),
    /// `END:VCARD` is missing.
    #[error("the card does not end")]
    Open,
    /// A line that is not one of a vCard.
    #[error("line {0} is not a property of a vCard")]
    Line(usize),
    /// The phone book did not take it.
    #[error("{0}")]
    Refused(Refusal),
}

impl From<Fault> for Skipped {
    fn from(fault: Fault) -> Self {
        Skipped::Refused(fault.into())
    }
}

/// Reads the cards of a text, each with the line that it begins at. Text outside of cards is passed over.
pub(super) fn read(text: &str) -> Vec<(usize, Result<Contact, Skipped>)> {
    let mut cards = Vec::new();
    let mut open: Option<(usize, Card)> = None;
    for (number, line) in unfolded(text) {
        let property = Property::parse(&line);
        match (&mut open, property) {
            (_, Some(p)) if p.is("BEGIN") && p.value.eq_ignore_ascii_case("VCARD") => {
                if let Some((start, _)) = open.replace((number, Card::default())) {
                    cards.push((start, Err(Skipped::Open)));
                }
            }
            (Some(_), Some(p)) if p.is("END") && p.value.eq_ignore_ascii_case("VCARD") => {
                cards.extend(open.take().map(|(start, card)| (start, card.finish())));
            }
            (Some((_, card)), Some(p)) => card.take(&p),
            (Some((_, card)), None) if !line.trim().is_empty() => drop(card.fault.get_or_insert(Skipped::Line(number))),
            _ => {}
        }
    }
    cards.extend(open.map(|(start, _)| (start, Err(Skipped::Open))));
    cards
}

/// A card of version 4.
pub(super) fn write(contact: &Contact) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        let mut width = 0;
        for c in text.chars() {
            if width + c.len_utf8() > LONGEST_LINE {
                out.push_str("\r\n ");
                width = 1;
            }
            width += c.len_utf8();
            out.push(c);
        }
        out.push_str("\r\n");
    };
    line("BEGIN:VCARD".into());
    line("VERSION:4.0".into());
    line(format!("FN:{}", escaped(&contact.name)));
    if !contact.company.is_empty() {
        line(format!("ORG:{}", escaped(&contact.company)));
    }
    for ContactNumber { kind, number } in &contact.numbers {
        let kind = match kind {
            NumberKind::Work => ";TYPE=work",
            NumberKind::Home => ";TYPE=home",
            NumberKind::Mobile => ";TYPE=cell",
            NumberKind::Other => "",
        };
        line(format!("TEL{kind}:{}", escaped(number)));
    }
    line("END:VCARD".into());
    out
}

/// The lines of a text with the number of each, continuations joined to what they continue (RFC 6350, section 3.2).
fn unfolded(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut lines = text.lines().map(|line| line.strip_suffix('\r').unwrap_or(line)).enumerate().peekable();
    std::iter::from_fn(move || {
        let (number, line) = lines.next()?;
        let mut line = line.to_owned();
        while let Some((_, more)) = lines.next_if(|(_, next)| next.starts_with([' ', '\t'])) {
            line.push_str(&more[1..]);
        }
        Some((number + 1, line))
    })
}

/// A line of a card.
struct Property<'a> {
    name: &'a str,
    /// `TYPE=work`, one a parameter.
    params: Vec<&'a str>,
    value: &'a str,
}

impl<'a> Property<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut quoted = false;
        let colon = line.char_indices().find(|&(_, c)| {
            quoted ^= c == '"';
            c == ':' && !quoted
        })?;
        let (head, value) = (&line[..colon.0], &line[colon.0 + 1..]);
        let mut parts = head.split(';');
        let name = parts.next()?;
        // A group before the name (`item1.TEL`) tells nothing here.
        let name = name.rsplit_once('.').map_or(name, |(_, name)| name);
        let token = |c: char| c.is_ascii_alphanumeric() || c == '-';
        (!name.is_empty() && name.chars().all(token)).then(|| Property { name, params: parts.collect(), value })
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Whether the types of the property have this one: `TYPE=work,voice`, or a bare `WORK` of old writers.
    fn has_type(&self, kind: &str) -> bool {
        self.params.iter().any(|param| {
            let values = match param.split_once('=') {
                Some((name, values)) if name.eq_ignore_ascii_case("TYPE") => values,
                Some(_) => return false,
                None => param,
            };
            values.split([',', '"']).any(|value| value.eq_ignore_ascii_case(kind))
        })
    }
}

/// What has been read of a card.
#[derive(Default)]
struct Card {
    version: String,
    formatted: String,
    /// The parts of N, in the order in which they are spoken.
    parts: String,
    company: String,
    numbers: Vec<(bool, ContactNumber)>,
    fault: Option<Skipped>,
}

impl Card {
    fn take(&mut self, property: &Property<'_>) {
        if property.is("VERSION") {
            self.version = property.value.trim().to_owned();
        } else if property.is("FN") && self.formatted.is_empty() {
            self.formatted = unescaped(property.value);
        } else if property.is("N") {
            let parts: Vec<_> = split_escaped(property.value).into_iter().map(|part| unescaped(&part)).collect();
            let spoken = [1, 2, 0].into_iter().filter_map(|part| parts.get(part)).filter(|part| !part.is_empty());
            self.parts = spoken.cloned().collect::<Vec<_>>().join(" ");
        } else if property.is("ORG") && self.company.is_empty() {
            self.company = split_escaped(property.value).first().map(|part| unescaped(part)).unwrap_or_default();
        } else if property.is("TEL") && !property.has_type("fax") {
            let kind = match () {
                () if property.has_type("cell") => NumberKind::Mobile,
                () if property.has_type("work") => NumberKind::Work,
                () if property.has_type("home") => NumberKind::Home,
                () => NumberKind::Other,
            };
            let preferred = property.has_type("pref")
                || property.params.iter().any(|param| param.get(..5).is_some_and(|p| p.eq_ignore_ascii_case("PREF=")));
            let number = unescaped(property.value);
            let number = match number.get(..4) {
                // `TEL;VALUE=uri:tel:+49-30-1;ext=5`: what stands behind the number is not dialled.
                Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => {
                    number[4..].split(';').next().unwrap_or_default().to_owned()
                }
                _ => number,
            };
            self.numbers.push((preferred, ContactNumber { kind, number: number.trim().to_owned() }));
        }
    }

    fn finish(self) -> Result<Contact, Skipped> {
        if !matches!(self.version.as_str(), "3.0" | "4.0") {
            return Err(Skipped::Version(self.version));
        }
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let names = [self.formatted, self.parts, self.company.clone()];
        let name = names.into_iter().map(|name| name.trim().to_owned()).find(|name| !name.is_empty());
        let mut numbers = self.numbers;
        numbers.sort_by_key(|(preferred, _)| !preferred);
        let numbers = numbers.into_iter().map(|(_, number)| number).collect();
        let contact = Contact { name: name.unwrap_or_default(), company: self.company.trim().to_owned(), numbers };
        contact.check()?;
        Ok(contact)
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ',' | ';' => _ = write!(out, "\\{c}"),
            '\n' => out.push_str("\\n"),
            _ => out.push(c),
        }
    }
    out
}

/// A value as people read it; an escaped line end becomes a blank, since a name stands in one line.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push(' '),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            _ => out.push(c),
        }
    }
    out
}

/// The parts of a structured value; a semicolon behind a backslash belongs to its part.
fn split_escaped(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let part = parts.last_mut().expect("there is one from the start");
        match c {
            ';' => parts.push(String::new()),
            '\\' => {
                part.push(c);
                part.extend(chars.next());
            }
            _ => part.push(c),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: &str, company: &str, numbers: &[(NumberKind, &str)]) -> Contact {
        let number = |&(kind, number): &(NumberKind, &str)| ContactNumber { kind, number: number.to_owned() };
        Contact { name: name.into(), company: company.into(), numbers: numbers.iter().map(number).collect() }
    }

    #[track_caller]
    fn check(card: &str, expected: Result<Contact, Skipped>) {
        let text = format!("BEGIN:VCARD\r\n{card}END:VCARD\r\n");
        assert_eq!(read(&text), [(1, expected)]);
    }

    #[test]
    fn cards_of_address_books_are_read() {
        use NumberKind::{Home, Mobile, Other, Work};
        check(
            "VERSION:3.0\r\nN:Brown;Zoë;;;\r\nFN:Zoë Brown\r\nORG:Example\\, Inc.;Sales\r\n\
             TEL;TYPE=WORK,VOICE:+49 30 123\r\nTEL;TYPE=cell;TYPE=pref:0170 1\r\nitem1.TEL:5\r\nTEL;TYPE=fax:9\r\n\
             EMAIL:z@example.com\r\nPHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n BBBB\r\n",
            Ok(contact("Zoë Brown", "Example, Inc.", &[(Mobile, "0170 1"), (Work, "+49 30 123"), (Other, "5")])),
        );
        check(
            "version:4.0\nfn:A very long na\n me\nTEL;VALUE=uri;TYPE=\"voice,home\":tel:+49-30-1;ext=5\n",
            Ok(contact("A very long name", "", &[(Home, "+49-30-1")])),
        );
        check("VERSION:3.0\nN:Brown;Zoë\\;x;;;\nTEL;WORK:1\n", Ok(contact("Zoë;x Brown", "", &[(Work, "1")])));
        check("VERSION:3.0\nORG:Example\nTEL:1\n", Ok(contact("Example", "Example", &[(Other, "1")])));
    }

    #[test]
    fn what_is_left_out_says_why() {
        check("VERSION:2.1\nFN:A\nTEL:1\n", Err(Skipped::Version("2.1".into())));
        check("FN:A\nTEL:1\n", Err(Skipped::Version(String::new())));
        check("VERSION:4.0\nFN:A\nnonsense\nTEL:1\n", Err(Skipped::Line(4)));
        check("VERSION:4.0\nFN:A\n", Err(Fault::NoNumber.into()));
        check("VERSION:4.0\nTEL:1\n", Err(Fault::NoName.into()));
        check("VERSION:4.0\nFN:A\nTEL:abc\n", Err(Fault::NotANumber("abc".into()).into()));
        let good = Ok(contact("B", "", &[(NumberKind::Other, "2")]));
        let two = "x\nBEGIN:VCARD\nVERSION:4.0\nBEGIN:VCARD\nVERSION:4.0\nFN:B\nTEL:2\nEND:VCARD\nBEGIN:VCARD";
        assert_eq!(read(two), [(2, Err(Skipped::Open)), (4, good), (9, Err(Skipped::Open))]);
    }

    #[test]
    fn what_is_written_is_read() {
        let name = "Zoë; of \\ the, very long name \u{96fb}\u{8a71}\u{96fb}\u{8a71}\u{96fb}\u{8a71}\u{96fb}\u{8a71}";
        let contact = contact(
            name,
            "Example; Inc.",
            &[(NumberKind::Work, "+49 30 1"), (NumberKind::Other, "sip:zoe,1;x=y@example.com")],
        );
        let card = write(&contact);
        assert!(card.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
        assert_eq!(read(&card), [(1, Ok(contact))]);
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_read_is_written_and_read_alike(text in "(BEGIN:VCARD|END:VCARD|VERSION:[34].0|FN:|N:|ORG:|TEL|;TYPE=(work|cell|fax|pref)|:|;|\\\\|,|\"|[0-9+]{1,6}|[a-zé \u{96fb}]{0,40}|\r?\n ?){0,60}") {
            for contact in read(&format!("BEGIN:VCARD\nVERSION:4.0\n{text}\nEND:VCARD")).into_iter().filter_map(|(_, card)| card.ok()) {
                let written = write(&contact);
                proptest::prop_assert!(written.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
                proptest::prop_assert_eq!(read(&written), [(1, Ok(contact))]);
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let seed = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:\u{96fb}\\\r\n \u{e9}\r\nTEL;\"\u{e9}:x\\;:1\r\nEND:VCARD\r\n";
        let chars: Vec<char> = seed.chars().collect();
        for cut in 0..chars.len() {
            for insert in ["\\", "\"", "\n ", ":", ";", "\u{e9}"] {
                let text: String =
                    chars[..cut].iter().chain(&insert.chars().collect::<Vec<_>>()).chain(&chars[cut..]).collect();
                read(&text);
                read(&text[..text.char_indices().nth(cut).map_or(0, |(at, _)| at)]);
            }
        }
    }
}
