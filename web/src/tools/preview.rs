//! Preview: what a form would change, what that restarts and what speaks against it, before anything is saved.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};
use offhook_params::Applies;
use offhook_settings::{ChangeSet, Method};
use offhook_store::EditError;

use super::draft::Draft;
use super::{Administrator, Form, changes, stale, trial};
use crate::layout::{answer, document, trouble};
use crate::pages::{self, pairs};
use crate::save::Posted;
use crate::shared::Shared;
use crate::view::View;
use crate::visit::Visit;

const PATH: &str = "/tools/preview";

/// Where the form of a page is previewed.
pub(crate) fn address(view: View) -> String {
    format!("{PATH}{}", view.path())
}

pub(super) async fn show(
    State(app): State<Shared>,
    Administrator(visit): Administrator,
    Path((tab, page)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let view = View::find(&tab, &page, None).filter(|view| view.number.is_none());
    preview(app, visit, view, &headers, &body).await
}

pub(super) async fn show_number(
    State(app): State<Shared>,
    Administrator(visit): Administrator,
    Path((tab, page, number)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    preview(app, visit, View::find(&tab, &page, Some(&number)), &headers, &body).await
}

async fn preview(app: Shared, visit: Visit, view: Option<View>, headers: &HeaderMap, body: &[u8]) -> Response {
    let Some(view) = view.filter(|view| !view.is_status() && view.page.action.is_none()) else {
        return pages::nowhere(visit).await;
    };
    let path = view.path();
    let pairs = match pairs(headers, body) {
        Ok(pairs) => pairs,
        Err(refused) => return trouble(visit, refused.0, &refused.1, &path),
    };
    let posted = match Posted::read(view, visit, pairs.clone()) {
        Ok(posted) => posted,
        Err(foreign) => {
            return trouble(visit, StatusCode::BAD_REQUEST, &format!("Nothing was changed: {foreign}."), &path);
        }
    };
    if !app.tokens.fits(&path, &posted.token) {
        return stale(visit, &path);
    }
    hold(&app, visit, view, posted, pairs, None)
}

/// The question that a form has to pass before it is saved: its preview, where it would restart the unit from a page
/// that does not say so.
pub(crate) fn question_first(app: &Shared, visit: Visit, view: View, pairs: &[(String, String)]) -> Option<Response> {
    if !trial::needs_question(visit, view) {
        return None;
    }
    let read = || Posted::read(view, visit, pairs.to_vec()).ok().filter(|posted| !posted.confirmed);
    let (edits, entered) = read()?.judge(view, visit, &app.store.snapshot());
    let set = app.store.preview(&edits, Method::Web).ok().filter(|_| !entered.is_faulty())?;
    set.params().any(trial::is_tried).then_some(())?;
    Some(hold(app, visit, view, read()?, pairs.to_vec(), None))
}

/// Shows what the form would do and keeps it until somebody says OK; a form that cannot be saved is shown with its
/// faults, as \[Save\] would show it.
fn hold(
    app: &Shared,
    visit: Visit,
    view: View,
    posted: Posted,
    pairs: Vec<(String, String)>,
    note: Option<&str>,
) -> Response {
    let layers = app.store.snapshot();
    let (edits, mut entered) = posted.judge(view, visit, &layers);
    match app.store.preview(&edits, Method::Web) {
        Err(EditError::Refused(refusals)) => {
            entered.refused(view, visit, &layers, &edits, refusals);
            pages::refused(app, visit, view, &entered)
        }
        Err(error) => trouble(visit, StatusCode::INTERNAL_SERVER_ERROR, &error.to_string(), &view.path()),
        Ok(_) if entered.is_faulty() => pages::refused(app, visit, view, &entered),
        Ok(set) => {
            let draft = Draft::Form { view, pairs, changes: set.clone() };
            match app.tools.drafts.put(draft) {
                Ok(name) => render(app, visit, view, &set, &name, note),
                Err(error) => trouble(visit, StatusCode::INTERNAL_SERVER_ERROR, &error.to_string(), &view.path()),
            }
        }
    }
}

fn render(app: &Shared, visit: Visit, view: View, set: &ChangeSet, name: &str, note: Option<&str>) -> Response {
    let title = format!("Preview: {}", view.title(visit.words));
    let main = html! {
        h1 { (title) }
        @if let Some(note) = note { div.result.failed role="alert" { p { (note) } } }
        @match set.is_empty() {
            true => p.about { "Nothing that you entered differs from what counts already." },
            false => p.about { "Nothing has been saved yet. This is what " b { "Save" } " does:" },
        }
        (changes::changes(visit, set))
        (consequences(app, view.page.restarts, set))
        form.tool method="post" action=(PATH) autocomplete="off" {
            input type="hidden" name="token" value=(app.tokens.of(PATH));
            input type="hidden" name="draft" value=(name);
            div.actions {
                @if !set.is_empty() { button.primary type="submit" name="step" value="save" { "Save" } }
                button type="submit" name="step" value="edit" { "Go on editing" }
                a.button href=(view.path()) { "Discard" }
            }
        }
    };
    answer(StatusCode::OK, document(visit, &title, Some(view), &main))
}

/// What a change does to the unit as a whole.
pub(super) fn consequences(app: &Shared, restarts: bool, set: &ChangeSet) -> Markup {
    let on_trial = set.params().any(trial::is_tried);
    html! {
        @if on_trial {
            p.question {
                "The unit restarts at once, even during a call, and these settings are on trial: log in again within "
                (app.tools.trial.seconds()) " seconds and keep them, or the unit takes them back and restarts once more."
            }
        } @else if restarts && !set.is_empty() {
            p.question { "The unit restarts at once, even during a call." }
        } @else if set.applies() == Some(Applies::Restart) {
            p.question { "Some of it counts after the next restart, which you choose." }
        }
    }
}

/// The answer to a preview: save what it showed, or go on editing.
pub(super) async fn finish(
    State(app): State<Shared>,
    Administrator(visit): Administrator,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = match Form::read(&app, visit, PATH, &headers, &body) {
        Ok(form) => form,
        // A preview cannot be opened again by its address.
        Err(refused) => return trouble(visit, refused.0, &refused.1, "/"),
    };
    let draft = app.tools.drafts.take(form.get("draft").unwrap_or_default());
    let Some(Draft::Form { view, pairs, changes }) = draft else {
        let text = "This preview is no longer here: it was answered already, or a later one took its place. Nothing was \
                    changed.";
        return trouble(visit, StatusCode::GONE, text, "/");
    };
    let posted = match Posted::read(view, visit, pairs.clone()) {
        Ok(posted) => posted,
        Err(foreign) => return trouble(visit, StatusCode::BAD_REQUEST, &foreign.to_string(), &view.path()),
    };
    let (edits, entered) = posted.judge(view, visit, &app.store.snapshot());
    if form.get("step") != Some("save") {
        return pages::entered(&app, visit, view, &entered);
    }
    let Ok(posted) = Posted::read(view, visit, pairs.clone()) else { return stale(visit, &view.path()) };
    match app.store.preview(&edits, Method::Web) {
        Ok(now) if now != changes => {
            let note = "Meanwhile something else has changed. Nothing was saved; this is what Save does now:";
            hold(&app, visit, view, posted, pairs, Some(note))
        }
        _ => pages::save(app, visit, view, posted).await,
    }
}
