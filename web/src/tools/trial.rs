//! Settings on trial: what may cut the browser off counts for good only once somebody has logged in under it.
//!
//! A change of the network's settings or of the web port is saved provisionally and the unit restarts. Whoever then gets
//! through to the page can keep the change; if nobody does in time, the unit takes it back and restarts once more. A
//! loss of power in between takes it back too: see [`offhook_store::Store::edit_provisional`].

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::{Markup, html};
use offhook_params::choices::ConnectionMode;
use offhook_params::{ParamId, lookup};
use offhook_settings::{ChangeSet, Method};
use offhook_store::{Edit, EditError};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::log::Level;
use super::{Administrator, Form, page};
use crate::layout::trouble;
use crate::pages::reason;
use crate::shared::Shared;
use crate::view::{View, home};
use crate::visit::Visit;

pub(super) const PATH: &str = "/tools/trial";

/// How long a trial waits unless the program says otherwise.
pub(crate) const WINDOW: Duration = Duration::from_secs(90);

/// What one run of the server knows of trials; the store knows the rest.
pub(super) struct Run {
    window: Duration,
    /// A trial began in this run: the unit has not restarted since, so nobody can have got through under it.
    began: AtomicBool,
    /// Told when a trial begins.
    moved: Notify,
}

/// How a change was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    ForGood,
    /// The unit has to restart now.
    OnTrial,
}

impl Run {
    pub(super) fn new(window: Duration) -> Self {
        Self { window, began: AtomicBool::new(false), moved: Notify::new() }
    }

    pub(super) fn window(&self) -> Duration {
        self.window
    }

    /// How long a trial waits.
    pub(super) fn seconds(&self) -> u64 {
        self.window.as_secs()
    }
}

impl Shared {
    /// Takes back, in time, what nobody keeps, and restarts the unit then. It never ends; run it beside the server, and
    /// also while the web port is closed.
    pub async fn watch_trials(&self) {
        let run = &self.tools.trial;
        loop {
            let Some(deadline) = self.store.deadline() else {
                run.moved.notified().await;
                continue;
            };
            tokio::select! {
                () = tokio::time::sleep_until(deadline.into()) => {}
                // A further change may have put it off.
                () = run.moved.notified() => continue,
            }
            let store = self.store.clone();
            let now = Instant::now().into_std();
            if let Some(changes) = super::apart(move || store.expire(now)).await {
                let text = format!("nobody kept the settings on trial; taken back: {}", super::log::names(&changes));
                self.tools.log.push(Level::Warning, text);
                self.control.restart();
            }
        }
    }
}

/// Whether a change of the setting may cut the browser off: it stands on a page whose changes restart the unit, those of
/// the network, or it is the web port.
pub(crate) fn is_tried(id: ParamId) -> bool {
    home(id).is_some_and(|view| view.page.restarts) || id == web_port()
}

/// Whether changes may restart the unit from a page that does not say so, and have to be asked for once more.
pub(super) fn needs_question(visit: Visit, view: View) -> bool {
    visit.is_administrator() && !view.page.restarts && view.params(visit).any(is_tried)
}

/// Makes an edit: on trial where an administrator changes what may cut them off, else for good. Whoever calls restarts
/// the unit after a trial has begun.
///
/// # Errors
/// As [`offhook_store::Store::edit`].
pub(crate) fn keep(app: &Shared, visit: Visit, edits: &[Edit], method: Method) -> Result<(ChangeSet, Kept), EditError> {
    let tried = visit.is_administrator() && app.store.preview(edits, method)?.params().any(is_tried);
    if !tried {
        return Ok((app.store.edit(edits, method)?, Kept::ForGood));
    }
    let run = &app.tools.trial;
    let deadline = Instant::now() + run.window;
    let changes = app.store.edit_provisional(edits, method, deadline.into_std())?;
    run.began.store(true, Ordering::SeqCst);
    run.moved.notify_one();
    Ok((changes, Kept::OnTrial))
}

/// What to do now, for the answer to a change on trial.
pub(crate) fn notice(app: &Shared, kept: Kept, changes: &ChangeSet) -> Markup {
    html! {
        @if kept == Kept::OnTrial {
            p {
                "The settings are on trial: log in again within " (app.tools.trial.seconds())
                " seconds and keep them; else the unit takes them back and restarts once more."
            }
            @match new_address(app, changes) {
                Some(address) => p { "The page is then at " a href={ (address) (PATH) } { (address) "/" } "." },
                None => p { a.button href=(PATH) { "Settings on trial" } },
            }
        }
    }
}

/// Where the page is after the restart, if the change says so.
fn new_address(app: &Shared, changes: &ChangeSet) -> Option<String> {
    let settings = app.store.snapshot().typed();
    let network = &settings.addressing;
    let static_now = network.connection_mode == ConnectionMode::Static;
    let moved = changes.params().any(|id| ["NET_CONNECTION_MODE", "NET_STATIC_ADDRESS"].contains(&id.name()));
    let host = network.static_address.filter(|_| static_now && moved)?;
    match settings.web_server.web_server_port.0 {
        80 => Some(format!("http://{host}")),
        port => Some(format!("http://{host}:{port}")),
    }
}

/// What stands above every page while a trial runs.
pub(crate) fn banner(deadline: Option<std::time::Instant>) -> Markup {
    html! {
        @if let Some(deadline) = deadline {
            div.trial role="status" {
                "Settings are on trial for another " (countdown(deadline)) " seconds. " a href=(PATH) { "Keep them?" }
            }
        }
    }
}

/// Seconds left; the script counts them down.
fn countdown(deadline: std::time::Instant) -> Markup {
    let left = Instant::from_std(deadline).saturating_duration_since(Instant::now()).as_secs();
    html! { span data-countdown=(left) { (left) } }
}

pub(super) async fn show(State(app): State<Shared>, Administrator(visit): Administrator) -> Response {
    respond(&app, visit, StatusCode::OK, &html! {})
}

fn respond(app: &Shared, mut visit: Visit, status: StatusCode, result: &Markup) -> Response {
    // The page says so itself, and may have ended the trial just now.
    visit.trial = None;
    let deadline = app.store.deadline();
    let began = app.tools.trial.began.load(Ordering::SeqCst);
    let main = html! {
        (result)
        @match deadline {
            None if status == StatusCode::OK && !result.0.is_empty() => {},
            None => p.about { "No settings are on trial." },
            Some(deadline) => {
                p.about {
                    "Settings of the network or of the web port were changed. Another " (countdown(deadline))
                    " seconds are left; then, or after a loss of power, the unit takes them back and restarts."
                }
                @if began { p.question { "The unit has not restarted since. Open this page again when it has." } }
                form.tool method="post" action=(PATH) autocomplete="off" {
                    input type="hidden" name="token" value=(app.tokens.of(PATH));
                    div.actions {
                        @match began {
                            true => a.button.primary href=(PATH) { "Open the page again" },
                            false => button.primary type="submit" name="step" value="keep" { "Keep the settings" },
                        }
                        button type="submit" name="step" value="back" { "Take them back now" }
                    }
                }
            }
        }
    };
    page(app, visit, status, PATH, "Settings on trial", &main)
}

/// Keeps the settings, or takes them back at once.
pub(super) async fn act(
    State(app): State<Shared>,
    Administrator(visit): Administrator,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = match Form::read(&app, visit, PATH, &headers, &body) {
        Ok(form) => form,
        Err(refused) => return trouble(visit, refused.0, &refused.1, PATH),
    };
    let step = form.get("step").unwrap_or_default().to_owned();
    let unproven = app.tools.trial.began.load(Ordering::SeqCst);
    super::apart(move || match step.as_str() {
        "keep" if !unproven => confirmed(&app, visit),
        "back" => taken_back(&app, visit),
        _ => respond(&app, visit, StatusCode::CONFLICT, &html! {}),
    })
    .await
}

fn confirmed(app: &Shared, visit: Visit) -> Response {
    let (status, result) = match app.store.confirm() {
        Ok(true) => {
            app.tools.log.push(Level::Notice, "the settings on trial are kept");
            (StatusCode::OK, complete("The settings are kept."))
        }
        Ok(false) => (StatusCode::CONFLICT, html! {}),
        Err(error) => {
            let result = html! {
                div.result.failed role="alert" {
                    p.message { "Failed (Memory Access Failure)" }
                    p { (reason(&error)) " The settings are still on trial." }
                }
            };
            (StatusCode::INTERNAL_SERVER_ERROR, result)
        }
    };
    respond(app, visit, status, &result)
}

fn taken_back(app: &Shared, visit: Visit) -> Response {
    match app.store.roll_back() {
        None => respond(app, visit, StatusCode::CONFLICT, &html! {}),
        Some(changes) => {
            let names = super::log::names(&changes);
            app.tools.log.push(Level::Notice, format!("the settings on trial are taken back: {names}"));
            app.control.restart();
            let text = "The settings are as before. The unit restarts now; open the page again when it is back.";
            respond(app, visit, StatusCode::OK, &complete(text))
        }
    }
}

fn complete(text: &str) -> Markup {
    html! { div.result.complete role="status" { p.message { "Complete" } p { (text) } } }
}

fn web_port() -> ParamId {
    lookup("WEB_SERVER_PORT").expect("a setting of the spec").id
}
