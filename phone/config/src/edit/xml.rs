//! Edits of an XML file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use offhook_params::{ParamId, lookup};

use super::{EditError, Patch, line_end};
use crate::diagnostic::{Diagnostic, Locator, Severity};
use crate::xml::read::document_start;
use crate::xml::scan::{Attribute, Malformed, Name, Part, Scanner, Tag, Token};
use crate::xml::schema::{NodeId, ROOT, Step, tree};
use crate::xml::write::{INDENT, attribute, elements, escape};

/// An element of the file.
struct Element {
    node: Option<NodeId>,
    number: Option<u16>,
    parent: Option<usize>,
    depth: usize,
    /// Its start tag.
    tag: Range<usize>,
    name: Range<usize>,
    /// Its start tag is its end tag.
    empty: bool,
    /// Its end tag; that of an empty element is empty, behind it.
    close: Range<usize>,
    attributes: Vec<(Option<ParamId>, Attribute)>,
    /// Text or a comment stands in it.
    content: bool,
}

/// Where a new setting goes: the innermost element that is there already, how many steps of the setting's path it
/// stands for, and whether these are all of them.
type Target = (usize, usize, bool);

pub(super) fn patches(text: &str, changes: &BTreeMap<ParamId, Option<&str>>) -> Result<Vec<Patch>, EditError> {
    let elements = scan(text).map_err(|m| EditError::Void(Box::new(refused(text, m))))?;
    let mut patches = Vec::new();
    let mut kept = BTreeSet::new();
    let mut inserts: BTreeMap<Target, Vec<(ParamId, &str)>> = BTreeMap::new();
    for (&id, value) in changes {
        let Some(value) = *value else { continue };
        let own = elements.iter().find_map(|e| e.attributes.iter().find(|(a, _)| *a == Some(id)));
        if let Some((_, found)) = own {
            let mut new = String::new();
            escape(&mut new, id, value)?;
            patches.push(Patch { range: found.value.clone(), text: new });
            continue;
        }
        let steps = tree().steps(id).ok_or(crate::WriteError::NoPlace(id))?;
        let (element, depth) = deepest(&elements, &steps);
        inserts.entry((element, depth, depth == steps.len())).or_default().push((id, value));
        let mut up = Some(element);
        while let Some(at) = up {
            kept.insert(at);
            up = elements[at].parent;
        }
    }
    let gone = remove(text, &elements, changes, &kept, &mut patches);
    patches.retain(|p| !gone.iter().any(|g| g.start <= p.range.start && p.range.end <= g.end));
    patches.extend(gone.into_iter().map(|range| Patch { range, text: String::new() }));
    for ((at, depth, own), values) in inserts {
        match own {
            true => append(&elements[at], &values, &mut patches)?,
            false => insert(text, &elements[at], depth, &values, &mut patches)?,
        }
    }
    Ok(patches)
}

/// What the reader would have said.
fn refused(text: &str, malformed: Malformed) -> Diagnostic {
    let (line, column) = Locator::new(text).at(malformed.at);
    let Malformed { code, message, at } = malformed;
    Diagnostic { severity: Severity::Error, code, message, remedy: None, line, column, span: at..at, param: None }
}

fn scan(text: &str) -> Result<Vec<Element>, Malformed> {
    let mut scanner = Scanner::new(text, document_start(text).0);
    let mut elements: Vec<Element> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    loop {
        match scanner.next(None)? {
            Token::Open(tag) => {
                let parent = open.last().copied();
                let above = parent.map(|p| elements[p].node);
                let name = &text[tag.name.range.clone()];
                let node = match above {
                    None => Some(ROOT),
                    Some(above) => above.and_then(|a| tree().child(a, name)),
                };
                let mut attributes = Vec::new();
                let mut number = None;
                let empty = loop {
                    let attribute = match scanner.part(None)? {
                        Part::Attribute(attribute) => attribute,
                        Part::End { empty } => break empty,
                    };
                    let name = &text[attribute.name.range.clone()];
                    if name == "ID" {
                        number = text[attribute.value.clone()].trim().parse().ok();
                    }
                    attributes.push((lookup(name).map(|f| f.id), attribute));
                };
                let Tag { start, name: Name { range: name, .. } } = tag;
                let (tag, close) = (start..scanner.position(), scanner.position()..scanner.position());
                if !empty {
                    open.push(elements.len());
                }
                let depth = parent.map_or(0, |p| elements[p].depth + 1);
                elements.push(Element {
                    node,
                    number,
                    parent,
                    depth,
                    tag,
                    name,
                    empty,
                    close,
                    attributes,
                    content: false,
                });
            }
            Token::Close(span) => {
                if let Some(at) = open.pop() {
                    elements[at].close = span;
                }
            }
            Token::Comment(_) | Token::Text(_) => {
                if let Some(at) = open.last() {
                    elements[*at].content = true;
                }
            }
            Token::Declaration(_) => {}
            Token::End => return Ok(elements),
        }
    }
}

/// The innermost element that is there of those that a setting stands in, and how many of its steps are there.
fn deepest(elements: &[Element], steps: &[Step]) -> (usize, usize) {
    let mut at = 0;
    for (depth, &(node, number)) in steps.iter().enumerate().skip(1) {
        let fits =
            |e: &Element| e.parent == Some(at) && e.node == Some(node) && (number.is_none() || e.number == number);
        match elements.iter().position(fits) {
            Some(child) => at = child,
            None => return (at, depth),
        }
    }
    (at, steps.len())
}

/// Takes settings out, and with the last one of an element the element itself, whose range is returned.
fn remove(
    text: &str,
    elements: &[Element],
    changes: &BTreeMap<ParamId, Option<&str>>,
    kept: &BTreeSet<usize>,
    patches: &mut Vec<Patch>,
) -> Vec<Range<usize>> {
    let goes = |id: &Option<ParamId>| id.is_some_and(|id| changes.get(&id) == Some(&None));
    let mut children = vec![0_usize; elements.len()];
    for parent in elements.iter().filter_map(|e| e.parent) {
        children[parent] += 1;
    }
    let mut gone: Vec<Range<usize>> = Vec::new();
    let mut touched = vec![false; elements.len()];
    for (at, element) in elements.iter().enumerate().rev() {
        let removed = element.attributes.iter().filter(|(id, _)| goes(id));
        for (_, attribute) in removed.clone() {
            let before = text[..attribute.name.range.start].trim_end().len();
            patches.push(Patch { range: before..attribute.value.end + 1, text: String::new() });
            touched[at] = true;
        }
        let stay = element.attributes.iter().any(|(id, a)| !goes(id) && &text[a.name.range.clone()] != "ID");
        // Root and `Dev` stay, however empty.
        let (Some(parent), 2..) = (element.parent, element.depth) else { continue };
        if touched[at] && !stay && !element.content && children[at] == 0 && !kept.contains(&at) {
            children[parent] -= 1;
            touched[parent] = true;
            let range = line_of(text, element.tag.start..element.close.end);
            gone.retain(|g| !(range.start <= g.start && g.end <= range.end));
            gone.push(range);
        }
    }
    gone
}

/// A range, widened to its whole lines where nothing else stands in them.
fn line_of(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text[..range.start].trim_end_matches([' ', '\t']).len();
    let behind = &text[range.end..];
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t', '\r']).len();
    let first = text[..start].ends_with('\n');
    match behind[blanks..].starts_with('\n') {
        true if first => start..range.end + blanks + 1,
        _ => range,
    }
}

/// Where another attribute goes.
fn attributes_end(element: &Element) -> usize {
    element.attributes.last().map_or(element.name.end, |(_, attribute)| attribute.value.end + 1)
}

/// Puts settings into an element that is there.
fn append(element: &Element, values: &[(ParamId, &str)], patches: &mut Vec<Patch>) -> Result<(), EditError> {
    let mut new = String::new();
    for &(id, value) in values {
        attribute(&mut new, id, value)?;
    }
    let at = attributes_end(element);
    patches.push(Patch { range: at..at, text: new });
    Ok(())
}

/// Puts settings, with the elements that they need, below an element that is there.
fn insert(
    text: &str,
    element: &Element,
    depth: usize,
    values: &[(ParamId, &str)],
    patches: &mut Vec<Patch>,
) -> Result<(), EditError> {
    let line_end = line_end(text);
    let line_start = text[..element.tag.start].rfind('\n').map_or(0, |i| i + 1);
    let lead = &text[line_start..element.tag.start];
    let indent = if lead.bytes().all(|b| b == b' ') { lead.len() } else { element.depth * INDENT };
    let mut new = String::new();
    elements(&mut new, values, depth, indent + INDENT, line_end)?;
    if element.empty {
        let name = &text[element.name.clone()];
        let grown = format!(">{line_end}{new}{}</{name}>", " ".repeat(indent));
        patches.push(Patch { range: attributes_end(element)..element.tag.end, text: grown });
        return Ok(());
    }
    let at = text[..element.close.start].trim_end_matches([' ', '\t']).len();
    if text[..at].ends_with('\n') {
        patches.push(Patch { range: at..at, text: new });
    } else {
        let at = element.close.start;
        patches.push(Patch { range: at..at, text: format!("{line_end}{new}{}", " ".repeat(indent)) });
    }
    Ok(())
}
