//! The server on a socket: both versions of HTTP, and an end that nobody can hold up.

use std::net::SocketAddr;

use offhook_store::Store;
use offhook_web::{Shared, serve};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::site::{Restarts, Rows};

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<std::io::Result<()>>,
    _folder: tempfile::TempDir,
}

async fn server() -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, _) = Store::open(folder.path()).expect("the folder opens");
    let shared = Shared::new(store, Rows, Restarts(Default::default()), Vec::new()).expect("random numbers");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    let task = tokio::spawn(serve(listener, shared, async move {
        stopped.await.expect("the test says when");
    }));
    Server { address, stop, task, _folder: folder }
}

#[tokio::test]
async fn old_and_new_clients_are_served() {
    let server = server().await;
    for (request, first) in [
        ("GET /status/version HTTP/1.0\r\n\r\n", "HTTP/1.0 200 OK"),
        ("GET /status/version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "HTTP/1.1 200 OK"),
        ("GET /status/version HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 400 Bad Request"),
    ] {
        let mut client = TcpStream::connect(server.address).await.expect("it listens");
        client.write_all(request.as_bytes()).await.expect("it reads");
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.expect("it answers");
        assert_eq!(answer.lines().next(), Some(first), "{request}");
    }
    server.stop.send(()).expect("it runs");
    server.task.await.expect("no panic").expect("a clean end");
}

#[tokio::test(start_paused = true)]
async fn half_a_request_does_not_keep_the_server_alive() {
    let server = server().await;
    let mut client = TcpStream::connect(server.address).await.expect("it listens");
    client
        .write_all(b"POST /voip/sip HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\nA")
        .await
        .expect("it reads");
    server.stop.send(()).expect("it runs");
    server.task.await.expect("no panic").expect("a clean end");
}
