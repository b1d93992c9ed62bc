//! Import and export: files are shown before they are taken in, whole or not at all, and written without secrets.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use offhook_settings::{Layer, Method};
use offhook_store::Edit;

use super::{ATTACKS, harmless};
use crate::site::{Page, Site, encoded, id};

const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!";

fn config(lines: &[&str]) -> String {
    format!("{HEADER}\r\n{}\r\n", lines.join("\r\n"))
}

/// Posts the parts of an upload: name, file name, content.
fn send(site: &Site, parts: &[(&str, Option<&str>, &[u8])]) -> Page {
    let mut body = Vec::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
        body.extend_from_slice(content);
        body.extend(b"\r\n");
    }
    body.extend(b"--XX--\r\n");
    let request = Request::post("/tools/files/import")
        .header("host", "127.0.0.1:8080")
        .header("content-type", "multipart/form-data; boundary=XX");
    site.send(request.body(Body::from(body)).expect("a request"))
}

fn upload(site: &Site, file: &str) -> Page {
    let token = site.get("/tools/files").value("token");
    send(site, &[("token", None, token.as_bytes()), ("file", Some("1.cfg"), file.as_bytes()), ("text", None, b"")])
}

fn apply(site: &Site, page: &Page) -> Page {
    let (token, draft) = (page.value("token"), page.value("draft"));
    site.post_body("/tools/files/apply", encoded(&[("token", &token), ("draft", &draft)]))
}

#[test]
fn a_file_is_shown_and_then_taken_in() {
    let site = Site::new();
    let plain = config(&[r#"SIP_TIMER_T1_1="250""#, r#"DISPLAY_NAME_2="Ä & <山>""#]);
    let xml = {
        site.provision(&[r#"SIP_TIMER_T1_1="1000""#]);
        let text = site.get("/tools/files/export?what=effective&format=xml").html;
        site.store.clear(Layer::Standard).expect("cleared");
        text
    };
    for (file, names) in [(plain.as_str(), &["SIP_TIMER_T1_1", "DISPLAY_NAME_2"][..]), (&xml, &["SIP_TIMER_T1_1"])] {
        let page = upload(&site, file);
        assert_eq!(page.status, StatusCode::OK, "{}", page.html);
        assert!(names.iter().all(|name| page.says(name)) && page.says("Nothing has been changed yet"));
        assert!(harmless(&page.html));
        crate::walk::sound("an import", &page);
        let before = site.value(names[0]);
        let page = apply(&site, &page);
        assert!(page.says("Complete"), "{}", page.html);
        assert_ne!(site.value(names[0]), before);
        assert_eq!(apply_again(&site), StatusCode::GONE);
    }
    let layers = site.layers();
    assert_eq!(layers.effective(id("SIP_TIMER_T1_1")).origin.method, Method::File);
}

fn apply_again(site: &Site) -> StatusCode {
    let token = site.get("/tools/files").value("token");
    site.post_body("/tools/files/apply", encoded(&[("token", &token), ("draft", "gone")])).status
}

#[test]
fn the_text_field_does_without_a_file() {
    let site = Site::new();
    let token = site.get("/tools/files").value("token");
    let text = config(&[r#"SIP_TIMER_T1_1="250""#]);
    let parts = |file: &'static [u8], text: &'static str| {
        [("token", None, token.as_bytes()), ("file", Some(""), file), ("text", None, text.as_bytes())]
    };
    let text: &'static str = text.leak();
    assert!(send(&site, &parts(b"", text)).says("1 usable setting"));
    for (file, text, says) in
        [(&b""[..], "", "Choose a file"), (b"x", text, "not both"), (b"", " \r\n", "Choose a file")]
    {
        let page = send(&site, &parts(file, text));
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(page.says(says), "{}", page.html);
    }
}

#[test]
fn faults_are_told_with_their_lines() {
    let site = Site::new();
    let file = config(&[r#"SIP_TIMER_T1_1="251""#, r#"NO_SUCH="1""#, r#"SIP_PASS_1="x"y""#, r#"DISPLAY_NAME_1="ok""#]);
    let page = upload(&site, &file);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("line 2") && page.says("line 3") && page.says("Apply without the lines in error"));
    assert!(!page.html.contains("x\"y") && !page.html.contains("x&quot;y"), "a line that may hold a password");
    apply(&site, &page);
    assert_eq!((site.user("DISPLAY_NAME_1"), site.layers().layer(Layer::User).len()), (Some("ok".into()), 1));

    for (file, says) in [
        ("no header\r\n".to_owned(), "refused as a whole"),
        (config(&[r#"SIP_SRC_PORT_1="6000""#, r#"SIP_SRC_PORT_2="6000""#]), "two lines have the same SIP source port"),
        ("x".repeat(300 * 1024), "too large"),
        ("\0\u{1}\u{2}".to_owned(), "refused as a whole"),
    ] {
        let page = upload(&site, &file);
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(page.says(says) && page.html.len() < 100_000, "{says}: {}", page.html);
        assert_eq!(site.layers().layer(Layer::User).len(), 1);
    }
}

#[test]
fn uploads_are_bounded_and_read_strictly() {
    let site = Site::new();
    let token = site.get("/tools/files").value("token");
    let file = config(&[r#"SIP_TIMER_T1_1="250""#]);
    let token: (&str, Option<&str>, &[u8]) = ("token", None, token.as_bytes());
    let part: (&str, Option<&str>, &[u8]) = ("file", Some("a.cfg"), file.as_bytes());
    assert_eq!(send(&site, &[part]).status, StatusCode::FORBIDDEN);
    assert_eq!(send(&site, &[("token", None, b"0"), part]).status, StatusCode::FORBIDDEN);
    assert_eq!(send(&site, &[token, ("other", None, b"x")]).status, StatusCode::BAD_REQUEST);
    assert_eq!(send(&site, &[token, ("text", None, b"\xff")]).status, StatusCode::BAD_REQUEST);
    let huge = vec![b'x'; 2 << 20];
    assert_eq!(send(&site, &[token, ("file", Some("a"), &huge)]).status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(site.post_body("/tools/files/import", "token=x").status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let cut = Request::post("/tools/files/import")
        .header("host", "127.0.0.1:8080")
        .header("content-type", "multipart/form-data; boundary=XX");
    let page =
        site.send(cut.body(Body::from("--XX\r\nContent-Disposition: form-data; name=\"file\"")).expect("a request"));
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(site.layers().layer(Layer::User).is_empty());
}

#[test]
fn names_and_contents_of_files_are_text() {
    let site = Site::new();
    let token = site.get("/tools/files").value("token");
    for attack in ATTACKS {
        let name = attack.replace('"', "%22");
        for file in [
            config(&[attack]),
            config(&[&format!("DISPLAY_NAME_1=\"{}\"", attack.replace('"', "'"))]),
            config(&[&format!("{attack}=\"1\"")]),
            attack.to_owned(),
            format!("<?xml version=\"1.0\"?><!-- {HEADER} --><a b=\"{}\"/>", attack.replace(['"', '<', '>'], "")),
        ] {
            let page =
                send(&site, &[("token", None, token.as_bytes()), ("file", Some(name.as_str()), file.as_bytes())]);
            assert!(harmless(&page.html), "{attack}: {}", page.html);
            assert!([StatusCode::OK, StatusCode::UNPROCESSABLE_ENTITY].contains(&page.status));
        }
    }
}

#[test]
fn what_changed_meanwhile_is_shown_again() {
    let site = Site::new();
    let page = upload(&site, &config(&[r#"SIP_TIMER_T1_1="250""#]));
    site.store.edit(&[Edit::Set(id("SIP_TIMER_T1_1"), "1000".into())], Method::Web).expect("allowed");
    let page = apply(&site, &page);
    assert!(page.says("Meanwhile something else has changed"), "{}", page.html);
    assert_eq!(site.value("SIP_TIMER_T1_1"), "1000");
    apply(&site, &page);
    assert_eq!(site.value("SIP_TIMER_T1_1"), "250");
}

#[test]
fn exports_are_downloads_without_secrets() {
    let site = Site::new();
    site.provision(&[r#"SIP_PASS_1="not-told""#, r#"DISPLAY_NAME_1="file""#]);
    site.submit("/voip/sip-line/1", &[("SIP_TIMER_T1_1", "250")]);
    for (query, name, kind, has_file) in [
        ("what=effective&format=plain", "offhook-effective.cfg", "text/plain; charset=utf-8", true),
        ("what=user&format=plain", "offhook-user.cfg", "text/plain; charset=utf-8", false),
        ("what=user&format=xml", "offhook-user.xml", "application/xml; charset=utf-8", false),
        ("", "offhook-effective.cfg", "text/plain; charset=utf-8", true),
    ] {
        let page = site.get(&format!("/tools/files/export?{query}"));
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.header("content-disposition"), format!("attachment; filename=\"{name}\""));
        assert_eq!(page.header("content-type"), kind);
        assert!(page.html.contains("SIP_TIMER_T1_1=\"250\"") && !page.html.contains("not-told"), "{query}");
        assert_eq!(page.html.contains("DISPLAY_NAME_1=\"file\""), has_file, "{query}");
        assert!(page.html.contains("Passwords and keys are left out"), "{query}");
        // What was written is taken in again, and changes nothing.
        assert!(upload(&site, &page.html).says("none of them changes what counts now"), "{query}");
    }
}
