//! Passwords within URLs: blotted out for people, and put back where the blot comes back.

use std::borrow::Cow;
use std::ops::Range;

/// What stands in place of a password.
pub const BLOT: &str = "***";

/// The blot stands for a password that is kept for another user or server, or for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{BLOT} stands for the password that was there, which goes to no other user and server; enter the password itself"
)]
pub struct Unknown;

/// Whether the URL carries a password, or a user alone, which may be a token.
pub fn has_password(url: &str) -> bool {
    !place(url).is_empty()
}

/// The URL with its password blotted out: `http://user:***@host/path`. A text that is no URL stays as it is.
pub fn blotted(url: &str) -> Cow<'_, str> {
    with(url, BLOT)
}

/// The URL without its password: `http://user:@host/path`.
pub fn without_password(url: &str) -> Cow<'_, str> {
    with(url, "")
}

/// The URL as it is meant by somebody who saw `kept` with its password blotted out: the blot stands for that password,
/// as long as it goes to the same user and server.
///
/// # Errors
/// There is no such password, or user or server differ: whoever may change a URL must not learn its password by sending
/// it to a server of their own.
pub fn restored<'a>(url: &'a str, kept: &str) -> Result<Cow<'a, str>, Unknown> {
    let (blot, password) = (place(url), place(kept));
    if &url[blot.clone()] != BLOT {
        return Ok(Cow::Borrowed(url));
    }
    let same =
        url[..blot.start] == kept[..password.start] && authority(&url[blot.end..]) == authority(&kept[password.end..]);
    match same && !password.is_empty() {
        true => Ok(with(url, &kept[password])),
        false => Err(Unknown),
    }
}

fn with<'a>(url: &'a str, password: &str) -> Cow<'a, str> {
    let place = place(url);
    match place.is_empty() {
        true => Cow::Borrowed(url),
        false => Cow::Owned(format!("{}{password}{}", &url[..place.start], &url[place.end..])),
    }
}

/// Where the password stands; nowhere is an empty range.
fn place(url: &str) -> Range<usize> {
    let Some(start) = url.find("://").map(|i| i + 3) else { return 0..0 };
    let Some(at) = authority(&url[start..]).rfind('@').map(|i| start + i) else { return 0..0 };
    let first = url[start..at].find(':').map_or(start, |i| start + i + 1);
    first..at
}

/// What stands before the path.
fn authority(rest: &str) -> &str {
    rest.split('/').next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_blotted_out() {
        for (url, shown) in [
            ("https://user:pw@host:8443/a@b:c.cfg", "https://user:***@host:8443/a@b:c.cfg"),
            ("https://user:p@w@host", "https://user:***@host"),
            ("https://token@host/x", "https://***@host/x"),
            ("b,http://u:p@h/wall.png", "b,http://u:***@h/wall.png"),
            ("http://u:p@h/1.cfg, line 2", "http://u:***@h/1.cfg, line 2"),
            ("http://u:@h/1.cfg", "http://u:@h/1.cfg"),
            ("http://@h/1.cfg", "http://@h/1.cfg"),
            ("http://h/a@b", "http://h/a@b"),
            ("/var/standard.cfg", "/var/standard.cfg"),
            ("", ""),
        ] {
            assert_eq!(blotted(url), shown);
            assert_eq!(blotted(shown), shown, "twice is once");
            assert_eq!(has_password(url), url != shown);
        }
        assert_eq!(without_password("http://u:p@h/1.cfg"), "http://u:@h/1.cfg");
    }

    #[test]
    fn a_blot_stands_for_what_was_there() {
        let kept = "http://u:pä@h.example:81/1.cfg";
        for (entered, meant) in [
            ("http://u:***@h.example:81/1.cfg", Ok("http://u:pä@h.example:81/1.cfg")),
            ("http://u:***@h.example:81/other/2.cfg", Ok("http://u:pä@h.example:81/other/2.cfg")),
            ("http://u:new@h.example:81/1.cfg", Ok("http://u:new@h.example:81/1.cfg")),
            ("http://h.example/1.cfg", Ok("http://h.example/1.cfg")),
            ("", Ok("")),
            ("http://u:***@evil.example/1.cfg", Err(Unknown)),
            ("http://u:***@h.example/1.cfg", Err(Unknown)),
            ("ftp://u:***@h.example:81/1.cfg", Err(Unknown)),
            ("http://v:***@h.example:81/1.cfg", Err(Unknown)),
            ("http://***@h.example:81/1.cfg", Err(Unknown)),
        ] {
            assert_eq!(restored(entered, kept).as_deref(), meant.as_ref().map(|meant| *meant), "{entered}");
        }
        assert_eq!(restored("http://***@h/2", "http://token@h/1").as_deref(), Ok("http://token@h/2"));
        for kept in ["", "http://h/1", "http://u:@h/1", "no url"] {
            assert_eq!(restored("http://u:***@h/1", kept), Err(Unknown), "{kept}");
        }
    }
}
