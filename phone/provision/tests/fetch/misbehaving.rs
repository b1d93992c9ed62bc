//! An HTTP and an FTP server that do what servers must not do.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use offhook_provision::fetch::{Access, Limits};

use crate::{LIMITS, access, assert_error, fetch, fetch_with, login};

/// Serves connections, one after the other, until the process ends; tells the requests.
fn serve(play: impl Fn(&mut TcpStream) + Send + 'static) -> (u16, Receiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (tell, requests) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut reader = BufReader::new(stream.try_clone().expect("a connection"));
            let mut request = String::new();
            while !request.ends_with("\r\n\r\n") && reader.read_line(&mut request).is_ok_and(|count| count > 0) {}
            // Nobody may be listening any more.
            let _ = tell.send(request);
            play(&mut stream);
        }
    });
    (port, requests)
}

/// What comes of a server that sends this and closes the connection.
fn fetch_sent(response: &'static [u8]) -> Result<Vec<u8>, offhook_provision::Error> {
    let (port, _requests) = serve(move |stream| drop(stream.write_all(response)));
    fetch(&format!("http://127.0.0.1:{port}/f"))
}

#[test]
fn silence_at_any_point() {
    let limits = Limits { connect: Duration::from_millis(100), idle: Duration::from_millis(300), ..LIMITS };
    for (sent, words) in [
        (&b""[..], "did not answer within 0.4 s"),
        (b"HTTP/1.1 200 OK\r\nContent-", "did not answer within 0.4 s"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal", "did not send more of the file within 0.3 s"),
    ] {
        let (port, _requests) = serve(move |stream| {
            stream.write_all(sent).expect("sent");
            // Until the unit hangs up.
            let _ = stream.read(&mut [0]);
        });
        let begin = Instant::now();
        assert_error(fetch_with(access(), &format!("http://127.0.0.1:{port}/f"), None, &limits), &[words]);
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
}

#[test]
fn a_trickle_ends_with_the_time() {
    let (port, _requests) = serve(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
        // Each byte is in time, all of them are not.
        while stream.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let limits = Limits { size: 2_000_000, total: Duration::from_millis(500), ..LIMITS };
    let result = fetch_with(access(), &format!("http://127.0.0.1:{port}/f"), None, &limits);
    assert_error(result, &["did not send the whole file within 0.5 s"]);
}

#[test]
fn lies_about_the_length() {
    assert_error(fetch_sent(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), &["cut off"]);
    assert_error(fetch_sent(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\nx"), &["larger than 100000"]);
    assert_error(fetch_sent(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf"), &["cut off"]);
    assert_eq!(fetch_sent(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfile and more").expect("4 bytes"), b"file");
    assert_eq!(fetch_sent(b"HTTP/1.0 200 OK\r\n\r\nuntil the end").expect("a file"), b"until the end");
    assert_error(fetch_sent(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"), &["as it should"]);
}

#[test]
fn endless_files_are_left_when_they_are_too_long() {
    for head in ["", "Transfer-Encoding: chunked\r\n"] {
        let (port, _requests) = serve(move |stream| {
            let _ = write!(stream, "HTTP/1.1 200 OK\r\n{head}\r\n");
            let piece = format!("400\r\n{}\r\n", "x".repeat(0x400));
            while stream.write_all(piece.as_bytes()).is_ok() {}
        });
        assert_error(fetch(&format!("http://127.0.0.1:{port}/f")), &["larger than 100000 bytes"]);
    }
}

#[test]
fn answers_that_are_none() {
    assert_error(fetch_sent(b""), &["cut off"]);
    assert_error(fetch_sent(b"220 ready, FTP here\r\n"), &["does not speak HTTP as it should"]);
    assert_error(fetch_sent(b"HTTP/1.1 200 OK\r\n\r\n<!DOCTYPE html><html>Log in"), &["web page in place of the file"]);
    assert_error(fetch_sent(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b"), &["compresses", "gzip"]);
    assert_error(fetch_sent(b"HTTP/1.1 304 Not Modified\r\n\r\n"), &["304"]);
    assert_error(fetch_sent(b"HTTP/1.1 206 Partial Content\r\nContent-Length: 1\r\n\r\nx"), &["206"]);
    assert_error(fetch_sent(b"HTTP/1.1 302 Found\r\n\r\n"), &["302"]);
    assert_error(fetch_sent(b"HTTP/1.1 302 Found\r\nLocation: http://[\r\n\r\n"), &["redirect"]);
    let (port, _requests) = serve(|stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-Header: and another one\r\n").is_ok() {}
    });
    assert_error(fetch(&format!("http://127.0.0.1:{port}/f")), &[&port.to_string()]);
}

#[test]
fn a_reset_is_no_end() {
    // What is not read when a connection is closed makes the kernel reset it.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        stream.read_exact(&mut [0; 10]).expect("a request");
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nhalf of it").expect("sent");
    });
    assert_error(fetch(&format!("http://127.0.0.1:{port}/f")), &["cut off"]);
}

#[test]
fn logins_stay_at_home() {
    let credentials = || Access { credentials: Some(login("phone", "s3cret")), ..access() };
    let (foreign, requests) = serve(|stream| {
        drop(stream.write_all(b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"));
    });
    let (home, _) = serve(move |stream| {
        drop(write!(
            stream,
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{foreign}/f\r\nContent-Length: 0\r\n\r\n"
        ));
    });
    for url in [format!("http://127.0.0.1:{home}/f"), format!("http://u:p@127.0.0.1:{home}/f")] {
        let result = fetch_with(credentials(), &url, None, &LIMITS);
        assert_error(result, &["not to one that a redirect names"]);
        let request = requests.recv().expect("a request").to_ascii_lowercase();
        assert!(!request.contains("authorization") && !request.contains("referer"), "{request}");
    }
    assert!(requests.try_recv().is_err(), "asked once each time");
}

#[test]
fn a_login_is_tried_once_but_a_stale_nonce_is_renewed() {
    for (stale, tries) in [("", 2), (", stale=true", 3)] {
        let (port, requests) = serve(move |stream| {
            let demand = format!("Digest realm=x, nonce=n, qop=\"auth\"{stale}");
            drop(write!(
                stream,
                "HTTP/1.1 401 No\r\nWWW-Authenticate: {demand}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            ));
        });
        let access = Access { credentials: Some(login("phone", "s3cret")), ..access() };
        let result = fetch_with(access, &format!("http://127.0.0.1:{port}/f"), None, &LIMITS);
        assert_error(result, &["does not accept user name and password"]);
        assert_eq!(requests.try_iter().count(), tries);
    }
}

#[test]
fn ftp_servers_that_misbehave() {
    let short = Limits { idle: Duration::from_millis(300), ..LIMITS };
    let play = |lines: &'static [&'static str], limits: &Limits| {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut reader = BufReader::new(stream.try_clone().expect("a connection"));
            let data = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
            let [high, low] = data.local_addr().expect("an address").port().to_be_bytes();
            for line in lines {
                let line = line.replace("{pasv}", &format!("(10,0,0,1,{high},{low})"));
                if let Some(sent) = line.strip_prefix("data ") {
                    let (mut connection, _) = data.accept().expect("a connection");
                    let _ = connection.write_all(sent.as_bytes());
                    continue;
                }
                let _ = stream.write_all(line.as_bytes());
                if !line.starts_with("150") {
                    let _ = reader.read_line(&mut String::new());
                }
            }
        });
        fetch_with(access(), &format!("ftp://127.0.0.1:{port}/f"), None, limits).map(|(_, bytes)| bytes)
    };
    let ok =
        ["220 x\r\n", "331 x\r\n", "230 x\r\n", "200 x\r\n", "227 x {pasv}\r\n", "150 x\r\n", "data abc", "226 x\r\n"];
    let ok: &'static [&'static str] = Box::leak(Box::new(ok));
    assert_eq!(play(ok, &LIMITS).expect("the file"), b"abc");
    assert_error(
        play(
            &[
                "220 x\r\n",
                "331 x\r\n",
                "230 x\r\n",
                "200 x\r\n",
                "227 x {pasv}\r\n",
                "150 x\r\n",
                "data ab",
                "426 lost\r\n",
            ],
            &LIMITS,
        ),
        &["cut off", "lost"],
    );
    assert_error(play(&["220 x\r\n", "530 \x1b[31mno\r\n"], &LIMITS), &["does not let the unit in", "no"]);
    assert_error(play(&["SSH-2.0-x\r\n"], &LIMITS), &["127.0.0.1"]);
    assert_error(play(&["220 x\r\n", "331 x\r\n", "230 x\r\n", "200 x\r\n", "227 x\r\n"], &LIMITS), &["127.0.0.1"]);
    assert_error(play(&[], &LIMITS), &["127.0.0.1"]);
    let (port, _requests) = serve(|stream| drop(stream.read(&mut [0])));
    let silent = fetch_with(access(), &format!("ftp://127.0.0.1:{port}/f"), None, &short);
    assert_error(silent, &["did not greet within 0.3 s"]);
}
