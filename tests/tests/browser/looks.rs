//! What pages look like: judged by axe-core, measured, and kept as pictures for people.

use std::fs;
use std::path::PathBuf;

use offhook_tests::root;
use serde_json::{Value, json};

use crate::accounts::links;
use crate::browser::{Browser, Screen};
use crate::phone::Phone;
use crate::settings::{View, views};
use crate::stage::{Stage, missing, play};
use crate::walk::TOOLS;

/// A desk, a phone, and the narrowest screen that pages have to fit (WCAG 1.4.10), in both colour schemes.
const SCREENS: [Screen; 4] = [
    Screen { name: "light", width: 1280, dark: false },
    Screen { name: "dark", width: 1280, dark: true },
    Screen { name: "narrow", width: 320, dark: false },
    Screen { name: "narrow-dark", width: 390, dark: true },
];

/// The success criteria of WCAG up to 2.2 AA, as axe-core calls them.
const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// Fewest bytes of a picture with something on it: a plain surface of this size compresses to less.
const NOT_BLANK: usize = 8_000;

/// Where the visitor is, as far as tabs and menu do not show it, and a header that leaves little of a phone's screen.
const OUT_OF_SIGHT: &str = "
    const seen = (box) => box.left >= 0 && box.right <= innerWidth && box.top >= 0;
    const current = [...document.querySelectorAll('.tabs [aria-current], .menu [aria-current]')];
    const hidden = current.filter(item => !seen(item.getBoundingClientRect())).map(item => item.textContent);
    const header = document.querySelector('.top').offsetHeight;
    return header > 100 ? [...hidden, `all but the header, ${header} pixels of it,`] : hidden;";

/// axe-core in one file, where `cargo xtask setup` puts it.
fn axe() -> Option<String> {
    let path = root().join("target/tools/axe/node_modules/axe-core/axe.min.js");
    let text = fs::read_to_string(path).ok();
    if text.is_none() {
        missing("axe-core is missing; `cargo xtask setup` installs it");
    }
    text
}

/// What to look for: colours alone where nothing else differs from another screen.
fn rules(screen: Screen) -> Value {
    match screen.dark {
        true => json!({ "type": "rule", "values": ["color-contrast", "link-in-text-block"] }),
        false => json!({ "type": "tag", "values": TAGS }),
    }
}

/// What axe-core finds on the page, and whether it is wider than the screen.
async fn faults(browser: &Browser, axe: &str, screen: Screen, place: &str) -> Vec<String> {
    browser.run(&format!("if (!window.axe) {{ {axe} }}"), &[]).await;
    let script = "const done = arguments[1];
        axe.run(document, { runOnly: arguments[0], resultTypes: ['violations'] }).then(
            found => done(found.violations.map(v => `${v.id}: ${v.nodes.length}, such as ${v.nodes[0].html} (${v.nodes[0].failureSummary})`)),
            error => done([String(error)]));";
    let found = browser.wait_for(script, &[rules(screen)]).await;
    let mut faults: Vec<String> = found
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(Value::as_str)
        .map(|text| format!("{place}: {text}"))
        .collect();
    let wide = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
    let wide = browser.run(wide, &[]).await;
    if wide != json!(0) {
        faults.push(format!("{place}: {wide} pixels wider than the screen"));
    }
    let hidden = browser.run(OUT_OF_SIGHT, &[]).await;
    if hidden != json!([]) {
        faults.push(format!("{place}: {hidden} is out of sight"));
    }
    faults
}

/// Looks at the page in the browser on all screens.
async fn look(browser: &Browser, axe: &str, name: &str) -> Vec<String> {
    let mut out = Vec::new();
    for screen in SCREENS {
        browser.show_on(screen).await;
        let place = format!("{name} {}", screen.name);
        out.extend(faults(browser, axe, screen, &place).await);
        let picture = browser.picture(screen).await;
        if picture.len() < NOT_BLANK {
            out.push(format!("{place}: the picture is blank"));
        }
        fs::write(pictures().join(format!("{name}-{}.png", screen.name)), picture).expect("target is ours");
    }
    out
}

fn pictures() -> PathBuf {
    let folder = root().join("target/screenshots");
    fs::create_dir_all(&folder).expect("target is ours");
    folder
}

async fn administrator(stage: &Stage, phone: &Phone) -> Browser {
    let browser = stage.browser().await;
    browser.administer(phone).await;
    browser
}

/// Looks at every page of some tabs.
fn look_at(wanted: impl Fn(&View) -> bool) {
    let Some(axe) = axe() else { return };
    play(async |stage| {
        let phone = Phone::start();
        let browser = administrator(stage, &phone).await;
        let mut faults = Vec::new();
        for view in views().into_iter().filter(|view| view.first && wanted(view)) {
            browser.open(&format!("{}{}", phone.origin(), view.path)).await;
            faults.extend(look(&browser, &axe, &view.path.trim_matches('/').replace('/', "-")).await);
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

#[test]
fn pages_of_the_tabs_on_the_left_are_for_everybody_and_fit() {
    look_at(|view| ["/status", "/network", "/system"].iter().any(|tab| view.path.starts_with(tab)));
}

#[test]
fn pages_of_the_tabs_on_the_right_are_for_everybody_and_fit() {
    look_at(|view| ["/status", "/network", "/system"].iter().all(|tab| !view.path.starts_with(tab)));
}

/// Long words and another script, on the pages of people who are no administrators.
#[test]
fn pages_of_the_user_are_for_everybody_and_fit_in_german_and_japanese() {
    let Some(axe) = axe() else { return };
    play(async |stage| {
        let phone = Phone::with(&[("HTTPD_PORTOPEN_AUTO", "Y"), ("USER_PASS", "b7-Linden")]);
        let browser = stage.browser().await;
        browser.log_in(&phone, "user", "b7-Linden").await;
        let mut faults = Vec::new();
        for language in ["de", "ja"] {
            browser.open(&format!("{}/system/language", phone.origin())).await;
            browser.enter("WEB_LANGUAGE", "select-one", language).await;
            browser.save().await;
            faults.extend(look(&browser, &axe, &format!("user-{language}-saved")).await);
            for tab in links(&browser, ".tabs a").await {
                browser.open(&format!("{}{tab}", phone.origin())).await;
                for page in links(&browser, ".menu a").await.iter().filter(|page| !is_of_further_lines(page)) {
                    browser.open(&format!("{}{page}", phone.origin())).await;
                    let name = format!("user-{language}-{}", page.trim_matches('/').replace('/', "-"));
                    faults.extend(look(&browser, &axe, &name).await);
                }
            }
            browser.open(&format!("{}/telephone/call-control-line/1", phone.origin())).await;
            browser.enter("FORWARD_NO_ANSWER_RINGS_1", "text", "99").await;
            browser.save().await;
            faults.extend(look(&browser, &axe, &format!("user-{language}-failed")).await);
            browser.open(&format!("{}/web-port-close", phone.origin())).await;
            faults.extend(look(&browser, &axe, &format!("user-{language}-close")).await);
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}

/// Pages of the other lines look like those of the first.
fn is_of_further_lines(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|number| number.parse().is_ok_and(|number: u8| number > 1))
}

#[test]
fn answers_questions_and_tools_are_for_everybody_and_fit() {
    let Some(axe) = axe() else { return };
    play(async |stage| {
        let phone = Phone::start();
        let browser = administrator(stage, &phone).await;
        let mut faults = Vec::new();
        for (path, _) in TOOLS {
            browser.open(&format!("{}{path}", phone.origin())).await;
            faults.extend(look(&browser, &axe, &path.trim_matches('/').replace('/', "-")).await);
        }
        for (path, name) in [
            ("/tools/search?q=timer", "search-found"),
            ("/tools/dial-plan/1?plan=%5B2346789%5D11%7C0xxS&numbers=911%0A0123&filter=yes", "dial-plan-tried"),
            ("/web-port-close", "web-port-close"),
            ("/nowhere", "no-page"),
        ] {
            browser.open(&format!("{}{path}", phone.origin())).await;
            faults.extend(look(&browser, &axe, name).await);
        }
        let page = format!("{}/telephone/call-control", phone.origin());
        for (value, name) in [("16", "save-failed"), ("12", "save-complete")] {
            browser.open(&page).await;
            browser.enter("INTDIGIT_TIM", "text", value).await;
            browser.save().await;
            faults.extend(look(&browser, &axe, name).await);
        }
        browser.open(&page).await;
        faults.extend(look(&browser, &axe, "back-to-inherited").await);
        browser.open(&format!("{}/maintenance/restart", phone.origin())).await;
        browser.save().await;
        faults.extend(look(&browser, &axe, "restart-question").await);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    });
}
