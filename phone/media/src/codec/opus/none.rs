//! What stands in for Opus where it is not built. Nothing is ever encoded by it, since no description names it.

use crate::codec::Tuning;

/// Makes no packets.
pub(in crate::codec) struct Encoder;

/// Hears silence.
pub(in crate::codec) struct Decoder;

impl Encoder {
    pub(in crate::codec) fn new() -> Self {
        Encoder
    }

    pub(in crate::codec) fn tune(&mut self, _: Tuning) {}

    pub(in crate::codec) fn encode(&mut self, _: &[i16], _: &mut [u8]) -> usize {
        0
    }
}

impl Decoder {
    pub(in crate::codec) fn new() -> Self {
        Decoder
    }

    pub(in crate::codec) fn reset(&mut self) {}

    pub(in crate::codec) fn decode(&mut self, _: &[u8], _: &mut [i16]) -> usize {
        0
    }

    pub(in crate::codec) fn conceal(&mut self, samples: &mut [i16], _: &[u8]) {
        samples.fill(0);
    }
}
