//! Follows a person who dials: keys and passing time go in, the call or its refusal comes out.

use std::sync::Arc;
use std::time::Duration;

use crate::digit::Digit;
use crate::matching::{Decision, Outcome, Policy, Refusal, Wait};
use crate::plan::DialPlan;

/// The settings of dialling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Time for the first digit: `FIRSTDIGIT_TIM`, 1-600 s (guide rule 222).
    pub first_digit: Duration,
    /// Time for each further digit: `INTDIGIT_TIM`, 1-15 s (guide rule 222).
    pub inter_digit: Duration,
    /// What `T` in a plan stands for: `MACRODIGIT_TIM`, 1-15 s (guide rule 213).
    pub macro_digit: Duration,
    /// `#` ends dialling, unless it is the first key: `POUND_KEY_DELIMITER_ENABLE` (guide rule 223).
    pub pound_ends: bool,
    /// Only numbers of the plan may be called: `DIAL_PLAN_NOT_MATCH_ENABLE_n` (guide rule 221).
    pub filter: bool,
}

impl Timing {
    /// The part that [`DialPlan::evaluate`] needs.
    pub fn policy(&self) -> Policy {
        Policy { filter: self.filter }
    }

    fn length(&self, timer: Timer) -> Duration {
        match timer {
            Timer::FirstDigit => self.first_digit,
            Timer::InterDigit => self.inter_digit,
            Timer::Plan(Wait::Seconds(seconds)) => Duration::from_secs(seconds.into()),
            Timer::Plan(Wait::MacroTimer) => self.macro_digit,
        }
    }
}

/// What dialling led to. It is given out once; then the dialer is done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Call `number`.
    Dial {
        /// The number after substitutions.
        number: String,
        /// The branch, counted from 0; none if no branch fits and filtering is off.
        branch: Option<usize>,
    },
    /// Do not call, and tell the person.
    Refuse(Refusal),
    /// No digit came in time: play the busy tone (guide rule 222).
    Busy,
}

/// The timer that runs while a person dials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// From going off-hook to the first digit.
    FirstDigit,
    /// From a digit to the end of dialling.
    InterDigit,
    /// From a digit to the call, as the matched branch says.
    Plan(Wait),
}

/// One attempt to dial, from off-hook to the call.
///
/// `now` is the time since any fixed moment and never runs backwards. After each input, ask
/// [`Dialer::next_timeout`] when to come back. If a timer has run out by `now`, it goes first and the input is lost,
/// because the call was due before it.
#[derive(Debug, Clone)]
pub struct Dialer {
    plan: Arc<DialPlan>,
    timing: Timing,
    dialled: String,
    /// The running timer and its end; none when done.
    running: Option<(Timer, Duration)>,
}

impl Dialer {
    /// Starts with the dial tone: no digit yet, first digit timer running.
    pub fn new(plan: Arc<DialPlan>, timing: Timing, now: Duration) -> Dialer {
        let mut dialer = Dialer { plan, timing, dialled: String::new(), running: None };
        dialer.run(Timer::FirstDigit, now);
        dialer
    }

    /// A key is pressed.
    pub fn key(&mut self, now: Duration, key: Digit) -> Option<Output> {
        if self.is_done() || self.is_due(now) {
            return self.timeout(now);
        }
        if key == Digit::POUND && self.timing.pound_ends && !self.dialled.is_empty() {
            return Some(self.finish());
        }
        self.dialled.push(key.as_char());
        match self.plan.evaluate(&self.dialled, self.timing.policy()).outcome {
            Outcome::DialNow { .. } | Outcome::Reject { .. } => return Some(self.finish()),
            Outcome::DialAfter { wait, .. } => self.run(Timer::Plan(wait), now),
            _ => self.run(Timer::InterDigit, now),
        }
        // `S0` is due with the key itself.
        self.timeout(now)
    }

    /// Dialling ends: the dial key, or going off-hook with digits typed before (guide rule 218).
    ///
    /// Without any digit there is nothing to end, and the first digit timer goes on.
    pub fn end(&mut self, now: Duration) -> Option<Output> {
        if self.is_done() || self.is_due(now) {
            return self.timeout(now);
        }
        (!self.dialled.is_empty()).then(|| self.finish())
    }

    /// Time has passed; nothing happens before the running timer ends.
    pub fn timeout(&mut self, now: Duration) -> Option<Output> {
        self.is_due(now).then(|| self.finish())
    }

    /// When the running timer ends; nothing when dialling is over.
    pub fn next_timeout(&self) -> Option<Duration> {
        self.running.map(|(_, end)| end)
    }

    /// The running timer; nothing when dialling is over.
    pub fn timer(&self) -> Option<Timer> {
        self.running.map(|(timer, _)| timer)
    }

    /// The digits as they were pressed, without a `#` that ended dialling.
    pub fn dialled(&self) -> &str {
        &self.dialled
    }

    /// Whether the output has been given; further input has no effect.
    pub fn is_done(&self) -> bool {
        self.running.is_none()
    }

    fn is_due(&self, now: Duration) -> bool {
        self.running.is_some_and(|(_, end)| end <= now)
    }

    fn run(&mut self, timer: Timer, now: Duration) {
        self.running = Some((timer, now.saturating_add(self.timing.length(timer))));
    }

    fn finish(&mut self) -> Output {
        self.running = None;
        if self.dialled.is_empty() {
            return Output::Busy;
        }
        match self.plan.decide(&self.dialled, self.timing.policy()) {
            Decision::Dial { number, branch } => Output::Dial { number, branch },
            Decision::Refuse(reason) => Output::Refuse(reason),
        }
    }
}
