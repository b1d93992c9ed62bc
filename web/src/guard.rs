//! What every request has to pass and every answer has to carry.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Version};
use axum::middleware::Next;
use axum::response::Response;

use crate::door;
use crate::shared::Shared;

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

/// `same-origin` for the referrer, since without one browsers hide the origin of our own forms too.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Refuses what no page of ours sends, and sets the headers that keep pages from being framed, guessed at or stored.
pub(crate) async fn guard(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let mut answer = match refusal(&app.hosts, &request) {
        Some((status, why)) => door::refusal(request.uri(), status, why),
        None => next.run(request).await,
    };
    let headers = answer.headers_mut();
    // A page may be stricter; none is less strict.
    for (name, value) in HEADERS.into_iter().chain([(CACHE_CONTROL, HeaderValue::from_static("no-store"))]) {
        headers.entry(name).or_insert(value);
    }
    answer
}

/// Why the request is none of ours.
fn refusal(hosts: &[String], request: &Request) -> Option<(StatusCode, &'static str)> {
    let headers = request.headers();
    let authority = match (authority(request.uri().authority(), headers), request.version()) {
        (Ok(Some(authority)), _) => authority,
        // HTTP/1.0 has no such header, and browsers do not speak it.
        (Ok(None), Version::HTTP_10 | Version::HTTP_09) => return None,
        _ => return Some((StatusCode::BAD_REQUEST, "The request needs one Host header.")),
    };
    if !is_ours(&authority, hosts) {
        return Some((StatusCode::MISDIRECTED_REQUEST, "This server does not answer to that name."));
    }
    if !request.method().is_safe() && !from_our_page(&authority, headers) {
        return Some((StatusCode::FORBIDDEN, "The request did not come from a page of this unit."));
    }
    None
}

/// The host and port that the request is for; an address in its first line and the header have to agree.
fn authority(target: Option<&Authority>, headers: &HeaderMap) -> Result<Option<Authority>, ()> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (None, _) => None,
        (Some(host), None) => Some(Authority::try_from(host.as_bytes()).map_err(|_| ())?),
        (Some(_), Some(_)) => return Err(()),
    };
    match (target.cloned(), host) {
        (Some(target), Some(host)) if target != host => Err(()),
        (target, host) => Ok(target.or(host)),
    }
}

/// An address cannot be rebound; a name can, so only known ones count.
fn is_ours(authority: &Authority, hosts: &[String]) -> bool {
    let host = authority.host();
    let address = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
    let plain = !authority.as_str().contains('@');
    let known = host.eq_ignore_ascii_case("localhost") || hosts.iter().any(|h| h.eq_ignore_ascii_case(host));
    plain && (known || address.parse::<std::net::IpAddr>().is_ok())
}

/// Whether the browser says that a page of this origin asks; other programs say nothing, and have no user to betray.
fn from_our_page(authority: &Authority, headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").is_none_or(|s| s == "same-origin" || s == "none");
    let origin = headers.get(ORIGIN).is_none_or(|origin| {
        let origin = origin.to_str().ok().and_then(|o| o.split_once("://"));
        origin.is_some_and(|(_, host)| host.eq_ignore_ascii_case(authority.as_str()))
    });
    site && origin
}
