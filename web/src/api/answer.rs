//! What the interface says of settings, changes and files, as it stands in JSON.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use offhook_config::Diagnostic;
use offhook_params::rules::has_effect;
use offhook_params::{Applies, ParamId, credentials};
use offhook_settings::{ChangeSet, Effective, Layer, Layers, Method};
use serde::Serialize;

use crate::transfer::hidden;

/// An answer in JSON.
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let text = serde_json::to_vec(&self.0).expect("an answer is plain data");
        ([(CONTENT_TYPE, "application/json")], text).into_response()
    }
}

/// A setting as it stands.
#[derive(Debug, Serialize)]
pub(super) struct Setting<'a> {
    name: &'static str,
    #[serde(flatten)]
    effective: Definition<'a>,
    /// What the layers below say, the strongest first.
    shadows: Vec<Definition<'a>>,
    /// Whether the user layer has a value for it, which `null` takes back.
    user: bool,
    /// Whether it has an effect as things stand.
    effect: bool,
    applies: &'static str,
}

/// What one layer says of a setting.
#[derive(Debug, Serialize)]
struct Definition<'a> {
    /// Nothing where it is hidden.
    value: Option<&'a str>,
    /// Whether there is a value that is not empty.
    set: bool,
    layer: &'static str,
    origin: Origin,
}

/// Where a layer has its value from.
#[derive(Debug, Serialize)]
struct Origin {
    method: &'static str,
    source: Option<String>,
    line: Option<u32>,
}

/// What a change changes.
#[derive(Debug, Serialize)]
pub(super) struct Changes {
    changes: Vec<Change>,
    /// What the most demanding of them needs before it counts; nothing for no change.
    applies: Option<&'static str>,
    /// The lines that register anew.
    lines: Vec<u16>,
}

#[derive(Debug, Serialize)]
struct Change {
    name: &'static str,
    before: Option<String>,
    after: Option<String>,
    applies: &'static str,
}

/// What a file says, and what it changes.
#[derive(Debug, Serialize)]
pub(super) struct Taken {
    /// How many settings of it were understood.
    pub(super) settings: usize,
    pub(super) diagnostics: Vec<Finding>,
    #[serde(flatten)]
    pub(super) changes: Changes,
}

/// What the reader has to say about a place in a file.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
    severity: &'static str,
    code: &'static str,
    message: String,
    remedy: Option<String>,
    line: u32,
    column: u32,
    /// The setting that it is about.
    name: Option<&'static str>,
}

impl<'a> Setting<'a> {
    pub(super) fn of(layers: &'a Layers, id: ParamId) -> Self {
        Self {
            name: id.name(),
            effective: Definition::of(id, &layers.effective(id)),
            shadows: layers.definitions(id).skip(1).map(|below| Definition::of(id, &below)).collect(),
            user: layers.layer(Layer::User).get(id).is_some(),
            effect: has_effect(id, layers).unwrap_or(true),
            applies: applies(id.family().applies),
        }
    }
}

impl<'a> Definition<'a> {
    fn of(id: ParamId, definition: &Effective<'a>) -> Self {
        let origin = definition.origin;
        Self {
            value: Some(definition.value).filter(|value| !hidden(id, value)),
            set: !definition.value.is_empty(),
            layer: definition.layer.as_str(),
            origin: Origin {
                method: method(origin.method),
                source: origin.source.as_deref().map(|source| credentials::blotted(source).into_owned()),
                line: origin.line,
            },
        }
    }
}

impl From<&ChangeSet> for Changes {
    fn from(set: &ChangeSet) -> Self {
        let registers = set.params().filter(|id| id.family().applies == Applies::ReRegister);
        let mut lines: Vec<u16> = registers.filter_map(|id| id.number("line")).collect();
        lines.sort_unstable();
        lines.dedup();
        let shown = |id, value: &String| Some(value.clone()).filter(|value| !hidden(id, value));
        let changes = set.changes.iter().map(|change| Change {
            name: change.id.name(),
            before: shown(change.id, &change.before),
            after: shown(change.id, &change.after),
            applies: applies(change.id.family().applies),
        });
        Self { changes: changes.collect(), applies: set.applies().map(applies), lines }
    }
}

impl From<&Diagnostic> for Finding {
    fn from(found: &Diagnostic) -> Self {
        Self {
            severity: found.severity.as_str(),
            code: found.code,
            message: found.message.clone(),
            remedy: found.remedy.clone(),
            line: found.line,
            column: found.column,
            name: found.param.map(ParamId::name),
        }
    }
}

/// The words of the interface, which never change, unlike those for people.
pub(super) const fn applies(applies: Applies) -> &'static str {
    match applies {
        Applies::Live => "live",
        Applies::ReRegister => "re-register",
        Applies::Restart => "restart",
    }
}

const fn method(method: Method) -> &'static str {
    match method {
        Method::Factory => "factory",
        Method::File => "file",
        Method::Web => "web",
        Method::Phone => "phone",
    }
}
