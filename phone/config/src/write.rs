//! Writing a file: settings in the order of the spec, under the headings of their groups.

use offhook_params::{CATEGORIES, GROUPS, ParamId};

use crate::reading::Format;
use crate::{HEADER_LINE, plain, xml};

/// How a file is written.
#[derive(Debug, Clone, Copy)]
pub struct WriteOptions<'a> {
    /// Whether each group of settings gets its title as a comment.
    pub headings: bool,
    /// A text for people at the top of the file; each of its lines becomes a comment.
    pub intro: &'a str,
}

impl Default for WriteOptions<'_> {
    fn default() -> Self {
        Self { headings: true, intro: "" }
    }
}

/// A value that cannot be written. Checked values always can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A double quote in plain text, or a control character.
    #[error("the value of {id} has a character that cannot be written: {character:?}")]
    Character {
        /// The parameter.
        id: ParamId,
        /// The character.
        character: char,
    },
    /// The line would have more than 537 bytes (guide rule 4).
    #[error("the value of {0} is too long for a line")]
    TooLong(ParamId),
    /// The parameter has no place in an XML file, since no file may set it.
    #[error("{0} has no place in an XML file")]
    NoPlace(ParamId),
}

/// Writes a file. Of a parameter that is named twice, the first value is written.
///
/// # Errors
/// A value that the format cannot carry, which no checked value is.
pub fn write<'a>(
    format: Format,
    values: impl IntoIterator<Item = (ParamId, &'a str)>,
    options: &WriteOptions<'_>,
) -> Result<String, WriteError> {
    let mut values: Vec<(ParamId, &str)> = values.into_iter().collect();
    values.sort_by_key(|(id, _)| *id);
    values.dedup_by_key(|(id, _)| *id);
    match format {
        Format::Plain => plain(&values, options),
        Format::Xml => xml::write::write(&values, options),
    }
}

/// The first control character, or else one that `refused` names.
pub(crate) fn unwritable(id: ParamId, value: &str, refused: &[char]) -> Result<(), WriteError> {
    match value.chars().find(|c| c.is_control() || refused.contains(c)) {
        Some(character) => Err(WriteError::Character { id, character }),
        None => Ok(()),
    }
}

/// One line of plain text without its end.
///
/// # Errors
/// A value that a line cannot carry.
pub(crate) fn plain_line(id: ParamId, name: &str, value: &str) -> Result<String, WriteError> {
    unwritable(id, value, &['"'])?;
    let line = format!("{name}=\"{value}\"");
    if line.len() + 2 > plain::LONGEST_LINE {
        return Err(WriteError::TooLong(id));
    }
    Ok(line)
}

fn plain(values: &[(ParamId, &str)], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::with_capacity(128 + values.len() * 40);
    let mut line = |text: &str| {
        out.push_str(text);
        out.push_str("\r\n");
    };
    line(HEADER_LINE);
    for text in options.intro.lines() {
        line(format!("# {text}").trim_end());
    }
    let mut before = (None, None);
    for &(id, value) in values {
        let group = id.family().group;
        if options.headings && before.1 != Some(group) {
            let category = GROUPS[usize::from(group)].category;
            if before.0 != Some(category) {
                line("");
                line(&format!("# {}", CATEGORIES[usize::from(category)].title));
            }
            line("");
            line(&format!("## {}", GROUPS[usize::from(group)].title));
            before = (Some(category), Some(group));
        }
        line(&plain_line(id, id.name(), value)?);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Purpose, read};

    #[test]
    fn what_is_written_is_read() {
        for format in [Format::Plain, Format::Xml] {
            let values: Vec<_> = ParamId::all().filter(|id| id.family().file).map(|id| (id, id.default())).collect();
            let text = write(format, values.iter().copied(), &WriteOptions::default()).expect("checked values");
            let reading = read(text.as_bytes(), Purpose::File);
            assert_eq!(reading.format, format);
            assert_eq!(reading.diagnostics, []);
            let mut read: Vec<_> = reading.entries.iter().map(|e| (e.id, &*e.value)).collect();
            // XML has its own order.
            read.sort();
            assert!(read == values);
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let id = offhook_params::lookup("DISPLAY_NAME_1").expect("a setting").id;
        for (value, character) in [("a\"b", '"'), ("a\r\nB=\"1", '\r'), ("\0", '\0')] {
            let error = WriteError::Character { id, character };
            assert_eq!(write(Format::Plain, [(id, value)], &WriteOptions::default()), Err(error), "{value:?}");
        }
        let long = "\u{65e5}".repeat(200);
        assert_eq!(write(Format::Plain, [(id, &*long)], &WriteOptions::default()), Err(WriteError::TooLong(id)));
    }
}
