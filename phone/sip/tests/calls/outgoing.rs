//! Calls that we make.

use std::time::Duration;

use offhook_sip::call::{CallFault, Dial, End, Event, Failure, Hop};
use offhook_sip::message::{Method, Name};

use crate::line::{ANSWER, CHALLENGE, Line, OFFER, OURS, sdp};

#[test]
fn an_invitation_says_what_the_settings_say() {
    let invite = |target: &str, changes: &[(&str, &'static str)]| {
        let mut line = Line::new(changes);
        line.dial(target);
        line.sent(Method::Invite).1
    };
    let field = |target: &str, changes: &[(&str, &'static str)], name: Name<'_>, value: &str| {
        let invite = invite(target, changes);
        let all = invite.headers.get(name).unwrap_or_default().split(";tag=").next().unwrap().to_owned();
        assert_eq!(all, value, "{changes:?}");
    };
    let uri = |target: &str, changes: &[(&str, &'static str)], uri: &str| assert_eq!(invite(target, changes).uri, uri);

    let no_port = ("SIP_REQURI_PORT_1", "N");
    uri("2001", &[no_port], "sip:2001@example.com");
    uri("*97#", &[no_port], "sip:*97%23@example.com");
    uri("2001", &[("SIP_REQURI_PORT_1", "Y"), ("SIP_PRXY_PORT_1", "5070")], "sip:2001@example.com:5070");
    uri("2001", &[("ADD_USER_PHONE_1", "Y")], "sip:2001@example.com:5060;user=phone");
    uri("bob", &[no_port, ("ADD_USER_PHONE_1", "Y")], "sip:bob@example.com");
    uri("bob@x.example", &[], "sip:bob@x.example");
    uri("sip:bob@x.example;transport=tcp", &[], "sip:bob@x.example;transport=tcp");
    uri("tel:+81-3", &[], "tel:+81-3");
    field("2001", &[("SIP_REQURI_PORT_1", "Y")], Name::To, "<sip:2001@example.com>");

    let name = ("DISPLAY_NAME_1", "J\u{f6}rg \"J\"");
    field("1", &[], Name::From, "<sip:2000@example.com>");
    field("1", &[name], Name::From, "\"J\u{f6}rg \\\"J\\\"\" <sip:2000@example.com>");
    field("1", &[("ADD_USER_PHONE_1", "Y")], Name::From, "<sip:2000@example.com;user=phone>");
    // Hidden callers (`SIP_ANM_*`).
    let hide = ("CALLER_ID_BLOCK_1", "Y");
    let hidden = |changes: &[(&str, &'static str)], from: &str| {
        field("1", &[&[name, hide], changes].concat(), Name::From, from);
    };
    hidden(&[], "\"Anonymous\" <sip:2000@example.com>");
    hidden(&[("SIP_ANM_DISPNAME_1", "0")], "\"J\u{f6}rg \\\"J\\\"\" <sip:2000@example.com>");
    hidden(&[("SIP_ANM_DISPNAME_1", "2"), ("SIP_ANM_USERNAME_1", "1")], "<sip:anonymous@example.com>");
    hidden(&[("SIP_ANM_USERNAME_1", "2")], "\"Anonymous\" <sip:example.com>");
    hidden(&[("SIP_ANM_HOSTNAME_1", "Y")], "\"Anonymous\" <sip:2000@anonymous.invalid>");

    field("1", &[], Name::PPreferredIdentity, "");
    field("1", &[("SIP_P_PREFERRED_ID_1", "Y"), hide], Name::PPreferredIdentity, "<sip:2000@example.com>");
    field("1", &[hide], Name::Privacy, "");
    field("1", &[("SIP_PRIVACY_1", "Y"), hide], Name::Privacy, "id");
    field("1", &[("SIP_PRIVACY_1", "Y")], Name::Privacy, "none");
    field("1", &[], Name::Contact, "<sip:2000@192.0.2.1:5060>");
    field("1", &[("ADD_TRANSPORT_UDP_1", "Y")], Name::Contact, "<sip:2000@192.0.2.1:5060;transport=udp>");
    field("1", &[], Name::Expires, "");
    field("1", &[("SIP_INVITE_EXPIRE_1", "60")], Name::Expires, "60");
    field("1", &[], Name::Supported, "replaces, norefersub");
    field("1", &[("SIP_100REL_ENABLE_1", "Y")], Name::Supported, "replaces, norefersub, 100rel");
    field("1", &[], Name::SessionExpires, "");
    let timer = ("SIP_SESSION_TIME_1", "600");
    field("1", &[timer], Name::SessionExpires, "600");
    field("1", &[timer, ("SIP_REFRESHER_1", "1")], Name::SessionExpires, "600;refresher=uas");
    field("1", &[timer, ("SIP_REFRESHER_1", "2")], Name::SessionExpires, "600;refresher=uac");
    field("1", &[], Name::AllowEvents, "refer");
    field("1", &[("TALK_PACKAGE", "Y"), ("HOLD_PACKAGE", "Y")], Name::AllowEvents, "refer, talk, hold");
    field("1", &[], Name::UserAgent, "Panasonic_KX-UT670/01.221 (0080f0abcdef)");
    assert!(invite("1", &[]).headers.lists(Name::Allow, "UPDATE"));
    assert!(!invite("1", &[]).headers.lists(Name::Allow, "PRACK"));
    assert_eq!(invite("1", &[]).body, OURS.as_bytes());
}

#[test]
fn who_cannot_be_called() {
    let mut line = Line::new(&[]);
    for target in ["", " ", "@", "a@", "sip:"] {
        let dial = Dial { target: target.into(), offer: None, hide: None, place: None };
        assert_eq!(line.calls.dial(line.now, dial), Err(CallFault::Target), "{target}");
    }
    let mut calls = 0;
    while line.calls.dial(line.now, Dial { target: "1".into(), offer: None, hide: None, place: None }).is_ok() {
        calls += 1;
    }
    assert!((25..100).contains(&calls));
}

#[test]
fn ringing_and_answer() {
    let mut line = Line::new(&[("SIP_CONTACT_ON_ACK_1", "Y")]);
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.answer(&invite, 100, "", &[], "");
    line.nothing();
    line.answer(&invite, 180, "b", &[], "");
    assert_eq!(line.event(), Event::Progress { call, status: 180, session: None });
    line.answer(&invite, 183, "b", &[], ANSWER);
    assert_eq!(line.event(), Event::Progress { call, status: 183, session: Some(sdp(ANSWER)) });
    // The answer that came before holds if the last response leaves it out.
    line.answer(&invite, 200, "b", &[(Name::PAssertedIdentity, "\"Bob\" <sip:2001@example.com>")], "");
    let ack = line.ack();
    assert_eq!((ack.uri.as_str(), ack.headers.get(Name::CSeq)), ("sip:b@192.0.2.9", Some("1 ACK")));
    assert_eq!(ack.headers.get(Name::Contact), Some("<sip:2000@192.0.2.1:5060>"));
    assert!(matches!(line.event(), Event::Identity { party, .. } if party.name.as_deref() == Some("Bob")));
    assert_eq!(line.event(), Event::Answered { call, local: Some(sdp(OURS)), session: Some(sdp(ANSWER)) });
    // The ACK was lost.
    line.answer(&invite, 200, "b", &[], "");
    assert_eq!(line.ack(), ack);
    line.nothing();
    line.calls.hang_up(call).unwrap();
    assert_eq!(line.event(), Event::Ended { call, why: End::Local });
    let bye = line.sent(Method::Bye);
    assert_eq!(bye.1.headers.get(Name::CSeq), Some("2 BYE"));
    line.answer(&bye, 200, "b", &[], "");
    line.is_empty();
}

#[test]
fn without_an_answer_there_is_no_call() {
    let mut line = Line::new(&[]);
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.answer(&invite, 200, "b", &[], "");
    line.ack();
    assert_eq!(line.event(), Event::Ended { call, why: End::Broken });
    line.sent(Method::Bye);
    line.nothing();
}

#[test]
fn the_called_party_offers() {
    let mut line = Line::new(&[("SIP_100REL_ENABLE_1", "Y")]);
    let dial = |line: &mut Line| {
        let call =
            line.calls.dial(line.now, Dial { target: "2001".into(), offer: None, hide: None, place: None }).unwrap();
        (call, line.sent(Method::Invite))
    };
    // In the 2xx: the answer goes into ACK.
    let (call, invite) = dial(&mut line);
    line.answer(&invite, 200, "b", &[], OFFER);
    assert_eq!(line.event(), Event::Answered { call, local: None, session: None });
    assert_eq!(line.event(), Event::Offer { call, session: Some(sdp(OFFER)) });
    line.nothing();
    line.calls.accept(line.now, call, sdp(OURS)).unwrap();
    assert_eq!(line.ack().body, OURS.as_bytes());

    // In a reliable provisional response: the answer goes into PRACK.
    let (call, invite) = dial(&mut line);
    line.answer(&invite, 183, "b", &[(Name::Require, "100rel"), (Name::RSeq, "9")], OFFER);
    assert_eq!(line.event(), Event::Offer { call, session: Some(sdp(OFFER)) });
    line.calls.accept(line.now, call, sdp(OURS)).unwrap();
    assert!(matches!(line.event(), Event::Progress { status: 183, .. }));
    let prack = line.sent(Method::Prack);
    assert_eq!((prack.1.headers.get(Name::RAck), prack.1.body), (Some("9 1 INVITE"), OURS.into()));
    line.answer(&invite, 200, "b", &[], "");
    line.ack();
    assert_eq!(line.event(), Event::Answered { call, local: Some(sdp(OURS)), session: Some(sdp(OFFER)) });
    // Refusing it leaves no way but to end the call.
    let (call, invite) = dial(&mut line);
    line.answer(&invite, 200, "b", &[], OFFER);
    line.event();
    line.event();
    line.calls.refuse(line.now, call, 488).unwrap();
    assert_eq!(line.rest(), ["ACK", "Ended", "BYE"]);
}

#[test]
fn reliable_ringing_is_acknowledged_in_order() {
    let mut line = Line::new(&[("SIP_100REL_ENABLE_1", "Y")]);
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    let reliable = |line: &mut Line, rseq: &str, body: &str| {
        line.answer(&invite, 183, "b", &[(Name::Require, "100rel"), (Name::RSeq, rseq)], body);
    };
    reliable(&mut line, "100", ANSWER);
    let (_, prack) = line.sent(Method::Prack);
    assert_eq!(prack.headers.get(Name::RAck), Some("100 1 INVITE"));
    assert_eq!(prack.headers.get(Name::CSeq), Some("2 PRACK"));
    assert_eq!(prack.uri, "sip:b@192.0.2.9");
    assert_eq!(line.event(), Event::Progress { call, status: 183, session: Some(sdp(ANSWER)) });
    // A copy, and one that has overtaken another.
    reliable(&mut line, "100", ANSWER);
    reliable(&mut line, "102", "");
    line.nothing();
    reliable(&mut line, "101", "");
    assert_eq!(line.rest(), ["PRACK", "Progress"]);
    // What was agreed reliably is not agreed again.
    line.answer(&invite, 200, "b", &[], "v=0 another");
    line.ack();
    assert_eq!(line.event(), Event::Answered { call, local: Some(sdp(OURS)), session: Some(sdp(ANSWER)) });
}

#[test]
fn forks() {
    let mut line = Line::new(&[]);
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.answer(&invite, 183, "b", &[], "v=0 b");
    line.answer(&invite, 183, "c", &[], "v=0 c");
    line.answer(&invite, 180, "d", &[], "");
    for session in [Some(sdp("v=0 b")), Some(sdp("v=0 c")), None] {
        assert!(matches!(line.event(), Event::Progress { session: heard, .. } if heard == session));
    }
    line.answer(&invite, 199, "d", &[], "");
    line.answer(&invite, 200, "c", &[], "");
    line.ack();
    assert_eq!(line.event(), Event::Answered { call, local: Some(sdp(OURS)), session: Some(sdp("v=0 c")) });
    // Another phone was answered at the same moment.
    for _ in 0..2 {
        line.answer(&invite, 200, "e", &[], "v=0 e");
    }
    assert_eq!(line.ack().uri, "sip:e@192.0.2.9");
    let bye = line.sent(Method::Bye);
    assert_eq!(bye.1.headers.to().unwrap().tag(), Some("e"));
    assert_eq!(line.ack().uri, "sip:e@192.0.2.9");
    line.answer(&bye, 407, "e", &[CHALLENGE], "");
    let bye = line.sent(Method::Bye);
    assert_eq!(bye.1.headers.get(Name::CSeq), Some("3 BYE"));
    line.answer(&bye, 200, "e", &[], "");
    line.nothing();
    line.calls.hang_up(call).unwrap();
    line.event();
    let bye = line.sent(Method::Bye);
    assert_eq!(bye.1.headers.to().unwrap().tag(), Some("c"));
    line.answer(&bye, 200, "c", &[], "");
    line.is_empty();
}

#[test]
fn a_thousand_parties_do_not_make_us_talk() {
    let mut line = Line::new(&[]);
    line.dial("2001");
    let invite = line.sent(Method::Invite);
    for party in 0..1000 {
        line.answer(&invite, 180, &format!("r{party}"), &[], "");
    }
    let heard = line.rest().len();
    for party in 0..1000 {
        line.answer(&invite, 200, &format!("a{party}"), &[], ANSWER);
    }
    let said = line.rest();
    assert!(heard <= 32 && said.len() <= 64, "{heard} {}", said.len());
    assert_eq!(said[..2], ["ACK", "Answered"]);
    assert_eq!(
        said.iter().filter(|what| *what == "BYE").count() + 1,
        said.iter().filter(|what| *what == "ACK").count()
    );
}

#[test]
fn giving_up() {
    // 487, as it should be.
    let mut line = Line::new(&[]);
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.calls.hang_up(call).unwrap();
    assert_eq!(line.event(), Event::Ended { call, why: End::Local });
    assert_eq!(line.cancel(), invite.0);
    assert_eq!(line.calls.hang_up(call), Err(CallFault::Unknown));
    line.answer(&invite, 180, "b", &[], "");
    line.answer(&invite, 487, "b", &[], "");
    line.nothing();
    line.is_empty();

    // The answer was faster.
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.calls.hang_up(call).unwrap();
    line.answer(&invite, 200, "b", &[], ANSWER);
    assert_eq!(line.rest(), ["Ended", "CANCEL", "ACK", "BYE"]);

    // A challenge is not answered any more.
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.calls.hang_up(call).unwrap();
    line.answer(&invite, 407, "b", &[CHALLENGE], "");
    assert_eq!(line.rest(), ["Ended", "CANCEL"]);

    // Nobody answers before the invitation lapses.
    let mut line = Line::new(&[("SIP_INVITE_EXPIRE_1", "60")]);
    let call = line.dial("2001");
    line.sent(Method::Invite);
    assert_eq!(line.wait(Duration::from_secs(100)), Duration::from_secs(60));
    assert_eq!(line.event(), Event::Ended { call, why: End::Expired });
    line.cancel();
}

#[test]
fn refusals() {
    let ends = |status: u16, fields: &[(Name<'_>, &str)]| {
        let mut line = Line::new(&[]);
        let call = line.dial("2001");
        let invite = line.sent(Method::Invite);
        line.answer(&invite, status, "b", fields, "");
        let event = line.event();
        assert!(
            matches!(&event, Event::Ended { call: ended, why: End::Refused { status: told, .. } } if (*ended, *told) == (call, status)),
            "{event:?}"
        );
        line.nothing();
        line.is_empty();
    };
    for status in [400, 404, 413, 415, 420, 421, 484, 486, 488, 491, 500, 503, 600, 603] {
        ends(status, &[(Name::RetryAfter, "5")]);
    }
    // Redirections to nowhere.
    ends(302, &[(Name::Contact, "<mailto:a@b>")]);
    ends(302, &[(Name::Contact, "<sip:2001@example.com>")]);
    ends(422, &[]);

    for (failure, why) in [(Failure::Silence, End::Silence), (Failure::Unreachable, End::Silence)] {
        let mut line = Line::new(&[]);
        let call = line.dial("2001");
        let invite = line.sent(Method::Invite);
        line.fail(invite.0, failure);
        assert_eq!(line.event(), Event::Ended { call, why });
        line.is_empty();
    }
}

#[test]
fn challenges() {
    let mut line = Line::new(&[]);
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    assert!(!invite.1.headers.has(Name::ProxyAuthorization));
    line.answer(&invite, 407, "b", &[CHALLENGE], "");
    let invite = line.sent(Method::Invite);
    assert_eq!(invite.1.headers.get(Name::CSeq), Some("2 INVITE"));
    assert!(invite.1.headers.get(Name::ProxyAuthorization).unwrap().contains("nc=00000001"));
    line.answer(&invite, 200, "b", &[], ANSWER);
    let ack = line.ack();
    assert_eq!(ack.headers.get(Name::CSeq), Some("2 ACK"));
    assert_eq!(ack.headers.get(Name::ProxyAuthorization), invite.1.headers.get(Name::ProxyAuthorization));
    line.event();
    // Known now, so that the next request has it at once; a new nonce is taken.
    line.calls.hang_up(call).unwrap();
    line.event();
    let bye = line.sent(Method::Bye);
    assert!(bye.1.headers.get(Name::ProxyAuthorization).unwrap().contains("nc=00000002"));
    let stale = (Name::ProxyAuthenticate, "Digest realm=\"r\", nonce=\"m\", qop=\"auth\", stale=true");
    line.answer(&bye, 407, "b", &[stale], "");
    let bye = line.sent(Method::Bye);
    assert_eq!(bye.1.headers.get(Name::CSeq), Some("4 BYE"));
    line.answer(&bye, 200, "b", &[], "");
    line.is_empty();

    // A wrong password is not tried twice.
    let mut line = Line::new(&[]);
    let call = line.dial("2001");
    for nonce in ["Digest realm=\"r\", nonce=\"1\"", "Digest realm=\"r\", nonce=\"2\""] {
        let invite = line.sent(Method::Invite);
        line.answer(&invite, 401, "b", &[(Name::WwwAuthenticate, nonce)], "");
    }
    assert_eq!(line.event(), Event::Ended { call, why: End::Password });
    line.is_empty();
}

#[test]
fn redirections() {
    let mut line = Line::new(&[]);
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    let contacts = "<sip:low@x>;q=0.1, <sip:high@x?Replaces=y>;q=0.9, <sip:2001@example.com>";
    let diversion = "<sip:2001@example.com>;reason=user-busy";
    line.answer(&invite, 302, "b", &[(Name::Contact, contacts), (Name::Diversion, diversion)], "");
    assert_eq!(line.event(), Event::Redirected { call, target: "sip:high@x".into() });
    let second = line.sent(Method::Invite);
    assert_eq!((second.1.uri.as_str(), second.1.headers.get(Name::CSeq)), ("sip:high@x", Some("2 INVITE")));
    assert_eq!(second.1.headers.get(Name::CallId), invite.1.headers.get(Name::CallId));
    assert_eq!(second.1.headers.get(Name::Diversion), Some(diversion));
    assert_eq!(second.1.body, OURS.as_bytes());
    // The next best, when this one is busy.
    line.answer(&second, 486, "c", &[], "");
    let third = line.sent(Method::Invite);
    assert_eq!(third.1.uri, "sip:low@x");
    line.answer(&third, 486, "d", &[], "");
    assert!(matches!(line.event(), Event::Ended { why: End::Refused { status: 486, .. }, .. }));
    line.is_empty();

    // A chain without end has one here.
    let call = line.dial("2001");
    let mut invite = line.sent(Method::Invite);
    let mut steps = 0;
    loop {
        let contact = format!("<sip:{steps}@x>");
        line.answer(&invite, 302, "b", &[(Name::Contact, &contact)], "");
        match line.event() {
            Event::Redirected { .. } => invite = line.sent(Method::Invite),
            Event::Ended { call: ended, .. } if ended == call => break,
            other => panic!("{other:?}"),
        }
        steps += 1;
        assert!(steps < 20);
    }
}

#[test]
fn session_times_are_agreed_on() {
    let mut line = Line::new(&[("SIP_SESSION_TIME_1", "90"), ("SIP_SESSION_METHOD_1", "2")]);
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.answer(&invite, 422, "b", &[(Name::MinSe, "1800")], "");
    let invite = line.sent(Method::Invite);
    assert_eq!(invite.1.headers.get(Name::SessionExpires), Some("1800"));
    assert_eq!(invite.1.headers.get(Name::MinSe), Some("1800"));
    let fields = [(Name::SessionExpires, "1800;refresher=uac"), (Name::Allow, "INVITE, UPDATE")];
    line.answer(&invite, 200, "b", &fields, ANSWER);
    line.ack();
    line.event();
    // Half of the time has passed: we refresh, and without a description, as UPDATE is taken.
    assert_eq!(line.wait_for_output(Duration::from_secs(2000)), Duration::from_secs(900));
    let update = line.sent(Method::Update);
    assert_eq!(update.1.headers.get(Name::SessionExpires), Some("1800;refresher=uac"));
    assert!(update.1.body.is_empty());
    line.answer(&update, 200, "b", &[(Name::SessionExpires, "1800;refresher=uac")], "");
    line.nothing();
    assert_eq!(line.wait_for_output(Duration::from_secs(2000)), Duration::from_secs(900));
    let update = line.sent(Method::Update);
    // It is not taken after all.
    line.answer(&update, 405, "b", &[], "");
    let reinvite = line.sent(Method::Invite);
    assert_eq!(reinvite.1.body, OURS.as_bytes());
    line.answer(&reinvite, 200, "b", &[(Name::SessionExpires, "1800;refresher=uac")], ANSWER);
    line.ack();
    line.nothing();
    // Nobody answers: the other end is gone.
    line.wait_for_output(Duration::from_secs(2000));
    let update = line.sent(Method::Update);
    line.fail(update.0, Failure::Silence);
    assert_eq!(line.event(), Event::Ended { call, why: End::Lost });
    line.sent(Method::Bye);

    // They refresh, or do not.
    let mut line = Line::new(&[("SIP_SESSION_TIME_1", "90")]);
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.answer(&invite, 200, "b", &[(Name::SessionExpires, "90;refresher=uas")], ANSWER);
    line.ack();
    line.event();
    assert_eq!(line.wait_for_output(Duration::from_secs(90)), Duration::from_secs(60));
    assert_eq!(line.event(), Event::Ended { call, why: End::Lost });
}

#[test]
fn requests_go_where_the_call_went() {
    let mut line = Line::new(&[]);
    line.calls.set_route(vec!["<sip:edge.example.com;lr>".into()]);
    let call = line.dial("2001");
    let (invite, hop) = line.sent_to(Method::Invite);
    assert_eq!((invite.headers.get(Name::Route), hop), (Some("<sip:edge.example.com;lr>"), Hop::Proxy));
    line.calls.hang_up(call).unwrap();
    line.rest();
    line.calls.set_route(Vec::new());
    let call = line.dial("2001");
    let invite = line.sent(Method::Invite);
    line.answer(&invite, 200, "b", &[(Name::RecordRoute, "<sip:p2;lr>, <sip:p1:5070;lr>")], ANSWER);
    assert_eq!(line.ack().headers.values(Name::Route).collect::<Vec<_>>(), ["<sip:p1:5070;lr>", "<sip:p2;lr>"]);
    line.event();
    line.calls.hang_up(call).unwrap();
    line.event();
    assert_eq!(line.sent_to(Method::Bye).1, Hop::Uri("sip:p1:5070;lr".into()));
}
