//! Digits in calls: as tones in the voice, and as events beside it (RFC 4733).

use std::net::UdpSocket;
use std::time::Instant;

use offhook_tests::stage::{LONG, wait_for};
use serde_json::json;

use crate::calls;
use crate::linphone::{self, Linphone};
use crate::network::{Desk, OFFICE, in_an_office};
use crate::script::{PEER, Script, registered};
use crate::softphone::Softphone;
use crate::voice;

/// Digits are tones in the voice.
const AS_TONES: [(&str, &str); 2] = [("OUTBANDDTMF_1", "N"), ("DTMF_RELAY_1", "N")];

/// Digits of each row and each column, and the pitches of the last one, in Hz.
const DIGITS: &str = "159D";
const PITCHES: [u32; 2] = [941, 1633];

/// The payload type of events that the script answers with.
const EVENT: u8 = 101;

/// The tones of digits come back from somebody with one codec, and are heard as what they are.
fn hears_its_own(desk: &Desk, payload: &str, codec: &str) {
    let mut unit = registered(desk, &AS_TONES, &[]);
    let callee = Script::echoes(desk, PEER, &[("payload", payload), ("codec", codec)]);
    unit.call("202");
    assert_eq!(unit.until_call("talking")["codec"], codec);
    unit.tell(&json!({ "command": "dtmf", "digits": DIGITS }));
    unit.hears(DIGITS);
    unit.does("hang-up");
    callee.finish();
    unit.until_free();
}

#[test]
fn tones_come_back_as_digits() {
    in_an_office(&["sipp"], |desk| hears_its_own(desk, "0", "PCMU"));
}

#[test]
fn wide_tones_come_back_as_digits() {
    in_an_office(&["sipp"], |desk| hears_its_own(desk, "9", "G722"));
}

#[test]
fn another_make_of_phone_hears_tones() {
    in_an_office(&calls::PROGRAMS, |desk| {
        let (_server, mut unit, mut softphone) = calls::office(desk, &AS_TONES, &[]);
        softphone.answers(&mut unit);
        unit.tell(&json!({ "command": "dtmf", "digits": DIGITS }));
        wait_for("both tones", || {
            let heard = Softphone::heard(desk);
            heard.iter().any(|file| voice::has_pair(file, PITCHES)).then_some(())
        });
        unit.does("hang-up");
        softphone.event("CALL_CLOSED");
        unit.until_free();
    });
}

/// A packet of an event (RFC 4733, section 2.3).
#[derive(Debug)]
struct Note {
    marker: bool,
    sequence: u16,
    timestamp: u32,
    event: u8,
    end: bool,
    duration: u16,
}

impl Note {
    /// Reads a packet; none if it is one of voice.
    fn read(packet: &[u8]) -> Option<Self> {
        let [_, kind, s0, s1, t0, t1, t2, t3, _, _, _, _, event, flags, d0, d1] = *packet.first_chunk()?;
        (kind & 0x7f == EVENT).then(|| Note {
            marker: kind & 0x80 != 0,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            event,
            end: flags & 0x80 != 0,
            duration: u16::from_be_bytes([d0, d1]),
        })
    }
}

#[test]
fn digits_go_as_events_of_the_length_that_is_set() {
    // In milliseconds, and in ticks of a clock of 8000 a second; a packet of voice has this many.
    let set = [("DTMF_SIGNAL_LEN", "100"), ("DTMF_INTDIGIT_TIM", "65")];
    let (length, pause, step) = (800, 520, 160);
    in_an_office(&["sipp"], |desk| {
        let mut unit = registered(desk, &set, &[]);
        let socket = UdpSocket::bind((OFFICE, 0)).expect("a port");
        socket.set_read_timeout(Some(LONG)).expect("a time-out");
        let port = socket.local_addr().expect("bound").port();
        let callee = Script::is_sent_voice(desk, PEER, port, ("0", "PCMU/8000"));
        unit.call("202");
        unit.until_call("talking");
        unit.tell(&json!({ "command": "dtmf", "digits": "7#7" }));
        let mut digits: Vec<Vec<Note>> = Vec::new();
        let begin = Instant::now();
        // The last digit is over with its third end.
        while digits.len() < 3 || digits[2].iter().filter(|note| note.end).count() < 3 {
            let mut packet = [0; 1500];
            let read = socket.recv(&mut packet).expect("a packet");
            assert!(begin.elapsed() < LONG, "{digits:?}");
            let Some(note) = Note::read(&packet[..read]) else { continue };
            match digits.last_mut().filter(|digit| digit[0].timestamp == note.timestamp) {
                Some(digit) => digit.push(note),
                None => digits.push(vec![note]),
            }
        }
        unit.does("hang-up");
        callee.finish();
        unit.until_free();

        assert_eq!(digits.iter().map(|digit| digit[0].event).collect::<Vec<_>>(), [7, 11, 7]);
        for digit in &digits {
            let (going, ends) = digit.split_at(digit.len().saturating_sub(3));
            let told: Vec<_> = going.iter().map(|note| note.duration).collect();
            assert_eq!(told, [step, 2 * step, 3 * step, 4 * step], "{digit:?}");
            assert!(going.iter().all(|note| !note.end), "{digit:?}");
            assert!(ends.iter().all(|note| note.end && note.duration == length), "{digit:?}");
            let markers = digit.iter().map(|note| note.marker);
            assert!(markers.eq((0..digit.len()).map(|place| place == 0)), "{digit:?}");
            // No voice goes out between them.
            let follows = |pair: &[Note]| pair[1].sequence == pair[0].sequence.wrapping_add(1);
            assert!(digit.windows(2).all(|pair| follows(pair) && pair[1].event == pair[0].event), "{digit:?}");
        }
        for pair in digits.windows(2) {
            let gap = pair[1][0].timestamp.wrapping_sub(pair[0][0].timestamp) - u32::from(length);
            assert!((pause..pause + u32::from(step)).contains(&gap), "{gap}");
        }
    });
}

#[test]
fn another_make_of_phone_sends_digits() {
    in_an_office(&calls::PROGRAMS, |desk| {
        let (_server, mut unit, mut softphone) = calls::office(desk, &[], &[]);
        softphone.answers(&mut unit);
        // It sends from another address than it names, so it is listened to only after a few packets.
        unit.until_voice("some", |voice| voice["received"].as_u64().filter(|received| *received > 0));
        for digit in ["4", "#"] {
            softphone.tell("sndcode", digit);
            unit.hears(digit);
        }
        unit.does("hang-up");
        softphone.event("CALL_CLOSED");
        unit.until_free();
    });
}

#[test]
fn linphone_sends_digits_by_info() {
    in_an_office(&["sipp", linphone::PROGRAM], |desk| {
        let mut unit = registered(desk, &[], &[]);
        let mut linphone = Linphone::with(desk, "PCMU", "use_info=1\nuse_rfc2833=0\n");
        unit.call("202");
        unit.until_call("talking");
        linphone.tell("9*");
        unit.hears("9*");
        assert_eq!(unit.log().matches("\nINFO sip:").count(), 2, "{}", unit.log());
        unit.does("hang-up");
        unit.until_free();
    });
}

#[test]
fn tones_of_linphone_are_heard_as_digits() {
    in_an_office(&["sipp", linphone::PROGRAM], |desk| {
        let mut unit = registered(desk, &AS_TONES, &[]);
        let mut linphone = Linphone::start(desk, "PCMU");
        let said = desk.place("digit.wav");
        voice::digit(&said, PITCHES);
        linphone.plays(&said);
        unit.call("202");
        unit.until_call("talking");
        unit.hears("DD");
        unit.does("hang-up");
        unit.until_free();
    });
}
