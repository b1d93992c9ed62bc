//! Sums that are too loud are turned down for as long as they are, instead of being cut off.

/// The largest sample that comes out.
const CEILING: f32 = 32_000.0;

/// Samples that have one gain; between neighbours it changes evenly.
const BLOCK: usize = 16;

/// How much of the way back to full loudness is gone in a block: about 200 ms to most of it.
const RELEASE: f32 = 0.01;

/// A limiter of one sum.
#[derive(Debug, Clone)]
pub struct Limiter {
    gain: f32,
}

impl Default for Limiter {
    fn default() -> Self {
        Self::new()
    }
}

impl Limiter {
    /// One that is at rest.
    pub const fn new() -> Self {
        Limiter { gain: 1.0 }
    }

    /// Turns a sum into samples, up to the shorter of the two.
    pub fn limit(&mut self, mix: &[i32], out: &mut [i16]) {
        let mix = &mix[..mix.len().min(out.len())];
        let blocks = mix.chunks(BLOCK).zip(out.chunks_mut(BLOCK));
        for (number, (block, out)) in blocks.enumerate() {
            // A block is turned down already if the next one will need it.
            let ahead = &mix[number * BLOCK..mix.len().min((number + 2) * BLOCK)];
            let peak = ahead.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0) as f32;
            let allowed = if peak > CEILING { CEILING / peak } else { 1.0 };
            let target = (self.gain + (1.0 - self.gain) * RELEASE).min(allowed);
            if self.gain > 0.9999 && target >= 1.0 {
                self.gain = 1.0;
                out.iter_mut().zip(block).for_each(|(out, sample)| *out = *sample as i16);
                continue;
            }
            let step = (target - self.gain) / BLOCK as f32;
            for (at, (out, sample)) in out.iter_mut().zip(block).enumerate() {
                let gain = self.gain + step * (at + 1) as f32;
                *out = (*sample as f32 * gain).clamp(-32_768.0, 32_767.0) as i16;
            }
            self.gain = target;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    #[test]
    fn what_fits_is_not_changed() {
        let voice: Vec<i32> = measure::vowel(120.0, 16_000, 1600).into_iter().map(i32::from).collect();
        let mut out = vec![0; 1600];
        Limiter::new().limit(&voice, &mut out);
        assert!(voice.iter().zip(&out).all(|(voice, out)| *voice == i32::from(*out)));
    }

    #[test]
    fn three_loud_voices_are_turned_down_and_not_cut_off() {
        let mut mix = vec![0; 32_000];
        for frequency in [310.0, 470.0, 590.0] {
            let voice = measure::sine(frequency, 30_000.0, 16_000, 32_000);
            mix.iter_mut().zip(voice).for_each(|(mix, sample)| *mix += i32::from(sample));
        }
        let mut out = vec![0; 32_000];
        let mut limiter = Limiter::new();
        mix.chunks(160).zip(out.chunks_mut(160)).for_each(|(mix, out)| limiter.limit(mix, out));
        let out = &out[1600..];
        assert!(out.iter().filter(|sample| sample.unsigned_abs() > 32_100).count() < out.len() / 500);
        // Cutting off would leave overtones and differences; 780 is 2 x 310 + 2 x 80, and no voice.
        let voices: f64 = [310.0, 470.0, 590.0].map(|f| measure::tone_level(out, f, 16_000)).iter().sum::<f64>() / 3.0;
        for between in [150.0, 630.0, 750.0, 1060.0, 1370.0] {
            let noise = measure::tone_level(out, between, 16_000);
            assert!(noise < voices - 22.0, "{between} Hz: {noise:.1} against {voices:.1} dBm0");
        }
    }
}
