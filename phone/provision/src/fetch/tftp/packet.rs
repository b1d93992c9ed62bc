//! Packets of TFTP (RFC 1350) with options (RFC 2347).

/// A packet that a server sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Packet<'a> {
    Data {
        block: u16,
        bytes: &'a [u8],
    },
    Error {
        code: u16,
        message: String,
    },
    /// The options that the server takes up, as it writes them.
    Options(Vec<(String, String)>),
}

const READ: u16 = 1;
const DATA: u16 = 3;
const ACK: u16 = 4;
const ERROR: u16 = 5;
const OPTIONS: u16 = 6;

/// Error codes.
pub(super) const NOT_FOUND: u16 = 1;
pub(super) const ACCESS_VIOLATION: u16 = 2;
pub(super) const DISK_FULL: u16 = 3;
pub(super) const ILLEGAL: u16 = 4;
pub(super) const UNKNOWN_TRANSFER: u16 = 5;
pub(super) const OPTIONS_REFUSED: u16 = 8;

impl<'a> Packet<'a> {
    /// Reads a packet; `None` for what no server sends.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (code, rest) = number(bytes)?;
        match code {
            DATA => number(rest).map(|(block, bytes)| Self::Data { block, bytes }),
            ERROR => number(rest).map(|(code, text)| Self::Error { code, message: message(text) }),
            OPTIONS => {
                let mut words = rest.split(|b| *b == 0).map(|word| String::from_utf8_lossy(word).into_owned());
                let mut options = Vec::new();
                while let (Some(name), Some(value)) = (words.next(), words.next()) {
                    options.push((name.to_ascii_lowercase(), value));
                }
                Some(Self::Options(options))
            }
            _ => None,
        }
    }
}

/// A request for a file.
pub(super) fn read_request(path: &str, options: &[(&str, String)]) -> Vec<u8> {
    let mut packet = READ.to_be_bytes().to_vec();
    let options = options.iter().flat_map(|(name, value)| [*name, value.as_str()]);
    for word in [path, "octet"].into_iter().chain(options) {
        packet.extend_from_slice(word.as_bytes());
        packet.push(0);
    }
    packet
}

pub(super) fn ack(block: u16) -> Vec<u8> {
    [ACK.to_be_bytes(), block.to_be_bytes()].concat()
}

pub(super) fn error(code: u16, message: &str) -> Vec<u8> {
    [&ERROR.to_be_bytes()[..], &code.to_be_bytes(), message.as_bytes(), &[0]].concat()
}

fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*number), rest))
}

/// The text of an error, without control characters and cut to a bearable length.
fn message(text: &[u8]) -> String {
    let end = text.iter().position(|b| *b == 0).unwrap_or(text.len());
    String::from_utf8_lossy(&text[..end]).chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn packets() {
        assert_eq!(Packet::read(b"\0\x03\x01\x02xy"), Some(Packet::Data { block: 258, bytes: b"xy" }));
        assert_eq!(Packet::read(b"\0\x05\0\x01no\nfile\0x"), Some(Packet::Error { code: 1, message: "nofile".into() }));
        let options = vec![("blksize".to_owned(), "1428".to_owned()), ("tsize".to_owned(), "7".to_owned())];
        assert_eq!(Packet::read(b"\0\x06BLKSIZE\x001428\0tsize\x007\0"), Some(Packet::Options(options)));
        assert_eq!(Packet::read(b"\0\x04\0\x01"), None);
        assert_eq!(Packet::read(b"\0"), None);
        let request = read_request("a/b", &[("blksize", "1428".to_owned())]);
        assert_eq!(request, b"\0\x01a/b\0octet\0blksize\x001428\0");
        assert_eq!(ack(258), b"\0\x04\x01\x02");
        assert_eq!(error(5, "who"), b"\0\x05\0\x05who\0");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            let _ = Packet::read(&bytes);
        }
    }
}
