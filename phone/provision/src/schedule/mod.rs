//! When the unit fetches its files, and which: events and the time go in, fetches and the next time-out come out.
//!
//! There is no clock and no network here. The caller hands in every [`Event`] with the time at which it happens,
//! does what the [`Step`] asks for, and comes back with [`Event::Time`] at the step's time-out.
//!
//! - At start-up, and then at intervals, daily, or when a server says so; never while provisioning is off (guide rules
//!   66 to 75).
//! - The files of a fetch may move the files themselves: then they are fetched from their new place at once, but never
//!   twice from one place, so that files that name each other come to an end.
//! - While no configuration was ever applied, the start-up looks for the pre-provisioning file first (guide rules 52
//!   to 60).

mod daily;
mod plan;
mod spread;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

pub use self::plan::{Plan, Source};
pub use self::spread::Spread;
use crate::location::Location;

/// How often files may move the files before the rest waits for the next occasion.
const MOST_MOVES: usize = 4;

/// How far back the clock may be set, by a correction, without forgetting which daily fetches were made.
const CORRECTION: SignedDuration = SignedDuration::from_hours(24);

/// The time of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Since the unit started; it never runs backwards.
    pub up: Duration,
    /// Date and time, as soon as the unit knows them.
    pub clock: Option<Timestamp>,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The unit has started and reached its network. These places may have a pre-provisioning file
    /// ([`crate::Lease::candidates`]); with a static address there are none (guide rule 55).
    StartUp(Vec<Location>),
    /// Time has passed, or the clock was set.
    Time,
    /// A SIP server says that there is something to fetch ([`Plan::is_resync`], guide rule 72).
    Notify,
    /// Somebody at the unit or on its page wants the files fetched now.
    Asked,
    /// Settings have changed, whoever changed them; before [`Event::Finished`] where the fetch changed them.
    Settings(Plan),
    /// The fetch that was asked for has ended.
    Finished(Outcome),
    /// The unit was reset to its factory state: all is as before the first start-up.
    Reset(Plan),
}

/// How a fetch ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// A file has changed settings.
    pub changed: bool,
    /// A file could not be fetched. A file that was fetched and refused is not meant: fetching it again mends nothing.
    pub access_error: bool,
}

/// Why files are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The unit has started.
    StartUp,
    /// The interval is over.
    Interval,
    /// A file could not be fetched, and the retry interval is over.
    Retry,
    /// It is the time of day.
    Daily,
    /// A SIP server said so.
    Notify,
    /// The files that were fetched name other places.
    Moved,
    /// Somebody asked for it.
    Asked,
}

impl Cause {
    /// In words, for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::StartUp => "start-up",
            Self::Interval => "interval",
            Self::Retry => "retry",
            Self::Daily => "daily",
            Self::Notify => "notify",
            Self::Moved => "moved",
            Self::Asked => "asked",
        }
    }
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Try these places in order; the first that has a file gives the pre-provisioning layer.
    PreProvision(Vec<Location>),
    /// Fetch all of these, in this order, and apply them together.
    Fetch(Cause, Vec<Source>),
    /// Restart the unit (guide rules 58, 72).
    Restart,
}

/// The answer to an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is to be done now; a fetch has to end in [`Event::Finished`].
    pub action: Option<Action>,
    /// Time since the start of the unit ([`Now::up`]) at which [`Event::Time`] is due, unless another event comes first.
    pub wake: Option<Duration>,
}

/// The schedule of one unit.
#[derive(Debug, Clone)]
pub struct Schedule {
    spread: Spread,
    plan: Plan,
    phase: Phase,
    /// Intervals count from here: the end of the last fetch, or else the start.
    anchor: Duration,
    /// The last fetch met an access error.
    failed: bool,
    /// Daily fetches up to this time are made, or were not asked for.
    daily_done: Option<Timestamp>,
    notified: bool,
    asked: bool,
}

#[derive(Debug, Clone)]
enum Phase {
    /// Before the start-up, or on the way to a restart.
    Down,
    /// The start-up fetch is spread over the units.
    Starting {
        due: Duration,
        candidates: Vec<Location>,
    },
    Idle,
    /// The pre-provisioning file is being looked for.
    PreProvisioning,
    /// Files are being fetched; the last of these lists, after those that led to it.
    Fetching {
        cause: Cause,
        visited: Vec<Vec<Source>>,
    },
}

impl Schedule {
    /// The schedule of a unit that has not reached its network yet.
    pub fn new(spread: Spread, plan: Plan) -> Self {
        Self {
            spread,
            plan,
            phase: Phase::Down,
            anchor: Duration::ZERO,
            failed: false,
            daily_done: None,
            notified: false,
            asked: false,
        }
    }

    /// Takes an event in.
    pub fn handle(&mut self, now: Now, event: Event) -> Step {
        self.look_at_clock(now);
        let action = match event {
            Event::StartUp(candidates) => {
                if !self.is_busy() {
                    self.phase = Phase::Starting { due: now.up.saturating_add(self.spread.start()), candidates };
                    self.anchor = now.up;
                }
                None
            }
            Event::Time => None,
            Event::Notify => {
                self.notified = true;
                None
            }
            Event::Asked => {
                self.asked = true;
                None
            }
            Event::Settings(plan) => {
                if plan.daily != self.plan.daily {
                    // What was due by the old settings is not due by the new ones.
                    self.daily_done = now.clock;
                }
                self.plan = plan;
                None
            }
            Event::Finished(outcome) => self.finish(now, outcome),
            Event::Reset(plan) => {
                *self = Self::new(self.spread, plan);
                None
            }
        };
        let action = action.or_else(|| self.due(now));
        Step { action, wake: self.next(now).map(|(due, _)| due) }
    }

    /// Whether a fetch is under way.
    pub const fn is_busy(&self) -> bool {
        matches!(self.phase, Phase::PreProvisioning | Phase::Fetching { .. })
    }

    fn look_at_clock(&mut self, now: Now) {
        let Some(clock) = now.clock else { return };
        match self.daily_done {
            // Beyond a correction, the clock was wrong, and so is what was noted by it.
            Some(done) if done.duration_since(clock) <= CORRECTION => {}
            _ => self.daily_done = Some(clock),
        }
    }

    fn finish(&mut self, now: Now, outcome: Outcome) -> Option<Action> {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::PreProvisioning if outcome.changed => {
                self.phase = Phase::Down;
                Some(Action::Restart)
            }
            // Without it, the start-up goes on with what the unit has.
            Phase::PreProvisioning => self.fetch(now, Cause::StartUp, Vec::new()),
            Phase::Fetching { cause, visited } => {
                self.anchor = now.up;
                self.failed = outcome.access_error;
                if cause == Cause::Notify && (outcome.changed || !outcome.access_error) {
                    self.phase = Phase::Down;
                    return Some(Action::Restart);
                }
                let moved = self.plan.enabled && visited.len() <= MOST_MOVES && !visited.contains(&self.plan.files);
                if moved { self.fetch(now, Cause::Moved, visited) } else { None }
            }
            other => {
                self.phase = other;
                None
            }
        }
    }

    fn due(&mut self, now: Now) -> Option<Action> {
        match &mut self.phase {
            Phase::Down | Phase::PreProvisioning | Phase::Fetching { .. } => return None,
            _ if !self.plan.enabled => {
                self.phase = Phase::Idle;
                self.notified = false;
                self.asked = false;
                return None;
            }
            Phase::Starting { due, candidates } => {
                if now.up < *due && !self.notified && !self.asked {
                    return None;
                }
                // The start-up does what the server asks for.
                self.notified = false;
                self.asked = false;
                let candidates = std::mem::take(candidates);
                if self.plan.pre_provisioning && !candidates.is_empty() {
                    self.phase = Phase::PreProvisioning;
                    return Some(Action::PreProvision(candidates));
                }
                return self.fetch(now, Cause::StartUp, Vec::new());
            }
            Phase::Idle => {}
        }
        if std::mem::take(&mut self.notified) {
            return self.fetch(now, Cause::Notify, Vec::new());
        }
        if std::mem::take(&mut self.asked) {
            return self.fetch(now, Cause::Asked, Vec::new());
        }
        if let Some((due, cause)) = self.interval()
            && now.up >= due
        {
            return self.fetch(now, cause, Vec::new());
        }
        if let (Some(due), Some(clock)) = (self.next_daily(), now.clock)
            && clock >= due
        {
            self.daily_done = Some(clock);
            return self.fetch(now, Cause::Daily, Vec::new());
        }
        None
    }

    fn fetch(&mut self, now: Now, cause: Cause, mut visited: Vec<Vec<Source>>) -> Option<Action> {
        let files = self.plan.files.clone();
        if files.is_empty() {
            self.anchor = now.up;
            self.failed = false;
            let restart = cause == Cause::Notify;
            self.phase = if restart { Phase::Down } else { Phase::Idle };
            return restart.then_some(Action::Restart);
        }
        visited.push(files.clone());
        self.phase = Phase::Fetching { cause, visited };
        Some(Action::Fetch(cause, files))
    }

    /// The next fetch that is planned: when, by the time since the start, and why.
    pub fn next(&self, now: Now) -> Option<(Duration, Cause)> {
        match &self.phase {
            Phase::Starting { due, .. } => Some((*due, Cause::StartUp)),
            Phase::Idle if self.plan.enabled => {
                let daily = self.next_daily().zip(now.clock).map(|(due, clock)| {
                    let wait = Duration::try_from(due.duration_since(clock)).unwrap_or_default();
                    (now.up.saturating_add(wait), Cause::Daily)
                });
                self.interval().into_iter().chain(daily).min_by_key(|(due, _)| *due)
            }
            _ => None,
        }
    }

    /// When the next fetch by interval is due. After an access error that is the earlier of the two intervals.
    fn interval(&self) -> Option<(Duration, Cause)> {
        let cyclic = self.plan.cyclic?;
        match self.failed && cyclic.retry < cyclic.interval {
            true => Some((self.anchor.saturating_add(cyclic.retry), Cause::Retry)),
            false => Some((self.anchor.saturating_add(cyclic.interval), Cause::Interval)),
        }
    }

    fn next_daily(&self) -> Option<Timestamp> {
        self.plan.daily.as_ref()?.next_after(self.daily_done?, self.spread.daily())
    }
}
