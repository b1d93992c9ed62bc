//! A small office: phones of our own at a real proxy, each other's peers.

use std::path::PathBuf;

use offhook_tests::stage::wait_for;
use serde_json::json;

use crate::network::{Desk, OFFICE, OFFICE6, in_an_office};
use crate::proxy::Proxy;
use crate::registrations::names;
use crate::softphone::{self, Softphone};
use crate::unit::Unit;
use crate::voice;

pub(crate) const PROGRAMS: [&str; 2] = ["kamailio", "openssl"];
const WITH_A_SOFTPHONE: [&str; 3] = ["kamailio", "openssl", "baresip"];

/// Phones, their numbers, and where they keep what they hear.
const NUMBERS: [&str; 3] = ["201", "202", "203"];

/// What each says, in Hz.
pub(crate) const PITCHES: [u32; 3] = [500, 700, 900];

/// A phone of the office that says its tone, and the file of what it hears.
pub(crate) fn phone(desk: &Desk, place: usize, more: &[(&str, &str)]) -> (Unit, PathBuf) {
    let number = NUMBERS[place];
    let (says, hears) = (desk.place(format!("{number}-says.wav")), desk.place(format!("{number}-hears.wav")));
    voice::tone(&says, PITCHES[place]);
    let device = format!("wav:{},{}", says.display(), hears.display());
    let mut unit = Unit::start(desk, (number, 5070 + 10 * place as u16), more, &["--audio", &device]);
    unit.until_registered(1);
    (unit, hears)
}

/// Has one call another, who answers.
pub(crate) fn talk(from: &mut Unit, to: &mut Unit, number: &str) -> u64 {
    let call = from.call(number);
    to.until_call("ringing");
    to.does("answer");
    to.until_call("talking");
    from.until_with(number, "talking");
    call
}

#[test]
fn a_call_is_transferred_without_asking() {
    in_an_office(&PROGRAMS, |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let [mut a, mut b, mut c] = [0, 1, 2].map(|place| phone(desk, place, &[]).0);
        talk(&mut a, &mut b, "202");
        a.tell(&json!({ "command": "transfer", "number": "203" }));
        assert_eq!(c.until_call("ringing")["number"], "202");
        c.does("answer");
        assert_eq!(a.end_of_call(), "transferred");
        c.until_call("talking");
        b.until_call("talking");
        c.does("hang-up");
        b.until_free();
        a.until_free();
    });
}

#[test]
fn a_call_is_transferred_after_asking() {
    in_an_office(&PROGRAMS, |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let [mut a, mut b, mut c] = [0, 1, 2].map(|place| phone(desk, place, &[]).0);
        let held = talk(&mut a, &mut b, "202");
        a.does("hold");
        a.until_with("202", "held");
        let asked = talk(&mut a, &mut c, "203");
        a.tell(&json!({ "command": "transfer", "call": held, "to": asked }));
        a.until_free();
        b.until("a talk with 203", |state| {
            let [call] = state["calls"].as_array()?.as_slice() else { return None };
            (call["stage"] == "talking" && call["held_there"] == false).then_some(())
        });
        c.until_call("talking");
        b.does("hang-up");
        c.until_free();
    });
}

#[test]
fn calls_are_forwarded() {
    in_an_office(&PROGRAMS, |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let [mut a, mut b, mut c] = [0, 1, 2].map(|place| phone(desk, place, &[]).0);
        b.tell(&json!({ "command": "forward", "when": "always", "on": true, "number": "203" }));
        a.call("202");
        assert_eq!(c.until_call("ringing")["number"], "201");
        let event = b.event("forwarded", |event| event["event"] == "turned-away");
        assert_eq!((&event["status"], &event["forwarded"]), (&json!(302), &json!("203")));
        c.does("answer");
        a.until_call("talking");
        a.does("hang-up");
        c.until_free();
    });
}

#[test]
fn three_confer_and_hear_each_other() {
    in_an_office(&PROGRAMS, |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let [(mut a, _), (mut b, b_hears), (mut c, c_hears)] = [0, 1, 2].map(|place| phone(desk, place, &[]));
        talk(&mut a, &mut b, "202");
        // Digits by RFC 4733.
        a.tell(&json!({ "command": "dtmf", "digits": "42#" }));
        b.hears("42#");
        a.does("hold");
        a.until_with("202", "held");
        talk(&mut a, &mut c, "203");
        a.does("conference");
        a.until("a conference", |state| {
            let calls = state["calls"].as_array()?;
            (calls.len() == 2 && calls.iter().all(|call| call["conference"] == true)).then_some(())
        });
        wait_for("203 at 202", || voice::has_pitch(&b_hears, PITCHES[2]).then_some(()));
        wait_for("202 at 203", || voice::has_pitch(&c_hears, PITCHES[1]).then_some(()));
        a.does("hang-up");
        b.until_free();
        c.until_free();
    });
}

#[test]
fn a_call_is_forwarded_to_another_make_of_phone() {
    in_an_office(&WITH_A_SOFTPHONE, |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let [(mut a, hears), (mut b, _)] = [0, 1].map(|place| phone(desk, place, &[]));
        let mut softphone = Softphone::start(desk, "203");
        b.tell(&json!({ "command": "forward", "when": "no-answer", "on": true, "number": "203", "rings": 0 }));
        a.call("202");
        softphone.event("CALL_INCOMING");
        b.event("forwarded", |event| event["event"] == "turned-away" || event["event"] == "ended");
        softphone.tell("accept", "");
        a.until_call("talking");
        wait_for("203 at 201", || voice::has_pitch(&hears, softphone::PITCH).then_some(()));
        softphone.tell("hangup", "");
        assert_eq!(a.end_of_call(), "remote");
        b.until_free();
    });
}

#[test]
fn what_rings_at_another_make_of_phone_is_picked_up() {
    in_an_office(&WITH_A_SOFTPHONE, |desk| {
        let _server = Proxy::with_presence(desk, OFFICE, &[]);
        let lamp = [
            ("FLEX_BUTTON_FACILITY_ACT3", "X_PANASONIC_IPTEL_CONTACT"),
            ("FLEX_BUTTON_FACILITY_ARG3", "203"),
            ("NUM_PLAN_PICKUP_DIRECT", "*41"),
        ];
        let (mut a, a_hears) = phone(desk, 0, &[]);
        let (mut b, b_hears) = phone(desk, 1, &lamp);
        let mut softphone = Softphone::start(desk, "203");
        a.call("203");
        softphone.event("CALL_INCOMING");
        b.until("a lamp", |state| (state["buttons"][2]["light"] == "ringing").then_some(()));
        b.tell(&json!({ "command": "press", "button": 3 }));
        b.until_call("talking");
        softphone.event("CALL_CLOSED");
        assert_eq!(a.until_call("talking")["number"], "202");
        wait_for("202 at 201", || voice::keeps_pitch(&a_hears, PITCHES[1]).then_some(()));
        wait_for("201 at 202", || voice::keeps_pitch(&b_hears, PITCHES[0]).then_some(()));
        b.does("hang-up");
        a.until_free();
    });
}

#[test]
fn another_make_of_phone_confers_too() {
    in_an_office(&WITH_A_SOFTPHONE, |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let [(mut a, a_hears), (mut b, b_hears)] = [0, 1].map(|place| phone(desk, place, &[]));
        let mut softphone = Softphone::start(desk, "203");
        talk(&mut a, &mut b, "202");
        a.does("hold");
        a.until_with("202", "held");
        a.call("203");
        softphone.event("CALL_INCOMING");
        softphone.tell("accept", "");
        a.until_with("203", "talking");
        a.does("conference");
        wait_for("203 at 202", || voice::has_pitch(&b_hears, softphone::PITCH).then_some(()));
        wait_for("203 at 201", || voice::has_pitch(&a_hears, softphone::PITCH).then_some(()));
        wait_for("202 at 203", || {
            let heard = Softphone::heard(desk);
            heard.iter().any(|file| voice::has_pitch(file, PITCHES[1])).then_some(())
        });
        softphone.tell("hangup", "");
        a.until("a call with 202 alone", |state| {
            let [call] = state["calls"].as_array()?.as_slice() else { return None };
            (call["number"] == "202" && call["stage"] == "talking").then_some(())
        });
        b.does("hang-up");
        a.until_free();
    });
}

#[test]
fn a_call_that_came_is_handed_on_and_heard_there() {
    in_an_office(&PROGRAMS, |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let [(mut a, _), (mut b, _), (mut c, c_hears)] = [0, 1, 2].map(|place| phone(desk, place, &[]));
        let held = talk(&mut b, &mut a, "201");
        b.does("hold");
        b.until_with("201", "held");
        let asked = talk(&mut b, &mut c, "203");
        b.tell(&json!({ "command": "transfer", "call": held, "to": asked }));
        b.until_free();
        c.until_call("talking");
        wait_for("201 at 203", || voice::keeps_pitch(&c_hears, PITCHES[0]).then_some(()));
        c.does("hang-up");
        a.until_free();
    });
}

#[test]
fn phones_talk_over_version_6() {
    in_an_office(&["kamailio", "openssl", "dnsmasq"], |desk| {
        let _names = names(desk);
        let _server = Proxy::start(desk, &[OFFICE, OFFICE6]);
        let six = "six.office.test";
        let settings = [("SIP_RGSTR_ADDR_1", six), ("SIP_PRXY_ADDR_1", six), ("SIP_PRSNC_ADDR_1", six)];
        let [(mut a, a_hears), (mut b, b_hears)] = [0, 1].map(|place| phone(desk, place, &settings));
        assert_eq!(a.until_registered(1), format!("[{OFFICE6}]:5060"));
        talk(&mut a, &mut b, "202");
        wait_for("202 at 201", || voice::has_pitch(&a_hears, PITCHES[1]).then_some(()));
        wait_for("201 at 202", || voice::has_pitch(&b_hears, PITCHES[0]).then_some(()));
        assert!(a.log().contains("c=IN IP6 2001:db8::1"), "{}", a.log());
        b.does("hang-up");
        a.until_free();
    });
}
