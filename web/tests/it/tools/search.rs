//! Search: what is found, where it leads, and what stays hidden.

use axum::http::StatusCode;

use super::{ATTACKS, harmless};
use crate::site::{Page, Site, encoded};

fn search(site: &Site, words: &str) -> Page {
    let page = site.get(&format!("/tools/search?{}", encoded(&[("q", words)])));
    assert_eq!(page.status, StatusCode::OK, "{words}");
    page
}

#[test]
fn settings_are_found_and_lead_to_their_fields() {
    let site = Site::new();
    site.provision(&[r#"DISPLAY_NAME_3="Reception desk""#]);
    for (words, name) in [
        ("SIP_TIMER_T1_2", "SIP_TIMER_T1_2"),
        ("sip_timer_t1_2", "SIP_TIMER_T1_2"),
        ("t1 timer line 2", "SIP_TIMER_T1_2"),
        ("reception DESK", "DISPLAY_NAME_3"),
        ("RFC 3842 voice mail", "VM_SUBSCRIBE_ENABLE"),
        ("web server port", "WEB_SERVER_PORT"),
    ] {
        let page = search(&site, words);
        let tags = page.tags();
        let mut links = tags.iter().filter_map(|t| t.get("href"));
        let link = links.find(|link| link.ends_with(&format!("#{name}-field")));
        let link = link.unwrap_or_else(|| panic!("{words}: no {name} in {}", page.html));
        let (path, anchor) = link.split_once('#').expect("an anchor");
        let there = site.get(path);
        assert!(there.tags().iter().any(|t| t.get("id") == Some(anchor)), "{link}");
    }
    let page = search(&site, "DISPLAY_NAME_3");
    assert!(page.says("Reception desk") && page.says("http://h.example/1.cfg"), "{}", page.html);
    assert!(search(&site, "no such words").says("No setting fits"));
    assert!(!search(&site, "").says("setting fits") && !search(&site, " ").says("setting fits"));
    assert!(search(&site, "sip").says("the first"));
}

#[test]
fn only_what_was_changed() {
    let site = Site::new();
    let changed = |site: &Site| site.get("/tools/search?q=&changed=yes");
    assert!(changed(&site).says("No setting fits"));
    site.submit("/voip/sip-line/1", &[("SIP_TIMER_T1_1", "250")]);
    assert!(changed(&site).says("SIP_TIMER_T1_1") && changed(&site).says("1 setting."));
}

#[test]
fn secrets_are_neither_found_nor_shown() {
    let site = Site::new();
    let url = r#"CFG_PRODUCT_FILE_PATH="http://me:hush-hush@h.example/p.cfg""#;
    site.provision(&[r#"SIP_PASS_1="not-told""#, url]);
    for words in ["not-told", "hush-hush"] {
        assert!(search(&site, words).says("No setting fits"), "{words}");
    }
    for (name, shown) in [("SIP_PASS_1", "set"), ("CFG_PRODUCT_FILE_PATH", "http://me:***@h.example/p.cfg")] {
        let page = search(&site, name);
        assert!(page.says(shown) && !page.html.contains("not-told") && !page.html.contains("hush-hush"), "{name}");
    }
}

#[test]
fn what_is_searched_for_is_text() {
    let site = Site::new();
    for attack in ATTACKS {
        let page = search(&site, attack);
        assert!(harmless(&page.html), "{attack}: {}", page.html);
        assert_eq!(page.value("q"), attack);
    }
    let long = "x".repeat(5000);
    assert_eq!(search(&site, &long).value("q").len(), 100);
    for query in ["q=%ff", "q=%", "=", "q=a&q=b"] {
        assert_eq!(site.get(&format!("/tools/search?{query}")).status, StatusCode::OK, "{query}");
    }
}
