//! Settings on trial: kept by who gets through under them, else taken back in time.

use std::time::Duration;

use axum::http::StatusCode;

use crate::site::{Page, Site, encoded};

/// A site whose network was just changed on the page.
fn changed() -> Site {
    let site = Site::new();
    let page = site.submit("/network/basic", &[("NET_DNS_MODE", "Manual"), ("NET_DNS1", "192.0.2.9")]);
    assert!(page.says("Complete") && page.says("on trial") && page.says("90 seconds"), "{}", page.html);
    assert_eq!((site.restarts(), site.value("NET_DNS1")), (1, "192.0.2.9".into()));
    site
}

fn answer(site: &Site, step: &str) -> Page {
    let page = site.get("/tools/trial");
    site.post_body("/tools/trial", encoded(&[("token", &page.value("token")), ("step", step)]))
}

/// Lets time pass, in which what was spawned goes on.
fn pass(site: &Site, seconds: u64) {
    site.run(async { tokio::time::sleep(Duration::from_secs(seconds)).await });
}

/// Lets time pass while the unit watches.
fn watched(site: &Site, seconds: u64) {
    let shared = site.shared.clone();
    site.run(async move {
        tokio::select! {
            () = shared.watch_trials() => {}
            () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
        }
    });
}

#[test]
fn who_gets_through_keeps_the_settings() {
    let site = changed();
    // Not before the restart: nothing is proven yet.
    assert!(site.get("/tools/trial").says("has not restarted since"));
    assert_eq!(answer(&site, "keep").status, StatusCode::CONFLICT);
    assert!(site.store.deadline().is_some());

    let site = site.restarted();
    for path in ["/voip/sip-line/1", "/tools/search", "/status/network"] {
        assert!(site.get(path).says("Settings are on trial for another"), "{path}");
    }
    crate::walk::sound("a trial", &site.get("/tools/trial"));
    watched(&site, 80);
    let page = answer(&site, "keep");
    assert!(page.says("The settings are kept"), "{}", page.html);
    assert!(!page.says("seconds are left") && site.get("/tools/trial").says("No settings are on trial"));
    watched(&site, 1000);
    assert_eq!((site.restarts(), site.value("NET_DNS1")), (0, "192.0.2.9".into()));
    site.open_port();
    assert!(!site.get("/voip/sip-line/1").says("Settings are on trial for another"));
    assert_eq!(site.reopened().value("NET_DNS1"), "192.0.2.9");
}

#[test]
fn nobody_gets_through_and_the_unit_goes_back() {
    let site = changed().restarted();
    watched(&site, 85);
    assert_eq!((site.restarts(), site.value("NET_DNS1")), (0, "192.0.2.9".into()));
    watched(&site, 10);
    assert_eq!(
        (site.restarts(), site.value("NET_DNS1"), site.value("NET_DNS_MODE")),
        (1, String::new(), "Automatic".into())
    );
    let site = site.restarted();
    assert!(site.get("/tools/trial").says("No settings are on trial"));
    assert_eq!(site.reopened().value("NET_DNS1"), "");
}

#[test]
fn the_watch_sees_a_trial_that_begins_later() {
    let site = Site::new();
    let shared = site.shared.clone();
    let watch = site.spawn(async move { shared.watch_trials().await });
    site.submit("/network/basic", &[("NET_HOST_NAME", "desk")]);
    pass(&site, 60);
    // A further change puts the deadline off.
    site.submit("/network/basic", &[("NET_HOST_NAME", "desk-2")]);
    pass(&site, 60);
    assert_eq!(site.value("NET_HOST_NAME"), "desk-2");
    pass(&site, 31);
    assert_eq!((site.value("NET_HOST_NAME"), site.user("NET_HOST_NAME")), ("{MODEL}".into(), None));
    assert_eq!(site.restarts(), 3);
    watch.abort();
}

#[test]
fn settings_are_taken_back_by_hand() {
    let site = changed();
    let page = answer(&site, "back");
    assert!(page.says("as before"), "{}", page.html);
    assert_eq!((site.restarts(), site.value("NET_DNS1")), (2, String::new()));
}

#[test]
fn an_answer_to_a_question_that_is_no_longer_asked_does_nothing() {
    for step in ["keep", "back", "", "x"] {
        let site = changed();
        let token = site.get("/tools/trial").value("token");
        site.store.roll_back().expect("a trial");
        let page = site.post_body("/tools/trial", encoded(&[("token", &token), ("step", step)]));
        assert_eq!((page.status, site.restarts()), (StatusCode::CONFLICT, 1), "{step}");
    }
}

#[test]
fn another_web_port_is_asked_for_first() {
    let site = Site::new();
    let page = site.submit("/system/web-server", &[("WEB_SERVER_PORT", "8080")]);
    assert!(page.says("Preview") && page.says("restarts at once") && page.says("on trial"), "{}", page.html);
    assert_eq!((site.restarts(), site.user("WEB_SERVER_PORT")), (0, None));
    let fields = [("token", page.value("token")), ("draft", page.value("draft")), ("step", "save".to_owned())];
    let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let page = site.post_body("/tools/preview", encoded(&fields));
    assert!(page.says("Complete") && page.says("on trial"), "{}", page.html);
    assert_eq!((site.restarts(), site.value("WEB_SERVER_PORT")), (1, "8080".into()));
    assert!(site.store.deadline().is_some());

    // The timer on the same page needs no question, and faults are told as ever.
    let site = Site::new();
    assert!(site.submit("/system/web-server", &[("WEB_PORT_CLOSE_TIMER", "60")]).says("Complete"));
    let page = site.submit("/system/web-server", &[("WEB_SERVER_PORT", "81")]);
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!((site.restarts(), site.store.deadline()), (0, None));
}

#[test]
fn a_new_address_is_told() {
    let site = Site::new();
    let changes = [
        ("NET_CONNECTION_MODE", "Static"),
        ("NET_STATIC_ADDRESS", "192.0.2.77"),
        ("NET_SUBNET_MASK", "255.255.255.0"),
        ("NET_GATEWAY", "192.0.2.1"),
        ("NET_DNS1", "192.0.2.1"),
    ];
    let page = site.submit("/network/basic", &changes);
    assert!(page.says("Complete"), "{}", page.html);
    assert!(page.html.contains("href=\"http://192.0.2.77/tools/trial\""), "{}", page.html);
}

#[test]
fn other_settings_are_kept_for_good() {
    let site = Site::new();
    site.submit("/voip/sip-line/1", &[("SIP_TIMER_T1_1", "250")]);
    assert_eq!((site.store.deadline(), site.restarts()), (None, 0));
    site.become_user();
    site.submit("/network/basic", &[("NET_DNS_MODE", "Manual"), ("NET_DNS1", "192.0.2.9")]);
    assert_eq!((site.store.deadline(), site.value("NET_DNS1")), (None, "192.0.2.9".into()));
}

#[test]
fn a_file_may_put_settings_on_trial() {
    let site = Site::new();
    let token = site.get("/tools/files").value("token");
    let file = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!\r\nLLDP_INTERVAL=\"60\"\r\n\r\n";
    let body = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"token\"\r\n\r\n{token}\r\n--XX\r\nContent-Disposition: form-data; \
         name=\"text\"\r\n\r\n{file}\r\n--XX--\r\n"
    );
    let request = axum::http::Request::post("/tools/files/import")
        .header("host", "127.0.0.1:8080")
        .header("content-type", "multipart/form-data; boundary=XX");
    let page = site.send(request.body(body.into()).expect("a request"));
    assert!(page.says("on trial"), "{}", page.html);
    let (token, draft) = (page.value("token"), page.value("draft"));
    let page = site.post_body("/tools/files/apply", encoded(&[("token", &token), ("draft", &draft)]));
    assert!(page.says("Complete") && page.says("on trial"), "{}", page.html);
    assert_eq!((site.restarts(), site.value("LLDP_INTERVAL")), (1, "60".into()));
    site.store.roll_back().expect("a trial");
    assert_eq!(site.value("LLDP_INTERVAL"), "30");
}
