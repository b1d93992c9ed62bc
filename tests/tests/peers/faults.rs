//! What no peer in its right mind sends.

use std::fs;
use std::net::UdpSocket;

use offhook_tests::root;
use offhook_tests::stage::wait_for;

use crate::network::{BRANCH, OFFICE, in_an_office};
use crate::office;
use crate::proxy::{Proxy, answers};
use crate::script::Script;
use crate::unit::{Unit, voice_port};
use crate::voice;

/// Datagrams of junk.
const JUNK: usize = 50_000;

/// Packets of each stranger.
const STRANGE: u32 = 5_000;

/// More than the phone may grow by junk, in KiB.
const GROWTH: usize = 16 << 10;

/// The phone's port.
const PHONE: u16 = 5070;

#[test]
fn junk_leaves_a_call_unharmed() {
    in_an_office(&["kamailio", "openssl", "sipp"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let mut unit = Unit::start(desk, ("201", PHONE), &[], &[]);
        unit.until_registered(1);
        let caller = Script::calls(desk, "calls-and-waits", (6000, PHONE), &[("number", "201")]);
        unit.until_call("ringing");
        unit.does("answer");
        unit.until_call("talking");
        let before = unit.memory();
        let socket = UdpSocket::bind((OFFICE, 0)).expect("a port");
        let mut chance = Chance(0x2545_f491_4f6c_dd1d);
        for number in 0..JUNK {
            // The port of SIP, and that of the call's voice.
            let port = if number % 4 == 0 { voice_port(PHONE) } else { PHONE };
            socket.send_to(&junk(&mut chance, number), (OFFICE, port)).expect("sent");
        }
        wait_for("an answer to OPTIONS", || answers(OFFICE, PHONE).then_some(()));
        let growth = unit.memory().saturating_sub(before);
        assert!(growth < GROWTH, "{growth} KiB more");
        unit.until_call("talking");
        unit.does("hang-up");
        caller.finish();
        unit.until_free();
    });
}

/// Voice of others than the peer: one on its host, one elsewhere, and one from where nobody calls.
#[test]
fn a_flood_of_strangers_is_not_heard() {
    in_an_office(&office::PROGRAMS, |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let [(mut unit, hears), (mut peer, _)] = [0, 1].map(|place| office::phone(desk, place, &[]));
        office::talk(&mut unit, &mut peer, "202");
        let strangers = [OFFICE, BRANCH, "127.0.0.9"].map(|host| UdpSocket::bind((host, 0)).expect("a port"));
        let (mut chance, mut sequence) = (Chance(0x2545_f491_4f6c_dd1d), 0u32);
        wait_for("the peer's voice throughout the flood", || {
            // Few enough at a time that none of the peer's is pushed out before the phone has read it.
            for _ in 0..50 {
                for (source, stranger) in strangers.iter().enumerate() {
                    let packet = noise(&mut chance, source as u8, sequence);
                    stranger.send_to(&packet, (OFFICE, voice_port(PHONE))).expect("sent");
                }
                sequence += 1;
            }
            (sequence >= STRANGE && voice::keeps_pitch(&hears, office::PITCHES[1])).then_some(())
        });
        let count = |unit: &mut Unit, what| unit.state()["calls"][0]["voice"][what].as_u64().expect("voice");
        let (received, sent) = (count(&mut unit, "received"), count(&mut peer, "sent"));
        // Either is a second old at most.
        assert!(received.abs_diff(sent) < 100, "{received} of {sent}");
        unit.does("hang-up");
        peer.until_free();
        unit.until_free();
    });
}

/// All messages of RFC 4475 and RFC 5118, three times over.
#[test]
fn tortured_a_phone_still_answers() {
    in_an_office(&["kamailio", "openssl"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let mut unit = Unit::start(desk, ("201", PHONE), &[], &[]);
        unit.until_registered(1);
        let socket = UdpSocket::bind((OFFICE, 0)).expect("a port");
        let mut sent = 0;
        for _ in 0..3 {
            for folder in ["rfc4475", "rfc5118"] {
                let folder = root().join("phone/sip/tests/data").join(folder);
                for message in fs::read_dir(&folder).expect("messages") {
                    let message = fs::read(message.expect("a message").path()).expect("a message");
                    socket.send_to(&message, (OFFICE, PHONE)).expect("sent");
                    sent += 1;
                }
                wait_for("an answer to OPTIONS", || answers(OFFICE, PHONE).then_some(()));
            }
        }
        assert!(sent >= 3 * 49, "{sent} messages");
        unit.until_registered(1);
        // It can still make a call: nobody has that number.
        unit.call("299");
        let ended = unit.event("ended", |event| event["event"] == "ended");
        assert_eq!(ended["status"], 404);
    });
}

/// Numbers by chance, the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit
    }
}

/// Noise, or a request that has lost some of its bytes or its end.
fn junk(chance: &mut Chance, number: usize) -> Vec<u8> {
    if number.is_multiple_of(2) {
        return (0..chance.below(400)).map(|_| chance.below(256) as u8).collect();
    }
    let methods = ["INVITE", "BYE", "OPTIONS", "NOTIFY", "CANCEL", "REFER", "ACK", "PRACK"];
    let method = methods[chance.below(methods.len())];
    let request = format!(
        "{method} sip:201@{OFFICE}:{PHONE} SIP/2.0\r\nVia: SIP/2.0/UDP {OFFICE}:9;branch=z9hG4bK{number}\r\n\
         From: <sip:junk@office.test>;tag={number}\r\nTo: <sip:201@office.test>;tag=none\r\nCall-ID: {number}\r\n\
         CSeq: {number} {method}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    );
    let mut request = request.into_bytes();
    for _ in 0..1 + chance.below(8) {
        let at = chance.below(request.len());
        request[at] = chance.below(256) as u8;
    }
    request.truncate(request.len() - chance.below(40));
    request
}

/// A packet of PCMU as a sender of its own would send it, full of noise.
fn noise(chance: &mut Chance, source: u8, sequence: u32) -> Vec<u8> {
    let mut packet = vec![0x80, 0];
    packet.extend((sequence as u16).to_be_bytes());
    packet.extend((sequence * 160).to_be_bytes());
    packet.extend([0x5a, 0xa5, 0x5a, source]);
    packet.extend((0..160).map(|_| chance.below(256) as u8));
    packet
}
