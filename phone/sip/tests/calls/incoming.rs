//! Calls that come in.

use std::time::Duration;

use offhook_sip::call::{CallFault, CallId, End, Event, Forward, Invitation, Rejection};
use offhook_sip::message::{Method, Name, Request};

use crate::line::{ANSWER, Line, OFFER, OURS, sdp, tag_of};

const RELIABLE: (Name<'_>, &str) = (Name::Supported, "100rel, timer");

#[test]
fn what_an_invitation_says() {
    let invitation = |fields: &[(Name<'_>, &str)]| -> Invitation {
        let mut line = Line::new(&[]);
        let invite = line.invite(fields, OFFER);
        line.receive(invite);
        match line.event() {
            Event::Incoming(invitation) => *invitation,
            other => panic!("{other:?}"),
        }
    };
    let plain = invitation(&[]);
    assert_eq!((plain.caller.name.as_deref(), plain.caller.user.as_str()), (Some("Alice"), "2001"));
    assert_eq!((plain.called.user.as_str(), plain.target.as_str()), ("2000", "sip:2000@192.0.2.1:5060"));
    assert_eq!((plain.offer, plain.anonymous, plain.auto_answer), (Some(sdp(OFFER)), false, None));
    let asserted = invitation(&[(Name::PAssertedIdentity, "<sip:2009@x>"), (Name::Privacy, "id")]);
    assert_eq!((asserted.caller.user.as_str(), asserted.anonymous), ("2009", true));
    let diverted = invitation(&[(Name::Diversion, "<sip:2005@x>;reason=user-busy")]).diverted;
    assert_eq!((diverted[0].party.user.as_str(), diverted[0].reason.as_deref()), ("2005", Some("user-busy")));
    let referred = invitation(&[(Name::ReferredBy, "<sip:2006@x>")]).referred_by;
    assert_eq!(referred.unwrap().user, "2006");
    for (name, value, seconds) in [
        (Name::CallInfo, "<sip:x>;answer-after=0", 0),
        (Name::CallInfo, "<sip:x>; answer-after=5", 5),
        (Name::AlertInfo, "<http://x>;info=alert-autoanswer;delay=2", 2),
        (Name::AlertInfo, "<http://x>;info=\"alert-autoanswer\"", 0),
    ] {
        assert_eq!(invitation(&[(name, value)]).auto_answer, Some(Duration::from_secs(seconds)), "{value}");
    }
    assert_eq!(invitation(&[(Name::AlertInfo, "<http://x/bellcore-dr3>")]).alert.unwrap(), "http://x/bellcore-dr3");
}

#[test]
fn answering() {
    let mut line = Line::new(&[]);
    let call = line.called(&[(Name::RecordRoute, "<sip:p;lr>")], OFFER);
    line.calls.ring(line.now, call, 180, None).unwrap();
    let ringing = line.response(180);
    assert_eq!(ringing.headers.get(Name::RecordRoute), Some("<sip:p;lr>"));
    assert!(ringing.headers.has(Name::Contact) && !ringing.headers.has(Name::RSeq));
    line.calls.answer(line.now, call, sdp(OURS)).unwrap();
    let answer = line.response(200);
    assert_eq!((answer.body.as_slice(), tag_of(&answer)), (OURS.as_bytes(), tag_of(&ringing)));
    assert_eq!(line.calls.answer(line.now, call, sdp(OURS)), Err(CallFault::State));
    // Repeated with growing waits until the ACK comes.
    let waits: Vec<_> = (0..5)
        .map(|_| {
            let waited = line.wait(Duration::from_secs(60)).as_millis();
            assert_eq!(line.response(200), answer);
            waited
        })
        .collect();
    assert_eq!(waits, [500, 1000, 2000, 4000, 4000]);
    let ack = line.of_their_call(&tag_of(&answer), Method::Ack, 1, &[], "");
    line.calls.acknowledged(&ack);
    assert_eq!(line.event(), Event::Confirmed { call });
    line.calls.acknowledged(&ack);
    line.nothing();
    assert_eq!(line.calls.next_timeout(), None);
    let bye = line.of_their_call(&tag_of(&answer), Method::Bye, 2, &[], "");
    line.receive(bye);
    line.response(200);
    assert_eq!(line.event(), Event::Ended { call, why: End::Remote });
    line.is_empty();
}

#[test]
fn an_answer_that_nobody_hears() {
    let mut line = Line::new(&[]);
    let call = line.called(&[], OFFER);
    line.calls.answer(line.now, call, sdp(OURS)).unwrap();
    let start = line.now;
    let mut last = Vec::new();
    while last.is_empty() {
        line.wait(Duration::from_secs(60));
        last = line.rest();
        last.retain(|what| what != "200");
    }
    assert_eq!((last, line.now - start), (vec!["Ended".to_owned(), "BYE".to_owned()], Duration::from_secs(32)));

    // We hang up before the ACK: BYE has to wait for it (RFC 3261, section 15).
    let mut line = Line::new(&[]);
    let call = line.called(&[], OFFER);
    line.calls.answer(line.now, call, sdp(OURS)).unwrap();
    let answer = line.response(200);
    line.calls.hang_up(call).unwrap();
    assert_eq!(line.rest(), ["Ended"]);
    let ack = line.of_their_call(&tag_of(&answer), Method::Ack, 1, &[], "");
    line.calls.acknowledged(&ack);
    assert_eq!(line.rest(), ["BYE"]);
}

#[test]
fn offers_of_ours() {
    let mut line = Line::new(&[]);
    let call = line.called(&[], "");
    // An offer may not go into a response that can get lost.
    line.calls.ring(line.now, call, 183, Some(sdp(OURS))).unwrap();
    assert!(line.response(183).body.is_empty());
    line.calls.answer(line.now, call, sdp(OURS)).unwrap();
    let answer = line.response(200);
    assert_eq!(answer.body, OURS.as_bytes());
    let ack = line.of_their_call(&tag_of(&answer), Method::Ack, 1, &[], ANSWER);
    line.calls.acknowledged(&ack);
    assert_eq!(line.event(), Event::Confirmed { call });
    assert_eq!(line.event(), Event::Answer { call, local: sdp(OURS), session: sdp(ANSWER) });

    let mut line = Line::new(&[]);
    let call = line.called(&[], "");
    line.calls.answer(line.now, call, sdp(OURS)).unwrap();
    let answer = line.response(200);
    let ack = line.of_their_call(&tag_of(&answer), Method::Ack, 1, &[], "");
    line.calls.acknowledged(&ack);
    assert_eq!(line.event(), Event::Confirmed { call });
    assert_eq!(line.event(), Event::Ended { call, why: End::Broken });
}

#[test]
fn reliable_ringing() {
    let mut line = Line::new(&[("SIP_100REL_ENABLE_1", "Y")]);
    let call = line.called(&[RELIABLE], OFFER);
    line.calls.ring(line.now, call, 180, None).unwrap();
    let ringing = line.response(180);
    assert_eq!(ringing.headers.get(Name::Require), Some("100rel"));
    let rseq: u32 = ringing.headers.rseq().unwrap().unwrap();
    let tag = tag_of(&ringing);
    // The next one waits for the PRACK, and an answer with it.
    line.calls.ring(line.now, call, 183, Some(sdp(OURS))).unwrap();
    line.nothing();
    assert_eq!(line.wait(Duration::from_secs(1)), Duration::from_millis(500));
    assert_eq!(line.response(180), ringing);
    assert_eq!(line.wait(Duration::from_secs(5)), Duration::from_secs(1));
    line.response(180);
    let prack = |line: &mut Line, number: u32, rack: String, body: &str| {
        let prack = line.of_their_call(&tag, Method::Prack, number, &[(Name::RAck, &rack)], body);
        line.receive(prack);
    };
    prack(&mut line, 2, format!("{} 1 INVITE", rseq + 1), "");
    line.response(481);
    prack(&mut line, 3, format!("{rseq} 1 INVITE"), "");
    line.response(200);
    let early = line.response(183);
    assert_eq!((early.headers.rseq().unwrap(), early.body.as_slice()), (Some(rseq + 1), OURS.as_bytes()));
    // The 2xx may not overtake what was said in it.
    line.calls.answer(line.now, call, sdp(OURS)).unwrap();
    line.nothing();
    prack(&mut line, 4, format!("{} 1 INVITE", rseq + 1), "v=0 their second offer");
    assert_eq!(line.event(), Event::Offer { call, session: Some(sdp("v=0 their second offer")) });
    line.calls.accept(line.now, call, sdp("v=0 our second answer")).unwrap();
    assert_eq!(line.response(200).body, b"v=0 our second answer");
    assert!(line.response(200).body.is_empty());

    // Nobody acknowledges.
    let mut line = Line::new(&[("SIP_100REL_ENABLE_1", "Y")]);
    let call = line.called(&[RELIABLE], OFFER);
    line.calls.ring(line.now, call, 180, None).unwrap();
    let start = line.now;
    let mut last = Vec::new();
    while !last.contains(&"504".to_owned()) {
        line.wait(Duration::from_secs(60));
        last = line.rest();
    }
    assert_eq!((last, line.now - start), (vec!["Ended".to_owned(), "504".to_owned()], Duration::from_secs(32)));

    // Our offer in it is answered by the PRACK.
    let mut line = Line::new(&[("SIP_100REL_ENABLE_1", "Y")]);
    let call = line.called(&[RELIABLE], "");
    line.calls.ring(line.now, call, 183, Some(sdp(OURS))).unwrap();
    let early = line.response(183);
    assert_eq!(early.body, OURS.as_bytes());
    let rack = format!("{} 1 INVITE", early.headers.rseq().unwrap().unwrap());
    let prack = line.of_their_call(&tag_of(&early), Method::Prack, 2, &[(Name::RAck, &rack)], ANSWER);
    line.receive(prack);
    assert_eq!(line.event(), Event::Answer { call, local: sdp(OURS), session: sdp(ANSWER) });
    line.response(200);

    // Off, or not understood there: nothing of it.
    for (setting, fields) in [("N", &[RELIABLE][..]), ("Y", &[])] {
        let mut line = Line::new(&[("SIP_100REL_ENABLE_1", setting)]);
        let call = line.called(fields, OFFER);
        line.calls.ring(line.now, call, 180, None).unwrap();
        assert!(!line.response(180).headers.has(Name::RSeq));
    }
    let mut line = Line::new(&[]);
    let invite = line.invite(&[(Name::Require, "100rel")], OFFER);
    line.receive(invite);
    assert_eq!(line.response(420).headers.get(Name::Unsupported), Some("100rel"));
}

#[test]
fn ringing_is_told_again() {
    let mut line = Line::new(&[("SIP_18X_RTX_INTVL_1", "20")]);
    let call = line.called(&[(Name::Expires, "50")], OFFER);
    line.calls.ring(line.now, call, 180, None).unwrap();
    line.response(180);
    for _ in 0..2 {
        assert_eq!(line.wait(Duration::from_secs(60)), Duration::from_secs(20));
        line.response(180);
    }
    // The invitation lapses.
    assert_eq!(line.wait(Duration::from_secs(60)), Duration::from_secs(10));
    assert_eq!(line.event(), Event::Ended { call, why: End::Expired });
    line.response(487);
    line.is_empty();
}

#[test]
fn not_taking_a_call() {
    let rejected = |changes: &[(&str, &'static str)], why: Rejection, status: u16| {
        let mut line = Line::new(changes);
        let call = line.called(&[], OFFER);
        line.calls.reject(call, why).unwrap();
        line.response(status);
        assert_eq!(line.event(), Event::Ended { call, why: End::Local });
        line.is_empty();
    };
    rejected(&[], Rejection::Busy, 486);
    rejected(&[], Rejection::DoNotDisturb, 403);
    rejected(&[("SIP_RESPONSE_CODE_DND", "480")], Rejection::DoNotDisturb, 480);
    rejected(&[], Rejection::Declined, 603);
    rejected(&[("SIP_RESPONSE_CODE_CALL_REJECT", "433")], Rejection::Declined, 433);
    rejected(&[], Rejection::Status(488), 488);

    let mut line = Line::new(&[]);
    let call = line.called(&[], OFFER);
    for status in [0, 100, 180, 200, 302, 700] {
        assert_eq!(line.calls.reject(call, Rejection::Status(status)), Err(CallFault::State));
        assert_eq!(line.calls.refuse(line.now, call, status), Err(CallFault::State));
    }
    assert_eq!(line.calls.ring(line.now, call, 200, None), Err(CallFault::State));
    line.nothing();
    line.calls.hang_up(call).unwrap();
    line.response(603);
}

#[test]
fn the_caller_gives_up() {
    for (reason, elsewhere) in [(None, false), (Some("SIP;cause=200;text=\"Call completed elsewhere\""), true)] {
        let mut line = Line::new(&[]);
        let invite = line.invite(&[], OFFER);
        let server = line.receive(invite);
        let Event::Incoming(invitation) = line.event() else { panic!() };
        let mut cancel = Request::new(Method::Cancel, "sip:2000@192.0.2.1:5060");
        reason.into_iter().for_each(|reason| cancel.headers.push(Name::Reason, reason));
        line.calls.cancelled(server, &cancel);
        assert_eq!(line.event(), Event::Ended { call: invitation.call, why: End::Cancelled { elsewhere } });
        line.response(487);
        line.is_empty();
    }
}

#[test]
fn forwarding_and_what_it_tells() {
    let before = (Name::Diversion, "<sip:2005@x>;reason=user-busy");
    let own = "<sip:2000@example.com>;reason=no-answer";
    for (setting, told) in [("0", &[][..]), ("1", &[own]), ("2", &[own, before.1])] {
        let mut line = Line::new(&[("SIP_ADD_DIVERSION_1", setting)]);
        let call = line.called(&[before], OFFER);
        line.calls.redirect(call, "2007", Forward::NoAnswer).unwrap();
        let moved = line.response(302);
        assert_eq!(moved.headers.get(Name::Contact), Some("<sip:2007@example.com>"));
        assert_eq!(moved.headers.all(Name::Diversion).collect::<Vec<_>>(), told, "{setting}");
        assert_eq!(line.event(), Event::Ended { call, why: End::Local });
    }
}

#[test]
fn who_is_meant() {
    for (setting, to, taken) in [
        ("N", "<sip:other@example.com>", true),
        ("Y", "<sip:other@example.com>", false),
        ("Y", "<sip:2000@elsewhere>", true),
        ("Y", "<sip:%32000@elsewhere>", true),
        ("Y", "<sip:elsewhere>", false),
    ] {
        let mut line = Line::new(&[("SIP_RCV_DET_HEADER_1", setting)]);
        let invite = line.invite(&[(Name::To, to)], OFFER);
        line.receive(invite);
        match taken {
            true => assert!(matches!(line.event(), Event::Incoming(_)), "{to}"),
            false => drop(line.response(404)),
        }
    }
}

#[test]
fn invitations_that_cannot_be_taken() {
    let refused = |fields: &[(Name<'_>, &str)], body: &str, status: u16| {
        let mut line = Line::new(&[("SIP_SESSION_TIME_1", "600")]);
        let mut invite = line.invite(fields, body);
        if fields.iter().any(|(name, _)| *name == Name::ContentType) {
            invite.headers.remove(Name::ContentType);
            fields.iter().for_each(|(name, value)| invite.headers.push(*name, value));
        }
        line.receive(invite);
        let response = line.response(status);
        line.is_empty();
        response
    };
    refused(&[(Name::Contact, "<http://x>")], OFFER, 400);
    refused(&[(Name::Replaces, "x")], OFFER, 400);
    refused(&[(Name::Replaces, "x;to-tag=1;from-tag=2")], OFFER, 481);
    refused(&[(Name::Require, "magic")], OFFER, 420);
    refused(&[(Name::Accept, "text/plain")], OFFER, 406);
    let short = refused(&[(Name::SessionExpires, "60"), (Name::Supported, "timer")], OFFER, 422);
    assert_eq!(short.headers.get(Name::MinSe), Some("90"));
}

#[test]
fn session_times() {
    let agreed = |fields: &[(Name<'_>, &str)], expires: Option<&str>, require: Option<&str>| {
        let mut line = Line::new(&[("SIP_SESSION_TIME_1", "600")]);
        let call = line.called(fields, OFFER);
        line.calls.answer(line.now, call, sdp(OURS)).unwrap();
        let response = line.response(200);
        assert_eq!(response.headers.get(Name::SessionExpires), expires, "{fields:?}");
        assert_eq!(response.headers.get(Name::Require), require, "{fields:?}");
    };
    let knows = (Name::Supported, "timer");
    agreed(&[], Some("600;refresher=uas"), None);
    agreed(&[knows], Some("600;refresher=uas"), None);
    agreed(&[knows, (Name::SessionExpires, "1800")], Some("600;refresher=uas"), None);
    agreed(&[knows, (Name::SessionExpires, "300;refresher=uac")], Some("300;refresher=uac"), Some("timer"));
    agreed(
        &[knows, (Name::SessionExpires, "1800;refresher=uas"), (Name::MinSe, "900")],
        Some("900;refresher=uas"),
        None,
    );
    // Put in by a proxy for a caller that knows nothing of it.
    agreed(&[(Name::SessionExpires, "60;refresher=uac")], Some("90;refresher=uas"), None);
    let mut line = Line::new(&[]);
    let call = line.called(&[knows, (Name::SessionExpires, "1800")], OFFER);
    line.calls.answer(line.now, call, sdp(OURS)).unwrap();
    assert!(!line.response(200).headers.has(Name::SessionExpires));
}

#[test]
fn the_caller_hangs_up_while_it_rings() {
    let mut line = Line::new(&[]);
    let call = line.called(&[], OFFER);
    line.calls.ring(line.now, call, 180, None).unwrap();
    let tag = tag_of(&line.response(180));
    let bye = line.of_their_call(&tag, Method::Bye, 2, &[], "");
    line.receive(bye);
    line.response(200);
    assert_eq!(line.event(), Event::Ended { call, why: End::Remote });
    line.response(487);
    line.is_empty();
}

#[test]
fn changes_before_the_answer() {
    let mut line = Line::new(&[("SIP_100REL_ENABLE_1", "Y"), ("TALK_PACKAGE", "Y")]);
    let call = line.called(&[RELIABLE, (Name::Allow, "INVITE, UPDATE")], OFFER);
    assert_eq!(line.calls.hold(line.now, call, sdp(OURS)), Err(CallFault::State));
    line.calls.ring(line.now, call, 183, Some(sdp(OURS))).unwrap();
    let early = line.response(183);
    let tag = tag_of(&early);
    let rack = format!("{} 1 INVITE", early.headers.rseq().unwrap().unwrap());
    let prack = line.of_their_call(&tag, Method::Prack, 2, &[(Name::RAck, &rack)], "");
    line.receive(prack);
    line.response(200);
    // Theirs.
    let update = line.of_their_call(&tag, Method::Update, 3, &[], "v=0 theirs");
    line.receive(update);
    assert_eq!(line.event(), Event::Offer { call, session: Some(sdp("v=0 theirs")) });
    line.calls.accept(line.now, call, sdp("v=0 answer")).unwrap();
    assert_eq!(line.response(200).body, b"v=0 answer");
    // Ours.
    line.calls.modify(line.now, call, sdp("v=0 more")).unwrap();
    let update = line.sent(Method::Update);
    line.answer(&update, 200, "a", &[], "v=0 taken");
    assert_eq!(line.event(), Event::Answer { call, local: sdp("v=0 more"), session: sdp("v=0 taken") });
    // A second INVITE, before the first has its answer, comes too soon.
    let invite = line.of_their_call(&tag, Method::Invite, 4, &[], OFFER);
    line.receive(invite);
    assert!(line.response(500).headers.has(Name::RetryAfter));
    // The server wants it answered.
    let talk =
        line.of_their_call(&tag, Method::Notify, 5, &[(Name::Event, "talk"), (Name::SubscriptionState, "active")], "");
    line.receive(talk);
    line.response(200);
    assert_eq!(line.event(), Event::Talk { call });
    line.calls.answer(line.now, call, sdp("v=0 unsaid")).unwrap();
    assert!(line.response(200).body.is_empty());
}

#[test]
fn taking_the_place_of_a_call() {
    let replace = |line: &mut Line, invite: &Request, extra: &str| {
        let ours = invite.headers.from().unwrap().tag().unwrap().to_owned();
        let replaces = format!("{};to-tag={ours};from-tag=b{extra}", invite.headers.call_id().unwrap());
        let name = format!("new-{}", line.calls.load().calls + extra.len());
        let fields = [(Name::Replaces, replaces.as_str()), (Name::Require, "replaces"), (Name::CallId, &name)];
        let new = line.invite(&fields, OFFER);
        line.receive(new);
    };
    let mut line = Line::new(&[]);
    let (old, invite) = line.up();
    replace(&mut line, &invite, ";early-only");
    line.response(486);
    replace(&mut line, &invite, "");
    let Event::Incoming(invitation) = line.event() else { panic!() };
    assert_eq!(invitation.replaces, Some(old));
    line.calls.answer(line.now, invitation.call, sdp(OURS)).unwrap();
    line.response(200);
    assert_eq!(line.event(), Event::Ended { call: old, why: End::Replaced { by: invitation.call } });
    line.sent(Method::Bye);
    replace(&mut line, &invite, "");
    line.response(603);

    // A call of ours that still rings.
    let mut line = Line::new(&[]);
    let old = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.answer(&invite, 180, "b", &[], "");
    line.event();
    replace(&mut line, &invite.1, ";early-only");
    let Event::Incoming(invitation) = line.event() else { panic!() };
    line.calls.answer(line.now, invitation.call, sdp(OURS)).unwrap();
    line.response(200);
    assert_eq!(line.event(), Event::Ended { call: old, why: End::Replaced { by: invitation.call } });
    line.cancel();
}

#[test]
fn strangers_do_not_act() {
    let mut line = Line::new(&[]);
    let (_, invite) = line.up();
    let ours = invite.headers.from().unwrap().tag().unwrap().to_owned();
    let call_id = invite.headers.call_id().unwrap().to_owned();
    for (tag, theirs, name) in [(ours.as_str(), "x", call_id.as_str()), ("x", "b", &call_id), (&ours, "b", "x")] {
        for method in [Method::Bye, Method::Invite, Method::Refer, Method::Notify, Method::Info, Method::Update] {
            let fields = [
                (Name::CallId, name),
                (Name::ReferTo, "<sip:evil@x>"),
                (Name::Event, "talk"),
                (Name::SubscriptionState, "active"),
            ];
            let request = line.within(method, tag, theirs, 100, &fields, "");
            line.receive(request);
            line.response(481);
            line.nothing();
        }
    }
    // Neither does what is outside of any call.
    for method in [Method::Bye, Method::Refer, Method::Notify, Method::Info, Method::Update] {
        let mut request = line.within(method, "x", "y", 1, &[(Name::CallId, "z")], "");
        request.headers.set(Name::To, "<sip:2000@example.com>");
        line.receive(request);
        line.response(481);
        line.nothing();
    }
    assert_eq!(line.calls.load().calls, 1);
}

#[test]
fn a_flood_is_refused() {
    let mut line = Line::new(&[]);
    let mut taken: Vec<CallId> = Vec::new();
    for count in 0..500 {
        let name = format!("call-{count}");
        let invite = line.invite(&[(Name::CallId, &name)], OFFER);
        line.receive(invite);
        if taken.len() < line.calls.load().calls {
            let Event::Incoming(invitation) = line.event() else { panic!() };
            taken.push(invitation.call);
        } else {
            line.response(486);
        }
    }
    assert!((25..100).contains(&taken.len()));
    for call in taken {
        line.calls.reject(call, Rejection::Busy).unwrap();
    }
    line.rest();
    line.is_empty();
}

/// A session that comes together with other things (RFC 5621): what must be read and cannot is refused.
#[test]
fn an_offer_among_other_parts() {
    let parts = |kind: &str, parts: &[&str]| {
        let mut line = Line::new(&[]);
        let body: String = parts.iter().map(|part| format!("--b\r\n{part}\r\n")).collect::<String>() + "--b--\r\n";
        let mut invite = line.invite(&[], &body);
        invite.headers.set(Name::ContentType, format!("multipart/{kind};boundary=b"));
        line.receive(invite);
        line
    };
    let offer = format!("Content-Type: application/sdp\r\n\r\n{OFFER}");
    let isup = "Content-Type: application/isup\r\nContent-Disposition: signal;handling=optional\r\n\r\n\u{1}";
    let location = "Content-Type: application/pidf+xml\r\n\r\n<presence/>";
    for (kind, all) in [("mixed", [isup, &offer]), ("mixed", [&offer, isup]), ("alternative", [location, &offer])] {
        let Event::Incoming(invitation) = parts(kind, &all).event() else { panic!("{kind} {all:?}") };
        assert_eq!(invitation.offer, Some(sdp(OFFER)), "{kind} {all:?}");
    }
    let refused = parts("mixed", &[&offer, location]).response(415);
    assert!(refused.headers.get(Name::Accept).is_some_and(|accept| accept.contains("application/sdp")));
    parts("alternative", &[location]).response(415);
    parts("mixed;boundary=c", &[&offer]).response(400);
}
