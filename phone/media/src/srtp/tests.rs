//! Vectors of RFC 3711, packets of another implementation, and what attackers try.

use aes::Aes128;
use aes::cipher::KeyInit;
use proptest::prelude::*;

use super::cipher::keystream;
use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    let hex: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    hex.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn master() -> Master {
    Master(bytes("E1F97A0D3E018BE0D64FA32C06DE4139 0EC675AD498AFEEBB6960B3AABE6").try_into().unwrap())
}

/// RFC 3711, appendix B.2.
#[test]
fn the_key_stream_is_that_of_the_rfc() {
    let aes = Aes128::new_from_slice(&bytes("2B7E151628AED2A6ABF7158809CF4F3C")).unwrap();
    let mut out = vec![0; 0xff02 * 16];
    keystream(&aes, 0xF0F1F2F3F4F5F6F7F8F9FAFBFCFD0000, &mut out);
    assert_eq!(
        out[..48],
        bytes("E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0")
    );
    assert_eq!(
        out[0xfeff * 16..],
        bytes("EC8CDF7398607CB0F2D21675EA9EA1E4 362B7C3C6773516318A077D7FC5073AE 6A2CC3787889374FBEB4C81B17BA6C44")
    );
}

/// RFC 3711, appendix B.3: keys for this master key.
#[test]
fn session_keys_are_those_of_the_rfc() {
    let aes = Aes128::new_from_slice(&master().0[..16]).unwrap();
    let salt = master().0[16..].iter().fold(0u128, |word, octet| word << 8 | u128::from(*octet)) << 16;
    let derived = |label: u128, length: usize| {
        let mut out = vec![0; length];
        keystream(&aes, salt ^ label << 64, &mut out);
        out
    };
    assert_eq!(derived(0, 16), bytes("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(derived(2, 14), bytes("30CBBC08863D8C85D49DB34A9AE1"));
    assert_eq!(derived(1, 20), bytes("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
}

const PLAIN: &str = "800f1234decafbadcafebabe abababababababababababababababab";

/// The vectors by which libsrtp validates itself, with the master key of the RFC.
#[test]
fn packets_are_those_of_another_implementation() {
    let mut buffer = bytes(PLAIN);
    buffer.resize(64, 0);
    let length = Outbound::new(Suite::AesCm128HmacSha1_80, &master()).protect(&mut buffer, 28).unwrap();
    let protected = bytes("800f1234decafbadcafebabe 4e55dc4ce79978d88ca4d215949d2402 b78d6acc99ea179b8dbb");
    assert_eq!(buffer[..length], protected);

    let mut buffer = bytes("81c8000bcafebabe abababababababababababababababab");
    buffer.resize(64, 0);
    let length = Outbound::new(Suite::AesCm128HmacSha1_80, &master()).protect_rtcp(&mut buffer, 24).unwrap();
    let protected = bytes("81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001 993e08cd54d6c1230798");
    assert_eq!(buffer[..length], protected);
    let length = Inbound::new(Suite::AesCm128HmacSha1_32, &master()).unprotect_rtcp(&mut buffer[..length]).unwrap();
    assert_eq!(buffer[..length], bytes("81c8000bcafebabe abababababababababababababababab"));
}

/// A packet with this number, protected.
fn packet(outbound: &mut Outbound, ssrc: u32, sequence: u16) -> Vec<u8> {
    let mut buffer = bytes(PLAIN);
    buffer[2..4].copy_from_slice(&sequence.to_be_bytes());
    buffer[8..12].copy_from_slice(&ssrc.to_be_bytes());
    buffer.resize(64, 0);
    let length = outbound.protect(&mut buffer, 28).unwrap();
    buffer.truncate(length);
    buffer
}

#[test]
fn each_packet_is_taken_once_and_only_if_unchanged() {
    for suite in Suite::ALL {
        let mut outbound = Outbound::new(suite, &master());
        let mut inbound = Inbound::new(suite, &master());
        let packets: Vec<_> = (0..200).map(|sequence| packet(&mut outbound, 7, sequence)).collect();
        assert_eq!(packets[0].len(), 28 + suite.tag_length());
        for number in [0usize, 2, 1, 199] {
            let mut changed = packets[number].clone();
            *changed.last_mut().unwrap() ^= 1;
            assert_eq!(inbound.unprotect(&mut changed), Err(Refusal::Authentication));
            changed.clone_from(&packets[number]);
            changed[1] ^= 0x80;
            assert_eq!(inbound.unprotect(&mut changed), Err(Refusal::Authentication));
            assert_eq!(inbound.unprotect(&mut packets[number].clone()), Ok(28));
            assert_eq!(inbound.unprotect(&mut packets[number].clone()), Err(Refusal::Replay));
        }
        assert_eq!(inbound.unprotect(&mut packets[3].clone()), Err(Refusal::Replay), "too old to know");
        assert_eq!(inbound.unprotect(&mut packets[150].clone()), Ok(28));
        // Another stream of the peer, and then the first one: what came is still known.
        let mut other = packet(&mut Outbound::new(suite, &master()), 8, 5);
        assert_eq!(inbound.unprotect(&mut other), Ok(28));
        assert_eq!(inbound.unprotect(&mut packets[199].clone()), Err(Refusal::Replay));
    }
}

#[test]
fn numbers_may_begin_anew() {
    let suite = Suite::AesCm128HmacSha1_80;
    let mut outbound = Outbound::new(suite, &master());
    let mut inbound = Inbound::new(suite, &master());
    let sent: Vec<_> = (65500..=65535u16).chain(0..=65535).chain(0..100).collect();
    let mut packets: Vec<_> = sent.iter().map(|sequence| packet(&mut outbound, 7, *sequence)).collect();
    // Some come late, over the border as well.
    packets.swap(35, 37);
    packets.swap(36 + 65530, 36 + 65540);
    for (number, packet) in packets.iter_mut().enumerate() {
        assert_eq!(inbound.unprotect(packet), Ok(28), "{number}");
        assert_eq!(packet[12..28], [0xab; 16]);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut inbound = Inbound::new(Suite::AesCm128HmacSha1_80, &master());
        let mut outbound = Outbound::new(Suite::AesCm128HmacSha1_32, &master());
        for length in [bytes.len(), bytes.len() / 2] {
            prop_assert!(inbound.unprotect(&mut bytes.clone()[..length]).is_err());
            prop_assert!(inbound.unprotect_rtcp(&mut bytes.clone()[..length]).is_err());
            let _ = outbound.protect(&mut bytes.clone(), length);
            let _ = outbound.protect_rtcp(&mut bytes.clone(), length);
        }
    }

    #[test]
    fn the_window_remembers(indices in proptest::collection::vec(0u64..300, 0..200)) {
        let mut window = super::window::Window::default();
        let mut came = std::collections::BTreeSet::new();
        for index in indices {
            let highest = came.last().copied().unwrap_or(0);
            let expected = !came.contains(&index) && (came.is_empty() || index + 128 > highest);
            prop_assert_eq!(window.allows(index), expected);
            if expected {
                window.note(index);
                came.insert(index);
            }
        }
    }
}
