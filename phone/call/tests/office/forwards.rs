//! Calls that are sent on, turned away, and those that go round.

use offhook_call::command::{Command, ForwardWhen, Refusal};
use offhook_call::output::{Event, Reason};
use offhook_call::state::Stage;
use offhook_sip::message::{Method, Name};

use crate::world::World;

fn forward(when: ForwardWhen, number: &str) -> Command {
    Command::Forward { line: Some(1), when, on: true, number: Some(number.into()), rings: None }
}

#[test]
fn every_call_goes_on() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.command(1, forward(ForwardWhen::Always, "2003"));
    let forwards = world.state(1).lines[0].forwards.clone();
    assert_eq!(forwards.always.as_deref(), Some("2003"));
    world.call(0, "2002");
    assert_eq!((world.stages(1), world.stages(2)), (vec![], vec![Stage::Ringing]));
    let told = world.units[1].events.iter().any(
        |event| matches!(event, Event::TurnedAway { status: 302, forwarded, .. } if forwarded.as_deref() == Some("2003")),
    );
    assert!(told);
    world.answer(2);
    assert_eq!(world.stages(0), [Stage::Talking]);
}

#[test]
fn calls_go_on_after_their_rings() {
    let mut world = World::new(&[&[], &[], &[]]);
    let command = Command::Forward {
        line: Some(1),
        when: ForwardWhen::NoAnswer,
        on: true,
        number: Some("2003".into()),
        rings: Some(2),
    };
    world.command(1, command);
    world.call(0, "2002");
    world.seconds(11);
    assert_eq!(world.stages(1), [Stage::Ringing]);
    world.seconds(2);
    assert_eq!((world.stages(1), world.stages(2)), (vec![], vec![Stage::Ringing]));
    assert_eq!(world.ends(1), [Reason::Forwarded]);
    assert_eq!(world.state(1).missed, 1);
    // Answered in time, it stays.
    world.command(0, Command::HangUp { call: None });
    world.talk(0, 1);
    world.seconds(60);
    assert_eq!(world.stages(1), [Stage::Talking]);
}

#[test]
fn calls_go_on_while_the_line_is_in_use() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.command(1, forward(ForwardWhen::Busy, "2003"));
    world.talk(0, 1);
    world.command(2, Command::Call { number: "2002".into(), line: Some(2), hide: None });
    assert_eq!(world.stages(1), [Stage::Talking]);
    assert_eq!(world.stages(2).len(), 2, "the caller's own line 1 rings: {:?}", world.calls(2));
}

#[test]
fn forwards_that_go_round_end() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.command(1, forward(ForwardWhen::Always, "2003"));
    world.command(2, forward(ForwardWhen::Always, "2002"));
    world.call(0, "2002");
    world.seconds(2);
    assert_eq!(world.stages(0), []);
    assert!(world.requests.len() < 100, "{}", world.requests.len());
}

#[test]
fn diversion_is_told_as_set() {
    for (setting, told) in [("0", false), ("1", true)] {
        let mut world = World::new(&[&[], &[("SIP_ADD_DIVERSION_1", setting)], &[]]);
        world.command(1, forward(ForwardWhen::Always, "2003"));
        world.call(0, "2002");
        let diversion = world.last(0, Method::Invite).headers.get(Name::Diversion).map(str::to_owned);
        assert_eq!(diversion.is_some(), told, "{diversion:?}");
    }
}

#[test]
fn do_not_disturb_answers_with_its_code() {
    let mut world = World::new(&[&[], &[("SIP_RESPONSE_CODE_DND", "480")]]);
    world.command(1, Command::DoNotDisturb { line: None, on: true });
    assert!(world.state(1).lines.iter().all(|line| line.do_not_disturb));
    world.call(0, "2002");
    assert!(world.responses.contains(&(480, Method::Invite)));
    assert_eq!(world.state(1).missed, 1);
    world.command(1, Command::DoNotDisturb { line: Some(1), on: false });
    world.call(0, "2002");
    assert_eq!(world.stages(1), [Stage::Ringing]);
    assert!(world.state(1).lines[1].do_not_disturb);
}

#[test]
fn listed_and_hidden_callers_are_turned_away() {
    let mut world =
        World::new(&[&[("SIP_ANM_USERNAME_1", "1")], &[("REJECTED_NUMBER_5", "2001"), ("ANONYMOUS_BLOCK_1", "Y")]]);
    world.call(0, "2002");
    assert_eq!(world.ends(0), [Reason::Refused]);
    world.set(1, "REJECTED_NUMBER_5", "");
    world.command(0, Command::Call { number: "2002".into(), line: None, hide: Some(true) });
    assert_eq!(world.ends(0), [Reason::Refused; 2]);
    world.call(0, "2002");
    assert_eq!(world.stages(1), [Stage::Ringing]);
    assert_eq!(world.state(1).missed, 0);
}

#[test]
fn a_person_can_send_a_ringing_call_on() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.call(0, "2002");
    world.command(1, Command::Deflect { call: None, number: "2003".into() });
    assert_eq!((world.stages(1), world.stages(2)), (vec![], vec![Stage::Ringing]));
    assert_eq!(world.ends(1), [Reason::Forwarded]);
}

#[test]
fn forwards_want_a_number_and_sensible_rings() {
    let mut world = World::new(&[&[]]);
    let set = |number: Option<&str>, rings| Command::Forward {
        line: Some(1),
        when: ForwardWhen::NoAnswer,
        on: true,
        number: number.map(str::to_owned),
        rings,
    };
    assert_eq!(world.try_command(0, set(None, None)), Err(Refusal::NoNumber));
    assert!(matches!(world.try_command(0, set(Some("1"), Some(1))), Err(Refusal::Value(_))));
    assert!(matches!(world.try_command(0, set(Some("1"), Some(21))), Err(Refusal::Value(_))));
    assert!(matches!(world.try_command(0, set(Some(&"1".repeat(33)), None)), Err(Refusal::Value(_))));
    assert!(world.units[0].set.is_empty());
    world.command(0, set(Some("2002"), Some(20)));
    // The number stays while it is switched off, and serves again.
    let off = Command::Forward { line: Some(1), when: ForwardWhen::NoAnswer, on: false, number: None, rings: None };
    world.command(0, off);
    assert_eq!(world.state(0).lines[0].forwards.no_answer, None);
    world.command(0, set(None, None));
    assert_eq!(world.state(0).lines[0].forwards.no_answer.as_deref(), Some("2002"));
}
