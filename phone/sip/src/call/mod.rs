//! The calls of one line: everything between dialling or ringing and hanging up (RFC 3261, sections 13 to 15).
//!
//! [`Calls`] says which requests and responses to send, and when; sending them, and finding the server, is the caller's
//! business. When offers and answers travel is decided here (RFC 3264, RFC 3262, RFC 3311); what they say is decided by the
//! caller, who gives and gets them as [`Body`].

mod change;
mod commands;
mod core;
mod incoming;
mod info;
mod machine;
mod offers;
mod outgoing;
mod party;
mod profile;
mod refer;
mod session;
mod state;
mod types;

pub use machine::{CallLoad, Calls};
pub use profile::Profile;
pub use types::{
    Body, CallFault, CallId, Dial, Diverted, End, Event, Failure, Forward, Hop, Invitation, Key, Output, Party,
    Rejection, Transfer,
};
