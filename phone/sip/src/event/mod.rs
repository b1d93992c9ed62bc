//! Bodies of notifications: what they say, whoever wrote them.
//!
//! | module | package | body |
//! |---|---|---|
//! | [`summary`] | `message-summary` | waiting messages (RFC 3842) |
//! | [`dialogs`] | `dialog` | the calls of somebody else: busy lamps (RFC 4235) |
//! | [`list`] | any, with `eventlist` | several of them at once (RFC 4662) |
//! | [`feature`] | `as-feature-event` | do-not-disturb and forwards on the server, as BroadWorks has them |
//! | [`appearance`] | `call-info`, `line-seize` | the calls of a shared line, as BroadWorks has them |
//! | [`resync`] | `check-sync` | a wish to fetch files and restart |
//!
//! Each reader takes any bytes and ends with a value or a [`Fault`]. XML has no document type and no entities of its own
//! here, and bounds on size, depth and number of elements.

pub mod appearance;
pub mod dialogs;
pub mod feature;
pub mod lamps;
pub mod list;
pub(crate) mod multipart;
pub mod resync;
pub mod summary;
mod xml;

use crate::message::{Known, Request};

/// Longest body that is read, in bytes.
pub const MAX_BODY: usize = crate::message::MAX_BODY;

/// Why a body cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Longer than [`MAX_BODY`], or with more or deeper elements or parts than anybody needs.
    #[error("Body too large")]
    TooLarge,
    /// No XML, or some with a document type, entities of its own, or an end that is missing.
    #[error("Malformed XML")]
    Xml,
    /// Not cut into parts as its type says.
    #[error("Malformed multipart body")]
    Multipart,
    /// Another type than the package has.
    #[error("Unknown type of body")]
    Type,
    /// Well formed, but what has to be there is not.
    #[error("Body without {0}")]
    Missing(&'static str),
    /// A value that means nothing.
    #[error("Body with a wrong {0}")]
    Wrong(&'static str),
}

impl Fault {
    /// The status code for a notification with this fault.
    pub fn status(self) -> u16 {
        match self {
            Fault::TooLarge => 413,
            Fault::Type => 415,
            _ => 400,
        }
    }
}

/// What a notification tells.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Content {
    /// Nothing: the state is not known yet, or has not changed.
    Nothing,
    /// Waiting messages.
    Summary(summary::Summary),
    /// The calls of one person.
    Dialogs(dialogs::Document),
    /// What several people tell.
    List(list::List),
    /// States of do-not-disturb and forwards on the server.
    Features(Vec<feature::Feature>),
    /// Calls of a shared line.
    Appearances(Vec<appearance::Appearance>),
    /// Of a package without a body, or one that is not known here.
    Other,
}

impl Content {
    /// Reads what a NOTIFY of a package says.
    ///
    /// # Errors
    /// Its body or header field cannot be used.
    pub fn read(package: &str, notify: &Request) -> Result<Self, Fault> {
        if package == "call-info" {
            return appearance::read(&notify.headers).map(Content::Appearances);
        }
        let known = matches!(package, "message-summary" | "dialog" | "as-feature-event");
        if notify.body.is_empty() || !known {
            return Ok(if known { Content::Nothing } else { Content::Other });
        }
        let media = notify.headers.content_type().map_err(|_| Fault::Type)?;
        let media = media.ok_or(Fault::Missing(Known::ContentType.as_str()))?;
        match package {
            "message-summary" if media.covers("application", "simple-message-summary") => {
                summary::read(&notify.body).map(Content::Summary)
            }
            "dialog" if media.covers("application", "dialog-info+xml") => {
                dialogs::read(&notify.body).map(Content::Dialogs)
            }
            "dialog" if media.covers("multipart", "related") => list::read(&media, &notify.body).map(Content::List),
            "as-feature-event" => feature::read(&media, &notify.body).map(Content::Features),
            _ => Err(Fault::Type),
        }
    }
}
