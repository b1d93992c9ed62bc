//! The way of messages to their server: what cannot be sent yet waits, up to a bound, and nobody waits for it.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use offhook_params::Settings;
use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::Message;

/// Messages that wait while the server has no address or the unit no network. What comes when all places are taken is
/// lost, and counted.
const WAITING: usize = 256;

/// How long an address of the server counts.
const ADDRESS: Duration = Duration::from_secs(300);

/// Until it is tried again to reach a server.
const RETRY: Duration = Duration::from_secs(10);

/// Where messages go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Name or address.
    pub host: String,
    /// UDP port.
    pub port: u16,
}

impl Server {
    /// By the settings; nothing where no messages are wanted (guide rule 265).
    pub fn of(settings: &Settings) -> Option<Self> {
        let host = settings.syslog.syslog_address.as_ref()?.0.clone();
        Some(Self { host, port: settings.syslog.syslog_port.0 })
    }
}

/// Where messages are handed in. Copies lead to the same server.
#[derive(Debug, Clone)]
pub struct Post {
    queue: mpsc::Sender<Message>,
    server: watch::Sender<Option<Server>>,
    lost: Arc<AtomicU64>,
}

impl Post {
    /// Sends a message on its way; one for which there is no place left is lost. It does not wait.
    pub fn send(&self, message: Message) {
        // Without a server nobody wants it; what was said before one is set is not for it either.
        if self.server.borrow().is_some() && self.queue.try_send(message).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The settings name another server, or none.
    pub fn set_server(&self, server: Option<Server>) {
        self.server.send_if_modified(|now| {
            let changed = *now != server;
            *now = server;
            changed
        });
    }

    /// How many messages were lost so far.
    pub fn lost(&self) -> u64 {
        self.lost.load(Ordering::Relaxed)
    }

    /// Waits until all messages so far are on their way, but not longer than `most`: before the unit goes down.
    pub async fn flush(&self, most: Duration) {
        let end = Instant::now() + most;
        while self.queue.capacity() < WAITING && Instant::now() < end {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// The other end of a [`Post`]: takes messages to their server as long as it runs.
#[derive(Debug)]
pub struct Deliver {
    queue: mpsc::Receiver<Message>,
    server: watch::Receiver<Option<Server>>,
}

/// A post box, and who empties it.
pub fn channel(server: Option<Server>) -> (Post, Deliver) {
    let (queue, messages) = mpsc::channel(WAITING);
    let (server, changes) = watch::channel(server);
    (Post { queue, server, lost: Arc::default() }, Deliver { queue: messages, server: changes })
}

impl Deliver {
    /// Delivers until all ends of the post box are gone.
    pub async fn run(mut self) {
        let mut way = None;
        while let Some(message) = self.queue.recv().await {
            let datagram = message.encode();
            loop {
                let Some(server) = self.server.borrow_and_update().clone() else { break };
                if way.as_ref().is_none_or(|way: &Way| way.server != server || way.until <= Instant::now()) {
                    way = Way::to(server).await;
                }
                if let Some(way) = &way
                    && way.socket.send_to(&datagram, way.address).await.is_ok()
                {
                    break;
                }
                way = None;
                tokio::select! {
                    () = tokio::time::sleep(RETRY) => {}
                    changed = self.server.changed() => if changed.is_err() { return },
                }
            }
        }
    }
}

/// A socket and the address of the server.
struct Way {
    server: Server,
    socket: UdpSocket,
    address: SocketAddr,
    until: Instant,
}

impl Way {
    async fn to(server: Server) -> Option<Self> {
        let address = tokio::net::lookup_host((server.host.as_str(), server.port)).await.ok()?.next()?;
        let any = match address {
            SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0)),
            SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, 0)),
        };
        let socket = UdpSocket::bind(any).await.ok()?;
        Some(Self { server, socket, address, until: Instant::now() + ADDRESS })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syslog::Severity;

    fn message(text: &str) -> Message {
        let (host, text) = ("unit".to_owned(), text.to_owned());
        Message { severity: Severity::Info, at: None, host, text }
    }

    async fn server() -> (UdpSocket, Server) {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let port = socket.local_addr().expect("an address").port();
        (socket, Server { host: "localhost".to_owned(), port })
    }

    async fn next(socket: &UdpSocket) -> String {
        let mut bytes = [0; 2000];
        let length = socket.recv(&mut bytes).await.expect("a message");
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    }

    #[tokio::test]
    async fn messages_follow_the_settings() {
        let (first, second) = (server().await, server().await);
        let (post, deliver) = channel(None);
        tokio::spawn(deliver.run());
        post.send(message("for nobody"));
        post.set_server(Some(first.1));
        post.send(message("one"));
        assert_eq!(next(&first.0).await, "<134>1 - unit offhook - - - one");
        post.set_server(Some(second.1));
        post.send(message("two"));
        assert_eq!(next(&second.0).await, "<134>1 - unit offhook - - - two");
        post.flush(Duration::from_secs(10)).await;
        assert_eq!(post.lost(), 0);
    }

    #[tokio::test]
    async fn what_waits_is_bounded_and_what_is_lost_is_counted() {
        let (post, deliver) = channel(Some(server().await.1));
        for n in 0..WAITING + 3 {
            post.send(message(&n.to_string()));
        }
        assert_eq!(post.lost(), 3);
        drop(deliver);
    }
}
