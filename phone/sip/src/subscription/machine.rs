//! All subscriptions of one line.

use std::collections::VecDeque;
use std::time::Duration;

use super::one::{Shared, Subscription};
use super::wish::{Terms, Wish};
use super::{Output, SubscriptionId};
use crate::event::feature::{self, Feature};
use crate::exchange::{Key, Outcome};
use crate::message::{Method, Request, Response};
use crate::registration::{Account, Contact};
use crate::token::Tokens;
use crate::transaction::ServerId;

/// How long a last NOTIFY may come after the end.
const LATE: Duration = Duration::from_secs(32);
/// Ended subscriptions that are remembered for that.
const MOST_ENDED: usize = 64;

/// The subscriptions of one line.
///
/// After each call, fetch outputs until there are none, and call [`Subscriptions::timeout`] at the moment that
/// [`Subscriptions::next_timeout`] names.
#[derive(Debug)]
pub struct Subscriptions {
    shared: Shared,
    all: Vec<Subscription>,
    /// Call-ID and tag of those that were given up, and until when their last NOTIFY is taken.
    ended: VecDeque<((String, String), Duration)>,
    last: u64,
}

impl Subscriptions {
    /// Begins without any. `contact` is where the line can be reached.
    pub fn new(account: Account, contact: Contact, terms: Terms, tokens: Tokens) -> Self {
        let shared = Shared { account, contact, terms, tokens, last_key: 0, outputs: VecDeque::new() };
        Subscriptions { shared, all: Vec::new(), ended: VecDeque::new(), last: 0 }
    }

    /// Subscribes at the next [`Subscriptions::timeout`]. Give it up with [`Subscriptions::unsubscribe`].
    pub fn subscribe(&mut self, now: Duration, wish: Wish) -> SubscriptionId {
        self.last += 1;
        let id = SubscriptionId(self.last);
        self.all.push(Subscription::new(now, id, wish, &mut self.shared));
        id
    }

    /// Gives a subscription up: tells the server if it knows of it. [`super::Event::Ended`] follows.
    pub fn unsubscribe(&mut self, now: Duration, id: SubscriptionId) {
        self.end(now, |subscription| subscription.id == id);
    }

    /// Renews a subscription at the next [`Subscriptions::timeout`], also after a refusal; the server then tells the whole state again.
    pub fn renew(&mut self, now: Duration, id: SubscriptionId) {
        self.with(|subscription| subscription.id == id, |subscription, _| subscription.renew(now));
    }

    /// Asks the server to change a feature, within a subscription to [`Wish::features`]. It tells the new state.
    pub fn set_feature(&mut self, now: Duration, id: SubscriptionId, feature: &Feature) {
        let body = (feature::TYPE, feature.request());
        self.with(|subscription| subscription.id == id, |subscription, _| subscription.send(now, body.clone()));
    }

    /// Gives all up.
    pub fn close(&mut self, now: Duration) {
        self.end(now, |_| true);
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Takes the line's new address, for renewals.
    pub fn set_contact(&mut self, contact: Contact) {
        self.shared.contact = contact;
    }

    /// Takes other settings, and begins all anew.
    pub fn restart(&mut self, now: Duration, account: Account, contact: Contact, terms: Terms) {
        self.shared.account = account;
        self.shared.contact = contact;
        self.shared.terms = terms;
        self.with(|_| true, |subscription, shared| subscription.restart(now, shared));
    }

    /// Takes other terms, for what comes.
    pub fn set_terms(&mut self, terms: Terms) {
        self.shared.terms = terms;
    }

    /// Takes the outcome of a request.
    pub fn answered(&mut self, now: Duration, key: Key, outcome: Outcome) {
        let mut outcome = Some(outcome);
        self.with(
            |subscription| subscription.has_sent(key),
            |subscription, shared| {
                if let Some(outcome) = outcome.take() {
                    subscription.answered(now, outcome, shared);
                }
            },
        );
    }

    /// Takes a NOTIFY. False if it is not of any subscription here.
    pub fn receive(&mut self, now: Duration, server: ServerId, request: &Request) -> bool {
        let headers = &request.headers;
        let (Ok(call_id), Ok(to)) = (headers.call_id(), headers.to()) else { return false };
        let Some(tag) = to.tag().filter(|_| request.method == Method::Notify) else { return false };
        let mut status = None;
        self.with(
            |subscription| subscription.is_meant(call_id, tag),
            |subscription, shared| status = Some(subscription.notified(now, request, shared)),
        );
        let is_late = |((id, own), until): &((String, String), Duration)| id == call_id && own == tag && now < *until;
        let Some(status) = status.or(self.ended.iter().any(is_late).then_some(200)) else { return false };
        self.shared.outputs.push_back(Output::Respond { server, response: Response::to(request, status, tag) });
        true
    }

    /// Time has passed.
    pub fn timeout(&mut self, now: Duration) {
        self.with(|_| true, |subscription, shared| subscription.timeout(now, shared));
    }

    /// When [`Subscriptions::timeout`] has something to do.
    pub fn next_timeout(&self) -> Option<Duration> {
        self.all.iter().filter_map(Subscription::next_timeout).min()
    }

    /// The next thing to do or to know.
    pub fn poll(&mut self) -> Option<Output> {
        self.shared.outputs.pop_front()
    }

    fn end(&mut self, now: Duration, is: impl Fn(&Subscription) -> bool) {
        self.ended.retain(|(_, until)| now < *until);
        let names = self.all.iter().filter(|subscription| is(subscription)).map(Subscription::name);
        self.ended.extend(names.map(|name| (name, now + LATE)));
        self.ended.drain(..self.ended.len().saturating_sub(MOST_ENDED));
        self.with(is, Subscription::close);
    }

    /// Lets some of them do something, and forgets those that have ended.
    fn with(&mut self, is: impl Fn(&Subscription) -> bool, mut act: impl FnMut(&mut Subscription, &mut Shared)) {
        for subscription in self.all.iter_mut().filter(|subscription| is(subscription)) {
            act(subscription, &mut self.shared);
        }
        self.all.retain(|subscription| !subscription.ended);
    }
}
