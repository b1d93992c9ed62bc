//! Requests on their way: from the search for a server, over the next one if it is silent, to the answer.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::call;
use crate::exchange::{Key, Toward};
use crate::message::Request;
use crate::server::Ticket;
use crate::transaction::{ClientId, Peer};

/// Whose request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Registration,
    Subscription(Key),
    Call(call::Key),
    /// An ACK, which has no transaction.
    Ack,
    /// The line itself looks whether a server is back.
    Probe,
}

/// One request on its way.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) owner: Owner,
    pub(super) toward: Toward,
    /// Without Via.
    pub(super) request: Request,
    /// Servers that can still be tried.
    servers: VecDeque<Peer>,
    /// The transaction of now.
    pub(super) client: Option<ClientId>,
    /// The server of now.
    pub(super) peer: Option<Peer>,
    /// A provisional response came, so that the server is not silent.
    pub(super) heard: bool,
    /// Nobody wants it any more, so that no further server is tried.
    pub(super) cancelled: bool,
    /// INVITE with a 2xx: how long further ones may come.
    pub(super) until: Option<Duration>,
}

/// All requests on their way.
#[derive(Debug, Default)]
pub(super) struct Flights {
    flights: HashMap<Ticket, Flight>,
    clients: HashMap<ClientId, Ticket>,
    last: u64,
}

impl Flights {
    /// Begins one; the servers are still to be found.
    pub(super) fn start(&mut self, owner: Owner, toward: Toward, request: Request) -> Ticket {
        self.last += 1;
        let ticket = Ticket(self.last);
        let flight = Flight {
            owner,
            toward,
            request,
            servers: VecDeque::new(),
            client: None,
            peer: None,
            heard: false,
            cancelled: false,
            until: None,
        };
        self.flights.insert(ticket, flight);
        ticket
    }

    /// Notes which servers can be tried.
    pub(super) fn located(&mut self, ticket: Ticket, peers: Vec<Peer>) {
        if let Some(flight) = self.flights.get_mut(&ticket) {
            flight.servers = peers.into();
        }
    }

    /// The next server, with the request for it. None if all were tried, or the request is gone.
    pub(super) fn next(&mut self, ticket: Ticket) -> Option<(Request, Peer)> {
        let flight = self.flights.get_mut(&ticket)?;
        let peer = flight.servers.pop_front().filter(|_| !flight.cancelled)?;
        flight.peer = Some(peer);
        flight.heard = false;
        Some((flight.request.clone(), peer))
    }

    /// Notes the transaction with the server of [`Flights::next`].
    pub(super) fn sent(&mut self, ticket: Ticket, client: ClientId) {
        if let Some(flight) = self.flights.get_mut(&ticket)
            && let Some(old) = flight.client.replace(client)
        {
            self.clients.remove(&old);
        }
        self.clients.insert(client, ticket);
    }

    /// The request of a transaction.
    pub(super) fn of_client(&mut self, client: ClientId) -> Option<(Ticket, &mut Flight)> {
        let ticket = *self.clients.get(&client)?;
        self.flights.get_mut(&ticket).map(|flight| (ticket, flight))
    }

    /// The request that somebody waits for.
    pub(super) fn of_owner(&mut self, owner: Owner) -> Option<(Ticket, &mut Flight)> {
        self.flights.iter_mut().find(|(_, flight)| flight.owner == owner).map(|(ticket, flight)| (*ticket, flight))
    }

    /// Drops those whose late answers can no longer come.
    pub(super) fn prune(&mut self, now: Duration) {
        self.flights.retain(|_, flight| flight.until.is_none_or(|until| until > now));
        self.clients.retain(|_, ticket| self.flights.contains_key(ticket));
    }

    /// Whether another server can be tried.
    pub(super) fn has_more(&self, ticket: Ticket) -> bool {
        self.flights.get(&ticket).is_some_and(|flight| !flight.servers.is_empty() && !flight.cancelled)
    }

    /// Ends one.
    pub(super) fn finish(&mut self, ticket: Ticket) -> Option<Flight> {
        let flight = self.flights.remove(&ticket)?;
        if let Some(client) = flight.client {
            self.clients.remove(&client);
        }
        Some(flight)
    }

    /// Drops what somebody does not wait for any more.
    pub(super) fn forget(&mut self, owner: Owner) {
        self.flights.retain(|_, flight| flight.owner != owner);
        self.clients.retain(|_, ticket| self.flights.contains_key(ticket));
    }
}
