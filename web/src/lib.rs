//! The administrator's web page: the tabs and pages of the spec over a store of settings, rendered on the server.
//!
//! An address names a page, `/{tab}/{page}` or `/{tab}/{page}/{number}` where each line has a page of its own. GET shows
//! it, POST applies what was entered as one transaction. An input is called as its parameter is in a file. Everything
//! works without script. Programs find the same below `/api/v1`, as JSON.

mod api;
mod assets;
pub mod auth;
mod body;
mod control;
mod field;
mod guard;
pub mod language;
mod layout;
mod pages;
mod save;
mod search;
mod shared;
mod token;
mod transfer;
mod view;
mod words;

use std::future::Future;
use std::io;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use tokio::net::TcpListener;

pub use shared::{Control, Shared, Status};

/// Most bytes of a posted form; the largest page takes less than a tenth of it.
pub const MAX_BODY: usize = 128 * 1024;

/// How long open connections may take to end once the server is told to stop.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// All routes of the page. Whoever serves them decides where: they expect to stand at the root of an origin.
pub fn router(app: Shared) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/{tab}", get(pages::tab))
        .route("/{tab}/{page}", get(pages::show).post(pages::act))
        .route("/{tab}/{page}/{number}", get(pages::show_number).post(pages::act_number))
        .merge(assets::routes())
        .merge(api::routes())
        .fallback(pages::nowhere)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(axum::middleware::from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}

/// Serves the page on `listener` until `stop` is ready; connections that are still open then get two seconds.
///
/// # Errors
/// The listener fails.
pub async fn serve(
    listener: TcpListener,
    app: Shared,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (stopped, last_words) = tokio::sync::oneshot::channel();
    let stop = async move {
        stop.await;
        // Nobody listens any more only if the server has ended already.
        let _ = stopped.send(());
    };
    let deadline = async move {
        match last_words.await {
            Ok(()) => tokio::time::sleep(LAST_WORDS).await,
            Err(_) => std::future::pending().await,
        }
    };
    let server = axum::serve(listener, router(app)).with_graceful_shutdown(stop).into_future();
    tokio::select! {
        ended = server => ended,
        () = deadline => Ok(()),
    }
}
