//! Which frequencies a sound holds over time: time to the right, frequency upwards, loudness as light.

use std::f64::consts::PI;

use super::Sound;
use super::png;

/// Samples that one column looks at; half as many rows show them.
const WINDOW: usize = 512;

/// What is darkest, in decibels below full scale; full scale is lightest.
const DARKEST: f64 = 90.0;

/// The spectrogram as a PNG picture of this width.
pub(super) fn png(sound: &Sound, width: usize) -> Vec<u8> {
    let height = WINDOW / 2;
    let mut pixels = vec![0; width * height];
    let wave: Vec<f64> = (0..WINDOW).map(|i| 0.5 - 0.5 * (2.0 * PI * i as f64 / WINDOW as f64).cos()).collect();
    for x in 0..width {
        let from = (x * sound.samples.len() / width).saturating_sub(WINDOW / 2);
        let mut column: Vec<(f64, f64)> = (0..WINDOW)
            .map(|i| (f64::from(sound.samples.get(from + i).copied().unwrap_or(0)) / 32_768.0 * wave[i], 0.0))
            .collect();
        transform(&mut column);
        for (bin, (re, im)) in column[..height].iter().enumerate() {
            // A sine of full scale has a quarter of the window under a Hann window.
            let loudness = 20.0 * (re.hypot(*im) * 4.0 / WINDOW as f64).max(1e-9).log10();
            let light = ((loudness + DARKEST) / DARKEST).clamp(0.0, 1.0);
            pixels[(height - 1 - bin) * width + x] = (light * 255.0) as u8;
        }
    }
    png::write(width, height, &pixels, &std::array::from_fn(|light| colour(light as f64 / 255.0)))
}

/// From black over violet and orange to white, evenly in lightness.
fn colour(light: f64) -> [u8; 3] {
    const STOPS: [[f64; 3]; 5] =
        [[0.0, 0.0, 0.0], [60.0, 15.0, 110.0], [190.0, 55.0, 85.0], [250.0, 160.0, 30.0], [255.0, 255.0, 235.0]];
    let at = light * (STOPS.len() - 1) as f64;
    let stop = (at as usize).min(STOPS.len() - 2);
    std::array::from_fn(|c| (STOPS[stop][c] + (STOPS[stop + 1][c] - STOPS[stop][c]) * (at - stop as f64)) as u8)
}

/// The fast Fourier transform; the length is a power of two.
fn transform(values: &mut [(f64, f64)]) {
    let length = values.len();
    if length < 2 {
        return;
    }
    let mut even: Vec<_> = values.iter().copied().step_by(2).collect();
    let mut odd: Vec<_> = values.iter().copied().skip(1).step_by(2).collect();
    transform(&mut even);
    transform(&mut odd);
    for k in 0..length / 2 {
        let (sin, cos) = (-2.0 * PI * k as f64 / length as f64).sin_cos();
        let turned = (odd[k].0 * cos - odd[k].1 * sin, odd[k].0 * sin + odd[k].1 * cos);
        values[k] = (even[k].0 + turned.0, even[k].1 + turned.1);
        values[k + length / 2] = (even[k].0 - turned.0, even[k].1 - turned.1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_stands_at_its_frequency() {
        let mut values: Vec<_> = (0..64).map(|i| ((2.0 * PI * 5.0 * f64::from(i) / 64.0).sin(), 0.0)).collect();
        transform(&mut values);
        let loudest =
            (0..32).max_by(|a, b| values[*a].0.hypot(values[*a].1).total_cmp(&values[*b].0.hypot(values[*b].1)));
        assert_eq!(loudest, Some(5));
        assert!((values[5].0.hypot(values[5].1) - 32.0).abs() < 1e-9);
    }

    #[test]
    fn short_sounds_are_drawn_too() {
        for samples in [vec![], vec![1; 10]] {
            assert!(png(&Sound { rate: 8000, samples }, 20).len() > 768);
        }
        assert_eq!((colour(0.0), colour(1.0)), ([0, 0, 0], [255, 255, 235]));
    }
}
