//! Files over the interface: compared, taken in, written.

use offhook_settings::{Layer, Method};
use serde_json::{Value, json};

use super::{Answer, call, get, patch, setting};
use crate::site::Site;

const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!";

fn file(lines: &[&str]) -> String {
    format!("{HEADER}\r\n{}\r\n", lines.join("\r\n"))
}

fn send(site: &Site, target: &str, body: &str) -> Answer {
    call(site, "POST", target, "text/plain", body.to_owned())
}

fn codes(answer: &Answer) -> Vec<&str> {
    let list = answer.json["diagnostics"].as_array().map_or(&[][..], Vec::as_slice);
    list.iter().map(|d| d["code"].as_str().expect("a word")).collect()
}

#[test]
fn a_file_is_compared_and_taken_in() {
    let site = Site::new();
    let text =
        file(&[r#"SIP_TIMER_T1_1="250""#, r#"ADMIN_ID="boss""#, r#"SIP_PASS_1="not-told""#, r#"SIP_TIMER_T1_2="500""#]);
    let diff = send(&site, "/diff", &text);
    assert_eq!((diff.status, &diff.json["settings"], &diff.json["applies"]), (200, &json!(4), &json!("re-register")));
    let change = |name: &str| {
        let changes = diff.json["changes"].as_array().expect("a list");
        changes.iter().find(|c| c["name"] == name).cloned()
    };
    assert_eq!(change("SIP_TIMER_T1_1").map(|c| c["after"].clone()), Some(json!("250")));
    assert_eq!(change("SIP_PASS_1").map(|c| c["after"].clone()), Some(Value::Null));
    assert_eq!(change("SIP_TIMER_T1_2"), None);
    assert!(site.layers().layer(Layer::User).is_empty());

    assert_eq!(send(&site, "/import", &text).json, diff.json);
    assert_eq!(site.user("ADMIN_ID").as_deref(), Some("boss"));
    assert_eq!(site.user("SIP_TIMER_T1_2").as_deref(), Some("500"), "the file says so");
    assert_eq!(setting(&site, "ADMIN_ID")["origin"]["method"], "file");
    // What only a file can set can be taken back all the same.
    assert_eq!(patch(&site, &json!({ "ADMIN_ID": null, "USER_ID": null })).status, 200);
    assert_eq!((site.user("ADMIN_ID"), site.value("ADMIN_ID")), (None, "admin".into()));
}

#[test]
fn xml_is_told_by_its_content() {
    let site = Site::new();
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- {HEADER} -->\n<PANASipPhoneConfig><Dev><X_P_IPTEL_HTTPD>\
                       <AdminID ADMIN_ID=\"boss\"/></X_P_IPTEL_HTTPD></Dev></PANASipPhoneConfig>"
    );
    for media_type in ["application/xml", "text/xml", "text/plain; charset=utf-8"] {
        let answer = call(&site, "POST", "/diff", media_type, xml.clone());
        assert_eq!(
            (answer.status, answer.json["changes"][0]["name"].as_str()),
            (200, Some("ADMIN_ID")),
            "{media_type}"
        );
    }
    assert_eq!(call(&site, "POST", "/diff", "application/octet-stream", xml).status, 415);
}

#[test]
fn faulty_files_change_nothing_unless_asked_to() {
    let site = Site::new();
    let faulty = file(&[r#"SIP_TIMER_T1_1="250""#, r#"SIP_TIMER_T1_2="251""#, r#"NO_SUCH_NAME="1""#]);
    let diff = send(&site, "/diff", &faulty);
    assert_eq!((diff.status, codes(&diff)), (200, vec!["bad-value", "unknown-name"]));
    assert_eq!((&diff.json["diagnostics"][0]["line"], &diff.json["settings"]), (&json!(3), &json!(1)));
    for target in ["/import", "/import?errors=refuse"] {
        let answer = send(&site, target, &faulty);
        assert_eq!((answer.status, codes(&answer)), (422, vec!["bad-value", "unknown-name"]));
        assert!(site.layers().layer(Layer::User).is_empty());
    }
    assert_eq!(send(&site, "/import?errors=skip", &faulty).status, 200);
    assert_eq!(site.layers().layer(Layer::User).len(), 1);
    for target in ["/import?errors=", "/import?errors=other", "/import?x=y", "/diff?errors=skip"] {
        assert_eq!(send(&site, target, &faulty).status, 400, "{target}");
    }
}

#[test]
fn files_that_are_none_are_refused() {
    let site = Site::new();
    for (body, code) in [
        (String::new(), "no-header"),
        ("SIP_TIMER_T1_1=\"250\"".to_owned(), "no-header"),
        (format!("{HEADER}\r\n{}", "#\r\n".repeat(50_000)), "file-too-large"),
        ("<PANASipPhoneConfig>".to_owned(), ""),
    ] {
        for target in ["/diff", "/import", "/import?errors=skip"] {
            let answer = send(&site, target, &body);
            assert_eq!(answer.status, 422, "{target} {body:.40}");
            assert!(code.is_empty() || codes(&answer).contains(&code), "{:?} {body:.40}", codes(&answer));
        }
    }
    let latin =
        call(&site, "POST", "/diff", "text/plain", [HEADER.as_bytes(), b"\r\nDISPLAY_NAME_1=\"\xe4\""].concat());
    assert_eq!((latin.status, codes(&latin)), (422, vec!["not-utf-8"]));
    assert_eq!(send(&site, "/diff", &"#".repeat(300_000)).status, 413);
}

#[test]
fn rules_are_kept() {
    let site = Site::new();
    let text = file(&[r#"SIP_SRC_PORT_1="6000""#, r#"SIP_SRC_PORT_2="6000""#]);
    for target in ["/diff", "/import"] {
        let answer = send(&site, target, &text);
        assert_eq!((answer.status, &answer.json["refusals"][0]["rule"]), (422, &json!("source-ports-differ")));
    }
    assert!(site.layers().layer(Layer::User).is_empty());
}

#[test]
fn what_is_exported_can_be_imported() {
    let site = Site::new();
    site.provision(&[r#"SIP_TIMER_T1_1="1000""#, r#"SIP_PASS_1="not-told""#]);
    assert_eq!(patch(&site, &json!({ "DISPLAY_NAME_1": "<Ä> & 山", "WEB_SERVER_PORT": "8080" })).status, 200);
    for (format, media_type) in [("plain", "text/plain; charset=utf-8"), ("xml", "application/xml; charset=utf-8")] {
        for what in ["user", "effective"] {
            let answer = get(&site, &format!("/export?what={what}&format={format}"));
            assert_eq!((answer.status, answer.page.header("content-type")), (200, media_type));
            let extension = if format == "xml" { "xml" } else { "cfg" };
            let name = format!("attachment; filename=\"offhook-{what}.{extension}\"");
            assert_eq!(answer.page.header("content-disposition"), name);
            let text = &answer.page.html;
            assert!(!text.contains("not-told") && text.contains("are left out") && text.contains("WEB_SERVER_PORT"));
            assert_eq!(text.contains("SIP_TIMER_T1_1=\"1000\""), what == "effective");
            let other = Site::new();
            let report = call(&other, "POST", "/import", media_type, text.clone());
            assert_eq!((report.status, codes(&report)), (200, vec![]));
            assert_eq!(other.value("DISPLAY_NAME_1"), "<Ä> & 山");
            assert_eq!(other.value("SIP_PASS_1"), "");
        }
    }
    assert_eq!(get(&site, "/export").page.html, get(&site, "/export?what=effective&format=plain").page.html);
    for query in ["?what=", "?what=all", "?format=json", "?what=user&what=user", "?name=x"] {
        assert_eq!(get(&site, &format!("/export{query}")).status, 400, "{query}");
    }
}

#[test]
fn an_import_leaves_what_the_phone_set() {
    let site = Site::new();
    let id = crate::site::id("RINGER_VOLUME");
    let value = if id.default() == "1" { "2" } else { "1" };
    site.store.edit(&[offhook_store::Edit::Set(id, value.into())], Method::Phone).expect("a volume");
    assert_eq!(send(&site, "/import", &file(&[r#"SIP_TIMER_T1_1="250""#])).status, 200);
    assert_eq!(site.value("RINGER_VOLUME"), value);
    assert_eq!(patch(&site, &json!({ "RINGER_VOLUME": null })).status, 422, "set on the phone, not in a file");
}
