//! What happens within a call that is up: changes, glare, digits, transfers.

use std::time::Duration;

use offhook_sip::call::{CallFault, CallId, Dial, End, Event, Failure, Transfer};
use offhook_sip::message::{Method, Name, Request};

use crate::line::{ANSWER, Line, OFFER, OURS, Sent, sdp};

/// The other party's change, which we accept.
fn change(line: &mut Line, call: CallId, request: Request) {
    line.receive(request);
    assert_eq!(line.event(), Event::Offer { call, session: Some(sdp(OFFER)) });
    line.calls.accept(line.now, call, sdp(OURS)).unwrap();
    line.response(200);
}

#[test]
fn holding() {
    let mut line = Line::new(&[]);
    let (call, _) = line.up();
    line.calls.hold(line.now, call, sdp("hold")).unwrap();
    let reinvite = line.sent(Method::Invite);
    assert_eq!((reinvite.1.uri.as_str(), reinvite.1.headers.get(Name::CSeq)), ("sip:b@192.0.2.9", Some("2 INVITE")));
    assert_eq!((reinvite.1.body.as_slice(), reinvite.1.headers.to().unwrap().tag()), (&b"hold"[..], Some("b")));
    // What comes meanwhile waits; of several, the last counts.
    line.calls.modify(line.now, call, sdp("overtaken")).unwrap();
    line.calls.resume(line.now, call, sdp("resume")).unwrap();
    line.nothing();
    line.answer(&reinvite, 200, "b", &[], "held");
    line.ack();
    assert_eq!(line.event(), Event::Answer { call, local: sdp("hold"), session: sdp("held") });
    let second = line.sent(Method::Invite);
    assert_eq!(second.1.body, b"resume");
    // It is not taken: everything is as before.
    line.answer(&second, 488, "b", &[], "");
    assert_eq!(line.event(), Event::Unchanged { call, status: 488 });
    line.nothing();
}

#[test]
fn a_call_on_hold_is_changed() {
    for (setting, taken) in [("Y", true), ("N", false)] {
        let mut line = Line::new(&[("SIP_HOLD_HOLDRECEIVE_1", setting)]);
        let (call, invite) = line.up();
        line.calls.hold(line.now, call, sdp("hold")).unwrap();
        let reinvite = line.sent(Method::Invite);
        line.answer(&reinvite, 200, "b", &[], "held");
        line.rest();
        // What only keeps the call alive is taken always.
        let refresh = line.of_call(&invite, Method::Invite, 1, &[], "held");
        line.receive(refresh);
        assert_eq!(line.response(200).body, b"hold");
        let ack = line.of_call(&invite, Method::Ack, 1, &[], "");
        line.calls.acknowledged(&ack);
        line.nothing();
        let theirs = line.of_call(&invite, Method::Invite, 2, &[], OFFER);
        if taken {
            change(&mut line, call, theirs);
        } else {
            line.receive(theirs);
            line.response(488);
            line.nothing();
        }
    }
}

#[test]
fn glare() {
    let mut line = Line::new(&[]);
    let (call, invite) = line.up();
    line.calls.hold(line.now, call, sdp("hold")).unwrap();
    let ours = line.sent(Method::Invite);
    for (number, method) in [(1, Method::Invite), (2, Method::Update)] {
        let theirs = line.of_call(&invite, method, number, &[], OFFER);
        line.receive(theirs);
        line.response(491);
    }
    // An UPDATE that offers nothing is in nobody's way.
    let theirs = line.of_call(&invite, Method::Update, 3, &[], "");
    line.receive(theirs);
    line.response(200);
    line.answer(&ours, 491, "b", &[], "");
    line.nothing();
    // We chose the Call-ID, so that we wait longer (RFC 3261, section 14.1).
    let waited = line.wait(Duration::from_secs(10));
    assert!((2100..4000).contains(&waited.as_millis()), "{waited:?}");
    let again = line.sent(Method::Invite);
    assert_eq!(again.1.body, b"hold");
    line.answer(&again, 491, "b", &[], "");
    // Their change comes while ours waits: what we wanted was made for another state.
    let theirs = line.of_call(&invite, Method::Invite, 4, &[], OFFER);
    line.receive(theirs);
    assert_eq!(line.event(), Event::Unchanged { call, status: 491 });
    assert_eq!(line.event(), Event::Offer { call, session: Some(sdp(OFFER)) });
    line.calls.accept(line.now, call, sdp(OURS)).unwrap();
    line.response(200);
    // While their ACK is missing, ours waits.
    line.calls.hold(line.now, call, sdp("hold again")).unwrap();
    line.nothing();
    let ack = line.of_call(&invite, Method::Ack, 4, &[], "");
    line.calls.acknowledged(&ack);
    assert_eq!(line.sent(Method::Invite).1.body, b"hold again");
}

#[test]
fn their_changes() {
    let mut line = Line::new(&[]);
    let (call, invite) = line.up();
    // Without an offer: they want ours.
    let theirs = line.of_call(&invite, Method::Invite, 1, &[], "");
    line.receive(theirs);
    assert_eq!(line.event(), Event::Offer { call, session: None });
    // One after the other.
    let hasty = line.of_call(&invite, Method::Invite, 2, &[], OFFER);
    line.receive(hasty);
    assert!(line.response(500).headers.has(Name::RetryAfter));
    line.calls.accept(line.now, call, sdp("ours")).unwrap();
    assert_eq!(line.response(200).body, b"ours");
    let theirs = line.of_call(&invite, Method::Update, 3, &[], OFFER);
    line.receive(theirs);
    line.response(491);
    let ack = line.of_call(&invite, Method::Ack, 1, &[], "theirs");
    line.calls.acknowledged(&ack);
    assert_eq!(line.event(), Event::Answer { call, local: sdp("ours"), session: sdp("theirs") });
    // Refused: the session stays, and the target too.
    let theirs = line.of_call(&invite, Method::Invite, 4, &[], OFFER);
    line.receive(theirs);
    line.event();
    line.calls.refuse(line.now, call, 488).unwrap();
    line.response(488);
    assert_eq!(line.calls.accept(line.now, call, sdp(OURS)), Err(CallFault::State));
    // Cancelled before we gave our word.
    let theirs = line.of_call(&invite, Method::Invite, 5, &[], OFFER);
    let server = line.receive(theirs);
    line.event();
    line.calls.cancelled(server, &Request::new(Method::Cancel, "sip:x"));
    line.response(487);
    // Moved: further requests go to the new place.
    let mut theirs = line.of_call(&invite, Method::Update, 6, &[], OFFER);
    theirs.headers.set(Name::Contact, "<sip:b@192.0.2.77>");
    change(&mut line, call, theirs);
    line.calls.hang_up(call).unwrap();
    line.event();
    assert_eq!(line.sent(Method::Bye).1.uri, "sip:b@192.0.2.77");
    // Late ones find nothing.
    let late = line.of_call(&invite, Method::Invite, 7, &[], OFFER);
    line.receive(late);
    line.response(481);
}

#[test]
fn requests_out_of_order() {
    let mut line = Line::new(&[]);
    let (_, invite) = line.up();
    for (number, status) in [(5, 200), (4, 500), (5, 500), (6, 200)] {
        let info = line.of_call(&invite, Method::Info, number, &[], "");
        line.receive(info);
        line.response(status);
    }
}

#[test]
fn changes_that_need_another_try() {
    let mut line = Line::new(&[]);
    let (call, _) = line.up();
    line.calls.hold(line.now, call, sdp("hold")).unwrap();
    let first = line.sent(Method::Invite);
    line.answer(&first, 500, "b", &[(Name::RetryAfter, "7")], "");
    assert_eq!(line.wait(Duration::from_secs(20)), Duration::from_secs(7));
    let second = line.sent(Method::Invite);
    let challenge = (Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n\"");
    line.answer(&second, 401, "b", &[challenge], "");
    let third = line.sent(Method::Invite);
    assert_eq!(third.1.headers.get(Name::CSeq), Some("4 INVITE"));
    line.answer(&third, 200, "b", &[], "held");
    assert_eq!(line.rest(), ["ACK", "Answer"]);
    // 481 and silence mean that the other end knows nothing of the call.
    for status in [Some(481), None] {
        let mut line = Line::new(&[]);
        let (call, _) = line.up();
        line.calls.hold(line.now, call, sdp("hold")).unwrap();
        let reinvite = line.sent(Method::Invite);
        match status {
            Some(status) => line.answer(&reinvite, status, "b", &[], ""),
            None => line.fail(reinvite.0, Failure::Silence),
        }
        assert_eq!(line.event(), Event::Ended { call, why: End::Lost });
        line.sent(Method::Bye);
    }
}

#[test]
fn an_answer_in_a_reliable_response() {
    let mut line = Line::new(&[("SIP_100REL_ENABLE_1", "Y")]);
    let (call, _) = line.up();
    line.calls.hold(line.now, call, sdp("hold")).unwrap();
    let reinvite = line.sent(Method::Invite);
    line.answer(&reinvite, 183, "b", &[(Name::Require, "100rel"), (Name::RSeq, "1")], "held");
    let prack = line.sent(Method::Prack);
    assert_eq!(prack.1.headers.get(Name::RAck), Some("1 2 INVITE"));
    line.answer(&reinvite, 200, "b", &[], "");
    line.ack();
    assert_eq!(line.event(), Event::Answer { call, local: sdp("hold"), session: sdp("held") });
}

#[test]
fn challenges_after_the_end() {
    let challenge = [(Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n\"")];
    let mut line = Line::new(&[]);
    let (call, _) = line.up();
    line.calls.hold(line.now, call, sdp("hold")).unwrap();
    let reinvite = line.sent(Method::Invite);
    line.calls.hang_up(call).unwrap();
    line.event();
    let bye = line.sent(Method::Bye);
    // The change is not wanted any more, the goodbye is.
    line.answer(&reinvite, 401, "b", &challenge, "");
    line.nothing();
    line.answer(&bye, 401, "b", &challenge, "");
    let bye = line.sent(Method::Bye);
    assert_eq!(bye.1.headers.get(Name::CSeq), Some("4 BYE"));
    line.answer(&bye, 200, "b", &[], "");
    line.is_empty();
}

#[test]
fn a_refresh_that_is_refused_for_now() {
    let mut line = Line::new(&[("SIP_SESSION_TIME_1", "90")]);
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.answer(&invite, 200, "b", &[(Name::SessionExpires, "90;refresher=uac")], ANSWER);
    line.rest();
    assert_eq!(line.wait_for_output(Duration::from_secs(90)), Duration::from_secs(45));
    let first = line.sent(Method::Invite);
    line.answer(&first, 503, "b", &[], "");
    // Fifteen seconds are left: half of them later.
    assert_eq!(line.wait_for_output(Duration::from_secs(90)), Duration::from_millis(7500));
    let second = line.sent(Method::Invite);
    line.answer(&second, 503, "b", &[], "");
    line.wait_for_output(Duration::from_secs(90));
    line.sent(Method::Invite);
    assert_eq!(line.wait_for_output(Duration::from_secs(90)), Duration::from_millis(3750));
    assert_eq!(line.event(), Event::Ended { call, why: End::Lost });
}

#[test]
fn digits_and_flashes() {
    let mut line = Line::new(&[("FLASHHOOK_CONTENT_TYPE", "flashhook")]);
    let (call, invite) = line.up();
    let [length, pause] = [160, 90].map(Duration::from_millis);
    line.calls.send_digits(line.now, call, "1#", length, pause).unwrap();
    for none in ["1x", &"1".repeat(64)] {
        assert_eq!(line.calls.send_digits(line.now, call, none, length, pause), Err(CallFault::State), "all or none");
    }
    line.calls.send_flash(line.now, call).unwrap();
    // One after the other, so that they come in order; each has its time, however soon it is answered.
    for (body, waits) in [
        ("Signal=1\r\nDuration=160\r\n", Some(length + pause)),
        ("Signal=#\r\nDuration=160\r\n", Some(length + pause)),
        ("event flashhook\r\n", None),
    ] {
        let info = line.sent(Method::Info);
        assert_eq!(String::from_utf8_lossy(&info.1.body), body);
        line.nothing();
        line.answer(&info, 200, "b", &[], "");
        if let Some(waits) = waits {
            assert_eq!(line.wait_for_output(Duration::from_secs(1)), waits);
        }
    }
    // One that is answered late leaves no wait behind.
    line.calls.send_digits(line.now, call, "23", length, pause).unwrap();
    let info = line.sent(Method::Info);
    line.now += Duration::from_secs(2);
    line.nothing();
    line.answer(&info, 200, "b", &[], "");
    let info = line.sent(Method::Info);
    line.answer(&info, 200, "b", &[], "");
    let relay = (Name::ContentType, "application/dtmf-relay");
    let info = line.of_call(&invite, Method::Info, 1, &[relay], "Signal=5\r\nDuration=100\r\n");
    line.receive(info);
    line.response(200);
    assert_eq!(line.event(), Event::Digit { call, digit: '5', duration: Some(Duration::from_millis(100)) });
    let info = line.of_call(&invite, Method::Info, 2, &[(Name::ContentType, "application/hook-flash")], "signal=hf");
    line.receive(info);
    line.response(200);
    assert_eq!(line.event(), Event::Flash { call });
    let info = line.of_call(&invite, Method::Info, 3, &[(Name::ContentType, "text/plain")], "x");
    line.receive(info);
    line.response(415);
}

#[test]
fn what_the_server_wants() {
    let mut line = Line::new(&[("TALK_PACKAGE", "Y")]);
    let (call, invite) = line.up();
    let notify = |line: &mut Line, number: u32, event: &str| {
        let fields = [(Name::Event, event), (Name::SubscriptionState, "active")];
        let request = line.of_call(&invite, Method::Notify, number, &fields, "");
        line.receive(request);
    };
    notify(&mut line, 1, "talk");
    line.response(200);
    assert_eq!(line.event(), Event::Talk { call });
    for (number, event) in [(2, "hold"), (3, "other")] {
        notify(&mut line, number, event);
        assert_eq!(line.response(489).headers.get(Name::AllowEvents), Some("refer, talk"));
    }
    notify(&mut line, 4, "refer");
    line.response(481);
    line.nothing();
}

/// News of a transfer of ours.
fn news(line: &mut Line, invite: &Request, number: u32, state: &str, status: &str) {
    let fields =
        [(Name::Event, "refer;id=2"), (Name::SubscriptionState, state), (Name::ContentType, "message/sipfrag")];
    let request = line.of_call(invite, Method::Notify, number, &fields, status);
    line.receive(request);
    line.response(200);
}

#[test]
fn transferring() {
    let mut line = Line::new(&[]);
    let (call, invite) = line.up();
    line.calls.transfer(line.now, call, "2007").unwrap();
    assert_eq!(line.calls.transfer(line.now, call, "2008"), Err(CallFault::State));
    let refer = line.sent(Method::Refer);
    assert_eq!(refer.1.headers.get(Name::ReferTo), Some("<sip:2007@example.com>"));
    assert_eq!(refer.1.headers.get(Name::ReferredBy), Some("<sip:2000@example.com>"));
    line.answer(&refer, 202, "b", &[], "");
    assert_eq!(line.event(), Event::Transfer { call, progress: Transfer::Accepted });
    news(&mut line, &invite, 1, "active;expires=60", "SIP/2.0 100 Trying");
    line.nothing();
    news(&mut line, &invite, 2, "active;expires=60", "SIP/2.0 180 Ringing");
    assert_eq!(line.event(), Event::Transfer { call, progress: Transfer::Progress(180) });
    news(&mut line, &invite, 3, "terminated;reason=noresource", "SIP/2.0 200 OK");
    assert_eq!(line.event(), Event::Transfer { call, progress: Transfer::Done });
    assert_eq!(line.event(), Event::Ended { call, why: End::Transferred });
    line.sent(Method::Bye);

    // A challenge gives the request another number, which names the subscription.
    let mut line = Line::new(&[]);
    let (call, invite) = line.up();
    line.calls.transfer(line.now, call, "2007").unwrap();
    let refer = line.sent(Method::Refer);
    line.answer(&refer, 401, "b", &[(Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n\"")], "");
    let refer = line.sent(Method::Refer);
    line.answer(&refer, 202, "b", &[], "");
    assert_eq!(line.event(), Event::Transfer { call, progress: Transfer::Accepted });
    let id = format!("refer;id={}", refer.1.headers.cseq().unwrap().number);
    let fields = [(Name::Event, &*id), (Name::SubscriptionState, "active"), (Name::ContentType, "message/sipfrag")];
    let notify = line.of_call(&invite, Method::Notify, 1, &fields, "SIP/2.0 180 Ringing");
    line.receive(notify);
    line.response(200);
    assert_eq!(line.event(), Event::Transfer { call, progress: Transfer::Progress(180) });

    // It does not work, and the call goes on.
    let fails = |act: &dyn Fn(&mut Line, &Request, &Sent), status: u16| {
        let mut line = Line::new(&[]);
        let (call, invite) = line.up();
        line.calls.transfer(line.now, call, "2007").unwrap();
        let refer = line.sent(Method::Refer);
        act(&mut line, &invite, &refer);
        let mut event = line.event();
        if event == (Event::Transfer { call, progress: Transfer::Accepted }) {
            event = line.event();
        }
        assert_eq!(event, Event::Transfer { call, progress: Transfer::Failed(status) });
        line.nothing();
        line.calls.transfer(line.now, call, "2008").unwrap();
    };
    fails(&|line, _, refer| line.answer(refer, 603, "b", &[], ""), 603);
    fails(&|line, _, refer| line.fail(refer.0, Failure::Silence), 408);
    let accepted = |line: &mut Line, refer: &Sent| {
        line.answer(refer, 202, "b", &[], "");
        assert!(matches!(line.event(), Event::Transfer { progress: Transfer::Accepted, .. }));
    };
    fails(
        &|line, invite, refer| {
            accepted(line, refer);
            news(line, invite, 1, "terminated;reason=noresource", "SIP/2.0 486 Busy Here");
        },
        486,
    );
    fails(
        &|line, invite, refer| {
            accepted(line, refer);
            news(line, invite, 1, "terminated", "");
        },
        408,
    );
    fails(
        &|line, _, refer| {
            accepted(line, refer);
            line.wait_for_output(Duration::from_secs(1000));
        },
        408,
    );

    // Nothing will be told of it (RFC 4488).
    let mut line = Line::new(&[]);
    let (call, _) = line.up();
    line.calls.transfer(line.now, call, "2007").unwrap();
    let refer = line.sent(Method::Refer);
    line.answer(&refer, 202, "b", &[(Name::ReferSub, "false")], "");
    assert_eq!(line.rest(), ["Transfer", "Transfer", "Ended", "BYE"]);

    // The other party hangs up as soon as it has taken the transfer on.
    let mut line = Line::new(&[]);
    let (call, invite) = line.up();
    line.calls.transfer(line.now, call, "2007").unwrap();
    let bye = line.of_call(&invite, Method::Bye, 1, &[], "");
    line.receive(bye);
    line.sent(Method::Refer);
    line.response(200);
    assert_eq!(line.event(), Event::Ended { call, why: End::Transferred });
}

/// Two calls that are up.
fn two(line: &mut Line) -> (CallId, Request, CallId, Request) {
    let (first, invite) = line.up();
    let second = line
        .calls
        .dial(line.now, Dial { target: "2002".into(), offer: Some(sdp(OURS)), hide: None, place: None })
        .unwrap();
    let other = line.sent(Method::Invite);
    line.answer(&other, 200, "c", &[], ANSWER);
    line.rest();
    (first, invite, second, other.1)
}

#[test]
fn bringing_two_calls_together() {
    let mut line = Line::new(&[]);
    let (first, invite, second, other) = two(&mut line);
    assert_eq!(line.calls.transfer_to(line.now, first, first), Err(CallFault::State));
    line.calls.transfer_to(line.now, first, second).unwrap();
    let refer = line.sent(Method::Refer);
    let (name, ours) = (other.headers.call_id().unwrap(), other.headers.from().unwrap().tag().unwrap());
    let refer_to = format!("<sip:2002@example.com?Replaces={name}%3Bto-tag%3Dc%3Bfrom-tag%3D{ours}>");
    assert_eq!(refer.1.headers.get(Name::ReferTo), Some(refer_to.as_str()));
    line.answer(&refer, 202, "b", &[], "");
    line.event();
    news(&mut line, &invite, 1, "terminated", "SIP/2.0 200 OK");
    assert_eq!(line.rest(), ["Transfer", "Ended", "BYE", "Ended", "BYE"]);

    // Into a conference of the server, which goes on.
    let mut line = Line::new(&[]);
    let (conference, invite, second, _) = two(&mut line);
    line.calls.join(line.now, conference, second).unwrap();
    let refer = line.sent(Method::Refer);
    line.answer(&refer, 202, "b", &[], "");
    line.event();
    news(&mut line, &invite, 1, "terminated", "SIP/2.0 200 OK");
    assert_eq!(line.event(), Event::Transfer { call: conference, progress: Transfer::Done });
    assert_eq!(line.event(), Event::Ended { call: second, why: End::Transferred });
    line.sent(Method::Bye);
    line.nothing();
}

#[test]
fn being_transferred() {
    let mut line = Line::new(&[]);
    let (call, invite) = line.up();
    let target = "<sip:2007@example.com?Replaces=x%40y%3Bto-tag%3D1%3Bfrom-tag%3D2>";
    let refer =
        line.of_call(&invite, Method::Refer, 7, &[(Name::ReferTo, target), (Name::ReferredBy, "<sip:2001@x>")], "");
    line.receive(refer);
    let Event::TransferAsked { call: asked, target, attended, referred_by } = line.event() else { panic!() };
    assert_eq!(
        (asked, target.user.as_str(), attended, referred_by.unwrap().user.as_str()),
        (call, "2007", true, "2001")
    );
    // One at a time.
    let second = line.of_call(&invite, Method::Refer, 8, &[(Name::ReferTo, "<sip:2008@x>")], "");
    line.receive(second);
    line.response(491);
    let new = line.calls.accept_transfer(line.now, call, sdp("v=0 for the target")).unwrap();
    line.response(202);
    let trying = line.sent(Method::Notify);
    assert_eq!(trying.1.body, b"SIP/2.0 100 Trying\r\n");
    assert_eq!(trying.1.headers.get(Name::Event), Some("refer;id=7"));
    assert_eq!(trying.1.headers.get(Name::SubscriptionState), Some("active;expires=300"));
    let dialled = line.sent(Method::Invite);
    assert_eq!(dialled.1.uri, "sip:2007@example.com");
    assert_eq!(dialled.1.headers.get(Name::Replaces), Some("x@y;to-tag=1;from-tag=2"));
    assert_eq!(dialled.1.headers.get(Name::ReferredBy), Some("<sip:2001@x>"));
    assert_eq!(dialled.1.headers.get(Name::Require), Some("replaces"));
    // It does not know Replaces: then it is a new call.
    line.answer(&dialled, 420, "t", &[(Name::Unsupported, "replaces")], "");
    let dialled = line.sent(Method::Invite);
    assert!(!dialled.1.headers.has(Name::Replaces) && !dialled.1.headers.has(Name::Require));
    line.answer(&dialled, 180, "t", &[], "");
    assert_eq!(line.event(), Event::Progress { call: new, status: 180, session: None });
    // The transferor hangs up, but still hears how it ends.
    let bye = line.of_call(&invite, Method::Bye, 9, &[], "");
    line.receive(bye);
    line.response(200);
    assert_eq!(line.event(), Event::Ended { call, why: End::Remote });
    line.answer(&trying, 200, "b", &[], "");
    let ringing = line.sent(Method::Notify);
    assert_eq!(ringing.1.body, b"SIP/2.0 180 Ringing\r\n");
    line.answer(&ringing, 200, "b", &[], "");
    line.answer(&dialled, 200, "t", &[], ANSWER);
    line.ack();
    assert!(matches!(line.event(), Event::Answered { call, .. } if call == new));
    let done = line.sent(Method::Notify);
    assert_eq!(done.1.body, b"SIP/2.0 200 OK\r\n");
    assert_eq!(done.1.headers.get(Name::SubscriptionState), Some("terminated;reason=noresource"));
    assert_eq!(line.calls.load().calls, 2);
    line.answer(&done, 200, "b", &[], "");
    assert_eq!(line.calls.load().calls, 1);
}

#[test]
fn transfers_that_fail_are_told() {
    let mut line = Line::new(&[]);
    let (call, invite) = line.up();
    let refer = |line: &mut Line, number: u32, fields: &[(Name<'_>, &str)]| {
        let refer = line.of_call(&invite, Method::Refer, number, fields, "");
        line.receive(refer);
    };
    for (number, target, status) in
        [(1, "<sip:x?Replaces=y>", 400), (2, "<sip:x;method=BYE>", 403), (3, "<http://x>", 400)]
    {
        refer(&mut line, number, &[(Name::ReferTo, target)]);
        line.response(status);
    }
    refer(&mut line, 4, &[]);
    line.response(400);
    refer(&mut line, 5, &[(Name::ReferTo, "<sip:2007@x>")]);
    line.event();
    line.calls.refuse_transfer(call, 603).unwrap();
    line.response(603);
    assert_eq!(line.calls.accept_transfer(line.now, call, sdp(OURS)), Err(CallFault::State));
    // Busy.
    refer(&mut line, 6, &[(Name::ReferTo, "<sip:2007@x>")]);
    line.event();
    line.calls.accept_transfer(line.now, call, sdp(OURS)).unwrap();
    line.response(202);
    let trying = line.sent(Method::Notify);
    let dialled = line.sent(Method::Invite);
    line.answer(&trying, 200, "b", &[], "");
    line.answer(&dialled, 486, "t", &[], "");
    line.event();
    let busy = line.sent(Method::Notify);
    assert_eq!(busy.1.body, b"SIP/2.0 486 Busy Here\r\n");
    line.answer(&busy, 200, "b", &[], "");
    // Without news, as asked for.
    refer(&mut line, 7, &[(Name::ReferTo, "<sip:2007@x>"), (Name::ReferSub, "false")]);
    line.event();
    line.calls.accept_transfer(line.now, call, sdp(OURS)).unwrap();
    assert_eq!(line.response(200).headers.get(Name::ReferSub), Some("false"));
    line.sent(Method::Invite);
    line.nothing();
}

#[test]
fn both_hang_up_at_once() {
    let mut line = Line::new(&[]);
    let (call, invite) = line.up();
    line.calls.hang_up(call).unwrap();
    line.event();
    let ours = line.sent(Method::Bye);
    let theirs = line.of_call(&invite, Method::Bye, 1, &[], "");
    line.receive(theirs);
    line.response(200);
    line.answer(&ours, 481, "b", &[], "");
    line.nothing();
    line.is_empty();
}

#[test]
fn a_change_that_is_answered_after_the_end() {
    let mut line = Line::new(&[]);
    let (call, _) = line.up();
    line.calls.hold(line.now, call, sdp("hold")).unwrap();
    let reinvite = line.sent(Method::Invite);
    line.calls.hang_up(call).unwrap();
    assert_eq!(line.event(), Event::Ended { call, why: End::Local });
    let bye = line.sent(Method::Bye);
    line.answer(&bye, 200, "b", &[], "");
    line.answer(&reinvite, 200, "b", &[], "held");
    line.ack();
    line.nothing();
    line.is_empty();
}

#[test]
fn proxies_ask_whether_the_call_lives() {
    let mut line = Line::new(&[]);
    let (_, invite) = line.up();
    let options = line.of_call(&invite, Method::Options, 1, &[], "");
    line.receive(options);
    assert!(line.response(200).headers.lists(Name::Allow, "REFER"));
}
