//! The control socket: programs of the same user drive the running phone by lines of JSON. docs/src/control.md describes it.
//!
//! | module | is |
//! |---|---|
//! | [`server`] | the socket in the state folder, and the clients that are connected |
//! | [`Client`] | what the commands of `offhook` ask the phone with |

mod client;
pub(crate) mod server;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use offhook_call::command::Reply;
use serde::{Deserialize, Serialize};

pub(crate) use self::client::{Client, Unanswered};
use crate::unit::{Deed, Handle, Status};

/// Name of the socket in the state folder.
const NAME: &str = "control.sock";

/// What the socket itself understands beside the phone's commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
enum Own {
    /// Sends events from now on.
    Subscribe,
    /// Answers with how the unit is.
    UnitStatus,
}

/// The unit behind the socket, as far as its life goes.
pub(crate) trait Unit: Send + Sync + 'static {
    /// How it is.
    fn status(&self) -> Status;

    /// Does something to it as a whole; what was done, or why nothing was, in words.
    fn perform(&self, deed: &Deed) -> Result<String, String>;

    /// Restarts it.
    fn restart(&self);
}

impl Unit for Handle {
    fn status(&self) -> Status {
        Self::status(self)
    }

    fn perform(&self, deed: &Deed) -> Result<String, String> {
        Self::perform(self, deed).map_err(|error| format!("{error:#}"))
    }

    fn restart(&self) {
        Self::restart(self);
    }
}

/// What a client is answered, one line for each of its own, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    /// It was done, or this is what was asked for.
    Ok(Reply),
    /// How the unit is.
    Unit(Box<Status>),
    /// What was done to the unit.
    Told(String),
    /// It was not done, for this reason.
    Error(String),
}

fn place(state: &Path) -> PathBuf {
    state.join(NAME)
}
