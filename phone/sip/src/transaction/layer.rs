//! All transactions of one line: finds the one that a message belongs to, and keeps their time.

use std::collections::HashMap;
use std::time::Duration;

use super::client::Client;
use super::queue::{Clock, Outbox, Waiter};
use super::server::Server;
use super::{ClientId, Event, Local, Peer, ServerId, Timers, Transmit, key, via};
use crate::message::{Message, Method, Name, Request, Response};
use crate::token::Tokens;

/// Server transactions at a time for requests outside of dialogs; those within may be twice as many. More are turned away
/// with 503 and leave no trace.
const MOST_SERVERS: usize = 4096;

/// The transactions of one line.
///
/// After each call, fetch messages and events until there are none, and call [`Transactions::timeout`] at the moment that
/// [`Transactions::next_timeout`] names.
#[derive(Debug)]
pub struct Transactions {
    timers: Timers,
    local: Local,
    tokens: Tokens,
    last_id: u64,
    clients: HashMap<u64, Client>,
    servers: HashMap<u64, Server>,
    client_keys: HashMap<String, u64>,
    server_keys: HashMap<String, u64>,
    merge_keys: HashMap<String, u64>,
    clock: Clock,
    out: Outbox,
}

/// How many transactions there are; both become 0 when nothing happens for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Requests that were sent.
    pub clients: usize,
    /// Requests that came in.
    pub servers: usize,
}

impl Transactions {
    /// Begins without any.
    pub fn new(timers: Timers, local: Local, tokens: Tokens) -> Self {
        Transactions {
            timers,
            local,
            tokens,
            last_id: 0,
            clients: HashMap::new(),
            servers: HashMap::new(),
            client_keys: HashMap::new(),
            server_keys: HashMap::new(),
            merge_keys: HashMap::new(),
            clock: Clock::default(),
            out: Outbox::default(),
        }
    }

    /// Takes another address for further requests: the unit or its router got a new one.
    pub fn set_local(&mut self, local: Local) {
        self.local = local;
    }

    /// Takes other timers for further transactions.
    pub fn set_timers(&mut self, timers: Timers) {
        self.timers = timers;
    }

    /// What Via of further requests says.
    pub fn local(&self) -> &Local {
        &self.local
    }

    /// Sends a request, to which Via is added here. For any method but ACK and CANCEL.
    pub fn request(&mut self, now: Duration, mut request: Request, to: Peer) -> ClientId {
        let branch = via::branch(&self.tokens.token());
        request.headers.push_front(Name::Via, via::write(&self.local, to.transport, &branch));
        self.start_client(now, request, to)
    }

    /// Sends an ACK for a 2xx; Via is added here. It has no transaction: send it again as often as the 2xx comes again.
    pub fn acknowledge(&mut self, mut ack: Request, to: Peer) {
        let branch = via::branch(&self.tokens.token());
        ack.headers.push_front(Name::Via, via::write(&self.local, to.transport, &branch));
        self.out.send(to, &ack.to_bytes().into());
    }

    /// Gives an INVITE up: a CANCEL is sent as soon as that is allowed. The INVITE still gets its final response, most often
    /// 487, or times out; a 2xx that was faster has to be acknowledged and ended with BYE. CANCEL's own response is not told.
    pub fn cancel(&mut self, now: Duration, id: ClientId) {
        if let Some(cancel) = self.with_client(id.0, |client, _| client.cancel(now)).flatten() {
            self.send_cancel(now, id, cancel);
        }
    }

    /// Sends a response to a request. False if its transaction has ended or has a final response, so that nothing is sent.
    pub fn respond(&mut self, now: Duration, id: ServerId, response: &Response) -> bool {
        self.with_server(id.0, |server, out| server.respond(now, response, out)).unwrap_or(false)
    }

    /// Repeats the refusal of an INVITE a few times only while its ACK is missing. For requests that anybody may have sent
    /// in the name of anybody: without it, a small forged INVITE draws a dozen answers to its victim.
    pub fn limit_repeats(&mut self, id: ServerId) {
        self.with_server(id.0, |server, _| server.limit());
    }

    /// Takes a message from the network.
    pub fn receive(&mut self, now: Duration, message: Message, from: Peer) {
        match message {
            Message::Response(response) => self.receive_response(now, response, from),
            Message::Request(request) => self.receive_request(now, request, from),
        }
    }

    /// The network cannot reach a peer, or its connection has ended: what waits for it ends.
    pub fn unreachable(&mut self, peer: Peer) {
        let clients: Vec<_> = self.clients.values().filter(|c| c.peer == peer).map(|c| c.id.0).collect();
        let servers: Vec<_> = self.servers.values().filter(|s| s.peer == peer).map(|s| s.id.0).collect();
        for id in clients {
            self.with_client(id, Client::fail);
        }
        for id in servers {
            self.with_server(id, Server::fail);
        }
    }

    /// Time has passed.
    pub fn timeout(&mut self, now: Duration) {
        while let Some(waiter) = self.clock.due(now) {
            match waiter {
                Waiter::Client(id) => self.with_client(id, |client, out| client.timeout(now, out)),
                Waiter::Server(id) => self.with_server(id, |server, out| server.timeout(now, out)),
            };
        }
    }

    /// When [`Transactions::timeout`] has something to do.
    pub fn next_timeout(&self) -> Option<Duration> {
        self.clock.next()
    }

    /// The next message to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.out.transmits.pop_front()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.out.events.pop_front()
    }

    /// How many transactions there are.
    pub fn load(&self) -> Load {
        Load { clients: self.clients.len(), servers: self.servers.len() }
    }

    fn start_client(&mut self, now: Duration, request: Request, to: Peer) -> ClientId {
        let id = ClientId(self.next_id());
        // A request without CSeq gets no response that could be matched, and times out.
        let key = key::of_client(&request.headers).unwrap_or_default();
        self.client_keys.insert(key.clone(), id.0);
        let client = Client::start(now, id, key, request, to, self.timers, &mut self.out);
        self.clock.set(Waiter::Client(id.0), None, client.next_timeout());
        self.clients.insert(id.0, client);
        id
    }

    /// CANCEL goes where its INVITE went.
    fn send_cancel(&mut self, now: Duration, invite: ClientId, cancel: Request) {
        if let Some(peer) = self.clients.get(&invite.0).map(|client| client.peer) {
            self.start_client(now, cancel, peer);
        }
    }

    fn receive_response(&mut self, now: Duration, response: Response, from: Peer) {
        // A second Via means that it was meant for a proxy (RFC 3261, section 8.1.3.3).
        if response.headers.vias().count() != 1 {
            return;
        }
        let Some(&id) = key::of_client(&response.headers).and_then(|key| self.client_keys.get(&key)) else { return };
        self.with_client(id, |client, out| client.receive(now, response, from, out));
        if let Some(cancel) = self.with_client(id, |client, _| client.due_cancel(now)).flatten() {
            self.send_cancel(now, ClientId(id), cancel);
        }
    }

    fn receive_request(&mut self, now: Duration, mut request: Request, from: Peer) {
        via::note_source(&mut request.headers, from.address);
        let method = if request.method == Method::Ack { Method::Invite } else { request.method.clone() };
        let Some(key) = key::of_server(&request, &method) else { return };
        if request.method == Method::Ack {
            return self.receive_ack(now, request, from, &key);
        }
        if let Some(&id) = self.server_keys.get(&key) {
            self.with_server(id, |server, out| server.repeated(out));
            return;
        }
        let (peer, fallback) = via::response_peer(&request.headers, from);
        let in_dialog = request.headers.to().is_ok_and(|to| to.tag().is_some());
        if self.servers.len() >= if in_dialog { 2 * MOST_SERVERS } else { MOST_SERVERS } {
            let response = Response::to(&request, 503, &self.tokens.token());
            return self.out.send(peer, &response.to_bytes().into());
        }
        let merge_key = key::of_merged(&request);
        let is_merged = merge_key.as_ref().is_some_and(|key| self.merge_keys.contains_key(key));
        let id = ServerId(self.next_id());
        self.server_keys.insert(key.clone(), id.0);
        let merge_key = if is_merged { None } else { merge_key };
        if let Some(key) = &merge_key {
            self.merge_keys.insert(key.clone(), id.0);
        }
        let server = Server::start(now, id, (key, merge_key), &request, (peer, fallback), self.timers);
        self.clock.set(Waiter::Server(id.0), None, server.next_timeout());
        self.servers.insert(id.0, server);
        if is_merged {
            let response = Response::to(&request, 482, &self.tokens.token());
            self.respond(now, id, &response);
        } else if request.method == Method::Cancel {
            self.receive_cancel(now, id, request);
        } else {
            self.out.tell(Event::Request { id, request, from });
        }
    }

    fn receive_ack(&mut self, now: Duration, request: Request, from: Peer, key: &str) {
        match self.server_keys.get(key) {
            Some(id) if !self.servers.get(id).is_some_and(Server::is_accepted) => {
                let id = *id;
                self.with_server(id, |server, _| server.acknowledged(now));
            }
            _ => self.out.tell(Event::Ack { request, from }),
        }
    }

    /// Answers a CANCEL: 200 if its INVITE is known, 481 if not (RFC 3261, section 9.2).
    fn receive_cancel(&mut self, now: Duration, id: ServerId, cancel: Request) {
        let invite = key::of_server(&cancel, &Method::Invite)
            .and_then(|key| self.server_keys.get(&key))
            .and_then(|id| self.servers.get(id));
        let (status, tag) = match invite {
            Some(invite) => (200, invite.tag.clone()),
            None => (481, None),
        };
        let open = invite.filter(|invite| invite.is_open()).map(|invite| invite.id);
        let tag = tag.unwrap_or_else(|| self.tokens.token());
        let response = Response::to(&cancel, status, &tag);
        self.respond(now, id, &response);
        if let Some(id) = open {
            self.out.tell(Event::Cancelled { id, cancel });
        }
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// Lets a client transaction do something, then notes its next moment, or forgets it.
    fn with_client<T>(&mut self, id: u64, act: impl FnOnce(&mut Client, &mut Outbox) -> T) -> Option<T> {
        let client = self.clients.get_mut(&id)?;
        let before = client.next_timeout();
        let result = act(client, &mut self.out);
        self.clock.set(Waiter::Client(id), before, client.next_timeout());
        if client.is_terminated() {
            let client = self.clients.remove(&id)?;
            self.client_keys.remove(&client.key);
        }
        Some(result)
    }

    /// As [`Self::with_client`], for a server transaction.
    fn with_server<T>(&mut self, id: u64, act: impl FnOnce(&mut Server, &mut Outbox) -> T) -> Option<T> {
        let server = self.servers.get_mut(&id)?;
        let before = server.next_timeout();
        let result = act(server, &mut self.out);
        self.clock.set(Waiter::Server(id), before, server.next_timeout());
        if server.is_terminated() {
            let server = self.servers.remove(&id)?;
            self.server_keys.remove(&server.key);
            if let Some(key) = server.merge_key {
                self.merge_keys.remove(&key);
            }
        }
        Some(result)
    }
}
