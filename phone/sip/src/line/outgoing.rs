//! Requests of the line: to which server, to the next one if it is silent, and what the answer means.

use std::time::Duration;

use super::Line;
use super::flight::Owner;
use crate::call;
use crate::digest::Verdict;
use crate::exchange::{Demand, Outcome, Toward};
use crate::message::{Known, Method, Name, Request, Response};
use crate::registration::Status;
use crate::server::Ticket;
use crate::transaction::{ClientId, Peer};

impl Line {
    /// Sends a request of a part as soon as its server is known.
    pub(super) fn send(&mut self, now: Duration, owner: Owner, toward: Toward, request: Request) {
        let ticket = self.flights.start(owner, toward.clone(), request);
        self.locator.locate(now, ticket, &toward);
    }

    /// Sends a request of a subscription: outside of dialogs on the way that the registrar has given (RFC 3608), and with
    /// what the servers want to know.
    pub(super) fn subscribe_at(&mut self, now: Duration, demand: Demand) {
        let Demand { key, toward, mut request } = demand;
        if !matches!(toward, Toward::Uri(_)) {
            self.registration.service_route().iter().for_each(|route| request.headers.push(Name::Route, route));
        }
        self.registration.authenticator().authorize(&mut request);
        self.send(now, Owner::Subscription(key), toward, request);
    }

    /// Gives an INVITE up. One whose server is still looked for was never sent.
    pub(super) fn cancel(&mut self, now: Duration, key: call::Key) {
        let Some((ticket, flight)) = self.flights.of_owner(Owner::Call(key)) else { return };
        flight.cancelled = true;
        if let Some(client) = flight.client {
            return self.transactions.cancel(now, client);
        }
        let response = Response::to(&flight.request, 487, "");
        self.flights.finish(ticket);
        self.calls.answered(now, key, &response, self.registration.authenticator());
    }

    /// Sends to the next server; if there is none, the request has failed.
    pub(super) fn try_next(&mut self, now: Duration, ticket: Ticket) {
        match self.flights.next(ticket) {
            Some((request, peer)) => {
                self.transactions.set_local(self.place.local(peer.address.ip()));
                if request.method == Method::Ack {
                    self.flights.finish(ticket);
                    return self.transactions.acknowledge(request, peer);
                }
                let client = self.transactions.request(now, request, peer);
                self.flights.sent(ticket, client);
            }
            None => self.fail(now, ticket, call::Failure::Silence),
        }
    }

    pub(super) fn on_response(&mut self, now: Duration, id: ClientId, response: &Response) {
        let Some((ticket, flight)) = self.flights.of_client(id) else { return };
        let Some(peer) = flight.peer else { return };
        flight.heard = true;
        let (owner, home) = (flight.owner, home_of(&flight.toward));
        let is_server = home.is_some() || self.is_own(peer);
        if response.status == 503 && owner != Owner::Probe {
            // Another server may do better (RFC 3263, section 4.3).
            if is_server {
                self.locator.failed(now, peer, response.headers.seconds(Known::RetryAfter));
            }
            if self.flights.has_more(ticket) {
                return self.try_next(now, ticket);
            }
        } else {
            if let Some(home) = home {
                self.homes[home] = Some(peer);
            }
            if self.locator.alive(peer) {
                self.is_back(now, peer);
            }
        }
        let request = if response.is_provisional() {
            None
        } else if response.is_success() && is_invite(response) {
            if let Some((_, flight)) = self.flights.of_client(id) {
                flight.until = Some(now + self.config.timers.longest());
            }
            None
        } else {
            self.flights.finish(ticket).map(|flight| flight.request)
        };
        match owner {
            Owner::Registration => self.registration.answered(now, response),
            Owner::Call(key) => self.calls.answered(now, key, response, self.registration.authenticator()),
            Owner::Subscription(key) => {
                let outcome = self.judge(request.as_ref(), response);
                self.subscriptions.answered(now, key, outcome);
            }
            Owner::Probe | Owner::Ack => {}
        }
    }

    /// Whether a challenge can be answered.
    fn judge(&mut self, request: Option<&Request>, response: &Response) -> Outcome {
        let authenticator = self.registration.authenticator();
        match request {
            Some(request) if matches!(response.status, 401 | 407) => {
                match authenticator.challenged(request, response, &mut self.tokens) {
                    Verdict::Retry => return Outcome::Challenged,
                    Verdict::Refused | Verdict::Unsupported => {}
                }
            }
            Some(_) => authenticator.accepted(response),
            None => {}
        }
        Outcome::Response(response.clone())
    }

    /// Nobody answered, or the network does not reach the server.
    pub(super) fn on_silence(&mut self, now: Duration, id: ClientId) {
        let Some((ticket, flight)) = self.flights.of_client(id) else { return };
        if flight.heard {
            return self.fail(now, ticket, call::Failure::Silence);
        }
        // Other people's phones are nobody's servers: they are not looked for when they are gone.
        let (owner, peer, is_home) = (flight.owner, flight.peer, home_of(&flight.toward).is_some());
        if let Some(peer) = peer.filter(|peer| is_home || self.is_own(*peer)) {
            self.locator.failed(now, peer, None);
            let registered_there = self.homes[0] == Some(peer) && self.status() == Status::Registered;
            if registered_there && matches!(owner, Owner::Call(_) | Owner::Subscription(_)) {
                // Calls would not come from it either.
                self.registration.register_now(now);
            }
        }
        self.try_next(now, ticket);
    }

    /// Asks a silent server whether it is back (RFC 3261, section 11).
    pub(super) fn probe(&mut self, now: Duration, peer: Peer) {
        let mut request = Request::new(Method::Options, format!("sip:{}", peer.address));
        let headers = &mut request.headers;
        headers.push(Name::MaxForwards, 70);
        headers.push(Name::From, format_args!("<{}>;tag={}", self.config.account.identity, self.tokens.token()));
        headers.push(Name::To, format_args!("<sip:{}>", peer.address));
        headers.push(Name::CallId, self.tokens.token());
        headers.push(Name::CSeq, "1 OPTIONS");
        headers.push(Name::UserAgent, &self.config.account.user_agent);
        let ticket = self.flights.start(Owner::Probe, Toward::Uri(request.uri.clone()), request);
        self.flights.located(ticket, vec![peer]);
        self.try_next(now, ticket);
    }

    /// A server answers again that had been silent: the line goes back to it if it is the better one.
    fn is_back(&mut self, now: Duration, peer: Peer) {
        if self.registration.status() == Status::Registered && self.homes[0] != Some(peer) {
            self.registration.register_now(now);
        }
    }

    /// No server is left that could answer.
    fn fail(&mut self, now: Duration, ticket: Ticket, failure: call::Failure) {
        let Some(flight) = self.flights.finish(ticket) else { return };
        match flight.owner {
            Owner::Registration => self.registration.failed(now),
            // Without a server, nobody was asked.
            Owner::Call(key) if flight.peer.is_none() => self.calls.failed(now, key, call::Failure::Unreachable),
            Owner::Call(key) => self.calls.failed(now, key, failure),
            Owner::Subscription(key) => self.subscriptions.answered(now, key, Outcome::Silence),
            Owner::Probe | Owner::Ack => {}
        }
    }
}

/// Which of [`Line::homes`] answers such requests.
fn home_of(toward: &Toward) -> Option<usize> {
    match toward {
        Toward::Registrar => Some(0),
        Toward::Proxy => Some(1),
        Toward::Presence => Some(2),
        Toward::Uri(_) => None,
    }
}

fn is_invite(response: &Response) -> bool {
    response.headers.cseq().is_ok_and(|cseq| cseq.method == Method::Invite)
}
