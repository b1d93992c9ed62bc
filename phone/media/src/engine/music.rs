//! Hold music: a recording in memory, and encoded once for all calls that hear it.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use crate::audio::{Fault, read_wav};
use crate::codec::{Codec, Encoder};
use crate::engine::{FRAME_TIME, NARROW, WIDE};
use crate::resample::Halver;

/// A recording that plays over and over.
#[derive(Debug)]
pub struct Music {
    narrow: Vec<i16>,
    wide: Vec<i16>,
    /// By the place of the codec in [`Codec::ALL`].
    encoded: [OnceLock<Loop>; Codec::ALL.len()],
}

/// An encoded recording. A decoder knows what was before, so its first time and all later ones differ.
#[derive(Debug)]
struct Loop {
    first: Vec<u8>,
    again: Vec<u8>,
}

impl Music {
    /// Reads a WAV file of any rate.
    ///
    /// # Errors
    /// The file cannot be read, is no WAV file, or is shorter than 10 ms.
    pub fn read(path: &Path) -> Result<Self, Fault> {
        Self::new(read_wav(path)?).ok_or_else(|| Fault::Empty(path.to_owned()))
    }

    /// Music of these samples at 16 kHz; none if they are less than 10 ms. What is no whole frame at the end is cut off.
    pub fn new(mut wide: Vec<i16>) -> Option<Self> {
        wide.truncate(wide.len() / WIDE * WIDE);
        let samples: Vec<i32> = wide.iter().map(|sample| i32::from(*sample)).collect();
        let mut narrow = vec![0; wide.len() / 2];
        // The filter goes round once before: the beginning follows the end.
        let mut halver = Halver::new();
        (0..2).for_each(|_| halver.convert(&samples, &mut narrow));
        let narrow = narrow.into_iter().map(|sample| sample.clamp(-32_768, 32_767) as i16).collect();
        (!wide.is_empty()).then(|| Music { narrow, wide, encoded: Default::default() })
    }

    /// Encodes the music for a codec, once, where that is possible. It takes a while for long music.
    pub fn prepare(&self, codec: Codec) {
        let Some(each) = codec.octets_per_ten_ms() else { return };
        self.encoded[place(codec)].get_or_init(|| {
            let samples = self.samples(codec.sample_rate());
            let mut encoder = Encoder::new(codec);
            let mut octets = || {
                let mut octets = vec![0; self.frames() * each];
                encoder.encode(samples, &mut octets);
                octets
            };
            Loop { first: octets(), again: octets() }
        });
    }

    /// Whether it can be encoded for a codec, and was not.
    pub fn can_prepare(&self, codec: Codec) -> bool {
        codec.octets_per_ten_ms().is_some() && self.encoded[place(codec)].get().is_none()
    }

    /// How long it is.
    pub fn length(&self) -> Duration {
        FRAME_TIME * self.frames() as u32
    }

    /// The frame of this number, counted on over all repetitions, at 8000 or 16000 samples a second.
    pub(super) fn frame(&self, number: usize, rate: u32) -> &[i16] {
        let length = if rate == 8000 { NARROW } else { WIDE };
        let from = number % self.frames() * length;
        &self.samples(rate)[from..from + length]
    }

    /// The same, encoded, if it was prepared.
    pub(super) fn encoded(&self, number: usize, codec: Codec) -> Option<&[u8]> {
        let encoded = self.encoded[place(codec)].get()?;
        let length = codec.octets_per_ten_ms()?;
        let from = number % self.frames() * length;
        let octets = if number < self.frames() { &encoded.first } else { &encoded.again };
        octets.get(from..from + length)
    }

    fn samples(&self, rate: u32) -> &[i16] {
        if rate == 8000 { &self.narrow } else { &self.wide }
    }

    fn frames(&self) -> usize {
        self.wide.len() / WIDE
    }
}

fn place(codec: Codec) -> usize {
    Codec::ALL.iter().position(|other| *other == codec).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Decoder;
    use crate::measure;

    #[test]
    fn encoded_music_repeats_without_a_seam() {
        // 440 Hz come back to their beginning after 100 ms.
        let music = Music::new(measure::sine(440.0, 8000.0, 16_000, 4800)).expect("it is long enough");
        for codec in Codec::ALL.into_iter().filter(|codec| codec.octets_per_ten_ms().is_some()) {
            assert!(music.encoded(0, codec).is_none());
            music.prepare(codec);
            let mut decoder = Decoder::new(codec);
            let mut heard = Vec::new();
            for number in 0..200 {
                let octets = music.encoded(number, codec).expect("it is prepared");
                let mut samples = [0; 160];
                let length = decoder.decode(octets, &mut samples);
                heard.extend_from_slice(&samples[..length]);
            }
            let rate = codec.sample_rate();
            let ratio = measure::tone_to_rest(&heard[rate as usize / 2..], 440.0, rate);
            assert!(ratio > if codec == Codec::G729 { 5.0 } else { 25.0 }, "{codec:?}: {ratio:.1} dB");
        }
    }

    #[test]
    fn music_that_is_too_short_is_none() {
        assert!(Music::new(vec![1; 159]).is_none());
        assert_eq!(Music::new(vec![1; 161]).map(|music| music.frames()), Some(1));
    }
}
