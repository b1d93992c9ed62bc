//! Calling, answering, holding, hanging up, and what is heard meanwhile.

use std::time::Duration;

use offhook_call::command::{CallId, Command, ForwardWhen, Path, Refusal};
use offhook_call::output::Reason;
use offhook_call::state::{Registration, Stage};
use offhook_call::{EveryCall, MOST_CALLS};
use offhook_media::engine::{Command as Media, Feed, Listening};
use offhook_media::sdp::Direction;
use offhook_media::tone::Signal;
use offhook_sip::message::Method;

use crate::pbx::Pbx;
use crate::world::{CLOCK, World};

/// Signals that were started.
pub(crate) fn started(media: &[Media]) -> Vec<Signal> {
    media.iter().filter_map(|m| if let Media::Start(tone) = m { Some(tone.signal) } else { None }).collect()
}

pub(crate) fn feeds(media: &[Media]) -> Vec<Feed> {
    media.iter().filter_map(|m| if let Media::Feed(_, feed) = m { Some(*feed) } else { None }).collect()
}

#[test]
fn lines_register() {
    let world = World::new(&[&[]]);
    let lines = world.state(0).lines;
    assert_eq!(lines[0].registration, Registration::Registered);
    assert_eq!((lines[0].number.as_str(), lines[0].server.as_deref()), ("2001", Some("192.0.2.1:5060")));
    assert_eq!(lines[1].registration, Registration::Registered);
    assert_eq!(lines[2].registration, Registration::Off);
}

#[test]
fn a_call_began_when_it_began_whatever_time_it_is() {
    let mut world = World::new(&[&[], &[]]);
    world.talk(0, 1);
    let since = world.calls(0)[0].since;
    assert!(since.is_some());
    for ms in (0..3000).step_by(130).map(Duration::from_millis) {
        // Both clocks are not read in the same moment.
        for late in [0, 1, 2].map(Duration::from_millis) {
            world.units[0].phone.set_clock(world.now + ms + late, CLOCK + world.now + ms);
            assert_eq!(world.calls(0)[0].since, since, "{ms:?}");
        }
    }
    // The time is another one.
    let hour = Duration::from_secs(3600);
    world.units[0].phone.set_clock(world.now, CLOCK + world.now + hour);
    assert_eq!(world.calls(0)[0].since, since.map(|since| since + 3600));
}

#[test]
fn a_call_from_dial_tone_to_disconnect_tone() {
    let mut world = World::new(&[&[], &[]]);
    world.call(0, "2002");
    assert_eq!(world.stages(0), [Stage::RingingThere]);
    assert_eq!(started(&world.media(0)), [Signal::Ringback]);
    assert_eq!(world.stages(1), [Stage::Ringing]);
    assert_eq!(world.media(1), [Media::Ring(1)]);
    let caller = &world.calls(1)[0];
    assert_eq!((caller.number.as_deref(), caller.incoming, caller.line), (Some("2001"), true, 1));

    world.answer(1);
    assert_eq!((world.stages(0), world.stages(1)), (vec![Stage::Talking], vec![Stage::Talking]));
    let media = world.media(0);
    assert!(media.contains(&Media::Stop(Signal::Ringback)), "{media:?}");
    assert!(media.iter().any(|m| matches!(m, Media::Open { .. })), "{media:?}");
    assert_eq!(feeds(&media), [Feed::Person]);
    let media = world.media(1);
    assert!(media.contains(&Media::StopRinging), "{media:?}");
    assert!(media.iter().any(|m| matches!(m, Media::Listen(Listening::On(_)))), "{media:?}");
    assert_eq!(world.calls(0)[0].codec, world.calls(1)[0].codec);
    assert_eq!(world.units[0].ports.len(), 1);

    world.seconds(30);
    world.command(1, Command::HangUp { call: None });
    assert_eq!((world.ends(0), world.ends(1)), (vec![Reason::Remote], vec![Reason::Local]));
    let media = world.media(0);
    assert_eq!(started(&media), [Signal::Disconnect]);
    assert!(media.iter().any(|m| matches!(m, Media::Close(_))), "{media:?}");
    assert!(world.media(1).contains(&Media::Listen(Listening::Off)));
    assert!(world.units[0].ports.is_empty() && world.units[1].ports.is_empty(), "all ports are closed");
    // Hands-free, the tone ends by itself and the phone is on hook.
    world.seconds(4);
    assert!(world.media(0).contains(&Media::Listen(Listening::Off)));
    assert_eq!(world.state(0).path, None);
}

#[test]
fn hold_and_resume_from_either_side() {
    let mut world = World::new(&[&[("RFC2543_HOLD_ENABLE_1", "N"), ("RTP_CLOSE_ENABLE_1", "N")], &[]]);
    world.talk(0, 1);
    world.media(0);
    world.command(0, Command::Hold { call: None });
    assert_eq!(world.stages(0), [Stage::Held]);
    assert!(world.calls(1)[0].held_there);
    let sdp = String::from_utf8(world.last(0, Method::Invite).body.clone()).unwrap();
    assert!(sdp.contains("a=sendonly") && !sdp.contains("0.0.0.0"), "{sdp}");
    let media = world.media(0);
    assert_eq!(feeds(&media), [Feed::Hold]);
    let held = media
        .iter()
        .any(|m| matches!(m, Media::Change { stream, .. } if stream.agreed.direction == Direction::SendOnly));
    assert!(held, "{media:?}");

    // The other side holds too, and both take back.
    world.command(1, Command::Hold { call: None });
    assert!(world.calls(0)[0].held_there);
    world.command(0, Command::Resume { call: None });
    assert_eq!(world.stages(0), [Stage::Talking]);
    world.command(1, Command::Resume { call: None });
    assert_eq!(world.stages(1), [Stage::Talking]);
    assert!(!world.calls(0)[0].held_there && !world.calls(1)[0].held_there);
    assert_eq!(world.try_command(0, Command::Resume { call: Some(CallId(1)) }), Err(Refusal::State));
}

#[test]
fn hold_recall_reminds_and_stops_when_the_call_is_taken_back() {
    let mut world = World::new(&[&[("HOLD_RECALL_TIM", "20")], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Hold { call: None });
    world.media(0);
    world.seconds(19);
    assert!(!world.calls(0)[0].recall);
    world.seconds(1);
    assert!(world.calls(0)[0].recall);
    assert_eq!(world.media(0), [Media::Ring(1)], "on hook, the ringer reminds");
    world.command(0, Command::OffHook { path: Some(Path::Handset), line: Some(2) });
    let media = world.media(0);
    assert_eq!(started(&media), [Signal::Dial, Signal::HoldAlarm]);
    world.command(0, Command::Resume { call: None });
    assert!(world.media(0).contains(&Media::Stop(Signal::HoldAlarm)));
    assert!(!world.calls(0)[0].recall);
}

#[test]
fn without_hold_recall_nobody_is_reminded() {
    let mut world = World::new(&[&[("HOLD_RECALL_TIM", "0")], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Hold { call: None });
    world.seconds(600);
    assert!(!world.calls(0)[0].recall);
}

#[test]
fn a_second_call_waits_and_the_first_is_held_when_it_is_answered() {
    let mut world = World::new(&[&[], &[], &[]]);
    world.talk(0, 1);
    world.media(0);
    world.call(2, "2001");
    assert_eq!(world.stages(0), [Stage::Talking, Stage::Waiting]);
    assert_eq!(started(&world.media(0)), [Signal::CallWaiting]);
    world.answer(0);
    assert_eq!(world.stages(0), [Stage::Held, Stage::Talking]);
    assert!(world.media(0).contains(&Media::Stop(Signal::CallWaiting)));
    assert!(world.calls(1)[0].held_there);
    // Back and forth.
    world.command(0, Command::Resume { call: None });
    assert_eq!(world.stages(0), [Stage::Talking, Stage::Held]);
    assert!(world.calls(2)[0].held_there && !world.calls(1)[0].held_there);
    // A third caller finds the line in use with a call waiting, a fourth one does not.
    world.command(2, Command::HangUp { call: None });
    assert_eq!(world.stages(0), [Stage::Talking]);
}

#[test]
fn call_waiting_can_be_off_and_data_calls_hear_no_tone() {
    let mut world = World::new(&[&[("CW_ENABLE_1", "N")], &[], &[]]);
    world.talk(0, 1);
    world.call(2, "2001");
    assert_eq!(world.ends(2), [Reason::Busy]);
    assert_eq!(started(&world.media(2)), [Signal::Busy]);
    assert_eq!(world.stages(0), [Stage::Talking]);

    let mut world = World::new(&[&[("DATA_LINE_MODE", "Y")], &[], &[]]);
    world.talk(0, 1);
    world.media(0);
    world.call(2, "2001");
    assert_eq!(world.stages(0), [Stage::Talking, Stage::Waiting]);
    assert_eq!(started(&world.media(0)), []);
}

#[test]
fn callers_give_up_and_are_missed() {
    let mut world = World::new(&[&[], &[]]);
    world.call(0, "2002");
    world.command(0, Command::HangUp { call: None });
    assert_eq!((world.ends(0), world.ends(1)), (vec![Reason::Local], vec![Reason::Missed]));
    assert_eq!(world.state(1).missed, 1);
    assert!(world.media(1).contains(&Media::StopRinging));
    world.command(1, Command::SeeMissed);
    assert_eq!(world.state(1).missed, 0);
}

#[test]
fn rejected_calls_get_the_code_of_the_settings() {
    let mut world = World::new(&[&[], &[("SIP_RESPONSE_CODE_CALL_REJECT", "433")]]);
    world.call(0, "2002");
    world.command(1, Command::Reject { call: None });
    assert!(world.responses.contains(&(433, Method::Invite)));
    assert_eq!(world.ends(0), [Reason::Refused]);
    assert_eq!(started(&world.media(0)), [Signal::Ringback, Signal::Failure]);
    assert_eq!(world.state(1).missed, 0, "somebody has seen it");
}

#[test]
fn numbers_that_nobody_has_fail() {
    let mut world = World::new(&[&[]]);
    world.call(0, "9999");
    assert_eq!(world.ends(0), [Reason::Refused]);
    assert_eq!(started(&world.media(0)), [Signal::Failure]);
    world.seconds(11);
    assert_eq!(world.state(0).path, None);
}

#[test]
fn auto_answer_takes_calls_after_its_time() {
    let mut world = World::new(&[&[], &[("AUTO_ANSWER", "Y"), ("AUTO_ANS_RING_TIM", "7")]]);
    world.call(0, "2002");
    world.seconds(6);
    assert_eq!(world.stages(1), [Stage::Ringing]);
    world.seconds(1);
    assert_eq!(world.stages(1), [Stage::Talking]);
    let mut world = World::new(&[&[], &[("AUTO_ANSWER", "Y"), ("AUTO_ANS_RING_TIM", "0"), ("HEADSET_MODE", "Y")]]);
    world.call(0, "2002");
    assert_eq!(world.stages(1), [Stage::Talking]);
    assert_eq!(world.state(1).path, Some(Path::Headset));
}

#[test]
fn every_call_can_be_taken_up_to_all_channels() {
    let callers: Vec<&[(&str, &str)]> = vec![&[]; 4];
    let mut world = World::with(&callers, Some(EveryCall::Echoed), Pbx::default());
    for _ in 0..7 {
        for caller in 1..4 {
            world.call(caller, "2001");
            world.command(caller, Command::Hold { call: None });
        }
    }
    assert_eq!(world.calls(0).len(), 21);
    assert!(world.stages(0).iter().all(|stage| *stage == Stage::Talking));
    assert!(feeds(&world.media(0)).iter().all(|feed| *feed == Feed::Echo));
    for caller in [1, 2, 3, 1] {
        world.call(caller, "2001");
        world.command(caller, Command::Hold { call: None });
    }
    assert_eq!(world.calls(0).len(), MOST_CALLS);
    world.call(2, "2001");
    assert_eq!(world.ends(2), [Reason::Busy]);
}

#[test]
fn flash_ends_the_call_or_tells_the_phone_system() {
    let mut world = World::new(&[&[], &[]]);
    world.talk(0, 1);
    world.command(0, Command::Flash);
    assert_eq!(world.ends(1), [Reason::Remote]);
    assert!(world.state(0).dialling.is_some(), "a new dial tone");
    for (kind, text) in [("Signal", "Signal"), ("flashhook", "flash")] {
        let mut world = World::new(&[&[("FLASH_RECALL_TERMINATE", "N"), ("FLASHHOOK_CONTENT_TYPE", kind)], &[]]);
        world.talk(0, 1);
        world.command(0, Command::Flash);
        let info = world.last(0, Method::Info);
        let all = format!("{:?} {}", info.headers, String::from_utf8_lossy(&info.body));
        assert!(all.to_lowercase().contains(&text.to_lowercase()), "{all}");
        assert_eq!(world.stages(0), [Stage::Talking]);
    }
}

#[test]
fn digits_go_by_event_in_voice_or_by_info() {
    let send = Command::Dtmf { call: None, digits: "1*#".into() };
    for (settings, events, inband) in [
        (vec![("DTMF_SIGNAL_LEN", "100"), ("DTMF_INTDIGIT_TIM", "60")], true, false),
        (vec![("OUTBANDDTMF_1", "N")], false, true),
        (vec![("TELEVENT_PAYLOAD", "110")], true, false),
    ] {
        let mut world = World::new(&[&settings, &[]]);
        world.talk(0, 1);
        let media = world.media(0);
        let stream = media.iter().find_map(|m| if let Media::Open { stream, .. } = m { Some(stream) } else { None });
        let stream = stream.unwrap();
        assert_eq!((stream.agreed.events.is_some(), stream.digits_inband), (events, inband), "{settings:?}");
        world.command(0, send.clone());
        let media = world.media(0);
        let [Media::Send(_, digits)] = media.as_slice() else { panic!("{media:?}") };
        assert_eq!(digits.digits, "1*#");
        let first = settings[0].0 == "DTMF_SIGNAL_LEN";
        assert_eq!(digits.length.as_millis(), if first { 100 } else { 180 });
        assert_eq!(digits.pause.as_millis(), if first { 60 } else { 90 });
    }
    let mut world = World::new(&[&[("DTMF_RELAY_1", "Y")], &[]]);
    world.talk(0, 1);
    world.media(0);
    world.command(0, send);
    assert!(world.count(0, Method::Info) < 3, "each has its time");
    world.run(Duration::from_millis(3 * 270));
    assert_eq!(world.count(0, Method::Info), 3);
    assert!(world.media(0).is_empty());
    assert_eq!(world.try_command(0, Command::Dtmf { call: None, digits: "x".into() }), Err(Refusal::Key('x')));
    let many = "1".repeat(33);
    assert_eq!(world.try_command(0, Command::Dtmf { call: None, digits: many }), Err(Refusal::Digits));
    assert_eq!(world.count(0, Method::Info), 3, "all of them are sent, or none");
}

#[test]
fn mute_and_path_need_somebody_who_talks() {
    let mut world = World::new(&[&[], &[]]);
    assert_eq!(world.try_command(0, Command::Mute { on: true }), Err(Refusal::NoCall));
    world.talk(0, 1);
    world.media(0);
    world.command(0, Command::Mute { on: true });
    world.command(0, Command::Path { path: Path::Handset });
    let media = world.media(0);
    assert_eq!(media, [Media::Mute(true), Media::Listen(Listening::On(offhook_media::engine::Path::Handset))]);
    // Hanging up ends it.
    world.command(0, Command::OnHook);
    assert!(world.media(0).contains(&Media::Mute(false)));
    let unmuted = world.try_command(
        0,
        Command::Forward { line: Some(7), when: ForwardWhen::Busy, on: false, number: None, rings: None },
    );
    assert_eq!(unmuted, Err(Refusal::Line(7)));
}

#[test]
fn the_handset_hears_the_disconnect_tone_for_its_own_time() {
    let settings = [("TONE_LEN_DISCONNECT_HANDSET", "12"), ("TONE_LEN_DISCONNECT_HANDSFREE", "2")];
    for (path, seconds) in [(Path::Handset, 12), (Path::HandsFree, 2)] {
        let mut world = World::new(&[&settings, &[]]);
        world.talk(0, 1);
        world.command(0, Command::Path { path });
        world.media(0);
        world.command(1, Command::HangUp { call: None });
        let media = world.media(0);
        let length = media.iter().find_map(|m| if let Media::Start(tone) = m { tone.length } else { None });
        assert_eq!(length.map(|length| length.as_secs()), Some(seconds));
        world.seconds(seconds);
        // Then the handset is silent until it is put down.
        let off = world.media(0).contains(&Media::Listen(Listening::Off));
        assert_eq!(off, path == Path::HandsFree);
        world.command(0, Command::OnHook);
        assert_eq!(world.state(0).path, None);
    }
}
