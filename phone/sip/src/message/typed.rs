//! Header fields by what they mean: read from the text when asked for.

use std::time::Duration;

use super::address::Address;
use super::fault::Fault;
use super::headers::Headers;
use super::lex::{is_token, is_visible, number, trim};
use super::method::Method;
use super::name::{Known, Name};
use super::params::Params;
use super::via::Via;

/// CSeq: the number of a request within its dialog (RFC 3261, section 20.16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CSeq {
    /// Below 2^31.
    pub number: u32,
    /// The request's method.
    pub method: Method,
}

/// Contact of a request or response.
#[derive(Debug, Clone, Default)]
pub struct Contacts<'a> {
    /// `*`: all contacts are meant, as when a registration is cancelled (RFC 3261, section 10.2.2).
    pub all: bool,
    /// The addresses.
    pub addresses: Vec<Address<'a>>,
}

/// Event: what a subscription is about (RFC 6665, section 8.2.1).
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The package with its templates: `dialog`, `presence.winfo`. Case counts.
    pub package: &'a str,
    /// `id` and others.
    pub params: Params<'a>,
}

/// Subscription-State (RFC 6665, section 8.2.3).
#[derive(Debug, Clone, Copy)]
pub struct SubscriptionState<'a> {
    /// `active`, `pending`, `terminated`, or a later one.
    pub state: &'a str,
    /// `reason`, `expires`, `retry-after`.
    pub params: Params<'a>,
}

/// Content-Type and one value of Accept (RFC 3261, sections 20.1 and 20.15).
#[derive(Debug, Clone, Copy)]
pub struct MediaType<'a> {
    /// `application`; `*` in Accept.
    pub kind: &'a str,
    /// `sdp`; `*` in Accept.
    pub subtype: &'a str,
    /// `boundary` and others.
    pub params: Params<'a>,
}

/// The dialog that Replaces (RFC 3891), Join and Target-Dialog name.
#[derive(Debug, Clone, Copy)]
pub struct DialogName<'a> {
    /// Its Call-ID.
    pub call_id: &'a str,
    /// The tag of the one who reads this.
    pub to_tag: &'a str,
    /// The tag of the other party.
    pub from_tag: &'a str,
    /// Whether it may be replaced before it was answered only.
    pub early_only: bool,
}

/// Session-Expires (RFC 4028, section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionExpires<'a> {
    /// How long the session lives without a refresh.
    pub interval: Duration,
    /// `uac` or `uas`, if it is said.
    pub refresher: Option<&'a str>,
}

/// RAck: the response that a PRACK acknowledges (RFC 3262, section 7.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RAck {
    /// RSeq of the response.
    pub rseq: u32,
    /// CSeq of the response.
    pub cseq: CSeq,
}

impl Headers {
    /// All Via values, the latest hop first.
    pub fn vias(&self) -> impl Iterator<Item = Result<Via<'_>, Fault>> {
        self.values(Name::Via).map(|value| Via::parse(value).ok_or(Fault::Malformed(Known::Via)))
    }

    /// The topmost Via.
    ///
    /// # Errors
    /// It is missing or malformed; not in a message that was read.
    pub fn via(&self) -> Result<Via<'_>, Fault> {
        self.vias().next().unwrap_or(Err(Fault::Missing(Known::Via)))
    }

    /// Who sends the request.
    ///
    /// # Errors
    /// It is missing or malformed; not in a message that was read.
    pub fn from(&self) -> Result<Address<'_>, Fault> {
        self.one(Known::From, Address::parse)
    }

    /// Whom the request is meant for.
    ///
    /// # Errors
    /// It is missing or malformed; not in a message that was read.
    pub fn to(&self) -> Result<Address<'_>, Fault> {
        self.one(Known::To, Address::parse)
    }

    /// The name of the call. Case counts.
    ///
    /// # Errors
    /// It is missing; not in a message that was read.
    pub fn call_id(&self) -> Result<&str, Fault> {
        self.one(Known::CallId, Some)
    }

    /// Number and method of the request.
    ///
    /// # Errors
    /// It is missing or malformed; not in a message that was read.
    pub fn cseq(&self) -> Result<CSeq, Fault> {
        self.one(Known::CSeq, CSeq::parse)
    }

    /// How many hops the request may still take; those beyond 255 count as 255. None if absent or malformed.
    pub fn max_forwards(&self) -> Option<u8> {
        number(self.get(Name::MaxForwards)?).map(|n| u8::try_from(n).unwrap_or(u8::MAX))
    }

    /// Where the other party can be reached.
    ///
    /// # Errors
    /// A value is malformed, or `*` does not stand alone.
    pub fn contacts(&self) -> Result<Contacts<'_>, Fault> {
        let mut contacts = Contacts::default();
        for value in self.values(Name::Contact) {
            if value == "*" {
                contacts.all = true;
            } else {
                contacts.addresses.push(Address::parse(value).ok_or(Fault::Malformed(Known::Contact))?);
            }
        }
        let both = contacts.all && !contacts.addresses.is_empty();
        if both { Err(Fault::Malformed(Known::Contact)) } else { Ok(contacts) }
    }

    /// The first Contact that is an address.
    pub fn contact(&self) -> Option<Address<'_>> {
        self.values(Name::Contact).find_map(Address::parse)
    }

    /// Proxies that the request shall visit.
    pub fn routes(&self) -> impl Iterator<Item = Result<Address<'_>, Fault>> {
        self.addresses(Known::Route)
    }

    /// Proxies that want to see the further requests of a dialog.
    pub fn record_routes(&self) -> impl Iterator<Item = Result<Address<'_>, Fault>> {
        self.addresses(Known::RecordRoute)
    }

    /// The addresses in a list field: Route, Diversion (RFC 5806), P-Asserted-Identity (RFC 3325), History-Info (RFC 7044),
    /// Service-Route, Path, Alert-Info and their kin.
    pub fn addresses(&self, name: Known) -> impl Iterator<Item = Result<Address<'_>, Fault>> {
        self.values(Name::Known(name)).map(move |value| Address::parse(value).ok_or(Fault::Malformed(name)))
    }

    /// How long something lasts: Expires, Min-Expires, Retry-After with what stands behind the number left out. None if
    /// absent or malformed; times beyond 2^32-1 seconds count as that (RFC 3261, section 20.19).
    pub fn seconds(&self, name: Known) -> Option<Duration> {
        let value = self.get(Name::Known(name))?;
        seconds(&value[..value.find([' ', '\t', ';', '(', ',']).unwrap_or(value.len())])
    }

    /// What a subscription is about. The error says that the field is malformed.
    pub fn event(&self) -> Result<Option<Event<'_>>, Fault> {
        self.optional(Known::Event, |value| {
            let (package, params) = parametrised(value)?;
            is_token(package).then_some(Event { package, params })
        })
    }

    /// How a subscription stands. The error says that the field is malformed.
    pub fn subscription_state(&self) -> Result<Option<SubscriptionState<'_>>, Fault> {
        self.optional(Known::SubscriptionState, |value| {
            let (state, params) = parametrised(value)?;
            is_token(state).then_some(SubscriptionState { state, params })
        })
    }

    /// Whom the receiver shall call (RFC 3515). The error says that the field is malformed.
    pub fn refer_to(&self) -> Result<Option<Address<'_>>, Fault> {
        self.optional(Known::ReferTo, Address::parse)
    }

    /// Who asks to call (RFC 3892). The error says that the field is malformed.
    pub fn referred_by(&self) -> Result<Option<Address<'_>>, Fault> {
        self.optional(Known::ReferredBy, Address::parse)
    }

    /// The dialog that an INVITE takes the place of. The error says that the field is malformed.
    pub fn replaces(&self) -> Result<Option<DialogName<'_>>, Fault> {
        self.optional(Known::Replaces, DialogName::parse)
    }

    /// The type of the body; none without the field. The error says that the field is malformed.
    pub fn content_type(&self) -> Result<Option<MediaType<'_>>, Fault> {
        self.optional(Known::ContentType, MediaType::parse)
    }

    /// The session timer. The error says that the field is malformed.
    pub fn session_expires(&self) -> Result<Option<SessionExpires<'_>>, Fault> {
        self.optional(Known::SessionExpires, |value| {
            let (interval, params) = parametrised(value)?;
            Some(SessionExpires { interval: seconds(interval)?, refresher: params.get("refresher") })
        })
    }

    /// The shortest session timer that is accepted. The error says that the field is malformed.
    pub fn min_se(&self) -> Result<Option<Duration>, Fault> {
        self.optional(Known::MinSe, |value| seconds(parametrised(value)?.0))
    }

    /// The number of a reliable provisional response, 1 to 2^32-1. The error says that the field is malformed.
    pub fn rseq(&self) -> Result<Option<u32>, Fault> {
        self.optional(Known::RSeq, |value| u32::try_from(number(value)?).ok().filter(|n| *n > 0))
    }

    /// What a PRACK acknowledges. The error says that the field is malformed.
    pub fn rack(&self) -> Result<Option<RAck>, Fault> {
        self.optional(Known::RAck, |value| {
            let (rseq, cseq) = value.split_once([' ', '\t'])?;
            Some(RAck { rseq: u32::try_from(number(rseq)?).ok()?, cseq: CSeq::parse(trim(cseq))? })
        })
    }

    fn one<'a, T>(&'a self, name: Known, parse: impl FnOnce(&'a str) -> Option<T>) -> Result<T, Fault> {
        self.optional(name, parse)?.ok_or(Fault::Missing(name))
    }

    fn optional<'a, T>(&'a self, name: Known, parse: impl FnOnce(&'a str) -> Option<T>) -> Result<Option<T>, Fault> {
        let Some(value) = self.get(Name::Known(name)) else { return Ok(None) };
        parse(value).map(Some).ok_or(Fault::Malformed(name))
    }
}

impl CSeq {
    fn parse(value: &str) -> Option<Self> {
        let (sequence, method) = value.split_once([' ', '\t'])?;
        let number = u32::try_from(number(sequence)?).ok().filter(|n| *n < 1 << 31)?;
        Some(CSeq { number, method: Method::parse(trim(method))? })
    }
}

impl std::fmt::Display for CSeq {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.number, self.method)
    }
}

impl<'a> MediaType<'a> {
    /// Reads one value.
    pub fn parse(value: &'a str) -> Option<Self> {
        let (range, params) = parametrised(value)?;
        let (kind, subtype) = range.split_once('/')?;
        let (kind, subtype) = (trim(kind), trim(subtype));
        (is_token(kind) && is_token(subtype)).then_some(MediaType { kind, subtype, params })
    }

    /// Whether this value of Accept covers a type, or whether both are the same.
    pub fn covers(&self, kind: &str, subtype: &str) -> bool {
        self.kind == "*"
            || (self.kind.eq_ignore_ascii_case(kind)
                && (self.subtype == "*" || self.subtype.eq_ignore_ascii_case(subtype)))
    }
}

impl<'a> DialogName<'a> {
    /// Reads the value of Replaces: `call-id;to-tag=1;from-tag=2`. Also what Refer-To carries, once it is unescaped.
    pub fn parse(value: &'a str) -> Option<Self> {
        let (call_id, params) = parametrised(value)?;
        if call_id.is_empty() || !call_id.bytes().all(is_visible) {
            return None;
        }
        let early_only = params.has("early-only");
        Some(DialogName { call_id, to_tag: params.get("to-tag")?, from_tag: params.get("from-tag")?, early_only })
    }
}

/// What stands before the parameters, and they.
fn parametrised(value: &str) -> Option<(&str, Params<'_>)> {
    let (value, params) = value.split_at(value.find(';').unwrap_or(value.len()));
    Some((trim(value), Params::of_header(params)?))
}

fn seconds(text: &str) -> Option<Duration> {
    Some(Duration::from_secs(number(text)?.min(u32::MAX.into())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: Known, value: &str) -> Headers {
        let mut headers = Headers::default();
        headers.push(Name::Known(name), value);
        headers
    }

    #[test]
    fn times_of_subscriptions_and_sessions() {
        let state = headers(Known::SubscriptionState, "active;expires=3600");
        let state = state.subscription_state().unwrap().unwrap();
        assert_eq!((state.state, state.params.number("expires")), ("active", Some(3600)));

        let session = headers(Known::SessionExpires, "1800 ; refresher=uas");
        let session = session.session_expires().unwrap().unwrap();
        assert_eq!((session.interval.as_secs(), session.refresher), (1800, Some("uas")));

        assert_eq!(
            headers(Known::Expires, "99999999999999").seconds(Known::Expires),
            Some(Duration::from_secs(u32::MAX.into()))
        );
        assert_eq!(
            headers(Known::RetryAfter, "18 (in a meeting);duration=3600").seconds(Known::RetryAfter),
            Some(Duration::from_secs(18))
        );
        assert_eq!(headers(Known::Expires, "soon").seconds(Known::Expires), None);
        assert!(headers(Known::MinSe, "x").min_se().is_err());
    }

    #[test]
    fn names_of_dialogs() {
        let replaces = headers(Known::Replaces, "425928@phone.example.org;to-tag=7743;from-tag=6472;early-only");
        let dialog = replaces.replaces().unwrap().unwrap();
        assert_eq!((dialog.call_id, dialog.to_tag, dialog.from_tag), ("425928@phone.example.org", "7743", "6472"));
        assert!(dialog.early_only);
        assert!(headers(Known::Replaces, "425928;to-tag=1").replaces().is_err());
    }

    #[test]
    fn reliable_responses() {
        let rack = headers(Known::RAck, "776656 1 INVITE").rack().unwrap().unwrap();
        assert_eq!((rack.rseq, rack.cseq), (776_656, CSeq { number: 1, method: Method::Invite }));
        assert_eq!(headers(Known::RSeq, "0").rseq(), Err(Fault::Malformed(Known::RSeq)));
        assert_eq!(headers(Known::RSeq, "4294967295").rseq(), Ok(Some(u32::MAX)));
    }

    #[test]
    fn lists_of_addresses() {
        let diversion =
            headers(Known::Diversion, "\"Bob, Jr.\" <sip:bob@b>;reason=no-answer, <tel:+12025550>;counter=2");
        let all: Vec<_> = diversion.addresses(Known::Diversion).map(Result::unwrap).collect();
        assert_eq!(all[0].display_name().as_deref(), Some("Bob, Jr."));
        assert_eq!((all[0].params.get("reason"), all[1].params.number("counter")), (Some("no-answer"), Some(2)));
    }

    #[test]
    fn contacts_are_all_or_some() {
        assert!(headers(Known::Contact, "*").contacts().unwrap().all);
        assert!(headers(Known::Contact, "*, <sip:a@b>").contacts().is_err());
        assert_eq!(headers(Known::Contact, "<sip:a@b>, sip:c@d;q=0.5").contacts().unwrap().addresses.len(), 2);
    }

    #[test]
    fn media_types() {
        let value = headers(Known::ContentType, "multipart/mixed ; boundary=\"a;b\"");
        let media = value.content_type().unwrap().unwrap();
        assert_eq!(media.params.text("boundary").as_deref(), Some("a;b"));
        assert!(MediaType::parse("*/*;q=0.1").unwrap().covers("application", "sdp"));
        assert!(!MediaType::parse("text/*").unwrap().covers("application", "sdp"));
        assert!(MediaType::parse("sdp").is_none());
    }
}
