//! Crypto suites and the secrets that they start from.

use std::fmt;

/// Octets of a master key with its salt, as SDP carries them: 16 and 14 (RFC 4568, section 6.2).
pub const MASTER_LENGTH: usize = 30;

/// How packets are encrypted and authenticated: both suites encrypt by AES-128 in counter mode and authenticate by
/// HMAC-SHA1 (RFC 4568, section 6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// Tags of 80 bits.
    AesCm128HmacSha1_80,
    /// Tags of 32 bits on RTP; those on RTCP have 80.
    AesCm128HmacSha1_32,
}

impl Suite {
    /// Both, the stronger first.
    pub const ALL: [Suite; 2] = [Suite::AesCm128HmacSha1_80, Suite::AesCm128HmacSha1_32];

    /// The name in SDP.
    pub fn name(self) -> &'static str {
        match self {
            Suite::AesCm128HmacSha1_80 => "AES_CM_128_HMAC_SHA1_80",
            Suite::AesCm128HmacSha1_32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    /// Octets of authentication tag behind each RTP packet.
    pub fn tag_length(self) -> usize {
        match self {
            Suite::AesCm128HmacSha1_80 => 10,
            Suite::AesCm128HmacSha1_32 => 4,
        }
    }
}

/// A master key and its salt. Debug output does not show them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Master(pub [u8; MASTER_LENGTH]);

impl fmt::Debug for Master {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Master(..)")
    }
}
