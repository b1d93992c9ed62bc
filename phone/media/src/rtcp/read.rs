//! Reads compound packets, whatever else is in them.

use super::{DESCRIPTION, GOODBYE, RECEIVER_REPORT, SENDER_REPORT};

/// The bytes are no compound packet of RTCP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an RTCP packet")]
pub struct Malformed;

/// A packet of a compound one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item<'a> {
    /// A sender's report.
    Sender {
        /// Who reports.
        ssrc: u32,
        /// What was sent.
        info: SenderInfo,
        /// What it receives.
        blocks: &'a [[u8; 24]],
    },
    /// A report of one that sends nothing.
    Receiver {
        /// Who reports.
        ssrc: u32,
        /// What it receives.
        blocks: &'a [[u8; 24]],
    },
    /// These sources leave.
    Goodbye(Goodbyes<'a>),
    /// Source descriptions, and kinds of packets that a phone does without.
    Other(u8),
}

/// What a sender says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderInfo {
    /// When, as NTP counts.
    pub ntp: u64,
    /// The same moment on the clock of its stream.
    pub timestamp: u32,
    /// Packets sent.
    pub packets: u32,
    /// Octets of payload sent.
    pub octets: u32,
}

/// What a report says about one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// Which source.
    pub ssrc: u32,
    /// Share lost since the report before, in 256ths.
    pub fraction_lost: u8,
    /// Lost since the beginning.
    pub lost: i32,
    /// Highest sequence number, with its rounds.
    pub highest: u32,
    /// In clock ticks.
    pub jitter: u32,
    /// Middle of the time in the source's last report; 0 if there was none.
    pub last_report: u32,
    /// Since that came, in 65536ths of a second.
    pub delay: u32,
}

impl Block {
    /// The block in these octets.
    pub fn read(octets: &[u8; 24]) -> Self {
        let lost = word(octets, 4) & 0xff_ffff;
        Block {
            ssrc: word(octets, 0),
            fraction_lost: octets[4],
            // The number has 24 bits and a sign.
            lost: (lost << 8) as i32 >> 8,
            highest: word(octets, 8),
            jitter: word(octets, 12),
            last_report: word(octets, 16),
            delay: word(octets, 20),
        }
    }
}

/// The sources of a goodbye.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goodbyes<'a>(&'a [[u8; 4]]);

impl Goodbyes<'_> {
    /// Whether this source leaves.
    pub fn name(&self, ssrc: u32) -> bool {
        self.0.contains(&ssrc.to_be_bytes())
    }
}

/// The packets of a compound one, in order.
#[derive(Debug, Clone)]
pub struct Items<'a>(&'a [u8]);

/// Reads a compound packet: lengths have to fit, and the first one has to be a report (RFC 3550, appendix A.2).
///
/// # Errors
/// [`Malformed`] if they do not.
pub fn read(bytes: &[u8]) -> Result<Items<'_>, Malformed> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (_, _, behind) = split(rest).ok_or(Malformed)?;
        rest = behind;
    }
    match Items(bytes).next() {
        Some(Item::Sender { .. } | Item::Receiver { .. }) => Ok(Items(bytes)),
        _ => Err(Malformed),
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        let (head, body, rest) = split(self.0)?;
        self.0 = rest;
        Some(item(head, body).unwrap_or(Item::Other(head[1])))
    }
}

/// The first packet's head and body, and what follows.
fn split(bytes: &[u8]) -> Option<([u8; 4], &[u8], &[u8])> {
    let (head, rest) = bytes.split_first_chunk::<4>()?;
    let length = 4 * usize::from(u16::from_be_bytes([head[2], head[3]]));
    if head[0] >> 6 != 2 || length > rest.len() {
        return None;
    }
    let (body, rest) = rest.split_at(length);
    Some((*head, body, rest))
}

fn item(head: [u8; 4], body: &[u8]) -> Option<Item<'_>> {
    let count = usize::from(head[0] & 0x1f);
    match head[1] {
        SENDER_REPORT => {
            let info = body.get(4..24)?;
            Some(Item::Sender {
                ssrc: word(body, 0),
                info: SenderInfo {
                    ntp: u64::from(word(info, 0)) << 32 | u64::from(word(info, 4)),
                    timestamp: word(info, 8),
                    packets: word(info, 12),
                    octets: word(info, 16),
                },
                blocks: body[24..].as_chunks().0.get(..count)?,
            })
        }
        RECEIVER_REPORT => {
            Some(Item::Receiver { ssrc: word(body.get(..4)?, 0), blocks: body[4..].as_chunks().0.get(..count)? })
        }
        GOODBYE => Some(Item::Goodbye(Goodbyes(body.as_chunks().0.get(..count)?))),
        DESCRIPTION => None,
        _ => None,
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
