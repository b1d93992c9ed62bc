//! Settings: a list, one, what a change would change, and the change.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use offhook_params::{CATEGORIES, GROUPS, ParamId, lookup, suggestions};
use offhook_settings::{ChangeSet, Layers, Method};
use offhook_store::{Edit, EditError, Store};
use serde::Serialize;
use serde_json::Value;

use super::Problem;
use super::answer::{Changes, Json, Setting};
use super::problem::Refused;
use super::request::{self, Body, Members, Query};
use crate::search::{Filter, find};
use crate::shared::Shared;

/// Most characters of a search.
const MAX_WORDS: usize = 100;

/// For so many unknown names of a change the similar ones are looked for, which is slow.
const SUGGESTIONS: usize = 20;

#[derive(Serialize)]
struct List<'a> {
    settings: Vec<Setting<'a>>,
}

/// GET `/settings`: those that the query asks for.
pub(super) async fn list(State(app): State<Shared>, uri: Uri) -> Result<Response, Problem> {
    let query = Query::read(&uri, &["q", "category", "group", "changed"])?;
    let known = |name: &str, ids: &[&str]| match query.get(name) {
        Some(wanted) if !ids.contains(&wanted) => Err(Problem::bad(format!("there is no {name} {wanted:?}"))),
        wanted => Ok(wanted),
    };
    let words = query.get("q").unwrap_or_default();
    if words.chars().count() > MAX_WORDS {
        return Err(Problem::bad(format!("q has at most {MAX_WORDS} characters")));
    }
    let filter = Filter {
        words,
        category: known("category", &CATEGORIES.each_ref().map(|c| c.id))?,
        group: known("group", &GROUPS.each_ref().map(|g| g.id))?,
        changed: query.choice("changed", &[("true", true), ("false", false)])?,
    };
    let layers = app.store.snapshot();
    let settings = find(&layers, &filter).into_iter().map(|id| Setting::of(&layers, id)).collect();
    Ok(Json(List { settings }).into_response())
}

/// GET `/settings/{name}`.
pub(super) async fn one(
    State(app): State<Shared>,
    uri: Uri,
    name: Result<Path<String>, PathRejection>,
) -> Result<Response, Problem> {
    Query::read(&uri, &[])?;
    let Path(name) = name.map_err(|_| Problem::bad("the name is not percent-encoded UTF-8"))?;
    let id = named(&name, true).map_err(|message| Problem::new(StatusCode::NOT_FOUND, format!("{name} {message}")))?;
    let layers: &Layers = &app.store.snapshot();
    Ok(Json(Setting::of(layers, id)).into_response())
}

/// PATCH `/settings`: all of the change, or nothing.
pub(super) async fn change(
    State(app): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    changed(app, &uri, &headers, body, |store, edits| store.edit(edits, Method::Web)).await
}

/// POST `/settings/preview`: what the change would change.
pub(super) async fn preview(
    State(app): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    changed(app, &uri, &headers, body, |store, edits| store.preview(edits, Method::Web)).await
}

async fn changed(
    app: Shared,
    uri: &Uri,
    headers: &HeaderMap,
    body: Body,
    make: fn(&Store, &[Edit]) -> Result<ChangeSet, EditError>,
) -> Result<Response, Problem> {
    Query::read(uri, &[])?;
    let body = request::body(headers, body, request::JSON)?;
    let (edits, mut refused) = edits(Members::read(&body)?);
    let changes = super::apart(move || match refused.is_empty() {
        true => Ok(make(&app.store, &edits)?),
        false => {
            // Nothing will be changed, but whoever asked wants to know all that is wrong at once.
            if let Err(EditError::Refused(more)) = app.store.preview(&edits, Method::Web) {
                refused.extend(more.into_iter().map(Refused::from));
            }
            Err(Problem::refused(refused))
        }
    });
    Ok(Json(Changes::from(&changes.await?)).into_response())
}

/// The edits that an object asks for, and what in it is none.
fn edits(members: Members) -> (Vec<Edit>, Vec<Refused>) {
    let (mut edits, mut refused) = (Vec::new(), Vec::new());
    for (name, value) in members.0 {
        match (named(&name, refused.len() < SUGGESTIONS), value) {
            (Err(message), _) => refused.push(Refused::name(name, message)),
            (Ok(id), Value::Null) => edits.push(Edit::Inherit(id)),
            (Ok(id), Value::String(value)) => edits.push(Edit::Set(id, value)),
            (Ok(_), _) => refused.push(Refused::form(name)),
        }
    }
    (edits, refused)
}

/// The setting with this name, or why there is none. `search` allows the slow search for similar names.
fn named(name: &str, search: bool) -> Result<ParamId, String> {
    match lookup(name) {
        Some(found) if !found.alias => return Ok(found.id),
        Some(found) => return Err(format!("is another name of {}: use that one", found.id)),
        None => {}
    }
    // Longer ones are no slips of anybody's pen, and comparing takes its time.
    let near = if search && name.len() <= MAX_WORDS { suggestions(name) } else { Vec::new() };
    Err(match near.first() {
        Some(near) => format!("is no setting; did you mean {near}?"),
        None => "is no setting".to_owned(),
    })
}
