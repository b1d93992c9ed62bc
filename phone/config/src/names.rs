//! Why a name is no setting, and which one is meant.

use offhook_params::{DIMENSIONS, FAMILIES, Family, PAGES, ParamId, TABS, lookup, suggestions};

use crate::diagnostic::shown;
use crate::siblings::other_model;

/// Most characters of a name (guide rule 12).
const LONGEST: usize = 32;

/// What to say of an unknown name.
pub(crate) struct Unknown {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) remedy: Option<String>,
    pub(crate) meant: Option<ParamId>,
}

/// Says what is wrong with a name that [`lookup`] does not find. `search` allows the slow search for similar names.
pub(crate) fn explain(name: &str, search: bool) -> Unknown {
    let upper = name.to_ascii_uppercase();
    if let Some(found) = lookup(&upper) {
        let message = format!("names are in capital letters: {} is no setting", shown(name));
        return meant("name-case", message, found.id);
    }
    if name.len() <= 2 * LONGEST
        && let Some(unknown) = wrong_number(name, &upper)
    {
        return unknown;
    }
    if let Some(here) = other_model(&upper) {
        return Unknown {
            code: "other-model",
            message: format!("{} is a setting of other models", shown(name)),
            remedy: Some(match here {
                Some(here) => format!("this model has {here} for it"),
                None => "remove it".to_owned(),
            }),
            meant: here.and_then(lookup).map(|found| found.id),
        };
    }
    let near = if search && name.len() <= 2 * LONGEST { suggestions(name) } else { Vec::new() };
    if let [id] = near[..]
        && offhook_params::MISTAKEN.iter().any(|m| m.name == upper)
    {
        return meant("unknown-name", format!("{} is no setting", shown(name)), id);
    }
    // Of names that differ in their number alone, the best one speaks for the others.
    let mut families = Vec::new();
    let first_of_family = |id: &&ParamId| {
        let new = !families.contains(&id.family());
        families.push(id.family());
        new
    };
    let names: Vec<&str> = near.iter().filter(first_of_family).map(|id| id.name()).collect();
    Unknown {
        code: "unknown-name",
        message: format!("{} is no setting", shown(name)),
        remedy: match names[..] {
            [] => None,
            [one] => Some(format!("did you mean {one}?")),
            [ref first @ .., last] => Some(format!("did you mean {} or {last}?", first.join(", "))),
        },
        meant: near.first().copied(),
    }
}

fn meant(code: &'static str, message: String, id: ParamId) -> Unknown {
    Unknown { code, message, remedy: Some(format!("write {id}")), meant: Some(id) }
}

/// A right name with a number that it does not have, with no number, or with a needless one.
fn wrong_number(name: &str, upper: &str) -> Option<Unknown> {
    let runs = digit_runs(upper);
    for (from_end, run) in runs.iter().rev().enumerate().take(2) {
        for stand_in in ["1", "0"] {
            let candidate = [&upper[..run.start], stand_in, &upper[run.end..]].concat();
            let Some(found) = lookup(&candidate) else { continue };
            let per = found.id.family().per;
            let Some(slot) = per.len().checked_sub(from_end + 1) else { continue };
            let dimension = &DIMENSIONS[usize::from(per[slot])];
            let number = &upper[run.clone()];
            let larger = dimension.id == "line" && matches!(number, "7" | "8");
            let what = dimension.title.to_lowercase();
            let model = if larger { " (other models have 8 lines)" } else { "" };
            return Some(Unknown {
                code: if larger { "other-model" } else { "no-such-number" },
                message: format!("{} is no setting: there is no {what} {number}{model}", shown(name)),
                remedy: Some(format!("{what} numbers are {}", numbers(dimension.numbers))),
                meant: None,
            });
        }
    }
    let bare = upper.trim_end_matches('_');
    if let Some(family) = FAMILIES.iter().find(|f| f.name == bare && !f.per.is_empty()) {
        let message = format!("{} is no setting: its number is missing", shown(name));
        return Some(Unknown {
            code: "no-such-number",
            message,
            remedy: Some(format!("write {}", instances(family))),
            meant: family.params().next(),
        });
    }
    let bare = upper.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('_');
    match lookup(bare) {
        Some(found) if found.id.family().per.is_empty() && bare != upper => {
            let message = format!("{} is no setting: it is set once for the unit, without a number", shown(name));
            Some(meant("no-such-number", message, found.id))
        }
        _ => None,
    }
}

fn digit_runs(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
    for (i, _) in text.bytes().enumerate().filter(|(_, b)| b.is_ascii_digit()) {
        match runs.last_mut() {
            Some(run) if run.end == i => run.end = i + 1,
            _ => runs.push(i..i + 1),
        }
    }
    runs
}

/// `1 to 6`, or all of them where some are left out.
fn numbers(numbers: &[u16]) -> String {
    match numbers {
        [first, .., last] if usize::from(last - first) + 1 == numbers.len() => format!("{first} to {last}"),
        _ => numbers.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn instances(family: &Family) -> String {
    match (family.params().next(), family.params().next_back()) {
        (Some(first), Some(last)) if first != last => format!("{first} to {last}"),
        _ => family.pattern.to_owned(),
    }
}

/// What to say of a setting that files cannot make, and where it is made.
pub(crate) fn not_in_file(id: ParamId) -> (String, Option<String>) {
    let family = id.family();
    let mut places = Vec::new();
    if let Some(web) = &family.web {
        let page = &PAGES[usize::from(web.page)];
        let (tab, section) = (TABS[usize::from(page.tab)].title, page.sections[usize::from(web.section)].title);
        let mut place = format!("on the web page: {tab} > {} > {section} > {}", page.title, web.label);
        for (dimension, number) in family.per.iter().zip(id.instance().0) {
            let placeholder = format!("{{{}}}", DIMENSIONS[usize::from(*dimension)].id);
            place = place.replace(&placeholder, &number.to_string());
        }
        places.push(place);
    }
    if let Some(phone) = &family.phone {
        places.push(format!("on the phone: {} > {}", phone.screen, phone.label));
    }
    let remedy = (!places.is_empty()).then(|| format!("set it {}", places.join(", or ")));
    (format!("{id} cannot be set by a file"), remedy)
}
