//! One subscription: the dialog, what is asked within it, and what the server tells.

use std::collections::VecDeque;
use std::time::Duration;

use super::wish::{Terms, Wish};
use super::{Event, Output, SubscriptionId};
use crate::dialog::Dialog;
use crate::event::lamps::{Change, Lamps};
use crate::event::{Content, Fault};
use crate::exchange::{Demand, Key, Outcome, Toward};
use crate::message::{Known, Method, Name, Request, Response};
use crate::registration::{Account, Contact};
use crate::token::Tokens;

/// Longest wait that a server may ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);
/// Shortest time between two requests that were not asked for.
const SHORTEST: Duration = Duration::from_secs(1);
/// Changes that wait to be sent to the server.
const MOST_BODIES: usize = 16;

/// What all subscriptions of a line share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) account: Account,
    pub(super) contact: Contact,
    pub(super) terms: Terms,
    pub(super) tokens: Tokens,
    pub(super) last_key: u64,
    pub(super) outputs: VecDeque<Output>,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Begin,
    Renew,
    End,
}

#[derive(Debug)]
struct Pending {
    key: Key,
    purpose: Purpose,
    body: Option<Body>,
    request: Request,
}

type Body = (&'static str, String);

#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) id: SubscriptionId,
    wish: Wish,
    call_id: String,
    tag: String,
    number: u32,
    /// The last SUBSCRIBE outside of a dialog: a NOTIFY may come before its answer.
    first: Option<Request>,
    dialog: Option<Dialog>,
    pending: Option<Pending>,
    /// What to ask for: the setting, or what the server asks for at least.
    expires: Duration,
    /// When to send the next request.
    next: Option<Duration>,
    /// How long the server tells.
    until: Option<Duration>,
    /// When the dialog was made.
    since: Duration,
    bodies: VecDeque<Body>,
    lamps: Lamps,
    ending: bool,
    pub(super) ended: bool,
}

impl Subscription {
    pub(super) fn new(now: Duration, id: SubscriptionId, wish: Wish, shared: &mut Shared) -> Self {
        let expires = wish.time.unwrap_or(shared.terms.time);
        Subscription {
            id,
            wish,
            call_id: shared.tokens.token(),
            tag: shared.tokens.token(),
            number: 0,
            first: None,
            dialog: None,
            pending: None,
            expires,
            next: Some(now),
            until: None,
            since: now,
            bodies: VecDeque::new(),
            lamps: Lamps::default(),
            ending: false,
            ended: false,
        }
    }

    /// Whether a NOTIFY is meant for it, be it of a fork.
    pub(super) fn is_meant(&self, call_id: &str, tag: &str) -> bool {
        self.call_id == call_id && self.tag == tag
    }

    pub(super) fn has_sent(&self, key: Key) -> bool {
        self.pending.as_ref().is_some_and(|pending| pending.key == key)
    }

    pub(super) fn next_timeout(&self) -> Option<Duration> {
        let next = self.next.filter(|_| self.pending.is_none());
        next.into_iter().chain(self.until).min()
    }

    pub(super) fn timeout(&mut self, now: Duration, shared: &mut Shared) {
        if self.until.is_some_and(|until| until <= now) {
            self.drop_dialog(shared);
            if self.wish.once {
                return self.end(shared);
            }
            if self.pending.is_none() {
                self.next.get_or_insert(now);
            }
            self.tell(Event::Lapsed { reason: None, retry: self.next }, shared);
        }
        if self.next.is_some_and(|next| next <= now) && self.pending.is_none() {
            self.send_next(shared);
        }
    }

    /// Asks again at once, also after a refusal.
    pub(super) fn renew(&mut self, now: Duration) {
        self.next = Some(now);
    }

    /// Begins anew with another server or as another user.
    pub(super) fn restart(&mut self, now: Duration, shared: &mut Shared) {
        self.pending = None;
        self.expires = self.wish.time.unwrap_or(shared.terms.time);
        self.drop_dialog(shared);
        if self.ending || self.wish.once {
            self.end(shared);
        } else {
            self.next = Some(now);
        }
    }

    /// Sends a body within the subscription.
    pub(super) fn send(&mut self, now: Duration, body: Body) {
        if self.bodies.len() >= MOST_BODIES {
            self.bodies.pop_front();
        }
        self.bodies.push_back(body);
        self.renew(now);
    }

    /// Gives it up.
    pub(super) fn close(&mut self, shared: &mut Shared) {
        self.ending = true;
        if self.pending.is_none() {
            self.send_next(shared);
        }
    }

    pub(super) fn answered(&mut self, now: Duration, outcome: Outcome, shared: &mut Shared) {
        let response = match outcome {
            Outcome::Response(response) if response.is_provisional() => return,
            Outcome::Response(response) => Some(response),
            Outcome::Challenged => {
                if let Some(Pending { purpose, body, .. }) = self.pending.take() {
                    self.put_out(purpose, body, shared);
                }
                return;
            }
            Outcome::Silence => None,
        };
        let Some(pending) = self.pending.take() else { return };
        match response {
            Some(response) if response.is_success() => self.granted(now, &pending, &response, shared),
            Some(response) if response.status == 423 && self.takes_minimum(&response) => {
                return self.put_out(pending.purpose, pending.body, shared);
            }
            _ if pending.purpose == Purpose::End => return self.end(shared),
            Some(response) => {
                self.fail(now, Some(response.status), response.headers.seconds(Known::RetryAfter), shared);
            }
            None => self.fail(now, None, None, shared),
        }
        let due = self.next.is_some_and(|next| next <= now || !self.bodies.is_empty());
        if !self.ended && (self.ending || due) {
            self.send_next(shared);
        }
    }

    /// Takes a NOTIFY; gives the status of the answer.
    pub(super) fn notified(&mut self, now: Duration, notify: &Request, shared: &mut Shared) -> u16 {
        let tag = notify.headers.from().ok().and_then(|from| from.tag().map(str::to_owned)).unwrap_or_default();
        match (&mut self.dialog, &self.first) {
            (Some(dialog), _) if dialog.id().remote_tag == tag => {
                if dialog.receive(notify).is_err() {
                    return 500;
                }
                dialog.refresh_target(&notify.headers);
            }
            // A fork of the SUBSCRIBE: one is enough (RFC 6665, section 4.5.2).
            (Some(_), _) => return 481,
            (None, Some(first)) => match Dialog::of_subscriber(first, notify) {
                Some(dialog) => self.begin(now, dialog),
                None => return 481,
            },
            (None, None) => return 481,
        }
        match notify.headers.event() {
            Ok(Some(event)) if event.package == self.wish.package => {}
            Ok(Some(_)) => return 489,
            _ => return 400,
        }
        let told = Content::read(&self.wish.package, notify);
        let status = match &told {
            Ok(_) => 200,
            Err(fault) => fault.status(),
        };
        self.take(told, now, shared);
        match notify.headers.subscription_state() {
            Ok(Some(state)) if state.state.eq_ignore_ascii_case("terminated") => {
                let after = state.params.number("retry-after").map(|after| Duration::from_secs(after.into()));
                self.terminated(now, state.params.get("reason").map(str::to_owned), after, shared);
            }
            Ok(Some(state)) => {
                // What is left counts if it is less than what was thought.
                let left = state.params.number("expires").map(|left| now + Duration::from_secs(left.into()));
                if let Some(until) = left.filter(|left| self.until.is_none_or(|until| *left < until)) {
                    self.lasts(now, until, shared.terms);
                }
            }
            // Servers of before RFC 3265 do not say it.
            Ok(None) | Err(_) => {}
        }
        status
    }

    fn take(&mut self, told: Result<Content, Fault>, now: Duration, shared: &mut Shared) {
        let change = match told {
            Ok(Content::Dialogs(document)) => self.lamps.apply(document),
            Ok(Content::List(list)) => self.lamps.apply_list(list),
            Ok(Content::Nothing) | Err(_) => return,
            Ok(content) => return self.tell(Event::Told(content), shared),
        };
        let Change { lamps, incomplete } = change;
        if !lamps.is_empty() {
            self.tell(Event::Lamps(lamps), shared);
        }
        if incomplete && self.until.is_some() {
            // The answer to a renewal is the whole state (RFC 4235, section 3.7); not more often than every second.
            let soon = now + SHORTEST;
            self.next = Some(self.next.map_or(soon, |next| next.min(soon)));
        }
    }

    fn begin(&mut self, now: Duration, dialog: Dialog) {
        self.dialog = Some(dialog);
        self.since = now;
        self.lamps.restart();
    }

    /// A 2xx came.
    fn granted(&mut self, now: Duration, pending: &Pending, response: &Response, shared: &mut Shared) {
        if pending.purpose == Purpose::End {
            return self.end(shared);
        }
        match &mut self.dialog {
            Some(dialog) => dialog.refresh_target(&response.headers),
            // A NOTIFY that was faster has already ended it.
            None if pending.purpose == Purpose::Begin && self.first.is_none() => return,
            None => {
                if let Some(dialog) = Dialog::of_caller(&pending.request, response) {
                    self.begin(now, dialog);
                }
            }
        }
        let granted = response.headers.seconds(Known::Expires).unwrap_or(self.expires).min(self.expires);
        if granted.is_zero() {
            return self.fail(now, Some(response.status), None, shared);
        }
        self.lasts(now, now + granted, shared.terms);
        self.tell(Event::Active { granted }, shared);
    }

    fn lasts(&mut self, now: Duration, until: Duration, terms: Terms) {
        self.until = Some(until);
        let part = (until - now).mul_f64(f64::from(terms.refresh_percent.clamp(1, 100)) / 100.0);
        self.next = (!self.wish.once).then_some(now + part.max(SHORTEST));
    }

    fn fail(&mut self, now: Duration, status: Option<u16>, retry_after: Option<Duration>, shared: &mut Shared) {
        self.bodies.clear();
        if matches!(status, Some(404 | 405 | 410 | 416 | 480..=485 | 489 | 501 | 604)) {
            // The server does not know the dialog any more (RFC 6665, section 4.1.2.2).
            self.drop_dialog(shared);
        }
        let wait = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER).max(shared.terms.retry);
        // A server that has restarted knows nothing: begin anew at once, if the subscription was not a moment old.
        let at_once = status == Some(481) && now >= self.since + shared.terms.retry;
        self.next = match status {
            Some(403) => None,
            _ if self.wish.once => None,
            _ if at_once => Some(now),
            _ => Some(now + wait),
        };
        self.since = now;
        self.tell(Event::Failed { status, retry: self.next }, shared);
        if self.wish.once {
            self.end(shared);
        }
    }

    /// The server has ended it (RFC 6665, section 4.1.3).
    fn terminated(&mut self, now: Duration, reason: Option<String>, after: Option<Duration>, shared: &mut Shared) {
        self.drop_dialog(shared);
        if self.ending || self.wish.once {
            return self.end(shared);
        }
        let wait = after.unwrap_or_default().min(LONGEST_RETRY_AFTER).max(shared.terms.retry);
        let lasted = now >= self.since + shared.terms.retry;
        self.next = match reason.as_deref() {
            Some("rejected" | "noresource" | "invariant") => None,
            Some("deactivated" | "timeout") if lasted => Some(now + SHORTEST),
            _ => Some(now + wait),
        };
        self.since = now;
        self.tell(Event::Lapsed { reason, retry: self.next }, shared);
    }

    fn takes_minimum(&mut self, response: &Response) -> bool {
        match response.headers.seconds(Known::MinExpires) {
            Some(minimum) if minimum > self.expires => {
                self.expires = minimum;
                true
            }
            _ => false,
        }
    }

    /// The next SUBSCRIBE outside of a dialog is of a new one.
    fn drop_dialog(&mut self, shared: &mut Shared) {
        self.dialog = None;
        self.first = None;
        self.until = None;
        self.call_id = shared.tokens.token();
        self.tag = shared.tokens.token();
        self.number = 0;
    }

    fn send_next(&mut self, shared: &mut Shared) {
        self.next = None;
        let purpose = match (&self.dialog, self.ending) {
            (Some(_), true) => Purpose::End,
            (None, true) => return self.end(shared),
            (Some(_), false) => Purpose::Renew,
            (None, false) => Purpose::Begin,
        };
        let body = self.bodies.pop_front().filter(|_| purpose != Purpose::End);
        self.put_out(purpose, body, shared);
    }

    fn put_out(&mut self, purpose: Purpose, body: Option<Body>, shared: &mut Shared) {
        let (mut request, toward) = match &mut self.dialog {
            Some(dialog) => (dialog.request(Method::Subscribe), Toward::Uri(dialog.next_hop())),
            None => (self.outside(shared), self.wish.toward()),
        };
        let headers = &mut request.headers;
        headers.push(Name::Contact, format_args!("<{}>", shared.account.contact_uri(&shared.contact)));
        headers.push(Name::Event, &self.wish.package);
        headers.push(Name::Expires, if purpose == Purpose::End { 0 } else { self.expires.as_secs() });
        if !self.wish.accept.is_empty() {
            headers.push(Name::Accept, self.wish.accept.join(", "));
        }
        if self.wish.list {
            headers.push(Name::Supported, "eventlist");
        }
        self.wish.fields.iter().for_each(|(name, value)| headers.push(*name, value));
        headers.push(Name::UserAgent, &shared.account.user_agent);
        if let Some((kind, text)) = &body {
            headers.push(Name::ContentType, kind);
            request.body = text.clone().into_bytes();
        }
        if self.dialog.is_none() {
            self.first = Some(request.clone());
        }
        shared.last_key += 1;
        let key = Key(shared.last_key);
        shared.outputs.push_back(Output::Send(Demand { key, toward, request: request.clone() }));
        self.pending = Some(Pending { key, purpose, body, request });
    }

    fn outside(&mut self, shared: &Shared) -> Request {
        self.number += 1;
        let mut request = Request::new(Method::Subscribe, self.wish.target.as_str());
        let headers = &mut request.headers;
        headers.push(Name::MaxForwards, 70);
        headers.push(Name::From, format_args!("<{}>;tag={}", shared.account.identity, self.tag));
        headers.push(Name::To, format_args!("<{}>", self.wish.target));
        headers.push(Name::CallId, &self.call_id);
        headers.push(Name::CSeq, format_args!("{} SUBSCRIBE", self.number));
        request
    }

    fn end(&mut self, shared: &mut Shared) {
        if !self.ended {
            self.ended = true;
            self.next = None;
            self.until = None;
            self.tell(Event::Ended, shared);
        }
    }

    fn tell(&self, event: Event, shared: &mut Shared) {
        shared.outputs.push_back(Output::Event { id: self.id, event });
    }
}
