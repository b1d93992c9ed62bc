//! Cuts a byte stream (TCP, TLS) into messages.

use memchr::memmem;

use super::fault::{Fault, Malformed};
use super::read::Head;
use super::{MAX_BODY, MAX_HEAD, Message};

/// What a stream brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// A message.
    Message(Message),
    /// A message that is refused, while those behind it are still found: answer it as [`Malformed::answer`] says.
    Malformed(Malformed),
    /// Two line ends between messages: the other side asks for one back (RFC 5626, section 4.4.1).
    Ping,
    /// One line end between messages: the answer to ours, or a careless sender.
    Pong,
}

/// Collects the bytes of one connection. It holds no more than one message of the largest size and what was last pushed.
#[derive(Debug, Clone, Default)]
pub struct Framer {
    bytes: Vec<u8>,
    /// Where the bytes begin that no frame has used.
    start: usize,
    /// How far behind the start the end of a head has been looked for, so that dribbling bytes are looked at once.
    searched: usize,
    /// Bytes of the message that has begun, once its head was read.
    needed: usize,
}

impl Framer {
    /// An empty one, for a new connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes bytes from the connection. Call [`Framer::next_frame`] until it has no more before taking further ones.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.start);
        self.start = 0;
        if self.bytes.is_empty() {
            // One large message shall not cost its memory for as long as the connection lives.
            self.bytes.shrink_to(4096);
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// The next frame, if it is complete.
    ///
    /// A message without Content-Length has no body here, whatever RFC 3261, section 20.14, asks of its sender.
    ///
    /// # Errors
    /// Where the next message begins is unknown: send the answer, if there is one, and close the connection.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, Malformed> {
        if let Some(frame) = self.line_ends() {
            return Ok(Some(frame));
        }
        if self.rest().len() < self.needed {
            return Ok(None);
        }
        let Some(end) = self.head_end() else {
            return if self.rest().len() > MAX_HEAD { Err(Malformed::silent(Fault::TooLarge)) } else { Ok(None) };
        };
        let head = Head::read(&self.rest()[..end])?;
        let length = match head.content_length {
            Ok(length) if length.unwrap_or(0) <= MAX_BODY => length.unwrap_or(0),
            // With a fault, it is never a message.
            Ok(_) => return head.finish(&[], Some(Fault::TooLarge)).map(|_| None),
            Err(fault) => return head.finish(&[], Some(fault)).map(|_| None),
        };
        let Some(body) = self.rest().get(end..end + length) else {
            (self.searched, self.needed) = (end, end + length);
            return Ok(None);
        };
        let read = head.finish(body, None);
        self.consume(end + length);
        Ok(Some(read.map_or_else(Frame::Malformed, Frame::Message)))
    }

    fn rest(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    fn line_ends(&mut self) -> Option<Frame> {
        let (length, frame) = match self.rest() {
            [b'\r', b'\n', b'\r', b'\n', ..] => (4, Frame::Ping),
            [b'\n', b'\n', ..] => (2, Frame::Ping),
            [b'\r', b'\n', ..] => (2, Frame::Pong),
            [b'\n', ..] => (1, Frame::Pong),
            _ => return None,
        };
        self.consume(length);
        Some(frame)
    }

    /// Where the empty line ends that ends a head.
    fn head_end(&mut self) -> Option<usize> {
        // It may have come in two parts.
        let from = self.searched.saturating_sub(3);
        let rest = &self.rest()[from..];
        let end = memmem::find_iter(rest, b"\n").find_map(|at| match &rest[at + 1..] {
            [b'\n', ..] => Some(at + 2),
            [b'\r', b'\n', ..] => Some(at + 3),
            _ => None,
        });
        self.searched = self.rest().len();
        end.map(|end| from + end)
    }

    fn consume(&mut self, bytes: usize) {
        self.start += bytes;
        (self.searched, self.needed) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: &str = "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bK1\r\nFrom: <sip:c@d>;tag=1\r\n\
        To: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n";

    fn frames(framer: &mut Framer) -> Vec<Frame> {
        std::iter::from_fn(|| framer.next_frame().unwrap()).collect()
    }

    #[test]
    fn messages_arrive_in_any_pieces() {
        let stream = format!("\r\n\r\n{OPTIONS}Content-Length: 4\r\n\r\nbody{OPTIONS}l: 0\r\n\r\n\r\n{OPTIONS}\r\n");
        for piece in 1..stream.len() {
            let mut framer = Framer::new();
            let mut bodies = Vec::new();
            for bytes in stream.as_bytes().chunks(piece) {
                framer.push(bytes);
                bodies.extend(frames(&mut framer).into_iter().filter_map(|frame| match frame {
                    Frame::Message(message) => Some(message.body().len()),
                    Frame::Ping | Frame::Pong => None,
                    Frame::Malformed(malformed) => panic!("{malformed}"),
                }));
            }
            assert_eq!(bodies, [4, 0, 0], "pieces of {piece}");
            assert!(framer.rest().is_empty());
        }
    }

    #[test]
    fn keep_alives() {
        let mut framer = Framer::new();
        framer.push(b"\r\n\r\n\r\n");
        assert_eq!(frames(&mut framer), [Frame::Ping, Frame::Pong]);
    }

    #[test]
    fn a_bad_message_does_not_hide_the_next_one() {
        let mut framer = Framer::new();
        framer.push(OPTIONS.replace("From: <", "From: ").as_bytes());
        framer.push(format!("l: 1\r\n\r\nx{OPTIONS}\r\n").as_bytes());
        let frames = frames(&mut framer);
        assert!(matches!(&frames[..], [Frame::Malformed(_), Frame::Message(_)]), "{frames:?}");
    }

    #[test]
    fn without_a_length_that_can_be_trusted_the_connection_ends() {
        for (length, fault) in [
            ("-1", "Malformed Content-Length header field"),
            ("1\r\nl: 1", "Multiple Content-Length header fields"),
            ("99999999", "Message too large"),
            ("99999999999999999999999", "Message too large"),
        ] {
            let mut framer = Framer::new();
            framer.push(format!("{OPTIONS}Content-Length: {length}\r\n\r\n").as_bytes());
            let malformed = framer.next_frame().unwrap_err();
            assert_eq!(malformed.to_string(), fault);
            assert!(malformed.answer("t").is_some());
        }
        let mut framer = Framer::new();
        framer.push(&vec![b'a'; MAX_HEAD + 1]);
        assert_eq!(framer.next_frame().unwrap_err().fault, Fault::TooLarge);
    }
}
