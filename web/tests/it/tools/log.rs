//! The log tells what happened, and no secrets.

use axum::http::StatusCode;
use offhook_web::Level;

use super::{ATTACKS, harmless};
use crate::site::{Site, encoded};

#[test]
fn edits_and_refused_logins_are_told() {
    let site = Site::new();
    site.submit("/voip/sip-line/1", &[("SIP_TIMER_T1_1", "250"), ("SIP_PASS_1", "not-told")]);
    site.close_port();
    site.open_port();
    site.log_in("admin", "wrong-password");
    assert_eq!(site.get("/").status, StatusCode::UNAUTHORIZED);
    let site = site.restarted();
    let page = site.get("/tools/log");
    assert!(
        page.says("settings changed on the page: SIP_PASS_1, SIP_TIMER_T1_1")
            || page.says("SIP_TIMER_T1_1, SIP_PASS_1"),
        "{}",
        page.html
    );
    assert!(page.says("a login was refused"), "{}", page.html);
    assert!(!page.html.contains("not-told") && !page.html.contains("wrong-password"));
    crate::walk::sound("the log", &page);
}

#[test]
fn levels_and_words_narrow_and_the_newest_comes_first() {
    let site = Site::new();
    let log = site.shared.log();
    log.push(Level::Info, "first of all");
    log.push(Level::Warning, "second thing");
    log.push(Level::Error, "third\r\n2026-01-01 forged line");
    for (query, says) in [
        ("", &["first of all", "second thing", "third"][..]),
        ("level=info", &["first of all", "second thing", "third"]),
        ("level=warning", &["second thing", "third"]),
        ("level=error", &["third"]),
        ("level=nonsense", &["first of all", "second thing", "third"]),
        ("q=SECOND", &["second thing"]),
        ("q=nothing+like+it", &[]),
    ] {
        let page = site.get(&format!("/tools/log?{query}"));
        let told = |text: &str| page.html.find(text);
        for text in ["first of all", "second thing", "third"] {
            assert_eq!(told(text).is_some(), says.contains(&text), "{query}: {text}");
        }
        assert!(told("third").zip(told("first of all")).is_none_or(|(new, old)| new < old));
        assert!(!page.html.contains('\n'));
    }
}

#[test]
fn events_are_text_and_the_ring_is_bounded() {
    let site = Site::new();
    for attack in ATTACKS {
        site.shared.log().push(Level::Info, attack);
        let page = site.get(&format!("/tools/log?{}", encoded(&[("q", attack)])));
        assert!(harmless(&page.html) && page.says(attack), "{attack}: {}", page.html);
    }
    for n in 0..2000 {
        site.shared.log().push(Level::Info, format!("event {n} {}", "x".repeat(1000)));
    }
    let page = site.get("/tools/log");
    assert!(page.says("event 1999 ") && page.says("event 1500 ") && !page.says("event 1499 "));
    assert!(page.html.len() < 400_000);
}
