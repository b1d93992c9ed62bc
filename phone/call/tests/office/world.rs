//! Several phones and a phone system on a network with virtual time; with bad weather, if a test wants it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use offhook_call::command::{CallId, Command, Refusal, Reply};
use offhook_call::output::{Event, Kept, OpenPorts, Output, Reason};
use offhook_call::state::{CallState, Stage, State};
use offhook_call::{EveryCall, Phone, Setup, Unit};
use offhook_media::engine;
use offhook_params::{ParamId, Settings, lookup};
use offhook_sip::Tokens;
use offhook_sip::line::Addresses;
use offhook_sip::message::{Message, Method, Request, Response, datagram};
use offhook_sip::server::Query;
use offhook_sip::transaction::Peer;

use crate::pbx::{ADDRESS, Pbx, udp};

/// How long a datagram travels.
const LATENCY: Duration = Duration::from_millis(5);

/// The time of day at the beginning, since 1970 UTC.
pub(crate) const CLOCK: Duration = Duration::from_secs(1_700_000_000);

/// A phone with all that it has put out.
pub(crate) struct Unit670 {
    pub(crate) phone: Phone,
    pub(crate) values: BTreeMap<ParamId, String>,
    pub(crate) media: Vec<engine::Command>,
    pub(crate) events: Vec<Event>,
    pub(crate) ports: Vec<OpenPorts>,
    pub(crate) set: Vec<(ParamId, String)>,
    pub(crate) files: BTreeMap<&'static str, Vec<u8>>,
    pub(crate) resyncs: Vec<Option<bool>>,
}

/// Everything.
pub(crate) struct World {
    pub(crate) now: Duration,
    pub(crate) units: Vec<Unit670>,
    pub(crate) pbx: Pbx,
    wire: Vec<(Duration, SocketAddr, Peer, Vec<u8>)>,
    /// Loses, doubles and delays datagrams, differently for each number.
    weather: Option<u64>,
    /// Every change of a session is refused with this status.
    pub(crate) unchangeable: Option<u16>,
    /// Changes messages on their way to phones.
    pub(crate) meddler: Option<fn(&mut Message)>,
    /// All requests on the wire, with who sent them.
    pub(crate) requests: Vec<(SocketAddr, Request)>,
    /// All responses on the wire: status and method.
    pub(crate) responses: Vec<(u16, Method)>,
    /// Where each request went.
    pub(crate) sent: Vec<(Method, SocketAddr)>,
    /// What DNS was asked for.
    pub(crate) queries: Vec<Query>,
    /// The last response to an INVITE.
    pub(crate) answer: Option<Response>,
}

/// The settings of the phone with this place, for line 1 as 2001, 2002, ….
fn base(place: usize) -> Vec<(String, String)> {
    let mut base = Vec::new();
    for line in 1..=2 {
        let number = 2000 + place + 1 + 10 * (line - 1);
        for (name, value) in [
            ("PHONE_NUMBER", number.to_string()),
            ("SIP_RGSTR_ADDR", "192.0.2.1".to_owned()),
            ("SIP_PRXY_ADDR", "192.0.2.1".to_owned()),
            ("SIP_SVCDOMAIN", "example.com".to_owned()),
        ] {
            base.push((format!("{name}_{line}"), value));
        }
    }
    for button in 1..=24 {
        base.push((format!("FLEX_BUTTON_FACILITY_ACT{button}"), String::new()));
    }
    base
}

fn typed(values: &BTreeMap<ParamId, String>) -> Arc<Settings> {
    struct Values<'a>(&'a BTreeMap<ParamId, String>);
    impl offhook_params::rules::Values for Values<'_> {
        fn value(&self, id: ParamId) -> &str {
            self.0.get(&id).map_or(id.default(), String::as_str)
        }
    }
    Arc::new(Settings::from_values(&Values(values)))
}

impl World {
    /// Phones with these settings each, all registered. Their numbers are 2001, 2002, …, on line 2 2011, 2012, ….
    pub(crate) fn new(settings: &[&[(&str, &str)]]) -> Self {
        Self::with(settings, None, Pbx { grants: true, ..Pbx::default() })
    }

    pub(crate) fn with(settings: &[&[(&str, &str)]], every_call: Option<EveryCall>, pbx: Pbx) -> Self {
        let mut world = World {
            now: Duration::ZERO,
            units: Vec::new(),
            pbx,
            wire: Vec::new(),
            weather: None,
            unchangeable: None,
            meddler: None,
            requests: Vec::new(),
            responses: Vec::new(),
            sent: Vec::new(),
            queries: Vec::new(),
            answer: None,
        };
        for (place, changes) in settings.iter().enumerate() {
            let mut values = BTreeMap::new();
            let changes = changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            for (name, value) in base(place).into_iter().chain(changes) {
                values.insert(lookup(&name).unwrap_or_else(|| panic!("{name} is no setting")).id, value);
            }
            let setup = Setup {
                settings: typed(&values),
                unit: Unit {
                    mac: [0, 0x80, 0xf0, 0, 0, place as u8],
                    model: "KX-UT670".into(),
                    firmware: "01.221".into(),
                },
                addresses: Addresses { v4: Some(address(place)), v6: None },
                tokens: Tokens::new([place as u8 + 1; 32]),
                every_call: every_call.filter(|_| place == 0),
                logs: Vec::new(),
                contacts: Vec::new(),
            };
            let mut phone = Phone::new(Duration::ZERO, setup);
            phone.set_clock(Duration::ZERO, CLOCK);
            phone.start(Duration::ZERO);
            world.units.push(Unit670 {
                phone,
                values,
                media: Vec::new(),
                events: Vec::new(),
                ports: Vec::new(),
                set: Vec::new(),
                files: BTreeMap::new(),
                resyncs: Vec::new(),
            });
        }
        world.run(Duration::from_millis(500));
        world
    }

    /// Lets this much time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            for unit in 0..self.units.len() {
                self.drain(unit);
            }
            let due = self.wire.iter().map(|(at, ..)| *at).min();
            let timer = self.units.iter().filter_map(|unit| unit.phone.next_timeout()).min();
            let Some(next) = due.into_iter().chain(timer).min().filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            if due.is_some_and(|due| due <= self.now) {
                let first = self.wire.iter().position(|(at, ..)| Some(*at) == due).unwrap();
                let (_, to, from, bytes) = self.wire.remove(first);
                self.deliver(to, from, &bytes);
            } else {
                for unit in &mut self.units {
                    if unit.phone.next_timeout().is_some_and(|at| at <= self.now) {
                        unit.phone.timeout(self.now);
                    }
                }
            }
        }
        self.now = end;
    }

    /// Lets messages arrive and be answered.
    pub(crate) fn settle(&mut self) {
        self.run(Duration::from_millis(300));
    }

    pub(crate) fn seconds(&mut self, seconds: u64) {
        self.run(Duration::from_secs(seconds));
    }

    fn deliver(&mut self, to: SocketAddr, from: Peer, bytes: &[u8]) {
        if to == ADDRESS.parse().unwrap() {
            if let Ok(message) = datagram(bytes) {
                let out = self.pbx.receive(message, from);
                self.send_all(out);
            }
            return;
        }
        let Ok(mut message) = datagram(bytes) else { return };
        if let (Message::Request(request), Some(status)) = (&message, self.unchangeable)
            && request.method == Method::Invite
            && request.headers.to().unwrap().tag().is_some()
        {
            let response = Response::to(request, status, "pbx");
            return self.send_all(vec![(from, Message::Response(response))]);
        }
        let meddled = self.meddler.map(|meddle| {
            meddle(&mut message);
            message.to_bytes()
        });
        let bytes = meddled.as_deref().unwrap_or(bytes);
        let IpAddr::V4(ip) = to.ip() else { return };
        // The router of the first phone sends on what comes for it.
        let place = if ip == Ipv4Addr::new(203, 0, 113, 10) { Some(0) } else { ip.octets()[3].checked_sub(11) };
        let line = usize::from((to.port() - 5060) / 10);
        if let Some(unit) = place.and_then(|place| self.units.get_mut(usize::from(place))) {
            unit.phone.datagram(self.now, line, bytes, from);
        }
    }

    /// Lets the weather change: bad from now on, or good again.
    pub(crate) fn weather(&mut self, seed: Option<u64>) {
        self.weather = seed;
    }

    /// Puts a datagram on the wire.
    fn carry(&mut self, to: SocketAddr, from: Peer, bytes: Vec<u8>) {
        let mut dice = |sides: u64| match &mut self.weather {
            None => sides - 1,
            Some(seed) => {
                *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (*seed >> 33) % sides
            }
        };
        let copies = match dice(10) {
            0 => 0,
            1 => 2,
            _ => 1,
        };
        for _ in 0..copies {
            let delay = if dice(4) == 0 { Duration::from_millis(dice(900)) } else { Duration::ZERO };
            self.wire.push((self.now + LATENCY + delay, to, from, bytes.clone()));
        }
    }

    /// The phone system sends these.
    pub(crate) fn send_all(&mut self, messages: Vec<(Peer, Message)>) {
        for (to, message) in messages {
            let from = udp(ADDRESS.parse().unwrap());
            self.carry(to.address, from, message.to_bytes());
        }
    }

    /// The phone system notifies those who have subscribed.
    pub(crate) fn notify(&mut self, event: &str, user: &str, kind: &str, body: &str) {
        let out = self.pbx.notify(event, user, kind, body);
        self.send_all(out);
        self.settle();
    }

    fn drain(&mut self, place: usize) {
        while let Some(output) = self.units[place].phone.poll() {
            let unit = &mut self.units[place];
            match output {
                Output::Transmit(line, transmit) => {
                    let from = SocketAddr::new(address(place).into(), 5060 + 10 * line as u16);
                    match datagram(&transmit.bytes) {
                        Ok(Message::Request(request)) => {
                            self.sent.push((request.method.clone(), transmit.to.address));
                            self.requests.push((from, request));
                        }
                        Ok(Message::Response(response)) => {
                            let method = response.headers.cseq().unwrap().method;
                            if method == Method::Invite {
                                self.answer = Some(response.clone());
                            }
                            self.responses.push((response.status, method));
                        }
                        Err(_) => continue,
                    }
                    let bytes = transmit.bytes.to_vec();
                    self.carry(transmit.to.address, udp(from), bytes);
                }
                Output::Media(command) => {
                    if let engine::Command::Close(channel) = command {
                        unit.phone.heard(self.now, &engine::Event::Closed(channel, None));
                    }
                    unit.media.push(command);
                }
                Output::Event(event) => unit.events.push(event),
                Output::OpenPorts(ports) => unit.ports.push(ports),
                Output::ClosePorts(channel) => unit.ports.retain(|open| open.channel != channel),
                Output::Set(changes) => {
                    unit.set.extend(changes.iter().cloned());
                    unit.values.extend(changes);
                    let settings = typed(&unit.values);
                    unit.phone.configure(self.now, settings);
                }
                Output::Append(kept, bytes) => unit.files.entry(name(kept)).or_default().extend(bytes),
                Output::Replace(kept, bytes) => drop(unit.files.insert(name(kept), bytes)),
                Output::Resolve(_, query) => self.queries.push(query),
                Output::Resync { reboot } => unit.resyncs.push(reboot),
                _ => {}
            }
        }
    }

    /// A command to a phone, and time for its effects.
    pub(crate) fn try_command(&mut self, place: usize, command: Command) -> Result<Reply, Refusal> {
        let reply = self.units[place].phone.command(self.now, command);
        self.settle();
        reply
    }

    #[track_caller]
    pub(crate) fn command(&mut self, place: usize, command: Command) -> Reply {
        match self.try_command(place, command.clone()) {
            Ok(reply) => reply,
            Err(refusal) => panic!("{command:?}: {refusal}"),
        }
    }

    /// One phone calls a number.
    #[track_caller]
    pub(crate) fn call(&mut self, place: usize, number: &str) -> CallId {
        let command = Command::Call { number: number.to_owned(), line: None, hide: None };
        match self.command(place, command) {
            Reply::Call(call) => call,
            reply => panic!("{reply:?}"),
        }
    }

    #[track_caller]
    pub(crate) fn answer(&mut self, place: usize) -> CallId {
        match self.command(place, Command::Answer { call: None }) {
            Reply::Call(call) => call,
            reply => panic!("{reply:?}"),
        }
    }

    /// Two phones talk: the first has called the second's line 1.
    #[track_caller]
    pub(crate) fn talk(&mut self, from: usize, to: usize) -> (CallId, CallId) {
        let caller = self.call(from, &(2001 + to).to_string());
        let called = self.answer(to);
        assert_eq!(self.stages(from).last(), Some(&Stage::Talking));
        (caller, called)
    }

    pub(crate) fn state(&self, place: usize) -> State {
        self.units[place].phone.state()
    }

    pub(crate) fn calls(&self, place: usize) -> Vec<CallState> {
        self.state(place).calls
    }

    pub(crate) fn stages(&self, place: usize) -> Vec<Stage> {
        self.calls(place).iter().map(|call| call.stage).collect()
    }

    /// Why calls of a phone have ended, the oldest first.
    pub(crate) fn ends(&self, place: usize) -> Vec<Reason> {
        let reason = |event: &Event| match event {
            Event::Ended { reason, .. } => Some(*reason),
            _ => None,
        };
        self.units[place].events.iter().filter_map(reason).collect()
    }

    /// Commands to the engine of a phone since the last time that somebody looked.
    pub(crate) fn media(&mut self, place: usize) -> Vec<engine::Command> {
        std::mem::take(&mut self.units[place].media)
    }

    /// Requests of a phone, and the last one of a method.
    #[track_caller]
    pub(crate) fn last(&self, place: usize, method: Method) -> &Request {
        let ip: IpAddr = address(place).into();
        let mut sent = self.requests.iter().rev().filter(|(from, request)| from.ip() == ip && request.method == method);
        &sent.next().unwrap_or_else(|| panic!("phone {place} has sent no {method}")).1
    }

    pub(crate) fn count(&self, place: usize, method: Method) -> usize {
        let ip: IpAddr = address(place).into();
        self.requests.iter().filter(|(from, request)| from.ip() == ip && request.method == method).count()
    }

    /// A setting changes, as by the web page.
    pub(crate) fn set(&mut self, place: usize, name: &str, value: &str) {
        self.change(place, name, value);
        self.settle();
    }

    /// The same, without waiting for its effects.
    pub(crate) fn change(&mut self, place: usize, name: &str, value: &str) {
        let unit = &mut self.units[place];
        unit.values.insert(lookup(name).unwrap().id, value.to_owned());
        let settings = typed(&unit.values);
        unit.phone.configure(self.now, settings);
    }
}

fn address(place: usize) -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, 11 + place as u8)
}

fn name(kept: Kept) -> &'static str {
    match kept {
        Kept::Logs => "calls",
        Kept::Contacts => "contacts",
    }
}
