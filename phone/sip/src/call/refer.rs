//! Transfers, asked for by either end, and invitations to a server's conference (RFC 3515, RFC 5589, RFC 4579).

use std::time::Duration;

use super::core::{Core, Deed, Purpose};
use super::outgoing::Plan;
use super::state::{Call, Outcome};
use super::types::{Body, CallId, End, Event, Key, Party, Transfer};
use crate::dialog::DialogId;
use crate::message::lex::unescape;
use crate::message::{Address, DialogName, Headers, Method, Name, Request, Response, Uri, reason};
use crate::transaction::ServerId;

/// How long either end of a transfer waits for the next news of it.
const PATIENCE: Duration = Duration::from_secs(300);

/// The other party has to call somebody else.
#[derive(Debug)]
pub(super) struct Transferring {
    pub(super) key: Key,
    /// The number of our REFER, which names the subscription.
    number: u32,
    pub(super) until: Duration,
    /// The call that the target is in; it ends when the transfer is done.
    other: Option<CallId>,
    /// The target joins this call, which goes on.
    conference: bool,
}

/// We have to call somebody else.
#[derive(Debug)]
pub(super) struct Referral {
    state: Reporting,
    number: u32,
    pub(super) until: Duration,
    /// The NOTIFY on its way, and what is to be told after it.
    notifying: bool,
    next: Option<(u16, String)>,
}

#[derive(Debug)]
enum Reporting {
    /// Our user has not decided.
    Asked {
        server: ServerId,
        request: Box<Request>,
    },
    Open,
    Closed,
}

impl Referral {
    /// Whether the other party still has to hear how it ended.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.state, Reporting::Closed)
    }

    pub(super) fn refuse_if_unanswered(&mut self, status: u16, core: &mut Core) {
        if let Reporting::Asked { server, request } = &self.state {
            core.refuse(*server, request, status);
            self.state = Reporting::Closed;
        }
    }
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
            Some(replaces) => headers.push(Name::ReferTo, format_args!("<{target}?Replaces={}>", escape(&replaces))),
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
        let (talk, hold) = (core.profile.talk, core.profile.hold);
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

    /// The other party's REFER.
    pub(super) fn refer_asked(
        &mut self,
        now: Duration,
        server: ServerId,
        request: &Request,
        dialog: &DialogId,
        core: &mut Core,
    ) {
        let (id, up) = (self.id, self.is_up());
        let Some(leg) = self.leg_of(dialog) else { return };
        if !up || leg.referral.as_ref().is_some_and(Referral::is_open) {
            return core.refuse(server, request, 491);
        }
        let Some(wish) = Wish::read(&request.headers) else { return core.refuse(server, request, 400) };
        if !wish.is_call {
            return core.refuse(server, request, 403);
        }
        let event = Event::TransferAsked {
            call: id,
            target: wish.target,
            attended: wish.replaces.is_some(),
            referred_by: request.headers.referred_by().ok().flatten().map(|address| Party::of(&address)),
        };
        leg.referral = Some(Referral {
            state: Reporting::Asked { server, request: Box::new(request.clone()) },
            number: request.headers.cseq().map_or(0, |cseq| cseq.number),
            until: now + PATIENCE,
            notifying: false,
            next: None,
        });
        core.tell(event);
    }

    /// Does what the other party asked for: gives what to call. None if it asked for nothing.
    pub(super) fn accept_referral(&mut self, offer: Option<Body>, core: &mut Core) -> Option<Plan> {
        let hide = core.profile.hide;
        let leg = self.leg()?;
        let remote = leg.dialog.remote().to_owned();
        let referral = leg.referral.as_mut()?;
        let Reporting::Asked { server, request } = &referral.state else { return None };
        let headers = &request.headers;
        let wish = Wish::read(headers)?;
        let unsaid = headers.get(Name::ReferSub).is_some_and(|value| value.eq_ignore_ascii_case("false"));
        let mut response = Response::to(request, if unsaid { 200 } else { 202 }, "");
        if unsaid {
            response.headers.push(Name::ReferSub, "false");
        }
        response.headers.push(Name::Contact, core.contact_value());
        core.respond(*server, response);
        let mut extra = Vec::new();
        if let Some(replaces) = wish.replaces {
            extra.push((Name::Require, "replaces".to_owned()));
            extra.push((Name::Replaces, replaces));
        }
        let by = headers.get(Name::ReferredBy).map(str::to_owned);
        let by = by.or_else(|| Address::parse(&remote).map(|address| format!("<{}>", address.uri_text)));
        extra.extend(by.map(|by| (Name::ReferredBy, by)));
        let target = wish.target.uri;
        referral.state = if unsaid { Reporting::Closed } else { Reporting::Open };
        self.report(100, reason(100), core);
        Some(Plan { to: target.clone(), target, offer, hide, extra })
    }

    /// Does not do it. False if the other party asked for nothing.
    pub(super) fn refuse_referral(&mut self, status: u16, core: &mut Core) -> bool {
        let Some(referral) = self.leg().and_then(|leg| leg.referral.as_mut()) else { return false };
        let asked = matches!(referral.state, Reporting::Asked { .. });
        referral.refuse_if_unanswered(status, core);
        asked
    }

    /// Tells the other party how the call that it asked for goes.
    pub(super) fn report(&mut self, status: u16, reason: &str, core: &mut Core) {
        let id = self.id;
        let Some(leg) = self.leg() else { return };
        let Some(referral) = leg.referral.as_mut().filter(|referral| matches!(referral.state, Reporting::Open)) else {
            return;
        };
        // One at a time, so that they come in order.
        if referral.notifying {
            referral.next = Some((status, reason.to_owned()));
            return;
        }
        let mut request = core.request_within(&mut leg.dialog, Method::Notify);
        let headers = &mut request.headers;
        headers.push(Name::Event, format_args!("refer;id={}", referral.number));
        if status < 200 {
            headers.push(Name::SubscriptionState, format_args!("active;expires={}", PATIENCE.as_secs()));
        } else {
            headers.push(Name::SubscriptionState, "terminated;reason=noresource");
            referral.state = Reporting::Closed;
        }
        headers.push(Name::ContentType, "message/sipfrag;version=2.0");
        request.body = format!("SIP/2.0 {status} {reason}\r\n").into_bytes();
        referral.notifying = true;
        core.send_within(id, Purpose::Notify, &leg.dialog, request);
    }

    /// What came of our NOTIFY: who does not know the subscription any more gets no further ones.
    pub(super) fn notify_finished(&mut self, outcome: Outcome<'_>, core: &mut Core) {
        let Some(referral) = self.leg().and_then(|leg| leg.referral.as_mut()) else { return };
        referral.notifying = false;
        if outcome.status() >= 300 {
            referral.state = Reporting::Closed;
        } else if let Some((status, reason)) = referral.next.take() {
            self.report(status, &reason, core);
        }
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
                referral.state = Reporting::Closed;
            }
        }
    }
}

/// What a REFER wants.
struct Wish {
    target: Party,
    /// The value of Replaces for the new call.
    replaces: Option<String>,
    /// Whether it wants a call; REFER may ask for any request.
    is_call: bool,
}

impl Wish {
    /// None if Refer-To is missing or malformed, or Replaces in it is.
    fn read(headers: &Headers) -> Option<Self> {
        let address = headers.refer_to().ok()??;
        let mut target = Party::of(&address);
        target.uri.truncate(target.uri.find('?').unwrap_or(target.uri.len()));
        let (is_call, fields) = match address.uri {
            Uri::Sip(uri) => {
                (uri.params.get("method").is_none_or(|method| method.eq_ignore_ascii_case("INVITE")), uri.headers)
            }
            Uri::Tel(_) => (true, None),
            Uri::Other { .. } => return None,
        };
        let replaces = fields.and_then(|fields| {
            fields.split('&').find_map(|field| {
                let (name, value) = field.split_once('=')?;
                name.eq_ignore_ascii_case("Replaces").then(|| unescape(value).map(|value| value.into_owned()))
            })
        });
        let replaces = match replaces {
            Some(replaces) => Some(replaces.filter(|value| DialogName::parse(value).is_some())?),
            None => None,
        };
        Some(Wish { target, replaces, is_call })
    }
}

/// The status code in the first line of a `message/sipfrag`.
fn fragment_status(body: &[u8]) -> Option<u16> {
    let line = body.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    let code = std::str::from_utf8(line).ok()?.strip_prefix("SIP/2.0 ")?.split(' ').next()?;
    code.parse().ok().filter(|code| (100..700).contains(code))
}

/// A text as a header field's value within a URI.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(refer_to: &str) -> Option<(String, Option<String>, bool)> {
        let mut headers = Headers::default();
        headers.push(Name::ReferTo, refer_to);
        Wish::read(&headers).map(|wish| (wish.target.uri, wish.replaces, wish.is_call))
    }

    #[test]
    fn what_a_refer_wants() {
        assert_eq!(wish("<sip:c@x>"), Some(("sip:c@x".into(), None, true)));
        assert_eq!(wish("tel:+81"), Some(("tel:+81".into(), None, true)));
        assert_eq!(
            wish("<sip:c@x?Replaces=1%402%3Bto-tag%3Da%3Bfrom-tag%3Db>"),
            Some(("sip:c@x".into(), Some("1@2;to-tag=a;from-tag=b".into()), true))
        );
        assert_eq!(wish("<sip:c@x;method=BYE>"), Some(("sip:c@x;method=BYE".into(), None, false)));
        assert_eq!(wish("<sip:c@x?Replaces=nonsense>"), None);
        assert_eq!(wish("<http://x>"), None);
    }

    #[test]
    fn a_dialog_survives_its_way_through_a_uri() {
        let replaces = "a/b+c@192.0.2.1:5060;to-tag=x;from-tag=y%z";
        let uri = format!("<sip:c@x?Replaces={}>", escape(replaces));
        assert_eq!(wish(&uri).unwrap().1.as_deref(), Some(replaces));
    }

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
