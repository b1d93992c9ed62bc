//! The page of provisioning: what came of the last fetch, and one on demand.

use axum::http::StatusCode;

use super::harmless;
use crate::site::Site;

#[test]
fn the_last_fetch_is_told_with_every_finding() {
    let site = Site::new();
    let page = site.get("/tools/provisioning");
    for text in [
        "Files are being fetched",
        "UTC, in 2 h 5 min, at the end of the interval",
        "2026-11-25 03:00:00 UTC, at the time of day",
        "http://me:***@h.example/sip.cfg",
        "In force, 2 settings change",
        "Refused as a whole: the header line is missing",
        "error, line 7, column 1: there is no setting",
        "write <NAME>",
        "And 2 more findings.",
        "RTP_PORT_MIN is too large",
        "Before the unit knew the time, to 01.230",
        "Not installed: the signature is of no known key",
    ] {
        assert!(page.says(text), "{text}: {}", page.html);
    }
    assert!(harmless(&page.html));
}

#[test]
fn a_button_fetches_and_says_why_it_does_not() {
    let site = Site::new();
    let page = site.submit("/tools/provisioning", &[]);
    assert_eq!((page.status, site.fetches()), (StatusCode::OK, 1));
    assert!(page.says("Complete"), "{}", page.html);
    let page = site.submit("/tools/provisioning", &[]);
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.says("Nothing is fetched") && page.says("The files are being fetched <already>."), "{}", page.html);
    assert!(site.get("/tools/log").says("a fetch of the configuration files was asked for on the page"));
}
