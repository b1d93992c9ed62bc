//! A real server of presence: messages that are published to it, and extensions whose calls it sees.

use serde_json::json;

use crate::network::{Desk, OFFICE, in_an_office};
use crate::proxy::Proxy;
use crate::script::Script;
use crate::unit::Unit;

const PROGRAMS: [&str; 2] = ["kamailio", "openssl"];

/// Busy lamps of two extensions.
const LAMPS: [(&str, &str); 4] = [
    ("FLEX_BUTTON_FACILITY_ACT3", "X_PANASONIC_IPTEL_CONTACT"),
    ("FLEX_BUTTON_FACILITY_ARG3", "202"),
    ("FLEX_BUTTON_FACILITY_ACT4", "X_PANASONIC_IPTEL_CONTACT"),
    ("FLEX_BUTTON_FACILITY_ARG4", "203"),
];

#[test]
fn messages_are_told_as_they_are_published() {
    in_an_office(&["kamailio", "openssl", "sipp"], |desk| {
        let _server = Proxy::with_presence(desk, OFFICE, &[]);
        let mut unit = Unit::start(desk, ("201", 5070), &[("VM_SUBSCRIBE_ENABLE", "Y")], &[]);
        unit.until_registered(1);
        Script::calls(desk, "publishes-messages", (6000, 5060), &[("number", "201")]).finish();
        let told = json!({ "waiting": true, "new": 3, "old": 4 });
        unit.until("messages", |state| (state["lines"][0]["messages"] == told).then_some(()));
    });
}

/// The lamps of a phone follow a call from 203 to 202.
fn lamps_follow(desk: &Desk, more: &[(&str, &str)]) {
    let _server = Proxy::with_presence(desk, OFFICE, &["202", "203"]);
    let mut watcher = Unit::start(desk, ("201", 5070), &[LAMPS.as_slice(), more].concat(), &[]);
    let mut called = Unit::start(desk, ("202", 5080), &[], &[]);
    let mut caller = Unit::start(desk, ("203", 5090), &[], &[]);
    for unit in [&mut watcher, &mut called, &mut caller] {
        unit.until_registered(1);
    }
    let mut shows = |lights: [&str; 2]| {
        watcher.until(&format!("{lights:?}"), |state| {
            let lamps = [2, 3].map(|button| state["buttons"][button]["light"].as_str());
            (lamps == lights.map(Some)).then_some(())
        });
    };
    // This server knows nothing of an extension before its first call.
    shows(["off", "off"]);
    caller.call("202");
    called.until_call("ringing");
    shows(["ringing", "in-use"]);
    called.does("answer");
    caller.until_call("talking");
    shows(["in-use", "in-use"]);
    caller.does("hang-up");
    called.until_free();
    shows(["free", "free"]);
}

#[test]
fn lamps_follow_calls_one_by_one() {
    in_an_office(&PROGRAMS, |desk| lamps_follow(desk, &[]));
}

#[test]
fn lamps_follow_calls_as_a_list() {
    in_an_office(&PROGRAMS, |desk| lamps_follow(desk, &[("RESOURCELIST_URI_1", "sip:list@office.test")]));
}
