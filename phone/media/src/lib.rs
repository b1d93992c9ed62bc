//! Sound without sockets: what a call agrees on, what it sends and hears, and what a person hears meanwhile.

pub mod codec;
pub mod engine;

pub use codec::Codec;
