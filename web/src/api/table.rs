//! The parameter table as it stands in JSON.

use offhook_params::{CATEGORIES, Family, GROUPS, ParamId};
use serde::Serialize;

use super::answer::applies;
use crate::view;

/// A family of settings: one declaration of the spec.
#[derive(Debug, Serialize)]
pub(super) struct Parameter {
    family: &'static str,
    /// The names of its settings.
    names: Vec<&'static str>,
    /// Their factory values, in the same order.
    defaults: Vec<&'static str>,
    category: &'static str,
    group: &'static str,
    /// What the page calls it; `{line}` and the like stand for a number.
    label: Option<&'static str>,
    /// The page of its first setting.
    page: Option<String>,
    format: &'static str,
    /// The values that it takes, in words.
    range: String,
    /// The values that it takes, as a schema.
    schema: String,
    unit: Option<&'static str>,
    empty: bool,
    secret: bool,
    /// Who may set it.
    methods: Vec<&'static str>,
    applies: &'static str,
    /// It has an effect only while this holds.
    when: Option<&'static str>,
    doc: &'static str,
}

impl Parameter {
    pub(super) fn of(family: &'static Family) -> Self {
        let group = &GROUPS[usize::from(family.group)];
        let methods = [("file", family.file), ("web", family.web.is_some()), ("phone", family.phone.is_some())];
        Self {
            family: family.name,
            names: family.params().map(ParamId::name).collect(),
            defaults: family.params().map(ParamId::default).collect(),
            category: CATEGORIES[usize::from(group.category)].id,
            group: group.id,
            label: family.web.as_ref().map(|web| web.label),
            page: view::home(family.first).map(view::View::path),
            format: family.format().as_str(),
            range: family.range_words(),
            schema: format!("/api/v1/openapi.json#/components/schemas/{}", family.name),
            unit: family.unit.map(|unit| unit.as_str()).filter(|unit| !unit.is_empty()),
            empty: family.empty,
            secret: family.secret,
            methods: methods.into_iter().filter(|(_, may)| *may).map(|(method, _)| method).collect(),
            applies: applies(family.applies),
            when: family.when.map(|(condition, _)| condition),
            doc: family.doc,
        }
    }
}
