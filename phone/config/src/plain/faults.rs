//! What is wrong with a line that is not written as it should be: slow, and as helpful as it can be.

use std::ops::Range;

use offhook_params::lookup;

use super::{LONGEST_LINE, Line};
use crate::diagnostic::Severity;
use crate::reading::{Collector, Site};
use crate::siblings::other_header;
use crate::{HEADER, HEADER_LINE};

/// Reports a line over the limit; it is skipped, whatever it says.
pub(super) fn too_long(out: &mut Collector<'_>, line: Line<'_>, length: usize) {
    let message = format!("the line has {length} bytes, at most {LONGEST_LINE} with its end are read; it is skipped");
    let remedy = Some("shorten the value".to_owned());
    out.report(Severity::Error, "line-too-long", message, remedy, line.span(), None);
}

/// Whether the line continues a value that began in an earlier line.
pub(super) fn swallow(line: Line<'_>, run_over: &mut bool) -> bool {
    if line.text.find('=').is_some_and(|i| name_like(line.text[..i].trim())) {
        *run_over = false;
        return false;
    }
    *run_over = !line.text.contains('"');
    true
}

/// Reports a first line that is not the header, with what may have happened to it.
pub(super) fn no_header(out: &mut Collector<'_>) {
    let text = out.text.trim_start_matches('\u{feff}');
    let first = text.lines().next().unwrap_or("");
    let start = out.text.len() - text.len();
    let lower = |s: &str| s.to_ascii_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let message = if text.is_empty() {
        "the file is empty".to_owned()
    } else if let Some(number) = text.lines().take(200).position(|l| l.starts_with('#') && l.contains(HEADER)) {
        format!("the header stands in line {}, not in the first line", number + 1)
    } else if lower(first).contains(&lower(HEADER)) {
        "the header of the first line is not written as it has to be, to the letter and the blank".to_owned()
    } else if other_header(first) {
        "the first line is the header of files for another model".to_owned()
    } else {
        "the first line is not the header".to_owned()
    };
    let remedy = Some(format!("begin the file with: {HEADER_LINE}"));
    out.void("no-header", message, remedy, start..start + first.len());
}

/// Reports everything that is wrong with a line; true if its value runs over its end.
pub(super) fn explain(out: &mut Collector<'_>, line: Line<'_>) -> bool {
    let rest = line.text.trim_start();
    let lead = line.text.len() - rest.len();
    if rest.is_empty() {
        let message = "the line has nothing but blanks".to_owned();
        let remedy = Some("empty it".to_owned());
        out.report(Severity::Warning, "blank-line", message, remedy, line.span(), None);
    } else if rest.starts_with('#') {
        let message = "the comment has blanks in front".to_owned();
        let remedy = Some("begin the line with #".to_owned());
        let span = line.start..line.start + lead;
        out.report(Severity::Error, "blank-outside-quotes", message, remedy, span, None);
    } else if let Some(loose) = Loose::parse(line) {
        return assignment(out, line, &loose);
    } else {
        no_setting(out, line, rest);
    }
    false
}

fn no_setting(out: &mut Collector<'_>, line: Line<'_>, rest: &str) {
    let span = line.start + line.text.len() - rest.len()..line.span().end;
    if ["//", ";", "--", "<!--", "/*"].iter().any(|mark| rest.starts_with(mark)) {
        let message = "the line is no setting and no comment".to_owned();
        let remedy = Some("begin comments with #".to_owned());
        return out.report(Severity::Error, "no-setting", message, remedy, span, None);
    }
    if let Some(i) = rest.find('\r') {
        return lone_cr(out, span.start + i);
    }
    let word = rest.split(|c: char| c.is_whitespace() || c == ':').next().unwrap_or(rest);
    let shown = out.shown(span.start..span.start + word.len());
    let message = format!("{shown} is no setting: it has no =");
    let remedy = match lookup(word) {
        Some(found) => format!("write {}=\"...\"", found.id),
        None => "write NAME=\"value\"".to_owned(),
    };
    out.report(Severity::Error, "no-setting", message, Some(remedy), span, None);
}

fn lone_cr(out: &mut Collector<'_>, at: usize) {
    let message = "a CR stands in the middle of the line".to_owned();
    let remedy = Some("end each line with CR LF".to_owned());
    out.report(Severity::Error, "lone-cr", message, remedy, at..at + 1, None);
}

/// What encloses a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    Straight,
    Single,
    Typographic,
}

fn quote(c: char) -> Option<Quote> {
    match c {
        '"' => Some(Quote::Straight),
        '\'' => Some(Quote::Single),
        '\u{ab}' | '\u{bb}' | '\u{b4}' | '`' | '\u{2018}'..='\u{201f}' | '\u{2032}' | '\u{2033}' | '\u{ff02}' => {
            Some(Quote::Typographic)
        }
        _ => None,
    }
}

/// A line read tolerantly; all ranges are offsets in the file.
#[derive(Debug)]
struct Loose {
    name: Range<usize>,
    /// Blanks in front of the name, around the `=`: the first of them.
    blanks: Option<Range<usize>>,
    open: Option<Quote>,
    value: Range<usize>,
    close: Option<Quote>,
    /// What follows the value.
    rest: Range<usize>,
}

impl Loose {
    fn parse(line: Line<'_>) -> Option<Self> {
        let text = line.text;
        let equals = text.find('=')?;
        let name = text[..equals].trim();
        let name_start = text.len() - text.trim_start().len();
        if name.is_empty() {
            return None;
        }
        let name = name_start..name_start + name.len();
        let behind = equals + 1 + text[equals + 1..].len() - text[equals + 1..].trim_start().len();
        let open = text[behind..].chars().next().and_then(quote);
        let mut value = behind..text.len();
        let mut close = None;
        match open {
            None => {
                // Without quotes, a value ends at a comment or at its last character.
                let bare = &text[behind..];
                let bare = bare.find(" #").or(bare.find("\t#")).map_or(bare, |i| &bare[..i]);
                value.end = behind + bare.trim_end().len();
            }
            Some(kind) => {
                value.start += text[behind..].chars().next().map_or(0, char::len_utf8);
                // A value that begins with one kind of quote may end with another.
                let ends =
                    |c: char| quote(c).is_some_and(|q| q == kind || (q != Quote::Single && kind != Quote::Single));
                let inner = &text[value.start..];
                let end = if kind == Quote::Straight { inner.find('"').or(inner.find(ends)) } else { inner.find(ends) };
                if let Some(end) = end {
                    value.end = value.start + end;
                    close = inner[end..].chars().next().and_then(quote);
                }
            }
        }
        let close_len = match close {
            Some(_) => text[value.end..].chars().next().map_or(0, char::len_utf8),
            None => 0,
        };
        let blanks = [0..name.start, name.end..equals, equals + 1..behind];
        let blanks = blanks.into_iter().find(|r| !r.is_empty());
        let shift = |r: Range<usize>| line.start + r.start..line.start + r.end;
        let rest = value.end + close_len..text.len();
        Some(Self { name: shift(name), blanks: blanks.map(shift), open, value: shift(value), close, rest: shift(rest) })
    }
}

/// Something that a setting's name could be.
fn name_like(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn assignment(out: &mut Collector<'_>, line: Line<'_>, loose: &Loose) -> bool {
    let text = out.text;
    let found = lookup(&text[loose.name.clone()]);
    let written = match found {
        // Secrets stay out of messages.
        Some(found) if found.id.family().secret => format!("{}=\"...\"", found.id),
        Some(found) => format!("{}=\"{}\"", found.id, &text[loose.value.clone()]),
        None => "NAME=\"value\"".to_owned(),
    };
    let remedy = Some(format!("write {written}"));
    let error = Severity::Error;
    let param = found.map(|f| f.id);

    let straight_end = loose.close == Some(Quote::Straight);
    if loose.open == Some(Quote::Straight) && !straight_end {
        let span = loose.value.start - 1..line.span().end;
        let (message, remedy) = match loose.close {
            Some(_) => ("the quote does not close: the one at its end is typographic", remedy),
            None => ("the quote does not close in its line", Some("write the value and its quotes in one line".into())),
        };
        out.void("open-quote", message.to_owned(), remedy, span);
        if found.is_none() {
            out.unknown_name(loose.name.clone());
        }
        return loose.close.is_none();
    }
    match loose.open {
        None if loose.value.is_empty() => {
            let message = "the value is missing".to_owned();
            out.report(error, "no-quotes", message, remedy.clone(), line.span(), param);
        }
        None => {
            let message = "the value has no quotes".to_owned();
            out.report(error, "no-quotes", message, remedy.clone(), loose.value.clone(), param);
        }
        Some(Quote::Single) => {
            let message = "the value has single quotes".to_owned();
            out.report(error, "single-quotes", message, remedy.clone(), loose.value.clone(), param);
        }
        Some(Quote::Typographic) => {
            let message = "the value has typographic quotes, which word processors make".to_owned();
            out.report(error, "typographic-quotes", message, remedy.clone(), loose.value.clone(), param);
        }
        Some(Quote::Straight) => {}
    }
    if let Some(blanks) = loose.blanks.clone() {
        let message = "there are blanks outside the quotes".to_owned();
        out.report(error, "blank-outside-quotes", message, remedy.clone(), blanks, param);
    }
    trailing(out, loose, remedy, param);
    match found {
        None => out.unknown_name(loose.name.clone()),
        Some(found) => {
            let site = Site { line: line.number, column: 1, name: loose.name.clone(), value: loose.value.clone() };
            let family = found.id.family();
            if !out.refused_here(found.id, family, &site)
                && let Err(fault) = family.check(&text[loose.value.clone()])
            {
                out.bad_value(found.id, family, &fault, &site);
            }
        }
    }
    false
}

fn trailing(out: &mut Collector<'_>, loose: &Loose, remedy: Option<String>, param: Option<offhook_params::ParamId>) {
    let rest = &out.text[loose.rest.clone()];
    if rest.is_empty() {
        return;
    }
    let trimmed = rest.trim();
    let (code, message) = if trimmed.is_empty() && rest.contains('\r') {
        ("lone-cr", "the line ends in more than one CR")
    } else if trimmed.is_empty() {
        ("blank-outside-quotes", "there are blanks behind the value")
    } else if rest.contains('\r') {
        ("lone-cr", "a CR stands in the middle of the line")
    } else if trimmed.starts_with('#') {
        ("trailing-comment", "a comment may not follow a setting in its line")
    } else if rest.contains('"') {
        ("inner-quote", "the value has a double quote, which cannot be written in a file of this format")
    } else {
        ("text-after-value", "something follows the value")
    };
    let remedy = match code {
        "inner-quote" => None,
        "trailing-comment" => Some("give the comment a line of its own".to_owned()),
        _ => remedy,
    };
    out.report(Severity::Error, code, message.to_owned(), remedy, loose.rest.clone(), param);
}
