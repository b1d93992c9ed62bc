//! Digits as telephone events in RTP (RFC 4733): sent several times so that they arrive, and heard once.
//!
//! Moments and lengths of what is sent are ticks, 8000 a second; only the durations in packets go by the clock of their payload
//! type.

mod receiver;
mod sender;

pub use receiver::{Heard, Receiver};
pub use sender::{MAX_QUEUED, Note, Sender};

/// Ticks of the clock in a millisecond.
const TICKS_PER_MS: u32 = 8;

/// The digits in the order of their events (RFC 4733, section 3.2).
const DIGITS: &[u8; 16] = b"0123456789*#ABCD";

/// The event of a digit; letters may be small.
pub fn event(digit: char) -> Option<u8> {
    let digit = u8::try_from(digit).ok()?.to_ascii_uppercase();
    DIGITS.iter().position(|known| *known == digit).map(|event| event as u8)
}

/// The digit of an event; none for those that are no digits.
pub fn digit(event: u8) -> Option<char> {
    DIGITS.get(usize::from(event)).map(|digit| char::from(*digit))
}

/// The payload of an event (RFC 4733, section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Payload {
    /// Which event.
    pub event: u8,
    /// Whether this is its end.
    pub end: bool,
    /// In decibels below 1 mW, 0 to 63.
    pub volume: u8,
    /// How long it has lasted since its timestamp.
    pub duration: u16,
}

impl Payload {
    /// Reads the first event of a payload.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let [event, flags, high, low] = *bytes.first_chunk()?;
        let duration = u16::from_be_bytes([high, low]);
        Some(Payload { event, end: flags & 0x80 != 0, volume: flags & 0x3f, duration })
    }

    /// The octets.
    pub fn octets(self) -> [u8; 4] {
        let [high, low] = self.duration.to_be_bytes();
        [self.event, u8::from(self.end) << 7 | self.volume & 0x3f, high, low]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_have_their_events() {
        for (number, letter) in (0..).zip("0123456789*#ABCD".chars()) {
            assert_eq!((event(letter), digit(number)), (Some(number), Some(letter)));
        }
        assert_eq!((event('d'), event('x'), event('ä'), digit(16)), (Some(15), None, None, None));
        let payload = Payload { event: 11, end: true, volume: 10, duration: 0x640 };
        assert_eq!(payload.octets(), [11, 0x8a, 6, 0x40]);
        assert_eq!(Payload::read(&payload.octets()), Some(payload));
        assert_eq!(Payload::read(&[1, 2, 3]), None);
    }
}
