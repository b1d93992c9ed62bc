//! From spec files to one checked whole: every reference resolved, every fault reported with its place.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::{self, Expr, Which};
use crate::model::{self, Choice, Default, Param, Type, Unit};
use crate::nearest::nearest;
use crate::source::{Sources, SpecError};
use crate::value;
use crate::words::{self, Words};

/// The whole spec, resolved.
#[derive(Debug)]
pub struct Spec {
    /// Folders in order.
    pub categories: Vec<Category>,
    /// Files in order.
    pub groups: Vec<Group>,
    /// What families repeat over, outermost first.
    pub dimensions: Vec<Dimension>,
    /// Families in order.
    pub families: Vec<Family>,
    /// Single parameters in order; those of a family are neighbours.
    pub params: Vec<Instance>,
    /// Tabs in order.
    pub tabs: Vec<Tab>,
    /// Pages in order.
    pub pages: Vec<Page>,
    /// Rows of the status pages.
    pub status: Vec<StatusRow>,
    /// Rules between parameters.
    pub rules: Vec<Rule>,
    /// Other names that are accepted, with the parameter's index.
    pub aliases: Vec<(String, usize)>,
    /// Names written by mistake, with the index of the parameter that is meant.
    pub mistaken: Vec<(String, usize)>,
    /// What users read, and in which languages.
    pub words: Words,
}

/// A folder of groups.
#[derive(Debug)]
pub struct Category {
    /// Folder name.
    pub id: String,
    /// Heading.
    pub title: String,
}

/// A file of parameters.
#[derive(Debug)]
pub struct Group {
    /// File name without `.toml`.
    pub id: String,
    /// Index of the category.
    pub category: usize,
    /// Path below `spec/`.
    pub path: String,
    /// Heading.
    pub title: String,
    /// What it is for.
    pub doc: String,
}

/// What families repeat over.
#[derive(Debug)]
pub struct Dimension {
    /// Identifier.
    pub id: String,
    /// As the spec has it.
    pub model: model::Dimension,
}

/// A parameter family.
#[derive(Debug)]
pub struct Family {
    /// Name without numbers.
    pub name: String,
    /// As the spec has it.
    pub param: Param,
    /// Index of the group.
    pub group: usize,
    /// Indices of the dimensions, in the order of the numbers in a name.
    pub per: Vec<usize>,
    /// Name with placeholders.
    pub pattern: String,
    /// Index of its first parameter.
    pub first: usize,
    /// How many parameters it has.
    pub count: usize,
    /// Elements from below the root, with the dimension that their `ID` carries.
    pub xml: Option<Vec<(String, Option<usize>)>>,
    /// Index of the page and of the section within it.
    pub web: Option<(usize, usize)>,
    /// The condition under which it has an effect.
    pub when: Option<Expr>,
}

/// A single parameter.
#[derive(Debug)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// Index of the family.
    pub family: usize,
    /// Its numbers, in the order of the family's dimensions.
    pub numbers: Vec<u16>,
    /// Factory value as written in a file.
    pub default: String,
}

/// A tab of the web page.
#[derive(Debug)]
pub struct Tab {
    /// Identifier.
    pub id: String,
    /// As shown.
    pub title: String,
    /// Indices of its pages.
    pub pages: std::ops::Range<usize>,
}

/// A page of the web page.
#[derive(Debug)]
pub struct Page {
    /// Identifier within the tab.
    pub id: String,
    /// Index of the tab.
    pub tab: usize,
    /// As the spec has it.
    pub model: model::Page,
    /// Index of the dimension that has a page each.
    pub per: Option<usize>,
    /// The fields of each section, as indices of families.
    pub fields: Vec<Vec<usize>>,
    /// The rows of each section, as indices of status rows.
    pub rows: Vec<Vec<usize>>,
}

/// A row of a status page.
#[derive(Debug)]
pub struct StatusRow {
    /// Identifier.
    pub id: String,
    /// As the spec has it.
    pub model: model::StatusRow,
    /// Index of the dimension that has a row each.
    pub per: Option<usize>,
}

/// A rule between parameters.
#[derive(Debug)]
pub struct Rule {
    /// Identifier.
    pub id: String,
    /// As the spec has it.
    pub model: model::Rule,
    /// Index of the dimension over which it repeats.
    pub per: Option<usize>,
    /// The condition.
    pub holds: Expr,
    /// Indices of the families that it reads, each once.
    pub families: Vec<usize>,
}

impl Spec {
    /// Reads and checks the spec.
    ///
    /// # Errors
    /// All faults that were found; never an empty list.
    pub fn load(sources: &Sources) -> Result<Self, Vec<SpecError>> {
        Loader::new(sources).map_err(|e| vec![e])?.load()
    }

    /// The family with this name.
    pub fn family(&self, name: &str) -> Option<usize> {
        self.families.iter().position(|f| f.name == name)
    }

    /// The parameters of a family.
    pub fn instances(&self, family: &Family) -> &[Instance] {
        &self.params[family.first..family.first + family.count]
    }

    /// The category of a family.
    pub fn category(&self, family: &Family) -> &Category {
        &self.categories[self.groups[family.group].category]
    }

    /// A pattern with its placeholders replaced by numbers.
    pub fn fill(&self, pattern: &str, per: &[usize], numbers: &[u16]) -> String {
        per.iter().zip(numbers).fold(pattern.to_owned(), |text, (&dimension, number)| {
            text.replace(&format!("{{{}}}", self.dimensions[dimension].id), &number.to_string())
        })
    }
}

/// The table of a group file that is no parameter.
const HEADER: &str = "group";

struct Loader<'a> {
    sources: &'a Sources,
    errors: Vec<SpecError>,
    /// Whether some parameter could not be read.
    unread: bool,
    spec: Spec,
}

impl<'a> Loader<'a> {
    fn new(sources: &'a Sources) -> Result<Self, SpecError> {
        let index: model::Index = sources.read("index.toml")?;
        let mut spec = Spec {
            categories: Vec::new(),
            groups: Vec::new(),
            dimensions: Vec::new(),
            families: Vec::new(),
            params: Vec::new(),
            tabs: Vec::new(),
            pages: Vec::new(),
            status: Vec::new(),
            rules: Vec::new(),
            aliases: Vec::new(),
            mistaken: Vec::new(),
            words: Words::default(),
        };
        spec.dimensions = index.dimension.into_iter().map(|(id, model)| Dimension { id, model }).collect();
        for (id, category) in index.category {
            for group in category.groups {
                spec.groups.push(Group {
                    path: format!("{id}/{group}.toml"),
                    id: group,
                    category: spec.categories.len(),
                    title: String::new(),
                    doc: String::new(),
                });
            }
            spec.categories.push(Category { id, title: category.title });
        }
        Ok(Self { sources, errors: Vec::new(), unread: false, spec })
    }

    fn load(mut self) -> Result<Spec, Vec<SpecError>> {
        self.listed_files();
        self.pages();
        for group in 0..self.spec.groups.len() {
            self.group(group);
        }
        if self.unread {
            return Err(self.errors);
        }
        self.names();
        self.conditions();
        self.status();
        self.rules();
        self.filled_sections();
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        self.spec.words = words::load(&self.spec, self.sources)?;
        Ok(self.spec)
    }

    fn error(&mut self, path: &str, keys: &[&str], message: impl Into<String>) -> &mut SpecError {
        self.errors.push(self.sources.error(path, keys, message));
        self.errors.last_mut().expect("it was just pushed")
    }

    fn dimension(&self, id: &str) -> Option<usize> {
        self.spec.dimensions.iter().position(|d| d.id == id)
    }

    /// The dimension of an optional `per`, reported where it is unknown.
    fn per(&mut self, per: Option<&String>, path: &str, keys: &[&str]) -> Option<usize> {
        let id = per?;
        let found = self.dimension(id);
        if found.is_none() {
            self.error(path, keys, format!("the dimension \"{id}\" is not in index.toml"));
        }
        found
    }

    fn listed_files(&mut self) {
        const OTHERS: [&str; 4] = ["index.toml", "pages.toml", "rules.toml", "status.toml"];
        let listed: BTreeSet<_> = self.spec.groups.iter().map(|g| g.path.clone()).collect();
        let listed = |path: &String| listed.contains(path) || words::is_catalogue(path);
        let stray: Vec<_> = self.sources.files.keys().filter(|p| !listed(p)).cloned().collect();
        for path in stray.iter().filter(|p| !OTHERS.contains(&p.as_str())) {
            let error = self.error(path, &[], "the file is not listed in index.toml, so its parameters would be lost");
            error.hint = Some("add it to the groups of its category".to_owned());
        }
    }

    fn pages(&mut self) {
        let pages: model::Pages = match self.sources.read("pages.toml") {
            Ok(pages) => pages,
            Err(error) => return self.errors.push(error),
        };
        for (tab_id, tab) in pages.tab {
            let first = self.spec.pages.len();
            for (id, page) in tab.page {
                let per = self.per(page.per.as_ref(), "pages.toml", &["tab", &tab_id, "page", &id, "per"]);
                let sections = page.sections.len();
                self.spec.pages.push(Page {
                    id,
                    tab: self.spec.tabs.len(),
                    model: page,
                    per,
                    fields: vec![Vec::new(); sections],
                    rows: vec![Vec::new(); sections],
                });
            }
            self.spec.tabs.push(Tab { id: tab_id, title: tab.title, pages: first..self.spec.pages.len() });
        }
    }

    fn section(&mut self, page: &str, section: &str, path: &str, keys: &[&str]) -> Option<(usize, usize)> {
        let spec = &self.spec;
        let Some(at) = spec.pages.iter().position(|p| format!("{}/{}", spec.tabs[p.tab].id, p.id) == page) else {
            let known: Vec<_> = spec.pages.iter().map(|p| format!("{}/{}", spec.tabs[p.tab].id, p.id)).collect();
            let near = nearest(page, known.iter().map(String::as_str));
            let hint = near.map(|near| format!("did you mean \"{near}\"?"));
            self.error(path, keys, format!("there is no page \"{page}\" in pages.toml")).hint = hint;
            return None;
        };
        let sections = &spec.pages[at].model.sections;
        let Some(index) = sections.iter().position(|s| s == section) else {
            let known = sections.join("\", \"");
            let error = self.error(path, keys, format!("the page \"{page}\" has no section \"{section}\""));
            error.hint = Some(format!("it has \"{known}\""));
            return None;
        };
        Some((at, index))
    }

    fn group(&mut self, index: usize) {
        let path = self.spec.groups[index].path.clone();
        let tables = match self.sources.tables(&path) {
            Ok(tables) => tables,
            Err(error) => return self.unread(error),
        };
        if !tables.iter().any(|table| table.name == HEADER) {
            self.error(&path, &[], "the file has no [group] with its title and doc");
        }
        for table in tables {
            let name = table.name.clone();
            if name == HEADER {
                match table.read::<model::Group>() {
                    Ok(header) => {
                        self.spec.groups[index].title = header.title;
                        self.spec.groups[index].doc = header.doc;
                    }
                    Err(error) => self.unread(error),
                }
            } else {
                match table.read::<Param>() {
                    Ok(param) => self.family(index, &path, name, param),
                    Err(error) => self.unread(error),
                }
            }
        }
    }

    /// A fault that leaves parameters out, so that whatever refers to them would be reported in vain.
    fn unread(&mut self, error: SpecError) {
        self.unread = true;
        self.errors.push(error);
    }

    fn family(&mut self, group: usize, path: &str, name: String, param: Param) {
        let key = name.as_str();
        let plain = key.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        if !plain || !key.starts_with(|c: char| c.is_ascii_uppercase()) {
            self.error(path, &[key], "a name has capital letters, digits and underscores only");
        }
        let mut per = Vec::new();
        for id in param.per.as_slice() {
            match self.dimension(id) {
                Some(dimension) => per.push(dimension),
                None => {
                    let known = self.spec.dimensions.iter().map(|d| d.id.as_str()).collect::<Vec<_>>().join(", ");
                    let error = self.error(path, &[key, "per"], format!("the dimension \"{id}\" is not in index.toml"));
                    error.hint = Some(format!("it has {known}"));
                }
            }
        }
        if per.len() > 2 {
            self.error(path, &[key, "per"], "a family repeats over at most two dimensions");
            per.truncate(2);
        }
        self.check_words(path, key, &param);
        self.check_type(path, key, &param);
        self.check_places(path, key, &param, &per);
        let pattern = param.name.clone().unwrap_or_else(|| {
            per.iter().fold(name.clone(), |text, &d| {
                let dimension = &self.spec.dimensions[d];
                text + &dimension.model.suffix.replace("{}", &format!("{{{}}}", dimension.id))
            })
        });
        for &d in &per {
            if !pattern.contains(&format!("{{{}}}", self.spec.dimensions[d].id)) {
                let id = self.spec.dimensions[d].id.clone();
                self.error(path, &[key, "name"], format!("the name \"{pattern}\" has no place for {{{id}}}"));
            }
        }
        let family = self.spec.families.len();
        let web = param.web.as_ref().map(|w| (w.page.clone(), w.section.clone()));
        let web = web.and_then(|(page, section)| self.section(&page, &section, path, &[key, "web"]));
        if let Some((page, section)) = web {
            if let Some(d) = self.spec.pages[page].per.filter(|d| !per.contains(d)) {
                let id = self.spec.dimensions[d].id.clone();
                self.error(path, &[key, "web"], format!("the page repeats per {id}, the parameter does not"));
            }
            self.spec.pages[page].fields[section].push(family);
        }
        let xml = param.xml.as_ref().map(|xml| self.xml_steps(xml, &per));
        let first = self.spec.params.len();
        self.instances(path, key, &param, &pattern, &per, family);
        self.spec.families.push(Family {
            first,
            count: self.spec.params.len() - first,
            name,
            param,
            group,
            per,
            pattern,
            xml,
            web,
            when: None,
        });
    }

    fn xml_steps(&self, xml: &str, per: &[usize]) -> Vec<(String, Option<usize>)> {
        xml.split('/')
            .map(|step| {
                let id = per.iter().copied().find(|&d| self.spec.dimensions[d].model.xml.as_deref() == Some(step));
                (step.to_owned(), id)
            })
            .collect()
    }

    fn instances(&mut self, path: &str, key: &str, param: &Param, pattern: &str, per: &[usize], family: usize) {
        // Outermost dimension first, whatever the order of the numbers in the name.
        let mut order: Vec<usize> = (0..per.len()).collect();
        order.sort_by_key(|&i| per[i]);
        let mut rows: Vec<Vec<u16>> = vec![vec![0; per.len()]];
        for &slot in &order {
            let numbers = &self.spec.dimensions[per[slot]].model.numbers;
            rows = rows
                .iter()
                .flat_map(|row| {
                    numbers.iter().map(move |&n| {
                        let mut row = row.clone();
                        row[slot] = n;
                        row
                    })
                })
                .collect();
        }
        let defaults = default_texts(&param.default, rows.len());
        if defaults.len() != rows.len() {
            let message = format!("there are {} parameters, but defaults for {}", rows.len(), defaults.len());
            self.error(path, &[key, "default"], message);
        }
        for default in defaults.iter().collect::<BTreeSet<_>>() {
            self.check_value(path, key, "default", param, default);
        }
        for (row, default) in rows.into_iter().zip(defaults) {
            let name = self.spec.fill(pattern, per, &row);
            if name.len() > 32 {
                self.error(path, &[key], format!("{name} has more than 32 characters (guide rule 12)"));
            }
            self.spec.params.push(Instance { name, family, numbers: row, default });
        }
    }

    fn check_value(&mut self, path: &str, key: &str, field: &str, param: &Param, value: &str) {
        if value.is_empty() {
            if !param.empty {
                let error = self.error(path, &[key, field], format!("the {field} is empty, but \"\" is not a value"));
                error.hint = Some("set `empty = true`, or give a value".to_owned());
            }
        } else if has_ranges(&param.ty) && !value::fits(&param.ty, value) {
            self.error(path, &[key, field], format!("the {field} \"{value}\" is outside the parameter's own range"));
        }
    }

    fn check_words(&mut self, path: &str, key: &str, param: &Param) {
        if !param.doc.trim_end().ends_with('.') || param.doc.len() < 10 {
            self.error(path, &[key, "doc"], "the doc is a sentence or more, with a full stop");
        }
        let snake = param.field.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !snake || syn::parse_str::<syn::Ident>(&param.field).is_err() {
            self.error(path, &[key, "field"], format!("\"{}\" is no name for a Rust field", param.field));
        }
        let twin = self.spec.families.iter().find(|f| f.param.field == param.field).map(|f| f.name.clone());
        if let Some(twin) = twin {
            let message = format!("the field \"{}\" belongs to {twin} already", param.field);
            self.error(path, &[key, "field"], message).hint =
                Some("fields are unique, so that `cargo xtask consumers` can tell who reads what".to_owned());
        }
        if let Some(example) = &param.example {
            self.check_value(path, key, "example", param, example);
        }
        if param.web.as_ref().is_some_and(|w| w.label.is_empty()) {
            self.error(path, &[key, "web"], "the label is empty");
        }
        if param.phone.as_ref().is_some_and(|p| p.label.is_none()) && param.web.is_none() {
            self.error(path, &[key, "phone"], "a parameter without a web label needs a label for the phone's screen");
        }
    }

    fn check_type(&mut self, path: &str, key: &str, param: &Param) {
        let keys = [key, "type"];
        let numeric = matches!(&param.ty, Type::Integer(_) | Type::Integers(_))
            || matches!(&param.ty, Type::Choice(c) if c.iter().all(|c| matches!(c, Choice::Number(_))));
        if param.unit.is_some() && !numeric {
            self.error(path, &[key, "unit"], "only numbers have a unit");
        }
        match &param.ty {
            Type::Integer(integer) => {
                match value::ranges(&integer.range) {
                    Err(message) => drop(self.error(path, &keys, message)),
                    Ok(ranges) => {
                        let negative = ranges.iter().any(|r| r.0 < 0);
                        if negative && param.unit.is_some_and(|u| u != Unit::Db) {
                            self.error(path, &keys, "only decibels and bare numbers may be negative");
                        }
                    }
                }
                if let Some(none) =
                    integer.none.filter(|n| has_ranges(&param.ty) && !value::fits(&param.ty, &n.to_string()))
                {
                    self.error(path, &keys, format!("{none} means \"off\" but is outside the range"));
                }
            }
            Type::Integers(list) => {
                for text in [&list.range, &list.length] {
                    if let Err(message) = value::ranges(text) {
                        self.error(path, &keys, message);
                    }
                }
            }
            Type::Choice(choices) => {
                let values: BTreeSet<_> = choices.iter().map(value::choice_value).collect();
                if choices.is_empty() || values.len() != choices.len() {
                    self.error(path, &keys, "a choice has at least one value, each once");
                }
                let named = choices.iter().filter(|c| matches!(c, Choice::Named(_))).count();
                if named != 0 && named != choices.len() {
                    self.error(path, &keys, "either all values of a choice have words, or none has");
                }
                let variants: Vec<_> = choices
                    .iter()
                    .filter_map(|c| match c {
                        Choice::Named(named) => Some(named.variant.as_str()),
                        Choice::Number(_) => None,
                    })
                    .collect();
                let unique: BTreeSet<_> = variants.iter().collect();
                let upper = |v: &&str| {
                    v.starts_with(|c: char| c.is_ascii_uppercase()) && syn::parse_str::<syn::Ident>(v).is_ok()
                };
                if unique.len() != variants.len() || !variants.iter().all(upper) {
                    self.error(path, &keys, "variants are names in CamelCase, each once");
                }
            }
            Type::Text(text) if text.min > text.max || text.max as usize > value::MAX_VALUE => {
                self.error(path, &keys, "a text has at least `min`, at most `max` and never over 500 characters");
            }
            _ => {}
        }
    }

    fn check_places(&mut self, path: &str, key: &str, param: &Param, per: &[usize]) {
        if !param.file && param.web.is_none() && param.phone.is_none() {
            self.error(path, &[key], "nothing can set it: neither a file, nor the web page, nor the phone");
        }
        if param.file != param.xml.is_some() {
            self.error(path, &[key, "xml"], "what a file may set has an XML path, and nothing else has one");
        }
        if let Some(xml) = &param.xml {
            let steps = self.xml_steps(xml, per);
            let twin = self.spec.families.iter().find(|f| f.xml.as_ref() == Some(&steps)).map(|f| f.name.clone());
            if let Some(twin) = twin {
                self.error(path, &[key, "xml"], format!("the XML path \"{xml}\" belongs to {twin} already"));
            }
        }
        let labels: Vec<String> = param.web.iter().flat_map(|w| w.labels.keys().cloned()).collect();
        for value in labels {
            if !value::fits(&param.ty, &value) {
                self.error(path, &[key, "web"], format!("\"{value}\" has a label, but is not a value"));
            }
        }
    }

    /// Names, aliases and mistaken names are all different.
    fn names(&mut self) {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        let mut aliases = Vec::new();
        let mut mistaken = Vec::new();
        let mut twins = Vec::new();
        for (index, instance) in self.spec.params.iter().enumerate() {
            let family = &self.spec.families[instance.family];
            let path = &self.spec.groups[family.group].path;
            let fill = |pattern: &String| self.spec.fill(pattern, &family.per, &instance.numbers);
            aliases.extend(family.param.aliases.iter().map(|p| (fill(p), index)));
            mistaken.extend(family.param.mistaken.iter().map(|p| (fill(p), index)));
            let others = family.param.aliases.iter().chain(&family.param.mistaken).map(fill);
            for name in std::iter::once(instance.name.clone()).chain(others) {
                if let Some(owner) = seen.insert(name.clone(), family.name.clone()) {
                    twins.push((
                        path.clone(),
                        family.name.clone(),
                        format!("the name {name} belongs to {owner} already"),
                    ));
                }
            }
        }
        for (path, key, message) in twins {
            self.error(&path, &[&key], message);
        }
        self.spec.aliases = aliases;
        self.spec.mistaken = mistaken;
    }

    fn conditions(&mut self) {
        for index in 0..self.spec.families.len() {
            let family = &self.spec.families[index];
            let Some(text) = family.param.when.clone() else { continue };
            let (path, key, per) =
                (self.spec.groups[family.group].path.clone(), family.name.clone(), family.per.clone());
            self.spec.families[index].when = self.condition(&text, &per, &path, &[&key, "when"]);
        }
    }

    /// Reads a condition and resolves its names; `per` is what the numbers at hand are of.
    fn condition(&mut self, text: &str, per: &[usize], path: &str, keys: &[&str]) -> Option<Expr> {
        let expr = match expr::parse(text) {
            Ok(expr) => expr,
            Err(message) => {
                self.error(path, keys, message);
                return None;
            }
        };
        let mut good = true;
        for (name, which) in expr.names() {
            let Some(family) = self.spec.family(name) else {
                let near = nearest(name, self.spec.families.iter().map(|f| f.name.as_str()));
                let hint = near.map(|near| format!("did you mean {near}?"));
                self.error(path, keys, format!("{name} is not a parameter")).hint = hint;
                good = false;
                continue;
            };
            let missing: Vec<_> = self.spec.families[family].per.iter().filter(|d| !per.contains(d)).copied().collect();
            let fault = match which {
                Which::All => None,
                Which::AtHand if missing.is_empty() => None,
                Which::AtHand => Some(format!("{name} repeats over more than what this condition is about")),
                Which::Numbered(number) => match missing.as_slice() {
                    [one] if self.spec.dimensions[*one].model.numbers.contains(&number) => None,
                    [one] => Some(format!("there is no {} {number}", self.spec.dimensions[*one].id)),
                    _ => Some(format!("{name}[{number}] needs exactly one dimension that is not at hand")),
                },
            };
            if let Some(message) = fault {
                self.error(path, keys, message).hint = Some(format!("{name}[*] stands for all of them"));
                good = false;
            }
        }
        good.then_some(expr)
    }

    fn status(&mut self) {
        let file: model::StatusFile = match self.sources.read("status.toml") {
            Ok(file) => file,
            Err(error) => return self.errors.push(error),
        };
        for (id, row) in file.row {
            let keys = ["row", id.as_str()];
            let per = self.per(row.per.as_ref(), "status.toml", &keys);
            if let Some((page, section)) = self.section(&row.page, &row.section, "status.toml", &keys) {
                let index = self.spec.status.len();
                self.spec.pages[page].rows[section].push(index);
            }
            self.spec.status.push(StatusRow { id, model: row, per });
        }
    }

    fn rules(&mut self) {
        let tables = match self.sources.tables("rules.toml") {
            Ok(tables) => tables,
            Err(error) => return self.errors.push(error),
        };
        for table in tables {
            let id = table.name.clone();
            let rule: model::Rule = match table.read() {
                Ok(rule) => rule,
                Err(error) => {
                    self.errors.push(error);
                    continue;
                }
            };
            let per = self.per(rule.per.as_ref(), "rules.toml", &[&id, "per"]);
            if per.is_none() && rule.per.is_some() {
                continue;
            }
            let per_list: Vec<usize> = per.into_iter().collect();
            let Some(holds) = self.condition(&rule.holds, &per_list, "rules.toml", &[&id, "holds"]) else { continue };
            let mut families: Vec<usize> = holds.names().iter().filter_map(|(n, _)| self.spec.family(n)).collect();
            let mut seen = BTreeSet::new();
            families.retain(|f| seen.insert(*f));
            for placeholder in placeholders(&rule.message) {
                let family = families.iter().any(|&f| self.spec.families[f].name == placeholder);
                if !family && Some(placeholder) != rule.per.as_deref() {
                    let message = format!("the message has {{{placeholder}}}, which the rule does not read");
                    self.error("rules.toml", &[&id, "message"], message);
                }
            }
            self.spec.rules.push(Rule { id, model: rule, per, holds, families });
        }
    }

    fn filled_sections(&mut self) {
        let mut bare = Vec::new();
        for page in &self.spec.pages {
            let tab = &self.spec.tabs[page.tab].id;
            for (i, section) in page.model.sections.iter().enumerate() {
                if page.fields[i].is_empty() && page.rows[i].is_empty() && page.model.action.is_none() {
                    bare.push((tab.clone(), page.id.clone(), format!("the section \"{section}\" has no fields")));
                }
            }
        }
        for (tab, page, message) in bare {
            self.error("pages.toml", &["tab", &tab, "page", &page], message);
        }
    }
}

/// Whether the ranges of a type can be read; where they cannot, that alone is reported, and no value that misses them.
fn has_ranges(ty: &Type) -> bool {
    match ty {
        Type::Integer(integer) => value::ranges(&integer.range).is_ok(),
        Type::Integers(list) => [&list.range, &list.length].into_iter().all(|text| value::ranges(text).is_ok()),
        _ => true,
    }
}

fn placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name))
}

fn default_texts(default: &Default, count: usize) -> Vec<String> {
    match default {
        Default::Each(each) => each.iter().flat_map(|d| default_texts(d, 1)).collect(),
        Default::Text(text) => vec![text.clone(); count],
        Default::Number(number) => vec![number.to_string(); count],
        Default::Bool(on) => vec![if *on { "Y" } else { "N" }.to_owned(); count],
    }
}
