//! Hears digits: each once, whichever of its packets arrive.

use std::time::Duration;

use super::{Payload, digit};

/// Silence after which an event has ended, though no end came.
const LOST_END: Duration = Duration::from_millis(200);

/// A segment that is as long as this goes on in another: durations end at 65535, whatever the tick.
const FULL: u16 = 0xff00;

/// Digits that can wait to be asked for: more than a burst of packets holds, which the network held back.
const MOST: usize = 16;

/// A digit that was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    /// `0` to `9`, `*`, `#`, `A` to `D`.
    pub digit: char,
    /// How long it was, as far as its packets tell.
    pub length: Duration,
}

/// What the other side presses.
#[derive(Debug, Clone, Default)]
pub struct Receiver {
    current: Option<Current>,
    heard: [Option<Heard>; MOST],
}

#[derive(Debug, Clone, Copy)]
struct Current {
    digit: char,
    clock_rate: u32,
    /// Of the present segment.
    timestamp: u32,
    /// Ticks of the segments before.
    before: u32,
    duration: u16,
    ended: bool,
    last: Duration,
}

impl Receiver {
    /// One that has heard nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a packet of events whose payload type has this clock; then ask [`Receiver::poll`].
    pub fn receive(&mut self, now: Duration, clock_rate: u32, timestamp: u32, marker: bool, payload: &[u8]) {
        let Some(payload) = Payload::read(payload) else { return };
        let Some(digit) = digit(payload.event) else { return };
        let mut current = match self.current {
            Some(current) if current.timestamp == timestamp && current.digit == digit => current,
            // A packet of an event that is over.
            Some(current)
                if (timestamp.wrapping_sub(current.timestamp) as i32) < 0 && now < current.last + LOST_END =>
            {
                return;
            }
            // Another segment; or a sender that gives each packet of an event a timestamp of its own.
            Some(current) if !current.ended && current.digit == digit && !marker => Current {
                timestamp,
                before: current.before.wrapping_add(match current.duration {
                    // Whoever goes by another clock than the stamps says at least how long a whole segment was.
                    FULL.. => current.duration.into(),
                    _ => timestamp.wrapping_sub(current.timestamp),
                }),
                duration: 0,
                ..current
            },
            _ => {
                self.end();
                Current { digit, clock_rate, timestamp, before: 0, duration: 0, ended: false, last: now }
            }
        };
        if !current.ended {
            current.duration = current.duration.max(payload.duration);
        }
        current.last = now;
        self.current = Some(current);
        if payload.end {
            self.end();
        }
    }

    /// Time has passed: an event whose end was lost is over.
    pub fn timeout(&mut self, now: Duration) {
        if self.current.is_some_and(|current| now >= current.last + LOST_END) {
            self.end();
        }
    }

    /// Another stream begins: its timestamps have nothing to do with those before.
    pub fn restart(&mut self) {
        self.end();
        self.current = None;
    }

    /// Whether an event is going on.
    pub fn is_sounding(&self) -> bool {
        self.current.is_some_and(|current| !current.ended)
    }

    /// The next digit that is over.
    pub fn poll(&mut self) -> Option<Heard> {
        let first = self.heard[0].take()?;
        self.heard.rotate_left(1);
        Some(first)
    }

    fn end(&mut self) {
        if let Some(current) = self.current.as_mut().filter(|current| !current.ended) {
            current.ended = true;
            let ticks = u64::from(current.before) + u64::from(current.duration);
            let length = Duration::from_micros(ticks * 1_000_000 / u64::from(current.clock_rate.max(1)));
            if let Some(free) = self.heard.iter_mut().find(|heard| heard.is_none()) {
                *free = Some(Heard { digit: current.digit, length });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Sender;
    use super::*;
    use proptest::prelude::*;

    fn ms(time: u64) -> Duration {
        Duration::from_millis(time)
    }

    /// What is heard of these digits if only the packets arrive that `arrives` says yes to.
    fn heard(digits: &str, length: u64, mut arrives: impl FnMut(usize) -> usize) -> Vec<(char, u64)> {
        let (mut sender, mut receiver) = (Sender::new(8000), Receiver::new());
        sender.send(digits, ms(length), ms(90));
        let (mut out, mut number, mut now) = (Vec::new(), 0, 0u64);
        while !sender.is_idle() || now < 400 {
            while let Some(note) = sender.poll((now * 8) as u32, 160) {
                for _ in 0..arrives(number) {
                    receiver.receive(ms(now), 8000, note.time, note.marker, &note.payload);
                }
                number += 1;
            }
            receiver.timeout(ms(now));
            out.extend(std::iter::from_fn(|| receiver.poll()).map(|h| (h.digit, h.length.as_millis() as u64)));
            now += 20;
        }
        receiver.timeout(ms(now + 200));
        out.extend(std::iter::from_fn(|| receiver.poll()).map(|h| (h.digit, h.length.as_millis() as u64)));
        out
    }

    #[test]
    fn each_digit_is_heard_once() {
        assert_eq!(heard("1123*", 180, |_| 1), [('1', 180), ('1', 180), ('2', 180), ('3', 180), ('*', 180)]);
        assert_eq!(heard("55", 100, |_| 2), [('5', 100), ('5', 100)], "every packet is doubled");
        // Only the last packet of each arrives: 4 + 3 packets for a digit of 100 ms.
        assert_eq!(heard("55", 100, |packet| usize::from(packet % 7 == 6)), [('5', 100), ('5', 100)]);
        // All ends are lost.
        assert_eq!(heard("67", 100, |packet| usize::from(packet % 7 < 4)), [('6', 80), ('7', 80)]);
        assert_eq!(heard("8", 20_000, |_| 1), [('8', 20_000)]);
    }

    #[test]
    fn keys_that_overlap_are_heard_one_after_the_other() {
        let mut receiver = Receiver::new();
        // The second key goes down while the first still is; then either comes up first.
        for (round, first_comes_up_first) in [(0, true), (1, false)] {
            let (at, ticks) = (u64::from(round) * 1000, round * 8000);
            let mut packet = |time: u64, event: u8, duration: u16, end: bool| {
                let begin = if event == 1 { 1000 } else { 1400 };
                let payload = Payload { event, end, volume: 10, duration }.octets();
                receiver.receive(ms(at + time), 8000, ticks + begin, duration == 160, &payload);
            };
            packet(0, 1, 160, false);
            packet(20, 1, 320, false);
            packet(50, 2, 160, false);
            packet(60, 1, 640, false);
            packet(70, 2, 320, false);
            let order = if first_comes_up_first { [1, 2] } else { [2, 1] };
            for (time, event) in (80..).zip(order.into_iter().flat_map(|event| [event; 3])) {
                packet(time, event, 800, true);
            }
            let digits: Vec<_> = std::iter::from_fn(|| receiver.poll()).map(|heard| heard.digit).collect();
            assert_eq!(digits, ['1', '2']);
        }
    }

    #[test]
    fn packets_of_the_past_are_not_heard_again() {
        let mut receiver = Receiver::new();
        let end = |event: u8| Payload { event, end: true, volume: 10, duration: 800 }.octets();
        receiver.receive(ms(0), 8000, 1000, true, &end(1));
        receiver.receive(ms(100), 8000, 3000, true, &end(2));
        receiver.receive(ms(110), 8000, 1000, false, &end(1));
        receiver.receive(ms(120), 8000, 3000, false, &end(2));
        receiver.receive(ms(130), 8000, 5000, true, &end(16));
        let digits: Vec<_> = std::iter::from_fn(|| receiver.poll()).map(|heard| heard.digit).collect();
        assert_eq!(digits, ['1', '2']);
        // One that stamps each packet anew.
        let update = |duration| Payload { event: 3, end: false, volume: 10, duration }.octets();
        for step in 0..5u16 {
            let timestamp = 10_000 + u32::from(step) * 160;
            receiver.receive(ms(200), 8000, timestamp, step == 0, &update(160));
        }
        receiver.receive(ms(300), 8000, 10_800, false, &end(3));
        assert_eq!(receiver.poll().map(|heard| heard.digit), Some('3'));
        assert_eq!(receiver.poll(), None);
    }

    #[test]
    fn a_burst_of_digits_is_heard_whole() {
        for clock_rate in [8000, 48_000] {
            let (mut sender, mut receiver) = (Sender::new(clock_rate), Receiver::new());
            sender.send("0123456789*#", ms(60), ms(60));
            let mut now = 0;
            while !sender.is_idle() {
                while let Some(note) = sender.poll(now, 160) {
                    let timestamp = note.time * (clock_rate / 8000);
                    receiver.receive(ms(5000), clock_rate, timestamp, note.marker, &note.payload);
                }
                now += 160;
            }
            let heard: Vec<_> = std::iter::from_fn(|| receiver.poll()).collect();
            assert_eq!(heard.iter().map(|heard| heard.digit).collect::<String>(), "0123456789*#");
            assert!(heard.iter().all(|heard| heard.length == ms(60)), "{heard:?}");
        }
        // A flood fills the room and no more.
        let mut receiver = Receiver::new();
        for event in 0..1000 {
            let end = Payload { event: (event % 16) as u8, end: true, volume: 10, duration: 800 }.octets();
            receiver.receive(ms(0), 8000, event * 1000, true, &end);
        }
        assert_eq!(std::iter::from_fn(|| receiver.poll()).count(), MOST);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(packets in proptest::collection::vec(
            (any::<u32>(), any::<bool>(), proptest::collection::vec(any::<u8>(), 0..6), 0u64..300), 0..50,
        )) {
            let mut receiver = Receiver::new();
            let mut now = 0;
            for (timestamp, marker, payload, wait) in packets {
                now += wait;
                receiver.receive(ms(now), 8000, timestamp, marker, &payload);
                receiver.timeout(ms(now));
                while receiver.poll().is_some() {}
            }
        }

        /// As long as one packet of each digit arrives, each is heard once.
        #[test]
        fn loss_doubles_nothing(kept in proptest::collection::vec(0usize..7, 5)) {
            let got = heard("12345", 100, |packet| usize::from(kept[packet / 7] == packet % 7));
            let digits: String = got.into_iter().map(|(digit, _)| digit).collect();
            prop_assert_eq!(digits, "12345");
        }
    }
}
