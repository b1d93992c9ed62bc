//! Between 8 and 16 kHz, by a half-band filter: every other weight is zero, so half of the work falls away.

use std::sync::LazyLock;

/// Weights on each side of the middle that are not zero. Up to 3.5 kHz nothing is lost; beyond 4.6 kHz, 60 dB are.
const SIDE: usize = 14;

/// Samples that a filter looks at, at the lower rate.
const SPAN: usize = 2 * SIDE;

/// Most samples of a portion at the lower rate: 20 ms.
const PORTION: usize = 160;

/// The weights between the zeros, one half of the mirror, the innermost last; their sum is a quarter.
static WEIGHTS: LazyLock<[f32; SIDE]> = LazyLock::new(|| {
    let mut weights = [0.0_f64; SIDE];
    for (place, weight) in weights.iter_mut().rev().enumerate() {
        let distance = (2 * place + 1) as f64;
        let angle = std::f64::consts::FRAC_PI_2 * distance;
        *weight = angle.sin() / angle / 2.0 * kaiser(distance / (2 * SIDE) as f64);
    }
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| (weight * 0.25 / sum) as f32)
});

/// The window of Kaiser for 60 dB, from its middle (0) to its edge (1).
fn kaiser(at: f64) -> f64 {
    const SHAPE: f64 = 5.65;
    bessel(SHAPE * (1.0 - at * at).max(0.0).sqrt()) / bessel(SHAPE)
}

/// The modified Bessel function of order 0.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..32 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
    }
    sum
}

/// The sum of the weighted samples; both have their middle in the middle.
fn weigh(samples: &[f32], weights: &[f32; SIDE]) -> f32 {
    let (before, after) = samples.split_at(SIDE);
    let mirrored = after.iter().rev();
    before.iter().zip(mirrored).zip(weights).map(|((before, after), weight)| (before + after) * weight).sum()
}

/// From 8 to 16 kHz. It delays by 14 samples of the lower rate (1.75 ms).
#[derive(Debug, Clone)]
pub struct Doubler {
    samples: [f32; SPAN + PORTION],
}

/// From 16 to 8 kHz. It delays by 14 samples of the lower rate (1.75 ms).
#[derive(Debug, Clone)]
pub struct Halver {
    even: [f32; SPAN + PORTION],
    odd: [f32; SPAN + PORTION],
}

impl Default for Doubler {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for Halver {
    fn default() -> Self {
        Self::new()
    }
}

impl Doubler {
    /// One that has heard silence.
    pub fn new() -> Self {
        LazyLock::force(&WEIGHTS);
        Doubler { samples: [0.0; SPAN + PORTION] }
    }

    /// Two samples for each, up to the shorter of the two.
    pub fn convert(&mut self, samples: &[i32], out: &mut [i32]) {
        for (samples, out) in samples.chunks(PORTION).zip(out.chunks_mut(2 * PORTION)) {
            for (to, from) in self.samples[SPAN..].iter_mut().zip(samples) {
                *to = *from as f32;
            }
            for (at, pair) in out.chunks_exact_mut(2).enumerate().take(samples.len()) {
                let window = &self.samples[at + 1..at + 1 + SPAN];
                pair[0] = window[SIDE - 1] as i32;
                pair[1] = (2.0 * weigh(window, &WEIGHTS)).round() as i32;
            }
            self.samples.copy_within(samples.len()..samples.len() + SPAN, 0);
        }
    }
}

impl Halver {
    /// One that has heard silence.
    pub fn new() -> Self {
        LazyLock::force(&WEIGHTS);
        Halver { even: [0.0; SPAN + PORTION], odd: [0.0; SPAN + PORTION] }
    }

    /// A sample for each two, up to the shorter of the two.
    pub fn convert(&mut self, samples: &[i32], out: &mut [i32]) {
        for (samples, out) in samples.chunks(2 * PORTION).zip(out.chunks_mut(PORTION)) {
            let pairs = samples.chunks_exact(2);
            let count = pairs.len();
            for ((even, odd), pair) in self.even[SPAN..].iter_mut().zip(&mut self.odd[SPAN..]).zip(pairs) {
                (*even, *odd) = (pair[0] as f32, pair[1] as f32);
            }
            for (at, out) in out.iter_mut().enumerate().take(count) {
                let middle = self.even[at + 1 + SIDE];
                *out = (middle / 2.0 + weigh(&self.odd[at + 1..at + 1 + SPAN], &WEIGHTS)).round() as i32;
            }
            self.even.copy_within(count..count + SPAN, 0);
            self.odd.copy_within(count..count + SPAN, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;

    fn through<const UP: bool>(frequency: f64) -> Vec<i16> {
        let rate = if UP { 8000 } else { 16_000 };
        let sent: Vec<i32> =
            measure::sine(frequency, 10_000.0, rate, rate as usize).into_iter().map(i32::from).collect();
        let mut out = vec![0; if UP { 16_000 } else { 8000 }];
        let portion = rate as usize / 100;
        let out_portion = if UP { 160 } else { 80 };
        let (mut doubler, mut halver) = (Doubler::new(), Halver::new());
        for (sent, out) in sent.chunks(portion).zip(out.chunks_mut(out_portion)) {
            if UP { doubler.convert(sent, out) } else { halver.convert(sent, out) }
        }
        out.into_iter().map(|sample| sample as i16).collect()
    }

    #[test]
    fn voice_passes_as_it_is() {
        let level = measure::level(&measure::sine(1000.0, 10_000.0, 8000, 8000));
        for frequency in [100.0, 300.0, 1000.0, 2500.0, 3300.0] {
            for (heard, rate) in [(through::<true>(frequency), 16_000), (through::<false>(frequency), 8000)] {
                let heard = &heard[1600..];
                let tone = measure::tone_level(heard, frequency, rate);
                assert!((tone - level).abs() < 0.1, "{frequency} Hz: {tone:.2} of {level:.2} dBm0");
                assert!(measure::tone_to_rest(heard, frequency, rate) > 50.0, "{frequency} Hz to {rate}");
            }
        }
    }

    #[test]
    fn what_the_lower_rate_cannot_carry_is_taken_away() {
        for frequency in [4700.0, 5500.0, 7000.0] {
            assert!(measure::level(&through::<false>(frequency)[400..]) < -55.0, "{frequency} Hz");
        }
    }

    #[test]
    fn up_and_down_again_delays_and_does_no_more() {
        let sent: Vec<i32> = measure::vowel(130.0, 8000, 8000).into_iter().map(i32::from).collect();
        let (mut wide, mut back) = (vec![0; 16_000], vec![0; 8000]);
        Doubler::new().convert(&sent, &mut wide);
        Halver::new().convert(&wide, &mut back);
        let [sent, back] = [sent, back].map(|s| s.into_iter().map(|sample| sample as i16).collect::<Vec<_>>());
        let delay = measure::delay(&sent, &back, 80);
        assert!(delay <= 29, "{delay} samples");
        let error = measure::difference(&sent[..7900], &back[delay..]) - measure::level(&sent);
        assert!(error < -40.0, "{error:.1} dB");
    }
}
