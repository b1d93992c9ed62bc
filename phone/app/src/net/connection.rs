//! One connection: its stream cut into messages, its queue written, its end after a time without use.

use std::sync::Arc;
use std::time::Duration;

use anyhow::bail;
use offhook_sip::message::{Frame, Framer};
use offhook_sip::transaction::Peer;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::{Inbox, Security, What};

/// How long a server may take to accept a connection, and to begin TLS.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// How long a peer that has connected may take until its first message.
const FIRST: Duration = Duration::from_secs(32);

/// How long a connection that a peer has opened may lie still. Those that the line has opened stay: servers reach it there.
const IDLE: Duration = Duration::from_secs(15 * 60);

/// How long a connection stays open for the answer to what ends it.
const LAST_ANSWER: Duration = Duration::from_secs(1);

/// Bytes that are read at once.
const CHUNK: usize = 4096;

/// What a connection belongs to.
pub(super) struct Link {
    pub(super) line: usize,
    /// The line's own port, for the trace.
    pub(super) port: u16,
    pub(super) peer: Peer,
    /// Whether the peer has opened it.
    pub(super) accepted: bool,
    pub(super) inbox: Inbox,
    /// Its own queue, for answers to pings.
    pub(super) answers: mpsc::WeakSender<Arc<[u8]>>,
}

/// Begins TLS, then as [`run`].
pub(super) async fn run_tls(
    link: &Link,
    stream: TcpStream,
    security: &Security,
    waiting: mpsc::Receiver<Arc<[u8]>>,
    touch: impl Fn(),
) -> anyhow::Result<()> {
    let stream = timeout(PATIENCE, security.begin(stream, link.peer.address)).await??;
    run(link, stream, waiting, touch).await
}

/// Reads and writes until either end closes the connection, or a fault does. `touch` is called for each message.
pub(super) async fn run<S: AsyncRead + AsyncWrite>(
    link: &Link,
    stream: S,
    waiting: mpsc::Receiver<Arc<[u8]>>,
    touch: impl Fn(),
) -> anyhow::Result<()> {
    let (reader, writer) = tokio::io::split(stream);
    tokio::select! {
        read = read(link, reader, touch) => read,
        written = write(link, writer, waiting) => written,
    }
}

async fn read(link: &Link, mut reader: impl AsyncRead + Unpin, touch: impl Fn()) -> anyhow::Result<()> {
    let mut framer = Framer::new();
    let mut chunk = [0; CHUNK];
    let mut limit = FIRST;
    loop {
        let length = match link.accepted {
            true => timeout(limit, reader.read(&mut chunk)).await??,
            false => reader.read(&mut chunk).await?,
        };
        if length == 0 {
            return Ok(());
        }
        framer.push(&chunk[..length]);
        loop {
            let what = match framer.next_frame() {
                Ok(None) => break,
                Ok(Some(Frame::Message(message))) => {
                    if link.inbox.trace.is_on() {
                        link.inbox.trace.received(link.line, link.port, link.peer, &message.to_bytes());
                    }
                    What::Message(message)
                }
                Ok(Some(Frame::Malformed(malformed))) => What::Malformed(malformed),
                Ok(Some(Frame::Ping)) => {
                    // A peer that pings faster than it reads gets fewer answers.
                    if let Some(queue) = link.answers.upgrade() {
                        let _ = queue.try_send(Arc::from(*b"\r\n"));
                    }
                    continue;
                }
                Ok(Some(Frame::Pong)) => continue,
                Err(malformed) => {
                    link.inbox.put(link.line, link.peer, What::Malformed(malformed.clone())).await;
                    // Whatever follows is nobody's; the answer goes out meanwhile.
                    let rest = async { while reader.read(&mut chunk).await.is_ok_and(|length| length > 0) {} };
                    let _ = timeout(LAST_ANSWER, rest).await;
                    bail!("{malformed}");
                }
            };
            touch();
            limit = IDLE;
            if !link.inbox.put(link.line, link.peer, what).await {
                return Ok(());
            }
        }
    }
}

async fn write(
    link: &Link,
    mut writer: impl AsyncWrite + Unpin,
    mut waiting: mpsc::Receiver<Arc<[u8]>>,
) -> anyhow::Result<()> {
    while let Some(bytes) = waiting.recv().await {
        writer.write_all(&bytes).await?;
        writer.flush().await?;
        link.inbox.trace.sent(link.line, link.port, link.peer, &bytes);
    }
    Ok(())
}
