//! Answers to servers that ask for a login: Basic (RFC 7617) and Digest (RFC 7616, and RFC 2069 for old servers).

use std::iter::Peekable;
use std::str::CharIndices;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha2::{Digest as _, Sha256, Sha512_256};

use crate::location::Credentials;

/// A demand for a login that the unit can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Digest(Digest),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digest {
    realm: String,
    nonce: String,
    opaque: Option<String>,
    algorithm: Algorithm,
    /// The algorithm as the server named it; old ones name none.
    named: Option<String>,
    session: bool,
    /// Whether the answer counts its requests (`qop=auth`), as all but old servers want.
    counted: bool,
    stale: bool,
    hashed_user: bool,
}

/// Weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Md5,
    Sha256,
    Sha512_256,
}

/// The strongest of the demands that the unit can answer, from all WWW-Authenticate headers of a response.
pub(super) fn best<'a>(headers: impl Iterator<Item = &'a str>) -> Option<Challenge> {
    let demands = headers.flat_map(demands).filter_map(Demand::understood);
    demands.max_by_key(|challenge| match challenge {
        Challenge::Basic => None,
        Challenge::Digest(digest) => Some(digest.algorithm),
    })
}

impl Challenge {
    /// Whether only the nonce of the answer before was too old.
    pub(super) const fn is_stale(&self) -> bool {
        matches!(self, Self::Digest(digest) if digest.stale)
    }

    /// The Authorization header.
    ///
    /// # Errors
    /// The credentials cannot be written in this way, or there are no random numbers.
    pub(super) fn answer(&self, credentials: &Credentials, method: &str, target: &str) -> Result<String, String> {
        let Credentials { user, password } = credentials;
        match self {
            Self::Basic if user.contains(':') => {
                Err("it asks for a Basic login, where user names have no \":\"".into())
            }
            Self::Basic => Ok(format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))),
            Self::Digest(digest) => {
                let mut random = [0; 16];
                getrandom::fill(&mut random).map_err(|error| format!("the unit has no random numbers: {error}"))?;
                Ok(digest.answer(credentials, method, target, &hex(&random)))
            }
        }
    }
}

impl Digest {
    fn answer(&self, credentials: &Credentials, method: &str, target: &str, cnonce: &str) -> String {
        let hash = |text: String| self.algorithm.hash(&text);
        let Self { realm, nonce, .. } = self;
        let Credentials { user, password } = credentials;
        let mut secret = hash(format!("{user}:{realm}:{password}"));
        if self.session {
            secret = hash(format!("{secret}:{nonce}:{cnonce}"));
        }
        let request = hash(format!("{method}:{target}"));
        // Each challenge is answered once, so its nonce is used for the first time.
        let (response, counted) = match self.counted {
            true => (
                hash(format!("{secret}:{nonce}:00000001:{cnonce}:auth:{request}")),
                format!(", qop=auth, nc=00000001, cnonce=\"{cnonce}\""),
            ),
            false => (hash(format!("{secret}:{nonce}:{request}")), String::new()),
        };
        let user = if self.hashed_user { hash(format!("{user}:{realm}")) } else { quoted(user) };
        let mut answer = format!(
            "Digest username=\"{user}\", realm=\"{}\", nonce=\"{}\", uri=\"{}\", response=\"{response}\"{counted}",
            quoted(realm),
            quoted(nonce),
            quoted(target)
        );
        if !self.counted && self.session {
            answer += &format!(", cnonce=\"{cnonce}\"");
        }
        for (name, value) in [("algorithm", &self.named), ("opaque", &self.opaque)] {
            match value {
                Some(value) if name == "algorithm" => answer += &format!(", {name}={value}"),
                Some(value) => answer += &format!(", {name}=\"{}\"", quoted(value)),
                None => {}
            }
        }
        if self.hashed_user {
            answer += ", userhash=true";
        }
        answer
    }
}

impl Algorithm {
    const ALL: [(&'static str, Self); 3] =
        [("MD5", Self::Md5), ("SHA-256", Self::Sha256), ("SHA-512-256", Self::Sha512_256)];

    fn hash(self, text: &str) -> String {
        match self {
            Self::Md5 => hex(&Md5::digest(text)),
            Self::Sha256 => hex(&Sha256::digest(text)),
            Self::Sha512_256 => hex(&Sha512_256::digest(text)),
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A demand as it is written.
#[derive(Debug)]
struct Demand {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Demand {
    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn understood(self) -> Option<Challenge> {
        if self.scheme.eq_ignore_ascii_case("basic") {
            return Some(Challenge::Basic);
        }
        if !self.scheme.eq_ignore_ascii_case("digest") {
            return None;
        }
        let named = self.get("algorithm").map(str::to_owned);
        let name = named.as_deref().unwrap_or("MD5");
        let (base, session) = match name.len().checked_sub(5).and_then(|at| name.split_at_checked(at)) {
            Some((base, end)) if end.eq_ignore_ascii_case("-sess") => (base, true),
            _ => (name, false),
        };
        let algorithm = Algorithm::ALL.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(base))?.1;
        let counted = match self.get("qop") {
            None => false,
            Some(all) if all.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth")) => true,
            Some(_) => return None,
        };
        let is = |name: &str| self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
        Some(Challenge::Digest(Digest {
            realm: self.get("realm").unwrap_or_default().to_owned(),
            nonce: self.get("nonce")?.to_owned(),
            opaque: self.get("opaque").map(str::to_owned),
            algorithm,
            session,
            counted,
            stale: is("stale"),
            hashed_user: is("userhash"),
            named,
        }))
    }
}

/// The demands of one header. A name with `=` behind it is a parameter, one without is the scheme of the next demand.
fn demands(header: &str) -> Vec<Demand> {
    let mut demands: Vec<Demand> = Vec::new();
    let mut rest = header.char_indices().peekable();
    loop {
        while rest.next_if(|(_, c)| !is_token(*c)).is_some() {}
        let name = token(header, &mut rest);
        if name.is_empty() {
            return demands;
        }
        let spaces = rest.clone();
        while rest.next_if(|(_, c)| c.is_ascii_whitespace()).is_some() {}
        if rest.next_if(|(_, c)| *c == '=').is_none() {
            rest = spaces;
            demands.push(Demand { scheme: name.to_owned(), parameters: Vec::new() });
            continue;
        }
        while rest.next_if(|(_, c)| c.is_ascii_whitespace()).is_some() {}
        let value = match rest.next_if(|(_, c)| *c == '"') {
            Some(_) => quoted_text(&mut rest),
            None => token(header, &mut rest).to_owned(),
        };
        if let Some(demand) = demands.last_mut() {
            demand.parameters.push((name.to_owned(), value));
        }
    }
}

const fn is_token(c: char) -> bool {
    c.is_ascii_graphic()
        && !matches!(c, '(' | ')' | '<' | '>' | '@' | ',' | ';' | ':' | '\\' | '"' | '/' | '[' | ']' | '?' | '=')
}

fn token<'a>(header: &'a str, rest: &mut Peekable<CharIndices<'_>>) -> &'a str {
    let start = rest.peek().map_or(header.len(), |(at, _)| *at);
    while rest.next_if(|(_, c)| is_token(*c)).is_some() {}
    let end = rest.peek().map_or(header.len(), |(at, _)| *at);
    &header[start..end]
}

fn quoted_text(rest: &mut Peekable<CharIndices<'_>>) -> String {
    let mut text = String::new();
    while let Some((_, c)) = rest.next() {
        match c {
            '"' => break,
            '\\' => text.extend(rest.next().map(|(_, c)| c)),
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn credentials(user: &str, password: &str) -> Credentials {
        Credentials { user: user.to_owned(), password: password.to_owned() }
    }

    fn digest(header: &str) -> Digest {
        match best([header].into_iter()) {
            Some(Challenge::Digest(digest)) => digest,
            other => panic!("{other:?}"),
        }
    }

    /// RFC 7616 section 3.9.1.
    #[test]
    fn the_examples_of_the_standard() {
        let challenge = |algorithm: &str| {
            format!(
                "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
                 nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
                 opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            )
        };
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let answer = digest(&challenge(algorithm)).answer(
                &credentials("Mufasa", "Circle of Life"),
                "GET",
                "/dir/index.html",
                "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
            );
            assert_eq!(
                answer,
                format!(
                    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", \
                     nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", uri=\"/dir/index.html\", \
                     response=\"{response}\", qop=auth, nc=00000001, \
                     cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", algorithm={algorithm}, \
                     opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
                )
            );
        }
    }

    /// RFC 7616 section 3.9.2, whose user name is hashed, with the user name as it is printed there.
    #[test]
    fn hashed_user_names() {
        let header = "Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, \
             nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\", \
             opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8, userhash=true";
        let user = "J\u{e4}s\u{f8}n Doe";
        let answer = digest(header).answer(
            &credentials(user, "Secret, or not?"),
            "GET",
            "/doe.json",
            "NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm",
        );
        assert!(answer.contains("userhash=true") && !answer.contains(user), "{answer}");
        let user = Algorithm::Sha512_256.hash(&format!("{user}:api@example.org"));
        assert!(answer.contains(&format!("username=\"{user}\"")), "{answer}");
    }

    /// RFC 2069: neither qop nor algorithm. The example is that of its erratum 749.
    #[test]
    fn old_servers() {
        let header = "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", \
             opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
        let answer = digest(header).answer(&credentials("Mufasa", "CircleOfLife"), "GET", "/dir/index.html", "x");
        assert!(answer.contains("response=\"1949323746fe6a43ef61f9606e7febea\""), "{answer}");
        assert!(!answer.contains("qop") && !answer.contains("algorithm") && !answer.contains("cnonce"), "{answer}");
    }

    #[test]
    fn the_strongest_demand_is_answered() {
        let name = |headers: &[&str]| match best(headers.iter().copied()) {
            None => "none".to_owned(),
            Some(Challenge::Basic) => "Basic".to_owned(),
            Some(Challenge::Digest(digest)) => {
                format!("{:?}{}", digest.algorithm, if digest.session { " session" } else { "" })
            }
        };
        for (headers, expected) in [
            (&["Basic realm=\"x\""][..], "Basic"),
            (&["Basic realm=\"Digest nonce=1\""], "Basic"),
            (&["Basic realm=\"x\", Digest realm=\"y\", nonce=\"n\", qop=\"auth\""], "Md5"),
            (&["Digest nonce=\"n\"", "Digest nonce=\"n\", algorithm=SHA-256", "Basic realm=x"], "Sha256"),
            (&["digest NONCE = n , Algorithm = sha-256-SESS"], "Sha256 session"),
            (&["Digest nonce=\"n\", algorithm=SHA3, Basic realm=\"\""], "Basic"),
            (&["Digest nonce=\"n\", qop=\"auth-int\""], "none"),
            (&["Negotiate YII=="], "none"),
            (&["NTLM, Basic realm=x"], "Basic"),
            (&["", ",,,", "\"\\"], "none"),
        ] {
            assert_eq!(name(headers), expected, "{headers:?}");
        }
        assert!(best(["Digest nonce=n, stale=TRUE"].into_iter()).is_some_and(|c| c.is_stale()));
    }

    #[test]
    fn basic() {
        let answer = Challenge::Basic.answer(&credentials("Aladdin", "open sesame"), "GET", "/");
        assert_eq!(answer.as_deref(), Ok("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert!(Challenge::Basic.answer(&credentials("a:b", "c"), "GET", "/").is_err());
    }

    proptest! {
        #[test]
        fn any_header_is_read(header in "\\PC{0,80}|(Digest|Basic|nonce|realm|[ ,=\"\\\\])*") {
            if let Some(challenge) = best([header.as_str()].into_iter()) {
                prop_assert!(challenge.answer(&credentials("u", "p"), "GET", "/").is_ok());
            }
        }
    }
}
