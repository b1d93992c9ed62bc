//! Which sound to play next.

use std::time::Duration;

use super::delay::{Delay, MS, ticks};
use super::marks::Marks;
use super::slots::{NoPlace, SLOTS, Slot, Slots};
use crate::engine::Delays;
use crate::rtp::Packet;

/// After so much sound that was made up, the stream is taken to pause.
const PAUSE: i64 = 240 * MS;

/// Beyond so much of a needless wait, every frame is shortened.
const MUCH: i64 = 40 * MS;

/// A wait that is too long or too short by less than this is let be.
const LITTLE_MORE: i64 = 12 * MS;
const LITTLE_LESS: i64 = 4 * MS;

/// The ear asks every 10 ms: a beginning is put at the nearest of these moments.
const HALF_STEP: i64 = 5 * MS;

/// A packet does not come so much faster than the fastest one.
const JUMP: i64 = 1000 * MS;

/// Frames from one change of pace to the next, if there is no hurry.
const CALM: u8 = 5;

/// Voice may begin after any 10 ms.
const STEP: u32 = 80;
const SILENCE: Frame<'static> = Frame::Silence { duration: STEP };

/// What became of a packet that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It waits.
    Waits,
    /// Its time is over.
    Late,
    /// It waits already.
    Doubled,
    /// It holds no voice, or more than [`super::MAX_PAYLOAD`].
    Unusable,
}

/// What to play next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frame<'a> {
    /// Decode this.
    Packet {
        /// Which says the codec.
        payload_type: u8,
        /// The encoded voice.
        payload: &'a [u8],
        /// Ticks of voice in it.
        duration: u32,
    },
    /// Stand in for so many ticks of voice that did not come.
    Lost {
        /// Ticks.
        duration: u32,
        /// The packet right behind them, if it is there: some tell what was before them.
        next: Option<(u8, &'a [u8])>,
    },
    /// Nothing is being said: play so many ticks of silence.
    Silence {
        /// Ticks.
        duration: u32,
    },
}

/// How to play it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// As it is.
    #[default]
    Normal,
    /// A little shorter, if that can be done without being heard.
    Faster,
    /// A little longer, if that can be done without being heard.
    Slower,
}

/// What the buffer did, since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Ticks of voice that were played, from packets or made up.
    pub played: u64,
    /// Ticks of voice that were made up.
    pub concealed: u64,
    /// How often that began.
    pub gaps: u64,
    /// Packets that came when their time was over.
    pub late: u64,
    /// Packets that were thrown away because too many waited.
    pub discarded: u64,
    /// How long voice waits at present.
    pub delay: Duration,
    /// How long it should.
    pub target: Duration,
}

/// Voice that waits to be played.
#[derive(Debug)]
pub struct Buffer {
    slots: Slots,
    delay: Delay,
    /// The last timestamp, counted on without beginning anew.
    timestamp: Option<i64>,
    /// Ticks of the last packet.
    duration: u32,
    cursor: Option<Cursor>,
    /// Numbers whose packets held no voice, from the ear or the first packet that waits on.
    passed: Marks,
    /// A number from which on all waiting packets are, while nothing is played.
    oldest: u16,
    /// Whether what lies before that was played, or passed over.
    heard: bool,
    /// What was made up before the present pause, until it shows whether anything was lost.
    pause: Option<Pause>,
    /// Number and time of the packet that is furthest ahead.
    newest: Option<(u16, i64)>,
    /// The wait, evened out.
    waited: i64,
    calm: u8,
    figures: Figures,
}

/// A stream that stopped.
#[derive(Debug, Clone, Copy)]
struct Pause {
    /// The number that it goes on with, if nothing was lost.
    sequence: u16,
    /// Ticks that were made up.
    concealed: u64,
}

/// Where the ear is.
#[derive(Debug, Clone, Copy)]
struct Cursor {
    sequence: u16,
    timestamp: i64,
    /// Ticks that were made up since, and those of them that are taken for lost.
    concealed: i64,
    lost: i64,
    /// Whether sound is being made up.
    in_gap: bool,
    /// Ticks for which the sender may send nothing, as its last packet told.
    quiet: i64,
}

impl Cursor {
    fn new(sequence: u16, timestamp: i64) -> Self {
        Cursor { sequence, timestamp, concealed: 0, lost: 0, in_gap: false, quiet: 0 }
    }
}

impl Buffer {
    /// An empty one.
    pub fn new(bounds: Delays) -> Self {
        Buffer {
            slots: Slots::new(),
            delay: Delay::new(bounds),
            timestamp: None,
            duration: 160,
            cursor: None,
            passed: Marks::default(),
            oldest: 0,
            heard: false,
            pause: None,
            newest: None,
            waited: 0,
            calm: 0,
            figures: Figures::default(),
        }
    }

    /// Counts on from what another one has counted.
    pub fn count_on(&mut self, before: &Buffer) {
        self.figures = before.figures;
    }

    /// Another stream begins; what waits of the one before is thrown away.
    pub fn restart(&mut self) {
        self.forget_times();
        self.slots.clear();
        self.lift();
        self.pause = None;
        self.heard = false;
    }

    /// What comes next has nothing to do with the times before.
    fn forget_times(&mut self) {
        self.delay.forget();
        self.timestamp = None;
        self.newest = None;
    }

    /// Takes a packet with this many ticks of voice, and as many after which its sender may send nothing without any loss, since
    /// there is nothing to say.
    pub fn put(&mut self, now: Duration, packet: &Packet<'_>, duration: u32, quiet: u32) -> Put {
        if duration == 0 {
            return Put::Unusable;
        }
        let mut timestamp = self.unwrapped(packet.timestamp);
        if self.is_another_clock(ticks(now), packet.sequence, timestamp) {
            self.restart();
            timestamp = self.unwrapped(packet.timestamp);
        }
        let from = self.cursor.map_or(self.oldest, |cursor| cursor.sequence);
        let ahead = packet.sequence.wrapping_sub(from);
        let nothing_waits = self.slots.is_empty();
        if (self.cursor.is_some() || self.heard) && ahead > u16::MAX / 2 {
            self.delay.arrived(ticks(now), timestamp);
            self.figures.late += 1;
            return Put::Late;
        }
        let is_quiet = nothing_waits && self.cursor.is_none_or(|cursor| cursor.quiet > 0 || self.passed.any());
        if is_quiet && self.delay.waited(ticks(now), timestamp) > self.delay.maximum() {
            // Nobody hears anything, and would not hear this either: the sender's clock stood still meanwhile.
            if let Some(cursor) = self.lift() {
                (self.oldest, self.heard) = (cursor.sequence, true);
            }
            self.forget_times();
            timestamp = self.unwrapped(packet.timestamp);
        }
        if ahead >= SLOTS && (self.cursor.is_some() || !nothing_waits) && !self.make_room(packet.sequence) {
            return Put::Late;
        }
        let Packet { sequence, payload_type, payload, .. } = *packet;
        match self.slots.put(Slot { sequence, timestamp, duration, quiet, payload_type, ..Slot::default() }, payload) {
            Err(NoPlace::Doubled) => return Put::Doubled,
            Err(NoPlace::TooLong | NoPlace::Full) => return Put::Unusable,
            Ok(()) => self.delay.arrived(ticks(now), timestamp),
        }
        if self.cursor.is_none() && (nothing_waits || self.oldest.wrapping_sub(packet.sequence) < u16::MAX / 2) {
            self.oldest = packet.sequence;
            if nothing_waits {
                self.passed = Marks::default();
            }
        }
        if self.newest.is_none_or(|(newest, _)| packet.sequence.wrapping_sub(newest) < u16::MAX / 2) {
            self.newest = Some((packet.sequence, timestamp));
        }
        self.duration = duration;
        Put::Waits
    }

    /// A packet of the stream came that holds no voice, but an event: its number is not missing.
    pub fn pass(&mut self, sequence: u16) {
        let (next, from) = (sequence.wrapping_add(1), self.cursor.map_or(self.oldest, |cursor| cursor.sequence));
        let ahead = sequence.wrapping_sub(from);
        if ahead < SLOTS {
            if self.cursor.is_some() || !self.slots.is_empty() {
                self.passed.set(sequence);
            }
        } else if ahead <= u16::MAX / 2 && self.slots.is_empty() && (self.cursor.is_some() || self.heard) {
            // After a long run of them, numbers would come round before there is voice again.
            self.lift();
            (self.oldest, self.heard) = (next.wrapping_sub(SLOTS), true);
        }
        if let Some(pause) = self.pause.as_mut().filter(|pause| pause.sequence == sequence) {
            pause.sequence = next;
        }
    }

    /// What to play next, where so much decoded sound waits to be heard before it.
    pub fn next(&mut self, now: Duration, queued: Duration) -> (Frame<'_>, Pace) {
        let heard = ticks(now) + ticks(queued);
        let Some(cursor) = self.cursor.or_else(|| self.begin(heard)) else {
            return (SILENCE, Pace::Normal);
        };
        self.cursor = Some(cursor);
        loop {
            match self.decide(heard) {
                Step::Play(sequence) => return self.play(heard, sequence),
                Step::Discard(sequence) => self.discard(sequence),
                Step::Conceal(duration, next) => return (self.conceal(duration, next), Pace::Normal),
                Step::Quiet => return (self.stay_quiet(), Pace::Normal),
                Step::Wait => return (SILENCE, Pace::Normal),
                Step::Pause => {
                    self.pause();
                    return (SILENCE, Pace::Normal);
                }
            }
        }
    }

    /// The stream has stopped. That is no loss, unless numbers are missing when it goes on.
    fn pause(&mut self) {
        let Some(Cursor { sequence, lost, in_gap, .. }) = self.lift() else { return };
        let concealed = u64::try_from(lost).unwrap_or(0).min(self.figures.concealed);
        self.figures.concealed -= concealed;
        self.figures.played = self.figures.played.saturating_sub(concealed);
        self.figures.gaps = self.figures.gaps.saturating_sub(in_gap.into());
        self.pause = Some(Pause { sequence, concealed });
        (self.oldest, self.heard) = (sequence, true);
    }

    /// What the buffer did.
    pub fn figures(&self) -> Figures {
        let time = |ticks: i64| Duration::from_micros(u64::try_from(ticks * 1000 / MS).unwrap_or(0));
        Figures { delay: time(self.waited), target: time(self.delay.target()), ..self.figures }
    }

    /// The place to begin at, once the first packet has waited long enough.
    fn begin(&mut self, heard: i64) -> Option<Cursor> {
        let mut first = self.slots.first_from(self.oldest)?;
        // After a stop of the network, only the last of what comes is worth hearing.
        while self.delay.waited(heard, first.timestamp) > self.delay.maximum() {
            let sequence = first.sequence;
            self.slots.take(sequence);
            self.figures.discarded += 1;
            self.go_past(sequence);
            (self.oldest, self.heard) = (sequence.wrapping_add(1), true);
            first = self.slots.first_from(self.oldest)?;
        }
        let waited = self.delay.waited(heard, first.timestamp);
        if waited + HALF_STEP < self.delay.target() {
            return None;
        }
        if let Some(pause) = self.pause.take().filter(|pause| pause.sequence != first.sequence) {
            self.figures.concealed += pause.concealed;
            self.figures.played += pause.concealed;
            self.figures.gaps += 1;
        }
        self.waited = waited;
        self.calm = CALM;
        self.passed.clear(self.oldest, first.sequence);
        Some(Cursor::new(first.sequence, first.timestamp))
    }

    fn decide(&self, heard: i64) -> Step {
        let Some(cursor) = self.cursor else { return Step::Wait };
        let next = self.slots.first_from(cursor.sequence);
        let (passed, missing) = self.passed.between(cursor.sequence, next.map(|next| next.sequence));
        // Where a key is pressed at the other side, no more is lost than numbers say.
        let is_made_up = cursor.lost >= i64::from(missing) * i64::from(self.duration);
        let Some(slot) = next else {
            return match cursor {
                _ if cursor.concealed < cursor.quiet => Step::Quiet,
                _ if cursor.concealed >= PAUSE => Step::Pause,
                _ if passed && is_made_up => Step::Wait,
                _ => Step::Conceal(self.duration, None),
            };
        };
        let more = self.slots.first_from(slot.sequence.wrapping_add(1)).is_some();
        let waited = self.delay.waited(heard, slot.timestamp);
        if more && waited > self.delay.maximum() {
            return Step::Discard(slot.sequence);
        }
        let gap = slot.timestamp - cursor.timestamp;
        if cursor.quiet > 0 && gap > 0 {
            // Where the first of new words is missing, the packet behind it may know what it was.
            let due = waited + i64::from(self.duration) >= self.delay.target();
            return match waited >= self.delay.target() {
                _ if missing > 0 && due && !cursor.in_gap => Step::Conceal(self.duration, Some(slot.sequence)),
                true => Step::Play(slot.sequence),
                false => Step::Quiet,
            };
        }
        if gap <= cursor.concealed {
            // What was made up in its place is heard already, and the next one waits.
            let over = gap + i64::from(slot.duration) <= cursor.concealed;
            return if more && over { Step::Discard(slot.sequence) } else { Step::Play(slot.sequence) };
        }
        if missing == 0 || passed && is_made_up {
            // The sender paused. Its next words wait as long as they should, whatever was before.
            return if waited >= self.delay.target() { Step::Play(slot.sequence) } else { Step::Wait };
        }
        if cursor.concealed >= PAUSE || gap - cursor.concealed > PAUSE {
            return if waited >= self.delay.target() { Step::Play(slot.sequence) } else { Step::Wait };
        }
        let rest = u32::try_from(gap - cursor.concealed).unwrap_or(self.duration);
        Step::Conceal(rest.min(self.duration), (rest <= self.duration).then_some(slot.sequence))
    }

    fn play(&mut self, heard: i64, sequence: u16) -> (Frame<'_>, Pace) {
        self.go_past(sequence);
        let slot = self.slots.take(sequence);
        let waited = self.delay.waited(heard, slot.timestamp);
        self.waited += (waited - self.waited) / 4;
        let end = slot.timestamp + i64::from(slot.duration);
        self.cursor = Some(Cursor { quiet: slot.quiet.into(), ..Cursor::new(sequence.wrapping_add(1), end) });
        self.figures.played += u64::from(slot.duration);
        self.calm = self.calm.saturating_sub(1);
        let (excess, target) = (self.waited - self.delay.target(), self.delay.target());
        let pace = match self.calm {
            _ if waited - target > MUCH && excess > LITTLE_MORE => Pace::Faster,
            0 if excess > LITTLE_MORE => Pace::Faster,
            0 if excess < -LITTLE_LESS => Pace::Slower,
            _ => Pace::Normal,
        };
        if pace != Pace::Normal {
            self.calm = CALM;
        }
        let frame = Frame::Packet {
            payload_type: slot.payload_type,
            payload: self.slots.payload(&slot),
            duration: slot.duration,
        };
        (frame, pace)
    }

    fn conceal(&mut self, duration: u32, next: Option<u16>) -> Frame<'_> {
        if let Some(cursor) = &mut self.cursor {
            cursor.concealed += i64::from(duration);
            cursor.lost += i64::from(duration);
            self.figures.gaps += u64::from(!cursor.in_gap);
            cursor.in_gap = true;
        }
        self.figures.played += u64::from(duration);
        self.figures.concealed += u64::from(duration);
        let next = next.and_then(|next| self.slots.get(next));
        Frame::Lost { duration, next: next.map(|slot| (slot.payload_type, self.slots.payload(slot))) }
    }

    /// Has the codec go on with the noise behind a voice that says nothing. That is no loss.
    fn stay_quiet(&mut self) -> Frame<'_> {
        let duration = STEP;
        if let Some(cursor) = &mut self.cursor {
            cursor.concealed += i64::from(duration);
        }
        Frame::Lost { duration, next: None }
    }

    /// Passes over a packet. What was made up so far stood in for what lies before and in it.
    fn discard(&mut self, sequence: u16) {
        self.go_past(sequence);
        let slot = self.slots.take(sequence);
        let end = slot.timestamp + i64::from(slot.duration);
        if let Some(cursor) = &mut self.cursor {
            cursor.concealed = (cursor.concealed - (end - cursor.timestamp)).max(0);
            cursor.lost = cursor.lost.min(cursor.concealed);
            (cursor.sequence, cursor.timestamp) = (sequence.wrapping_add(1), end);
            cursor.quiet = slot.quiet.into();
        }
        self.figures.discarded += 1;
    }

    /// The ear goes past a packet: those without voice that came before it count no longer, those behind it do.
    fn go_past(&mut self, sequence: u16) {
        let from = self.cursor.map_or(self.oldest, |cursor| cursor.sequence);
        self.passed.clear(from, sequence.wrapping_add(1));
    }

    /// The ear is nowhere.
    fn lift(&mut self) -> Option<Cursor> {
        self.passed = Marks::default();
        self.cursor.take()
    }

    /// Throws away what is furthest behind a packet that lies beyond the last place. Says whether it has a place then.
    fn make_room(&mut self, sequence: u16) -> bool {
        if self.cursor.is_none() && self.oldest.wrapping_sub(sequence) < u16::MAX / 2 {
            // It came late, and nothing was played yet.
            return self.newest.is_some_and(|(newest, _)| newest.wrapping_sub(sequence) < SLOTS);
        }
        let oldest = sequence.wrapping_sub(SLOTS - 1);
        let from = self.cursor.map_or(self.oldest, |cursor| cursor.sequence);
        for ahead in 0..SLOTS {
            let old = from.wrapping_add(ahead);
            if self.slots.get(old).is_some() && oldest.wrapping_sub(old) <= u16::MAX / 2 && old != oldest {
                self.slots.take(old);
                self.figures.discarded += 1;
            }
        }
        // What follows has nothing to do with where the ear was.
        self.cursor = None;
        self.passed.clear(from, oldest);
        (self.oldest, self.heard) = (oldest, true);
        true
    }

    /// Whether the sender's clock has jumped: back, or so far ahead that the packet would have come long before it was sent.
    fn is_another_clock(&self, now: i64, sequence: u16, timestamp: i64) -> bool {
        let back = self.newest.is_some_and(|(newest, time)| {
            let ahead = sequence.wrapping_sub(newest);
            ahead > 0 && ahead < u16::MAX / 2 && timestamp < time
        });
        back || self.delay.waited(now, timestamp) < -JUMP && self.newest.is_some()
    }

    fn unwrapped(&mut self, timestamp: u32) -> i64 {
        let last = self.timestamp.unwrap_or(i64::from(timestamp));
        let unwrapped = last + i64::from(timestamp.wrapping_sub(last as u32) as i32);
        self.timestamp = Some(unwrapped);
        unwrapped
    }
}

enum Step {
    Play(u16),
    /// Too old to be worth playing.
    Discard(u16),
    /// Before the packet of this number.
    Conceal(u32, Option<u16>),
    Quiet,
    Wait,
    Pause,
}
