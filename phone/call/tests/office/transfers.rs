//! Transfers and conferences, on the unit and on a server.

use offhook_call::command::{CallId, Command, Path, Refusal};
use offhook_call::output::Reason;
use offhook_call::state::Stage;
use offhook_media::engine::{self, Feed, Listening};
use offhook_media::tone::Signal;
use offhook_sip::message::{Message, Method, Name};

use crate::calls::{feeds, started};
use crate::world::World;

#[test]
fn a_blind_transfer() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Transfer { call: None, number: Some("2003".into()), to: None });
    assert_eq!(world.stages(2), [Stage::Ringing]);
    assert_eq!(world.calls(2)[0].number.as_deref(), Some("2002"));
    world.answer(2);
    world.seconds(2);
    assert_eq!(
        (world.stages(0), world.stages(1), world.stages(2)),
        (vec![], vec![Stage::Talking], vec![Stage::Talking])
    );
    assert_eq!(world.ends(0), [Reason::Transferred]);
}

#[test]
fn a_blind_transfer_to_nobody_comes_back() {
    let mut world = World::new(&[&[], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Transfer { call: None, number: Some("9999".into()), to: None });
    world.seconds(2);
    assert_eq!(world.stages(0), [Stage::Held]);
    assert!(world.calls(0)[0].recall, "it asks for attention");
    world.command(0, Command::Resume { call: None });
    assert_eq!(world.stages(0), [Stage::Talking]);
}

#[test]
fn an_attended_transfer() {
    let mut world = World::new(&[&[], &[], &[]]);
    let (held, _) = world.talk(0, 1);
    world.command(0, Command::Transfer { call: None, number: None, to: None });
    assert_eq!(started(&world.media(0)), [Signal::Ringback, Signal::DialInCall]);
    let consulted = world.call(0, "2003");
    world.answer(2);
    assert_eq!(world.stages(0), [Stage::Held, Stage::Talking]);
    world.command(0, Command::Transfer { call: Some(held), number: None, to: Some(consulted) });
    world.seconds(2);
    assert_eq!(
        (world.stages(0), world.stages(1), world.stages(2)),
        (vec![], vec![Stage::Talking], vec![Stage::Talking])
    );
    let refer = world.last(0, Method::Refer);
    assert!(refer.headers.get(Name::ReferTo).unwrap().contains("Replaces="));
}

#[test]
fn hanging_up_completes_a_transfer_where_that_is_set() {
    for (settings, completes) in
        [(vec![], true), (vec![("ONHOOK_TRANSFER_ENABLE", "N")], false), (vec![("ACCESSIBILITY_MODE", "Y")], false)]
    {
        let mut world = World::new(&[&settings, &[], &[]]);
        world.talk(0, 1);
        world.command(0, Command::Transfer { call: None, number: None, to: None });
        world.call(0, "2003");
        world.answer(2);
        world.command(0, Command::OnHook);
        world.seconds(2);
        match completes {
            true => assert_eq!((world.stages(0), world.stages(2)), (vec![], vec![Stage::Talking])),
            false => assert_eq!((world.stages(0), world.stages(2)), (vec![Stage::Held], vec![])),
        }
    }
}

#[test]
fn hanging_up_while_it_rings_there_transfers_too() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Transfer { call: None, number: None, to: None });
    world.call(0, "2003");
    assert_eq!(world.stages(0), [Stage::Held, Stage::RingingThere]);
    world.command(0, Command::OnHook);
    world.seconds(1);
    assert_eq!(world.stages(2), [Stage::Ringing]);
    assert_eq!(world.calls(2)[0].number.as_deref(), Some("2002"));
    world.answer(2);
    world.seconds(2);
    assert_eq!((world.stages(0), world.stages(1)), (vec![], vec![Stage::Talking]));
}

#[test]
fn a_conference_of_three_on_the_unit() {
    let mut world = World::new(&[&[], &[], &[]]);
    assert_eq!(world.try_command(0, Command::Conference { with: None }), Err(Refusal::NoCall));
    world.talk(0, 1);
    world.command(0, Command::Hold { call: None });
    world.talk(0, 2);
    world.media(0);
    world.command(0, Command::Conference { with: None });
    assert_eq!(world.stages(0), [Stage::Talking, Stage::Talking]);
    assert!(world.calls(0).iter().all(|call| call.conference));
    assert_eq!(feeds(&world.media(0)), [Feed::Conference, Feed::Conference]);
    assert!(!world.calls(1)[0].held_there);
    // One leaves, and the other two talk on.
    world.command(2, Command::HangUp { call: None });
    assert_eq!(world.stages(0), [Stage::Talking]);
    let left = &world.calls(0)[0];
    assert!(left.active && !left.conference);
    assert_eq!(feeds(&world.media(0)), [Feed::Person]);
    world.command(0, Command::OnHook);
    assert_eq!(world.ends(1), [Reason::Remote]);
}

#[test]
fn hanging_up_ends_a_conference_that_a_consultation_has_become() {
    for split in [false, true] {
        let mut world = World::new(&[&[], &[], &[]]);
        world.talk(0, 1);
        world.command(0, Command::Transfer { call: None, number: None, to: None });
        world.call(0, "2003");
        world.answer(2);
        world.command(0, Command::Conference { with: None });
        if split {
            world.command(0, Command::Split);
            world.command(0, Command::Resume { call: None });
        }
        world.command(0, Command::OnHook);
        world.seconds(2);
        assert_eq!(world.count(0, Method::Refer), 0, "nobody is transferred");
        assert_eq!(world.stages(0), if split { vec![Stage::Held] } else { vec![] });
    }
}

#[test]
fn a_conference_can_be_split_held_and_ended() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Hold { call: None });
    world.talk(0, 2);
    world.command(0, Command::Conference { with: None });
    world.command(0, Command::Split);
    assert_eq!(world.stages(0), [Stage::Held, Stage::Held]);
    world.command(0, Command::Resume { call: None });
    world.command(0, Command::Conference { with: None });
    world.command(0, Command::Hold { call: None });
    assert_eq!(world.stages(0), [Stage::Held, Stage::Held]);
    world.command(0, Command::Resume { call: None });
    world.command(0, Command::Conference { with: None });
    world.command(0, Command::HangUp { call: None });
    assert_eq!((world.stages(0), world.stages(1), world.stages(2)), (vec![], vec![], vec![]));
}

#[test]
fn a_conference_server_is_asked_to_call_both() {
    let settings = [("CONFERENCE_SERVER_URI", "sip:2004@example.com")];
    let mut world = World::new(&[&settings, &[], &[], &[("AUTO_ANSWER", "Y"), ("AUTO_ANS_RING_TIM", "0")]]);
    world.talk(0, 1);
    world.command(0, Command::Hold { call: None });
    world.talk(0, 2);
    world.command(0, Command::Conference { with: None });
    world.seconds(1);
    assert!(world.calls(0).iter().any(|call| call.number.as_deref() == Some("2004")));
    assert_eq!(world.count(0, Method::Refer), 2, "the server is asked to call both");
    let refer_to = world.last(0, Method::Refer).headers.get(Name::ReferTo).unwrap().to_owned();
    assert!(refer_to.contains("Replaces="), "{refer_to}");
    assert_eq!(world.stages(0), [Stage::Talking], "what is left is the call to the server");
    assert_eq!((world.stages(1), world.stages(2)), (vec![Stage::Talking], vec![Stage::Talking]));
}

#[test]
fn calls_of_two_lines_are_not_brought_together() {
    let mut world = World::new(&[&[], &[], &[]]);
    let (first, _) = world.talk(0, 1);
    world.command(0, Command::Call { number: "2003".into(), line: Some(2), hide: None });
    let second = world.calls(0)[1].call;
    world.answer(2);
    let transfer = Command::Transfer { call: Some(first), number: None, to: Some(second) };
    assert_eq!(world.try_command(0, transfer), Err(Refusal::State));
    assert_eq!(world.stages(0), [Stage::Held, Stage::Talking]);
    // They can be joined on the unit.
    world.command(0, Command::Conference { with: None });
    assert!(world.calls(0).iter().all(|call| call.conference));
}

#[test]
fn putting_the_handset_down_before_anybody_was_asked_brings_the_call_back() {
    let mut world = World::new(&[&[], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Path { path: Path::Handset });
    world.command(0, Command::Transfer { call: None, number: None, to: None });
    world.command(0, Command::OnHook);
    assert_eq!(world.stages(0), [Stage::Held]);
    assert!(world.calls(0)[0].recall);
}

/// Phone 0 talks to phones 1 and 2 in a conference; it has called phone 2 last, and is with that one.
fn conference(settings: &[(&str, &str)]) -> (World, CallId, CallId) {
    let mut world = World::new(&[settings, &[], &[], &[]]);
    let (first, _) = world.talk(0, 1);
    world.command(0, Command::Hold { call: None });
    let (second, _) = world.talk(0, 2);
    world.command(0, Command::Conference { with: None });
    (world, first, second)
}

/// The first call of phone 0 is held at both ends and can be taken back.
#[track_caller]
fn can_be_taken_back(world: &mut World, call: CallId) {
    let stage = world.calls(0).iter().find(|state| state.call == call).map(|state| state.stage);
    assert_eq!(stage, Some(Stage::Held));
    assert!(world.calls(1)[0].held_there);
    world.media(0);
    world.command(0, Command::Resume { call: Some(call) });
    assert!(world.calls(0).iter().any(|state| state.call == call && state.active));
    assert!(feeds(&world.media(0)).contains(&Feed::Person));
    assert!(!world.calls(1)[0].held_there);
}

#[test]
fn a_held_party_transfers_us() {
    let mut world = World::new(&[&[], &[], &[], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Hold { call: None });
    world.command(1, Command::Transfer { call: None, number: Some("2003".into()), to: None });
    world.answer(2);
    world.seconds(2);
    assert_eq!((world.stages(0), world.stages(1)), (vec![Stage::Held], vec![]));
    assert!(world.calls(0)[0].recall, "it asks for attention");
    assert!(world.calls(2)[0].held_there);
    world.command(0, Command::Resume { call: None });
    assert_eq!(world.stages(0), [Stage::Talking]);
    assert!(!world.calls(2)[0].held_there);
}

#[test]
fn a_held_party_transfers_us_while_we_talk_to_somebody_else() {
    let mut world = World::new(&[&[], &[], &[], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Hold { call: None });
    world.talk(0, 3);
    world.command(1, Command::Transfer { call: None, number: Some("2003".into()), to: None });
    world.answer(2);
    world.seconds(2);
    assert_eq!(world.stages(0), [Stage::Talking, Stage::Held]);
    assert!(!world.calls(0)[1].recall, "the person is busy");
    world.command(0, Command::HangUp { call: None });
    world.command(0, Command::Resume { call: None });
    assert_eq!(world.stages(0), [Stage::Talking]);
}

#[test]
fn a_flash_leaves_a_conference() {
    let (mut world, first, _) = conference(&[("FLASH_RECALL_TERMINATE", "Y")]);
    world.command(0, Command::Flash);
    assert_eq!(world.stages(0), [Stage::Held]);
    assert!(world.state(0).dialling.is_some());
    assert!(!world.calls(0)[0].recall, "the person is about to dial");
    can_be_taken_back(&mut world, first);
}

#[test]
fn a_blind_transfer_out_of_a_conference() {
    let (mut world, first, _) = conference(&[]);
    world.command(0, Command::Transfer { call: None, number: Some("2004".into()), to: None });
    assert!(world.calls(0).iter().all(|call| !call.conference && !call.recall));
    can_be_taken_back(&mut world, first);
    world.answer(3);
    world.seconds(2);
    assert_eq!(world.stages(0), [Stage::Talking]);
}

#[test]
fn a_blind_transfer_of_whom_somebody_was_asked_for() {
    let mut world = World::new(&[&[], &[], &[], &[]]);
    world.talk(0, 2);
    world.command(0, Command::Transfer { call: None, number: None, to: None });
    world.call(0, "2002");
    world.answer(1);
    world.command(0, Command::Conference { with: None });
    let held = world.calls(0)[0].call;
    world.command(0, Command::Transfer { call: Some(held), number: Some("2004".into()), to: None });
    assert_eq!(world.stages(0), [Stage::Held, Stage::Talking]);
    let calls = world.calls(0);
    assert!(calls[1].active && calls.iter().all(|call| !call.conference));
    world.command(0, Command::OnHook);
    assert_eq!(world.ends(0), [Reason::Local], "who was asked takes nobody over any more");
    assert!(world.calls(0)[0].transfer, "the transfer goes on");
    world.answer(3);
    world.seconds(2);
    assert_eq!((world.stages(0), world.stages(2)), (vec![], vec![Stage::Talking]));
}

#[test]
fn asking_somebody_leaves_a_conference() {
    let (mut world, first, second) = conference(&[]);
    world.command(0, Command::Transfer { call: None, number: None, to: None });
    assert_eq!(world.stages(0), [Stage::Held, Stage::Held]);
    world.command(0, Command::HangUp { call: None });
    can_be_taken_back(&mut world, first);
    world.command(0, Command::Resume { call: Some(second) });
    assert_eq!(world.stages(0), [Stage::Held, Stage::Talking]);
}

#[test]
fn a_member_of_a_conference_transfers_us() {
    let (mut world, first, _) = conference(&[]);
    world.command(2, Command::Transfer { call: None, number: Some("2004".into()), to: None });
    world.answer(3);
    world.seconds(2);
    assert_eq!(world.stages(0), [Stage::Held, Stage::Talking]);
    assert!(world.calls(0)[1].active);
    can_be_taken_back(&mut world, first);
}

#[test]
fn another_member_of_a_conference_transfers_us() {
    let (mut world, _, _) = conference(&[]);
    world.command(1, Command::Transfer { call: None, number: Some("2004".into()), to: None });
    world.answer(3);
    world.seconds(2);
    assert_eq!(world.stages(0), [Stage::Talking, Stage::Held]);
    assert!(world.calls(3)[0].held_there);
}

#[test]
fn a_transfer_can_be_taken_back_before_it_is_asked_for() {
    let mut world = World::new(&[&[], &[], &[]]);
    let (call, _) = world.talk(0, 1);
    let now = world.now;
    let phone = &mut world.units[0].phone;
    let transfer = Command::Transfer { call: None, number: Some("2003".into()), to: None };
    phone.command(now, transfer.clone()).unwrap();
    phone.command(now, Command::Resume { call: Some(call) }).unwrap();
    world.seconds(1);
    assert_eq!((world.stages(0), world.count(0, Method::Refer)), (vec![Stage::Talking], 0));
    assert!(!world.calls(0)[0].transfer);
    // It can be transferred all the same.
    world.command(0, transfer);
    assert_eq!(world.stages(2), [Stage::Ringing]);
}

/// Whether somebody listens, as the engine was told last.
fn listening(media: &[engine::Command]) -> Option<Listening> {
    media.iter().rev().find_map(|m| if let engine::Command::Listen(listening) = m { Some(*listening) } else { None })
}

#[test]
fn hanging_up_while_it_rings_where_we_were_sent_ends_both_calls() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.talk(0, 1);
    world.command(1, Command::Transfer { call: None, number: Some("2003".into()), to: None });
    assert_eq!(world.stages(0), [Stage::Talking, Stage::RingingThere]);
    world.command(0, Command::OnHook);
    let state = world.state(0);
    assert_eq!((state.path, state.calls), (None, vec![]));
    assert_eq!(listening(&world.media(0)), Some(Listening::Off));
    assert_eq!((world.stages(1), world.stages(2)), (vec![], vec![]));
}

#[test]
fn a_refusal_where_we_were_sent_gives_the_party_back() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.talk(0, 1);
    world.command(1, Command::Transfer { call: None, number: Some("2003".into()), to: None });
    world.command(2, Command::Reject { call: None });
    let calls = world.calls(0);
    assert!(calls.len() == 1 && calls[0].active && !calls[0].transfer, "{calls:?}");
}

/// Phone 1 has phone 0 call phone 2, takes no part in what follows, and stays.
fn sent_on() -> World {
    let mut world = World::new(&[&[], &[], &[]]);
    world.talk(1, 0);
    let (invite, answer) = (world.last(1, Method::Invite).clone(), world.answer.clone().unwrap());
    let (to, asking) = world.pbx.within(&invite, &answer, "2001", "refer");
    let Message::Request(mut refer) = asking else { unreachable!() };
    refer.method = Method::Refer;
    refer.headers.set(Name::CSeq, "2000 REFER");
    refer.headers.push(Name::ReferTo, "<sip:2003@example.com>");
    world.send_all(vec![(to, Message::Request(refer))]);
    world.settle();
    world.answer(2);
    assert_eq!(world.stages(0), [Stage::Talking, Stage::Talking]);
    assert!(world.calls(0)[1].active);
    world
}

#[test]
fn a_party_that_stays_after_it_has_sent_us_on_is_held() {
    let mut world = sent_on();
    let stays = world.calls(0)[0].call;
    world.seconds(11);
    assert_eq!(world.stages(0), [Stage::Held, Stage::Talking]);
    let calls = world.calls(0);
    assert!(!calls[0].transfer && !calls[0].recall && calls[1].active);
    can_be_taken_back(&mut world, stays);
}

#[test]
fn a_party_that_stays_after_it_has_sent_us_on_comes_back_held() {
    let mut world = sent_on();
    world.command(2, Command::HangUp { call: None });
    let calls = world.calls(0);
    assert_eq!(world.stages(0), [Stage::Held]);
    assert!(calls[0].recall && !calls[0].transfer);
    world.command(0, Command::Resume { call: None });
    assert_eq!(world.stages(0), [Stage::Talking]);
}

#[test]
fn somebody_takes_the_place_of_a_member_of_a_conference() {
    for (leaving, staying) in [(1, 2), (2, 1)] {
        let (mut world, _, _) = conference(&[]);
        let ours = world.calls(leaving)[0].call;
        world.command(leaving, Command::Hold { call: None });
        let asked = world.call(leaving, "2004");
        world.answer(3);
        world.command(leaving, Command::Transfer { call: Some(asked), number: None, to: Some(ours) });
        world.seconds(2);
        assert_eq!(world.stages(leaving), []);
        let calls = world.calls(0);
        assert_eq!(world.stages(0), [Stage::Talking, Stage::Talking]);
        assert!(calls.iter().all(|call| call.conference), "{calls:?}");
        assert_eq!(calls.iter().filter(|call| call.active).count(), 1);
        assert_eq!(world.stages(3), [Stage::Talking]);
        assert!(!world.calls(3)[0].held_there && !world.calls(staying)[0].held_there);
        world.command(0, Command::OnHook);
        assert_eq!((world.stages(0), world.stages(3), world.stages(staying)), (vec![], vec![], vec![]));
    }
}
