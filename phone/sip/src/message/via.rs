//! Via: the way that a request took, which its answer takes back.

use std::net::IpAddr;

use super::lex::{is_token, trim};
use super::params::Params;
use super::uri::Host;

/// What every branch of RFC 3261 begins with (section 8.1.1.7).
pub const MAGIC_COOKIE: &str = "z9hG4bK";

/// One value of a Via header field (RFC 3261, section 20.42).
#[derive(Debug, Clone, Copy)]
pub struct Via<'a> {
    /// `UDP`, `TCP`, `TLS`, or one that this phone does not know.
    pub transport: &'a str,
    /// Where its sender says it is.
    pub host: Host<'a>,
    /// The port that its sender says, 5060 (TLS: 5061) if none.
    pub port: Option<u16>,
    /// `branch`, `received`, `rport` and others.
    pub params: Params<'a>,
}

impl<'a> Via<'a> {
    /// Reads one value; none if it is malformed or of another protocol than SIP/2.0.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(3, '/');
        let protocol = trim(parts.next()?);
        let version = trim(parts.next()?);
        let rest = trim(parts.next()?);
        let (transport, rest) = rest.split_at(rest.find([' ', '\t'])?);
        let (sent_by, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        let (host, port) = Host::with_port(trim(sent_by))?;
        let valid = protocol.eq_ignore_ascii_case("SIP") && version == "2.0" && is_token(transport);
        Some(Via { transport, host, port, params: Params::of_header(params)? }).filter(|_| valid)
    }

    /// The branch, if it has one.
    pub fn branch(&self) -> Option<&'a str> {
        self.params.get("branch").filter(|branch| !branch.is_empty())
    }

    /// Whether the branch names a transaction as RFC 3261 wants it; older implementations repeat their branches.
    pub fn has_unique_branch(&self) -> bool {
        self.branch().is_some_and(|branch| {
            branch.len() > MAGIC_COOKIE.len()
                && branch.as_bytes()[..MAGIC_COOKIE.len()].eq_ignore_ascii_case(MAGIC_COOKIE.as_bytes())
        })
    }

    /// The address that the request came from, where a server has noted it. Brackets may be missing (RFC 5118, 4.5).
    pub fn received(&self) -> Option<IpAddr> {
        Host::parse(self.params.get("received")?)?.address()
    }

    /// The port that the request came from, where a server has noted it (RFC 3581).
    pub fn rport(&self) -> Option<u16> {
        u16::try_from(self.params.number("rport")?).ok()
    }

    /// Whether the sender asks for its port to be noted.
    pub fn wants_rport(&self) -> bool {
        self.params.has("rport")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let via =
            Via::parse("SIP  /   2.0 /UDP    192.0.2.2:5070 ; branch = z9hG4bK1;rport;received=[2001:db8::1]").unwrap();
        assert_eq!((via.transport, via.port, via.branch()), ("UDP", Some(5070), Some("z9hG4bK1")));
        assert_eq!(via.host.address(), "192.0.2.2".parse().ok());
        assert_eq!(via.received(), "2001:db8::1".parse().ok());
        assert!(via.wants_rport() && via.rport().is_none() && via.has_unique_branch());

        let via = Via::parse("SIP/2.0/TLS [2001:db8::9:1]:5061;received=2001:db8::2;rport=7").unwrap();
        assert_eq!((via.received(), via.rport()), ("2001:db8::2".parse().ok(), Some(7)));
        assert!(!via.has_unique_branch());
        assert!(Via::parse("SIP/2.0/UDP h : 5060").is_some());
    }

    #[test]
    fn malformed() {
        for text in [
            "",
            "SIP/2.0/UDP",
            "SIP/2.0/UDP ",
            "SIP/2.0 h",
            "SIP/7.0/UDP h",
            "HTTP/2.0/UDP h",
            "SIP/2.0/UDP h;;,;,,",
            "SIP/2.0/UDP h:x",
            "SIP/2.0/UDP 2001:db8::1",
            "SIP/2.0/U(P h",
        ] {
            assert!(Via::parse(text).is_none(), "{text}");
        }
    }
}
