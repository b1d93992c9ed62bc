//! What a server asks for: WWW-Authenticate and Proxy-Authenticate.

use super::hash::{Algorithm, Qop};
use crate::message::lex::{is_token, split, trim};
use crate::message::{Headers, Name, unquote};

/// Who challenges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The server that the request is for: 401.
    Server,
    /// A proxy on the way: 407.
    Proxy,
}

/// A challenge that this phone can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// For whom the password is, as it stands between the quotes.
    pub realm: String,
    /// The server's nonce, as it stands between the quotes.
    pub nonce: String,
    /// To be sent back unchanged.
    pub opaque: Option<String>,
    /// The password was right, and only the nonce is too old.
    pub stale: bool,
    /// The hash.
    pub algorithm: Algorithm,
    /// Whether it is the `-sess` form of the algorithm.
    pub session: bool,
    /// Whether the server named the algorithm; old ones do not expect it back otherwise.
    pub algorithm_named: bool,
    /// What to protect; none for servers of RFC 2069.
    pub qop: Option<Qop>,
    /// The user's name shall be hashed (RFC 7616, section 3.4.4).
    pub user_hash: bool,
}

impl Default for Challenge {
    fn default() -> Self {
        Challenge {
            realm: String::new(),
            nonce: String::new(),
            opaque: None,
            stale: false,
            algorithm: Algorithm::Md5,
            session: false,
            algorithm_named: false,
            qop: None,
            user_hash: false,
        }
    }
}

impl Party {
    /// The field of its challenges.
    pub fn challenge_field(self) -> Name<'static> {
        match self {
            Party::Server => Name::WwwAuthenticate,
            Party::Proxy => Name::ProxyAuthenticate,
        }
    }

    /// The field of the answer.
    pub fn credentials_field(self) -> Name<'static> {
        match self {
            Party::Server => Name::Authorization,
            Party::Proxy => Name::ProxyAuthorization,
        }
    }
}

/// The challenges of one party that this phone can answer, in order: the server puts the one that it likes best first
/// (RFC 8760, section 2.4). Other schemes and algorithms are left out.
pub fn challenges(headers: &Headers, party: Party) -> Vec<Challenge> {
    let mut found = Vec::new();
    for field in headers.all(party.challenge_field()) {
        found.extend(schemes(field).into_iter().filter_map(|(scheme, params)| {
            if scheme.eq_ignore_ascii_case("Digest") { Challenge::of(&params) } else { None }
        }));
    }
    found
}

impl Challenge {
    fn of(params: &[(&str, &str)]) -> Option<Self> {
        let get = |name: &str| params.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
        let inner = |name: &str| get(name).map(inner);
        let algorithm = get("algorithm").map(unquote);
        let (known, session) = match &algorithm {
            Some(algorithm) => Algorithm::parse(algorithm)?,
            None => (Algorithm::Md5, false),
        };
        let qop = match get("qop").map(unquote) {
            Some(list) => {
                let offers = |qop: Qop| list.split(',').any(|q| trim(q).eq_ignore_ascii_case(qop.as_str()));
                Some([Qop::Auth, Qop::AuthInt].into_iter().find(|qop| offers(*qop))?)
            }
            None => None,
        };
        Some(Challenge {
            realm: inner("realm").unwrap_or_default().to_owned(),
            nonce: inner("nonce")?.to_owned(),
            opaque: inner("opaque").map(str::to_owned),
            stale: get("stale").is_some_and(|value| unquote(value).eq_ignore_ascii_case("true")),
            algorithm: known,
            session,
            algorithm_named: algorithm.is_some(),
            qop,
            user_hash: get("userhash").is_some_and(|value| unquote(value).eq_ignore_ascii_case("true")),
        })
    }
}

/// A scheme with its parameters, each name with its value as written.
type Scheme<'a> = (&'a str, Vec<(&'a str, &'a str)>);

/// The challenges in one field. SIP has one in each, but some servers list them with commas, as HTTP does.
pub(crate) fn schemes(field: &str) -> Vec<Scheme<'_>> {
    let mut schemes: Vec<Scheme<'_>> = Vec::new();
    for item in split(field, b',') {
        let (name, value) = item.split_once('=').map_or((item, ""), |(name, value)| (trim(name), trim(value)));
        // `Digest realm="a"` begins a challenge, `nonce="b"` goes on with it.
        let name = match name.split_once([' ', '\t']) {
            Some((scheme, name)) if is_token(scheme) => {
                schemes.push((scheme, Vec::new()));
                trim(name)
            }
            _ => name,
        };
        if let Some((_, params)) = schemes.last_mut()
            && is_token(name)
        {
            params.push((name, value));
        }
    }
    schemes
}

/// What stands between the quotes, untouched: it goes into hashes and back to the server as it came.
pub(crate) fn inner(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[&str]) -> Vec<Challenge> {
        let mut headers = Headers::default();
        fields.iter().for_each(|field| headers.push(Name::WwwAuthenticate, field));
        challenges(&headers, Party::Server)
    }

    #[test]
    fn one_in_each_field() {
        let found = read(&[
            "Digest realm=\"a, b\", nonce=\"n1\", algorithm=SHA-256, qop=\"auth-int, auth\", opaque=\"o\", stale=TRUE",
            "Digest realm=\"c\",nonce=\"n2\"",
            "Digest realm=\"d\", nonce=\"n3\", algorithm=\"MD5-sess\", qop=\"auth-int\", userhash=true",
        ]);
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].realm.as_str(), found[0].opaque.as_deref()), ("a, b", Some("o")));
        assert_eq!((found[0].algorithm, found[0].qop, found[0].stale), (Algorithm::Sha256, Some(Qop::Auth), true));
        assert_eq!((found[1].nonce.as_str(), found[1].qop, found[1].algorithm_named), ("n2", None, false));
        assert_eq!((found[2].session, found[2].qop, found[2].user_hash), (true, Some(Qop::AuthInt), true));
    }

    #[test]
    fn several_in_one_field() {
        let found =
            read(&["Digest realm=\"a\", nonce=\"1\", algorithm = SHA-512-256, Digest realm=\"a\", nonce=\"2\""]);
        let nonces: Vec<_> = found.iter().map(|c| (c.nonce.as_str(), c.algorithm)).collect();
        assert_eq!(nonces, [("1", Algorithm::Sha512_256), ("2", Algorithm::Md5)]);
    }

    #[test]
    fn what_cannot_be_answered() {
        for field in [
            "",
            "Digest",
            "Basic realm=\"a\"",
            "Digest realm=\"a\"",
            "Digest realm=\"a\", nonce=\"n\", algorithm=SHA-1",
            "Digest realm=\"a\", nonce=\"n\", qop=\"token\"",
            "NoOneKnowsThisScheme opaque-data=here",
            "\"Digest realm=",
        ] {
            assert_eq!(read(&[field]), [], "{field}");
        }
    }
}
