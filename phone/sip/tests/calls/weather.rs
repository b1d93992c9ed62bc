//! A simulated network's moods: it loses, delays, doubles and reorders messages, and is cut now and then.

use std::time::Duration;

use offhook_sip::transaction::Transport;

/// Random numbers from a seed (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Below a limit.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// With so many per cent.
    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// What the network does to messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weather {
    pub(crate) transport: Transport,
    /// Per cent.
    pub(crate) lost: u64,
    /// Per cent.
    pub(crate) doubled: u64,
    /// Milliseconds; messages overtake each other as far as this goes.
    pub(crate) delay: u64,
    /// From and to which moment nothing gets through, in milliseconds.
    pub(crate) cut: Option<(u64, u64)>,
}

pub(crate) const FAIR: Weather = Weather { transport: Transport::Udp, lost: 0, doubled: 0, delay: 40, cut: None };

impl Weather {
    /// After how many milliseconds each copy of a message arrives.
    pub(crate) fn copies(&self, random: &mut Random, now: Duration) -> Vec<u64> {
        let cut = self.cut.is_some_and(|(from, to)| (from..to).contains(&(now.as_millis() as u64)));
        let copies = 1 + u64::from(random.chance(self.doubled));
        let mut arrivals = Vec::new();
        for _ in 0..copies {
            if !cut && !random.chance(self.lost) {
                arrivals.push(random.below(self.delay));
            }
        }
        arrivals
    }
}
