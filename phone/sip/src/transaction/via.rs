//! Via on the way in and out: where a request came from, and where its response goes (RFC 3261, section 18; RFC 3581).

use std::net::SocketAddr;

use super::{Local, Peer, Transport};
use crate::message::lex::outside;
use crate::message::{Headers, MAGIC_COOKIE, Name, Via};

/// The Via that this end puts on a request.
pub(super) fn write(local: &Local, transport: Transport, branch: &str) -> String {
    let rport = if local.rport { ";rport" } else { "" };
    format!("SIP/2.0/{} {}:{};branch={branch}{rport}", transport.as_str(), local.host, local.port)
}

/// A branch from a token.
pub(super) fn branch(token: &str) -> String {
    format!("{MAGIC_COOKIE}{token}")
}

/// Notes in the topmost Via where the request came from: always when it asks for that, else if it says otherwise.
pub(super) fn note_source(headers: &mut Headers, source: SocketAddr) {
    let Some(field) = headers.get(Name::Via) else { return };
    let end = outside(field, b',').unwrap_or(field.len());
    let (first, rest) = field.split_at(end);
    let Some(via) = Via::parse(first) else { return };
    let ip = source.ip().to_canonical();
    if !via.wants_rport() && via.host.address() == Some(ip) && !via.params.has("received") {
        return;
    }
    let mut out = first[..outside(first, b';').unwrap_or(first.len())].trim_end().to_owned();
    for param in via.params.iter() {
        // Only who sees the packet may say where it came from.
        match param.value {
            _ if param.name.eq_ignore_ascii_case("received") => {}
            _ if param.name.eq_ignore_ascii_case("rport") => out += &format!(";rport={}", source.port()),
            Some(value) => out += &format!(";{}={value}", param.name),
            None => out += &format!(";{}", param.name),
        }
    }
    out += &format!(";received={ip}{rest}");
    headers.set_first(Name::Via, out);
}

/// Where the response to a request goes, once [`note_source`] has seen it, and where it goes if that connection is gone.
///
/// Over the same connection; with UDP to the address that the request came from, at the port that it came from if its
/// sender asks for that (RFC 3581), else at the port that its sender names. `maddr` is not followed: it would let anybody
/// send our answers to anybody.
pub(super) fn response_peer(headers: &Headers, source: Peer) -> (Peer, Option<Peer>) {
    let Ok(via) = headers.via() else { return (source, None) };
    let port = via.port.filter(|port| *port != 0).unwrap_or(source.transport.default_port());
    let named = Peer { address: SocketAddr::new(source.address.ip(), port), ..source };
    if source.transport.is_reliable() {
        (source, Some(named).filter(|named| *named != source))
    } else {
        (if via.wants_rport() { source } else { named }, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The Via of a request from 192.0.2.7:1234 after it was seen, and the port of the response.
    #[track_caller]
    fn check(via: &str, noted: &str, port: u16) {
        let source = Peer { transport: Transport::Udp, address: ([192, 0, 2, 7], 1234).into() };
        let mut headers = Headers::default();
        headers.push(Name::Via, via);
        headers.push(Name::Via, "SIP/2.0/UDP other");
        note_source(&mut headers, source.address);
        assert_eq!(headers.all(Name::Via).collect::<Vec<_>>(), [noted, "SIP/2.0/UDP other"]);
        assert_eq!(response_peer(&headers, source).0.address, ([192, 0, 2, 7], port).into());
    }

    #[test]
    fn sources_are_noted() {
        check("SIP/2.0/UDP 192.0.2.7;branch=a", "SIP/2.0/UDP 192.0.2.7;branch=a", 5060);
        check("SIP/2.0/UDP 192.0.2.7:5070;branch=a", "SIP/2.0/UDP 192.0.2.7:5070;branch=a", 5070);
        check("SIP/2.0/UDP 10.0.0.1;branch=a", "SIP/2.0/UDP 10.0.0.1;branch=a;received=192.0.2.7", 5060);
        check("SIP/2.0/UDP h:5070 ; branch=a;x", "SIP/2.0/UDP h:5070;branch=a;x;received=192.0.2.7", 5070);
        check(
            "SIP/2.0/UDP 192.0.2.7;rport;branch=a",
            "SIP/2.0/UDP 192.0.2.7;rport=1234;branch=a;received=192.0.2.7",
            1234,
        );
        check(
            "SIP/2.0/UDP h;received=203.0.113.1;rport=1, SIP/2.0/UDP i",
            "SIP/2.0/UDP h;rport=1234;received=192.0.2.7, SIP/2.0/UDP i",
            1234,
        );
    }
}
