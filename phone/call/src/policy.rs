//! What becomes of a call that comes in, decided in one place from the settings and what the line is doing.
//!
//! # What the guide leaves open
//!
//! * The order is: a line out of service, a loop of forwards, the rejection list, hidden callers, do-not-disturb, the
//!   forwards, call waiting. So nobody who is turned away is forwarded, and a call that has come round does not go round again.
//! * A line is in use from the first digit or ring of a call until its end. Then forwarding on busy goes before call
//!   waiting: a person has switched it on, while call waiting is on as the phone is delivered.
//! * A line that a call is waiting on already does not take another one: nobody could tell three calls apart by one tone.
//! * Forwarding without an answer counts rings of six seconds, the length of the ring in North America and Japan; 0 rings
//!   forwards at once, but lets call waiting and busy decide first, since the line might have been free to answer.
//! * A call that asks to be taken by itself (`answer-after`) is, where the phone system may answer at this unit
//!   (`TALK_PACKAGE`, guide rule 276). Elsewhere any caller could listen into the room.
//! * Do-not-disturb and forwards that the server carries out (guide rule 277) are not repeated by the phone: while both are
//!   synchronised and the server has taken them over, a call that arrives nevertheless was let through by the server.

use std::time::Duration;

use offhook_params::settings::{Line, Settings};

use crate::number;

/// From one ring to the next.
pub const RING: Duration = Duration::from_secs(6);

/// Forwards that a call may have behind it.
pub const MOST_FORWARDS: usize = 5;

/// What is known of a call that comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Arrival<'a> {
    /// The caller's number; none if there is none, or it is hidden.
    pub caller: Option<&'a str>,
    /// The caller hides who it is.
    pub anonymous: bool,
    /// The numbers that have forwarded the call, the last one first.
    pub forwarded_by: &'a [String],
    /// It takes the place of a call of this line (RFC 3891), or a person has asked for it: it is not turned away.
    pub expected: bool,
    /// The call asks to be taken without anybody's doing, after so long.
    pub auto_answer: Option<Duration>,
}

/// What a line is doing when a call comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Occupied {
    /// Nothing.
    #[default]
    Free,
    /// A call is being made, rings or is going on.
    InUse,
    /// No further call can be signalled: one is waiting already, or the phone has as many as it can hold.
    Full,
}

/// What decides besides the settings of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// What the line is doing.
    pub line: Occupied,
    /// Some line has a call, so that the new one is signalled by a tone, if a person listens.
    pub talking: bool,
    /// Every call is taken at once beside the others: paging, measuring.
    pub takes_every_call: bool,
    /// Forwards and do-not-disturb are carried out by the server.
    pub server_decides: bool,
}

/// What becomes of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is answered with this status code.
    Reject {
        /// 400 to 699.
        status: u16,
        /// Why.
        why: Rejection,
    },
    /// It is sent on to another number.
    Forward {
        /// The number.
        number: String,
        /// Why.
        why: Forward,
    },
    /// It rings.
    Ring(Ring),
}

/// Why a call is turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rejection {
    /// The line is not in service.
    OutOfService,
    /// The call has been here before, on its way from forward to forward.
    Loop,
    /// The call has been forwarded too often.
    TooManyForwards,
    /// The caller stands in the rejection list.
    Listed,
    /// The caller hides, and those are turned away.
    Anonymous,
    /// Do not disturb.
    DoNotDisturb,
    /// The line is in use.
    Busy,
}

/// Why a call is sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forward {
    /// Every call of the line is.
    Always,
    /// The line is in use.
    Busy,
    /// Nobody has answered.
    NoAnswer,
}

/// How a call rings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ring {
    /// Another call is there: the new one is told of by the call waiting tone.
    pub waiting: bool,
    /// Where it goes if nobody answers, and after how long.
    pub unanswered: Option<(Duration, String)>,
    /// After how long it is taken without anybody's doing.
    pub auto_answer: Option<Duration>,
}

/// Decides on a call to line `line`, counted from 0.
pub fn decide(settings: &Settings, line: usize, arrival: &Arrival<'_>, now: &Circumstances) -> Decision {
    let own = &settings.lines[line];
    if !own.account.line_enabled || !own.account.profile_enabled {
        return Decision::Reject { status: 480, why: Rejection::OutOfService };
    }
    if now.takes_every_call {
        return match now.line {
            Occupied::Full => busy(),
            _ => Decision::Ring(Ring { auto_answer: Some(Duration::ZERO), ..Ring::default() }),
        };
    }
    if arrival.expected {
        return Decision::Ring(Ring { waiting: now.talking, auto_answer: Some(Duration::ZERO), unanswered: None });
    }
    let features = &own.call_features;
    let declined = settings.call_features.rejection_response;
    if arrival.caller.is_some_and(|caller| is_rejected(settings, caller)) {
        return Decision::Reject { status: declined, why: Rejection::Listed };
    }
    if arrival.anonymous && features.reject_anonymous {
        return Decision::Reject { status: declined, why: Rejection::Anonymous };
    }
    if features.do_not_disturb && !now.server_decides {
        return Decision::Reject { status: settings.call_features.dnd_response, why: Rejection::DoNotDisturb };
    }
    let forward = |why| match now.server_decides {
        true => None,
        false => destination(own, why).map(str::to_owned),
    };
    if let Some(number) = forward(Forward::Always) {
        return sent_on(own, arrival, number, Forward::Always);
    }
    if now.line != Occupied::Free {
        if let Some(number) = forward(Forward::Busy) {
            return sent_on(own, arrival, number, Forward::Busy);
        }
        if !features.call_waiting || now.line == Occupied::Full {
            return busy();
        }
    }
    let rings = own.call_forward.forward_no_answer_rings;
    let unanswered = forward(Forward::NoAnswer).map(|number| (RING * rings.into(), number));
    if let Some((Duration::ZERO, number)) = unanswered {
        return sent_on(own, arrival, number, Forward::NoAnswer);
    }
    let unanswered = unanswered.filter(|_| may_go_on(own, arrival).is_ok());
    // Auto Answer takes a call from nobody: with another call at hand it only rings.
    let by_person = settings.sounds.auto_answer.then_some(settings.call_control.auto_answer_delay);
    let by_server = arrival.auto_answer.filter(|_| settings.call_control.talk_package);
    let auto_answer = [by_person, by_server].into_iter().flatten().min().filter(|_| !now.talking);
    Decision::Ring(Ring { waiting: now.talking, unanswered, auto_answer })
}

/// Where a line sends calls for this reason, if it does.
pub fn destination(line: &Line, why: Forward) -> Option<&str> {
    let forward = &line.call_forward;
    let on = match why {
        Forward::Always => forward.forward_always,
        Forward::Busy => forward.forward_busy,
        Forward::NoAnswer => forward.forward_no_answer,
    };
    Some(number_of(line, why)).filter(|number| on && !number.is_empty())
}

/// The number that is set for this, whether it is switched on or not.
pub fn number_of(line: &Line, why: Forward) -> &str {
    let forward = &line.call_forward;
    match why {
        Forward::Always => &forward.forward_always_number,
        Forward::Busy => &forward.forward_busy_number,
        Forward::NoAnswer => &forward.forward_no_answer_number,
    }
    .trim()
}

/// Whether a caller stands in the rejection list. A list in international form fits callers in international form alone:
/// the guide promises no more (rule 152), and a wrong guess would turn people away.
fn is_rejected(settings: &Settings, caller: &str) -> bool {
    settings.rejections.iter().any(|rejected| number::equal(&rejected.rejection.rejected_number, caller))
}

fn busy() -> Decision {
    Decision::Reject { status: 486, why: Rejection::Busy }
}

fn sent_on(line: &Line, arrival: &Arrival<'_>, number: String, why: Forward) -> Decision {
    match may_go_on(line, arrival) {
        Ok(()) => Decision::Forward { number, why },
        Err(Rejection::Loop) => Decision::Reject { status: 482, why: Rejection::Loop },
        Err(why) => Decision::Reject { status: 483, why },
    }
}

/// Whether a call may be forwarded once more: not if this line has forwarded it already, nor without end.
fn may_go_on(line: &Line, arrival: &Arrival<'_>) -> Result<(), Rejection> {
    let own = match &line.account.sip_uri {
        Some(uri) => uri.user(),
        None => line.account.phone_number.as_str(),
    };
    if arrival.forwarded_by.iter().any(|by| number::equal(by, own)) {
        return Err(Rejection::Loop);
    }
    if arrival.forwarded_by.len() >= MOST_FORWARDS {
        return Err(Rejection::TooManyForwards);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::settings;

    const RING_PLAINLY: Decision = Decision::Ring(Ring { waiting: false, unanswered: None, auto_answer: None });

    fn reject(status: u16, why: Rejection) -> Decision {
        Decision::Reject { status, why }
    }

    fn forward(number: &str, why: Forward) -> Decision {
        Decision::Forward { number: number.to_owned(), why }
    }

    /// A call by 030123 to line 2, which is free unless `now` says otherwise.
    #[track_caller]
    fn check(changes: &[(&str, &str)], now: &Circumstances, expected: &Decision) {
        let arrival = Arrival { caller: Some("030123"), ..Arrival::default() };
        assert_eq!(decide(&settings(changes), 1, &arrival, now), *expected, "{changes:?} {now:?}");
    }

    const FREE: Circumstances =
        Circumstances { line: Occupied::Free, talking: false, takes_every_call: false, server_decides: false };
    const IN_USE: Circumstances = Circumstances { line: Occupied::InUse, talking: true, ..FREE };
    const FULL: Circumstances = Circumstances { line: Occupied::Full, ..IN_USE };

    const ALWAYS: [(&str, &str); 2] = [("FORWARD_ALWAYS_ENABLE_2", "Y"), ("FORWARD_ALWAYS_NUMBER_2", "300")];
    const ON_BUSY: [(&str, &str); 2] = [("FORWARD_BUSY_ENABLE_2", "Y"), ("FORWARD_BUSY_NUMBER_2", "301")];
    const UNANSWERED: [(&str, &str); 2] = [("FORWARD_NO_ANSWER_ENABLE_2", "Y"), ("FORWARD_NO_ANSWER_NUMBER_2", "302")];

    #[test]
    fn each_setting_decides_by_itself() {
        check(&[], &FREE, &RING_PLAINLY);
        check(&[("LINE_ENABLE_2", "Disabled")], &FREE, &reject(480, Rejection::OutOfService));
        check(&[("PROFILE_ENABLE2", "Disabled")], &FREE, &reject(480, Rejection::OutOfService));
        check(&[("LINE_ENABLE_1", "Disabled")], &FREE, &RING_PLAINLY);
        check(&[("REJECTED_NUMBER_30", "030 123")], &FREE, &reject(603, Rejection::Listed));
        check(&[("REJECTED_NUMBER_30", "30123")], &FREE, &RING_PLAINLY);
        check(&[("DND_ENABLE_2", "Y")], &FREE, &reject(403, Rejection::DoNotDisturb));
        check(&[("DND_ENABLE_2", "Y"), ("SIP_RESPONSE_CODE_DND", "486")], &FREE, &reject(486, Rejection::DoNotDisturb));
        check(&ALWAYS, &FREE, &forward("300", Forward::Always));
        check(&ON_BUSY, &FREE, &RING_PLAINLY);
        check(&ON_BUSY, &IN_USE, &forward("301", Forward::Busy));
        check(&[], &IN_USE, &Decision::Ring(Ring { waiting: true, ..Ring::default() }));
        check(&[("CW_ENABLE_2", "N")], &IN_USE, &reject(486, Rejection::Busy));
        check(&[], &FULL, &reject(486, Rejection::Busy));
        check(&ON_BUSY, &FULL, &forward("301", Forward::Busy));
    }

    #[test]
    fn forwarding_without_an_answer_counts_rings() {
        let rings = |rings| [UNANSWERED[0], UNANSWERED[1], ("FORWARD_NO_ANSWER_RINGS_2", rings)];
        let unanswered = |seconds| Some((Duration::from_secs(seconds), "302".to_owned()));
        let ring = |seconds| Decision::Ring(Ring { unanswered: unanswered(seconds), ..Ring::default() });
        check(&UNANSWERED, &FREE, &ring(18));
        check(&rings("2"), &FREE, &ring(12));
        check(&rings("20"), &FREE, &ring(120));
        check(&rings("0"), &FREE, &forward("302", Forward::NoAnswer));
        let waiting = Ring { waiting: true, unanswered: unanswered(18), auto_answer: None };
        check(&UNANSWERED, &IN_USE, &Decision::Ring(waiting));
    }

    #[test]
    fn the_first_that_applies_wins() {
        let all: Vec<(&str, &str)> =
            [("LINE_ENABLE_2", "Disabled"), ("REJECTED_NUMBER_1", "030123"), ("DND_ENABLE_2", "Y")]
                .into_iter()
                .chain(ALWAYS)
                .chain(ON_BUSY)
                .chain(UNANSWERED)
                .chain([("CW_ENABLE_2", "N")])
                .collect();
        check(&all, &IN_USE, &reject(480, Rejection::OutOfService));
        check(&all[1..], &IN_USE, &reject(603, Rejection::Listed));
        check(&all[2..], &IN_USE, &reject(403, Rejection::DoNotDisturb));
        check(&all[3..], &IN_USE, &forward("300", Forward::Always));
        check(&all[5..], &IN_USE, &forward("301", Forward::Busy));
        check(&all[7..], &IN_USE, &reject(486, Rejection::Busy));
    }

    #[test]
    fn hidden_callers_are_turned_away_where_that_is_set() {
        let blocks = settings(&[("ANONYMOUS_BLOCK_2", "Y"), ("SIP_RESPONSE_CODE_CALL_REJECT", "433")]);
        let hidden = Arrival { anonymous: true, ..Arrival::default() };
        assert_eq!(decide(&blocks, 1, &hidden, &FREE), reject(433, Rejection::Anonymous));
        assert_eq!(decide(&blocks, 0, &hidden, &FREE), RING_PLAINLY);
        assert_eq!(decide(&blocks, 1, &Arrival::default(), &FREE), RING_PLAINLY);
    }

    #[test]
    fn a_server_that_decides_is_not_corrected() {
        let decided = Circumstances { server_decides: true, ..FREE };
        let all: Vec<_> = [("DND_ENABLE_2", "Y")].into_iter().chain(ALWAYS).chain(UNANSWERED).collect();
        check(&all, &decided, &RING_PLAINLY);
        check(&ON_BUSY, &Circumstances { line: Occupied::Full, ..decided }, &reject(486, Rejection::Busy));
    }

    #[test]
    fn forwards_do_not_go_in_circles() {
        let numbers: Vec<(&str, &str)> = [("PHONE_NUMBER_2", "2002")].into_iter().chain(ALWAYS).collect();
        let settings = settings(&numbers);
        let by = |numbers: &[&str]| {
            let by: Vec<_> = numbers.iter().map(|&number| number.to_owned()).collect();
            decide(&settings, 1, &Arrival { caller: Some("1"), forwarded_by: &by, ..Arrival::default() }, &FREE)
        };
        assert_eq!(by(&["2001", "2003"]), forward("300", Forward::Always));
        assert_eq!(by(&["2001", "2002"]), reject(482, Rejection::Loop));
        assert_eq!(by(&["1", "2", "3", "4", "5"]), reject(483, Rejection::TooManyForwards));
    }

    #[test]
    fn a_call_that_has_come_round_rings_until_somebody_answers() {
        let numbers: Vec<(&str, &str)> = [("SIP_URI_2", "sip:bob@example.com")].into_iter().chain(UNANSWERED).collect();
        let by = ["Bob".to_owned()];
        let arrival = Arrival { caller: Some("1"), forwarded_by: &by, ..Arrival::default() };
        assert_eq!(decide(&settings(&numbers), 1, &arrival, &FREE), RING_PLAINLY);
    }

    #[test]
    fn calls_are_taken_by_themselves() {
        let taken =
            |seconds| Decision::Ring(Ring { auto_answer: Some(Duration::from_secs(seconds)), ..Ring::default() });
        check(&[("AUTO_ANSWER", "Y")], &FREE, &taken(5));
        check(&[("AUTO_ANSWER", "Y"), ("AUTO_ANS_RING_TIM", "0")], &FREE, &taken(0));
        // Nobody's call is cut off by another one.
        check(&[("AUTO_ANSWER", "Y")], &IN_USE, &Decision::Ring(Ring { waiting: true, ..Ring::default() }));
        let every = Circumstances { takes_every_call: true, ..IN_USE };
        check(&[("DND_ENABLE_2", "Y")], &every, &taken(0));
        check(&[], &Circumstances { line: Occupied::Full, ..every }, &reject(486, Rejection::Busy));
        let asks = Arrival { caller: Some("1"), auto_answer: Some(Duration::ZERO), ..Arrival::default() };
        assert_eq!(decide(&settings(&[("AUTO_ANSWER", "Y")]), 0, &asks, &FREE), taken(5));
        assert_eq!(decide(&settings(&[("TALK_PACKAGE", "Y")]), 0, &asks, &FREE), taken(0));
        assert_eq!(decide(&settings(&[]), 0, &asks, &FREE), RING_PLAINLY, "nobody listens in by a header");
    }
}
