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
mod door;
mod field;
mod guard;
pub mod language;
mod layout;
mod pages;
mod save;
mod search;
mod server;
mod shared;
mod token;
mod tools;
mod transfer;
pub mod unit;
mod view;
mod visit;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

pub use server::serve;
pub use shared::{Control, Shared, Status};
pub use tools::{Level, Log};

/// Most bytes of a posted form; the largest page takes less than a tenth of it.
pub const MAX_BODY: usize = 128 * 1024;

/// All routes of the page. Whoever serves them decides where: they expect to stand at the root of an origin.
pub fn router(app: Shared) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/{tab}", get(pages::tab))
        .route("/{tab}/{page}", get(pages::show).post(pages::act))
        .route("/{tab}/{page}/{number}", get(pages::show_number).post(pages::act_number))
        .route(pages::CLOSE, get(pages::ask_to_close).post(pages::close))
        .merge(assets::routes())
        .merge(api::routes())
        .merge(tools::routes())
        .fallback(pages::nowhere)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(from_fn_with_state(app.clone(), door::pass))
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .with_state(app)
}
