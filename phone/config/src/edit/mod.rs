//! Edits of a file in place: settings change, comments, order and line ends stay as their author wrote them.

mod plain;
mod xml;

use std::collections::BTreeMap;
use std::ops::Range;

use offhook_params::ParamId;

use crate::diagnostic::Diagnostic;
use crate::reading::{Format, Purpose, read_as};
use crate::write::WriteError;

/// Why a file is not edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// The file as a whole is refused by the reader; its first error says why.
    #[error("the file cannot be edited: {0}")]
    Void(Box<Diagnostic>),
    /// A value cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Sets parameters in a file, or with `None` takes them out of it, so that they are inherited.
///
/// A setting that is there already keeps its place; a new one goes to its relatives, or to the end. Lines with errors
/// stay as they are. Values are not checked here. Of a parameter that is named twice, the last change counts.
///
/// # Errors
/// A file that the reader refuses as a whole, and a value that the format cannot carry.
pub fn edit(text: &str, changes: &[(ParamId, Option<&str>)]) -> Result<String, EditError> {
    let format = Format::of(text.as_bytes());
    let reading = read_as(text.as_bytes(), format, Purpose::State);
    if reading.void {
        let error = reading.diagnostics.into_iter().find(|d| d.severity == crate::Severity::Error);
        return Err(EditError::Void(Box::new(error.expect("a void file has an error"))));
    }
    let changes: BTreeMap<ParamId, Option<&str>> = changes.iter().copied().collect();
    let patches = match format {
        Format::Plain => plain::patches(text, &changes)?,
        Format::Xml => xml::patches(text, &changes)?,
    };
    Ok(apply(text, patches))
}

/// New text for a range of bytes. Ranges do not overlap; of several at one place, the first goes first.
#[derive(Debug)]
struct Patch {
    range: Range<usize>,
    text: String,
}

fn apply(text: &str, mut patches: Vec<Patch>) -> String {
    // Insertions come before a replacement that starts at the same place.
    patches.sort_by_key(|p| (p.range.start, p.range.end));
    let mut out = String::with_capacity(text.len() + patches.iter().map(|p| p.text.len()).sum::<usize>());
    let mut at = 0;
    for patch in &patches {
        out.push_str(&text[at..patch.range.start]);
        out.push_str(&patch.text);
        at = patch.range.end;
    }
    out + &text[at..]
}

/// How the lines of a text end.
fn line_end(text: &str) -> &'static str {
    match text.find('\n') {
        Some(i) if !text[..i].ends_with('\r') => "\n",
        _ => "\r\n",
    }
}
