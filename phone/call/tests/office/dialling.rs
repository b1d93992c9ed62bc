//! Dialling: keys and timers, dial plans, lines, redial, and what is heard.

use offhook_call::command::{Command, Path, Refusal, Reply};
use offhook_call::log::Kind;
use offhook_call::output::Event;
use offhook_call::state::Stage;
use offhook_media::engine::Command as Media;
use offhook_media::tone::Signal;
use offhook_sip::message::Method;

use crate::calls::started;
use crate::world::World;

fn off_hook(line: Option<u8>) -> Command {
    Command::OffHook { path: None, line }
}

fn keys(world: &mut World, keys: &str) {
    keys.chars().for_each(|key| drop(world.command(0, Command::Key { key })));
}

/// The user that was called last.
#[track_caller]
fn called(world: &World) -> String {
    let invite = world.last(0, Method::Invite);
    invite.parsed_uri().unwrap().user().unwrap().into_owned()
}

#[test]
fn keys_are_dialled_after_the_inter_digit_time() {
    let mut world = World::new(&[&[("INTDIGIT_TIM", "3")], &[]]);
    world.command(0, off_hook(None));
    assert_eq!(started(&world.media(0)), [Signal::Dial]);
    keys(&mut world, "2002");
    let media = world.media(0);
    assert!(media.contains(&Media::Stop(Signal::Dial)), "{media:?}");
    assert_eq!(media.iter().filter(|m| matches!(m, Media::KeyDown(_))).count(), 4);
    assert_eq!(world.state(0).dialling.unwrap().digits, "2002");
    world.seconds(2);
    assert_eq!(world.count(0, Method::Invite), 0);
    world.seconds(1);
    assert_eq!(called(&world), "2002");
    assert_eq!(world.stages(1), [Stage::Ringing]);
    assert_eq!(world.state(0).dialling, None);
}

#[test]
fn the_dial_key_the_pound_key_and_the_plan_dial_at_once() {
    let plan = [("DIAL_PLAN_1", "20xx|<9:2>x.T")];
    let mut world = World::new(&[&plan, &[]]);
    world.command(0, off_hook(None));
    keys(&mut world, "2002");
    assert_eq!(called(&world), "2002", "a complete match");

    let mut world = World::new(&[&[], &[]]);
    world.command(0, off_hook(None));
    keys(&mut world, "2002#");
    assert_eq!(called(&world), "2002");

    let mut world = World::new(&[&[("POUND_KEY_DELIMITER_ENABLE", "N")], &[]]);
    world.command(0, off_hook(None));
    keys(&mut world, "20#");
    assert_eq!(world.count(0, Method::Invite), 0);
    world.command(0, Command::Dial);
    assert_eq!(called(&world), "20#");

    let mut world = World::new(&[&[("DIAL_PLAN_1", "<9:2>x.T"), ("MACRODIGIT_TIM", "9")], &[]]);
    world.command(0, off_hook(None));
    keys(&mut world, "9002");
    world.seconds(8);
    assert_eq!(world.count(0, Method::Invite), 0);
    world.seconds(1);
    assert_eq!(called(&world), "2002", "the plan's timer, and its substitution");
}

#[test]
fn nobody_who_dials_nothing_hears_the_dial_tone_for_ever() {
    let mut world = World::new(&[&[("FIRSTDIGIT_TIM", "15")]]);
    world.command(0, off_hook(None));
    world.seconds(14);
    assert_eq!(started(&world.media(0)), [Signal::Dial]);
    world.seconds(1);
    assert_eq!(started(&world.media(0)), [Signal::Busy]);
    assert_eq!(world.state(0).dialling, None);
    // Hands-free, the phone goes on hook by itself.
    world.seconds(10);
    assert_eq!(world.state(0).path, None);
}

#[test]
fn filters_refuse_what_the_plan_does_not_know() {
    let settings = [("DIAL_PLAN_1", "20xx|0900x.!"), ("DIAL_PLAN_NOT_MATCH_ENABLE_1", "Y")];
    let mut world = World::new(&[&settings, &[]]);
    let call = |number: &str| Command::Call { number: number.into(), line: None, hide: None };
    assert!(matches!(world.try_command(0, call("3000")), Err(Refusal::DialPlan(_))));
    assert!(matches!(world.try_command(0, call("09001")), Err(Refusal::DialPlan(_))));
    assert!(matches!(world.try_command(0, call("200")), Err(Refusal::DialPlan(_))));
    assert!(matches!(world.try_command(0, call("2002")), Ok(Reply::Call(_))));
    world.command(0, Command::HangUp { call: None });
    world.media(0);
    world.command(0, off_hook(None));
    keys(&mut world, "3000");
    world.seconds(5);
    assert_eq!(started(&world.media(0)), [Signal::Dial, Signal::Failure]);
    let refused = Event::NotDialled { digits: "3000".into() };
    assert!(world.units[0].events.contains(&refused));
    // Without the filter everything is called.
    world.set(0, "DIAL_PLAN_NOT_MATCH_ENABLE_1", "N");
    world.command(0, call("3000"));
    assert_eq!(called(&world), "3000");
}

#[test]
fn numbers_typed_on_hook_are_called_when_somebody_picks_up() {
    for pick_up in [off_hook(None), Command::Dial] {
        let mut world = World::new(&[&[], &[]]);
        keys(&mut world, "2002");
        assert!(world.state(0).dialling.unwrap().on_hook);
        world.seconds(60);
        assert_eq!(world.count(0, Method::Invite), 0);
        world.command(0, pick_up);
        assert_eq!(called(&world), "2002");
    }
}

#[test]
fn a_number_typed_on_hook_that_cannot_be_called_is_told_by_a_tone() {
    let settings = [("DIAL_PLAN_1", "20xx"), ("DIAL_PLAN_NOT_MATCH_ENABLE_1", "Y")];
    for (path, ends_by_itself) in [(Path::Handset, false), (Path::HandsFree, true)] {
        let mut world = World::new(&[&settings]);
        keys(&mut world, "3000");
        let pick_up = Command::OffHook { path: Some(path), line: None };
        assert!(matches!(world.try_command(0, pick_up), Err(Refusal::DialPlan(_))));
        assert_eq!(started(&world.media(0)), [Signal::Failure]);
        assert!(world.units[0].events.contains(&Event::NotDialled { digits: "3000".into() }));
        assert_eq!(world.state(0).dialling, None);
        world.seconds(60);
        assert_eq!(world.state(0).path, (!ends_by_itself).then_some(path));
        assert_eq!(world.media(0).contains(&Media::Stop(Signal::Failure)), ends_by_itself);
    }
}

#[test]
fn calls_go_out_on_the_default_line_unless_another_one_is_chosen() {
    let mut world = World::new(&[&[("DEFAULT_LINE_SELECT", "2")], &[]]);
    world.call(0, "2002");
    assert_eq!(world.calls(0)[0].line, 2);
    world.command(0, Command::HangUp { call: None });
    world.command(0, Command::Call { number: "2002".into(), line: Some(1), hide: None });
    assert_eq!(world.calls(0)[0].line, 1);
    world.command(0, Command::HangUp { call: None });
    let out_of_service = Command::Call { number: "2002".into(), line: Some(3), hide: None };
    assert_eq!(world.try_command(0, out_of_service), Err(Refusal::Line(3)));
    // A default line that is out of service is stood in for.
    world.set(0, "LINE_ENABLE_2", "Disabled");
    world.seconds(5);
    world.call(0, "2002");
    assert_eq!(world.calls(0)[0].line, 1);
}

#[test]
fn redial_calls_again_or_shows_the_log() {
    let mut world = World::new(&[&[], &[]]);
    assert_eq!(world.try_command(0, Command::Redial), Err(Refusal::NoNumber));
    world.call(0, "2002");
    world.command(0, Command::HangUp { call: None });
    world.command(0, Command::Redial);
    assert_eq!((called(&world).as_str(), world.count(0, Method::Invite)), ("2002", 2));

    let mut world = World::new(&[&[("REDIALKEY_CALLLOG_ENABLE", "Y")], &[]]);
    world.call(0, "2002");
    world.command(0, Command::HangUp { call: None });
    world.command(0, Command::Redial);
    assert!(world.units[0].events.contains(&Event::ShowLog { kind: Kind::Dialled }));
    assert_eq!(world.count(0, Method::Invite), 1);
    // Off hook it dials whatever is set.
    world.command(0, Command::OffHook { path: Some(Path::Handset), line: None });
    world.command(0, Command::Redial);
    assert_eq!(world.count(0, Method::Invite), 2);
}

#[test]
fn addresses_are_called_as_they_are() {
    let plan = [("DIAL_PLAN_1", "x."), ("DIAL_PLAN_NOT_MATCH_ENABLE_1", "Y")];
    let mut world = World::new(&[&plan, &[]]);
    world.call(0, "sip:2002@example.com");
    assert_eq!(world.stages(1), [Stage::Ringing]);
    for bad in ["", " ", "a b", "sip:<x>"] {
        let call = Command::Call { number: bad.into(), line: None, hide: None };
        assert!(world.try_command(0, call).is_err(), "{bad:?}");
    }
    assert_eq!(world.calls(0).len(), 1, "a bad number leaves the call at hand alone");
}

#[test]
fn key_tones_follow_the_settings() {
    for (changes, sounds) in [
        (vec![], true),
        (vec![("KEY_PAD_TONE", "N")], false),
        (vec![("KEY_PAD_TONE", "N"), ("TOUCH_TONES", "On")], true),
        (vec![("TOUCH_TONES", "Off")], false),
    ] {
        let mut world = World::new(&[&changes]);
        keys(&mut world, "1");
        assert_eq!(world.media(0).contains(&Media::KeyDown('1')), sounds, "{changes:?}");
    }
}

#[test]
fn hidden_calls_hide() {
    let mut world = World::new(&[&[("CALLER_ID_BLOCK_1", "Y"), ("SIP_PRIVACY_1", "Y")], &[]]);
    world.call(0, "2002");
    let caller = &world.calls(1)[0];
    assert_eq!(caller.number, None);
    world.command(0, Command::HangUp { call: None });
    world.command(0, Command::Call { number: "2002".into(), line: None, hide: Some(false) });
    assert_eq!(world.calls(1)[0].number.as_deref(), Some("2001"));
}

#[test]
fn voice_mail_has_a_number_of_its_own() {
    let mut world = World::new(&[&[("VM_NUMBER_1", "*97")], &[]]);
    world.command(0, Command::CallVoiceMail { line: None });
    assert_eq!(called(&world), "*97");
    assert_eq!(world.try_command(0, Command::CallVoiceMail { line: Some(2) }), Err(Refusal::NoNumber));
}
