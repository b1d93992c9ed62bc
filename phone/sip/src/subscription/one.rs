//! One subscription: the dialog, what is asked within it, and what the server tells.

use std::collections::VecDeque;
use std::time::Duration;

use super::wish::{Terms, Wish};
use super::{Event, Output, SubscriptionId};
use crate::dialog::Dialog;
use crate::event::lamps::{Change, Lamps};
use crate::event::{Content, Fault};
use crate::exchange::{Key, Outcome};
use crate::message::{Known, Request};
use crate::registration::{Account, Contact};
use crate::token::Tokens;

/// Shortest time between two requests that were not asked for.
pub(super) const SHORTEST: Duration = Duration::from_secs(1);
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
pub(super) enum Purpose {
    Begin,
    Renew,
    End,
}

#[derive(Debug)]
pub(super) struct Pending {
    pub(super) key: Key,
    pub(super) purpose: Purpose,
    pub(super) body: Option<Body>,
    pub(super) request: Request,
}

pub(super) type Body = (&'static str, String);

#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) id: SubscriptionId,
    pub(super) wish: Wish,
    pub(super) call_id: String,
    pub(super) tag: String,
    pub(super) number: u32,
    /// The last SUBSCRIBE outside of a dialog: a NOTIFY may come before its answer.
    pub(super) first: Option<Request>,
    pub(super) dialog: Option<Dialog>,
    /// A NOTIFY came within the dialog. Until then, the answer alone has made it, and another fork may take its place.
    pub(super) is_told: bool,
    pub(super) pending: Option<Pending>,
    /// What to ask for: the setting, or what the server asks for at least.
    pub(super) expires: Duration,
    /// When to send the next request.
    pub(super) next: Option<Duration>,
    /// How long the server tells.
    pub(super) until: Option<Duration>,
    /// When the dialog was made.
    pub(super) since: Duration,
    pub(super) bodies: VecDeque<Body>,
    pub(super) lamps: Lamps,
    pub(super) ending: bool,
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
            is_told: false,
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

    /// Call-ID and tag, by which late NOTIFYs are recognised.
    pub(super) fn name(&self) -> (String, String) {
        (self.call_id.clone(), self.tag.clone())
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
            // A fork of the SUBSCRIBE: the one that tells first is enough (RFC 6665, section 4.5.2).
            (Some(_), _) if self.is_told => return 481,
            (_, Some(first)) => match Dialog::of_subscriber(first, notify) {
                Some(dialog) => self.begin(now, dialog),
                None => return 481,
            },
            (_, None) => return 481,
        }
        self.is_told = true;
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
}
