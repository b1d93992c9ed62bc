//! Voice codecs: what they are called, and how their samples are counted, packed and unpacked.

mod decoder;
mod encoder;
pub mod g711;
pub mod g722;
pub mod g729;
mod kind;
mod opus;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

pub use decoder::Decoder;
pub use encoder::{Encoder, Tuning};
pub use kind::Codec;
pub(crate) use kind::{TICKS_PER_SECOND, in_tick};
