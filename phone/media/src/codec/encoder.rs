//! What a channel encodes with.

use super::{Codec, g711, g722, g729};

/// An encoder of any codec. It works in steps of 10 ms and does not allocate.
pub struct Encoder(Kind);

enum Kind {
    Pcmu,
    Pcma,
    G722(Box<g722::Encoder>),
    G729(Box<g729::Encoder>),
}

impl Encoder {
    /// One that has heard silence.
    pub fn new(codec: Codec) -> Self {
        Encoder(match codec {
            Codec::Pcmu => Kind::Pcmu,
            Codec::Pcma => Kind::Pcma,
            Codec::G722 => Kind::G722(Box::default()),
            Codec::G729 => Kind::G729(Box::default()),
        })
    }

    /// Its codec.
    pub fn codec(&self) -> Codec {
        match self.0 {
            Kind::Pcmu => Codec::Pcmu,
            Kind::Pcma => Codec::Pcma,
            Kind::G722(_) => Codec::G722,
            Kind::G729(_) => Codec::G729,
        }
    }

    /// Encodes steps of 10 ms at the codec's sample rate, as many as fit `octets`, and gives the octets that they became.
    pub fn encode(&mut self, samples: &[i16], octets: &mut [u8]) -> usize {
        let codec = self.codec();
        let step = codec.sample_rate() as usize / 100;
        let steps = (samples.len() / step).min(octets.len() / codec.octets_per_ten_ms());
        let samples = &samples[..steps * step];
        let octets = &mut octets[..steps * codec.octets_per_ten_ms()];
        match &mut self.0 {
            Kind::Pcmu => g711::encode_ulaw(samples, octets),
            Kind::Pcma => g711::encode_alaw(samples, octets),
            Kind::G722(encoder) => encoder.encode(samples, octets),
            Kind::G729(encoder) => encoder.encode(samples, octets),
        }
        octets.len()
    }
}
