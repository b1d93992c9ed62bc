//! Why a file was not fetched, in words that say what to do.

/// Why a file was not fetched. Nothing has changed then: the layer that it is for keeps what it had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The URL cannot be used.
    #[error("{url} is no usable URL: {reason}")]
    Url {
        /// The URL, its password blotted out.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
}
