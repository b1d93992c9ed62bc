//! Arguments of flexible buttons, whose range depends on the button's action (guide rule 194).

use offhook_params::rules::Values;

use super::{Finding, params};
use crate::diagnostic::Severity;

pub(super) fn check(values: &impl Values, out: &mut Vec<Finding>) {
    for (action, argument) in params("FLEX_BUTTON_FACILITY_ACT").zip(params("FLEX_BUTTON_FACILITY_ARG")) {
        let kind = values.value(action);
        let value = values.value(argument);
        let fault = match kind {
            "X_PANASONIC_IPTEL_DN" => line_key(value),
            "X_PANASONIC_IPTEL_CONTACT" | "X_PANASONIC_IPTEL_ONETOUCH" => number(value, value == argument.default()),
            _ => None,
        };
        if let Some((severity, fault, remedy)) = fault {
            let message = format!("{argument} {fault}, since {action} is {kind}");
            out.push(Finding::new(severity, "button-argument", message, vec![action, argument]).remedy(remedy));
        }
    }
}

type Fault = (Severity, &'static str, &'static str);

/// Ringtone 1 to 32, comma, line 1 to 6.
fn line_key(value: &str) -> Option<Fault> {
    const REMEDY: &str = "write ringtone (1 to 32), comma, line (1 to 6), for example \"1,2\"";
    let within = |number: &str, most: u32| number.parse().is_ok_and(|n: u32| (1..=most).contains(&n));
    match value.split_once(',') {
        Some((ringtone, line)) if within(ringtone, 32) && within(line, 6) => None,
        // The guide's own XML example has one number.
        None if value.is_empty() || within(value, 32) => {
            Some((Severity::Warning, "has no line number; line 1 is used", REMEDY))
        }
        _ => Some((Severity::Error, "must be a ringtone and a line", REMEDY)),
    }
}

fn number(value: &str, factory: bool) -> Option<Fault> {
    const REMEDY: &str = "write the number to call: 1 to 32 digits";
    let digits = value.bytes().all(|b| matches!(b, b'0'..=b'9' | b'*' | b'#' | b'+'));
    match value.len() {
        0 => Some((Severity::Error, "must not be empty", REMEDY)),
        1..=32 if digits => None,
        _ if factory => Some((Severity::Error, "still has its factory value, which is no number to call", REMEDY)),
        _ => Some((Severity::Error, "must be a number of 1 to 32 digits", REMEDY)),
    }
}
