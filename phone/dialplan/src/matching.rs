//! Compares dialled digits with the branches of a plan.
//!
//! A branch is a small automaton: state `i` means that its first `i` atoms are satisfied. All states that the digits can
//! lead to are followed at once, as bits of one word, so the work grows with digits times plan length and no plan makes
//! it explode.

use thiserror::Error;

use crate::digit::Digit;
use crate::plan::{Atom, Branch, DialPlan, Ending};

/// The settings of a line that decide what becomes of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Policy {
    /// Only numbers of the plan may be called: `DIAL_PLAN_NOT_MATCH_ENABLE_n` set to "Y", the web page's "Call Even If
    /// Dial Plan Does Not Match" set to "No" (guide rules 219-221).
    pub filter: bool,
}

/// How the digits dialled so far compare with the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// Every branch that the digits match, wholly or as a beginning, in the order of the plan.
    pub matches: Vec<BranchMatch>,
    /// What follows from it.
    pub outcome: Outcome,
}

/// A branch that the digits match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BranchMatch {
    /// The branch, counted from 0.
    pub branch: usize,
    /// How far it is matched.
    pub extent: Extent,
}

/// How much of a branch the digits match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it, and no further digit fits.
    Complete,
    /// All of it, and a `.` has room for more digits.
    Open,
    /// The beginning of it.
    Partial,
}

/// What becomes of the digits if no further key is pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Call `number` at once: a complete match without timer (guide rules 216, 225).
    DialNow {
        /// The number after substitutions.
        number: String,
        /// The branch, counted from 0.
        branch: usize,
    },
    /// Call `number` after the timer that the branch names (guide rule 217).
    DialAfter {
        /// The timer, from the last digit on.
        wait: Wait,
        /// The number after substitutions.
        number: String,
        /// The branch, counted from 0.
        branch: usize,
    },
    /// Call `number` at the end of dialling: an open or partial match, or none at all with filtering off (guide rules
    /// 219, 227-231).
    DialAfterInterDigit {
        /// The number after substitutions, or the digits as they are if no branch is matched as a whole.
        number: String,
        /// The branch, counted from 0; none if the digits fit nowhere.
        branch: Option<usize>,
    },
    /// Refuse the number at once: a complete match of a branch with `!` (guide rule 214).
    Reject {
        /// The branch, counted from 0.
        branch: usize,
    },
    /// Refuse the number at the end of dialling: the branch has `!` and room for more digits.
    RejectAfterInterDigit {
        /// The branch, counted from 0.
        branch: usize,
    },
    /// Nothing is dialled yet, or filtering is on and the digits are the beginning of a branch; if dialling ends here,
    /// the number is refused (guide rule 228).
    NeedMore,
    /// Filtering is on and no branch fits; the number is refused at the end of dialling (guide rule 229).
    NoMatch,
}

/// The timer that a branch names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// `S`: seconds, 0-9 (guide rule 212).
    Seconds(u8),
    /// `T`: the phone's macro timer, `MACRODIGIT_TIM` (guide rule 213).
    MacroTimer,
}

/// What becomes of a number when dialling has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Call `number`.
    Dial {
        /// The number after substitutions.
        number: String,
        /// The branch, counted from 0; none if no branch fits and filtering is off.
        branch: Option<usize>,
    },
    /// Do not call.
    Refuse(Refusal),
}

/// Why a number is not called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A branch with `!` matches it (guide rule 214).
    #[error("branch {} of the dial plan rejects the number", branch + 1)]
    Rejected {
        /// The branch, counted from 0.
        branch: usize,
    },
    /// It is only the beginning of what the plan allows (guide rule 228).
    #[error("the number is shorter than the dial plan asks for")]
    Incomplete,
    /// The plan does not allow it (guide rule 229).
    #[error("the dial plan does not allow the number")]
    NoMatch,
}

impl DialPlan {
    /// Compares the digits dialled so far with the plan.
    ///
    /// A character that is no digit fits no branch.
    pub fn evaluate(&self, dialled: &str, policy: Policy) -> Evaluation {
        let digits: Option<Vec<Digit>> = dialled.chars().map(Digit::new).collect();
        let found: Vec<Found> = digits.iter().flat_map(|digits| self.find(digits)).collect();
        let outcome = if dialled.is_empty() { Outcome::NeedMore } else { self.outcome(dialled, &found, policy) };
        let matches = found.iter().map(|found| BranchMatch { branch: found.branch, extent: found.extent }).collect();
        Evaluation { matches, outcome }
    }

    /// What becomes of `dialled` when dialling has ended, or was complete from the start: number typed before going
    /// off-hook, redial, phone book (guide rules 218-220).
    ///
    /// A number without digits is refused as incomplete.
    pub fn decide(&self, dialled: &str, policy: Policy) -> Decision {
        match self.evaluate(dialled, policy).outcome {
            Outcome::DialNow { number, branch } | Outcome::DialAfter { number, branch, .. } => {
                Decision::Dial { number, branch: Some(branch) }
            }
            Outcome::DialAfterInterDigit { number, branch } => Decision::Dial { number, branch },
            Outcome::Reject { branch } | Outcome::RejectAfterInterDigit { branch } => {
                Decision::Refuse(Refusal::Rejected { branch })
            }
            Outcome::NeedMore => Decision::Refuse(Refusal::Incomplete),
            Outcome::NoMatch => Decision::Refuse(Refusal::NoMatch),
        }
    }

    /// The branches that `digits` match.
    fn find(&self, digits: &[Digit]) -> Vec<Found> {
        let found = |(index, branch): (usize, &Branch)| {
            let extent = branch.extent(digits)?;
            let number = match extent {
                Extent::Partial => None,
                // `<9:>x.` and 9: nothing is left to call until further digits follow, so the match is a partial one.
                Extent::Complete | Extent::Open => branch.rewrite(digits).filter(|number| !number.is_empty()),
            };
            let partial = number.is_none() && branch.ending != Ending::Reject;
            Some(Found { branch: index, extent: if partial { Extent::Partial } else { extent }, number })
        };
        self.branches.iter().enumerate().filter_map(found).collect()
    }

    fn outcome(&self, dialled: &str, found: &[Found], policy: Policy) -> Outcome {
        let ending = |found: &Found| self.branches[found.branch].ending;
        let whole = || found.iter().filter(|found| found.extent != Extent::Partial);

        let at_once = whole().find(|found| found.extent == Extent::Complete && ending(found) == Ending::Dial);
        let rejects = || whole().filter(|found| ending(found) == Ending::Reject);
        // An open branch with `!` bars a number that another branch would call at once; otherwise more digits may lead
        // to a number that it does not bar.
        let barred = rejects().find(|found| found.extent == Extent::Complete || at_once.is_some());
        if let Some(&Found { branch, .. }) = barred {
            return Outcome::Reject { branch };
        }
        if let Some(&Found { branch, .. }) = rejects().next() {
            return Outcome::RejectAfterInterDigit { branch };
        }
        if let Some(found) = at_once.or(whole().next()) {
            let branch = found.branch;
            let number = found.number.clone().expect("a whole match of a branch without `!` has its number");
            return match ending(found) {
                Ending::After(seconds) => Outcome::DialAfter { wait: Wait::Seconds(seconds), number, branch },
                Ending::AfterMacroTimer => Outcome::DialAfter { wait: Wait::MacroTimer, number, branch },
                _ if found.extent == Extent::Complete => Outcome::DialNow { number, branch },
                _ => Outcome::DialAfterInterDigit { number, branch: Some(branch) },
            };
        }
        let repeats = |found: &&Found| self.branches[found.branch].has_repeat() && ending(found) != Ending::Reject;
        let repeating = found.iter().find(repeats);
        if repeating.is_some() || !policy.filter {
            let branch = repeating.or(found.first()).map(|found| found.branch);
            return Outcome::DialAfterInterDigit { number: dialled.to_owned(), branch };
        }
        if found.is_empty() { Outcome::NoMatch } else { Outcome::NeedMore }
    }
}

/// A branch that the digits match; `number` is there for whole matches that leave something to call.
struct Found {
    branch: usize,
    extent: Extent,
    number: Option<String>,
}

/// A set of states of one branch, at most 33 (`MAX_DIGITS` and the start).
#[derive(Clone, Copy, Default)]
struct States(u64);

impl States {
    fn contains(self, state: usize) -> bool {
        self.0 & (1 << state) != 0
    }

    fn insert(&mut self, state: usize) {
        self.0 |= 1 << state;
    }
}

impl Branch {
    fn last_state(&self) -> usize {
        self.atoms.len()
    }

    /// The atom that a digit read in `state` may repeat.
    fn repeatable(&self, state: usize) -> Option<Atom> {
        let atom = self.atoms[state.checked_sub(1)?];
        atom.repeated.then_some(atom)
    }

    /// How far `digits` match, or nothing if no continuation of them could.
    fn extent(&self, digits: &[Digit]) -> Option<Extent> {
        let mut start = States::default();
        start.insert(0);
        let end = digits.iter().fold(self.with_skips(start), |states, &digit| self.step(states, digit));
        if end.0 == 0 {
            return None;
        }
        // No digits at all are a beginning, even for `x.`.
        if digits.is_empty() || !end.contains(self.last_state()) {
            return Some(Extent::Partial);
        }
        let only_last = end.0 == 1 << self.last_state();
        Some(if only_last && self.repeatable(self.last_state()).is_none() { Extent::Complete } else { Extent::Open })
    }

    fn step(&self, states: States, digit: Digit) -> States {
        let mut next = States::default();
        for state in (0..=self.last_state()).filter(|&state| states.contains(state)) {
            if self.repeatable(state).is_some_and(|atom| atom.takes(digit)) {
                next.insert(state);
            }
            if self.atoms.get(state).is_some_and(|atom| atom.takes(digit)) {
                next.insert(state + 1);
            }
        }
        self.with_skips(next)
    }

    /// Adds the states behind atoms that may match nothing.
    fn with_skips(&self, mut states: States) -> States {
        for (state, atom) in self.atoms.iter().enumerate() {
            if states.contains(state) && atom.optional() {
                states.insert(state + 1);
            }
        }
        states
    }

    /// The number after substitutions, if the branch matches `digits` as a whole.
    fn rewrite(&self, digits: &[Digit]) -> Option<String> {
        let taken = self.split(digits)?;
        let mut number = String::new();
        let (mut atom, mut digit) = (0, 0);
        for substitution in &self.substitutions {
            let kept: usize = taken[atom..substitution.atoms.start].iter().sum();
            let dropped: usize = taken[substitution.atoms.clone()].iter().sum();
            number.extend(digits[digit..digit + kept].iter().map(|digit| digit.as_char()));
            number.extend(substitution.after.iter().map(|digit| digit.as_char()));
            digit += kept + dropped;
            atom = substitution.atoms.end;
        }
        number.extend(digits[digit..].iter().map(|digit| digit.as_char()));
        Some(number)
    }

    /// How many digits each atom takes, earlier atoms as many as they can; nothing if the branch does not match.
    ///
    /// The states from which the rest of the digits leads to the end are found backwards; then the way forward never has
    /// to turn back.
    fn split(&self, digits: &[Digit]) -> Option<Vec<usize>> {
        let leading = self.leading_states(digits);
        let mut taken = vec![0; self.atoms.len()];
        let (mut state, mut read) = (0, 0);
        while read < digits.len() || state < self.last_state() {
            let next = digits.get(read).map(|&digit| (digit, leading[read + 1]));
            let fits = |atom: Option<Atom>, to: usize| {
                next.is_some_and(|(digit, leads)| leads.contains(to) && atom.is_some_and(|atom| atom.takes(digit)))
            };
            let atom = self.atoms.get(state).copied();
            if fits(self.repeatable(state), state) {
                taken[state - 1] += 1;
                read += 1;
            } else if fits(atom, state + 1) {
                taken[state] += 1;
                state += 1;
                read += 1;
            } else if atom.is_some_and(Atom::optional) && leading[read].contains(state + 1) {
                state += 1;
            } else {
                return None;
            }
        }
        Some(taken)
    }

    /// For each number of digits read, the states from which the remaining digits complete the branch.
    fn leading_states(&self, digits: &[Digit]) -> Vec<States> {
        let mut leading = vec![States::default(); digits.len() + 1];
        for read in (0..=digits.len()).rev() {
            let mut states = States::default();
            match digits.get(read) {
                None => states.insert(self.last_state()),
                Some(&digit) => {
                    let next = leading[read + 1];
                    for state in 0..=self.last_state() {
                        let stays = self.repeatable(state).is_some_and(|atom| atom.takes(digit));
                        let moves = self.atoms.get(state).is_some_and(|atom| atom.takes(digit));
                        if stays && next.contains(state) || moves && next.contains(state + 1) {
                            states.insert(state);
                        }
                    }
                }
            }
            for (state, atom) in self.atoms.iter().enumerate().rev() {
                if atom.optional() && states.contains(state + 1) {
                    states.insert(state);
                }
            }
            leading[read] = states;
        }
        leading
    }
}
