//! RTP packets as they are on the wire (RFC 3550, section 5.1).

/// Octets of the header that this phone writes.
pub const HEADER_LENGTH: usize = 12;

/// A packet that came or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Whether speech begins here (RFC 3551, section 4.1), or an event (RFC 4733).
    pub marker: bool,
    /// 0 to 127.
    pub payload_type: u8,
    /// Counts packets.
    pub sequence: u16,
    /// Counts samples.
    pub timestamp: u32,
    /// Who sends.
    pub ssrc: u32,
    /// What is sent.
    pub payload: &'a [u8],
}

/// The bytes are no RTP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RTP packet")]
pub struct Malformed;

impl<'a> Packet<'a> {
    /// Reads a packet; contributing sources, header extensions and padding are passed over.
    ///
    /// # Errors
    /// [`Malformed`] if the version is not 2 or a length leads beyond the end.
    pub fn read(bytes: &'a [u8]) -> Result<Self, Malformed> {
        let start = payload_start(bytes).ok_or(Malformed)?;
        let mut payload = bytes.get(start..).ok_or(Malformed)?;
        if bytes[0] & 0x20 != 0 {
            let padding = usize::from(*payload.last().ok_or(Malformed)?);
            let rest = payload.len().checked_sub(padding).filter(|_| padding > 0).ok_or(Malformed)?;
            payload = &payload[..rest];
        }
        Ok(Packet {
            marker: bytes[1] & 0x80 != 0,
            payload_type: bytes[1] & 0x7f,
            sequence: u16::from_be_bytes([bytes[2], bytes[3]]),
            timestamp: word(bytes, 4),
            ssrc: word(bytes, 8),
            payload,
        })
    }

    /// Writes the packet to the start of a buffer, and says how long it is; none if the buffer is too short.
    pub fn write(&self, out: &mut [u8]) -> Option<usize> {
        let length = HEADER_LENGTH + self.payload.len();
        let out = out.get_mut(..length)?;
        out[0] = 0x80;
        out[1] = u8::from(self.marker) << 7 | self.payload_type & 0x7f;
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        out[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        out[12..].copy_from_slice(self.payload);
        Some(length)
    }
}

/// Where the payload begins: behind the contributing sources and the extension.
pub(crate) fn payload_start(bytes: &[u8]) -> Option<usize> {
    if bytes.len() < HEADER_LENGTH || bytes[0] >> 6 != 2 {
        return None;
    }
    let mut start = HEADER_LENGTH + 4 * usize::from(bytes[0] & 0x0f);
    if bytes[0] & 0x10 != 0 {
        let length = bytes.get(start + 2..start + 4)?;
        start += 4 + 4 * usize::from(u16::from_be_bytes([length[0], length[1]]));
    }
    (start <= bytes.len()).then_some(start)
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn headers_of_all_kinds_are_read() {
        let mut bytes = vec![0x80 | 0x20 | 0x10 | 1, 0x80 | 8, 1, 2, 0, 0, 0, 9, 0, 0, 0, 7];
        bytes.extend([0, 0, 0, 5]); // a contributing source
        bytes.extend([0xbe, 0xde, 0, 1, 1, 2, 3, 4]); // an extension
        bytes.extend([10, 11, 12, 0, 2]); // a payload with two octets of padding
        let packet = Packet::read(&bytes).unwrap();
        assert_eq!((packet.marker, packet.payload_type, packet.sequence), (true, 8, 0x102));
        assert_eq!((packet.timestamp, packet.ssrc, packet.payload), (9, 7, &[10, 11, 12][..]));
        for length in 0..24 {
            assert_eq!(Packet::read(&bytes[..length]), Err(Malformed), "{length}");
        }
        // Padding of nothing, and of more than there is.
        for padding in [0, 6] {
            *bytes.last_mut().unwrap() = padding;
            assert_eq!(Packet::read(&bytes), Err(Malformed));
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64), version: bool) {
            let mut bytes = bytes;
            if let Some(first) = bytes.first_mut().filter(|_| version) {
                *first = *first & 0x3f | 0x80;
            }
            if let Ok(packet) = Packet::read(&bytes) {
                let mut out = [0; 128];
                let length = packet.write(&mut out).unwrap();
                prop_assert_eq!(Packet::read(&out[..length]), Ok(packet));
            }
        }
    }
}
