//! Calls from mouth to ear: what is said here is heard there, whatever happens in between.

mod common;

use std::net::SocketAddr;
use std::time::Duration;

use codec_core::codecs::g729::G729Codec;
use codec_core::types::{AudioCodecExt, CodecConfig};
use common::{RATE, World, and_opus, hears, ms, sine, stream};
use offhook_media::audio::Path;
use offhook_media::engine::{ChannelId, Command, Event, Feed, Listening, Music, Port, Report, Signal, Tone};
use offhook_media::rtp::Packet;
use offhook_media::sdp::Direction;
use offhook_media::{Codec, measure};

/// The last report of a side's first channel.
fn report(world: &World, side: usize) -> Report {
    let report = |event: &Event| match event {
        Event::Report(ChannelId(0), report) => Some(*report),
        _ => None,
    };
    world.sides[side].events.iter().rev().find_map(report).expect("it reports every second")
}

#[test]
fn both_sides_hear_each_other_by_every_codec() {
    for codec in Codec::ALL {
        let mut world = World::call(codec);
        world.sides[0].ear.says.extend(sine(440.0, 3));
        world.sides[1].ear.says.extend(sine(620.0, 3));
        world.run(ms(2500));
        let sent = measure::level(&sine(440.0, 1));
        let lossy = if matches!(codec, Codec::G729 | Codec::Opus) { 2.0 } else { 0.6 };
        assert!((hears(&world, 1, 440.0) - sent).abs() < lossy, "{codec:?}: {:.1} dBm0", hears(&world, 1, 440.0));
        assert!((hears(&world, 0, 620.0) - sent).abs() < lossy, "{codec:?}: {:.1} dBm0", hears(&world, 0, 620.0));
        assert!(hears(&world, 1, 620.0) < -40.0, "{codec:?}: it hears itself");
    }
}

#[test]
fn the_first_packet_from_each_place_is_told() {
    let mut world = World::new(3);
    let told =
        |world: &World| world.sides[0].events.iter().filter(|event| **event == Event::Heard(ChannelId(0))).count();
    let sends = |world: &mut World, side: usize| {
        let stream = stream(Codec::Pcmu, world.sides[0].address(0));
        world.send(side, Command::Open { channel: ChannelId(0), stream });
    };
    let mut changed = stream(Codec::Pcmu, world.sides[1].address(0));
    world.send(0, Command::Open { channel: ChannelId(0), stream: changed.clone() });
    world.run(ms(20));
    let (now, from) = (world.now, world.sides[1].address(0));
    let mut keeps_alive = [0x80, 120, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7];
    world.sides[0].engine.receive(now, ChannelId(0), Port::Rtp, from, &mut keeps_alive);
    world.run(ms(1500));
    assert_eq!(told(&world), 0, "no voice has come");
    sends(&mut world, 1);
    world.run(ms(1500));
    assert_eq!(told(&world), 1);
    changed.agreed.packet_time = ms(40);
    world.send(0, Command::Change { channel: ChannelId(0), stream: changed });
    world.run(ms(1500));
    assert_eq!(told(&world), 1, "it comes from where it came from");
    world.send(1, Command::Close(ChannelId(0)));
    world.run(ms(100));
    let other = stream(Codec::Pcmu, world.sides[2].address(0));
    world.send(0, Command::Change { channel: ChannelId(0), stream: other });
    world.run(ms(1500));
    assert_eq!(told(&world), 1);
    sends(&mut world, 2);
    world.run(ms(1500));
    assert_eq!(told(&world), 2);
}

#[test]
fn from_mouth_to_ear_it_takes_less_than_60_ms() {
    for codec in Codec::ALL {
        let mut world = World::call(codec);
        world.run(ms(500));
        // A tone that rises looks like itself at one place only.
        let said: Vec<i16> = (0..RATE)
            .map(|i| {
                let time = f64::from(i) / f64::from(RATE);
                ((300.0 * time + 700.0 * time * time) * std::f64::consts::TAU).sin() * 9000.0
            })
            .map(|sample| sample as i16)
            .collect();
        let before = world.sides[1].ear.hears.len();
        world.sides[0].ear.says.extend(&said);
        world.run(ms(1200));
        let heard = &world.sides[1].ear.hears[before..];
        // The frame that is heard in a moment is made of what was recorded in it or before.
        let delay = measure::delay(&said, heard, 3200) + 160;
        let time = delay as f64 / 16.0;
        println!("{codec:?}: {time:.1} ms from mouth to ear");
        assert!(time < 60.0, "{codec:?}: {time:.1} ms");
        assert!(time > 25.0, "{codec:?}: {time:.1} ms is not possible");
    }
}

#[test]
fn packets_of_all_lengths_carry_voice_evenly() {
    let opus =
        Codec::ALL.into_iter().filter(|codec| *codec == Codec::Opus).flat_map(|codec| [(codec, 20), (codec, 40)]);
    let others = [(Codec::Pcmu, 20), (Codec::Pcma, 30), (Codec::G729, 40), (Codec::G722, 40)];
    for (codec, packet_time) in others.into_iter().chain(opus) {
        let mut world = World::new(2);
        for side in 0..2 {
            let mut stream = stream(codec, world.sides[1 - side].address(0));
            stream.agreed.packet_time = ms(packet_time);
            world.send(side, Command::Open { channel: ChannelId(0), stream });
            world.send(side, Command::Listen(Listening::On(Path::Headset)));
            world.send(side, Command::Feed(ChannelId(0), Feed::Person));
        }
        world.sides[0].ear.says.extend(sine(500.0, 3));
        world.run(ms(2400));
        assert!(hears(&world, 1, 500.0) > -12.0, "{codec:?}");
        let ssrc = world.trace[0].1[8..12].to_vec();
        let sent: Vec<_> = world.trace.iter().filter(|(_, packet)| packet[8..12] == ssrc).collect();
        for pair in sent.windows(2) {
            assert_eq!(pair[1].0 - pair[0].0, ms(packet_time));
            let time = |packet: &[u8]| u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
            assert_eq!(time(&pair[1].1).wrapping_sub(time(&pair[0].1)), packet_time as u32 * codec.clock_rate() / 1000);
            let octets = codec.octets_per_ten_ms().map(|each| 12 + each * packet_time as usize / 10);
            assert!(octets.is_none_or(|octets| octets == pair[0].1.len()));
        }
    }
}

#[test]
fn the_codec_changes_within_a_call_without_a_click() {
    let mut world = World::call(Codec::Pcmu);
    world.sides[0].ear.says.extend(sine(300.0, 12));
    world.run(ms(1000));
    let mut from = 8000;
    let codecs = [Codec::G722, Codec::Pcma, Codec::G722, Codec::Pcmu];
    for codec in and_opus(&codecs, |opus| opus).into_iter().chain([Codec::Pcmu]) {
        for side in 0..2 {
            let stream = stream(codec, world.sides[1 - side].address(0));
            world.send(side, Command::Change { channel: ChannelId(0), stream });
        }
        world.run(ms(1500));
        assert!(hears(&world, 1, 300.0) > -10.5, "{codec:?}: {:.1}", hears(&world, 1, 300.0));
        let heard = &world.sides[1].ear.hears[from..];
        let steepest = measure::steepest(heard);
        // G.722 begins with small steps and swings over a little while they grow.
        assert!(steepest < measure::steepest(&sine(300.0, 1)) * 5 / 2, "{codec:?}: {steepest}");
        from = world.sides[1].ear.hears.len();
        let report = report(&world, 1);
        assert!(report.statistics.jitter < ms(1) && report.statistics.lost == 0, "{codec:?}: {report:?}");
        assert!(report.voice.delay < ms(60), "{codec:?}: {report:?}");
    }
}

#[test]
fn another_description_of_the_same_voice_is_not_heard() {
    // At the end of a frame it is anywhere between its peaks.
    let said = sine(333.0, 12);
    let (smooth, loud) = (measure::steepest(&said), measure::level(&said));
    let mut world = World::call(Codec::Pcmu);
    world.sides[0].ear.says.extend(said);
    world.run(ms(1000));
    // In another order nothing changes; with fewer codecs, or more again, the buffer begins anew.
    for (turn, same) in [true, false, false, false, false].into_iter().enumerate() {
        let from = world.sides[1].ear.hears.len();
        let mut stream = stream(Codec::Pcmu, world.sides[0].address(0));
        stream.agreed.accepts.reverse();
        stream.agreed.accepts.retain(|(_, codec)| turn % 2 == 0 || *codec != Codec::G722);
        world.send(1, Command::Change { channel: ChannelId(0), stream });
        world.run(ms(1510));
        let heard = &world.sides[1].ear.hears[from - 160..];
        let steepest = measure::steepest(heard);
        assert!(steepest < smooth * 5 / 4, "{turn}: {steepest} of {smooth}");
        let level = measure::level(&heard[..1600]);
        assert!(!same || level > loud - 0.5, "{level:.1} of {loud:.1} dBm0");
        assert!(hears(&world, 1, 333.0) > -10.5);
    }
}

#[test]
fn after_a_stall_timestamps_go_on_with_the_time() {
    for codec in [Codec::Pcmu, Codec::G722] {
        let mut world = World::call(codec);
        world.run(ms(1000));
        for stall in [100, 350, 75] {
            world.now += ms(stall);
            world.run(ms(500));
        }
        let ssrc = &world.trace[0].1[8..12];
        let sent: Vec<_> = world.trace.iter().filter(|(_, packet)| packet[8..12] == *ssrc).collect();
        let time = |packet: &[u8]| u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
        let (first, last) = (sent[0], sent[sent.len() - 1]);
        let told = time(&last.1).wrapping_sub(time(&first.1)) / (codec.clock_rate() / 1000);
        let passed = (last.0 - first.0).as_millis() as u32;
        assert!(told.abs_diff(passed) <= 20, "{codec:?}: {told} of {passed} ms");
    }
}

#[test]
fn three_people_hear_each_other_and_not_themselves() {
    let codecs = [[Codec::Pcmu, Codec::Pcma], [Codec::G722, Codec::G722], [Codec::G722, Codec::Pcmu]];
    for codecs in and_opus(&codecs, |opus| [opus, Codec::Pcmu]) {
        let mut world = World::new(3);
        world.connect((0, 0), (1, 0), codecs[0]);
        world.connect((0, 1), (2, 0), codecs[1]);
        for side in 0..3 {
            world.send(side, Command::Listen(Listening::On(Path::Handset)));
        }
        for (side, channel, feed) in
            [(0, 0, Feed::Conference), (0, 1, Feed::Conference), (1, 0, Feed::Person), (2, 0, Feed::Person)]
        {
            world.send(side, Command::Feed(ChannelId(channel), feed));
        }
        let tones = [410.0, 530.0, 670.0];
        for (side, tone) in world.sides.iter_mut().zip(tones) {
            side.ear.says.extend(sine(tone, 4));
        }
        world.run(ms(2500));
        for listener in 0..3 {
            for (speaker, tone) in tones.into_iter().enumerate() {
                let level = hears(&world, listener, tone);
                if listener == speaker {
                    assert!(level < -35.0, "{codecs:?}: {listener} hears itself at {level:.1} dBm0");
                } else {
                    assert!(
                        (-12.0..-8.0).contains(&level),
                        "{codecs:?}: {listener} hears {speaker} at {level:.1} dBm0"
                    );
                }
            }
        }
        // One leaves and comes back, and nobody hears a step.
        let before = world.sides[0].ear.hears.len() - 1600;
        world.send(0, Command::Feed(ChannelId(1), Feed::Hold));
        world.run(ms(500));
        world.send(0, Command::Feed(ChannelId(1), Feed::Conference));
        world.run(ms(500));
        for (listener, tones) in [(0, [530.0, 670.0]), (1, [410.0, 670.0])] {
            let most: i32 = tones.iter().map(|tone| measure::steepest(&sine(*tone, 1))).sum();
            let steepest = measure::steepest(&world.sides[listener].ear.hears[before..]);
            assert!(steepest < most * 5 / 4, "{codecs:?}: {listener} hears a step of {steepest}, at most {most}");
        }
    }
}

#[test]
fn loud_conferences_do_not_clip() {
    let mut world = World::new(3);
    world.connect((0, 0), (1, 0), Codec::G722);
    world.connect((0, 1), (2, 0), Codec::G722);
    for side in 0..3 {
        world.send(side, Command::Listen(Listening::On(Path::Handset)));
    }
    for (side, channel, feed) in
        [(0, 0, Feed::Conference), (0, 1, Feed::Conference), (1, 0, Feed::Person), (2, 0, Feed::Person)]
    {
        world.send(side, Command::Feed(ChannelId(channel), feed));
    }
    for (side, tone) in [(1, 530.0), (2, 670.0)] {
        world.sides[side].ear.says.extend(measure::sine(tone, 28_000.0, RATE, 48_000));
    }
    world.run(ms(2500));
    let heard = &world.sides[0].ear.hears[24_000..];
    assert!(heard.iter().filter(|sample| sample.unsigned_abs() > 32_500).count() < 50);
    // Of clipped sines, differences such as 2 x 530 - 670 would be heard.
    let [voice, between] = [530.0, 390.0].map(|frequency| measure::tone_level(heard, frequency, RATE));
    assert!(between < voice - 25.0, "{between:.1} against {voice:.1} dBm0");
}

#[test]
fn a_held_call_hears_music_and_the_person_talks_to_another() {
    for codec in and_opus(&[Codec::Pcmu, Codec::G722], |opus| opus) {
        let mut world = World::new(3);
        world.connect((0, 0), (1, 0), codec);
        world.connect((0, 1), (2, 0), codec);
        for side in 0..3 {
            world.send(side, Command::Listen(Listening::On(Path::Handset)));
        }
        world.sides[0].handle.set_music(Music::new(sine(840.0, 1))).expect("the engine is driven");
        world.send(0, Command::Feed(ChannelId(0), Feed::Person));
        world.send(1, Command::Feed(ChannelId(0), Feed::Person));
        world.send(2, Command::Feed(ChannelId(0), Feed::Person));
        world.sides[0].ear.says.extend(sine(410.0, 9));
        world.sides[1].ear.says.extend(sine(530.0, 9));
        world.sides[2].ear.says.extend(sine(670.0, 9));
        world.run(ms(1500));
        assert!(hears(&world, 1, 410.0) > -11.0);
        assert!(hears(&world, 2, 410.0) < -60.0, "the other call is not connected to the person yet");
        let switched = world.sides[1].ear.hears.len();
        world.send(0, Command::Feed(ChannelId(0), Feed::Hold));
        world.send(0, Command::Feed(ChannelId(1), Feed::Person));
        world.run(ms(1500));
        assert!(hears(&world, 1, 840.0) > -11.0 && hears(&world, 1, 410.0) < -40.0);
        assert!(hears(&world, 2, 410.0) > -11.0);
        assert!(hears(&world, 0, 670.0) > -11.0 && hears(&world, 0, 530.0) < -40.0);
        // Attended transfer: both legs live on, whichever the person talks to.
        world.send(0, Command::Feed(ChannelId(1), Feed::Hold));
        world.send(0, Command::Feed(ChannelId(0), Feed::Person));
        world.run(ms(1500));
        assert!(hears(&world, 2, 840.0) > -11.0);
        assert!(hears(&world, 1, 410.0) > -11.0 && hears(&world, 1, 840.0) < -40.0);
        let steepest = measure::steepest(&world.sides[1].ear.hears[switched - 1600..]);
        assert!(steepest < measure::steepest(&sine(840.0, 1)) * 3 / 2, "{codec:?}: a step of {steepest}");
        // Nor does the person hear the switches.
        let steepest = measure::steepest(&world.sides[0].ear.hears[switched - 1600..]);
        assert!(steepest < measure::steepest(&sine(670.0, 1)) * 3 / 2, "{codec:?}: a step of {steepest} here");
    }
}

#[test]
fn without_music_the_hold_tone_sounds() {
    let mut world = World::call(Codec::Pcma);
    world.send(0, Command::Feed(ChannelId(0), Feed::Hold));
    world.run(ms(7000));
    let heard = &world.sides[1].ear.hears;
    // 500 ms of silence, then 190 ms of tone, and so on.
    let loud = heard.chunks(160).filter(|frame| measure::tone_level(frame, 425.0, RATE) > -16.0).count();
    assert!((65..80).contains(&loud), "{loud} frames of 700");
}

#[test]
fn an_echo_service_sends_back_what_it_hears() {
    let mut world = World::call(Codec::G722);
    world.send(1, Command::Feed(ChannelId(0), Feed::Echo));
    world.sides[0].ear.says.extend(sine(740.0, 3));
    world.run(ms(2000));
    assert!(hears(&world, 0, 740.0) > -11.0);
    assert!(hears(&world, 1, 740.0) < -60.0);
}

#[test]
fn tones_sound_over_calls_and_end_in_time() {
    let mut world = World::call(Codec::Pcmu);
    world.sides[1].ear.says.extend(sine(700.0, 20));
    world.run(ms(1000));
    world.send(0, Command::Start(Tone { signal: Signal::CallWaiting, length: None }));
    world.run(ms(500));
    let heard = &world.sides[0].ear.hears;
    let during = &heard[heard.len() - 8000..];
    assert!(measure::tone_level(during, 425.0, RATE) > -22.0);
    assert!(measure::tone_level(during, 700.0, RATE) > -11.0);
    world.send(0, Command::Stop(Signal::CallWaiting));
    world.run(ms(1000));
    assert!(hears(&world, 0, 425.0) < -50.0);
    world.send(0, Command::Close(ChannelId(0)));
    world.send(0, Command::Start(Tone { signal: Signal::Disconnect, length: Some(ms(10_000)) }));
    world.run(ms(9900));
    assert!(!world.sides[0].events.contains(&Event::ToneEnded(Signal::Disconnect)));
    world.run(ms(200));
    assert!(world.sides[0].events.contains(&Event::ToneEnded(Signal::Disconnect)));
    world.run(ms(500));
    let heard = &world.sides[0].ear.hears;
    assert!(heard[heard.len() - 4000..].iter().all(|&sample| sample == 0));
}

#[test]
fn a_muted_person_is_silent_and_hears() {
    let mut world = World::call(Codec::Pcmu);
    world.sides[0].ear.says.extend(sine(440.0, 9));
    world.sides[1].ear.says.extend(sine(620.0, 9));
    world.run(ms(1000));
    world.send(0, Command::Mute(true));
    world.run(ms(1500));
    assert!(hears(&world, 1, 440.0) < -60.0);
    assert!(hears(&world, 0, 620.0) > -11.0);
    world.send(0, Command::Mute(false));
    world.run(ms(1500));
    assert!(hears(&world, 1, 440.0) > -11.0);
}

#[test]
fn what_is_said_after_a_long_hold_is_heard_at_once() {
    // The other side goes on sending: what it sends is not listened to, though its numbers pass.
    let ways = [(true, false), (false, false)].into_iter().chain([(false, true); 6]);
    for (round, (silent, restarts)) in ways.enumerate() {
        let mut world = World::call(Codec::Pcmu);
        world.sides[1].ear.says.extend(sine(440.0, 60));
        world.run(ms(1000));
        let mut held = stream(Codec::Pcmu, world.sides[1].address(0));
        held.agreed.direction = Direction::SendOnly;
        world.send(0, Command::Change { channel: ChannelId(0), stream: held.clone() });
        world.arrives = Box::new(move |_| !silent);
        world.run(Duration::from_secs(10));
        // Each time with other numbers, some of them behind those before.
        for _ in 0..if restarts { round } else { 0 } {
            let stream = stream(Codec::Pcmu, world.sides[0].address(0));
            world.send(1, Command::Open { channel: ChannelId(0), stream });
            world.send(1, Command::Feed(ChannelId(0), Feed::Person));
            world.run(ms(500));
        }
        world.arrives = Box::new(|_| true);
        held.agreed.direction = Direction::SendReceive;
        world.send(0, Command::Change { channel: ChannelId(0), stream: held });
        world.run(ms(700));
        assert!(hears(&world, 0, 440.0) > -12.0, "{silent}, {restarts}: {:.1}", hears(&world, 0, 440.0));
    }
}

/// What side 0 of a call hears of packets of 20 ms, of which the empty ones are not sent.
fn hears_packets(codec: Codec, packets: &[Vec<u8>]) -> World {
    let mut world = World::new(1);
    let from = SocketAddr::from(([192, 0, 2, 77], 4000));
    world.send(0, Command::Open { channel: ChannelId(0), stream: stream(codec, from) });
    world.send(0, Command::Listen(Listening::On(Path::Handset)));
    world.send(0, Command::Feed(ChannelId(0), Feed::Person));
    let (mut sequence, ssrc, payload_type) = (0u16, 7, codec.payload_type());
    for (number, payload) in (0u32..).zip(packets) {
        if !payload.is_empty() {
            let timestamp = number * codec.clock_rate() / 50;
            let packet = Packet { marker: false, payload_type, sequence, timestamp, ssrc, payload };
            let mut bytes = [0; 400];
            let length = packet.write(&mut bytes).expect("it has room");
            world.sides[0].engine.receive(world.now, ChannelId(0), Port::Rtp, from, &mut bytes[..length]);
            sequence += 1;
        }
        world.run(ms(20));
    }
    world
}

/// Somebody who sends less where nobody speaks is heard on, and nothing of it counts as lost.
#[track_caller]
fn check_room(codec: Codec, mut encode: impl FnMut(&[i16], &mut [u8]) -> usize) {
    let rate = codec.sample_rate() as usize;
    let noise = measure::noise(measure::ROOM, 12 * rate);
    let packet = |samples: &[i16]| {
        let mut octets = [0; 400];
        let length = encode(samples, &mut octets);
        octets[..length].to_vec()
    };
    let packets: Vec<_> = noise.chunks(rate / 50).map(packet).collect();
    let sent = packets.iter().filter(|packet| !packet.is_empty()).count();
    assert!(sent < packets.len() * 4 / 5, "{codec:?}: {sent} of {} packets are sent", packets.len());
    let world = hears_packets(codec, &packets);
    let said = measure::level(&noise);
    for part in world.sides[0].ear.hears[3 * RATE as usize..].chunks_exact(RATE as usize / 4) {
        let level = measure::level(part);
        assert!((level - said).abs() < 10.0, "{codec:?}: {level:.1} of {said:.1} dBm0");
    }
    let voice = report(&world, 0).voice;
    assert_eq!((voice.concealed, voice.gaps), (0, 0), "{codec:?}: {voice:?}");
}

#[test]
fn a_room_is_heard_where_nobody_speaks_in_it() {
    let mut encoder = G729Codec::new(CodecConfig::g729ba()).expect("it is there");
    check_room(Codec::G729, |samples, octets| {
        let frames = samples.chunks(80);
        frames.fold(0, |length, samples| {
            length + encoder.encode_to_buffer(samples, &mut octets[length..]).expect("whole frames")
        })
    });
}

#[cfg(feature = "opus")]
#[test]
fn a_room_is_heard_by_opus_where_nobody_speaks_in_it() {
    let encoder = opus::Encoder::new(16_000, opus::Channels::Mono, opus::Application::Voip);
    let mut encoder = encoder.expect("it is there");
    encoder.set_dtx(true).expect("it can");
    encoder.set_bitrate(opus::Bitrate::Bits(16_000)).expect("it can");
    encoder.set_complexity(5).expect("it can");
    let mut quiet = false;
    check_room(Codec::Opus, |samples, octets| {
        let length = encoder.encode(samples, octets).expect("it fits");
        let was_quiet = std::mem::replace(&mut quiet, length <= 2);
        // Of packets that say nothing, the first is sent, as browsers do.
        if quiet && was_quiet { 0 } else { length }
    });
}

#[test]
fn figures_of_a_call_outlive_its_changes() {
    let mut world = World::call(Codec::Pcmu);
    world.arrives = Box::new(|number| number % 13 != 5);
    world.sides[0].ear.says.extend(sine(440.0, 9));
    world.run(ms(3000));
    let before = report(&world, 1).voice;
    let mut stream = stream(Codec::Pcma, world.sides[0].address(0));
    stream.agreed.accepts = vec![(8, Codec::Pcma), (0, Codec::Pcmu)];
    world.send(1, Command::Change { channel: ChannelId(0), stream });
    world.run(ms(1100));
    let after = report(&world, 1).voice;
    assert!(before.concealed > 0 && after.concealed >= before.concealed, "{before:?}, {after:?}");
    assert!(after.played > before.played && after.gaps >= before.gaps, "{before:?}, {after:?}");
}

#[test]
fn time_passes_while_nothing_is_sent() {
    for codec in and_opus(&[Codec::Pcma], |opus| opus) {
        let mut world = World::call(codec);
        // Off by half a packet of 20 ms, which is thrown away.
        world.run(ms(510));
        let mut held = stream(codec, world.sides[1].address(0));
        held.agreed.direction = Direction::ReceiveOnly;
        world.send(0, Command::Change { channel: ChannelId(0), stream: held.clone() });
        world.run(ms(250));
        held.agreed.direction = Direction::SendReceive;
        world.send(0, Command::Change { channel: ChannelId(0), stream: held });
        world.run(ms(500));
        let ssrc = world.trace[0].1[8..12].to_vec();
        let sent: Vec<_> = world.trace.iter().filter(|(_, packet)| packet[8..12] == ssrc).collect();
        let time = |packet: &[u8]| u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
        for pair in sent.windows(2) {
            let (passed, stamped) = (pair[1].0 - pair[0].0, time(&pair[1].1).wrapping_sub(time(&pair[0].1)));
            assert_eq!(passed.as_millis(), u128::from(stamped / (codec.clock_rate() / 1000)), "{codec:?}");
        }
    }
}

#[test]
fn the_direction_decides_who_sends() {
    let mut world = World::call(Codec::Pcmu);
    world.sides[0].ear.says.extend(sine(440.0, 9));
    world.run(ms(500));
    let mut held = stream(Codec::Pcmu, world.sides[1].address(0));
    held.agreed.direction = Direction::ReceiveOnly;
    world.send(0, Command::Change { channel: ChannelId(0), stream: held.clone() });
    world.run(ms(100));
    let ssrc = world.trace[0].1[8..12].to_vec();
    let count = |world: &World| world.trace.iter().filter(|(_, packet)| packet[8..12] == ssrc).count();
    let before = count(&world);
    world.run(ms(500));
    assert_eq!(count(&world), before);
    held.agreed.direction = Direction::SendReceive;
    world.send(0, Command::Change { channel: ChannelId(0), stream: held });
    world.run(ms(1500));
    assert!(hears(&world, 1, 440.0) > -11.0);
    let back = world.trace.iter().filter(|(_, packet)| packet[8..12] == ssrc).nth(before).expect("it sends again");
    assert_eq!(back.1[1] & 0x80, 0x80, "the first packet after a pause is marked");
}

#[test]
fn reports_go_out_only_where_they_are_wanted_and_as_often() {
    let every = |seconds| Some(Duration::from_secs(seconds));
    for (before, after, expected) in
        [(None, None, 0..=0), (every(5), every(5), 24..=28), (None, every(12), 8..=12), (every(5), every(20), 6..=14)]
    {
        let mut world = World::new(2);
        for (change, reports) in [(false, before), (true, after)] {
            for side in 0..2 {
                let mut stream = stream(Codec::Pcmu, world.sides[1 - side].address(0));
                stream.agreed.remote_rtcp = Some(world.sides[1 - side].address(0));
                stream.reports = reports;
                let channel = ChannelId(0);
                let command =
                    if change { Command::Change { channel, stream } } else { Command::Open { channel, stream } };
                world.send(side, command);
            }
            world.run(Duration::from_secs(if change { 60 } else { 6 }));
        }
        assert!(expected.contains(&world.reports), "{before:?}, {after:?}: {} reports", world.reports);
    }
}

#[test]
fn ringers_and_key_tones_sound_on_hook() {
    let mut world = World::new(1);
    world.send(0, Command::Ring(2));
    world.send(0, Command::KeyDown('5'));
    world.run(ms(300));
    world.send(0, Command::KeyUp);
    world.run(ms(500));
    let ear = &world.sides[0].ear;
    assert!(measure::level(&ear.speaker[..4800]) > -40.0);
    assert!(measure::tone_level(&ear.speaker[..4800], 1336.0, RATE) > -22.0, "the tone of the key");
    assert!(measure::tone_level(&ear.speaker[8000..], 1336.0, RATE) < -40.0);
    assert!(ear.hears.iter().all(|&sample| sample == 0), "nobody holds the handset");
    world.send(0, Command::StopRinging);
    world.run(ms(300));
    assert!(world.sides[0].ear.speaker[13_600..].iter().all(|&sample| sample == 0));
}

#[test]
fn a_device_that_goes_and_comes_does_not_end_a_call() {
    let mut world = World::call(Codec::Pcmu);
    world.sides[1].ear.says.extend(sine(440.0, 9));
    world.run(ms(500));
    world.sides[0].ear.lost = true;
    world.run(ms(500));
    let packets = world.trace.len();
    world.run(ms(500));
    assert_eq!(world.trace.len() - packets, 50, "both sides send on");
    world.sides[0].ear.lost = false;
    world.run(ms(500));
    let events = &world.sides[0].events;
    let places = [Event::DeviceLost, Event::DeviceBack].map(|event| events.iter().position(|other| *other == event));
    assert!(matches!(places, [Some(lost), Some(back)] if lost < back));
    assert!(hears(&world, 0, 440.0) > -11.0);
}

#[test]
fn jitter_is_told_to_the_millisecond() {
    // Less than the 10 ms after which packets are fetched.
    for (more, expected) in [(0, 0..1), (4, 3..5), (8, 7..9)] {
        let mut world = World::call(Codec::Pcma);
        world.way = Box::new(move |number| ms(1 + more * (number as u64 / 2 % 2)));
        world.run(ms(4_000));
        let mut reports = world.sides[0].events.iter().filter_map(|event| match event {
            Event::Report(_, report) => Some(report.statistics.jitter.as_millis()),
            _ => None,
        });
        let jitter = reports.next_back().expect("there are reports");
        assert!(expected.contains(&jitter), "{jitter} ms of {more}");
    }
}

#[test]
fn a_bad_network_leaves_voice_and_no_clicks() {
    let mut world = World::call(Codec::G722);
    world.sides[0].ear.says.extend(measure::vowel(130.0, RATE, 9 * RATE as usize));
    world.arrives = Box::new(|number| number % 13 != 5);
    world.way = Box::new(|number| ms([20, 25, 40, 22, 31][number % 5]));
    world.run(ms(6000));
    let heard = &world.sides[1].ear.hears[RATE as usize * 2..];
    let (level, said) = (measure::level(heard), measure::level(&measure::vowel(130.0, RATE, 16_000)));
    assert!((level - said).abs() < 2.0, "{level:.1} instead of {said:.1} dBm0");
    let (steepest, most) = (measure::steepest(heard), measure::steepest(&measure::vowel(130.0, RATE, 16_000)));
    assert!(steepest < most * 2, "a step of {steepest} instead of {most}");
    let report = report(&world, 1);
    assert!(report.statistics.lost > 10, "{report:?}");
    assert!(report.voice.concealed > 0 && report.quality.is_some_and(|quality| quality.opinion < 4.3), "{report:?}");
}

#[test]
fn late_frames_are_made_up_for_and_counted() {
    let mut world = World::call(Codec::Pcmu);
    world.run(ms(500));
    let load = world.sides[0].handle.load();
    assert_eq!((load.frames, load.missed), (50, 0));
    world.now += ms(30);
    world.step();
    let load = world.sides[0].handle.load();
    assert_eq!((load.frames, load.missed), (54, 2));
    world.now += ms(1000);
    world.step();
    let load = world.sides[0].handle.load();
    assert_eq!(load.frames, 60, "no more than six at once");
    assert!(load.missed > 95 && load.worst >= ms(50), "{load:?}");
}

#[test]
fn more_channels_than_there_is_room_for_are_told_of() {
    let mut world = World::new(1);
    for channel in 0..33 {
        let stream = stream(Codec::Pcmu, world.sides[0].address(999));
        world.send(0, Command::Open { channel: ChannelId(channel), stream });
    }
    world.run(ms(10));
    assert_eq!(world.sides[0].events, [Event::Closed(ChannelId(32), None)]);
    world.send(0, Command::Close(ChannelId(3)));
    world.run(ms(10));
    assert!(matches!(world.sides[0].events[1], Event::Closed(ChannelId(3), Some(_))));
}

#[test]
#[cfg(feature = "echo")]
fn who_talks_to_somebody_hands_free_does_not_hear_himself() {
    let seconds = 8;
    // The levels of what comes back, 20 ms each.
    let comes_back = |path: Path| {
        let mut world = World::call(Codec::G722);
        world.send(0, Command::Listen(Listening::On(path)));
        // 40 ms of air.
        world.sides[0].ear.air = Some(vec![0; 640].into());
        world.sides[1].ear.says.extend(measure::voice(110.0, RATE, seconds * RATE as usize));
        for _ in 0..seconds * 100 {
            world.step();
            // The microphone is cleaned by a thread that has the time of a frame for it.
            if path == Path::HandsFree {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        let heard = &world.sides[1].ear.hears[RATE as usize * (seconds - 3)..];
        let mut levels: Vec<f64> = heard.chunks_exact(320).map(measure::level).collect();
        levels.sort_by(f64::total_cmp);
        levels
    };
    let (echo, left) = (comes_back(Path::Headset), comes_back(Path::HandsFree));
    // The upper half are syllables. Single frames that were not done in time do not count.
    let syllables = |levels: &[f64]| levels[levels.len() * 3 / 4];
    let (echo, left) = (syllables(&echo), syllables(&left));
    assert!(echo > -30.0, "no echo to take out: {echo:.1} dBm0");
    assert!(left < echo - 20.0, "{left:.1} of {echo:.1} dBm0");
}
