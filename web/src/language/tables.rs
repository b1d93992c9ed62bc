//! The shape of the generated table: which message stands for which text of the spec.

use offhook_params::choices::WebLanguage;

/// A language and its catalogues.
#[derive(Debug)]
pub(super) struct Catalogue {
    /// The value of the setting.
    pub(super) language: WebLanguage,
    /// The tag of the language.
    pub(super) tag: &'static str,
    /// Catalogues, the later ones over the earlier ones.
    pub(super) texts: &'static [&'static str],
}

/// A text of the spec, or a part of one, and its message.
pub(super) type Pairs = &'static [(&'static str, &'static str)];

/// The messages of a page.
#[derive(Debug)]
pub(super) struct PageWords {
    /// Identifier of its tab.
    pub(super) tab: &'static str,
    /// Its identifier within the tab.
    pub(super) page: &'static str,
    /// Its title.
    pub(super) title: Option<&'static str>,
    /// What it is for.
    pub(super) about: Option<&'static str>,
    /// Titles of its sections.
    pub(super) sections: Pairs,
    /// Headings that fields share, each with its section.
    pub(super) rows: &'static [(&'static str, &'static str, &'static str)],
}

/// The messages of a family.
#[derive(Debug)]
pub(super) struct FamilyWords {
    /// Its label.
    pub(super) label: Option<&'static str>,
    /// What it does.
    pub(super) help: Option<&'static str>,
    /// Words for its values.
    pub(super) values: Pairs,
    /// What special numbers mean.
    pub(super) meanings: &'static [(i64, &'static str)],
    /// Its unit.
    pub(super) unit: Option<&'static str>,
}

/// The messages of a status row.
#[derive(Debug)]
pub(super) struct StatusWords {
    /// Identifier of the row.
    pub(super) row: &'static str,
    /// Its label.
    pub(super) label: Option<&'static str>,
    /// What it tells.
    pub(super) help: Option<&'static str>,
    /// The words that it may show.
    pub(super) values: Pairs,
}

/// The message that stands beside `key`.
pub(super) fn find(pairs: Pairs, key: &str) -> Option<&'static str> {
    pairs.iter().find(|(k, _)| *k == key).map(|(_, message)| *message)
}
