//! What servers tell a phone besides calls: waiting messages, extensions, features, and what to do with a call.

use offhook_tests::stage::wait_for;
use serde_json::{Value, json};

use crate::network::{Desk, OFFICE, in_an_office};
use crate::script::Script;
use crate::unit::Unit;
use crate::voice;

/// The registrar's port, the proxy's, that of who tells, and the phone's.
const REGISTRAR: u16 = 5060;
const PROXY: u16 = 6000;
const TELLER: u16 = 6010;
const PHONE: u16 = 5070;

/// The pitch of the dial tone that tells of messages, in Hz.
const STUTTER: u32 = 1200;

const WORDS: [(&str, &str); 1] = [("number", "201")];

/// A phone that has registered, and the scenario, with a state that it tells of, at a port that the phone subscribes at, if it
/// does.
fn phone(
    desk: &Desk,
    tells: Option<(&str, &str, u16)>,
    more: &[(&str, &str)],
    args: &[&str],
) -> (Unit, Option<Script>) {
    let registrar = Script::answers(desk, "registers", REGISTRAR, &WORDS);
    let script = tells.map(|(scenario, told, port)| Script::answers(desk, scenario, port, &[("state", told)]));
    let (proxy, teller) = (PROXY.to_string(), TELLER.to_string());
    let ports = [("SIP_PRXY_PORT_1", proxy.as_str()), ("SIP_PRSNC_PORT_1", teller.as_str())];
    let mut unit = Unit::start(desk, ("201", PHONE), &[ports.as_slice(), more].concat(), args);
    assert_eq!(unit.until_registered(1), format!("{OFFICE}:{REGISTRAR}"));
    registrar.finish();
    (unit, script)
}

/// Waits until something of line 1 is so.
#[track_caller]
fn until_line(unit: &mut Unit, name: &str, value: &Value) {
    unit.until(name, |state| (state["lines"][0][name] == *value).then_some(()));
}

#[test]
fn messages_wait_and_are_heard() {
    in_an_office(&["sipp"], |desk| {
        let heard = desk.place("heard.wav");
        let device = format!("wav:,{}", heard.display());
        let pitch = STUTTER.to_string();
        let settings = [("VM_SUBSCRIBE_ENABLE", "Y"), ("DIAL_TONE4_FRQ", pitch.as_str())];
        let tells = Some(("tells-of-messages", "yes", PROXY));
        let (mut unit, script) = phone(desk, tells, &settings, &["--audio", &device]);
        let waiting = json!({ "waiting": true, "new": 2, "old": 5 });
        until_line(&mut unit, "messages", &waiting);
        assert_eq!(unit.run(&["lines"])[0]["messages"], waiting);
        unit.does("off-hook");
        wait_for("the stutter dial tone", || voice::has_pitch(&heard, STUTTER).then_some(()));
        unit.does("on-hook");
        script.into_iter().for_each(Script::finish);
        Script::calls(desk, "tells-unasked", (TELLER, PHONE), &WORDS).finish();
        until_line(&mut unit, "messages", &json!({ "waiting": false, "new": 0, "old": 7 }));
    });
}

/// A button shows by this light that an extension has a call in this state, and calls this number when it is pressed.
fn lamp_shows_and_calls(desk: &Desk, state: &str, light: &str, number: &str) {
    let settings = [
        ("FLEX_BUTTON_FACILITY_ACT3", "X_PANASONIC_IPTEL_CONTACT"),
        ("FLEX_BUTTON_FACILITY_ARG3", "202"),
        ("NUM_PLAN_PICKUP_DIRECT", "*41"),
    ];
    let (mut unit, script) = phone(desk, Some(("tells-of-an-extension", state, TELLER)), &settings, &[]);
    script.into_iter().for_each(Script::finish);
    unit.until(light, |state| (state["buttons"][2]["light"] == light).then_some(()));
    let buttons = unit.run(&["buttons"]);
    let lamp = buttons.as_array().and_then(|buttons| buttons.iter().find(|button| button["button"] == 3));
    let shown = lamp.map(|lamp| (lamp["number"].as_str(), lamp["light"].as_str()));
    assert_eq!(shown, Some((Some("202"), Some(light))), "{buttons}");
    let callee = Script::answers(desk, "takes-a-call", PROXY, &[("number", number)]);
    unit.tell(&json!({ "command": "press", "button": 3 }));
    unit.until_call("talking");
    unit.does("hang-up");
    callee.finish();
    unit.until_free();
}

#[test]
fn a_lamp_picks_up_what_rings_there() {
    in_an_office(&["sipp"], |desk| lamp_shows_and_calls(desk, "early", "ringing", "[*]41202"));
}

#[test]
fn a_lamp_calls_a_free_extension() {
    in_an_office(&["sipp"], |desk| lamp_shows_and_calls(desk, "terminated", "free", "202"));
}

#[test]
fn a_lamp_calls_an_extension_in_use() {
    in_an_office(&["sipp"], |desk| lamp_shows_and_calls(desk, "confirmed", "in-use", "202"));
}

#[test]
fn the_server_does_not_disturb() {
    in_an_office(&["sipp"], |desk| {
        let settings = [("FWD_DND_SYNCHRO_ENABLE_1", "Y")];
        let (mut unit, script) = phone(desk, Some(("carries-out-features", "true", PROXY)), &settings, &[]);
        until_line(&mut unit, "do_not_disturb", &json!(true));
        unit.tell(&json!({ "command": "do-not-disturb", "line": 1, "on": false }));
        until_line(&mut unit, "do_not_disturb", &json!(false));
        script.into_iter().for_each(Script::finish);
    });
}

#[test]
fn the_server_answers_and_holds() {
    in_an_office(&["sipp"], |desk| {
        let settings = [("TALK_PACKAGE", "Y"), ("HOLD_PACKAGE", "Y")];
        let (mut unit, _) = phone(desk, None, &settings, &[]);
        let caller = Script::calls(desk, "answers-for-the-phone", (PROXY, PHONE), &WORDS);
        for stage in ["ringing", "talking", "held", "talking"] {
            unit.event(stage, |event| event["event"] == "call" && event["stage"] == stage);
        }
        assert_eq!(unit.end_of_call(), "remote");
        caller.finish();
        unit.until_free();
    });
}
