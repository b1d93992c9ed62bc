//! What other parts of the phone tell the unit, and ask it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::bail;
use offhook_provision::schedule::Plan;
use offhook_provision::{FirmwareReport, Report, Unit};
use offhook_store::Store;
use offhook_system::Clock;
use offhook_web::Level;
use tokio::sync::{Notify, mpsc, watch};

use super::status::{Next, Running, Status};
use super::{Birth, Deed, Display, Firmware, Journal, Subject};

/// A unit that lives, as the rest of the phone sees it. Copies are the same unit.
#[derive(Clone)]
pub(crate) struct Handle(Arc<Inner>);

struct Inner {
    unit: Unit,
    store: Store,
    folder: PathBuf,
    clock: Clock,
    firmware: Firmware,
    journal: Journal,
    /// No files are fetched in this life, whatever the settings say.
    aloof: bool,
    signals: mpsc::UnboundedSender<Signal>,
    restart: Notify,
    calls: watch::Sender<usize>,
    state: Mutex<State>,
}

/// What the life of the unit is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// A SIP server says that there is something to fetch.
    Resync,
    /// A person wants the files fetched.
    Asked,
    /// Settings have changed.
    Settings,
    /// The clock was set.
    Clock,
}

/// How the unit stands with its files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Provisioning {
    /// Files are being fetched.
    pub(crate) busy: bool,
    /// The next fetch that is planned: when, by the time since the start, and why.
    pub(crate) next: Option<(Duration, &'static str)>,
    /// What came of the last one, also of one before the last restart.
    pub(crate) last: Option<Report>,
}

/// What is kept to be told.
#[derive(Debug, Clone, Default)]
struct State {
    provisioning: Provisioning,
    firmware: Option<FirmwareReport>,
}

impl Handle {
    /// The handle of a unit, and where its life hears of what it is told.
    pub(super) fn new(birth: &Birth<'_>) -> (Self, mpsc::UnboundedReceiver<Signal>) {
        let (signals, heard) = mpsc::unbounded_channel();
        let inner = Inner {
            unit: birth.unit.clone(),
            store: birth.store.clone(),
            folder: birth.folder.to_owned(),
            clock: birth.clock.clone(),
            firmware: birth.firmware.clone(),
            journal: birth.journal.clone(),
            aloof: birth.aloof,
            signals,
            restart: Notify::new(),
            calls: watch::Sender::new(0),
            state: Mutex::default(),
        };
        (Self(Arc::new(inner)), heard)
    }

    /// A SIP server has sent a NOTIFY outside a dialog with this Event header. Whether it is the one that has the unit
    /// fetch its files and restart (guide rule 72); that happens then.
    pub(crate) fn resync(&self, event: &str) -> bool {
        let ours = self.plan().is_resync(event);
        if ours {
            self.signal(Signal::Resync);
        }
        ours
    }

    /// Fetches the files now, since a person wants it.
    ///
    /// # Errors
    /// Why they are not fetched, in a sentence.
    pub(crate) fn fetch(&self) -> Result<(), String> {
        if self.0.aloof {
            return Err("The phone was started with --no-provision, and fetches no files.".to_owned());
        }
        if !self.plan().is_enabled() {
            return Err("Provisioning is switched off (PROVISION_ENABLE).".to_owned());
        }
        if self.provisioning().busy {
            return Err("Files are being fetched already.".to_owned());
        }
        self.signal(Signal::Asked);
        Ok(())
    }

    /// Does something to the unit as a whole. Where that needs a restart, [`Handle::restart`] is the caller's to call, once
    /// it has answered whoever wanted it.
    ///
    /// # Errors
    /// It cannot be done during a call, or could not be done, and nothing has changed.
    pub(crate) fn perform(&self, deed: &Deed) -> anyhow::Result<String> {
        if !deed.may_interrupt() && *self.0.calls.borrow() > 0 {
            bail!("this cannot be done during a call");
        }
        let Inner { store, clock, firmware, journal, .. } = &*self.0;
        let told = deed.perform(&Subject { store, clock, firmware })?;
        journal.tell(Level::Notice, &told);
        Ok(told)
    }

    /// How the unit is, for programs.
    pub(crate) fn status(&self) -> Status {
        let Provisioning { busy, next, last } = self.provisioning();
        let up = self.0.clock.up();
        Status {
            running: Some(Running {
                firmware: self.0.firmware.running().to_string(),
                up: up.as_secs(),
                clock: self.0.clock.now(),
                busy,
                next: next
                    .map(|(due, cause)| Next { after: due.saturating_sub(up).as_secs(), cause: cause.to_owned() }),
                display: Display::new(&self.0.store.snapshot().typed(), &self.0.folder, self.0.clock.now()),
            }),
            provisioning: last,
            firmware: self.state().firmware.clone(),
        }
    }

    /// Restarts the unit, even during a call, since a person wants it (guide rules 233 and 238).
    pub(crate) fn restart(&self) {
        self.0.restart.notify_one();
    }

    /// How many calls there are now. What would end them waits until there are none.
    pub(crate) fn set_calls(&self, calls: usize) {
        self.0.calls.send_replace(calls);
    }

    /// How the unit stands with its files.
    pub(crate) fn provisioning(&self) -> Provisioning {
        self.state().provisioning.clone()
    }

    /// Ready when a person wants a restart.
    pub(crate) async fn restart_wanted(&self) {
        self.0.restart.notified().await;
    }

    /// Ready when there is no call.
    pub(super) async fn idle(&self) {
        // The sender lives as long as this handle does.
        let _ = self.0.calls.subscribe().wait_for(|calls| *calls == 0).await;
    }

    pub(super) fn signal(&self, signal: Signal) {
        // A life that has ended needs no signals.
        let _ = self.0.signals.send(signal);
    }

    pub(super) fn set_provisioning(&self, state: Provisioning) {
        self.state().provisioning = state;
    }

    pub(super) fn set_firmware(&self, report: Option<FirmwareReport>) {
        self.state().firmware = report;
    }

    pub(super) fn is_aloof(&self) -> bool {
        self.0.aloof
    }

    fn plan(&self) -> Plan {
        Plan::new(&self.0.store.snapshot(), &self.0.unit.macros())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
