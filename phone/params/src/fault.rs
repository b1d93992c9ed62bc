//! What can be wrong with a value, in words that say how to mend it.

use std::fmt;

use crate::table::Range;

/// Why a value is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The value is empty where a value is needed.
    #[error("must not be empty")]
    Empty,
    /// More characters than allowed.
    #[error("has {found} characters, at most {max} are allowed")]
    TooLong {
        /// How many it has.
        found: usize,
        /// How many are allowed.
        max: usize,
    },
    /// Fewer characters than needed.
    #[error("has {found} characters, at least {min} are needed")]
    TooShort {
        /// How many it has.
        found: usize,
        /// How many are needed.
        min: usize,
    },
    /// A character that this value cannot have; `at` counts characters from 1.
    #[error("has {} at character {at}, {allowed}", shown(*.character))]
    Character {
        /// The character.
        character: char,
        /// Its place, from 1.
        at: usize,
        /// What is allowed.
        allowed: Allowed,
    },
    /// Neither of the two words of a switch.
    #[error("must be \"{on}\" or \"{off}\"{}", case_hint(.found, &[on, off]))]
    Switch {
        /// The word for on.
        on: &'static str,
        /// The word for off.
        off: &'static str,
        /// The value.
        found: String,
    },
    /// Not a whole number.
    #[error("must be a whole number: {}", Ranges(.ranges, *.step))]
    NotInteger {
        /// Allowed values.
        ranges: &'static [Range],
        /// Distance of allowed values.
        step: u32,
    },
    /// A number outside the range.
    #[error("is {found}, allowed is {}", Ranges(.ranges, *.step))]
    OutOfRange {
        /// The number as written.
        found: String,
        /// Allowed values.
        ranges: &'static [Range],
        /// Distance of allowed values.
        step: u32,
    },
    /// A number between the allowed steps.
    #[error("is {found}, allowed is {}", Ranges(.ranges, *.step))]
    OffStep {
        /// The number.
        found: i64,
        /// Allowed values.
        ranges: &'static [Range],
        /// Distance of allowed values.
        step: u32,
    },
    /// A list with too few or too many numbers.
    #[error("has {found} numbers, {} are allowed, separated by commas", Count(*.length))]
    Count {
        /// How many it has.
        found: usize,
        /// Fewest and most.
        length: (u8, u8),
    },
    /// None of the values that a choice has.
    #[error("must be one of {}{}", Words(.allowed), case_hint(.found, .allowed))]
    Choice {
        /// The values.
        allowed: Vec<&'static str>,
        /// The value.
        found: String,
    },
    /// Not an IPv4 address.
    #[error("must be an IPv4 address such as 192.0.2.10: four numbers from 0 to 255 without leading zeros")]
    NotIpv4,
    /// An address that no host can have.
    #[error("{0} is not the address of a host")]
    ReservedIpv4(String),
    /// Not a subnet mask.
    #[error("must be a subnet mask such as 255.255.255.0")]
    NotMask,
    /// Not a host.
    #[error("must be a host name or an IPv4 address{0}")]
    NotHost(&'static str),
    /// Not a URL.
    #[error("must be a URL {}://[user:password@]host[:port]/path: {reason}", .schemes.join("|"))]
    NotUrl {
        /// Accepted schemes.
        schemes: &'static [&'static str],
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Not a SIP URI.
    #[error("must be a SIP URI such as sip:user@example.com: {0}")]
    NotSipUri(&'static str),
    /// Not a time of day.
    #[error("must be a time of day from 00:00 to 23:59")]
    NotTime,
    /// Not a firmware version.
    #[error("must be a firmware version from 00.000 to 15.999")]
    NotVersion,
}

/// Which characters a text takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// Printable ASCII without the double quote.
    Ascii,
    /// Unicode without controls and the double quote.
    Unicode,
    /// Characters of at most three UTF-8 bytes.
    Bmp,
    /// The set in words.
    Set(&'static str),
}

impl fmt::Display for Allowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ascii => f.write_str("only printable ASCII characters except \" are allowed"),
            Self::Unicode => f.write_str("control characters and \" are not allowed"),
            Self::Bmp => f.write_str("control characters, \" and characters of four bytes are not allowed"),
            Self::Set(set) => write!(f, "allowed are {set}"),
        }
    }
}

fn shown(c: char) -> String {
    match c {
        ' ' => "a blank".into(),
        '"' => "a double quote".into(),
        c if c.is_control() => format!("the control character U+{:04X}", c as u32),
        c if c.is_ascii() => format!("\"{c}\""),
        c => format!("\"{c}\" (U+{:04X})", c as u32),
    }
}

fn case_hint(found: &str, words: &[&'static str]) -> String {
    match words.iter().find(|w| w.eq_ignore_ascii_case(found.trim())) {
        Some(word) => format!("; write \"{word}\""),
        None => String::new(),
    }
}

struct Words<'a>(&'a [&'static str]);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 12;
        for (i, word) in self.0.iter().take(SHOWN).enumerate() {
            write!(f, "{}\"{word}\"", if i > 0 { ", " } else { "" })?;
        }
        match self.0.len().saturating_sub(SHOWN) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

struct Count((u8, u8));

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            (a, b) if a == b => write!(f, "{a}"),
            (a, b) => write!(f, "{a} to {b}"),
        }
    }
}

/// Allowed numbers in words: `0, 10 to 300`.
pub struct Ranges<'a>(pub &'a [Range], pub u32);

impl fmt::Display for Ranges<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, range) in self.0.iter().enumerate() {
            if i > 0 {
                f.write_str(", ")?;
            }
            match range {
                r if r.start == r.end => write!(f, "{}", r.start)?,
                r => write!(f, "{} to {}", r.start, r.end)?,
            }
        }
        match self.1 {
            0 | 1 => Ok(()),
            2 => f.write_str(", even numbers only"),
            n => write!(f, ", in steps of {n}"),
        }
    }
}
