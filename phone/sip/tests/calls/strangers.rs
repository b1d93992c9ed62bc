//! Callers whom no server of the line's own vouches for.

use std::time::Duration;

use offhook_sip::call::{CallId, End, Event, Sender};
use offhook_sip::message::{Method, Name};

use crate::line::{CHALLENGE, Fields, Line, OFFER, OURS, sdp, tag_of};

/// A call that was taken, and the tag of ours.
fn up(line: &mut Line) -> (CallId, String) {
    let call = line.called(&[], OFFER);
    line.calls.answer(line.now, call, sdp(OURS)).unwrap();
    let tag = tag_of(&line.response(200));
    let ack = line.of_their_call(&tag, Method::Ack, 1, &[], "");
    line.calls.acknowledged(&ack);
    assert_eq!(line.event(), Event::Confirmed { call });
    (call, tag)
}

#[test]
fn what_they_assert_does_not_count() {
    let mut line = Line::new(&[]);
    line.sender = Sender::Stranger;
    let fields = [(Name::PAssertedIdentity, "<sip:1000@x>"), (Name::CallInfo, "<sip:x>;answer-after=0")];
    let invite = line.invite(&fields, OFFER);
    line.receive(invite);
    let Event::Incoming(invitation) = line.event() else { panic!("no call") };
    assert_eq!((invitation.caller.user.as_str(), invitation.auto_answer), ("2001", None));
}

#[test]
fn they_neither_take_the_microphone_nor_transfer() {
    let mut line = Line::new(&[("TALK_PACKAGE", "Y"), ("HOLD_PACKAGE", "Y")]);
    let (call, tag) = up(&mut line);
    // A server's own call, but somebody else's request.
    line.sender = Sender::Stranger;
    for (number, event) in [(2, "talk"), (3, "hold")] {
        let notify = line.of_their_call(&tag, Method::Notify, number, &[(Name::Event, event)], "");
        line.receive(notify);
        line.response(489);
    }
    line.sender = Sender::Server;
    let notify = line.of_their_call(&tag, Method::Notify, 4, &[(Name::Event, "talk")], "");
    line.receive(notify);
    line.response(200);
    assert_eq!(line.event(), Event::Talk { call });

    let mut line = Line::new(&[]);
    line.sender = Sender::Stranger;
    let (_, tag) = up(&mut line);
    let refer = line.of_their_call(&tag, Method::Refer, 2, &[(Name::ReferTo, "<sip:00900@x>")], "");
    line.receive(refer);
    line.response(403);
    line.nothing();
}

#[test]
fn they_get_no_credentials() {
    let mut line = Line::new(&[]);
    // The line knows how its server wants to be answered.
    line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.answer(&invite, 407, "b", &[CHALLENGE], "");
    let invite = line.sent(Method::Invite);
    assert!(invite.1.headers.has(Name::ProxyAuthorization));
    line.answer(&invite, 486, "b", &[], "");
    line.event();

    line.sender = Sender::Stranger;
    let (call, _) = up(&mut line);
    line.calls.hang_up(call).unwrap();
    assert!(matches!(line.event(), Event::Ended { .. }));
    let bye = line.sent(Method::Bye);
    assert!(!bye.1.headers.has(Name::ProxyAuthorization));
    line.answer(&bye, 407, "a", &[CHALLENGE], "");
    line.is_empty();
}

/// A small forged invitation shall not make the phone send much to somebody.
#[test]
fn they_hear_things_but_a_few_times() {
    let often = [("SIP_100REL_ENABLE_1", "Y"), ("SIP_18X_RTX_INTVL_1", "10")];
    let heard = |fields: Fields<'_>, act: &dyn Fn(&mut Line, CallId)| {
        let mut line = Line::new(&often);
        line.sender = Sender::Stranger;
        let call = line.called(fields, OFFER);
        act(&mut line, call);
        let end = line.now + Duration::from_secs(31);
        while line.now < end {
            line.wait(Duration::from_secs(1));
        }
        line.rest()
    };
    let ring = |line: &mut Line, call| line.calls.ring(line.now, call, 180, None).unwrap();
    assert_eq!(heard(&[], &ring), ["180"]);
    assert_eq!(heard(&[(Name::Supported, "100rel")], &ring), ["180"; 3]);
    assert_eq!(heard(&[], &|line, call| line.calls.answer(line.now, call, sdp(OURS)).unwrap()), ["200"; 3]);
}

#[test]
fn nobody_makes_it_ring_for_ever() {
    let mut line = Line::new(&[]);
    let call = line.called(&[], OFFER);
    line.calls.ring(line.now, call, 180, None).unwrap();
    line.response(180);
    assert_eq!(line.wait(Duration::from_secs(3600)), Duration::from_secs(600));
    assert_eq!(line.event(), Event::Ended { call, why: End::Expired });
    line.response(480);
    line.is_empty();
}
