//! One life of the unit: from its start to the next restart, it fetches its files when the schedule says so.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use offhook_params::types::FirmwareVersion;
use offhook_params::{Applies, ParamId};
use offhook_provision::schedule::{Action, Cause, Event, Now, Outcome, Schedule, Spread, Step};
use offhook_provision::{FileReport, Provisioner, Report, Unit};
use offhook_settings::ChangeSet;
use offhook_store::{Store, Subscription};
use offhook_system::Clock;
use offhook_web::Level;
use tokio::sync::{Notify, mpsc, watch};

use super::handle::{Handle, Provisioning, Signal};
use super::{Firmware, Journal, network, time};

/// How long the first fetch waits for the time server, so that certificates can be checked.
const TIME: Duration = Duration::from_secs(6);

/// Findings of one file that are told one by one; the page has the others.
const MOST_TOLD: usize = 20;

/// One life of the unit.
pub(crate) struct Life {
    unit: Unit,
    store: Store,
    clock: Clock,
    journal: Journal,
    handle: Handle,
    signals: mpsc::UnboundedReceiver<Signal>,
    provisioner: Provisioner,
    schedule: Schedule,
    firmware: Firmware,
    /// A version that could not be installed in this life.
    missed: Option<FirmwareVersion>,
    lease: Option<PathBuf>,
    /// Tells who keeps the time of changed settings.
    changed: Arc<Notify>,
    _subscription: Subscription,
}

/// What a life needs to begin.
pub(crate) struct Birth<'a> {
    /// Who the unit is.
    pub(crate) unit: Unit,
    /// Its settings.
    pub(crate) store: Store,
    /// The folder that they are kept in.
    pub(crate) folder: &'a Path,
    /// Its clock.
    pub(crate) clock: Clock,
    /// Where it tells what happens.
    pub(crate) journal: Journal,
    /// Its firmware.
    pub(crate) firmware: Firmware,
    /// Where the DHCP client leaves its lease.
    pub(crate) lease: Option<PathBuf>,
    /// It fetches no files, whatever the settings say.
    pub(crate) aloof: bool,
}

impl Life {
    /// A life that can begin.
    pub(crate) fn new(birth: Birth<'_>) -> Self {
        let (handle, signals) = Handle::new(&birth);
        let Birth { unit, store, folder, clock, journal, firmware, lease, .. } = birth;
        let provisioner = Provisioner::new(unit.clone(), store.clone(), folder);
        let schedule = Schedule::new(Spread::of_unit(unit.mac), provisioner.plan());
        let last = provisioner.report().cloned();
        handle.set_provisioning(Provisioning { last, ..Provisioning::default() });
        handle.set_firmware(provisioner.firmware_report().cloned());
        let changed = Arc::new(Notify::new());
        let (told, followed, server) = (handle.clone(), Arc::clone(&changed), (journal.clone(), store.clone()));
        // The subscription is dropped with this life, and with it the handle that it holds.
        let subscription = store.subscribe(move |_| {
            told.signal(Signal::Settings);
            followed.notify_one();
            server.0.follow(&server.1);
        });
        Self {
            unit,
            store,
            clock,
            journal,
            handle,
            signals,
            provisioner,
            schedule,
            firmware,
            missed: None,
            lease,
            changed,
            _subscription: subscription,
        }
    }

    /// What other parts of the phone tell the unit by.
    pub(crate) fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Lives, until the unit has to restart: this tells why.
    pub(crate) async fn live(&mut self) -> String {
        let asked = watch::Sender::new(false);
        let (store, clock, journal) = (self.store.clone(), self.clock.clone(), self.journal.clone());
        let (handle, changed) = (self.handle.clone(), Arc::clone(&self.changed));
        let firmware = self.firmware.clone();
        let time = time::keep(&store, &clock, &handle, &journal, &changed, &asked);
        let settle = async {
            firmware.settle(&journal).await;
            std::future::pending::<()>().await;
        };
        tokio::select! {
            why = self.provision(asked.subscribe()) => why,
            () = time => unreachable!("the time is kept without end"),
            () = settle => unreachable!("it waits without end"),
        }
    }

    async fn provision(&mut self, mut asked: watch::Receiver<bool>) -> String {
        if self.handle.is_aloof() {
            // Settings are followed all the same, by those who subscribe to the store.
            return std::future::pending().await;
        }
        let lease = network::lease(self.lease.as_deref(), &self.store, &self.journal).await;
        // Without a time server this is over at once. Without an answer, certificates are not checked (guide rule 79).
        let _ = tokio::time::timeout(TIME, asked.wait_for(|asked| *asked)).await;
        // What was asked for before the restart (guide rule 102).
        if let Some(why) = self.update().await {
            self.handle.idle().await;
            return why;
        }
        let places = network::candidates(lease, &self.unit.macros(), &self.journal);
        let mut step = self.take(Event::StartUp(places));
        if step.action.is_none() {
            self.fetch_pictures().await;
        }
        loop {
            if let Some(action) = step.action {
                if action == Action::Restart {
                    self.handle.idle().await;
                    return "its files were fetched, as asked for".to_owned();
                }
                let (outcome, why) = self.fetch(&action).await;
                self.take_settings();
                step = self.take(Event::Finished(outcome));
                if let (Some(why), None) = (why, &step.action) {
                    self.handle.idle().await;
                    return why;
                }
                continue;
            }
            step = self.next(step.wake).await;
        }
    }

    /// Waits for what happens next, and takes it.
    async fn next(&mut self, wake: Option<Duration>) -> Step {
        let up = self.clock.up();
        let wait = async {
            match wake {
                Some(due) => tokio::time::sleep(due.saturating_sub(up)).await,
                None => std::future::pending().await,
            }
        };
        let event = tokio::select! {
            signal = self.signals.recv() => match signal {
                Some(Signal::Resync) => Event::Notify,
                Some(Signal::Asked) => Event::Asked,
                Some(Signal::Settings) => Event::Settings(self.provisioner.plan()),
                Some(Signal::Clock) | None => Event::Time,
            },
            () = wait => Event::Time,
        };
        self.take(event)
    }

    /// Does a round, and tells of it. The reason for a restart, where what has changed needs one.
    async fn fetch(&mut self, action: &Action) -> (Outcome, Option<String>) {
        let last = self.provisioner.report().cloned();
        self.handle.set_provisioning(Provisioning { busy: true, next: None, last });
        let before = self.store.snapshot();
        let mut outcome = self.provisioner.run(action, self.clock.now()).await;
        outcome.access_error |= self.fetch_pictures().await;
        let changes = ChangeSet::between(&*before, &*self.store.snapshot());
        if let Some(report) = self.provisioner.report() {
            tell(report, &self.journal);
        }
        let why = match needs_restart(&changes) {
            Some(id) => Some(format!("{id} has changed, which counts after a restart")),
            None => self.compare_firmware(action).await,
        };
        (outcome, why)
    }

    /// Fetches the pictures of the display. Whether one is missed that may come yet.
    async fn fetch_pictures(&mut self) -> bool {
        let mut missed = false;
        for (place, news) in self.provisioner.fetch_pictures(self.clock.now()).await {
            let setting = place.setting();
            match news {
                Ok(picture) => self.journal.tell(Level::Info, format_args!("{setting}: {picture}")),
                Err(miss) => {
                    missed |= miss.may_come;
                    self.journal.tell(Level::Error, format_args!("{setting}: {}; what is shown stays", miss.reason));
                }
            }
        }
        missed
    }

    /// After files were fetched: the version that they ask for is compared with the one that runs (guide rule 101).
    ///
    /// A newer one restarts the unit, which then fetches it. One that could not be installed after a restart is tried
    /// again when files are fetched the next time, but does not restart the unit again before it is here.
    async fn compare_firmware(&mut self, action: &Action) -> Option<String> {
        let wanted = self.firmware.wanted(&self.store.snapshot().typed())?;
        let starting = matches!(action, Action::PreProvision(_) | Action::Fetch(Cause::StartUp | Cause::Moved, _));
        match self.missed == Some(wanted) {
            false if self.firmware.has_launcher() => Some(format!("firmware {wanted} is asked for")),
            true if starting => None,
            _ => self.update().await,
        }
    }

    /// Installs the firmware that the settings ask for. The reason for a restart, where that went well.
    async fn update(&mut self) -> Option<String> {
        let wanted = self.firmware.wanted(&self.store.snapshot().typed())?;
        let clock = self.clock.now();
        let updated = match self.firmware.slots() {
            Ok((mut slots, keys)) => {
                let update = self.provisioner.update(&mut slots, &keys, wanted, clock);
                update.await.map_err(anyhow::Error::from)
            }
            Err(error) => Err(error),
        };
        self.handle.set_firmware(self.provisioner.firmware_report().cloned());
        match updated {
            Ok(()) => Some(format!("firmware {wanted} is installed")),
            Err(error) => {
                let text = format!("firmware {wanted} is asked for, and not installed: {error:#}");
                self.journal.tell(Level::Error, text);
                self.missed = Some(wanted);
                None
            }
        }
    }

    fn take_settings(&mut self) {
        self.schedule.handle(self.now(), Event::Settings(self.provisioner.plan()));
    }

    fn take(&mut self, event: Event) -> Step {
        let step = self.schedule.handle(self.now(), event);
        let next = self.schedule.next(self.now()).map(|(due, cause)| (due, cause.as_str()));
        let last = self.provisioner.report().cloned();
        self.handle.set_provisioning(Provisioning { busy: self.schedule.is_busy(), next, last });
        step
    }

    fn now(&self) -> Now {
        Now { up: self.clock.up(), clock: self.clock.now() }
    }
}

/// The first of the changed settings that counts after a restart only. Those of the firmware do not: what they ask for
/// restarts the unit when it is there.
fn needs_restart(changes: &ChangeSet) -> Option<ParamId> {
    let firmware = |id: &ParamId| ["FIRM_UPGRADE_ENABLE", "FIRM_VERSION", "FIRM_FILE_PATH"].contains(&id.name());
    changes.params().filter(|id| id.family().applies == Applies::Restart).find(|id| !firmware(id))
}

/// A line for each file and for each finding, as a log server wants them.
fn tell(report: &Report, journal: &Journal) {
    if report.files.is_empty() {
        journal.tell(Level::Info, format_args!("{}: there is no file to fetch", report.cause));
    }
    for file in &report.files {
        let FileReport { layer, url, verdict, findings, found } = file;
        let level = if file.is_in_order() { Level::Info } else { Level::Error };
        journal.tell(level, format_args!("{}: {layer} file {url}: {verdict}", report.cause));
        for finding in findings.iter().take(MOST_TOLD) {
            let level = if finding.severity == "error" { Level::Error } else { Level::Warning };
            let (line, column, message) = (finding.line, finding.column, &finding.message);
            journal.log().push(level, format_args!("{layer} file, line {line}, column {column}: {message}"));
        }
        if *found > MOST_TOLD {
            journal.log().push(Level::Warning, format_args!("{layer} file: {} more findings", found - MOST_TOLD));
        }
    }
    for rule in &report.rules {
        journal.tell(Level::Warning, rule);
    }
}
