//! The two server transactions (RFC 3261, section 17.2; RFC 6026, section 7.1).

use std::sync::Arc;
use std::time::Duration;

use super::client::SHORTEST;
use super::queue::{Outbox, earlier};
use super::{Event, Peer, ServerId, Timers};
use crate::message::{Request, Response};

/// How often a refusal is repeated to somebody whose address may be forged.
const FEW: u8 = 2;

/// How long an INVITE may stay unanswered before 100 is sent in the user's place (RFC 3261, section 17.2.1).
const PATIENCE: Duration = Duration::from_millis(200);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Trying and Proceeding: no final response yet.
    Proceeding,
    /// A final response was sent (INVITE: a refusal).
    Completed,
    /// INVITE: the refusal was acknowledged.
    Confirmed,
    /// INVITE: a 2xx was sent.
    Accepted,
    Terminated,
}

/// One request that came in.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) id: ServerId,
    /// Where responses go.
    pub(super) peer: Peer,
    /// Where they go if that connection is gone (RFC 3261, section 18.2.2).
    fallback: Option<Peer>,
    pub(super) key: String,
    /// What tells copies of one request that came on several ways (RFC 3261, section 8.2.2.2).
    pub(super) merge_key: Option<String>,
    timers: Timers,
    is_invite: bool,
    state: State,
    last: Option<Arc<[u8]>>,
    /// Our tag, once a response had it.
    pub(super) tag: Option<String>,
    /// 100 for an INVITE that waits.
    trying: Option<Arc<[u8]>>,
    /// When to send again (or 100 for the first time), and how long the wait before was.
    repeat: Option<Duration>,
    wait: Duration,
    /// When to give up, or to forget.
    end: Option<Duration>,
    /// How often a final response may still be repeated; none sets no limit.
    repeats: Option<u8>,
}

impl Server {
    pub(super) fn start(
        now: Duration,
        id: ServerId,
        (key, merge_key): (String, Option<String>),
        request: &Request,
        (peer, fallback): (Peer, Option<Peer>),
        timers: Timers,
    ) -> Self {
        let is_invite = request.method == crate::message::Method::Invite;
        Server {
            id,
            peer,
            fallback,
            key,
            merge_key,
            timers,
            is_invite,
            state: State::Proceeding,
            last: None,
            tag: None,
            trying: is_invite.then(|| Response::to(request, 100, "").to_bytes().into()),
            repeat: is_invite.then_some(now + PATIENCE),
            wait: timers.t1,
            // Nobody waits longer for the answer to another request.
            end: (!is_invite).then_some(now + timers.longest().max(timers.f)),
            repeats: None,
        }
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        earlier(self.repeat, self.end)
    }

    pub(super) fn is_terminated(&self) -> bool {
        self.state == State::Terminated
    }

    /// Repeats a refusal a few times only.
    pub(super) fn limit(&mut self) {
        self.repeats = Some(FEW);
    }

    /// Whether no final response was sent.
    pub(super) fn is_open(&self) -> bool {
        self.state == State::Proceeding
    }

    /// Whether an ACK on this transaction is the user's: of a 2xx.
    pub(super) fn is_accepted(&self) -> bool {
        self.state == State::Accepted
    }

    pub(super) fn timeout(&mut self, now: Duration, out: &mut Outbox) {
        if self.end.is_some_and(|end| end <= now) {
            if self.is_invite && self.state == State::Completed {
                out.tell(Event::Lost { id: self.id });
            }
            self.terminate();
        } else if self.repeat.is_some_and(|repeat| repeat <= now) {
            if self.state == State::Proceeding {
                self.last = self.trying.take();
                self.repeat = None;
            } else {
                self.wait = (self.wait * 2).min(self.timers.t2);
                self.repeats = self.repeats.map(|left| left.saturating_sub(1));
                self.repeat = (self.repeats != Some(0)).then_some(now + self.wait.max(SHORTEST));
            }
            self.resend(out);
        }
    }

    /// Sends a response. False if the transaction has ended, or has its final one already.
    pub(super) fn respond(&mut self, now: Duration, response: &Response, out: &mut Outbox) -> bool {
        match self.state {
            State::Proceeding => {}
            // The user repeats a 2xx until its ACK comes (RFC 3261, section 13.3.1.4).
            State::Accepted if response.is_success() => {}
            _ => return false,
        }
        let bytes: Arc<[u8]> = response.to_bytes().into();
        out.send(self.peer, &bytes);
        self.last = Some(bytes);
        self.trying = None;
        if let Some(tag) = response.headers.to().ok().and_then(|to| to.tag()) {
            self.tag = Some(tag.to_owned());
        }
        if self.state == State::Proceeding {
            self.repeat = None;
            if !response.is_provisional() {
                self.finish(now, response.is_success());
            }
        }
        self.forget_if_over(now);
        true
    }

    fn finish(&mut self, now: Duration, success: bool) {
        let reliable = self.peer.transport.is_reliable();
        if !self.is_invite {
            self.state = State::Completed;
            self.end = Some(now + if reliable { Duration::ZERO } else { self.timers.j });
        } else if success {
            self.state = State::Accepted;
            self.end = Some(now + self.timers.longest());
        } else {
            self.state = State::Completed;
            self.repeat = (!reliable).then_some(now + self.timers.t1);
            self.end = Some(now + self.timers.h);
        }
    }

    /// The request came again.
    pub(super) fn repeated(&mut self, out: &mut Outbox) {
        match self.state {
            State::Proceeding | State::Completed => self.resend(out),
            // The user repeats its 2xx; after the ACK, nothing is due.
            State::Accepted | State::Confirmed | State::Terminated => {}
        }
    }

    /// The ACK for a refusal came.
    pub(super) fn acknowledged(&mut self, now: Duration) {
        if self.state == State::Completed {
            self.state = State::Confirmed;
            self.repeat = None;
            self.end = Some(now + if self.peer.transport.is_reliable() { Duration::ZERO } else { self.timers.t4 });
            self.forget_if_over(now);
        }
    }

    /// The network refused a response, or the connection is gone.
    pub(super) fn fail(&mut self, out: &mut Outbox) {
        if let Some(peer) = self.fallback.take() {
            self.peer = peer;
            if self.state == State::Completed {
                self.resend(out);
            }
            return;
        }
        match self.state {
            // A call that rings is answered over a connection to be opened then (RFC 3261, section 18.2.2).
            State::Proceeding if self.is_invite => return,
            State::Completed if self.is_invite => out.tell(Event::Lost { id: self.id }),
            _ => {}
        }
        self.terminate();
    }

    fn resend(&self, out: &mut Outbox) {
        if let Some(bytes) = &self.last {
            out.send(self.peer, bytes);
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
