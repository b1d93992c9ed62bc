//! Between any two rates: what files have and what sound cards want.

use rubato::audioadapter_buffers::owned::InterleavedOwned;
use rubato::{Async, FixedAsync, Resampler, SincInterpolationParameters, WindowFunction};

/// Samples that are converted at a time.
const CHUNK: usize = 1024;

/// Converts a whole recording of one voice from one rate to another, both in samples a second, without a delay.
///
/// Nothing comes out if one of the rates is zero.
pub fn recording(samples: Vec<f32>, from: u32, to: u32) -> Vec<f32> {
    if from == to {
        return samples;
    }
    convert(samples, f64::from(to) / f64::from(from)).unwrap_or_default()
}

fn convert(samples: Vec<f32>, ratio: f64) -> Option<Vec<f32>> {
    let parameters = SincInterpolationParameters::new(128, WindowFunction::BlackmanHarris2);
    let mut resampler = Async::<f32>::new_sinc(ratio, 1.0, &parameters, CHUNK, 1, FixedAsync::Input).ok()?;
    let length = samples.len();
    let samples = InterleavedOwned::new_from(samples, 1, length).ok()?;
    Some(resampler.process_all(&samples, length, None).ok()?.take_data())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    #[test]
    fn recordings_keep_their_tone_and_length() {
        for (from, to) in [(44_100, 16_000), (8000, 16_000), (48_000, 16_000), (16_000, 44_100)] {
            let sent = measure::sine(1000.0, 10_000.0, from, from as usize);
            let out = recording(sent.into_iter().map(f32::from).collect(), from, to);
            assert!(out.len().abs_diff(to as usize) < 3, "{} samples", out.len());
            let out: Vec<i16> = out.into_iter().map(|sample| sample as i16).collect();
            let ratio = measure::tone_to_rest(&out[1000..], 1000.0, to);
            assert!(ratio > 40.0, "{from} to {to}: {ratio:.1} dB");
        }
    }

    #[test]
    fn senseless_rates_give_nothing() {
        assert!(recording(vec![1.0; 100], 0, 8000).is_empty());
        assert!(recording(vec![1.0; 100], 8000, 0).is_empty());
        assert!(recording(Vec::new(), 44_100, 8000).is_empty());
    }
}
