//! From octets to samples at 16 kHz.

use super::Bands;
use super::band::saturate;
use super::encoder::Splitter;
use super::filter::Filter;

/// Samples by which encoder and decoder together delay.
pub const DELAY: usize = 22;

/// Samples that fill the filter before it splits rightly.
pub const PRIMING: usize = 24;

/// Values of the low band's 6-bit code (QM6), relative to the scale.
const LOW_VALUES: [i32; 64] = [
    -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576,
    -7856, -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040,
    -728, 24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
    4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];

/// A decoder.
#[derive(Debug, Clone)]
pub struct Decoder {
    filter: Filter,
    bands: Bands,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// One that has heard silence.
    pub const fn new() -> Self {
        Decoder { filter: Filter::new(), bands: Bands::new() }
    }

    /// Decodes: two samples for each octet, up to the shorter of the two.
    pub fn decode(&mut self, octets: &[u8], samples: &mut [i16]) {
        for (pair, &octet) in samples.chunks_exact_mut(2).zip(octets) {
            let (low, high) = self.decode_bands(octet);
            let (second, first) = self.filter.push(low + high, low - high);
            pair[0] = saturate(first >> 11) as i16;
            pair[1] = saturate(second >> 11) as i16;
        }
    }

    /// Goes on as if a packet had come that sounds like `heard`, which stood in for it. Both filters together delay by
    /// [`DELAY`], so `heard` ends so much later than what was played; its first [`PRIMING`] samples only fill the filter.
    pub fn follow(&mut self, heard: &[i16]) {
        let mut bands = Splitter::new();
        let (priming, heard) = heard.split_at(PRIMING.min(heard.len()));
        for pair in priming.chunks_exact(2) {
            bands.split(pair);
        }
        for pair in heard.chunks_exact(2) {
            let (low, high) = bands.split(pair);
            self.bands.quantize(low, high);
            self.filter.push(low + high, low - high);
        }
    }

    /// An octet to one sample of each band (INVQBL, RECONS, LIMIT).
    pub(crate) fn decode_bands(&mut self, octet: u8) -> (i32, i32) {
        let code = usize::from(octet & 0x3f);
        let low = &mut self.bands.low;
        let low_sample = (low.predicted + ((low.scale * LOW_VALUES[code]) >> 15)).clamp(-16_384, 16_383);
        low.adapt_low(code >> 2);
        let high = &mut self.bands.high;
        let predicted = high.predicted;
        let high_sample = (predicted + high.adapt_high(usize::from(octet >> 6))).clamp(-16_384, 16_383);
        (low_sample, high_sample)
    }
}
