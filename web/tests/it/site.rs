//! A site over a fresh state folder, and what came back from it.

use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt;
use offhook_params::{ParamId, lookup};
use offhook_settings::{Layer, Layers, Method};
use offhook_store::{Edit, Store};
use offhook_web::unit::{Calls, Provisioning};
use offhook_web::{Control, Log, Shared, Status, router};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::markup::{self, Tag};
use crate::unit;

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

pub(crate) struct Site {
    pub(crate) store: Store,
    pub(crate) shared: Shared,
    router: Router,
    client: RefCell<Client>,
    told: Told,
    runtime: tokio::runtime::Runtime,
    folder: TempDir,
}

/// A browser, as far as logins go: somebody at it knows a password, and it keeps a cookie.
struct Client {
    person: Person,
    authorization: Option<String>,
    cookie: Option<String>,
}

#[derive(PartialEq)]
enum Person {
    /// Whatever the password becomes, the administrator knows it.
    Administrator,
    Somebody,
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

    fn provisioning(&self) -> Provisioning {
        unit::provisioning()
    }

    fn calls(&self) -> Calls {
        unit::calls()
    }
}

/// What the unit was told to do, how often.
#[derive(Clone, Default)]
pub(crate) struct Told {
    restarts: Arc<AtomicUsize>,
    fetches: Arc<AtomicUsize>,
}

impl Control for Told {
    fn restart(&self) {
        self.restarts.fetch_add(1, Ordering::SeqCst);
    }

    /// The second one comes while the first is on its way.
    fn fetch(&self) -> Result<(), String> {
        match self.fetches.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(()),
            _ => Err("The files are being fetched <already>.".into()),
        }
    }
}

impl Site {
    /// An open site that the administrator is logged in to.
    pub(crate) fn new() -> Self {
        let site = Self::closed();
        site.open_port();
        site
    }

    /// A site as the unit starts it, with a client that knows the administrator's password.
    pub(crate) fn closed() -> Self {
        Self::over(tempfile::tempdir().expect("a folder"))
    }

    /// The same state folder in a new process, as far as the page can tell.
    pub(crate) fn reopened(self) -> Self {
        let Self { store, shared, router, folder, .. } = self;
        drop((store, shared, router));
        let site = Self::over(folder);
        site.open_port();
        site
    }

    /// The unit after a restart, which its store and its log live through; the administrator logs in again.
    pub(crate) fn restarted(self) -> Self {
        let Self { store, shared, router, folder, runtime, .. } = self;
        let log = shared.log().clone();
        drop((shared, router));
        let site = Self::with(folder, store, runtime, Some(log));
        site.open_port();
        site
    }

    fn over(folder: TempDir) -> Self {
        let (store, reports) = Store::open(folder.path()).expect("the folder opens");
        assert!(reports.is_empty(), "{reports:?}");
        // Time stands still unless a test lets it pass.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        Self::with(folder, store, runtime.expect("a runtime"), None)
    }

    fn with(folder: TempDir, store: Store, runtime: tokio::runtime::Runtime, log: Option<Log>) -> Self {
        let told = Told::default();
        let hosts = vec!["phone.example".into()];
        let shared = runtime.block_on(async { Shared::new(store.clone(), Rows, told.clone(), hosts) });
        let shared = shared.expect("random numbers");
        let shared = log.into_iter().fold(shared, Shared::with_log);
        let router = router(shared.clone());
        let client = Client { person: Person::Administrator, authorization: None, cookie: None };
        Self { store, shared, router, client: RefCell::new(client), told, runtime, folder }
    }

    /// Somebody else sits down at another browser.
    pub(crate) fn log_in(&self, id: &str, password: &str) {
        let authorization = Some(basic(id, password));
        *self.client.borrow_mut() = Client { person: Person::Somebody, authorization, cookie: None };
    }

    /// Somebody who knows no password.
    pub(crate) fn know_nothing(&self) {
        *self.client.borrow_mut() = Client { person: Person::Somebody, authorization: None, cookie: None };
    }

    /// Ends the session of whoever is logged in, as the timer would, and logs in as the user.
    pub(crate) fn become_user(&self) {
        self.open_port();
        self.store.edit(&[Edit::Set(id("USER_PASS"), "userpass".into())], Method::Web).expect("a password");
        self.close_port();
        self.open_port();
        self.log_in("user", "userpass");
    }

    /// [Web Port Close] and OK.
    pub(crate) fn close_port(&self) -> Page {
        let page = self.post("/web-port-close", &[]);
        assert_eq!(page.status, StatusCode::OK);
        page
    }

    /// Opens the web port, on the site's own clock.
    pub(crate) fn open_port(&self) {
        self.run(async { self.shared.open_port() });
    }

    pub(crate) fn port_is_open(&self) -> bool {
        self.run(async { self.shared.port_is_open() })
    }

    /// Runs something on the site's own clock.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Begins something that goes on whenever something else is run.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) -> tokio::task::JoinHandle<()> {
        self.runtime.spawn(work)
    }

    /// Time passes.
    pub(crate) fn wait(&self, time: Duration) {
        self.run(tokio::time::advance(time));
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
        self.told.restarts.load(Ordering::SeqCst)
    }

    pub(crate) fn fetches(&self) -> usize {
        self.told.fetches.load(Ordering::SeqCst)
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

    /// Sends a request as it is, but for the login.
    pub(crate) fn send(&self, mut request: Request<Body>) -> Page {
        let headers = request.headers_mut();
        let mut client = self.client.borrow_mut();
        if client.person == Person::Administrator {
            let known = Some(basic(&self.value("ADMIN_ID"), &self.value("ADMIN_PASS")));
            if client.authorization != known {
                (client.authorization, client.cookie) = (known, None);
            }
        }
        let known = [("authorization", &client.authorization), ("cookie", &client.cookie)];
        for (name, value) in known {
            if let Some(value) = value.as_ref().filter(|_| !headers.contains_key(name)) {
                headers.insert(name, value.parse().expect("a header"));
            }
        }
        drop(client);
        let page = self.exchange(request);
        let set = page.header("set-cookie").split(';').next().filter(|c| !c.is_empty()).map(str::to_owned);
        if let Some(cookie) = set {
            self.client.borrow_mut().cookie = Some(cookie).filter(|c| !c.ends_with('='));
        }
        page
    }

    fn exchange(&self, request: Request<Body>) -> Page {
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.expect("a router never fails");
            let (head, body) = answer.into_parts();
            let body = body.collect().await.expect("a body").to_bytes();
            let html = String::from_utf8(body.to_vec()).expect("UTF-8");
            Page { status: head.status, headers: head.headers, html }
        })
    }

    pub(crate) fn get(&self, path: &str) -> Page {
        let request = || Request::get(path).header("host", "127.0.0.1:8080").body(Body::empty()).expect("a request");
        let had_cookie = self.client.borrow().cookie.is_some();
        let page = self.send(request());
        // The session is over: the administrator types the password once more.
        let anew = had_cookie && self.client.borrow().cookie.is_none() && page.status == StatusCode::UNAUTHORIZED;
        match anew && self.client.borrow().person == Person::Administrator {
            true => self.send(request()),
            false => page,
        }
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

pub(crate) fn basic(id: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{password}")))
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
