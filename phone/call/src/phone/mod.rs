//! The phone as a person means it: six lines, the calls on them, the device in the hand.
//!
//! [`Phone`] is a state machine without input and output. Commands, bytes from the network, answers of DNS, news of the audio
//! engine and the present moment go in; [`Output`]s come out of [`Phone::poll`], in the order in which they are to be carried
//! out. After each call fetch all of them, and call [`Phone::timeout`] at the moment that [`Phone::next_timeout`] names.
//!
//! # How the parts share the work
//!
//! [`policy`](crate::policy) decides on a call that comes in; `talking` moves calls between talking, held and gone;
//! `dialling` follows keys; `voice` agrees on sound with the other side; `sound` compares what the person should hear with
//! what the engine was told last, after each input, so that no path through the phone can forget a tone; `telling` does the
//! same with events.

mod buttons;
mod call;
mod commands;
mod dialling;
mod features;
mod incoming;
mod news;
mod outgoing;
mod records;
mod slot;
mod sound;
mod talking;
mod telling;
mod transfer;
mod voice;
mod watch;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use offhook_media::engine::{self, ChannelId};
use offhook_media::tone::Signal;
use offhook_params::Settings;
use offhook_params::types::Macros;
use offhook_sip::Tokens;
use offhook_sip::line::{Addresses, Config};
use offhook_sip::message::{Frame, Malformed};
use offhook_sip::server::{Answer, QueryId};
use offhook_sip::transaction::Peer;

use crate::button::Function;
use crate::command::{CallId, Path};
use crate::contacts::Contacts;
use crate::figures::Pace;
use crate::log::Logs;
use crate::number::Codes;
use crate::output::{Kept, Output};
use crate::ports::Ports;

use call::Call;
use dialling::Session;
use records::Records;
use slot::Slot;
use sound::Sound;
use telling::Told;

/// How many lines a phone has.
pub const LINES: usize = 6;
/// Calls at a time, on all lines: as many as there are voice channels (guide rule 169).
pub const MOST_CALLS: usize = 25;

/// Which unit this is, for the macros of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// The MAC address.
    pub mac: [u8; 6],
    /// The model name.
    pub model: String,
    /// The firmware version.
    pub firmware: String,
}

impl Unit {
    fn macros(&self) -> Macros<'_> {
        Macros { mac: self.mac, model: &self.model, firmware: &self.firmware }
    }
}

/// What happens to the voice of calls that are all taken at once: for paging, measuring, and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EveryCall {
    /// The speaker plays them.
    Heard,
    /// It goes back to where it came from.
    Echoed,
}

/// What a phone begins with.
#[derive(Debug)]
pub struct Setup {
    /// The settings that count.
    pub settings: Arc<Settings>,
    /// Which unit this is.
    pub unit: Unit,
    /// The unit's own addresses.
    pub addresses: Addresses,
    /// Randomness that no other start of any unit has.
    pub tokens: Tokens,
    /// Takes every call at once, without holding the others.
    pub every_call: Option<EveryCall>,
    /// The file of the call logs; empty if there is none.
    pub logs: Vec<u8>,
    /// The file of the contacts; empty if there is none.
    pub contacts: Vec<u8>,
}

/// What a person is doing at the phone.
#[derive(Debug, Default)]
struct Desk {
    /// Off hook, and by which device.
    path: Option<Path>,
    /// The call that the person is with.
    focus: Option<CallId>,
    /// Calls whose parties hear each other; empty or two.
    conference: BTreeSet<CallId>,
    /// A number that is being dialled.
    dialling: Option<Session>,
    /// A tone that tells how a call or an attempt has ended, and until when.
    after: Option<(Signal, Duration)>,
    muted: bool,
    /// The sound device has gone.
    device_lost: bool,
    pace: Pace,
}

/// One phone.
#[derive(Debug)]
pub struct Phone {
    now: Duration,
    settings: Arc<Settings>,
    /// What the flexible buttons are for, by the settings.
    functions: Vec<Function>,
    unit: Unit,
    own: Addresses,
    tokens: Tokens,
    every_call: Option<EveryCall>,
    /// A moment, and the time of day then, since 1970 UTC.
    clock: Option<(Duration, Duration)>,
    slots: Vec<Slot>,
    calls: BTreeMap<CallId, Call>,
    last_call: u16,
    /// Channels whose engine has not said yet that they are closed.
    closing: BTreeSet<ChannelId>,
    last_channel: u16,
    ports: Ports,
    desk: Desk,
    records: Records,
    sound: Sound,
    told: Told,
    outputs: VecDeque<Output>,
}

impl Phone {
    /// A phone that does nothing until it is started. Files that are damaged are told to be written anew at once.
    pub fn new(now: Duration, setup: Setup) -> Self {
        let Setup { settings, unit, addresses, mut tokens, every_call, logs, contacts } = setup;
        let slots =
            (0..LINES).map(|line| Slot::new(line, &settings, &unit.macros(), addresses, tokens.fork())).collect();
        let (mut records, outputs) = Records::read(&logs, &contacts);
        records.codes = Codes::of(&settings.call_control);
        Phone {
            now,
            unit,
            own: addresses,
            tokens,
            every_call,
            clock: None,
            slots,
            calls: BTreeMap::new(),
            last_call: 0,
            closing: BTreeSet::new(),
            last_channel: 0,
            ports: Ports::of(&settings),
            desk: Desk::default(),
            records,
            sound: Sound::default(),
            told: Told::default(),
            outputs,
            functions: settings.buttons.iter().map(Function::of).collect(),
            settings,
        }
    }

    /// Registers all lines that are in service.
    pub fn start(&mut self, now: Duration) {
        self.enter(now);
        for slot in &mut self.slots {
            slot.start(now);
        }
        self.leave();
    }

    /// Ends all calls and leaves the registrars. It is done when [`Phone::is_closed`] says so, after a few seconds.
    pub fn close(&mut self, now: Duration) {
        self.enter(now);
        self.desk.dialling = None;
        let calls: Vec<_> = self.calls.keys().copied().collect();
        calls.into_iter().for_each(|call| self.drop_call(call));
        self.pump();
        for slot in &mut self.slots {
            slot.close(now);
        }
        self.leave();
    }

    /// Whether all lines are closed.
    pub fn is_closed(&self) -> bool {
        self.slots.iter().all(Slot::is_closed)
    }

    /// Takes other settings. Calls go on; lines register anew where they have to.
    pub fn configure(&mut self, now: Duration, settings: Arc<Settings>) {
        self.enter(now);
        self.ports.change(&settings);
        let mut moving = [false; LINES];
        for (line, moving) in moving.iter_mut().enumerate() {
            let own = self.slots[line].line.as_ref().map(|line| line.config().account.clone());
            match Config::of_line(&settings, line, &self.unit.macros()) {
                None => self.vacate(line),
                // Somebody else from now on: the servers of old need not tell this line anything any more.
                Some(config) if own.is_some_and(|own| own != config.account) => {
                    self.unsubscribe(line);
                    *moving = true;
                }
                Some(_) => {}
            }
        }
        for slot in &mut self.slots {
            slot.configure(now, &settings, &self.unit.macros(), self.own, &mut self.tokens);
        }
        self.functions = settings.buttons.iter().map(Function::of).collect();
        let before = std::mem::replace(&mut self.settings, settings);
        self.synchronize(&before);
        self.records.codes = Codes::of(&self.settings.call_control);
        // A line that is moving subscribes when it has moved.
        (0..LINES).filter(|line| !moving[*line]).for_each(|line| self.subscribe(line));
        for call in self.calls.values_mut() {
            let policy = &self.slots[call.line].policy;
            call.voice.negotiators().for_each(|negotiator| negotiator.set_policy(policy.clone()));
        }
        self.leave();
    }

    /// The unit has other addresses.
    pub fn set_addresses(&mut self, now: Duration, own: Addresses) {
        self.enter(now);
        self.own = own;
        self.slots.iter_mut().for_each(|slot| slot.set_addresses(now, own));
        self.leave();
    }

    /// What a STUN server sees of a line's port (counted from 0).
    pub fn set_public_address(&mut self, now: Duration, line: usize, seen: Option<std::net::SocketAddrV4>) {
        self.enter(now);
        if let Some(line) = self.line(line) {
            line.set_public_address(now, seen);
        }
        self.leave();
    }

    /// It is `unix` after 1970 UTC now. Without this, logs do not know when calls were.
    pub fn set_clock(&mut self, now: Duration, unix: Duration) {
        // Two looks at two clocks are never quite as far apart: what a moment is called must not change with each.
        const LITTLE: Duration = Duration::from_millis(500);
        let expected = self.clock.map(|(at, then)| (then + now).saturating_sub(at));
        if expected.is_none_or(|expected| expected.abs_diff(unix) > LITTLE) {
            self.clock = Some((now, unix));
        }
    }

    /// The audio thread keeps this pace.
    pub fn set_pace(&mut self, pace: Pace) {
        self.desk.pace = pace;
    }

    /// A datagram has come to a line's socket. Lines count from 0 here and below.
    pub fn datagram(&mut self, now: Duration, line: usize, bytes: &[u8], from: Peer) {
        self.enter(now);
        if let Some(line) = self.line(line) {
            line.datagram(now, bytes, from);
        }
        self.leave();
    }

    /// A connection of a line has brought this.
    pub fn frame(&mut self, now: Duration, line: usize, frame: Frame, from: Peer) {
        self.enter(now);
        if let Some(line) = self.line(line) {
            line.frame(now, frame, from);
        }
        self.leave();
    }

    /// A connection of a line has brought what is no message; close it afterwards.
    pub fn malformed(&mut self, now: Duration, line: usize, malformed: Malformed, from: Peer) {
        self.enter(now);
        if let Some(line) = self.line(line) {
            line.malformed(now, malformed, from);
        }
        self.leave();
    }

    /// Somebody cannot be reached from a line, or the connection has ended.
    pub fn unreachable(&mut self, now: Duration, line: usize, peer: Peer) {
        self.enter(now);
        if let Some(line) = self.line(line) {
            line.unreachable(now, peer);
        }
        self.leave();
    }

    /// DNS has answered a line.
    pub fn resolved(&mut self, now: Duration, line: usize, id: QueryId, answer: Answer) {
        self.enter(now);
        if let Some(line) = self.line(line) {
            line.resolved(now, id, answer);
        }
        self.leave();
    }

    /// The port of the next call. Whoever opens it ahead finds out in time whether another program has it.
    pub fn next_port(&self) -> Option<u16> {
        self.ports.peek()
    }

    /// Another program has the port that the next call would get: it gets another one.
    pub fn pass_over_port(&mut self) {
        self.ports.pass_over();
    }

    /// The port of a channel could not be opened: another program has it. The call ends.
    pub fn port_taken(&mut self, now: Duration, channel: ChannelId) {
        self.enter(now);
        if let Some(call) = self.call_of(channel) {
            self.drop_call(call);
        }
        self.leave();
    }

    /// The audio engine tells something.
    pub fn heard(&mut self, now: Duration, event: &engine::Event) {
        self.enter(now);
        self.on_engine(event);
        self.leave();
    }

    /// Time has passed.
    pub fn timeout(&mut self, now: Duration) {
        self.enter(now);
        for slot in &mut self.slots {
            slot.timeout(now);
        }
        self.pump();
        self.on_time();
        self.leave();
    }

    /// When [`Phone::timeout`] has something to do.
    pub fn next_timeout(&self) -> Option<Duration> {
        let lines = self.slots.iter().filter_map(Slot::next_timeout);
        let calls = self.calls.values().filter_map(Call::next_timeout);
        let dialling = self.desk.dialling.as_ref().and_then(Session::next_timeout);
        let after = self.desk.after.map(|(_, until)| until);
        lines.chain(calls).chain(dialling).chain(after).min()
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The whole of a kept file, after the disk has refused to take a part of it.
    pub fn file(&self, kept: Kept) -> Vec<u8> {
        self.records.file(kept)
    }

    /// The call logs.
    pub fn logs(&self) -> &Logs {
        &self.records.logs
    }

    /// The phone book.
    pub fn contacts(&self) -> &Contacts {
        &self.records.contacts
    }

    /// The call that a channel carries.
    pub fn call_of(&self, channel: ChannelId) -> Option<CallId> {
        self.calls.values().find(|call| call.voice.channel == channel).map(|call| call.id)
    }

    /// Begins to take an input.
    fn enter(&mut self, now: Duration) {
        self.now = self.now.max(now);
    }

    /// Ends it: what follows from it is done, sound and screens are brought to what they should be.
    fn leave(&mut self) {
        self.pump();
        self.slots.iter_mut().for_each(|slot| slot.tidy(self.now));
        self.settle_desk();
        // What that sends goes out with this input, not with the next one.
        self.pump();
        self.settle_sound();
        self.tell();
    }

    /// Lets what the lines put out have its effects, until there is nothing left.
    fn pump(&mut self) {
        while let Some((line, output)) = self.slots.iter_mut().enumerate().find_map(|(line, s)| Some((line, s.poll()?)))
        {
            self.on_line(line, output);
        }
    }

    fn line(&mut self, line: usize) -> Option<&mut offhook_sip::line::Line> {
        self.slots.get_mut(line)?.line.as_mut()
    }

    fn call(&self, call: CallId) -> Option<&Call> {
        self.calls.get(&call)
    }

    fn output(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    /// Seconds since 1970 UTC, if the clock is set.
    fn unix(&self) -> Option<u64> {
        self.unix_at(self.now)
    }

    /// The same of an earlier moment, by the clock of today.
    fn unix_at(&self, moment: Duration) -> Option<u64> {
        let (at, unix) = self.clock?;
        // Parts of seconds count until the end: else a moment would be now in one second, now in the next.
        Some((unix + moment).saturating_sub(at).as_secs())
    }
}
