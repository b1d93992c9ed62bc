//! The state machine of a line: what goes in, what comes out, and how the parts are joined.

use std::collections::VecDeque;
use std::net::SocketAddrV4;
use std::time::Duration;

use super::config::Config;
use super::flight::{Flights, Owner};
use super::place::{Addresses, Place};
use super::{Event, Output};
use crate::call::{self, Calls};
use crate::event::feature::Feature;
use crate::exchange::Toward;
use crate::message::{Frame, Malformed, Message, datagram};
use crate::registration::{self, Registration, Status};
use crate::screen::Abilities;
use crate::server::{self, Answer, Locator, QueryId, Ticket};
use crate::subscription::{self, SubscriptionId, Subscriptions, Wish};
use crate::token::Tokens;
use crate::transaction::{self, Load, Peer, Transactions, Transmit};

/// How long closing may take, and a change of settings may wait for the old registrar.
const PARTING: Duration = Duration::from_secs(4);
/// The search that a line begins with.
const FIRST: Ticket = Ticket(0);
/// What holds a router's binding open, and answers the other side's (RFC 5626, section 4.4.1).
const PING: &[u8] = b"\r\n\r\n";
const PONG: &[u8] = b"\r\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not started, or closed.
    Off,
    /// Looking for the registrar for the first time.
    Starting,
    On,
    /// Parting from the old registrar, before other settings count.
    Changing,
    Closing,
}

/// One line of the phone.
///
/// After each call, fetch outputs until there are none, and call [`Line::timeout`] at the moment that
/// [`Line::next_timeout`] names.
#[derive(Debug)]
pub struct Line {
    pub(super) config: Config,
    pub(super) abilities: Abilities,
    pub(super) place: Place,
    pub(super) tokens: Tokens,
    pub(super) transactions: Transactions,
    pub(super) locator: Locator,
    pub(super) registration: Registration,
    pub(super) calls: Calls,
    pub(super) subscriptions: Subscriptions,
    pub(super) flights: Flights,
    state: State,
    /// Settings that count as soon as the old registrar knows.
    next_config: Option<Config>,
    /// When parting has taken long enough.
    deadline: Option<Duration>,
    /// The servers that answered last: as registrar, as proxy, as presence server.
    pub(super) homes: [Option<Peer>; 3],
    /// The registrar knows that the line is gone.
    left: bool,
    /// When the line registered last; none since it was started or configured.
    registered: Option<Duration>,
    keep_alive: Option<Duration>,
    outputs: VecDeque<Output>,
}

impl Line {
    /// One that does nothing until it is started. `tokens` are its own.
    pub fn new(config: Config, own: Addresses, mut tokens: Tokens) -> Self {
        let place = Place::new(&config, own);
        let local = place.local(std::net::Ipv4Addr::UNSPECIFIED.into());
        let mut line = Line {
            abilities: config.abilities(),
            transactions: Transactions::new(config.timers, local, tokens.fork()),
            locator: Locator::new(config.plan.clone(), tokens.fork()),
            registration: Registration::new(config.account.clone(), place.contact(), tokens.fork()),
            calls: Calls::new(config.profile.clone(), place.contact(), tokens.fork()),
            subscriptions: Subscriptions::new(config.account.clone(), place.contact(), config.terms, tokens.fork()),
            flights: Flights::default(),
            state: State::Off,
            next_config: None,
            deadline: None,
            homes: [None; 3],
            left: false,
            registered: None,
            keep_alive: None,
            outputs: VecDeque::new(),
            config,
            place,
            tokens,
        };
        line.set_versions();
        line
    }

    /// Finds the servers and registers, also after a refusal.
    pub fn start(&mut self, now: Duration) {
        match self.state {
            State::Off => {
                self.state = State::Starting;
                self.locator.learn(now);
                self.locator.locate(now, FIRST, &Toward::Registrar);
            }
            State::Starting => {}
            State::On => self.registration.start(now),
            State::Changing => {}
            // It was not meant so: back, with the settings of now.
            State::Closing => {
                self.state = State::Changing;
                self.next_config.get_or_insert_with(|| self.config.clone());
            }
        }
        self.pump(now);
    }

    /// Gives subscriptions up, and leaves the registrar if the settings want that. [`Event::Closed`] follows, after a few
    /// seconds at the latest. Calls are left as they are: hang them up before.
    pub fn close(&mut self, now: Duration) {
        if self.state != State::Off {
            self.state = State::Closing;
            self.subscriptions.close();
            self.part(now);
        }
        self.pump(now);
    }

    /// Takes other settings: at once if they change nothing between the line and its servers, else after the line has left
    /// the old registrar, with [`Event::Configured`], and then registers anew.
    pub fn configure(&mut self, now: Duration, config: Config) {
        let restarts = self.state != State::Off && self.config.needs_restart(&config);
        if matches!(self.state, State::Closing | State::Changing) {
            self.next_config = Some(config);
        } else if restarts {
            self.next_config = Some(config);
            self.state = State::Changing;
            self.part(now);
        } else if self.config.needs_restart(&config) {
            self.apply(now, config);
        } else {
            if self.config.keep_alive != config.keep_alive {
                self.keep_alive = None;
            }
            self.calls.set_profile(config.profile.clone());
            self.subscriptions.set_terms(config.terms);
            self.abilities = config.abilities();
            self.config = config;
            self.plan_keep_alive(now);
        }
        self.pump(now);
    }

    /// The unit has other addresses: registers where it can be reached now.
    pub fn set_addresses(&mut self, now: Duration, own: Addresses) {
        if self.place.set_own(own) {
            self.set_versions();
            self.moved(now);
        }
        self.pump(now);
    }

    /// What a STUN server sees of the line's port; none if nothing is known. Registers anew if it changed (guide rule 167).
    pub fn set_public_address(&mut self, now: Duration, seen: Option<SocketAddrV4>) {
        self.place.set_seen(seen);
        self.moved(now);
        self.pump(now);
    }

    /// Lets the line's calls do something.
    pub fn calls<T>(&mut self, now: Duration, act: impl FnOnce(&mut Calls) -> T) -> T {
        let result = act(&mut self.calls);
        self.pump(now);
        result
    }

    /// Subscribes, as soon as the line is registered.
    pub fn subscribe(&mut self, now: Duration, wish: Wish) -> SubscriptionId {
        let id = self.subscriptions.subscribe(now, wish);
        self.go_on_subscribing(now);
        id
    }

    /// Gives a subscription up.
    pub fn unsubscribe(&mut self, now: Duration, id: SubscriptionId) {
        self.subscriptions.unsubscribe(id);
        self.pump(now);
    }

    /// Renews a subscription at once, also after a refusal.
    pub fn renew(&mut self, now: Duration, id: SubscriptionId) {
        self.subscriptions.renew(now, id);
        self.go_on_subscribing(now);
    }

    /// Asks the server to change a feature, within a subscription to features.
    pub fn set_feature(&mut self, now: Duration, id: SubscriptionId, feature: &Feature) {
        self.subscriptions.set_feature(now, id, feature);
        self.go_on_subscribing(now);
    }

    /// Takes a datagram from the network.
    pub fn datagram(&mut self, now: Duration, bytes: &[u8], from: Peer) {
        if self.hears(from) {
            match datagram(bytes) {
                Ok(message) => self.transactions.receive(now, message, from),
                Err(malformed) => self.refuse(&malformed, from),
            }
        }
        self.pump(now);
    }

    /// Takes what a connection brought. After an error of [`crate::message::Framer`], give it to [`Line::malformed`] and
    /// close the connection.
    pub fn frame(&mut self, now: Duration, frame: Frame, from: Peer) {
        if self.hears(from) {
            match frame {
                Frame::Message(message) => self.transactions.receive(now, message, from),
                Frame::Malformed(malformed) => self.refuse(&malformed, from),
                Frame::Ping => self.transmit(from, PONG),
                Frame::Pong => {}
            }
        }
        self.pump(now);
    }

    /// Takes a message that was read elsewhere.
    pub fn receive(&mut self, now: Duration, message: Message, from: Peer) {
        self.frame(now, Frame::Message(message), from);
    }

    /// Answers what could not be read.
    pub fn malformed(&mut self, now: Duration, malformed: Malformed, from: Peer) {
        self.frame(now, Frame::Malformed(malformed), from);
    }

    /// A server cannot be reached, or its connection has ended.
    ///
    /// Calls come over the connection that the line has registered on. Once it has ended, the line registers over a new one,
    /// unless the server ends each at once.
    pub fn unreachable(&mut self, now: Duration, peer: Peer) {
        self.transactions.unreachable(peer);
        let rested = self.registered.is_some_and(|at| now >= at + self.config.account.retry);
        if peer.transport.is_reliable() && self.homes[0] == Some(peer) && rested && self.status() == Status::Registered
        {
            self.registered = Some(now);
            self.registration.register_now(now);
        }
        self.pump(now);
    }

    /// Takes the answer of DNS.
    pub fn resolved(&mut self, now: Duration, id: QueryId, answer: Answer) {
        self.locator.answered(now, id, answer);
        self.pump(now);
    }

    /// Time has passed.
    pub fn timeout(&mut self, now: Duration) {
        self.locator.timeout(now);
        self.transactions.timeout(now);
        self.registration.timeout(now);
        self.calls.timeout(now);
        self.flights.prune(now);
        if self.keep_alive.is_some_and(|at| at <= now) {
            self.keep_alive = self.config.keep_alive.map(|every| now + every);
            self.refresh_bindings();
        }
        self.go_on_subscribing(now);
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            self.parted(now);
            self.pump(now);
        }
    }

    /// When [`Line::timeout`] has something to do.
    pub fn next_timeout(&self) -> Option<Duration> {
        [
            self.locator.next_timeout(),
            self.transactions.next_timeout(),
            self.registration.next_timeout(),
            self.calls.next_timeout(),
            self.subscriptions.next_timeout().filter(|_| self.registered.is_some()),
            self.keep_alive,
            self.deadline,
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The next thing to do or to know.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// How the line stands with its registrar.
    pub fn status(&self) -> Status {
        self.registration.status()
    }

    /// Where others can reach the line: the host that SDP should name.
    pub fn contact(&self) -> registration::Contact {
        self.place.contact()
    }

    /// The settings that count.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How many transactions there are.
    pub fn load(&self) -> Load {
        self.transactions.load()
    }

    /// Whether messages from a place are heard at all (guide rule 202).
    fn hears(&self, from: Peer) -> bool {
        !self.config.source_filter || self.is_own(from)
    }

    /// Whether somebody is one of the line's own servers.
    pub(super) fn is_own(&self, peer: Peer) -> bool {
        let same = |home: &Peer| home.address.ip().to_canonical() == peer.address.ip().to_canonical();
        self.locator.is_own(peer.address.ip())
            // Servers of DNS answers that have been replaced meanwhile.
            || self.homes.iter().flatten().any(same)
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.outputs.push_back(Output::Event(event));
    }

    pub(super) fn transmit(&mut self, to: Peer, bytes: &[u8]) {
        self.outputs.push_back(Output::Transmit(Transmit { to, bytes: bytes.into() }));
    }

    /// Answers a message that is none.
    fn refuse(&mut self, malformed: &Malformed, from: Peer) {
        if let Some(answer) = malformed.answer(&self.tokens.token()) {
            self.transmit(from, &answer.to_bytes());
        }
    }

    /// Carries what the parts put out to those whom it concerns, until there is nothing left.
    fn pump(&mut self, now: Duration) {
        loop {
            if let Some(output) = self.registration.poll() {
                self.on_registration(now, output);
            } else if let Some(output) = self.locator.poll() {
                self.on_locator(now, output);
            } else if let Some(output) = self.calls.poll(self.registration.authenticator()) {
                self.on_call(now, output);
            } else if let Some(output) = self.subscriptions.poll() {
                self.on_subscription(now, output);
            } else if let Some(event) = self.transactions.poll_event() {
                self.on_transaction(now, event);
            } else {
                break;
            }
        }
        if self.left && matches!(self.state, State::Changing | State::Closing) {
            let waits = self.state == State::Closing && !self.subscriptions.is_empty();
            if !waits {
                self.parted(now);
                return self.pump(now);
            }
        }
        while let Some(transmit) = self.transactions.poll_transmit() {
            self.outputs.push_back(Output::Transmit(transmit));
        }
    }

    fn on_registration(&mut self, now: Duration, output: registration::Output) {
        match output {
            registration::Output::Send(request) => self.send(now, Owner::Registration, Toward::Registrar, request),
            registration::Output::Registered { granted } => {
                self.registered = Some(now);
                self.calls.set_route(self.registration.service_route().to_vec());
                self.subscriptions.timeout(now);
                self.plan_keep_alive(now);
                if self.config.source_filter {
                    // Servers may have moved meanwhile.
                    self.locator.learn(now);
                }
                if let Some(home) = self.homes[0] {
                    self.tell(Event::Registered { granted, server: home.address });
                }
            }
            registration::Output::Failed { failure, retry } => {
                self.tell(Event::RegistrationFailed { failure, retry });
            }
            registration::Output::Expired => self.tell(Event::RegistrationExpired),
            registration::Output::AddressChanged(contact) => {
                self.place.learn(contact.clone());
                self.tell_contact(contact);
            }
            registration::Output::Closed => self.left = true,
        }
    }

    fn on_locator(&mut self, now: Duration, output: server::Output) {
        match output {
            server::Output::Resolve(query) => self.outputs.push_back(Output::Resolve(query)),
            server::Output::Located { ticket: FIRST, peers } => {
                self.face(&peers);
                if self.state == State::Starting {
                    self.state = State::On;
                    self.registration.set_contact(now, self.place.contact());
                    self.registration.start(now);
                }
            }
            server::Output::Located { ticket, peers } => {
                self.flights.located(ticket, peers);
                self.try_next(now, ticket);
            }
            server::Output::Probe(peer) => self.probe(now, peer),
        }
    }

    fn on_call(&mut self, now: Duration, output: call::Output) {
        match output {
            call::Output::Send { key, request, hop } => self.send(now, Owner::Call(key), toward(hop), request),
            call::Output::Acknowledge { request, hop } => self.send(now, Owner::Ack, toward(hop), request),
            call::Output::Cancel { key } => self.cancel(now, key),
            call::Output::Respond { server, response } => {
                self.transactions.respond(now, server, &response);
            }
            call::Output::Event(event) => self.tell(Event::Call(event)),
        }
    }

    fn on_subscription(&mut self, now: Duration, output: subscription::Output) {
        match output {
            subscription::Output::Send(demand) => self.subscribe_at(now, demand),
            subscription::Output::Respond { server, response } => {
                self.transactions.respond(now, server, &response);
            }
            subscription::Output::Event { id, event } => self.tell(Event::Subscription { id, event }),
        }
    }

    fn on_transaction(&mut self, now: Duration, event: transaction::Event) {
        match event {
            transaction::Event::Response { id, response, .. } => self.on_response(now, id, &response),
            transaction::Event::TimedOut { id } | transaction::Event::Unreachable { id } => self.on_silence(now, id),
            transaction::Event::Request { id, request, from } => self.on_request(now, id, &request, from),
            transaction::Event::Cancelled { id, cancel } => self.calls.cancelled(id, &cancel),
            transaction::Event::Ack { request, .. } => self.calls.acknowledged(&request),
            // The caller was turned away, and does not care to say that it has heard.
            transaction::Event::Lost { .. } => {}
        }
    }

    /// Turns to the address version of the registrar.
    fn face(&mut self, peers: &[Peer]) {
        if let Some(peer) = peers.first() {
            self.place.v6 = peer.address.is_ipv6();
        }
    }

    fn set_versions(&mut self) {
        let Addresses { v4, v6 } = self.place.own;
        self.locator.set_versions(v4.is_some(), v6.is_some());
    }

    /// The line may be reachable elsewhere.
    fn moved(&mut self, now: Duration) {
        let contact = self.place.contact();
        if contact != *self.registration.contact() {
            self.registration.set_contact(now, contact.clone());
            self.tell_contact(contact);
        }
    }

    fn tell_contact(&mut self, contact: registration::Contact) {
        self.calls.set_contact(contact.clone());
        self.subscriptions.set_contact(contact.clone());
        self.tell(Event::Address(contact));
    }

    /// Sends what subscriptions have waited with until the line was registered.
    fn go_on_subscribing(&mut self, now: Duration) {
        if self.registered.is_some() {
            self.subscriptions.timeout(now);
        }
        self.pump(now);
    }

    /// Leaves the registrar.
    fn part(&mut self, now: Duration) {
        self.left = false;
        self.deadline = Some(now + PARTING);
        self.registration.close(now);
    }

    /// The registrar knows, or does not answer in time.
    fn parted(&mut self, now: Duration) {
        self.deadline = None;
        self.left = false;
        self.keep_alive = None;
        match (self.state, self.next_config.take()) {
            (State::Closing, next) => {
                self.state = State::Off;
                self.apply(now, next.unwrap_or_else(|| self.config.clone()));
                self.tell(Event::Closed);
            }
            (State::Changing, Some(config)) => {
                self.apply(now, config);
                self.tell(Event::Configured);
                self.state = State::Off;
                self.start(now);
            }
            _ => {}
        }
    }

    /// Replaces the settings; nothing is registered at this time.
    fn apply(&mut self, now: Duration, config: Config) {
        self.locator.set_plan(config.plan.clone());
        self.transactions.set_timers(config.timers);
        self.place.configure(&config);
        self.registration = Registration::new(config.account.clone(), self.place.contact(), self.tokens.fork());
        self.flights.forget(Owner::Registration);
        let contact = self.place.contact();
        self.calls.set_profile(config.profile.clone());
        self.calls.set_contact(contact.clone());
        self.subscriptions.restart(now, config.account.clone(), contact, config.terms);
        self.abilities = config.abilities();
        self.registered = None;
        self.homes = [None; 3];
        self.config = config;
    }

    /// Begins to hold bindings of routers open, once somebody has answered.
    fn plan_keep_alive(&mut self, now: Duration) {
        if self.keep_alive.is_none() && self.state == State::On && self.homes[0].is_some() {
            self.keep_alive = self.config.keep_alive.map(|every| now + every);
        }
    }

    /// One packet to each server that the line speaks with.
    fn refresh_bindings(&mut self) {
        for (at, home) in self.homes.into_iter().enumerate() {
            if let Some(home) = home.filter(|home| !self.homes[..at].contains(&Some(*home))) {
                self.transmit(home, PING);
            }
        }
    }
}

fn toward(hop: call::Hop) -> Toward {
    match hop {
        call::Hop::Proxy => Toward::Proxy,
        call::Hop::Uri(uri) => Toward::Uri(uri),
    }
}
