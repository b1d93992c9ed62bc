//! The spec's text, and errors that point into it.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

/// The spec files by path below `spec/`, as read by the caller.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// Path with `/` to text.
    pub files: BTreeMap<String, String>,
}

impl Sources {
    /// The text of one file.
    ///
    /// # Errors
    /// When there is no such file.
    pub fn text(&self, path: &str) -> Result<&str, SpecError> {
        self.files.get(path).map(String::as_str).ok_or_else(|| SpecError {
            path: path.to_owned(),
            line: 0,
            column: 0,
            message: "the file is missing".to_owned(),
            hint: None,
        })
    }

    /// Reads one file into its model.
    ///
    /// # Errors
    /// Where the text is not TOML or does not fit the model.
    pub fn read<T: DeserializeOwned>(&self, path: &str) -> Result<T, SpecError> {
        let text = self.text(path)?;
        toml::from_str(text).map_err(|error| {
            let span = error.span().unwrap_or_default();
            SpecError::at(path, text, span, error.message().trim().to_owned())
        })
    }

    /// An error at the place of a key path in a file: `["SIP_TIMER_T1", "default"]`.
    pub fn error(&self, path: &str, keys: &[&str], message: impl Into<String>) -> SpecError {
        let text = self.files.get(path).map_or("", String::as_str);
        SpecError::at(path, text, locate(text, keys).unwrap_or_default(), message.into())
    }
}

/// The place of the value at a key path; of its nearest ancestor where the path ends earlier.
fn locate(text: &str, keys: &[&str]) -> Option<Range<usize>> {
    let root = DeTable::parse(text).ok()?;
    let mut table = root.get_ref();
    let mut span = None;
    for key in keys {
        let Some((found, value)) = table.iter().find(|(k, _)| k.get_ref() == key) else { break };
        span = Some(found.span());
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    span
}

/// What is wrong in the spec, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecError {
    /// File below `spec/`.
    pub path: String,
    /// Line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// Column, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
}

impl SpecError {
    fn at(path: &str, text: &str, span: Range<usize>, message: String) -> Self {
        let before = &text[..span.start.min(text.len())];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        Self { path: path.to_owned(), line, column, message, hint: None }
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spec/{}:{}:{}: {}", self.path, self.line, self.column, self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SpecError {}
