//! The flows of RFC 3665 and of its kin, with a script as server and as the other side.

use serde_json::json;

use crate::network::{Desk, in_an_office, test_in_an_office, test_of};
use crate::script::{NUMBER, PEER, PHONE, Script, registered};
use crate::unit::Unit;

/// The words of every scenario.
const WORDS: [(&str, &str); 1] = [("number", NUMBER)];

/// Has the phone call 202, who does what a scenario says. The rest is the test's.
fn calls(scenario: &str, words: &[(&str, &str)], more: &[(&str, &str)], rest: impl FnOnce(&mut Unit)) {
    test_in_an_office(test_of(&rest), &["sipp"], |desk| {
        let mut unit = registered(desk, more, &[]);
        let callee = Script::answers(desk, scenario, PEER, words);
        unit.call("202");
        rest(&mut unit);
        callee.finish();
        unit.until_free();
    });
}

/// Has a scenario call the phone. The rest is the test's.
fn is_called(scenario: &str, words: &[(&str, &str)], more: &[(&str, &str)], rest: impl FnOnce(&mut Unit)) {
    test_in_an_office(test_of(&rest), &["sipp"], |desk| {
        let mut unit = registered(desk, more, &[]);
        let caller = Script::calls(desk, scenario, (PEER, PHONE), &[&WORDS, words].concat());
        rest(&mut unit);
        caller.finish();
        unit.until_free();
    });
}

#[test]
fn a_call_is_made_and_ended() {
    calls("takes-a-call", &[("number", "202")], &[], |unit| {
        let call = unit.until_call("talking");
        assert_eq!((&call["codec"], &call["number"]), (&json!("PCMU"), &json!("202")));
        unit.does("hang-up");
        assert_eq!(unit.end_of_call(), "local");
    });
}

#[test]
fn a_call_is_made_and_ended_there() {
    calls("takes-a-call-and-ends-it", &[], &[], |unit| assert_eq!(unit.end_of_call(), "remote"));
}

#[test]
fn a_password_is_asked_for() {
    calls("challenges", &WORDS, &[], |unit| {
        unit.until_call("talking");
        unit.does("hang-up");
    });
}

/// A status code that the other side answers with, and what the phone makes of it.
fn is_refused_with(status: &str, reason: &str, rest: impl FnOnce(&mut Unit)) {
    test_in_an_office(test_of(&rest), &["sipp"], |desk| {
        let mut unit = registered(desk, &[], &[]);
        let callee = Script::answers(desk, "refuses", PEER, &[("status", status)]);
        unit.call("202");
        let ended = unit.event("ended", |event| event["event"] == "ended");
        assert_eq!((ended["status"].to_string(), ended["reason"].as_str()), (status.to_owned(), Some(reason)));
        rest(&mut unit);
        callee.finish();
    });
}

#[test]
fn the_other_side_is_busy() {
    is_refused_with("486", "busy", |_| ());
}

#[test]
fn the_other_side_does_not_answer() {
    is_refused_with("480", "no-answer", |_| ());
}

#[test]
fn nobody_is_found_in_time() {
    is_refused_with("408", "no-answer", |_| ());
}

#[test]
fn the_other_side_declines() {
    is_refused_with("603", "refused", |_| ());
}

#[test]
fn the_caller_gives_up() {
    calls("rings-in-vain", &[], &[], |unit| {
        unit.until_call("ringing-there");
        unit.does("hang-up");
        assert_eq!(unit.end_of_call(), "local");
    });
}

#[test]
fn a_call_is_redirected() {
    calls("redirects", &[("to", "203")], &[], |unit| {
        unit.until_call("talking");
        unit.does("hang-up");
    });
}

#[test]
fn ringing_there_is_acknowledged() {
    calls("rings-reliably", &[], &[("SIP_100REL_ENABLE_1", "Y")], |unit| {
        unit.until_call("talking");
        unit.does("hang-up");
    });
}

/// Holds and takes back. What the phone shows is what the person wants: the other side agrees later, and a call that is
/// hung up does not wait for that.
macro_rules! hold {
    ($hold:expr, $old:expr) => {
        calls("is-held", &[("hold", $hold)], &[("RFC2543_HOLD_ENABLE_1", $old)], |unit| {
            unit.until_call("talking");
            unit.does("hold");
            unit.until_call("held");
            unit.until_logged("CSeq: 2 ACK");
            unit.does("resume");
            unit.until_call("talking");
            unit.until_logged("CSeq: 3 ACK");
            unit.does("hang-up");
        })
    };
}

#[test]
fn a_call_is_held() {
    hold!("a=sendonly", "N");
}

#[test]
fn a_call_is_held_as_of_old() {
    hold!("c=IN IP4 0[.]0[.]0[.]0", "Y");
}

#[test]
fn the_other_side_is_sent_on() {
    calls("is-transferred", &[], &[], |unit| {
        unit.until_call("talking");
        unit.tell(&json!({ "command": "transfer", "number": "205" }));
        assert_eq!(unit.end_of_call(), "transferred");
    });
}

/// The phone is sent from a caller to 205, who takes the call at the proxy.
#[test]
fn the_phone_is_sent_on() {
    in_an_office(&["sipp"], |desk| {
        let mut unit = registered(desk, &[], &[]);
        let other = Script::answers(desk, "takes-a-call", PEER, &[("number", "205")]);
        let caller = Script::calls(desk, "sends-the-phone-on", (PEER + 1, PHONE), &WORDS);
        unit.until_call("ringing");
        unit.does("answer");
        unit.until_with("205", "talking");
        caller.finish();
        unit.until_call("talking");
        unit.does("hang-up");
        other.finish();
        unit.until_free();
    });
}

#[test]
fn a_caller_takes_the_place_of_another() {
    in_an_office(&["sipp"], |desk| {
        let mut unit = registered(desk, &[], &[]);
        let first = Script::calls(desk, "calls-and-waits", (PEER, PHONE), &WORDS);
        unit.until_call("ringing");
        unit.does("answer");
        unit.until_call("talking");
        unit.until_logged("CSeq: 1 ACK");
        let log = unit.log();
        let mut answers = log.split("SIP/2.0 200 OK").skip(1).filter_map(|message| message.split("\n\n").next());
        let taken = answers.find(|head| head.contains(" INVITE")).expect("an answer");
        let value = |name: &str| {
            let line = taken.lines().find(|line| line.starts_with(name)).expect("the header");
            line[name.len()..].trim().to_owned()
        };
        let tag = value("To:").split(";tag=").nth(1).map(str::to_owned).expect("a tag");
        let replaced = format!("{};to-tag={tag};from-tag=1", value("Call-ID:"));
        let words = [&WORDS, [("replaced", replaced.as_str())].as_slice()].concat();
        let second = Script::calls(desk, "takes-over", (PEER + 1, PHONE), &words);
        assert_eq!(unit.end_of_call(), "replaced");
        first.finish();
        unit.until_call("talking");
        unit.does("hang-up");
        second.finish();
        unit.until_free();
    });
}

/// A caller is sent to 205; for that, the line may have to be in use.
fn is_sent_on(desk: &Desk, when: &str, in_use: bool) {
    let mut unit = registered(desk, &[("CW_ENABLE_1", "N")], &[]);
    unit.tell(&json!({ "command": "forward", "when": when, "on": true, "number": "205", "rings": 0 }));
    let other = in_use.then(|| {
        let caller = Script::calls(desk, "calls-and-waits", (PEER + 1, PHONE), &WORDS);
        unit.until_call("ringing");
        unit.does("answer");
        unit.until_call("talking");
        caller
    });
    Script::calls(desk, "is-sent-on", (PEER, PHONE), &WORDS).finish();
    if let Some(other) = other {
        unit.does("hang-up");
        other.finish();
    }
    unit.until_free();
}

#[test]
fn every_caller_is_sent_on() {
    in_an_office(&["sipp"], |desk| is_sent_on(desk, "always", false));
}

#[test]
fn callers_of_a_busy_line_are_sent_on() {
    in_an_office(&["sipp"], |desk| is_sent_on(desk, "busy", true));
}

#[test]
fn callers_whom_nobody_answers_are_sent_on() {
    in_an_office(&["sipp"], |desk| is_sent_on(desk, "no-answer", false));
}

#[test]
fn digits_are_sent_by_info() {
    let by_info = [("OUTBANDDTMF_1", "N"), ("DTMF_RELAY_1", "Y")];
    calls("is-sent-digits", &[], &by_info, |unit| {
        unit.until_call("talking");
        unit.tell(&json!({ "command": "dtmf", "digits": "7" }));
        unit.does("hang-up");
    });
}

#[test]
fn a_call_is_taken() {
    is_called("calls", &[], &[], |unit| {
        let call = unit.until_call("ringing");
        assert_eq!((&call["number"], &call["incoming"]), (&json!("caller"), &json!(true)));
        unit.does("answer");
        assert_eq!(unit.end_of_call(), "remote");
    });
}

#[test]
fn a_caller_gives_up() {
    is_called("gives-up", &[], &[], |unit| {
        assert_eq!(unit.end_of_call(), "missed");
        let log = unit.tell(&json!({ "command": "log", "kind": "missed" }));
        assert_eq!(log["log"].as_array().map(Vec::len), Some(1), "{log}");
    });
}

#[test]
fn a_caller_is_turned_away() {
    let code = [("SIP_RESPONSE_CODE_CALL_REJECT", "486")];
    is_called("is-refused", &[("status", "486")], &code, |unit| {
        unit.until_call("ringing");
        unit.does("reject");
    });
}

#[test]
fn nobody_is_disturbed() {
    in_an_office(&["sipp"], |desk| {
        let mut unit = registered(desk, &[("SIP_RESPONSE_CODE_DND", "480")], &[]);
        unit.tell(&json!({ "command": "do-not-disturb", "on": true }));
        Script::calls(desk, "is-refused", (PEER, PHONE), &[&WORDS, [("status", "480")].as_slice()].concat()).finish();
        let event = unit.event("turned away", |event| event["event"] == "turned-away");
        assert_eq!(event["status"], 480);
    });
}

#[test]
fn ringing_here_is_acknowledged() {
    is_called("waits-for-answers", &[], &[("SIP_100REL_ENABLE_1", "Y")], |unit| {
        unit.until_call("ringing");
        unit.does("answer");
        assert_eq!(unit.end_of_call(), "remote");
    });
}

#[test]
fn a_caller_changes_the_call() {
    is_called("changes-the-call", &[], &[], |unit| {
        unit.until_call("ringing");
        unit.does("answer");
        unit.event("held there", |event| event["held_there"] == true);
        unit.event("back", |event| event["held_there"] == false);
        unit.hears("5");
        assert_eq!(unit.end_of_call(), "remote");
    });
}

#[test]
fn a_caller_leaves_the_offer_to_the_phone() {
    is_called("asks-for-an-offer", &[], &[], |unit| {
        unit.until_call("ringing");
        unit.does("answer");
        unit.event("a codec", |event| event["codec"] == "PCMU");
        unit.does("hang-up");
    });
}

#[test]
fn a_stranger_does_no_harm() {
    in_an_office(&["sipp"], |desk| {
        let mut unit = registered(desk, &[], &[]);
        let callee = Script::answers(desk, "takes-a-call", PEER, &[("number", "202")]);
        unit.call("202");
        unit.until_call("talking");
        Script::calls(desk, "is-a-stranger", (PEER + 1, PHONE), &WORDS).finish();
        unit.until_call("talking");
        unit.does("hang-up");
        callee.finish();
    });
}
