//! A page for each group: its settings at a glance, then each in full.

use super::super::words;
use super::Book;
use super::markdown::{anchor, code, escape, paragraph, table, value};
use crate::model::{Access, Choice, Priority, Type};
use crate::resolve::Family;

/// How far group pages lie below `reference`.
const DEPTH: usize = 1;

pub(super) fn group(book: &Book<'_>, index: usize) -> String {
    let spec = book.spec;
    let group = &spec.groups[index];
    let families: Vec<&Family> = spec.families.iter().filter(|f| f.group == index).collect();
    let rows: Vec<Vec<String>> = families
        .iter()
        .map(|f| {
            let name = format!("[{}](#{})", code(&f.pattern), anchor(&f.name));
            vec![name, defaults(book, f), book.prose(super::super::summary(&f.param.doc), DEPTH)]
        })
        .collect();
    let mut out = format!("# {}\n\n{}\n", escape(&group.title), paragraph(&book.prose(&group.doc, DEPTH)));
    out.push_str(&table(&["Setting", "Default", "What it does"], &rows));
    for family in families {
        out.push_str(&setting(book, family));
    }
    out
}

fn setting(book: &Book<'_>, family: &Family) -> String {
    let param = &family.param;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut row = |key: &str, value: String| rows.push(vec![key.to_owned(), value]);
    row("Names", names(book, family));
    row("Format", words::format_name(family).to_owned());
    row("Values", escape(&words::brief(family)));
    if let Some(unit) = param.unit.map(words::unit).filter(|u| !u.is_empty()) {
        row("Unit", unit.to_owned());
    }
    row("Default", defaults(book, family));
    if let Some(why) = &param.why {
        row("Why", book.prose(why, DEPTH));
    }
    if let Some(example) = &param.example {
        row("Example", value(example));
    }
    if let Some(xml) = &param.xml {
        let ours = if param.xml_extension { " (our extension)" } else { "" };
        row("XML", format!("{}{ours}", code(&format!("PANASipPhoneConfig/Dev/{xml}"))));
    }
    if !param.xml_aliases.is_empty() {
        let aliases: Vec<String> = param.xml_aliases.iter().map(|a| code(a)).collect();
        row("XML elements also read", aliases.join(", "));
    }
    if let (Some(web), Some((page, _))) = (&param.web, family.web) {
        let page = &book.spec.pages[page];
        let labels = [Some(&web.section), web.row.as_ref(), Some(&web.label)];
        let labels: Vec<String> = labels.into_iter().flatten().map(|l| escape(l)).collect();
        let tab = &book.spec.tabs[page.tab].title;
        let link = format!("[{} › {}]({})", escape(tab), escape(&page.model.title), book.page_link(page, DEPTH));
        row("Web page", format!("{link} › {}", labels.join(" › ")));
        if !web.labels.is_empty() {
            let labels: Vec<String> =
                web.labels.iter().map(|(v, l)| format!("{} for {}", escape(l), value(v))).collect();
            row("The page says", labels.join(", "));
        }
    }
    if let Some(phone) = &param.phone {
        let label = phone.label.as_ref().or(param.web.as_ref().map(|w| &w.label));
        let label = label.map(|l| format!(" › {}", escape(l))).unwrap_or_default();
        row("Phone screen", format!("{}{label}", escape(&phone.screen.replace(" > ", " › "))));
    }
    row("Set by", methods(family));
    row("Takes effect", words::applies(param.applies).to_owned());
    if let Some(when) = &param.when {
        row("Only while", book.prose(when, DEPTH));
    }
    if let Some(Priority::FileOverUser) = param.priority {
        row("Priority", "a file wins over the phone".to_owned());
    }
    if param.secret {
        row("Secret", "never shown or logged".to_owned());
    }
    for (key, list) in [("Also read as", &param.aliases), ("Not to be confused with", &param.mistaken)] {
        if !list.is_empty() {
            let list: Vec<String> = list.iter().map(|a| code(a)).collect();
            row(key, list.join(", "));
        }
    }
    if !param.guide.is_empty() {
        let rules: Vec<String> = param.guide.iter().map(u16::to_string).collect();
        row("Guide rules", rules.join(", "));
    }
    let doc = paragraph(&book.prose(&param.doc, DEPTH));
    format!("\n## {}\n\n{doc}\n{}{}", family.name, table(&["", ""], &rows), values(family))
}

/// The values of a choice, where they are too many for a line.
fn values(family: &Family) -> String {
    let Type::Choice(choices) = &family.param.ty else { return String::new() };
    if choices.len() <= words::NAMED {
        return String::new();
    }
    let rows: Vec<Vec<String>> = choices
        .iter()
        .filter_map(|c| match c {
            Choice::Named(n) => {
                Some(vec![code(&n.value), escape(&n.label), n.zone.as_deref().map(code).unwrap_or_default()])
            }
            Choice::Number(_) => None,
        })
        .collect();
    let zones = rows.iter().any(|r| !r[2].is_empty());
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|mut r| {
            r.truncate(if zones { 3 } else { 2 });
            r
        })
        .collect();
    let heads = ["Value", "Meaning", "Time zone"];
    format!("\n{}", table(&heads[..if zones { 3 } else { 2 }], &rows))
}

/// Every name where there are few, else the first and the last.
fn names(book: &Book<'_>, family: &Family) -> String {
    let all: Vec<String> = book.spec.instances(family).iter().map(|p| code(&p.name)).collect();
    match all.as_slice() {
        [one] => one.clone(),
        all if all.len() <= 6 => all.join(", "),
        [first, second, .., last] => format!("{first}, {second} … {last} ({} names)", all.len()),
        few => few.join(", "),
    }
}

/// One value where all are the same, else each with its names.
fn defaults(book: &Book<'_>, family: &Family) -> String {
    let instances = book.spec.instances(family);
    if instances.iter().all(|p| p.default == instances[0].default) {
        return value(&instances[0].default);
    }
    let mut groups: Vec<(&str, Vec<String>)> = Vec::new();
    for p in instances {
        let numbers: Vec<String> = p.numbers.iter().map(u16::to_string).collect();
        let numbers = numbers.join("/");
        match groups.iter_mut().find(|(d, _)| *d == p.default) {
            Some((_, all)) => all.push(numbers),
            None => groups.push((&p.default, vec![numbers])),
        }
    }
    let groups: Vec<String> = groups.into_iter().map(|(d, all)| format!("{} for {}", value(d), spans(&all))).collect();
    groups.join("; ")
}

/// `1, 2, 3, 7` as `1–3, 7`.
fn spans(numbers: &[String]) -> String {
    let Some(parsed) = numbers.iter().map(|n| n.parse::<u16>().ok()).collect::<Option<Vec<_>>>() else {
        return numbers.join(", ");
    };
    let mut out: Vec<(u16, u16)> = Vec::new();
    for n in parsed {
        match out.last_mut() {
            Some((_, end)) if *end + 1 == n => *end = n,
            _ => out.push((n, n)),
        }
    }
    let out: Vec<String> = out.iter().map(|(a, b)| if a == b { a.to_string() } else { format!("{a}–{b}") }).collect();
    out.join(", ")
}

fn methods(family: &Family) -> String {
    let param = &family.param;
    let who = |access: Access| match access {
        Access::Admin => "administrator",
        Access::User => "administrator and user",
        Access::UserUnlessLocked => "administrator, and user unless locked",
    };
    let mut out = Vec::new();
    if param.file {
        out.push("configuration file".to_owned());
    }
    if let Some(web) = &param.web {
        out.push(format!("web page ({})", who(web.access)));
    }
    if let Some(phone) = &param.phone {
        out.push(format!("phone ({})", who(phone.access)));
    }
    out.join(", ")
}
