//! The plain-text format: lines of `NAME="value"` below a fixed first line.

mod faults;

use std::borrow::Cow;
use std::ops::Range;

use memchr::memchr;
use offhook_params::lookup;

use crate::HEADER;
use crate::diagnostic::Severity;
use crate::reading::{Collector, Format, Purpose, Reading, Site};

/// Most bytes of a line, its end included (guide rule 4).
pub(crate) const LONGEST_LINE: usize = 537;

/// A line without its end.
#[derive(Debug, Clone, Copy)]
struct Line<'a> {
    number: u32,
    /// Offset of its first byte.
    start: usize,
    text: &'a str,
}

impl Line<'_> {
    fn span(&self) -> Range<usize> {
        self.start..self.start + self.text.len()
    }
}

/// Reads a file. The good path borrows values and allocates nothing for a line.
pub(crate) fn read(text: &str, purpose: Purpose) -> Reading<'_> {
    let mut out = Collector::new(text, purpose);
    let bytes = text.as_bytes();
    let mut start = byte_order_mark(&mut out);
    let mut ends = LineEnds::default();
    let mut number = 0;
    // Lines that belong to a value whose quote did not close in its line.
    let mut run_over = false;
    let mut headed = false;
    while start < bytes.len() {
        number += 1;
        let next = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |i| start + i + 1);
        let end = ends.strip(bytes, start, next, number);
        let line = Line { number, start, text: &text[start..end] };
        if number == 1 {
            headed = header(&mut out, line);
        } else if !line.text.is_empty() && !line.text.starts_with('#') {
            if next - start > LONGEST_LINE {
                faults::too_long(&mut out, line, next - start);
            } else if setting(&mut out, line) {
                run_over = false;
            } else if !run_over || !faults::swallow(line, &mut run_over) {
                run_over = faults::explain(&mut out, line);
            }
        }
        start = next;
    }
    if !headed {
        faults::no_header(&mut out);
    }
    ends.report(&mut out);
    out.finish(Format::Plain)
}

/// Takes a line in that is written as it should be.
fn setting<'a>(out: &mut Collector<'a>, line: Line<'a>) -> bool {
    let bytes = line.text.as_bytes();
    let Some(equals) = memchr(b'=', bytes) else { return false };
    let [b'"', inner @ .., b'"'] = &bytes[equals + 1..] else { return false };
    if memchr(b'"', inner).is_some() {
        return false;
    }
    let Some(found) = lookup(&line.text[..equals]) else { return false };
    let value = equals + 2..line.text.len() - 1;
    let site = Site {
        line: line.number,
        column: 1,
        name: line.start..line.start + equals,
        value: line.start + value.start..line.start + value.end,
    };
    out.setting(found, Cow::Borrowed(&line.text[value]), site);
    true
}

/// A byte order mark is what some editors begin UTF-8 with. It does not change what the file means, so it is accepted.
fn byte_order_mark(out: &mut Collector<'_>) -> usize {
    if !out.text.starts_with('\u{feff}') {
        return 0;
    }
    out.report(
        Severity::Warning,
        "byte-order-mark",
        "the file begins with a byte order mark".to_owned(),
        Some("save it as UTF-8 without BOM: other phones take it for a missing header".to_owned()),
        0..3,
        None,
    );
    3
}

fn header(out: &mut Collector<'_>, line: Line<'_>) -> bool {
    if !line.text.starts_with('#') || !line.text.contains(HEADER) {
        return false;
    }
    if let Some(i) = line.text.trim_end_matches('\r').find('\r') {
        let message = "the lines end in CR alone, so that all of them are one comment".to_owned();
        let remedy = Some("end each line with CR LF".to_owned());
        out.void("cr-only", message, remedy, line.start + i..line.start + i + 1);
    }
    true
}

/// How the lines of a file end.
#[derive(Debug, Default)]
struct LineEnds {
    lines: u32,
    /// Lines that end in LF alone, and the first of them.
    bare: u32,
    first_bare: Range<usize>,
    open: bool,
}

impl LineEnds {
    /// The end of a line's text, given the start of the line and of the next one.
    fn strip(&mut self, bytes: &[u8], start: usize, next: usize, number: u32) -> usize {
        self.lines = number;
        match &bytes[start..next] {
            [.., b'\r', b'\n'] => next - 2,
            [.., b'\n'] => {
                if self.bare == 0 {
                    self.first_bare = next - 1..next;
                }
                self.bare += 1;
                next - 1
            }
            _ => {
                self.open = true;
                next
            }
        }
    }

    fn report(self, out: &mut Collector<'_>) {
        if self.bare > 0 {
            let message = match (self.bare, self.lines) {
                (bare, lines) if bare == lines => "the lines end in LF alone".to_owned(),
                (bare, lines) => format!("{bare} of {lines} lines end in LF alone"),
            };
            let remedy = Some("end each line with CR LF".to_owned());
            out.report(Severity::Warning, "line-end", message, remedy, self.first_bare, None);
        }
        if self.open {
            let end = out.text.len();
            let message = "the last line has no line end".to_owned();
            let remedy = Some("end the file with an empty line".to_owned());
            out.report(Severity::Warning, "last-line", message, remedy, end..end, None);
        }
    }
}
