//! The reference library.

use opus::{Application, Bitrate, Channels};

use crate::codec::Tuning;

/// Samples a second, and of the shortest frame.
const RATE: u32 = 16_000;
const SHORTEST: usize = 40;

/// Bits a second and the fewest that the library makes, effort of 10, and the share of losses in percent to be ready for: by the marks of ITU-T P.862 better than
/// G.722 at every loss, at half its rate. RFC 7587, section 3.1.1, has 16 to 20 kbit/s as the least for wide-band speech.
const BITS: i32 = 32_000;
const LEAST_BITS: i32 = 6000;
const COMPLEXITY: i32 = 5;
const LOSSES: i32 = 5;

/// Samples of the longest packet: 60 ms.
const LONGEST: usize = 960;

/// Samples in which voice sets in: a codec that begins in the midst of a word would make a click of it.
const ONSET: usize = 80;

/// An encoder of speech.
pub(in crate::codec) struct Encoder {
    encoder: opus::Encoder,
    fresh: bool,
}

impl Encoder {
    /// One that has heard silence.
    pub(in crate::codec) fn new() -> Self {
        let mut encoder = opus::Encoder::new(RATE, Channels::Mono, Application::Voip)
            .expect("one channel at 16 kHz is what there is, but for want of memory");
        // Values within what the library takes, here and below.
        let _ = encoder.set_complexity(COMPLEXITY);
        let _ = encoder.set_packet_loss_perc(LOSSES);
        let mut encoder = Encoder { encoder, fresh: true };
        encoder.tune(Tuning::default());
        encoder
    }

    pub(in crate::codec) fn tune(&mut self, tuning: Tuning) {
        let most = tuning.most_bits.and_then(|bits| i32::try_from(bits).ok()).unwrap_or(BITS);
        let _ = self.encoder.set_bitrate(Bitrate::Bits(most.clamp(LEAST_BITS, BITS)));
        let _ = self.encoder.set_inband_fec(tuning.repeats);
    }

    /// Encodes a packet, and gives its length.
    pub(in crate::codec) fn encode(&mut self, samples: &[i16], octets: &mut [u8]) -> usize {
        let mut begun = [0; LONGEST];
        let mut samples = &samples[..samples.len().min(LONGEST)];
        if std::mem::take(&mut self.fresh) {
            let begun = &mut begun[..samples.len()];
            begun.copy_from_slice(samples);
            for (at, sample) in (0..ONSET as i32).zip(begun.iter_mut()) {
                *sample = (i32::from(*sample) * at / ONSET as i32) as i16;
            }
            samples = begun;
        }
        // Nothing is encoded of lengths that are none of Opus.
        self.encoder.encode(samples, octets).unwrap_or(0)
    }
}

/// A decoder.
pub(in crate::codec) struct Decoder(opus::Decoder);

impl Decoder {
    /// One that has heard silence.
    pub(in crate::codec) fn new() -> Self {
        let decoder = opus::Decoder::new(RATE, Channels::Mono);
        Decoder(decoder.expect("one channel at 16 kHz is what there is, but for want of memory"))
    }

    /// Forgets what was before.
    pub(in crate::codec) fn reset(&mut self) {
        // There is nothing that can fail.
        let _ = self.0.reset_state();
    }

    /// Decodes a packet, and gives how many samples it was; 0 if it is none.
    pub(in crate::codec) fn decode(&mut self, packet: &[u8], samples: &mut [i16]) -> usize {
        if packet.is_empty() { 0 } else { self.0.decode(packet, samples, false).unwrap_or(0) }
    }

    /// Stands in for what did not come: by what the packet behind it repeats of it, else from what the codec knows of the voice.
    pub(in crate::codec) fn conceal(&mut self, samples: &mut [i16], next: &[u8]) {
        let whole = samples.len() / SHORTEST * SHORTEST;
        let (mut samples, rest) = samples.split_at_mut(whole);
        rest.fill(0);
        if !next.is_empty() && self.0.decode(next, samples, true).is_ok_and(|made| made == samples.len()) {
            return;
        }
        while !samples.is_empty() {
            // An empty packet is a lost one.
            let made = self.0.decode(&[], samples, false).unwrap_or(0).clamp(SHORTEST, samples.len());
            samples = &mut samples[made..];
        }
    }
}
