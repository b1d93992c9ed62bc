//! The first page, the index of names, the rules between settings, and the table of contents.

use super::markdown::{code, escape, paragraph, table, value};
use super::{Book, relative};
use crate::model::Severity;

pub(super) fn overview(book: &Book<'_>) -> String {
    let spec = book.spec;
    let file: usize = spec.families.iter().filter(|f| f.param.file).map(|f| f.count).sum();
    let families = spec.families.iter().filter(|f| f.param.file).count();
    let elsewhere: usize = spec.families.iter().filter(|f| !f.param.file).map(|f| f.count).sum();
    let about = format!(
        "A configuration file has {file} settings in {families} families; {elsewhere} more are set on the web page or \
         the phone only. A family is a setting that each line, button, codec or channel has: \
         {} stands for its six names.",
        code("SIP_TIMER_T1_{line}")
    );
    let mut out = format!("# Settings\n\n{}\n", paragraph(&about));
    out.push_str("- [Names from A to Z](names.md)\n- [XML tree](xml.md)\n- [Screens of the phone](phone.md)\n");
    out.push_str("- [Rules between settings](rules.md)\n");
    for (i, category) in spec.categories.iter().enumerate() {
        out.push_str(&format!("\n## {}\n\n", escape(&category.title)));
        let rows: Vec<Vec<String>> = spec
            .groups
            .iter()
            .filter(|g| g.category == i)
            .map(|g| {
                let link = format!("[{}]({})", escape(&g.title), relative(&book.group_page(g), 0));
                vec![link, book.prose(&g.doc, 0)]
            })
            .collect();
        out.push_str(&table(&["Group", "What it is for"], &rows));
    }
    out.push_str("\n## Web page\n\n");
    for tab in &spec.tabs {
        out.push_str(&format!("- [{}]({})\n", escape(&tab.title), relative(&book.tab_page(&tab.id), 0)));
    }
    out
}

pub(super) fn names(book: &Book<'_>) -> String {
    let spec = book.spec;
    let mut names: Vec<(&str, usize, bool)> =
        spec.params.iter().enumerate().map(|(i, p)| (p.name.as_str(), i, false)).collect();
    names.extend(spec.aliases.iter().map(|(name, i)| (name.as_str(), *i, true)));
    names.sort_by_key(|(name, ..)| natural(name));
    let mut out = "# Names from A to Z\n".to_owned();
    let mut letter = None;
    let mut rows: Vec<Vec<String>> = Vec::new();
    let heads = ["Name", "Default", "Group"];
    for (name, index, alias) in names {
        let instance = &spec.params[index];
        let family = &spec.families[instance.family];
        let first = name.chars().next();
        if letter != first {
            if !rows.is_empty() {
                out.push_str(&table(&heads, &std::mem::take(&mut rows)));
            }
            out.push_str(&format!("\n## {}\n\n", first.unwrap_or_default()));
            letter = first;
        }
        let link = format!("[{}]({})", code(name), book.family_link(family, 0));
        let default = if alias { format!("see {}", code(&instance.name)) } else { value(&instance.default) };
        rows.push(vec![link, default, escape(&spec.groups[family.group].title)]);
    }
    out + &table(&heads, &rows)
}

/// A name in parts, numbers compared as numbers.
fn natural(name: &str) -> Vec<(String, u32)> {
    let mut out = Vec::new();
    let mut rest = name;
    while !rest.is_empty() {
        let text = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let digits = rest[text..].find(|c: char| !c.is_ascii_digit()).map_or(rest.len(), |d| text + d);
        out.push((rest[..text].to_owned(), rest[text..digits].parse().unwrap_or(0)));
        rest = &rest[digits..];
    }
    out
}

pub(super) fn rules(book: &Book<'_>) -> String {
    let about = "What has to hold between settings, whatever file or page they come from. A breach of an error is \
                 refused on the web page; a warning says that a value has no effect.";
    let mut out = format!("# Rules between settings\n\n{}", paragraph(about));
    for rule in &book.spec.rules {
        let severity = if rule.model.severity == Severity::Error { "error" } else { "warning" };
        let per = rule.per.map(|d| format!(", for each {}", book.spec.dimensions[d].model.title.to_lowercase()));
        let settings: Vec<String> = rule.families.iter().map(|f| book.family(&book.spec.families[*f], 0)).collect();
        let mut rows = vec![
            vec!["Kind".to_owned(), format!("{severity}{}", per.unwrap_or_default())],
            vec!["Holds".to_owned(), code(&rule.model.holds.split_whitespace().collect::<Vec<_>>().join(" "))],
            vec!["Settings".to_owned(), settings.join(", ")],
        ];
        if !rule.model.guide.is_empty() {
            let guide: Vec<String> = rule.model.guide.iter().map(u16::to_string).collect();
            rows.push(vec!["Guide rules".to_owned(), guide.join(", ")]);
        }
        let mut message = rule.model.message.clone();
        if let Some(first) = message.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let message = paragraph(&format!("{}.", book.prose(&message, 0)));
        out.push_str(&format!("\n## {}\n\n{message}\n{}", rule.id, table(&["", ""], &rows)));
    }
    out
}

/// The reference's part of `SUMMARY.md`.
pub(super) fn contents(book: &Book<'_>) -> String {
    let spec = book.spec;
    let mut out = "# Reference\n\n- [Settings](reference/index.md)\n".to_owned();
    for (i, category) in spec.categories.iter().enumerate() {
        out.push_str(&format!("- [{}]()\n", escape(&category.title)));
        for group in spec.groups.iter().filter(|g| g.category == i) {
            out.push_str(&format!("  - [{}]({})\n", escape(&group.title), book.group_page(group)));
        }
    }
    out.push_str("- [Web page]()\n");
    for tab in &spec.tabs {
        out.push_str(&format!("  - [{}]({})\n", escape(&tab.title), book.tab_page(&tab.id)));
    }
    for (title, page) in [
        ("Screens of the phone", "phone"),
        ("XML tree", "xml"),
        ("Rules between settings", "rules"),
        ("Names from A to Z", "names"),
    ] {
        out.push_str(&format!("- [{title}](reference/{page}.md)\n"));
    }
    out
}
