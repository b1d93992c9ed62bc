//! What a channel decodes with, losses included.

use super::{Codec, g711, g722, g729, opus};
use crate::plc::Concealer;

/// Samples of 10 ms of G.722.
const STEP_OF_G722: usize = 160;

/// A decoder of any codec, which also stands in for what is lost. It does not allocate.
pub struct Decoder(Kind);

enum Kind {
    Pcmu(Box<Concealer>),
    Pcma(Box<Concealer>),
    G722(Box<(g722::Decoder, Concealer)>),
    G729(Box<g729::Decoder>),
    Opus(opus::Decoder),
}

impl Decoder {
    /// One that has heard silence.
    pub fn new(codec: Codec) -> Self {
        let concealer = Concealer::new(codec.sample_rate());
        Decoder(match codec {
            Codec::Pcmu => Kind::Pcmu(Box::new(concealer)),
            Codec::Pcma => Kind::Pcma(Box::new(concealer)),
            Codec::G722 => Kind::G722(Box::new((g722::Decoder::new(), concealer))),
            Codec::G729 => Kind::G729(Box::default()),
            Codec::Opus => Kind::Opus(opus::Decoder::new()),
        })
    }

    /// Its codec.
    pub fn codec(&self) -> Codec {
        match self.0 {
            Kind::Pcmu(_) => Codec::Pcmu,
            Kind::Pcma(_) => Codec::Pcma,
            Kind::G722(_) => Codec::G722,
            Kind::G729(_) => Codec::G729,
            Kind::Opus(_) => Codec::Opus,
        }
    }

    /// Forgets what was before: another encoder begins.
    pub fn reset(&mut self) {
        let rate = self.codec().sample_rate();
        match &mut self.0 {
            Kind::Pcmu(concealer) | Kind::Pcma(concealer) => **concealer = Concealer::new(rate),
            Kind::G722(both) => **both = (g722::Decoder::new(), Concealer::new(rate)),
            Kind::G729(decoder) => decoder.reset(),
            Kind::Opus(decoder) => decoder.reset(),
        }
    }

    /// Decodes a payload as far as `samples` has room, and gives the number of samples.
    pub fn decode(&mut self, payload: &[u8], samples: &mut [i16]) -> usize {
        match &mut self.0 {
            Kind::Pcmu(concealer) => {
                let length = payload.len().min(samples.len());
                g711::decode_ulaw(payload, samples);
                concealer.received(&mut samples[..length]);
                length
            }
            Kind::Pcma(concealer) => {
                let length = payload.len().min(samples.len());
                g711::decode_alaw(payload, samples);
                concealer.received(&mut samples[..length]);
                length
            }
            Kind::G722(both) => {
                let (decoder, concealer) = &mut **both;
                let length = (payload.len() * 2).min(samples.len() & !1);
                decoder.decode(payload, samples);
                concealer.received(&mut samples[..length]);
                length
            }
            Kind::G729(decoder) => decoder.decode(payload, samples),
            Kind::Opus(decoder) => decoder.decode(payload, samples),
        }
    }

    /// Fills `samples` with what stands in for lost voice, or with noise like that behind a voice that said nothing. G.729 does
    /// so in steps of 10 ms, Opus in steps of 2.5 ms; what is no whole step at the end is silent or left as it was. Opus may tell
    /// in the packet right behind the lost ones what the last of them said.
    pub fn conceal(&mut self, samples: &mut [i16], next: Option<&[u8]>) {
        match &mut self.0 {
            Kind::Pcmu(concealer) | Kind::Pcma(concealer) => concealer.lost(samples),
            Kind::G722(both) => {
                let (decoder, concealer) = &mut **both;
                for samples in samples.chunks_mut(STEP_OF_G722) {
                    concealer.lost(samples);
                    let mut heard = [0; g722::PRIMING + STEP_OF_G722];
                    let heard = &mut heard[..g722::PRIMING + samples.len()];
                    concealer.around(heard, g722::DELAY);
                    decoder.follow(heard);
                }
            }
            Kind::G729(decoder) => decoder.conceal(samples),
            Kind::Opus(decoder) => decoder.conceal(samples, next.unwrap_or_default()),
        }
    }
}
