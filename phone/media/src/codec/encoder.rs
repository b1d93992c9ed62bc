//! What a channel encodes with.

use super::{Codec, g711, g722, g729, opus};

/// What the other side wants of an encoder. Opus alone goes by it (RFC 7587, section 6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tuning {
    /// Whether packets repeat what the one before said, in case that is lost (in-band FEC).
    pub repeats: bool,
    /// The most bits a second that it wants, whatever number it names: the encoder stays between 6000 and 32000.
    pub most_bits: Option<u32>,
}

/// An encoder of any codec. It does not allocate.
pub struct Encoder(Kind);

enum Kind {
    Pcmu,
    Pcma,
    G722(Box<g722::Encoder>),
    G729(Box<g729::Encoder>),
    Opus(opus::Encoder),
}

impl Encoder {
    /// One that has heard silence.
    pub fn new(codec: Codec) -> Self {
        Encoder(match codec {
            Codec::Pcmu => Kind::Pcmu,
            Codec::Pcma => Kind::Pcma,
            Codec::G722 => Kind::G722(Box::default()),
            Codec::G729 => Kind::G729(Box::default()),
            Codec::Opus => Kind::Opus(opus::Encoder::new()),
        })
    }

    /// Its codec.
    pub fn codec(&self) -> Codec {
        match self.0 {
            Kind::Pcmu => Codec::Pcmu,
            Kind::Pcma => Codec::Pcma,
            Kind::G722(_) => Codec::G722,
            Kind::G729(_) => Codec::G729,
            Kind::Opus(_) => Codec::Opus,
        }
    }

    /// Goes by what the other side wants from now on.
    pub fn tune(&mut self, tuning: Tuning) {
        if let Kind::Opus(encoder) = &mut self.0 {
            encoder.tune(tuning);
        }
    }

    /// Encodes steps of 10 ms at the codec's sample rate, as many as fit `octets`, and gives the octets that they became. For
    /// Opus all of them are one packet of 10, 20, 40 or 60 ms.
    pub fn encode(&mut self, samples: &[i16], octets: &mut [u8]) -> usize {
        let codec = self.codec();
        let step = codec.sample_rate() as usize / 100;
        let mut steps = samples.len() / step;
        let mut length = octets.len();
        if let Some(each) = codec.octets_per_ten_ms() {
            steps = steps.min(length / each);
            length = steps * each;
        }
        let samples = &samples[..steps * step];
        let octets = &mut octets[..length];
        match &mut self.0 {
            Kind::Pcmu => g711::encode_ulaw(samples, octets),
            Kind::Pcma => g711::encode_alaw(samples, octets),
            Kind::G722(encoder) => encoder.encode(samples, octets),
            Kind::G729(encoder) => encoder.encode(samples, octets),
            Kind::Opus(encoder) => return encoder.encode(samples, octets),
        }
        octets.len()
    }
}
