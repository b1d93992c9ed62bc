//! `check-sync`: a server wishes that the unit fetches its files (guide rule 72).

use crate::message::params_of;

/// What the server wishes beyond fetching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resync {
    /// Whether to restart afterwards; none leaves it to the unit.
    pub reboot: Option<bool>,
}

impl Resync {
    /// Reads the parameters that stood behind the event: `;reboot=true`. What cannot be read says nothing.
    pub fn of_params(text: &str) -> Self {
        let reboot = params_of(text).and_then(|params| match params.text("reboot")?.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        });
        Resync { reboot }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes() {
        for (text, reboot) in [
            ("", None),
            (";reboot=true", Some(true)),
            (";x=y; Reboot = FALSE", Some(false)),
            (";reboot=perhaps", None),
            (";reboot", None),
            ("reboot=true", None),
        ] {
            assert_eq!(Resync::of_params(text), Resync { reboot }, "{text}");
        }
    }
}
