//! The page of calls: lines, calls, and how well they are heard.

use super::harmless;
use crate::site::Site;

#[test]
fn lines_and_calls_are_told() {
    let page = Site::new().get("/tools/calls");
    for text in [
        "Registered",
        "Failed: 403 Forbidden",
        "192.0.2.7:5060",
        "Line 1, to <script>alert(1)</script> (911)",
        "Line 1, from +4930123",
        "Connected, 1:02",
        "PCMU, encrypted",
        "4.2 of 5",
        "41.0 ms",
        "10 of 1000, 1.0 %; too late or twice: 2",
        "3.5 ms; waiting to be played: 40.0 ms",
        "2.0 % lost, jitter 5.0 ms",
        "3, the latest by 14.5 ms",
    ] {
        assert!(page.says(text), "{text}: {}", page.html);
    }
    assert!(harmless(&page.html));
}
