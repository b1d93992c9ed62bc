//! What is told of sound cards.

use std::fmt;
use std::sync::Arc;

/// Something happened to a sound card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its name, unless it is the one that the system prefers.
    pub card: Option<String>,
    /// What.
    pub news: News,
}

/// What happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// It cannot be opened: it is not there, or others have it.
    Missing {
        /// The names of those that there are.
        others: Vec<String>,
    },
    /// It is used from now on.
    Found,
    /// It has no microphone that can be opened.
    Mute,
    /// Its microphone is used from now on.
    Speaks,
}

/// Takes notices, on any thread but that of sound.
pub type Tell = Arc<dyn Fn(&Notice) + Send + Sync>;

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.card {
            Some(name) => write!(f, "sound card {name}: ")?,
            None => f.write_str("the system's own sound card: ")?,
        }
        match &self.news {
            News::Missing { others } if others.is_empty() => f.write_str("not there; it is used once it is"),
            News::Missing { others } => {
                write!(f, "not there, or in use; it is used once it can be; there are: {}", others.join(", "))
            }
            News::Found => f.write_str("in use now"),
            News::Mute => f.write_str("no microphone there, or in use; it is used once it can be"),
            News::Speaks => f.write_str("its microphone is in use now"),
        }
    }
}
