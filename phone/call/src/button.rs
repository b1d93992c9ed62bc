//! The 24 flexible buttons: what each is for, as its settings say.

use offhook_params::choices::ButtonAction;
use offhook_params::settings::Button;
use serde::{Deserialize, Serialize};

/// How many flexible buttons there are.
pub const COUNT: usize = 24;

/// What a flexible button is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "function", rename_all = "kebab-case")]
pub enum Function {
    /// Nothing: no action is set, or it lacks what it needs.
    Unused,
    /// Takes and makes calls on a line.
    Line {
        /// Line, 1 to 6.
        line: u8,
        /// Ringtone of the line's calls, 1 to 32.
        ringtone: u8,
    },
    /// Switches between headset and speaker.
    Headset,
    /// Shows whether an extension is busy, calls it, picks up its calls.
    Lamp {
        /// The extension's number, 1 to 32 digits.
        number: String,
    },
    /// Dials a number.
    OneTouch {
        /// The number, 1 to 32 digits.
        number: String,
    },
}

impl Function {
    /// The function of a button; [`Function::Unused`] if its argument does not fit its action (guide rule 194).
    pub fn of(button: &Button) -> Self {
        let settings = &button.flexible_buttons;
        let argument = settings.button_argument.as_str();
        match settings.button_action {
            None => Function::Unused,
            Some(ButtonAction::Headset) => Function::Headset,
            Some(ButtonAction::Dn) => line(argument).unwrap_or(Function::Unused),
            Some(ButtonAction::Contact) => {
                number(argument).map_or(Function::Unused, |number| Function::Lamp { number })
            }
            Some(ButtonAction::OneTouch) => {
                number(argument).map_or(Function::Unused, |number| Function::OneTouch { number })
            }
        }
    }
}

/// Ringtone and line, as in `3,2`. The guide's own example has a ringtone alone, which means line 1 (rule 308).
fn line(argument: &str) -> Option<Function> {
    let within = |text: &str, most: u8| text.parse().ok().filter(|number| (1..=most).contains(number));
    let (ringtone, line) = match argument {
        "" => (1, 1),
        _ => match argument.split_once(',') {
            Some((ringtone, line)) => (within(ringtone, 32)?, within(line, 6)?),
            None => (within(argument, 32)?, 1),
        },
    };
    Some(Function::Line { line, ringtone })
}

fn number(argument: &str) -> Option<String> {
    let digits = argument.bytes().all(|b| matches!(b, b'0'..=b'9' | b'*' | b'#' | b'+'));
    (digits && (1..=32).contains(&argument.len())).then(|| argument.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::settings;

    #[test]
    fn functions_are_those_of_the_settings() {
        let lamp = |number: &str| Function::Lamp { number: number.to_owned() };
        let one_touch = |number: &str| Function::OneTouch { number: number.to_owned() };
        for (action, argument, function) in [
            ("X_PANASONIC_IPTEL_DN", "3,2", Function::Line { line: 2, ringtone: 3 }),
            ("X_PANASONIC_IPTEL_DN", "5", Function::Line { line: 1, ringtone: 5 }),
            ("X_PANASONIC_IPTEL_DN", "", Function::Line { line: 1, ringtone: 1 }),
            ("X_PANASONIC_IPTEL_DN", "33,1", Function::Unused),
            ("X_PANASONIC_IPTEL_DN", "1,7", Function::Unused),
            ("X_PANASONIC_IPTEL_HEADSET", "1,1", Function::Headset),
            ("X_PANASONIC_IPTEL_CONTACT", "201", lamp("201")),
            ("X_PANASONIC_IPTEL_CONTACT", "1,1", Function::Unused),
            ("X_PANASONIC_IPTEL_ONETOUCH", "+49*#", one_touch("+49*#")),
            ("X_PANASONIC_IPTEL_ONETOUCH", "", Function::Unused),
            ("", "1,1", Function::Unused),
        ] {
            let settings = settings(&[("FLEX_BUTTON_FACILITY_ACT7", action), ("FLEX_BUTTON_FACILITY_ARG7", argument)]);
            assert_eq!(Function::of(&settings.buttons[6]), function, "{action} {argument:?}");
        }
    }

    #[test]
    fn buttons_are_line_1_until_somebody_sets_them() {
        let settings = settings(&[]);
        assert_eq!(settings.buttons.len(), COUNT);
        assert!(settings.buttons.iter().all(|b| Function::of(b) == Function::Line { line: 1, ringtone: 1 }));
    }
}
