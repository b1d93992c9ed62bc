//! The REGISTER requests, and what the registrar's answers grant.

use std::time::Duration;

use super::account::{Account, Contact};
use crate::message::{Headers, Known, Method, Name, Request, Response, Uri};

/// What a REGISTER is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Removes all contacts (RFC 3261, section 10.2.2).
    RemoveAll,
    /// Adds or renews the own contact.
    Register,
    /// Removes a contact that this line had.
    Remove(Contact),
}

/// What tells the registrations of one line from those of others: the same in all its requests (section 10.2).
#[derive(Debug, Clone)]
pub(super) struct Series {
    pub(super) call_id: String,
    pub(super) tag: String,
    pub(super) number: u32,
}

/// Writes a REGISTER without Via and credentials.
pub(super) fn write(
    account: &Account,
    contact: &Contact,
    purpose: &Purpose,
    expires: Duration,
    series: &Series,
) -> Request {
    let mut request = Request::new(Method::Register, account.registrar.as_str());
    let headers = &mut request.headers;
    headers.push(Name::MaxForwards, 70);
    headers.push(Name::From, format_args!("<{}>;tag={}", account.identity, series.tag));
    headers.push(Name::To, format_args!("<{}>", account.identity));
    headers.push(Name::CallId, &series.call_id);
    headers.push(Name::CSeq, format_args!("{} REGISTER", series.number));
    let (contact, seconds) = match purpose {
        Purpose::RemoveAll => (None, 0),
        Purpose::Register => (Some(contact), expires.as_secs()),
        Purpose::Remove(old) => (Some(old), 0),
    };
    match contact {
        Some(contact) => {
            headers.push(Name::Contact, format_args!("<{}>;expires={seconds}", account.contact_uri(contact)));
        }
        None => headers.push(Name::Contact, "*"),
    }
    // With `*` it has to be there.
    if account.expires_header || contact.is_none() {
        headers.push(Name::Expires, seconds);
    }
    if !account.allow.is_empty() {
        headers.push(Name::Allow, &account.allow);
    }
    if !account.allow_events.is_empty() {
        headers.push(Name::AllowEvents, &account.allow_events);
    }
    headers.push(Name::UserAgent, &account.user_agent);
    request
}

/// How long a contact is registered for, by a 2xx: its `expires`, else Expires, else what was asked for (section 10.2.4).
///
/// Registrars that rewrite contacts leave one that is not recognised; a single one is ours then. None if there are others
/// only: the registrar did not take ours.
pub(super) fn granted(response: &Response, uri: &str, asked: Duration) -> Option<Duration> {
    let headers = &response.headers;
    let otherwise = headers.seconds(Known::Expires).unwrap_or(asked);
    let contacts = headers.contacts().unwrap_or_default().addresses;
    let ours = Uri::parse(uri);
    let found = contacts
        .iter()
        .find(|address| ours.as_ref().is_some_and(|ours| same_place(ours, &address.uri)))
        .or(if contacts.len() == 1 { contacts.first() } else { None });
    match found {
        Some(address) => {
            Some(address.params.number("expires").map_or(otherwise, |seconds| Duration::from_secs(seconds.into())))
        }
        None if contacts.is_empty() => Some(otherwise),
        None => None,
    }
}

/// Whether two contacts are one. Registrars drop parameters and escapes, so less counts than in a comparison of URIs.
fn same_place(ours: &Uri<'_>, theirs: &Uri<'_>) -> bool {
    let (Some(a), Some(b)) = (ours.sip(), theirs.sip()) else { return false };
    ours.user() == theirs.user() && a.host == b.host && a.port.unwrap_or(5060) == b.port.unwrap_or(5060)
}

/// The address and port that the registrar saw, if they differ from those of a contact (RFC 3581, section 4).
pub(super) fn seen_elsewhere(headers: &Headers, contact: &Contact) -> Option<Contact> {
    let via = headers.via().ok()?;
    let address = via.received().or_else(|| via.rport().and(via.host.address()))?;
    let host = match address {
        std::net::IpAddr::V4(address) => address.to_string(),
        std::net::IpAddr::V6(address) => format!("[{address}]"),
    };
    let seen = Contact { host, port: via.rport().unwrap_or(contact.port) };
    (seen != *contact).then_some(seen)
}
