//! Session timers: a call whose other end has vanished is ended (RFC 4028).

use std::time::Duration;

use offhook_params::choices::{SessionRefreshMethod, SessionRefresher};

use super::change::Change;
use super::core::Core;
use super::event::End;
use super::state::Call;
use crate::message::{Headers, Name, Request, Response};

/// Longest part of a session's time that is left for the farewell (section 10).
const LONGEST_MARGIN: Duration = Duration::from_secs(32);

/// Time that has to be left for another try to make sense.
const LEAST_PATIENCE: Duration = Duration::from_secs(5);

/// The timer of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Timer {
    pub(super) interval: Duration,
    /// We refresh it.
    pub(super) ours: bool,
    refresh_at: Option<Duration>,
    end_at: Duration,
}

/// What we answer to the timer that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Agreed {
    interval: Duration,
    ours: bool,
}

impl Timer {
    fn new(now: Duration, Agreed { interval, ours }: Agreed) -> Self {
        let margin = (interval / 3).min(LONGEST_MARGIN);
        Timer { interval, ours, refresh_at: ours.then_some(now + interval / 2), end_at: now + interval - margin }
    }

    /// By what we answered.
    pub(super) fn of_callee(now: Duration, agreed: Option<Agreed>) -> Option<Self> {
        agreed.map(|agreed| Timer::new(now, agreed))
    }

    /// By the 2xx to our request; none if the session has no timer.
    pub(super) fn of_caller(now: Duration, success: &Response, core: &Core) -> Option<Self> {
        core.profile.session_time?;
        let expires = success.headers.session_expires().ok()??;
        let ours = expires.refresher.is_none_or(|refresher| refresher.eq_ignore_ascii_case("uac"));
        // Nobody may make us refresh without end.
        let interval = expires.interval.max(core.profile.shortest_session());
        Some(Timer::new(now, Agreed { interval, ours }))
    }

    /// A refresh was refused for a reason that may pass: tries again after half of the time that is left.
    pub(super) fn try_again(&mut self, now: Duration) {
        let left = self.end_at.saturating_sub(now);
        self.refresh_at = (self.ours && left > LEAST_PATIENCE).then(|| now + left / 2);
    }

    pub(super) fn next_timeout(&self) -> Duration {
        self.refresh_at.map_or(self.end_at, |refresh| refresh.min(self.end_at))
    }
}

impl Agreed {
    /// What we answer to a request (section 9): none if we use no timers.
    ///
    /// # Errors
    /// The time is too short: 422 with this Min-SE.
    pub(super) fn of_request(request: &Request, core: &Core) -> Result<Option<Self>, Duration> {
        let Some(ours) = core.profile.session_time else { return Ok(None) };
        let shortest = core.profile.shortest_session();
        let headers = &request.headers;
        let knows = headers.lists(Name::Supported, "timer") || headers.lists(Name::Require, "timer");
        let expires = headers.session_expires().ok().flatten();
        if knows && expires.is_some_and(|expires| expires.interval < shortest) {
            return Err(shortest);
        }
        let minimum = headers.min_se().ok().flatten().unwrap_or_default().max(shortest);
        let interval = expires.map_or(ours, |expires| expires.interval.min(ours)).max(minimum);
        let refresher = expires.filter(|_| knows).and_then(|expires| expires.refresher);
        let ours = !refresher.is_some_and(|refresher| refresher.eq_ignore_ascii_case("uac"));
        Ok(Some(Agreed { interval, ours }))
    }

    /// Writes it into the 2xx.
    pub(super) fn write(self, headers: &mut Headers) {
        let refresher = if self.ours { "uas" } else { "uac" };
        headers.push(Name::SessionExpires, format_args!("{};refresher={refresher}", self.interval.as_secs()));
        if !self.ours {
            headers.push(Name::Require, "timer");
        }
    }
}

impl Core {
    /// Writes the timer that the first INVITE asks for; a server may have asked for more than the setting.
    pub(super) fn write_first_timer(&self, headers: &mut Headers, minimum: Option<Duration>) {
        let refresher = match self.profile.refresher {
            SessionRefresher::Unspecified => None,
            SessionRefresher::Uas => Some("uas"),
            SessionRefresher::Uac => Some("uac"),
        };
        self.write_timer(headers, self.profile.session_time, minimum, refresher);
    }

    /// Writes the timer that a further request asks for: whoever refreshes now goes on with it.
    pub(super) fn write_next_timer(&self, headers: &mut Headers, timer: Option<Timer>, minimum: Option<Duration>) {
        let refresher = timer.map(|timer| if timer.ours { "uac" } else { "uas" });
        let time = self.profile.session_time.map(|time| timer.map_or(time, |timer| timer.interval));
        self.write_timer(headers, time, minimum, refresher);
    }

    fn write_timer(
        &self,
        headers: &mut Headers,
        time: Option<Duration>,
        minimum: Option<Duration>,
        refresher: Option<&str>,
    ) {
        let Some(time) = time else { return };
        let time = time.max(minimum.unwrap_or_default()).as_secs();
        match refresher {
            Some(refresher) => headers.push(Name::SessionExpires, format_args!("{time};refresher={refresher}")),
            None => headers.push(Name::SessionExpires, time),
        }
        if let Some(minimum) = minimum {
            headers.push(Name::MinSe, minimum.as_secs());
        }
    }

    /// 422, with what would be accepted.
    pub(super) fn refuse_session_time(
        &mut self,
        server: crate::transaction::ServerId,
        request: &Request,
        shortest: Duration,
    ) {
        let tag = self.tokens.token();
        let mut response = Response::to(request, 422, &tag);
        response.headers.push(Name::MinSe, shortest.as_secs());
        self.respond(server, response);
    }
}

impl Call {
    /// Refreshes the session, or ends it when nobody has.
    pub(super) fn session_timeout(&mut self, now: Duration, core: &mut Core) {
        let Some(leg) = self.legs.first_mut().filter(|_| !self.over) else { return };
        let Some(timer) = &mut leg.timer else { return };
        if timer.end_at <= now {
            return self.hang_up(End::Lost, core);
        }
        if timer.refresh_at.is_some_and(|refresh| refresh <= now) {
            timer.refresh_at = None;
            let by_update = match core.profile.refresh_method {
                SessionRefreshMethod::ReInvite => false,
                SessionRefreshMethod::Update => true,
                SessionRefreshMethod::Auto => leg.updates,
            };
            let change = Change::refresh(by_update);
            self.change(now, 0, change, core);
        }
    }
}
