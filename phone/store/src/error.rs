//! What can go wrong with a state folder.

use std::io;
use std::path::{Path, PathBuf};

use offhook_config::Diagnostic;
use offhook_settings::Layer;

use crate::edit::Refusal;

/// Why the folder could not be opened or changed. What it held, it still holds.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process, or another store of this one, owns the folder.
    #[error("{} is in use by another process", .0.display())]
    Locked(PathBuf),
    /// The system refused.
    #[error("{}: {error}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said; told above, so it is not a source that is told again.
        error: io::Error,
    },
    /// The file as a whole is refused, for the reasons given; the layer keeps what it had.
    #[error("the file is refused as a whole{}", first(.0))]
    Void(Vec<Diagnostic>),
    /// A file cannot fill this layer.
    #[error("the {0} layer is not filled from a file")]
    NotFromFile(Layer),
}

impl StoreError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self::Io { path, error }
    }

    /// Whether the reason is that the disk, or the share of it that we may use, is full.
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Io { error, .. }
            if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }
}

fn first(diagnostics: &[Diagnostic]) -> String {
    diagnostics.first().map_or_else(String::new, |d| format!(": line {}: {}", d.line, d.message))
}

/// Why an edit was not made; nothing of it was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EditError {
    /// Values or rules speak against it: everything that does.
    #[error("{}", list(.0))]
    Refused(Vec<Refusal>),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn list(refusals: &[Refusal]) -> String {
    refusals.iter().map(Refusal::to_string).collect::<Vec<_>>().join("; ")
}
