//! URIs: `sip:`, `sips:` (RFC 3261, section 19.1), `tel:` (RFC 3966), and others as text.

use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::lex::{is_uri_byte, same_unescaped, unescape, unescaped};
use super::params::Params;

/// A URI, borrowed from the message that it stands in.
#[derive(Debug, Clone, Copy)]
pub enum Uri<'a> {
    /// `sip:` or `sips:`.
    Sip(SipUri<'a>),
    /// `tel:`.
    Tel(TelUri<'a>),
    /// Any other scheme. Requests for it are answered with 416; in header fields it is kept.
    Other {
        /// What stands before the first colon.
        scheme: &'a str,
        /// The whole URI.
        text: &'a str,
    },
}

/// A `sip:` or `sips:` URI.
#[derive(Debug, Clone, Copy)]
pub struct SipUri<'a> {
    /// Whether the scheme is `sips`.
    pub secure: bool,
    /// The user part with its escapes, without the password.
    pub user: Option<&'a str>,
    /// The password, which nobody should use (RFC 3261, section 19.1.1).
    pub password: Option<&'a str>,
    /// The host.
    pub host: Host<'a>,
    /// The port, if one is written.
    pub port: Option<u16>,
    /// What follows behind `;`.
    pub params: Params<'a>,
    /// What follows behind `?`: header fields for the request that this URI leads to.
    pub headers: Option<&'a str>,
}

/// A `tel:` URI.
#[derive(Debug, Clone, Copy)]
pub struct TelUri<'a> {
    /// The number with its visual separators: `+1-201-555-0123`.
    pub number: &'a str,
    /// `phone-context` and others.
    pub params: Params<'a>,
}

/// Where a URI or a Via leads.
#[derive(Debug, Clone, Copy)]
pub enum Host<'a> {
    /// A name for DNS.
    Name(&'a str),
    /// An address; version 6 stands in brackets where a port may follow.
    Address(IpAddr),
}

impl<'a> Uri<'a> {
    /// Reads a URI; the whole text has to be one. None if it is none.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        let mut letters = scheme.bytes();
        let scheme_is_valid = letters.next().is_some_and(|b| b.is_ascii_alphabetic())
            && letters.all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        if !scheme_is_valid || rest.is_empty() || !rest.bytes().all(is_uri_byte) {
            return None;
        }
        if scheme.eq_ignore_ascii_case("sip") {
            SipUri::parse(rest, false).map(Uri::Sip)
        } else if scheme.eq_ignore_ascii_case("sips") {
            SipUri::parse(rest, true).map(Uri::Sip)
        } else if scheme.eq_ignore_ascii_case("tel") {
            TelUri::parse(rest).map(Uri::Tel)
        } else {
            Some(Uri::Other { scheme, text })
        }
    }

    /// The URI if it is `sip:` or `sips:`.
    pub fn sip(&self) -> Option<&SipUri<'a>> {
        match self {
            Uri::Sip(sip) => Some(sip),
            _ => None,
        }
    }

    /// The user part or the telephone number, escapes decoded. None without one, or if it is no UTF-8.
    pub fn user(&self) -> Option<Cow<'a, str>> {
        match self {
            Uri::Sip(sip) => unescape(sip.user?),
            Uri::Tel(tel) => Some(Cow::Borrowed(tel.number)),
            Uri::Other { .. } => None,
        }
    }

    /// Whether two URIs name the same resource (RFC 3261, section 19.1.4; RFC 3966, section 4).
    pub fn matches(&self, other: &Uri<'_>) -> bool {
        match (self, other) {
            (Uri::Sip(a), Uri::Sip(b)) => a.matches(b),
            (Uri::Tel(a), Uri::Tel(b)) => a.digits().eq(b.digits()),
            (Uri::Other { text: a, .. }, Uri::Other { text: b, .. }) => a == b,
            _ => false,
        }
    }
}

impl<'a> SipUri<'a> {
    /// Reads what follows the scheme. The user part may hold `;`, `?` and `/`, but no `@`.
    fn parse(text: &'a str, secure: bool) -> Option<Self> {
        let (user_info, rest) = match text.split_once('@') {
            Some((user, rest)) if !user.is_empty() && !user.starts_with(':') => (Some(user), rest),
            Some(_) => return None,
            None => (None, text),
        };
        let (user, password) = match user_info.and_then(|u| u.split_once(':')) {
            Some((user, password)) => (Some(user), Some(password)),
            None => (user_info, None),
        };
        let (rest, headers) = match rest.split_once('?') {
            Some((rest, headers)) => (rest, Some(headers)),
            None => (rest, None),
        };
        let (host, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        let (host, port) = Host::with_port(host)?;
        Some(SipUri { secure, user, password, host, port, params: Params::of_uri(params)?, headers })
    }

    /// Whether `lr` marks a loose router (RFC 3261, section 16.12).
    pub fn is_loose(&self) -> bool {
        self.params.has("lr")
    }

    fn matches(&self, other: &SipUri<'_>) -> bool {
        let same_text = |a: Option<&str>, b: Option<&str>| match (a, b) {
            (Some(a), Some(b)) => unescaped(a).eq(unescaped(b)),
            (None, None) => true,
            _ => false,
        };
        self.secure == other.secure
            && same_text(self.user, other.user)
            && same_text(self.password, other.password)
            && self.host == other.host
            && self.port == other.port
            && self.has_params_of(other)
            && other.has_params_of(self)
            && same_headers(self.headers, other.headers)
    }

    /// Parameters in one of the two only are ignored, but for those that change where a request goes.
    fn has_params_of(&self, other: &SipUri<'_>) -> bool {
        other.params.iter().all(|p| match self.params.get(p.name) {
            Some(value) => same_unescaped(value, p.value.unwrap_or("")),
            None => !["user", "ttl", "method", "maddr", "transport"].iter().any(|n| p.name.eq_ignore_ascii_case(n)),
        })
    }
}

/// Header fields of URIs are compared as a set.
fn same_headers(a: Option<&str>, b: Option<&str>) -> bool {
    let (a, b) = (a.unwrap_or_default(), b.unwrap_or_default());
    let has_all = |of: &str, other: &str| other.split('&').all(|h| of.split('&').any(|o| same_unescaped(o, h)));
    has_all(a, b) && has_all(b, a)
}

impl<'a> TelUri<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (number, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        let digits = number.strip_prefix('+').unwrap_or(number);
        let valid = digits.bytes().any(|b| b.is_ascii_hexdigit() || b"*#".contains(&b))
            && digits.bytes().all(|b| b.is_ascii_hexdigit() || b"*#-.()".contains(&b));
        Some(TelUri { number, params: Params::of_uri(params)? }).filter(|_| valid)
    }

    /// The number without visual separators.
    pub fn digits(&self) -> impl Iterator<Item = char> + use<'a> {
        self.number.chars().filter(|c| !"-.()".contains(*c))
    }
}

impl<'a> Host<'a> {
    /// Reads a host alone. An address of version 6 may stand with or without brackets.
    pub fn parse(text: &'a str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix('[') {
            return ipv6(inner.strip_suffix(']')?).map(|a| Host::Address(a.into()));
        }
        if let Ok(address) = text.parse::<Ipv4Addr>() {
            return Some(Host::Address(address.into()));
        }
        if text.contains(':') {
            return ipv6(text).map(|a| Host::Address(a.into()));
        }
        // The underscore is in no RFC, but in the names of many private networks.
        let valid = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
        valid.then_some(Host::Name(text))
    }

    /// Reads `host[:port]`, where an address of version 6 needs its brackets.
    pub(crate) fn with_port(text: &'a str) -> Option<(Self, Option<u16>)> {
        let host_end = if text.starts_with('[') { text.find(']')? + 1 } else { text.find(':').unwrap_or(text.len()) };
        let (host, port) = text.split_at(host_end);
        let port = match port.trim_start_matches([' ', '\t']).strip_prefix(':') {
            Some(port) => Some(u16::try_from(super::lex::number(super::lex::trim(port))?).ok()?),
            None if port.is_empty() => None,
            None => return None,
        };
        Some((Host::parse(super::lex::trim(host))?, port))
    }

    /// The address, if it is one.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Host::Address(address) => Some(*address),
            Host::Name(_) => None,
        }
    }
}

/// An address of version 6 without brackets. The grammar of RFC 3261 writes `2001:db8:::192.0.2.1` for what is
/// `2001:db8::192.0.2.1`; both are read (RFC 5118, section 4.10).
fn ipv6(text: &str) -> Option<Ipv6Addr> {
    text.parse().ok().or_else(|| text.contains(":::").then(|| text.replacen(":::", "::", 1).parse().ok()).flatten())
}

impl PartialEq for Host<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Host::Name(a), Host::Name(b)) => a.eq_ignore_ascii_case(b),
            (Host::Address(a), Host::Address(b)) => a == b,
            _ => false,
        }
    }
}

impl Eq for Host<'_> {}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::Address(IpAddr::V4(address)) => write!(f, "{address}"),
            Host::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

impl fmt::Display for SipUri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "sips:" } else { "sip:" })?;
        if let Some(user) = self.user {
            f.write_str(user)?;
            if let Some(password) = self.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        write!(f, "{}", self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        f.write_str(self.params.as_str())?;
        self.headers.map_or(Ok(()), |headers| write!(f, "?{headers}"))
    }
}

impl fmt::Display for Uri<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Uri::Sip(sip) => sip.fmt(f),
            Uri::Tel(tel) => write!(f, "tel:{}{}", tel.number, tel.params.as_str()),
            Uri::Other { text, .. } => f.write_str(text),
        }
    }
}

/// A text as the user part of a URI, with escapes where the grammar asks for them.
pub fn escape_user(text: &str) -> String {
    escape(text, b"&=+$,;?/")
}

/// A text as the value of a header field within a URI, likewise.
pub fn escape_field(text: &str) -> String {
    escape(text, b"")
}

/// Escapes all but letters, digits, marks (RFC 3261, section 25.1) and what else may stand there.
fn escape(text: &str, allowed: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) || allowed.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sip(text: &str) -> SipUri<'_> {
        *Uri::parse(text).unwrap_or_else(|| panic!("{text}")).sip().unwrap_or_else(|| panic!("{text}"))
    }

    #[test]
    fn parts() {
        let uri = sip("sip:alice:secret@example.com:5070;transport=tcp;lr?Subject=a&x=b");
        assert_eq!((uri.user, uri.password, uri.port), (Some("alice"), Some("secret"), Some(5070)));
        assert_eq!(uri.host, Host::Name("EXAMPLE.com"));
        assert_eq!(uri.params.get("transport"), Some("tcp"));
        assert!(uri.is_loose());
        assert_eq!(uri.headers, Some("Subject=a&x=b"));

        let uri = sip("SIPS:[2001:db8::9:1]:5061");
        assert!(uri.secure && uri.user.is_none());
        assert_eq!(uri.host.address(), "2001:db8::9:1".parse().ok());
        assert_eq!(uri.port, Some(5061));

        assert_eq!(sip("sip:user;par=u%40example.net@example.com").user, Some("user;par=u%40example.net"));
        assert_eq!(Uri::parse("sip:I%20have%20spaces@h").unwrap().user().as_deref(), Some("I have spaces"));
        assert_eq!(
            Uri::parse("tel:+1-201-555-0123;phone-context=x").unwrap().user().as_deref(),
            Some("+1-201-555-0123")
        );
        assert!(matches!(Uri::parse("isbn:2983792873"), Some(Uri::Other { scheme: "isbn", .. })));
    }

    #[test]
    fn what_is_no_uri() {
        for text in [
            "",
            "sip:",
            "sip",
            ":a",
            "1sip:a",
            "sip:@h",
            "sip::p@h",
            "sip:a@",
            "sip:a@h:port",
            "sip:a@h:70000",
            "sip:a@h:",
            "sip:2001:db8::10",
            "sip:a@[2001:db8::1",
            "sip:a@[::1]x",
            "sip:a@h;;lr",
            "sip:a b@h",
            "<sip:a@h>",
            "tel:",
            "tel:+",
            "tel:hello",
        ] {
            assert!(Uri::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn written_as_read() {
        for text in [
            "sip:alice:secret@example.com:5070;transport=tcp;lr?Subject=a",
            "sips:[2001:db8::1]",
            "tel:+1-201;phone-context=a",
            "http://example.com",
        ] {
            assert_eq!(Uri::parse(text).unwrap().to_string(), text);
        }
    }

    /// The examples of RFC 3261, section 19.1.4.
    #[test]
    fn comparison() {
        let check = |a: &str, b: &str, same: bool| {
            let (left, right) = (Uri::parse(a).unwrap(), Uri::parse(b).unwrap());
            assert_eq!(left.matches(&right), same, "{a} {b}");
            assert_eq!(right.matches(&left), same, "{b} {a}");
        };
        check("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true);
        check("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true);
        check("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on", true);
        check("sip:biloxi.com;transport=tcp;method=REGISTER", "sip:biloxi.com;method=REGISTER;transport=tcp", true);
        check("sip:alice@atlanta.com?subject=a&priority=b", "sip:alice@atlanta.com?priority=b&subject=a", true);
        check("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP", false);
        check("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false);
        check("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false);
        check("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next", false);
        check("sip:carol@chicago.com;security=off", "sip:carol@chicago.com;security=on", false);
        check("tel:+1-201-555", "tel:+1(201)555", true);
    }

    #[test]
    fn escaping_users() {
        assert_eq!(escape_user("*97#"), "*97%23");
        assert_eq!(escape_user("a b@c"), "a%20b%40c");
    }
}
