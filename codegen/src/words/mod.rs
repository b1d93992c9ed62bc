//! What users of the web page read, in every language: the texts that the spec asks for, and the catalogues that have
//! them.
//!
//! A text that the spec itself states (labels, titles, docs) is English (US) already and stands nowhere else; its
//! message identifier is derived from its place. The catalogue of English (US) adds the page's own words. Every other
//! catalogue has both; one of the same language as the source, English (UK), has only what it words differently.

mod needed;
mod read;

use std::collections::{BTreeMap, BTreeSet};

pub use needed::{Needed, ids, is_shown, page_is_shown, words_of_values};
use read::{Catalogue, Entry};

use crate::model::{Choice, Type};
use crate::resolve::Spec;
use crate::source::{Sources, SpecError};

/// The setting whose values are the languages.
pub const LANGUAGE_SETTING: &str = "WEB_LANGUAGE";

/// The language of the spec's own texts.
pub const SOURCE: &str = "en-US";

/// Most characters of a label: what a table's first column, a button or a tab has room for.
pub const LABEL_MAX: usize = 45;

/// The folder of the catalogues.
const FOLDER: &str = "words/";

/// The languages and all that is said in them.
#[derive(Debug, Default)]
pub struct Words {
    /// The values of the language setting, in order.
    pub languages: Vec<Language>,
    /// Texts of the spec that users see, in the order of tabs, pages, parameters.
    pub needed: Vec<Needed>,
    /// The page's own words, in the order of their catalogue.
    pub own: Vec<Own>,
}

/// A language of the web page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language {
    /// Its tag, which is the value of the setting and the name of the catalogue.
    pub tag: String,
    /// The variant of the setting's Rust enum.
    pub variant: String,
    /// Whether its catalogue has only what differs from the source.
    pub overlay: bool,
}

/// One of the page's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// Identifier.
    pub id: String,
    /// Its arguments.
    pub args: BTreeSet<String>,
    /// In English, arguments in braces.
    pub english: String,
    /// Whether it is bound to the room of a label.
    pub short: bool,
}

impl Words {
    /// Whether the text with this derived identifier is one that catalogues have.
    pub fn has(&self, id: &str) -> bool {
        self.needed.iter().any(|n| n.id == id)
    }
}

/// Reads the catalogues and holds them against what the spec asks for.
///
/// # Errors
/// Missing, unknown and doubled messages, and those that do not fit their English text; each with its place.
pub(crate) fn load(spec: &Spec, sources: &Sources) -> Result<Words, Vec<SpecError>> {
    let mut errors = Vec::new();
    let languages = languages(spec);
    for path in sources.files.keys().filter(|path| is_catalogue(path)) {
        let tag = path.strip_prefix(FOLDER).and_then(|name| name.strip_suffix(".ftl")).unwrap_or(path);
        if !languages.iter().any(|l| l.tag == tag) {
            let error = sources.error(path, &[], format!("\"{tag}\" is no value of {LANGUAGE_SETTING}"));
            errors.push(error.hint("add the language there, or remove the catalogue"));
        }
    }
    if languages.is_empty() {
        return if errors.is_empty() { Ok(Words::default()) } else { Err(errors) };
    }
    let needed = needed::needed(spec, &mut errors, sources);
    let mut open = |tag: &str| match read::catalogue(sources, &format!("{FOLDER}{tag}.ftl")) {
        Ok((catalogue, faults)) => {
            errors.extend(faults);
            Some(catalogue)
        }
        Err(error) => {
            errors.push(error.hint(format!("{LANGUAGE_SETTING} offers \"{tag}\", so it needs a catalogue")));
            None
        }
    };
    let catalogues: Vec<_> = languages.iter().map(|l| open(&l.tag)).collect();
    let source = languages.iter().position(|l| l.tag == SOURCE).and_then(|at| catalogues[at].as_ref());
    let own = source.map_or(Vec::new(), |source| own(source, &needed, &mut errors));
    let texts = texts(&needed, &own);
    for (language, catalogue) in languages.iter().zip(&catalogues) {
        if let Some(catalogue) = catalogue.as_ref().filter(|_| language.tag != SOURCE) {
            check(language, catalogue, &texts, &mut errors);
        }
    }
    if errors.is_empty() { Ok(Words { languages, needed, own }) } else { Err(errors) }
}

/// Whether a source is a catalogue, not a file of the spec.
pub(crate) fn is_catalogue(path: &str) -> bool {
    path.starts_with(FOLDER)
}

fn languages(spec: &Spec) -> Vec<Language> {
    let family = spec.families.iter().find(|f| f.name == LANGUAGE_SETTING);
    let Some(Type::Choice(choices)) = family.map(|f| &f.param.ty) else { return Vec::new() };
    let primary = |tag: &str| tag.split('-').next().map(str::to_owned);
    let named = choices.iter().filter_map(|choice| match choice {
        Choice::Named(named) => Some(named),
        Choice::Number(_) => None,
    });
    named
        .map(|named| Language {
            tag: named.value.clone(),
            variant: named.variant.clone(),
            overlay: named.value != SOURCE && primary(&named.value) == primary(SOURCE),
        })
        .collect()
}

/// The page's own words: what the source's catalogue has, which must not repeat what the spec says.
fn own(source: &Catalogue<'_>, needed: &[Needed], errors: &mut Vec<SpecError>) -> Vec<Own> {
    let mut out = Vec::new();
    for entry in &source.entries {
        if let Some(text) = needed.iter().find(|n| n.id == entry.id) {
            let message = format!("the text of \"{}\" stands in the spec already", entry.id);
            let hint = format!("remove it here; spec/{} says \"{}\"", text.path, text.english);
            errors.push(source.error(entry, message).hint(hint));
        } else if ids::is_derived(&entry.id) {
            let message =
                format!("\"{}\" looks like a text of the spec, but the spec has none for users there", entry.id);
            errors.push(source.error(entry, message).hint("remove it, or give it another first word"));
        } else if !entry.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            let message = format!("\"{}\" is not in small letters, digits and hyphens", entry.id);
            errors.push(source.error(entry, message).hint("it becomes the name of a Rust constant"));
        } else {
            let short = entry.id.starts_with("button-");
            let own = Own { id: entry.id.clone(), args: entry.args.clone(), english: entry.text.clone(), short };
            fits_label(short, source, entry, errors);
            out.push(own);
        }
    }
    out
}

/// What a message has to say, whatever the language.
struct Text<'a> {
    english: &'a str,
    args: &'a BTreeSet<String>,
    short: bool,
    /// Where the English text stands.
    path: &'a str,
}

fn texts<'a>(needed: &'a [Needed], own: &'a [Own]) -> Vec<(&'a str, Text<'a>)> {
    let needed = needed
        .iter()
        .map(|n| (n.id.as_str(), Text { english: &n.english, args: &n.args, short: n.short, path: &n.path }));
    let own = own
        .iter()
        .map(|o| (o.id.as_str(), Text { english: &o.english, args: &o.args, short: o.short, path: "words/en-US.ftl" }));
    needed.chain(own).collect()
}

/// Holds the catalogue of a language against the English texts.
fn check(language: &Language, catalogue: &Catalogue<'_>, texts: &[(&str, Text<'_>)], errors: &mut Vec<SpecError>) {
    let known: BTreeMap<&str, &Text<'_>> = texts.iter().map(|(id, text)| (*id, text)).collect();
    for entry in &catalogue.entries {
        let id = &entry.id;
        let Some(text) = known.get(id.as_str()) else {
            let error = catalogue.error(entry, format!("nothing shows \"{id}\""));
            errors.push(error.hint("remove it; where something was renamed, rename it here too"));
            continue;
        };
        if language.overlay && entry.text == text.english {
            let error = catalogue.error(entry, format!("\"{id}\" is the same as in {SOURCE}"));
            errors.push(error.hint("remove it: this catalogue has only what differs"));
        }
        if entry.args != *text.args {
            let list = |args: &BTreeSet<String>| match args.is_empty() {
                true => "no arguments".to_owned(),
                false => args.iter().map(|a| format!("${a}")).collect::<Vec<_>>().join(", "),
            };
            let message = format!("\"{id}\" has {}, in English it has {}", list(&entry.args), list(text.args));
            errors.push(catalogue.error(entry, message).hint(format!("in English: {}", text.english)));
        }
        let (named, meant) = (settings_named(&entry.text), settings_named(text.english));
        if named != meant {
            let list = |names: &BTreeSet<&str>| names.iter().copied().collect::<Vec<_>>().join(", ");
            let message = format!("\"{id}\" names the settings {}, in English it names {}", list(&named), list(&meant));
            errors.push(catalogue.error(entry, message).hint(format!("in English: {}", text.english)));
        }
        fits_label(text.short, catalogue, entry, errors);
    }
    if language.overlay {
        return;
    }
    let has: BTreeMap<&str, &Entry> = catalogue.entries.iter().map(|e| (e.id.as_str(), e)).collect();
    let mut before = None;
    for (id, text) in texts {
        match has.get(id) {
            Some(entry) => before = Some(*entry),
            None if catalogue.faulty.iter().any(|faulty| faulty == id) => {}
            None => {
                let message = format!("\"{id}\" is missing, which spec/{} asks for", text.path);
                let hint = format!("add here: {id} = … (in English: {})", text.english);
                errors.push(catalogue.error_after(before, message).hint(hint));
            }
        }
    }
}

fn fits_label(short: bool, catalogue: &Catalogue<'_>, entry: &Entry, errors: &mut Vec<SpecError>) {
    if short && entry.length > LABEL_MAX {
        let message = format!("\"{}\" has {} characters, a label has room for {LABEL_MAX}", entry.id, entry.length);
        errors.push(catalogue.error(entry, message));
    }
}

/// The names of settings in a text: a translation that names others is one of an older text.
fn settings_named(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let is_name = |word: &&str| {
        word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    };
    words.filter(is_name).collect()
}
