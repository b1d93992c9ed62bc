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

/// Name of the socket in the state folder.
const NAME: &str = "control.sock";

/// What the socket itself understands beside the phone's commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
enum Own {
    /// Sends events from now on.
    Subscribe,
}

/// What a client is answered, one line for each of its own, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    /// It was done, or this is what was asked for.
    Ok(Reply),
    /// It was not done, for this reason.
    Error(String),
}

fn place(state: &Path) -> PathBuf {
    state.join(NAME)
}
