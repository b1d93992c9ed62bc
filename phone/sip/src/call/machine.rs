//! All calls of one line: commands, messages and time go in, outputs come out.

use std::collections::BTreeMap;
use std::time::Duration;

use super::core::{Core, Deed, Pending, Purpose};
use super::profile::Profile;
use super::state::{Call, Outcome};
use super::types::{CallId, Failure, Key, Output, Sender};
use crate::dialog::DialogId;
use crate::digest::{Authenticator, Verdict};
use crate::message::{Method, Request, Response};
use crate::registration::Contact;
use crate::token::Tokens;
use crate::transaction::ServerId;

/// Calls of one line at a time, those that are just ending included. The phone has 25 voice channels.
pub(super) const MOST_CALLS: usize = 64;

/// The calls of one line.
///
/// After each call of a method, fetch outputs until there are none, and call [`Calls::timeout`] at the moment that
/// [`Calls::next_timeout`] names.
#[derive(Debug)]
pub struct Calls {
    pub(super) core: Core,
    pub(super) calls: BTreeMap<CallId, Call>,
    last: u64,
}

/// How much there is; all of it becomes 0 when the last call has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLoad {
    /// Calls, those that are just ending included.
    pub calls: usize,
    /// Requests on their way, and INVITEs whose 2xx may still be repeated.
    pub requests: usize,
}

impl Calls {
    /// Begins without any. `contact` is where the line can be reached.
    pub fn new(profile: Profile, contact: Contact, tokens: Tokens) -> Self {
        Calls { core: Core::new(profile, contact, tokens), calls: BTreeMap::new(), last: 0 }
    }

    /// Takes other settings for what is sent from now on.
    pub fn set_profile(&mut self, profile: Profile) {
        self.core.profile = profile;
    }

    /// The settings.
    pub fn profile(&self) -> &Profile {
        &self.core.profile
    }

    /// The line can be reached elsewhere from now on.
    pub fn set_contact(&mut self, contact: Contact) {
        self.core.contact = contact;
    }

    /// Takes the values of Route for calls that begin from now on (RFC 3608).
    pub fn set_route(&mut self, route: Vec<String>) {
        self.core.route = route;
    }

    /// Whether a request belongs to a dialog of a call.
    pub fn knows(&self, request: &Request) -> bool {
        DialogId::of_request(request).is_some_and(|id| self.find(&id).is_some())
    }

    /// Takes a request that came in: INVITE, and what belongs to a call. Anything else does not act, and is answered
    /// with 481.
    pub fn receive(&mut self, now: Duration, server: ServerId, request: &Request, sender: Sender) {
        self.core.sender = sender;
        if let Err(refusal) = self.core.profile.abilities().screen(request) {
            let tag = self.core.tokens.token();
            return self.core.respond(server, refusal.answer(request, &tag));
        }
        match DialogId::of_request(request) {
            Some(dialog) => self.receive_within(now, server, request, &dialog),
            None if request.method == Method::Invite => self.invited(now, server, request),
            None => self.core.refuse(server, request, 481),
        }
        self.settle();
    }

    /// The INVITE of this transaction was cancelled.
    pub fn cancelled(&mut self, server: ServerId, cancel: &Request) {
        let call = self.calls.values_mut().find(|call| call.ringing.as_ref().is_some_and(|r| r.server == server));
        match call {
            Some(call) => call.cancelled(cancel, &mut self.core),
            None => self.cancelled_change(server),
        }
        self.settle();
    }

    /// Takes an ACK that is not a transaction's own.
    pub fn acknowledged(&mut self, ack: &Request) {
        let Some(dialog) = DialogId::of_request(ack) else { return };
        let Some(call) = self.find(&dialog).and_then(|id| self.calls.get_mut(&id)) else { return };
        call.acknowledged(ack, &dialog, &mut self.core);
        self.settle();
    }

    /// Takes a response to the request that was put out under this key.
    pub fn answered(&mut self, now: Duration, key: Key, response: &Response, authenticator: &mut Authenticator) {
        let Some(pending) = self.core.pending.get(&key) else { return };
        let (id, is_invite) = (pending.call, pending.request.method == Method::Invite);
        let call = self.calls.get_mut(&id);
        if response.is_provisional() {
            if let Some(call) = call {
                call.provisional(key, response, &mut self.core);
            }
        } else if matches!(response.status, 401 | 407) && pending.accepted.is_none() {
            self.challenged(now, key, response, authenticator);
        } else if is_invite && response.is_success() {
            authenticator.accepted(response);
            let tag = response.headers.to().ok().and_then(|to| to.tag()).unwrap_or_default();
            if self.core.accepted(now, key, tag) {
                match call {
                    Some(call) => call.invite_accepted(now, key, response, &mut self.core),
                    None => self.core.turn_down(id, key, response),
                }
            }
        } else if pending.accepted.is_none() {
            authenticator.accepted(response);
            self.finish(now, key, Outcome::Response(response));
        }
        self.settle();
    }

    /// The request that was put out under this key got no final response.
    pub fn failed(&mut self, now: Duration, key: Key, failure: Failure) {
        if self.core.pending.get(&key).is_some_and(|pending| pending.accepted.is_none()) {
            self.finish(now, key, Outcome::Failure(failure));
            self.settle();
        }
    }

    /// Time has passed.
    pub fn timeout(&mut self, now: Duration) {
        self.core.timeout(now);
        let due: Vec<_> = self
            .calls
            .iter()
            .filter(|(_, call)| call.next_timeout().is_some_and(|at| at <= now))
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            if let Some(call) = self.calls.get_mut(&id) {
                call.timeout(now, &mut self.core);
            }
        }
        self.settle();
    }

    /// When [`Calls::timeout`] has something to do.
    pub fn next_timeout(&self) -> Option<Duration> {
        self.calls.values().filter_map(Call::next_timeout).chain(self.core.next_timeout()).min()
    }

    /// The next thing to do or to know. What the line's server has asked for is put into requests here.
    pub fn poll(&mut self, authenticator: &mut Authenticator) -> Option<Output> {
        self.core.poll(authenticator)
    }

    /// How much there is.
    pub fn load(&self) -> CallLoad {
        CallLoad { calls: self.calls.len(), requests: self.core.pending.len() }
    }

    fn find(&self, dialog: &DialogId) -> Option<CallId> {
        let has = |call: &&Call| call.legs.iter().any(|leg| leg.dialog.id() == dialog);
        self.calls.values().find(has).map(|call| call.id)
    }

    pub(super) fn next_id(&mut self) -> CallId {
        self.last += 1;
        CallId(self.last)
    }

    fn receive_within(&mut self, now: Duration, server: ServerId, request: &Request, dialog: &DialogId) {
        let core = &mut self.core;
        let call = self.calls.values_mut().find(|call| call.legs.iter().any(|leg| leg.dialog.id() == dialog));
        let Some(call) = call else { return core.refuse(server, request, 481) };
        let Some(leg) = call.leg_of(dialog) else { return };
        if leg.dialog.receive(request).is_err() {
            return core.refuse(server, request, 500);
        }
        match request.method {
            Method::Bye => call.bye_asked(server, request, core),
            _ if call.over => core.refuse(server, request, 481),
            Method::Invite | Method::Update => call.change_asked(now, server, request, dialog, core),
            Method::Prack => call.prack_asked(now, server, request, dialog, core),
            Method::Refer => call.refer_asked(now, server, request, dialog, core),
            Method::Notify => call.notify_asked(now, server, request, dialog, core),
            Method::Info => call.info_asked(server, request, dialog, core),
            Method::Options => {
                let mut response = Response::to(request, 200, "");
                core.write_session(&mut response.headers);
                core.respond(server, response);
            }
            _ => core.refuse(server, request, 405),
        }
    }

    /// An INVITE outside of any dialog.
    fn invited(&mut self, now: Duration, server: ServerId, request: &Request) {
        let replaces = match request.headers.replaces() {
            Ok(None) => None,
            Ok(Some(name)) => match self.replaced(&name) {
                Ok(call) => Some(call),
                Err(status) => return self.core.refuse(server, request, status),
            },
            Err(_) => return self.core.refuse(server, request, 400),
        };
        let core = &mut self.core;
        if core.profile.check_to && !is_called(request, &core.profile) {
            return core.refuse(server, request, 404);
        }
        if self.calls.len() >= MOST_CALLS {
            return core.refuse(server, request, 486);
        }
        let agreed = match super::session::Agreed::of_request(request, core) {
            Ok(agreed) => agreed,
            Err(shortest) => return core.refuse_session_time(server, request, shortest),
        };
        let id = self.next_id();
        match Call::incoming(now, id, server, request.clone(), (replaces, agreed), &mut self.core) {
            Some(call) => {
                self.calls.insert(id, call);
            }
            // There is no Contact that we could send requests to.
            None => self.core.refuse(server, request, 400),
        }
    }

    /// The call that a Replaces means, or the status that refuses it (RFC 3891, section 3).
    fn replaced(&self, name: &crate::message::DialogName<'_>) -> Result<CallId, u16> {
        let named = |call: &&Call| call.legs.iter().any(|leg| leg.dialog.id().is_named(name));
        let call = self.calls.values().find(named).ok_or(481_u16)?;
        match call {
            Call { over: true, .. } => Err(603),
            // Only who called may replace a call that nobody has answered yet.
            Call { ringing: Some(_), .. } => Err(481),
            Call { calling: None, .. } if name.early_only => Err(486),
            call => Ok(call.id),
        }
    }

    /// The other party has cancelled its re-INVITE before we gave our word.
    fn cancelled_change(&mut self, server: ServerId) {
        for call in self.calls.values_mut() {
            for leg in &mut call.legs {
                if let Some(waiting) = leg.waiting.take_if(|waiting| waiting.is(server)) {
                    leg.offers.abandon();
                    waiting.refuse(487, &mut self.core);
                }
            }
        }
    }

    fn challenged(&mut self, now: Duration, key: Key, response: &Response, authenticator: &mut Authenticator) {
        let Some(pending) = self.core.pending.get(&key) else { return };
        if self.core.strangers.contains(&pending.call) {
            // It would learn enough to try passwords.
            return self.finish(now, key, Outcome::Response(response));
        }
        match authenticator.challenged(&pending.request, response, &mut self.core.tokens) {
            Verdict::Retry => self.again(now, key),
            Verdict::Refused | Verdict::Unsupported => self.finish(now, key, Outcome::Password),
        }
    }

    /// Sends a request again, with what the server has asked for.
    fn again(&mut self, now: Duration, key: Key) {
        let Some(pending) = self.core.pending.remove(&key) else { return };
        let call = self.calls.get_mut(&pending.call);
        let is_last = matches!(pending.purpose, Purpose::Bye | Purpose::Notify);
        if call.as_ref().is_some_and(|call| call.over && !is_last) {
            // Nobody wants the call, or the change, any more.
            return self.finish_pending(now, key, pending, Outcome::Failure(Failure::Silence));
        }
        let number = pending.request.headers.cseq().map_or(1, |cseq| cseq.number);
        match call {
            Some(call) => {
                let number = call.next_number(&pending.request);
                let new = self.core.again(pending, number);
                call.rename(key, new, number);
            }
            None => {
                self.core.again(pending, number + 1);
            }
        }
    }

    fn finish(&mut self, now: Duration, key: Key, outcome: Outcome<'_>) {
        if let Some(pending) = self.core.pending.remove(&key) {
            self.finish_pending(now, key, pending, outcome);
        }
    }

    fn finish_pending(&mut self, now: Duration, key: Key, pending: Pending, outcome: Outcome<'_>) {
        if let Some(call) = self.calls.get_mut(&pending.call) {
            call.finished(now, key, pending.purpose, outcome, &mut self.core);
        }
    }

    /// Does what calls do to each other, and forgets those that are done.
    pub(super) fn settle(&mut self) {
        while let Some(deed) = self.core.deeds.pop_front() {
            let (Deed::End { call, .. } | Deed::Report { asked_in: call, .. }) = &deed;
            let Some(call) = self.calls.get_mut(call) else { continue };
            match deed {
                Deed::End { why, .. } => call.hang_up(why, &mut self.core),
                Deed::Report { status, reason, .. } => call.report(status, &reason, &mut self.core),
            }
        }
        self.calls.retain(|_, call| !call.is_done(&self.core));
        let Core { strangers, pending, .. } = &mut self.core;
        strangers.retain(|id| self.calls.contains_key(id) || pending.values().any(|pending| pending.call == *id));
    }
}

/// Whether To names the user of this line (`SIP_RCV_DET_HEADER`).
fn is_called(request: &Request, profile: &Profile) -> bool {
    let to = request.headers.to().ok();
    to.and_then(|to| to.uri.user().map(|user| crate::message::escape_user(&user) == profile.account.user))
        .unwrap_or(false)
}
