//! Calls that come in: ringing, answering, and what has to be said again until the caller has heard it.

use std::collections::VecDeque;
use std::time::Duration;

use offhook_params::choices::Diversion;

use super::acknowledge::Unacknowledged;
use super::core::{Core, Deed, put_body, session};
use super::event::{End, Event, Forward};
use super::invitation;
use super::party;
use super::profile::named;
use super::reliable::Provisional;
use super::session::{Agreed, Timer};
use super::state::{Call, Leg};
use super::types::{Body, CallId, Sender};
use crate::dialog::Dialog;
use crate::message::{Known, Name, Request, Response};
use crate::transaction::ServerId;

/// Provisional responses that wait for the one before them to be acknowledged.
const MOST_QUEUED: usize = 8;

/// How long a phone rings at most, for a caller who never gives up. Proxies allow three minutes and more (RFC 3261,
/// section 16.6).
const LONGEST_RINGING: Duration = Duration::from_secs(600);

/// An INVITE that we have not answered yet.
#[derive(Debug)]
pub(super) struct Ringing {
    pub(super) server: ServerId,
    pub(super) request: Request,
    /// Provisional responses are acknowledged by PRACK (RFC 3262).
    reliable: bool,
    rseq: u32,
    pub(super) outstanding: Option<Provisional>,
    queue: VecDeque<(u16, Option<Body>)>,
    last: Option<(u16, Option<Body>)>,
    /// After what time 18x is repeated.
    repeats: Option<Duration>,
    repeat_at: Option<Duration>,
    /// When the caller wants the invitation to lapse, and when it does at the latest.
    expires_at: Option<Duration>,
    end_at: Duration,
    /// We have answered, but the caller has to acknowledge first what we said before.
    kept_back: Option<Body>,
    pub(super) replaces: Option<CallId>,
    agreed: Option<Agreed>,
}

impl Ringing {
    pub(super) fn next_timeout(&self) -> Option<Duration> {
        let outstanding = self.outstanding.as_ref().map(|response| response.next.min(response.until));
        [outstanding, self.repeat_at, self.expires_at, Some(self.end_at)].into_iter().flatten().min()
    }
}

impl Call {
    /// A call for an INVITE outside of any dialog. None if it makes no dialog.
    pub(super) fn incoming(
        now: Duration,
        id: CallId,
        server: ServerId,
        request: Request,
        (replaces, agreed): (Option<CallId>, Option<Agreed>),
        core: &mut Core,
    ) -> Option<Self> {
        let headers = &request.headers;
        let mut leg = Leg::new(Dialog::of_callee(&request, &core.tokens.token())?);
        leg.learn(headers);
        let offer = session(headers, &request.body);
        match &offer {
            Some(offer) => leg.offers.offered(offer.clone()),
            None => leg.offers.want(),
        }
        let knows = headers.lists(Name::Supported, "100rel") || headers.lists(Name::Require, "100rel");
        let ringing = Ringing {
            server,
            reliable: core.profile.reliable && knows,
            rseq: core.random(Duration::from_secs(1_000_000)).as_millis() as u32,
            outstanding: None,
            queue: VecDeque::new(),
            last: None,
            repeats: core.profile.ringing_repeat.filter(|_| core.sender == Sender::Server),
            repeat_at: None,
            expires_at: headers.seconds(Known::Expires).filter(|time| !time.is_zero()).map(|time| now + time),
            end_at: now + LONGEST_RINGING,
            kept_back: None,
            replaces,
            agreed,
            request,
        };
        let invitation = invitation::read(&ringing.request, id, offer, replaces, core.sender)?;
        let mut call = Call::new(id);
        match core.sender {
            Sender::Server => call.party = party::asserted(&ringing.request.headers),
            Sender::Stranger => {
                core.strangers.insert(id);
            }
        }
        call.ringing = Some(Box::new(ringing));
        call.legs.push(leg);
        core.tell(Event::Incoming(Box::new(invitation)));
        Some(call)
    }

    /// Tells the caller that it rings, or what else happens. False if the call does not ring here.
    pub(super) fn ring(&mut self, now: Duration, status: u16, body: Option<Body>, core: &mut Core) -> bool {
        let (Some(ringing), Some(leg)) = (self.ringing.as_mut(), self.legs.first_mut()) else { return false };
        if ringing.kept_back.is_some() {
            return true;
        }
        if ringing.outstanding.is_some() {
            if ringing.queue.len() < MOST_QUEUED {
                ringing.queue.push_back((status, body));
            }
        } else {
            ringing.send(now, status, body, leg, core);
        }
        true
    }

    /// Answers the call. False if it does not ring here.
    pub(super) fn answer(&mut self, now: Duration, body: Body, core: &mut Core) -> bool {
        let (Some(ringing), Some(leg)) = (self.ringing.as_mut(), self.legs.first_mut()) else { return false };
        if ringing.outstanding.as_ref().is_some_and(|response| response.described) || leg.waiting.is_some() {
            ringing.kept_back.get_or_insert(body);
            return true;
        }
        let Some(ringing) = self.ringing.take() else { return false };
        let request = &ringing.request;
        let mut response = core.response(request, 200, &leg.dialog.id().local_tag);
        let body = if leg.offers.is_ours() {
            leg.offers.answer(body.clone());
            Some(body)
        } else if leg.offers.is_wanted() {
            leg.offers.offer(body.clone());
            Some(body)
        } else {
            // It was said in a response that the caller has acknowledged.
            None
        };
        put_body(&mut response.headers, &mut response.body, body.as_ref());
        if let Some(agreed) = ringing.agreed {
            agreed.write(&mut response.headers);
        }
        leg.timer = Timer::of_callee(now, ringing.agreed);
        leg.dialog.confirm_as_callee();
        leg.unacknowledged = Unacknowledged::new(now, ringing.server, request, response.clone(), core);
        core.respond(ringing.server, response);
        if let Some(call) = ringing.replaces {
            core.deeds.push_back(Deed::End { call, why: End::Replaced { by: self.id } });
        }
        true
    }

    /// Answers, if that was put off and can be done now; else tells what was put off before.
    pub(super) fn answer_if_kept_back(&mut self, now: Duration, core: &mut Core) {
        let (Some(ringing), Some(leg)) = (self.ringing.as_mut(), self.legs.first_mut()) else { return };
        if let Some(body) = ringing.kept_back.take() {
            self.answer(now, body, core);
        } else if ringing.outstanding.is_none()
            && let Some((status, body)) = ringing.queue.pop_front()
        {
            ringing.send(now, status, body, leg, core);
        }
    }

    /// Refuses the call, with header fields. False if it does not ring here.
    pub(super) fn turn_away_with(&mut self, status: u16, fields: &[(Name<'_>, String)], core: &mut Core) -> bool {
        let Some(ringing) = self.ringing.take() else { return false };
        let tag = self.legs.first().map(|leg| leg.dialog.id().local_tag.clone()).unwrap_or_default();
        let mut response = Response::to(&ringing.request, status, &tag);
        fields.iter().for_each(|(name, value)| response.headers.push(*name, value));
        core.respond(ringing.server, response);
        self.legs.iter_mut().for_each(|leg| leg.finish(core));
        true
    }

    pub(super) fn turn_away(&mut self, status: u16, core: &mut Core) -> bool {
        self.turn_away_with(status, &[], core)
    }

    /// Sends the caller on to another address, and says why (RFC 5806).
    pub(super) fn redirect(&mut self, target: &str, why: Forward, core: &mut Core) -> bool {
        let Some(ringing) = &self.ringing else { return false };
        let own = format!("{};reason={}", named("", &core.profile.account.identity), why.as_str());
        let mut fields = vec![(Name::Contact, format!("<{target}>"))];
        if core.profile.diversion != Diversion::Omitted {
            fields.push((Name::Diversion, own));
        }
        if core.profile.diversion == Diversion::Appended {
            fields
                .extend(ringing.request.headers.all(Name::Diversion).map(|value| (Name::Diversion, value.to_owned())));
        }
        self.turn_away_with(302, &fields, core)
    }

    /// The other party hangs up.
    pub(super) fn bye_asked(&mut self, server: ServerId, request: &Request, core: &mut Core) {
        core.respond(server, core.response(request, 200, ""));
        if self.over {
            self.legs.iter_mut().for_each(|leg| {
                leg.hanging_up = false;
                leg.unacknowledged = None;
            });
            return;
        }
        let transferred = self.legs.iter().any(|leg| leg.transferring.is_some());
        self.end(if transferred { End::Transferred } else { End::Remote }, core);
        if !self.turn_away(487, core) {
            self.legs.iter_mut().for_each(|leg| leg.finish(core));
        }
        if let Some(calling) = &mut self.calling {
            calling.cancel(core);
        }
        self.legs.iter_mut().for_each(|leg| leg.unacknowledged = None);
    }

    /// The caller has given up.
    pub(super) fn cancelled(&mut self, cancel: &Request, core: &mut Core) {
        if self.ringing.is_none() {
            return;
        }
        let elsewhere = cancel
            .headers
            .all(Name::Reason)
            .any(|reason| reason.split(';').any(|param| param.trim().eq_ignore_ascii_case("cause=200")));
        self.end(End::Cancelled { elsewhere }, core);
        self.turn_away(487, core);
    }

    /// Repeats provisional responses, and lets the invitation lapse.
    pub(super) fn ringing_timeout(&mut self, now: Duration, core: &mut Core) {
        let (Some(ringing), Some(leg)) = (self.ringing.as_mut(), self.legs.first_mut()) else { return };
        let expired = ringing.expires_at.is_some_and(|at| at <= now);
        if expired || ringing.end_at <= now {
            self.end(End::Expired, core);
            self.turn_away(if expired { 487 } else { 480 }, core);
            return;
        }
        if let Some(outstanding) = &mut ringing.outstanding {
            if outstanding.until <= now {
                // Nobody hears us (RFC 3262, section 3).
                self.end(End::Lost, core);
                self.turn_away(504, core);
                return;
            }
            if outstanding.next <= now {
                if core.repeats_to(self.id, outstanding.wait) {
                    core.respond(ringing.server, outstanding.response.clone());
                }
                outstanding.wait = outstanding.wait.max(Duration::from_millis(1)) * 2;
                outstanding.next = now + outstanding.wait;
            }
        }
        if ringing.repeat_at.is_some_and(|at| at <= now) {
            match (ringing.outstanding.is_none(), ringing.last.clone()) {
                (true, Some((status, body))) => ringing.send(now, status, body, leg, core),
                _ => ringing.repeat_at = ringing.repeats.map(|wait| now + wait),
            }
        }
    }
}

impl Ringing {
    fn send(&mut self, now: Duration, status: u16, body: Option<Body>, leg: &mut Leg, core: &mut Core) {
        let said = body.clone();
        let body = body.filter(|body| {
            if leg.offers.is_ours() && self.reliable {
                leg.offers.answer(body.clone())
            } else if leg.offers.is_ours() {
                leg.offers.preview(body.clone());
                true
            } else if leg.offers.is_wanted() && self.reliable {
                leg.offers.offer(body.clone());
                true
            } else {
                // An offer may not travel in a response that can get lost, and nothing is said twice.
                false
            }
        });
        let mut response = core.response(&self.request, status, &leg.dialog.id().local_tag);
        put_body(&mut response.headers, &mut response.body, body.as_ref());
        if self.reliable {
            self.rseq = self.rseq.wrapping_add(1).max(1);
            response.headers.push(Name::Require, "100rel");
            response.headers.push(Name::RSeq, self.rseq);
            let timers = &core.profile.timers;
            self.outstanding = Some(Provisional {
                response: response.clone(),
                described: body.is_some(),
                next: now + timers.t1,
                wait: timers.t1,
                until: now + timers.longest(),
            });
        }
        core.respond(self.server, response);
        self.last = Some((status, said));
        self.repeat_at = self.repeats.filter(|_| status / 10 == 18).map(|wait| now + wait);
    }
}
