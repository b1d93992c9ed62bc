//! The interface for programs: settings, files, state and restart as JSON below `/api/v1`.
//!
//! It does what the pages do, over the same store and by the same checks; `GET /api/v1/openapi.json` describes it.
//! A change is one transaction: all of it or nothing. Secrets are never given out: their `value` is `null`, and `set`
//! tells whether there is one. A URL with a password in it counts as a secret.
//!
//! **Requests** are read strictly. Unknown and doubled members, parameters and header fields are refused, so that a slip
//! of the pen does not look like success. Refusals are problem documents (RFC 9457).
//!
//! **Forgery.** A request that changes something must come from a program, or from a page of this unit: if it has an
//! `Origin`, that has to be ours, and so has `Sec-Fetch-Site` (see [`crate::guard`]). It also needs the media type of its
//! body. A page elsewhere cannot send `application/json`, `application/xml` or PATCH without asking first, and nothing
//! here answers such a question (CORS); `text/plain` it could send, but browsers put the `Origin` on every such request.
//! That leaves nothing for a token or a header of our own to add.

mod answer;
mod files;
mod problem;
mod request;
mod settings;
mod table;
mod unit;

use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, Uri};
use axum::routing::{MethodRouter, get, post};
use axum::{Router, http::Method};

pub(crate) use problem::Problem;

use crate::shared::Shared;
use crate::transfer::MAX_FILE;

/// Where the interface stands.
const ROOT: &str = "/api/v1";

/// All its routes; they stand beside those of the pages.
pub(crate) fn routes() -> Router<Shared> {
    let routes = addresses().into_iter().fold(Router::new(), |router, (path, methods)| {
        router.route(&format!("{ROOT}{path}"), methods.fallback(wrong_method))
    });
    // Without these, the addresses of pages would match, and answer in HTML.
    ["/api", "/api/{*rest}"].into_iter().fold(routes, |router, path| router.route(path, axum::routing::any(nowhere)))
}

fn addresses() -> [(&'static str, MethodRouter<Shared>); 13] {
    let file = || DefaultBodyLimit::max(MAX_FILE);
    [
        ("/settings", get(settings::list).patch(settings::change)),
        ("/settings/{name}", get(settings::one)),
        ("/settings/preview", post(settings::preview)),
        ("/diff", post(files::diff).layer(file())),
        ("/import", post(files::import).layer(file())),
        ("/export", get(files::export)),
        ("/status", get(unit::status)),
        ("/provisioning", get(unit::provisioning)),
        ("/provisioning/fetch", post(unit::fetch)),
        ("/calls", get(unit::calls)),
        ("/restart", post(unit::restart)),
        ("/schema", get(unit::schema)),
        ("/openapi.json", get(unit::description)),
    ]
}

/// Whether an address belongs to the interface, so that its refusals are for programs.
pub(crate) fn covers(uri: &Uri) -> bool {
    let path = uri.path();
    path == "/api" || path.starts_with("/api/")
}

/// Runs what may write to the disk on a thread that nobody else waits for.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let work = tokio::task::spawn_blocking(work);
    work.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()))
}

async fn nowhere() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing at this address")
}

async fn wrong_method(method: Method) -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, format!("{method} does nothing here"))
}
