//! A catalogue as text to its messages, with places for errors.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use fluent_syntax::ast::{self, Expression, InlineExpression, PatternElement};

use crate::source::{Sources, SpecError};

/// The messages of one language.
pub(super) struct Catalogue<'a> {
    path: &'a str,
    text: &'a str,
    pub(super) entries: Vec<Entry>,
    /// Identifiers of messages that are there, but not as they should be.
    pub(super) faulty: Vec<String>,
}

/// One message.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: String,
    span: Range<usize>,
    /// The variables that it refers to.
    pub(super) args: BTreeSet<String>,
    /// Its text, arguments in braces as in the spec; of several variants all.
    pub(super) text: String,
    /// Most characters that it may show, an argument counted as two.
    pub(super) length: usize,
}

impl Catalogue<'_> {
    /// An error at a message.
    pub(super) fn error(&self, entry: &Entry, message: String) -> SpecError {
        SpecError::at(self.path, self.text, entry.span.clone(), message)
    }

    /// An error at the line after a message; at the first line without one.
    pub(super) fn error_after(&self, entry: Option<&Entry>, message: String) -> SpecError {
        let start = entry.map_or(0, |entry| {
            let rest = &self.text[entry.span.end..];
            // The next entry or comment starts at the margin; what belongs to this one is indented.
            let mut lines = rest.match_indices('\n').map(|(at, _)| at + 1);
            let next = lines.find(|at| !rest[*at..].starts_with([' ', '\n', '}', '\r'])).unwrap_or(rest.len());
            let end = entry.span.end + rest[..next].trim_end().len();
            self.text[end..].find('\n').map_or(self.text.len(), |line_end| end + line_end + 1)
        });
        SpecError::at(self.path, self.text, start..start, message)
    }
}

/// Reads a catalogue; faults of single messages beside it.
///
/// # Errors
/// When there is no such file.
pub(super) fn catalogue<'a>(sources: &'a Sources, path: &str) -> Result<(Catalogue<'a>, Vec<SpecError>), SpecError> {
    let Some((path, text)) = sources.files.get_key_value(path) else {
        return Err(sources.error(path, &[], "the file is missing"));
    };
    let mut faults = Vec::new();
    let resource = match fluent_syntax::parser::parse(text.as_str()) {
        Ok(resource) => resource,
        Err((resource, errors)) => {
            faults.extend(errors.into_iter().map(|e| SpecError::at(path, text, e.pos, e.kind.to_string())));
            resource
        }
    };
    let mut entries: Vec<Entry> = Vec::new();
    let mut faulty = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in &resource.body {
        match entry {
            ast::Entry::Message(message) => {
                let span = span(text, message.id.name);
                let fault = |words: String| SpecError::at(path, text, span.clone(), words);
                let entry = match (&message.value, message.attributes.first()) {
                    (Some(pattern), None) => read(message.id.name, span.clone(), pattern),
                    _ => Err("a message is one text, without attributes".to_owned()),
                };
                match entry {
                    Ok(entry) => entries.push(entry),
                    Err(words) => {
                        faults.push(fault(words));
                        faulty.push(message.id.name.to_owned());
                    }
                }
                if seen.insert(message.id.name, span.start).is_some() {
                    faults.push(fault(format!("\"{}\" is there twice", message.id.name)));
                }
            }
            ast::Entry::Term(term) => {
                let message = "terms are not used: a text stands in one piece".to_owned();
                faults.push(SpecError::at(path, text, span(text, term.id.name), message));
            }
            ast::Entry::Comment(_) | ast::Entry::GroupComment(_) | ast::Entry::ResourceComment(_) => {}
            // The parser's own errors tell of it.
            ast::Entry::Junk { .. } => {}
        }
    }
    Ok((Catalogue { path, text, entries, faulty }, faults))
}

/// Where a part of the text lies in it.
fn span(text: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    start..start + part.len()
}

fn read(id: &str, span: Range<usize>, pattern: &ast::Pattern<&str>) -> Result<Entry, String> {
    let mut entry = Entry { id: id.to_owned(), span, args: BTreeSet::new(), text: String::new(), length: 0 };
    entry.length = entry.pattern(pattern)?;
    Ok(entry)
}

impl Entry {
    /// Adds the pattern's text and arguments, and gives its length.
    fn pattern(&mut self, pattern: &ast::Pattern<&str>) -> Result<usize, String> {
        let mut length = 0;
        for element in &pattern.elements {
            length += match element {
                PatternElement::TextElement { value } => self.literal(value),
                PatternElement::Placeable { expression } => self.expression(expression)?,
            };
        }
        Ok(length)
    }

    fn literal(&mut self, text: &str) -> usize {
        self.text.push_str(text);
        text.chars().count()
    }

    fn expression(&mut self, expression: &Expression<&str>) -> Result<usize, String> {
        match expression {
            Expression::Inline(inline) => self.inline(inline),
            Expression::Select { selector, variants } => {
                let InlineExpression::VariableReference { id } = selector else {
                    return Err("variants are chosen by an argument".to_owned());
                };
                self.args.insert(id.name.to_owned());
                let mut longest = 0;
                for variant in variants {
                    self.text.push('|');
                    longest = longest.max(self.pattern(&variant.value)?);
                }
                Ok(longest)
            }
        }
    }

    fn inline(&mut self, inline: &InlineExpression<&str>) -> Result<usize, String> {
        match inline {
            InlineExpression::StringLiteral { value } | InlineExpression::NumberLiteral { value } => {
                let text = fluent_syntax::unicode::unescape_unicode_to_string(value);
                Ok(self.literal(&text))
            }
            InlineExpression::VariableReference { id } => {
                self.args.insert(id.name.to_owned());
                self.text.push_str(&format!("{{{}}}", id.name));
                Ok(2)
            }
            InlineExpression::Placeable { expression } => self.expression(expression),
            _ => Err("braces hold an argument, variants or a literal; nothing else is used".to_owned()),
        }
    }
}
