//! What servers tell of a line: voice mail, features that they carry out, shared lines, talk and hold, files to fetch.

use offhook_call::command::{Command, ForwardWhen};
use offhook_call::state::{Light, Messages, Stage};
use offhook_media::tone::Signal;
use offhook_sip::message::{Method, Name};

use crate::calls::started;
use crate::world::World;

const SUMMARY: &str = "application/simple-message-summary";
const FEATURES: &str = "application/x-as-feature-event+xml";
const NAMESPACE: &str = "http://www.ecma-international.org/standards/ecma-323/csta/ed3";

fn dnd(on: bool) -> String {
    format!(
        "<?xml version=\"1.0\"?><DoNotDisturbEvent xmlns=\"{NAMESPACE}\"><device>2001</device>\
         <doNotDisturbOn>{on}</doNotDisturbOn></DoNotDisturbEvent>"
    )
}

fn forwarding(kind: &str, on: bool, to: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><ForwardingEvent xmlns=\"{NAMESPACE}\"><device>2001</device>\
         <forwardingType>{kind}</forwardingType><forwardStatus>{on}</forwardStatus><forwardTo>{to}</forwardTo></ForwardingEvent>"
    )
}

#[test]
fn waiting_voice_mail_is_told_and_heard() {
    let mut world = World::new(&[&[("VM_SUBSCRIBE_ENABLE", "Y")]]);
    let body = "Messages-Waiting: yes\r\nVoice-Message: 2/5 (0/0)\r\n";
    world.notify("message-summary", "2001", SUMMARY, body);
    let messages = world.state(0).lines[0].messages;
    assert_eq!(messages, Messages { waiting: true, new: 2, old: 5 });
    world.command(0, Command::OffHook { path: None, line: Some(1) });
    assert_eq!(started(&world.media(0)), [Signal::Stutter]);
    world.command(0, Command::OnHook);
    // Another line has a dial tone of its own.
    world.command(0, Command::OffHook { path: None, line: Some(2) });
    assert_eq!(started(&world.media(0)), [Signal::Dial]);
    world.notify("message-summary", "2001", SUMMARY, "Messages-Waiting: no\r\n");
    assert!(!world.state(0).lines[0].messages.waiting);
}

#[test]
fn voice_mail_that_comes_unasked_needs_its_line_where_that_is_set() {
    for (required, waiting) in [("Y", false), ("N", true)] {
        let mut world = World::new(&[&[("VOICE_MESSAGE_AVAILABLE", required)]]);
        assert!(world.pbx.subscribed.is_empty());
        let notify = world.pbx.unasked("2001", "message-summary", SUMMARY, "Messages-Waiting: yes\r\n");
        world.send_all(vec![notify]);
        world.settle();
        assert_eq!(world.state(0).lines[0].messages.waiting, waiting);
        let notify =
            world.pbx.unasked("2001", "message-summary", SUMMARY, "Messages-Waiting: yes\r\nVoice-Message: 1/0\r\n");
        world.send_all(vec![notify]);
        world.settle();
        assert!(world.state(0).lines[0].messages.waiting);
    }
}

#[test]
fn the_server_s_features_become_the_settings() {
    let mut world = World::new(&[&[("FWD_DND_SYNCHRO_ENABLE_1", "Y")], &[]]);
    world.notify("as-feature-event", "2001", FEATURES, &dnd(true));
    assert!(world.state(0).lines[0].do_not_disturb);
    world.notify("as-feature-event", "2001", FEATURES, &forwarding("forwardImmediate", true, "sip:2009@example.com"));
    assert_eq!(world.state(0).lines[0].forwards.always.as_deref(), Some("2009"));
    // The server has let this call through, so it rings.
    world.call(1, "2001");
    assert_eq!(world.stages(0), [Stage::Ringing]);
    world.notify("as-feature-event", "2001", FEATURES, &dnd(false));
    assert!(!world.state(0).lines[0].do_not_disturb);
    // A destination that no setting can hold stays the server's own, and what else it tells is taken over.
    let long = "9".repeat(40);
    world.notify("as-feature-event", "2001", FEATURES, &forwarding("forwardBusy", true, &long));
    assert_eq!(world.state(0).lines[0].forwards.busy, None);
    // The same once more changes nothing.
    let changes = world.units[0].set.len();
    world.notify("as-feature-event", "2001", FEATURES, &dnd(false));
    assert_eq!(world.units[0].set.len(), changes);
}

#[test]
fn changes_at_the_phone_go_to_the_server_first() {
    let mut world = World::new(&[&[("FWD_DND_SYNCHRO_ENABLE_1", "Y")]]);
    world.notify("as-feature-event", "2001", FEATURES, &dnd(false));
    world.command(0, Command::DoNotDisturb { line: Some(1), on: true });
    let asked = String::from_utf8(world.last(0, Method::Subscribe).body.clone()).unwrap();
    assert!(asked.contains("SetDoNotDisturb") && asked.contains("true"), "{asked}");
    assert!(!world.state(0).lines[0].do_not_disturb, "not before the server says so");
    world.notify("as-feature-event", "2001", FEATURES, &dnd(true));
    assert!(world.state(0).lines[0].do_not_disturb);
    let forward =
        Command::Forward { line: Some(1), when: ForwardWhen::Busy, on: true, number: Some("2002".into()), rings: None };
    world.command(0, forward);
    let asked = String::from_utf8(world.last(0, Method::Subscribe).body.clone()).unwrap();
    assert!(asked.contains("forwardBusy") && asked.contains("2002"), "{asked}");
    // A line that is not synchronised decides for itself.
    world.command(0, Command::DoNotDisturb { line: Some(2), on: true });
    assert!(world.state(0).lines[1].do_not_disturb);
}

#[test]
fn shared_lines_show_what_others_do_and_seize_before_dialling() {
    let buttons = [("FLEX_BUTTON_FACILITY_ACT1", "X_PANASONIC_IPTEL_DN"), ("FLEX_BUTTON_FACILITY_ARG1", "1,1")];
    let mut world = World::new(&[&[&buttons[..], &[("SHARED_CALL_ENABLE_1", "Y")]].concat()]);
    for (state, light) in [("active", Light::Elsewhere), ("held", Light::Held), ("idle", Light::Free)] {
        let info = format!("<sip:example.com>;appearance-index=1;appearance-state={state}");
        world.notify("call-info", "2001", "call-info", &info);
        assert_eq!(world.state(0).buttons[0].light, light, "{state}");
    }
    // What is said of all others leaves those alone that are named beside, and ends what was known of the rest.
    let rest = "<sip:example.com>;appearance-index=*;appearance-state=idle";
    for named in [1, 2] {
        let info = format!("<sip:example.com>;appearance-index={named};appearance-state=active, {rest}");
        world.notify("call-info", "2001", "call-info", &info);
        assert_eq!(world.state(0).buttons[0].light, Light::Elsewhere, "{named}");
    }
    world.notify("call-info", "2001", "call-info", rest);
    assert_eq!(world.state(0).buttons[0].light, Light::Free);
    let seized = |world: &World| world.pbx.subscribed.iter().any(|known| known.event == "line-seize");
    world.command(0, Command::OffHook { path: None, line: Some(1) });
    assert!(seized(&world));
    world.command(0, Command::OnHook);
    world.seconds(1);
    assert!(!seized(&world));
    // A call is made in a free place, and names it.
    world.notify("call-info", "2001", "call-info", "<sip:example.com>;appearance-index=1;appearance-state=active");
    world.call(0, "2009");
    let place = |world: &World| world.last(0, Method::Invite).headers.get(Name::CallInfo).map(str::to_owned);
    assert_eq!(place(&world).as_deref(), Some("<sip:example.com>;appearance-index=2"));
    world.seconds(1);
    // What another phone holds is taken over by the line's button.
    world.notify("call-info", "2001", "call-info", "<sip:example.com>;appearance-index=1;appearance-state=held");
    world.command(0, Command::Press { button: 1 });
    assert_eq!(place(&world).as_deref(), Some("<sip:example.com>;appearance-index=1"));
    let invite = world.last(0, Method::Invite);
    assert_eq!(invite.parsed_uri().unwrap().user().unwrap(), "2001");
}

#[test]
fn changes_on_the_web_page_go_to_the_server_too() {
    let mut world = World::new(&[&[("FWD_DND_SYNCHRO_ENABLE_1", "Y")]]);
    world.notify("as-feature-event", "2001", FEATURES, &dnd(false));
    world.notify("as-feature-event", "2001", FEATURES, &forwarding("forwardBusy", false, "2005"));
    let asked = |world: &World| world.count(0, Method::Subscribe);
    let before = asked(&world);
    world.set(0, "DND_ENABLE_1", "Y");
    assert_eq!(asked(&world), before + 1);
    let body = String::from_utf8(world.last(0, Method::Subscribe).body.clone()).unwrap();
    assert!(body.contains("SetDoNotDisturb") && body.contains("true"), "{body}");
    world.notify("as-feature-event", "2001", FEATURES, &dnd(true));
    assert_eq!(asked(&world), before + 1, "the server's own word is not sent back");
    world.set(0, "FORWARD_BUSY_ENABLE_1", "Y");
    let body = String::from_utf8(world.last(0, Method::Subscribe).body.clone()).unwrap();
    assert!(body.contains("forwardBusy") && body.contains("2005"), "{body}");
    // A line without synchronisation asks nobody.
    let before = asked(&world);
    world.set(0, "DND_ENABLE_2", "Y");
    assert_eq!(asked(&world), before);
}

#[test]
fn the_server_may_answer_hold_and_take_back() {
    for (settings, obeys) in [(vec![("TALK_PACKAGE", "Y"), ("HOLD_PACKAGE", "Y")], true), (vec![], false)] {
        let mut world = World::new(&[&settings, &[]]);
        world.call(1, "2001");
        let (invite, answer) = (world.last(1, Method::Invite).clone(), world.answer.clone().unwrap());
        let tell = |world: &mut World, event: &str| {
            let notify = world.pbx.within(&invite, &answer, "2001", event);
            world.send_all(vec![notify]);
            world.settle();
        };
        tell(&mut world, "talk");
        assert_eq!(world.stages(0), [if obeys { Stage::Talking } else { Stage::Ringing }]);
        if obeys {
            tell(&mut world, "hold");
            assert_eq!(world.stages(0), [Stage::Held]);
            tell(&mut world, "talk");
            assert_eq!(world.stages(0), [Stage::Talking]);
        }
    }
}

#[test]
fn a_server_can_have_files_fetched() {
    let mut world = World::new(&[&[]]);
    for (event, told) in
        [("check-sync;reboot=true", Some(true)), ("check-sync;reboot=false", Some(false)), ("check-sync", None)]
    {
        let notify = world.pbx.unasked("2001", event, "", "");
        world.send_all(vec![notify]);
        world.settle();
        assert_eq!(world.units[0].resyncs.pop(), Some(told), "{event}");
    }
    world.set(0, "CFG_RESYNC_FROM_SIP", "resync");
    let notify = world.pbx.unasked("2001", "check-sync", "", "");
    world.send_all(vec![notify]);
    world.settle();
    assert_eq!(world.units[0].resyncs, []);
}
