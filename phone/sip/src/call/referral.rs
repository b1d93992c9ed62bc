//! Transfers that the other party asks for (RFC 3515, RFC 5589).

use std::time::Duration;

use super::core::{Core, Purpose};
use super::event::Event;
use super::outgoing::Plan;
use super::state::{Call, Outcome};
use super::transfer::PATIENCE;
use super::types::{Body, Party};
use crate::dialog::DialogId;
use crate::message::lex::unescape;
use crate::message::{Address, DialogName, Headers, Method, Name, Request, Response, Uri, reason};
use crate::transaction::ServerId;

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

    /// Nothing more is told.
    pub(super) fn close(&mut self) {
        self.state = Reporting::Closed;
    }
}

impl Call {
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
        // A stranger could have us call at our cost.
        if !wish.is_call || core.strangers.contains(&id) {
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
        if referral.notifying || leg.leaving {
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
        }
        self.report_next(core);
    }

    /// Tells what waited for an earlier NOTIFY, or for our BYE.
    pub(super) fn report_next(&mut self, core: &mut Core) {
        let next = self.leg().and_then(|leg| leg.referral.as_mut()).and_then(|referral| referral.next.take());
        if let Some((status, reason)) = next {
            self.report(status, &reason, core);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::escape_field;

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
        let uri = format!("<sip:c@x?Replaces={}>", escape_field(replaces));
        assert_eq!(wish(&uri).unwrap().1.as_deref(), Some(replaces));
    }
}
