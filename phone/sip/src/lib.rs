//! Signalling without input and output: SIP messages, digest authentication, transactions, registration, dialogs, calls.
//!
//! Nothing here opens a socket, reads a clock or starts a thread. Bytes, messages and the present moment go in; messages,
//! events and the next time-out come out. A moment is the time since any fixed one ([`std::time::Duration`]) and never
//! runs backwards.
//!
//! # Messages of our own
//!
//! The types of [`message`] are ours and not those of the `rsip` crate. Its parser refuses valid messages (folded lines,
//! compact names, IPv6 references, several values in a line), and behind a front end that repairs this, its types still
//! cannot say what the phone has to: a method that it does not know (RFC 4475 has four, and each wants an answer), a URI of
//! another scheme, the text of a field as it has to be repeated in the answer. It keeps each field in a string of its own;
//! here a message is one text and a table, which reads and writes several times faster, and no bytes make it panic.

pub mod call;
pub mod dialog;
pub mod digest;
pub mod event;
pub mod exchange;
pub mod line;
pub mod message;
pub mod registration;
pub mod screen;
pub mod server;
pub mod subscription;
mod token;
pub mod transaction;

pub use token::Tokens;
