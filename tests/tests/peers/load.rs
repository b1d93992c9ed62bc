//! More calls than any person makes: for paging and measuring, and those that nobody wants.

use serde_json::json;

use crate::network::{OFFICE, in_an_office};
use crate::proxy::Proxy;
use crate::script::Script;
use crate::unit::Unit;

/// The callers' port, and the phone's.
const PORTS: (u16, u16) = (6000, 5070);

const WORDS: [(&str, &str); 1] = [("number", "201")];

/// Calls that a phone can have at a time.
const CALLS: usize = 25;

/// Calls that are refused in one go, and how many of them in a second.
const FLOOD: (usize, usize) = (600, 100);

/// More than the phone may have grown after a flood since the end of another one, in KiB: a kilobyte for each call.
const GROWTH: usize = 600;

#[test]
fn all_channels_are_taken_at_once_and_given_back() {
    in_an_office(&["kamailio", "openssl", "sipp"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let mut unit = Unit::start(desk, ("201", PORTS.1), &[], &["--auto-answer"]);
        unit.until_registered(1);
        let callers = Script::crowd(desk, "calls-and-waits", PORTS, &WORDS, (CALLS, 50));
        let calls = unit.until("25 calls", |state| {
            let calls = state["calls"].as_array()?;
            let talking = calls.iter().filter(|call| call["stage"] == "talking").count();
            (talking == CALLS).then(|| calls.clone())
        });
        let refused = [WORDS[0], ("status", "486")];
        Script::calls(desk, "is-refused", (PORTS.0 + 1, PORTS.1), &refused).finish();
        for call in &calls {
            unit.tell(&json!({ "command": "hang-up", "call": call["call"] }));
        }
        callers.finish();
        unit.until_free();
        // All that it had is free again.
        let callers = Script::crowd(desk, "calls-and-waits", (PORTS.0 + 2, PORTS.1), &WORDS, (CALLS, 50));
        unit.until("25 calls", |state| (state["calls"].as_array()?.len() == CALLS).then_some(()));
        drop(callers);
    });
}

#[test]
fn a_flood_of_calls_is_refused_and_leaves_nothing_behind() {
    in_an_office(&["kamailio", "openssl", "sipp"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let mut unit = Unit::start(desk, ("201", PORTS.1), &[("SIP_RESPONSE_CODE_DND", "486")], &[]);
        unit.until_registered(1);
        unit.tell(&json!({ "command": "do-not-disturb", "on": true }));
        let refused = [WORDS[0], ("status", "486")];
        let mut memory = (0..3).map(|flood| {
            Script::crowd(desk, "is-refused", (PORTS.0 + flood, PORTS.1), &refused, FLOOD).finish();
            unit.memory()
        });
        // The first fills what all need: logs, and transactions that have not been forgotten yet.
        let (_, before, after) = (memory.next(), memory.next().unwrap_or(0), memory.next().unwrap_or(usize::MAX));
        drop(memory);
        let growth = after.saturating_sub(before);
        assert!(growth < GROWTH, "{growth} KiB more after {} calls", FLOOD.0);
        unit.until_free();
    });
}
