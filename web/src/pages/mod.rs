//! The routes: from an address to a page, and from a posted form to its page.

mod action;
mod port;
mod settings;
mod status;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};

use crate::body;
use crate::language::own;
use crate::layout::trouble;
use crate::save::{Foreign, Posted};
use crate::shared::Shared;
use crate::tools;
use crate::view::View;
use crate::visit::Visit;

pub(crate) use port::{CLOSE, ask_to_close, close};
pub(crate) use settings::{entered, reason, refused, save};

/// `/`: the first page of the first tab.
pub(crate) async fn home(visit: Visit) -> Response {
    redirect(visit, visit.first())
}

/// `/{tab}`: the first page of the tab (guide rule 130).
pub(crate) async fn tab(visit: Visit, Path(tab): Path<String>) -> Response {
    let Some(tab) = offhook_params::TABS.iter().find(|t| t.id == tab) else { return not_found(visit) };
    // Of a tab that is none of the visitor's, the first page says so.
    redirect(visit, visit.views(tab).next().or_else(|| View::of_tab(tab).next()))
}

/// GET `/{tab}/{page}`.
pub(crate) async fn show(
    State(app): State<Shared>,
    visit: Visit,
    Path((tab, page)): Path<(String, String)>,
) -> Response {
    match View::find(&tab, &page, None) {
        Some(view) if view.number.is_some() => redirect(visit, Some(view)),
        view => shown(&app, visit, view),
    }
}

/// GET `/{tab}/{page}/{number}`.
pub(crate) async fn show_number(
    State(app): State<Shared>,
    visit: Visit,
    Path((tab, page, number)): Path<(String, String, String)>,
) -> Response {
    shown(&app, visit, View::find(&tab, &page, Some(&number)))
}

/// POST `/{tab}/{page}`.
pub(crate) async fn act(
    State(app): State<Shared>,
    visit: Visit,
    Path((tab, page)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let view = View::find(&tab, &page, None).filter(|view| view.number.is_none());
    posted(app, visit, view, &headers, &body).await
}

/// POST `/{tab}/{page}/{number}`.
pub(crate) async fn act_number(
    State(app): State<Shared>,
    visit: Visit,
    Path((tab, page, number)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    posted(app, visit, View::find(&tab, &page, Some(&number)), &headers, &body).await
}

/// Any other address.
pub(crate) async fn nowhere(visit: Visit) -> Response {
    not_found(visit)
}

fn not_found(visit: Visit) -> Response {
    trouble(visit, StatusCode::NOT_FOUND, &visit.words.text(own::TROUBLE_NOT_FOUND), "/")
}

fn redirect(visit: Visit, view: Option<View>) -> Response {
    view.map_or_else(|| not_found(visit), |view| Redirect::to(&view.path()).into_response())
}

/// A page that is another account's.
fn not_yours(visit: Visit) -> Response {
    trouble(visit, StatusCode::FORBIDDEN, &visit.words.text(own::TROUBLE_ADMINISTRATOR), "/")
}

fn shown(app: &Shared, visit: Visit, view: Option<View>) -> Response {
    match view {
        None => not_found(visit),
        Some(view) if visit.opens(view.page) => match view.page.action {
            Some(action) => action::show(app, visit, view, action),
            None if view.is_status() => status::show(app, visit, view),
            None => settings::show(app, visit, view),
        },
        // Whatever is asked for, the first login shows where to choose a password (guide rule 121).
        Some(_) if visit.must_change_password => redirect(visit, visit.first()),
        Some(_) => not_yours(visit),
    }
}

async fn posted(app: Shared, visit: Visit, view: Option<View>, headers: &HeaderMap, body: &[u8]) -> Response {
    let Some(view) = view else { return not_found(visit) };
    if !visit.opens(view.page) {
        return not_yours(visit);
    }
    if view.is_status() {
        return (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response();
    }
    let path = view.path();
    let pairs = match pairs(headers, body) {
        Ok(pairs) => pairs,
        Err(Refused(status, text)) => return trouble(visit, status, &text, &path),
    };
    let form = match Posted::read(view, visit, pairs.clone()).map_err(Refused::from) {
        Ok(form) => form,
        Err(Refused(status, text)) => return trouble(visit, status, &text, &path),
    };
    if !app.tokens.fits(&path, &form.token) {
        return trouble(visit, StatusCode::FORBIDDEN, &visit.words.text(own::TROUBLE_STALE_FORM), &path);
    }
    match view.page.action {
        Some(action) => action::act(app, visit, view, action, &form).await,
        None => match tools::question_first(&app, visit, view, &pairs) {
            Some(question) => question,
            None => settings::save(app, visit, view, form).await,
        },
    }
}

/// Why a body is no form of ours. It comes from a program, not from a person at a page, and so it is in English.
pub(crate) struct Refused(pub(crate) StatusCode, pub(crate) String);

impl From<Foreign> for Refused {
    fn from(foreign: Foreign) -> Self {
        let status = match foreign {
            Foreign::Forbidden(_) => StatusCode::FORBIDDEN,
            _ => StatusCode::BAD_REQUEST,
        };
        Self(status, format!("Nothing was changed: {foreign}."))
    }
}

/// The names and values of a form.
pub(crate) fn pairs(headers: &HeaderMap, body: &[u8]) -> Result<Vec<(String, String)>, Refused> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|t| t.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let text = "A form is application/x-www-form-urlencoded.".to_owned();
        return Err(Refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
    }
    let bad = |malformed| Refused(StatusCode::BAD_REQUEST, format!("Nothing was changed: {malformed}."));
    body::pairs(body).map_err(bad)
}
