//! A dial plan as it is kept in memory, and how it is printed.

use std::fmt;
use std::ops::Range;

use crate::ParseError;
use crate::digit::{Digit, DigitSet};

/// Longest plan, in characters (guide rule 203).
pub const MAX_CHARACTERS: usize = 500;
/// Most branches of a plan (guide rule 203).
pub const MAX_BRANCHES: usize = 40;
/// Most digits of a branch, where `x` and a range count as one; the replacing digits are counted apart (guide rule 203).
pub const MAX_DIGITS: usize = 32;

/// The dial plan of a line.
///
/// Two plans are equal when they say the same, however they are written (`X` for `x`, `[123]` for `[1-3]`).
/// Printing gives the usual form, which reads back as an equal plan.
#[derive(Debug, Clone, Default)]
pub struct DialPlan {
    pub(crate) text: String,
    pub(crate) branches: Vec<Branch>,
    /// Where each branch stands in `text`, in bytes.
    pub(crate) spans: Vec<Range<usize>>,
}

impl DialPlan {
    /// Reads a plan: at most 500 characters, 40 branches, 32 digits each (guide rules 203-215).
    ///
    /// The empty text is the plan without branches.
    ///
    /// # Errors
    /// The first fault, with its place and what to write instead.
    pub fn parse(text: &str) -> Result<DialPlan, ParseError> {
        crate::parse::parse(text)
    }

    /// The text from which the plan was read.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many branches the plan has, 0 to 40.
    pub fn branch_count(&self) -> usize {
        self.branches.len()
    }

    /// The text of branch `index`, counted from 0.
    pub fn branch_text(&self, index: usize) -> Option<&str> {
        self.branch_span(index).map(|span| &self.text[span])
    }

    /// Where branch `index` stands in [`DialPlan::text`], in bytes.
    pub fn branch_span(&self, index: usize) -> Option<Range<usize>> {
        self.spans.get(index).cloned()
    }
}

impl PartialEq for DialPlan {
    fn eq(&self, other: &DialPlan) -> bool {
        self.branches == other.branches
    }
}

impl Eq for DialPlan {}

impl fmt::Display for DialPlan {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, branch) in self.branches.iter().enumerate() {
            let separator = if index == 0 { "" } else { "|" };
            write!(out, "{separator}{branch}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for DialPlan {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<DialPlan, ParseError> {
        DialPlan::parse(text)
    }
}

/// One alternative. Substitutions lie beside the flat list of atoms, so that matching never sees them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Branch {
    /// 1 to [`MAX_DIGITS`] of them; each matches at least one digit.
    pub(crate) atoms: Vec<Atom>,
    /// In the order of the text, without overlap.
    pub(crate) substitutions: Vec<Substitution>,
    pub(crate) ending: Ending,
}

impl Branch {
    /// Whether a `.` stands in the branch.
    pub(crate) fn has_repeat(&self) -> bool {
        self.atoms.iter().any(|atom| atom.repeated)
    }
}

/// One dialled digit, or several alike when repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Atom {
    pub(crate) pattern: Pattern,
    pub(crate) repeated: bool,
}

impl Atom {
    pub(crate) fn takes(self, digit: Digit) -> bool {
        match self.pattern {
            Pattern::Digit(own) => own == digit,
            Pattern::Any => digit.decimal().is_some(),
            Pattern::OneOf(set) => set.contains(digit),
        }
    }

    /// `x.` may match nothing, every other atom takes a digit (guide rule 210, see the crate's page).
    pub(crate) fn optional(self) -> bool {
        self.repeated && self.pattern == Pattern::Any
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pattern {
    Digit(Digit),
    Any,
    /// Never empty.
    OneOf(DigitSet),
}

/// What the digits of some atoms become; no atoms at all for an insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Substitution {
    pub(crate) atoms: Range<usize>,
    pub(crate) after: Vec<Digit>,
}

/// What happens to a number that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Ending {
    #[default]
    Dial,
    /// Seconds, 0-9.
    After(u8),
    AfterMacroTimer,
    Reject,
}

impl fmt::Display for Branch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut next = 0;
        for Substitution { atoms, after } in &self.substitutions {
            write_atoms(out, &self.atoms[next..atoms.start])?;
            out.write_str("<")?;
            write_atoms(out, &self.atoms[atoms.clone()])?;
            out.write_str(":")?;
            after.iter().try_for_each(|digit| write!(out, "{digit}"))?;
            out.write_str(">")?;
            next = atoms.end;
        }
        write_atoms(out, &self.atoms[next..])?;
        match self.ending {
            Ending::Dial => Ok(()),
            Ending::After(seconds) => write!(out, "S{seconds}"),
            Ending::AfterMacroTimer => out.write_str("T"),
            Ending::Reject => out.write_str("!"),
        }
    }
}

fn write_atoms(out: &mut fmt::Formatter<'_>, atoms: &[Atom]) -> fmt::Result {
    for atom in atoms {
        match atom.pattern {
            Pattern::Digit(digit) => write!(out, "{digit}")?,
            Pattern::Any => out.write_str("x")?,
            Pattern::OneOf(set) => write!(out, "[{set}]")?,
        }
        if atom.repeated {
            out.write_str(".")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_print_in_their_usual_form() {
        for (text, printed) in [
            ("", ""),
            ("12XX", "12xx"),
            ("[123]|[12]|[987*5]", "[1-3]|[12]|[*57-9]"),
            ("[1-35-7]9.s0", "[1-35-7]9.S0"),
            ("<1x.:+49>x.t|<:0>1!|<9:><:1>x", "<1x.:+49>x.T|<:0>1!|<9:><:1>x"),
        ] {
            let plan = DialPlan::parse(text).expect("the table holds valid plans");
            assert_eq!(plan.to_string(), printed);
            assert_eq!(plan.text(), text);
            assert_eq!(DialPlan::parse(printed).as_ref(), Ok(&plan));
        }
    }

    #[test]
    fn branches_know_their_place() {
        let plan = DialPlan::parse("11|X.T").expect("valid");
        assert_eq!(plan.branch_count(), 2);
        assert_eq!(plan.branch_text(1), Some("X.T"));
        assert_eq!(plan.branch_span(1), Some(3..6));
        assert_eq!(plan.branch_text(2), None);
    }
}
