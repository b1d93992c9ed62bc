//! Why a file was not fetched, in words that say what to do.

use std::io;
use std::time::Duration;

/// Why a file was not fetched. Nothing has changed then: the layer that it is for keeps what it had.
///
/// Every one of these is an access error (guide rule 68): another try may have more luck. Passwords are in none of them.
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
    /// The settings of the fetcher cannot be used.
    #[error("{setting} cannot be used: {reason}")]
    Setting {
        /// The setting's name.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// No answer in time.
    #[error("{server} did not {what} within {}; see whether it is up and not overloaded", seconds(.after))]
    TimedOut {
        /// Host and port.
        server: String,
        /// What it was waited for.
        what: &'static str,
        /// How long.
        after: Duration,
    },
    /// No connection.
    #[error("no connection to {server}: {reason}; check host and port of the URL, and that the server runs")]
    Connect {
        /// Host and port.
        server: String,
        /// What the system said.
        reason: String,
    },
    /// The server's certificate, or the encrypted connection, is not good enough.
    #[error("the encrypted connection to {server} is refused: {reason}")]
    Tls {
        /// Host and port.
        server: String,
        /// What is wrong, and what to do.
        reason: String,
    },
    /// The server knows no such file.
    #[error("{server} has no such file ({answer}); check the path of the URL")]
    NotFound {
        /// Host and port.
        server: String,
        /// What it said.
        answer: String,
    },
    /// The server wants other credentials, or any.
    #[error("{server} does not let the unit in: {reason}")]
    Denied {
        /// Host and port.
        server: String,
        /// Why, and what to do.
        reason: String,
    },
    /// The server answered with another error.
    #[error("{server} answers with an error: {answer}")]
    Refused {
        /// Host and port.
        server: String,
        /// What it said.
        answer: String,
    },
    /// The server sends the unit elsewhere, in a way that is not followed.
    #[error("the redirect from {server} is not followed: {reason}")]
    Redirect {
        /// Host and port.
        server: String,
        /// Why, and what to do.
        reason: String,
    },
    /// The server does not keep to its protocol.
    #[error("{server} does not speak {protocol} as it should: {reason}")]
    Protocol {
        /// Host and port.
        server: String,
        /// The protocol.
        protocol: &'static str,
        /// What it does.
        reason: String,
    },
    /// Not the whole file came.
    #[error("the file from {server} is cut off: {reason}; it is not used")]
    CutOff {
        /// Host and port.
        server: String,
        /// What came of it.
        reason: String,
    },
    /// The file is larger than it may be.
    #[error("the file is larger than {limit} bytes; it is not used")]
    TooLarge {
        /// Most bytes.
        limit: u64,
    },
    /// A web page came in place of the file.
    #[error("{server} sends a web page in place of the file, as servers do for missing files and portals for logins")]
    WebPage {
        /// Host and port.
        server: String,
    },
    /// What was fetched cannot be kept.
    #[error("the file cannot be kept: {0}")]
    Keep(#[source] io::Error),
}

/// Seconds for a message: `10 s`, `0.5 s`.
fn seconds(time: &Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
