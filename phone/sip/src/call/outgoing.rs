//! Calls that we make: forks, early media, redirections, and giving up (RFC 3261, sections 13.2 and 9.1).

use std::time::Duration;

use super::change::Waiting;
use super::core::{Core, Deed, Purpose, put_body, session};
use super::event::{End, Event};
use super::session::Timer;
use super::state::{Call, Leg, Outcome};
use super::types::{Body, CallId, Hop, Key};
use crate::dialog::{Dialog, DialogId};
use crate::message::{Method, Name, Request, Response};

/// Places at which one call rings.
const MOST_FORKS: usize = 16;

/// An INVITE of ours without a final response.
#[derive(Debug)]
pub(super) struct Calling {
    pub(super) key: Key,
    pub(super) number: u32,
    pub(super) target: String,
    to: String,
    from: String,
    call_id: String,
    offer: Option<Body>,
    hide: bool,
    /// Fields of this call alone: Replaces, Referred-By, Diversion.
    pub(super) extra: Vec<(Name<'static>, String)>,
    /// What 422 asks for.
    pub(super) minimum: Option<Duration>,
    pub(super) tried: Vec<String>,
    /// Where to go on to when the present target refuses.
    pub(super) left: Vec<String>,
    expires_at: Option<Duration>,
    cancelled: bool,
}

/// What an INVITE is made of, before it has a key.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    /// The Request-URI.
    pub(super) target: String,
    /// The URI of To.
    pub(super) to: String,
    pub(super) offer: Option<Body>,
    pub(super) hide: bool,
    pub(super) extra: Vec<(Name<'static>, String)>,
}

impl Calling {
    pub(super) fn next_timeout(&self) -> Option<Duration> {
        self.expires_at
    }

    /// Gives up. The INVITE still gets its final response.
    pub(super) fn cancel(&mut self, core: &mut Core) {
        self.expires_at = None;
        if !self.cancelled {
            self.cancelled = true;
            core.cancel(self.key);
        }
    }

    fn invite(&self, core: &Core) -> Request {
        let mut request = Request::new(Method::Invite, self.target.as_str());
        let headers = &mut request.headers;
        core.route.iter().for_each(|route| headers.push(Name::Route, route));
        headers.push(Name::MaxForwards, 70);
        headers.push(Name::From, &self.from);
        headers.push(Name::To, &self.to);
        headers.push(Name::CallId, &self.call_id);
        headers.push(Name::CSeq, format_args!("{} INVITE", self.number));
        core.write_session(headers);
        core.write_first_timer(headers, self.minimum);
        if let Some(expiry) = core.profile.invite_expiry {
            headers.push(Name::Expires, expiry.as_secs());
        }
        if core.profile.preferred_identity {
            headers.push(Name::PPreferredIdentity, core.profile.identity());
        }
        if core.profile.privacy {
            headers.push(Name::Privacy, if self.hide { "id" } else { "none" });
        }
        self.extra.iter().for_each(|(name, value)| headers.push(*name, value));
        core.write_agent(headers);
        put_body(headers, &mut request.body, self.offer.as_ref());
        request
    }

    /// Sends the INVITE, again if it was sent before.
    fn send(&mut self, call: CallId, core: &mut Core) {
        self.number += 1;
        self.key = core.send(call, Purpose::Invite, self.invite(core), Hop::Proxy);
    }

    /// A dialog for a response; it begins with our offer.
    fn leg(&self, response: &Response, core: &Core) -> Option<Leg> {
        let invite = &core.pending.get(&self.key)?.request;
        let mut leg = Leg::new(Dialog::of_caller(invite, response)?);
        if let Some(offer) = &self.offer {
            leg.offers.offer(offer.clone());
        }
        Some(leg)
    }
}

impl Call {
    /// Makes a call.
    pub(super) fn dial(now: Duration, id: CallId, plan: Plan, core: &mut Core) -> Self {
        let from = format!("{};tag={}", core.profile.from(plan.hide), core.tokens.token());
        let mut calling = Calling {
            key: Key(0),
            number: 0,
            tried: vec![plan.target.clone()],
            target: plan.target,
            to: format!("<{}>", plan.to),
            from,
            call_id: core.tokens.token(),
            offer: plan.offer,
            hide: plan.hide,
            extra: plan.extra,
            minimum: None,
            left: Vec::new(),
            expires_at: core.profile.invite_expiry.map(|expiry| now + expiry),
            cancelled: false,
        };
        calling.send(id, core);
        let mut call = Call::new(id);
        call.calling = Some(Box::new(calling));
        call
    }

    /// A provisional response to one of our INVITEs.
    pub(super) fn provisional(&mut self, key: Key, response: &Response, core: &mut Core) {
        if self.over || response.status == 100 {
            return;
        }
        let id = self.id;
        if self.calling.as_ref().is_none_or(|calling| calling.key != key) {
            let leg = self.legs.iter_mut().find(|leg| leg.change.as_ref().is_some_and(|c| c.key == Some(key)));
            if let Some(leg) = leg
                && let Some(rseq) = leg.takes_reliable(response)
            {
                if let Some(answer) = session(&response.headers, &response.body) {
                    leg.offers.preview(answer);
                }
                leg.prack(id, number_of(response), rseq, None, core);
            }
            return;
        }
        let Some(dialog) = DialogId::of_response(response).filter(|dialog| !dialog.remote_tag.is_empty()) else {
            core.tell(Event::Progress { call: id, status: response.status, session: None });
            return;
        };
        if response.status == 199 {
            // One of the places where it rang has refused (RFC 6228).
            self.legs.iter_mut().filter(|leg| *leg.dialog.id() == dialog).for_each(|leg| leg.finish(core));
            self.legs.retain(|leg| *leg.dialog.id() != dialog);
            return;
        }
        if self.leg_of(&dialog).is_none() {
            let made = self.calling.as_ref().and_then(|calling| calling.leg(response, core));
            let Some(made) = made.filter(|_| self.legs.len() < MOST_FORKS) else { return };
            self.legs.push(made);
        }
        let Some(leg) = self.leg_of(&dialog) else { return };
        let reliable = response.headers.lists(Name::Require, "100rel") && response.headers.has(Name::RSeq);
        let rseq = leg.takes_reliable(response);
        if reliable && rseq.is_none() {
            return;
        }
        leg.learn(&response.headers);
        leg.dialog.refresh_target(&response.headers);
        let number = number_of(response);
        match (session(&response.headers, &response.body), rseq) {
            (Some(answer), Some(_)) if leg.offers.is_theirs() => {
                leg.offers.answered(answer);
            }
            (Some(answer), None) if leg.offers.is_theirs() => leg.offers.preview(answer),
            (Some(offer), Some(rseq)) if leg.offers.is_stable() && !leg.offers.is_agreed() => {
                leg.offers.offered(offer.clone());
                leg.waiting = Some(Waiting::Provisional { number, rseq });
                core.tell(Event::Offer { call: id, session: Some(offer) });
            }
            _ => {}
        }
        if let Some(rseq) = rseq.filter(|_| leg.waiting.is_none()) {
            leg.prack(id, number, rseq, None, core);
        }
        let session = leg.offers.remote().cloned();
        self.identify(&response.headers, core);
        core.tell(Event::Progress { call: id, status: response.status, session });
        if let Some(asked_in) = self.asked_in {
            let (status, reason) = (response.status, response.reason.clone());
            core.deeds.push_back(Deed::Report { asked_in, status, reason });
        }
    }

    /// The first 2xx of one party to one of our INVITEs. The first party is taken, the others are told goodbye.
    pub(super) fn invite_accepted(&mut self, now: Duration, key: Key, response: &Response, core: &mut Core) {
        if self.legs.iter().any(|leg| leg.change.as_ref().is_some_and(|change| change.key == Some(key))) {
            return self.change_accepted(now, key, response, core);
        }
        let Some(calling) = self.calling.take_if(|calling| calling.key == key) else {
            return core.turn_down(self.id, key, response);
        };
        let Some(dialog) = DialogId::of_response(response) else { return };
        let others = self.legs.extract_if(.., |leg| *leg.dialog.id() != dialog);
        others.for_each(|mut leg| leg.finish(core));
        if self.legs.is_empty() {
            self.legs.extend(calling.leg(response, core));
        }
        let (id, over) = (self.id, self.over);
        let Some(leg) = self.legs.first_mut() else { return };
        leg.dialog.confirm(response);
        if over {
            core.acknowledge(key, &leg.dialog, None);
            leg.finish(core);
            return leg.bye(id, core);
        }
        leg.learn(&response.headers);
        leg.timer = Timer::of_caller(now, response, core);
        let described = session(&response.headers, &response.body);
        let mut broken = false;
        let mut offer = None;
        if leg.offers.is_theirs() {
            match described.or_else(|| leg.offers.previewed().cloned()) {
                Some(answer) => broken = leg.offers.answered(answer).is_none(),
                None => broken = true,
            }
        } else if !leg.offers.is_agreed() {
            match described {
                Some(body) if leg.offers.is_stable() => offer = Some(body),
                _ => broken = true,
            }
        }
        if let Some(offer) = &offer {
            leg.offers.offered(offer.clone());
            leg.waiting = Some(Waiting::Success { key });
        } else {
            core.acknowledge(key, &leg.dialog, None);
        }
        if broken {
            return self.hang_up(End::Broken, core);
        }
        let agreed = if offer.is_some() { None } else { leg.offers.remote().cloned() };
        let local = leg.offers.local().cloned().filter(|_| agreed.is_some());
        self.identify(&response.headers, core);
        core.tell(Event::Answered { call: id, local, session: agreed });
        if offer.is_some() {
            core.tell(Event::Offer { call: id, session: offer });
        }
        if let Some(asked_in) = self.asked_in.take() {
            core.deeds.push_back(Deed::Report { asked_in, status: 200, reason: "OK".to_owned() });
        }
        self.go_on(core);
    }

    /// Our INVITE was refused, or nobody answers.
    pub(super) fn invite_refused(&mut self, key: Key, outcome: Outcome<'_>, core: &mut Core) {
        let Some(mut calling) = self.calling.take_if(|calling| calling.key == key) else { return };
        self.legs.iter_mut().for_each(|leg| leg.finish(core));
        self.legs.clear();
        if self.over {
            return;
        }
        if let Outcome::Response(response) = outcome
            && calling.learns(response)
        {
            if response.status / 100 == 3 {
                core.tell(Event::Redirected { call: self.id, target: calling.target.clone() });
            }
            calling.send(self.id, core);
            self.calling = Some(calling);
            return;
        }
        self.end(outcome.end(), core);
    }

    /// The time of our invitation is over.
    pub(super) fn calling_timeout(&mut self, now: Duration, core: &mut Core) {
        if self.calling.as_ref().is_some_and(|calling| calling.expires_at.is_some_and(|at| at <= now)) {
            self.hang_up(End::Expired, core);
        }
    }
}

impl Core {
    /// Acknowledges the 2xx of a party that came too late, and says goodbye to it.
    pub(super) fn turn_down(&mut self, call: CallId, key: Key, response: &Response) {
        let invite = self.pending.get(&key).map(|pending| &pending.request);
        let Some(mut dialog) = invite.and_then(|invite| Dialog::of_caller(invite, response)) else { return };
        self.acknowledge(key, &dialog, None);
        let request = self.request_within(&mut dialog, Method::Bye);
        self.send_within(call, Purpose::Bye, &dialog, request);
    }
}

fn number_of(response: &Response) -> u32 {
    response.headers.cseq().map_or(1, |cseq| cseq.number)
}
