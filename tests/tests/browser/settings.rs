//! What the tables and the generated corpus say: the pages, the settings on them, and good and bad values for each.

use std::collections::BTreeMap;

use offhook_params::pages::Page;
use offhook_params::rules::{Values, breaches};
use offhook_params::{DIMENSIONS, Family, PAGES, ParamId, TABS, Widget, lookup};
use serde_json::Value;

/// A page as it is addressed.
#[derive(Debug, Clone)]
pub(crate) struct View {
    pub(crate) path: String,
    pub(crate) title: String,
    pub(crate) page: &'static Page,
    /// The first line, or a page that all lines share.
    pub(crate) first: bool,
}

/// Every page of the administrator, in the order of the menu.
pub(crate) fn views() -> Vec<View> {
    let mut out = Vec::new();
    for page in &PAGES {
        let path = format!("/{}/{}", TABS[usize::from(page.tab)].id, page.id);
        let Some(dimension) = page.per.map(|index| &DIMENSIONS[usize::from(index)]) else {
            out.push(View { path, title: page.title.to_owned(), page, first: true });
            continue;
        };
        out.extend(dimension.numbers.iter().enumerate().map(|(i, number)| {
            let title = page.title.replace(&format!("{{{}}}", dimension.id), &number.to_string());
            View { path: format!("{path}/{number}"), title, page, first: i == 0 }
        }));
    }
    out
}

/// The pages of settings, one line of each.
pub(crate) fn forms() -> Vec<View> {
    let is_form = |view: &View| view.first && view.page.sections.iter().any(|section| !section.fields.is_empty());
    views().into_iter().filter(is_form).collect()
}

/// The setting of this name, without aliases.
pub(crate) fn setting(name: &str) -> Option<ParamId> {
    lookup(name).filter(|found| !found.alias).map(|found| found.id)
}

/// Its family, for as long as the program runs.
pub(crate) fn family(id: ParamId) -> &'static Family {
    &offhook_params::FAMILIES[usize::from(id.family().0)]
}

/// Whether the field asks for the current and twice for a new password.
pub(crate) fn is_password_change(id: ParamId) -> bool {
    family(id).web.as_ref().is_some_and(|web| web.widget == Some(Widget::PasswordChange))
}

/// Whether the page shows the value.
pub(crate) fn is_shown(id: ParamId) -> bool {
    !family(id).secret
}

/// The generated values: of each family those that are allowed and those that are not.
pub(crate) struct Corpus(BTreeMap<String, (Vec<String>, Vec<String>)>);

impl Corpus {
    pub(crate) fn read() -> Self {
        let text = include_str!("../../../phone/params/corpus/values.json");
        let corpus: Value = serde_json::from_str(text).expect("the corpus is JSON");
        let list = |value: &Value| value.as_array().cloned().expect("a list");
        let text = |value: &Value| value.as_str().map(str::to_owned).expect("a text");
        let mut out = BTreeMap::new();
        for set in list(&corpus["sets"]) {
            let rows = list(&set["rows"]);
            let of = |valid: bool| -> Vec<String> {
                rows.iter().filter(|row| row["valid"] == valid).map(|row| text(&row["value"])).collect()
            };
            for family in list(&set["families"]) {
                out.insert(text(&family), (of(true), of(false)));
            }
        }
        Self(out)
    }

    /// Values that are allowed and differ from the factory's, such as a person would choose first.
    pub(crate) fn good(&self, id: ParamId) -> impl Iterator<Item = &str> {
        let (good, _) = &self.0[id.family().name];
        good.iter().map(String::as_str).filter(move |value| is_typed(value) && *value != id.default())
    }

    /// A value that is not allowed; one that fits into the field, if there is one.
    pub(crate) fn bad(&self, id: ParamId, most: Option<usize>) -> Option<&str> {
        let (_, bad) = &self.0[id.family().name];
        let fits = |value: &&str| most.is_none_or(|most| value.encode_utf16().count() <= most);
        let values = || bad.iter().map(String::as_str).filter(|value| is_typed(value) && !value.contains('"'));
        values().find(fits).or_else(|| values().next())
    }
}

/// Whether a person and the driver can type it: no controls, nothing beyond the basic plane, nothing that a file of one
/// line for each setting could not carry.
fn is_typed(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| !c.is_control() && c < '\u{10000}')
}

/// The settings as they would be: the factory's, and what has been entered.
#[derive(Default, Clone)]
pub(crate) struct Entered(pub(crate) BTreeMap<ParamId, String>);

impl Values for Entered {
    fn value(&self, id: ParamId) -> &str {
        self.0.get(&id).map_or_else(|| id.default(), String::as_str)
    }
}

impl Entered {
    /// Adds the first of the values that no rule between settings speaks against.
    pub(crate) fn add<'a>(&mut self, id: ParamId, mut values: impl Iterator<Item = &'a str>) -> Option<&'a str> {
        values.find(|value| {
            let before = self.0.insert(id, (*value).to_owned());
            let good = breaches(self).iter().all(|breach| !breach.rule.error);
            if !good {
                match before {
                    Some(before) => self.0.insert(id, before),
                    None => self.0.remove(&id),
                };
            }
            good
        })
    }
}
