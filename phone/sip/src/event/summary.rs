//! Waiting messages: `application/simple-message-summary` (RFC 3842).

use super::{Fault, MAX_BODY};

/// Most lines that are looked at.
const MAX_LINES: usize = 256;

/// How many messages wait.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Whether there are new messages of any kind: the lamp.
    pub waiting: bool,
    /// The account that they wait in, if it is told: what to call to hear them.
    pub account: Option<String>,
    /// Voice messages. None without such a line, which is not the same as zero (guide rule 266).
    pub voice: Option<Counts>,
}

/// Messages of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Not heard yet.
    pub new: u32,
    /// Heard.
    pub old: u32,
    /// Those of the new ones that are urgent.
    pub new_urgent: u32,
    /// Those of the old ones that are urgent.
    pub old_urgent: u32,
}

/// Reads a summary.
///
/// # Errors
/// It does not say whether messages wait.
pub fn read(body: &[u8]) -> Result<Summary, Fault> {
    if body.len() > MAX_BODY {
        return Err(Fault::TooLarge);
    }
    let text = String::from_utf8_lossy(body);
    let mut summary = Summary::default();
    let mut waiting = None;
    for line in text.lines().take(MAX_LINES) {
        let Some((name, value)) = line.split_once(':').map(|(name, value)| (name.trim(), value.trim())) else {
            continue;
        };
        if name.eq_ignore_ascii_case("Messages-Waiting") && waiting.is_none() {
            waiting = Some(match value {
                value if value.eq_ignore_ascii_case("yes") => true,
                value if value.eq_ignore_ascii_case("no") => false,
                _ => return Err(Fault::Wrong("Messages-Waiting")),
            });
        } else if name.eq_ignore_ascii_case("Message-Account") && !value.is_empty() {
            summary.account.get_or_insert_with(|| value.to_owned());
        } else if name.eq_ignore_ascii_case("Voice-Message") && summary.voice.is_none() {
            summary.voice = Some(Counts::parse(value).ok_or(Fault::Wrong("Voice-Message"))?);
        }
    }
    summary.waiting = waiting.ok_or(Fault::Missing("Messages-Waiting"))?;
    Ok(summary)
}

impl Counts {
    /// Reads `2/8 (0/2)`, where the brackets may be missing.
    fn parse(value: &str) -> Option<Self> {
        let (all, urgent) = match value.split_once('(') {
            Some((all, urgent)) => (all, urgent.trim_end().strip_suffix(')')?),
            None => (value, "0/0"),
        };
        let pair = |text: &str| {
            let (new, old) = text.split_once('/')?;
            Some((number(new)?, number(old)?))
        };
        let ((new, old), (new_urgent, old_urgent)) = (pair(all)?, pair(urgent)?);
        Some(Counts { new, old, new_urgent, old_urgent })
    }
}

/// Numbers without end become the largest.
fn number(text: &str) -> Option<u32> {
    crate::message::lex::number(text.trim()).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries() {
        let check = |body: &str, waiting: bool, account: Option<&str>, voice: Option<(u32, u32, u32, u32)>| {
            let summary = read(body.as_bytes()).unwrap_or_else(|fault| panic!("{body}: {fault}"));
            let counts = summary.voice.map(|voice| (voice.new, voice.old, voice.new_urgent, voice.old_urgent));
            assert_eq!((summary.waiting, summary.account.as_deref(), counts), (waiting, account, voice), "{body}");
        };
        // The examples of RFC 3842, section 5.
        check(
            "Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 2/8 (0/2)\r\n",
            true,
            Some("sip:alice@vmail.example.com"),
            Some((2, 8, 0, 2)),
        );
        check("Messages-Waiting: no\r\n", false, None, None);
        check(
            "messages-waiting:YES\nFax-Message: 1/0\nvoice-message: 4/8 ( 1 / 2 ) \n\nTo: x\n",
            true,
            None,
            Some((4, 8, 1, 2)),
        );
        check(
            "Messages-Waiting: yes\r\nVoice-Message: 99999999999999999999/0\r\n",
            true,
            None,
            Some((u32::MAX, 0, 0, 0)),
        );
    }

    #[test]
    fn what_is_no_summary() {
        for body in [
            "",
            "Messages-Waiting",
            "Messages-Waiting: perhaps",
            "Messages-Waiting: yes\nVoice-Message: two/3",
            "Messages-Waiting: yes\nVoice-Message: 2",
            "Messages-Waiting: yes\nVoice-Message: 2/3 (1",
            "<dialog-info/>",
            "\0\u{1}\u{ffff}",
        ] {
            assert!(read(body.as_bytes()).is_err(), "{body}");
        }
        assert_eq!(read(&vec![b'a'; 1 << 20]), Err(Fault::TooLarge));
        assert_eq!(read("a: b\n".repeat(50_000).as_bytes()), Err(Fault::Missing("Messages-Waiting")));
    }
}
