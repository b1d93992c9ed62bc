//! The server on a socket: both versions of HTTP, clients that are slow or send too much, and an end that nobody can
//! hold up.

use std::net::SocketAddr;
use std::time::Duration;

use offhook_store::Store;
use offhook_web::{Shared, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::site::{Rows, Told};

/// `admin:adminpass`
const LOGIN: &str = "Authorization: Basic YWRtaW46YWRtaW5wYXNz\r\n";

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Server {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, _) = Store::open(folder.path()).expect("the folder opens");
        let shared = Shared::new(store, Rows, Told::default(), Vec::new()).expect("random numbers");
        shared.open_port();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, shared, async move {
            stopped.await.expect("the test says when");
        }));
        Self { address, stop, task, _folder: folder }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }

    /// What comes back until the connection ends.
    async fn ask(&self, request: &str) -> String {
        let mut client = self.connect().await;
        client.write_all(request.as_bytes()).await.expect("it reads");
        rest(&mut client).await
    }

    async fn end(self) {
        self.stop.send(()).expect("it runs");
        self.task.await.expect("no panic");
    }
}

async fn rest(client: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    // A server that has had enough resets the connection.
    let _ = client.read_to_end(&mut answer).await;
    String::from_utf8(answer).expect("UTF-8")
}

#[tokio::test]
async fn old_and_new_clients_are_served() {
    let server = Server::start().await;
    for (request, first) in [
        (format!("GET /status/version HTTP/1.0\r\n{LOGIN}\r\n"), "HTTP/1.0 200 OK"),
        ("GET /status/version HTTP/1.0\r\n\r\n".to_owned(), "HTTP/1.0 403 Forbidden"),
        (
            "GET /status/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".to_owned(),
            "HTTP/1.1 403 Forbidden",
        ),
        ("GET /status/version HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), "HTTP/1.1 400 Bad Request"),
    ] {
        let answer = server.ask(&request).await;
        assert_eq!(answer.lines().next(), Some(first), "{request}");
    }
    server.end().await;

    let server = Server::start().await;
    let asked = server.ask("GET / HTTP/1.0\r\n\r\n").await;
    assert!(asked.starts_with("HTTP/1.0 401 Unauthorized"), "{asked}");
    let challenges = asked.lines().filter(|line| line.starts_with("www-authenticate: ")).count();
    assert_eq!(challenges, 3, "{asked}");
    let new = format!("GET /status/version HTTP/1.1\r\nHost: localhost\r\n{LOGIN}Connection: close\r\n\r\n");
    assert!(server.ask(&new).await.starts_with("HTTP/1.1 200 OK"));
    server.end().await;
}

#[tokio::test(start_paused = true)]
async fn half_a_request_does_not_keep_the_server_alive() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client
        .write_all(b"POST /voip/sip HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nA")
        .await
        .expect("it reads");
    server.end().await;
}

#[tokio::test(start_paused = true)]
async fn slow_clients_hold_nothing() {
    let server = Server::start().await;
    let mut head = server.connect().await;
    head.write_all(b"GET / HTTP/1.1\r\nHost: local").await.expect("it reads");
    let mut body = server.connect().await;
    let form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 99\r\n";
    let half = format!("POST /voip/sip HTTP/1.1\r\nHost: localhost\r\n{LOGIN}{form}\r\nA");
    body.write_all(half.as_bytes()).await.expect("it reads");
    let mut login = String::new();
    for _ in 0..3 {
        // The one who is logged in goes on meanwhile.
        let cookie = login.lines().find_map(|line| line.strip_prefix("set-cookie: ")).and_then(|c| c.split(';').next());
        let cookie = cookie.map_or(String::new(), |cookie| format!("Cookie: {cookie}\r\n"));
        let answer = server.ask(&format!("GET /status/version HTTP/1.0\r\n{LOGIN}{cookie}\r\n")).await;
        let first = answer.lines().next().unwrap_or_default();
        assert!(first == "HTTP/1.0 200 OK" || first == "HTTP/1.0 403 Forbidden", "{first}");
        if login.is_empty() {
            login = answer;
        }
    }
    let start = tokio::time::Instant::now();
    assert_eq!(rest(&mut head).await, "");
    assert!(rest(&mut body).await.starts_with("HTTP/1.1 408 Request Timeout"));
    assert!(start.elapsed() < Duration::from_secs(60));
    server.end().await;
}

/// More connections of one address than there are places for all: the others get in, and so does this one.
#[tokio::test]
async fn many_connections_keep_nobody_out() {
    let server = Server::start().await;
    let from = async |address: [u8; 4]| {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind((address, 0).into()).expect("an address of this machine");
        socket.connect(server.address).await.expect("it listens")
    };
    let mut held = Vec::new();
    for n in 0..100 {
        let mut client = from([127, 0, 0, 1]).await;
        if n % 2 == 0 {
            client.write_all(b"GET / HTTP/1.1\r\nHost: local").await.expect("it reads");
        }
        held.push(client);
    }
    for address in [[127, 0, 0, 2], [127, 0, 0, 1]] {
        let mut client = from(address).await;
        client.write_all(b"GET / HTTP/1.0\r\n\r\n").await.expect("it reads");
        assert!(rest(&mut client).await.starts_with("HTTP/1.0 401 "));
    }
    // The first ones have given way.
    assert_eq!(rest(&mut held[0]).await, "");
    server.end().await;
}

#[tokio::test]
async fn heads_have_a_limit() {
    let server = Server::start().await;
    let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {}\r\n\r\n", "a".repeat(200_000));
    let many = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X-Many: a\r\n".repeat(200));
    for request in [long, many] {
        let answer = server.ask(&request).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431 "), "{answer}");
    }
    assert!(server.ask("GET / HTTP/1.0\r\n\r\n").await.starts_with("HTTP/1.0 401 "));
    server.end().await;
}
