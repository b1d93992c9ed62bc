//! What several people tell at once: a list in `application/rlmi+xml` with a document for each (RFC 4662).

use std::collections::HashMap;

use super::dialogs::{self, Document};
use super::multipart::{bare, parts};
use super::xml::Element;
use super::{Fault, MAX_BODY};
use crate::message::MediaType;

/// Most people of one list.
const MAX_RESOURCES: usize = 2000;

/// One list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// The list's own URI.
    pub uri: String,
    /// Counts up with each notification of a subscription.
    pub version: u32,
    /// Whether it names all people; else those who have something new.
    pub full: bool,
    /// The people.
    pub resources: Vec<Resource>,
}

/// One person of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// The person's URI.
    pub uri: String,
    /// The person's name, as the list has it.
    pub name: Option<String>,
    /// Whether the server knows, or will know, about the person.
    pub active: bool,
    /// What is told; none if there is nothing yet, or nothing that can be read.
    pub document: Option<Document>,
}

/// Reads a list about dialogs, with the documents in its parts.
///
/// A document that cannot be read is as good as none: the other people's lamps shall not go out for it.
///
/// # Errors
/// The parts cannot be told apart, or the list itself cannot be read.
pub fn read(media: &MediaType<'_>, body: &[u8]) -> Result<List, Fault> {
    if body.len() > MAX_BODY {
        return Err(Fault::TooLarge);
    }
    let parts = parts(media, body)?;
    let start = media.params.text("start");
    let root = match &start {
        Some(start) => parts.iter().find(|part| part.id() == Some(bare(start))),
        None => None,
    };
    let root = root.or(parts.first()).ok_or(Fault::Missing("parts"))?;
    if !root.media().is_some_and(|media| media.covers("application", "rlmi+xml")) {
        return Err(Fault::Type);
    }
    let is_document = |media: MediaType<'_>| media.covers("application", "dialog-info+xml");
    let documents: HashMap<_, _> = parts
        .iter()
        .filter(|part| part.media().is_some_and(is_document))
        .filter_map(|part| Some((part.id()?, part.body)))
        .collect();
    let list = Element::parse(root.body)?;
    if list.name != "list" {
        return Err(Fault::Wrong("list"));
    }
    let version = list.attribute("version").ok_or(Fault::Missing("version"))?;
    let mut resources = Vec::new();
    for element in list.children("resource") {
        if resources.len() >= MAX_RESOURCES {
            return Err(Fault::TooLarge);
        }
        resources.push(Resource::read(element, &documents)?);
    }
    Ok(List {
        uri: list.attribute("uri").ok_or(Fault::Missing("uri"))?.to_owned(),
        version: version.trim().parse().map_err(|_| Fault::Wrong("version"))?,
        full: match list.attribute("fullState") {
            Some("true" | "1") => true,
            Some("false" | "0") => false,
            Some(_) => return Err(Fault::Wrong("fullState")),
            None => return Err(Fault::Missing("fullState")),
        },
        resources,
    })
}

impl Resource {
    fn read(element: &Element, documents: &HashMap<&str, &[u8]>) -> Result<Self, Fault> {
        let mut active = false;
        let mut document = None;
        // Several are several answers to one forked subscription; the first that says something counts.
        for instance in element.children("instance") {
            active |= instance.attribute("state").is_some_and(|state| state != "terminated");
            let body = instance.attribute("cid").and_then(|cid| documents.get(bare(cid)));
            document = document.or_else(|| dialogs::read(body?).ok());
        }
        // Without an instance, the server has not heard of the person yet.
        active |= element.child("instance").is_none();
        Ok(Resource {
            uri: element.attribute("uri").ok_or(Fault::Missing("uri"))?.to_owned(),
            name: element.child_text("name").map(str::to_owned),
            active,
            document,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(entity: &str) -> String {
        format!(
            "<dialog-info version=\"0\" state=\"full\" entity=\"{entity}\"><dialog id=\"1\"><state>early</state></dialog></dialog-info>"
        )
    }

    /// A body with the list that has these resources, and parts with these names and contents.
    fn body(resources: &str, parts: &[(&str, String)]) -> String {
        let mut out = format!(
            "--b\r\nContent-ID: <l@x>\r\nContent-Type: application/rlmi+xml;charset=\"UTF-8\"\r\n\r\n\
             <list xmlns=\"urn:ietf:params:xml:ns:rlmi\" uri=\"sip:l@x\" version=\"1\" fullState=\"true\">{resources}</list>"
        );
        for (id, text) in parts {
            out += &format!("\r\n--b\r\nContent-ID: <{id}>\r\nContent-Type: application/dialog-info+xml\r\n\r\n{text}");
        }
        out + "\r\n--b--\r\n"
    }

    fn read(text: &str) -> Result<List, Fault> {
        let media =
            MediaType::parse("multipart/related;type=\"application/rlmi+xml\";start=\"<l@x>\";boundary=b").unwrap();
        super::read(&media, text.as_bytes())
    }

    #[test]
    fn people_and_their_documents() {
        let list = read(&body(
            "<resource uri=\"sip:a@x\"><name>Anna</name><instance id=\"1\" state=\"active\" cid=\"a@x\"/></resource>\
             <resource uri=\"sip:b@x\"><instance id=\"1\" state=\"terminated\" reason=\"rejected\"/></resource>\
             <resource uri=\"sip:c@x\"/><resource uri=\"sip:d@x\"><instance id=\"1\" state=\"active\" cid=\"d@x\"/></resource>\
             <resource uri=\"sip:e@x\"><instance id=\"1\" state=\"active\" cid=\"nowhere\"/></resource>",
            &[("a@x", document("sip:a@x")), ("d@x", "<dialog-info".into())],
        ))
        .unwrap();
        assert_eq!((list.uri.as_str(), list.version, list.full), ("sip:l@x", 1, true));
        let found: Vec<_> = list
            .resources
            .iter()
            .map(|r| (r.uri.as_str(), r.name.as_deref(), r.active, r.document.is_some()))
            .collect();
        assert_eq!(
            found,
            [
                ("sip:a@x", Some("Anna"), true, true),
                ("sip:b@x", None, false, false),
                ("sip:c@x", None, true, false),
                ("sip:d@x", None, true, false),
                ("sip:e@x", None, true, false),
            ]
        );
    }

    #[test]
    fn a_thousand_people() {
        let with = |count: usize| {
            let resource = |n| {
                format!("<resource uri=\"sip:{n}@x\"><instance id=\"1\" state=\"active\" cid=\"{n}@x\"/></resource>")
            };
            let resources: String = (0..count).map(resource).collect();
            let parts: Vec<_> = (0..count)
                .map(|n| (format!("{n}@x"), "<dialog-info version='0' state='full' entity='a'/>".into()))
                .collect();
            let parts: Vec<(&str, String)> =
                parts.iter().map(|(id, text): &(String, String)| (id.as_str(), text.clone())).collect();
            read(&body(&resources, &parts))
        };
        let list = with(1000).unwrap();
        assert_eq!(list.resources.iter().filter(|resource| resource.document.is_some()).count(), 1000);
        assert_eq!(with(2500), Err(Fault::TooLarge));
    }

    #[test]
    fn what_is_no_list() {
        let good = body("<resource uri=\"sip:a@x\"/>", &[]);
        assert!(read(&good).is_ok());
        for (from, to, fault) in [
            ("rlmi+xml", "xml", Fault::Type),
            ("Content-Type", "Content-Kind", Fault::Type),
            ("<list", "<lists", Fault::Xml),
            (" version=\"1\"", "", Fault::Missing("version")),
            ("version=\"1\"", "version=\"x\"", Fault::Wrong("version")),
            (" fullState=\"true\"", "", Fault::Missing("fullState")),
            ("fullState=\"true\"", "fullState=\"yes\"", Fault::Wrong("fullState")),
            (" uri=\"sip:l@x\"", "", Fault::Missing("uri")),
            (" uri=\"sip:a@x\"", "", Fault::Missing("uri")),
            ("--b--", "--c--", Fault::Multipart),
        ] {
            assert!(good.contains(from));
            assert_eq!(read(&good.replace(from, to)), Err(fault), "{to}");
        }
        assert_eq!(read("--b--"), Err(Fault::Missing("parts")));
        assert_eq!(read(&"a".repeat(1 << 20)), Err(Fault::TooLarge));
    }
}
