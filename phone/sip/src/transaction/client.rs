//! The two client transactions (RFC 3261, section 17.1; RFC 6026, section 7.2).

use std::sync::Arc;
use std::time::Duration;

use super::queue::{Outbox, earlier};
use super::{ClientId, Event, Peer, Timers};
use crate::message::{Method, Name, Request, Response};

/// Shortest wait between two sendings, whatever the timers say.
pub(super) const SHORTEST: Duration = Duration::from_millis(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Calling of INVITE, Trying of the others: nothing came back yet.
    Trying,
    /// A provisional response came.
    Proceeding,
    /// The final response came; only late copies may follow.
    Completed,
    /// INVITE: a 2xx came, and others may follow.
    Accepted,
    Terminated,
}

/// One request that was sent.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) id: ClientId,
    pub(super) peer: Peer,
    pub(super) key: String,
    timers: Timers,
    /// Kept for its ACK and its CANCEL; none but of INVITE.
    invite: Option<Box<Request>>,
    /// CANCEL: nobody wants to hear of its responses, but of those to the INVITE.
    silent: bool,
    bytes: Arc<[u8]>,
    state: State,
    /// When to send again, and how long the wait before was.
    repeat: Option<Duration>,
    wait: Duration,
    /// When to give up, or to forget.
    end: Option<Duration>,
    cancel: Cancel,
    /// Somebody is being called: there was a provisional response beyond 100.
    early: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cancel {
    No,
    /// Wanted, but CANCEL may not be sent before a provisional response (RFC 3261, section 9.1).
    Wanted,
    Sent,
}

impl Client {
    /// Sends the request for the first time.
    pub(super) fn start(
        now: Duration,
        id: ClientId,
        key: String,
        request: Request,
        peer: Peer,
        timers: Timers,
        out: &mut Outbox,
    ) -> Self {
        let bytes = request.to_bytes().into();
        let is_invite = request.method == Method::Invite;
        out.send(peer, &bytes);
        Client {
            id,
            peer,
            key,
            timers,
            silent: request.method == Method::Cancel,
            invite: is_invite.then(|| Box::new(request)),
            bytes,
            state: State::Trying,
            repeat: (!peer.transport.is_reliable()).then_some(now + timers.t1),
            wait: timers.t1,
            end: Some(now + if is_invite { timers.b } else { timers.f }),
            cancel: Cancel::No,
            early: false,
        }
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        earlier(self.repeat, self.end)
    }

    pub(super) fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }

    pub(super) fn timeout(&mut self, now: Duration, out: &mut Outbox) {
        if self.end.is_some_and(|end| end <= now) {
            if matches!(self.state, State::Trying | State::Proceeding) {
                self.tell(Event::TimedOut { id: self.id }, out);
            }
            self.terminate();
        } else if self.repeat.is_some_and(|repeat| repeat <= now) {
            out.send(self.peer, &self.bytes);
            self.wait = match (&self.invite, self.state) {
                (Some(_), _) => self.wait * 2,
                (None, State::Trying) => (self.wait * 2).min(self.timers.t2),
                (None, _) => self.timers.t2,
            };
            self.repeat = Some(now + self.wait.max(SHORTEST));
        }
    }

    pub(super) fn receive(&mut self, now: Duration, response: Response, from: Peer, out: &mut Outbox) {
        if self.invite.is_some() {
            self.receive_of_invite(now, response, from, out);
        } else {
            self.receive_of_other(now, response, from, out);
        }
    }

    fn receive_of_invite(&mut self, now: Duration, response: Response, from: Peer, out: &mut Outbox) {
        match self.state {
            State::Trying | State::Proceeding if response.is_provisional() => {
                self.repeat = None;
                self.early |= response.status > 100;
                if self.cancel != Cancel::Sent {
                    self.end = None;
                }
                self.state = State::Proceeding;
            }
            State::Trying | State::Proceeding if response.is_success() => {
                self.repeat = None;
                self.end = Some(now + self.timers.longest());
                self.state = State::Accepted;
            }
            State::Trying | State::Proceeding => {
                self.acknowledge(&response, out);
                self.repeat = None;
                self.end = Some(now + if self.peer.transport.is_reliable() { Duration::ZERO } else { self.timers.d });
                self.state = State::Completed;
            }
            State::Accepted if response.is_success() => {}
            State::Completed if response.status >= 300 => return self.acknowledge(&response, out),
            _ => return,
        }
        self.tell(Event::Response { id: self.id, response, from }, out);
        self.forget_if_over(now);
    }

    fn receive_of_other(&mut self, now: Duration, response: Response, from: Peer, out: &mut Outbox) {
        match self.state {
            State::Trying | State::Proceeding if response.is_provisional() => self.state = State::Proceeding,
            State::Trying | State::Proceeding => {
                self.repeat = None;
                self.end = Some(now + if self.peer.transport.is_reliable() { Duration::ZERO } else { self.timers.t4 });
                self.state = State::Completed;
            }
            _ => return,
        }
        self.tell(Event::Response { id: self.id, response, from }, out);
        self.forget_if_over(now);
    }

    /// The network refused the request.
    ///
    /// A phone that rings goes on ringing when a connection ends: its answer comes over another one (RFC 3261, section
    /// 18.2.2).
    pub(super) fn fail(&mut self, out: &mut Outbox) {
        if self.invite.is_some() && self.early && self.state == State::Proceeding {
            return;
        }
        if matches!(self.state, State::Trying | State::Proceeding) {
            self.tell(Event::Unreachable { id: self.id }, out);
            self.terminate();
        }
    }

    /// Asks for a CANCEL; gives it when it may be sent.
    pub(super) fn cancel(&mut self, now: Duration) -> Option<Request> {
        if self.cancel == Cancel::No && matches!(self.state, State::Trying | State::Proceeding) {
            self.cancel = Cancel::Wanted;
        }
        self.due_cancel(now)
    }

    /// The CANCEL that was wanted before it was allowed. From then on, the INVITE has 64 times T1 to end (RFC 3261,
    /// section 9.1), as an old server may not answer it any more.
    pub(super) fn due_cancel(&mut self, now: Duration) -> Option<Request> {
        if self.cancel != Cancel::Wanted || self.state != State::Proceeding {
            return None;
        }
        self.cancel = Cancel::Sent;
        self.end = Some(now + self.timers.longest());
        self.invite.as_deref().map(|invite| follow_up(invite, Method::Cancel, invite.headers.get(Name::To)))
    }

    fn acknowledge(&self, response: &Response, out: &mut Outbox) {
        if let Some(invite) = self.invite.as_deref() {
            let ack = follow_up(invite, Method::Ack, response.headers.get(Name::To));
            out.send(self.peer, &ack.to_bytes().into());
        }
    }

    fn tell(&self, event: Event, out: &mut Outbox) {
        if !self.silent {
            out.tell(event);
        }
    }

    fn forget_if_over(&mut self, now: Duration) {
        if self.end.is_some_and(|end| end <= now) {
            self.terminate();
        }
    }

    fn terminate(&mut self) {
        self.state = State::Terminated;
        self.repeat = None;
        self.end = None;
    }
}

/// ACK for a refusal and CANCEL: they go the way of the INVITE and have its branch (RFC 3261, sections 17.1.1.3 and 9.1).
fn follow_up(invite: &Request, method: Method, to: Option<&str>) -> Request {
    let mut request = Request::new(method, invite.uri.as_str());
    let headers = &mut request.headers;
    headers.copy(&invite.headers, Name::Via);
    headers.copy(&invite.headers, Name::Route);
    headers.push(Name::MaxForwards, 70);
    headers.copy(&invite.headers, Name::From);
    headers.push(Name::To, to.unwrap_or_default());
    headers.copy(&invite.headers, Name::CallId);
    let number = invite.headers.cseq().map_or(1, |cseq| cseq.number);
    headers.push(Name::CSeq, format_args!("{number} {}", request.method));
    // A server may want to know again who asks (RFC 3261, section 22.1).
    headers.copy(&invite.headers, Name::Authorization);
    headers.copy(&invite.headers, Name::ProxyAuthorization);
    request
}
