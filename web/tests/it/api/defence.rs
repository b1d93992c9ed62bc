//! What attackers and careless programs send: other origins, other media types, doubled and endless bodies.

use axum::body::Body;
use axum::http::Request;
use offhook_settings::Layer;

use super::{JSON, answer, call};
use crate::site::Site;

const CHANGE: &str = r#"{"SIP_TIMER_T1_1": "250"}"#;

#[test]
fn other_sites_change_nothing() {
    let file = "# Panasonic SIP Phone Standard Format File #\r\nSIP_TIMER_T1_1=\"250\"\r\n";
    for (method, target, media_type, body) in [
        ("PATCH", "/settings", JSON, CHANGE),
        ("POST", "/import", "text/plain", file),
        ("POST", "/restart", JSON, r#"{"confirm": true}"#),
    ] {
        let site = Site::new();
        for (header, value, ours) in [
            ("origin", "http://evil.example", false),
            ("origin", "http://phone.example:8080", false),
            ("origin", "null", false),
            ("sec-fetch-site", "cross-site", false),
            ("sec-fetch-site", "same-site", false),
            ("origin", "http://phone.example", true),
            ("sec-fetch-site", "same-origin", true),
        ] {
            let request =
                Request::builder().method(method).uri(format!("/api/v1{target}")).header("host", "phone.example");
            let request = request.header("content-type", media_type).header(header, value);
            let answer = answer(method, target, site.send(request.body(Body::from(body)).expect("a request")));
            assert_eq!(answer.status != 403, ours, "{target} {header}: {value}");
            let touched = site.restarts() > 0 || !site.layers().layer(Layer::User).is_empty();
            assert_eq!(touched, ours, "{target} {header}: {value}");
            assert!(answer.page.headers.keys().all(|name| !name.as_str().starts_with("access-control")));
        }
    }
}

#[test]
fn the_interface_has_the_names_of_the_unit() {
    let site = Site::new();
    for (host, status) in [("evil.example", 421), ("", 400), ("localhost", 200)] {
        let request = Request::get("/api/v1/settings/ADMIN_ID").header("host", host);
        let page = site.send(request.body(Body::empty()).expect("a request"));
        let answer = answer("GET", "/settings/ADMIN_ID", page);
        assert_eq!(answer.status, status, "{host}");
    }
}

#[test]
fn bodies_are_read_strictly() {
    let site = Site::new();
    for (media_type, body, status) in [
        ("", CHANGE, 415),
        ("text/plain", CHANGE, 415),
        ("application/json; charset=utf-16", CHANGE, 415),
        ("application/x-www-form-urlencoded", "SIP_TIMER_T1_1=250", 415),
        ("multipart/form-data; boundary=x", CHANGE, 415),
        (JSON, "", 400),
        (JSON, "null", 400),
        (JSON, "[]", 400),
        (JSON, "{", 400),
        (JSON, "{'SIP_TIMER_T1_1': '250'}", 400),
        (JSON, r#"{"SIP_TIMER_T1_1": "250",}"#, 400),
        (JSON, r#"{"SIP_TIMER_T1_1": "250", "SIP_TIMER_T1_1": "250"}"#, 400),
        (JSON, r#"{"SIP_TIMER_T1_1": "250"} {}"#, 400),
        (JSON, r#"{"SIP_TIMER_T1_1": "\ud800"}"#, 400),
        (JSON, r#"{"SIP_TIMER_T1_1": ["250"]}"#, 422),
        (JSON, r#"{"SIP_TIMER_T1_1": "250\u0000"}"#, 422),
        (JSON, r#"{"": "250"}"#, 422),
        ("Application/JSON; charset=UTF-8", "{}", 200),
    ] {
        assert_eq!(call(&site, "PATCH", "/settings", media_type, body).status, status, "{media_type}: {body}");
    }
    assert_eq!(call(&site, "PATCH", "/settings", JSON, vec![b'{', 0xff, b'}']).status, 400);
    assert_eq!(call(&site, "PATCH", "/settings", JSON, "[".repeat(100_000)).status, 400);
    assert_eq!(call(&site, "PATCH", "/settings", JSON, " ".repeat(200_000)).status, 413);
    let names: Vec<_> = (0..5000).map(|n| format!("\"SIP_TIMER_T{n}_1\": \"1\"")).collect();
    let answer = call(&site, "PATCH", "/settings", JSON, format!("{{{}}}", names.join(",")));
    assert_eq!(answer.status, 422);
    let two = Request::patch("/api/v1/settings").header("host", "localhost");
    let two = two.header("content-type", JSON).header("content-type", "text/plain");
    assert_eq!(site.send(two.body(Body::from(CHANGE)).expect("a request")).status, 415);
    assert!(site.layers().layer(Layer::User).is_empty());
}

#[test]
fn answers_carry_the_walls() {
    let site = Site::new();
    for target in ["/settings", "/settings/NONE", "/export", "/schema", "/openapi.json", "/nothing"] {
        let page = super::get(&site, target).page;
        assert_eq!(page.header("cache-control"), "no-store", "{target}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{target}");
        assert!(page.header("content-security-policy").contains("default-src 'none'"), "{target}");
    }
}
