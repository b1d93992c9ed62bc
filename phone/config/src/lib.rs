//! Configuration files of the phone: read to settings with diagnostics, written, edited in place, encrypted, checked.
//!
//! Everything here is pure: bytes and settings go in, text, settings and diagnostics come out.

pub mod crypt;
mod diagnostic;
pub mod edit;
pub mod lint;
mod names;
mod plain;
mod reading;
mod siblings;
mod write;
mod xml;

pub use diagnostic::{Diagnostic, Severity};
pub use reading::{Entry, Format, Purpose, Reading, read, read_as};
pub use write::{WriteError, WriteOptions, write};

/// What every file has to say first (guide rule 7).
pub const HEADER: &str = "# Panasonic SIP Phone Standard Format File #";

/// The first line as it is written, with the words that keep people from changing it (guide rule 8).
pub const HEADER_LINE: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!";
