//! What tells one transaction from another (RFC 3261, sections 17.1.3 and 17.2.3).

use std::fmt::Write;

use crate::message::{Headers, Method, Request, Via};

/// The key of a client transaction, the same from the request that was sent and from its responses: Via as this end wrote
/// it, so that what was meant for others is dropped (section 18.1.2), and the method.
pub(super) fn of_client(headers: &Headers) -> Option<String> {
    let via = headers.via().ok()?;
    Some(format!("{}\n{}\n{}", via.branch()?, sent_by(&via), headers.cseq().ok()?.method))
}

/// The key of the server transaction that a request belongs to; ACK and CANCEL may ask for the one of their INVITE by
/// giving `INVITE` as the method.
///
/// A branch of RFC 3261 names it, together with who made it. Without one, RFC 2543 goes by Request-URI, tags, Call-ID,
/// CSeq and Via; the tag in To is left out, as an ACK has one that its INVITE had not.
pub(super) fn of_server(request: &Request, method: &Method) -> Option<String> {
    let headers = &request.headers;
    let via = headers.via().ok()?;
    match via.branch() {
        Some(branch) if via.has_unique_branch() => Some(format!("{branch}\n{}\n{method}", sent_by(&via))),
        branch => {
            let from = headers.from().ok()?;
            let tag = from.tag().unwrap_or_default();
            let (call_id, number) = (headers.call_id().ok()?, headers.cseq().ok()?.number);
            let branch = branch.unwrap_or_default();
            let sender = sent_by(&via);
            Some(format!("{}\n{tag}\n{call_id}\n{number}\n{sender}\n{branch}\n{method}", request.uri))
        }
    }
}

/// What is the same in copies of one INVITE that was forked on its way and met here again (RFC 3261, section 8.2.2.2): it
/// shall ring once. None within dialogs, for senders of RFC 2543, and for other methods, as servers that ask for signs of
/// life repeat themselves.
pub(super) fn of_merged(request: &Request) -> Option<String> {
    let headers = &request.headers;
    let is_new = headers.to().ok()?.tag().is_none() && headers.via().ok()?.has_unique_branch();
    if request.method != Method::Invite || !is_new {
        return None;
    }
    let from = headers.from().ok()?;
    Some(format!("{}\n{}\n{}", from.tag()?, headers.call_id().ok()?, headers.cseq().ok()?))
}

fn sent_by(via: &Via<'_>) -> String {
    let mut out = via.host.to_string();
    out.make_ascii_lowercase();
    // Writing to a string cannot fail.
    let _ = write!(out, ":{}", via.port.unwrap_or(5060));
    out
}
