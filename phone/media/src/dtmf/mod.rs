//! Digits in a call: which there are, and how they sound.

mod digit;
pub mod inband;

pub use digit::Digit;
