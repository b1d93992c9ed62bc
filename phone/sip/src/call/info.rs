//! Digits and flash hooks in INFO (RFC 6086, in the forms that were there before it).

use std::time::Duration;

use offhook_params::choices::FlashHookEvent;

use super::core::{Core, Purpose, put_body};
use super::event::{End, Event};
use super::state::{Call, Leg, Outcome};
use super::types::{Body, Key};
use crate::dialog::DialogId;
use crate::message::{Method, Request};
use crate::transaction::ServerId;

/// Digits that wait for those before them.
const MOST_WAITING: usize = 64;

/// Longest time that a digit may be said to last.
const LONGEST: Duration = Duration::from_secs(60);

/// What an INFO says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signal {
    Digit(char, Option<Duration>),
    Flash,
}

/// What waits to be sent, and how long the next one has to stay behind it: who makes tones of digits takes as long for each.
#[derive(Debug)]
pub(super) struct Queued {
    body: Body,
    takes: Duration,
}

/// A digit as it is sent; none if it is none.
pub(super) fn digit(digit: char, duration: Duration, pause: Duration) -> Option<Queued> {
    let digit = digit.to_ascii_uppercase();
    let duration = duration.min(LONGEST);
    let text = format!("Signal={digit}\r\nDuration={}\r\n", duration.as_millis());
    matches!(digit, '0'..='9' | '*' | '#' | 'A'..='D').then(|| Queued {
        body: Body { kind: "application/dtmf-relay".to_owned(), bytes: text.into_bytes() },
        takes: duration + pause.min(LONGEST),
    })
}

/// A flash hook as the phone system knows it: the number that RFC 4733 gives the event, or its name as BroadWorks has it
/// (guide rule 269).
pub(super) fn flash(event: FlashHookEvent) -> Queued {
    let (kind, text) = match event {
        FlashHookEvent::Signal => ("application/dtmf-relay", "Signal=16\r\n"),
        FlashHookEvent::FlashHook => ("application/broadsoft;version=1.0", "event flashhook\r\n"),
    };
    Queued { body: Body { kind: kind.to_owned(), bytes: text.as_bytes().to_vec() }, takes: Duration::ZERO }
}

impl Call {
    /// Sends them after what was given before. False if the call is not up, or too much would wait; nothing is sent then.
    pub(super) fn inform(&mut self, now: Duration, infos: Vec<Queued>, core: &mut Core) -> bool {
        let up = self.is_up();
        let has_room = |leg: &&mut Leg| up && leg.infos.len() + infos.len() <= MOST_WAITING;
        let Some(leg) = self.leg().filter(has_room) else { return false };
        leg.infos.extend(infos);
        self.send_info(now, core);
        true
    }

    /// Sends the next one, if the one before is answered and has had its time.
    pub(super) fn send_info(&mut self, now: Duration, core: &mut Core) {
        let id = self.id;
        let Some(leg) = self.leg().filter(|leg| leg.info.is_none() && leg.next_info <= now) else { return };
        let Some(Queued { body, takes }) = leg.infos.pop_front() else { return };
        leg.next_info = now + takes;
        let mut request = core.request_within(&mut leg.dialog, Method::Info);
        put_body(&mut request.headers, &mut request.body, Some(&body));
        leg.info = Some(core.send_within(id, Purpose::Info, &leg.dialog, request));
    }

    pub(super) fn info_finished(&mut self, now: Duration, key: Key, outcome: Outcome<'_>, core: &mut Core) {
        let Some(leg) = self.leg().filter(|leg| leg.info == Some(key)) else { return };
        leg.info = None;
        if outcome.status() == 481 {
            return self.hang_up(End::Lost, core);
        }
        self.send_info(now, core);
    }

    /// The other party's INFO. An empty one asks whether the call lives.
    pub(super) fn info_asked(&mut self, server: ServerId, request: &Request, dialog: &DialogId, core: &mut Core) {
        let id = self.id;
        if self.leg_of(dialog).is_none() {
            return;
        }
        if request.body.is_empty() {
            return core.respond(server, core.response(request, 200, ""));
        }
        match read(request) {
            Some(signal) => {
                core.respond(server, core.response(request, 200, ""));
                core.tell(match signal {
                    Signal::Digit(digit, duration) => Event::Digit { call: id, digit, duration },
                    Signal::Flash => Event::Flash { call: id },
                });
            }
            None => core.refuse(server, request, 415),
        }
    }
}

fn read(request: &Request) -> Option<Signal> {
    let media = request.headers.content_type().ok()??;
    let text = std::str::from_utf8(&request.body).ok()?;
    let is =
        |subtype: &str| media.kind.eq_ignore_ascii_case("application") && media.subtype.eq_ignore_ascii_case(subtype);
    if is("dtmf-relay") || is("hook-flash") {
        let value = |name: &str| {
            text.lines().find_map(|line| {
                let (key, value) = line.split_once('=')?;
                key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
            })
        };
        let duration = value("duration").and_then(|ms| ms.parse().ok()).map(Duration::from_millis);
        signal(value("signal")?, duration.filter(|duration| *duration <= LONGEST))
    } else if is("dtmf") {
        signal(text.trim(), None)
    } else if is("broadsoft") {
        text.split_whitespace().eq(["event", "flashhook"]).then_some(Signal::Flash)
    } else {
        None
    }
}

/// A signal by its character, or by the number of its event (RFC 4733, section 3.2).
fn signal(text: &str, duration: Option<Duration>) -> Option<Signal> {
    let mut chars = text.chars();
    let digit = match (chars.next()?.to_ascii_uppercase(), chars.next()) {
        (digit @ ('0'..='9' | '*' | '#' | 'A'..='D'), None) => digit,
        _ if text.eq_ignore_ascii_case("hf") => return Some(Signal::Flash),
        _ => match text.parse().ok()? {
            16 => return Some(Signal::Flash),
            10 => '*',
            11 => '#',
            event @ 12..=15_u8 => char::from(b'A' + event - 12),
            _ => return None,
        },
    };
    Some(Signal::Digit(digit, duration))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Name;

    fn said(body: &Body) -> Option<Signal> {
        let mut request = Request::new(Method::Info, "sip:a@b");
        put_body(&mut request.headers, &mut request.body, Some(body));
        read(&request)
    }

    #[test]
    fn what_is_sent_is_read() {
        for char in "0123456789*#ABCD".chars() {
            let queued = digit(char, Duration::from_millis(160), Duration::ZERO).unwrap();
            assert_eq!(said(&queued.body), Some(Signal::Digit(char, Some(Duration::from_millis(160)))));
        }
        assert!(digit('x', Duration::ZERO, Duration::ZERO).is_none());
        for event in [FlashHookEvent::Signal, FlashHookEvent::FlashHook] {
            assert_eq!(said(&flash(event).body), Some(Signal::Flash));
        }
    }

    #[test]
    fn forms_of_others() {
        let check = |kind: &str, text: &str, signal: Option<Signal>| {
            assert_eq!(said(&Body { kind: kind.into(), bytes: text.into() }), signal, "{kind} {text}");
        };
        let digit = |digit| Some(Signal::Digit(digit, None));
        check("application/dtmf", "5", digit('5'));
        check("application/dtmf", " 10\r\n", digit('*'));
        check(
            "application/DTMF-Relay",
            "Signal= 5\nDuration= 250\n",
            Some(Signal::Digit('5', Some(Duration::from_millis(250)))),
        );
        check("application/dtmf-relay", "signal=15", digit('D'));
        check("application/dtmf-relay", "Signal=5\nDuration=99999999999", digit('5'));
        check("application/hook-flash", "signal=hf", Some(Signal::Flash));
        check("application/dtmf-relay", "Signal=17", None);
        check("application/dtmf-relay", "Duration=1", None);
        check("application/broadsoft", "event other", None);
        check("text/plain", "5", None);
        let mut request = Request::new(Method::Info, "sip:a@b");
        request.headers.push(Name::ContentType, "application/dtmf");
        request.body = vec![0xff];
        assert_eq!(read(&request), None);
    }
}
