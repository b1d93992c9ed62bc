//! What two sides agree on, and what becomes of a call where they do not.

use std::time::Duration;

use offhook_call::command::{Command, Path, Refusal, Reply};
use offhook_call::output::Reason;
use offhook_call::state::Stage;
use offhook_media::engine::{Command as Media, Feed};
use offhook_media::tone::Signal;
use offhook_sip::message::{Message, Method, Name, Request, Response};

use crate::calls::{feeds, started};
use crate::pbx::udp;
use crate::world::World;

#[test]
fn a_call_whose_resume_is_refused_stays_on_hold_and_can_be_taken_back_again() {
    for status in [488, 491, 500, 503] {
        let mut world = World::new(&[&[("HOLD_RECALL_TIM", "20")], &[]]);
        world.talk(0, 1);
        world.command(0, Command::Path { path: Path::Handset });
        world.command(0, Command::Hold { call: None });
        world.media(0);
        world.unchangeable = Some(status);
        world.command(0, Command::Resume { call: None });
        // Where changes of both sides have met, it is tried again for a while.
        world.seconds(if status == 491 { 40 } else { 0 });
        assert_eq!(world.stages(0), [Stage::Held], "{status}");
        assert!(!world.calls(0)[0].active);
        assert_eq!(started(&world.media(0))[0], Signal::Failure);
        world.seconds(20);
        assert!(world.calls(0)[0].recall);
        world.unchangeable = None;
        world.command(0, Command::Resume { call: None });
        assert_eq!(world.stages(0), [Stage::Talking]);
        assert_eq!(feeds(&world.media(0)).last(), Some(&Feed::Person));
        assert!(!world.calls(1)[0].held_there);
    }
}

/// The answer to an INVITE is lost.
fn no_answer(message: &mut Message) {
    if let Message::Response(response) = message
        && response.status == 200
        && response.headers.cseq().unwrap().method == Method::Invite
    {
        response.body.clear();
    }
}

/// The answer takes no voice.
fn refused_voice(message: &mut Message) {
    if matches!(message, Message::Response(_)) {
        no_voice(message);
    }
}

/// What is described has no voice.
fn no_voice(message: &mut Message) {
    let (Message::Request(Request { body, .. }) | Message::Response(Response { body, .. })) = message;
    let text = String::from_utf8_lossy(body).into_owned();
    if let Some((before, after)) = text.split_once("m=audio ") {
        *body = format!("{before}m=audio 0 {}", after.split_once(' ').unwrap().1).into_bytes();
    }
}

#[test]
fn a_call_whose_resume_gets_no_usable_answer_stays_on_hold() {
    for (meddle, what) in [(no_answer as fn(&mut Message), "no answer"), (refused_voice, "no voice")] {
        let mut world = World::new(&[&[], &[]]);
        world.talk(0, 1);
        world.command(0, Command::Hold { call: None });
        world.meddler = Some(meddle);
        world.command(0, Command::Resume { call: None });
        assert_eq!(world.stages(0), [Stage::Held], "{what}");
        world.meddler = None;
        world.command(0, Command::Resume { call: None });
        assert_eq!(world.stages(0), [Stage::Talking], "{what}");
    }
}

#[test]
fn a_call_that_cannot_be_taken_into_a_conference_stays_on_hold() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Hold { call: None });
    world.talk(0, 2);
    world.unchangeable = Some(488);
    world.command(0, Command::Conference { with: None });
    assert_eq!(world.stages(0), [Stage::Held, Stage::Talking]);
    let calls = world.calls(0);
    assert!(calls[1].active && calls.iter().all(|call| !call.conference));
    world.unchangeable = None;
    world.command(0, Command::Conference { with: None });
    assert!(world.calls(0).iter().all(|call| call.conference));
}

/// The caller lets us make the offer, and its answer takes no voice.
fn asked_for_nothing(message: &mut Message) {
    match message {
        Message::Request(request) if request.method == Method::Invite => request.body.clear(),
        // A call without an offer gets its answer here.
        Message::Request(request) if request.method == Method::Ack => {
            request.headers.set(Name::ContentType, "application/sdp");
            request.body = described(1, 0, "0");
        }
        _ => {}
    }
}

/// A description of somebody whom a test plays.
fn described(version: u8, port: u16, formats: &str) -> Vec<u8> {
    let common = "IN IP4 192.0.2.99\r\ns=-\r\nc=IN IP4 192.0.2.99\r\nt=0 0";
    format!("v=0\r\no=- 1 {version} {common}\r\nm=audio {port} RTP/AVP {formats}\r\n").into_bytes()
}

#[test]
fn a_call_that_never_gets_any_voice_ends() {
    for held in [false, true] {
        let mut world = World::new(&[&[], &[]]);
        world.meddler = Some(asked_for_nothing);
        world.call(0, "2002");
        let now = world.now;
        world.units[1].phone.command(now, Command::Answer { call: None }).unwrap();
        if held {
            // Nobody is there to hear that it failed.
            world.units[1].phone.command(now, Command::Hold { call: None }).unwrap();
        }
        world.settle();
        assert_eq!((world.stages(1), world.ends(1)), (vec![], vec![Reason::Local]));
        assert_eq!(started(&world.media(1)), if held { vec![] } else { vec![Signal::Failure] });
        assert_eq!(world.ends(0), [Reason::Remote]);
        assert!(world.units[1].ports.is_empty());
    }
}

#[test]
fn digits_that_nobody_would_hear_are_refused() {
    let pressed = || Command::Dtmf { call: None, digits: "1".into() };
    let digits = |world: &mut World| world.media(0).iter().filter(|m| matches!(m, Media::Send(..))).count();
    for (settings, by_info) in [(vec![], false), (vec![("DTMF_RELAY_1", "Y")], true)] {
        let mut world = World::new(&[&settings, &[]]);
        world.talk(0, 1);
        // The other side holds, and then this one, with closed ports.
        for holds in [1, 0] {
            world.command(holds, Command::Hold { call: None });
            let refused = if by_info { Ok(Reply::Done) } else { Err(Refusal::State) };
            assert_eq!(world.try_command(0, pressed()), refused, "{holds}");
            assert_eq!(digits(&mut world), 0);
            world.command(holds, Command::Resume { call: None });
        }
        world.command(0, pressed());
        assert_eq!(digits(&mut world), usize::from(!by_info));
    }
    // Those that are pressed while the call is being taken back wait for that, and no longer.
    for (refused, held_there) in [(false, false), (true, false), (false, true)] {
        let mut world = World::new(&[&[], &[]]);
        world.talk(0, 1);
        world.command(0, Command::Hold { call: None });
        if held_there {
            world.command(1, Command::Hold { call: None });
        }
        world.unchangeable = refused.then_some(500);
        let now = world.now;
        for command in [Command::Resume { call: None }, pressed(), pressed()] {
            world.units[0].phone.command(now, command).unwrap();
        }
        world.seconds(2);
        if held_there {
            world.command(1, Command::Resume { call: None });
        }
        assert_eq!(digits(&mut world), usize::from(!refused && !held_there));
    }
    // The hold tone is interrupted.
    let mut world = World::new(&[&[("RTP_CLOSE_ENABLE_1", "N")], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Hold { call: None });
    world.command(0, pressed());
    assert_eq!(digits(&mut world), 1);
}

#[test]
fn digits_are_sent_all_of_them_or_refused() {
    let mut world = World::new(&[&[], &[]]);
    world.talk(0, 1);
    let many = Command::Dtmf { call: None, digits: "1234".repeat(8) };
    let one = Command::Dtmf { call: None, digits: "#".into() };
    let now = world.now;
    let results = [many.clone(), many.clone(), one.clone()].map(|digits| world.units[0].phone.command(now, digits));
    assert_eq!(results, [Ok(Reply::Done), Ok(Reply::Done), Err(Refusal::Digits)], "the engine keeps 64");
    world.seconds(1);
    world.command(0, one.clone());
    world.seconds(20);
    world.command(0, many.clone());
    // What waits is dropped when the call is on hold.
    world.command(0, many.clone());
    world.command(1, Command::Hold { call: None });
    world.command(1, Command::Resume { call: None });
    world.command(0, many.clone());
    world.command(0, many);
    // Somebody may type for ever.
    world.seconds(30);
    for _ in 0..200 {
        world.command(0, one.clone());
        world.run(Duration::from_millis(10));
    }
}

/// Which version of the description this is, by its `o=` line.
fn version(body: &[u8]) -> u64 {
    let text = std::str::from_utf8(body).unwrap();
    let origin = text.lines().find(|line| line.starts_with("o=")).unwrap();
    origin.split(' ').nth(2).unwrap().parse().unwrap()
}

#[test]
fn an_offer_before_the_answer_is_not_taken_for_the_answer() {
    let at = "sip:3000@192.0.2.99";
    let mut world = World::new(&[&[("SIP_100REL_ENABLE_1", "Y")]]);
    // Somebody whom the test plays.
    world.pbx.users.insert("3000".into(), udp("192.0.2.99:5060".parse().unwrap()));
    world.call(0, "3000");
    let invite = world.last(0, Method::Invite).clone();
    let phone = udp("192.0.2.11:5060".parse().unwrap());
    let responds = |world: &mut World, status: u16, rseq: Option<u8>, body: &[u8]| {
        let mut response = Response::to(&invite, status, "there");
        response.headers.push(Name::Contact, format_args!("<{at}>"));
        response.headers.push(Name::Allow, "INVITE, UPDATE, PRACK");
        if let Some(rseq) = rseq {
            response.headers.push(Name::Require, "100rel");
            response.headers.push(Name::RSeq, rseq);
        }
        if !body.is_empty() {
            response.headers.push(Name::ContentType, "application/sdp");
        }
        response.body = body.to_vec();
        world.send_all(vec![(phone, Message::Response(response))]);
        world.settle();
    };
    responds(&mut world, 183, Some(1), &described(1, 4000, "0 8"));
    let mut update = Request::new(Method::Update, "sip:2001@192.0.2.11");
    update.headers.push(Name::Via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK-update");
    update.headers.push(Name::MaxForwards, 70);
    update.headers.push(Name::From, format_args!("{};tag=there", invite.headers.get(Name::To).unwrap()));
    update.headers.push(Name::To, invite.headers.get(Name::From).unwrap());
    update.headers.copy(&invite.headers, Name::CallId);
    update.headers.push(Name::CSeq, "1 UPDATE");
    update.headers.push(Name::Contact, format_args!("<{at}>"));
    update.headers.push(Name::ContentType, "application/sdp");
    update.body = described(2, 4002, "8");
    world.send_all(vec![(phone, Message::Request(update))]);
    world.settle();
    assert_eq!(world.responses.last(), Some(&(200, Method::Update)));
    world.media(0);
    responds(&mut world, 180, Some(2), b"");
    responds(&mut world, 200, None, b"");
    assert_eq!(world.stages(0), [Stage::Talking]);
    assert!(!world.media(0).iter().any(|m| matches!(m, Media::Change { .. })), "it goes on as agreed last");
    // What is said next comes after the answer to their offer, by which it was not the first word any more.
    world.command(0, Command::Hold { call: None });
    assert_eq!(version(&world.last(0, Method::Invite).body), version(&invite.body) + 2);
}
