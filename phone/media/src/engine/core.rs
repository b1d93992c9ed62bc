//! The end of the engine that the audio thread drives.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rtrb::{Consumer, Producer};

use super::channel::{Channel, Rates, Sources};
use super::command::{ChannelId, Event};
use super::music::Music;
use super::order::{Answer, Garbage, Order};
use super::person::Person;
use super::report::Counters;
use super::sounds::Sounds;
use super::{FRAME_TIME, MOST_CHANNELS, NARROW, WIDE};
use crate::audio::{Device, State};
use crate::mixer;
use crate::resample::{Doubler, Halver};
use crate::tone::{Player, Signal};

/// Frames that are made at once after a delay. What is later is left out, and counted.
const MOST_LATE: u32 = 5;

/// Which of a channel's two ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Port {
    /// The even one.
    Rtp,
    /// The odd one above it.
    Rtcp,
}

/// Where packets go.
pub trait Network {
    /// Sends a packet from a channel's port. It does not block.
    fn send(&mut self, channel: ChannelId, port: Port, to: SocketAddr, packet: &[u8]);
}

/// The engine. It has no sockets and no clock, and neither allocates nor waits.
pub struct Engine {
    orders: Consumer<Order>,
    answers: Producer<Answer>,
    counters: Arc<Counters>,
    channels: Vec<Box<Channel>>,
    person: Person,
    music: Option<Arc<Music>>,
    /// The hold tone, for calls on hold without music; it is the same for all of them.
    hold_tone: Player,
    hold_tones: [Rate; 2],
    device: State,
    next: Option<Duration>,
    heard_up: Doubler,
    said_down: Halver,
    conference_up: Doubler,
    conference_down: Halver,
    hold_down: Halver,
}

/// A frame at one of the two rates.
type Rate = [i32; WIDE];

impl Engine {
    pub(super) fn new(
        orders: Consumer<Order>,
        answers: Producer<Answer>,
        counters: Arc<Counters>,
        sounds: Box<Sounds>,
    ) -> Self {
        Engine {
            orders,
            answers,
            counters,
            channels: Vec::with_capacity(MOST_CHANNELS),
            hold_tone: Player::new(sounds.tones.get(Signal::Hold), crate::audio::RATE),
            hold_tones: [[0; WIDE]; 2],
            person: Person::new(sounds),
            music: None,
            device: State::Running,
            next: None,
            heard_up: Doubler::new(),
            said_down: Halver::new(),
            conference_up: Doubler::new(),
            conference_down: Halver::new(),
            hold_down: Halver::new(),
        }
    }

    /// When the next frame is due; at once if there was none yet.
    pub fn next_frame(&self) -> Duration {
        self.next.unwrap_or_default()
    }

    /// Nobody will drive the engine for a while, since nothing sounds: the frames until then are not missed.
    pub fn rest(&mut self) {
        self.next = None;
    }

    /// Takes a datagram that came to a channel's port, as far as it is one of RTP or RTCP. Its octets may be changed.
    ///
    /// It came to the machine `at` this moment, and may have waited since. Says whether it was one: others, such as those of
    /// STUN, are the caller's.
    pub fn receive(&mut self, at: Duration, id: ChannelId, port: Port, from: SocketAddr, packet: &mut [u8]) -> bool {
        // It can be heard from the next frame on, which is what the jitter buffer counts by.
        let heard = self.next.map_or(at, |next| next.max(at));
        let channel = self.channels.iter_mut().find(|channel| channel.id == id);
        channel.is_some_and(|channel| channel.receive((at, heard), port, from, packet))
    }

    /// Makes all frames that are due: hears, plays, records, speaks.
    pub fn tick(&mut self, now: Duration, device: &mut dyn Device, network: &mut dyn Network) {
        self.obey(now, network);
        let mut due = *self.next.get_or_insert(now);
        let most = FRAME_TIME * MOST_LATE;
        if now.saturating_sub(due) > most {
            let skipped = (now - due - most).as_millis() / FRAME_TIME.as_millis();
            self.counters.skipped(skipped as u64);
            due += FRAME_TIME * skipped as u32;
            // What is sent next says that time has passed.
            self.channels.iter_mut().for_each(|channel| channel.skip(skipped as u32));
        }
        while due <= now {
            self.counters.frame(now - due);
            self.frame(now, device, network);
            due += FRAME_TIME;
        }
        self.next = Some(due);
    }

    fn frame(&mut self, now: Duration, device: &mut dyn Device, network: &mut dyn Network) {
        let Engine { channels, answers, counters, .. } = self;
        for channel in channels.iter_mut() {
            channel.hear(now, |event| tell(answers, counters, event));
        }
        let mut voices = self.voices();
        let conference = self.conference();
        let mut said = [0; WIDE];
        self.exchange(device, &mut voices, &mut said);
        let mut narrow = [0; NARROW];
        if self.channels.iter().any(|channel| channel.codec().sample_rate() == 8000) {
            self.said_down.convert(&said, &mut narrow);
        }
        self.make_hold_tone();
        let (music, tones) = (self.music.as_deref(), &self.hold_tones);
        let hold = |number: usize, rate: u32, frame: &mut [i32]| match music {
            Some(music) => {
                frame.iter_mut().zip(music.frame(number, rate)).for_each(|(to, from)| *to = i32::from(*from));
            }
            None => frame.copy_from_slice(&tones[usize::from(rate != 8000)][..frame.len()]),
        };
        let mut sources = Sources {
            person: Rates { narrow: &narrow, wide: &said },
            conference: Rates { narrow: &conference.0, wide: &conference.1 },
            shared: &mut [None; 2],
            hold: &hold,
            encoded: &|number, codec| music.and_then(|music| music.encoded(number, codec)),
        };
        let (answers, counters) = (&mut self.answers, &self.counters);
        for channel in &mut self.channels {
            channel.speak(now, &mut sources, network);
            channel.report(now, network, |event| tell(answers, counters, event));
        }
    }

    /// What the person hears of all channels.
    fn voices(&mut self) -> Rate {
        let (mut narrow, mut wide) = ([0; NARROW], [0; WIDE]);
        for channel in &mut self.channels {
            let mut fader = channel.to_person;
            if channel.rate == 8000 {
                fader.add(&mut narrow, channel.heard());
            } else {
                fader.add(&mut wide, channel.heard());
            }
            channel.to_person = fader;
        }
        let mut voices = [0; WIDE];
        self.heard_up.convert(&narrow, &mut voices);
        mixer::add(&mut voices, &wide);
        voices
    }

    /// What the channels of the conference hear of each other, at both rates.
    fn conference(&mut self) -> ([i32; NARROW], Rate) {
        let (mut narrow, mut wide) = ([0; NARROW], [0; WIDE]);
        if self.channels.iter().all(|channel| channel.to_conference.is_silent()) {
            return (narrow, wide);
        }
        for channel in &mut self.channels {
            channel.join(&mut narrow, &mut wide);
        }
        let (mut from_wide, mut from_narrow) = ([0; NARROW], [0; WIDE]);
        self.conference_down.convert(&wide, &mut from_wide);
        self.conference_up.convert(&narrow, &mut from_narrow);
        mixer::add(&mut narrow, &from_wide);
        mixer::add(&mut wide, &from_narrow);
        (narrow, wide)
    }

    /// Plays what the person hears, and records what it says.
    fn exchange(&mut self, device: &mut dyn Device, voices: &mut Rate, said: &mut Rate) {
        let (answers, counters) = (&mut self.answers, &self.counters);
        let mut recorded = [0; WIDE];
        let play = self.person.hear(voices, |event| tell(answers, counters, event));
        let state = device.exchange(play, &mut recorded);
        if state != self.device {
            self.device = state;
            let event = if state == State::Lost { Event::DeviceLost } else { Event::DeviceBack };
            tell(answers, counters, event);
        }
        self.person.say(recorded, said);
    }

    fn make_hold_tone(&mut self) {
        if self.music.is_none() {
            let mut wide = [0; WIDE];
            self.hold_tone.add(&mut wide);
            self.hold_down.convert(&wide, &mut self.hold_tones[0][..NARROW]);
            self.hold_tones[1] = wide;
        }
    }

    fn obey(&mut self, now: Duration, network: &mut dyn Network) {
        while let Ok(order) = self.orders.pop() {
            match order {
                Order::Open(channel) => self.open(now, channel, network),
                Order::Close(id) => self.close(now, id, network),
                Order::Change(id, mut renewal) => {
                    self.with(id, |channel| channel.change(now, &mut renewal));
                    self.drop_later(Garbage::Renewal(renewal));
                }
                Order::Feed(id, feed) => self.with(id, |channel| channel.feed(feed)),
                Order::Send(id, digits) => {
                    self.with(id, |channel| channel.send(&digits));
                    self.drop_later(Garbage::Digits(digits));
                }
                Order::Listen(listening) => self.person.listen(listening),
                Order::Mute(muted) => self.person.mute(muted),
                Order::Start(tone) => self.person.start(tone),
                Order::Stop(signal) => self.person.stop(signal),
                Order::Tap => self.person.tap(),
                Order::KeyDown(digit) => self.person.key_down(digit),
                Order::KeyUp => self.person.key_up(),
                Order::Ring(number) => self.person.ring(number),
                Order::StopRinging => self.person.stop_ringing(),
                Order::Sounds(sounds) => {
                    self.hold_tone = Player::new(sounds.tones.get(Signal::Hold), crate::audio::RATE);
                    let old = std::mem::replace(&mut self.person.sounds, sounds);
                    self.drop_later(Garbage::Sounds(old));
                }
                Order::Music(music) => {
                    if let Some(old) = std::mem::replace(&mut self.music, music) {
                        self.drop_later(Garbage::Music(old));
                    }
                }
            }
        }
    }

    fn open(&mut self, now: Duration, channel: Box<Channel>, network: &mut dyn Network) {
        self.close(now, channel.id, network);
        if self.channels.len() < MOST_CHANNELS {
            self.channels.push(channel);
        } else {
            let id = channel.id;
            self.drop_later(Garbage::Channel(channel));
            tell(&mut self.answers, &self.counters, Event::Closed(id, None));
        }
    }

    fn close(&mut self, now: Duration, id: ChannelId, network: &mut dyn Network) {
        if let Some(place) = self.channels.iter().position(|channel| channel.id == id) {
            let mut channel = self.channels.remove(place);
            let report = channel.close(now, network);
            self.drop_later(Garbage::Channel(channel));
            tell(&mut self.answers, &self.counters, Event::Closed(id, Some(report)));
        }
    }

    fn with(&mut self, id: ChannelId, act: impl FnOnce(&mut Channel)) {
        if let Some(channel) = self.channels.iter_mut().find(|channel| channel.id == id) {
            act(channel);
        }
    }

    fn drop_later(&mut self, garbage: Garbage) {
        // If nobody fetches events, it is dropped here after all.
        drop(self.answers.push(Answer::Garbage(garbage)));
    }
}

fn tell(answers: &mut Producer<Answer>, counters: &Counters, event: Event) {
    if answers.push(Answer::Event(event)).is_err() {
        counters.unheard();
    }
}
