//! Provisional responses that are acknowledged, ours and theirs (RFC 3262).

use std::time::Duration;

use super::change::Waiting;
use super::core::{Core, Purpose, put_body, session};
use super::event::{End, Event};
use super::state::{Call, Leg};
use super::types::{Body, CallId};
use crate::dialog::DialogId;
use crate::message::{Method, Name, RAck, Request, Response};
use crate::transaction::ServerId;

/// A reliable provisional response, until its PRACK comes.
#[derive(Debug)]
pub(super) struct Provisional {
    pub(super) response: Response,
    /// It has a session description: the 2xx may not overtake it (RFC 3262, section 3).
    pub(super) described: bool,
    pub(super) next: Duration,
    pub(super) wait: Duration,
    pub(super) until: Duration,
}

impl Provisional {
    /// Whether a RAck is about this response to this INVITE.
    fn is_meant(&self, rack: &RAck, invite: &Request) -> bool {
        rack.cseq.method == Method::Invite
            && self.response.headers.rseq() == Ok(Some(rack.rseq))
            && invite.headers.cseq().is_ok_and(|cseq| cseq.number == rack.cseq.number)
    }
}

impl Call {
    /// The other party acknowledges a provisional response.
    pub(super) fn prack_asked(
        &mut self,
        now: Duration,
        server: ServerId,
        request: &Request,
        dialog: &DialogId,
        core: &mut Core,
    ) {
        let id = self.id;
        let Some(leg) = self.legs.iter_mut().find(|leg| leg.dialog.id() == dialog) else { return };
        let body = session(&request.headers, &request.body);
        if let Some(ringing) = self.ringing.as_mut() {
            let rack = request.headers.rack().ok().flatten();
            let meant = ringing
                .outstanding
                .as_ref()
                .filter(|outstanding| rack.as_ref().is_some_and(|rack| outstanding.is_meant(rack, &ringing.request)));
            if meant.is_none() {
                return core.refuse(server, request, 481);
            }
            ringing.outstanding = None;
        } else if leg.offers.is_theirs() || body.is_some() {
            return core.refuse(server, request, 481);
        }
        match body {
            Some(answer) if leg.offers.is_theirs() => {
                let local = leg.offers.answered(answer.clone());
                local
                    .into_iter()
                    .for_each(|local| core.tell(Event::Answer { call: id, local, session: answer.clone() }));
            }
            Some(offer) if leg.offers.is_agreed() => {
                leg.offers.offered(offer.clone());
                leg.waiting = Some(Waiting::Prack { server, request: Box::new(request.clone()) });
                return core.tell(Event::Offer { call: id, session: Some(offer) });
            }
            _ if leg.offers.is_theirs() => {
                core.respond(server, core.response(request, 200, ""));
                return self.hang_up(End::Broken, core);
            }
            _ => {}
        }
        core.respond(server, core.response(request, 200, ""));
        self.answer_if_kept_back(now, core);
    }
}

impl Leg {
    /// The number of a reliable provisional response, if it is the next one (RFC 3262, section 4).
    pub(super) fn takes_reliable(&mut self, response: &Response) -> Option<u32> {
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
