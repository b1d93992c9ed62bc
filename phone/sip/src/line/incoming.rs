//! Requests of others: what the line answers itself, and what it hands on.

use std::time::Duration;

use super::{Event, Line, Notification};
use crate::call::Sender;
use crate::message::{Method, Name, Request, Response};
use crate::transaction::{Peer, ServerId};

impl Line {
    pub(super) fn on_request(&mut self, now: Duration, id: ServerId, request: &Request, from: Peer) {
        if !self.is_own(from) {
            self.transactions.limit_repeats(id);
        }
        if let Err(refusal) = self.abilities.screen(request) {
            let tag = self.tokens.token();
            self.transactions.respond(now, id, &refusal.answer(request, &tag));
            return;
        }
        let within = request.headers.to().is_ok_and(|to| to.tag().is_some());
        match request.method {
            Method::Options if !within || self.calls.knows(request) => self.on_options(now, id, request, from),
            Method::Notify if !within => self.on_notify(now, id, request, from),
            Method::Notify if self.subscriptions.receive(now, id, request) => {}
            // What belongs to no call is answered there too.
            _ => {
                let sender = if self.is_own(from) { Sender::Server } else { Sender::Stranger };
                self.calls.receive(now, id, request, sender);
            }
        }
    }

    /// Says what the line can do (RFC 3261, section 11.2). Whoever it does not know hears the least, so that the answer is
    /// not much longer than the question.
    fn on_options(&mut self, now: Duration, id: ServerId, request: &Request, from: Peer) {
        let mut fields = vec![(Name::Allow, self.abilities.allow()), (Name::Accept, self.abilities.answers.join(", "))];
        if self.is_own(from) {
            fields.push((Name::Supported, self.abilities.extensions.join(", ")));
            fields.push((Name::AllowEvents, self.config.events().join(", ")));
        }
        self.answer(now, id, request, 200, &fields);
    }

    /// A notification that nobody has subscribed to is believed of the line's own servers alone.
    fn on_notify(&mut self, now: Duration, id: ServerId, request: &Request, from: Peer) {
        if !self.is_own(from) {
            return self.answer(now, id, request, 403, &[]);
        }
        let event = match request.headers.event() {
            Ok(Some(event)) if self.config.is_unsolicited(event.package) => event,
            Ok(Some(_)) => {
                let known = (Name::AllowEvents, self.config.events().join(", "));
                return self.answer(now, id, request, 489, &[known]);
            }
            Ok(None) | Err(_) => return self.answer(now, id, request, 400, &[]),
        };
        let content_type = request.headers.content_type().ok().flatten();
        let content_type = content_type.map(|media| format!("{}/{}", media.kind, media.subtype).to_ascii_lowercase());
        self.tell(Event::Notified(Box::new(Notification {
            event: event.package.to_owned(),
            params: event.params.as_str().to_owned(),
            content_type: content_type.unwrap_or_default(),
            body: request.body.clone(),
            from,
        })));
        self.answer(now, id, request, 200, &[]);
    }

    fn answer(
        &mut self,
        now: Duration,
        id: ServerId,
        request: &Request,
        status: u16,
        fields: &[(Name<'static>, String)],
    ) {
        let mut response = Response::to(request, status, &self.tokens.token());
        for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
            response.headers.push(*name, value);
        }
        self.transactions.respond(now, id, &response);
    }
}
