//! Dial plans: which numbers a line may call, how a dialled number is rewritten, and when it is called.
//!
//! A plan is a list of branches (`[2346789]11|01[2-9]x.|<9:>xxxS2|0900x.!`). This crate reads it
//! ([`DialPlan::parse`]), compares digits with it ([`DialPlan::evaluate`], [`DialPlan::decide`]), follows a person who
//! presses one key after the other ([`Dialer`]) and tells an administrator what a plan does ([`DialPlan::explain`]).
//! It does no input or output and has no clock: the time is passed in.
//!
//! # Elements
//!
//! | element | matches | guide rule |
//! |---|---|---|
//! | `0`-`9` `*` `#` `+` | that digit | 205 |
//! | `x` `X` | one of `0`-`9` | 206 |
//! | `[13-5*]` | one of the listed digits; a span joins two single digits | 207, 208 |
//! | `.` | further copies of the element before it | 209, 210 |
//! | `<before:after>` | `before`, and calls `after` in its place | 211 |
//! | `S2` `s2` | nothing; the number is called 2 seconds after the last digit | 212 |
//! | `T` `t` | nothing; as `S`, with the phone's macro timer | 213 |
//! | `!` | nothing; a number of this branch is refused | 214 |
//! | `\|` | nothing; separates branches | 215 |
//!
//! # What the guide leaves open
//!
//! * `x` does not match `*`, `#` and `+` (rule 206): digit maps mean a decimal digit by it (RFC 3435, section 2.1.5), and
//!   service codes would otherwise fall into branches made for numbers. `[0-9*#+]` names all of them.
//! * `.` after a digit or a range: that element is dialled at least once (`12.` is 12, 122, 1222; rule 209). `x.` may be
//!   absent: the guide explains `1x.S2` as any number that begins with 1, so 1 alone belongs to it (rules 210, 217).
//! * A branch that could take more digits through its `.` is never called at once; it waits for its own timer, or for
//!   the inter-digit timer (rule 227).
//! * A partial match of a branch with `.` is called at the end of dialling even when filtering is on and the digits have
//!   not reached the `.` yet (rule 231 makes no difference). Branches with `!` do not count here.
//! * `S`, `T` and `!` stand at the end of a branch, one of them at most: every example has them there, and a timer
//!   between digits would have no moment at which to run.
//! * Of several complete matches the first branch wins; one that can be called at once wins over one that waits (rule
//!   225), and one with `!` over all, so that a barred number stays barred wherever its branch stands.
//! * A number without any match is refused at the end of dialling, not at the first wrong digit (rule 229).
//! * In `<before:after>` either side may be empty (`<:0>` inserts, `<9:>` removes). `before` takes digits, `x`, ranges and
//!   `.`; `after` takes digits. Where several splits of the number are possible, the first `.` takes the most.
//! * Filtering with an empty plan refuses every number (rule 220 to the letter).

mod dialer;
mod digit;
mod explain;
mod matching;
mod parse;
mod plan;

pub use dialer::{Dialer, Output, Timer, Timing};
pub use digit::Digit;
pub use explain::Explanation;
pub use matching::{BranchMatch, Decision, Evaluation, Extent, Outcome, Policy, Refusal, Wait};
pub use parse::{ParseError, Position};
pub use plan::{DialPlan, MAX_BRANCHES, MAX_CHARACTERS, MAX_DIGITS};
