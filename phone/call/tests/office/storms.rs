//! Whatever people do in whatever order: nothing stops, no port, channel or call is left over, and both sides agree.

use std::collections::BTreeSet;

use offhook_call::command::{CallId, Command, ForwardWhen, Path};
use offhook_call::state::{CallState, Registration, Stage};
use offhook_media::engine::{ChannelId, Command as Media, Listening};
use proptest::prelude::*;

use crate::world::World;

const PHONES: usize = 4;

#[derive(Debug, Clone)]
enum Deed {
    Command(Box<Command>),
    Set(&'static str, &'static str),
}

/// What somebody does. Calls are named by how many the phone has, so that most commands mean one that is there.
fn deeds() -> impl Strategy<Value = (usize, u64, Deed)> {
    let call = || prop_oneof![2 => Just(None), 3 => (1..9_u16).prop_map(|call| Some(CallId(call)))];
    let number = || prop_oneof![8 => (2001..2005_u16).prop_map(|n| n.to_string()), 1 => Just("9999".to_owned()), 1 => Just("x y".to_owned())];
    let line = || prop_oneof![3 => Just(None), 2 => (1..4_u8).prop_map(Some)];
    let command = prop_oneof![
        6 => (number(), line()).prop_map(|(number, line)| Command::Call { number, line, hide: None }),
        8 => call().prop_map(|call| Command::Answer { call }),
        2 => call().prop_map(|call| Command::Reject { call }),
        3 => call().prop_map(|call| Command::HangUp { call }),
        3 => call().prop_map(|call| Command::Hold { call }),
        3 => call().prop_map(|call| Command::Resume { call }),
        2 => (call(), number()).prop_map(|(call, number)| Command::Transfer { call, number: Some(number), to: None }),
        2 => (call(), call()).prop_map(|(call, to)| Command::Transfer { call, number: None, to }),
        2 => call().prop_map(|with| Command::Conference { with }),
        1 => Just(Command::Split),
        1 => Just(Command::Flash),
        1 => Just(Command::Redial),
        2 => line().prop_map(|line| Command::OffHook { path: Some(Path::Handset), line }),
        2 => Just(Command::OnHook),
        2 => prop_oneof![Just('1'), Just('2'), Just('0'), Just('#')].prop_map(|key| Command::Key { key }),
        1 => Just(Command::Dial),
        1 => (1..6_u8).prop_map(|button| Command::Press { button }),
        1 => (call(), number()).prop_map(|(call, number)| Command::Deflect { call, number }),
        1 => (line(), any::<bool>()).prop_map(|(line, on)| Command::DoNotDisturb { line, on }),
        1 => (number(), any::<bool>()).prop_map(|(number, on)| {
            Command::Forward { line: Some(1), when: ForwardWhen::NoAnswer, on, number: Some(number), rings: Some(2) }
        }),
        1 => any::<bool>().prop_map(|on| Command::Mute { on }),
        1 => Just(Command::Dtmf { call: None, digits: "12".into() }),
    ];
    // From commands that cross each other on the wire to time for every timer.
    let wait = prop_oneof![4 => Just(0), 3 => 1..20_u64, 6 => 50..500_u64, 2 => 1_000..20_000_u64];
    let settings = prop::sample::select(vec![
        ("LINE_ENABLE_1", "Disabled"),
        ("LINE_ENABLE_1", "Enabled"),
        ("LINE_ENABLE_2", "Disabled"),
        ("PHONE_NUMBER_2", "2019"),
        ("CW_ENABLE_1", "N"),
        ("RTP_PORT_MIN", "18000"),
        ("CONFERENCE_SERVER_URI", "sip:2003@example.com"),
        ("DTMF_RELAY_1", "Y"),
        ("FLASH_RECALL_TERMINATE", "Y"),
    ]);
    let deed = prop_oneof![
        20 => command.prop_map(|command| Deed::Command(Box::new(command))),
        1 => settings.prop_map(|(name, value)| Deed::Set(name, value)),
    ];
    (0..PHONES, wait, deed)
}

/// Channels that the engine has open, by what it was told.
fn open_channels(media: &[Media]) -> BTreeSet<ChannelId> {
    let mut open = BTreeSet::new();
    for command in media {
        match command {
            Media::Open { channel, .. } => assert!(open.insert(*channel), "{channel:?} is opened twice"),
            Media::Change { channel, .. } | Media::Feed(channel, _) | Media::Send(channel, _) => {
                assert!(open.contains(channel), "{command:?} without a channel");
            }
            Media::Close(channel) => assert!(open.remove(channel), "{channel:?} is closed twice"),
            _ => {}
        }
    }
    open
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_left_of_any_day_at_the_office(
        deeds in prop::collection::vec(deeds(), 1..60),
        weather in prop::option::of(any::<u64>()),
    ) {
        let buttons = [
            ("FLEX_BUTTON_FACILITY_ACT1", "X_PANASONIC_IPTEL_DN"),
            ("FLEX_BUTTON_FACILITY_ARG1", "1,1"),
            ("FLEX_BUTTON_FACILITY_ACT2", "X_PANASONIC_IPTEL_DN"),
            ("FLEX_BUTTON_FACILITY_ARG2", "1,2"),
            ("FLEX_BUTTON_FACILITY_ACT3", "X_PANASONIC_IPTEL_CONTACT"),
            ("FLEX_BUTTON_FACILITY_ARG3", "2002"),
            ("AUTO_CALL_HOLD", "Y"),
            ("HOLD_RECALL_TIM", "10"),
        ];
        let auto = [("AUTO_ANSWER", "Y"), ("AUTO_ANS_RING_TIM", "1")];
        let mut world = World::new(&[&buttons, &[], &auto, &buttons]);
        world.weather(weather);
        for (place, wait, deed) in deeds {
            let now = world.now;
            match deed {
                // Many are refused, which is part of the test.
                Deed::Command(command) => drop(world.units[place].phone.command(now, *command)),
                Deed::Set(name, value) => world.change(place, name, value),
            }
            world.run(std::time::Duration::from_millis(wait));
        }
        // Both ends of each call agree that it is up, once all is quiet.
        world.seconds(200);
        let up = |world: &World, place| {
            world.calls(place).into_iter().filter(|call| matches!(call.stage, Stage::Talking | Stage::Held)).count()
        };
        let all: usize = (0..PHONES).map(|place| up(&world, place)).sum();
        prop_assert_eq!(all % 2, 0, "a call is up at one end alone: {:?}", (0..PHONES).map(|p| world.calls(p)).collect::<Vec<_>>());
        for place in 0..PHONES {
            // Whoever has asked us to call somebody else waits for that.
            let rings = world.calls(place).iter().any(|call| call.stage == Stage::RingingThere);
            let with_person = |call: &CallState| call.active || call.conference || call.transfer && rings;
            let left = |call: &CallState| call.stage == Stage::Talking && !with_person(call);
            prop_assert!(!world.calls(place).iter().any(left), "left in silence: {:?}", world.calls(place));
            let calls: Vec<_> = world.calls(place).into_iter().map(|call| call.call).collect();
            prop_assert!(world.state(place).calls.iter().filter(|call| call.active).count() <= 1);
            for call in calls {
                let now = world.now;
                let _ = world.units[place].phone.command(now, Command::HangUp { call: Some(call) });
            }
            let now = world.now;
            let _ = world.units[place].phone.command(now, Command::OnHook);
        }
        world.weather(None);
        world.seconds(200);
        for place in 0..PHONES {
            let unit = &world.units[place];
            prop_assert!(world.calls(place).is_empty(), "{:?}", world.calls(place));
            prop_assert!(unit.ports.is_empty(), "ports stay open");
            prop_assert!(open_channels(&unit.media).is_empty(), "channels stay open");
            let listening = unit.media.iter().rev().find_map(|m| if let Media::Listen(on) = m { Some(*on) } else { None });
            prop_assert!(listening.is_none_or(|on| on == Listening::Off), "{:?}", world.state(place));
            let rings = unit.media.iter().rev().find(|m| matches!(m, Media::Ring(_) | Media::StopRinging));
            prop_assert!(rings.is_none_or(|m| *m == Media::StopRinging));
            for line in &unit.phone.state().lines {
                let settled = [Registration::Registered, Registration::Off];
                prop_assert!(settled.contains(&line.registration), "{:?}", line);
            }
        }
    }
}
