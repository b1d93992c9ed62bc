//! What attackers try: forged posts, foreign names, script in values, forms that are none.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, Version};
use offhook_settings::Layer;

use crate::site::{FORM, Site, encoded};
use crate::walk::paths;

const PATH: &str = "/voip/sip-line/1";

fn post(site: &Site, headers: &[(&str, &str)], path: &str, body: String) -> StatusCode {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    site.send(request.body(Body::from(body)).expect("a request")).status
}

#[test]
fn a_post_needs_the_token_of_its_page() {
    let site = Site::new();
    let token = |path: &str| site.get(path).value("token");
    for (token, status) in [
        (String::new(), StatusCode::FORBIDDEN),
        ("0".repeat(64), StatusCode::FORBIDDEN),
        (token("/voip/sip-line/2"), StatusCode::FORBIDDEN),
        (token("/maintenance/restart"), StatusCode::FORBIDDEN),
        (token(PATH), StatusCode::OK),
    ] {
        let body = encoded(&[("token", &token), ("SIP_TIMER_T1_1", "250")]);
        assert_eq!(site.post_body(PATH, body).status, status);
        assert_eq!(site.user("SIP_TIMER_T1_1").is_some(), status == StatusCode::OK);
    }
    for path in paths().iter().filter(|p| !p.starts_with("/status")) {
        assert_eq!(site.post_body(path, "confirm=yes").status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(site.restarts(), 0);
}

#[test]
fn a_post_from_another_site_is_refused() {
    let site = Site::new();
    let token = site.get(PATH).value("token");
    let body = || encoded(&[("token", &token), ("SIP_TIMER_T1_1", "250")]);
    let host = ("host", "127.0.0.1:8080");
    let form = ("content-type", FORM);
    for (header, status) in [
        (("origin", "http://evil.example"), StatusCode::FORBIDDEN),
        (("origin", "http://127.0.0.1"), StatusCode::FORBIDDEN),
        (("origin", "null"), StatusCode::FORBIDDEN),
        (("sec-fetch-site", "cross-site"), StatusCode::FORBIDDEN),
        (("sec-fetch-site", "same-site"), StatusCode::FORBIDDEN),
        (("origin", "http://127.0.0.1:8080"), StatusCode::OK),
        (("sec-fetch-site", "same-origin"), StatusCode::OK),
    ] {
        assert_eq!(post(&site, &[host, form, header], PATH, body()), status, "{header:?}");
    }
    let plain = ("content-type", "text/plain");
    assert_eq!(post(&site, &[host, plain], PATH, body()), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[test]
fn only_names_of_the_unit_are_answered() {
    let site = Site::new();
    for (host, status) in [
        (Some("127.0.0.1:8080"), StatusCode::OK),
        (Some("192.168.0.228"), StatusCode::OK),
        (Some("[::1]:8080"), StatusCode::OK),
        (Some("localhost:1"), StatusCode::OK),
        (Some("LOCALHOST"), StatusCode::OK),
        (Some("Phone.Example:80"), StatusCode::OK),
        (Some("evil.example"), StatusCode::MISDIRECTED_REQUEST),
        (Some("127.0.0.1.evil.example"), StatusCode::MISDIRECTED_REQUEST),
        (Some("phone.example.evil.example"), StatusCode::MISDIRECTED_REQUEST),
        (Some("localhost@evil.example"), StatusCode::MISDIRECTED_REQUEST),
        (Some("evil.example@localhost"), StatusCode::MISDIRECTED_REQUEST),
        (Some(""), StatusCode::BAD_REQUEST),
        (None, StatusCode::BAD_REQUEST),
    ] {
        let request = Request::get(PATH);
        let request = host.into_iter().fold(request, |r, host| r.header("host", host));
        let page = site.send(request.body(Body::empty()).expect("a request"));
        assert_eq!(page.status, status, "{host:?}");
        assert_eq!(page.html.contains("SIP_TIMER_T1_1"), status == StatusCode::OK, "{host:?}");
    }
    let two = Request::get(PATH).header("host", "localhost").header("host", "evil.example");
    assert_eq!(site.send(two.body(Body::empty()).expect("a request")).status, StatusCode::BAD_REQUEST);
    let old = Request::get(PATH).version(Version::HTTP_10);
    assert_eq!(site.send(old.body(Body::empty()).expect("a request")).status, StatusCode::OK);
    let absolute = Request::get(format!("http://evil.example{PATH}")).header("host", "localhost");
    assert_eq!(site.send(absolute.body(Body::empty()).expect("a request")).status, StatusCode::BAD_REQUEST);
}

#[test]
fn every_answer_carries_the_walls() {
    let site = Site::new();
    let mut all = paths();
    all.extend(["/", "/voip", "/nowhere", "/assets/style.css", "/assets/page.js"].map(str::to_owned));
    for path in all {
        let headers = site.get(&path).headers;
        let get = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        let policy = get("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(get("x-frame-options"), "DENY", "{path}");
        assert_eq!(get("x-content-type-options"), "nosniff", "{path}");
        let kept = if path.starts_with("/assets") { "private, max-age=31536000, immutable" } else { "no-store" };
        assert_eq!(get("cache-control"), kept, "{path}");
    }
}

#[test]
fn values_are_text_and_never_markup() {
    let site = Site::new();
    let attacks =
        ["<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "</textarea><script>x</script>", "&lt;b&gt;"];
    for attack in attacks {
        for (path, name) in [
            (PATH, "PHONE_NUMBER_1"),
            ("/telephone/call-control-line/1", "DISPLAY_NAME_1"),
            ("/telephone/call-control-line/1", "DIAL_PLAN_1"),
            ("/voip/sip", "SIP_USER_AGENT"),
            ("/network/http", "HTTP_VER"),
            ("/maintenance/provisioning", "CFG_CYCLIC"),
        ] {
            for page in [site.submit(path, &[(name, attack)]), site.get(path)] {
                assert!(!page.html.contains("<script>") && !page.html.contains("<img"), "{name}={attack}");
                crate::markup::tags(&page.html);
            }
        }
        let page = site.post(PATH, &[(attack, "x")]);
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.says(attack) && !page.html.contains("<script>") && !page.html.contains("<img"));
    }
    site.submit("/telephone/call-control-line/1", &[("DISPLAY_NAME_1", "<b>A&B</b>")]);
    assert_eq!(site.get("/telephone/call-control-line/1").value("DISPLAY_NAME_1"), site.value("DISPLAY_NAME_1"));
}

#[test]
fn forms_that_are_not_the_pages_change_nothing() {
    let site = Site::new();
    for (fields, status) in [
        (&[("ADMIN_PASS", "whatever")][..], StatusCode::BAD_REQUEST),
        (&[("SIP_TIMER_T1_2", "250")], StatusCode::BAD_REQUEST),
        (&[("SIP_TIMER_T1_1", "250"), ("SIP_TIMER_T1_1", "500")], StatusCode::BAD_REQUEST),
        (&[("SIP_TIMER_T1_1", "250"), ("ADMIN_ID", "x")], StatusCode::BAD_REQUEST),
        (&[("inherit", "ADMIN_PASS")], StatusCode::BAD_REQUEST),
        (&[("was.", "x")], StatusCode::BAD_REQUEST),
        (&[("SIP_TIMER_T1_1.other", "x")], StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(site.post(PATH, fields).status, status, "{fields:?}");
    }
    let token = site.get(PATH).value("token");
    for tail in ["PHONE_NUMBER_1=%", "PHONE_NUMBER_1=%ff", "PHONE_NUMBER_1=%C0%80"] {
        let page = site.post_body(PATH, format!("token={token}&{tail}"));
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{tail}");
    }
    let long = format!("token={token}&PHONE_NUMBER_1={}", "1".repeat(200_000));
    assert_eq!(site.post_body(PATH, long).status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(site.post_body("/status/network", format!("token={token}")).status, StatusCode::METHOD_NOT_ALLOWED);
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let request = Request::builder().method(method).uri(PATH).header("host", "localhost");
        let page = site.send(request.body(Body::empty()).expect("a request"));
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert!(site.layers().layer(Layer::User).is_empty());
}
