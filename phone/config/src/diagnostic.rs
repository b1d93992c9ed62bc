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
    /// Made when it is first asked for: most files have nothing to say about.
    lines: Option<Lines>,
    /// The offset that was asked for last, how many lines end before it, and its column.
    offset: usize,
    line: usize,
    column: u32,
}

/// What is found out about a text in one go.
#[derive(Debug)]
struct Lines {
    /// Offsets of all line feeds.
    ends: Vec<u32>,
    /// Characters are bytes.
    ascii: bool,
}

impl Lines {
    fn of(text: &str) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end as u32).collect();
        Self { ends, ascii: text.is_ascii() }
    }

    /// How many lines end before an offset, searched from a guess on.
    fn before(&self, offset: usize, guess: usize) -> usize {
        let ends_before = |end: &u32| (*end as usize) < offset;
        let (before, behind) = self.ends.split_at(guess);
        match before.last().is_none_or(ends_before) {
            true => guess + behind.iter().position(|end| !ends_before(end)).unwrap_or(behind.len()),
            false => before.partition_point(ends_before),
        }
    }

    /// Offset of a line's first byte.
    fn start(&self, line: usize) -> usize {
        line.checked_sub(1).map_or(0, |before| self.ends[before] as usize + 1)
    }
}

impl<'a> Locator<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, lines: None, offset: 0, line: 0, column: 1 }
    }

    /// Line and column, both from 1, of a byte offset at a character's edge. A byte order mark has no column.
    ///
    /// Takes time for the way from the offset before, so that a pass over a file is linear, however long its lines.
    pub(crate) fn at(&mut self, offset: usize) -> (u32, u32) {
        let lines = self.lines.get_or_insert_with(|| Lines::of(self.text));
        let line = lines.before(offset, self.line);
        self.column = match lines.start(line) {
            start if lines.ascii => 1 + (offset - start) as u32,
            start if line != self.line => 1 + columns(self.text, start..offset),
            _ if offset < self.offset => self.column - columns(self.text, offset..self.offset),
            _ => self.column + columns(self.text, self.offset..offset),
        };
        (self.offset, self.line) = (offset, line);
        (1 + line as u32, self.column)
    }
}

fn columns(text: &str, range: Range<usize>) -> u32 {
    let mark = range.start == 0 && text[..range.end].starts_with('\u{feff}');
    text[range].chars().count() as u32 - u32::from(mark)
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
