//! XML from strangers: a tree with bounds, without document types and entities.

use std::borrow::Cow;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::{Fault, MAX_BODY};

/// Elements within each other. RFC 4235 needs six.
const MAX_DEPTH: usize = 16;
/// Elements of one body. A list of a thousand lamps has about three thousand.
const MAX_ELEMENTS: usize = 20_000;
/// Attributes of one element.
const MAX_ATTRIBUTES: usize = 32;

/// One element. Names have no namespace: what is looked for is found by its place.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    pub(super) name: String,
    attributes: Vec<(String, String)>,
    /// What stands in it beside other elements, in one piece.
    text: String,
    children: Vec<Element>,
}

impl Element {
    /// Reads a document; gives its root.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_BODY {
            return Err(Fault::TooLarge);
        }
        let text = text(bytes);
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
        let mut open: Vec<Element> = Vec::new();
        let mut root = None;
        let mut count = 0;
        loop {
            match reader.read_event().map_err(|_| Fault::Xml)? {
                Event::Start(start) => {
                    count += 1;
                    if open.len() >= MAX_DEPTH || count > MAX_ELEMENTS {
                        return Err(Fault::TooLarge);
                    }
                    open.push(Element::start(&start)?);
                }
                Event::Empty(start) => {
                    count += 1;
                    if open.len() >= MAX_DEPTH || count > MAX_ELEMENTS {
                        return Err(Fault::TooLarge);
                    }
                    close(Element::start(&start)?, &mut open, &mut root)?;
                }
                Event::End(_) => close(open.pop().ok_or(Fault::Xml)?, &mut open, &mut root)?,
                Event::Text(text) => append(&text.xml_content(XmlVersion::Implicit1_0), &mut open)?,
                Event::CData(text) => append(&text.xml_content(XmlVersion::Implicit1_0), &mut open)?,
                Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(|_| Fault::Xml)? {
                    Some(character) => append(character.encode_utf8(&mut [0; 4]), &mut open)?,
                    // Others would have to be declared, and nobody may.
                    None => {
                        let name = reference.xml_content(XmlVersion::Implicit1_0);
                        append(resolve_xml_entity(&name).ok_or(Fault::Xml)?, &mut open)?;
                    }
                },
                Event::DocType(_) => return Err(Fault::Xml),
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
                Event::Eof => break,
            }
        }
        if open.is_empty() { root.ok_or(Fault::Xml) } else { Err(Fault::Xml) }
    }

    fn start(start: &BytesStart<'_>) -> Result<Self, Fault> {
        let name = local(start.local_name().as_ref())?;
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|_| Fault::Xml)?;
            if attributes.len() >= MAX_ATTRIBUTES {
                return Err(Fault::TooLarge);
            }
            let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Fault::Xml)?;
            attributes.push((local(attribute.key.local_name().as_ref())?, value.into_owned()));
        }
        Ok(Element { name, attributes, ..Element::default() })
    }

    /// An attribute's value.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The text in it, without blanks around it; none if there is none.
    pub(super) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|text| !text.is_empty())
    }

    /// The first child of a name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of a name.
    pub(super) fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text in the first child of a name.
    pub(super) fn child_text(&self, name: &str) -> Option<&str> {
        self.child(name)?.text()
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) -> Result<(), Fault> {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None if root.is_none() => *root = Some(element),
        None => return Err(Fault::Xml),
    }
    Ok(())
}

fn append(text: &str, open: &mut [Element]) -> Result<(), Fault> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(Fault::Xml),
    }
    Ok(())
}

fn local(name: &str) -> Result<String, Fault> {
    if name.is_empty() { Err(Fault::Xml) } else { Ok(name.to_owned()) }
}

/// What is not UTF-8 is taken for ISO 8859-1, which BroadWorks declares.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
    }
}

/// Text as it has to stand in XML.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    quick_xml::escape::escape(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trees() {
        let root = Element::parse(
            b"\xef\xbb\xbf <?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\r\n<!-- c --><n:a xmlns:n='u' n:x='1 &amp; 2'>\
            t&#x31;&lt;<b> one </b><b/><c><![CDATA[<d>]]></c></n:a>\n",
        )
        .unwrap();
        assert_eq!((root.name.as_str(), root.attribute("x"), root.text()), ("a", Some("1 & 2"), Some("t1<")));
        assert_eq!(root.children("b").map(Element::text).collect::<Vec<_>>(), [Some("one"), None]);
        assert_eq!((root.child_text("c"), root.child("d")), (Some("<d>"), None));
        assert_eq!(Element::parse(b"<a>J\xf6rg</a>").unwrap().text(), Some("J\u{f6}rg"));
        assert_eq!(escape("a<b>&\"c"), "a&lt;b&gt;&amp;&quot;c");
    }

    #[test]
    fn what_is_no_xml() {
        for text in [
            "",
            "   ",
            "text",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>text",
            "<a b=1/>",
            "<a b='1' b='2'/>",
            "<a>&unknown;</a>",
            "<a b='&unknown;'/>",
            "<a>&#0;</a>",
            "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
            "<!DOCTYPE a [<!ENTITY x \"lol\"><!ENTITY y \"&x;&x;&x;&x;\">]><a>&y;</a>",
            "<a",
            "<a><![CDATA[",
            "<a><!-- ",
        ] {
            assert_eq!(Element::parse(text.as_bytes()), Err(Fault::Xml), "{text}");
        }
    }

    #[test]
    fn bounds() {
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(Element::parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(Element::parse(nested(MAX_DEPTH + 1).as_bytes()), Err(Fault::TooLarge));
        assert_eq!(Element::parse("<a>".repeat(50_000).as_bytes()), Err(Fault::TooLarge));
        assert_eq!(Element::parse(format!("<a>{}</a>", "<b/>".repeat(MAX_ELEMENTS)).as_bytes()), Err(Fault::TooLarge));
        let attributes: String = (0..=MAX_ATTRIBUTES).map(|n| format!(" a{n}=''")).collect();
        assert_eq!(Element::parse(format!("<a{attributes}/>").as_bytes()), Err(Fault::TooLarge));
        assert_eq!(Element::parse(&vec![b' '; 1 << 20]), Err(Fault::TooLarge));
    }
}
