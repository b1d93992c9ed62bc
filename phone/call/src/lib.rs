//! What a person means by a call: lines, calls, tones, numbers, logs and contacts, as one machine with time passed in.
//!
//! Nothing here opens a file, a socket or a thread, or reads a clock. [`journal`] says how [`log::Logs`] and
//! [`contacts::Contacts`] are written down; whoever owns the files keeps them.

pub mod button;
pub mod command;
pub mod contacts;
pub mod figures;
pub mod journal;
pub mod log;
pub mod number;
pub mod output;
mod phone;
pub mod policy;
pub mod ports;
pub mod state;
#[cfg(test)]
mod testing;

pub use phone::{EveryCall, LINES, MOST_CALLS, Phone, Setup, Unit};
