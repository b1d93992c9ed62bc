//! Sends digits one after the other, each with its length and a pause behind it.

use std::time::Duration;

use super::{Payload, TICKS_PER_MS, digit, event};
use crate::codec::in_tick;

/// Digits that may wait; more of them are not taken.
pub const MAX_QUEUED: usize = 64;

/// How often the end of an event is sent (RFC 4733, section 2.5.1.4).
const ENDS: u8 = 3;

/// Level of the tones that stand for events, in decibels below 1 mW.
const VOLUME: u8 = 10;

/// The longest duration that a packet can tell; a longer event goes on in another segment (section 2.5.1.3).
const LONGEST: u32 = 0xffff;

/// A packet of an event, to be sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// Whether the event begins.
    pub marker: bool,
    /// The moment of its beginning, or of its segment's, on the clock that [`Sender::poll`] is given.
    pub time: u32,
    /// The payload.
    pub payload: [u8; 4],
}

/// Digits that are to be sent, and the one that is being sent.
///
/// While [`Sender::is_sending`], its packets take the place of voice.
#[derive(Debug, Clone)]
pub struct Sender {
    queue: [Waiting; MAX_QUEUED],
    first: usize,
    count: usize,
    state: State,
    /// What a tick is in durations of packets.
    scale: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Waiting {
    event: u8,
    length: u32,
    pause: u32,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Idle,
    Sounding {
        what: Waiting,
        /// Where the event began, and its present segment.
        start: u32,
        segment: u32,
        /// The last moment that was told.
        told: Option<u32>,
    },
    Ending {
        what: Waiting,
        /// The moment of the end.
        end: u32,
        note: Note,
        left: u8,
        told: u32,
    },
    Pausing {
        until: u32,
    },
}

impl Sender {
    /// One with nothing to send, whose payload type has this clock: 8000 hertz or a multiple.
    pub fn new(clock_rate: u32) -> Self {
        let queue = [Waiting::default(); MAX_QUEUED];
        Sender { queue, first: 0, count: 0, state: State::Idle, scale: in_tick(clock_rate) }
    }

    /// Appends digits, each of this length and with this pause behind it. Other characters are left out, and so is what
    /// exceeds [`MAX_QUEUED`]. Says how many digits were taken.
    pub fn send(&mut self, digits: &str, length: Duration, pause: Duration) -> usize {
        let before = self.count;
        let ticks =
            |time: Duration| u32::try_from(time.as_millis()).map_or(u32::MAX / 4, |ms| ms.min(1 << 24) * TICKS_PER_MS);
        for event in digits.chars().filter_map(event).take(MAX_QUEUED - self.count) {
            let place = (self.first + self.count) % MAX_QUEUED;
            self.queue[place] = Waiting { event, length: ticks(length).max(1), pause: ticks(pause) };
            self.count += 1;
        }
        self.count - before
    }

    /// Whether an event is being sent: no voice goes out meanwhile.
    pub fn is_sending(&self) -> bool {
        matches!(self.state, State::Sounding { .. } | State::Ending { .. })
    }

    /// Whether there is nothing to send, and the pause behind the last digit is over.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle) && self.count == 0
    }

    /// Another source goes on from `now`, with this clock. The digit that is being sent ends here, which the other side learns
    /// from its silence; those that wait follow.
    pub fn go_on_elsewhere(&mut self, now: u32, clock_rate: u32) {
        self.scale = in_tick(clock_rate);
        self.state = match self.state {
            State::Sounding { what, .. } => State::Pausing { until: now.wrapping_add(what.pause) },
            State::Ending { what, end, .. } => State::Pausing { until: end.wrapping_add(what.pause) },
            state => state,
        };
    }

    /// Takes back the first of the digits that wait, with its length and the pause behind it.
    pub fn take_back(&mut self) -> Option<(char, Duration, Duration)> {
        let Waiting { event, length, pause } = self.next()?;
        let time = |ticks: u32| Duration::from_millis((ticks / TICKS_PER_MS).into());
        Some((digit(event)?, time(length), time(pause)))
    }

    /// The next packet that is due where the packet of voice for the `step` ticks from `now` on would be. Ask for each until
    /// there is none.
    ///
    /// A packet tells what it covers, as voice does: a duration of zero would mean a state that lasts (section 2.3.5).
    pub fn poll(&mut self, now: u32, step: u32) -> Option<Note> {
        loop {
            match self.state {
                State::Idle => {
                    let what = self.next()?;
                    return Some(Note { marker: true, ..self.go_on(what, now, now, now.wrapping_add(step)) });
                }
                State::Pausing { until } => {
                    if is_before(now, until) {
                        return None;
                    }
                    self.state = State::Idle;
                }
                State::Sounding { what, start, segment, told } => {
                    let covered = now.wrapping_add(step);
                    return if told == Some(covered) { None } else { Some(self.go_on(what, start, segment, covered)) };
                }
                State::Ending { what, end, note, left, told } => {
                    let until = end.wrapping_add(what.pause);
                    // The next digit does not wait for the repetitions: they go out at once.
                    let hurry = self.count > 0 && !is_before(now, until);
                    if left == 0 {
                        self.state = State::Pausing { until };
                    } else if told != now.wrapping_add(step) || hurry {
                        self.state = State::Ending { what, end, note, left: left - 1, told: now.wrapping_add(step) };
                        return Some(note);
                    } else {
                        return None;
                    }
                }
            }
        }
    }

    /// An update of the event, its end, or the end of its segment.
    fn go_on(&mut self, what: Waiting, start: u32, segment: u32, covered: u32) -> Note {
        let lasted = covered.wrapping_sub(start).min(what.length);
        let in_segment = start.wrapping_add(lasted).wrapping_sub(segment);
        let note = |ticks| note(what.event, segment, ticks * self.scale);
        let longest = LONGEST / self.scale;
        if in_segment > longest {
            let note = note(longest);
            self.state = State::Sounding { what, start, segment: segment.wrapping_add(longest), told: None };
            return note;
        }
        if lasted < what.length {
            let note = note(in_segment);
            self.state = State::Sounding { what, start, segment, told: Some(covered) };
            return note;
        }
        let mut note = note(in_segment);
        note.payload[1] |= 0x80;
        let end = start.wrapping_add(what.length);
        self.state = State::Ending { what, end, note, left: ENDS - 1, told: covered };
        note
    }

    fn next(&mut self) -> Option<Waiting> {
        let what = (self.count > 0).then(|| self.queue[self.first])?;
        self.first = (self.first + 1) % MAX_QUEUED;
        self.count -= 1;
        Some(what)
    }
}

fn note(event: u8, time: u32, duration: u32) -> Note {
    let duration = u16::try_from(duration).unwrap_or(u16::MAX);
    Note { marker: false, time, payload: Payload { event, end: false, volume: VOLUME, duration }.octets() }
}

/// On a clock that may begin anew.
fn is_before(a: u32, b: u32) -> bool {
    (a.wrapping_sub(b) as i32) < 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is sent in packets of this many milliseconds: when, with which marker, event, end, time and duration.
    fn sent(sender: &mut Sender, packet_time: u32, from: u32) -> Vec<(u32, Note, Payload)> {
        let mut out = Vec::new();
        let mut now = from;
        while !sender.is_idle() {
            while let Some(note) = sender.poll(now, packet_time * 8) {
                out.push((now.wrapping_sub(from) / 8, note, Payload::read(&note.payload).unwrap()));
            }
            now = now.wrapping_add(packet_time * 8);
        }
        out
    }

    fn ms(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    #[test]
    fn a_digit_is_told_from_beginning_to_end() {
        let mut sender = Sender::new(8000);
        assert_eq!(sender.send("5", ms(65), ms(90)), 1);
        // The clock begins anew in the middle.
        let sent = sent(&mut sender, 20, u32::MAX - 200);
        let told: Vec<_> = sent.iter().map(|(at, note, p)| (*at, note.marker, p.end, p.duration)).collect();
        assert_eq!(
            told,
            [
                (0, true, false, 160),
                (20, false, false, 320),
                (40, false, false, 480),
                (60, false, true, 520),
                (80, false, true, 520),
                (100, false, true, 520)
            ]
        );
        assert!(sent.iter().all(|(_, note, p)| note.time == u32::MAX - 200 && p.event == 5));
    }

    #[test]
    fn lengths_and_gaps_are_as_set() {
        for packet_time in [20, 30, 40] {
            for (length, pause) in [(60, 60), (180, 90), (200, 200), (85, 65)] {
                let mut sender = Sender::new(8000);
                sender.send("1x9#", ms(length), ms(pause));
                let sent = sent(&mut sender, packet_time, 0);
                let starts: Vec<_> = sent.iter().filter(|(_, note, _)| note.marker).map(|(at, _, _)| *at).collect();
                let events: Vec<_> =
                    sent.iter().filter(|(_, note, _)| note.marker).map(|(_, _, payload)| payload.event).collect();
                assert_eq!(events, [1, 9, 11]);
                for pair in starts.windows(2) {
                    let gap = u64::from(pair[1] - pair[0]) - length;
                    assert!(gap >= pause && gap < pause + u64::from(packet_time), "{gap} for {pause}");
                }
                for event in events {
                    let ends: Vec<_> = sent.iter().filter(|(_, _, p)| p.event == event && p.end).collect();
                    assert_eq!(ends.len(), 3);
                    assert!(ends.iter().all(|(_, _, payload)| u64::from(payload.duration) == length * 8));
                }
            }
        }
    }

    #[test]
    fn long_events_go_on_in_segments() {
        let mut sender = Sender::new(8000);
        sender.send("7", ms(20_000), ms(60));
        let sent = sent(&mut sender, 20, 1000);
        let times: std::collections::BTreeSet<_> = sent.iter().map(|(_, note, _)| note.time).collect();
        assert_eq!(times.into_iter().collect::<Vec<_>>(), [1000, 1000 + 0xffff, 1000 + 2 * 0xffff]);
        assert_eq!(sent.iter().filter(|(_, _, payload)| payload.duration == 0xffff).count(), 2);
        let (_, note, last) = sent.last().unwrap();
        assert_eq!(note.time - 1000 + u32::from(last.duration), 160_000);
        assert_eq!(sent.iter().filter(|(_, note, _)| note.marker).count(), 1);
    }

    #[test]
    fn what_is_too_much_is_not_taken() {
        let mut sender = Sender::new(8000);
        assert_eq!(sender.send(&"1".repeat(100), ms(60), ms(60)), MAX_QUEUED);
        assert_eq!(sender.send("2", ms(60), ms(60)), 0);
        sender.poll(0, 160);
        assert!(sender.is_sending());
        assert_eq!(sender.take_back(), Some(('1', ms(60), ms(60))));
        assert_eq!(std::iter::from_fn(|| sender.take_back()).count(), MAX_QUEUED - 2);
        assert_eq!(sent(&mut sender, 20, 160).iter().filter(|(_, _, payload)| payload.end).count(), 3);
    }

    #[test]
    fn durations_go_by_the_clock_of_the_payload_type() {
        let mut sender = Sender::new(48_000);
        sender.send("5", ms(3000), ms(60));
        let sent = sent(&mut sender, 20, 1000);
        assert_eq!(sent[0].2.duration, 960);
        // 65535 are no whole ticks.
        let times: std::collections::BTreeSet<_> = sent.iter().map(|(_, note, _)| note.time).collect();
        assert_eq!(times.into_iter().collect::<Vec<_>>(), [1000, 1000 + 10_922, 1000 + 2 * 10_922]);
        let (_, note, last) = sent.last().unwrap();
        assert_eq!((note.time - 1000) * 6 + u32::from(last.duration), 144_000);
    }

    #[test]
    fn a_digit_is_cut_off_where_another_source_goes_on() {
        for already in [1, 6] {
            let mut sender = Sender::new(8000);
            sender.send("12", ms(100), ms(60));
            for step in 0..already {
                sender.poll(step * 160, 160).expect("it is sent");
            }
            let now = already * 160;
            sender.go_on_elsewhere(now, 48_000);
            assert!(!sender.is_sending() && !sender.is_idle());
            let sent = sent(&mut sender, 20, now);
            assert!(sent.iter().all(|(_, _, payload)| payload.event == 2), "the first one is not told again");
            let (at, note, payload) = sent[0];
            assert!(at >= 40 && note.marker && payload.duration == 960, "{at}");
        }
    }
}
