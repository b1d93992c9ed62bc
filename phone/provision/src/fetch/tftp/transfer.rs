//! One transfer without its socket: packets go in, packets and the file come out.

use std::time::Duration;

use super::packet::{self, Packet};
use crate::error::Error;
use crate::fetch::body::Body;
use crate::fetch::server;
use crate::location::Location;

/// Bytes of a block that are asked for: what fits into an Ethernet frame, even in a VLAN and a tunnel (RFC 2348).
const BLOCK: usize = 1428;

/// Bytes of a block where nothing was agreed on (RFC 1350).
const PLAIN_BLOCK: usize = 512;

/// Seconds after which the server shall repeat itself (RFC 2349).
const TIMEOUT: u8 = 2;

/// What a packet leads to.
#[derive(Debug)]
pub(super) enum Reaction {
    /// It has no meaning here, or came before.
    Ignore,
    /// Send this, and wait.
    Send(Vec<u8>),
    /// The file is complete.
    Done,
    /// The server does not take options: begin anew without them.
    WithoutOptions,
    Failed(Error),
}

/// A transfer of one file.
pub(super) struct Transfer<'a> {
    location: &'a Location,
    path: String,
    /// Whether options were sent.
    options: bool,
    agreed: bool,
    block_size: usize,
    size: Option<u64>,
    /// The last block that came.
    block: u16,
}

impl<'a> Transfer<'a> {
    pub(super) fn new(location: &'a Location, options: bool) -> Result<Self, Error> {
        let path = location.remote_path()?;
        Ok(Self { location, path, options, agreed: false, block_size: PLAIN_BLOCK, size: None, block: 0 })
    }

    /// The first packet.
    pub(super) fn request(&self) -> Vec<u8> {
        let options = [("tsize", "0".to_owned()), ("blksize", BLOCK.to_string()), ("timeout", TIMEOUT.to_string())];
        packet::read_request(&self.path, if self.options { &options } else { &[] })
    }

    pub(super) fn receive(&mut self, bytes: &[u8], body: &mut Body<'_>) -> Reaction {
        let result = match Packet::read(bytes) {
            None => return Reaction::Ignore,
            Some(Packet::Error { code: packet::OPTIONS_REFUSED | packet::ILLEGAL, .. })
                if self.options && !self.agreed && self.block == 0 =>
            {
                return Reaction::WithoutOptions;
            }
            Some(Packet::Error { code, message }) => Err(self.refusal(code, message)),
            Some(Packet::Options(options)) => self.agree(&options, body),
            Some(Packet::Data { block, bytes }) => self.data(block, bytes, body),
        };
        result.unwrap_or_else(Reaction::Failed)
    }

    /// What the server is told at the end.
    pub(super) fn last_word(&self, reaction: &Reaction) -> Option<Vec<u8>> {
        match reaction {
            // Should it get lost, the server repeats itself some times, to nobody's harm.
            Reaction::Done => Some(packet::ack(self.block)),
            Reaction::Failed(Error::TooLarge { .. } | Error::Keep(_)) => {
                Some(packet::error(packet::DISK_FULL, "the file is too large"))
            }
            Reaction::Failed(Error::Protocol { .. } | Error::CutOff { .. }) => {
                Some(packet::error(packet::ILLEGAL, "that is not as agreed"))
            }
            _ => None,
        }
    }

    /// What it means that nothing comes any more.
    pub(super) fn silent(&self, after: Duration) -> Error {
        let what = if self.agreed || self.block > 0 { "send more of the file" } else { "answer by TFTP" };
        Error::TimedOut { server: server(self.location), what, after }
    }

    fn agree(&mut self, options: &[(String, String)], body: &Body<'_>) -> Result<Reaction, Error> {
        if self.block > 0 || self.agreed {
            return Ok(Reaction::Ignore);
        }
        if !self.options {
            return Err(self.fault("it agrees to options that it was not sent".to_owned()));
        }
        for (name, value) in options {
            let number = value.parse::<u64>().map_err(|_| self.fault(format!("its {name} is no number")))?;
            match (name.as_str(), number) {
                ("blksize", 8..) if number <= BLOCK as u64 => self.block_size = number as usize,
                ("tsize", size) => {
                    body.announce(size)?;
                    self.size = Some(size);
                }
                ("timeout", number) if number == u64::from(TIMEOUT) => {}
                _ => return Err(self.fault(format!("it wants {name} {number}, which it was not offered"))),
            }
        }
        self.agreed = true;
        Ok(Reaction::Send(packet::ack(0)))
    }

    fn data(&mut self, block: u16, bytes: &[u8], body: &mut Body<'_>) -> Result<Reaction, Error> {
        // Block numbers start again behind the last one with some servers; none of our files is that long.
        if Some(block) != self.block.checked_add(1) {
            return match (self.block, block) {
                (u16::MAX, 0 | 1) => Err(self.fault("the file has more blocks than there are numbers".to_owned())),
                _ => Ok(Reaction::Ignore),
            };
        }
        if bytes.len() > self.block_size {
            return Err(self.fault(format!("a block has {} bytes in place of {}", bytes.len(), self.block_size)));
        }
        body.push(bytes)?;
        self.block = block;
        if bytes.len() == self.block_size {
            return Ok(Reaction::Send(packet::ack(block)));
        }
        match self.size {
            Some(size) if size != body.len() => {
                let reason = format!("{} of {size} bytes came", body.len());
                Err(Error::CutOff { server: server(self.location), reason })
            }
            _ => Ok(Reaction::Done),
        }
    }

    fn refusal(&self, code: u16, message: String) -> Error {
        let server = server(self.location);
        let answer = if message.is_empty() { format!("error {code}") } else { format!("error {code}: {message}") };
        match code {
            packet::NOT_FOUND => Error::NotFound { server, answer },
            packet::ACCESS_VIOLATION => {
                Error::Denied { server, reason: format!("{answer}; TFTP files have to be readable by everybody") }
            }
            _ => Error::Refused { server, answer },
        }
    }

    fn fault(&self, reason: String) -> Error {
        Error::Protocol { server: server(self.location), protocol: "TFTP", reason }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMIT: u64 = 200_000;

    fn location() -> Location {
        Location::parse("tftp://h/f").expect("a URL")
    }

    fn data(block: u16, length: usize) -> Vec<u8> {
        [&[0, 3][..], &block.to_be_bytes(), &vec![block as u8; length]].concat()
    }

    /// Feeds packets in; shows the reactions as text, and the bytes that were kept.
    fn play(options: bool, packets: &[&[u8]]) -> (Vec<String>, usize) {
        let location = location();
        let mut file = Vec::new();
        let mut body = Body::new(&location, LIMIT, &mut file);
        let mut transfer = Transfer::new(&location, options).expect("a path");
        let shown = packets.iter().map(|packet| match transfer.receive(packet, &mut body) {
            Reaction::Ignore => "ignore".to_owned(),
            Reaction::Send(packet) => format!("send {packet:?}"),
            Reaction::Done => "done".to_owned(),
            Reaction::WithoutOptions => "without options".to_owned(),
            Reaction::Failed(error) => error.to_string(),
        });
        let shown = shown.collect();
        (shown, file.len())
    }

    #[test]
    fn duplicates_and_strays_are_not_answered() {
        let (shown, length) = play(
            false,
            &[&data(1, 512), &data(1, 512), &data(3, 512), &data(2, 512), &data(1, 512), &data(2, 512), &data(3, 0)],
        );
        let expected = ["send [0, 4, 0, 1]", "ignore", "ignore", "send [0, 4, 0, 2]", "ignore", "ignore", "done"];
        assert_eq!(shown, expected);
        assert_eq!(length, 1024);
    }

    #[test]
    fn options_are_agreed_on_once() {
        let agreed = b"\0\x06blksize\x001024\0tsize\x001500\0timeout\x002\0";
        let (shown, length) = play(true, &[agreed, agreed, &data(1, 1024), &data(2, 476)]);
        assert_eq!(shown, ["send [0, 4, 0, 0]", "ignore", "send [0, 4, 0, 1]", "done"]);
        assert_eq!(length, 1500);
        // A server without options sends its first block at once.
        assert_eq!(play(true, &[&data(1, 511)]).0, ["done"]);
    }

    #[test]
    fn what_a_server_must_not_do() {
        let first = |packets: &[&[u8]]| play(true, packets).0.pop().unwrap_or_default();
        for (packet, message) in [
            (&b"\0\x06blksize\x001429\0"[..], "blksize 1429"),
            (b"\0\x06blksize\x007\0", "blksize 7"),
            (b"\0\x06blksize\0lots\0", "no number"),
            (b"\0\x06windowsize\x0064\0", "windowsize 64"),
            (b"\0\x06tsize\x00200001\0", "larger than 200000 bytes"),
            (b"\0\x05\0\x01gone\0", "has no such file (error 1: gone)"),
            (b"\0\x05\0\x02\0", "readable by everybody"),
            (b"\0\x05\0\x00\0", "error 0"),
            (&data(1, 513), "513 bytes in place of 512"),
        ] {
            let shown = first(&[packet]);
            assert!(shown.contains(message), "{shown}");
        }
        for code in [b"\0\x05\0\x08no\0", b"\0\x05\0\x04no\0"] {
            assert_eq!(play(true, &[code]).0, ["without options"]);
            assert!(play(false, &[code]).0[0].contains("no"));
        }
        let short = play(true, &[b"\0\x06tsize\x00100\0", &data(1, 99)]).0;
        assert!(short[1].contains("99 of 100 bytes"), "{short:?}");
        assert!(play(false, &[b"\0\x06tsize\x00100\0"]).0[0].contains("not sent"));
    }

    #[test]
    fn files_longer_than_the_numbers_are_refused() {
        let location = location();
        let mut sink = std::io::sink();
        let mut body = Body::new(&location, u64::MAX, &mut sink);
        let mut transfer = Transfer::new(&location, false).expect("a path");
        for block in 1..=u16::MAX {
            assert!(matches!(transfer.receive(&data(block, 512), &mut body), Reaction::Send(_)));
        }
        let reaction = transfer.receive(&data(0, 512), &mut body);
        assert!(matches!(&reaction, Reaction::Failed(Error::Protocol { .. })), "{reaction:?}");
        assert!(transfer.last_word(&reaction).is_some());
    }

    #[test]
    fn too_much_is_refused_while_it_arrives() {
        let location = location();
        let mut file = Vec::new();
        let mut body = Body::new(&location, LIMIT, &mut file);
        let mut transfer = Transfer::new(&location, false).expect("a path");
        let failed = (1..).map(|block| transfer.receive(&data(block, 512), &mut body));
        let (count, reaction) = failed.enumerate().find(|(_, r)| !matches!(r, Reaction::Send(_))).expect("an end");
        assert!(matches!(reaction, Reaction::Failed(Error::TooLarge { limit: LIMIT })));
        assert_eq!(count, LIMIT as usize / 512);
        assert!(file.len() as u64 <= LIMIT);
    }

    proptest! {
        #[test]
        fn any_packets_are_survived(packets in prop::collection::vec(
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..40),
                (1u16..5, 0usize..600).prop_map(|(block, length)| data(block, length)),
            ], 0..30)) {
            let packets: Vec<_> = packets.iter().map(Vec::as_slice).collect();
            play(true, &packets);
        }
    }
}
