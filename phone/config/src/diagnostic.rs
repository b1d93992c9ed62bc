//! What a reader has to say about a file, with the place it speaks of.

use std::fmt;
use std::ops::Range;

use offhook_params::ParamId;

/// How much it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing has to be done.
    Note,
    /// Accepted, but not as it should be.
    Warning,
    /// A setting, or the whole file, was left out.
    Error,
}

impl Severity {
    /// In a word, for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One finding in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of finding it is, for machines: `unknown-name`. These never change their meaning.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Line, from 1.
    pub line: u32,
    /// Characters into the line, from 1.
    pub column: u32,
    /// The bytes of the file that it speaks of.
    pub span: Range<usize>,
    /// The parameter that it speaks of, where there is one.
    pub param: Option<ParamId>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}[{}]: {}", self.line, self.column, self.severity, self.code, self.message)?;
        match &self.remedy {
            Some(remedy) => write!(f, "; {remedy}"),
            None => Ok(()),
        }
    }
}

/// Most findings that are kept of one file.
const KEPT: usize = 1000;

/// The findings of one file, bounded: a broken file of any size yields a bounded report.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    kept: Vec<Diagnostic>,
    more: usize,
    worst_of_more: Option<Severity>,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.kept.len() < KEPT {
            return self.kept.push(diagnostic);
        }
        self.more += 1;
        self.worst_of_more = self.worst_of_more.max(Some(diagnostic.severity));
    }

    /// In the order of the file; findings that did not fit are counted in a last one.
    pub(crate) fn finish(mut self) -> Vec<Diagnostic> {
        self.kept.sort_by_key(|d| (d.span.start, d.line));
        if let (Some(severity), Some(last)) = (self.worst_of_more, self.kept.last()) {
            self.kept.push(Diagnostic {
                severity,
                code: "more-findings",
                message: format!("{} more findings are not listed", self.more),
                remedy: None,
                line: last.line,
                column: last.column,
                span: last.span.clone(),
                param: None,
            });
        }
        self.kept
    }
}

/// Line and column of byte offsets, cheap for offsets that mostly grow.
#[derive(Debug)]
pub(crate) struct Locator<'a> {
    text: &'a str,
    offset: usize,
    line_start: usize,
    line: u32,
    column: u32,
}

impl<'a> Locator<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, offset: 0, line_start: 0, line: 1, column: 1 }
    }

    /// Line and column, both from 1, of a byte offset at a character's edge. A byte order mark has no column.
    ///
    /// Takes time for the way from the offset before, so that a pass over a file is linear, however long its lines.
    pub(crate) fn at(&mut self, offset: usize) -> (u32, u32) {
        let bytes = self.text.as_bytes();
        if offset < self.line_start {
            self.line -= memchr::memchr_iter(b'\n', &bytes[offset..self.line_start]).count() as u32;
            self.line_start = memchr::memrchr(b'\n', &bytes[..offset]).map_or(0, |i| i + 1);
            self.column = 1 + self.columns(self.line_start, offset);
        } else if offset < self.offset {
            self.column -= self.columns(offset, self.offset);
        } else if let Some(last) = memchr::memrchr(b'\n', &bytes[self.offset..offset]) {
            self.line += memchr::memchr_iter(b'\n', &bytes[self.offset..=self.offset + last]).count() as u32;
            self.line_start = self.offset + last + 1;
            self.column = 1 + self.columns(self.line_start, offset);
        } else {
            self.column += self.columns(self.offset, offset);
        }
        self.offset = offset;
        (self.line, self.column)
    }

    fn columns(&self, from: usize, to: usize) -> u32 {
        let mark = from == 0 && self.text[..to].starts_with('\u{feff}');
        self.text[from..to].chars().count() as u32 - u32::from(mark)
    }
}

/// A piece of a file in quotes for a message: cut to a bearable length, control characters made visible.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 48;
    let mut out = String::from("\"");
    for (i, c) in text.chars().enumerate() {
        if i == MOST {
            out.push('…');
            break;
        }
        match c {
            '"' => out.push('"'),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_found_in_any_order() {
        let text = "\u{feff}ab\r\nc\u{e9}d\n\nx";
        let mut locator = Locator::new(text);
        for (offset, place) in
            [(3, (1, 1)), (4, (1, 2)), (7, (2, 1)), (10, (2, 3)), (7, (2, 1)), (13, (4, 1)), (3, (1, 1)), (12, (3, 1))]
        {
            assert_eq!(locator.at(offset), place, "{offset}");
        }
    }

    #[test]
    fn any_walk_ends_at_the_same_place() {
        let text = "\u{feff}a\u{feff}b\r\n\u{feff}c\n\n\u{3042}x\u{feff}\n";
        let edges: Vec<usize> = (0..=text.len()).filter(|i| text.is_char_boundary(*i)).collect();
        let alone = |offset| Locator::new(text).at(offset);
        for &a in &edges {
            for &b in &edges {
                for &c in &edges {
                    let mut locator = Locator::new(text);
                    assert_eq!([locator.at(a), locator.at(b), locator.at(c)], [alone(a), alone(b), alone(c)]);
                }
            }
        }
    }

    #[test]
    fn findings_are_bounded() {
        let mut all = Diagnostics::default();
        for i in 0..2500 {
            let severity = if i == 2400 { Severity::Error } else { Severity::Note };
            all.push(Diagnostic {
                severity,
                code: "x",
                message: String::new(),
                remedy: None,
                line: i,
                column: 1,
                span: i as usize..i as usize,
                param: None,
            });
        }
        let all = all.finish();
        assert_eq!(all.len(), KEPT + 1);
        assert_eq!(all[KEPT].severity, Severity::Error);
        assert_eq!(all[KEPT].message, "1500 more findings are not listed");
    }
}
