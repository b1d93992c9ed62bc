//! The hashes of digest authentication (RFC 7616, section 3.4).

use md5::Md5;
use sha2::{Digest, Sha256, Sha512_256};

use super::challenge::Challenge;
use crate::token::hex;

/// A hash, from the weakest to the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// What every server knows.
    Md5,
    /// RFC 8760.
    Sha256,
    /// RFC 8760.
    Sha512_256,
}

/// What is protected beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qop {
    /// Method and URI.
    Auth,
    /// The body too.
    AuthInt,
}

/// What a response is computed over, beside the challenge.
pub(crate) struct Input<'a> {
    pub(crate) user: &'a str,
    pub(crate) password: &'a str,
    pub(crate) method: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) body: &'a [u8],
    pub(crate) client_nonce: &'a str,
    /// How often the nonce was used, with this time.
    pub(crate) count: u32,
}

impl Algorithm {
    /// Reads the value of `algorithm`, with whether it is the `-sess` form. None if it is not known here.
    pub fn parse(text: &str) -> Option<(Self, bool)> {
        let (name, session) = match text.len().checked_sub(5).and_then(|at| text.split_at_checked(at)) {
            Some((name, end)) if end.eq_ignore_ascii_case("-sess") => (name, true),
            _ => (text, false),
        };
        let algorithm = [Algorithm::Md5, Algorithm::Sha256, Algorithm::Sha512_256]
            .into_iter()
            .find(|algorithm| algorithm.as_str().eq_ignore_ascii_case(name))?;
        Some((algorithm, session))
    }

    /// As in a header field.
    pub fn as_str(self) -> &'static str {
        match self {
            Algorithm::Md5 => "MD5",
            Algorithm::Sha256 => "SHA-256",
            Algorithm::Sha512_256 => "SHA-512-256",
        }
    }

    /// The hash of the parts with colons between them, in hexadecimal digits.
    pub(crate) fn hash(self, parts: &[&[u8]]) -> String {
        match self {
            Algorithm::Md5 => hash::<Md5>(parts),
            Algorithm::Sha256 => hash::<Sha256>(parts),
            Algorithm::Sha512_256 => hash::<Sha512_256>(parts),
        }
    }
}

impl Qop {
    /// As in a header field.
    pub fn as_str(self) -> &'static str {
        match self {
            Qop::Auth => "auth",
            Qop::AuthInt => "auth-int",
        }
    }
}

fn hash<D: Digest>(parts: &[&[u8]]) -> String {
    let mut digest = D::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            digest.update(b":");
        }
        digest.update(part);
    }
    hex(&digest.finalize())
}

/// The value of `response` (RFC 7616, section 3.4.1; without qop as in RFC 2069).
pub(crate) fn response(challenge: &Challenge, input: &Input<'_>) -> String {
    let algorithm = challenge.algorithm;
    let text = |parts: &[&str]| algorithm.hash(&parts.iter().map(|part| part.as_bytes()).collect::<Vec<_>>());
    let mut secret = text(&[input.user, &challenge.realm, input.password]);
    if challenge.session {
        secret = text(&[&secret, &challenge.nonce, input.client_nonce]);
    }
    let action = match challenge.qop {
        Some(Qop::AuthInt) => text(&[input.method, input.uri, &algorithm.hash(&[input.body])]),
        _ => text(&[input.method, input.uri]),
    };
    match challenge.qop {
        Some(qop) => text(&[
            &secret,
            &challenge.nonce,
            &format!("{:08x}", input.count),
            input.client_nonce,
            qop.as_str(),
            &action,
        ]),
        None => text(&[&secret, &challenge.nonce, &action]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Vector {
        challenge: Challenge,
        user: &'static str,
        password: &'static str,
        uri: &'static str,
        client_nonce: &'static str,
        response: &'static str,
    }

    fn check(vector: &Vector) {
        let input = Input {
            user: vector.user,
            password: vector.password,
            method: "GET",
            uri: vector.uri,
            body: b"",
            client_nonce: vector.client_nonce,
            count: 1,
        };
        assert_eq!(response(&vector.challenge, &input), vector.response, "{:?}", vector.challenge.algorithm);
    }

    fn challenge(algorithm: Algorithm, realm: &str, nonce: &str, qop: Option<Qop>) -> Challenge {
        Challenge { realm: realm.into(), nonce: nonce.into(), algorithm, qop, ..Challenge::default() }
    }

    /// RFC 7616, section 3.9.1.
    #[test]
    fn mufasa() {
        for (algorithm, response) in [
            (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
            (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
            check(&Vector {
                challenge: challenge(algorithm, "http-auth@example.org", nonce, Some(Qop::Auth)),
                user: "Mufasa",
                password: "Circle of Life",
                uri: "/dir/index.html",
                client_nonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
                response,
            });
        }
    }

    /// RFC 7616, section 3.9.2, with the values of its erratum 4897: those of the text are of a truncated SHA-512.
    #[test]
    fn jason() {
        let user = "J\u{e4}s\u{f8}n Doe";
        let nonce = "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK";
        check(&Vector {
            challenge: challenge(Algorithm::Sha512_256, "api@example.org", nonce, Some(Qop::Auth)),
            user,
            password: "Secret, or not?",
            uri: "/doe.json",
            client_nonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
            response: "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5",
        });
        assert_eq!(
            Algorithm::Sha512_256.hash(&[user.as_bytes(), b"api@example.org"]),
            "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b"
        );
    }

    /// RFC 2617, section 3.5, and the same without qop.
    #[test]
    fn older_ones() {
        for (qop, response) in
            [(Some(Qop::Auth), "6629fae49393a05397450978507c4ef1"), (None, "670fd8c2df070c60b045671b8b24ff02")]
        {
            check(&Vector {
                challenge: challenge(Algorithm::Md5, "testrealm@host.com", "dcd98b7102dd2f0e8b11d0f600bfb0c093", qop),
                user: "Mufasa",
                password: "Circle Of Life",
                uri: "/dir/index.html",
                client_nonce: "0a4f113b",
                response,
            });
        }
    }

    /// Session keys and protected bodies, computed apart with another implementation of the hashes.
    #[test]
    fn sessions_and_bodies() {
        for (algorithm, expected) in [
            (Algorithm::Md5, "9b618b1ed34c2e00c6e9156c4fe0476b"),
            (Algorithm::Sha256, "1371029ea22a8ed017d945154dc333fc50e3d2978d77283b938d98f870bf921d"),
            (Algorithm::Sha512_256, "de1cc437caa437fd99848d2621ce36e00110da5f6d8682c0dfe9c908bbd73d00"),
        ] {
            let challenge = Challenge { session: true, ..challenge(algorithm, "biloxi.com", "n1", Some(Qop::AuthInt)) };
            let input = Input {
                user: "bob",
                password: "zanzibar",
                method: "INVITE",
                uri: "sip:bob@biloxi.com",
                body: b"v=0\r\n",
                client_nonce: "c1",
                count: 2,
            };
            assert_eq!(response(&challenge, &input), expected, "{algorithm:?}");
        }
    }

    #[test]
    fn names_of_algorithms() {
        assert_eq!(Algorithm::parse("md5"), Some((Algorithm::Md5, false)));
        assert_eq!(Algorithm::parse("SHA-512-256-sess"), Some((Algorithm::Sha512_256, true)));
        assert_eq!(Algorithm::parse("SHA-256"), Some((Algorithm::Sha256, false)));
        for unknown in ["", "SHA-1", "AKAv1-MD5", "-sess", "ééééé"] {
            assert_eq!(Algorithm::parse(unknown), None, "{unknown}");
        }
    }
}
