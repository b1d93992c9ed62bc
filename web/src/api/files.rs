//! Configuration files: what one would change, taking one in, and writing one.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use offhook_config::{Format, Reading};
use offhook_settings::ChangeSet;
use offhook_store::{EditError, Store};

use super::answer::{Changes, Finding, Json, Taken};
use super::request::{self, Body, Query};
use super::{Problem, apart};
use crate::shared::Shared;
use crate::transfer::{self, Scope};

/// What becomes of a file that has lines with errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Errors {
    /// Nothing of it is taken.
    Refuse,
    /// These lines are left out, as in a file that is fetched from a server.
    Skip,
}

/// POST `/diff`: what taking the file in would change, and what is wrong with it.
pub(super) async fn diff(
    State(app): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    Query::read(&uri, &[])?;
    taken(app, &headers, body, Errors::Skip, transfer::preview).await
}

/// POST `/import`: takes the file into the user layer, as one edit.
pub(super) async fn import(
    State(app): State<Shared>,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let query = Query::read(&uri, &["errors"])?;
    let errors = query.choice("errors", &[("refuse", Errors::Refuse), ("skip", Errors::Skip)])?;
    taken(app, &headers, body, errors.unwrap_or(Errors::Refuse), transfer::import).await
}

async fn taken(
    app: Shared,
    headers: &HeaderMap,
    body: Body,
    errors: Errors,
    take: fn(&Store, &Reading<'_>) -> Result<ChangeSet, EditError>,
) -> Result<Response, Problem> {
    let body = request::body(headers, body, request::FILE)?;
    apart(move || {
        let reading = transfer::read(&body);
        let diagnostics: Vec<_> = reading.diagnostics.iter().map(Finding::from).collect();
        if reading.void {
            return Err(Problem::bad_file(diagnostics, "the file is refused as a whole; nothing was changed"));
        }
        if errors == Errors::Refuse && reading.has_errors() {
            let detail = "the file has lines with errors; nothing was changed. errors=skip leaves these lines out";
            return Err(Problem::bad_file(diagnostics, detail));
        }
        match take(&app.store, &reading) {
            Ok(changes) => {
                let changes = Changes::from(&changes);
                Ok(Json(Taken { settings: reading.entries.len(), diagnostics, changes }).into_response())
            }
            Err(error) => Err(Problem::from(error).about(diagnostics)),
        }
    })
    .await
}

/// GET `/export`: a file with the settings, secrets left out.
pub(super) async fn export(State(app): State<Shared>, uri: Uri) -> Result<Response, Problem> {
    let query = Query::read(&uri, &["what", "format"])?;
    let scope = query.choice("what", &[("effective", Scope::Effective), ("user", Scope::User)])?;
    let format = query.choice("format", &[("plain", Format::Plain), ("xml", Format::Xml)])?;
    let (scope, format) = (scope.unwrap_or(Scope::Effective), format.unwrap_or(Format::Plain));
    let text = transfer::export(&app.store.snapshot(), scope, format)
        .map_err(|error| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))?;
    let headers = [
        (CONTENT_TYPE, transfer::media_type(format).to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", transfer::file_name(scope, format))),
    ];
    Ok((headers, text).into_response())
}
