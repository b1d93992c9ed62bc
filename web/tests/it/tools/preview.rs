//! Preview: what a save would change is shown first, and nothing else is saved after it.

use axum::http::StatusCode;
use offhook_settings::{Layer, Method};
use offhook_store::Edit;

use super::harmless;
use crate::site::{Page, Site, encoded, id};

const LINE: &str = "/voip/sip-line/1";

/// What a browser sends to the preview from the page as it is, with `changes` entered.
fn preview(site: &Site, path: &str, changes: &[(&str, &str)]) -> Page {
    let mut fields = site.get(path).fields();
    for (name, value) in changes {
        fields.retain(|(n, _)| n != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    site.post_body(&format!("/tools/preview{path}"), encoded(&fields))
}

/// The answer to a preview.
fn answer(site: &Site, page: &Page, step: &str) -> Page {
    let fields = [("token", page.value("token")), ("draft", page.value("draft")), ("step", step.to_owned())];
    let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    site.post_body("/tools/preview", encoded(&fields))
}

#[test]
fn a_preview_shows_what_save_does_and_then_does_it() {
    let site = Site::new();
    let button = site.get(LINE).tags().into_iter().find(|t| t.get("formaction").is_some()).expect("a button");
    assert_eq!(button.get("formaction"), Some("/tools/preview/voip/sip-line/1"));

    let page = preview(&site, LINE, &[("SIP_TIMER_T1_1", "250"), ("PHONE_NUMBER_1", "<b>&1")]);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("SIP_TIMER_T1_1") && page.says("250") && page.says("Nothing has been saved yet"));
    assert!(harmless(&page.html));
    crate::walk::sound("a preview", &page);
    assert!(site.layers().layer(Layer::User).is_empty());

    let page = answer(&site, &page, "save");
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Complete"), "{}", page.html);
    assert_eq!((site.value("SIP_TIMER_T1_1"), site.value("PHONE_NUMBER_1")), ("250".into(), "<b>&1".into()));
}

#[test]
fn faults_are_those_of_a_save() {
    let site = Site::new();
    for (path, field, value) in
        [(LINE, "SIP_TIMER_T1_1", "251"), (LINE, "SIP_SRC_PORT_1", "5070"), ("/network/basic", "NET_GATEWAY", "x")]
    {
        let page = preview(&site, path, &[(field, value)]);
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        let saved = site.submit(path, &[(field, value)]);
        assert_eq!(page.text(&format!("{field}-error")), saved.text(&format!("{field}-error")), "{field}");
        assert!(page.text(&format!("{field}-error")).is_some(), "{field}");
        assert_eq!(page.value(field), saved.value(field));
    }
    assert!(site.layers().layer(Layer::User).is_empty());
}

#[test]
fn editing_goes_on_where_it_was() {
    let site = Site::new();
    let page = preview(&site, LINE, &[("SIP_TIMER_T1_1", "250"), ("SIP_PASS_1", "not-told")]);
    assert!(!page.html.contains("not-told"), "the preview holds the password");
    let page = answer(&site, &page, "edit");
    assert_eq!(page.value("SIP_TIMER_T1_1"), "250");
    assert!(page.says("SIP_TIMER_T1_1") && !page.html.contains("not-told"));
    assert!(site.layers().layer(Layer::User).is_empty());
}

#[test]
fn secrets_are_saved_but_not_shown() {
    let site = Site::new();
    let page = preview(&site, LINE, &[("SIP_PASS_1", "first")]);
    assert!(page.says("SIP_PASS_1") && !page.html.contains("first\""));
    answer(&site, &page, "save");
    assert_eq!(site.value("SIP_PASS_1"), "first");
    let page = preview(&site, LINE, &[("SIP_PASS_1", "second")]);
    assert!(page.says("set to another value") && !page.html.contains("second"));
}

#[test]
fn a_preview_is_answered_once() {
    let site = Site::new();
    let page = preview(&site, LINE, &[("SIP_TIMER_T1_1", "250")]);
    let later = preview(&site, LINE, &[("SIP_TIMER_T1_1", "1000")]);
    assert_eq!(answer(&site, &page, "save").status, StatusCode::GONE);
    assert_eq!(site.user("SIP_TIMER_T1_1"), None);
    assert_eq!(answer(&site, &later, "save").status, StatusCode::OK);
    assert_eq!(answer(&site, &later, "save").status, StatusCode::GONE);
    assert_eq!(site.value("SIP_TIMER_T1_1"), "1000");
    let stale = preview(&site, LINE, &[("SIP_TIMER_T1_1", "250")]);
    site.wait(std::time::Duration::from_secs(21 * 60));
    assert_eq!(answer(&site, &stale, "save").status, StatusCode::GONE);
}

#[test]
fn what_changed_meanwhile_is_shown_again() {
    let site = Site::new();
    let page = preview(&site, LINE, &[("SIP_TIMER_T1_1", "250")]);
    site.store.edit(&[Edit::Set(id("SIP_TIMER_T1_1"), "1000".into())], Method::Phone).unwrap_or_else(|_| {
        // It has no place on the phone; another way in then.
        site.store.edit(&[Edit::Set(id("SIP_TIMER_T1_1"), "1000".into())], Method::Web).expect("allowed")
    });
    let page = answer(&site, &page, "save");
    assert!(page.says("Meanwhile something else has changed"), "{}", page.html);
    assert_eq!(site.value("SIP_TIMER_T1_1"), "1000");
    answer(&site, &page, "save");
    assert_eq!(site.value("SIP_TIMER_T1_1"), "250");
}

#[test]
fn forms_of_other_pages_are_refused() {
    let site = Site::new();
    let token = site.get(LINE).value("token");
    for (path, fields, status) in [
        ("/voip/sip-line/1", &[("ADMIN_PASS", "x")][..], StatusCode::BAD_REQUEST),
        ("/voip/sip-line/2", &[("SIP_TIMER_T1_2", "250")], StatusCode::FORBIDDEN),
        ("/voip/sip-line/7", &[], StatusCode::NOT_FOUND),
        ("/voip/nothing", &[], StatusCode::NOT_FOUND),
        ("/status/network", &[], StatusCode::NOT_FOUND),
        ("/maintenance/restart", &[], StatusCode::NOT_FOUND),
    ] {
        let mut all = vec![("token", token.as_str())];
        all.extend_from_slice(fields);
        assert_eq!(site.post_body(&format!("/tools/preview{path}"), encoded(&all)).status, status, "{path}");
    }
    assert!(preview(&site, LINE, &[]).says("Nothing that you entered differs"));
}
