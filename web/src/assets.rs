//! The files that pages refer to, built into the program.

use axum::Router;
use axum::http::Uri;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

pub(crate) struct Asset {
    path: &'static str,
    media_type: &'static str,
    text: &'static str,
    fingerprint: u64,
}

pub(crate) static STYLE: Asset =
    Asset::new("/assets/style.css", "text/css; charset=utf-8", include_str!("assets/style.css"));
pub(crate) static SCRIPT: Asset =
    Asset::new("/assets/page.js", "text/javascript; charset=utf-8", include_str!("assets/page.js"));
pub(crate) static ICON: Asset = Asset::new("/assets/icon.svg", "image/svg+xml", include_str!("assets/icon.svg"));

/// One route for each file.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    [&STYLE, &SCRIPT, &ICON]
        .into_iter()
        .fold(Router::new(), |router, asset| router.route(asset.path, get(|| std::future::ready(asset.answer()))))
}

/// Whether the address is that of a file.
pub(crate) fn covers(uri: &Uri) -> bool {
    uri.path().starts_with("/assets/")
}

impl Asset {
    const fn new(path: &'static str, media_type: &'static str, text: &'static str) -> Self {
        Self { path, media_type, text, fingerprint: fingerprint(text.as_bytes()) }
    }

    /// The address that pages have for this version of the file.
    pub(crate) fn address(&self) -> String {
        format!("{}?{:016x}", self.path, self.fingerprint)
    }

    /// Browsers keep the file without asking again: the last page before a restart looks like the others, and another
    /// version has another address.
    fn answer(&self) -> Response {
        let headers = [(CACHE_CONTROL, "private, max-age=31536000, immutable"), (CONTENT_TYPE, self.media_type)];
        (headers, self.text).into_response()
    }
}

/// FNV-1a, 64 bits: tells versions of a file apart, nothing more.
const fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}
