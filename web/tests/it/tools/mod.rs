//! The administrator's tools as a browser meets them.

mod calls;
mod check;
mod dial_plan;
mod files;
mod log;
mod preview;
mod provisioning;
mod search;
mod trial;

use axum::http::StatusCode;

use crate::site::{FORM, Site};
use crate::walk::sound;

/// Text that would be script, or break out of where it stands.
pub(crate) const ATTACKS: [&str; 4] =
    ["<script>alert(1)</script>", "'\"><img src=x onerror=alert(1)>", "</textarea><script>x</script>", "&lt;b&gt;&\"'"];

/// Whether text got to be markup.
pub(crate) fn harmless(html: &str) -> bool {
    crate::markup::tags(html);
    !html.contains("<script>") && !html.contains("<img") && !html.contains("</textarea><script")
}

const PATHS: [&str; 10] = [
    "/tools/search",
    "/tools/search?q=timer",
    "/tools/search?q=&changed=yes",
    "/tools/files",
    "/tools/dial-plan/1",
    "/tools/dial-plan/6?plan=9x.T&numbers=911+912&filter=yes&first=1&between=5&macro=99",
    "/tools/trial",
    "/tools/provisioning",
    "/tools/calls",
    "/tools/log?level=notice&q=x",
];

#[test]
fn every_tool_is_a_sound_page() {
    let site = Site::new();
    site.post("/voip/sip-line/1", &[("SIP_TIMER_T1_1", "250")]);
    for path in PATHS {
        sound(path, &site.get(path));
    }
    assert_eq!(site.get("/tools").header("location"), "/tools/search");
    for path in ["/tools/other", "/tools/dial-plan/7", "/tools/dial-plan/x", "/tools/search/1"] {
        assert_eq!(site.get(path).status, StatusCode::NOT_FOUND, "{path}");
    }
    let page = site.get("/voip/sip-line/1");
    assert!(page.html.contains("id=\"search\"") && page.html.contains("href=\"/tools\""));
}

#[test]
fn the_tools_are_the_administrators() {
    let site = Site::new();
    site.become_user();
    for path in PATHS {
        assert_eq!(site.get(path).status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in [
        "/tools/preview",
        "/tools/preview/network/basic",
        "/tools/files/import",
        "/tools/files/apply",
        "/tools/dial-plan/1",
        "/tools/trial",
        "/tools/provisioning",
        "/tools/check",
    ] {
        assert_eq!(site.post_body(path, "token=x&name=ADMIN_ID&value=a").status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(site.get("/tools/files/export?what=effective").status, StatusCode::FORBIDDEN);
    let page = site.get("/");
    let page = site.get(page.header("location"));
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.html.contains("/tools") && !page.html.contains("id=\"search\""), "{}", page.html);
    assert!(!site.layers().layer(offhook_settings::Layer::User).is_empty(), "the password of the user");
}

#[test]
fn nothing_is_posted_without_the_token_of_the_page() {
    let site = Site::new();
    for (path, fields) in [
        ("/tools/preview", "draft=x&step=save"),
        ("/tools/preview/voip/sip-line/1", "SIP_TIMER_T1_1=250"),
        ("/tools/files/apply", "draft=x"),
        ("/tools/trial", "step=keep"),
        ("/tools/trial", "step=back"),
        ("/tools/provisioning", "x=y"),
    ] {
        for token in ["", "token=&", "token=0000&"] {
            let page = site.post_body(path, format!("{token}{fields}"));
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path} {token}");
        }
        let request = axum::http::Request::post(path)
            .header("host", "127.0.0.1:8080")
            .header("content-type", FORM)
            .header("origin", "http://evil.example");
        assert_eq!(site.send(request.body(fields.into()).expect("a request")).status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(site.layers().layer(offhook_settings::Layer::User).is_empty());
}
