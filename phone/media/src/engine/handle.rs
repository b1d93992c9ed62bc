//! The end of the engine that everybody but the audio thread holds.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use offhook_params::Settings;
use rtrb::{Consumer, Producer, RingBuffer};

use super::channel::{Channel, Renewal};
use super::command::{ChannelId, Command, Event};
use super::core::Engine;
use super::music::Music;
use super::order::{Answer, Order};
use super::report::{Counters, Load};
use super::sounds::Sounds;
use crate::codec::Codec;
use crate::dtmf::Digit;
use crate::rtp::{self, Session};

/// Commands that may wait.
const ORDERS: usize = 512;

/// Events that may wait: those of ten seconds with all channels open.
const ANSWERS: usize = 1024;

/// Music that is encoded at once, before anything else is done.
const SHORT: Duration = Duration::from_secs(5);

/// What the engine has to know for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// From the system's random source, and another one each time.
    pub seed: u64,
    /// The canonical name of this side in RTCP reports: `user@host`, or a random one.
    pub name: String,
    /// The time since the year 1900 at the moment zero; any, if the unit does not know what time it is.
    pub epoch: Duration,
}

/// Makes an engine and its handle. Both have to be given moments of the same clock.
pub fn new(config: Config, settings: &Settings) -> (Engine, Handle) {
    let (orders, to_do) = RingBuffer::new(ORDERS);
    let (told, answers) = RingBuffer::new(ANSWERS);
    let counters = Arc::new(Counters::default());
    let engine = Engine::new(to_do, told, counters.clone(), Box::new(Sounds::new(settings)));
    let handle = Handle { config, orders, answers, counters, music: None, codecs: Vec::new(), retired: Vec::new() };
    (engine, handle)
}

/// Tells the engine what to do, and what happened in it.
pub struct Handle {
    config: Config,
    orders: Producer<Order>,
    answers: Consumer<Answer>,
    counters: Arc<Counters>,
    music: Option<Arc<Music>>,
    /// Codecs that channels send with: hold music is encoded for them.
    codecs: Vec<Codec>,
    /// Music that the engine may still hold.
    retired: Vec<Arc<Music>>,
}

/// The engine does not take commands any more: too many wait, because nobody drives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the audio thread does not take commands")]
pub struct Stuck;

impl Handle {
    /// Gives a command, which the engine carries out at its next frame.
    ///
    /// # Errors
    /// [`Stuck`] if hundreds of commands wait already.
    pub fn send(&mut self, now: Duration, command: Command) -> Result<(), Stuck> {
        let order = match command {
            Command::Open { channel, stream } => {
                self.prepare(stream.agreed.codec);
                let session = Session::new(now, self.session(channel, &stream));
                Order::Open(Box::new(Channel::new(now, channel, session, Renewal::new(stream))))
            }
            Command::Change { channel, stream } => {
                self.prepare(stream.agreed.codec);
                Order::Change(channel, Box::new(Renewal::new(stream)))
            }
            Command::Close(channel) => Order::Close(channel),
            Command::Feed(channel, feed) => Order::Feed(channel, feed),
            Command::Send(channel, digits) => Order::Send(channel, Box::new(digits)),
            Command::Listen(listening) => Order::Listen(listening),
            Command::Mute(muted) => Order::Mute(muted),
            Command::Start(tone) => Order::Start(tone),
            Command::Stop(signal) => Order::Stop(signal),
            Command::Tap => Order::Tap,
            Command::KeyDown(key) => match Digit::new(key) {
                Some(digit) => Order::KeyDown(digit),
                None => return Ok(()),
            },
            Command::KeyUp => Order::KeyUp,
            Command::Ring(number) => Order::Ring(number),
            Command::StopRinging => Order::StopRinging,
        };
        self.push(order)
    }

    /// Takes changed settings: tones, volumes, key tones. A tone that sounds goes on as it was.
    ///
    /// # Errors
    /// [`Stuck`] if hundreds of commands wait already.
    pub fn set(&mut self, settings: &Settings) -> Result<(), Stuck> {
        self.push(Order::Sounds(Box::new(Sounds::new(settings))))
    }

    /// Sets the music for calls on hold; without any they hear the hold tone.
    ///
    /// # Errors
    /// [`Stuck`] if hundreds of commands wait already.
    pub fn set_music(&mut self, music: Option<Music>) -> Result<(), Stuck> {
        let music = music.map(Arc::new);
        self.retired.extend(std::mem::replace(&mut self.music, music.clone()));
        for codec in self.codecs.clone() {
            self.prepare(codec);
        }
        self.push(Order::Music(music))
    }

    /// The next event.
    pub fn poll(&mut self) -> Option<Event> {
        // What the engine gave back is dropped here.
        self.retired.retain(|music| Arc::strong_count(music) > 1);
        loop {
            match self.answers.pop().ok()? {
                Answer::Event(event) => return Some(event),
                Answer::Garbage(garbage) => drop(garbage),
            }
        }
    }

    /// How well the audio thread keeps up.
    pub fn load(&self) -> Load {
        self.counters.load()
    }

    fn push(&mut self, order: Order) -> Result<(), Stuck> {
        self.orders.push(order).map_err(|_| Stuck)
    }

    /// Has the music encoded. Of long music that takes a while, in which it is encoded anew for everybody who hears it.
    fn prepare(&mut self, codec: Codec) {
        if !self.codecs.contains(&codec) {
            self.codecs.push(codec);
        }
        let Some(music) = self.music.as_ref().filter(|music| music.can_prepare(codec)) else { return };
        if music.length() <= SHORT {
            return music.prepare(codec);
        }
        let music = Arc::clone(music);
        // Without a thread it is never prepared, which costs time and nothing else.
        let _ = thread::Builder::new().name("music".to_owned()).spawn(move || music.prepare(codec));
    }

    fn session(&mut self, channel: ChannelId, stream: &super::Stream) -> rtp::Config {
        // Each session gets a seed of its own; the generator behind it spreads them.
        self.config.seed = self.config.seed.wrapping_add(0x9e37_79b9_7f4a_7c15 ^ u64::from(channel.0) << 32);
        rtp::Config {
            seed: self.config.seed,
            remote: stream.agreed.remote,
            remote_rtcp: stream.agreed.remote_rtcp.filter(|_| stream.reports.is_some()),
            clock_rate: stream.agreed.codec.clock_rate(),
            report_interval: stream.reports.unwrap_or(Duration::from_secs(5)),
            name: self.config.name.clone(),
            keys: stream.agreed.keys,
            epoch: self.config.epoch,
        }
    }
}
