//! What answers and notifications mean for a subscription: how long it lasts, and when it is tried again.

use std::time::Duration;

use super::Event;
use super::one::{Pending, Purpose, SHORTEST, Shared, Subscription};
use super::wish::Terms;
use crate::dialog::{Dialog, DialogId};
use crate::message::{Known, Response};

/// Longest wait that a server may ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

impl Subscription {
    pub(super) fn begin(&mut self, now: Duration, dialog: Dialog) {
        self.dialog = Some(dialog);
        self.is_told = false;
        self.since = now;
        self.lamps.restart();
    }

    /// A 2xx came.
    pub(super) fn granted(&mut self, now: Duration, pending: &Pending, response: &Response, shared: &mut Shared) {
        if pending.purpose == Purpose::End {
            return self.end(shared);
        }
        match &mut self.dialog {
            // A NOTIFY may have been faster, and be of another fork than this answer.
            Some(dialog) if DialogId::of_response(response).as_ref() == Some(dialog.id()) => {
                dialog.refresh_target(&response.headers);
            }
            Some(_) => {}
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

    pub(super) fn lasts(&mut self, now: Duration, until: Duration, terms: Terms) {
        self.until = Some(until);
        let part = (until - now).mul_f64(f64::from(terms.refresh_percent.clamp(1, 100)) / 100.0);
        self.next = (!self.wish.once).then_some(now + part.max(SHORTEST));
    }

    pub(super) fn fail(
        &mut self,
        now: Duration,
        status: Option<u16>,
        retry_after: Option<Duration>,
        shared: &mut Shared,
    ) {
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
    pub(super) fn terminated(
        &mut self,
        now: Duration,
        reason: Option<String>,
        after: Option<Duration>,
        shared: &mut Shared,
    ) {
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

    pub(super) fn takes_minimum(&mut self, response: &Response) -> bool {
        match response.headers.seconds(Known::MinExpires) {
            Some(minimum) if minimum > self.expires => {
                self.expires = minimum;
                true
            }
            _ => false,
        }
    }
}
