//! How long voice has to wait: as long as nearly all packets need.

use std::time::Duration;

use crate::engine::Delays;

/// Ticks of the clock in a millisecond.
pub(super) const MS: i64 = 8;

/// Width of a class of the histogram, and how many there are: up to 640 ms.
const CLASS: i64 = 5 * MS;
const CLASSES: usize = 128;

/// What a packet keeps of what was learned before it: half is forgotten after seven seconds.
const KEPT: f32 = 0.998;

/// The share of packets that have to come in time.
const IN_TIME: f32 = 0.99;

/// The fastest way through the network is sought among the packets of one to two times this.
const MEMORY: i64 = 5000 * MS;

#[derive(Debug, Clone)]
pub(super) struct Delay {
    minimum: i64,
    maximum: i64,
    initial: i64,
    classes: [f32; CLASSES],
    packets: f32,
    /// The smallest differences of arrival and timestamp, of the present span of time and the one before.
    fastest: Option<[i64; 2]>,
    span: i64,
    target: i64,
}

impl Delay {
    pub(super) fn new(bounds: Delays) -> Self {
        let minimum = ticks(bounds.minimum).max(0);
        let maximum = ticks(bounds.maximum).max(minimum + CLASS);
        let initial = ticks(bounds.initial).clamp(minimum, maximum);
        let mut new = Delay {
            minimum,
            maximum,
            initial,
            classes: [0.0; CLASSES],
            packets: 0.0,
            fastest: None,
            span: 0,
            target: 0,
        };
        new.forget();
        new
    }

    /// Begins with the initial delay again: another stream is to be learned.
    pub(super) fn forget(&mut self) {
        self.classes = [0.0; CLASSES];
        self.classes[class((self.initial - 1).max(0))] = 1.0;
        self.packets = 1.0;
        self.fastest = None;
        self.target = self.initial;
    }

    /// Learns from a packet.
    pub(super) fn arrived(&mut self, now: i64, timestamp: i64) {
        let transit = now - timestamp;
        let fastest = self.fastest.get_or_insert_with(|| {
            self.span = now;
            [transit; 2]
        });
        if now - self.span > MEMORY {
            *fastest = [transit, fastest[0]];
            self.span = now;
        }
        fastest[0] = fastest[0].min(transit);
        let late = transit - self.base();
        // At first each packet counts the same, so that a stream is known soon.
        self.packets += 1.0;
        let kept = KEPT.min(1.0 - 1.0 / self.packets);
        self.classes.iter_mut().for_each(|class| *class *= kept);
        self.classes[class(late)] += 1.0 - kept;
        self.target = self.needed().clamp(self.minimum, self.maximum);
    }

    /// How long a packet has waited, beyond the time of the fastest one, if it is played now.
    pub(super) fn waited(&self, now: i64, timestamp: i64) -> i64 {
        now - timestamp - self.base()
    }

    /// How long packets should wait.
    pub(super) fn target(&self) -> i64 {
        self.target
    }

    /// How long they may wait.
    pub(super) fn maximum(&self) -> i64 {
        self.maximum
    }

    fn base(&self) -> i64 {
        self.fastest.map_or(0, |[now, before]| now.min(before))
    }

    fn needed(&self) -> i64 {
        let mut left = 1.0 - IN_TIME;
        for (class, share) in self.classes.iter().enumerate().rev() {
            left -= share;
            if left < 0.0 {
                return (class as i64 + 1) * CLASS;
            }
        }
        0
    }
}

fn class(late: i64) -> usize {
    ((late.max(0) / CLASS) as usize).min(CLASSES - 1)
}

pub(super) fn ticks(time: Duration) -> i64 {
    i64::try_from(time.as_micros() * 8 / 1000).unwrap_or(i64::MAX / 4)
}
