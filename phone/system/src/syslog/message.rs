//! One message as a line of RFC 5424: nothing that is said in it can end the line, or begin another.

use std::fmt::Write as _;

use jiff::Timestamp;

/// Most bytes of a message: it should fit into one packet, with room for tunnels on the way.
const LONGEST: usize = 1200;

/// "local use 0", which is free for programs of any kind.
const FACILITY: u8 = 16;

/// How much a message matters (RFC 5424 section 6.2.1); those that a phone has a use for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Something did not work.
    Error,
    /// Somebody should have a look.
    Warning,
    /// Somebody changed something.
    Notice,
    /// As it should be.
    Info,
}

impl Severity {
    const fn number(self) -> u8 {
        match self {
            Self::Error => 3,
            Self::Warning => 4,
            Self::Notice => 5,
            Self::Info => 6,
        }
    }
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How much it matters.
    pub severity: Severity,
    /// When it happened, if the unit knew the time.
    pub at: Option<Timestamp>,
    /// Who says it: the unit's MAC address, by which servers tell phones apart.
    pub host: String,
    /// What happened. Line ends and other control characters are escaped.
    pub text: String,
}

impl Message {
    /// The datagram.
    pub fn encode(&self) -> Vec<u8> {
        let priority = FACILITY * 8 + self.severity.number();
        // Six digits of a second are the most that the format takes.
        let at = self.at.map_or_else(|| "-".to_owned(), |at| at.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string());
        let mut line = format!("<{priority}>1 {at} {} offhook - - - ", name(&self.host));
        if !self.text.is_ascii() {
            // So a reader knows that it is UTF-8 (section 6.4).
            line.push('\u{feff}');
        }
        for c in self.text.chars() {
            let before = line.len();
            match c {
                '\n' => line.push_str("\\n"),
                '\r' => line.push_str("\\r"),
                '\t' => line.push_str("\\t"),
                '\\' => line.push_str("\\\\"),
                // Writing to a string cannot fail.
                c if c.is_control() => _ = write!(line, "\\x{:02x}", u32::from(c)),
                c => line.push(c),
            }
            if line.len() > LONGEST {
                line.truncate(before);
                break;
            }
        }
        line.into_bytes()
    }
}

/// A name of the header: printable ASCII without blanks, or `-`.
fn name(text: &str) -> String {
    let name: String = text.chars().filter(char::is_ascii_graphic).take(255).collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(text: &str) -> Message {
        let at = Some("2026-05-04T08:00:01.5Z".parse().expect("a time"));
        let (host, text) = ("0080f0123456".to_owned(), text.to_owned());
        Message { severity: Severity::Warning, at, host, text }
    }

    #[track_caller]
    fn check(message: &Message, expected: &str) {
        assert_eq!(String::from_utf8(message.encode()).expect("UTF-8"), expected);
    }

    #[test]
    fn messages_have_the_form_of_the_rfc() {
        let head = "<132>1 2026-05-04T08:00:01.500000Z 0080f0123456 offhook - - - ";
        check(&message("standard file: unchanged"), &format!("{head}standard file: unchanged"));
        check(&message("Weiß"), &format!("{head}\u{feff}Weiß"));
        let timeless = Message { at: None, severity: Severity::Error, host: " \n".to_owned(), ..message("x") };
        check(&timeless, "<131>1 - - offhook - - - x");
    }

    #[test]
    fn nobody_writes_lines_of_their_own() {
        let forged = message("refused: \r\n<132>1 - - su - - - root\0\u{85}");
        let text = String::from_utf8(forged.encode()).expect("UTF-8");
        assert!(text.ends_with("refused: \\r\\n<132>1 - - su - - - root\\x00\\x85"), "{text}");
    }

    proptest! {
        #[test]
        fn every_text_makes_one_line_that_fits(text in any::<String>(), repeat in 1..100_usize) {
            let line = String::from_utf8(message(&text.repeat(repeat)).encode()).expect("UTF-8");
            prop_assert!(line.len() <= LONGEST);
            prop_assert!(!line.chars().any(char::is_control));
        }
    }
}
