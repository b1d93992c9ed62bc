//! Transfers that we ask for, and invitations to a server's conference (RFC 3515, RFC 5589, RFC 4579).

use std::time::Duration;

use super::core::{Core, Deed, Purpose};
use super::event::{End, Event, Transfer};
use super::state::{Call, Outcome};
use super::types::{CallId, Key, Sender};
use crate::dialog::DialogId;
use crate::message::{Address, Method, Name, Request, Uri, escape_field, reason};
use crate::transaction::ServerId;

/// How long either end of a transfer waits for the next news of it.
pub(super) const PATIENCE: Duration = Duration::from_secs(300);

/// The other party has to call somebody else.
#[derive(Debug)]
pub(super) struct Transferring {
    pub(super) key: Key,
    /// The number of our REFER, which names the subscription.
    pub(super) number: u32,
    pub(super) until: Duration,
    /// The call that the target is in; it ends when the transfer is done.
    other: Option<CallId>,
    /// The target joins this call, which goes on.
    conference: bool,
}

impl Call {
    /// Asks the other party to call somebody else: `target` is the URI, `replaces` the dialog there that the new call takes
    /// the place of. False if the call is not up or another transfer is under way.
    pub(super) fn refer(
        &mut self,
        now: Duration,
        target: &str,
        (other, replaces): (Option<CallId>, Option<String>),
        conference: bool,
        core: &mut Core,
    ) -> bool {
        let (id, up) = (self.id, self.is_up());
        let Some(leg) = self.leg().filter(|leg| up && leg.transferring.is_none()) else { return false };
        let mut request = core.request_within(&mut leg.dialog, Method::Refer);
        let headers = &mut request.headers;
        match replaces {
            Some(replaces) => {
                headers.push(Name::ReferTo, format_args!("<{target}?Replaces={}>", escape_field(&replaces)))
            }
            None => headers.push(Name::ReferTo, format_args!("<{target}>")),
        }
        headers.push(Name::ReferredBy, format_args!("<{}>", core.profile.account.identity));
        headers.push(Name::Supported, core.profile.supported());
        let number = request.headers.cseq().map_or(0, |cseq| cseq.number);
        let key = core.send_within(id, Purpose::Refer, &leg.dialog, request);
        leg.transferring = Some(Transferring { key, number, until: now + PATIENCE, other, conference });
        true
    }

    /// The address of the other party for somebody who is to call it, and the name of the dialog there.
    ///
    /// A conference, and a phone that has an address of its own for this, are reached at their Contact; others through their
    /// server, by the address that we called or that called us.
    pub(super) fn reachable(&self) -> Option<(String, String)> {
        let leg = self.legs.first().filter(|_| self.is_up())?;
        let remote = Address::parse(leg.dialog.remote())?;
        let target = leg.dialog.target();
        let own =
            matches!(Uri::parse(target), Some(Uri::Sip(uri)) if uri.params.has("gr") || uri.params.has("isfocus"));
        let uri = if own { target } else { remote.uri_text.split_once('?').map_or(remote.uri_text, |(uri, _)| uri) };
        Some((uri.to_owned(), leg.dialog.id().replaces()))
    }

    /// What came of our REFER.
    pub(super) fn refer_finished(&mut self, key: Key, outcome: Outcome<'_>, core: &mut Core) {
        let id = self.id;
        let Some(leg) = self.legs.iter_mut().find(|leg| leg.transferring.as_ref().is_some_and(|t| t.key == key)) else {
            return;
        };
        match outcome {
            Outcome::Response(response) if response.is_success() => {
                core.tell(Event::Transfer { call: id, progress: Transfer::Accepted });
                // It will not tell (RFC 4488), so its word has to do.
                if response.headers.get(Name::ReferSub).is_some_and(|value| value.eq_ignore_ascii_case("false")) {
                    self.transferred(core);
                }
            }
            outcome => {
                leg.transferring = None;
                core.tell(Event::Transfer { call: id, progress: Transfer::Failed(outcome.status()) });
                if outcome.status() == 481 {
                    self.hang_up(End::Lost, core);
                }
            }
        }
    }

    /// The transfer is done: this call has served, but for a conference.
    fn transferred(&mut self, core: &mut Core) {
        let id = self.id;
        let Some(done) = self.leg().and_then(|leg| leg.transferring.take()) else { return };
        core.tell(Event::Transfer { call: id, progress: Transfer::Done });
        if let Some(call) = done.other {
            core.deeds.push_back(Deed::End { call, why: End::Transferred });
        }
        if !done.conference {
            self.hang_up(End::Transferred, core);
        }
    }

    /// The other party's NOTIFY.
    pub(super) fn notify_asked(
        &mut self,
        now: Duration,
        server: ServerId,
        request: &Request,
        dialog: &DialogId,
        core: &mut Core,
    ) {
        let id = self.id;
        // The phone of the other party could listen into the room.
        let by_server = core.sender == Sender::Server;
        let (talk, hold) = (core.profile.talk && by_server, core.profile.hold && by_server);
        let event = request.headers.event().ok().flatten();
        let Some(leg) = self.leg_of(dialog) else { return };
        match event.map(|event| event.package) {
            Some("talk") if talk => {
                core.respond(server, core.response(request, 200, ""));
                core.tell(Event::Talk { call: id });
            }
            Some("hold") if hold => {
                core.respond(server, core.response(request, 200, ""));
                core.tell(Event::Hold { call: id });
            }
            Some("refer") => {
                let named = event.and_then(|event| event.params.number("id"));
                let Some(transferring) = leg.transferring.as_mut().filter(|t| named.is_none_or(|id| id == t.number))
                else {
                    return core.refuse(server, request, 481);
                };
                transferring.until = now + PATIENCE;
                core.respond(server, core.response(request, 200, ""));
                self.news(request, core);
            }
            _ => {
                let mut response = core.response(request, 489, "");
                response.headers.push(Name::AllowEvents, core.profile.allow_events());
                core.respond(server, response);
            }
        }
    }

    /// What a NOTIFY says about our transfer.
    fn news(&mut self, request: &Request, core: &mut Core) {
        let id = self.id;
        let state = request.headers.subscription_state().ok().flatten();
        let over = state.is_some_and(|state| state.state.eq_ignore_ascii_case("terminated"));
        let status = fragment_status(&request.body).unwrap_or(100);
        if (200..300).contains(&status) {
            return self.transferred(core);
        }
        if status < 200 && !over {
            if status > 100 {
                core.tell(Event::Transfer { call: id, progress: Transfer::Progress(status) });
            }
            return;
        }
        if let Some(leg) = self.leg() {
            leg.transferring = None;
        }
        // It ends its report without saying how it went.
        let status = if status < 200 { 408 } else { status };
        core.tell(Event::Transfer { call: id, progress: Transfer::Failed(status) });
    }

    /// Nothing was heard of a transfer, or there was nothing to tell, for too long.
    pub(super) fn transfer_timeout(&mut self, now: Duration, core: &mut Core) {
        let id = self.id;
        let Some(leg) = self.leg() else { return };
        if leg.transferring.take_if(|transferring| transferring.until <= now).is_some() {
            core.tell(Event::Transfer { call: id, progress: Transfer::Failed(408) });
        }
        if let Some(referral) = leg.referral.as_mut().filter(|referral| referral.is_open() && referral.until <= now) {
            referral.refuse_if_unanswered(408, core);
            self.report(408, reason(408), core);
            if let Some(referral) = self.leg().and_then(|leg| leg.referral.as_mut()) {
                referral.close();
            }
        }
    }
}

/// The status code in the first line of a `message/sipfrag`.
fn fragment_status(body: &[u8]) -> Option<u16> {
    let line = body.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let code = std::str::from_utf8(line).ok()?.strip_prefix("SIP/2.0 ")?.split(' ').next()?;
    code.parse().ok().filter(|code| (100..700).contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments() {
        let check = |body: &str, status: Option<u16>| assert_eq!(fragment_status(body.as_bytes()), status, "{body}");
        check("SIP/2.0 200 OK", Some(200));
        check("SIP/2.0 603 Declined\r\nTo: x\r\n", Some(603));
        check("SIP/2.0 1000 x", None);
        check("INVITE sip:a SIP/2.0", None);
        check("", None);
    }
}
