//! Changes of a session by re-INVITE and UPDATE, ours and theirs (RFC 3261, section 14; RFC 3311).

use std::time::Duration;

use super::acknowledge::Unacknowledged;
use super::core::{Core, LONGEST_RETRY, Purpose, put_body, session};
use super::event::{End, Event};
use super::session::{Agreed, Timer};
use super::state::{Call, Leg, Outcome};
use super::types::{Body, CallId, Key};
use crate::dialog::DialogId;
use crate::message::{Known, Method, Request, Response};
use crate::transaction::ServerId;

/// How often a change is tried before it is given up.
const MOST_ATTEMPTS: u8 = 8;

/// Our change, or refresh, of a session.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// What we offer; none to refresh the session as it is.
    body: Option<Body>,
    /// Whether we hold the call once it has worked.
    held: Option<bool>,
    by_update: bool,
    /// The request on its way; none while it waits.
    pub(super) key: Option<Key>,
    pub(super) retry_at: Option<Duration>,
    minimum: Option<Duration>,
    attempts: u8,
}

impl Change {
    /// A change of what we say; `held` is whether we hold the call by it, if it is about that.
    pub(super) fn new(body: Body, held: Option<bool>) -> Self {
        Change { body: Some(body), held, ..Change::refresh(false) }
    }

    /// No change, so that the session lives on.
    pub(super) fn refresh(by_update: bool) -> Self {
        Change { body: None, held: None, by_update, key: None, retry_at: None, minimum: None, attempts: 0 }
    }

    fn is_refresh(&self) -> bool {
        self.body.is_none()
    }
}

/// What of theirs waits for our word.
#[derive(Debug)]
pub(super) enum Waiting {
    /// Their re-INVITE or UPDATE.
    Change { server: ServerId, request: Box<Request>, agreed: Option<Agreed> },
    /// Their PRACK with an offer.
    Prack { server: ServerId, request: Box<Request> },
    /// Their offer in a reliable provisional response to our INVITE with this number: the answer goes into PRACK.
    Provisional { number: u32, rseq: u32 },
    /// Their offer in the 2xx to our INVITE: the answer goes into ACK.
    Success { key: Key },
}

impl Waiting {
    /// Whether it is the request of this transaction.
    pub(super) fn is(&self, transaction: ServerId) -> bool {
        matches!(self, Waiting::Change { server, .. } | Waiting::Prack { server, .. } if *server == transaction)
    }

    /// Answers the request, if it is one.
    pub(super) fn refuse(self, status: u16, core: &mut Core) {
        if let Waiting::Change { server, request, .. } | Waiting::Prack { server, request } = self {
            core.refuse(server, &request, status);
        }
    }
}

impl Leg {
    /// Whether no request with an offer may be sent now: some exchange, or some INVITE, is not over.
    fn is_busy(&self) -> bool {
        self.change.is_some() || self.waiting.is_some() || self.unacknowledged.is_some() || !self.offers.is_stable()
    }

    fn send_change(&mut self, call: CallId, mut change: Change, core: &mut Core) {
        let by_update = change.by_update || self.dialog.is_early();
        let method = if by_update { Method::Update } else { Method::Invite };
        let mut request = core.request_within(&mut self.dialog, method);
        core.write_next_timer(&mut request.headers, self.timer, change.minimum);
        let body = match (&change.body, by_update) {
            (Some(body), _) => Some(body),
            // A refresh by UPDATE needs no description, one by INVITE repeats the last (RFC 4028, section 7.4).
            (None, true) => None,
            (None, false) => self.offers.local(),
        };
        put_body(&mut request.headers, &mut request.body, body);
        if let Some(body) = body.cloned() {
            self.offers.offer(body);
        }
        change.attempts += 1;
        change.retry_at = None;
        change.key = Some(core.send_within(call, Purpose::Change, &self.dialog, request));
        self.change = Some(change);
    }
}

impl Call {
    /// Makes a change now, or as soon as nothing else is going on.
    pub(super) fn change(&mut self, now: Duration, leg: usize, change: Change, core: &mut Core) {
        let Some(leg) = self.legs.get_mut(leg) else { return };
        if let Some(waiting) = leg.change.as_mut().filter(|waiting| waiting.key.is_none() && !change.is_refresh()) {
            // One that waits after glare is overtaken by the newer one.
            let retry_at = waiting.retry_at.or(Some(now));
            *waiting = Change { retry_at, ..change };
        } else if !leg.is_busy() {
            leg.send_change(self.id, change, core);
        } else if !change.is_refresh() || leg.next_change.is_none() {
            leg.next_change = Some(change);
        }
    }

    /// Makes the change that waited, if nothing is in its way.
    pub(super) fn go_on(&mut self, core: &mut Core) {
        if self.over {
            return;
        }
        for leg in self.legs.iter_mut().filter(|leg| !leg.is_busy()) {
            if let Some(change) = leg.next_change.take() {
                leg.send_change(self.id, change, core);
            }
        }
    }

    /// Tries again after glare.
    pub(super) fn change_timeout(&mut self, now: Duration, core: &mut Core) {
        for leg in &mut self.legs {
            let due = leg.change.as_ref().is_some_and(|change| change.retry_at.is_some_and(|at| at <= now));
            if due && let Some(change) = leg.change.take() {
                if leg.is_busy() {
                    leg.next_change.get_or_insert(Change { retry_at: None, ..change });
                } else {
                    leg.send_change(self.id, change, core);
                }
            }
        }
    }

    /// The 2xx to our re-INVITE has come for the first time.
    pub(super) fn change_accepted(&mut self, now: Duration, key: Key, response: &Response, core: &mut Core) {
        let Some(leg) = self.legs.iter_mut().find(|leg| leg.change.as_ref().is_some_and(|c| c.key == Some(key))) else {
            return;
        };
        leg.dialog.confirm(response);
        core.acknowledge(key, &leg.dialog, None);
        self.changed(now, key, response, core);
    }

    /// A change has worked.
    fn changed(&mut self, now: Duration, key: Key, response: &Response, core: &mut Core) {
        let id = self.id;
        let Some(leg) = self.legs.iter_mut().find(|leg| leg.change.as_ref().is_some_and(|c| c.key == Some(key))) else {
            return;
        };
        let Some(change) = leg.change.take() else { return };
        leg.learn(&response.headers);
        if self.over {
            return;
        }
        leg.timer = Timer::of_caller(now, response, core);
        let is_new = |body: &Body| !leg.offers.has_heard(body);
        // The answer may have come in a reliable provisional response.
        match session(&response.headers, &response.body).or_else(|| leg.offers.previewed().cloned()) {
            Some(body) if leg.offers.is_theirs() => {
                if let Some(held) = change.held {
                    self.held = held;
                }
                let tell = !change.is_refresh() || is_new(&body);
                if let Some(local) = leg.offers.answered(body.clone()).filter(|_| tell) {
                    core.tell(Event::Answer { call: id, local, session: body });
                }
            }
            _ if leg.offers.is_theirs() => {
                leg.offers.abandon();
                if !change.is_refresh() {
                    core.tell(Event::Unchanged { call: id, status: 500 });
                }
            }
            _ => {}
        }
        self.identify(&response.headers, core);
        self.go_on(core);
    }

    /// Our re-INVITE was refused, or our UPDATE got its response.
    pub(super) fn change_finished(&mut self, now: Duration, key: Key, outcome: Outcome<'_>, core: &mut Core) {
        if let Outcome::Response(response) = outcome
            && response.is_success()
        {
            if let Some(leg) = self.legs.iter_mut().find(|leg| leg.change.as_ref().is_some_and(|c| c.key == Some(key)))
            {
                leg.dialog.refresh_target(&response.headers);
            }
            return self.changed(now, key, response, core);
        }
        let id = self.id;
        let Some(leg) = self.legs.iter_mut().find(|leg| leg.change.as_ref().is_some_and(|c| c.key == Some(key))) else {
            return;
        };
        let Some(mut change) = leg.change.take() else { return };
        if leg.offers.is_theirs() {
            leg.offers.abandon();
        }
        if self.over {
            return;
        }
        change.key = None;
        if change.attempts < MOST_ATTEMPTS
            && let Some(wait) = leg.wait_before_retry(&mut change, outcome, core)
        {
            change.retry_at = Some(now + wait);
            leg.change = Some(change);
            return self.change_timeout(now, core);
        }
        if matches!(outcome.status(), 408 | 481) {
            // The other end knows nothing of the call, or is gone (section 12.2.1.2).
            return self.hang_up(End::Lost, core);
        }
        if !change.is_refresh() {
            // Nothing of theirs has come in its place, as 491 would tell.
            let status = if outcome.status() == 491 { 500 } else { outcome.status() };
            core.tell(Event::Unchanged { call: id, status });
        } else if let Some(timer) = &mut leg.timer {
            timer.try_again(now);
        }
        self.go_on(core);
    }

    /// The other party's re-INVITE or UPDATE.
    pub(super) fn change_asked(
        &mut self,
        now: Duration,
        server: ServerId,
        request: &Request,
        dialog: &DialogId,
        core: &mut Core,
    ) {
        let (id, held, rings) = (self.id, self.held, self.ringing.is_some());
        let Some(leg) = self.leg_of(dialog) else { return };
        let is_invite = request.method == Method::Invite;
        let body = session(&request.headers, &request.body);
        let offers = is_invite || body.is_some();
        if leg.waiting.is_some() || (is_invite && rings) || (offers && (leg.offers.is_ours() || leg.offers.is_wanted()))
        {
            // An offer of theirs is not answered yet (section 14.2; RFC 3311, section 5.2).
            let wait = core.random(Duration::from_secs(10));
            return core.refuse_for_now(server, request, 500, wait);
        }
        let changing = leg.change.as_ref().is_some_and(|change| change.key.is_some());
        if offers && (changing || leg.offers.is_theirs() || (is_invite && leg.dialog.is_early())) {
            return core.refuse(server, request, 491);
        }
        let agreed = match Agreed::of_request(request, core) {
            Ok(agreed) => agreed,
            Err(shortest) => return core.refuse_session_time(server, request, shortest),
        };
        let repeats = body.as_ref().is_some_and(|body| leg.offers.repeats(body));
        if offers && !repeats && held && !core.profile.changes_while_held {
            return core.refuse(server, request, 488);
        }
        leg.learn(&request.headers);
        let waiting = Waiting::Change { server, request: Box::new(request.clone()), agreed };
        let answer = if repeats { leg.offers.local().cloned() } else { None };
        match body {
            Some(body) if repeats => {
                leg.offers.offered(body);
                leg.waiting = Some(waiting);
            }
            Some(body) => {
                leg.drop_overtaken(id, core);
                leg.offers.offered(body.clone());
                leg.waiting = Some(waiting);
                core.tell(Event::Offer { call: id, session: Some(body) });
            }
            None if is_invite => {
                leg.drop_overtaken(id, core);
                leg.offers.want();
                leg.waiting = Some(waiting);
                core.tell(Event::Offer { call: id, session: None });
            }
            None => leg.waiting = Some(waiting),
        }
        if answer.is_some() || !offers {
            self.accept_in(now, dialog, answer, core);
        }
        self.identify(&request.headers, core);
    }

    /// Our word on what waits in one dialog.
    pub(super) fn accept_in(&mut self, now: Duration, dialog: &DialogId, body: Option<Body>, core: &mut Core) {
        let id = self.id;
        let Some(leg) = self.leg_of(dialog) else { return };
        let Some(waiting) = leg.waiting.take() else { return };
        if let Some(body) = &body {
            if leg.offers.is_wanted() {
                leg.offers.offer(body.clone());
            } else {
                leg.offers.answer(body.clone());
            }
        }
        match waiting {
            Waiting::Change { server, request, agreed } => {
                let mut response = core.response(&request, 200, "");
                if let Some(agreed) = agreed {
                    agreed.write(&mut response.headers);
                }
                leg.timer = Timer::of_callee(now, agreed);
                put_body(&mut response.headers, &mut response.body, body.as_ref());
                leg.dialog.refresh_target(&request.headers);
                if request.method == Method::Invite {
                    leg.unacknowledged = Unacknowledged::new(now, server, &request, response.clone(), core);
                }
                core.respond(server, response);
            }
            Waiting::Prack { server, request } => {
                let mut response = core.response(&request, 200, "");
                put_body(&mut response.headers, &mut response.body, body.as_ref());
                core.respond(server, response);
            }
            Waiting::Provisional { number, rseq } => leg.prack(id, number, rseq, body.as_ref(), core),
            Waiting::Success { key } => core.acknowledge(key, &leg.dialog, body.as_ref()),
        }
        self.go_on(core);
    }

    /// Accepts the offer that waits, or makes the one that is waited for. False if none is.
    pub(super) fn accept(&mut self, now: Duration, body: Body, core: &mut Core) -> bool {
        let Some(leg) = self.legs.iter_mut().find(|leg| leg.waiting.is_some()) else { return false };
        leg.drop_overtaken(self.id, core);
        let dialog = leg.dialog.id().clone();
        self.accept_in(now, &dialog, Some(body), core);
        self.answer_if_kept_back(now, core);
        true
    }

    /// Refuses the offer that waits. False if none does.
    pub(super) fn refuse(&mut self, now: Duration, status: u16, core: &mut Core) -> bool {
        let Some(leg) = self.legs.iter_mut().find(|leg| leg.waiting.is_some()) else { return false };
        let Some(waiting) = leg.waiting.take() else { return false };
        leg.offers.abandon();
        match waiting {
            // There is no way to refuse an offer in a response but to end the call.
            Waiting::Provisional { .. } => self.hang_up(End::Local, core),
            Waiting::Success { key } => {
                core.acknowledge(key, &leg.dialog, None);
                self.hang_up(End::Local, core);
            }
            waiting => waiting.refuse(status, core),
        }
        self.go_on(core);
        self.answer_if_kept_back(now, core);
        true
    }
}

impl Leg {
    /// How long to wait before a change that was refused is tried again; none if that makes no sense.
    fn wait_before_retry(&self, change: &mut Change, outcome: Outcome<'_>, core: &mut Core) -> Option<Duration> {
        let ms = Duration::from_millis;
        let response = match outcome {
            Outcome::Response(response) => response,
            _ => return None,
        };
        match response.status {
            // Whoever chose the Call-ID waits longer, so that the two do not meet again (section 14.1).
            491 if self.dialog.is_caller() => Some(ms(2100) + core.random(ms(1900))),
            491 => Some(core.random(ms(2000))),
            422 => {
                let minimum = response.headers.min_se().ok().flatten()?;
                let asked = self.timer.map(|timer| timer.interval).or(core.profile.session_time)?;
                (minimum > change.minimum.unwrap_or(asked)).then(|| {
                    change.minimum = Some(minimum);
                    Duration::ZERO
                })
            }
            405 | 501 if change.by_update && !self.dialog.is_early() => {
                change.by_update = false;
                Some(Duration::ZERO)
            }
            500 | 503 => response.headers.seconds(Known::RetryAfter).map(|wait| wait.min(LONGEST_RETRY)),
            _ => None,
        }
    }

    /// Their change has come before ours, which was put off: what ours says was made for another state of the session, so
    /// its maker has to say it again.
    fn drop_overtaken(&mut self, call: CallId, core: &mut Core) {
        let put_off = self.change.take_if(|change| change.key.is_none());
        let next = self.next_change.take();
        for _ in put_off.into_iter().chain(next).filter(|change| !change.is_refresh()) {
            core.tell(Event::Unchanged { call, status: 491 });
        }
    }
}
