//! Digits as tones in the voice (ITU-T Q.23 and Q.24).

mod detector;
mod dialer;
mod generator;
#[cfg(test)]
mod tests;

pub use detector::Detector;
pub use dialer::Dialer;
pub use generator::{COLUMN_LEVEL, Generator, ROW_LEVEL};
