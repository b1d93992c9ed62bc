//! What an INVITE tells about itself besides its session.

use std::time::Duration;

use super::event::Invitation;
use super::party;
use super::types::{Body, CallId, Party, Sender};
use crate::message::{Address, Headers, Known, Request};

/// What the caller wants to tell or to know. None if the request lacks what every request has.
pub(super) fn read(
    request: &Request,
    call: CallId,
    offer: Option<Body>,
    replaces: Option<CallId>,
    sender: Sender,
) -> Option<Invitation> {
    let headers = &request.headers;
    Some(Invitation {
        call,
        caller: party::caller(headers, sender)?,
        anonymous: party::is_hidden(headers),
        called: Party::of(&headers.to().ok()?),
        target: request.uri.clone(),
        offer,
        replaces,
        referred_by: headers.referred_by().ok().flatten().map(|address| Party::of(&address)),
        diverted: party::diverted(headers),
        // Anybody else could listen into the room.
        auto_answer: auto_answer(headers).filter(|_| sender == Sender::Server),
        alert: alert(headers),
    })
}

/// After how long the server wants a call to be answered by itself: `answer-after` of Call-Info, or what servers write into
/// Alert-Info in its place.
fn auto_answer(headers: &Headers) -> Option<Duration> {
    let seconds = |address: &Address<'_>, name: &str| {
        address.params.number(name).map(|seconds| Duration::from_secs(seconds.into()))
    };
    let info = headers.addresses(Known::CallInfo).flatten().find_map(|address| seconds(&address, "answer-after"));
    info.or_else(|| {
        headers.addresses(Known::AlertInfo).flatten().find_map(|address| {
            let kind = address.params.text("info")?;
            let wanted = ["alert-autoanswer", "auto-answer"].iter().any(|name| kind.eq_ignore_ascii_case(name));
            wanted.then(|| seconds(&address, "delay").unwrap_or_default())
        })
    })
}

/// The ring tone that the server wishes.
fn alert(headers: &Headers) -> Option<String> {
    let address = headers.addresses(Known::AlertInfo).flatten().next()?;
    Some(address.params.text("info").map_or_else(|| address.uri_text.to_owned(), |name| name.into_owned()))
}
