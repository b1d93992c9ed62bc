//! The `Authorization` header: what it claims, not yet whether that is true.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::digest::Algorithm;
use super::params::{self, Param};

/// Most bytes of an `Authorization` header. Browsers send some 400 and the address of the page.
pub const MAX_HEADER: usize = 4096;

/// Why an `Authorization` header is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// More than [`MAX_HEADER`] bytes.
    #[error("the Authorization header is too long")]
    TooLong,
    /// The request has more than one `Authorization` header.
    #[error("the request has several Authorization headers")]
    Several,
    /// Not a scheme with a list of parameters.
    #[error("the Authorization header is malformed")]
    Syntax,
    /// A parameter occurs twice.
    #[error("a parameter of the Authorization header occurs twice")]
    Twice,
    /// A parameter that Digest needs is missing.
    #[error("the Authorization header has no {0}")]
    Missing(&'static str),
    /// A parameter has a value that nobody asked for or that is none.
    #[error("the Authorization header has a wrong {0}")]
    Wrong(&'static str),
    /// The parameter `uri` names another resource than the request.
    #[error("the Authorization header is for another address")]
    Elsewhere,
}

/// An `Authorization` header. It prints without its content.
pub struct Authorization(pub(super) Claim);

pub(super) enum Claim {
    Digest(Box<Digest>),
    Basic(Basic),
    /// A scheme that is not offered: as good as no header.
    Other,
}

/// RFC 7616, section 3.4.
pub(super) struct Digest {
    pub(super) username: Vec<u8>,
    pub(super) realm: Vec<u8>,
    pub(super) nonce: Vec<u8>,
    pub(super) uri: Vec<u8>,
    pub(super) algorithm: Algorithm,
    /// Lower-case hexadecimal digits, as many as the algorithm gives.
    pub(super) response: String,
    pub(super) opaque: Option<Vec<u8>>,
    /// As sent: the response is computed over these digits.
    pub(super) count_text: String,
    /// At least 1.
    pub(super) count: u32,
    pub(super) cnonce: Vec<u8>,
}

/// RFC 7617. Bytes, since a browser may send what is not UTF-8; it matches no account then.
pub(super) struct Basic {
    pub(super) user: Vec<u8>,
    pub(super) password: Vec<u8>,
}

impl std::fmt::Debug for Authorization {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Claim::Digest(_) => "Authorization(Digest)",
            Claim::Basic(_) => "Authorization(Basic)",
            Claim::Other => "Authorization(other)",
        })
    }
}

impl Authorization {
    /// Reads the `Authorization` header of a request, given the values of all headers of that name.
    ///
    /// # Errors
    /// See [`Malformed`].
    pub fn parse(headers: &[&[u8]]) -> Result<Option<Self>, Malformed> {
        let header = match headers {
            [] => return Ok(None),
            [header] if header.len() > MAX_HEADER => return Err(Malformed::TooLong),
            [header] => header.trim_ascii(),
            _ => return Err(Malformed::Several),
        };
        let end = header.iter().position(|b| !params::is_token(*b)).unwrap_or(header.len());
        let (scheme, rest) = header.split_at(end);
        if scheme.is_empty() || !(rest.is_empty() || rest[0] == b' ') {
            return Err(Malformed::Syntax);
        }
        let claim = if scheme.eq_ignore_ascii_case(b"Digest") {
            Claim::Digest(Box::new(digest(params::read(rest)?)?))
        } else if scheme.eq_ignore_ascii_case(b"Basic") {
            Claim::Basic(basic(rest.trim_ascii())?)
        } else {
            Claim::Other
        };
        Ok(Some(Self(claim)))
    }
}

fn digest(params: Vec<Param>) -> Result<Digest, Malformed> {
    let mut given = Given(params);
    let algorithm = match given.take("algorithm") {
        Some(name) => Algorithm::named(&name).ok_or(Malformed::Wrong("algorithm"))?,
        // RFC 7616, section 3.3.
        None => Algorithm::Md5,
    };
    if given.take("userhash").is_some_and(|hashed| !hashed.eq_ignore_ascii_case(b"false")) {
        return Err(Malformed::Wrong("userhash"));
    }
    // Offered, so that clients have to use it: without it nothing counts requests, and any of them can be repeated.
    if given.need("qop")? != b"auth" {
        return Err(Malformed::Wrong("qop"));
    }
    let username = match (given.take("username"), given.take("username*")) {
        (Some(plain), None) => plain,
        (None, Some(extended)) => extended_value(&extended).ok_or(Malformed::Wrong("username*"))?,
        (Some(_), Some(_)) => return Err(Malformed::Twice),
        (None, None) => return Err(Malformed::Missing("username")),
    };
    let count_text = hex(given.need("nc")?, 8).ok_or(Malformed::Wrong("nc"))?;
    let count = u32::from_str_radix(&count_text, 16).ok().filter(|c| *c > 0).ok_or(Malformed::Wrong("nc"))?;
    let response = hex(given.need("response")?, algorithm.digits()).ok_or(Malformed::Wrong("response"))?;
    let cnonce = given.need("cnonce")?;
    if cnonce.is_empty() {
        return Err(Malformed::Wrong("cnonce"));
    }
    Ok(Digest {
        username,
        realm: given.need("realm")?,
        nonce: given.need("nonce")?,
        uri: given.need("uri")?,
        algorithm,
        response: response.to_ascii_lowercase(),
        opaque: given.take("opaque"),
        count_text,
        count,
        cnonce,
    })
}

struct Given(Vec<Param>);

impl Given {
    fn take(&mut self, name: &str) -> Option<Vec<u8>> {
        let at = self.0.iter().position(|p| p.name == name)?;
        Some(self.0.swap_remove(at).value)
    }

    fn need(&mut self, name: &'static str) -> Result<Vec<u8>, Malformed> {
        self.take(name).ok_or(Malformed::Missing(name))
    }
}

fn hex(text: Vec<u8>, digits: usize) -> Option<String> {
    let fits = text.len() == digits && text.iter().all(u8::is_ascii_hexdigit);
    String::from_utf8(text).ok().filter(|_| fits)
}

/// `UTF-8'language'percent-encoded` (RFC 8187, section 3.2.1); UTF-8 is the one charset that RFC 7616 allows here.
fn extended_value(text: &[u8]) -> Option<Vec<u8>> {
    let mut parts = text.splitn(3, |b| *b == b'\'');
    let (charset, language, value) = (parts.next()?, parts.next()?, parts.next()?);
    let tag = language.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-');
    if !charset.eq_ignore_ascii_case(b"UTF-8") || !tag {
        return None;
    }
    let digit = |b: Option<&u8>| char::from(*b?).to_digit(16);
    let mut decoded = Vec::with_capacity(value.len());
    let mut bytes = value.iter();
    while let Some(&byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => (digit(bytes.next())? << 4 | digit(bytes.next())?) as u8,
            b if b.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&b) => b,
            _ => return None,
        });
    }
    std::str::from_utf8(&decoded).is_ok().then_some(decoded)
}

/// The ID ends at the first colon; a password may hold more of them.
fn basic(text: &[u8]) -> Result<Basic, Malformed> {
    let pair = STANDARD.decode(text).map_err(|_| Malformed::Syntax)?;
    let colon = pair.iter().position(|b| *b == b':').ok_or(Malformed::Syntax)?;
    Ok(Basic { user: pair[..colon].to_owned(), password: pair[colon + 1..].to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHA: &str = "46076ab0abbd476339d6326a50ec8b61804e0fdf96097b164a7243ee1c10ce72";
    const MD5: &str = "0a04cfee1efa4c2b50a4c27ec415325d";

    fn read(header: &str) -> Result<Digest, Malformed> {
        match Authorization::parse(&[header.as_bytes()])?.expect("a header").0 {
            Claim::Digest(digest) => Ok(*digest),
            _ => panic!("{header}: not Digest"),
        }
    }

    fn text(bytes: Vec<u8>) -> String {
        String::from_utf8(bytes).expect("UTF-8")
    }

    fn check(header: &str, username: &str, algorithm: Algorithm, uri: &str, count: u32) {
        let read = read(header).unwrap_or_else(|e| panic!("{header}: {e}"));
        assert_eq!(read.username, username.as_bytes());
        assert_eq!((read.algorithm, read.count), (algorithm, count), "{header}");
        assert_eq!(read.uri, uri.as_bytes());
        assert_eq!(read.response.len(), algorithm.digits());
    }

    /// The order, quoting and escaping that clients really have.
    #[test]
    fn forms_of_clients() {
        let curl = format!(
            r#"Digest username="admin", realm="Offhook", nonce="AAAAAbcd_-12", uri="/system/a?x=1&y=%20", cnonce="N2QyYTA2Y2Y1Mjg4ZTE1MGM0YzZhZmEwODI1ZmQxZDM=", nc=00000001, qop=auth, response="{SHA}", opaque="5ccc069c", algorithm=SHA-256"#
        );
        check(&curl, "admin", Algorithm::Sha256, "/system/a?x=1&y=%20", 1);
        check(&curl.replace("admin", r"ad\\min"), r"ad\min", Algorithm::Sha256, "/system/a?x=1&y=%20", 1);
        let chromium = format!(
            r#"Digest username="admin", realm="Offhook", nonce="AAAAAbcd_-12", uri="/", algorithm=SHA-256, response="{SHA}", opaque="5ccc069c", qop=auth, nc=0000000a, cnonce="6b0d1c2e33a8a0fb""#
        );
        check(&chromium, "admin", Algorithm::Sha256, "/", 10);
        let requests = format!(
            r#"Digest username="admin", realm="Offhook", nonce="AAAAAbcd_-12", uri="/system/a?x=1", response="{MD5}", opaque="5ccc069c", algorithm="MD5", qop="auth", nc=00000001, cnonce="71ce2cce2450f7a1""#
        );
        check(&requests, "admin", Algorithm::Md5, "/system/a?x=1", 1);
        let bare = format!(
            r#"digest  Username="admin",Realm="Offhook",NONCE="n",uri="/",qop=auth,nc=FFFFFFFF,cnonce="c",response="{}",auth-param=x"#,
            MD5.to_uppercase()
        );
        check(&bare, "admin", Algorithm::Md5, "/", u32::MAX);
    }

    #[test]
    fn extended_user_names() {
        let header = |name: &str| {
            format!(
                "Digest {name}, realm=r, nonce=n, uri=\"/\", qop=auth, nc=00000001, cnonce=c, userhash=false, response={MD5}"
            )
        };
        for (given, name) in
            [("UTF-8''J%C3%A4s%C3%B8n%20Doe", "Jäsøn Doe"), ("utf-8'en-GB'admin", "admin"), ("UTF-8''", "")]
        {
            check(&header(&format!("username*={given}")), name, Algorithm::Md5, "/", 1);
        }
        for given in ["admin", "UTF-8'admin", "ISO-8859-1''a", "UTF-8''%C3", "UTF-8''%", "UTF-8''%4", "UTF-8''%zz"] {
            let read = read(&header(&format!("username*={given}")));
            assert_eq!(read.err(), Some(Malformed::Wrong("username*")), "{given}");
        }
        assert_eq!(read(&header("username=a, username*=UTF-8''a")).err(), Some(Malformed::Twice));
    }

    #[test]
    fn incomplete_or_wrong() {
        let good = [
            ("username", "a"),
            ("realm", "r"),
            ("nonce", "n"),
            ("uri", "\"/\""),
            ("qop", "auth"),
            ("nc", "00000001"),
            ("cnonce", "c"),
            ("response", MD5),
        ];
        let header = |leave: &str, add: &str| {
            let kept = good.iter().filter(|(name, _)| *name != leave).map(|(name, value)| format!("{name}={value}"));
            format!("Digest {}{add}", kept.collect::<Vec<_>>().join(", "))
        };
        assert!(read(&header("", "")).is_ok());
        for (name, _) in good {
            assert_eq!(read(&header(name, "")).err(), Some(Malformed::Missing(name)));
        }
        for (name, value) in [
            ("qop", "auth-int"),
            ("qop", "\"auth,auth-int\""),
            ("nc", "1"),
            ("nc", "00000000"),
            ("nc", "000000001"),
            ("nc", "0000000g"),
            ("nc", "+0000001"),
            ("cnonce", "\"\""),
            ("response", SHA),
            ("response", "\"\""),
            ("algorithm", "MD5-sess"),
            ("algorithm", "SHA-512-256"),
            ("algorithm", "\"\""),
            ("userhash", "true"),
        ] {
            assert_eq!(
                read(&header(name, &format!(", {name}={value}"))).err(),
                Some(Malformed::Wrong(name)),
                "{value}"
            );
        }
        assert_eq!(read(&header("", ", nc=00000002")).err(), Some(Malformed::Twice));
    }

    #[test]
    fn basic_pairs() {
        let read = |header: &str| match Authorization::parse(&[header.as_bytes()])?.expect("a header").0 {
            Claim::Basic(Basic { user, password }) => Ok((text(user), text(password))),
            _ => panic!("{header}: not Basic"),
        };
        let ok = |user: &str, password: &str| Ok((user.to_owned(), password.to_owned()));
        assert_eq!(read("Basic YWRtaW46YWRtaW5wYXNz"), ok("admin", "adminpass"));
        assert_eq!(read("basic   dXNlcjo="), ok("user", ""));
        assert_eq!(read("Basic YTpiOmM="), ok("a", "b:c"));
        // The vector of RFC 7617, section 2.1.
        assert_eq!(read("Basic dGVzdDoxMjPCow=="), ok("test", "123£"));
        for bad in ["Basic", "Basic YWRtaW4=", "Basic YWRtaW46", "Basic !", "Basic YTpiOmM", "Basic YTpi YTpi"] {
            let want = if bad == "Basic YWRtaW46" { ok("admin", "") } else { Err(Malformed::Syntax) };
            assert_eq!(read(bad), want, "{bad}");
        }
    }

    #[test]
    fn headers() {
        let parse = |headers: &[&str]| {
            let headers: Vec<&[u8]> = headers.iter().map(|h| h.as_bytes()).collect();
            Authorization::parse(&headers).map(|a| a.map(|a| format!("{a:?}")))
        };
        assert_eq!(parse(&[]), Ok(None));
        assert_eq!(parse(&["Bearer abc"]), Ok(Some("Authorization(other)".to_owned())));
        assert_eq!(parse(&["Basic YTpi"]), Ok(Some("Authorization(Basic)".to_owned())));
        assert_eq!(parse(&["Basic YTpi", "Basic YTpi"]), Err(Malformed::Several));
        for bad in ["", " ", "=", "Digest,a=b", "Digest\ta=b", "Basic\u{a0}YTpi"] {
            assert_eq!(parse(&[bad]), Err(Malformed::Syntax), "{bad:?}");
        }
        let long = |n: usize| format!("Bearer {}", "a".repeat(n - 7));
        assert_eq!(parse(&[&long(MAX_HEADER + 1)]), Err(Malformed::TooLong));
        assert!(parse(&[&long(MAX_HEADER)]).is_ok());
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            for scheme in [&b""[..], b"Digest ", b"Basic "] {
                let header = [scheme, &bytes].concat();
                let _ = Authorization::parse(&[&header]);
            }
        }

        #[test]
        fn lists_of_known_names_are_survived(
            list in "((username\\*?|realm|nonce|uri|qop|nc|cnonce|response|algorithm|opaque|x) ?= ?(\"([a-z\\\\ é,]|\\\\\")*\"?|auth|00000001|MD5|UTF-8''%[0-9a-z]{0,3})[ ,]{0,2}){0,12}",
        ) {
            let header = format!("Digest {list}");
            let _ = Authorization::parse(&[header.as_bytes()]);
        }

        #[test]
        fn quoting_is_undone(name in "[ -~é]{0,40}") {
            let quoted = name.replace('\\', "\\\\").replace('"', "\\\"");
            let header = format!("Digest username=\"{quoted}\", realm=r, nonce=n, uri=\"/\", qop=auth, nc=00000001, cnonce=c, response={MD5}");
            check(&header, &name, Algorithm::Md5, "/", 1);
        }
    }
}
