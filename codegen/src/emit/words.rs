//! Formats, ranges and units in words, for schemas and documentation.

use crate::model::{Applies, Choice, Ipv4Role, Type, Unicode, Unit};
use crate::resolve::Family;
use crate::value;

/// The format in the guide's words.
pub(super) fn format_name(family: &Family) -> &'static str {
    let whole = |choices: &[Choice]| choices.iter().all(|c| value::choice_value(c).parse::<i64>().is_ok());
    match &family.param.ty {
        Type::Boolean => "Boolean",
        Type::Integer(_) => "Integer",
        Type::Choice(choices) if whole(choices) => "Integer",
        Type::Integers(_) => "Comma-separated Integer",
        _ => "String",
    }
}

/// `0, 10 to 300`
pub(super) fn ranges(text: &str) -> String {
    let words: Vec<String> = value::ranges(text)
        .unwrap_or_default()
        .into_iter()
        .map(|(a, b)| if a == b { a.to_string() } else { format!("{a} to {b}") })
        .collect();
    words.join(", ")
}

/// How many values of a choice are named in a row of other things.
pub(super) const NAMED: usize = 12;

/// What values a setting takes, in a few words: long choices are only counted.
pub(super) fn brief(family: &Family) -> String {
    match &family.param.ty {
        Type::Choice(choices) if choices.len() > NAMED => format!("one of {} values", choices.len()),
        _ => format(family).trim_end_matches('.').to_owned(),
    }
}

/// What values a setting takes, in a sentence.
pub(super) fn format(family: &Family) -> String {
    let param = &family.param;
    let unit = param.unit.map(unit).filter(|u| !u.is_empty()).map(|u| format!(" {u}")).unwrap_or_default();
    let meanings = |meaning: &indexmap::IndexMap<String, String>| -> String {
        meaning.iter().map(|(number, words)| format!("; {number}: {words}")).collect()
    };
    let body = match &param.ty {
        Type::Boolean => "Y or N".to_owned(),
        Type::Switch(s) => format!("{} or {}", s.on, s.off),
        Type::Integer(i) => {
            let step = match i.step {
                None | Some(1) => String::new(),
                Some(2) => ", even numbers only".to_owned(),
                Some(n) => format!(", in steps of {n}"),
            };
            format!("{}{step}{unit}{}", ranges(&i.range), meanings(&i.meaning))
        }
        Type::Integers(i) => {
            let count = ranges(&i.length);
            format!("{count} numbers separated by commas, each {}{unit}{}", ranges(&i.range), meanings(&i.meaning))
        }
        Type::Choice(choices) => {
            let words: Vec<String> = choices
                .iter()
                .map(|c| match c {
                    Choice::Named(n) if n.label != n.value => format!("{} ({})", n.value, n.label),
                    c => value::choice_value(c),
                })
                .collect();
            format!("{}{unit}", words.join(", "))
        }
        Type::Text(t) => {
            let length = if t.min == t.max { t.max.to_string() } else { format!("{} to {}", t.min, t.max) };
            let characters = match (super::table::allowed_words(t), t.unicode) {
                (words, _) if !words.is_empty() => format!(": {words}"),
                (_, Unicode::None) => " of printable ASCII, without the double quote".to_owned(),
                (_, Unicode::Bmp) => ", Unicode of at most three bytes each, without the double quote".to_owned(),
                (_, Unicode::All) => ", Unicode, without the double quote".to_owned(),
            };
            format!("{length} character{}{characters}", if t.max == 1 { "" } else { "s" })
        }
        Type::Host(h) => format!("Host name or IPv4 address, at most {} characters", h.max),
        Type::Ipv4(i) => match i.role {
            Ipv4Role::Server => "IPv4 address".to_owned(),
            Ipv4Role::Unit => "IPv4 address other than 127.0.0.1".to_owned(),
            Ipv4Role::Mask => "Subnet mask".to_owned(),
        },
        Type::Url(u) => {
            let schemes = u.schemes.join(", ");
            let prefixes = match u.prefixes.as_slice() {
                [] => String::new(),
                prefixes => format!(", with or without {} in front", prefixes.join(" or ")),
            };
            format!("URL: {schemes}{prefixes}; user and password up to 127 characters each, the rest up to 244")
        }
        Type::SipUri => "SIP URI: user up to 63 characters, host up to 127".to_owned(),
        Type::TimeOfDay => "hh:mm, 00:00 to 23:59".to_owned(),
        Type::FirmwareVersion => "nn.nnn, 00.000 to 15.999".to_owned(),
        Type::DialPlan => "Dial plan, at most 500 characters".to_owned(),
    };
    let macros = match &param.ty {
        Type::Text(t) => &t.macros[..],
        Type::Url(u) => &u.macros[..],
        _ => &[],
    };
    let macros = match macros {
        [] => String::new(),
        macros => {
            let list: Vec<String> = macros.iter().map(|m| format!("{{{m}}}")).collect();
            format!("; macros {}", list.join(", "))
        }
    };
    format!("{body}{macros}{}.", if param.empty { "; or empty" } else { "" })
}

/// The unit behind a number; empty where the label says it.
pub(crate) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Ms => "ms",
        Unit::TenMs => "× 10 ms",
        Unit::S => "s",
        Unit::Min => "min",
        Unit::Bits => "bits",
        Unit::Hz => "Hz",
        Unit::Db => "dB",
        Unit::Percent => "%",
        Unit::Rings => "rings",
        Unit::Port | Unit::Dscp | Unit::VlanId => "",
    }
}

/// What a change needs.
pub(super) fn applies(applies: Applies) -> &'static str {
    match applies {
        Applies::Live => "at once",
        Applies::ReRegister => "after the line registers anew",
        Applies::Restart => "after a restart",
    }
}
