//! Reading XML: attribute names decide, and what stands elsewhere than the schema says is pointed out.

use std::borrow::Cow;
use std::ops::Range;

use offhook_params::{DIMENSIONS, Found, ParamId, lookup};

use super::scan::{Attribute, Malformed, Part, Scanner, Tag, Token, declared, forbidden_character};
use super::schema::{NodeId, ROOT, Tree, number, tree};
use crate::HEADER;
use crate::diagnostic::{Severity, shown};
use crate::reading::{Collector, Format, Purpose, Reading, Site};

/// An open element.
#[derive(Debug, Clone, Copy)]
struct Frame {
    /// Which element of the schema it is, if it is one.
    node: Option<NodeId>,
    /// The number of its `ID`.
    number: Option<u16>,
    /// The last element in it.
    last: Option<NodeId>,
}

struct State<'a> {
    out: Collector<'a>,
    tree: &'static Tree,
    open: Vec<Frame>,
    /// The parameter that comes next if the file is in the order of the schema, as most are.
    likely: ParamId,
    /// Names of the attributes of the tag at hand.
    names: Vec<&'a str>,
    headed: bool,
    declared: bool,
    rooted: bool,
}

/// Reads a file.
pub(crate) fn read(text: &str, purpose: Purpose) -> Reading<'_> {
    let tree = tree();
    let mut state = State {
        out: Collector::new(text, purpose),
        tree,
        open: Vec::new(),
        likely: tree.first(),
        names: Vec::new(),
        headed: false,
        declared: false,
        rooted: false,
    };
    if let Err(Malformed { code, message, at }) = state.document() {
        let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        state.out.void(code, message, None, at..end);
    }
    state.out.finish(Format::Xml)
}

/// Where the document starts, and whether the header stands raw in front of it.
///
/// The guide asks for a first line that XML has no room for; both readings of that are accepted (guide rule 37).
pub(crate) fn document_start(text: &str) -> (usize, bool) {
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    let first = text[mark..].lines().next().unwrap_or("");
    if !first.starts_with('#') || !first.contains(HEADER) {
        return (mark, false);
    }
    let rest = &text[mark + first.len()..];
    (text.len() - rest.trim_start().len(), true)
}

impl<'a> State<'a> {
    fn document(&mut self) -> Result<(), Malformed> {
        let text = self.out.text;
        if let Some(at) = forbidden_character(text) {
            let message = "this control character cannot be in an XML file".to_owned();
            return Err(Malformed { code: "malformed-xml", message, at });
        }
        let (base, headed) = document_start(text);
        self.headed = headed;
        let mut scanner = Scanner::new(text, base);
        loop {
            if self.usual_tag(&mut scanner) {
                continue;
            }
            let likely = self.likely_element();
            match scanner.next(likely.map(|node| &*self.tree.node(node).name))? {
                Token::Declaration(attributes) => self.declaration(attributes)?,
                Token::Comment(span) => self.comment(span),
                Token::Open(tag) => {
                    if !self.rooted {
                        self.root(&tag)?;
                    }
                    self.element(&tag, likely, &mut scanner)?;
                }
                Token::Close(_) => {
                    self.open.pop();
                }
                Token::Text(span) => {
                    let message = "text between elements has no meaning here".to_owned();
                    let remedy = Some("write settings as attributes".to_owned());
                    self.out.report(Severity::Warning, "stray-text", message, remedy, span, None);
                }
                Token::End => break,
            }
        }
        if !self.headed {
            let message = "the file has no header comment".to_owned();
            let remedy = Some(format!("write <!-- {HEADER} --> behind the XML declaration"));
            self.out.report(Severity::Warning, "no-header", message, remedy, base..base, None);
        }
        if !self.declared {
            let message = "the file has no XML declaration".to_owned();
            let remedy = Some("begin it with <?xml version=\"1.0\" encoding=\"utf-8\"?>".to_owned());
            self.out.report(Severity::Warning, "no-declaration", message, remedy, base..base, None);
        }
        Ok(())
    }

    fn declaration(&mut self, range: Range<usize>) -> Result<(), Malformed> {
        self.declared = true;
        let text = self.out.text;
        let mut version = false;
        let mut encoding = false;
        for attribute in declared(text, range.clone())? {
            let value = &text[attribute.value.clone()];
            match &text[attribute.name.range.clone()] {
                "version" if value == "1.0" => version = true,
                "version" => {
                    let message = format!("XML version {} is not read, only 1.0", shown(value));
                    return Err(Malformed { code: "xml-version", message, at: attribute.value.start });
                }
                "encoding" if value.eq_ignore_ascii_case("utf-8") => encoding = true,
                "encoding" => {
                    let message = format!("encoding {} is not read, only utf-8", shown(value));
                    return Err(Malformed { code: "xml-encoding", message, at: attribute.value.start });
                }
                _ => {
                    let message = "the XML declaration has more than version and encoding".to_owned();
                    self.out.report(Severity::Warning, "declaration", message, None, attribute.name.range, None);
                }
            }
        }
        if !version {
            let message = "the XML declaration has no version".to_owned();
            return Err(Malformed { code: "xml-version", message, at: range.start });
        }
        if !encoding {
            let message = "the XML declaration has no encoding; utf-8 is assumed".to_owned();
            let remedy = Some("write <?xml version=\"1.0\" encoding=\"utf-8\"?>".to_owned());
            self.out.report(Severity::Warning, "declaration", message, remedy, range.start..range.start, None);
        }
        Ok(())
    }

    fn comment(&mut self, span: Range<usize>) {
        if self.headed || !self.out.text[span.clone()].contains(HEADER) {
            return;
        }
        self.headed = true;
        if self.rooted {
            let message = "the header comment stands inside or behind the root element".to_owned();
            let remedy = Some("move it right behind the XML declaration".to_owned());
            self.out.report(Severity::Warning, "header-place", message, remedy, span, None);
        }
    }

    /// Any other root is some other document, an error page of a server for one: taking it for a file without
    /// settings would clear the layer.
    fn root(&mut self, tag: &Tag) -> Result<(), Malformed> {
        self.rooted = true;
        let name = &self.out.text[tag.name.range.clone()];
        let expected = &self.tree.node(ROOT).name;
        if name == expected {
            return Ok(());
        }
        let message = format!("the root element is {}, not {expected}", shown(name));
        Err(Malformed { code: "wrong-root", message, at: tag.name.range.start })
    }

    /// Takes in a tag that is nothing but the one that comes next in the order of the schema, with its only setting and
    /// a value that needs no decoding. All others, and all that is wrong, are left to the general way.
    #[inline]
    fn usual_tag(&mut self, scanner: &mut Scanner<'_>) -> bool {
        let (id, tree) = (self.likely, self.tree);
        let (Some(place), Some(frame)) = (tree.place(id), self.open.last_mut()) else { return false };
        if frame.node != tree.node(place).parent {
            return false;
        }
        let Some(value) = tree.usual_tag(id).and_then(|start| scanner.usual_tag(start)) else { return false };
        frame.last = Some(place);
        self.likely = tree.follower(id);
        let name = value.start - 2 - id.name().len()..value.start - 2;
        let (line, column) = self.out.place(name.start);
        let text = Cow::Borrowed(&self.out.text[value.clone()]);
        self.out.setting(Found { id, alias: false }, text, Site { line, column, name: name.clone(), value });
        self.disagreeing(id, name);
        true
    }

    /// The element that comes next if the file is in the order of the schema.
    fn likely_element(&self) -> Option<NodeId> {
        match self.open.last() {
            None => Some(ROOT),
            Some(frame) => self.tree.next_child(frame.node?, frame.last),
        }
    }

    fn element(&mut self, tag: &Tag, likely: Option<NodeId>, scanner: &mut Scanner<'_>) -> Result<(), Malformed> {
        let name = &self.out.text[tag.name.range.clone()];
        let node = match self.open.last() {
            _ if tag.name.guessed => likely,
            None => Some(ROOT),
            Some(Frame { node: Some(parent), .. }) => {
                let (parent, found) = (*parent, self.tree.child(*parent, name));
                if found.is_none() {
                    self.unknown_element(parent, tag);
                }
                found
            }
            // Below an unknown element, nothing more is said of elements.
            Some(_) => None,
        };
        if let (Some(parent), Some(_)) = (self.open.last_mut(), node) {
            parent.last = node;
        }
        self.open.push(Frame { node, number: None, last: None });
        let empty = self.attributes(tag, scanner)?;
        if let Some(dimension) = node.and_then(|n| self.tree.node(n).id)
            && self.open.last().is_some_and(|frame| frame.number.is_none())
            && !self.names.contains(&"ID")
        {
            let dimension = &DIMENSIONS[usize::from(dimension)];
            let message = format!("{name} has no ID, which is the number of the {}", dimension.title.to_lowercase());
            self.out.report(Severity::Warning, "no-id", message, None, tag.name.range.clone(), None);
        }
        if empty {
            self.open.pop();
        }
        Ok(())
    }

    fn unknown_element(&mut self, parent: NodeId, tag: &Tag) {
        let name = &self.out.text[tag.name.range.clone()];
        let message = format!("{} is no element of the schema here", shown(name));
        let remedy = match self.tree.near_child(parent, name) {
            Some(near) => Some(format!("write {}", near.name)),
            None => Some("its attributes are read all the same".to_owned()),
        };
        self.out.report(Severity::Warning, "unknown-element", message, remedy, tag.name.range.clone(), None);
    }

    /// Reads the attributes of the element on top of the stack; true if its tag is empty.
    fn attributes(&mut self, tag: &Tag, scanner: &mut Scanner<'_>) -> Result<bool, Malformed> {
        self.names.clear();
        loop {
            match scanner.part(Some(self.likely.name()))? {
                Part::Attribute(attribute) => self.attribute(attribute)?,
                Part::End { empty } => {
                    self.no_twins(tag)?;
                    return Ok(empty);
                }
            }
        }
    }

    fn attribute(&mut self, attribute: Attribute) -> Result<(), Malformed> {
        let text = self.out.text;
        let span = attribute.name.range.clone();
        let (name, found) = match attribute.name.guessed {
            true => (self.likely.name(), Some(Found { id: self.likely, alias: false })),
            false => (&text[span.clone()], lookup(&text[span.clone()])),
        };
        self.names.push(name);
        if let Some(found) = found {
            self.likely = self.tree.follower(found.id);
            let value = attribute.decode(text)?;
            let (line, column) = self.out.place(span.start);
            let site = Site { line, column, name: span.clone(), value: attribute.value };
            self.out.setting(found, value, site);
            self.misplaced(found.id, span);
        } else if name == "ID" {
            self.identifier(&attribute)?;
        } else if !name.starts_with("xml") && !name.contains(':') {
            attribute.decode(text)?;
            self.out.unknown_name(span);
        }
        Ok(())
    }

    fn no_twins(&mut self, tag: &Tag) -> Result<(), Malformed> {
        if self.names.len() < 2 {
            return Ok(());
        }
        self.names.sort_unstable();
        match self.names.windows(2).find(|pair| pair[0] == pair[1]) {
            None => Ok(()),
            Some(pair) => {
                let message = format!("the attribute {} stands twice in one tag", shown(pair[0]));
                Err(Malformed { code: "malformed-xml", message, at: tag.start })
            }
        }
    }

    fn identifier(&mut self, attribute: &Attribute) -> Result<(), Malformed> {
        let number = attribute.decode(self.out.text)?;
        let Some(Frame { node: Some(node), number: slot, .. }) = self.open.last_mut() else { return Ok(()) };
        let node = self.tree.node(*node);
        let Some(dimension) = node.id.map(|d| &DIMENSIONS[usize::from(d)]) else {
            let message = format!("{} has no ID", node.name);
            self.out.report(Severity::Warning, "stray-id", message, None, attribute.name.range.clone(), None);
            return Ok(());
        };
        *slot = number.trim().parse().ok().filter(|n| dimension.numbers.contains(n));
        if slot.is_none() {
            let numbers = dimension.numbers.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
            let message = format!("there is no {} {}", dimension.title.to_lowercase(), shown(&number));
            let remedy = Some(format!("IDs are {numbers}"));
            self.out.report(Severity::Warning, "bad-id", message, remedy, attribute.value.clone(), None);
        }
        Ok(())
    }

    /// Points out a setting that stands elsewhere than the schema says.
    fn misplaced(&mut self, id: ParamId, name: Range<usize>) {
        let Some(place) = self.tree.place(id) else { return };
        if self.open.last().and_then(|f| f.node) != Some(place) {
            let message = format!("{id} stands in another element than its own; it is read all the same");
            let remedy = Some(format!("its place is {}", self.tree.path(id)));
            return self.out.report(Severity::Warning, "other-place", message, remedy, name, Some(id));
        }
        self.disagreeing(id, name);
    }

    /// Points out a setting in an element of another line, button or channel.
    fn disagreeing(&mut self, id: ParamId, name: Range<usize>) {
        for frame in &self.open {
            let Some(found) = frame.number else { continue };
            let Some(node) = frame.node.map(|n| self.tree.node(n)) else { continue };
            let Some(dimension) = node.id else { continue };
            if number(id, dimension).is_some_and(|n| n != found) {
                let message = format!("{id} stands in {} ID=\"{found}\"; its name decides", node.name);
                let remedy = Some(format!("its place is {}", self.tree.path(id)));
                return self.out.report(Severity::Warning, "id-disagrees", message, remedy, name, Some(id));
            }
        }
    }
}
