//! The SUBSCRIBE requests of a subscription, within its dialog and outside.

use super::one::{Body, Pending, Purpose, Shared, Subscription};
use super::{Event, Output};
use crate::exchange::{Demand, Key, Toward};
use crate::message::{Method, Name, Request};

impl Subscription {
    /// The next SUBSCRIBE outside of a dialog is of a new one.
    pub(super) fn drop_dialog(&mut self, shared: &mut Shared) {
        self.dialog = None;
        self.first = None;
        self.until = None;
        self.call_id = shared.tokens.token();
        self.tag = shared.tokens.token();
        self.number = 0;
    }

    pub(super) fn send_next(&mut self, shared: &mut Shared) {
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

    pub(super) fn put_out(&mut self, purpose: Purpose, body: Option<Body>, shared: &mut Shared) {
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

    pub(super) fn end(&mut self, shared: &mut Shared) {
        if !self.ended {
            self.ended = true;
            self.next = None;
            self.until = None;
            self.tell(Event::Ended, shared);
        }
    }

    pub(super) fn tell(&self, event: Event, shared: &mut Shared) {
        shared.outputs.push_back(Output::Event { id: self.id, event });
    }
}
