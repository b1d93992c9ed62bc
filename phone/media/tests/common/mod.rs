//! Two or more engines, and a network between them in virtual time.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use offhook_media::audio::{Device, FRAME, Path, Play, State};
use offhook_media::codec::Tuning;
use offhook_media::engine::{
    self, ChannelId, Command, Config, Delays, Engine, Event, Feed, Handle, Listening, Network, Port, Stream,
};
use offhook_media::sdp::{Agreed, Direction, Events};
use offhook_media::{Codec, measure};
use offhook_params::{ParamId, Settings};

pub(crate) const TICK: Duration = Duration::from_millis(10);

pub(crate) fn settings() -> Settings {
    Settings::from_values(&|id: ParamId| id.default())
}

/// What part of a loudspeaker's sound comes to the microphone: 12 dB less.
const ECHO: i16 = 4;

/// Says samples and keeps what it hears.
#[derive(Default)]
pub(crate) struct Ear {
    pub(crate) says: VecDeque<i16>,
    pub(crate) hears: Vec<i16>,
    pub(crate) speaker: Vec<i16>,
    pub(crate) lost: bool,
    /// The air of a room between loudspeaker and microphone, where there is any: what is on its way through it.
    pub(crate) air: Option<VecDeque<i16>>,
    /// Whether what is heard is kept at all.
    pub(crate) deaf: bool,
}

impl Device for Ear {
    fn exchange(&mut self, play: Play<'_>, record: &mut [i16; FRAME]) -> State {
        record.fill_with(|| self.says.pop_front().unwrap_or(0));
        if let Some(air) = &mut self.air {
            air.extend(play.together());
            for (sample, echo) in record.iter_mut().zip(air.drain(..FRAME)) {
                *sample = sample.saturating_add(echo / ECHO);
            }
        }
        if !self.deaf {
            self.hears.extend(play.voice);
            self.speaker.extend(play.speaker);
        }
        if self.lost { State::Lost } else { State::Running }
    }
}

/// What one side sends.
#[derive(Default)]
pub(crate) struct Sent(pub(crate) Vec<(ChannelId, Port, SocketAddr, Vec<u8>)>);

impl Network for Sent {
    fn send(&mut self, channel: ChannelId, port: Port, to: SocketAddr, packet: &[u8]) {
        self.0.push((channel, port, to, packet.to_vec()));
    }
}

/// One phone.
pub(crate) struct Side {
    number: u8,
    pub(crate) engine: Engine,
    pub(crate) handle: Handle,
    pub(crate) ear: Ear,
    pub(crate) events: Vec<Event>,
}

impl Side {
    pub(crate) fn new(number: u8) -> Self {
        let config = Config { seed: 7 + u64::from(number), name: "x@y".to_owned(), epoch: Duration::ZERO };
        let (engine, handle) = engine::new(config, &settings());
        Side { number, engine, handle, ear: Ear::default(), events: Vec::new() }
    }

    /// Where a channel of this phone is.
    pub(crate) fn address(&self, channel: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, self.number], 4000 + 2 * channel))
    }
}

/// Phones, and what is on its way between them.
pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) sides: Vec<Side>,
    wire: VecDeque<(Duration, SocketAddr, SocketAddr, Port, Vec<u8>)>,
    /// Whether the RTP packet of this number arrives.
    pub(crate) arrives: Box<dyn FnMut(usize) -> bool>,
    /// How long the RTP packet of this number is on its way.
    pub(crate) way: Box<dyn FnMut(usize) -> Duration>,
    pub(crate) count: usize,
    /// RTCP packets.
    pub(crate) reports: usize,
    /// All RTP packets: when, and what.
    pub(crate) trace: Vec<(Duration, Vec<u8>)>,
}

impl World {
    pub(crate) fn new(sides: u8) -> Self {
        World {
            now: Duration::from_secs(100),
            sides: (0..sides).map(Side::new).collect(),
            wire: VecDeque::new(),
            arrives: Box::new(|_| true),
            way: Box::new(|_| Duration::ZERO),
            count: 0,
            reports: 0,
            trace: Vec::new(),
        }
    }

    pub(crate) fn send(&mut self, side: usize, command: Command) {
        self.sides[side].handle.send(self.now, command).expect("the engine is driven");
    }

    /// Opens a channel on each of two phones, to each other.
    pub(crate) fn connect(&mut self, one: (usize, u16), other: (usize, u16), codec: Codec) {
        for ((side, channel), (peer, peer_channel)) in [(one, other), (other, one)] {
            let remote = self.sides[peer].address(peer_channel);
            self.send(side, Command::Open { channel: ChannelId(channel), stream: stream(codec, remote) });
        }
    }

    /// Two phones in a call.
    pub(crate) fn call(codec: Codec) -> Self {
        let mut world = World::new(2);
        world.connect((0, 0), (1, 0), codec);
        for side in 0..2 {
            world.send(side, Command::Listen(Listening::On(Path::Handset)));
            world.send(side, Command::Feed(ChannelId(0), Feed::Person));
        }
        world
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let until = self.now + time;
        while self.now < until {
            self.step();
        }
    }

    pub(crate) fn step(&mut self) {
        let now = self.now;
        let (due, later) = self.wire.drain(..).partition::<VecDeque<_>, _>(|packet| packet.0 <= now);
        self.wire = later;
        for (at, from, to, port, mut packet) in due {
            let channel = (to.port() - 4000) / 2;
            let SocketAddr::V4(address) = to else { continue };
            if let Some(side) = self.sides.get_mut(usize::from(address.ip().octets()[3])) {
                side.engine.receive(at, ChannelId(channel), port, from, &mut packet);
            }
        }
        for side in &mut self.sides {
            let mut sent = Sent::default();
            side.engine.tick(now, &mut side.ear, &mut sent);
            side.events.extend(std::iter::from_fn(|| side.handle.poll()));
            for (channel, port, to, packet) in sent.0 {
                let from = side.address(channel.0);
                let mut at = now;
                if port == Port::Rtcp {
                    self.reports += 1;
                } else {
                    let number = self.count;
                    self.count += 1;
                    self.trace.push((now, packet.clone()));
                    if !(self.arrives)(number) {
                        continue;
                    }
                    at += (self.way)(number);
                }
                self.wire.push_back((at, from, to, port, packet));
            }
        }
        self.now += TICK;
    }
}

/// Payload types and clocks of telephone events.
const EVENTS: [(u8, u32); 2] = [(101, 8000), (96, 48_000)];

pub(crate) fn stream(codec: Codec, remote: SocketAddr) -> Stream {
    let agreed = Agreed {
        remote: Some(remote),
        remote_rtcp: None,
        direction: Direction::SendReceive,
        held_here: false,
        held_there: false,
        closed: false,
        codec,
        payload_type: codec.payload_type(),
        tuning: Tuning { repeats: true, most_bits: None },
        packet_time: Duration::from_millis(20),
        accepts: Codec::ALL.map(|codec| (codec.payload_type(), codec)).to_vec(),
        events: Some(Events { send: Some(EVENTS[usize::from(codec == Codec::Opus)]), receive: EVENTS.to_vec() }),
        keys: None,
    };
    let ms = Duration::from_millis;
    let delays = Delays { minimum: ms(20), initial: ms(20), maximum: ms(200) };
    Stream { agreed, digits_inband: false, delays, reports: None }
}

/// Samples a second of what is said and heard.
pub(crate) const RATE: u32 = 16_000;

pub(crate) fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// The codecs, and Opus where it is built.
pub(crate) fn and_opus<T: Clone>(others: &[T], opus: impl Fn(Codec) -> T) -> Vec<T> {
    let opus = Codec::ALL.into_iter().filter(|codec| *codec == Codec::Opus).map(opus);
    others.iter().cloned().chain(opus).collect()
}

pub(crate) fn sine(frequency: f64, seconds: usize) -> Vec<i16> {
    measure::sine(frequency, 8000.0, RATE, seconds * RATE as usize)
}

/// The level of a tone in the last part of what a side heard.
pub(crate) fn hears(world: &World, side: usize, frequency: f64) -> f64 {
    let heard = &world.sides[side].ear.hears;
    measure::tone_level(&heard[heard.len() - 8000..], frequency, RATE)
}
