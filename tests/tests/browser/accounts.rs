//! The user's account: the first login, its pages, its language; and the administrator beside it.

use std::collections::BTreeSet;

use offhook_params::{Access, FAMILIES, PAGES, TABS};
use serde_json::Value;

use crate::browser::Browser;
use crate::fields::change_password;
use crate::phone::Phone;
use crate::settings::setting;
use crate::stage::{Stage, play};

const PASSWORD: &str = "b7-Linden";

/// A browser in which the user has chosen a password and logged in with it.
async fn user(stage: &Stage, phone: &Phone) -> Browser {
    let browser = stage.browser().await;
    browser.open(&format!("{}/", phone.origin_for("user", ""))).await;
    change_password(&browser, "USER_PASS", "", PASSWORD, PASSWORD).await;
    assert_eq!(browser.result().await, "Complete");
    with_password(stage, phone).await
}

/// Another browser, in which the user logs in. One that knows an old password goes on with it in some requests, and asks for
/// another one then, which hides the page.
async fn with_password(stage: &Stage, phone: &Phone) -> Browser {
    let browser = stage.browser().await;
    browser.log_in(phone, "user", PASSWORD).await;
    browser
}

/// The tabs of which the spec gives the user at least a setting or a row of the unit's state.
fn tabs_of_users() -> Vec<&'static str> {
    let pages_with_fields: BTreeSet<u8> = FAMILIES
        .iter()
        .filter_map(|family| family.web.as_ref())
        .filter(|web| web.access != Access::Admin)
        .map(|web| web.page)
        .collect();
    let is_users = |index: usize| {
        let state = PAGES[index].sections.iter().any(|section| !section.status.is_empty());
        state || pages_with_fields.iter().any(|page| usize::from(*page) == index)
    };
    let users = TABS.iter().filter(|tab| (usize::from(tab.pages.start)..usize::from(tab.pages.end)).any(is_users));
    users.map(|tab| tab.title).collect()
}

#[test]
fn the_first_login_of_the_user_leads_to_a_password_and_then_to_four_tabs() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.open(&format!("{}/", phone.origin_for("user", ""))).await;
        for path in ["/", "/status/version", "/voip/sip-line/1", "/maintenance/restart"] {
            browser.open(&format!("{}{path}", phone.origin())).await;
            assert_eq!(browser.heading().await, "Change User Password", "{path}");
            assert_eq!(browser.count(".menu a").await, 1, "{path}");
        }
        change_password(&browser, "USER_PASS", "", "short", "short").await;
        assert_eq!(browser.result().await, "Failed (Parameter Error)");
        change_password(&browser, "USER_PASS", "", PASSWORD, PASSWORD).await;
        assert_eq!(browser.result().await, "Complete");

        let browser = with_password(stage, &phone).await;
        let tabs = browser.text(".tabs a").await;
        let tabs: Vec<_> = tabs.lines().collect();
        assert_eq!((tabs.len(), &tabs), (4, &tabs_of_users()));
        assert_eq!(fields_of_all_pages(&browser, &phone).await, fields_of_users());
        for path in ["/voip/sip-line/1", "/maintenance/restart", "/tools/search", "/system/admin-password"] {
            browser.open(&format!("{}{path}", phone.origin())).await;
            assert_eq!(browser.heading().await, "403 Forbidden", "{path}");
            assert_eq!(browser.count("form.settings").await, 0, "{path}");
        }
    });
}

/// The families of the controls on all pages that the browser finds by following links.
async fn fields_of_all_pages(browser: &Browser, phone: &Phone) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    for tab in links(browser, ".tabs a").await {
        browser.open(&format!("{}{tab}", phone.origin())).await;
        for page in links(browser, ".menu a").await {
            browser.open(&format!("{}{page}", phone.origin())).await;
            let names = browser.controls().await.into_keys();
            found.extend(names.filter_map(|name| setting(&name)).map(|id| id.family().name));
        }
    }
    found
}

/// The paths of the links that fit.
pub(crate) async fn links(browser: &Browser, selector: &str) -> Vec<String> {
    let script = "return [...document.querySelectorAll(arguments[0])].map(a => a.pathname)";
    let links = browser.run(script, &[selector.into()]).await;
    links.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn fields_of_users() -> BTreeSet<&'static str> {
    let open = |access: Access| access != Access::Admin;
    FAMILIES.iter().filter(|f| f.web.as_ref().is_some_and(|web| open(web.access))).map(|f| f.name).collect()
}

#[test]
fn the_user_reads_the_chosen_language_and_the_administrator_english() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = user(stage, &phone).await;
        let url = format!("{}/system/language", phone.origin());
        for (language, complete, title) in [
            ("de", "result-complete", "page-system-language"),
            ("ja", "result-complete", "page-system-language"),
            ("en-US", "result-complete", "page-system-language"),
        ] {
            browser.open(&url).await;
            browser.enter("WEB_LANGUAGE", "select-one", language).await;
            browser.save().await;
            assert_eq!(browser.result().await, word(language, complete));
            assert_eq!(browser.heading().await, word(language, title));
            assert_eq!(browser.run("return document.documentElement.lang", &[]).await, language);
            browser.open(&format!("{}/status/version", phone.origin())).await;
            assert!(browser.text(".tabs").await.contains(&word(language, "tab-system")), "{language}");
        }
        browser.open(&url).await;
        browser.enter("WEB_LANGUAGE", "select-one", "ja").await;
        browser.save().await;

        browser.open(&format!("{}/web-port-close", phone.origin())).await;
        browser.save().await;
        assert_eq!(browser.result().await, word("ja", "result-complete"));
        let other = stage.browser().await;
        other.administer(&phone).await;
        other.open(&url).await;
        assert_eq!(other.heading().await, "Web Language");
        assert_eq!(other.values().await["WEB_LANGUAGE"], "ja");
        assert_eq!(other.run("return document.documentElement.lang", &[]).await, "en-US");
    });
}

/// A message of the catalogue of a language; English is the spec's own where the catalogue has none.
fn word(language: &str, id: &str) -> String {
    let path = offhook_tests::root().join(format!("spec/words/{language}.ftl"));
    let text = std::fs::read_to_string(path).expect("a catalogue");
    let start = format!("{id} = ");
    let found = text.lines().find_map(|line| line.strip_prefix(&start)).map(str::to_owned);
    let english = match id {
        "page-system-language" => "Web Language",
        "tab-system" => "System",
        _ => "",
    };
    found.unwrap_or_else(|| english.to_owned())
}
