//! The tones that a person hears from the unit itself: what they are, from the settings, and how they sound.

mod cadence;
mod oscillator;
mod player;
mod signal;
#[cfg(test)]
mod tests;

use std::f32::consts::SQRT_2;

use offhook_params::types::{Decibels, Hertz};

pub use cadence::Cadence;
pub use oscillator::Oscillator;
pub use player::Player;
pub use signal::{Signal, Tones};

/// Level of each frequency of a tone at a gain of 0 dB, in dBm0: loud enough to be heard, softer than a voice.
pub const LEVEL: f32 = -13.0;

/// Level of a sine of full scale in dBm0, by mu-law (G.711, table 5).
const FULL_SCALE: f32 = 3.17;

/// A tone: what it sounds like, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tone {
    /// Frequencies in hertz; 0 is none.
    frequencies: [f32; 2],
    /// Amplitude of each, of a full scale of 32767.
    amplitude: f32,
    cadence: Cadence,
}

impl Tone {
    /// A tone as the settings describe it: one or two frequencies, of which 0 is silent (guide rule 199), and a gain.
    pub fn new(frequencies: &[Hertz], gain: Decibels, cadence: Cadence) -> Self {
        let mut tone = Tone::steady([0.0; 2], LEVEL + f32::from(gain.0));
        for (to, from) in tone.frequencies.iter_mut().zip(frequencies) {
            *to = f32::from(from.0);
        }
        Tone { cadence, ..tone }
    }

    /// One or two frequencies (hertz, 0 is none) that sound on, each at a level in dBm0.
    pub fn steady(frequencies: [f32; 2], level: f32) -> Self {
        Tone { frequencies, amplitude: amplitude(level), cadence: Cadence::STEADY }
    }
}

/// The amplitude of a sine at a level in dBm0.
pub fn amplitude(level: f32) -> f32 {
    f32::from(i16::MAX) * 10_f32.powf((level - FULL_SCALE) / 20.0)
}

/// The root of the mean square of a sine at a level in dBm0.
pub fn effective(level: f32) -> f32 {
    amplitude(level) / SQRT_2
}
