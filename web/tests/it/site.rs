//! A site over a fresh state folder, and what came back from it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use offhook_params::{ParamId, lookup};
use offhook_settings::{Layer, Layers};
use offhook_store::Store;
use offhook_web::{Control, Shared, Status, router};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::markup::{self, Tag};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) struct Site {
    pub(crate) store: Store,
    router: Router,
    restarts: Arc<AtomicUsize>,
    runtime: tokio::runtime::Runtime,
    folder: TempDir,
}

pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

pub(crate) struct Rows;

impl Status for Rows {
    fn row(&self, id: &str, number: Option<u16>) -> String {
        match number {
            None => format!("<{id}>"),
            Some(number) => format!("{id} {number}"),
        }
    }
}

pub(crate) struct Restarts(pub(crate) Arc<AtomicUsize>);

impl Control for Restarts {
    fn restart(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::over(tempfile::tempdir().expect("a folder"))
    }

    /// The same state folder in a new process, as far as the page can tell.
    pub(crate) fn reopened(self) -> Self {
        let Self { store, router, folder, .. } = self;
        drop((store, router));
        Self::over(folder)
    }

    fn over(folder: TempDir) -> Self {
        let (store, reports) = Store::open(folder.path()).expect("the folder opens");
        assert!(reports.is_empty(), "{reports:?}");
        let restarts = Arc::new(AtomicUsize::new(0));
        let shared = Shared::new(store.clone(), Rows, Restarts(Arc::clone(&restarts)), vec!["phone.example".into()]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { store, router: router(shared.expect("random numbers")), restarts, runtime, folder }
    }

    /// Moves the state folder away under the store.
    pub(crate) fn lose_folder(&self, to: &Path) {
        std::fs::rename(self.folder.path(), to).expect("the folder moves");
    }

    /// Moves it back.
    pub(crate) fn find_folder(&self, from: &Path) {
        std::fs::rename(from, self.folder.path()).expect("the folder moves");
    }

    pub(crate) fn restarts(&self) -> usize {
        self.restarts.load(Ordering::SeqCst)
    }

    pub(crate) fn layers(&self) -> Arc<Layers> {
        self.store.snapshot()
    }

    /// The value in the user layer.
    pub(crate) fn user(&self, name: &str) -> Option<String> {
        self.layers().layer(Layer::User).get(id(name)).map(|(value, _)| value.to_owned())
    }

    pub(crate) fn value(&self, name: &str) -> String {
        self.layers().effective(id(name)).value.to_owned()
    }

    /// Fills the standard layer from lines of a file.
    pub(crate) fn provision(&self, lines: &[&str]) {
        let mut text = "# Panasonic SIP Phone Standard Format File #\r\n".to_owned();
        lines.iter().for_each(|line| text += &format!("{line}\r\n"));
        let replaced = self.store.replace(Layer::Standard, (text + "\r\n").as_bytes(), "http://h.example/1.cfg");
        let diagnostics = replaced.expect("a good file").diagnostics;
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
    }

    pub(crate) fn send(&self, request: Request<Body>) -> Page {
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.expect("a router never fails");
            let (head, body) = answer.into_parts();
            let body = body.collect().await.expect("a body").to_bytes();
            let html = String::from_utf8(body.to_vec()).expect("UTF-8");
            Page { status: head.status, headers: head.headers, html }
        })
    }

    pub(crate) fn get(&self, path: &str) -> Page {
        let request = Request::get(path).header("host", "127.0.0.1:8080");
        self.send(request.body(Body::empty()).expect("a request"))
    }

    /// Posts the fields with the page's own token.
    pub(crate) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.get(path).value("token");
        let mut all = vec![("token", token.as_str())];
        all.extend_from_slice(fields);
        self.post_body(path, encoded(&all))
    }

    pub(crate) fn post_body(&self, path: &str, body: impl Into<Body>) -> Page {
        let request = Request::post(path).header("host", "127.0.0.1:8080").header("content-type", FORM);
        self.send(request.body(body.into()).expect("a request"))
    }

    /// What a browser would send from the page as it is: everything shown, with `changes` entered.
    pub(crate) fn submit(&self, path: &str, changes: &[(&str, &str)]) -> Page {
        let mut fields = self.get(path).fields();
        for (name, value) in changes {
            fields.retain(|(n, _)| n != name || matches!(*name, "inherit" | "clear"));
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        self.post_body(path, encoded(&fields))
    }
}

impl Page {
    /// A header in text; empty if it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn tags(&self) -> Vec<Tag> {
        markup::tags(&self.html)
    }

    /// The value that the input called `name` is sent with.
    pub(crate) fn value(&self, name: &str) -> String {
        let fields = self.fields();
        let found = fields.iter().find(|(n, _)| n == name);
        found.unwrap_or_else(|| panic!("no field {name} in {}", self.html)).1.clone()
    }

    /// The names and values that a browser sends.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        markup::fields(&self.html)
    }

    /// The text of the element with this `id`, tags left out.
    pub(crate) fn text(&self, id: &str) -> Option<String> {
        markup::text(&self.html, id)
    }

    pub(crate) fn says(&self, text: &str) -> bool {
        markup::plain(&self.html).contains(text)
    }
}

pub(crate) fn id(name: &str) -> ParamId {
    lookup(name).unwrap_or_else(|| panic!("{name} is a setting")).id
}

pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        let byte = |b: u8| match b {
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b' ' => "+".to_owned(),
            b => format!("%{b:02X}"),
        };
        text.bytes().map(byte).collect()
    };
    let pairs: Vec<_> = fields.iter().map(|(n, v)| format!("{}={}", escape(n), escape(v))).collect();
    pairs.join("&")
}
