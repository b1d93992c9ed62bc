//! The administrator's tools: what lies across the pages of settings, or watches over them.
//!
//! | address | tool |
//! |---|---|
//! | `/tools/search` | finds settings by name, label, help or value |
//! | `/tools/preview/{tab}/{page}` | what a form would change, before it does |
//! | `/tools/files` | takes a configuration file in, and writes one |
//! | `/tools/dial-plan/{line}` | what a dial plan does with numbers |
//! | `/tools/trial` | keeps or takes back settings that may cut the browser off |
//! | `/tools/provisioning` | what came of fetching the configuration files, and fetching them now |
//! | `/tools/calls` | what the lines and their calls do at this moment |
//! | `/tools/log` | what has happened of late |
//! | `/tools/check` | what is wrong with a value, for the script of the page |

mod calls;
mod changes;
mod check;
mod dial_plan;
mod draft;
mod files;
mod log;
mod preview;
mod provisioning;
mod search;
mod trial;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use crate::language::own;
use crate::layout::{answer, document, trouble};
use crate::pages::{Refused, pairs};
use crate::shared::Shared;
use crate::transfer::MAX_FILE;
use crate::view::View;
use crate::visit::Visit;

pub(crate) use changes::after;
pub(crate) use dial_plan::link as dial_plan_link;
pub use log::{Level, Log};
pub(crate) use preview::{address as preview_address, question_first};
pub(crate) use search::PATH as SEARCH;
pub(crate) use trial::{Kept, banner, keep, notice};

/// Where the script asks for the fault of a value.
pub(crate) const CHECK: &str = "/tools/check";

/// Most bytes of a posted upload beside the file itself.
const ENVELOPE: usize = 16 * 1024;

/// Tools that follow the unit: the script asks for them again, as it does for the status pages.
pub(crate) const LIVE: [&str; 2] = [provisioning::PATH, calls::PATH];

/// What the tools keep between requests.
pub(crate) struct Tools {
    pub(crate) log: Log,
    drafts: draft::Drafts,
    trial: trial::Run,
}

impl Tools {
    pub(crate) fn new(log: Log) -> Arc<Self> {
        Self::with(log, trial::WINDOW)
    }

    pub(crate) fn with_log(&self, log: Log) -> Arc<Self> {
        Self::with(log, self.trial.window())
    }

    pub(crate) fn with_window(&self, window: Duration) -> Arc<Self> {
        Self::with(self.log.clone(), window)
    }

    fn with(log: Log, window: Duration) -> Arc<Self> {
        Arc::new(Self { log, drafts: draft::Drafts::default(), trial: trial::Run::new(window) })
    }
}

/// All routes of the tools.
pub(crate) fn routes() -> Router<Shared> {
    // In a form, a byte of text may take three.
    let file = DefaultBodyLimit::max(3 * MAX_FILE + ENVELOPE);
    Router::new()
        .route("/tools", get(home))
        .route("/tools/", get(home))
        .route("/tools/search", get(search::show))
        .route("/tools/preview", post(preview::finish))
        .route("/tools/preview/{tab}/{page}", post(preview::show))
        .route("/tools/preview/{tab}/{page}/{number}", post(preview::show_number))
        .route("/tools/files", get(files::show))
        .route("/tools/files/import", post(files::import).layer(file))
        .route("/tools/files/apply", post(files::apply))
        .route("/tools/files/export", get(files::export))
        .route("/tools/dial-plan", get(dial_plan::first))
        .route("/tools/dial-plan/{line}", get(dial_plan::show).post(dial_plan::show_entered))
        .route("/tools/trial", get(trial::show).post(trial::act))
        .route(provisioning::PATH, get(provisioning::show).post(provisioning::act))
        .route(calls::PATH, get(calls::show))
        .route("/tools/log", get(log::show))
        .route(CHECK, post(check::check))
}

async fn home(_: Administrator) -> Response {
    Redirect::to(search::PATH).into_response()
}

/// A visit of the administrator; to anybody else these addresses say that they are not theirs.
#[derive(Clone, Copy)]
pub(crate) struct Administrator(pub(crate) Visit);

impl<S: Send + Sync> FromRequestParts<S> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let visit = Visit::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        match visit.is_administrator() {
            true => Ok(Self(visit)),
            false => Err(trouble(visit, StatusCode::FORBIDDEN, &visit.words.text(own::TROUBLE_ADMINISTRATOR), "/")),
        }
    }
}

/// The names and values of a posted form.
struct Form(Vec<(String, String)>);

impl Form {
    /// The form of the page at `path`, which its token proves.
    fn read(app: &Shared, visit: Visit, path: &str, headers: &HeaderMap, body: &[u8]) -> Result<Self, Refused> {
        let form = Self(pairs(headers, body)?);
        match form.get("token").is_some_and(|token| app.tokens.fits(path, token)) {
            true => Ok(form),
            false => Err(Refused(StatusCode::FORBIDDEN, visit.words.text(own::TROUBLE_STALE_FORM).into_owned())),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        value(&self.0, name)
    }
}

/// The first value of this name.
fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
}

/// A form that is not from the page as it is now.
fn stale(visit: Visit, back: &str) -> Response {
    trouble(visit, StatusCode::FORBIDDEN, &visit.words.text(own::TROUBLE_STALE_FORM), back)
}

/// The names and values of an address; what is no query asks for nothing.
fn query(uri: &axum::http::Uri) -> Vec<(String, String)> {
    crate::body::pairs(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default()
}

/// The page of a tool, with the way to the others.
fn page(app: &Shared, visit: Visit, status: StatusCode, path: &str, title: &str, main: &Markup) -> Response {
    let tools = [
        (search::PATH, "Search"),
        (files::PATH, "Import and export"),
        (dial_plan::PATH, "Dial plan"),
        (provisioning::PATH, "Provisioning"),
        (calls::PATH, "Calls"),
        (log::PATH, "Log"),
    ];
    let trial = app.store.deadline().is_some().then_some((trial::PATH, "Settings on trial"));
    let main = html! {
        nav.numbers aria-label="Tools" {
            ul {
                @for (address, name) in tools.into_iter().chain(trial) {
                    li { a href=(address) aria-current=[path.starts_with(address).then_some("page")] { (name) } }
                }
            }
        }
        h1 { (title) }
        (main)
    };
    answer(status, document(visit, title, None, &main))
}

/// The way from a page to the tool that shows what comes of it.
pub(crate) fn beside(visit: Visit, view: View) -> Markup {
    let tool = match (view.tab.id, view.page.id) {
        ("maintenance", "provisioning") => Some((provisioning::PATH, "What came of the last fetch")),
        ("status", "voip") => Some((calls::PATH, "Servers, calls and their sound")),
        _ => None,
    };
    html! {
        @if let Some((path, text)) = tool.filter(|_| visit.is_administrator()) { p.beside { a href=(path) { (text) } } }
    }
}

/// Runs what writes to the disk, or takes its time, on a thread that nobody else waits for.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let work = tokio::task::spawn_blocking(work);
    work.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()))
}
