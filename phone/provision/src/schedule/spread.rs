//! Chance that is not: each unit has delays of its own, made from its MAC address, so that a fleet does not ask at once.

use std::time::Duration;

/// Over which time the start-up fetches of a fleet are spread.
const START: Duration = Duration::from_secs(30);

/// Over which time the daily fetches of a fleet are spread: the minute that the setting names.
const DAILY: Duration = Duration::from_secs(60);

/// The delays of one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    start: Duration,
    daily: Duration,
}

impl Spread {
    /// No delays: to look at one unit, or at what a fleet does without them.
    pub const NONE: Self = Self { start: Duration::ZERO, daily: Duration::ZERO };

    /// The delays of the unit with this MAC address, always the same ones: the start-up fetch is evenly spread over the
    /// first 30 seconds on the network, the daily fetch over its minute. Intervals and retries count from
    /// the end of the fetch before and so stay spread. What a server asks for by NOTIFY is done at once: it has its own pace.
    pub fn of_unit(mac: [u8; 6]) -> Self {
        let seed = mac.iter().fold(0, |seed, byte| seed << 8 | u64::from(*byte));
        Self { start: part(START, seed, 1), daily: part(DAILY, seed, 2) }
    }

    /// How long after reaching the network the start-up fetch begins, below 30 s.
    pub const fn start(self) -> Duration {
        self.start
    }

    /// How long after the full minute the daily fetch begins, below 60 s.
    pub const fn daily(self) -> Duration {
        self.daily
    }
}

/// An even share of the units gets each part of `whole`, however regular their addresses are.
fn part(whole: Duration, seed: u64, purpose: u64) -> Duration {
    // SplitMix64: neighbouring seeds give numbers that have nothing to do with each other.
    let mut z = seed.wrapping_add(purpose.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    let even = (z ^ z >> 31) >> 32;
    let nanos = (whole.as_nanos() * u128::from(even)) >> 32;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Units per second, busiest second first.
    fn busiest(delays: impl Iterator<Item = Duration>, seconds: usize) -> usize {
        let mut buckets = vec![0; seconds];
        delays.for_each(|delay| buckets[delay.as_secs() as usize] += 1);
        buckets.into_iter().max().unwrap_or_default()
    }

    #[test]
    fn a_fleet_is_spread_evenly() {
        for step in [1, 2, 16, 256] {
            let units = (0..10_000_u64).map(|n| {
                let [.., a, b, c] = (n * step).to_be_bytes();
                Spread::of_unit([0, 0x80, 0xf0, a, b, c])
            });
            assert!(busiest(units.clone().map(Spread::start), 30) < 420, "10,000 in 30 s are 333 a second");
            assert!(busiest(units.map(Spread::daily), 60) < 220, "10,000 in 60 s are 167 a second");
        }
    }

    #[test]
    fn a_unit_keeps_its_delays() {
        let mac = [0, 0x80, 0xf0, 1, 2, 3];
        assert_eq!(Spread::of_unit(mac), Spread::of_unit(mac));
        assert_ne!(Spread::of_unit(mac).start(), Spread::of_unit([0, 0x80, 0xf0, 1, 2, 4]).start());
    }
}
