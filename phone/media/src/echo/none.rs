//! What stands in for echo cancellation where it is not built.

use crate::audio::FRAME;

/// Takes the microphone as it is.
#[derive(Debug, Default)]
pub struct Canceller;

impl Canceller {
    /// One that does nothing.
    pub fn new() -> Self {
        Canceller
    }

    /// Does nothing.
    pub fn clean(&mut self, _: &[i16; FRAME], _: &mut [i16; FRAME]) {}

    /// What was given so far is not to be had any more: it never was.
    pub fn rest(&mut self) {}
}
