//! The files that pages refer to, built into the program.

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

struct Asset {
    path: &'static str,
    media_type: &'static str,
    text: &'static str,
}

static ASSETS: [Asset; 3] = [
    Asset { path: "/assets/style.css", media_type: "text/css; charset=utf-8", text: include_str!("assets/style.css") },
    Asset {
        path: "/assets/page.js",
        media_type: "text/javascript; charset=utf-8",
        text: include_str!("assets/page.js"),
    },
    Asset { path: "/assets/icon.svg", media_type: "image/svg+xml", text: include_str!("assets/icon.svg") },
];

/// One route for each file.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    ASSETS.iter().fold(Router::new(), |router, asset| {
        router.route(asset.path, get(move |headers: HeaderMap| std::future::ready(asset.answer(&headers))))
    })
}

impl Asset {
    /// Browsers keep the file and ask whether it is still the same, so that a firmware update shows at once.
    fn answer(&self, headers: &HeaderMap) -> Response {
        let tag = format!("\"{:016x}\"", fingerprint(self.text.as_bytes()));
        let known = headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
        let caching = [(CACHE_CONTROL, "no-cache".to_owned()), (ETAG, tag)];
        match known {
            true => (StatusCode::NOT_MODIFIED, caching).into_response(),
            false => (caching, [(CONTENT_TYPE, self.media_type)], self.text).into_response(),
        }
    }
}

/// FNV-1a, 64 bits: tells versions of a file apart, nothing more.
const fn fingerprint(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0100_0000_01b3);
        i += 1;
    }
    hash
}
