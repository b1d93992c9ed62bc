//! What happened: one place to tell it, and everybody who wants to know is told.

use std::fmt::Display;
use std::io::Write as _;
use std::time::Duration;

use offhook_store::Store;
use offhook_system::Clock;
use offhook_system::syslog::{self, Message, Post, Server, Severity};
use offhook_web::{Level, Log};

/// How long the last messages before the unit goes down are waited for.
const FAREWELL: Duration = Duration::from_millis(500);

/// Where the unit tells what happens. It outlives restarts of the unit; copies are the same journal.
#[derive(Clone)]
pub(crate) struct Journal {
    log: Log,
    post: Post,
}

impl Journal {
    /// A journal that follows the settings of the log server; messages are delivered on the runtime of the caller.
    pub(crate) fn new(store: &Store, clock: &Clock, mac: [u8; 6]) -> Self {
        let (post, deliver) = syslog::channel(Server::of(&store.snapshot().typed()));
        tokio::spawn(deliver.run());
        let log = Log::of(store);
        let host: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
        let (server, clock) = (post.clone(), clock.clone());
        log.forward(move |level, text| {
            let (host, text) = (host.clone(), text.to_owned());
            server.send(Message { severity: severity(level), at: clock.now(), host, text });
        });
        Self { log, post }
    }

    /// Sends messages to another server, or to none, as the settings have it now.
    pub(crate) fn follow(&self, store: &Store) {
        self.post.set_server(Server::of(&store.snapshot().typed()));
    }

    /// Tells of something, on standard error too.
    pub(crate) fn tell(&self, level: Level, text: impl Display) {
        let text = text.to_string();
        // Nobody may be there to read it, which is no reason to stop.
        let _ = writeln!(std::io::stderr(), "offhook: {text}");
        self.log.push(level, text);
    }

    /// The log of the web page; what is pushed there is told to the log server as well.
    pub(crate) const fn log(&self) -> &Log {
        &self.log
    }

    /// Waits a moment for messages that are still here: the unit goes down.
    pub(crate) async fn close(&self) {
        self.post.flush(FAREWELL).await;
    }
}

const fn severity(level: Level) -> Severity {
    match level {
        Level::Info => Severity::Info,
        Level::Notice => Severity::Notice,
        Level::Warning => Severity::Warning,
        Level::Error => Severity::Error,
    }
}
