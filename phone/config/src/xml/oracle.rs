//! The scanner against a library: what it accepts, the library accepts, and both see the same.

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::scan::{Part, Scanner, Token};

/// What both see, in the words of the file.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    Declaration(String),
    Comment(String),
    /// Name, attributes, whether the tag is empty.
    Open(String, Vec<(String, String)>, bool),
    Close,
    Text(String),
}

/// Why the scanner alone refuses what the library leaves to its users.
const STRICTER: [&str; 18] = [
    "more than one root",
    "nested more than",
    "a tag has no name",
    "text outside the root",
    "ends before its elements are closed",
    "has no element",
    "document type definitions",
    "declaration does not come first",
    "this entity is not one of",
    "semicolon",
    "]]&gt;",
    "write &lt; for <",
    "an attribute was expected",
    "an attribute has no value",
    "name of a processing instruction",
    "instruction has no name",
    "no processing instruction can have this name",
    "hyphens in a row",
];

fn ours(text: &str) -> Result<Vec<Seen>, String> {
    let mut scanner = Scanner::new(text, 0);
    let mut seen = Vec::new();
    // A guess may be right or wrong, and changes nothing.
    let guess = Some("ab");
    loop {
        seen.push(match scanner.next(guess).map_err(|m| m.message)? {
            Token::Declaration(range) => Seen::Declaration(text[range].to_owned()),
            Token::Comment(range) => Seen::Comment(text[range].to_owned()),
            Token::Open(tag) => {
                let mut attributes = Vec::new();
                let empty = loop {
                    match scanner.part(guess).map_err(|m| m.message)? {
                        Part::End { empty } => break empty,
                        Part::Attribute(a) => {
                            attributes.push((text[a.name.range].to_owned(), text[a.value].to_owned()));
                        }
                    }
                };
                Seen::Open(text[tag.name.range].to_owned(), attributes, empty)
            }
            Token::Close(_) => Seen::Close,
            Token::Text(range) => Seen::Text(text[range].to_owned()),
            Token::End => return Ok(seen),
        });
    }
}

fn theirs(text: &str) -> Result<Vec<Seen>, String> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_comments = true;
    let mut seen = Vec::new();
    let open = |tag: &BytesStart<'_>, empty: bool| {
        let mut attributes = tag.attributes();
        let attributes = attributes.with_checks(false).map(|a| {
            let a = a.map_err(|e| e.to_string())?;
            Ok((a.key.as_ref().to_owned(), a.value.to_string()))
        });
        Ok::<_, String>(Seen::Open(tag.name().as_ref().to_owned(), attributes.collect::<Result<_, String>>()?, empty))
    };
    loop {
        let start = reader.buffer_position() as usize;
        let event = reader.read_event().map_err(|e| e.to_string())?;
        let whole = text[start..reader.buffer_position() as usize].to_owned();
        seen.push(match event {
            Event::Start(tag) => open(&tag, false)?,
            Event::Empty(tag) => open(&tag, true)?,
            Event::End(_) => Seen::Close,
            Event::Text(_) if whole.trim_ascii().is_empty() => continue,
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => Seen::Text(whole),
            Event::Comment(_) => Seen::Comment(whole),
            Event::Decl(_) => Seen::Declaration(whole[5..whole.len() - 2].to_owned()),
            Event::PI(_) => continue,
            Event::DocType(_) => return Err("a document type".to_owned()),
            Event::Eof => return Ok(seen),
        });
    }
}

/// True if the document is well-formed.
fn agree(text: &str) -> Result<bool, TestCaseError> {
    match (ours(text), theirs(text)) {
        (Ok(ours), theirs) => {
            prop_assert_eq!(Ok(ours), theirs, "{}", text);
            Ok(true)
        }
        (Err(ours), Ok(_)) => {
            prop_assert!(STRICTER.iter().any(|words| ours.contains(words)), "{}: {}", text, ours);
            Ok(false)
        }
        (Err(_), Err(_)) => Ok(false),
    }
}

/// Well-formed content of an element.
fn content() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[ \r\n\t]{0,20}",
        "[a\u{e9}>'\"=]{1,3}",
        "&(amp|lt|#65|#x3042);",
        "<!--(-?[ a><&]){0,3}-->",
        "<!\\[CDATA\\[(\\]?[a<&>]){0,3}\\]\\]>",
        "<\\?(p|xml-x)( (>|\\??[a<&]){0,3})?\\?>",
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let attribute = "[ \n]{1,3}[abAB:_][a-c0-9.\u{3042}-]{0,9} ?=[ \n]?('[^'<&\u{0}-\u{1f}]{0,30}'|\"[^\"<&\u{0}-\u{1f}]{0,30}\")";
        let name = prop_oneof![Just("ab"), Just("abc"), Just("a"), Just("\u{e9}.-1"), Just("_:")];
        (name, prop::collection::vec(attribute, 0..3), prop::collection::vec(inner, 0..5), "[ \r\n]{0,2}").prop_map(
            |(name, attributes, inner, blanks)| {
                let attributes = attributes.concat();
                match inner.is_empty() {
                    true => format!("<{name}{attributes}{blanks}/>"),
                    false => format!("<{name}{attributes}{blanks}>{}</{name}{blanks}>", inner.concat()),
                }
            },
        )
    })
}

fn document() -> impl Strategy<Value = String> {
    let before = "(<\\?xml version='1.0'\\?>)?[ \n]{0,9}(<!-- a -->)?";
    (before, content(), "[ \n]{0,9}(<!-- b -->)?").prop_map(|(a, b, c)| format!("{a}<ab>{b}</ab>{c}"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn good_documents_are_read_the_same(text in document()) {
        prop_assert!(agree(&text)?, "{}: {:?}", text, ours(&text));
    }

    #[test]
    fn damaged_documents_are_judged_the_same(
        text in document(),
        at in any::<prop::sample::Index>(),
        length in 0..4_usize,
        new in prop::sample::select(vec![
            "", "<", ">", "/", "&", "'", "\"", "=", "-", "--", "!", "?", "]]>", " ", "a", "</ab>", "<ab>", "<!DOCTYPE a>",
            "<?xml?>", "<!--", "-->", "<![CDATA[", "&b;", ";", "\u{e9}",
        ]),
    ) {
        let edges: Vec<_> = (0..=text.len()).filter(|i| text.is_char_boundary(*i)).collect();
        let start = at.index(edges.len());
        let end = (start + length).min(edges.len() - 1);
        agree(&format!("{}{new}{}", &text[..edges[start]], &text[edges[end]..]))?;
    }

    #[test]
    fn any_markup_is_judged_the_same(
        text in "(<ab>|</ab>|<ab |<a/>|<|>|/>|</|b|=|\"|'|&#65;|&amp;|&x;|<!--|--|-->|\\]\\]>|<!\\[CDATA\\[|<\\?xml version='1.0'\\?>|<\\?|\\?>|[ \n\ta1é]){0,30}",
    ) {
        agree(&text)?;
        agree(&format!("<ab>{text}</ab>"))?;
    }
}
