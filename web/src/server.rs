//! The server on a socket: HTTP/1.0 and 1.1, with bounds on what each client can hold and for how long.

mod guests;

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::shared::Shared;
use guests::{Guests, Idle};

/// Most bytes of the first line and the header fields of a request.
const MAX_HEAD: usize = 32 * 1024;

/// How long they may take to arrive; also how long a connection may be idle.
const HEAD_TIME: Duration = Duration::from_secs(15);

/// How long a connection is used; browsers open another one then. It ends whoever reads or writes too slowly.
const LIFE: Duration = Duration::from_secs(120);

/// How long the answers on their way have once a connection or the server is to end.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Serves the page on `listener` until `stop` is ready; connections that are still open then get two seconds.
///
/// Dropping the future ends all connections at once.
pub async fn serve(listener: TcpListener, app: Shared, stop: impl Future<Output = ()>) {
    let router = crate::router(app);
    let (stopping, stopped) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut guests = Guests::default();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(ended) = connections.join_next_with_id() => {
                guests.leave(ended.map_or_else(|error| error.id(), |(id, ())| id));
            }
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => if guests.make_room(peer.ip()) {
                    let idle = Idle::new();
                    let task = connections.spawn(connection(stream, router.clone(), idle.clone(), stopped.clone()));
                    guests.enter(peer.ip(), idle, task);
                },
                // A client that was gone already, or no descriptors left: others may end meanwhile.
                Err(_) => sleep(Duration::from_millis(100)).await,
            },
        }
    }
    drop((listener, stopping));
    let ended = async { while connections.join_next().await.is_some() {} };
    // Whoever is not done is cut off.
    let _ = timeout(LAST_WORDS, ended).await;
}

async fn connection(stream: TcpStream, router: Router, idle: Idle, mut stopped: watch::Receiver<()>) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request| {
        let busy = idle.busy();
        let answer = router.call(request);
        async move {
            let answer = answer.await;
            drop(busy);
            answer
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIME).max_buf_size(MAX_HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // An error is the client's: it spoke no HTTP, or went away.
        _ = connection.as_mut() => return,
        _ = stopped.changed() => {}
        () = sleep(LIFE) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(LAST_WORDS, connection).await;
}
