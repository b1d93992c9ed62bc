//! Sums of voices: faded in and out, and never clipped.

mod fader;
mod limiter;

pub use fader::Fader;
pub use limiter::Limiter;

/// Adds samples to others.
pub fn add(mix: &mut [i32], samples: &[i32]) {
    for (mix, sample) in mix.iter_mut().zip(samples) {
        *mix += sample;
    }
}

/// Takes samples away from a sum that they are part of.
pub fn subtract(mix: &mut [i32], samples: &[i32]) {
    for (mix, sample) in mix.iter_mut().zip(samples) {
        *mix -= sample;
    }
}

/// The gain as a factor.
pub fn factor(decibels: f32) -> f32 {
    10_f32.powf(decibels / 20.0)
}
