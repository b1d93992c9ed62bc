//! The corpus: for each type, values at and just beyond every limit, each with the verdict that the type implies.
//!
//! Verdicts follow from how a value is made, not from a check of it, so that the checks can be measured against them.

mod addresses;
mod numbers;
mod texts;

use std::collections::BTreeSet;

use serde_json::json;

use super::grammar::Grammar;
use crate::Artifact;
use crate::model::{NamedChoice, Type};
use crate::resolve::{Family, Spec};
use crate::value;

/// A value, and whether it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) value: String,
    pub(super) valid: bool,
    pub(super) why: String,
}

/// Rows in order, each value once: what was said first counts.
#[derive(Default)]
struct Rows {
    rows: Vec<Row>,
    seen: BTreeSet<String>,
}

impl Rows {
    fn push(&mut self, value: impl Into<String>, valid: bool, why: impl Into<String>) {
        let value = value.into();
        if !value.is_empty() && self.seen.insert(value.clone()) {
            self.rows.push(Row { value, valid, why: why.into() });
        }
    }

    fn good(&mut self, value: impl Into<String>, why: impl Into<String>) {
        self.push(value, true, why);
    }

    fn bad(&mut self, value: impl Into<String>, why: impl Into<String>) {
        self.push(value, false, why);
    }

    /// What surrounds a good value in files that people write: none of it belongs to a value of this kind.
    fn surroundings(&mut self, good: &str) {
        self.bad(format!(" {good}"), "a blank in front");
        self.bad(format!("{good} "), "a blank behind");
        self.bad(format!("\"{good}\""), "double quotes of its own");
        self.bad(format!("'{good}'"), "single quotes");
        self.bad(format!("\u{201c}{good}\u{201d}"), "typographic quotes");
        self.bad(format!("{good}\t"), "a tab behind");
        self.bad(format!("{good}\n"), "a line end behind");
        self.bad(format!("{good}\u{0}"), "a NUL behind");
        self.bad(" ", "a blank alone");
    }
}

/// `phone/params/corpus/values.json`: families of one grammar share their rows.
pub(super) fn corpus(spec: &Spec) -> Artifact {
    let mut sets: Vec<(Grammar, Vec<&Family>)> = Vec::new();
    for family in &spec.families {
        let grammar = Grammar::of(&family.param);
        match sets.iter_mut().find(|(g, _)| *g == grammar) {
            Some((_, families)) => families.push(family),
            None => sets.push((grammar, vec![family])),
        }
    }
    let mut text = format!("{{ \"generated\": {},\n  \"sets\": [", json!(super::NOTICE.trim_start_matches("// ")));
    for (i, (_, families)) in sets.iter().enumerate() {
        let names: Vec<&str> = families.iter().map(|f| f.name.as_str()).collect();
        text.push_str(if i > 0 { "," } else { "" });
        text.push_str(&format!("\n    {{ \"families\": {},\n      \"rows\": [", json!(names)));
        let param = &families[0].param;
        let mut rows = Rows::default();
        for family in families {
            for instance in spec.instances(family) {
                rows.good(instance.default.clone(), format!("default of {}", instance.name));
            }
            if let Some(example) = &family.param.example {
                rows.good(example.clone(), format!("example of {}", family.name));
            }
        }
        for (j, row) in with_rows(rows, &param.ty, param.empty).iter().enumerate() {
            text.push_str(if j > 0 { "," } else { "" });
            let (value, why) = (json!(row.value), json!(row.why));
            text.push_str(&format!("\n        {{ \"valid\": {}, \"value\": {value}, \"why\": {why} }}", row.valid));
        }
        text.push_str("\n      ] }");
    }
    text.push_str("\n  ] }\n");
    Artifact::whole("phone/params/corpus/values.json", text)
}

/// The rows of a type.
#[cfg(test)]
pub(super) fn rows(ty: &Type, empty: bool) -> Vec<Row> {
    with_rows(Rows::default(), ty, empty)
}

fn with_rows(mut rows: Rows, ty: &Type, empty: bool) -> Vec<Row> {
    match ty {
        Type::Boolean => words(&mut rows, &["Y", "N"], &[]),
        Type::Switch(s) => words(&mut rows, &[&s.on, &s.off], &[]),
        Type::Choice(choices) => {
            let values: Vec<String> = choices.iter().map(value::choice_value).collect();
            let values: Vec<&str> = values.iter().map(String::as_str).collect();
            words(&mut rows, &values, &super::named(choices).unwrap_or_default());
        }
        Type::Integer(integer) => numbers::integer(&mut rows, integer),
        Type::Integers(list) => numbers::list(&mut rows, list),
        Type::Text(text) => texts::text(&mut rows, text),
        Type::DialPlan => texts::dial_plan(&mut rows),
        Type::TimeOfDay => texts::time_of_day(&mut rows),
        Type::FirmwareVersion => texts::firmware_version(&mut rows),
        Type::Host(host) => addresses::host(&mut rows, host.max as usize),
        Type::Ipv4(ipv4) => addresses::ipv4(&mut rows, ipv4.role),
        Type::Url(url) => addresses::url(&mut rows, url),
        Type::SipUri => addresses::sip_uri(&mut rows),
    }
    let why = if empty { "empty, which is a value here" } else { "empty" };
    rows.rows.push(Row { value: String::new(), valid: empty, why: why.to_owned() });
    rows.rows
}

/// Booleans, switches and choices: the words themselves, and what comes near them.
fn words(rows: &mut Rows, words: &[&str], named: &[&NamedChoice]) {
    for word in words {
        rows.good(*word, "one of the words");
    }
    let mut near = |value: String, why: &str| {
        if !words.contains(&value.as_str()) {
            rows.bad(value, why.to_owned());
        }
    };
    for word in words {
        near(word.to_lowercase(), "small letters");
        near(word.to_uppercase(), "capital letters");
        near(format!("{word}{}", word.chars().last().unwrap_or('x')), "its last character twice");
        near(word.chars().skip(1).collect(), "its first character missing");
        if let Ok(number) = word.parse::<i64>() {
            near((number + 1).to_string(), "the next number");
            near((number - 1).to_string(), "the number before");
            near(format!("0{number}"), "a leading zero: a word is compared as it stands");
            near(format!("+{number}"), "a plus sign");
        }
    }
    for choice in named {
        near(choice.label.clone(), "the label in place of the value");
        near(choice.variant.clone(), "the name of the variant in place of the value");
    }
    for other in ["y", "n", "Y", "N", "Yes", "No", "YN", "true", "false", "on", "1", "0", "-1", "Enabled", "Disable"] {
        near(other.to_owned(), "a word of other settings");
    }
    near(words.join(","), "all words at once");
    near("x".repeat(value::MAX_VALUE + 1), "501 characters");
    if let Some(word) = words.iter().find(|w| !w.is_empty()) {
        rows.surroundings(word);
    }
}

/// Types with every peculiarity, for tests that do not depend on the spec.
#[cfg(test)]
pub(super) fn samples() -> Vec<(Type, bool)> {
    let types = r##"
        t = [
            "boolean", { switch = { on = "Enabled", off = "Disable" } },
            { choice = [250, 500, 1000] },
            { choice = [{ value = "-110001", variant = "Midway", label = "Midway Island" },
                        { value = "X_PANASONIC_IPTEL_DN", variant = "Dn", label = "DN" }] },
            { integer = { range = "0..0" } }, { integer = { range = "1..600" } }, { integer = { range = "0, 10..300" } },
            { integer = { range = "1024..49150", step = 2 } }, { integer = { range = "60..200", step = 10 } },
            { integer = { range = "0, 1024..49150", step = 2, none = 0 } }, { integer = { range = "-24..6" } },
            { integer = { range = "0, 90..4294967295" } }, { integer = { range = "30..4995", step = 5 } },
            { integers = { range = "0, 200..2000", length = "1..2" } }, { integers = { range = "0..16000", length = "1..22" } },
            { text = { max = 1 } }, { text = { min = 6, max = 16, forbid = "\"&':<> " } }, { text = { min = 32, max = 32 } },
            { text = { max = 24, unicode = "all" } }, { text = { max = 10, unicode = "bmp" } },
            { text = { max = 32, allow = "0-9*#+-" } }, { text = { max = 500, unicode = "bmp" } },
            { host = {} }, { host = { max = 63 } }, { ipv4 = {} }, { ipv4 = { role = "unit" } }, { ipv4 = { role = "mask" } },
            { url = { schemes = ["http", "https", "ftp", "tftp"] } },
            { url = { schemes = ["http"], prefixes = ["a,", "b,"] } },
            "sip-uri", "time-of-day", "firmware-version", "dial-plan",
        ]
    "##;
    #[derive(serde::Deserialize)]
    struct Types {
        t: Vec<Type>,
    }
    let types: Types = toml::from_str(types).expect("types as the spec writes them");
    types.t.into_iter().flat_map(|t| [(t.clone(), false), (t, true)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_agree_with_the_checks_of_the_spec() {
        let mut wrong = Vec::new();
        for (ty, empty) in samples() {
            let rows = rows(&ty, empty);
            for row in &rows {
                let fits = if row.value.is_empty() { empty } else { value::fits(&ty, &row.value) };
                if fits != row.valid {
                    wrong.push(format!("{row:?} for {ty:?}"));
                }
            }
            assert!(rows.iter().any(|r| r.valid) && rows.iter().any(|r| !r.valid), "{ty:?}");
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
