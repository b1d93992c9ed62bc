//! The spec's text, and errors that point into it.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// The spec files and the catalogues by path below `spec/`, as read by the caller.
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

    /// The tables of a file, to be read one by one: a fault in one is told with its own line and hides no other.
    ///
    /// # Errors
    /// Where the text is not TOML.
    pub fn tables<'a>(&'a self, path: &'a str) -> Result<Vec<Table<'a>>, SpecError> {
        let text = self.text(path)?;
        let root = DeTable::parse(text).map_err(|error| {
            SpecError::at(path, text, error.span().unwrap_or_default(), error.message().trim().to_owned())
        })?;
        let tables = root.into_inner().into_iter();
        Ok(tables
            .map(|(key, value)| Table { path, text, key: key.span(), name: key.into_inner().into_owned(), value })
            .collect())
    }

    /// An error at the place of a key path in a file: `["SIP_TIMER_T1", "default"]`.
    pub fn error(&self, path: &str, keys: &[&str], message: impl Into<String>) -> SpecError {
        let text = self.files.get(path).map_or("", String::as_str);
        SpecError::at(path, text, locate(text, keys).unwrap_or_default(), message.into())
    }
}

/// A table of a file.
#[derive(Debug)]
pub struct Table<'a> {
    /// Its name.
    pub name: String,
    path: &'a str,
    text: &'a str,
    key: Range<usize>,
    value: Spanned<DeValue<'a>>,
}

impl Table<'_> {
    /// Reads it into its model.
    ///
    /// # Errors
    /// Where it does not fit the model.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, SpecError> {
        T::deserialize(ValueDeserializer::from(self.value)).map_err(|error| {
            let message = error.message().trim();
            // What is missing stands nowhere: the table's name is the place then.
            let span = error.span().filter(|_| !message.starts_with("missing field")).unwrap_or(self.key);
            SpecError::at(self.path, self.text, span, message.to_owned())
        })
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
    pub(crate) fn at(path: &str, text: &str, span: Range<usize>, message: String) -> Self {
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
        match self.line {
            0 => write!(f, "spec/{}: {}", self.path, self.message)?,
            line => write!(f, "spec/{}:{line}:{}: {}", self.path, self.column, self.message)?,
        }
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SpecError {}
