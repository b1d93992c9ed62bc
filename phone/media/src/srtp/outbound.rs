//! Protects what goes out.

use super::RTCP_TAG;
use super::cipher::{Cipher, Protocol};
use super::key::{Master, Suite};
use crate::rtp::payload_start;

/// The sender's side of one call. It protects one stream: a key must not serve two with the same SSRC.
#[derive(Debug, Clone)]
pub struct Outbound {
    suite: Suite,
    rtp: Cipher,
    rtcp: Cipher,
    /// How often the sequence number has begun anew, and the last one.
    rollovers: u32,
    last: Option<u16>,
    /// Of the next RTCP packet.
    index: u32,
}

impl Outbound {
    /// Begins with a key.
    pub fn new(suite: Suite, master: &Master) -> Self {
        Outbound {
            suite,
            rtp: Cipher::new(master, Protocol::Rtp),
            rtcp: Cipher::new(master, Protocol::Rtcp),
            rollovers: 0,
            last: None,
            index: 1,
        }
    }

    /// Whether the sequence number has begun anew.
    pub fn has_rolled_over(&self) -> bool {
        self.rollovers > 0
    }

    /// Another stream begins, with an SSRC of its own.
    pub fn restart(&mut self) {
        (self.rollovers, self.last) = (0, None);
    }

    /// Protects the RTP packet in the first `length` octets of a buffer, and says how long it is now. Packets have to come in
    /// the order of their sequence numbers.
    ///
    /// None if the buffer has no room for the tag, or holds no packet.
    pub fn protect(&mut self, buffer: &mut [u8], length: usize) -> Option<usize> {
        let tag_length = self.suite.tag_length();
        let start = payload_start(buffer.get(..length)?)?;
        let out = buffer.get_mut(..length + tag_length)?;
        let sequence = u16::from_be_bytes([out[2], out[3]]);
        if self.last.is_some_and(|last| sequence < last) {
            self.rollovers = self.rollovers.wrapping_add(1);
        }
        self.last = Some(sequence);
        let ssrc = u32::from_be_bytes([out[8], out[9], out[10], out[11]]);
        self.rtp.apply(ssrc, u64::from(self.rollovers) << 16 | u64::from(sequence), &mut out[start..length]);
        let (packet, tag) = out.split_at_mut(length);
        tag.copy_from_slice(&self.rtp.tag(packet, &self.rollovers.to_be_bytes())[..tag_length]);
        Some(length + tag_length)
    }

    /// Protects the compound RTCP packet in the first `length` octets of a buffer, and says how long it is now.
    ///
    /// None if the buffer has no room for index and tag, or holds no packet.
    pub fn protect_rtcp(&mut self, buffer: &mut [u8], length: usize) -> Option<usize> {
        let out = buffer.get_mut(..length + 4 + RTCP_TAG).filter(|_| length >= 8)?;
        let ssrc = u32::from_be_bytes([out[4], out[5], out[6], out[7]]);
        self.rtcp.apply(ssrc, self.index.into(), &mut out[8..length]);
        out[length..length + 4].copy_from_slice(&(1 << 31 | self.index).to_be_bytes());
        self.index = (self.index + 1) & 0x7fff_ffff;
        let (packet, tag) = out.split_at_mut(length + 4);
        tag.copy_from_slice(&self.rtcp.tag(packet, &[])[..RTCP_TAG]);
        Some(length + 4 + RTCP_TAG)
    }
}
