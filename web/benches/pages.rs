//! How fast the largest pages are rendered, logins included.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use criterion::{Criterion, criterion_group, criterion_main};
use http_body_util::BodyExt;
use offhook_params::lookup;
use offhook_settings::Method;
use offhook_store::{Edit, Store};
use offhook_web::unit::{Calls, Provisioning};
use offhook_web::{Control, Shared, Status, router};
use tower::ServiceExt;

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

fn pages(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = Store::open(folder.path()).expect("the folder opens");
    let set = |name: &str, value: &str| Edit::Set(lookup(name).expect("a setting").id, value.to_owned());
    let edits = [set("USER_PASS", "userpass"), set("WEB_LANGUAGE", "ja")];
    store.edit(&edits, Method::Web).expect("good values");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    // admin:adminpass and user:userpass
    for (who, login) in [("administrator", "YWRtaW46YWRtaW5wYXNz"), ("user", "dXNlcjp1c2VycGFzcw==")] {
        for path in ["/voip/sip-line/1", "/telephone/tones", "/network/napt", "/telephone/call-control"] {
            if who == "user" && path != "/telephone/call-control" {
                continue;
            }
            let shared = runtime.block_on(async { Shared::new(store.clone(), Unit, Unit, Vec::new()) });
            let shared = shared.expect("random numbers");
            shared.open_port();
            let router = router(shared);
            let get = |cookie: Option<&str>| {
                let request = Request::get(path).header("host", "localhost");
                let request = request.header("authorization", format!("Basic {login}"));
                let request = cookie.into_iter().fold(request, |r, c| r.header("cookie", c));
                let request = request.body(Body::empty()).expect("a request");
                runtime.block_on(async {
                    let answer = router.clone().oneshot(request).await.expect("a router never fails");
                    assert_eq!(answer.status(), StatusCode::OK);
                    let cookie = answer.headers().get("set-cookie").and_then(|c| c.to_str().ok()).map(str::to_owned);
                    let body = answer.into_body().collect().await.expect("a body").to_bytes();
                    (cookie, body.len())
                })
            };
            let (cookie, bytes) = get(None);
            let cookie = cookie.and_then(|c| c.split(';').next().map(str::to_owned)).expect("a cookie");
            c.bench_function(&format!("{who} {path} ({bytes} bytes)"), |b| b.iter(|| get(Some(&cookie))));
        }
    }
}

criterion_group!(benches, pages);
criterion_main!(benches);
