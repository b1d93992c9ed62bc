//! One entry of the phone book, and what it may hold.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Most characters of a name or company.
const LONGEST_NAME: usize = 64;
/// Most characters of a number, which may be a SIP address.
const LONGEST_NUMBER: usize = 128;
/// Most numbers of a contact.
const MOST_NUMBERS: usize = 8;

/// A person or a place that one can call.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// What is shown: 1 to 64 characters.
    pub name: String,
    /// Whom the person works for, up to 64 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub company: String,
    /// 1 to 8 numbers, the usual one first.
    pub numbers: Vec<ContactNumber>,
}

/// A number of a contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactNumber {
    /// Where it rings.
    #[serde(default)]
    pub kind: NumberKind,
    /// Digits with or without marks between them, or a SIP address: 1 to 128 characters.
    pub number: String,
}

/// Where a number rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberKind {
    /// At work.
    Work,
    /// At home.
    Home,
    /// Wherever the person is.
    Mobile,
    /// Nobody said.
    #[default]
    Other,
}

/// What is wrong with a contact.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// No name.
    #[error("the contact has no name")]
    NoName,
    /// No number.
    #[error("the contact has no number")]
    NoNumber,
    /// A text that is too long.
    #[error("{what} has more than {most} characters")]
    TooLong {
        /// Which text.
        what: &'static str,
        /// How long it may be.
        most: usize,
    },
    /// More numbers than fit.
    #[error("the contact has more than {MOST_NUMBERS} numbers")]
    TooManyNumbers,
    /// A text with line ends or other characters that cannot be shown.
    #[error("{what} has a control character")]
    Control {
        /// Which text.
        what: &'static str,
    },
    /// A number that cannot be dialled.
    #[error("{0:?} is neither a phone number nor a SIP address")]
    NotANumber(String),
}

impl Contact {
    /// Whether the phone book can hold it.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        text("the name", &self.name, LONGEST_NAME)?;
        text("the company", &self.company, LONGEST_NAME)?;
        if self.name.trim().is_empty() {
            return Err(Fault::NoName);
        }
        match self.numbers.len() {
            0 => return Err(Fault::NoNumber),
            1..=MOST_NUMBERS => {}
            _ => return Err(Fault::TooManyNumbers),
        }
        for ContactNumber { number, .. } in &self.numbers {
            text("a number", number, LONGEST_NUMBER)?;
            let address = |scheme| number.get(..4).is_some_and(|start: &str| start.eq_ignore_ascii_case(scheme));
            let is_address = address("sip:") && number.len() > 4 && !number.contains([' ', '<', '>', '"']);
            if crate::number::digits(number).is_empty() && !is_address {
                return Err(Fault::NotANumber(number.clone()));
            }
        }
        Ok(())
    }
}

fn text(what: &'static str, text: &str, most: usize) -> Result<(), Fault> {
    if text.chars().count() > most {
        return Err(Fault::TooLong { what, most });
    }
    if text.contains(char::is_control) {
        return Err(Fault::Control { what });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_found() {
        let with = |name: &str, numbers: &[&str]| {
            let number = |number: &&str| ContactNumber { kind: NumberKind::Other, number: (*number).to_owned() };
            Contact { name: name.into(), company: String::new(), numbers: numbers.iter().map(number).collect() }.check()
        };
        for good in ["201", "+49 (30) 123-456", "*97#", "sip:alice@example.com"] {
            assert_eq!(with("Alice", &[good]), Ok(()));
        }
        for bad in ["", "alice", "sip:", "sip:a b", "20 x", "sip:\u{1f4de}\u{1f4de} "] {
            assert!(with("Alice", &[bad]).is_err(), "{bad:?}");
        }
        assert_eq!(with(" ", &["1"]), Err(Fault::NoName));
        assert_eq!(with("Alice", &[]), Err(Fault::NoNumber));
        assert_eq!(with("Alice", &["1"; 9]), Err(Fault::TooManyNumbers));
        assert_eq!(with("A\nB", &["1"]), Err(Fault::Control { what: "the name" }));
        assert_eq!(with(&"é".repeat(64), &["1"]), Ok(()));
        assert_eq!(with(&"é".repeat(65), &["1"]), Err(Fault::TooLong { what: "the name", most: 64 }));
    }
}
