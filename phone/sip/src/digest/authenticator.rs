//! Keeps what servers asked for, and puts the answers into requests.

use std::fmt;

use super::challenge::{Challenge, Party, challenges, inner, schemes};
use super::hash::{Input, response};
use crate::message::{Headers, Method, Name, Request, Response, quote};
use crate::token::Tokens;

/// Challenges in a row, to one request, after which the phone gives up: a server that finds every nonce too old.
const MOST_IN_A_ROW: u8 = 5;

/// Requests whose challenges are counted at once: more than a phone has on their way.
const MOST_COUNTED: usize = 64;

/// Realms that are kept. A phone has one server and a proxy or two; more means that somebody plays with it.
const MOST_REALMS: usize = 8;

/// Name and password of a line.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Credentials {
    /// The user's name (`SIP_AUTHID`).
    pub user: String,
    /// The password (`SIP_PASS`). It is never shown.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.user)
    }
}

/// What to do about a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Send the request again, with a new CSeq number, through [`Authenticator::authorize`].
    Retry,
    /// The server knows our answer and does not like it: user name or password is wrong.
    Refused,
    /// None of the challenges can be answered here.
    Unsupported,
}

/// Answers challenges for one line.
#[derive(Debug, Clone)]
pub struct Authenticator {
    credentials: Credentials,
    realms: Vec<Realm>,
    /// Requests that were challenged and have no other response yet.
    counts: Vec<Count>,
}

/// How often a request was challenged in a row. It keeps its Call-ID and method from try to try.
#[derive(Debug, Clone)]
struct Count {
    call_id: String,
    method: Method,
    times: u8,
}

/// What one realm asked for last.
#[derive(Debug, Clone)]
struct Realm {
    party: Party,
    challenge: Challenge,
    client_nonce: String,
    /// How often the nonce was used.
    count: u32,
}

impl Authenticator {
    /// One that knows no server yet.
    pub fn new(credentials: Credentials) -> Self {
        Authenticator { credentials, realms: Vec::new(), counts: Vec::new() }
    }

    /// Puts the credentials for all realms known so far into a request, in place of those that are in it.
    ///
    /// Call it last, when method, URI and body are final: they are part of the hash. Not for CANCEL, which cannot be
    /// challenged, nor for ACK, which repeats the credentials of its INVITE (RFC 3261, section 22.1).
    pub fn authorize(&mut self, request: &mut Request) {
        request.headers.remove(Name::Authorization);
        request.headers.remove(Name::ProxyAuthorization);
        for realm in &mut self.realms {
            realm.count = realm.count.saturating_add(1);
            let value = realm.credentials(&self.credentials, request);
            request.headers.push(realm.party.credentials_field(), value);
        }
    }

    /// Takes the 401 or 407 that a request got.
    ///
    /// A nonce that was used before may have run out even if the server forgets to say `stale`; only an answer to a fresh
    /// one counts as refused.
    pub fn challenged(&mut self, request: &Request, response: &Response, tokens: &mut Tokens) -> Verdict {
        let times = self.count(request);
        let mut verdict = Verdict::Unsupported;
        for party in [Party::Server, Party::Proxy] {
            let mut seen: Vec<String> = Vec::new();
            for challenge in challenges(&response.headers, party) {
                // The first of a realm is the one that the server likes best.
                if seen.contains(&challenge.realm) {
                    continue;
                }
                seen.push(challenge.realm.clone());
                if times > MOST_IN_A_ROW || self.is_refused(&challenge, party, request) {
                    self.forget_count(&request.headers, &request.method);
                    self.forget(party, &challenge.realm);
                    return Verdict::Refused;
                }
                self.keep(party, challenge, tokens);
                verdict = Verdict::Retry;
            }
        }
        verdict
    }

    /// Takes any other response: the credentials were good, and the server may give the next nonce with it
    /// (RFC 7616, section 3.5).
    pub fn accepted(&mut self, response: &Response) {
        if let Ok(cseq) = response.headers.cseq() {
            self.forget_count(&response.headers, &cseq.method);
        }
        for (party, field) in [(Party::Server, Name::AuthenticationInfo), (Party::Proxy, Name::ProxyAuthenticationInfo)]
        {
            let Some(next) = response.headers.get(field).and_then(next_nonce) else { continue };
            // The field names no realm.
            let mut realms = self.realms.iter_mut().filter(|realm| realm.party == party);
            if let (Some(realm), None) = (realms.next(), realms.next()) {
                realm.challenge.nonce = next.to_owned();
                realm.count = 0;
            }
        }
    }

    /// Counts a challenge, and says how many it was to this request.
    fn count(&mut self, request: &Request) -> u8 {
        let times = self.forget_count(&request.headers, &request.method).saturating_add(1);
        if self.counts.len() >= MOST_COUNTED {
            self.counts.remove(0);
        }
        let call_id = call_id(&request.headers).to_owned();
        self.counts.push(Count { call_id, method: request.method.clone(), times });
        times
    }

    fn forget_count(&mut self, headers: &Headers, method: &Method) -> u8 {
        let call_id = call_id(headers);
        let known = self.counts.iter().position(|it| it.call_id == call_id && it.method == *method);
        known.map_or(0, |at| self.counts.remove(at).times)
    }

    fn is_refused(&self, challenge: &Challenge, party: Party, request: &Request) -> bool {
        let Some(realm) = self.realms.iter().find(|r| r.party == party && r.challenge.realm == challenge.realm) else {
            return false;
        };
        !challenge.stale && realm.count == 1 && sent_nonce(&request.headers, realm) == Some(&realm.challenge.nonce)
    }

    fn forget(&mut self, party: Party, name: &str) {
        self.realms.retain(|realm| realm.party != party || realm.challenge.realm != name);
    }

    fn keep(&mut self, party: Party, challenge: Challenge, tokens: &mut Tokens) {
        self.forget(party, &challenge.realm);
        if self.realms.len() >= MOST_REALMS {
            self.realms.remove(0);
        }
        self.realms.push(Realm { party, challenge, client_nonce: tokens.token(), count: 0 });
    }
}

impl Realm {
    /// The value of Authorization (RFC 7616, section 3.4).
    fn credentials(&self, credentials: &Credentials, request: &Request) -> String {
        let challenge = &self.challenge;
        let input = Input {
            user: &credentials.user,
            password: &credentials.password,
            method: request.method.as_str(),
            uri: &request.uri,
            body: &request.body,
            client_nonce: &self.client_nonce,
            count: self.count,
        };
        let user = if challenge.user_hash {
            challenge.algorithm.hash(&[credentials.user.as_bytes(), challenge.realm.as_bytes()])
        } else {
            credentials.user.clone()
        };
        let mut out = format!(
            "Digest username={}, realm=\"{}\", nonce=\"{}\", uri=\"{}\", response=\"{}\"",
            quote(&user),
            challenge.realm,
            challenge.nonce,
            request.uri,
            response(challenge, &input)
        );
        if challenge.algorithm_named {
            let session = if challenge.session { "-sess" } else { "" };
            out += &format!(", algorithm={}{session}", challenge.algorithm.as_str());
        }
        if challenge.qop.is_some() || challenge.session {
            out += &format!(", cnonce=\"{}\"", self.client_nonce);
        }
        if let Some(qop) = challenge.qop {
            out += &format!(", qop={}, nc={:08x}", qop.as_str(), self.count);
        }
        if let Some(opaque) = &challenge.opaque {
            out += &format!(", opaque=\"{opaque}\"");
        }
        if challenge.user_hash {
            out += ", userhash=true";
        }
        out
    }
}

fn call_id(headers: &Headers) -> &str {
    headers.get(Name::CallId).unwrap_or_default()
}

/// The nonce that a request answers for a realm.
fn sent_nonce<'a>(headers: &'a Headers, realm: &Realm) -> Option<&'a str> {
    headers.all(realm.party.credentials_field()).find_map(|field| {
        let (_, params) = schemes(field).into_iter().next()?;
        let get = |name: &str| params.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| inner(v));
        (get("realm") == Some(&realm.challenge.realm)).then(|| get("nonce"))?
    })
}

/// The value of `nextnonce`.
fn next_nonce(field: &str) -> Option<&str> {
    crate::message::lex::split(field, b',').find_map(|item| {
        let (name, value) = item.split_once('=')?;
        name.trim().eq_ignore_ascii_case("nextnonce").then(|| inner(value.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Method;

    /// A line at its server: what the server says, and what the line does then.
    struct Line {
        authenticator: Authenticator,
        tokens: Tokens,
        request: Request,
    }

    impl Line {
        fn new() -> Self {
            let credentials = Credentials { user: "bob".into(), password: "zanzibar".into() };
            Line {
                authenticator: Authenticator::new(credentials),
                tokens: Tokens::new([1; 32]),
                request: Request::new(Method::Register, "sip:example.com"),
            }
        }

        fn challenged(&mut self, fields: &[(Name<'_>, &str)]) -> Verdict {
            let mut response = Response::to(&self.request, 401, "t");
            fields.iter().for_each(|(name, value)| response.headers.push(*name, value));
            let verdict = self.authenticator.challenged(&self.request, &response, &mut self.tokens);
            if verdict == Verdict::Retry {
                self.authenticator.authorize(&mut self.request);
            }
            verdict
        }

        fn accepted(&mut self) {
            let response = Response::to(&self.request, 200, "t");
            self.authenticator.accepted(&response);
        }

        fn sent(&self, name: &str) -> Option<String> {
            let field = self.request.headers.get(Name::Authorization)?;
            let schemes = schemes(field);
            schemes[0].1.iter().find(|(n, _)| *n == name).map(|(_, value)| inner(value).to_owned())
        }
    }

    const FIRST: (Name<'_>, &str) = (Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"");
    const SECOND: (Name<'_>, &str) = (Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n2\", qop=\"auth\"");
    const STALE: (Name<'_>, &str) =
        (Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n3\", qop=\"auth\", stale=true");

    #[test]
    fn a_nonce_is_counted_until_it_is_replaced() {
        let mut line = Line::new();
        line.authenticator.authorize(&mut line.request);
        assert_eq!(line.sent("nonce"), None);
        assert_eq!(line.challenged(&[FIRST]), Verdict::Retry);
        for count in ["00000001", "00000002", "00000003"] {
            assert_eq!((line.sent("nonce").as_deref(), line.sent("nc").as_deref()), (Some("n1"), Some(count)));
            line.accepted();
            line.authenticator.authorize(&mut line.request);
        }
        // Used before, so it may be too old although the server does not say so.
        assert_eq!(line.challenged(&[SECOND]), Verdict::Retry);
        assert_eq!((line.sent("nonce").as_deref(), line.sent("nc").as_deref()), (Some("n2"), Some("00000001")));
        assert_eq!(line.request.headers.all(Name::Authorization).count(), 1);
    }

    #[test]
    fn a_wrong_password_is_told_from_an_old_nonce() {
        let mut line = Line::new();
        assert_eq!(line.challenged(&[FIRST]), Verdict::Retry);
        assert_eq!(line.challenged(&[STALE]), Verdict::Retry);
        assert_eq!(line.challenged(&[SECOND]), Verdict::Refused);
        // The next attempt starts anew.
        line.authenticator.authorize(&mut line.request);
        assert_eq!(line.sent("nonce"), None);
    }

    #[test]
    fn a_server_that_is_never_content_is_left() {
        let mut line = Line::new();
        let verdicts: Vec<_> = (0..6).map(|_| line.challenged(&[STALE])).collect();
        assert_eq!(verdicts[4..], [Verdict::Retry, Verdict::Refused]);
    }

    #[test]
    fn a_server_that_was_left_is_tried_again() {
        let mut line = Line::new();
        for _ in 0..10 {
            // A person has asked for it, or the wait is over.
            line.authenticator.authorize(&mut line.request);
            assert_eq!(line.challenged(&[FIRST]), Verdict::Retry);
            assert_eq!(line.challenged(&[SECOND]), Verdict::Refused);
        }
    }

    #[test]
    fn requests_are_challenged_side_by_side() {
        let mut line = Line::new();
        for number in 0..40 {
            line.request.headers.set(Name::CallId, format_args!("call-{number}"));
            line.request.headers.remove(Name::Authorization);
            let nonce = format!("Digest realm=\"r\", nonce=\"of-{number}\", qop=\"auth\"");
            assert_eq!(line.challenged(&[(Name::WwwAuthenticate, &nonce)]), Verdict::Retry, "{number}");
        }
    }

    #[test]
    fn server_and_proxy_challenge_together() {
        let mut line = Line::new();
        let proxy = (Name::ProxyAuthenticate, "Digest realm=\"p\", nonce=\"n9\"");
        assert_eq!(line.challenged(&[FIRST, proxy]), Verdict::Retry);
        assert!(line.request.headers.has(Name::Authorization) && line.request.headers.has(Name::ProxyAuthorization));
        let other = (Name::WwwAuthenticate, "Digest realm=\"q\", nonce=\"n5\"");
        assert_eq!(line.challenged(&[other]), Verdict::Retry);
        assert_eq!(line.request.headers.all(Name::Authorization).count(), 2);
    }

    #[test]
    fn the_first_challenge_of_a_realm_wins() {
        let mut line = Line::new();
        let strong = (Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n4\", qop=\"auth\", algorithm=SHA-256");
        let unknown = (Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n6\", algorithm=SHA3");
        assert_eq!(line.challenged(&[unknown]), Verdict::Unsupported);
        assert_eq!(line.challenged(&[unknown, strong, FIRST]), Verdict::Retry);
        assert_eq!(line.sent("algorithm").as_deref(), Some("SHA-256"));
        assert_eq!(line.sent("response").map(|r| r.len()), Some(64));
    }

    #[test]
    fn the_next_nonce_comes_with_the_answer() {
        let mut line = Line::new();
        line.challenged(&[FIRST]);
        let mut response = Response::to(&line.request, 200, "t");
        response.headers.push(Name::AuthenticationInfo, "qop=auth, nextnonce=\"n7\", nc=00000001");
        line.authenticator.accepted(&response);
        line.authenticator.authorize(&mut line.request);
        assert_eq!((line.sent("nonce").as_deref(), line.sent("nc").as_deref()), (Some("n7"), Some("00000001")));
    }

    /// A whole exchange, computed apart with `md5sum`: `bob:biloxi.com:zanzibar` and `REGISTER:sip:example.com`.
    #[test]
    fn servers_of_rfc_2069_get_no_client_nonce() {
        let mut line = Line::new();
        let old = (
            Name::WwwAuthenticate,
            "Digest realm=\"biloxi.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc\"",
        );
        line.challenged(&[old]);
        assert_eq!(
            line.request.headers.get(Name::Authorization),
            Some(
                "Digest username=\"bob\", realm=\"biloxi.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", \
                 uri=\"sip:example.com\", response=\"a8d6a9f0267411adc10ecb76de54b7ca\", opaque=\"5ccc\""
            )
        );
    }

    #[test]
    fn the_password_is_not_shown() {
        let line = Line::new();
        assert!(!format!("{:?}", line.authenticator).contains("zanzibar"));
    }
}
