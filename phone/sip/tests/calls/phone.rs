//! A phone with one line, played in a test: transactions and calls joined as the line joins them, and what its user sees.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use offhook_params::types::Macros;
use offhook_params::{Settings, lookup};
use offhook_sip::Tokens;
use offhook_sip::call::{Body, CallId, CallLoad, Calls, End, Event, Failure, Hop, Key, Output, Profile, Sender};
use offhook_sip::digest::{Authenticator, Credentials};
use offhook_sip::message::{Message, Method, Request, Uri};
use offhook_sip::registration::{Account, Contact};
use offhook_sip::transaction::{self, ClientId, Load, Local, Peer, Transactions, Transmit, Transport};

/// The typed settings with some values changed from their defaults.
fn settings(changes: &[(&str, &'static str)]) -> Settings {
    let changes: Vec<_> = changes.iter().map(|(name, value)| (lookup(name).unwrap().id, *value)).collect();
    Settings::from_values(&|id: offhook_params::ParamId| {
        changes.iter().rev().find(|(changed, _)| *changed == id).map_or(id.default(), |(_, value)| *value)
    })
}

/// The profile of line 1 with its number and some other settings changed.
pub(crate) fn profile(number: &'static str, changes: &[(&str, &'static str)]) -> Profile {
    let base = [
        ("PHONE_NUMBER_1", number),
        ("SIP_RGSTR_ADDR_1", "192.0.2.100"),
        ("SIP_PRXY_ADDR_1", "192.0.2.100"),
        ("SIP_SVCDOMAIN_1", "example.com"),
        ("SIP_AUTHID_1", "bob"),
        ("SIP_PASS_1", "zanzibar"),
    ];
    let settings = settings(&[&base[..], changes].concat());
    let macros = Macros { mac: [0, 0x80, 0xf0, 0xab, 0xcd, 0xef], model: "KX-UT670", firmware: "01.221" };
    let account = Account::of_line(&settings.lines[0], &settings.headers, &settings.stun, &macros, "").unwrap();
    Profile::of_line(account, &settings, 0).unwrap()
}

/// What a phone knows of one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    /// Call-ID, as it went over the wire.
    pub(crate) name: String,
    pub(crate) up: bool,
    pub(crate) ended: Option<End>,
    /// What we have said to an INVITE while it rang: the answer has to say the same.
    pub(crate) early: Option<Body>,
    /// What we said last, and what the other party did.
    pub(crate) local: Option<Body>,
    pub(crate) remote: Option<Body>,
}

/// The phone.
pub(crate) struct Phone {
    pub(crate) index: usize,
    pub(crate) calls: Calls,
    pub(crate) transactions: Transactions,
    transport: Transport,
    authenticator: Authenticator,
    keys: HashMap<ClientId, Key>,
    clients: HashMap<Key, ClientId>,
    pub(crate) views: BTreeMap<CallId, View>,
    pub(crate) events: VecDeque<Event>,
    last_invite: String,
    bodies: u64,
}

pub(crate) const NUMBERS: [&str; 3] = ["2000", "2001", "2002"];

/// Where a phone is.
pub(crate) fn peer(transport: Transport, index: usize) -> Peer {
    Peer { transport, address: ([192, 0, 2, 1 + index as u8], 5060).into() }
}

/// The phone that a URI leads to: by its address, or by its number at the server.
fn phone_of(uri: &str) -> Option<usize> {
    let uri = Uri::parse(uri)?;
    let host = uri.sip()?.host.to_string();
    match host.strip_prefix("192.0.2.") {
        Some(last) => last.parse::<usize>().ok()?.checked_sub(1).filter(|index| *index < NUMBERS.len()),
        None => NUMBERS.iter().position(|number| uri.user().as_deref() == Some(*number)),
    }
}

impl Phone {
    pub(crate) fn new(index: usize, seed: u8, transport: Transport, changes: &[(&str, &'static str)]) -> Self {
        let profile = profile(NUMBERS[index], changes);
        let host = format!("192.0.2.{}", 1 + index);
        let mut tokens = Tokens::new([seed.wrapping_mul(7).wrapping_add(index as u8); 32]);
        let local = Local { host: host.clone(), port: 5060, rport: true };
        Phone {
            index,
            transactions: Transactions::new(profile.timers, local, tokens.fork()),
            calls: Calls::new(profile, Contact { host, port: 5060 }, tokens.fork()),
            transport,
            authenticator: Authenticator::new(Credentials { user: "bob".into(), password: "zanzibar".into() }),
            keys: HashMap::new(),
            clients: HashMap::new(),
            views: BTreeMap::new(),
            events: VecDeque::new(),
            last_invite: String::new(),
            bodies: 0,
        }
    }

    /// A description that nobody has given before.
    pub(crate) fn body(&mut self) -> Body {
        self.bodies += 1;
        Body::sdp(format!("v=0 phone {} description {}", self.index, self.bodies))
    }

    pub(crate) fn receive(&mut self, now: Duration, message: Message, from: usize) {
        self.transactions.receive(now, message, peer(self.transport, from));
        self.drain(now);
    }

    pub(crate) fn timeout(&mut self, now: Duration) {
        self.transactions.timeout(now);
        self.calls.timeout(now);
        self.drain(now);
    }

    pub(crate) fn next_timeout(&self) -> Option<Duration> {
        self.transactions.next_timeout().into_iter().chain(self.calls.next_timeout()).min()
    }

    pub(crate) fn load(&self) -> (CallLoad, Load) {
        (self.calls.load(), self.transactions.load())
    }

    pub(crate) fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transactions.poll_transmit()
    }

    /// Calls that are neither over nor, if it is asked for, just ringing.
    pub(crate) fn live(&self, up: bool) -> Vec<CallId> {
        self.views.iter().filter(|(_, view)| view.ended.is_none() && (view.up || !up)).map(|(id, _)| *id).collect()
    }

    /// Carries events and outputs between the two layers until nothing moves.
    pub(crate) fn drain(&mut self, now: Duration) {
        loop {
            if let Some(output) = self.calls.poll(&mut self.authenticator) {
                self.output(now, output);
            } else if let Some(event) = self.transactions.poll_event() {
                self.event(now, event);
            } else {
                break;
            }
        }
    }

    fn output(&mut self, now: Duration, output: Output) {
        match output {
            Output::Send { key, request, hop } => {
                if request.method == Method::Invite {
                    self.last_invite = request.headers.call_id().unwrap().to_owned();
                }
                match self.way(&request, &hop) {
                    Some(to) => {
                        let id = self.transactions.request(now, request, peer(self.transport, to));
                        self.keys.insert(id, key);
                        self.clients.insert(key, id);
                    }
                    None => self.calls.failed(now, key, Failure::Unreachable),
                }
            }
            Output::Acknowledge { request, hop } => {
                if let Some(to) = self.way(&request, &hop) {
                    self.transactions.acknowledge(request, peer(self.transport, to));
                }
            }
            Output::Cancel { key } => {
                if let Some(id) = self.clients.get(&key) {
                    self.transactions.cancel(now, *id);
                }
            }
            Output::Respond { server, response } => {
                self.transactions.respond(now, server, &response);
            }
            Output::Event(event) => self.note(event),
            other => panic!("{other:?}"),
        }
    }

    fn way(&self, request: &Request, hop: &Hop) -> Option<usize> {
        phone_of(match hop {
            Hop::Proxy => &request.uri,
            Hop::Uri(uri) => uri,
        })
    }

    fn event(&mut self, now: Duration, event: transaction::Event) {
        match event {
            transaction::Event::Request { id, request, .. } => {
                if request.method == Method::Invite {
                    self.last_invite = request.headers.call_id().unwrap().to_owned();
                }
                self.calls.receive(now, id, &request, Sender::Server);
            }
            transaction::Event::Cancelled { id, cancel } => self.calls.cancelled(id, &cancel),
            transaction::Event::Ack { request, .. } => self.calls.acknowledged(&request),
            transaction::Event::Response { id, response, .. } => {
                let key = self.keys[&id];
                self.calls.answered(now, key, &response, &mut self.authenticator);
            }
            transaction::Event::TimedOut { id } => self.calls.failed(now, self.keys[&id], Failure::Silence),
            transaction::Event::Unreachable { id } => self.calls.failed(now, self.keys[&id], Failure::Unreachable),
            transaction::Event::Lost { .. } => {}
            other => panic!("{other:?}"),
        }
    }

    /// Notes a call that was just made here.
    pub(crate) fn dialled(&mut self, now: Duration, call: CallId) {
        self.views.insert(call, View::default());
        self.drain(now);
        self.views.get_mut(&call).unwrap().name.clone_from(&self.last_invite);
    }

    /// Keeps the view of the call, as media would.
    fn note(&mut self, event: Event) {
        if let Event::Incoming(invitation) = &event {
            let view = View { name: self.last_invite.clone(), ..View::default() };
            let fresh = self.views.insert(invitation.call, view).is_none();
            assert!(fresh, "{event:?}");
        }
        let Some(call) = call_of(&event) else { return self.events.push_back(event) };
        let view = self.views.get_mut(&call).unwrap_or_else(|| panic!("of an unknown call: {event:?}"));
        assert_eq!(view.ended, None, "phone {}: after the end: {event:?}", self.index);
        match &event {
            Event::Answered { local, session, .. } => {
                view.up = true;
                view.local.clone_from(local);
                view.remote.clone_from(session);
            }
            Event::Answer { local, session, .. } => {
                view.local = Some(local.clone());
                view.remote = Some(session.clone());
            }
            Event::Ended { why, .. } => view.ended = Some(why.clone()),
            _ => {}
        }
        self.events.push_back(event);
    }
}

fn call_of(event: &Event) -> Option<CallId> {
    Some(match event {
        Event::Incoming(invitation) => invitation.call,
        Event::Progress { call, .. }
        | Event::Answered { call, .. }
        | Event::Confirmed { call }
        | Event::Identity { call, .. }
        | Event::Redirected { call, .. }
        | Event::Offer { call, .. }
        | Event::Answer { call, .. }
        | Event::Unchanged { call, .. }
        | Event::Digit { call, .. }
        | Event::Flash { call }
        | Event::Talk { call }
        | Event::Hold { call }
        | Event::TransferAsked { call, .. }
        | Event::Transfer { call, .. }
        | Event::Ended { call, .. } => *call,
        _ => return None,
    })
}
