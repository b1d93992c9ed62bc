//! Opus (RFC 6716) for voice: 16 kHz, one channel.
//!
//! The codec itself is the reference library. It is built by the feature `opus` alone; without it no description names Opus.

#[cfg(feature = "opus")]
mod library;
#[cfg(not(feature = "opus"))]
mod none;

#[cfg(feature = "opus")]
pub(super) use library::{Decoder, Encoder};
#[cfg(not(feature = "opus"))]
pub(super) use none::{Decoder, Encoder};

/// How long a packet is by its first octets (RFC 6716, section 3.1), in samples at 8000 hertz; 0 if it is none.
pub(super) fn duration(packet: &[u8]) -> u32 {
    let Some((first, rest)) = packet.split_first() else { return 0 };
    let size = u32::from(first >> 3 & 3);
    let frame = match first >> 3 {
        // SILK, hybrid, CELT.
        0..12 => [80, 160, 320, 480][size as usize],
        12..16 => 80 << (size & 1),
        _ => 20 << size,
    };
    let frames = match first & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => rest.first().map_or(0, |count| u32::from(count & 0x3f)),
    };
    frame * frames
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_tell_how_long_they_are() {
        for (packet, wanted) in [
            (&[][..], 0),
            (&[0x00], 80),
            (&[0x48], 160),
            (&[0x58], 480),
            (&[0x60], 80),
            (&[0x68, 9], 160),
            (&[0x69, 9], 320),
            (&[0x80], 20),
            (&[0xf8], 160),
            (&[0xfb, 0x86], 960),
            (&[0xfb], 0),
        ] {
            assert_eq!(duration(packet), wanted, "{packet:?}");
        }
    }
}
