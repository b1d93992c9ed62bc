//! The unit: its state, its restart, and what it can be asked.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use offhook_params::{DIMENSIONS, FAMILIES, STATUS_ROWS};
use serde::Serialize;
use serde_json::Value;

use super::Problem;
use super::answer::Json;
use super::request::{self, Body, Members, Query};
use super::table::Parameter;
use crate::shared::Shared;

/// The description of the interface, made from the spec.
const OPENAPI: &str = include_str!("../../../docs/schema/openapi.json");

#[derive(Serialize)]
struct Rows {
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    id: &'static str,
    /// The line or the like that it is about.
    number: Option<u16>,
    label: &'static str,
    /// Empty where there is nothing to tell.
    value: String,
}

#[derive(Serialize)]
struct Table {
    parameters: Vec<Parameter>,
}

/// GET `/status`: what the status pages show.
pub(super) async fn status(State(app): State<Shared>, uri: Uri) -> Result<Response, Problem> {
    Query::read(&uri, &[])?;
    let mut rows = Vec::new();
    for row in &STATUS_ROWS {
        let one = |number| Row { id: row.id, number, label: row.label, value: app.status.row(row.id, number) };
        match row.per {
            None => rows.push(one(None)),
            Some(dimension) => {
                rows.extend(DIMENSIONS[usize::from(dimension)].numbers.iter().map(|number| one(Some(*number))));
            }
        }
    }
    Ok(Json(Rows { rows }).into_response())
}

/// GET `/provisioning`: what came of fetching files, and when the next fetch is.
pub(super) async fn provisioning(State(app): State<Shared>, uri: Uri) -> Result<Response, Problem> {
    Query::read(&uri, &[])?;
    Ok(Json(app.status.provisioning()).into_response())
}

/// POST `/provisioning/fetch`: the unit fetches its files once the answer is on its way.
pub(super) async fn fetch(
    State(app): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    confirmed(&uri, &headers, body, "a fetch, which may restart the unit,")?;
    app.control.fetch().map_err(|why| Problem::new(StatusCode::CONFLICT, why))?;
    Ok(StatusCode::ACCEPTED.into_response())
}

/// GET `/calls`: the lines and their calls.
pub(super) async fn calls(State(app): State<Shared>, uri: Uri) -> Result<Response, Problem> {
    Query::read(&uri, &[])?;
    Ok(Json(app.status.calls()).into_response())
}

/// POST `/restart`: the unit restarts once the answer is on its way.
pub(super) async fn restart(
    State(app): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    confirmed(&uri, &headers, body, "a restart, even during a call,")?;
    app.control.restart();
    Ok(StatusCode::ACCEPTED.into_response())
}

/// Whether the body says that `what` is meant.
fn confirmed(uri: &Uri, headers: &HeaderMap, body: Body, what: &str) -> Result<(), Problem> {
    Query::read(uri, &[])?;
    let members = Members::read(&request::body(headers, body, request::JSON)?)?;
    match members.0.as_slice() {
        [(name, Value::Bool(true))] if name == "confirm" => Ok(()),
        _ => Err(Problem::bad(format!("{what} takes {{\"confirm\": true}}"))),
    }
}

/// GET `/schema`: the parameter table.
pub(super) async fn schema(uri: Uri) -> Result<Response, Problem> {
    Query::read(&uri, &[])?;
    Ok(Json(Table { parameters: FAMILIES.iter().map(Parameter::of).collect() }).into_response())
}

/// GET `/openapi.json`.
pub(super) async fn description(uri: Uri) -> Result<Response, Problem> {
    Query::read(&uri, &[])?;
    Ok(([(CONTENT_TYPE, "application/json")], OPENAPI).into_response())
}
