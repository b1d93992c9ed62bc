//! The guide's rules 216-231 and the decisions of this crate, as tables of plan, digits and result.

use std::sync::Arc;
use std::time::Duration;

use offhook_dialplan::{
    Decision, DialPlan, Dialer, Digit, Evaluation, Extent, Outcome, Output, Policy, Refusal, Timer, Timing, Wait,
};

/// The guide's example with the lost `x` put back (rules 224, 230).
const EXAMPLE: &str = "[2346789]11|01[2-9]x.|[2-9]xxxxxxxxx";

const ON: Policy = Policy { filter: true };
const OFF: Policy = Policy { filter: false };

fn plan(text: &str) -> DialPlan {
    DialPlan::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Short form of an outcome: `now 211 #1`, `2s 12 #1`, `T 12 #1`, `timer 21 #3`, `timer 5 #-`, `reject #1`, `wait`, `none`.
fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::DialNow { number, branch } => format!("now {number} #{}", branch + 1),
        Outcome::DialAfter { wait: Wait::Seconds(seconds), number, branch } => {
            format!("{seconds}s {number} #{}", branch + 1)
        }
        Outcome::DialAfter { wait: Wait::MacroTimer, number, branch } => format!("T {number} #{}", branch + 1),
        Outcome::DialAfterInterDigit { number, branch: Some(branch) } => format!("timer {number} #{}", branch + 1),
        Outcome::DialAfterInterDigit { number, branch: None } => format!("timer {number} #-"),
        Outcome::Reject { branch } => format!("reject #{}", branch + 1),
        Outcome::RejectAfterInterDigit { branch } => format!("reject later #{}", branch + 1),
        Outcome::NeedMore => "wait".to_owned(),
        Outcome::NoMatch => "none".to_owned(),
        other => panic!("a new outcome: {other:?}"),
    }
}

/// The outcome of the digits with filtering off, and on.
fn check(text: &str, dialled: &str, off: &str, on: &str) {
    let plan = plan(text);
    assert_eq!(short(&plan.evaluate(dialled, OFF).outcome), off, "{text}, {dialled}, filter off");
    assert_eq!(short(&plan.evaluate(dialled, ON).outcome), on, "{text}, {dialled}, filter on");
}

/// One outcome for both settings of the filter.
fn check_both(text: &str, dialled: &str, outcome: &str) {
    check(text, dialled, outcome, outcome);
}

#[test]
fn complete_matches_are_called_at_once() {
    for (text, dialled, outcome) in [
        // Rules 205-208, 216.
        ("123", "123", "now 123 #1"),
        ("*#+0", "*#+0", "now *#+0 #1"),
        ("12xxxxx", "1298765", "now 1298765 #1"),
        ("12XXXXX", "1200000", "now 1200000 #1"),
        ("[123]", "3", "now 3 #1"),
        ("[1-5]", "4", "now 4 #1"),
        ("[*1-35-7]", "6", "now 6 #1"),
        ("[*1-35-7]", "*", "now * #1"),
        // Rules 211, 216.
        ("<101:9999>", "101", "now 9999 #1"),
        ("<9:0081>xx", "912", "now 008112 #1"),
        ("1<2:>3", "123", "now 13 #1"),
        ("<:0>12", "12", "now 012 #1"),
        ("<1x:7>2<3:*#+>", "1823", "now 72*#+ #1"),
        // Rule 215.
        ("1xxxx|2xxx", "12345", "now 12345 #1"),
        ("1xxxx|2xxx", "2345", "now 2345 #2"),
        // Rules 225, 226.
        (EXAMPLE, "211", "now 211 #1"),
        (EXAMPLE, "911", "now 911 #1"),
        (EXAMPLE, "2123456789", "now 2123456789 #3"),
        (EXAMPLE, "5987654321", "now 5987654321 #3"),
        // Of several, the first in the plan.
        ("1x|<12:3>", "12", "now 12 #1"),
        ("<12:3>|1x", "12", "now 3 #1"),
        // One that can be called at once before one that waits.
        ("1x.T|12", "12", "now 12 #2"),
        // A repeat inside a branch that is behind us.
        ("1.2", "112", "now 112 #1"),
    ] {
        check_both(text, dialled, outcome);
    }
}

#[test]
fn repeated_elements_wait_for_a_timer() {
    for (text, dialled, outcome) in [
        // Rule 209.
        ("1.", "1", "timer 1 #1"),
        ("1.", "11", "timer 11 #1"),
        ("1.", "1111111111111111111111111111111111111111", "timer 1111111111111111111111111111111111111111 #1"),
        // Rules 210, 217: a lone 1 begins with 1.
        ("1x.S2", "1", "2s 1 #1"),
        ("1x.S2", "12", "2s 12 #1"),
        ("1x.s2", "123456", "2s 123456 #1"),
        ("1x.T", "1", "T 1 #1"),
        ("1x.t", "19", "T 19 #1"),
        // Rule 209: digits and ranges are dialled at least once.
        ("12.T", "12", "T 12 #1"),
        ("12.T", "1", "timer 1 #1"),
        ("1[23].T", "1", "timer 1 #1"),
        // Rules 227, 231.
        (EXAMPLE, "01254", "timer 01254 #2"),
        (EXAMPLE, "012556", "timer 012556 #2"),
        (EXAMPLE, "012", "timer 012 #2"),
        (EXAMPLE, "01", "timer 01 #2"),
        (EXAMPLE, "0", "timer 0 #2"),
        // Substitution in an open match, and none in a partial one.
        ("<9:0>x.", "95", "timer 05 #1"),
        ("<9:0>1x.", "9", "timer 9 #1"),
        // Nothing would be left to call.
        ("<9:>x.", "9", "timer 9 #1"),
        ("<9:>x.", "95", "timer 5 #1"),
        // The first repeat takes the most.
        ("x.<9:0>", "999", "timer 990 #1"),
        ("<x.:0>x.", "1234", "timer 0 #1"),
        ("<1.:0>1xx", "1111", "timer 0111 #1"),
        // Timers hold complete matches back as well.
        ("123S0", "123", "0s 123 #1"),
        ("<12:34>T", "12", "T 34 #1"),
    ] {
        check_both(text, dialled, outcome);
    }
}

#[test]
fn other_numbers_depend_on_the_filter() {
    for (text, dialled, off, on) in [
        // Rule 228.
        (EXAMPLE, "21", "timer 21 #1", "wait"),
        (EXAMPLE, "91", "timer 91 #1", "wait"),
        (EXAMPLE, "21234567", "timer 21234567 #3", "wait"),
        (EXAMPLE, "598765432", "timer 598765432 #3", "wait"),
        // Rule 229.
        (EXAMPLE, "0011", "timer 0011 #-", "none"),
        (EXAMPLE, "1011", "timer 1011 #-", "none"),
        // Rules 206-208: what x and ranges do not match.
        ("x", "*", "timer * #-", "none"),
        ("x.", "1#", "timer 1# #-", "none"),
        ("x", "+", "timer + #-", "none"),
        ("[1-5]", "6", "timer 6 #-", "none"),
        ("[123]", "12", "timer 12 #-", "none"),
        ("123", "1234", "timer 1234 #-", "none"),
        // Rule 220 for the empty plan.
        ("", "1", "timer 1 #-", "none"),
        // Not digits at all.
        ("x.", "12a", "timer 12a #-", "none"),
        ("x.", "é", "timer é #-", "none"),
        // Nothing dialled.
        ("", "", "wait", "wait"),
        ("x.T", "", "wait", "wait"),
        ("x.!", "", "wait", "wait"),
    ] {
        check(text, dialled, off, on);
    }
}

#[test]
fn barred_numbers_are_refused() {
    for (text, dialled, off, on) in [
        // Rules 214, 217.
        ("123xxx!", "123456", "reject #1", "reject #1"),
        ("123xxx!", "12345", "timer 12345 #1", "wait"),
        // Wherever the branch stands.
        ("x.T|123xxx!", "123456", "reject #2", "reject #2"),
        ("123456|123xxx!", "123456", "reject #2", "reject #2"),
        // With room for more digits, another branch may still follow.
        ("0900x.!", "0900", "reject later #1", "reject later #1"),
        ("x.T|0900x.!", "09001", "reject later #2", "reject later #2"),
        ("1.!|12", "1", "reject later #1", "reject later #1"),
        ("1.!|12", "12", "now 12 #2", "now 12 #2"),
        ("1.!|11", "11", "reject #1", "reject #1"),
        // The `.` of a bar allows no call.
        ("0900x.!", "09", "timer 09 #1", "wait"),
        ("0900x.!|091x.", "09", "timer 09 #2", "timer 09 #2"),
    ] {
        check(text, dialled, off, on);
    }
}

#[test]
fn all_matching_branches_are_listed() {
    let Evaluation { matches, .. } = plan("12|1x.T|123|2|12x!").evaluate("12", ON);
    let listed: Vec<_> = matches.iter().map(|found| (found.branch, found.extent)).collect();
    let expected = [(0, Extent::Complete), (1, Extent::Open), (2, Extent::Partial), (4, Extent::Partial)];
    assert_eq!(listed, expected);
}

#[test]
fn numbers_dialled_at_once_are_decided_as_a_whole() {
    // Rules 218-220: the dial key, and going off-hook after typing.
    let called = |number: &str, branch| Decision::Dial { number: number.to_owned(), branch };
    for (text, dialled, off, on) in [
        (EXAMPLE, "211", called("211", Some(0)), called("211", Some(0))),
        (EXAMPLE, "2112", called("2112", Some(2)), Decision::Refuse(Refusal::Incomplete)),
        (EXAMPLE, "01254", called("01254", Some(1)), called("01254", Some(1))),
        (EXAMPLE, "1011", called("1011", None), Decision::Refuse(Refusal::NoMatch)),
        ("<9:0>xT", "95", called("05", Some(0)), called("05", Some(0))),
        (
            "1x!",
            "12",
            Decision::Refuse(Refusal::Rejected { branch: 0 }),
            Decision::Refuse(Refusal::Rejected { branch: 0 }),
        ),
        ("1", "", Decision::Refuse(Refusal::Incomplete), Decision::Refuse(Refusal::Incomplete)),
    ] {
        let plan = plan(text);
        assert_eq!(plan.decide(dialled, OFF), off, "{text}, {dialled}");
        assert_eq!(plan.decide(dialled, ON), on, "{text}, {dialled}");
    }
}

/// 30 s, 5 s and 3 s, `#` ends dialling, no filter.
const TIMING: Timing = Timing {
    first_digit: Duration::from_secs(30),
    inter_digit: Duration::from_secs(5),
    macro_digit: Duration::from_secs(3),
    pound_ends: true,
    filter: false,
};
const FILTERED: Timing = Timing { filter: true, ..TIMING };
const POUND_IS_A_DIGIT: Timing = Timing { pound_ends: false, ..TIMING };

/// Keys come one second apart from second 1 on; `d` is the dial key, `~` two seconds without a key.
///
/// The result is the second of the output, and the output: `3 dial 211`, `30 busy`, `8 refused`.
fn dial(text: &str, timing: Timing, keys: &str) -> String {
    let mut dialer = Dialer::new(Arc::new(plan(text)), timing, Duration::ZERO);
    let mut now = Duration::ZERO;
    let mut output = None;
    for key in keys.chars() {
        now += Duration::from_secs(if key == '~' { 2 } else { 1 });
        output = match key {
            'd' => dialer.end(now),
            '~' => dialer.timeout(now),
            key => dialer.key(now, Digit::new(key).expect("the table holds digits")),
        };
        if output.is_some() {
            break;
        }
    }
    if output.is_none() {
        now = dialer.next_timeout().expect("a timer runs until there is output");
        assert_eq!(dialer.timeout(now - Duration::from_nanos(1)), None, "{text}, {keys}: too early");
        output = dialer.timeout(now);
    }
    assert!(dialer.is_done() && dialer.next_timeout().is_none() && dialer.timer().is_none());
    assert_eq!(dialer.key(now, Digit::POUND).or(dialer.end(now)).or(dialer.timeout(Duration::MAX)), None);
    let seconds = now.as_secs();
    match output.expect("the timer was due") {
        Output::Dial { number, .. } => format!("{seconds} dial {number}"),
        Output::Refuse(_) => format!("{seconds} refused"),
        Output::Busy => format!("{seconds} busy"),
        other => panic!("a new output: {other:?}"),
    }
}

#[test]
fn keys_and_time_lead_to_a_call() {
    for (text, timing, keys, result) in [
        // Rule 222.
        (EXAMPLE, TIMING, "", "30 busy"),
        (EXAMPLE, TIMING, "d", "30 busy"),
        // Rules 216, 225, 226: the last keys come too late.
        (EXAMPLE, FILTERED, "911", "3 dial 911"),
        (EXAMPLE, FILTERED, "2113456789", "3 dial 211"),
        (EXAMPLE, FILTERED, "5987654321", "10 dial 5987654321"),
        // Rule 217.
        ("1x.S2", FILTERED, "123", "5 dial 123"),
        ("1x.S2", FILTERED, "1234", "6 dial 1234"),
        ("1x.S9", FILTERED, "12", "11 dial 12"),
        ("1x.T", FILTERED, "1234", "7 dial 1234"),
        ("1x.S2", FILTERED, "12~3", "4 dial 12"),
        ("12S0", FILTERED, "123", "2 dial 12"),
        ("123xxx!", TIMING, "1234567", "6 refused"),
        ("0900x.!", TIMING, "090012", "11 refused"),
        // Rule 218: dial key, and # below.
        (EXAMPLE, TIMING, "21d", "3 dial 21"),
        (EXAMPLE, FILTERED, "21d", "3 refused"),
        (EXAMPLE, FILTERED, "0125d", "5 dial 0125"),
        // Rules 219, 220, 227-229, 231.
        (EXAMPLE, TIMING, "01254", "10 dial 01254"),
        (EXAMPLE, FILTERED, "012556", "11 dial 012556"),
        (EXAMPLE, TIMING, "21", "7 dial 21"),
        (EXAMPLE, FILTERED, "21", "7 refused"),
        (EXAMPLE, TIMING, "598765432", "14 dial 598765432"),
        (EXAMPLE, FILTERED, "598765432", "14 refused"),
        (EXAMPLE, TIMING, "0011", "9 dial 0011"),
        (EXAMPLE, FILTERED, "0011", "9 refused"),
        (EXAMPLE, TIMING, "1011", "9 dial 1011"),
        (EXAMPLE, FILTERED, "1011", "9 refused"),
        // Each key starts the timer again.
        ("", TIMING, "1~2~3", "12 dial 123"),
        ("", TIMING, "1~~~", "7 dial 1"),
        // Rule 223.
        ("", TIMING, "12#", "3 dial 12"),
        ("", TIMING, "#12", "8 dial #12"),
        ("", TIMING, "##", "2 dial #"),
        ("", POUND_IS_A_DIGIT, "12#", "8 dial 12#"),
        ("*21#", POUND_IS_A_DIGIT, "*21#", "4 dial *21#"),
        (EXAMPLE, FILTERED, "21#", "3 refused"),
    ] {
        assert_eq!(dial(text, timing, keys), result, "{text}, {keys}, filter {}", timing.filter);
    }
}

#[test]
fn the_running_timer_is_known() {
    let mut dialer = Dialer::new(Arc::new(plan("12S2|13T")), TIMING, Duration::from_secs(100));
    assert_eq!((dialer.timer(), dialer.next_timeout()), (Some(Timer::FirstDigit), Some(Duration::from_secs(130))));
    let key = |dialer: &mut Dialer, seconds, key| {
        assert_eq!(dialer.key(Duration::from_secs(seconds), Digit::new(key).expect("a digit")), None);
        (dialer.timer(), dialer.next_timeout().map(|end| end.as_secs()))
    };
    assert_eq!(key(&mut dialer, 110, '1'), (Some(Timer::InterDigit), Some(115)));
    assert_eq!(key(&mut dialer, 112, '2'), (Some(Timer::Plan(Wait::Seconds(2))), Some(114)));
    assert_eq!(key(&mut dialer, 113, '3'), (Some(Timer::InterDigit), Some(118)));
    assert_eq!(dialer.dialled(), "123");
}

#[test]
fn a_late_input_does_not_stop_a_due_call() {
    let mut dialer = Dialer::new(Arc::new(plan("")), TIMING, Duration::ZERO);
    assert_eq!(dialer.key(Duration::from_secs(1), Digit::POUND), None);
    let output = dialer.key(Duration::from_secs(7), Digit::POUND);
    assert_eq!(output, Some(Output::Dial { number: "#".to_owned(), branch: None }));
    let mut dialer = Dialer::new(Arc::new(plan("")), TIMING, Duration::ZERO);
    assert_eq!(dialer.end(Duration::from_secs(31)), Some(Output::Busy));
}

#[test]
fn explanations_read_as_a_line() {
    for (text, timing, number, line) in [
        (EXAMPLE, TIMING, "911", "911: calls 911, at once; branch [2346789]11 at column 1"),
        (EXAMPLE, TIMING, "2115", "211: calls 211, at once; branch [2346789]11 at column 1; 5 comes too late"),
        (EXAMPLE, TIMING, "01254", "01254: calls 01254, after 5 s (inter-digit timer); branch 01[2-9]x. at column 13"),
        (EXAMPLE, TIMING, "1011", "1011: calls 1011, after 5 s (inter-digit timer); no branch matches"),
        (
            EXAMPLE,
            FILTERED,
            "21",
            "21: refused, the number is shorter than the dial plan asks for, after 5 s (inter-digit timer)",
        ),
        (
            EXAMPLE,
            FILTERED,
            "00",
            "00: refused, the dial plan does not allow the number, after 5 s (inter-digit timer)",
        ),
        ("<9:0>xT", TIMING, "95", "95: calls 05, after 3 s (macro timer); branch <9:0>xT at column 1"),
        ("<9:0>xS1", TIMING, "95#", "95: calls 05, at once; branch <9:0>xS1 at column 1"),
        ("12S0", TIMING, "12", "12: calls 12, at once; branch 12S0 at column 1"),
        ("9|1x.S2", TIMING, "12", "12: calls 12, after 2 s (timer of the branch); branch 1x.S2 at column 3"),
        (
            "1|2!",
            TIMING,
            "2",
            "2: refused, branch 2 of the dial plan rejects the number, at once; branch 2! at column 3",
        ),
        ("1", TIMING, "", "busy tone, after 30 s (first digit timer)"),
    ] {
        assert_eq!(plan(text).explain(number, timing).expect("digits").to_string(), line);
    }
    let error = plan("1").explain("12a", TIMING).expect_err("not a digit");
    assert_eq!(error.to_string(), "column 3: `a` cannot be dialled; a number is made of 0-9 * # +");
}
