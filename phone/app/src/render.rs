//! Diagnostics as people and programs read them.

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use offhook_config::{Diagnostic, Severity};
use serde_json::{Value, json};

/// Most bytes of a line that are shown: lines of hostile files can be long.
const SHOWN: usize = 400;

/// The line at fault, what is wrong with it, and the remedy.
pub(crate) fn human(path: &str, text: &str, diagnostic: &Diagnostic, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    if text.is_empty() {
        // A finding between files points at several, of which none is at hand.
        let place = format!("{path}:{}:{}", diagnostic.line, diagnostic.column);
        let mut group =
            level.primary_title(&diagnostic.message).id(diagnostic.code).element(Level::NOTE.message(place));
        if let Some(remedy) = &diagnostic.remedy {
            group = group.element(Level::NOTE.message(remedy));
        }
        return renderer.render(&[group]);
    }
    let (line, span) = line_at(text, diagnostic);
    let clean: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    // Controls of two bytes became blanks of one: the mark then covers the line.
    let span = if clean.len() == line.len() { span } else { 0..clean.len() };
    let snippet = Snippet::source(clean)
        .path(path)
        .line_start(diagnostic.line as usize)
        .annotation(AnnotationKind::Primary.span(span));
    let mut group = level.primary_title(&diagnostic.message).id(diagnostic.code).element(snippet);
    if let Some(remedy) = &diagnostic.remedy {
        group = group.element(Level::HELP.message(remedy));
    }
    renderer.render(&[group])
}

/// The line where a diagnostic points, and the place within it.
fn line_at<'a>(text: &'a str, diagnostic: &Diagnostic) -> (&'a str, std::ops::Range<usize>) {
    let start = floor(text, diagnostic.span.start.min(text.len()));
    // Nothing beyond what is shown is looked at: a hostile file may be one line with a thousand findings.
    let window = floor(text, start.saturating_sub(SHOWN / 2));
    let line_start = text[window..start].rfind(['\n', '\r']).map_or(window, |i| window + i + 1);
    let rest = &text[line_start..];
    let rest = &rest[..floor(rest, SHOWN)];
    let line = &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())];
    let from = (start - line_start).min(line.len());
    let to = floor(line, (diagnostic.span.end.saturating_sub(line_start)).min(line.len())).max(from);
    (line, from..to)
}

/// The character boundary at or before `index`.
fn floor(text: &str, index: usize) -> usize {
    let mut index = index.min(text.len());
    while !text.is_char_boundary(index) {
        index -= 1;
    }
    index
}

/// A diagnostic as a JSON object.
pub(crate) fn json(diagnostic: &Diagnostic) -> Value {
    json!({
        "severity": diagnostic.severity.as_str(),
        "code": diagnostic.code,
        "message": diagnostic.message,
        "remedy": diagnostic.remedy,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "name": diagnostic.param.map(|id| id.name()),
    })
}

/// A diagnostic as a SARIF result (SARIF 2.1.0, section 3.27).
pub(crate) fn sarif(path: &str, diagnostic: &Diagnostic) -> Value {
    let text = match &diagnostic.remedy {
        Some(remedy) => format!("{}. {remedy}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    json!({
        "ruleId": diagnostic.code,
        "level": diagnostic.severity.as_str(),
        "message": { "text": text },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(path) },
                "region": { "startLine": diagnostic.line.max(1), "startColumn": diagnostic.column.max(1) },
            },
        }],
    })
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// A file that could not be read, as a SARIF result.
pub(crate) fn sarif_unreadable(path: &str, reason: &str) -> Value {
    json!({
        "ruleId": "unreadable",
        "level": "error",
        "message": { "text": reason },
        "locations": [{ "physicalLocation": { "artifactLocation": { "uri": uri(path) } } }],
    })
}
