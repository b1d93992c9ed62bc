//! Makes voice a little shorter or longer by taking out or repeating one period of it.
//!
//! Where voice repeats itself after a while, it can be faded over from one repetition to the next, and nobody hears it. The
//! first and the last sample of a frame stay what they are, so frames join as before.

use super::buffer::Pace;

/// How alike two stretches have to be, as their normalised correlation.
const ALIKE: f64 = 0.9;

/// Mean square of samples below which everything is alike: silence, at about -50 dBm0.
const QUIET: f64 = 75.0 * 75.0;

/// The shortest period that is looked for, per second: 400 Hz.
const HIGHEST_PITCH: u32 = 400;

/// Scales frames of one stream.
#[derive(Debug, Clone, Default)]
pub struct Scaler {
    shortened: u64,
    lengthened: u64,
}

impl Scaler {
    /// One that has scaled nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Copies a frame of this many samples a second to the start of a buffer, shortened or lengthened if that can be done
    /// without being heard, and says how many samples it has now. The buffer has to hold twice the frame; a frame that does
    /// not fit is cut.
    pub fn scale(&mut self, frame: &[i16], rate: u32, pace: Pace, out: &mut [i16]) -> usize {
        let frame = &frame[..frame.len().min(out.len() / 2)];
        let period = if pace == Pace::Normal { None } else { period(frame, rate) };
        match (pace, period) {
            (Pace::Faster, Some(period)) => {
                self.shortened += period as u64;
                shorten(frame, period, out)
            }
            (Pace::Slower, Some(period)) => {
                self.lengthened += period as u64;
                lengthen(frame, period, out)
            }
            _ => {
                out[..frame.len()].copy_from_slice(frame);
                frame.len()
            }
        }
    }

    /// Samples that were taken out, and samples that were put in.
    pub fn totals(&self) -> (u64, u64) {
        (self.shortened, self.lengthened)
    }
}

/// Three eighths of the frame are compared with what follows a period later; five eighths are the longest period.
fn period(frame: &[i16], rate: u32) -> Option<usize> {
    let window = frame.len() * 3 / 8;
    let longest = frame.len() - window;
    let shortest = (rate / HIGHEST_PITCH) as usize;
    if window < 8 || shortest > longest {
        return None;
    }
    let head = &frame[..window];
    let energy = |samples: &[i16]| samples.iter().map(|sample| f64::from(*sample).powi(2)).sum::<f64>();
    if energy(frame) < QUIET * frame.len() as f64 {
        return Some(longest);
    }
    let head_energy = energy(head);
    let mut tail_energy = energy(&frame[shortest..shortest + window]);
    let mut best = (ALIKE, None);
    for lag in shortest..=longest {
        let product: f64 = head.iter().zip(&frame[lag..]).map(|(a, b)| f64::from(i32::from(*a) * i32::from(*b))).sum();
        let likeness = product / (head_energy * tail_energy).sqrt().max(1.0);
        // Two stretches that differ in loudness only would be heard.
        let even = head_energy < 4.0 * tail_energy && tail_energy < 4.0 * head_energy;
        if even && likeness > best.0 {
            best = (likeness, Some(lag));
        }
        if lag < longest {
            tail_energy += f64::from(frame[lag + window]).powi(2) - f64::from(frame[lag]).powi(2);
        }
    }
    best.1
}

/// From the beginning over to what comes a period later.
fn shorten(frame: &[i16], period: usize, out: &mut [i16]) -> usize {
    let window = frame.len() * 3 / 8;
    let (head, later) = (&frame[..window], &frame[period..]);
    fade(head, later, &mut out[..window]);
    let length = frame.len() - period;
    out[window..length].copy_from_slice(&later[window..]);
    length
}

/// A period, and from its repetition over to the beginning again.
fn lengthen(frame: &[i16], period: usize, out: &mut [i16]) -> usize {
    let window = frame.len() * 3 / 8;
    out[..period].copy_from_slice(&frame[..period]);
    fade(&frame[period..], &frame[..window], &mut out[period..period + window]);
    let length = frame.len() + period;
    out[period + window..length].copy_from_slice(&frame[window..]);
    length
}

/// From one to the other, evenly.
fn fade(from: &[i16], to: &[i16], out: &mut [i16]) {
    let length = out.len() as i32;
    for (at, ((from, to), out)) in (0..).zip(from.iter().zip(to).zip(out)) {
        let mixed = (i32::from(*from) * (length - at) + i32::from(*to) * at) / length;
        *out = mixed.clamp(i16::MIN.into(), i16::MAX.into()) as i16;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure;
    use proptest::prelude::*;

    /// A stream whose every third frame is scaled if it can be, and how many were.
    fn scaled(sound: &[i16], rate: u32, pace: Pace) -> (Vec<i16>, usize) {
        let frame = (rate / 50) as usize;
        let (mut scaler, mut out, mut count) = (Scaler::new(), Vec::new(), 0);
        let mut buffer = vec![0; 2 * frame];
        for (number, samples) in sound.chunks_exact(frame).enumerate() {
            let pace = if number % 3 == 0 { pace } else { Pace::Normal };
            let length = scaler.scale(samples, rate, pace, &mut buffer);
            count += usize::from(length != frame);
            out.extend_from_slice(&buffer[..length]);
        }
        let (shortened, lengthened) = scaler.totals();
        let whole = sound.len() / frame * frame;
        assert_eq!(out.len() as u64, whole as u64 + lengthened - shortened);
        (out, count)
    }

    fn steepest(samples: &[i16]) -> u32 {
        samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).unsigned_abs()).max().unwrap_or(0)
    }

    #[test]
    fn tones_and_vowels_do_not_click() {
        for rate in [8000, 16000] {
            for pitch in [95.0, 120.0, 180.0, 250.0, 331.0] {
                let samples = rate as usize;
                for sound in [measure::sine(pitch, 12_000.0, rate, samples), measure::vowel(pitch, rate, samples)] {
                    for pace in [Pace::Faster, Pace::Slower] {
                        let (out, count) = scaled(&sound, rate, pace);
                        assert!(count >= 10, "{count} of 17 at {pitch} Hz, {rate}, {pace:?}");
                        let (before, after) = (steepest(&sound), steepest(&out));
                        assert!(after * 100 <= before * 112, "{after} after {before} at {pitch} Hz, {rate}, {pace:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_tone_stays_a_tone() {
        let sound = measure::sine(440.0, 10_000.0, 8000, 16_000);
        for pace in [Pace::Faster, Pace::Slower] {
            let (out, _) = scaled(&sound, 8000, pace);
            // Each change shifts it by a little, since periods are whole samples.
            for part in out.chunks_exact(800) {
                let purity = measure::tone_to_rest(part, 440.0, 8000);
                assert!(purity > 20.0, "{purity} dB, {pace:?}");
            }
        }
    }

    #[test]
    fn noise_is_left_alone_and_silence_is_not() {
        assert_eq!(scaled(&measure::noise(8000, 8000), 8000, Pace::Faster).1, 0);
        assert_eq!(scaled(&measure::noise(40, 8000), 8000, Pace::Faster).1, 17);
        assert_eq!(scaled(&[0; 8000], 8000, Pace::Slower).1, 17);
    }

    proptest! {
        #[test]
        fn no_frame_makes_it_panic(frame in proptest::collection::vec(any::<i16>(), 0..700), rate in 1u32..48_000, room in 0usize..1400) {
            let mut out = vec![0; room];
            for pace in [Pace::Normal, Pace::Faster, Pace::Slower] {
                let length = Scaler::new().scale(&frame, rate, pace, &mut out);
                prop_assert!(length <= room);
                if length > 0 {
                    prop_assert_eq!(out[0], frame[0]);
                }
            }
        }
    }
}
