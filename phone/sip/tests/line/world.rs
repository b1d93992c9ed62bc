//! A network with virtual time: one line, servers with a script, and a DNS, all played here.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use offhook_params::types::Macros;
use offhook_params::{ParamId, Settings, lookup};
use offhook_sip::Tokens;
use offhook_sip::line::{Addresses, Config, Event, Line, Output};
use offhook_sip::message::{Message, Name, Request, Response, datagram};
use offhook_sip::server::{Answer, Query, Records, Srv};
use offhook_sip::transaction::{Peer, Transport};

pub(crate) const DELAY: Duration = Duration::from_millis(10);

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// What a server does with a request.
type Script = Box<dyn FnMut(&Request) -> Option<Response>>;

/// A request that reached a server.
pub(crate) struct Heard {
    pub(crate) at: SocketAddr,
    request: Request,
}

impl Heard {
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }
}

/// What DNS knows. Names that it does not know, it knows nothing of.
#[derive(Default)]
pub(crate) struct Zone {
    srv: HashMap<String, Vec<Srv>>,
    addresses: HashMap<String, Vec<IpAddr>>,
    /// Nothing is answered.
    pub(crate) dead: bool,
}

impl Zone {
    pub(crate) fn srv(&mut self, name: &str, priority: u16, weight: u16, port: u16, target: &str) {
        let record = Srv { priority, weight, port, target: target.into() };
        self.srv.entry(name.into()).or_default().push(record);
    }

    pub(crate) fn address(&mut self, name: &str, address: &str) {
        self.addresses.entry(name.into()).or_default().push(address.parse().unwrap());
    }

    fn answer(&self, query: &Query) -> Answer {
        let ttl = seconds(60);
        match query.records {
            Records::Srv => Answer::Srv { records: self.srv.get(&query.name).cloned().unwrap_or_default(), ttl },
            Records::Addresses => {
                Answer::Addresses { addresses: self.addresses.get(&query.name).cloned().unwrap_or_default(), ttl }
            }
        }
    }
}

pub(crate) struct World {
    pub(crate) line: Line,
    pub(crate) now: Duration,
    pub(crate) zone: Zone,
    servers: HashMap<SocketAddr, Script>,
    cut: HashSet<SocketAddr>,
    /// Messages on their way to the line.
    tasks: BTreeMap<(Duration, u64), (Peer, Vec<u8>)>,
    last: u64,
    pub(crate) events: Vec<(Duration, Event)>,
    /// Requests that servers got, without repetitions.
    pub(crate) heard: Vec<Heard>,
    /// Responses of the line.
    pub(crate) answers: Vec<(Peer, Vec<u8>)>,
    /// Keep-alives of the line.
    pub(crate) pings: usize,
    branches: HashSet<String>,
    /// How many of a hundred messages are lost.
    pub(crate) loss: u64,
    pub(crate) random: Random,
    settings: Vec<(&'static str, &'static str)>,
}

impl World {
    pub(crate) fn new(settings: &[(&'static str, &'static str)]) -> Self {
        Self::with_seed(settings, 1)
    }

    pub(crate) fn with_seed(settings: &[(&'static str, &'static str)], seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        let own = Addresses { v4: "192.0.2.31".parse().ok(), v6: "2001:db8::31".parse().ok() };
        World {
            line: Line::new(config(settings), own, Tokens::new(bytes)),
            now: seconds(1000),
            zone: Zone::default(),
            servers: HashMap::new(),
            cut: HashSet::new(),
            tasks: BTreeMap::new(),
            last: 0,
            events: Vec::new(),
            heard: Vec::new(),
            answers: Vec::new(),
            pings: 0,
            branches: HashSet::new(),
            loss: 0,
            random: Random(seed),
            settings: settings.to_vec(),
        }
    }

    /// The settings of now, with some changed from their defaults.
    pub(crate) fn settings(&self, changes: &[(&'static str, &'static str)]) -> Config {
        let keep = |(name, _): &&(&str, &str)| !name.starts_with("PORT_PUNCH");
        let own: Vec<_> = self.settings.iter().filter(keep).chain(changes).copied().collect();
        config(&own)
    }

    pub(crate) fn server(&mut self, at: &str, script: impl FnMut(&Request) -> Option<Response> + 'static) {
        self.servers.insert(at.parse().unwrap(), Box::new(script));
    }

    /// Cuts a server off, or joins it again.
    pub(crate) fn cut(&mut self, at: &str, cut: bool) {
        let at = at.parse().unwrap();
        if cut {
            self.cut.insert(at)
        } else {
            self.cut.remove(&at)
        };
    }

    pub(crate) fn start(&mut self) {
        self.line.start(self.now);
        self.carry();
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.carry();
            let task = self.tasks.keys().next().map(|(at, _)| *at);
            let Some(next) = task.into_iter().chain(self.line.next_timeout()).min().filter(|next| *next <= end) else {
                break;
            };
            self.now = self.now.max(next);
            while let Some(entry) = self.tasks.first_entry().filter(|entry| entry.key().0 <= self.now) {
                let (from, bytes) = entry.remove();
                self.line.datagram(self.now, &bytes, from);
                self.carry();
            }
            self.line.timeout(self.now);
        }
        self.now = end;
    }

    /// Gives a datagram to the line at once.
    pub(crate) fn datagram(&mut self, from: &str, bytes: &[u8]) {
        let from = Peer { transport: Transport::Udp, address: from.parse().unwrap() };
        self.line.datagram(self.now, bytes, from);
        self.carry();
    }

    /// Asks the line something outside of dialogs; gives its first answer.
    pub(crate) fn ask(&mut self, from: &str, method: &str, fields: &str) -> Option<Response> {
        self.ask_to(from, method, "To: <sip:2001@192.0.2.31>", fields)
    }

    pub(crate) fn ask_to(&mut self, from: &str, method: &str, to: &str, fields: &str) -> Option<Response> {
        self.last += 1;
        let number = self.last;
        let text = format!(
            "{method} sip:2001@192.0.2.31:5060 SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK{number}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:server@example.com>;tag=s{number}\r\n{to}\r\nCall-ID: ask{number}\r\n\
             CSeq: 1 {method}\r\nContact: <sip:{from}>\r\n{fields}\r\n"
        );
        self.answers.clear();
        self.datagram(from, text.as_bytes());
        let (_, bytes) = self.answers.first()?;
        match datagram(bytes).unwrap() {
            Message::Response(response) => Some(response),
            Message::Request(request) => panic!("{request:?}"),
        }
    }

    /// Sends something to the line after the usual delay.
    pub(crate) fn send(&mut self, from: Peer, bytes: Vec<u8>) {
        self.last += 1;
        if self.random.below(100) >= self.loss {
            self.tasks.insert((self.now + DELAY, self.last), (from, bytes));
        }
    }

    fn carry(&mut self) {
        while let Some(output) = self.line.poll() {
            match output {
                Output::Event(event) => self.events.push((self.now, event)),
                Output::Resolve(query) if !self.zone.dead => {
                    let answer = self.zone.answer(&query);
                    self.line.resolved(self.now, query.id, answer);
                }
                Output::Resolve(_) => {}
                Output::Transmit(transmit) => self.deliver(transmit.to, &transmit.bytes),
                other => panic!("{other:?}"),
            }
        }
    }

    fn deliver(&mut self, to: Peer, bytes: &[u8]) {
        if self.random.below(100) < self.loss {
            return;
        }
        if bytes == b"\r\n\r\n" {
            self.pings += 1;
            return;
        }
        if bytes.starts_with(b"SIP/2.0 ") {
            return self.answers.push((to, bytes.to_vec()));
        }
        let request = datagram(bytes).unwrap().request().unwrap().clone();
        let (false, Some(script)) = (self.cut.contains(&to.address), self.servers.get_mut(&to.address)) else { return };
        let branch = request.headers.via().unwrap().branch().unwrap().to_owned();
        let answer = script(&request);
        if self.branches.insert(branch) {
            self.heard.push(Heard { at: to.address, request });
        }
        if let Some(answer) = answer {
            self.send(to, answer.to_bytes());
        }
    }
}

/// Random numbers from a seed (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// Below a limit.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % limit.max(1)
    }
}

/// A registrar that takes what it is told, and answers OPTIONS.
pub(crate) fn registrar(request: &Request) -> Option<Response> {
    let mut answer = Response::to(request, 200, "r");
    answer.headers.copy(&request.headers, Name::Contact);
    Some(answer)
}

pub(crate) fn answer(request: &Request, status: u16, fields: &[(Name<'_>, &str)]) -> Option<Response> {
    let mut answer = Response::to(request, status, "r");
    fields.iter().for_each(|(name, value)| answer.headers.push(*name, value));
    Some(answer)
}

/// The configuration of line 1, with some settings changed.
pub(crate) fn config(changes: &[(&'static str, &'static str)]) -> Config {
    let base = [("PHONE_NUMBER_1", "2001"), ("SIP_RGSTR_ADDR_1", "192.0.2.10")];
    let changes: Vec<_> = base.iter().chain(changes).map(|(name, value)| (lookup(name).unwrap().id, *value)).collect();
    let settings = Settings::from_values(&|id: ParamId| {
        changes.iter().rev().find(|(changed, _)| *changed == id).map_or(id.default(), |(_, value)| *value)
    });
    let macros = Macros { mac: [0, 0x80, 0xf0, 0xab, 0xcd, 0xef], model: "KX-UT670", firmware: "01.221" };
    Config::of_line(&settings, 0, &macros).unwrap()
}
