//! Calls that we make: forks, early media, redirections, and giving up (RFC 3261, sections 13.2 and 9.1).

use std::time::Duration;

use super::change::Waiting;
use super::core::{Core, Deed, Purpose, put_body, session};
use super::session::Timer;
use super::state::{Call, Leg, Outcome};
use super::types::{Body, CallId, End, Event, Hop, Key};
use crate::dialog::{Dialog, DialogId};
use crate::message::{Headers, Method, Name, Request, Response, Uri};

/// Addresses that one call is sent on to, one after the other, before it is given up: redirections may go in a circle.
const MOST_TARGETS: usize = 10;

/// Places at which one call rings.
const MOST_FORKS: usize = 16;

/// An INVITE of ours without a final response.
#[derive(Debug)]
pub(super) struct Calling {
    pub(super) key: Key,
    pub(super) number: u32,
    target: String,
    to: String,
    from: String,
    call_id: String,
    offer: Option<Body>,
    hide: bool,
    /// Fields of this call alone: Replaces, Referred-By, Diversion.
    extra: Vec<(Name<'static>, String)>,
    /// What 422 asks for.
    minimum: Option<Duration>,
    tried: Vec<String>,
    /// Where to go on to when the present target refuses.
    left: Vec<String>,
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

    /// Turns to the next address. False if there is none, or there were too many.
    fn go_on(&mut self) -> bool {
        if self.left.is_empty() || self.tried.len() >= MOST_TARGETS {
            return false;
        }
        let next = self.left.remove(0);
        self.tried.push(next.clone());
        self.target = next;
        true
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

impl Calling {
    /// Takes from a refusal what to do better. False if nothing can be.
    fn learns(&mut self, response: &Response) -> bool {
        match response.status {
            300..400 => {
                let known = |uri: &String| self.tried.iter().chain(&self.left).any(|tried| is_same_place(tried, uri));
                let fresh: Vec<_> = targets(&response.headers).into_iter().filter(|uri| !known(uri)).collect();
                self.left.splice(0..0, fresh);
                let diversions: Vec<_> =
                    response.headers.all(Name::Diversion).map(|value| (Name::Diversion, value.to_owned())).collect();
                if !diversions.is_empty() {
                    self.extra.retain(|(name, _)| *name != Name::Diversion);
                    self.extra.extend(diversions);
                }
                self.go_on()
            }
            422 => match response.headers.min_se() {
                Ok(Some(minimum)) if self.minimum.is_none_or(|before| minimum > before) => {
                    self.minimum = Some(minimum);
                    true
                }
                _ => false,
            },
            // Whoever does not know Replaces gets a new call in place of none.
            420 if self.extra.iter().any(|(name, _)| *name == Name::Require) => {
                self.extra.retain(|(name, _)| *name != Name::Require && *name != Name::Replaces);
                true
            }
            // The other addresses that a redirection named are tried, unless nobody wants the call anywhere.
            400..600 => self.go_on(),
            _ => false,
        }
    }
}

impl Leg {
    /// The number of a reliable provisional response, if it is the next one (RFC 3262, section 4).
    fn takes_reliable(&mut self, response: &Response) -> Option<u32> {
        let headers = &response.headers;
        let rseq = headers.rseq().ok().flatten().filter(|_| headers.lists(Name::Require, "100rel"))?;
        if self.rseq.is_some_and(|last| rseq != last.wrapping_add(1)) {
            return None;
        }
        self.rseq = Some(rseq);
        Some(rseq)
    }

    /// Acknowledges a reliable provisional response to the INVITE with this number.
    pub(super) fn prack(&mut self, call: CallId, number: u32, rseq: u32, answer: Option<&Body>, core: &mut Core) {
        let mut request = core.request_within(&mut self.dialog, Method::Prack);
        request.headers.push(Name::RAck, format_args!("{rseq} {number} INVITE"));
        put_body(&mut request.headers, &mut request.body, answer);
        core.send_within(call, Purpose::Prack, &self.dialog, request);
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

/// Where a 3xx sends the call, the best first. Header fields in its URIs are not taken over.
fn targets(headers: &Headers) -> Vec<String> {
    let contacts = headers.contacts().unwrap_or_default().addresses;
    let mut targets: Vec<_> = contacts
        .iter()
        .filter(|address| matches!(address.uri, Uri::Sip(_) | Uri::Tel(_)))
        .map(|address| {
            let uri = address.uri_text.split_once('?').map_or(address.uri_text, |(uri, _)| uri);
            (quality(address.params.get("q")), uri.to_owned())
        })
        .collect();
    targets.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    targets.into_iter().map(|(_, uri)| uri).collect()
}

/// Whether two URIs lead to the same place: less counts than in a comparison of URIs, as a circle is to be noticed.
fn is_same_place(a: &str, b: &str) -> bool {
    match (Uri::parse(a), Uri::parse(b)) {
        (Some(Uri::Sip(a)), Some(Uri::Sip(b))) => {
            (a.user, a.host, a.port.unwrap_or(5060)) == (b.user, b.host, b.port.unwrap_or(5060))
        }
        _ => a == b,
    }
}

/// A value of `q` in thousandths; 1 where there is none.
fn quality(value: Option<&str>) -> u32 {
    let number = value.and_then(|value| value.parse::<f32>().ok()).filter(|number| (0.0..=1.0).contains(number));
    number.map_or(1000, |number| (number * 1000.0) as u32)
}
