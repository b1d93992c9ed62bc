//! Markup in every field, forms and frames of other pages: nothing of it runs, nothing of it counts.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread::spawn;

use offhook_params::{Kind, ParamId};
use serde_json::json;

use crate::browser::Browser;
use crate::phone::{Phone, plain};
use crate::settings::{Entered, forms, is_password_change, setting, views};
use crate::stage::play;

/// What would run or show if a page took it for markup; the shorter ones are for short fields.
const MARKUP: [&str; 6] = [
    "'><img src=x onerror=alert(1)><script>alert(2)</script>",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "<svg onload=alert()>",
    "</p><i>x</i>",
    "<i>x</i>",
];

/// What there would be on a page that took it for markup.
const INJECTED: &str = "main img, main svg, main i, main script, main [onerror], main [onload]";

/// The text fields of the page in the browser.
async fn texts(browser: &Browser) -> Vec<(ParamId, String)> {
    let controls = browser.controls().await.into_iter();
    let known = controls.filter_map(|(name, kind)| Some((setting(&name)?, kind)));
    known
        .filter(|(id, kind)| !is_password_change(*id) && ["text", "textarea", "password"].contains(&kind.as_str()))
        .collect()
}

async fn is_harmless(browser: &Browser, place: &str) {
    assert!(browser.driver().get_alert_text().await.is_err(), "{place}: a script ran");
    assert_eq!(browser.count(INJECTED).await, 0, "{place}");
    // The policy of the page would complain of a script that it kept from running.
    let policy = |text: &String| text.contains("Content Security Policy");
    assert!(!browser.complaints().await.iter().any(policy), "{place}: the policy had to help");
}

#[test]
fn markup_in_fields_and_in_names_of_files_stays_text() {
    play(async |stage| {
        let phone = Phone::from(
            "<img src=x onerror=alert(1)>'><i>x<i>.cfg",
            &[("HTTPD_PORTOPEN_AUTO", "Y"), ("SIP_TIMER_T1_1", "1000")],
        );
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        let mut entered = Entered::default();
        let (mut taken, mut refused) = (0, 0);
        for view in forms() {
            browser.open(&format!("{}{}", phone.origin(), view.path)).await;
            let fields = texts(&browser).await;
            // At first in every field, which most of them refuse and show again.
            for (id, kind) in &fields {
                browser.enter(id.name(), kind, MARKUP[0]).await;
            }
            if fields.is_empty() {
                continue;
            }
            browser.save().await;
            assert_eq!(
                browser.result().await.starts_with("Failed"),
                !browser.errors().await.is_empty(),
                "{}",
                view.path
            );
            refused += browser.errors().await.len();
            is_harmless(&browser, &view.path).await;

            browser.cancel().await;
            let takes = |id: &ParamId| matches!(id.family().kind, Kind::Text { .. } | Kind::SipUri | Kind::Url { .. });
            let mut values = Vec::new();
            for (id, kind) in fields.iter().filter(|(id, _)| takes(id)) {
                let good = MARKUP.into_iter().filter(|value| id.family().check(value).is_ok());
                values.extend(entered.add(*id, good).map(|value| (*id, kind, value)));
            }
            if values.is_empty() || view.page.restarts {
                continue;
            }
            for (id, kind, value) in &values {
                browser.enter(id.name(), kind, value).await;
            }
            browser.save().await;
            assert_eq!(browser.result().await, "Complete", "{}: {}", view.path, browser.text(".result").await);
            is_harmless(&browser, &view.path).await;
            taken += values.len();
        }
        assert!(taken > 10 && refused > 100, "{taken} taken, {refused} refused");
        for path in views().into_iter().map(|view| view.path).chain(TOOLS.map(str::to_owned)) {
            browser.open(&format!("{}{path}", phone.origin())).await;
            is_harmless(&browser, &path).await;
        }
    });
}

/// Tools that show values or what was asked for.
const TOOLS: [&str; 4] = [
    "/tools/search?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E",
    "/tools/search?q=onerror",
    "/tools/log?q=%3Cscript%3Ealert(1)%3C/script%3E",
    "/tools/dial-plan/1?plan=%3Cscript%3E&numbers=%3Cscript%3Ealert(1)%3C/script%3E",
];

#[test]
fn an_imported_file_full_of_markup_is_shown_as_text_and_taken_in_after_ok() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        let file = phone.file("<img src=x onerror=alert(1)>.cfg");
        let evil = plain(&[
            ("DISPLAY_NAME_1", MARKUP[3]),
            ("<script>alert(1)</script>", MARKUP[1]),
            ("SIP_TIMER_T1_1", MARKUP[1]),
        ]);
        std::fs::write(&file, evil).expect("the folder takes it");
        browser.open(&format!("{}/tools/files", phone.origin())).await;
        let field = browser.find("input[type=file]").await;
        field.send_keys(file.display().to_string()).await.expect("a file is chosen");
        browser.save().await;
        assert!(browser.heading().await.starts_with("Import"), "{}", browser.heading().await);
        is_harmless(&browser, "import").await;
        assert!(browser.text("main").await.contains(MARKUP[1]), "{}", browser.text("main").await);
        assert_eq!(phone.stored("DISPLAY_NAME_1"), None, "nothing is taken in yet");
        assert_eq!(browser.count("main button.primary").await, 1, "{}", browser.text("main").await);
        browser.save().await;
        is_harmless(&browser, "imported").await;
        assert_eq!(phone.stored("DISPLAY_NAME_1").as_deref(), Some(MARKUP[3]));
    });
}

/// A server of somebody else, which gives the same page to everybody until the test's process ends.
fn elsewhere(page: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let page = page.clone();
            // Browsers open connections in advance, which say nothing for a long time.
            spawn(move || {
                // Whatever is asked; a browser that goes away is none of our business.
                let _ = stream.read(&mut [0; 4096]);
                let length = page.len();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
                );
                let _ = stream.write_all(format!("{head}{page}").as_bytes());
            });
        }
    });
    port
}

#[test]
fn a_form_of_another_page_changes_nothing() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        browser.open(&format!("{}/telephone/call-control", phone.origin())).await;
        let token = browser.run("return document.querySelector('[name=token]').value", &[]).await;
        let token = token.as_str().expect("a token").to_owned();
        // Even with the token, which another page cannot read.
        for (path, fields) in [
            ("/telephone/call-control", [("token", token.as_str()), ("INTDIGIT_TIM", "12")]),
            ("/maintenance/restart", [("token", ""), ("confirm", "yes")]),
            ("/web-port-close", [("token", ""), ("confirm", "yes")]),
            ("/api/v1/settings", [("INTDIGIT_TIM", "12"), ("x", "y")]),
        ] {
            let fields = fields.map(|(name, value)| format!("<input name='{name}' value='{value}'>")).concat();
            let page = format!(
                "<form method=post action='{}{path}'>{fields}<button id=go>Win!</button></form>",
                phone.origin()
            );
            let port = elsewhere(page);
            // One is of the same site but another origin, the other of another site.
            for host in ["127.0.0.1", "localhost"] {
                browser.open(&format!("http://{host}:{port}/")).await;
                browser.click("#go").await;
                browser.until("an answer", &format!("return location.port === '{}'", phone.port())).await;
                assert_eq!(browser.count(".result.complete").await, 0, "{path} from {host}");
                let text = browser.text("body").await;
                assert!(text.contains("did not come from a page of this unit"), "{path} from {host}: {text}");
            }
        }
        assert_eq!(phone.stored("INTDIGIT_TIM"), None);
        browser.open(&format!("{}/telephone/call-control", phone.origin())).await;
        assert_eq!(browser.values().await["INTDIGIT_TIM"], "5", "the login goes on, and nothing was changed");
    });
}

#[test]
fn no_other_page_can_frame_or_read_the_page() {
    play(async |stage| {
        let phone = Phone::start();
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        browser.complaints().await;
        let port = elsewhere(format!("<iframe src='{}/status/version'></iframe>", phone.origin()));
        for host in ["127.0.0.1", "localhost"] {
            browser.open(&format!("http://{host}:{port}/")).await;
            browser.hear("frame-ancestors").await;
            browser.driver().enter_frame(0).await.expect("a frame");
            assert_eq!(browser.count(".tabs").await, 0, "{host}");
            browser.driver().enter_default_frame().await.expect("the page around it");
            let fetch = "const done = arguments[1]; fetch(arguments[0], { credentials: 'include' })
                .then(answer => answer.text()).then(done, () => done('refused'));";
            let read = browser.wait_for(fetch, &[json!(format!("{}/status/version", phone.origin()))]).await;
            assert_eq!(read, "refused", "{host}");
        }
    });
}
