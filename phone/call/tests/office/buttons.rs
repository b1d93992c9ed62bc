//! The flexible buttons: lights and what pressing does.

use offhook_call::button::Function;
use offhook_call::command::{Command, Path, Refusal};
use offhook_call::output::Reason;
use offhook_call::state::{Light, Stage};
use offhook_media::engine::Command as Media;
use offhook_sip::message::Method;

use crate::world::World;

const DN: &str = "X_PANASONIC_IPTEL_DN";
const HEADSET: &str = "X_PANASONIC_IPTEL_HEADSET";
const BLF: &str = "X_PANASONIC_IPTEL_CONTACT";
const ONE_TOUCH: &str = "X_PANASONIC_IPTEL_ONETOUCH";

const BUTTONS: [(&str, &str); 12] = [
    ("FLEX_BUTTON_FACILITY_ACT1", DN),
    ("FLEX_BUTTON_FACILITY_ARG1", "7,1"),
    ("FLEX_BUTTON_FACILITY_ACT2", DN),
    ("FLEX_BUTTON_FACILITY_ARG2", "9,2"),
    ("FLEX_BUTTON_FACILITY_ACT3", HEADSET),
    ("FLEX_BUTTON_FACILITY_ACT4", BLF),
    ("FLEX_BUTTON_FACILITY_ARG4", "2002"),
    ("FLEX_BUTTON_LABEL4", "Reception"),
    ("FLEX_BUTTON_FACILITY_ACT24", ONE_TOUCH),
    ("FLEX_BUTTON_FACILITY_ARG24", "2003"),
    ("NUM_PLAN_PICKUP_DIRECT", "*41"),
    ("FLEX_BUTTON_FACILITY_ACT5", ""),
];

fn light(world: &World, button: usize) -> Light {
    world.state(0).buttons[button - 1].light
}

fn press(button: u8) -> Command {
    Command::Press { button }
}

fn dialog(state: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"0\" state=\"full\" \
         entity=\"sip:2002@example.com\"><dialog id=\"1\" direction=\"recipient\"><state>{state}</state></dialog></dialog-info>"
    )
}

#[test]
fn a_press_can_be_heard_and_one_that_does_nothing_cannot() {
    let mut world = World::new(&[&BUTTONS, &[]]);
    world.command(0, press(3));
    assert!(world.media(0).contains(&Media::Tap));
    let mut world = World::new(&[&BUTTONS, &[]]);
    assert_eq!(world.try_command(0, press(5)), Err(Refusal::Forbidden));
    assert!(!world.media(0).contains(&Media::Tap));
}

#[test]
fn buttons_tell_what_they_are_for() {
    let world = World::new(&[&BUTTONS, &[]]);
    let buttons = world.state(0).buttons;
    assert_eq!(buttons.len(), 24);
    assert_eq!(buttons[0].function, Function::Line { line: 1, ringtone: 7 });
    assert_eq!(
        (buttons[3].label.as_str(), &buttons[3].function),
        ("Reception", &Function::Lamp { number: "2002".into() })
    );
    assert_eq!(buttons[4].function, Function::Unused);
    assert_eq!((light(&world, 1), light(&world, 2)), (Light::Free, Light::Free));
}

#[test]
fn line_buttons_take_and_hold_calls() {
    for (auto_hold, end) in [("Y", vec![]), ("N", vec![Reason::Remote])] {
        let settings = [&BUTTONS[..], &[("AUTO_CALL_HOLD", auto_hold)]].concat();
        let mut world = World::new(&[&settings, &[], &[]]);
        world.call(2, "2001");
        assert_eq!(light(&world, 1), Light::Ringing);
        assert_eq!(world.media(0), [Media::Ring(7)], "the line's own ringtone");
        world.command(0, press(1));
        assert_eq!((world.stages(0), light(&world, 1)), (vec![Stage::Talking], Light::InUse));
        // The other line's button gives a dial tone, and holds or ends the call at hand.
        world.command(0, press(2));
        assert_eq!(world.state(0).dialling.unwrap().line, 2);
        assert_eq!(light(&world, 2), Light::InUse);
        assert_eq!(world.ends(2), end);
        match auto_hold {
            "Y" => {
                assert_eq!(light(&world, 1), Light::Held);
                world.command(0, press(1));
                assert_eq!(world.stages(0), [Stage::Talking]);
            }
            _ => assert_eq!(light(&world, 1), Light::Free),
        }
    }
}

#[test]
fn one_touch_buttons_call_or_enter_their_number() {
    let mut world = World::new(&[&BUTTONS, &[], &[]]);
    world.command(0, press(24));
    assert_eq!(world.stages(2), [Stage::Ringing]);
    world.command(0, Command::HangUp { call: None });
    world.command(0, press(2));
    world.command(0, press(24));
    assert_eq!(world.calls(0)[0].line, 2, "on the line whose dial tone asked for it");
    assert_eq!(world.try_command(0, press(5)), Err(Refusal::Forbidden));
    assert_eq!(world.try_command(0, press(0)), Err(Refusal::Button(0)));
    assert_eq!(world.try_command(0, press(25)), Err(Refusal::Button(25)));
}

#[test]
fn the_headset_button_switches() {
    let mut world = World::new(&[&BUTTONS, &[]]);
    assert_eq!(light(&world, 3), Light::Off);
    world.talk(0, 1);
    world.command(0, press(3));
    assert_eq!((world.state(0).path, light(&world, 3)), (Some(Path::Headset), Light::On));
    world.command(0, press(3));
    assert_eq!((world.state(0).path, light(&world, 3)), (Some(Path::HandsFree), Light::Off));
}

#[test]
fn busy_lamps_shine_call_and_pick_up() {
    let mut world = World::new(&[&BUTTONS, &[], &[]]);
    assert_eq!(light(&world, 4), Light::Off, "nothing is known yet");
    for (state, shines) in [("terminated", Light::Free), ("confirmed", Light::InUse), ("early", Light::Ringing)] {
        let mut world = World::new(&[&BUTTONS, &[]]);
        world.notify("dialog", "2002", "application/dialog-info+xml", &dialog(state));
        assert_eq!(light(&world, 4), shines);
    }
    world.notify("dialog", "2002", "application/dialog-info+xml", &dialog("early"));
    world.command(0, press(4));
    let called = |world: &World| world.last(0, Method::Invite).parsed_uri().unwrap().user().unwrap().into_owned();
    assert_eq!(called(&world), "*412002", "picks up");
    world.command(0, Command::PickUp { number: "2003".into() });
    assert_eq!(called(&world), "*412003");
    // Without a feature number, or without a ringing call, it calls.
    world.set(0, "NUM_PLAN_PICKUP_DIRECT", "");
    world.command(0, press(4));
    assert_eq!(called(&world), "2002");
    assert_eq!(world.try_command(0, Command::PickUp { number: "2003".into() }), Err(Refusal::Forbidden));
}

#[test]
fn a_busy_lamp_during_a_call_asks_there_first() {
    let mut world = World::new(&[&BUTTONS, &[], &[]]);
    world.talk(0, 2);
    world.command(0, press(4));
    assert_eq!(world.stages(0), [Stage::Held, Stage::RingingThere]);
    world.answer(1);
    world.command(0, Command::OnHook);
    world.seconds(2);
    assert_eq!(
        (world.stages(0), world.stages(1), world.stages(2)),
        (vec![], vec![Stage::Talking], vec![Stage::Talking])
    );
}

#[test]
fn one_subscription_covers_a_resource_list() {
    let list = [("RESOURCELIST_URI_1", "sip:blf@example.com")];
    let world = World::new(&[&[&BUTTONS[..], &list].concat()]);
    let users: Vec<_> = world.pbx.subscribed.iter().map(|known| known.user.as_str()).collect();
    assert_eq!(users, ["blf"]);
    let world = World::new(&[&BUTTONS]);
    let users: Vec<_> = world.pbx.subscribed.iter().map(|known| known.user.as_str()).collect();
    assert_eq!(users, ["2002"]);
}

#[test]
fn buttons_follow_their_settings() {
    let mut world = World::new(&[&BUTTONS, &[]]);
    world.set(0, "FLEX_BUTTON_FACILITY_ARG4", "2003");
    let users: Vec<_> = world.pbx.subscribed.iter().map(|known| known.user.as_str()).collect();
    assert_eq!(users, ["2003"], "the old lamp is given up");
}

#[test]
fn a_line_that_becomes_somebody_else_subscribes_as_that() {
    let settings = [&BUTTONS[..], &[("VM_SUBSCRIBE_ENABLE", "Y"), ("LINE_ENABLE_2", "Disabled")]].concat();
    let mut world = World::new(&[&settings]);
    let users = |world: &World| {
        let mut users: Vec<_> = world.pbx.subscribed.iter().map(|known| known.user.clone()).collect();
        users.sort();
        users
    };
    assert_eq!(users(&world), ["2001", "2002"]);
    world.set(0, "PHONE_NUMBER_1", "2005");
    world.seconds(5);
    assert_eq!(users(&world), ["2002", "2005"]);
    // Out of service and back.
    world.set(0, "LINE_ENABLE_1", "Disabled");
    world.seconds(5);
    assert!(users(&world).is_empty());
    world.set(0, "LINE_ENABLE_1", "Enabled");
    world.seconds(5);
    assert_eq!(users(&world), ["2002", "2005"]);
}

#[test]
fn lines_without_registration_are_out_of_service() {
    let settings = [&BUTTONS[..], &[("SIP_RGSTR_ADDR_2", "192.0.2.200"), ("SIP_PRXY_ADDR_2", "192.0.2.200")]].concat();
    let mut world = World::new(&[&settings]);
    world.seconds(2);
    assert_eq!((light(&world, 1), light(&world, 2)), (Light::Free, Light::OutOfService));
}
