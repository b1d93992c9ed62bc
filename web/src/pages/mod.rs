//! The routes: from an address to a page, and from a posted form to its page.

mod action;
mod settings;
mod status;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use crate::body;
use crate::layout::trouble;
use crate::save::Posted;
use crate::shared::Shared;
use crate::view::View;

pub(crate) use settings::reason;

/// `/`: the first page of the first tab.
pub(crate) async fn home() -> Response {
    redirect(View::all().next())
}

/// `/{tab}`: the first page of the tab (guide rule 130).
pub(crate) async fn tab(Path(tab): Path<String>) -> Response {
    redirect(View::first(&tab))
}

/// GET `/{tab}/{page}`.
pub(crate) async fn show(State(app): State<Shared>, Path((tab, page)): Path<(String, String)>) -> Response {
    match View::find(&tab, &page, None) {
        Some(view) if view.number.is_some() => redirect(Some(view)),
        view => shown(&app, view),
    }
}

/// GET `/{tab}/{page}/{number}`.
pub(crate) async fn show_number(
    State(app): State<Shared>,
    Path((tab, page, number)): Path<(String, String, String)>,
) -> Response {
    shown(&app, View::find(&tab, &page, Some(&number)))
}

/// POST `/{tab}/{page}`.
pub(crate) async fn act(
    State(app): State<Shared>,
    Path((tab, page)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let view = View::find(&tab, &page, None).filter(|view| view.number.is_none());
    posted(app, view, &headers, &body).await
}

/// POST `/{tab}/{page}/{number}`.
pub(crate) async fn act_number(
    State(app): State<Shared>,
    Path((tab, page, number)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    posted(app, View::find(&tab, &page, Some(&number)), &headers, &body).await
}

/// Any other address.
pub(crate) async fn nowhere() -> Response {
    trouble(StatusCode::NOT_FOUND, "404 Not Found", "There is no page at this address.", "/")
}

fn redirect(view: Option<View>) -> Response {
    let not_found = || trouble(StatusCode::NOT_FOUND, "404 Not Found", "There is no page at this address.", "/");
    view.map_or_else(not_found, |view| Redirect::to(&view.path()).into_response())
}

fn shown(app: &Shared, view: Option<View>) -> Response {
    match view {
        None => redirect(None),
        Some(view) => match view.page.action {
            Some(action) => action::show(app, view, action),
            None if view.is_status() => status::show(app, view),
            None => settings::show(app, view),
        },
    }
}

async fn posted(app: Shared, view: Option<View>, headers: &HeaderMap, body: &[u8]) -> Response {
    let Some(view) = view else { return redirect(None) };
    if view.is_status() {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let form = match read(view, headers, body) {
        Ok(form) => form,
        Err((status, title, text)) => return trouble(status, title, &text, &view.path()),
    };
    if !app.tokens.fits(view, &form.token) {
        let text = "This form is not from the page as it is now: the unit has restarted since, or the form came from \
                    somewhere else. Nothing was changed.";
        return trouble(StatusCode::FORBIDDEN, "403 Forbidden", text, &view.path());
    }
    match view.page.action {
        Some(action) => action::act(app, view, action, &form).await,
        None => settings::save(app, view, form).await,
    }
}

/// What a body says; or the status, in number and words, and the text of a refusal.
fn read(view: View, headers: &HeaderMap, body: &[u8]) -> Result<Posted, (StatusCode, &'static str, String)> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|t| t.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let text = "A form is application/x-www-form-urlencoded.".to_owned();
        return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "415 Unsupported Media Type", text));
    }
    let bad = |why: &dyn std::fmt::Display| {
        (StatusCode::BAD_REQUEST, "400 Bad Request", format!("Nothing was changed: {why}."))
    };
    let pairs = body::pairs(body).map_err(|malformed| bad(&malformed))?;
    Posted::read(view, pairs).map_err(|foreign| bad(&foreign))
}
