//! What all requests share: the store, the door, the unit's state, and what the unit can be told to do.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use offhook_store::Store;

use crate::door::Door;
use crate::token::Tokens;
use crate::tools::{Log, Tools};
use crate::unit::{Calls, Provisioning};

/// What the pages show of the unit, from whoever knows it.
///
/// All of it is asked for while a page is rendered, and must not block.
pub trait Status: Send + Sync + 'static {
    /// The text of the row `id` of the spec's status rows, for the line `number` where each line has a row.
    ///
    /// Empty where there is nothing to tell.
    fn row(&self, id: &str, number: Option<u16>) -> String;

    /// How the unit comes by its configuration files.
    fn provisioning(&self) -> Provisioning;

    /// The lines and their calls.
    fn calls(&self) -> Calls;
}

/// What the page can tell the unit to do.
pub trait Control: Send + Sync + 'static {
    /// Asks for a restart, even during a call (guide rule 238). It returns at once; the unit goes down after the answer
    /// to the request that asked had time to leave.
    fn restart(&self);

    /// Asks for the configuration files to be fetched now, whatever the schedule says. It returns at once; what comes of
    /// it is then in [`Status::provisioning`].
    ///
    /// # Errors
    /// Why they are not fetched, in a sentence for people.
    fn fetch(&self) -> Result<(), String>;
}

/// What all requests share; a copy refers to the same.
#[derive(Clone)]
pub struct Shared {
    pub(crate) store: Store,
    pub(crate) door: Arc<Door>,
    pub(crate) status: Arc<dyn Status>,
    pub(crate) control: Arc<dyn Control>,
    pub(crate) hosts: Arc<[String]>,
    pub(crate) tokens: Arc<Tokens>,
    pub(crate) tools: Arc<Tools>,
}

impl Shared {
    /// Pages over `store`. The web port is open if the settings say so, and follows them from now on.
    ///
    /// `hosts` are the names besides `localhost` and addresses under which browsers may ask for the page; a request for
    /// any other name is refused, since it may come from a page that had its own name point here (DNS rebinding).
    ///
    /// # Errors
    /// The system gives no random numbers.
    pub fn new(store: Store, status: impl Status, control: impl Control, hosts: Vec<String>) -> io::Result<Self> {
        let tokens = Arc::new(Tokens::random()?);
        let door = Door::new(store.clone())?;
        let tools = Tools::new(Log::of(&store));
        let (status, control, hosts) = (Arc::new(status), Arc::new(control), hosts.into());
        Ok(Self { store, door, status, control, hosts, tokens, tools })
    }

    /// Shows `log` and adds to it, in place of one of its own: a log that outlives a restart of the unit.
    #[must_use]
    pub fn with_log(mut self, log: Log) -> Self {
        self.tools = self.tools.with_log(log);
        self
    }

    /// The log that its log view shows.
    pub fn log(&self) -> &Log {
        &self.tools.log
    }

    /// Sets how long settings that may cut the browser off wait to be kept; 90 seconds without it.
    #[must_use]
    pub fn with_trials_of(mut self, window: Duration) -> Self {
        self.tools = self.tools.with_window(window);
        self
    }

    /// Opens the web port, or starts its timer anew, as \[Embedded web\] on the phone does (guide rule 115).
    pub fn open_port(&self) {
        self.door.open();
    }

    /// Whether the web port is open.
    pub fn port_is_open(&self) -> bool {
        self.door.is_open()
    }

    /// Ready when the web port is open: time to listen.
    pub async fn port_opened(&self) {
        self.door.opened().await;
    }

    /// Ready when the web port is closed: by its timer, by failed logins, on a page or on the phone. While nobody waits
    /// here, the timer ends nothing but by the next request.
    pub async fn port_closed(&self) {
        self.door.closed().await;
    }
}
