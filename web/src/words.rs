//! Values, ranges and origins in words for people.

use offhook_params::{FamilyId, Fault, Kind, ParamId, Range, Role, Unicode};
use offhook_settings::{Effective, Layer, Method};

/// The values of a switch or choice with the words that the page has for them; `None` for other kinds.
pub(crate) fn options(family: FamilyId) -> Option<Vec<(&'static str, &'static str)>> {
    let family = &offhook_params::FAMILIES[usize::from(family.0)];
    let own = family.web.as_ref().map_or(&[][..], |web| web.labels);
    let word = |value: &'static str, default: &'static str| {
        (value, own.iter().find(|(v, _)| *v == value).map_or(default, |(_, word)| *word))
    };
    // Yes comes first even where the page asks the opposite question of the file.
    let switch = |on, off| match [word(on, "Yes"), word(off, "No")] {
        [on, off] if off.1 == "Yes" => vec![off, on],
        both => both.to_vec(),
    };
    match &family.kind {
        Kind::Boolean => Some(switch("Y", "N")),
        Kind::Switch { on, off } => Some(switch(on, off)),
        Kind::Choice(choices) => Some(choices.iter().map(|c| word(c.value, c.label)).collect()),
        _ => None,
    }
}

/// A value as the page shows it outside of controls; secrets only tell whether there is one.
pub(crate) fn shown(id: ParamId, value: &str) -> String {
    if id.family().secret {
        return if value.is_empty() { "not set" } else { "set" }.to_owned();
    }
    let options = options(id.family()).unwrap_or_default();
    match options.iter().find(|(v, _)| *v == value) {
        Some((_, word)) => (*word).to_owned(),
        None if value.is_empty() => "empty".to_owned(),
        None => value.to_owned(),
    }
}

/// Where a value comes from: `Standard file: http://prov.example.com/1.cfg, line 7`.
pub(crate) fn origin(value: &Effective<'_>) -> String {
    let kind = match (value.layer, value.origin.method) {
        (Layer::Factory, _) => return "Factory value".to_owned(),
        (Layer::User, Method::Web) => return "Set on this page".to_owned(),
        (Layer::User, Method::Phone) => return "Set at the phone".to_owned(),
        (Layer::User, _) => "User",
        (Layer::Standard, _) => "Standard file",
        (Layer::Product, _) => "Product file",
        (Layer::Master, _) => "Master file",
        (Layer::PreProvisioning, _) => "Pre-provisioning file",
    };
    format!("{kind}: {}", without_credentials(&value.origin.to_string()))
}

/// A URL may carry the password of the server behind it, which is nobody's business here.
pub(crate) fn without_credentials(source: &str) -> String {
    let shortened = source.split_once("://").and_then(|(scheme, rest)| {
        let authority = rest.split('/').next().unwrap_or(rest);
        let at = authority.rfind('@')?;
        Some(format!("{scheme}://***{}", &rest[at..]))
    });
    shortened.unwrap_or_else(|| source.to_owned())
}

/// What a field takes, in a few words; `None` where the control shows it.
pub(crate) fn hint(family: FamilyId) -> Option<String> {
    let empty = if family.empty { ", or empty" } else { "" };
    Some(match &family.kind {
        Kind::Boolean | Kind::Switch { .. } | Kind::Choice(_) => return None,
        Kind::Integer { ranges, step, meaning, .. } => {
            format!("{}{empty}{}", numbers(ranges, *step), meanings(meaning))
        }
        Kind::Integers { ranges, length: (fewest, most), meaning } => {
            let count = if fewest == most { most.to_string() } else { format!("{fewest} to {most}") };
            let noun = if *most == 1 { "number" } else { "numbers separated by commas" };
            format!("{count} {noun}, each {}{}", numbers(ranges, 1), meanings(meaning))
        }
        Kind::Text { min, max, allowed_text, unicode, .. } => {
            let length = match (*min, *max) {
                (min, max) if min == max => format!("{max} characters"),
                (0 | 1, max) => format!("At most {max} characters"),
                (min, max) => format!("{min} to {max} characters"),
            };
            let set = match unicode {
                _ if !allowed_text.is_empty() => format!(": {allowed_text}"),
                Unicode::None => String::new(),
                Unicode::Bmp | Unicode::All => " of any script".to_owned(),
            };
            format!("{length}{set}{empty}{}", macros(family.macros))
        }
        Kind::Host { max } => format!("Host name of at most {max} characters or IPv4 address{empty}"),
        Kind::Ipv4(Role::Mask) => format!("Subnet mask such as 255.255.255.0{empty}"),
        Kind::Ipv4(_) => format!("IPv4 address such as 192.0.2.10{empty}"),
        Kind::Url { schemes, .. } => format!("URL: {}://…{empty}{}", schemes.join("://…, "), macros(family.macros)),
        Kind::SipUri => format!("SIP URI such as sip:user@example.com{empty}"),
        Kind::TimeOfDay => format!("Time of day, 00:00 to 23:59{empty}"),
        Kind::FirmwareVersion => format!("Version, 00.000 to 15.999{empty}"),
        Kind::DialPlan => {
            format!("At most 500 characters of 0-9 [ ] - < > : * # ! S s T t X x . | +{empty}")
        }
    })
}

/// Allowed numbers, in the words that the message of a fault has for them.
fn numbers(ranges: &'static [Range], step: u32) -> String {
    let message = Fault::NotInteger { ranges, step }.to_string();
    message.split_once(": ").map_or(String::new(), |(_, numbers)| numbers.to_owned())
}

fn meanings(meaning: &[(i64, &str)]) -> String {
    meaning.iter().map(|(number, word)| format!("; {number}: {word}")).collect()
}

fn macros(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        names => names.iter().fold("; replaced when used:".to_owned(), |text, name| text + " {" + name + "}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_tells_no_password() {
        for (source, shown) in [
            ("http://u:p@h/1.cfg, line 2", "http://***@h/1.cfg, line 2"),
            ("http://u:p@w@h", "http://***@h"),
            ("http://h/a@b", "http://h/a@b"),
            ("/var/standard.cfg, line 1", "/var/standard.cfg, line 1"),
        ] {
            assert_eq!(without_credentials(source), shown);
        }
    }
}
