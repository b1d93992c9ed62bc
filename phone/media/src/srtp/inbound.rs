//! Takes what comes out of its protection, if it is the peer's and new.

use super::RTCP_TAG;
use super::cipher::{Cipher, Protocol};
use super::key::{Master, Suite};
use super::window::Window;
use crate::rtp::payload_start;

/// Streams whose numbers are remembered, so that nobody can play them again. A peer has one at a time, and another one after
/// each change between codecs of different clocks.
const STREAMS: usize = 16;

/// Why a packet is not taken. The buffer is as it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Too short, or not what it should be.
    #[error("not a protected packet")]
    Malformed,
    /// Somebody else made or changed it.
    #[error("the packet is not authentic")]
    Authentication,
    /// It came before, or is too old to know.
    #[error("the packet came before")]
    Replay,
}

/// The receiver's side of one call.
#[derive(Debug, Clone)]
pub struct Inbound {
    suite: Suite,
    master: Master,
    rtp: Cipher,
    rtcp: Cipher,
    /// The last used first.
    streams: [Option<Stream>; STREAMS],
    /// Where those were that came by keys before. Some senders count on by a new key, as RFC 3711 (section 3.3.1) has it; others
    /// begin anew.
    before: [Option<Count>; STREAMS],
}

#[derive(Debug, Clone, Copy)]
struct Stream {
    ssrc: u32,
    rollovers: u32,
    highest: Option<u16>,
    rtp: Window,
    rtcp: Window,
}

/// The highest number of a stream.
#[derive(Debug, Clone, Copy)]
struct Count {
    ssrc: u32,
    rollovers: u32,
    highest: u16,
}

impl Inbound {
    /// Begins with a key.
    pub fn new(suite: Suite, master: &Master) -> Self {
        Inbound {
            suite,
            master: *master,
            rtp: Cipher::new(master, Protocol::Rtp),
            rtcp: Cipher::new(master, Protocol::Rtcp),
            streams: [None; STREAMS],
            before: [None; STREAMS],
        }
    }

    /// Goes on with this key, which may be another one. What came by a key before the last one is forgotten: keys that come back
    /// after others let it come again.
    pub fn with_key(self, suite: Suite, master: &Master) -> Self {
        if self.master == *master {
            // What came by it before must not come again, however long the tags are.
            return Inbound { suite, ..self };
        }
        let known = self.streams.iter().flatten().filter_map(Stream::count);
        let is_known = |count: &Count| of(&self.streams, count.ssrc).is_some_and(|stream| stream.highest.is_some());
        let older = self.before.iter().flatten().filter(|count| !is_known(count)).copied();
        let mut renewed = Inbound::new(suite, master);
        renewed.before.iter_mut().zip(known.chain(older)).for_each(|(before, count)| *before = Some(count));
        renewed
    }

    /// Takes an RTP packet out of its protection in place, and says how long it is now.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn unprotect(&mut self, packet: &mut [u8]) -> Result<usize, Refusal> {
        let length = packet.len().checked_sub(self.suite.tag_length()).ok_or(Refusal::Malformed)?;
        let start = payload_start(&packet[..length]).ok_or(Refusal::Malformed)?;
        let sequence = u16::from_be_bytes([packet[2], packet[3]]);
        let ssrc = u32::from_be_bytes([packet[8], packet[9], packet[10], packet[11]]);
        let (data, tag) = packet.split_at_mut(length);
        for mut stream in self.guesses(ssrc).into_iter().flatten() {
            let rollovers = stream.rollovers_at(sequence);
            let index = u64::from(rollovers) << 16 | u64::from(sequence);
            if !stream.rtp.allows(index) {
                return Err(Refusal::Replay);
            }
            if !self.rtp.is_authentic(data, &rollovers.to_be_bytes(), tag) {
                continue;
            }
            self.rtp.apply(ssrc, index, &mut data[start..]);
            stream.rtp.note(index);
            let highest = stream.highest.map(|highest| u64::from(stream.rollovers) << 16 | u64::from(highest));
            if highest.is_none_or(|highest| index > highest) {
                (stream.rollovers, stream.highest) = (rollovers, Some(sequence));
            }
            self.keep(stream);
            return Ok(length);
        }
        Err(Refusal::Authentication)
    }

    /// Takes a compound RTCP packet out of its protection in place, and says how long it is now.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn unprotect_rtcp(&mut self, packet: &mut [u8]) -> Result<usize, Refusal> {
        let length = packet.len().checked_sub(4 + RTCP_TAG).filter(|length| *length >= 8).ok_or(Refusal::Malformed)?;
        let ssrc = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
        let word = u32::from_be_bytes([packet[length], packet[length + 1], packet[length + 2], packet[length + 3]]);
        let index = word & 0x7fff_ffff;
        let mut stream = self.stream(ssrc);
        if !stream.rtcp.allows(index.into()) {
            return Err(Refusal::Replay);
        }
        let (data, tag) = packet.split_at_mut(length + 4);
        if !self.rtcp.is_authentic(data, &[], tag) {
            return Err(Refusal::Authentication);
        }
        if word >> 31 == 1 {
            self.rtcp.apply(ssrc, index.into(), &mut data[8..length]);
        }
        stream.rtcp.note(index.into());
        self.keep(stream);
        Ok(length)
    }

    /// What a stream may be: the one that is known, or else a new one or one of the keys before.
    fn guesses(&self, ssrc: u32) -> [Option<Stream>; 2] {
        match of(&self.streams, ssrc).filter(|stream| stream.highest.is_some()) {
            Some(known) => [Some(known), None],
            None => {
                let new = self.stream(ssrc);
                let before = self.before.iter().flatten().find(|before| before.ssrc == ssrc);
                let goes_on =
                    |before: &Count| Stream { rollovers: before.rollovers, highest: Some(before.highest), ..new };
                [Some(new), before.map(goes_on)]
            }
        }
    }

    fn stream(&self, ssrc: u32) -> Stream {
        of(&self.streams, ssrc).unwrap_or(Stream {
            ssrc,
            rollovers: 0,
            highest: None,
            rtp: Window::default(),
            rtcp: Window::default(),
        })
    }

    /// Puts a stream to the front; the one that was not used for longest goes.
    fn keep(&mut self, stream: Stream) {
        let same = |known: &Option<Stream>| known.is_some_and(|known| known.ssrc == stream.ssrc);
        let place = self.streams.iter().position(same).unwrap_or(STREAMS - 1);
        self.streams[..=place].rotate_right(1);
        self.streams[0] = Some(stream);
    }
}

fn of(streams: &[Option<Stream>], ssrc: u32) -> Option<Stream> {
    streams.iter().flatten().find(|stream| stream.ssrc == ssrc).copied()
}

impl Stream {
    fn count(&self) -> Option<Count> {
        self.highest.map(|highest| Count { ssrc: self.ssrc, rollovers: self.rollovers, highest })
    }

    /// How often the numbers had begun anew when a packet was sent (RFC 3711, section 3.3.1).
    fn rollovers_at(&self, sequence: u16) -> u32 {
        let Some(highest) = self.highest else { return self.rollovers };
        if highest < 0x8000 && sequence > highest && sequence - highest > 0x8000 {
            self.rollovers.saturating_sub(1)
        } else if highest >= 0x8000 && highest - 0x8000 > sequence {
            self.rollovers.wrapping_add(1)
        } else {
            self.rollovers
        }
    }
}
