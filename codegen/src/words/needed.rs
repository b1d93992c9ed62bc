//! The texts of the spec that a user of the web page can see.

use std::collections::{BTreeMap, BTreeSet};

use crate::emit::unit;
use crate::model::{Access, Choice, Type};
use crate::resolve::{Family, Page, Spec};
use crate::source::{Sources, SpecError};

use super::LANGUAGE_SETTING;

/// A text that catalogues translate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// Its message.
    pub id: String,
    /// As the spec has it, arguments in braces.
    pub english: String,
    /// The arguments among what stands in braces.
    pub args: BTreeSet<String>,
    /// The file of the spec that has it.
    pub path: String,
    /// Whether it is bound to the room of a label.
    pub short: bool,
}

/// Message identifiers, derived from the place of a text in the spec.
pub mod ids {
    /// The first words of derived identifiers.
    const FIRST: [&str; 14] = [
        "tab",
        "page",
        "about",
        "section",
        "row",
        "label",
        "help",
        "choice",
        "meaning",
        "unit",
        "dimension",
        "status",
        "value",
        "rule",
    ];

    /// Whether an identifier is of this form.
    pub fn is_derived(id: &str) -> bool {
        id.split_once('-').is_some_and(|(first, _)| FIRST.contains(&first))
    }

    /// Title of a tab.
    pub fn tab(tab: &str) -> String {
        format!("tab-{tab}")
    }

    /// Title of a page.
    pub fn page(tab: &str, page: &str) -> String {
        format!("page-{tab}-{page}")
    }

    /// What a page is for.
    pub fn about(tab: &str, page: &str) -> String {
        format!("about-{tab}-{page}")
    }

    /// Title of a section.
    pub fn section(tab: &str, page: &str, title: &str) -> String {
        format!("section-{tab}-{page}-{}", slug(title))
    }

    /// Heading that several fields of a section share.
    pub fn row(tab: &str, page: &str, section: &str, row: &str) -> String {
        format!("row-{tab}-{page}-{}-{}", slug(section), slug(row))
    }

    /// Label of a family's fields.
    pub fn label(family: &str) -> String {
        format!("label-{family}")
    }

    /// What a family does.
    pub fn help(family: &str) -> String {
        format!("help-{family}")
    }

    /// Words for a value.
    pub fn choice(family: &str, value: &str) -> String {
        format!("choice-{family}-{}", slug(value))
    }

    /// What a special number means.
    pub fn meaning(family: &str, number: &str) -> String {
        format!("meaning-{family}-{number}")
    }

    /// Name of a unit.
    pub fn unit(name: &str) -> String {
        format!("unit-{}", slug(name))
    }

    /// One of a dimension, with its number.
    pub fn dimension(id: &str) -> String {
        format!("dimension-{id}")
    }

    /// Label of a status row.
    pub fn status(row: &str) -> String {
        format!("status-{row}")
    }

    /// What a status row tells.
    pub fn status_help(row: &str) -> String {
        format!("status-help-{row}")
    }

    /// What a status row may say.
    pub fn value(value: &str) -> String {
        format!("value-{}", slug(value))
    }

    /// Message of a rule.
    pub fn rule(id: &str) -> String {
        format!("rule-{id}")
    }

    /// `Ethernet Link Status (LAN Port)` as `ethernet-link-status-lan-port`; a capital stays different from a small
    /// letter only by its place, so callers check that identifiers are unique.
    fn slug(text: &str) -> String {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
    }
}

/// Whether a user can see the family on the web page.
pub fn is_shown(family: &Family) -> bool {
    family.param.web.as_ref().is_some_and(|web| web.access != Access::Admin)
}

/// All texts for users in order, each once; two texts with one identifier are an error.
pub(super) fn needed(spec: &Spec, errors: &mut Vec<SpecError>, sources: &Sources) -> Vec<Needed> {
    let mut list = List { spec, out: Vec::new(), seen: BTreeMap::new(), errors, sources };
    list.pages();
    spec.families.iter().filter(|f| is_shown(f)).for_each(|f| list.family(f));
    list.rules();
    list.out
}

struct List<'a> {
    spec: &'a Spec,
    out: Vec<Needed>,
    seen: BTreeMap<String, String>,
    errors: &'a mut Vec<SpecError>,
    sources: &'a Sources,
}

impl List<'_> {
    fn add(&mut self, id: String, english: &str, args: &[&str], path: &str, short: bool) {
        let args: BTreeSet<String> =
            args.iter().filter(|a| english.contains(&format!("{{{a}}}"))).map(|a| (*a).to_owned()).collect();
        let bare = args.iter().fold(english.to_owned(), |text, a| text.replace(&format!("{{{a}}}"), ""));
        // What has no letters reads the same everywhere.
        if !bare.chars().any(char::is_alphabetic) {
            return;
        }
        match self.seen.insert(id.clone(), english.to_owned()) {
            None => self.out.push(Needed { id, english: english.to_owned(), args, path: path.to_owned(), short }),
            Some(same) if same == english => {}
            Some(other) => {
                let message = format!("\"{other}\" and \"{english}\" would share the message \"{id}\"");
                self.errors.push(self.sources.error(path, &[], message).hint("word one of them differently"));
            }
        }
    }

    fn pages(&mut self) {
        let spec = self.spec;
        for tab in &spec.tabs {
            let pages: Vec<&Page> = spec.pages[tab.pages.clone()].iter().filter(|p| page_is_shown(spec, p)).collect();
            if pages.is_empty() {
                continue;
            }
            self.add(ids::tab(&tab.id), &tab.title, &[], "pages.toml", true);
            for page in pages {
                self.page(&tab.id, page);
            }
        }
    }

    fn page(&mut self, tab: &str, page: &Page) {
        let spec = self.spec;
        let per: Vec<&str> = page.per.iter().map(|d| spec.dimensions[*d].id.as_str()).collect();
        self.add(ids::page(tab, &page.id), &page.model.title, &per, "pages.toml", true);
        self.add(ids::about(tab, &page.id), &page.model.doc, &per, "pages.toml", false);
        if let Some(dimension) = page.per.map(|d| &spec.dimensions[d]) {
            let english = format!("{} {{number}}", dimension.model.title);
            self.add(ids::dimension(&dimension.id), &english, &["number"], "index.toml", true);
        }
        for (i, title) in page.model.sections.iter().enumerate() {
            let fields = page.fields[i].iter().map(|f| &spec.families[*f]).filter(|f| is_shown(f));
            let rows: BTreeSet<&String> = fields.clone().filter_map(|f| f.param.web.as_ref()?.row.as_ref()).collect();
            if fields.count() == 0 && page.rows[i].is_empty() {
                continue;
            }
            self.add(ids::section(tab, &page.id, title), title, &[], "pages.toml", true);
            for row in rows {
                self.add(ids::row(tab, &page.id, title, row), row, &per, "pages.toml", true);
            }
            for row in page.rows[i].iter().map(|r| &spec.status[*r]) {
                self.add(ids::status(&row.id), &row.model.label, &[], "status.toml", true);
                self.add(ids::status_help(&row.id), &row.model.doc, &[], "status.toml", false);
                for value in &row.model.values {
                    self.add(ids::value(value), value, &[], "status.toml", true);
                }
            }
        }
    }

    fn family(&mut self, family: &Family) {
        let Some(web) = &family.param.web else { return };
        let path = &self.spec.groups[family.group].path;
        let per: Vec<&str> = family.per.iter().map(|d| self.spec.dimensions[*d].id.as_str()).collect();
        self.add(ids::label(&family.name), &web.label, &per, path, true);
        self.add(ids::help(&family.name), &family.param.doc, &[], path, false);
        for (value, label) in words_of_values(family) {
            self.add(ids::choice(&family.name, &value), &label, &[], path, true);
        }
        if let Type::Integer(integer) = &family.param.ty {
            for (number, words) in &integer.meaning {
                self.add(ids::meaning(&family.name, number), words, &[], path, true);
            }
        }
        if let Some(name) = family.param.unit.map(unit) {
            self.add(ids::unit(name), name, &[], path, true);
        }
    }

    fn rules(&mut self) {
        let spec = self.spec;
        for rule in &spec.rules {
            if rule.families.iter().any(|f| is_shown(&spec.families[*f])) {
                let mut args: Vec<&str> = rule.families.iter().map(|f| spec.families[*f].name.as_str()).collect();
                args.extend(rule.per.map(|d| spec.dimensions[d].id.as_str()));
                self.add(ids::rule(&rule.id), &rule.model.message, &args, "rules.toml", false);
            }
        }
    }
}

/// Whether a user can see something on the page.
pub fn page_is_shown(spec: &Spec, page: &Page) -> bool {
    page.fields.iter().flatten().any(|f| is_shown(&spec.families[*f])) || page.rows.iter().any(|rows| !rows.is_empty())
}

/// The words that the spec has for a family's values; languages are called the same everywhere.
pub fn words_of_values(family: &Family) -> Vec<(String, String)> {
    let own = family.param.web.as_ref().map(|web| &web.labels);
    let own = own.into_iter().flatten().map(|(value, label)| (value.clone(), label.clone()));
    let mut out: Vec<(String, String)> = own.collect();
    if let Type::Choice(choices) = &family.param.ty {
        for choice in choices {
            let Choice::Named(named) = choice else { continue };
            if family.name != LANGUAGE_SETTING && !out.iter().any(|(value, _)| *value == named.value) {
                out.push((named.value.clone(), named.label.clone()));
            }
        }
    }
    out
}
