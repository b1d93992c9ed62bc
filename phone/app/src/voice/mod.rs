//! Calls joined with the world: the phone as a machine, its sockets and names, its audio thread, its files and its clients.
//!
//! | module | is |
//! |---|---|
//! | [`Voice`] | the event loop: what happens goes into [`offhook_call::Phone`], what comes out of it is carried out |
//! | `audio` | the audio thread: its pace, its sockets, its sleep while nobody calls |
//! | `addresses` | the unit's own addresses |
//! | `global` | what a STUN server sees of the lines |
//! | `lines` | what each line needs of the network |
//! | `records` | files of logs and contacts, written where waiting for the disk holds nobody up |
//! | [`View`] | what pages see of lines and calls |

mod addresses;
mod audio;
mod global;
#[cfg(all(test, target_env = "gnu"))]
#[path = "../../../media/tests/common/heap.rs"]
mod heap;
mod lines;
mod records;
mod view;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use offhook_call::output::{Event, Output};
use offhook_call::state::{LineState, Registration};
use offhook_call::{EveryCall, LINES, Phone, Setup};
use offhook_media::audio::{Choice, News, Notice, Tell};
use offhook_media::engine;
use offhook_params::{ParamId, Settings};
use offhook_provision::Unit;
use offhook_settings::Method;
use offhook_sip::Tokens;
use offhook_sip::message::Frame;
use offhook_sip::server::{Answer, Query, QueryId, Records as DnsRecords};
use offhook_sip::transaction::{Peer, Transmit, Transport};
use offhook_store::{Edit, Store, Subscription};
use offhook_system::{Clock, Platform};
use offhook_web::Level;
use tokio::sync::{Notify, mpsc};

use self::addresses::{Moved, Whereabouts};
use self::audio::Audio;
use self::global::{Global, Task};
use self::records::Records;
use crate::control::server::{Order, Server};
use crate::net::names::{Names, entered};
use crate::net::{Arrival, Network, Options, Trace, What, stun};
use crate::unit::{Handle, Journal};

pub(crate) use self::view::View;

/// How long the lines may take to leave their registrars when the unit goes down.
const FAREWELL: Duration = Duration::from_secs(4);

/// How long to wait before ports are tried again when none could be had.
const PORTS_AGAIN: Duration = Duration::from_secs(10);

/// How often it is looked whether the unit has other addresses or name servers: seldom, so that an idle phone sleeps.
const LOOK_AROUND: Duration = Duration::from_secs(60);

/// The same while it has no address that anybody can reach.
const LOOK_FOR_NETWORK: Duration = Duration::from_secs(5);

/// Answers of DNS that wait to be taken.
const ANSWERS: usize = 32;

/// Messages that are taken in a row, before anybody else gets a turn.
const IN_A_ROW: usize = 32;

/// An answer of DNS.
enum Resolved {
    /// For a line.
    Line(usize, QueryId, Answer),
    /// The address of the STUN server.
    Stun(Answer),
}

/// The phone's calls, from a start of the unit to the next.
pub(crate) struct Voice {
    base: Instant,
    phone: Phone,
    settings: Arc<Settings>,
    network: Network,
    names: Arc<Names>,
    answers: (mpsc::Sender<Resolved>, mpsc::Receiver<Resolved>),
    global: Global,
    whereabouts: Whereabouts,
    /// When to look at them again.
    look_around: Duration,
    /// When ports can be tried again.
    ports_again: Duration,
    audio: Audio,
    control: Option<Server>,
    records: Records,
    view: View,
    means: Means,
    changed: Arc<Notify>,
    /// Registration as it was told last.
    told: [Registration; LINES],
    _subscription: Subscription,
}

/// What calls need of the rest of the unit.
pub(crate) struct Means {
    /// Who the unit is.
    pub(crate) unit: Unit,
    /// Its settings.
    pub(crate) store: Store,
    /// The folder of its state.
    pub(crate) folder: PathBuf,
    /// Its clock.
    pub(crate) clock: Clock,
    /// The machine.
    pub(crate) platform: Arc<dyn Platform>,
    /// Where it tells what happens.
    pub(crate) journal: Journal,
    /// Its life.
    pub(crate) handle: Handle,
    /// What the command line asks for.
    pub(crate) wishes: Wishes,
}

/// What the command line asks of calls.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    /// The sound device.
    pub(crate) audio: Choice,
    /// What those hear who are on hold.
    pub(crate) hold_music: Option<PathBuf>,
    /// Takes every call.
    pub(crate) every_call: Option<EveryCall>,
    /// The unit's own address, in place of the one that its routes say.
    pub(crate) address: Option<IpAddr>,
    /// Shows messages on standard error.
    pub(crate) trace: bool,
    /// Writes messages to this file.
    pub(crate) capture: Option<PathBuf>,
}

impl Voice {
    /// Opens everything that calls need. Must be called within the runtime.
    ///
    /// # Errors
    /// There is no randomness, or the device, the music or the trace cannot be opened. Ports that others have are told, and only
    /// their lines are out of service.
    pub(crate) fn open(means: Means, view: View) -> anyhow::Result<Self> {
        let base = Instant::now();
        let settings = Arc::new(means.store.snapshot().typed());
        let text = means.wishes.trace.then(|| Box::new(io::stderr()) as Box<dyn io::Write + Send>);
        let trace = Trace::new(text, means.wishes.capture.as_deref())?;
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|error| anyhow::anyhow!("the system gives no random bits: {error}"))?;
        let journal = means.journal.clone();
        let tell: Tell = Arc::new(move |notice: &Notice| {
            let level = match notice.news {
                News::Found | News::Speaks => Level::Info,
                News::Missing { .. } | News::Mute => Level::Warning,
            };
            journal.tell(level, notice);
        });
        let mut audio = Audio::start(base, &means.wishes.audio, &tell, &settings, &means.clock)?;
        if let Some(file) = &means.wishes.hold_music {
            audio.play_on_hold(file)?;
        }
        let (records, logs, contacts) = Records::open(&means.folder, &means.journal)?;
        let whereabouts = Whereabouts::new(means.platform.network(), means.wishes.address);
        let setup = Setup {
            settings: Arc::clone(&settings),
            unit: offhook_call::Unit {
                mac: means.unit.mac,
                model: means.unit.model.clone(),
                firmware: means.unit.firmware.clone(),
            },
            addresses: whereabouts.own(),
            tokens: Tokens::new(seed),
            every_call: means.wishes.every_call,
            logs,
            contacts,
        };
        let control = match Server::open(&means.folder, means.handle.clone()) {
            Ok(server) => Some(server),
            Err(error) => {
                means.journal.tell(Level::Error, format_args!("no command can reach the phone: {error:#}"));
                None
            }
        };
        let changed = Arc::new(Notify::new());
        let heard = Arc::clone(&changed);
        let subscription = means.store.subscribe(move |_| heard.notify_one());
        let mut voice = Voice {
            base,
            phone: Phone::new(Duration::ZERO, setup),
            network: Network::new(trace),
            names: Arc::new(Names::new(entered(&settings.addressing))),
            answers: mpsc::channel(ANSWERS),
            global: Global::default(),
            whereabouts,
            look_around: LOOK_FOR_NETWORK,
            ports_again: Duration::ZERO,
            audio,
            control,
            records,
            view,
            means,
            changed,
            told: [Registration::Off; LINES],
            settings,
            _subscription: subscription,
        };
        (0..LINES).for_each(|line| voice.bind(line));
        voice.global.configure(Duration::ZERO, &voice.settings);
        Ok(voice)
    }

    /// Registers, and makes and takes calls until `stop` is ready; then ends them and leaves the registrars.
    pub(crate) async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut until = None;
        self.phone.start(self.now());
        loop {
            self.carry_out();
            if until.is_some_and(|until| self.phone.is_closed() || until <= self.now()) {
                break;
            }
            let looks = [self.audio.next_look(self.now()), self.global.next_timeout(), Some(self.look_around)];
            let due = [self.phone.next_timeout(), until].into_iter().chain(looks).flatten().min();
            let base = self.base;
            let wait = async {
                match due {
                    Some(due) => tokio::time::sleep_until((base + due).into()).await,
                    None => std::future::pending().await,
                }
            };
            let order = async {
                match &mut self.control {
                    Some(control) => control.next().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                arrival = self.network.next() => {
                    self.take(arrival);
                    for _ in 1..IN_A_ROW {
                        self.carry_out();
                        match self.network.try_next() {
                            Some(arrival) => self.take(arrival),
                            None => break,
                        }
                    }
                }
                Some(answer) = self.answers.1.recv() => self.resolved(answer),
                order = order => self.obey(order),
                () = self.changed.notified() => self.configure(),
                kept = self.records.torn(&self.means.journal) => self.records.replace(kept, self.phone.file(kept)),
                () = wait => {
                    let now = self.now();
                    self.phone.timeout(now);
                    self.look_from_outside(now);
                    self.look_around(now);
                    let mut reported = false;
                    while let Some(event) = self.audio.poll(now) {
                        match event {
                            engine::Event::Report(..) => reported = true,
                            engine::Event::DeviceLost => {
                                self.means.journal.tell(Level::Warning, "sound: the device in use does not answer; calls go on without it");
                            }
                            engine::Event::DeviceBack => self.means.journal.tell(Level::Info, "sound: the device in use answers"),
                            _ => {}
                        }
                        self.phone.heard(now, &event);
                    }
                    if reported {
                        let load = self.audio.load(now, &self.means.journal);
                        self.phone.set_pace(load.into());
                        self.view.set(self.phone.state());
                    }
                }
                () = &mut stop, if until.is_none() => {
                    until = Some(self.now() + FAREWELL);
                    self.phone.close(self.now());
                }
            }
        }
        // The next life of the unit wants the same ports.
        self.network.shut().await;
        self.means.handle.set_calls(0);
        self.view.set(offhook_call::state::State::default());
    }

    fn now(&self) -> Duration {
        self.base.elapsed()
    }

    fn take(&mut self, arrival: Arrival) {
        let Arrival { line, from, what } = arrival;
        let now = self.now();
        match what {
            What::Message(message) => self.phone.frame(now, line, Frame::Message(message), from),
            What::Malformed(malformed) => self.phone.malformed(now, line, malformed, from),
            What::Unreachable => self.phone.unreachable(now, line, from),
            What::Seen(transaction, seen) => {
                if let SocketAddr::V4(server) = from.address
                    && self.global.seen(now, line, server, transaction)
                {
                    self.phone.set_public_address(now, line, Some(seen));
                }
            }
        }
    }

    fn obey(&mut self, order: Order) {
        let outcome = self.phone.command(self.now(), order.command);
        // A client that has gone does not want to know.
        let _ = order.reply.send(outcome);
    }

    /// Does what the phone wants.
    fn carry_out(&mut self) {
        if let Some(time) = self.means.clock.now() {
            self.phone.set_clock(self.now(), Duration::try_from(time.as_duration()).unwrap_or_default());
        }
        let mut told = false;
        while let Some(output) = self.phone.poll() {
            match output {
                Output::Transmit(line, transmit) => self.network.send(line, &transmit),
                Output::Resolve(line, query) => self.resolve(line, query),
                Output::Rebind(line) => self.bind(line),
                Output::OpenPorts(ports) => {
                    if let Err(error) = self.audio.open(&ports) {
                        let port = ports.port;
                        let text = format_args!("a call has no voice, since its port {port} cannot be had: {error}");
                        self.means.journal.tell(Level::Error, text);
                        self.phone.port_taken(self.now(), ports.channel);
                    }
                }
                Output::ClosePorts(channel) => self.audio.close(channel),
                Output::Media(command) => self.audio.send(self.now(), command, &self.means.journal),
                Output::Set(values) => self.set(values),
                Output::Append(kept, bytes) => self.records.append(kept, bytes),
                Output::Replace(kept, bytes) => self.records.replace(kept, bytes),
                Output::Resync { .. } => {
                    self.means.handle.resync(&self.settings.provisioning.resync_event);
                }
                Output::Event(event) => {
                    told = true;
                    self.tell(&event);
                }
                _ => {}
            }
        }
        if told {
            let state = self.phone.state();
            self.means.handle.set_calls(state.calls.len());
            self.view.set(state);
        }
        self.prepare_ports();
    }

    /// Opens the ports of the next call, and passes over those that other programs have. Where none can be had, the call will
    /// say so; it is not tried again with each message.
    fn prepare_ports(&mut self) {
        if self.now() < self.ports_again {
            return;
        }
        let Some(first) = self.phone.next_port() else { return };
        while let Some(port) = self.phone.next_port() {
            match self.audio.prepare(port) {
                Ok(()) => return,
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => self.phone.pass_over_port(),
                // The system has no more sockets, and would not have any for another port.
                Err(_) => break,
            }
            if self.phone.next_port() == Some(first) {
                break;
            }
        }
        self.ports_again = self.now() + PORTS_AGAIN;
    }

    fn tell(&mut self, event: &Event) {
        if let Some(control) = &self.control {
            control.news().tell(event);
        }
        if let Event::Line(LineState { line, registration, server, number, .. }) = event
            && let Some(told) = self.told.get_mut(usize::from(*line).wrapping_sub(1))
            && *told != *registration
        {
            let before = std::mem::replace(told, *registration);
            let at = server.as_ref().map_or(String::new(), |server| format!(" at {server}"));
            match registration {
                Registration::Registered => {
                    self.means.journal.tell(Level::Info, format_args!("line {line}: {number} is registered{at}"));
                }
                Registration::Refused => {
                    let text = format_args!("line {line}: the registrar{at} refuses {number}");
                    self.means.journal.tell(Level::Error, text);
                }
                Registration::Registering if before == Registration::Registered => {
                    let text = format_args!("line {line}: {number} is not registered any more");
                    self.means.journal.tell(Level::Warning, text);
                }
                Registration::Registering | Registration::Off => {}
            }
        }
    }

    fn resolve(&self, line: usize, query: Query) {
        let (names, answers) = (Arc::clone(&self.names), self.answers.0.clone());
        tokio::spawn(async move {
            let answer = names.answer(&query.name, query.records).await;
            // Nobody waits for it if the unit goes down.
            let _ = answers.send(Resolved::Line(line, query.id, answer)).await;
        });
    }

    fn resolved(&mut self, answer: Resolved) {
        let now = self.now();
        match answer {
            Resolved::Line(line, id, answer) => self.phone.resolved(now, line, id, answer),
            Resolved::Stun(answer) => {
                let address = match answer {
                    Answer::Addresses { addresses, .. } => addresses.into_iter().find_map(|address| match address {
                        IpAddr::V4(address) => Some(address),
                        IpAddr::V6(_) => None,
                    }),
                    Answer::Srv { .. } | Answer::Failed => None,
                };
                let tasks = self.global.resolved(now, address);
                self.ask_from_outside(tasks);
            }
        }
    }

    /// Asks a STUN server what it sees of each line, if that is due.
    fn look_from_outside(&mut self, now: Duration) {
        let lines = (0..LINES).filter(|line| self.network.port(*line).is_some());
        let random = || {
            let mut transaction = [0; 12];
            // Without randomness, strangers can guess; the phone would not have started.
            let _ = getrandom::fill(&mut transaction);
            transaction
        };
        let tasks = self.global.timeout(now, lines, random);
        self.ask_from_outside(tasks);
    }

    fn ask_from_outside(&self, tasks: Vec<Task>) {
        for task in tasks {
            match task {
                Task::Ask(line, server, transaction) => {
                    let to = Peer { transport: Transport::Udp, address: server.into() };
                    self.network.send(line, &Transmit { to, bytes: stun::request(transaction).into() });
                }
                Task::Resolve(name) => {
                    let (names, answers) = (Arc::clone(&self.names), self.answers.0.clone());
                    tokio::spawn(async move {
                        let answer = names.answer(&name, DnsRecords::Addresses).await;
                        // Nobody waits for it if the unit goes down.
                        let _ = answers.send(Resolved::Stun(answer)).await;
                    });
                }
            }
        }
    }

    /// Gives a line the sockets that its settings want, or none.
    fn bind(&mut self, line: usize) {
        let Some(options) = self.options(line) else {
            return self.network.close(line);
        };
        if let Err(error) = self.network.open(line, &options) {
            self.means.journal.tell(Level::Error, format_args!("{error:#}"));
        }
    }

    /// Takes changed settings. A line that needs another port says so itself, when it has left the old registrar.
    fn configure(&mut self) {
        let settings = Arc::new(self.means.store.snapshot().typed());
        let old = std::mem::replace(&mut self.settings, Arc::clone(&settings));
        if entered(&old.addressing) != entered(&settings.addressing) {
            self.names = Arc::new(Names::new(entered(&settings.addressing)));
        }
        for line in 0..LINES {
            match self.options(line) {
                Some(options) if self.network.port(line).is_some() => self.network.set(line, &options),
                Some(_) => self.bind(line),
                // It still has to leave its registrar by this socket.
                None => {}
            }
        }
        self.audio.set(self.now(), &settings, &self.means.journal);
        if self.global.configure(self.now(), &settings) {
            (0..LINES).for_each(|line| self.phone.set_public_address(self.base.elapsed(), line, None));
        }
        self.phone.configure(self.now(), settings);
    }

    /// Finds out, from time to time, whether the unit is where it was.
    fn look_around(&mut self, now: Duration) {
        if now < self.look_around {
            return;
        }
        let Moved { own, name_servers } = self.whereabouts.look(self.means.platform.network());
        self.look_around = now + if self.whereabouts.is_nowhere() { LOOK_FOR_NETWORK } else { LOOK_AROUND };
        if name_servers {
            // Whoever was made before asks the servers of then.
            self.names = Arc::new(Names::new(entered(&self.settings.addressing)));
        }
        if let Some(own) = own {
            let text = format_args!(
                "calls have the address {} from now on",
                own.v4.map_or_else(String::new, |v4| v4.to_string())
            );
            self.means.journal.tell(Level::Notice, text);
            self.phone.set_addresses(now, own);
        }
    }

    /// Keeps what a person has set at the phone.
    fn set(&mut self, values: Vec<(ParamId, String)>) {
        let edits: Vec<_> = values.into_iter().map(|(id, value)| Edit::Set(id, value)).collect();
        if let Err(error) = self.means.store.edit(&edits, Method::Phone) {
            self.means.journal.tell(Level::Error, format_args!("a setting of the phone cannot be kept: {error}"));
        }
    }

    fn options(&self, line: usize) -> Option<Options> {
        let Means { unit, folder, clock, .. } = &self.means;
        lines::options(&self.settings, line, unit, folder, clock)
    }
}
