//! Measures of sound for tests, benches and demonstrations: levels, tones, ratios.

use std::f64::consts::{PI, SQRT_2};

/// Level of a sine of full scale in dBm0, by mu-law (G.711, table 5).
pub const FULL_SCALE_DBM0: f64 = 3.17;

/// A sine of this frequency (hertz) and amplitude (full scale is 32767).
pub fn sine(frequency: f64, amplitude: f64, rate: u32, samples: usize) -> Vec<i16> {
    let step = 2.0 * PI * frequency / f64::from(rate);
    (0..samples).map(|i| ((step * i as f64).sin() * amplitude).round() as i16).collect()
}

/// A vowel of sorts: a pitch with seven overtones that fall off.
pub fn vowel(pitch: f64, rate: u32, samples: usize) -> Vec<i16> {
    let mut sum = vec![0_i32; samples];
    for overtone in (1..=8).map(f64::from) {
        let tone = sine(pitch * overtone, 6000.0 / overtone, rate, samples);
        sum.iter_mut().zip(tone).for_each(|(sum, sample)| *sum += i32::from(sample));
    }
    sum.into_iter().map(|sample| sample.clamp(-32_768, 32_767) as i16).collect()
}

/// The largest sample of noise as there is in a room, at about -45 dBm0.
pub const ROOM: i32 = 163;

/// Noise up to this amplitude: the same each time.
pub fn noise(amplitude: i32, samples: usize) -> Vec<i16> {
    let mut random = 1_u32;
    let next = || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((random >> 16) as i32 % (2 * amplitude + 1) - amplitude) as i16
    };
    std::iter::repeat_with(next).take(samples).collect()
}

/// A voice of sorts: a vowel with breath in it, that swells and pauses as people do.
pub fn voice(pitch: f64, rate: u32, samples: usize) -> Vec<i16> {
    const LOUDNESS: [i32; 8] = [10, 6, 0, 8, 3, 9, 0, 5];
    let syllable = rate as usize * 3 / 20;
    let vowel = vowel(pitch, rate, samples).into_iter().zip(noise(2700, samples)).enumerate();
    vowel
        .map(|(at, (vowel, breath))| {
            let loud = LOUDNESS[at / syllable % LOUDNESS.len()];
            ((i32::from(vowel) + i32::from(breath)) * loud / 10).clamp(-32_768, 32_767) as i16
        })
        .collect()
}

/// The level in dBm0; silence is -100.
pub fn level(samples: &[i16]) -> f64 {
    decibels(power(samples.iter().map(|&sample| f64::from(sample))))
}

/// The level in dBm0 of one frequency in the samples.
pub fn tone_level(samples: &[i16], frequency: f64, rate: u32) -> f64 {
    decibels(tone_power(samples, frequency, rate))
}

/// How far a tone stands out of everything else in the samples, in dB.
pub fn tone_to_rest(samples: &[i16], frequency: f64, rate: u32) -> f64 {
    let tone = tone_power(samples, frequency, rate);
    let all = power(samples.iter().map(|&sample| f64::from(sample)));
    10.0 * (tone / (all - tone).max(1e-3)).log10()
}

/// The level of the difference of two signals in dBm0, over the length of the shorter.
pub fn difference(one: &[i16], other: &[i16]) -> f64 {
    decibels(power(one.iter().zip(other).map(|(&one, &other)| f64::from(one) - f64::from(other))))
}

/// The largest step from one sample to the next: a click is a step that the signal around it does not have.
pub fn steepest(samples: &[i16]) -> i32 {
    samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap_or(0)
}

/// The segmental signal-to-noise ratio in dB: the mean over segments of 20 ms in which somebody speaks, each held between
/// -10 and 35 dB.
pub fn segmental_snr(clean: &[i16], heard: &[i16], rate: u32) -> f64 {
    let segment = rate as usize / 50;
    let ratios: Vec<f64> = clean
        .chunks_exact(segment)
        .zip(heard.chunks_exact(segment))
        .filter(|(clean, _)| level(clean) > -45.0)
        .map(|(clean, heard)| (level(clean) - difference(clean, heard)).clamp(-10.0, 35.0))
        .collect();
    ratios.iter().sum::<f64>() / ratios.len().max(1) as f64
}

/// How different two signals sound in dB: the mean difference of their loudness in [`BANDS`] bands, over segments of 20 ms in
/// which somebody speaks. What is softer than -60 dBm0 counts as that.
pub fn spectral_distance(clean: &[i16], heard: &[i16], rate: u32) -> f64 {
    let segment = rate as usize / 50;
    let segments = clean.chunks_exact(segment).zip(heard.chunks_exact(segment));
    let distances: Vec<f64> = segments
        .filter(|(clean, _)| level(clean) > -45.0)
        .map(|(clean, heard)| {
            let pairs = bands(clean, rate).into_iter().zip(bands(heard, rate));
            pairs.map(|(clean, heard)| (clean.max(-60.0) - heard.max(-60.0)).abs()).sum::<f64>() / BANDS as f64
        })
        .collect();
    distances.iter().sum::<f64>() / distances.len().max(1) as f64
}

/// Bands of [`bands`].
pub const BANDS: usize = 16;

/// Loudness in dBm0 in bands that are evenly spaced by pitch as it is heard (mel), up to nine tenths of half the rate.
pub fn bands(samples: &[i16], rate: u32) -> [f64; BANDS] {
    let length = samples.len().max(1) as f64;
    let windowed: Vec<f64> = (0..)
        .zip(samples)
        .map(|(at, &sample)| f64::from(sample) * (0.5 - 0.5 * (2.0 * PI * f64::from(at) / length).cos()))
        .collect();
    let mel = |frequency: f64| 1127.0 * (1.0 + frequency / 700.0).ln();
    let (lowest, highest) = (mel(100.0), mel(f64::from(rate) * 0.45));
    let mut powers = [0.0; BANDS];
    for bin in 1..samples.len() / 2 {
        let frequency = bin as f64 * f64::from(rate) / length;
        let band = (mel(frequency) - lowest) / (highest - lowest) * BANDS as f64;
        if (0.0..BANDS as f64).contains(&band) {
            let turn = 2.0 * (2.0 * PI * bin as f64 / length).cos();
            let (mut last, mut before) = (0.0, 0.0);
            for sample in &windowed {
                (last, before) = (sample + turn * last - before, last);
            }
            powers[band as usize] += last * last + before * before - turn * last * before;
        }
    }
    // A Hann window leaves three eighths of the power; each half of the spectrum has half of it.
    powers.map(|power| decibels(power * 2.0 / (length * length * 0.375)))
}

/// How many samples `heard` comes after `clean`, up to `most`: where the two are most alike.
pub fn delay(clean: &[i16], heard: &[i16], most: usize) -> usize {
    let likeness = |delay: usize| -> f64 {
        let pairs = clean.iter().zip(heard.get(delay..).unwrap_or_default());
        pairs.map(|(&clean, &heard)| f64::from(clean) * f64::from(heard)).sum()
    };
    (0..=most).max_by(|&one, &other| likeness(one).total_cmp(&likeness(other))).unwrap_or(0)
}

fn power(samples: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0_u32);
    for sample in samples {
        sum += sample * sample;
        count += 1;
    }
    sum / f64::from(count.max(1))
}

/// Power of one frequency, by the algorithm of Goertzel over a Hann window.
fn tone_power(samples: &[i16], frequency: f64, rate: u32) -> f64 {
    let step = 2.0 * PI * frequency / f64::from(rate);
    let turn = 2.0 * PI / samples.len().max(1) as f64;
    let (mut re, mut im, mut weight) = (0.0, 0.0, 0.0);
    for (i, &sample) in samples.iter().enumerate() {
        let window = 0.5 - 0.5 * (turn * i as f64).cos();
        let angle = step * i as f64;
        re += f64::from(sample) * window * angle.cos();
        im += f64::from(sample) * window * angle.sin();
        weight += window;
    }
    let amplitude = 2.0 * re.hypot(im) / weight.max(1e-9);
    (amplitude / SQRT_2).powi(2)
}

fn decibels(power: f64) -> f64 {
    let full = f64::from(i16::MAX).powi(2) / 2.0;
    if power <= 0.0 { -100.0 } else { (10.0 * (power / full).log10() + FULL_SCALE_DBM0).max(-100.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_of_full_scale_has_its_level() {
        let tone = sine(1000.0, 32_767.0, 8000, 8000);
        assert!((level(&tone) - FULL_SCALE_DBM0).abs() < 0.01);
        assert!((tone_level(&tone, 1000.0, 8000) - FULL_SCALE_DBM0).abs() < 0.01);
        assert!(tone_level(&tone, 1500.0, 8000) < -60.0);
        assert!(tone_to_rest(&tone, 1000.0, 8000) > 60.0);
        assert_eq!(level(&[0; 100]), -100.0);
    }

    #[test]
    fn bands_hold_the_power_of_the_signal() {
        let tone = sine(1000.0, 32_767.0, 16_000, 320);
        let bands = bands(&tone, 16_000);
        let loudest = bands.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        assert!((loudest - FULL_SCALE_DBM0).abs() < 1.0, "{bands:?}");
        assert_eq!(bands.iter().filter(|level| **level > -30.0).count(), 1, "{bands:?}");
        assert_eq!(spectral_distance(&tone, &tone, 16_000), 0.0);
    }

    #[test]
    fn a_delay_is_found() {
        let clean: Vec<i16> = sine(317.0, 8000.0, 8000, 4000).iter().zip(1..).map(|(s, i)| s / (i / 500 + 1)).collect();
        let mut heard = vec![0; 123];
        heard.extend_from_slice(&clean);
        assert_eq!(delay(&clean, &heard, 400), 123);
        assert!(segmental_snr(&clean, &heard[123..], 8000) > 34.9);
    }
}
