//! The phone's side of the control socket.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use offhook_call::command::{Command, Refusal, Reply};
use offhook_call::output::Event;
use serde::Serialize;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, broadcast, mpsc, oneshot};
use tokio::task::JoinSet;

use super::{Answer, Own, Unit, place};
use crate::unit::Deed;

/// Clients at a time; further ones wait.
const MOST_CLIENTS: usize = 32;

/// Commands that wait to be carried out.
const ORDERS: usize = 16;

/// Events that a client may be behind before it misses some.
const BEHIND: usize = 512;

/// Longest line of a client: a phone book fits.
pub(super) const LONGEST: usize = 1 << 20;

/// A command of a client, and where its outcome goes.
#[derive(Debug)]
pub(crate) struct Order {
    /// What is wanted.
    pub(crate) command: Command,
    /// Dropped without an answer if the phone goes down.
    pub(crate) reply: oneshot::Sender<Result<Reply, Refusal>>,
}

/// The socket, while it is there.
#[derive(Debug)]
pub(crate) struct Server {
    path: PathBuf,
    orders: mpsc::Receiver<Order>,
    news: News,
    /// Accepts clients, and serves them; ends with this value.
    _serving: JoinSet<()>,
}

/// Where events are told to all clients that have subscribed.
#[derive(Debug, Clone)]
pub(crate) struct News(broadcast::Sender<Arc<str>>);

/// An event that the socket itself tells.
#[derive(Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
enum OwnEvent {
    /// The client was too slow for so many events.
    Missed { events: u64 },
}

impl Server {
    /// Opens the socket in the state folder, for this user alone. The folder belongs to this phone: a socket that is there
    /// was left by one that ended badly. Must be called within the runtime.
    ///
    /// # Errors
    /// It cannot be made: the path is too long, say.
    pub(crate) fn open(state: &Path, unit: impl Unit) -> anyhow::Result<Self> {
        let path = place(state);
        let listener = listen(state, &path).with_context(|| format!("the control socket {}", path.display()))?;
        let (sender, orders) = mpsc::channel(ORDERS);
        let news = News(broadcast::Sender::new(BEHIND));
        let mut serving = JoinSet::new();
        serving.spawn(accept(listener, sender, news.clone(), Arc::new(unit)));
        Ok(Self { path, orders, news, _serving: serving })
    }

    /// Where to tell events.
    pub(crate) fn news(&self) -> News {
        self.news.clone()
    }

    /// The next command. May be dropped and called again without losing one.
    pub(crate) async fn next(&mut self) -> Order {
        match self.orders.recv().await {
            Some(order) => order,
            // The socket is broken; the phone goes on.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What cannot be removed is replaced at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

impl News {
    /// Tells an event to whoever listens.
    pub(crate) fn tell(&self, event: &Event) {
        if self.0.receiver_count() > 0
            && let Ok(line) = serde_json::to_string(event)
        {
            let _ = self.0.send(line.into());
        }
    }
}

/// Makes the socket out of sight, so that nobody else can ever connect, and moves it to its place.
fn listen(state: &Path, path: &Path) -> io::Result<UnixListener> {
    let hidden = state.join(".control");
    // From a start that was cut off.
    let _ = fs::remove_dir_all(&hidden);
    DirBuilder::new().mode(0o700).create(&hidden)?;
    let made = hidden.join("s");
    let listener = UnixListener::bind(&made)?;
    fs::set_permissions(&made, Permissions::from_mode(0o600))?;
    fs::rename(&made, path)?;
    fs::remove_dir(&hidden)?;
    Ok(listener)
}

async fn accept(listener: UnixListener, orders: mpsc::Sender<Order>, news: News, unit: Arc<dyn Unit>) {
    let room = Arc::new(Semaphore::new(MOST_CLIENTS));
    let mut clients = JoinSet::new();
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        // Those that have gone are forgotten.
        while clients.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                let (orders, news, unit) = (orders.clone(), news.clone(), Arc::clone(&unit));
                clients.spawn(async move {
                    let _permit = permit;
                    // A client that goes away needs no answer.
                    let _ = serve(stream, &orders, &news, &unit).await;
                });
            }
            Err(_) => tokio::time::sleep(std::time::Duration::from_secs(1)).await,
        }
    }
}

/// One client: its commands one after the other, and events between them once it has subscribed.
async fn serve(stream: UnixStream, orders: &mpsc::Sender<Order>, news: &News, unit: &Arc<dyn Unit>) -> io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = Lines { reader: BufReader::new(reader), line: Vec::new() };
    let mut events: Option<broadcast::Receiver<Arc<str>>> = None;
    loop {
        let event = async {
            match &mut events {
                Some(events) => events.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            line = lines.next() => {
                let Some(line) = line? else { return Ok(()) };
                match serde_json::from_slice(&line) {
                    Ok(Own::Subscribe) => {
                        events.get_or_insert_with(|| news.0.subscribe());
                        write(&mut writer, &Answer::Ok(Reply::Done)).await?;
                    }
                    Ok(Own::UnitStatus) => write(&mut writer, &Answer::Unit(Box::new(unit.status()))).await?,
                    Err(_) => match serde_json::from_slice(&line) {
                        Ok(deed) => perform(deed, unit, &mut writer).await?,
                        Err(_) => write(&mut writer, &answer(&line, orders).await).await?,
                    },
                }
            }
            event = event => match event {
                Ok(line) => {
                    writer.write_all(line.as_bytes()).await?;
                    writer.write_all(b"\n").await?;
                }
                Err(broadcast::error::RecvError::Lagged(events)) => write(&mut writer, &OwnEvent::Missed { events }).await?,
                Err(broadcast::error::RecvError::Closed) => return Ok(()),
            }
        }
    }
}

/// Does something to the unit, on a thread that may wait for the disk. A restart comes after the answer.
async fn perform(deed: Deed, unit: &Arc<dyn Unit>, writer: &mut OwnedWriteHalf) -> io::Result<()> {
    let restarts = deed.restarts();
    let doer = Arc::clone(unit);
    let done = tokio::task::spawn_blocking(move || doer.perform(&deed)).await.map_err(io::Error::other)?;
    match done {
        Ok(told) => {
            write(writer, &Answer::Told(told)).await?;
            if restarts {
                unit.restart();
            }
            Ok(())
        }
        Err(why) => write(writer, &Answer::Error(why)).await,
    }
}

async fn answer(line: &[u8], orders: &mpsc::Sender<Order>) -> Answer {
    let command: Command = match serde_json::from_slice(line) {
        Ok(command) => command,
        Err(error) => return Answer::Error(format!("this is no command: {error}")),
    };
    let (reply, outcome) = oneshot::channel();
    if orders.send(Order { command, reply }).await.is_ok()
        && let Ok(outcome) = outcome.await
    {
        return match outcome {
            Ok(reply) => Answer::Ok(reply),
            Err(refusal) => Answer::Error(refusal.to_string()),
        };
    }
    Answer::Error("the phone is going down".to_owned())
}

async fn write(writer: &mut OwnedWriteHalf, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    writer.write_all(&line).await
}

/// The lines of a client. A line that has begun stays here while something else is looked after.
struct Lines {
    reader: BufReader<OwnedReadHalf>,
    line: Vec<u8>,
}

impl Lines {
    /// The next line without its end; none when there are no more.
    async fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let room = (LONGEST + 1).saturating_sub(self.line.len());
        (&mut self.reader).take(room as u64).read_until(b'\n', &mut self.line).await?;
        match self.line.pop() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(std::mem::take(&mut self.line))),
            Some(_) if self.line.len() >= LONGEST => Err(io::ErrorKind::InvalidData.into()),
            // The end of the stream ends the last line too.
            Some(last) => {
                self.line.push(last);
                Ok(Some(std::mem::take(&mut self.line)))
            }
        }
    }
}
