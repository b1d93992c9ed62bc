//! The connections of a line: one to each peer, opened when something is to be sent or when a peer comes.

use std::collections::HashMap;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use offhook_params::types::Dscp;
use offhook_sip::transaction::{Peer, Transport};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

use super::connection::{self, Link};
use super::{Inbox, Options, Security, What, canonical, socket};

/// Connections that peers have opened to one line. More are possible only in place of the one that was still longest.
const MOST_ACCEPTED: usize = 16;

/// Connections that a line has opened itself, likewise. It has few servers.
const MOST_OPENED: usize = 16;

/// Messages that wait for one connection; more than that, and it is given up.
const QUEUE: usize = 64;

/// How long to wait before accepting again when the process has no room for a further connection.
const EXHAUSTED: Duration = Duration::from_secs(1);

/// All connections of a line.
#[derive(Debug)]
pub(super) struct Connections {
    line: usize,
    /// The line's own port.
    port: u16,
    inbox: Inbox,
    table: Mutex<Table>,
}

#[derive(Debug)]
struct Table {
    dscp: Dscp,
    security: Security,
    open: HashMap<Peer, Entry>,
    /// Counts up: the higher, the later.
    moment: u64,
}

/// A connection, also while it is being opened.
#[derive(Debug)]
struct Entry {
    queue: mpsc::Sender<Arc<[u8]>>,
    task: AbortHandle,
    /// Tells it from an earlier one to the same peer.
    number: u64,
    /// When something passed last.
    used: u64,
    accepted: bool,
}

impl Connections {
    /// None yet.
    pub(super) fn new(line: usize, port: u16, options: &Options, inbox: Inbox) -> Arc<Self> {
        let Options { dscp, security, .. } = options.clone();
        let table = Table { dscp, security, open: HashMap::new(), moment: 0 };
        Arc::new(Self { line, port, inbox, table: Mutex::new(table) })
    }

    /// Takes other options for further connections.
    pub(super) fn set(&self, options: &Options) {
        let mut table = self.table();
        table.dscp = options.dscp;
        table.security = options.security.clone();
    }

    /// Sends a message over the connection to a peer, and opens it if there is none.
    pub(super) fn send(self: &Arc<Self>, to: Peer, bytes: &Arc<[u8]>) {
        let mut table = self.table();
        let moment = table.next_moment();
        if let Some(entry) = table.open.get_mut(&to) {
            entry.used = moment;
            match entry.queue.try_send(Arc::clone(bytes)) {
                Ok(()) => return,
                // It ends, and tells so itself.
                Err(mpsc::error::TrySendError::Full(_)) => return entry.task.abort(),
                Err(mpsc::error::TrySendError::Closed(_)) => {}
            }
        }
        let queue = self.start(&mut table, to, None);
        // A new queue has room.
        let _ = queue.try_send(Arc::clone(bytes));
    }

    /// Accepts connections until the line closes.
    pub(super) async fn listen(self: Arc<Self>, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, from)) => {
                    let peer = Peer { transport: Transport::Tcp, address: canonical(from) };
                    self.start(&mut self.table(), peer, Some(stream));
                }
                // The process has no room for more, or the peer has thought better of it.
                Err(_) => tokio::time::sleep(EXHAUSTED).await,
            }
        }
    }

    /// Something came over a connection.
    pub(super) fn touch(&self, peer: Peer, number: u64) {
        let mut table = self.table();
        let moment = table.next_moment();
        if let Some(entry) = table.open.get_mut(&peer).filter(|entry| entry.number == number) {
            entry.used = moment;
        }
    }

    /// Starts the task of a connection, one that was accepted or one that is to be opened.
    fn start(self: &Arc<Self>, table: &mut Table, peer: Peer, stream: Option<TcpStream>) -> mpsc::Sender<Arc<[u8]>> {
        let accepted = stream.is_some();
        table.make_room(accepted);
        let (queue, waiting) = mpsc::channel(QUEUE);
        let number = table.next_moment();
        let link = Link {
            line: self.line,
            port: self.port,
            peer,
            accepted,
            inbox: self.inbox.clone(),
            answers: queue.downgrade(),
        };
        let (connections, dscp, security) = (Arc::clone(self), table.dscp, table.security.clone());
        let ended = Ended { connections: Arc::clone(self), peer, number };
        let task = tokio::spawn(async move {
            // Dropped with the task, however it ends.
            let _ended = ended;
            let touch = || connections.touch(peer, number);
            let stream = match stream {
                Some(stream) => Ok(stream),
                None => connections.connect(peer.address, dscp).await,
            };
            let result = match stream {
                Err(error) => Err(error),
                Ok(stream) if peer.transport == Transport::Tls => {
                    connection::run_tls(&link, stream, &security, waiting, touch).await
                }
                Ok(stream) => connection::run(&link, stream, waiting, touch).await,
            };
            if let Err(error) = result {
                link.inbox.trace.note(link.line, peer, &error);
            }
        });
        let entry = Entry { queue: queue.clone(), task: task.abort_handle(), number, used: number, accepted };
        if let Some(old) = table.open.insert(peer, entry) {
            old.task.abort();
        }
        queue
    }

    /// From the line's own port if that is free towards this peer.
    async fn connect(&self, to: SocketAddr, dscp: Dscp) -> anyhow::Result<TcpStream> {
        let own = |port| match to {
            SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)),
            SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::UNSPECIFIED, port)),
        };
        if let Ok(socket) = socket::connector(own(self.port), dscp) {
            match tokio::time::timeout(connection::PATIENCE, socket.connect(to)).await? {
                Ok(stream) => return Ok(stream),
                // An earlier connection has not died down yet.
                Err(error)
                    if matches!(error.kind(), std::io::ErrorKind::AddrInUse | std::io::ErrorKind::AddrNotAvailable) => {
                }
                Err(error) => return Err(error.into()),
            }
        }
        let socket = socket::connector(own(0), dscp)?;
        Ok(tokio::time::timeout(connection::PATIENCE, socket.connect(to)).await??)
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all connections.
    pub(super) fn close(&self) {
        for (_, entry) in self.table().open.drain() {
            entry.task.abort();
        }
    }
}

impl Table {
    fn next_moment(&mut self) -> u64 {
        self.moment += 1;
        self.moment
    }

    /// Ends the connection that was still longest if there are too many of its kind.
    fn make_room(&mut self, accepted: bool) {
        let most = if accepted { MOST_ACCEPTED } else { MOST_OPENED };
        let alike = || self.open.iter().filter(|(_, entry)| entry.accepted == accepted);
        if alike().count() >= most
            && let Some((_, entry)) = alike().min_by_key(|(_, entry)| entry.used)
        {
            entry.task.abort();
        }
    }
}

/// Says that a connection has ended.
struct Ended {
    connections: Arc<Connections>,
    peer: Peer,
    number: u64,
}

impl Drop for Ended {
    fn drop(&mut self) {
        let Self { connections, peer, number } = self;
        let mut table = connections.table();
        if table.open.get(peer).is_some_and(|entry| entry.number == *number) {
            table.open.remove(peer);
            drop(table);
            let (inbox, line, peer) = (connections.inbox.clone(), connections.line, *peer);
            let gone = super::Arrival { line, from: peer, what: What::Unreachable };
            if let Err(mpsc::error::TrySendError::Full(gone)) = inbox.arrivals.try_send(gone) {
                // It must not be lost: transactions would wait for a long time.
                tokio::spawn(async move { inbox.arrivals.send(gone).await });
            }
        }
    }
}
