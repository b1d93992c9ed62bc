//! Digest arithmetic and challenges (RFC 7616, sections 3.3 and 3.4).

use md5::Md5;
use sha2::{Digest as _, Sha256};

use super::header::Digest;

/// The algorithms that are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Sha256,
    Md5,
}

impl Algorithm {
    /// Best first: clients take the first one they know.
    pub(super) const ALL: [Self; 2] = [Self::Sha256, Self::Md5];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Md5 => "MD5",
        }
    }

    pub(super) fn named(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.name().as_bytes().eq_ignore_ascii_case(name))
    }

    /// Hexadecimal digits of a hash.
    pub(super) fn digits(self) -> usize {
        match self {
            Self::Sha256 => 64,
            Self::Md5 => 32,
        }
    }

    /// The hash of the parts with colons between them, in lower-case hexadecimal digits.
    pub(super) fn hash(self, parts: &[&[u8]]) -> String {
        let joined = parts.join(&b':');
        match self {
            Self::Sha256 => hex(&Sha256::digest(joined)),
            Self::Md5 => hex(&Md5::digest(joined)),
        }
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The response that a client with the hash `ha1` of ID, realm and password gives to `claim`.
pub(super) fn response(ha1: &str, method: &str, claim: &Digest) -> String {
    let ha2 = claim.algorithm.hash(&[method.as_bytes(), &claim.uri]);
    claim.algorithm.hash(&[
        ha1.as_bytes(),
        &claim.nonce,
        claim.count_text.as_bytes(),
        &claim.cnonce,
        b"auth",
        ha2.as_bytes(),
    ])
}

/// The values of the `WWW-Authenticate` headers, one challenge in each, best first.
///
/// All carry the same nonce: some clients merge the headers into one list and answer with a mixture of them.
pub(super) fn challenges(realm: &str, nonce: &str, opaque: &str, stale: bool) -> Vec<String> {
    let stale = if stale { ", stale=true" } else { "" };
    let mut lines: Vec<String> = Algorithm::ALL
        .iter()
        .map(|a| {
            let name = a.name();
            format!(
                r#"Digest realm="{realm}", qop="auth", algorithm={name}, nonce="{nonce}", opaque="{opaque}"{stale}"#
            )
        })
        .collect();
    lines.push(format!(r#"Basic realm="{realm}", charset="UTF-8""#));
    lines
}

/// Whether `uri` of a header names the resource that the request asks for, both as path and query or as a whole URL
/// (RFC 7616, section 3.4.6).
pub(super) fn same_resource(uri: &[u8], target: &str) -> bool {
    let path = |text: &'_ [u8]| -> Vec<u8> {
        let Some(at) = text.windows(3).position(|w| w == b"://") else { return text.to_owned() };
        if !text[..at].eq_ignore_ascii_case(b"http") && !text[..at].eq_ignore_ascii_case(b"https") {
            return text.to_owned();
        }
        let rest = &text[at + 3..];
        match rest.iter().position(|b| matches!(b, b'/' | b'?')) {
            Some(slash) if rest[slash] == b'/' => rest[slash..].to_owned(),
            Some(query) => [b"/", &rest[query..]].concat(),
            None => b"/".to_vec(),
        }
    };
    path(uri) == path(target.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7616, section 3.9.1.
    #[test]
    fn vectors() {
        for (algorithm, want) in [
            (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
            (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let realm = "http-auth@example.org";
            let ha1 = algorithm.hash(&[b"Mufasa", realm.as_bytes(), b"Circle of Life"]);
            let claim = Digest {
                username: b"Mufasa".to_vec(),
                realm: realm.into(),
                nonce: b"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v".to_vec(),
                uri: b"/dir/index.html".to_vec(),
                algorithm,
                response: String::new(),
                opaque: None,
                count_text: "00000001".to_owned(),
                count: 1,
                cnonce: b"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ".to_vec(),
            };
            assert_eq!(response(&ha1, "GET", &claim), want);
        }
    }

    /// What curl 7.88 answered to a challenge with these values.
    #[test]
    fn answer_of_curl() {
        let header = br#"Digest username="ad\\min", realm="Offhook", nonce="AAAAAbcd_-12", uri="/", cnonce="YTc3YjMzYzQ3ODgwMGQxYzM5OTBlNWI2YjdjZGUyNmU=", nc=00000001, qop=auth, response="4fb6bd24548ef1f0b5672ec87de92038b3a376a20f5982f5f091d79bceebbf7b", opaque="5ccc069c", algorithm=SHA-256"#;
        let read = crate::auth::Authorization::parse(&[header]).expect("well-formed").expect("a header");
        let crate::auth::header::Claim::Digest(claim) = read.0 else { panic!("not Digest") };
        let ha1 = Algorithm::Sha256.hash(&[br"ad\min", b"Offhook", br#"a"dm"#]);
        assert_eq!(response(&ha1, "GET", &claim), claim.response);
    }

    #[test]
    fn challenge_lines() {
        assert_eq!(
            challenges("Offhook", "n", "o", false),
            [
                r#"Digest realm="Offhook", qop="auth", algorithm=SHA-256, nonce="n", opaque="o""#,
                r#"Digest realm="Offhook", qop="auth", algorithm=MD5, nonce="n", opaque="o""#,
                r#"Basic realm="Offhook", charset="UTF-8""#,
            ]
        );
        let stale = challenges("Offhook", "n", "o", true);
        assert_eq!(stale.iter().filter(|line| line.ends_with(", stale=true")).count(), 2);
    }

    #[test]
    fn resources() {
        for (uri, target, same) in [
            ("/", "/", true),
            ("/a?b=c", "/a?b=c", true),
            ("http://10.0.0.1:8080/a?b", "/a?b", true),
            ("/a?b", "http://phone/a?b", true),
            ("http://phone", "/", true),
            ("http://phone?b", "/?b", true),
            ("/a?b=c", "/a?b=d", false),
            ("/a", "/a?b", false),
            ("/A", "/a", false),
            ("/%61", "/a", false),
            ("", "/", false),
            ("ftp://phone/", "/", false),
            ("/x?http://phone/a", "/a", false),
        ] {
            assert_eq!(same_resource(uri.as_bytes(), target), same, "{uri} {target}");
        }
    }
}
