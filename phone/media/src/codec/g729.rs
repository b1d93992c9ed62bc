//! G.729 Annex A, with comfort noise of Annex B where the other side sends it.
//!
//! The codec itself is rvoip-codec-core's. Its mode "BA" decodes all that may come: voice, comfort noise, nothing.

use codec_core::codecs::g729::G729Codec;
use codec_core::types::{AudioCodec, AudioCodecExt, CodecConfig};

/// Samples of a frame.
pub const FRAME: usize = 80;

/// Octets of a frame of voice, and of a frame of comfort noise, which is the last of its packet (RFC 3551, section 4.5.6).
const VOICE: usize = 10;
const NOISE: usize = 2;

/// An encoder, which never sends comfort noise.
pub struct Encoder(G729Codec);

impl Encoder {
    /// One that has heard silence.
    pub fn new() -> Self {
        Encoder(G729Codec::new(CodecConfig::g729a()).expect("mono at 8 kHz by Annex A is what there is"))
    }

    /// Encodes whole frames, 80 samples to 10 octets each, up to the shorter of the two.
    pub fn encode(&mut self, samples: &[i16], octets: &mut [u8]) {
        for (octets, samples) in octets.chunks_exact_mut(VOICE).zip(samples.chunks_exact(FRAME)) {
            // Both lengths are right, and nothing else can fail.
            let _ = self.0.encode_to_buffer(samples, octets);
        }
    }
}

/// A decoder.
pub struct Decoder {
    codec: G729Codec,
    /// The frame of comfort noise that came last, if nothing came after it.
    noise: Option<[u8; NOISE]>,
    /// Decodes that frame over and over: the first one falls silent after ten frames of nothing, and has to know how many there
    /// were when voice goes on.
    room: G729Codec,
}

impl Decoder {
    /// One that has heard silence.
    pub fn new() -> Self {
        let codec =
            || G729Codec::new(CodecConfig::g729ba()).expect("mono at 8 kHz by Annexes A and B is what there is");
        Decoder { codec: codec(), noise: None, room: codec() }
    }

    /// Forgets what was before.
    pub fn reset(&mut self) {
        // The configuration is what it was, and nothing else can fail.
        let _ = self.codec.reset();
        let _ = self.room.reset();
        self.noise = None;
    }

    /// Decodes a payload, and gives how many samples it was. What is no whole frame at its end is left out.
    pub fn decode(&mut self, payload: &[u8], samples: &mut [i16]) -> usize {
        let voice = payload.chunks_exact(VOICE);
        let noise = Some(voice.remainder()).filter(|rest| rest.len() == NOISE);
        let mut decoded = 0;
        for (frame, samples) in voice.chain(noise).zip(samples.chunks_exact_mut(FRAME)) {
            self.noise = frame.try_into().ok();
            decoded += self.codec.decode_to_buffer(frame, samples).unwrap_or(0);
        }
        decoded
    }

    /// Stands in for a frame that did not come: the codec goes on from what it knows of the voice, or of the noise.
    pub fn conceal(&mut self, samples: &mut [i16]) {
        for samples in samples.chunks_exact_mut(FRAME) {
            let mut decoded = self.codec.decode_to_buffer(&[], samples);
            if let Some(noise) = &self.noise {
                decoded = self.room.decode_to_buffer(noise, samples);
            }
            if decoded.is_err() {
                samples.fill(0);
            }
        }
    }
}

impl Default for Encoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}
