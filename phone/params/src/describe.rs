//! A family's format and range in words, for help texts, the web page and the documentation.

use crate::fault::Ranges;
use crate::table::{Choice, Family, Format, Kind, Role};

impl Family {
    /// The guide's word for the format of its values.
    pub fn format(&self) -> Format {
        let numeric = |words: &[&str]| words.iter().all(|w| w.parse::<i64>().is_ok());
        match &self.kind {
            Kind::Boolean => Format::Boolean,
            Kind::Integer { .. } => Format::Integer,
            Kind::Integers { .. } => Format::CommaSeparatedInteger,
            Kind::Switch { on, off } if numeric(&[on, off]) => Format::Integer,
            Kind::Choice(choices) if choices.iter().all(|c| c.value.parse::<i64>().is_ok()) => Format::Integer,
            _ => Format::String,
        }
    }

    /// What values it takes: `0, 10 to 300 s (0: off)`, `Y or N`.
    pub fn range_words(&self) -> String {
        let unit = self.unit.map(|u| u.as_str()).filter(|u| !u.is_empty()).map_or(String::new(), |u| format!(" {u}"));
        let mut words = match &self.kind {
            Kind::Boolean => "Y or N".to_owned(),
            Kind::Switch { on, off } => format!("{on} (on) or {off} (off)"),
            Kind::Integer { ranges, step, meaning, .. } => {
                format!("{}{unit}{}", Ranges(ranges, *step), meanings(meaning))
            }
            Kind::Integers { ranges, length, meaning } => {
                let count = match length {
                    (a, b) if a == b => format!("{a}"),
                    (a, b) => format!("{a} to {b}"),
                };
                format!("{count} numbers separated by commas, each {}{unit}{}", Ranges(ranges, 1), meanings(meaning))
            }
            Kind::Choice(choices) => choices.iter().map(choice).collect::<Vec<_>>().join(", ") + &unit,
            Kind::Text { min, max, allowed_text, .. } => {
                let length = match (min, max) {
                    (0 | 1, max) => format!("at most {max} characters"),
                    (min, max) if min == max => format!("exactly {max} characters"),
                    (min, max) => format!("{min} to {max} characters"),
                };
                if allowed_text.is_empty() { length } else { format!("{length}, {allowed_text}") }
            }
            Kind::Host { max } => format!("host name or IPv4 address, at most {max} characters"),
            Kind::Ipv4(Role::Mask) => "subnet mask in dotted-decimal notation".to_owned(),
            Kind::Ipv4(_) => "IPv4 address in dotted-decimal notation".to_owned(),
            Kind::Url { schemes, prefixes, .. } => {
                let prefix = if prefixes.is_empty() { String::new() } else { format!("[{}]", prefixes.join("|")) };
                format!("{prefix}{}://[user:password@]host[:port]/path, at most 500 characters", schemes.join("|"))
            }
            Kind::SipUri => "sip:user@host, user at most 63 and host at most 127 characters".to_owned(),
            Kind::TimeOfDay => "hh:mm, 00:00 to 23:59".to_owned(),
            Kind::FirmwareVersion => "nn.nnn, 00.000 to 15.999".to_owned(),
            Kind::DialPlan => "a dial plan of at most 500 characters".to_owned(),
        };
        if self.empty {
            words.push_str(", or empty");
        }
        words
    }
}

fn choice(choice: &Choice) -> String {
    match choice.label == choice.value || choice.label.is_empty() {
        true => choice.value.to_owned(),
        false => format!("{} ({})", choice.value, choice.label),
    }
}

fn meanings(meaning: &[(i64, &str)]) -> String {
    if meaning.is_empty() {
        return String::new();
    }
    let parts: Vec<_> = meaning.iter().map(|(number, words)| format!("{number}: {words}")).collect();
    format!(" ({})", parts.join(", "))
}
