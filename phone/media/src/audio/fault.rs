//! What can be wrong with sound devices and files.

use std::path::PathBuf;

/// Why there is no such device, or no such sound.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The text names no device.
    #[error("{0:?} is none of cpal, wav:IN,OUT, loopback, null")]
    Choice(String),
    /// This executable was built without sound cards.
    #[error("built without sound cards; build with the feature cpal, or choose wav:IN,OUT, loopback or null")]
    NotBuilt,
    /// A file cannot be read or written.
    #[error("{}: {reason}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// A file holds no sound.
    #[error("{}: no samples in it", .0.display())]
    Empty(PathBuf),
    /// A thread cannot be started.
    #[error("no thread for sound: {0}")]
    Thread(std::io::Error),
}
