//! From samples at 16 kHz to octets.

use super::Bands;
use super::band::saturate;
use super::filter::Filter;

/// Decision levels of the low band (Q6), relative to the scale.
const LEVELS: [i32; 29] = [
    35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339,
    1458, 1612, 1765, 1980, 2195, 2557, 2919,
];

/// Codes of the low band below each level and above all, for differences below zero (ILN) and the others (ILP).
const NEGATIVE: [u8; 30] =
    [63, 62, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4];
const POSITIVE: [u8; 30] = [
    61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37, 36, 35, 34, 33,
    32,
];

/// An encoder.
#[derive(Debug, Clone)]
pub struct Encoder {
    splitter: Splitter,
    bands: Bands,
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Encoder {
    /// One that has heard silence.
    pub const fn new() -> Self {
        Encoder { splitter: Splitter::new(), bands: Bands::new() }
    }

    /// Encodes: an octet for each pair of samples, up to the shorter of the two.
    pub fn encode(&mut self, samples: &[i16], octets: &mut [u8]) {
        for (octet, pair) in octets.iter_mut().zip(samples.chunks_exact(2)) {
            let (low, high) = self.splitter.split(pair);
            *octet = self.bands.quantize(low, high);
        }
    }

    /// Encodes a sample of each band, past the filter, as the sequences of the ITU want it.
    #[cfg(test)]
    pub(crate) fn encode_bands(&mut self, low: i32, high: i32) -> u8 {
        self.bands.quantize(low, high)
    }
}

/// Parts the signal into two bands.
#[derive(Debug, Clone)]
pub(super) struct Splitter(Filter);

impl Splitter {
    pub(super) const fn new() -> Self {
        Splitter(Filter::new())
    }

    /// A pair of samples to a sample of the low and of the high band.
    pub(super) fn split(&mut self, pair: &[i16]) -> (i32, i32) {
        let (odd, even) = self.0.push(i32::from(pair[0]), i32::from(pair[1]));
        ((even + odd) >> 14, (even - odd) >> 14)
    }
}

impl Bands {
    /// A sample of each band to an octet: two bits of the high band, then six of the low band.
    pub(super) fn quantize(&mut self, low: i32, high: i32) -> u8 {
        let low = quantize_low(saturate(low - self.low.predicted), self.low.scale);
        self.low.adapt_low(usize::from(low >> 2));
        let high = quantize_high(saturate(high - self.high.predicted), self.high.scale);
        self.high.adapt_high(usize::from(high));
        high << 6 | low
    }
}

/// QUANTL.
fn quantize_low(difference: i32, scale: i32) -> u8 {
    let magnitude = if difference < 0 { !difference } else { difference };
    let step = LEVELS.partition_point(|level| (level * scale) >> 12 <= magnitude);
    if difference < 0 { NEGATIVE[step] } else { POSITIVE[step] }
}

/// QUANTH.
fn quantize_high(difference: i32, scale: i32) -> u8 {
    let magnitude = if difference < 0 { !difference } else { difference };
    let outer = magnitude >= (564 * scale) >> 12;
    match (difference < 0, outer) {
        (true, false) => 1,
        (true, true) => 0,
        (false, false) => 3,
        (false, true) => 2,
    }
}
