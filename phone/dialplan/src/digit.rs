//! The thirteen digits that a number is made of, and sets of them.

use std::fmt;

/// One dialled digit: `0`-`9`, `*`, `#` or `+` (guide rule 205).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digit(u8);

/// All digits in the order in which sets are printed, spans last.
const SYMBOLS: [char; 13] = ['*', '#', '+', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
const FIRST_DECIMAL: u8 = 3;

impl Digit {
    /// The `#` key, which can also mean the end of dialling (guide rule 223).
    pub const POUND: Digit = Digit(1);

    /// The digit that is written as `character`, if there is one.
    pub fn new(character: char) -> Option<Digit> {
        let index = SYMBOLS.iter().position(|&symbol| symbol == character)?;
        Some(Digit(index as u8))
    }

    /// The character of this digit.
    pub fn as_char(self) -> char {
        SYMBOLS[usize::from(self.0)]
    }

    /// 0-9 for the decimal digits, nothing for `*`, `#` and `+`.
    pub fn decimal(self) -> Option<u8> {
        self.0.checked_sub(FIRST_DECIMAL)
    }
}

impl fmt::Display for Digit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.as_char())
    }
}

/// A set of digits, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DigitSet(u16);

impl DigitSet {
    pub(crate) fn insert(&mut self, digit: Digit) {
        self.0 |= 1 << digit.0;
    }

    /// Adds every decimal digit from `first` to `last`, which are decimal digits themselves.
    pub(crate) fn insert_span(&mut self, first: Digit, last: Digit) {
        (first.0..=last.0).for_each(|index| self.insert(Digit(index)));
    }

    pub(crate) fn contains(self, digit: Digit) -> bool {
        self.0 & (1 << digit.0) != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// As inside brackets: single digits first, spans last, because a span between two digits looks like `[12-21]`.
impl fmt::Display for DigitSet {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut spans = String::new();
        let mut index = 0;
        while index < SYMBOLS.len() {
            let digit = Digit(index as u8);
            index += 1;
            if !self.contains(digit) {
                continue;
            }
            let first = index - 1;
            if digit.decimal().is_some() {
                while index < SYMBOLS.len() && self.contains(Digit(index as u8)) {
                    index += 1;
                }
            }
            match index - first {
                1 | 2 => SYMBOLS[first..index].iter().try_for_each(|symbol| write!(out, "{symbol}"))?,
                _ => spans.extend([SYMBOLS[first], '-', SYMBOLS[index - 1]]),
            }
        }
        out.write_str(&spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_is_a_digit_and_nothing_else() {
        for character in (0u8..=127).map(char::from) {
            let expected = character.is_ascii_digit() || "*#+".contains(character);
            assert_eq!(Digit::new(character).map(Digit::as_char), expected.then_some(character));
        }
        assert_eq!(Digit::new('#'), Some(Digit::POUND));
        assert_eq!(Digit::new('7').and_then(Digit::decimal), Some(7));
        assert_eq!(Digit::POUND.decimal(), None);
    }
}
