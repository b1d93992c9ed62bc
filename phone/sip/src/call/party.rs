//! Who the other party is: which header field to believe, and what it says.

use super::types::{Diverted, Party, Sender};
use crate::message::lex::unescape;
use crate::message::{Address, Headers, Known, Name, Uri};

/// Most addresses that are kept of a call's way.
const MOST_DIVERTED: usize = 16;

impl Party {
    pub(super) fn of(address: &Address<'_>) -> Self {
        Party {
            name: address.display_name().map(|name| name.into_owned()),
            user: address.uri.user().map(|user| user.into_owned()).unwrap_or_default(),
            uri: address.uri_text.to_owned(),
        }
    }

    /// Whether it stands for somebody who hides (RFC 3323, section 4.1.1.3).
    fn is_anonymous(&self) -> bool {
        let host = match Uri::parse(&self.uri) {
            Some(Uri::Sip(uri)) => uri.host.to_string(),
            _ => String::new(),
        };
        self.user.eq_ignore_ascii_case("anonymous") || host.eq_ignore_ascii_case("anonymous.invalid")
    }
}

/// Who sent a message, by those who know best: P-Asserted-Identity (RFC 3325), then Remote-Party-ID. None if neither is
/// there.
pub(super) fn asserted(headers: &Headers) -> Option<Party> {
    [Known::PAssertedIdentity, Known::RemotePartyId]
        .into_iter()
        .find_map(|name| headers.addresses(name).flatten().map(|address| Party::of(&address)).next())
}

/// Who sent a request. Only what a server of ours asserts counts (RFC 3325, section 8).
pub(super) fn caller(headers: &Headers, sender: Sender) -> Option<Party> {
    let asserted = asserted(headers).filter(|_| sender == Sender::Server);
    asserted.or_else(|| headers.from().ok().map(|from| Party::of(&from)))
}

/// Whether the sender wants to stay unknown: Privacy asks for it, Remote-Party-ID does, or From names nobody.
pub(super) fn is_hidden(headers: &Headers) -> bool {
    let private = headers
        .all(Name::Privacy)
        .flat_map(|value| value.split([';', ',']))
        .any(|word| ["id", "user", "header"].iter().any(|hidden| word.trim().eq_ignore_ascii_case(hidden)));
    let remote = headers.addresses(Known::RemotePartyId).flatten().next();
    let private = private
        || remote.and_then(|address| address.params.get("privacy")).is_some_and(|value| {
            let value = value.trim_matches('"');
            !value.eq_ignore_ascii_case("off") && !value.is_empty()
        });
    private || headers.from().is_ok_and(|from| Party::of(&from).is_anonymous())
}

/// Which addresses have forwarded a call, the last one first.
///
/// Diversion says just that. History-Info lists every address on the way, also those that a registrar put in; one has
/// forwarded if it tells why (RFC 7044, section 10.1), or if the next one was reached for a cause (RFC 4458).
pub(super) fn diverted(headers: &Headers) -> Vec<Diverted> {
    let all: Vec<_> = headers
        .addresses(Known::Diversion)
        .flatten()
        .take(MOST_DIVERTED)
        .map(|address| Diverted { party: Party::of(&address), reason: address.params.text("reason").map(Into::into) })
        .collect();
    if !all.is_empty() {
        return all;
    }
    let history: Vec<_> = headers.addresses(Known::HistoryInfo).flatten().take(MOST_DIVERTED).collect();
    let forwarded = history.iter().enumerate().filter_map(|(at, address)| {
        let cause = told_cause(address).or_else(|| history.get(at + 1).and_then(reached_for))?;
        let mut party = Party::of(address);
        party.uri.truncate(party.uri.find('?').unwrap_or(party.uri.len()));
        Some(Diverted { party, reason: Some(reason(&cause).to_owned()) })
    });
    let mut forwarded: Vec<_> = forwarded.collect();
    forwarded.reverse();
    forwarded
}

/// The cause in the Reason that an entry of History-Info carries in its URI.
fn told_cause(address: &Address<'_>) -> Option<String> {
    let fields = address.uri.sip()?.headers?;
    fields.split('&').find_map(|field| {
        let (name, value) = field.split_once('=')?;
        let value = unescape(value)?;
        let cause = value.split(';').find_map(|param| param.trim().strip_prefix("cause="))?;
        name.eq_ignore_ascii_case("Reason").then(|| cause.trim().to_owned())
    })
}

/// The cause for which a URI was put in the place of another.
fn reached_for(next: &Address<'_>) -> Option<String> {
    next.uri.sip()?.params.get("cause").map(str::to_owned)
}

/// A cause (RFC 4458, section 2; RFC 3326) in the words of Diversion.
fn reason(cause: &str) -> &'static str {
    match cause {
        "302" => "unconditional",
        "486" | "600" => "user-busy",
        "408" => "no-answer",
        "480" | "487" => "deflection",
        "503" => "unavailable",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(fields: &[(Name<'_>, &str)]) -> Headers {
        let mut headers = Headers::default();
        fields.iter().for_each(|(name, value)| headers.push(*name, value));
        headers
    }

    #[test]
    fn the_best_source_names_the_caller() {
        let from = (Name::From, "\"Somebody\" <sip:2000@a>;tag=1");
        let rpid = (Name::RemotePartyId, "\"R\" <sip:2001@a>;party=calling;privacy=off");
        let pai = (Name::PAssertedIdentity, "\"P\" <sip:2002@a>, <tel:+812002>");
        let check = |fields: &[(Name<'_>, &str)], name: &str, user: &str| {
            let party = caller(&headers(fields), Sender::Server).unwrap();
            assert_eq!((party.name.as_deref(), party.user.as_str()), (Some(name), user));
            assert!(!is_hidden(&headers(fields)));
        };
        check(&[from], "Somebody", "2000");
        check(&[from, rpid], "R", "2001");
        check(&[from, rpid, pai], "P", "2002");
        assert_eq!(asserted(&headers(&[from])), None);
        let stranger = caller(&headers(&[from, rpid, pai]), Sender::Stranger).unwrap();
        assert_eq!(stranger.user, "2000");
    }

    #[test]
    fn who_hides() {
        let from = (Name::From, "<sip:2000@a>;tag=1");
        let check = |fields: &[(Name<'_>, &str)], hidden: bool| assert_eq!(is_hidden(&headers(fields)), hidden);
        check(&[from], false);
        check(&[(Name::From, "\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1")], true);
        check(&[(Name::From, "<sip:2000@anonymous.invalid>;tag=1")], true);
        check(&[(Name::From, "<sip:anonymous@a>;tag=1")], true);
        check(&[from, (Name::Privacy, "critical; id")], true);
        check(&[from, (Name::Privacy, "none")], false);
        check(&[from, (Name::RemotePartyId, "<sip:2000@a>;privacy=full")], true);
        check(&[from, (Name::RemotePartyId, "<sip:2000@a>;privacy=off")], false);
    }

    #[test]
    fn the_way_of_a_call() {
        let check = |fields: &[(Name<'_>, &str)], expected: &[(&str, Option<&str>)]| {
            let all = diverted(&headers(fields));
            let all: Vec<_> = all.iter().map(|d| (d.party.uri.as_str(), d.reason.as_deref())).collect();
            assert_eq!(all, expected);
        };
        let diversion = (Name::Diversion, "<sip:b@x>;reason=no-answer;counter=1, <tel:+81>;reason=\"user-busy\"");
        let history = (
            Name::HistoryInfo,
            "<sip:b@x?Reason=SIP%3Bcause%3D486>;index=1, <sip:c@x>;index=1.1;mp=1, <sip:d@x;cause=302>;index=1.2, \
             <sip:d@192.0.2.1>;index=1.2.1;rc=1.2",
        );
        check(&[], &[]);
        check(&[diversion, history], &[("sip:b@x", Some("no-answer")), ("tel:+81", Some("user-busy"))]);
        check(&[history], &[("sip:c@x", Some("unconditional")), ("sip:b@x", Some("user-busy"))]);
    }
}
