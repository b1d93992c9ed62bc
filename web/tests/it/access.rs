//! Who sees and changes what, and in which language.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use offhook_params::{Access, FAMILIES, PAGES, ParamId, TABS};
use offhook_settings::{Layer, Method};
use offhook_store::Edit;

use crate::site::{Page, Site, encoded, id};
use crate::walk::paths;

/// The pages that the guide's list of settings has for the user, with how many fields each has for one line.
const OF_THE_USER: [(&str, usize); 9] = [
    ("/status/version", 0),
    ("/status/network", 0),
    ("/status/voip", 0),
    ("/network/basic", 7),
    ("/network/http", 2),
    ("/system/language", 1),
    ("/system/user-password", 1),
    ("/telephone/call-control", 31),
    ("/telephone/call-control-line", 11),
];

fn user() -> Site {
    let site = Site::new();
    site.become_user();
    site
}

fn fields(page: &Page) -> BTreeSet<ParamId> {
    let named = page.tags().into_iter().filter_map(|t| t.get("name").map(str::to_owned));
    named.filter_map(|name| offhook_params::lookup(&name)).map(|found| found.id).collect()
}

fn links(page: &Page, class: &str) -> Vec<String> {
    let list = page.html.split(&format!("class=\"{class}\"")).nth(1).unwrap_or_default();
    let list = list.split("</ul>").next().unwrap_or_default();
    crate::markup::tags(list).iter().filter_map(|t| t.get("href").map(str::to_owned)).collect()
}

#[test]
fn the_user_has_four_tabs_and_the_pages_of_the_guide() {
    let site = user();
    let mut seen: BTreeMap<String, BTreeSet<ParamId>> = BTreeMap::new();
    for path in paths() {
        let page = site.get(&path);
        let general = path.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('/').to_owned();
        match OF_THE_USER.iter().any(|(p, _)| *p == general) {
            true => {
                assert_eq!(page.status, StatusCode::OK, "{path}");
                assert_eq!(links(&page, "tabs"), ["/status", "/network", "/system", "/telephone"]);
                seen.entry(general).or_default().extend(fields(&page));
            }
            false => {
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
                assert!(page.says("This page is for the administrator."));
            }
        }
    }
    for (path, count) in OF_THE_USER {
        let families: BTreeSet<_> = seen[path].iter().map(|id| id.family()).collect();
        let lines = if path.ends_with("-line") { 6 } else { 1 };
        assert_eq!(seen[path].len(), count * lines, "{path}: {families:?}");
    }
    assert_eq!(links(&site.get("/network/http"), "menu"), ["/network/basic", "/network/http"]);
    assert_eq!(site.get("/system").header("location"), "/system/language");
    assert_eq!(site.get("/voip").header("location"), "/voip/sip");
    let wanted: BTreeSet<ParamId> = FAMILIES
        .iter()
        .filter(|f| f.web.as_ref().is_some_and(|web| web.access != Access::Admin))
        .flat_map(|f| f.params())
        .collect();
    assert_eq!(seen.into_values().flatten().collect::<BTreeSet<_>>(), wanted);
}

#[test]
fn a_forged_post_of_the_user_changes_nothing() {
    let site = user();
    for family in FAMILIES.iter().filter(|f| f.web.as_ref().is_some_and(|web| web.access == Access::Admin)) {
        let web = family.web.as_ref().expect("filtered");
        let page = &PAGES[usize::from(web.page)];
        let number = page.per.map_or(String::new(), |_| "/1".to_owned());
        let path = format!("/{}/{}{number}", TABS[usize::from(page.tab)].id, page.id);
        let name = family.first.name();
        let form = site.get(&path);
        // A page that the user has gives its token away; of the others they may have it from elsewhere.
        let token = if form.status == StatusCode::OK { form.value("token") } else { "x".to_owned() };
        let own = form.fields().into_iter().filter(|(n, _)| !n.starts_with("was.") && n != "token");
        let own: Vec<_> = own.map(|(n, v)| (n, v + "1")).collect();
        for forged in [(name, family.first.default()), ("inherit", name), ("clear", name)] {
            let mut fields: Vec<(&str, &str)> = own.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            fields.extend([("token", token.as_str()), forged]);
            let page = site.post_body(&path, encoded(&fields));
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {forged:?}");
        }
    }
    for path in ["/maintenance/restart", "/maintenance/reset"] {
        assert_eq!(site.post_body(path, "token=x&confirm=yes").status, StatusCode::FORBIDDEN);
    }
    assert_eq!(site.restarts(), 0);
    assert_eq!(site.layers().layer(Layer::User).len(), 1, "the user's password alone");
    for path in ["/api/v1/settings", "/api/v1/export", "/api/v1/status", "/tools/search", "/tools/files", "/tools/log"]
    {
        assert_eq!(site.get(path).status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[test]
fn the_user_changes_what_is_theirs() {
    let site = user();
    let path = "/telephone/call-control-line/2";
    let page = site.submit(path, &[("DISPLAY_NAME_2", "Zoë"), ("DND_ENABLE_2", "Y")]);
    assert!(page.status == StatusCode::OK && page.says("Complete"), "{}", page.html);
    assert_eq!((site.value("DISPLAY_NAME_2"), site.value("DND_ENABLE_2")), ("Zoë".into(), "Y".into()));
    let page = site.submit(path, &[("inherit", "DISPLAY_NAME_2")]);
    assert!(page.says("Complete"));
    assert_eq!(site.user("DISPLAY_NAME_2"), None);
}

#[test]
fn the_dealer_takes_the_network_page() {
    let site = user();
    site.provision(&[r#"CUSTOM_WEB_PAGE="1""#]);
    assert_eq!(site.get("/network/basic").status, StatusCode::FORBIDDEN);
    assert_eq!(site.post_body("/network/basic", "token=x").status, StatusCode::FORBIDDEN);
    assert_eq!(links(&site.get("/network/http"), "menu"), ["/network/http"]);
    assert_eq!(site.get("/network").header("location"), "/network/http");
    site.close_port();
    site.open_port();
    site.log_in("admin", "adminpass");
    assert_eq!(site.get("/network/basic").status, StatusCode::OK);
}

#[test]
fn the_dealer_locks_the_network() {
    let site = user();
    let path = "/network/basic";
    let token = site.get(path).value("token");
    site.provision(&[r#"NW_SETTING_ENABLE="N""#]);
    let page = site.get(path);
    assert!(page.says("Locked by your phone system dealer.") && !page.says("Save"));
    let controls: Vec<_> =
        page.tags().into_iter().filter(|t| t.get("name").is_some_and(|n| n.starts_with("NET_"))).collect();
    assert!(controls.len() >= 9 && controls.iter().all(|t| t.get("disabled").is_some()), "{controls:?}");
    for forged in [("NET_CONNECTION_MODE", "Static"), ("was.NET_CONNECTION_MODE", "DHCP")] {
        let body = encoded(&[("token", &token), forged]);
        assert_eq!(site.post_body(path, body).status, StatusCode::FORBIDDEN);
    }
    assert_eq!(site.submit(path, &[]).status, StatusCode::OK);
    assert_eq!(site.value("NET_CONNECTION_MODE"), "DHCP");
    site.close_port();
    site.open_port();
    site.log_in("admin", "adminpass");
    assert!(site.get(path).says("Save"));
    assert!(site.get(path).tags().iter().all(|t| t.get("disabled").is_none()));
}

#[test]
fn a_setting_without_effect_is_grey_and_can_be_changed() {
    let site = Site::new();
    let page = site.get("/network/basic");
    let note = page.text("NET_STATIC_ADDRESS-note").expect("a note");
    assert!(note.contains("no effect") && note.contains("NET_CONNECTION_MODE"), "{note}");
    let grey = page.tags().into_iter().find(|t| t.get("id") == Some("NET_STATIC_ADDRESS-field")).expect("the field");
    assert_eq!(grey.get("class"), Some("field idle"));
    let network =
        [("NET_CONNECTION_MODE", "Static"), ("NET_STATIC_ADDRESS", "192.0.2.10"), ("NET_SUBNET_MASK", "255.255.255.0")];
    assert_eq!(site.submit("/network/basic", &network).status, StatusCode::OK);
    assert_eq!(site.get("/network/basic").text("NET_STATIC_ADDRESS-note"), None);
}

const LANGUAGES: [(&str, &str, &str, &str); 8] = [
    ("en-US", "en-US", "Telephone", "Complete"),
    ("en-GB", "en-GB", "Telephone", "Complete"),
    ("de", "de", "Telefon", "Abgeschlossen"),
    ("fr", "fr", "Téléphone", "Terminé"),
    ("es", "es", "Teléfono", "Completado"),
    ("it", "it", "Telefono", "Completato"),
    ("ru", "ru", "Телефон", "Выполнено"),
    ("ja", "ja", "電話", "完了"),
];

#[test]
fn the_user_reads_their_language() {
    let site = user();
    for (value, tag, tab, _) in LANGUAGES {
        site.store.edit(&[Edit::Set(id("WEB_LANGUAGE"), value.into())], Method::Web).expect("a language");
        for (path, _) in OF_THE_USER {
            let number = if path.ends_with("-line") { "/3" } else { "" };
            let page = site.get(&format!("{path}{number}"));
            assert!(page.html.contains(&format!("<html lang=\"{tag}\">")), "{path}");
            assert!(page.says(tab), "{path} {tag}: {tab}");
            if !tag.starts_with("en") {
                for english in ["Save<", ">Cancel<", "Refresh", "Back to inherited", "Factory value", "Web Port Close"]
                {
                    assert!(!page.html.contains(english), "{path} {tag}: {english}");
                }
            }
        }
    }
    site.close_port();
    site.open_port();
    site.log_in("admin", "adminpass");
    let page = site.get("/telephone/call-control");
    assert!(page.html.contains("<html lang=\"en-US\">") && page.says("Save"), "guide rule 156");
}

#[test]
fn another_language_shows_after_complete() {
    let site = user();
    for (value, tag, _, complete) in LANGUAGES.into_iter().rev() {
        let page = site.submit("/system/language", &[("WEB_LANGUAGE", value)]);
        assert!(page.says(complete) && page.html.contains(&format!("lang=\"{tag}\"")), "{tag}: {}", page.html);
    }
    site.submit("/system/language", &[("WEB_LANGUAGE", "de")]);
    let wrong = site.submit("/telephone/call-control-line/1", &[("FORWARD_NO_ANSWER_RINGS_1", "99")]);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.says("ist nicht erlaubt"), "{:?}", wrong.text("FORWARD_NO_ANSWER_RINGS_1-error"));
    let rule = site.submit("/telephone/call-control-line/4", &[("FORWARD_BUSY_ENABLE_4", "Y")]);
    assert_eq!(rule.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(rule.says("Leitung 4"), "{:?}", rule.text("FORWARD_BUSY_ENABLE_4-error"));
}
