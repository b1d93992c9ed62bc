//! The cookie that tells the browser of the one login from all others.

use subtle::{Choice, ConstantTimeEq};

/// Its own name, since cookies do not know ports: another server at this address may set some too.
const NAME: &str = "offhook-session";

/// Seconds that browsers keep it: a whole day, the longest time that the port close timer has, so that closing the
/// browser does not lock its owner out. On its own it opens nothing.
const KEPT: u32 = 24 * 60 * 60;

/// The value of the `Set-Cookie` header.
pub(super) fn set(secret: &str) -> String {
    format!("{NAME}={secret}; Path=/; Max-Age={KEPT}; HttpOnly; SameSite=Strict")
}

/// The value of the `Set-Cookie` header that deletes the cookie.
pub(super) fn forget() -> String {
    format!("{NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict")
}

/// The cookies of our name, from the values of all `Cookie` headers.
pub(super) fn given<'a>(headers: &[&'a [u8]]) -> Vec<&'a [u8]> {
    let pairs = headers.iter().flat_map(|header| header.split(|b| *b == b';'));
    pairs.filter_map(|pair| pair.trim_ascii().strip_prefix(NAME.as_bytes())?.strip_prefix(b"=")).collect()
}

/// Whether one of them is `secret`.
pub(super) fn holds(given: &[&[u8]], secret: &str) -> bool {
    given.iter().fold(Choice::from(0), |found, cookie| found | secret.as_bytes().ct_eq(cookie)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (headers, want, found) in [
            (&[][..], 0, false),
            (&["other=secret"], 0, false),
            (&["offhook-session=secret"], 1, true),
            (&["a=b; offhook-session=secret; c=d"], 1, true),
            (&["a=b;offhook-session=secret"], 1, true),
            (&["a=b", "offhook-session=secret"], 1, true),
            (&["offhook-session=old; offhook-session=secret"], 2, true),
            (&["offhook-session=secre"], 1, false),
            (&["offhook-session="], 1, false),
            (&["offhook-session"], 0, false),
            (&["xoffhook-session=secret; offhook-sessions=secret; Offhook-Session=secret"], 0, false),
            (&[";;=; ;"], 0, false),
        ] {
            let bytes: Vec<&[u8]> = headers.iter().map(|h: &&str| h.as_bytes()).collect();
            let given = given(&bytes);
            assert_eq!((given.len(), holds(&given, "secret")), (want, found), "{headers:?}");
        }
    }
}
