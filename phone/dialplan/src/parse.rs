//! Reads the text of a dial plan.

use std::fmt;

use thiserror::Error;

use crate::digit::{Digit, DigitSet};
use crate::plan::{Atom, Branch, DialPlan, Ending, MAX_BRANCHES, MAX_CHARACTERS, MAX_DIGITS, Pattern, Substitution};

/// A place in the text of a plan or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    /// Bytes before it.
    pub byte: usize,
    /// Characters up to and with it: the first is in column 1.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "column {}", self.column)
    }
}

/// Why a text is not a dial plan, or not a number; where; and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseError {
    /// More than 500 characters (guide rule 203).
    #[error("{at}: a dial plan has at most {MAX_CHARACTERS} characters; shorten it, for example with ranges")]
    TooLong {
        /// The first character over the limit.
        at: Position,
    },
    /// More than 40 branches (guide rule 203).
    #[error("{at}: a dial plan has at most {MAX_BRANCHES} branches; join some of them with ranges such as [1-5]")]
    TooManyBranches {
        /// The first branch over the limit.
        at: Position,
    },
    /// More than 32 digits in a branch or in the replacing digits of a branch (guide rule 203).
    #[error("{at}: a branch has at most {MAX_DIGITS} digits; shorten it, or use `x.` for any further digits")]
    TooManyDigits {
        /// The first digit over the limit.
        at: Position,
    },
    /// A branch that matches no digit: `||`, a `|` at an end, a lone `T`.
    #[error("{at}: this branch has no digits to match; remove it with its `|`, or write `x.` for any number")]
    EmptyBranch {
        /// The start of the branch.
        at: Position,
    },
    /// A character that has no meaning in a plan (guide rule 204).
    #[error("{at}: `{}` has no meaning in a dial plan; {}", character.escape_debug(), advice(*character))]
    UnknownCharacter {
        /// The character.
        character: char,
        /// Its place.
        at: Position,
    },
    /// `]`, `-`, `:` or `>` outside the construct to which it belongs, or a `<` inside another.
    #[error("{at}: `{character}` is out of place; {}", place_of(*character))]
    Misplaced {
        /// The character.
        character: char,
        /// Its place.
        at: Position,
    },
    /// A `[` without its `]`.
    #[error("{at}: this `[` is not closed; write `]` after its digits")]
    UnclosedRange {
        /// The `[`.
        at: Position,
    },
    /// `[]`.
    #[error("{at}: this range lists no digit; write the digits it stands for, as in [123] or [1-3]")]
    EmptyRange {
        /// The `[`.
        at: Position,
    },
    /// Something other than a digit in a range.
    #[error("{at}: `{}` cannot stand in a range; list digits only, as in [1-5*]", character.escape_debug())]
    NotInRange {
        /// The character.
        character: char,
        /// Its place.
        at: Position,
    },
    /// A span whose ends are not two of 0-9, or that runs downwards.
    #[error("{at}: a span joins two digits of 0-9, the smaller one first, as in [4-9]")]
    BadSpan {
        /// The `-`.
        at: Position,
    },
    /// A span with digits at both sides, as in `[12-21]` (guide rule 208).
    #[error("{at}: a span joins single digits, not numbers such as 12-21; write other digits before it, as in [173-5]")]
    NumberSpan {
        /// The `-`.
        at: Position,
    },
    /// A `.` at the start of a branch or of a substitution.
    #[error("{at}: `.` repeats the element before it, and there is none; write `x.` for any digits")]
    NothingToRepeat {
        /// The `.`.
        at: Position,
    },
    /// `..`
    #[error("{at}: this `.` follows another one; a single `.` already allows any number of copies")]
    RepeatedTwice {
        /// The second `.`.
        at: Position,
    },
    /// A `.` after `>`.
    #[error("{at}: a substitution cannot be repeated; put the `.` inside it, as in <1.:2>, or after a digit")]
    RepeatedSubstitution {
        /// The `.`.
        at: Position,
    },
    /// A `<` without its `:` and `>`.
    #[error("{at}: this `<` is not closed; write it as <before:after>")]
    UnclosedSubstitution {
        /// The `<`.
        at: Position,
    },
    /// Something other than a digit after the `:` of a substitution.
    #[error("{at}: `{}` cannot be dialled; the part after `:` takes the digits 0-9 * # + only", character.escape_debug())]
    NotReplacing {
        /// The character.
        character: char,
        /// Its place.
        at: Position,
    },
    /// The branch replaces everything by nothing.
    #[error("{at}: this branch leaves no digit to call; write digits after the `:`, or refuse the number with `!`")]
    NothingToDial {
        /// The start of the branch.
        at: Position,
    },
    /// `S` without its digit (guide rule 212).
    #[error("{at}: `S` needs its seconds, one digit 0-9, as in S2")]
    TimerWithoutSeconds {
        /// The `S`.
        at: Position,
    },
    /// `S`, `T` or `!` before the end of a branch (guide rules 212-214).
    #[error("{at}: `{character}` ends a branch and nothing can follow it; move it to the end, or write `|` after it")]
    NotLast {
        /// `S`, `T` or `!`.
        character: char,
        /// Its place.
        at: Position,
    },
    /// A number, not a plan, with a character that no key of a phone makes.
    #[error("{at}: `{}` cannot be dialled; a number is made of 0-9 * # +", character.escape_debug())]
    NotADigit {
        /// The character.
        character: char,
        /// Its place.
        at: Position,
    },
}

impl ParseError {
    /// The place of the fault.
    pub fn at(&self) -> Position {
        match self {
            Self::TooLong { at }
            | Self::TooManyBranches { at }
            | Self::TooManyDigits { at }
            | Self::EmptyBranch { at }
            | Self::UnknownCharacter { at, .. }
            | Self::Misplaced { at, .. }
            | Self::UnclosedRange { at }
            | Self::EmptyRange { at }
            | Self::NotInRange { at, .. }
            | Self::BadSpan { at }
            | Self::NumberSpan { at }
            | Self::NothingToRepeat { at }
            | Self::RepeatedTwice { at }
            | Self::RepeatedSubstitution { at }
            | Self::UnclosedSubstitution { at }
            | Self::NotReplacing { at, .. }
            | Self::NothingToDial { at }
            | Self::TimerWithoutSeconds { at }
            | Self::NotLast { at, .. }
            | Self::NotADigit { at, .. } => *at,
        }
    }
}

fn advice(character: char) -> &'static str {
    match character {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => "a span is written with the plain hyphen `-`",
        character if character.is_whitespace() => "remove the blank",
        ',' | ';' | '/' => "branches are separated by `|`",
        '(' | ')' => "write each alternative as a branch of its own, separated by `|`",
        _ => "use 0-9 * # + x [ ] - . < > : S T ! |",
    }
}

fn place_of(character: char) -> &'static str {
    match character {
        '-' => "it joins two digits inside brackets, as in [1-5]",
        ']' => "it closes a `[`",
        ':' | '>' => "it belongs to <before:after>",
        _ => "close the `<` before it with `>` first",
    }
}

pub(crate) fn parse(text: &str) -> Result<DialPlan, ParseError> {
    if let Some((byte, _)) = text.char_indices().nth(MAX_CHARACTERS) {
        return Err(ParseError::TooLong { at: Position { byte, column: MAX_CHARACTERS + 1 } });
    }
    let mut plan = DialPlan { text: text.to_owned(), ..DialPlan::default() };
    if text.is_empty() {
        return Ok(plan);
    }
    let mut cursor = Cursor::new(text);
    loop {
        let start = cursor.at;
        if plan.branches.len() == MAX_BRANCHES {
            return Err(ParseError::TooManyBranches { at: start });
        }
        plan.branches.push(branch(&mut cursor)?);
        plan.spans.push(start.byte..cursor.at.byte);
        // A branch ends before its separator or with the text.
        if cursor.next().is_none() {
            return Ok(plan);
        }
    }
}

fn branch(cursor: &mut Cursor<'_>) -> Result<Branch, ParseError> {
    let start = cursor.at;
    let mut branch = Branch::default();
    let mut replacing = 0;
    let mut ended: Option<(Position, char)> = None;
    let mut after_substitution = false;
    while let Some(character) = cursor.peek().filter(|&character| character != '|') {
        if let Some((at, character)) = ended {
            return Err(ParseError::NotLast { character, at });
        }
        let at = cursor.at;
        cursor.next();
        match character {
            '.' if after_substitution => return Err(ParseError::RepeatedSubstitution { at }),
            '.' => repeat(&mut branch.atoms, 0, at)?,
            '<' => {
                let substitution = substitution(cursor, at, &mut branch.atoms, &mut replacing)?;
                branch.substitutions.push(substitution);
            }
            'S' | 's' => {
                let seconds = cursor.peek().and_then(Digit::new).and_then(Digit::decimal);
                branch.ending = Ending::After(seconds.ok_or(ParseError::TimerWithoutSeconds { at })?);
                cursor.next();
                ended = Some((at, character));
            }
            'T' | 't' => {
                branch.ending = Ending::AfterMacroTimer;
                ended = Some((at, character));
            }
            '!' => {
                branch.ending = Ending::Reject;
                ended = Some((at, character));
            }
            _ => atom(cursor, character, at, &mut branch.atoms)?,
        }
        after_substitution = character == '<';
    }
    if branch.atoms.is_empty() {
        return Err(ParseError::EmptyBranch { at: start });
    }
    if branch.ending != Ending::Reject && leaves_nothing(&branch) {
        return Err(ParseError::NothingToDial { at: start });
    }
    Ok(branch)
}

/// Whether no number could remain after the substitutions.
fn leaves_nothing(branch: &Branch) -> bool {
    let replaced: usize = branch.substitutions.iter().map(|substitution| substitution.atoms.len()).sum();
    replaced == branch.atoms.len() && branch.substitutions.iter().all(|substitution| substitution.after.is_empty())
}

/// The element that starts with `character`, which has been read.
fn atom(cursor: &mut Cursor<'_>, character: char, at: Position, atoms: &mut Vec<Atom>) -> Result<(), ParseError> {
    let pattern = match character {
        'x' | 'X' => Pattern::Any,
        '[' => Pattern::OneOf(range(cursor, at)?),
        ']' | '-' | ':' | '>' | '<' => return Err(ParseError::Misplaced { character, at }),
        _ => Pattern::Digit(Digit::new(character).ok_or(ParseError::UnknownCharacter { character, at })?),
    };
    if atoms.len() == MAX_DIGITS {
        return Err(ParseError::TooManyDigits { at });
    }
    atoms.push(Atom { pattern, repeated: false });
    Ok(())
}

/// Repeats the last of `atoms`, of which the first `closed` are out of reach.
fn repeat(atoms: &mut [Atom], closed: usize, at: Position) -> Result<(), ParseError> {
    match atoms[closed..].last_mut() {
        None => Err(ParseError::NothingToRepeat { at }),
        Some(atom) if atom.repeated => Err(ParseError::RepeatedTwice { at }),
        Some(atom) => {
            atom.repeated = true;
            Ok(())
        }
    }
}

/// The rest of `<before:after>`, whose `<` stands at `start`.
fn substitution(
    cursor: &mut Cursor<'_>,
    start: Position,
    atoms: &mut Vec<Atom>,
    replacing: &mut usize,
) -> Result<Substitution, ParseError> {
    let unclosed = ParseError::UnclosedSubstitution { at: start };
    let first = atoms.len();
    loop {
        let at = cursor.at;
        match cursor.next() {
            None | Some('|' | '>') => return Err(unclosed),
            Some(':') => break,
            Some('.') => repeat(atoms, first, at)?,
            Some(character @ ('S' | 's' | 'T' | 't' | '!')) => return Err(ParseError::NotLast { character, at }),
            Some(character) => atom(cursor, character, at, atoms)?,
        }
    }
    let mut after = Vec::new();
    loop {
        let at = cursor.at;
        match cursor.next() {
            None | Some('|') => return Err(unclosed),
            Some('>') => return Ok(Substitution { atoms: first..atoms.len(), after }),
            Some(character) => {
                after.push(Digit::new(character).ok_or(ParseError::NotReplacing { character, at })?);
                *replacing += 1;
                if *replacing > MAX_DIGITS {
                    return Err(ParseError::TooManyDigits { at });
                }
            }
        }
    }
}

/// The rest of a range, whose `[` stands at `start`.
fn range(cursor: &mut Cursor<'_>, start: Position) -> Result<DigitSet, ParseError> {
    let listed = range_characters(cursor, start)?;
    let mut rest = listed.as_slice();
    let mut set = DigitSet::default();
    let mut after_digit = false;
    loop {
        after_digit = match *rest {
            [] => break,
            [(_, first), (at, '-'), (_, last), ..] => {
                rest = &rest[3..];
                let ends = decimal(first).zip(decimal(last)).filter(|(first, last)| first <= last);
                let (first, last) = ends.ok_or(ParseError::BadSpan { at })?;
                if after_digit && starts_with_digit(rest) {
                    return Err(ParseError::NumberSpan { at });
                }
                set.insert_span(first, last);
                false
            }
            [(at, '-'), ..] => return Err(ParseError::BadSpan { at }),
            [(at, character), ..] => {
                rest = &rest[1..];
                set.insert(Digit::new(character).ok_or(ParseError::NotInRange { character, at })?);
                true
            }
        };
    }
    if set.is_empty() { Err(ParseError::EmptyRange { at: start }) } else { Ok(set) }
}

fn decimal(character: char) -> Option<Digit> {
    Digit::new(character).filter(|digit| digit.decimal().is_some())
}

/// Whether a digit comes next that is not the start of a span.
fn starts_with_digit(rest: &[(Position, char)]) -> bool {
    !matches!(*rest, [] | [(_, '-'), ..] | [_, (_, '-'), ..])
}

/// The characters up to the `]`, which is read too.
fn range_characters(cursor: &mut Cursor<'_>, start: Position) -> Result<Vec<(Position, char)>, ParseError> {
    let mut listed = Vec::new();
    loop {
        let at = cursor.at;
        match cursor.next() {
            Some(']') => return Ok(listed),
            None | Some('|' | '[' | '<' | '>' | ':') => return Err(ParseError::UnclosedRange { at: start }),
            Some(character) => listed.push((at, character)),
        }
    }
}

/// The text that is left, and its place.
struct Cursor<'t> {
    rest: std::str::Chars<'t>,
    at: Position,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str) -> Cursor<'t> {
        Cursor { rest: text.chars(), at: Position { byte: 0, column: 1 } }
    }

    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn next(&mut self) -> Option<char> {
        let character = self.rest.next()?;
        self.at.byte += character.len_utf8();
        self.at.column += 1;
        Some(character)
    }
}

/// The digits of a number.
pub(crate) fn number(text: &str) -> Result<Vec<Digit>, ParseError> {
    let digit = |(column, (byte, character))| {
        let at = Position { byte, column: column + 1 };
        Digit::new(character).ok_or(ParseError::NotADigit { character, at })
    };
    text.char_indices().enumerate().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plan is refused at this column, and the message has these words.
    fn check(text: &str, column: usize, words: &str) {
        let error = DialPlan::parse(text).expect_err(text);
        assert_eq!(error.at().column, column, "{text}: {error}");
        let message = error.to_string();
        assert!(message.starts_with(&format!("column {column}: ")) && message.contains(words), "{text}: {message}");
        assert!(text.is_char_boundary(error.at().byte), "{text}");
    }

    #[test]
    fn faults_are_named_with_their_place() {
        for (text, column, words) in [
            // Rule 204.
            ("12a", 3, "`a` has no meaning"),
            ("12 3", 3, "remove the blank"),
            ("1,2", 2, "separated by `|`"),
            ("(1|2)", 1, "alternative"),
            ("1\n", 2, "`\\n` has no meaning"),
            ("1é2", 2, "`é` has no meaning"),
            ("1–5", 2, "plain hyphen"),
            // Rules 207 and 208.
            ("[12-21]", 4, "single digits"),
            ("[12-34]", 4, "single digits"),
            ("[1-512-34]", 7, "single digits"),
            ("[5-1]", 3, "smaller one first"),
            ("[1-3-5]", 5, "span joins"),
            ("[-5]", 2, "span joins"),
            ("[5-]", 3, "span joins"),
            ("[*-9]", 3, "span joins"),
            ("[1-x]", 3, "span joins"),
            ("[]", 1, "lists no digit"),
            ("9[12", 2, "not closed"),
            ("[12|3]", 1, "not closed"),
            ("[1[2]]", 1, "not closed"),
            ("[1x]", 3, "digits only"),
            ("[1é]", 3, "digits only"),
            ("1]", 2, "closes a `[`"),
            ("1-5", 2, "inside brackets"),
            // Rule 209.
            (".", 1, "there is none"),
            ("1|.", 3, "there is none"),
            ("1..", 3, "another one"),
            ("1<.:2>", 3, "there is none"),
            ("<1:2>.", 6, "cannot be repeated"),
            // Rule 211.
            ("<1:2", 1, "not closed"),
            ("1<1", 2, "not closed"),
            ("<12>3", 1, "not closed"),
            ("<1|2:3>", 1, "not closed"),
            ("<1:2|3>", 1, "not closed"),
            ("<1<2:3>:4>", 3, "close the `<`"),
            ("<1:x>", 4, "part after `:`"),
            ("<1:2:3>", 5, "part after `:`"),
            ("<1S2:3>", 3, "ends a branch"),
            ("1>", 2, "belongs to"),
            ("1:2", 2, "belongs to"),
            ("1|<101:>", 3, "no digit to call"),
            // Rules 212 to 214.
            ("1S", 2, "seconds"),
            ("1sx", 2, "seconds"),
            ("1S|2", 2, "seconds"),
            ("1S10", 2, "ends a branch"),
            ("1T2", 2, "ends a branch"),
            ("1t!", 2, "ends a branch"),
            ("1!2", 2, "ends a branch"),
            ("1!T", 2, "ends a branch"),
            ("1!!", 2, "ends a branch"),
            // Rule 215.
            ("|", 1, "no digits"),
            ("1|", 3, "no digits"),
            ("1||2", 3, "no digits"),
            ("T", 1, "no digits"),
            ("1|!", 3, "no digits"),
            ("<:5>", 1, "no digits"),
        ] {
            check(text, column, words);
        }
    }

    #[test]
    fn limits_hold_exactly() {
        // Rule 203: 500 characters, 40 branches, 32 digits.
        let characters = |count: usize| format!("[{}]", "1".repeat(count - 2));
        let branches = |count: usize| vec!["1"; count].join("|");
        let digits = |count: usize| "x".repeat(count);
        let replacing = |count: usize| format!("<1:{}>", "2".repeat(count));
        for valid in [characters(500), branches(40), digits(32), replacing(32), format!("{}.S2", digits(32))] {
            assert!(DialPlan::parse(&valid).is_ok(), "{valid}");
        }
        check(&characters(501), 501, "500 characters");
        check(&"é".repeat(501), 501, "500 characters");
        check(&branches(41), 81, "40 branches");
        check(&digits(33), 33, "32 digits");
        check(&replacing(33), 36, "32 digits");
        check(&format!("<{}:1>[12]", digits(32)), 37, "32 digits");
    }

    #[test]
    fn numbers_are_made_of_digits() {
        assert_eq!(number("+4*").expect("digits").len(), 3);
        let error = number("é1").expect_err("not a digit");
        assert_eq!(error.at(), Position { byte: 0, column: 1 });
        assert_eq!(number("12é").expect_err("not a digit").at(), Position { byte: 2, column: 3 });
    }
}
