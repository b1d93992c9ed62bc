//! HTTP against nginx and lighttpd: versions, conditional requests, redirects, logins, proxies.

use std::time::SystemTime;

use offhook_params::choices::HttpVersion;
use offhook_provision::fetch::{Access, Fetched};

use crate::servers::{free_port, lighttpd_digest, nginx};
use crate::{FILE, LIMITS, access, assert_error, fetch, fetch_with, login};

const PLAIN: &str = "server { listen 127.0.0.1:{port}; root {folder}/files; access_log {folder}/lines line; }";

#[test]
fn both_versions_say_who_asks_and_whom() {
    let Some(server) = nginx(PLAIN, &[("a/f.cfg", FILE)]) else { return };
    let url = format!("http://127.0.0.1:{}/a/f.cfg", server.port);
    for (n, (http_version, name)) in
        [(HttpVersion::Http10, "1.0"), (HttpVersion::Http11, "1.1")].into_iter().enumerate()
    {
        let (_, bytes) = fetch_with(Access { http_version, ..access() }, &url, None, &LIMITS).expect("the file");
        assert_eq!(bytes, FILE);
        let line = format!(
            "GET /a/f.cfg HTTP/{name}|200|Panasonic_KX-UT670/01.000 (0080f0010203)|127.0.0.1:{}|-",
            server.port
        );
        assert_eq!(server.log(n + 1)[n], line);
    }
    assert_error(fetch(&format!("{url}x")), &["no such file", "404", &server.port.to_string()]);
}

#[test]
fn an_unchanged_file_is_not_sent_again() {
    let Some(server) = nginx(PLAIN, &[("f", FILE)]) else { return };
    let url = format!("http://127.0.0.1:{}/f", server.port);
    let (fetched, _) = fetch_with(access(), &url, None, &LIMITS).expect("the file");
    let Fetched::File { version: validator, from } = fetched else { panic!("a file") };
    assert_eq!(from.to_string(), url);
    assert!(validator.etag.is_some() && validator.last_modified.is_some());
    let again = fetch_with(access(), &url, Some(&validator), &LIMITS).expect("an answer");
    assert_eq!(again, (Fetched::Unchanged, Vec::new()));
    assert!(server.log(2)[1].contains("|304|"));
    server.put("f", b"other");
    let (fetched, bytes) = fetch_with(access(), &url, Some(&validator), &LIMITS).expect("the file");
    assert_eq!(bytes, b"other");
    assert!(matches!(fetched, Fetched::File { version, .. } if version != validator));
}

#[test]
fn a_file_that_was_just_written_may_be_written_again_in_the_same_second() {
    let Some(server) = nginx(PLAIN, &[]) else { return };
    // nginx makes the ETag of second and length.
    let now = SystemTime::now();
    server.put_at("f", b"one", now);
    let url = format!("http://127.0.0.1:{}/f", server.port);
    let (fetched, _) = fetch_with(access(), &url, None, &LIMITS).expect("the file");
    let Fetched::File { version, .. } = fetched else { panic!("a file") };
    server.put_at("f", b"two", now);
    assert_eq!(fetch_with(access(), &url, Some(&version), &LIMITS).expect("the file").1, b"two");
}

#[test]
fn redirects_are_followed_as_far_as_they_make_sense() {
    let block = "server {
        listen 127.0.0.1:{port}; root {folder}/files;
        location ~ ^/n0$ { return 302 /f; }
        location ~ ^/n1$ { return 301 n0; }
        location ~ ^/n2$ { return 307 http://localhost:{port}/n1; }
        location ~ ^/n3$ { return 308 /n2; }
        location ~ ^/n4$ { return 303 /n3; }
        location ~ ^/n5$ { return 302 /n4; }
        location = /circle { return 302 /circle; }
        location = /file { return 302 file:///etc/passwd; }
        location = /ftp { return 302 ftp://127.0.0.1/f; }
        location = /500 { return 500; }
    }";
    let Some(server) = nginx(block, &[("f", FILE)]) else { return };
    let fetch = |path: &str| fetch(&format!("http://127.0.0.1:{}/{path}", server.port));
    for n in 0..5 {
        assert_eq!(fetch(&format!("n{n}")).expect("the file"), FILE);
    }
    assert_error(fetch("n5"), &["more than 5"]);
    assert_error(fetch("circle"), &["in a circle"]);
    assert_error(fetch("file"), &["redirect", "not file"]);
    assert_error(fetch("ftp"), &["redirect", "ftp"]);
    assert_error(fetch("500"), &["answers with an error: 500"]);
}

#[test]
fn basic_logins_are_answered() {
    let block = "server {
        listen 127.0.0.1:{port}; root {folder}/files; access_log {folder}/lines line;
        auth_basic phones; auth_basic_user_file {folder}/files/users;
        location = /inner { return 302 /f; }
    }";
    let users = b"phone:{PLAIN}s3cret\nother@x:{PLAIN}p%w\n";
    let Some(server) = nginx(block, &[("f", FILE), ("users", users)]) else { return };
    let url = format!("http://127.0.0.1:{}/f", server.port);
    let with = |credentials| Access { credentials, ..access() };
    let right = || with(Some(login("phone", "s3cret")));
    assert_eq!(fetch_with(right(), &url, None, &LIMITS).expect("the file").1, FILE);
    let log = server.log(2);
    assert!(log[0].contains("|401|") && log[1].contains("|200|") && log[1].ends_with("|phone"), "{log:?}");
    // Those of the URL come first.
    let own = url.replace("http://", "http://other%40x:p%25w@");
    assert_eq!(fetch_with(right(), &own, None, &LIMITS).expect("the file").1, FILE);
    assert_eq!(fetch_with(access(), &own, None, &LIMITS).expect("the file").1, FILE);
    let redirected = own.replace("/f", "/inner");
    assert_eq!(fetch_with(access(), &redirected, None, &LIMITS).expect("the file").1, FILE);
    assert_error(fetch_with(access(), &url, None, &LIMITS), &["HTTP Authentication on the web page"]);
    let wrong = with(Some(login("phone", "wrong")));
    assert_error(fetch_with(wrong, &url, None, &LIMITS), &["does not accept user name and password"]);
}

#[test]
fn digest_logins_are_answered() {
    for algorithm in ["MD5", "SHA-256"] {
        let Some(server) = lighttpd_digest(algorithm, "phone", "s3cret") else { return };
        server.put("a b/f", FILE);
        let url = format!("http://127.0.0.1:{}/a%20b/f?x=%22", server.port);
        let with = |password| Access { credentials: Some(login("phone", password)), ..access() };
        assert_eq!(fetch_with(with("s3cret"), &url, None, &LIMITS).expect("the file").1, FILE);
        assert_error(fetch_with(with("wrong"), &url, None, &LIMITS), &["does not accept"]);
    }
}

#[test]
fn requests_go_through_the_proxy() {
    // The name exists behind the proxy only.
    let block = "server {
        listen 127.0.0.1:{port}; root {folder}/files; access_log {folder}/lines line;
        location = /locked { return 407; }
    }";
    let Some(server) = nginx(block, &[("f", FILE)]) else { return };
    let proxied = |port| Access { proxy: Some(("127.0.0.1".to_owned(), port)), ..access() };
    let url = "http://provisioning.invalid/f";
    assert_eq!(fetch_with(proxied(server.port), url, None, &LIMITS).expect("the file").1, FILE);
    assert!(server.log(1)[0].starts_with("GET http://provisioning.invalid/f HTTP/1.1|200|"));
    assert_error(
        fetch_with(proxied(server.port), "http://x.invalid/locked", None, &LIMITS),
        &["proxy asks for a login"],
    );
    assert_error(fetch_with(proxied(free_port()), url, None, &LIMITS), &["no connection", "refused"]);
    assert_error(fetch(url), &["no connection", "provisioning.invalid:80"]);
}
