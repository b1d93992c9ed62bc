//! The audio thread allocates nothing and frees nothing, whatever it is told to do: neither Rust's part of it nor C's.
#![cfg(target_env = "gnu")]

mod common;
#[path = "common/heap.rs"]
mod heap;

use std::net::SocketAddr;
use std::time::Duration;

use common::{Ear, Side, stream};
use offhook_media::Codec;
use offhook_media::audio::Path;
use offhook_media::codec::Encoder;
use offhook_media::engine::{ChannelId, Command, Digits, Feed, Listening, Music, Network, Port, Signal, Tone};
use offhook_media::measure;
use offhook_media::sdp::Keys;
use offhook_media::srtp::{MASTER_LENGTH, Master, Suite};

/// What was sent last, in a place that is there already.
struct Wire {
    packets: Vec<([u8; 400], usize, ChannelId, Port)>,
}

impl Network for Wire {
    fn send(&mut self, channel: ChannelId, port: Port, _: SocketAddr, packet: &[u8]) {
        if self.packets.len() < self.packets.capacity() {
            let mut copy = [0; 400];
            copy[..packet.len()].copy_from_slice(packet);
            self.packets.push((copy, packet.len(), channel, port));
        }
    }
}

/// Drives one phone whose channels hear what others of them say, and counts what its audio thread allocates.
#[test]
fn the_audio_thread_allocates_nothing() {
    // What it is told by is no good if it sees nothing: Rust's heap, or that of Opus.
    assert_eq!(heap::uses(|| drop(std::hint::black_box(vec![1]))), 2);
    for codec in Codec::ALL.into_iter().filter(|codec| *codec == Codec::Opus) {
        assert_eq!(heap::uses(|| drop(std::hint::black_box(Encoder::new(codec)))), 2);
    }
    let mut side = Side::new(0);
    side.ear = Ear { deaf: true, ..Ear::default() };
    side.handle.set_music(Music::new(measure::sine(500.0, 8000.0, 16_000, 16_000))).expect("it is driven");
    let mut now = Duration::from_secs(5);
    let ms = Duration::from_millis;
    let mut wire = Wire { packets: Vec::with_capacity(64) };
    let mut commands = script(&side);
    let mut frames = 0;
    while frames < 900 {
        while commands.first().is_some_and(|(at, _)| *at <= frames) {
            let (_, command) = commands.remove(0);
            side.handle.send(now, command).expect("it is driven");
        }
        match frames {
            // From here on the hold tone sounds, and other settings count.
            650 => side.handle.set_music(None).expect("it is driven"),
            660 => side.handle.set(&common::settings()).expect("it is driven"),
            _ => {}
        }
        let uses = heap::uses(|| {
            side.engine.tick(now, &mut side.ear, &mut wire);
            // Everybody hears the next channel; some packets are lost.
            for (number, (packet, length, channel, port)) in wire.packets.iter_mut().enumerate() {
                let to = channel.0 ^ 1;
                if (frames + number) % 17 != 0 {
                    let from = SocketAddr::from(([192, 0, 2, 0], 4000 + 2 * channel.0));
                    side.engine.receive(now, ChannelId(to), *port, from, &mut packet[..*length]);
                }
            }
        });
        assert_eq!(uses, 0, "in frame {frames}");
        wire.packets.clear();
        while side.handle.poll().is_some() {}
        now += ms(10);
        frames += 1;
    }
    assert!(commands.is_empty());
}

/// All that can be asked for, with the frame before which it is asked.
fn script(side: &Side) -> Vec<(usize, Command)> {
    let ms = Duration::from_millis;
    let open = |channel: u16, codec: Codec| {
        let mut stream = stream(codec, side.address(channel ^ 1));
        stream.reports = Some(Duration::from_secs(5));
        stream.agreed.remote_rtcp = Some(SocketAddr::from(([192, 0, 2, 0], 5000)));
        // Two of them are encrypted, and two know no events.
        let masters = [channel, channel ^ 1].map(|channel| Master([channel as u8; MASTER_LENGTH]));
        let [send, receive] = masters;
        let keys = Keys { suite: Suite::AesCm128HmacSha1_80, send, receive };
        stream.agreed.keys = (channel < 2).then_some(keys);
        stream.agreed.events = stream.agreed.events.filter(|_| !(4..6).contains(&channel));
        (channel, stream)
    };
    let mut script = Vec::new();
    for (channel, codec) in (0..).zip(Codec::ALL.into_iter().flat_map(|codec| [codec, codec])) {
        let (channel, stream) = open(channel, codec);
        script.push((0, Command::Open { channel: ChannelId(channel), stream }));
    }
    script.push((1, Command::Listen(Listening::On(Path::HandsFree))));
    let feeds = [Feed::Person, Feed::Conference, Feed::Hold, Feed::Echo, Feed::Silence];
    // All channels get all feeds.
    let channels = 2 * Codec::ALL.len();
    for step in 0..8 * channels {
        let channel = ChannelId((step % channels) as u16);
        script.push((10 + step * 7, Command::Feed(channel, feeds[(step + step / channels) % feeds.len()])));
    }
    let digits = || Digits { digits: "0123456789*#".to_owned(), length: ms(60), pause: ms(60) };
    for (at, channel) in [(100, 0), (120, 3), (140, 5), (150, 9)] {
        script.push((at, Command::Send(ChannelId(channel), digits())));
    }
    let signals = [Signal::Dial, Signal::Stutter, Signal::Failure, Signal::CallWaiting, Signal::HoldAlarm];
    for (number, signal) in signals.into_iter().enumerate() {
        script.push((200 + 30 * number, Command::Start(Tone { signal, length: Some(ms(200)) })));
        script.push((215 + 30 * number, Command::Stop(signal)));
    }
    script.push((300, Command::Ring(17)));
    script.push((310, Command::KeyDown('7')));
    script.push((320, Command::KeyUp));
    script.push((380, Command::StopRinging));
    script.push((390, Command::Tap));
    script.push((400, Command::Mute(true)));
    let changes = [(420, 0, Codec::Pcmu), (420, 1, Codec::Pcmu), (470, 2, Codec::G729), (500, 0, Codec::G722)];
    let opus = Codec::ALL.into_iter().filter(|codec| *codec == Codec::Opus);
    let opus = opus.flat_map(|codec| [(510, 6, codec), (510, 7, codec), (530, 8, Codec::Pcma), (560, 8, codec)]);
    for (at, channel, codec) in changes.into_iter().chain(opus) {
        let (channel, stream) = open(channel, codec);
        script.push((at, Command::Change { channel: ChannelId(channel), stream }));
    }
    script.push((600, Command::Close(ChannelId(4))));
    let (channel, stream) = open(5, Codec::G729);
    script.push((650, Command::Open { channel: ChannelId(channel), stream }));
    script.push((700, Command::Listen(Listening::Off)));
    script.sort_by_key(|(at, _)| *at);
    script
}
