//! The state machine of a line: what goes in, and what comes out.

use std::collections::VecDeque;
use std::time::Duration;

use super::config::Config;
use super::flight::Flights;
use super::place::{Addresses, Place};
use super::{Event, Output};
use crate::call::Calls;
use crate::event::feature::Feature;
use crate::message::{Frame, Malformed, Message, Method, datagram};
use crate::registration::{self, Registration, Status};
use crate::screen::Abilities;
use crate::server::{Answer, Locator, QueryId, Ticket};
use crate::subscription::{SubscriptionId, Subscriptions, Wish};
use crate::token::Tokens;
use crate::transaction::{Load, Peer, Transactions, Transmit, Transport};

/// The search that a line begins with.
pub(super) const FIRST: Ticket = Ticket(0);

/// Transactions beyond which strangers get no new ones, so that the line's own servers and calls always do.
const MOST_OF_STRANGERS: usize = 2048;

/// What holds a router's binding open, and answers the other side's (RFC 5626, section 4.4.1).
const PING: &[u8] = b"\r\n\r\n";
const PONG: &[u8] = b"\r\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
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
    pub(super) state: State,
    /// Settings that count as soon as the old registrar knows.
    pub(super) next_config: Option<Config>,
    /// When parting has taken long enough.
    pub(super) deadline: Option<Duration>,
    /// The servers that answered last: as registrar, as proxy, as presence server.
    pub(super) homes: [Option<Peer>; 3],
    /// The registrar knows that the line is gone.
    pub(super) left: bool,
    /// When the line registered last; none since it was started or configured.
    pub(super) registered: Option<Duration>,
    pub(super) keep_alive: Option<Duration>,
    pub(super) outputs: VecDeque<Output>,
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
        self.subscriptions.unsubscribe(now, id);
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
                Ok(message) => self.take(now, message, from),
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
                Frame::Message(message) => self.take(now, message, from),
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
    /// after a while if the server ends each at once.
    pub fn unreachable(&mut self, now: Duration, peer: Peer) {
        self.transactions.unreachable(peer);
        let at_home = peer.transport.is_reliable() && self.homes[0] == Some(peer);
        if let Some(at) = self.registered.filter(|_| at_home && self.status() == Status::Registered) {
            let rested = at + self.config.account.retry;
            if now >= rested {
                self.registered = Some(now);
                self.registration.register_now(now);
            } else {
                self.registration.register_by(rested);
            }
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

    /// Takes a message, unless strangers have sent so many requests that servers and calls would find no place.
    fn take(&mut self, now: Duration, message: Message, from: Peer) {
        let is_one_too_many = self.transactions.load().servers >= MOST_OF_STRANGERS
            && matches!(&message, Message::Request(request) if request.method != Method::Ack && !self.calls.knows(request))
            && !self.is_own(from);
        if !is_one_too_many {
            self.transactions.receive(now, message, from);
        }
    }

    /// Whether messages from a place are heard at all (guide rule 202).
    fn hears(&self, from: Peer) -> bool {
        !self.config.source_filter || self.is_own(from)
    }

    /// Whether somebody is one of the line's own servers.
    pub(super) fn is_own(&self, peer: Peer) -> bool {
        // Without TLS, anybody could send from the address of a server that speaks TLS.
        if self.config.plan.transport == Transport::Tls && peer.transport != Transport::Tls {
            return false;
        }
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

    /// Sends what subscriptions have waited with until the line was registered.
    pub(super) fn go_on_subscribing(&mut self, now: Duration) {
        if self.registered.is_some() {
            self.subscriptions.timeout(now);
        }
        self.pump(now);
    }

    /// Begins to hold bindings of routers open, once somebody has answered.
    pub(super) fn plan_keep_alive(&mut self, now: Duration) {
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
