//! Captures in the format of libpcap, each message as one UDP datagram in one IP packet that was never sent like that.
//!
//! Wireshark and its kin so show SIP whatever carried it: over TLS there is nothing else to show.

use std::net::{IpAddr, SocketAddr};

use jiff::Timestamp;

/// Longest packet that an IP header can tell of.
const LONGEST: usize = 65_535;
const UDP_HEADER: usize = 8;

/// The number of UDP in IP headers.
const UDP: u8 = 17;

/// The start of a file: magic number for microseconds, version 2.4, no correction of time, length of packets, and the link
/// type 101 (LINKTYPE_RAW: packets begin with the IP header).
pub(super) const HEADER: [u8; 24] =
    [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 101, 0, 0, 0];

/// The record of a message. One that no packet can hold is cut.
pub(super) fn packet(at: Timestamp, from: SocketAddr, to: SocketAddr, message: &[u8]) -> Vec<u8> {
    let ip_header = if from.is_ipv6() { 40 } else { 20 };
    let room = LONGEST - ip_header - UDP_HEADER;
    let whole = ip_header + UDP_HEADER + message.len();
    let message = &message[..message.len().min(room)];
    let captured = ip_header + UDP_HEADER + message.len();
    let mut out = Vec::with_capacity(16 + captured);
    let seconds = u32::try_from(at.as_second()).unwrap_or_default();
    let microseconds = u32::try_from(at.subsec_microsecond()).unwrap_or_default();
    for word in [seconds, microseconds, captured as u32, whole as u32] {
        out.extend(word.to_le_bytes());
    }
    let udp_length = (UDP_HEADER + message.len()) as u16;
    let pseudo = match (from.ip(), to.ip()) {
        (IpAddr::V4(source), IpAddr::V4(target)) => {
            let start = out.len();
            // Version and length of header, no mark; length; no number, not to be split; 64 hops.
            out.extend([0x45, 0]);
            out.extend((captured as u16).to_be_bytes());
            out.extend([0, 0, 0x40, 0, 64, UDP, 0, 0]);
            out.extend(source.octets());
            out.extend(target.octets());
            let sum = checksum(0, &out[start..]);
            out[start + 10..start + 12].copy_from_slice(&sum.to_be_bytes());
            [source.octets(), target.octets()].concat()
        }
        (source, target) => {
            let octets = |ip: IpAddr| match ip {
                IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
                IpAddr::V6(v6) => v6.octets(),
            };
            out.extend([0x60, 0, 0, 0]);
            out.extend(udp_length.to_be_bytes());
            out.extend([UDP, 64]);
            out.extend(octets(source));
            out.extend(octets(target));
            [octets(source), octets(target)].concat()
        }
    };
    let start = out.len();
    for word in [from.port(), to.port(), udp_length, 0] {
        out.extend(word.to_be_bytes());
    }
    out.extend(message);
    // The sum covers the addresses too (RFC 768); 0 would mean that there is none.
    let beyond = sum(&pseudo) + u32::from(UDP) + u32::from(udp_length);
    let sum = match checksum(beyond, &out[start..]) {
        0 => 0xffff,
        sum => sum,
    };
    out[start + 6..start + 8].copy_from_slice(&sum.to_be_bytes());
    out
}

fn sum(bytes: &[u8]) -> u32 {
    bytes.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(*pair.get(1).unwrap_or(&0))).sum()
}

/// The sum of RFC 1071.
fn checksum(beyond: u32, bytes: &[u8]) -> u16 {
    let mut total = beyond + sum(bytes);
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    !(total as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_add_up() {
        for (from, to, header) in
            [("192.0.2.1:5060", "192.0.2.2:5070", 20), ("[2001:db8::1]:5060", "[2001:db8::2]:5070", 40)]
        {
            let (from, to) = (from.parse().expect("an address"), to.parse().expect("an address"));
            let at = Timestamp::new(1_700_000_000, 123_456_000).expect("a moment");
            let record = packet(at, from, to, b"OPTIONS");
            assert_eq!(record[..4], 1_700_000_000_u32.to_le_bytes());
            assert_eq!(record[4..8], 123_456_u32.to_le_bytes());
            let ip = &record[16..];
            assert_eq!(ip.len(), header + 8 + 7);
            assert_eq!(ip.len() as u32, u32::from_le_bytes([record[8], record[9], record[10], record[11]]));
            if header == 20 {
                assert_eq!(checksum(0, &ip[..20]), 0, "the sum over a right header is 0");
            }
            let addresses = &ip[if header == 20 { 12 } else { 8 }..header];
            assert_eq!(checksum(sum(addresses) + 17 + 15, &ip[header..]), 0);
            assert_eq!(&ip[header + 8..], b"OPTIONS");
        }
    }

    #[test]
    fn what_no_packet_holds_is_cut() {
        let (from, to) = (SocketAddr::from(([192, 0, 2, 1], 1)), SocketAddr::from(([192, 0, 2, 2], 2)));
        let record = packet(Timestamp::UNIX_EPOCH, from, to, &[b'x'; 70_000]);
        assert_eq!(record.len(), 16 + 65_535);
        assert_eq!(record[12..16], 70_028_u32.to_le_bytes());
    }
}
