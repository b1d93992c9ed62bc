//! Every page is there, says what the spec says, and is sound as a document.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use offhook_params::{DIMENSIONS, FAMILIES, PAGES, ParamId, STATUS_ROWS, TABS};

use crate::site::{Page, Site};

/// The addresses of all pages, made from the table without the help of the crate.
pub(crate) fn paths() -> Vec<String> {
    let mut out = Vec::new();
    for page in &PAGES {
        let path = format!("/{}/{}", TABS[usize::from(page.tab)].id, page.id);
        match page.per {
            None => out.push(path),
            Some(d) => {
                let numbers = DIMENSIONS[usize::from(d)].numbers;
                out.extend(numbers.iter().map(|n| format!("{path}/{n}")));
            }
        }
    }
    out
}

#[test]
fn every_setting_with_a_place_on_the_page_has_one_field() {
    let site = Site::new();
    let mut found = BTreeSet::new();
    for path in paths() {
        let page = site.get(&path);
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let named = page.tags().into_iter().filter(|t| t.get("type") != Some("hidden") && t.name != "meta");
        let names: BTreeSet<String> = named.filter_map(|t| t.get("name").map(str::to_owned)).collect();
        for name in names {
            let Some(setting) = offhook_params::lookup(&name) else { continue };
            assert!(found.insert(setting.id), "{name} is on {path} and on another page");
        }
    }
    let wanted: BTreeSet<ParamId> = FAMILIES.iter().filter(|f| f.web.is_some()).flat_map(|f| f.params()).collect();
    assert_eq!(found, wanted);
}

#[test]
fn every_page_is_sound() {
    let site = Site::new();
    site.provision(&[r#"SIP_TIMER_T1_1="1000""#]);
    site.post("/voip/sip-line/1", &[("SIP_TIMER_T1_1", "250"), ("PHONE_NUMBER_1", "<b>&\"'")]);
    for path in paths() {
        sound(&path, &site.get(&path));
    }
    sound("an error", &site.post("/voip/sip-line/1", &[("SIP_TIMER_T1_1", "251"), ("SIP_PASS_1", "\"")]));
    sound("no page", &site.get("/nowhere"));
}

pub(crate) fn sound(path: &str, page: &Page) {
    let tags = page.tags();
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|t| t.get("id")) {
        assert!(ids.insert(id), "{path}: {id} twice");
    }
    let labelled: BTreeSet<&str> = tags.iter().filter_map(|t| t.get("for")).collect();
    for tag in &tags {
        for attribute in ["for", "aria-describedby", "aria-labelledby"] {
            for id in tag.get(attribute).unwrap_or_default().split_whitespace() {
                assert!(ids.contains(id), "{path}: {attribute} names {id}");
            }
        }
        let control = matches!(tag.name.as_str(), "input" | "select" | "textarea");
        if control && tag.get("type") != Some("hidden") {
            let id = tag.get("id").unwrap_or_else(|| panic!("{path}: {tag:?} has no id"));
            assert!(labelled.contains(id), "{path}: {id} has no label");
        }
        let inline = ["style", "onclick", "onsubmit", "onchange", "oninput", "onload"];
        assert!(inline.iter().all(|a| tag.get(a).is_none()), "{path}: {tag:?}");
        assert_ne!(tag.name, "style", "{path}");
        if tag.name == "script" {
            assert!(tag.get("src").is_some_and(|src| src.starts_with("/assets/page.js?")), "{path}");
        }
        for attribute in ["href", "src", "action"] {
            let local = tag
                .get(attribute)
                .is_none_or(|target| (target.starts_with('/') && !target.starts_with("//")) || target.starts_with('#'));
            assert!(local, "{path}: {tag:?}");
        }
    }
    let opened = |name: &str| page.html.matches(&format!("<{name}")).count();
    for name in ["form", "fieldset", "table", "select", "textarea", "section", "main", "ul"] {
        assert_eq!(opened(name), page.html.matches(&format!("</{name}>")).count(), "{path}: {name}");
    }
    assert!(page.html.len() < 100_000, "{path}: {} bytes", page.html.len());
}

#[test]
fn tabs_and_menu_are_those_of_the_guide() {
    let site = Site::new();
    for tab in &TABS {
        let first = format!("/{}/{}", tab.id, PAGES[usize::from(tab.pages.start)].id);
        let answer = site.get(&format!("/{}", tab.id));
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let there = answer.headers["location"].to_str().expect("text").to_owned();
        assert!(there == first || there == format!("{first}/1"), "{there}");
    }
    let page = site.get("/voip/sip-line/2");
    let menu = page.html.split("class=\"menu\"").nth(1).and_then(|m| m.split("</nav>").next()).expect("a menu");
    let items: Vec<String> = menu.split("<li>").skip(1).map(crate::markup::plain).collect();
    assert_eq!(items.len(), 14);
    assert_eq!(items[..3], ["SIP Settings", "SIP Settings [Line 1]", "SIP Settings [Line 2]"]);
    assert!(page.says("SIP Settings [Line 2]"));
    assert!(page.html.contains("SIP_TIMER_T1_2") && !page.html.contains("SIP_TIMER_T1_1\""));
}

#[test]
fn addresses_that_are_no_page() {
    let site = Site::new();
    for (path, status) in [
        ("/", StatusCode::SEE_OTHER),
        ("/voip/sip-line", StatusCode::SEE_OTHER),
        ("/voip/sip-line/7", StatusCode::NOT_FOUND),
        ("/voip/sip-line/01", StatusCode::NOT_FOUND),
        ("/voip/sip-line/x", StatusCode::NOT_FOUND),
        ("/voip/sip/1", StatusCode::NOT_FOUND),
        ("/voip/nothing", StatusCode::NOT_FOUND),
        ("/nothing/sip", StatusCode::NOT_FOUND),
        ("/nothing", StatusCode::NOT_FOUND),
        ("/voip/sip-line/1/2", StatusCode::NOT_FOUND),
        ("/assets/other.css", StatusCode::NOT_FOUND),
        ("/assets/style.css", StatusCode::OK),
    ] {
        assert_eq!(site.get(path).status, status, "{path}");
    }
}

#[test]
fn status_rows_come_from_the_unit() {
    let site = Site::new();
    for row in &STATUS_ROWS {
        let page = PAGES
            .iter()
            .find(|p| p.sections.iter().any(|s| s.status.iter().any(|i| STATUS_ROWS[usize::from(*i)].id == row.id)));
        let page = page.expect("a page shows the row");
        let page = site.get(&format!("/status/{}", page.id));
        assert!(page.says(row.label) && page.says("Refresh"), "{}", row.id);
        match row.per {
            None => assert_eq!(page.text(row.id), Some(format!("<{}>", row.id))),
            Some(_) => assert_eq!(page.text(&format!("{}-6", row.id)), Some(format!("{} 6", row.id))),
        }
    }
}

#[test]
fn words_of_the_page_replace_those_of_the_file() {
    let site = Site::new();
    for family in FAMILIES.iter().filter(|f| f.web.as_ref().is_some_and(|w| !w.labels.is_empty())) {
        let web = family.web.as_ref().expect("filtered");
        let page = PAGES.get(usize::from(web.page)).expect("a page");
        let number = page.per.map_or(String::new(), |_| "/1".to_owned());
        let path = format!("/{}/{}{number}", TABS[usize::from(page.tab)].id, page.id);
        let html = site.get(&path);
        for (_, word) in web.labels {
            assert!(html.says(word), "{}: {word}", family.name);
        }
    }
}
