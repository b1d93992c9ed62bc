//! Settings that act on the media of calls, on what is shown, and on the ringer; each is turned, and its effect seen.

use offhook_call::command::{Command, Refusal};
use offhook_call::output::Reason;
use offhook_call::state::{CallState, Registration, Stage};
use offhook_media::Codec;
use offhook_media::engine::{Command as Media, Event, Report, Stream};
use offhook_media::jitter::Figures;
use offhook_media::rtp::Statistics;
use offhook_params::types::Dscp;
use offhook_sip::message::Method;

use crate::world::World;

/// The stream of a call between two phones, the first of which has these settings.
fn stream(settings: &[(&str, &str)]) -> (World, Stream) {
    let mut world = World::new(&[settings, &[]]);
    world.talk(0, 1);
    let media = world.media(0);
    let stream =
        media.iter().find_map(|m| if let Media::Open { stream, .. } = m { Some(stream.clone()) } else { None });
    (world, stream.expect("a channel was opened"))
}

#[test]
fn jitter_buffers_and_reports_follow_the_line() {
    let (_, stream) = stream(&[]);
    assert_eq!(stream.reports, None);
    let (_, stream) = self::stream(&[
        ("MAX_DELAY_1", "30"),
        ("MIN_DELAY_1", "3"),
        ("NOM_DELAY_1", "4"),
        ("RTCP_ENABLE_1", "Y"),
        ("RTCP_INTVL_1", "9"),
    ]);
    let delays = [stream.delays.minimum, stream.delays.initial, stream.delays.maximum].map(|d| d.as_millis());
    assert_eq!(delays, [30, 40, 300]);
    assert_eq!(stream.reports.map(|every| every.as_secs()), Some(9));
}

#[test]
fn ports_and_marks_are_those_of_the_settings() {
    let (world, _) =
        stream(&[("DSCP_RTP_1", "46"), ("DSCP_RTCP_1", "10"), ("RTP_PORT_MIN", "30000"), ("RTP_PORT_MAX", "30400")]);
    let ports = world.units[0].ports[0];
    assert_eq!((ports.port, ports.rtp, ports.rtcp), (30000, Dscp(46), Dscp(10)));
    let sdp = String::from_utf8(world.last(0, Method::Invite).body.clone()).unwrap();
    assert!(sdp.contains("m=audio 30000 "), "{sdp}");
}

#[test]
fn the_router_s_address_and_ports_stand_in_descriptions() {
    let mut settings = vec![
        ("NAPT_GLOBAL_ADDRESS".to_owned(), "203.0.113.10".to_owned()),
        ("NAPT_LINE_ENABLE_1".to_owned(), "Y".to_owned()),
    ];
    settings.extend((1..=25).map(|n| (format!("NAPT_CHANNEL_PORT_{n}"), (40000 + 2 * n).to_string())));
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mut world = World::new(&[&settings, &[]]);
    world.call(0, "2002");
    let sdp = String::from_utf8(world.last(0, Method::Invite).body.clone()).unwrap();
    assert!(sdp.contains("c=IN IP4 203.0.113.10") && sdp.contains("m=audio 40002 "), "{sdp}");
}

#[test]
fn calls_without_a_common_codec_do_not_ring() {
    let only = |codec: &str| {
        let mut settings = vec![("CODEC_G711_REQ".to_owned(), "0".to_owned())];
        settings.extend(
            ["0", "1", "3", "4"].map(|y| (format!("CODEC_ENABLE{y}_1"), if y == codec { "Y" } else { "N" }.to_owned())),
        );
        settings
    };
    let (g722, pcma) = (only("0"), only("1"));
    let [g722, pcma] = [&g722, &pcma].map(|s| s.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect::<Vec<_>>());
    let mut world = World::new(&[&g722, &pcma]);
    world.call(0, "2002");
    assert_eq!(world.ends(0), [Reason::Refused]);
    assert!(world.responses.contains(&(488, Method::Invite)));
    assert!(world.units[1].ports.is_empty() && world.units[0].ports.is_empty());
    let mut world = World::new(&[&pcma, &pcma]);
    world.talk(0, 1);
    assert_eq!(world.calls(0)[0].codec.as_deref(), Some("PCMA"));
}

#[test]
fn the_ringer_can_be_silenced_where_people_may() {
    let rings = |settings: &[(&str, &str)]| {
        let mut world = World::new(&[&[], settings]);
        world.call(0, "2002");
        assert_eq!(world.stages(1), [Stage::Ringing]);
        !world.media(1).is_empty()
    };
    assert!(rings(&[]));
    assert!(!rings(&[("RINGING_OFF", "Y")]));
    assert!(!rings(&[("RINGER_VOLUME", "0")]));
    assert!(rings(&[("RINGING_OFF", "Y"), ("RINGING_OFF_SETTING_ENABLE", "N")]));
    let mut world = World::new(&[&[("RINGING_OFF_SETTING_ENABLE", "N")], &[]]);
    assert_eq!(world.try_command(0, Command::RingingOff { on: true }), Err(Refusal::Forbidden));
    world.command(1, Command::RingingOff { on: true });
    world.command(1, Command::AutoAnswer { on: true });
    let set: Vec<_> = world.units[1].set.iter().map(|(id, value)| (id.name(), value.as_str())).collect();
    assert_eq!(set, [("RINGING_OFF", "Y"), ("AUTO_ANSWER", "Y")]);
}

#[test]
fn ringtones_are_the_line_s_or_the_phone_s() {
    let mut world = World::new(&[&[], &[("RINGTONE", "12")]]);
    world.call(0, "2002");
    assert_eq!(world.media(1), [Media::Ring(12)]);
}

#[test]
fn callers_and_groups_are_shown_as_set() {
    let shown = |display: &str, called: &str| -> CallState {
        let settings = [("DDI_ICD_GROUP_DISPLAY", display)];
        let mut world = World::new(&[&[("DISPLAY_NAME_1", "Alice")], &settings]);
        // The group's number leads to the phone.
        world.pbx.users.insert("500".into(), world.pbx.users["2002"]);
        world.call(0, called);
        world.calls(1)[0].clone()
    };
    for (display, name, group) in
        [("0", "Alice", None), ("1", "Alice", None), ("2", "", Some("500")), ("3", "", Some("500"))]
    {
        let call = shown(display, "500");
        assert_eq!((call.name.as_str(), call.group.as_deref()), (name, group), "{display}");
    }
    // A call for the line itself has no group.
    for (display, name) in [("0", "Alice"), ("1", "Alice"), ("2", "Alice"), ("3", "")] {
        let call = shown(display, "2002");
        assert_eq!((call.name.as_str(), call.group.as_deref()), (name, None), "{display}");
    }
}

#[test]
fn holding_closes_the_stream_where_that_is_set() {
    for (closes, zero, closed) in [("Y", "Y", true), ("N", "N", false)] {
        let (mut world, _) = stream(&[("RTP_CLOSE_ENABLE_1", closes), ("RFC2543_HOLD_ENABLE_1", zero)]);
        world.command(0, Command::Hold { call: None });
        let media = world.media(0);
        let held = media.iter().find_map(|m| if let Media::Change { stream, .. } = m { Some(stream) } else { None });
        assert_eq!(held.map(|stream| stream.agreed.closed), Some(closed), "{media:?}");
        let sdp = String::from_utf8(world.last(0, Method::Invite).body.clone()).unwrap();
        assert_eq!(sdp.contains("0.0.0.0"), zero == "Y", "{sdp}");
        assert_eq!(world.units[0].ports.is_empty(), closed, "{:?}", world.units[0].ports);
        world.command(0, Command::Resume { call: None });
        let sdp = String::from_utf8(world.last(0, Method::Invite).body.clone()).unwrap();
        let [ports] = &world.units[0].ports[..] else { panic!("{:?}", world.units[0].ports) };
        assert!(sdp.contains(&format!("m=audio {} ", ports.port)), "{sdp}");
    }
}

#[test]
fn settings_that_change_while_it_rings_count_in_the_call() {
    let mut world = World::new(&[&[("RFC2543_HOLD_ENABLE_1", "Y")], &[]]);
    world.call(0, "2002");
    world.set(0, "RFC2543_HOLD_ENABLE_1", "N");
    world.answer(1);
    world.command(0, Command::Hold { call: None });
    let sdp = String::from_utf8(world.last(0, Method::Invite).body.clone()).unwrap();
    assert!(sdp.contains("a=sendonly") && !sdp.contains("0.0.0.0"), "{sdp}");
}

#[test]
fn a_port_that_another_program_has_ends_the_call() {
    let mut world = World::new(&[&[], &[]]);
    world.call(0, "2002");
    let channel = world.units[0].ports[0].channel;
    let now = world.now;
    world.units[0].phone.port_taken(now, channel);
    world.settle();
    assert_eq!((world.stages(0), world.stages(1)), (vec![], vec![]));
}

#[test]
fn a_line_that_goes_out_of_service_ends_its_calls() {
    let mut world = World::new(&[&[], &[]]);
    world.talk(0, 1);
    world.set(0, "LINE_ENABLE_1", "Disabled");
    assert_eq!((world.stages(0), world.ends(1)), (vec![], vec![Reason::Remote]));
    world.seconds(5);
    assert_eq!(world.state(0).lines[0].registration, Registration::Off);
    world.set(0, "LINE_ENABLE_1", "Enabled");
    world.talk(0, 1);
}

#[test]
fn closing_hangs_up_and_leaves() {
    let mut world = World::new(&[&[], &[]]);
    world.talk(0, 1);
    let now = world.now;
    world.units[0].phone.close(now);
    world.seconds(5);
    assert!(world.units[0].phone.is_closed());
    assert_eq!(world.ends(1), [Reason::Remote]);
    assert_eq!(world.units[0].phone.next_timeout(), None);
}

#[test]
fn voice_is_shown_in_states_and_not_in_events() {
    let mut world = World::new(&[&[], &[]]);
    world.talk(0, 1);
    let channel = world.units[0].ports[0].channel;
    world.units[0].events.clear();
    let report = Report {
        sends: Codec::G722,
        receives: None,
        statistics: Statistics { sent: 50, ..Statistics::default() },
        voice: Figures::default(),
        quality: None,
    };
    let now = world.now;
    world.units[0].phone.heard(now, &Event::Report(channel, report));
    world.settle();
    assert_eq!(world.calls(0)[0].voice.map(|voice| voice.sent), Some(50));
    assert_eq!(world.units[0].events, []);
}

#[test]
fn a_change_that_no_server_sees_sends_nothing() {
    let mut world = World::new(&[&[("VM_SUBSCRIBE_ENABLE", "Y")]]);
    let sent = |world: &World| [Method::Register, Method::Subscribe].map(|method| world.count(0, method));
    let before = sent(&world);
    assert!(before.iter().all(|count| *count > 0));
    world.set(0, "HEADSET_MODE", "Y");
    world.set(0, "DND_ENABLE_1", "Y");
    assert_eq!(sent(&world), before);
    world.set(0, "REG_EXPIRE_TIME_1", "600");
    assert!(sent(&world)[0] > before[0]);
}

#[test]
fn a_sound_device_that_goes_away_is_told() {
    let mut world = World::new(&[&[], &[]]);
    world.talk(0, 1);
    for (event, lost) in [(Event::DeviceLost, true), (Event::DeviceBack, false)] {
        let now = world.now;
        world.units[0].phone.heard(now, &event);
        world.settle();
        assert_eq!(world.units[0].phone.state().device_lost, lost);
        assert!(world.units[0].events.contains(&offhook_call::output::Event::Device { lost }));
        assert_eq!(world.units[0].phone.state().calls[0].stage, Stage::Talking);
    }
}
