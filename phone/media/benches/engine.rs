//! What a second of a call costs: twenty at once, both ways, without sockets.
//!
//! `cargo bench -p offhook-media --bench engine`; the table is in milliseconds of processor time for a second of one call.

#[path = "../tests/common/mod.rs"]
mod common;

use std::net::SocketAddr;
use std::time::Duration;

use common::{Ear, Side, stream};
use offhook_media::audio::Path;
use offhook_media::engine::{ChannelId, Command, Feed, Listening, Music, Network, Port};
use offhook_media::{Codec, measure};

const CALLS: u16 = 20;
const SECONDS: u32 = 10;

/// Keeps packets until everybody has spoken.
struct Wire(Vec<(ChannelId, Vec<u8>)>);

impl Network for Wire {
    fn send(&mut self, channel: ChannelId, port: Port, _: SocketAddr, packet: &[u8]) {
        if port == Port::Rtp {
            self.0.push((channel, packet.to_vec()));
        }
    }
}

/// Milliseconds for a second of a call in which each channel hears what another one says.
fn cost(codec: Codec, feed: Feed) -> f64 {
    let mut side = Side::new(0);
    side.ear = Ear { deaf: true, ..Ear::default() };
    side.ear.says.extend(measure::vowel(120.0, 16_000, 16_000 * SECONDS as usize));
    let music = Music::new(measure::vowel(150.0, 16_000, 16_000 * 3));
    side.handle.set_music(music).expect("it is driven");
    let mut now = Duration::from_secs(1);
    for channel in 0..CALLS {
        let stream = stream(codec, side.address(channel ^ 1));
        side.handle.send(now, Command::Open { channel: ChannelId(channel), stream }).expect("it is driven");
        side.handle.send(now, Command::Feed(ChannelId(channel), feed)).expect("it is driven");
    }
    side.handle.send(now, Command::Listen(Listening::On(Path::Handset))).expect("it is driven");
    let mut wire = Wire(Vec::new());
    let before = processor_time();
    for _ in 0..SECONDS * 100 {
        side.engine.tick(now, &mut side.ear, &mut wire);
        for (channel, mut packet) in wire.0.drain(..) {
            let from = SocketAddr::from(([192, 0, 2, 0], 4000 + 2 * channel.0));
            side.engine.receive(now, ChannelId(channel.0 ^ 1), Port::Rtp, from, &mut packet);
        }
        while side.handle.poll().is_some() {}
        now += Duration::from_millis(10);
    }
    (processor_time() - before) * 1000.0 / f64::from(SECONDS) / f64::from(CALLS)
}

/// Seconds that this thread had a processor; the time of a busy machine's other programs does not count.
fn processor_time() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("this bench runs on Linux");
    let nanoseconds = text.split(' ').next().and_then(|first| first.parse::<f64>().ok());
    nanoseconds.expect("the first number is the time on a processor") / 1e9
}

fn main() {
    println!("{:>6} {:>10} {:>10}", "", "person", "recording");
    for codec in Codec::ALL {
        // The least of three is the one that was disturbed least.
        let least = |feed| (0..3).map(|_| cost(codec, feed)).fold(f64::INFINITY, f64::min);
        println!("{codec:>6?} {:>10.3} {:>10.3}", least(Feed::Person), least(Feed::Hold));
    }
}
