//! The joints of a line: carries what its parts put out to those whom it concerns.

use std::time::Duration;

use super::flight::Owner;
use super::machine::{FIRST, Line, State};
use super::{Event, Output};
use crate::call;
use crate::exchange::Toward;
use crate::registration;
use crate::server;
use crate::subscription;
use crate::transaction::{self, Peer};

impl Line {
    /// Carries what the parts put out to those whom it concerns, until there is nothing left.
    pub(super) fn pump(&mut self, now: Duration) {
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
    pub(super) fn face(&mut self, peers: &[Peer]) {
        if let Some(peer) = peers.first() {
            self.place.v6 = peer.address.is_ipv6();
        }
    }

    pub(super) fn tell_contact(&mut self, contact: registration::Contact) {
        self.calls.set_contact(contact.clone());
        self.subscriptions.set_contact(contact.clone());
        self.tell(Event::Address(contact));
    }
}

fn toward(hop: call::Hop) -> Toward {
    match hop {
        call::Hop::Proxy => Toward::Proxy,
        call::Hop::Uri(uri) => Toward::Uri(uri),
    }
}
