//! Which slot starts: pure, so that every way through it can be tried.

use serde::{Deserialize, Serialize};

/// One of the two places for firmware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Slot {
    /// The first one.
    #[default]
    A,
    /// The second one.
    B,
}

impl Slot {
    /// Both.
    pub const ALL: [Self; 2] = [Self::A, Self::B];

    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// Its name: `a` or `b`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A => "a",
            Self::B => "b",
        }
    }
}

/// How often a new firmware may start before it has come up once.
const STARTS: u8 = 3;

/// Which firmware starts, and what is known of it.
///
/// ```text
/// settled ── installed ──> attempt, 3 starts left ── start ──> 2 left … ── came_up ──> settled, in the new slot
///                                                          0 left ── start ──> settled, in the old slot
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Boot {
    /// The slot whose firmware has come up.
    pub good: Slot,
    /// A firmware in the other slot that has not come up yet.
    pub attempt: Option<Attempt>,
    /// The version that was given up last: it is not installed again until another one has been.
    pub given_up: Option<String>,
}

/// A firmware that has not come up yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attempt {
    /// Its version.
    pub version: String,
    /// How often it may start yet.
    pub left: u8,
}

impl Boot {
    /// A new firmware is in the other slot.
    #[must_use]
    pub fn installed(self, version: String) -> Self {
        Self { attempt: Some(Attempt { version, left: STARTS }), ..self }
    }

    /// The other slot is about to be written: nothing in it counts.
    #[must_use]
    pub fn staging(self) -> Self {
        Self { attempt: None, ..self }
    }

    /// The unit starts: which slot, and what has to be kept before that one gets control.
    #[must_use]
    pub fn start(self) -> (Slot, Self) {
        match self.attempt {
            Some(Attempt { version, left: 0 }) => {
                (self.good, Self { good: self.good, attempt: None, given_up: Some(version) })
            }
            Some(Attempt { version, left }) => {
                (self.good.other(), Self { attempt: Some(Attempt { version, left: left - 1 }), ..self })
            }
            None => (self.good, self),
        }
    }

    /// The firmware that runs in `slot` says that it does what it is for.
    #[must_use]
    pub fn came_up(self, slot: Slot) -> Self {
        match self.attempt {
            Some(_) if slot != self.good => Self { good: slot, attempt: None, given_up: None },
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_firmware_that_comes_up_stays() {
        let boot = Boot::default().installed("01.001".into());
        let (slot, boot) = boot.start();
        assert_eq!(slot, Slot::B);
        let boot = boot.came_up(slot);
        assert_eq!(boot, Boot { good: Slot::B, attempt: None, given_up: None });
        assert_eq!(boot.clone().start(), (Slot::B, boot));
    }

    #[test]
    fn one_that_does_not_come_up_gives_way_and_is_remembered() {
        let mut boot = Boot::default().installed("01.001".into());
        let mut started = Vec::new();
        for _ in 0..5 {
            let (slot, after) = boot.start();
            started.push(slot);
            boot = after;
        }
        assert_eq!(started, [Slot::B, Slot::B, Slot::B, Slot::A, Slot::A]);
        assert_eq!(boot, Boot { good: Slot::A, attempt: None, given_up: Some("01.001".into()) });
    }

    #[test]
    fn the_old_one_cannot_vouch_for_the_new_one() {
        let boot = Boot::default().installed("01.001".into());
        assert_eq!(boot.clone().came_up(Slot::A), boot);
    }

    proptest! {
        /// Whatever happens in whatever order: a start is of the slot that came up last, or of one with starts left, and
        /// the unit is never more than three starts away from firmware that is known to be good.
        #[test]
        fn good_firmware_is_never_far(steps in prop::collection::vec(0..4_u8, 0..60)) {
            let (mut boot, mut running, mut bad) = (Boot::default(), Slot::A, 0);
            for step in steps {
                let good = boot.good;
                boot = match step {
                    // Only good firmware that runs alone installs.
                    0 if running == boot.good => boot.staging().installed("01.001".into()),
                    1 => boot.came_up(running),
                    0 | 2 | 3 => {
                        let (slot, after) = boot.start();
                        running = slot;
                        after
                    }
                    _ => unreachable!(),
                };
                if boot.good != good {
                    prop_assert_eq!(boot.good, running);
                }
                bad = if running == boot.good { 0 } else { bad + u8::from(step != 1) };
                prop_assert!(bad <= STARTS, "{:?}", boot);
            }
        }
    }
}
