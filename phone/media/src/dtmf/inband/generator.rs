//! From digits to tones.

use std::time::Duration;

use crate::dtmf::Digit;
use crate::tone::{Oscillator, amplitude};

/// Levels of both tones in dBm0. The higher one is 2 dB louder (twist), because lines take more from it.
pub const ROW_LEVEL: f32 = -9.0;
/// Level of the higher tone in dBm0.
pub const COLUMN_LEVEL: f32 = -7.0;

/// How long a tone swells and dies away, in ms.
const EDGE_MS: u32 = 2;

/// The tone of one digit.
#[derive(Debug, Clone, Copy)]
pub struct Generator {
    row: Oscillator,
    column: Oscillator,
    rate: u32,
    /// Samples that are done, of how many.
    done: u32,
    length: u32,
    gain: f32,
}

impl Generator {
    /// A digit of this length, at samples a second; `gain` in dB is added to [`ROW_LEVEL`] and [`COLUMN_LEVEL`].
    pub fn new(digit: Digit, length: Duration, rate: u32, gain: f32) -> Self {
        let [row, column] = digit.tones().map(|tone| Oscillator::new(f32::from(tone), rate));
        let length = (length.as_millis() as u64 * u64::from(rate) / 1000).min(u64::from(u32::MAX)) as u32;
        Generator { row, column, rate, done: 0, length, gain }
    }

    /// Adds the next samples of the tone to others; after its end nothing is added.
    pub fn add(&mut self, mix: &mut [i32]) {
        let row = amplitude(ROW_LEVEL + self.gain);
        let column = amplitude(COLUMN_LEVEL + self.gain);
        let edge = self.rate * EDGE_MS / 1000;
        for sample in mix.iter_mut().take(self.left() as usize) {
            let from_edge = self.done.min(self.length - self.done);
            let loudness = if from_edge < edge { from_edge as f32 / edge as f32 } else { 1.0 };
            let wave = self.row.sample() * row + self.column.sample() * column;
            *sample += (wave * loudness) as i32;
            self.done += 1;
        }
    }

    /// Samples until the end.
    pub fn left(&self) -> u32 {
        self.length - self.done
    }

    /// Ends the tone here, but not before it has lasted `least`.
    pub fn end(&mut self, least: Duration) {
        let edge = self.rate * EDGE_MS / 1000;
        let least = (least.as_millis() as u64 * u64::from(self.rate) / 1000) as u32;
        self.length = self.length.min((self.done + edge).max(least));
    }
}
