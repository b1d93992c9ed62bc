//! Which codecs there are, and how SDP and RTP know them.

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
}

impl Codec {
    /// All of them, in the order of the settings.
    pub const ALL: [Codec; 4] = [Codec::G722, Codec::Pcma, Codec::G729, Codec::Pcmu];

    /// The static RTP payload type (RFC 3551, section 6).
    pub fn payload_type(self) -> u8 {
        match self {
            Codec::Pcmu => 0,
            Codec::Pcma => 8,
            Codec::G722 => 9,
            Codec::G729 => 18,
        }
    }

    /// The encoding name in SDP (RFC 3551).
    pub fn name(self) -> &'static str {
        match self {
            Codec::G722 => "G722",
            Codec::Pcma => "PCMA",
            Codec::G729 => "G729",
            Codec::Pcmu => "PCMU",
        }
    }

    /// The RTP clock in hertz. G.722 counts 8000 although it samples twice as often (RFC 3551, section 4.5.2).
    pub fn clock_rate(self) -> u32 {
        8000
    }

    /// Samples of sound a second.
    pub fn sample_rate(self) -> u32 {
        match self {
            Codec::G722 => 16000,
            Codec::Pcma | Codec::G729 | Codec::Pcmu => 8000,
        }
    }

    /// Ticks of the RTP clock in so many octets of payload.
    pub fn ticks(self, octets: usize) -> u32 {
        let ticks = match self {
            // A last frame of two octets is one of comfort noise (RFC 3551, section 4.5.6).
            Codec::G729 => octets.div_ceil(10) * 80,
            Codec::G722 | Codec::Pcma | Codec::Pcmu => octets,
        };
        u32::try_from(ticks).unwrap_or(u32::MAX)
    }

    /// Octets of payload for ten milliseconds of sound.
    pub fn octets_per_ten_ms(self) -> usize {
        match self {
            Codec::G729 => 10,
            Codec::G722 | Codec::Pcma | Codec::Pcmu => 80,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payload_types_are_those_of_the_profile() {
        assert_eq!(Codec::ALL.map(Codec::payload_type), [9, 8, 18, 0]);
        assert!(Codec::ALL.is_sorted());
        assert_eq!([2, 20, 22].map(|octets| Codec::G729.ticks(octets)), [80, 160, 240]);
        assert_eq!(Codec::G722.ticks(160), 160);
    }
}
