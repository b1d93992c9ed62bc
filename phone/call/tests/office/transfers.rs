//! Transfers and conferences, on the unit and on a server.

use offhook_call::command::{Command, Path, Refusal};
use offhook_call::output::Reason;
use offhook_call::state::Stage;
use offhook_media::engine::Feed;
use offhook_media::tone::Signal;
use offhook_sip::message::{Method, Name};

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
