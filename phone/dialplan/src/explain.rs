//! Tells an administrator what a plan does with a number.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use crate::dialer::{Dialer, Output, Timer, Timing};
use crate::matching::{Refusal, Wait};
use crate::parse::ParseError;
use crate::plan::DialPlan;

/// What happens when a number is dialled key by key and then left alone. Printing it gives one line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation<'p> {
    /// The keys that were used, fewer than asked for if the call went out earlier (guide rule 225).
    pub dialled: String,
    /// The keys that came too late to count.
    pub unused: String,
    /// What becomes of the number.
    pub output: Output,
    /// The timer that has to run out first and its length; nothing if the last key decides.
    pub wait: Option<(Timer, Duration)>,
    /// Text and place in the plan (in bytes) of the branch that decides.
    pub branch: Option<(&'p str, Range<usize>)>,
}

impl DialPlan {
    /// Dials `number` on a phone with these settings.
    ///
    /// # Errors
    /// [`ParseError::NotADigit`] if `number` holds something that cannot be dialled.
    pub fn explain(&self, number: &str, timing: Timing) -> Result<Explanation<'_>, ParseError> {
        let mut keys = crate::parse::number(number)?.into_iter();
        let mut dialer = Dialer::new(Arc::new(self.clone()), timing, Duration::ZERO);
        let pressed = keys.by_ref().find_map(|key| dialer.key(Duration::ZERO, key));
        let wait = dialer.timer().zip(dialer.next_timeout());
        let output = match pressed {
            Some(output) => output,
            None => {
                let now = dialer.next_timeout().expect("a dialer without output has a timer running");
                dialer.timeout(now).expect("the timer ends at its own time")
            }
        };
        let branch = match output {
            Output::Dial { branch, .. } => branch,
            Output::Refuse(Refusal::Rejected { branch }) => Some(branch),
            _ => None,
        };
        let branch = branch.and_then(|index| self.branch_text(index).zip(self.branch_span(index)));
        let unused = keys.map(|key| key.as_char()).collect();
        Ok(Explanation { dialled: dialer.dialled().to_owned(), unused, output, wait, branch })
    }
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.dialled.is_empty() {
            write!(out, "{}: ", self.dialled)?;
        }
        match &self.output {
            Output::Dial { number, .. } => write!(out, "calls {number}")?,
            Output::Refuse(reason) => write!(out, "refused, {reason}")?,
            Output::Busy => out.write_str("busy tone")?,
        }
        match self.wait {
            None => out.write_str(", at once")?,
            Some((timer, length)) => {
                let name = match timer {
                    Timer::FirstDigit => "first digit timer",
                    Timer::InterDigit => "inter-digit timer",
                    Timer::Plan(Wait::Seconds(_)) => "timer of the branch",
                    Timer::Plan(Wait::MacroTimer) => "macro timer",
                };
                write!(out, ", after {} s ({name})", length.as_secs_f64())?;
            }
        }
        if let Some((text, span)) = &self.branch {
            write!(out, "; branch {text} at column {}", span.start + 1)?;
        } else if matches!(self.output, Output::Dial { .. }) {
            out.write_str("; no branch matches")?;
        }
        if !self.unused.is_empty() {
            write!(out, "; {} comes too late", self.unused)?;
        }
        Ok(())
    }
}
