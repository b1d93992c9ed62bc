//! Pages that follow the web page, the phone's screens and the XML tree.

use super::super::tree::{self, Element};
use super::super::words;
use super::Book;
use super::markdown::{code, escape, paragraph, table};
use crate::model::Access;

/// One page for each tab of the web page, with its pages as headings.
pub(super) fn tab(book: &Book<'_>, index: usize) -> String {
    let spec = book.spec;
    let tab = &spec.tabs[index];
    let mut out = format!("# Web page: {}\n", escape(&tab.title));
    for page in &spec.pages[tab.pages.clone()] {
        out.push_str(&format!("\n## {}\n\n", escape_heading(&page.model.title)));
        let per = page.per.map(|d| format!(" One page for each {}.", spec.dimensions[d].model.title.to_lowercase()));
        out.push_str(&paragraph(&(book.prose(&page.model.doc, 1) + &per.unwrap_or_default())));
        for (i, section) in page.model.sections.iter().enumerate() {
            if page.fields[i].is_empty() && page.rows[i].is_empty() {
                continue;
            }
            out.push_str(&format!("\n**{}**\n\n", escape(section)));
            if !page.fields[i].is_empty() {
                let rows: Vec<Vec<String>> = page.fields[i]
                    .iter()
                    .map(|f| {
                        let family = &spec.families[*f];
                        let web = family.param.web.as_ref().expect("a field has a place on the web page");
                        let label: Vec<&str> = web.row.iter().chain([&web.label]).map(String::as_str).collect();
                        let user = match web.access {
                            Access::Admin => "",
                            Access::User => "yes",
                            Access::UserUnlessLocked => "unless locked",
                        };
                        let name = book.family(family, 1);
                        vec![escape(&label.join(" › ")), name, escape(&words::brief(family)), user.to_owned()]
                    })
                    .collect();
                out.push_str(&table(&["Field", "Setting", "Values", "For users"], &rows));
            }
            if !page.rows[i].is_empty() {
                let rows: Vec<Vec<String>> = page.rows[i]
                    .iter()
                    .map(|r| {
                        let row = &spec.status[*r].model;
                        vec![escape(&row.label), book.prose(&row.doc, 1)]
                    })
                    .collect();
                out.push_str(&table(&["Row", "What it tells"], &rows));
            }
        }
    }
    out
}

/// Headings keep their brackets plain, so that their anchors are what links expect.
fn escape_heading(title: &str) -> String {
    title.replace('[', "\\[").replace(']', "\\]")
}

/// The settings on the phone's own screens.
pub(super) fn phone(book: &Book<'_>) -> String {
    let mut screens: Vec<(&str, Vec<Vec<String>>)> = Vec::new();
    for family in &book.spec.families {
        let Some(phone) = &family.param.phone else { continue };
        let label = phone.label.as_ref().or(family.param.web.as_ref().map(|w| &w.label));
        let password = if phone.access == Access::Admin { "asked for" } else { "" };
        let row = vec![
            label.map(|l| escape(l)).unwrap_or_default(),
            book.family(family, 0),
            escape(&words::brief(family)),
            password.to_owned(),
        ];
        match screens.iter_mut().find(|(screen, _)| *screen == phone.screen) {
            Some((_, rows)) => rows.push(row),
            None => screens.push((&phone.screen, vec![row])),
        }
    }
    let about = "What can be set on the phone itself, from \\[Settings\\] on. \\[Administration\\] asks for the administrator's password.";
    let mut out = format!("# Screens of the phone\n\n{}", paragraph(about));
    for (screen, rows) in screens {
        out.push_str(&format!("\n## {}\n\n", escape_heading(&screen.replace(" > ", " › "))));
        out.push_str(&table(&["Label", "Setting", "Values", "Password"], &rows));
    }
    out
}

/// The elements of XML files with their attributes.
pub(super) fn xml(book: &Book<'_>) -> String {
    let about = "Every element of a configuration file in XML. Attributes are settings; their names and values are those \
                 of plain-text files. Elements may stand in any order and repeat, so settings of several lines may \
                 share an element or have one each. The schema is `docs/schema/UT670_config.xsd`.";
    let mut out = format!("# XML tree\n\n{}\n- `PANASipPhoneConfig`\n", paragraph(about));
    element(book, &tree::of_format(book.spec), 1, &mut out);
    out
}

fn element(book: &Book<'_>, e: &Element, depth: usize, out: &mut String) {
    let spec = book.spec;
    let mut families: Vec<usize> = e.attributes.iter().map(|i| spec.params[*i].family).collect();
    families.dedup();
    let mut line = code(&e.name);
    if let Some(d) = e.dimension {
        let numbers: Vec<String> = spec.dimensions[d].model.numbers.iter().map(u16::to_string).collect();
        let shown = match numbers.as_slice() {
            [first, .., last] if numbers.len() > 6 => format!("{first} to {last}"),
            all => all.join(", "),
        };
        line.push_str(&format!(" with `ID` {shown}"));
    }
    let attributes: Vec<String> = families
        .iter()
        .map(|f| {
            let family = &spec.families[*f];
            let extension = if family.param.xml_extension { " (our extension)" } else { "" };
            let single = e.attributes.len() == 1 && family.count > 1;
            let name = if single { spec.params[e.attributes[0]].name.as_str() } else { family.pattern.as_str() };
            format!("[{}]({}){extension}", code(name), book.family_link(family, 0))
        })
        .collect();
    if !attributes.is_empty() {
        line.push_str(&format!(": {}", attributes.join(", ")));
    }
    out.push_str(&format!("{}- {line}\n", "  ".repeat(depth)));
    for child in &e.children {
        element(book, child, depth + 1, out);
    }
}
