//! How fast pages are rendered, logins included: `pages --renders N` renders the largest page so often, and without
//! arguments all pages are compared.
//!
//! `cargo xtask bench` measures the former from the outside.

use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use offhook_params::pages::Page;
use offhook_params::{DIMENSIONS, PAGES, TABS, lookup};
use offhook_settings::Method;
use offhook_store::{Edit, Store};
use offhook_web::unit::{Calls, Provisioning};
use offhook_web::{Control, Shared, Status, router};
use tower::ServiceExt;

/// `admin:adminpass` and `user:userpass`.
const LOGINS: [(&str, &str); 2] = [("administrator", "YWRtaW46YWRtaW5wYXNz"), ("user", "dXNlcjp1c2VycGFzcw==")];

/// How often a page is rendered when all are compared.
const ROUNDS: u32 = 500;

struct Unit;

impl Status for Unit {
    fn row(&self, id: &str, _: Option<u16>) -> String {
        id.to_owned()
    }

    fn provisioning(&self) -> Provisioning {
        Provisioning::default()
    }

    fn calls(&self) -> Calls {
        Calls::default()
    }
}

impl Control for Unit {
    fn restart(&self) {}

    fn fetch(&self) -> Result<(), String> {
        Ok(())
    }
}

/// A browser that is logged in to pages of its own.
struct Visitor {
    router: Router,
    runtime: tokio::runtime::Runtime,
    login: &'static str,
    cookie: Option<String>,
}

impl Visitor {
    fn new(store: &Store, login: &'static str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let shared = runtime.block_on(async { Shared::new(store.clone(), Unit, Unit, Vec::new()) });
        let shared = shared.expect("random numbers");
        shared.open_port();
        Self { router: router(shared), runtime, login, cookie: None }
    }

    /// The bytes of a page; nothing for one that the visitor has not.
    fn get(&mut self, path: &str) -> Option<usize> {
        let request = Request::get(path).header("host", "localhost");
        let request = request.header("authorization", format!("Basic {}", self.login));
        let request = self.cookie.iter().fold(request, |request, cookie| request.header("cookie", cookie));
        let request = request.body(Body::empty()).expect("a request");
        let (head, body) = self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.expect("a router never fails");
            let (head, body) = answer.into_parts();
            (head, body.collect().await.expect("a body").to_bytes())
        });
        let cookie = head.headers.get("set-cookie").and_then(|c| c.to_str().ok()?.split(';').next());
        self.cookie = cookie.map(str::to_owned).or(self.cookie.take());
        (head.status == StatusCode::OK).then_some(body.len())
    }
}

/// The address of a page, of its first number where it has several.
fn path(page: &Page) -> String {
    let number = page.per.map_or(String::new(), |d| format!("/{}", DIMENSIONS[usize::from(d)].numbers[0]));
    format!("/{}/{}{number}", TABS[usize::from(page.tab)].id, page.id)
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = Store::open(folder.path()).expect("the folder opens");
    let set = |name: &str, value: &str| Edit::Set(lookup(name).expect("a setting").id, value.to_owned());
    let edits = [set("USER_PASS", "userpass"), set("WEB_LANGUAGE", "ja")];
    store.edit(&edits, Method::Web).expect("good values");

    let mut args = std::env::args().skip_while(|arg| arg != "--renders").skip(1);
    if let Some(renders) = args.next() {
        let renders: u32 = renders.parse().expect("--renders takes a number");
        let mut visitor = Visitor::new(&store, LOGINS[0].1);
        let sizes = PAGES.iter().filter_map(|page| Some((visitor.get(&path(page))?, path(page))));
        let (_, largest) = sizes.max().expect("an administrator has pages");
        (0..renders).for_each(|_| assert!(visitor.get(&largest).is_some(), "it was there before"));
        return;
    }
    for (who, login) in LOGINS {
        let mut visitor = Visitor::new(&store, login);
        for path in PAGES.iter().map(path) {
            let Some(bytes) = visitor.get(&path) else { continue };
            let start = Instant::now();
            (0..ROUNDS).for_each(|_| assert!(visitor.get(&path).is_some(), "it was there before"));
            let each = start.elapsed() / ROUNDS;
            println!("{who:<14} {path:<32} {bytes:>7} bytes {:>9.1} us", each.as_secs_f64() * 1e6);
        }
    }
}
