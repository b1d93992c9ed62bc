//! The gate in front of the routes: who gets in, what the others see, and when the port closes.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use offhook_settings::Method as How;
use offhook_store::Edit;
use sha2::{Digest as _, Sha256};

use crate::site::{FORM, Page, Site, basic, encoded, id};
use crate::walk::paths;

const MINUTE: Duration = Duration::from_secs(60);

/// Every address that is answered, and some that are not.
fn addresses() -> Vec<String> {
    let mut all = paths();
    let others = [
        "/",
        "/voip",
        "/nowhere",
        "/voip/nowhere",
        "/voip/sip-line/9",
        "/web-port-close",
        "/tools",
        "/tools/search?q=PHONE_NUMBER",
        "/tools/files",
        "/tools/files/export",
        "/tools/dial-plan/1",
        "/tools/trial",
        "/tools/provisioning",
        "/tools/calls",
        "/tools/log",
        "/tools/check",
        "/tools/preview/voip/sip",
        "/assets/style.css",
        "/assets/page.js",
        "/assets/icon.svg",
        "/assets/nothing",
        "/api/v1/settings",
        "/api/v1/settings/ADMIN_PASS",
        "/api/v1/export",
        "/api/v1/status",
        "/api/v1/provisioning",
        "/api/v1/provisioning/fetch",
        "/api/v1/calls",
        "/api/v1/schema",
        "/api/v1/openapi.json",
        "/api/nothing",
    ];
    all.extend(others.map(str::to_owned));
    all
}

fn request(method: &Method, path: &str) -> Request<Body> {
    let request = Request::builder().method(method).uri(path).header("host", "localhost");
    request.header("content-type", FORM).body(Body::from("ADMIN_PASS=changed-it")).expect("a request")
}

#[test]
fn nothing_leaks_without_a_login() {
    let site = Site::new();
    site.provision(&[r#"PHONE_NUMBER_1="0612345""#, r#"ADMIN_ID="boss-id""#]);
    site.know_nothing();
    let plain = site.get("/").html;
    let methods =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    for path in addresses() {
        for method in &methods {
            let page = site.send(request(method, &path));
            assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            assert_eq!(page.headers.get_all("www-authenticate").iter().count(), 3);
            assert!(!page.headers.contains_key("set-cookie") && !page.headers.contains_key("location"));
            let problem = path.starts_with("/api") && page.header("content-type") == "application/problem+json";
            assert!(page.html == plain || page.html.is_empty() || problem, "{method} {path}: {}", page.html);
            assert!(!page.html.contains("0612345") && !page.html.contains("boss-id"));
        }
    }
    assert!(!plain.contains("href=\"/assets") && !plain.contains("<script"), "a file would ask for the password again");
    assert_eq!(site.value("ADMIN_PASS"), "adminpass");
}

#[test]
fn a_closed_port_says_nothing() {
    let site = Site::closed();
    for path in ["/", "/api/v1/status", "/assets/style.css"] {
        let page = site.get(path);
        assert_eq!((page.status, page.header("connection")), (StatusCode::SERVICE_UNAVAILABLE, "close"), "{path}");
    }
}

/// Whether the port is open, and what the phone shows.
fn port(site: &Site) -> (bool, String) {
    (site.port_is_open(), site.value("EMBEDDED_WEB"))
}

fn set(site: &Site, how: How, name: &str, value: &str) {
    let edit = [Edit::Set(id(name), value.to_owned())];
    // What follows from it happens on the site's own clock.
    site.run(async { site.store.edit(&edit, how).map(|_| ()) }).expect("it may be set so");
}

#[test]
fn the_port_follows_the_settings() {
    let site = Site::closed();
    assert_eq!(port(&site), (false, "N".into()));
    set(&site, How::Phone, "EMBEDDED_WEB", "Y");
    site.run(site.shared.port_opened());
    assert_eq!(site.get("/status/version").status, StatusCode::OK);
    set(&site, How::Phone, "EMBEDDED_WEB", "N");
    assert_eq!(port(&site), (false, "N".into()));
    site.provision(&[r#"HTTPD_PORTOPEN_AUTO="Y""#]);
    assert_eq!(port(&site), (true, "N".into()));
    assert!(site.close_port().says("stays open"));
    assert!(site.port_is_open());
}

#[test]
fn the_port_closes_and_the_phone_shows_it() {
    type Cause = fn(&Site);
    let causes: [(&str, Cause); 3] = [
        ("the timer", |site| {
            site.get("/status/version");
            site.wait(29 * MINUTE);
            site.get("/status/network");
            site.wait(29 * MINUTE);
            assert_eq!(site.get("/assets/style.css").status, StatusCode::OK, "guide rule 118: an action restarts it");
            site.wait(2 * MINUTE);
        }),
        ("Web Port Close", |site| {
            assert_eq!(site.get("/web-port-close").status, StatusCode::OK);
            assert!(site.port_is_open());
            assert!(site.close_port().says("The web port is closed"));
        }),
        ("three failures", |site| {
            site.log_in("admin", "wrong");
            for _ in 0..2 {
                assert_eq!(site.get("/").headers.get_all("www-authenticate").iter().count(), 3);
            }
            let last = site.get("/");
            assert_eq!(last.status, StatusCode::UNAUTHORIZED);
            assert_eq!(last.header("www-authenticate"), "Closed realm=\"Offhook\"");
            assert!(last.says("the web port is closed now"));
        }),
    ];
    for (name, cause) in causes {
        let site = Site::closed();
        set(&site, How::Phone, "EMBEDDED_WEB", "Y");
        cause(&site);
        site.run(site.shared.port_closed());
        assert_eq!(port(&site), (false, "N".into()), "{name}");
        assert_eq!(site.get("/").status, StatusCode::SERVICE_UNAVAILABLE);
        set(&site, How::Phone, "EMBEDDED_WEB", "Y");
        assert_eq!(port(&site), (true, "Y".into()), "{name}: it opens again");
    }
}

#[test]
fn a_page_that_reads_itself_neither_prolongs_nor_asks() {
    let site = Site::new();
    let live = "/status/network?live";
    (0..2).for_each(|_| assert_eq!(site.get("/status/network").status, StatusCode::OK));
    for _ in 0..29 {
        for live in [live, "/tools/provisioning?live", "/tools/calls?live"] {
            assert_eq!(site.get(live).status, StatusCode::OK);
        }
        site.wait(MINUTE);
    }
    site.wait(2 * MINUTE);
    assert!(!site.port_is_open());
    site.open_port();
    let page = site.get(live);
    assert_eq!((page.status, page.headers.contains_key("www-authenticate")), (StatusCode::FORBIDDEN, false));
    site.know_nothing();
    assert_eq!(site.get("/voip/sip?live").status, StatusCode::UNAUTHORIZED, "only what follows the unit");
}

#[test]
fn a_second_login_is_refused() {
    let site = Site::new();
    assert_eq!(site.get("/status/version").status, StatusCode::OK);
    for (id, password) in [("admin", "adminpass"), ("user", ""), ("admin", "wrong")] {
        site.log_in(id, password);
        let page = site.get("/voip/sip");
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        assert!(page.says("Somebody is logged in") && !page.html.contains("SIP_USER_AGENT"));
        assert_eq!(site.get("/api/v1/status").status, StatusCode::FORBIDDEN);
    }
}

#[test]
fn an_open_port_locks_after_failures() {
    let site = Site::closed();
    site.provision(&[r#"HTTPD_PORTOPEN_AUTO="Y""#]);
    site.log_in("admin", "wrong");
    (0..3).for_each(|_| assert_eq!(site.get("/").status, StatusCode::UNAUTHORIZED));
    site.log_in("admin", "adminpass");
    site.wait(Duration::from_secs(20));
    let page = site.get("/");
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "40"));
    assert!(page.says("40 seconds"));
    site.wait(Duration::from_secs(40));
    assert_eq!(site.get("/status/version").status, StatusCode::OK);
}

#[test]
fn a_post_needs_the_cookie_of_the_login() {
    let site = Site::new();
    let token = site.get("/voip/sip").value("token");
    site.get("/voip/sip");
    let body = encoded(&[("token", &token), ("SIP_USER_AGENT", "x")]);
    let post = |cookie: Option<&str>| {
        let request = Request::post("/voip/sip").header("host", "localhost").header("content-type", FORM);
        let request = cookie.into_iter().fold(request, |r, c| r.header("cookie", c));
        site.send(request.body(Body::from(body.clone())).expect("a request")).status
    };
    assert_eq!(post(Some("other=1")), StatusCode::FORBIDDEN);
    assert_eq!(post(None), StatusCode::OK);
}

/// The whole address counts, as it was sent, query and all.
#[test]
fn digest_is_answered_over_the_address() {
    let site = Site::new();
    site.know_nothing();
    let hash = |text: String| Sha256::digest(text).iter().map(|b| format!("{b:02x}")).collect::<String>();
    let ask = |target: &str, uri: &str, password: &str| {
        let challenge = site.get(target).header("www-authenticate").to_owned();
        let part = |name: &str| challenge.split(&format!("{name}=\"")).nth(1).and_then(|r| r.split('"').next());
        let (nonce, opaque) = (part("nonce").expect("a nonce"), part("opaque").expect("opaque"));
        let ha1 = hash(format!("admin:Offhook:{password}"));
        let response = hash(format!("{ha1}:{nonce}:00000001:c:auth:{}", hash(format!("GET:{uri}"))));
        let header = format!(
            "Digest username=\"admin\", realm=\"Offhook\", nonce=\"{nonce}\", uri=\"{uri}\", algorithm=SHA-256, \
             response=\"{response}\", opaque=\"{opaque}\", qop=auth, nc=00000001, cnonce=\"c\""
        );
        let request = Request::get(target).header("host", "localhost").header("authorization", header);
        site.send(request.body(Body::empty()).expect("a request")).status
    };
    let target = "/status/version?a=%20b&c";
    assert_eq!(ask(target, target, "wrong"), StatusCode::UNAUTHORIZED);
    assert_eq!(ask(target, "/status/version", "adminpass"), StatusCode::BAD_REQUEST);
    assert_eq!(ask(target, target, "adminpass"), StatusCode::OK);
}

#[test]
fn a_changed_password_is_asked_for() {
    let site = Site::new();
    site.log_in("admin", "adminpass");
    let fields = [("ADMIN_PASS.current", "adminpass"), ("ADMIN_PASS", "new-pass"), ("ADMIN_PASS.confirm", "new-pass")];
    let page = site.submit("/system/admin-password", &fields);
    assert!(page.says("Complete") && page.says("Log in again with the new password"), "{}", page.html);
    assert_eq!(site.get("/status/version").status, StatusCode::UNAUTHORIZED);
    site.log_in("admin", "new-pass");
    let page = site.get("/status/version");
    assert_eq!(page.status, StatusCode::OK);
    // Guide rule 127.
    let page = site.post("/maintenance/reset", &[("confirm", "yes")]);
    assert!(page.says("Complete"));
    assert_eq!(site.get("/status/version").status, StatusCode::UNAUTHORIZED);
    site.log_in("admin", "new-pass");
    assert_eq!(site.get("/status/version").status, StatusCode::UNAUTHORIZED);
    site.log_in("admin", "adminpass");
    assert_eq!(site.get("/status/version").status, StatusCode::OK);
}

#[test]
fn the_users_first_login_chooses_a_password() {
    let site = Site::new();
    site.log_in("user", "");
    let page = "/system/user-password";
    for path in addresses() {
        let answer = site.get(&path);
        let (status, there) = (answer.status, answer.header("location").to_owned());
        match path.as_str() {
            p if p == page || p == "/web-port-close" || p.starts_with("/assets/") => assert!(!status.is_redirection()),
            p if p.starts_with("/api") || p.starts_with("/tools") => {
                let refused = [StatusCode::FORBIDDEN, StatusCode::METHOD_NOT_ALLOWED].contains(&status);
                assert!(refused, "{path}: {status}");
            }
            _ if status == StatusCode::NOT_FOUND => {}
            // The first page of a tab leads there in two steps.
            "/voip" => assert_eq!(status, StatusCode::SEE_OTHER),
            _ => assert_eq!((status, there.as_str()), (StatusCode::SEE_OTHER, page), "{path}"),
        }
        assert!(answer.status != StatusCode::OK || !answer.html.contains("DISPLAY_NAME"), "{path}");
    }
    let form = site.get(page);
    assert!(form.says("Choose a password of your own"));
    assert_eq!(form.html.matches("<a href=\"/system\"").count(), 1);
    assert_eq!(form.html.matches("class=\"tabs\"").count(), 1);
    assert!(!form.html.contains("href=\"/telephone\""));
    let forged = encoded(&[("token", "x"), ("WEB_LANGUAGE", "de")]);
    assert_eq!(site.post_body("/system/language", forged).status, StatusCode::FORBIDDEN);
    let done = site.submit(page, &[("USER_PASS", "b7-Linden"), ("USER_PASS.confirm", "b7-Linden")]);
    assert!(done.says("Complete") && done.says("Log in again"));
    assert_eq!(site.get("/").status, StatusCode::UNAUTHORIZED);
    site.log_in("user", "b7-Linden");
    assert_eq!(site.get("/").header("location"), "/status/version");
}

/// Whatever is asked, no password is in the answer.
#[test]
fn passwords_are_in_no_answer() {
    let site = Site::new();
    let passwords = ["admin-secret", "user-secret", "line-secret", "http-secret", "proxy-hush"];
    site.provision(&[
        r#"ADMIN_PASS="admin-secret""#,
        r#"USER_PASS="user-secret""#,
        r#"SIP_PASS_1="line-secret""#,
        r#"CFG_STANDARD_FILE_PATH="http://me:proxy-hush@h.example/{mac}.cfg""#,
    ]);
    set(&site, How::Web, "HTTP_AUTH_PASS", "http-secret");
    let judge = |page: &Page, path: &str| {
        let headers = format!("{:?}", page.headers);
        for password in passwords {
            let login = basic("admin", password);
            let hidden = !page.html.contains(password) && !headers.contains(password) && !headers.contains(&login);
            let shown = path == "/maintenance/provisioning" && password == "proxy-hush";
            assert!(hidden || shown, "{path}: {password}");
        }
    };
    for path in addresses() {
        judge(&site.get(&path), &path);
    }
    site.log_in("user", "user-secret");
    site.open_port();
    judge(&site.get("/"), "/");
}
