//! Which codecs there are, and how SDP and RTP know them.

use super::opus;

/// A voice codec of the phone, in the order of the settings' own numbers (guide rule 23).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Codec {
    /// G.722 at 64 kbit/s.
    G722,
    /// G.711 A-law.
    Pcma,
    /// G.729 Annex A.
    G729,
    /// G.711 mu-law.
    Pcmu,
    /// Opus (RFC 6716), an extension that the settings' numbers do not know.
    Opus,
}

/// Samples of the clock that counts voice inside, by which 10 ms are 80 for every codec.
pub(crate) const TICKS_PER_SECOND: u32 = 8000;

/// What one of these is by another clock, all of which are multiples.
pub(crate) fn in_tick(clock_rate: u32) -> u32 {
    (clock_rate / TICKS_PER_SECOND).max(1)
}

impl Codec {
    /// All that were built, in the order of the settings.
    #[cfg(feature = "opus")]
    pub const ALL: [Codec; 5] = [Codec::G722, Codec::Pcma, Codec::G729, Codec::Pcmu, Codec::Opus];
    /// All that were built, in the order of the settings.
    #[cfg(not(feature = "opus"))]
    pub const ALL: [Codec; 4] = [Codec::G722, Codec::Pcma, Codec::G729, Codec::Pcmu];

    /// The RTP payload type: the static one (RFC 3551, section 6), or that of our offers.
    pub fn payload_type(self) -> u8 {
        match self {
            Codec::Pcmu => 0,
            Codec::Pcma => 8,
            Codec::G722 => 9,
            Codec::G729 => 18,
            Codec::Opus => 107,
        }
    }

    /// Whether the payload type means this codec without a name (RFC 3551, section 6).
    pub fn is_static(self) -> bool {
        self.payload_type() < 96
    }

    /// The encoding name in SDP (RFC 3551, RFC 7587).
    pub fn name(self) -> &'static str {
        match self {
            Codec::G722 => "G722",
            Codec::Pcma => "PCMA",
            Codec::G729 => "G729",
            Codec::Pcmu => "PCMU",
            Codec::Opus => "opus",
        }
    }

    /// The RTP clock in hertz. G.722 counts 8000 although it samples twice as often (RFC 3551, section 4.5.2), Opus 48000
    /// whatever it samples (RFC 7587, section 4.1).
    pub fn clock_rate(self) -> u32 {
        match self {
            Codec::Opus => 48_000,
            _ => TICKS_PER_SECOND,
        }
    }

    /// Channels in SDP. Opus names two whatever is sent (RFC 7587, section 7).
    pub fn channels(self) -> u32 {
        if self == Codec::Opus { 2 } else { 1 }
    }

    /// Samples of sound a second.
    pub fn sample_rate(self) -> u32 {
        match self {
            Codec::G722 | Codec::Opus => 16000,
            Codec::Pcma | Codec::G729 | Codec::Pcmu => 8000,
        }
    }

    /// How long a payload is, in samples at 8000 hertz; 0 if it holds nothing whole.
    pub fn duration(self, payload: &[u8]) -> u32 {
        let octets = payload.len() as u32;
        match self {
            // A last frame of two octets is one of comfort noise (RFC 3551, section 4.5.6).
            Codec::G729 => octets / 10 * 80 + if octets % 10 == 2 { 80 } else { 0 },
            Codec::G722 | Codec::Pcma | Codec::Pcmu => octets,
            Codec::Opus => opus::duration(payload),
        }
    }

    /// For how long the sender of a payload may send nothing after it, since there is nothing to say, in samples at 8000 hertz:
    /// where it ends with a frame of comfort noise (RFC 3551, section 4.5.6), or is one of Opus that holds hardly more than its
    /// length (RFC 7587, section 3.1.3). Opus then sends one every 400 ms, G.729 only when the noise changes.
    pub fn quiet_after(self, payload: &[u8]) -> u32 {
        match self {
            Codec::G729 if payload.len() % 10 == 2 => 60 * TICKS_PER_SECOND,
            Codec::Opus if payload.len() <= 2 => TICKS_PER_SECOND,
            _ => 0,
        }
    }

    /// Octets of payload for ten milliseconds of sound; none where that varies, and packets are encoded as a whole.
    pub fn octets_per_ten_ms(self) -> Option<usize> {
        match self {
            Codec::G729 => Some(10),
            Codec::G722 | Codec::Pcma | Codec::Pcmu => Some(80),
            Codec::Opus => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_types_are_those_of_the_profile() {
        let of_settings: Vec<_> = Codec::ALL.into_iter().filter(|codec| codec.is_static()).collect();
        assert_eq!(of_settings.iter().map(|codec| codec.payload_type()).collect::<Vec<_>>(), [9, 8, 18, 0]);
        assert!(Codec::ALL.is_sorted());
        assert_eq!([2, 20, 22, 7].map(|octets| Codec::G729.duration(&[0; 32][..octets])), [80, 160, 240, 0]);
        assert_eq!(Codec::G722.duration(&[0; 160]), 160);
        let is_quiet = |codec: Codec, octets: usize| codec.quiet_after(&[0; 32][..octets]) > 0;
        assert_eq!([2, 20, 22].map(|octets| is_quiet(Codec::G729, octets)), [true, false, true]);
        assert_eq!([1, 2, 3].map(|octets| is_quiet(Codec::Opus, octets)), [true, true, false]);
        assert!(!is_quiet(Codec::Pcmu, 2));
    }
}
