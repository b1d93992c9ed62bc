//! Digits in calls: as tones in the voice, and as events beside it (RFC 4733).

use offhook_tests::stage::wait_for;
use serde_json::json;

use crate::calls;
use crate::network::{Desk, in_an_office};
use crate::script::{PEER, Script, registered};
use crate::softphone::Softphone;
use crate::voice;

/// Digits are tones in the voice.
const AS_TONES: [(&str, &str); 2] = [("OUTBANDDTMF_1", "N"), ("DTMF_RELAY_1", "N")];

/// Digits of each row and each column, and the pitches of the last one, in Hz.
const DIGITS: &str = "159D";
const PITCHES: [u32; 2] = [941, 1633];

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
        unit.call("203");
        softphone.event("CALL_INCOMING");
        softphone.tell("accept", "");
        unit.until_call("talking");
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
