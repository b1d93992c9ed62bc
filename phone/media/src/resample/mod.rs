//! From one sample rate to another: between 8 and 16 kHz in the audio thread, and from any rate for files.

mod any;
mod half_band;

pub use any::recording;
pub use half_band::{Doubler, Halver};
