//! A sine, sample by sample.

use std::f64::consts::TAU;

/// A sine of amplitude 1, made by turning a pointer: no table, no function of an angle for each sample.
#[derive(Debug, Clone, Copy)]
pub struct Oscillator {
    pointer: (f64, f64),
    turn: (f64, f64),
}

impl Oscillator {
    /// A sine of this frequency in hertz, at samples a second; it begins with 0.
    pub fn new(frequency: f32, rate: u32) -> Self {
        let (sin, cos) = (TAU * f64::from(frequency) / f64::from(rate)).sin_cos();
        Oscillator { pointer: (1.0, 0.0), turn: (cos, sin) }
    }

    /// The next sample.
    pub fn sample(&mut self) -> f32 {
        let (x, y) = self.pointer;
        let (cos, sin) = self.turn;
        // Turning lengthens or shortens the pointer a little; one step of Newton's method sets that right.
        let right = (3.0 - (x * x + y * y)) / 2.0;
        self.pointer = ((x * cos - y * sin) * right, (x * sin + y * cos) * right);
        y as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_later_it_is_the_same_sine() {
        let mut oscillator = Oscillator::new(440.0, 16_000);
        let samples: Vec<f32> = (0..16_000 * 60).map(|_| oscillator.sample()).collect();
        let last = &samples[samples.len() - 16_000..];
        let largest = last.iter().copied().fold(0.0, f32::max);
        assert!((largest - 1.0).abs() < 1e-3, "{largest}");
        // 440 Hz come back to their beginning each second.
        assert!(last[0].abs() < 1e-3, "{}", last[0]);
    }
}
