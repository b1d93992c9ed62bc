//! Date and time of the unit: those of a time server once one has answered, of the machine where they can be right, and
//! none before that.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::platform::Platform;

/// No unit with this software has ever been switched on before this date: a machine that claims to be earlier has no idea.
const EARLIEST: Timestamp = Timestamp::constant(1_767_225_600, 0);

/// Date and time of the unit. Copies are the same clock.
///
/// A machine without a battery starts in 1970, or with the date of its file system. Until the clock is set, certificates
/// are not checked (guide rule 79) and nothing happens daily (guide rule 71).
#[derive(Debug, Clone)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    platform: Arc<dyn Platform>,
    /// What a time server said, and when by [`Platform::up`], so that a jump of the machine's clock is none of ours.
    set: Mutex<Option<(Timestamp, Duration)>>,
}

impl Clock {
    /// The clock of a machine.
    pub fn new(platform: Arc<dyn Platform>) -> Self {
        Self(Arc::new(Inner { platform, set: Mutex::default() }))
    }

    /// Time since the unit was switched on; it never runs backwards.
    pub fn up(&self) -> Duration {
        self.0.platform.up()
    }

    /// Date and time; nothing while the unit does not know them.
    pub fn now(&self) -> Option<Timestamp> {
        if let Some((said, at)) = *self.0.set.lock().unwrap_or_else(PoisonError::into_inner) {
            return said.checked_add(SignedDuration::try_from(self.up().saturating_sub(at)).ok()?).ok();
        }
        Timestamp::try_from(self.0.platform.system_time()).ok().filter(|machine| *machine >= EARLIEST)
    }

    /// A time server has said that it is now so late.
    pub fn set(&self, now: Timestamp) {
        *self.0.set.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, self.up()));
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;
    use crate::platform::Simulated;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_machine_of_1970_has_no_time_until_it_is_told() {
        let machine = Arc::new(Simulated::default());
        let clock = Clock::new(Arc::clone(&machine) as Arc<dyn Platform>);
        assert_eq!(clock.now(), None);
        clock.set(time("2026-05-04T08:00:00Z"));
        machine.pass(Duration::from_secs(90));
        assert_eq!(clock.now(), Some(time("2026-05-04T08:01:30Z")));
        // Whoever sets the machine's clock does not move that of the unit.
        machine.set_system_time(SystemTime::UNIX_EPOCH);
        assert_eq!(clock.now(), Some(time("2026-05-04T08:01:30Z")));
    }

    #[test]
    fn a_machine_that_can_be_right_is_believed() {
        let machine = Arc::new(Simulated::default());
        machine.set_system_time(time("2026-05-04T08:00:00Z").into());
        let clock = Clock::new(machine);
        assert_eq!(clock.now(), Some(time("2026-05-04T08:00:00Z")));
    }
}
