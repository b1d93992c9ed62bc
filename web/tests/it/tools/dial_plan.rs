//! The dial plan tester says what the phone would do.

use axum::http::StatusCode;

use super::{ATTACKS, harmless};
use crate::site::{Site, encoded};

#[test]
fn numbers_are_explained() {
    let site = Site::new();
    for (fields, status, says) in [
        (&[("plan", "[2346789]11|0900x.!"), ("numbers", "911 0900123")][..], StatusCode::OK, "calls 911, at once"),
        (&[("plan", "0900x.!"), ("numbers", "0900123")], StatusCode::OK, "refused"),
        (&[("plan", "<9:>xxxS2"), ("numbers", "9123")], StatusCode::OK, "calls 123"),
        (&[("plan", "12x"), ("numbers", "77"), ("filter", "yes")], StatusCode::OK, "refused"),
        (&[("plan", "12x"), ("numbers", "77")], StatusCode::OK, "no branch matches"),
        (&[("plan", "12x"), ("numbers", "77"), ("between", "3")], StatusCode::OK, "after 3 s"),
        (&[("plan", "1xT"), ("numbers", "12"), ("macro", "7")], StatusCode::OK, "after 7 s (macro timer)"),
        (&[("plan", "1x#"), ("numbers", "1#")], StatusCode::OK, "1#"),
        (&[("plan", "12x"), ("numbers", "abc")], StatusCode::OK, "column 1"),
        (&[("plan", "12["), ("numbers", "77")], StatusCode::UNPROCESSABLE_ENTITY, "column"),
        (&[("plan", "12x"), ("numbers", "77"), ("macro", "99")], StatusCode::UNPROCESSABLE_ENTITY, "99"),
        (&[("plan", "12x"), ("numbers", "")], StatusCode::OK, "12x"),
    ] {
        let page = site.get(&format!("/tools/dial-plan/1?{}", encoded(fields)));
        assert_eq!(page.status, status, "{fields:?}");
        assert!(page.says(says), "{fields:?}: {}", page.html);
    }
    // Without the box, # is a digit; with it, it ends dialing.
    let try_pound = |box_: &[(&str, &str)]| {
        let fields = [&[("plan", "x."), ("numbers", "12#3")], box_].concat();
        site.get(&format!("/tools/dial-plan/1?{}", encoded(&fields)))
    };
    assert!(try_pound(&[("pound", "yes")]).says("3 comes too late"));
    assert!(!try_pound(&[]).says("3 comes too late"));
}

#[test]
fn the_test_begins_with_the_settings_of_the_line() {
    let site = Site::new();
    site.provision(&[r#"DIAL_PLAN_2="1x.T""#, r#"DIAL_PLAN_NOT_MATCH_ENABLE_2="Y""#, r#"MACRODIGIT_TIM="9""#]);
    let fields = site.get("/tools/dial-plan/2").fields();
    let value = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    assert_eq!((value("plan"), value("filter"), value("macro")), (Some("1x.T"), Some("yes"), Some("9")));
    let fields = site.get("/tools/dial-plan/1").fields();
    assert!(fields.iter().all(|(name, _)| name != "filter") && fields.contains(&("plan".into(), String::new())));
}

#[test]
fn what_is_entered_on_the_page_of_the_line_is_tried() {
    let site = Site::new();
    let path = "/telephone/call-control-line/3";
    let page = site.get(path);
    let button = page.tags().into_iter().find(|t| t.get("formaction") == Some("/tools/dial-plan/3"));
    assert_eq!(button.expect("a button").get("type"), Some("submit"));
    let mut fields = page.fields();
    fields.retain(|(name, _)| !["DIAL_PLAN_3", "DIAL_PLAN_NOT_MATCH_ENABLE_3"].contains(&name.as_str()));
    fields.push(("DIAL_PLAN_3".into(), "55x".into()));
    fields.push(("DIAL_PLAN_NOT_MATCH_ENABLE_3".into(), "Y".into()));
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let page = site.post_body("/tools/dial-plan/3", encoded(&fields));
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!((page.value("plan"), page.value("filter")), ("55x".into(), "yes".into()));
    assert_eq!(site.user("DIAL_PLAN_3"), None);
}

#[test]
fn everything_entered_is_text_and_bounded() {
    let site = Site::new();
    for attack in ATTACKS {
        let fields = ["plan", "numbers", "macro"].map(|name| (name, attack));
        let page = site.get(&format!("/tools/dial-plan/1?{}", encoded(&fields)));
        assert!(harmless(&page.html), "{attack}: {}", page.html);
        let page = site.get(&format!("/tools/dial-plan/1?{}", encoded(&[("plan", "x."), ("numbers", attack)])));
        assert!(page.status == StatusCode::OK && harmless(&page.html), "{attack}");
    }
    let many = "1 ".repeat(500);
    let page = site.get(&format!("/tools/dial-plan/1?{}", encoded(&[("plan", "x."), ("numbers", &many)])));
    assert!(page.says("Only the first 50"));
    let long = "1|".repeat(400);
    let page = site.get(&format!("/tools/dial-plan/1?{}", encoded(&[("plan", &long), ("numbers", "1")])));
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}
