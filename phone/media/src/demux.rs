//! What a datagram on a port of RTP is, by its first octets (RFC 7983, RFC 5761).

/// The magic cookie of STUN (RFC 8489, section 5).
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// A kind of datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// RTP, or SRTP.
    Rtp,
    /// RTCP, or SRTCP, also where it comes to the port of RTP.
    Rtcp,
    /// A message of STUN, whose length is right.
    Stun,
    /// Something else, which nobody here wants.
    Other,
}

/// What the datagram is, as far as its head tells.
pub fn kind(datagram: &[u8]) -> Kind {
    match datagram {
        [0x80..=0xbf, 192..=223, _, _, rest @ ..] if rest.len() >= 4 => Kind::Rtcp,
        [0x80..=0xbf, rest @ ..] if rest.len() >= 11 => Kind::Rtp,
        [0..=0x3f, _, high, low, rest @ ..] if is_stun(u16::from_be_bytes([*high, *low]), rest) => Kind::Stun,
        _ => Kind::Other,
    }
}

/// Whether cookie and length are those of STUN: a multiple of four octets behind a header of twenty.
fn is_stun(length: u16, rest: &[u8]) -> bool {
    rest.starts_with(&COOKIE) && length.is_multiple_of(4) && rest.len() == usize::from(length) + 16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told() {
        let rtp = [0x80, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1];
        assert_eq!(kind(&rtp), Kind::Rtp);
        assert_eq!(kind(&[0x80, 0x80 | 101, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 5]), Kind::Rtp);
        assert_eq!(kind(&rtp[..11]), Kind::Other);
        assert_eq!(kind(&[0x81, 200, 0, 1, 0, 0, 0, 1]), Kind::Rtcp);
        assert_eq!(kind(&[0x81, 200, 0, 1, 0, 0, 0]), Kind::Other);
        let mut stun = vec![1, 1, 0, 4, 0x21, 0x12, 0xa4, 0x42];
        stun.extend([0; 16]);
        assert_eq!(kind(&stun), Kind::Stun);
        assert_eq!(kind(&stun[..23]), Kind::Other);
        stun[4] = 0;
        assert_eq!(kind(&stun), Kind::Other);
        assert_eq!(kind(&[]), Kind::Other);
        assert_eq!(kind(&[20; 40]), Kind::Other, "DTLS");
    }
}
