//! Voice codecs: what they are called, and how their samples are counted.

mod kind;

pub use kind::Codec;
