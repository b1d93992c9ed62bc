//! The little of STUN that a line needs: asking a server what it sees of a port (RFC 8489).

use std::net::{Ipv4Addr, SocketAddrV4};

/// Tells STUN from other protocols on the same port (section 5).
const COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

const BINDING_REQUEST: [u8; 2] = [0, 1];
const BINDING_SUCCESS: [u8; 2] = [1, 1];
const MAPPED_ADDRESS: u16 = 0x0001;
const XOR_MAPPED_ADDRESS: u16 = 0x0020;

/// What tells an answer that it is to this question: random, and never the same.
pub(crate) type Transaction = [u8; 12];

/// A question to a server.
pub(crate) fn request(transaction: Transaction) -> Vec<u8> {
    [&BINDING_REQUEST[..], &[0, 0], &COOKIE, &transaction].concat()
}

/// The question that a datagram answers, and the address that the server saw; none for whatever else it is.
pub(super) fn answer(datagram: &[u8]) -> Option<(Transaction, SocketAddrV4)> {
    let (head, attributes) = datagram.split_at_checked(20)?;
    let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
    if head[..2] != BINDING_SUCCESS || head[4..8] != COOKIE || length != attributes.len() {
        return None;
    }
    let transaction = head[8..].try_into().ok()?;
    let mut plain = None;
    let mut rest = attributes;
    while let Some((&[t0, t1, l0, l1], more)) = rest.split_first_chunk() {
        let (value, more) = more.split_at_checked(usize::from(u16::from_be_bytes([l0, l1])))?;
        match u16::from_be_bytes([t0, t1]) {
            // Routers that look for addresses in packets change the plain one.
            XOR_MAPPED_ADDRESS => return Some((transaction, address(value, COOKIE)?)),
            MAPPED_ADDRESS => plain = address(value, [0; 4]),
            _ => {}
        }
        // Values are filled up to four octets.
        rest = more.get(value.len().next_multiple_of(4) - value.len()..).unwrap_or_default();
    }
    Some((transaction, plain?))
}

/// An address of version 4 (sections 14.1 and 14.2).
fn address(value: &[u8], mask: [u8; 4]) -> Option<SocketAddrV4> {
    let &[_, 1, p0, p1, a, b, c, d] = value else { return None };
    let port = u16::from_be_bytes([p0 ^ mask[0], p1 ^ mask[1]]);
    let address = Ipv4Addr::new(a ^ mask[0], b ^ mask[1], c ^ mask[2], d ^ mask[3]);
    Some(SocketAddrV4::new(address, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The answer of RFC 5769, section 2.2, without its integrity and fingerprint, which are passed over.
    const ANSWER: [u8; 48] = [
        0x01, 0x01, 0x00, 0x1c, 0x21, 0x12, 0xa4, 0x42, 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87,
        0xdf, 0xae, 0x80, 0x22, 0x00, 0x0b, 0x74, 0x65, 0x73, 0x74, 0x20, 0x76, 0x65, 0x63, 0x74, 0x6f, 0x72, 0x20,
        0x00, 0x20, 0x00, 0x08, 0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43,
    ];

    #[test]
    fn the_vector_of_the_rfc_is_read() {
        let (transaction, seen) = answer(&ANSWER).expect("an answer");
        assert_eq!(seen, "192.0.2.1:32853".parse().expect("an address"));
        assert_eq!(request(transaction)[8..], ANSWER[8..20]);
        assert_eq!(request(transaction)[..8], [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
    }

    #[test]
    fn an_old_server_says_it_plainly() {
        let mut old = ANSWER[..20].to_vec();
        old[3] = 12;
        old.extend([0, 1, 0, 8, 0, 1, 0x13, 0xc4, 192, 0, 2, 9]);
        assert_eq!(answer(&old).expect("an answer").1, "192.0.2.9:5060".parse().expect("an address"));
    }

    #[test]
    fn nothing_else_is_an_answer() {
        for length in 0..ANSWER.len() {
            assert_eq!(answer(&ANSWER[..length]), None);
        }
        for at in [0, 1, 2, 4, 7] {
            let mut other = ANSWER;
            other[at] ^= 0x10;
            assert_eq!(answer(&other), None, "octet {at}");
        }
        let mut six = ANSWER;
        six[41] = 2;
        assert_eq!(answer(&six), None, "an address of version 6 has another length");
        let mut endless = ANSWER;
        endless[22..24].fill(0xff);
        assert_eq!(answer(&endless), None);
    }
}
