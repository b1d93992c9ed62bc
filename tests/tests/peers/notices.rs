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

/// The server forwards calls of a kind to 205; the phone takes that back, and sends them to 206.
fn server_forwards(desk: &Desk, when: &str, kind: &str) {
    let settings = [("FWD_DND_SYNCHRO_ENABLE_1", "Y")];
    let script = Script::answers(desk, "forwards-calls", PROXY, &[("kind", kind)]);
    let (mut unit, _) = phone(desk, None, &settings, &[]);
    let forwards = |number: Option<&str>| number.map_or(json!({}), |number| json!({ when: number }));
    until_line(&mut unit, "forwards", &forwards(Some("205")));
    unit.tell(&json!({ "command": "forward", "line": 1, "when": when, "on": false }));
    until_line(&mut unit, "forwards", &forwards(None));
    unit.tell(&json!({ "command": "forward", "line": 1, "when": when, "on": true, "number": "206" }));
    until_line(&mut unit, "forwards", &forwards(Some("206")));
    script.finish();
}

#[test]
fn the_server_forwards_all_calls() {
    in_an_office(&["sipp"], |desk| server_forwards(desk, "always", "forwardImmediate"));
}

#[test]
fn the_server_forwards_calls_of_a_busy_line() {
    in_an_office(&["sipp"], |desk| server_forwards(desk, "busy", "forwardBusy"));
}

#[test]
fn the_server_forwards_calls_that_nobody_answers() {
    in_an_office(&["sipp"], |desk| server_forwards(desk, "no-answer", "forwardNoAns"));
}

#[test]
fn a_shared_line_has_a_place_for_each_call() {
    in_an_office(&["sipp"], |desk| {
        let server = Script::serves(desk, "shares-a-line", PROXY, &[], 3);
        let settings = [
            ("SHARED_CALL_ENABLE_1", "Y"),
            ("FLEX_BUTTON_FACILITY_ACT1", "X_PANASONIC_IPTEL_DN"),
            ("FLEX_BUTTON_FACILITY_ARG1", "1,1"),
        ];
        let (mut unit, _) = phone(desk, None, &settings, &[]);
        unit.until("a colleague's call", |state| (state["buttons"][0]["light"] == "elsewhere").then_some(()));
        unit.does("off-hook");
        unit.until_logged("appearance-state=seized");
        unit.call("202");
        unit.until_call("talking");
        let invite = unit.log().split("INVITE sip:202@").nth(1).map(str::to_owned).unwrap_or_default();
        assert!(invite.contains("Call-Info: <sip:office.test>;appearance-index=2\n"), "{invite}");
        unit.does("hang-up");
        server.finish();
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
