//! Logging in and walking every page of every tab: what the pages say, ask for and weigh.

use std::collections::BTreeSet;

use offhook_params::TABS;
use serde_json::Value;

use crate::phone::Phone;
use crate::relay::Relay;
use crate::settings::views;
use crate::stage::play;

/// Most bytes that the first page costs, its files and the asking for a password included.
const FIRST_PAGE: usize = 100_000;

/// The tools of the administrator: address and heading.
pub(crate) const TOOLS: [(&str, &str); 6] = [
    ("/tools/search", "Search"),
    ("/tools/files", "Import and export"),
    ("/tools/dial-plan/1", "Dial plan"),
    ("/tools/provisioning", "Provisioning"),
    ("/tools/calls", "Calls"),
    ("/tools/log", "Log"),
];

/// The hosts that the browser sent requests to, with their ports.
fn hosts(events: &[(String, Value)]) -> BTreeSet<String> {
    let sent = events.iter().filter(|(method, _)| method == "Network.requestWillBeSent");
    let urls = sent.filter_map(|(_, params)| params["request"]["url"].as_str());
    // The rest stays within the browser, as what its own pages ask for does.
    let urls = urls.filter(|url| ["http:", "https:", "ws:", "wss:"].iter().any(|scheme| url.starts_with(scheme)));
    let host = |url: &str| url.split('/').nth(2).map(|host| host.rsplit('@').next().unwrap_or(host).to_owned());
    urls.filter_map(host).collect()
}

#[test]
fn an_administrator_logs_in_with_sha_256_and_the_first_page_is_small() {
    play(async |stage| {
        let phone = Phone::start();
        let question = phone.ask("GET / HTTP/1.1");
        let mut offers = question.lines().filter(|line| line.to_lowercase().starts_with("www-authenticate:"));
        let best = offers.next().unwrap_or_default();
        assert!(question.starts_with("HTTP/1.1 401 ") && best.contains("algorithm=SHA-256"), "{question}");

        let relay = Relay::to(phone.port());
        let origin = format!("127.0.0.1:{}", relay.port());
        let browser = stage.browser().await;
        browser.open(&format!("http://admin:adminpass@{origin}/")).await;
        assert_eq!(browser.heading().await, "Version Information");
        let sent = relay.sent("authorization");
        assert!(!sent.is_empty(), "the browser has logged in");
        for sent in &sent {
            assert!(sent.starts_with("Digest ") && sent.contains("algorithm=SHA-256"), "{sent}");
        }
        assert!((5_000..FIRST_PAGE).contains(&relay.received()), "{} bytes", relay.received());
        assert_eq!(hosts(&browser.network().await), BTreeSet::from([origin]));
    });
}

#[test]
fn every_page_says_what_it_is_and_asks_no_other_host() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        browser.complaints().await;
        browser.network().await;
        let mut seen = BTreeSet::new();
        for tab in &TABS {
            browser.go(&format!(".tabs a[href='/{}']", tab.id)).await;
            assert_eq!(browser.text(".tabs [aria-current]").await, tab.title);
            let paths = browser.run("return [...document.querySelectorAll('.menu a')].map(a => a.pathname)", &[]).await;
            for path in paths.as_array().expect("a menu").iter().filter_map(Value::as_str) {
                browser.go(&format!(".menu a[href='{path}']")).await;
                assert_eq!(browser.path().await, path);
                let view = views().into_iter().find(|view| view.path == path);
                let view = view.unwrap_or_else(|| panic!("{path} is no page of the spec"));
                assert_eq!(browser.heading().await, view.title, "{path}");
                assert_eq!(browser.title().await, format!("{} · Offhook", view.title), "{path}");
                assert_eq!(browser.text(".menu [aria-current]").await, view.title, "{path}");
                let sections: Vec<_> = view.page.sections.iter().map(|section| section.title).collect();
                assert_eq!(browser.text("main h2").await, sections.join("\n"), "{path}");
                seen.insert(path.to_owned());
            }
        }
        let all: BTreeSet<_> = views().into_iter().map(|view| view.path).collect();
        assert_eq!(seen, all);
        for (path, heading) in TOOLS {
            browser.open(&format!("{}{path}", phone.origin())).await;
            assert!(browser.heading().await.starts_with(heading), "{path}: {}", browser.heading().await);
        }
        assert_eq!(browser.complaints().await, [""; 0]);
        assert_eq!(hosts(&browser.network().await), BTreeSet::from([format!("127.0.0.1:{}", phone.port())]));
    });
}
