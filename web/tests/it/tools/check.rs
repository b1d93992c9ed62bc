//! The check of one value says what a save would say.

use axum::http::StatusCode;

use crate::site::{Site, encoded, id};

#[test]
fn a_check_says_what_a_save_would_say() {
    let site = Site::new();
    for (name, value) in [
        ("SIP_TIMER_T1_1", "250"),
        ("SIP_TIMER_T1_1", "251"),
        ("NET_GATEWAY", "127.0.0.1"),
        ("NET_GATEWAY", ""),
        ("DISPLAY_NAME_1", "\u{65e5}\u{672c}"),
        ("DISPLAY_NAME_1", "<script>alert(1)</script> and more than it takes"),
        ("SIP_PASS_1", "\""),
        ("DIAL_PLAN_1", "9x.[1-"),
    ] {
        let page = site.post_body("/tools/check", encoded(&[("name", name), ("value", value)]));
        assert_eq!(page.status, StatusCode::OK, "{name}");
        assert!(page.header("content-type").starts_with("text/plain"), "{}", page.header("content-type"));
        let fault = id(name).family().check(value).err().map(|fault| fault.to_string()).unwrap_or_default();
        assert_eq!(page.html, fault, "{name}={value}");
    }
    for (body, status) in [
        ("name=NO_SUCH&value=1", StatusCode::NOT_FOUND),
        ("name=SIP_TIMER_T1_1", StatusCode::BAD_REQUEST),
        ("value=1", StatusCode::BAD_REQUEST),
        ("name=%ff&value=1", StatusCode::BAD_REQUEST),
        ("", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(site.post_body("/tools/check", body).status, status, "{body}");
    }
    assert_eq!(site.get("/tools/check").status, StatusCode::METHOD_NOT_ALLOWED);
}

#[test]
fn the_script_may_ask_and_knows_where() {
    let site = Site::new();
    let page = site.get("/voip/sip-line/1");
    let form = page.tags().into_iter().find(|t| t.get("class") == Some("settings")).expect("a form");
    assert_eq!(form.get("data-check"), Some("/tools/check"));
    assert!(page.header("content-security-policy").contains("connect-src 'self'"));
    site.become_user();
    assert!(site.get("/system/language").tags().iter().all(|t| t.get("data-check").is_none()));
}
