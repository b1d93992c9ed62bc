//! Log messages: by RFC 5424 in one datagram each (RFC 5426), and their way to the server of the settings.

mod deliver;
mod message;

pub use deliver::{Deliver, Post, Server, channel};
pub use message::{Message, Severity};
