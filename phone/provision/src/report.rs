//! What came of fetching: kept for the status page and the command line, without secrets.

use std::fmt;

use jiff::Timestamp;
use offhook_config::{Diagnostic, Severity};
use offhook_settings::Layer;
use serde::{Deserialize, Serialize};

/// Findings that are kept of one file; the count tells of the others.
const MOST_FINDINGS: usize = 50;

/// One round of fetching and applying.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// When it ended, if the unit knew the time.
    pub at: Option<Timestamp>,
    /// Why it was made: `start-up`, `interval`.
    pub cause: String,
    /// The files, in the order in which they were fetched.
    pub files: Vec<FileReport>,
    /// Rules between settings that do not hold afterwards.
    pub rules: Vec<String>,
}

/// One file of a round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileReport {
    /// The layer that it fills, in the words of [`Layer::as_str`].
    pub layer: String,
    /// Where it is; passwords are blotted out.
    pub url: String,
    /// What came of it.
    pub verdict: Verdict,
    /// What the reader had to say about it, the first of them.
    pub findings: Vec<Finding>,
    /// How many findings there are.
    pub found: usize,
}

/// What came of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// It is in force.
    Applied {
        /// How many settings it changed in effect.
        changes: usize,
    },
    /// The server says that it is the one that is in force.
    Unchanged,
    /// It came, and is refused as a whole; the layer keeps what it had.
    Refused(String),
    /// It did not come; the layer keeps what it had.
    NotFetched(String),
    /// It is good, but could not be stored; the layer keeps what it had.
    NotKept(String),
}

/// A finding in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// `error`, `warning` or `note`.
    pub severity: String,
    /// What kind it is, for machines.
    pub code: String,
    /// Line, from 1.
    pub line: u32,
    /// Characters into the line, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
}

/// An update of the firmware, or why there was none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirmwareReport {
    /// When, if the unit knew the time.
    pub at: Option<Timestamp>,
    /// Where the image is; passwords are blotted out.
    pub url: String,
    /// The version that was asked for.
    pub wanted: String,
    /// Why it was not installed; nothing where it was.
    pub fault: Option<String>,
}

impl fmt::Display for FirmwareReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fault {
            None => write!(f, "firmware {} from {} is installed", self.wanted, self.url),
            Some(fault) => write!(f, "firmware {} from {} is not installed: {fault}", self.wanted, self.url),
        }
    }
}

impl From<&Diagnostic> for Finding {
    fn from(diagnostic: &Diagnostic) -> Self {
        Self {
            severity: diagnostic.severity.as_str().to_owned(),
            code: diagnostic.code.to_owned(),
            line: diagnostic.line,
            column: diagnostic.column,
            message: diagnostic.message.clone(),
            remedy: diagnostic.remedy.clone(),
        }
    }
}

impl FileReport {
    pub(crate) fn new(layer: Layer, url: String, verdict: Verdict, diagnostics: &[Diagnostic]) -> Self {
        // The worst ones first; among equals the order of the file.
        let mut worst: Vec<&Diagnostic> = diagnostics.iter().collect();
        worst.sort_by_key(|diagnostic| std::cmp::Reverse(diagnostic.severity));
        Self {
            layer: layer.as_str().to_owned(),
            url,
            verdict,
            findings: worst.into_iter().take(MOST_FINDINGS).map(Finding::from).collect(),
            found: diagnostics.len(),
        }
    }

    /// Whether the file is in force and nothing was left out of it.
    pub fn is_in_order(&self) -> bool {
        matches!(self.verdict, Verdict::Applied { .. } | Verdict::Unchanged)
            && self.findings.iter().all(|finding| finding.severity != Severity::Error.as_str())
    }
}

impl Report {
    /// Whether every file came and is in force without errors.
    pub fn is_in_order(&self) -> bool {
        self.files.iter().all(FileReport::is_in_order)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Applied { changes: 0 } => f.write_str("in force, no setting changes"),
            Self::Applied { changes: 1 } => f.write_str("in force, 1 setting changes"),
            Self::Applied { changes } => write!(f, "in force, {changes} settings change"),
            Self::Unchanged => f.write_str("unchanged"),
            Self::Refused(reason) => write!(f, "refused as a whole: {reason}"),
            Self::NotFetched(reason) => write!(f, "not fetched: {reason}"),
            Self::NotKept(reason) => write!(f, "could not be stored: {reason}"),
        }
    }
}

/// One line for each file, as logs have them; findings are counted.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, file) in self.files.iter().enumerate() {
            let end = if n == 0 { "" } else { "\n" };
            write!(f, "{end}{}: {} file {}: {}", self.cause, file.layer, file.url, file.verdict)?;
            match file.found {
                0 => {}
                1 => f.write_str(" (1 finding)")?,
                found => write!(f, " ({found} findings)")?,
            }
        }
        Ok(())
    }
}
