//! What every message has to fulfil before anybody acts on it (RFC 3261, section 8.1.1).

use super::fault::Fault;
use super::headers::Headers;
use super::lex::is_visible;
use super::name::{Known, Name};
use super::{Request, Response};

/// Fields that may stand in a message once only; others are lists, or nobody's concern.
const SINGLE: [Known; 21] = [
    Known::CallId,
    Known::ContentDisposition,
    Known::ContentLength,
    Known::ContentType,
    Known::CSeq,
    Known::Event,
    Known::Expires,
    Known::From,
    Known::MaxForwards,
    Known::MinExpires,
    Known::MinSe,
    Known::RAck,
    Known::ReferTo,
    Known::ReferredBy,
    Known::Replaces,
    Known::RSeq,
    Known::SessionExpires,
    Known::SubscriptionState,
    Known::Timestamp,
    Known::To,
    Known::UserAgent,
];

/// The first of the repeated fields that may not be.
pub(crate) fn repeated(fields: u128) -> Option<Fault> {
    if fields == 0 {
        return None;
    }
    SINGLE.into_iter().find(|known| fields & (1 << known.index()) != 0).map(Fault::Repeated)
}

/// What is wrong with a request. A missing Max-Forwards is forgiven, as RFC 2543 did not know it.
pub(crate) fn request(request: &Request) -> Option<Fault> {
    let headers = &request.headers;
    if let Err(fault) = common(headers) {
        return Some(fault);
    }
    match headers.cseq() {
        Ok(cseq) if cseq.method != request.method => return Some(Fault::MethodMismatch),
        Ok(_) => {}
        Err(fault) => return Some(fault),
    }
    if headers.has(Name::MaxForwards) && headers.max_forwards().is_none() {
        return Some(Fault::Malformed(Known::MaxForwards));
    }
    headers.contacts().err().or_else(|| headers.routes().find_map(Result::err))
}

/// What is wrong with a response. It is judged by less: it is dropped for a fault, and the call with it.
pub(crate) fn response(response: &Response) -> Option<Fault> {
    common(&response.headers).and_then(|()| response.headers.cseq().map(drop)).err()
}

fn common(headers: &Headers) -> Result<(), Fault> {
    if !headers.has(Name::Via) {
        return Err(Fault::Missing(Known::Via));
    }
    headers.vias().try_for_each(|via| via.map(drop))?;
    headers.from()?;
    headers.to()?;
    let call_id = headers.call_id()?;
    if call_id.is_empty() || !call_id.bytes().all(is_visible) {
        return Err(Fault::Malformed(Known::CallId));
    }
    Ok(())
}
