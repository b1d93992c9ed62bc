//! Calls with another make of phone, through a real proxy.

use offhook_tests::stage::wait_for;
use serde_json::json;

use crate::network::{Desk, OFFICE, in_an_office};
use crate::proxy::Proxy;
use crate::softphone::{PITCH, Softphone};
use crate::unit::Unit;
use crate::voice;

pub(crate) const PROGRAMS: [&str; 3] = ["kamailio", "openssl", "baresip"];

/// The pitch of what plays on hold, in Hz.
const MUSIC: u32 = 600;

/// A server, a phone 201 and a softphone 203.
pub(crate) fn office(desk: &Desk, more: &[(&str, &str)], args: &[&str]) -> (Proxy, Unit, Softphone) {
    let server = Proxy::start(desk, &[OFFICE]);
    let mut unit = Unit::start(desk, ("201", 5070), more, args);
    let softphone = Softphone::start(desk, "203");
    unit.until_registered(1);
    (server, unit, softphone)
}

#[test]
fn each_side_calls_holds_and_hears_the_other() {
    in_an_office(&PROGRAMS, |desk| {
        let heard = desk.place("heard.wav");
        let device = format!("wav:,{}", heard.display());
        let (_server, mut unit, mut softphone) = office(desk, &[], &["--audio", &device]);

        unit.call("203");
        softphone.event("CALL_INCOMING");
        unit.until_call("ringing-there");
        softphone.tell("accept", "");
        softphone.event("CALL_ESTABLISHED");
        assert_eq!(unit.until_call("talking")["codec"], "PCMU");
        // Voice of the phone has come.
        softphone.event("CALL_RTPESTAB");
        wait_for("the softphone's voice", || voice::has_pitch(&heard, PITCH).then_some(()));
        unit.does("hold");
        unit.until_call("held");
        unit.does("resume");
        unit.until_call("talking");
        unit.tell(&json!({ "command": "dtmf", "digits": "7" }));
        assert_eq!(softphone.event("CALL_DTMF_START"), "7");
        unit.does("hang-up");
        softphone.event("CALL_CLOSED");
        assert_eq!(unit.end_of_call(), "local");

        softphone.tell("dial", "sip:201@office.test");
        let call = unit.until_call("ringing");
        assert_eq!(call["number"], "203");
        softphone.event("CALL_RINGING");
        unit.does("answer");
        softphone.event("CALL_ESTABLISHED");
        softphone.tell("hold", "");
        unit.until("held there", |state| (state["calls"][0]["held_there"] == true).then_some(()));
        softphone.tell("resume", "");
        unit.until("back", |state| (state["calls"][0]["held_there"] == false).then_some(()));
        softphone.tell("hangup", "");
        assert_eq!(unit.end_of_call(), "remote");
        unit.until_free();
    });
}

#[test]
fn digits_go_by_info() {
    in_an_office(&PROGRAMS, |desk| {
        let by_info = [("OUTBANDDTMF_1", "N"), ("DTMF_RELAY_1", "Y")];
        let (_server, mut unit, mut softphone) = office(desk, &by_info, &[]);
        softphone.answers(&mut unit);
        unit.tell(&json!({ "command": "dtmf", "digits": "4*" }));
        for digit in ["4", "*"] {
            assert_eq!(softphone.event("CALL_DTMF_START"), digit);
        }
        // The trace of a message is written behind it.
        wait_for("both in the trace", || (unit.log().matches("\nINFO sip:203").count() == 2).then_some(()));
        softphone.tell("hangup", "");
        assert_eq!(unit.end_of_call(), "remote");
    });
}

#[test]
fn who_is_on_hold_hears_the_music_of_the_file() {
    in_an_office(&PROGRAMS, |desk| {
        let music = desk.place("music.wav");
        voice::tone(&music, MUSIC);
        // At factory settings nothing is sent to who is on hold.
        let music_plays = [("RTP_CLOSE_ENABLE_1", "N")];
        let args = ["--hold-music", &music.display().to_string()];
        let (_server, mut unit, mut softphone) = office(desk, &music_plays, &args);
        softphone.answers(&mut unit);
        softphone.event("CALL_RTPESTAB");
        let hears_music = || Softphone::heard(desk).iter().any(|file| voice::keeps_pitch(file, MUSIC));
        assert!(!hears_music(), "nobody is on hold");
        unit.does("hold");
        unit.until_call("held");
        wait_for("music", || hears_music().then_some(()));
        unit.does("hang-up");
        softphone.event("CALL_CLOSED");
        unit.until_free();
    });
}

#[test]
fn each_side_reports_to_the_other() {
    in_an_office(&PROGRAMS, |desk| {
        let reports = [("RTCP_ENABLE_1", "Y"), ("RTCP_INTVL_1", "5")];
        let (_server, mut unit, mut softphone) = office(desk, &reports, &[]);
        softphone.answers(&mut unit);
        // A report of the phone has come.
        softphone.event("CALL_RTCP");
        let voice = unit.until_voice("reports", |voice| {
            (voice["round_trip_us"].is_u64() && voice["far"].is_object()).then(|| voice.clone())
        });
        assert!(voice["round_trip_us"].as_u64().is_some_and(|us| us < 1_000_000), "{voice}");
        assert!(voice["far"]["jitter_us"].as_u64().is_some_and(|us| us < 1_000_000), "{voice}");
        assert_eq!(voice["far"]["lost_permille"], 0, "{voice}");
        unit.does("hang-up");
        softphone.event("CALL_CLOSED");
        unit.until_free();
    });
}

/// The phone, which talks to the softphone, sends it to a third one.
#[test]
fn the_softphone_is_transferred() {
    in_an_office(&PROGRAMS, |desk| {
        let (_server, mut unit, mut softphone) = office(desk, &[], &[]);
        let mut third = third(desk);
        softphone.answers(&mut unit);
        unit.tell(&json!({ "command": "transfer", "number": "202" }));
        assert_eq!(third.until_call("ringing")["number"], "203");
        third.does("answer");
        assert_eq!(unit.end_of_call(), "transferred");
        third.until_call("talking");
        third.does("hang-up");
        third.until_free();
        unit.until_free();
    });
}

/// The phone sends the one that it talks to to the softphone.
#[test]
fn a_call_is_transferred_to_the_softphone() {
    in_an_office(&PROGRAMS, |desk| {
        let (_server, mut unit, mut softphone) = office(desk, &[], &[]);
        let mut third = third(desk);
        unit.call("202");
        third.until_call("ringing");
        third.does("answer");
        unit.until_call("talking");
        unit.tell(&json!({ "command": "transfer", "number": "203" }));
        softphone.event("CALL_INCOMING");
        softphone.tell("accept", "");
        assert_eq!(unit.end_of_call(), "transferred");
        third.until_with("203", "talking");
        softphone.tell("hangup", "");
        third.until_free();
        unit.until_free();
    });
}

/// The softphone sends the phone to a third one.
#[test]
fn the_softphone_transfers() {
    in_an_office(&PROGRAMS, |desk| {
        let (_server, mut unit, mut softphone) = office(desk, &[], &[]);
        let mut third = third(desk);
        softphone.tell("dial", "sip:201@office.test");
        unit.until_call("ringing");
        unit.does("answer");
        softphone.event("CALL_ESTABLISHED");
        softphone.tell("transfer", "sip:202@office.test");
        assert_eq!(third.until_call("ringing")["number"], "201");
        third.does("answer");
        softphone.event("CALL_CLOSED");
        unit.until_with("202", "talking");
        third.does("hang-up");
        third.until_free();
        unit.until_free();
    });
}

/// A phone 202.
fn third(desk: &Desk) -> Unit {
    let mut unit = Unit::start(desk, ("202", 5080), &[], &[]);
    unit.until_registered(1);
    unit
}
