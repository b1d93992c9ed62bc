//! Addresses for people who need not know the passwords in them.

/// A URL may carry the password of the server behind it, which is nobody's business here.
pub(crate) fn without_credentials(source: &str) -> String {
    let shortened = source.split_once("://").and_then(|(scheme, rest)| {
        let authority = rest.split('/').next().unwrap_or(rest);
        let at = authority.rfind('@')?;
        Some(format!("{scheme}://***{}", &rest[at..]))
    });
    shortened.unwrap_or_else(|| source.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_tells_no_password() {
        for (source, shown) in [
            ("http://u:p@h/1.cfg, line 2", "http://***@h/1.cfg, line 2"),
            ("http://u:p@w@h", "http://***@h"),
            ("http://h/a@b", "http://h/a@b"),
            ("/var/standard.cfg, line 1", "/var/standard.cfg, line 1"),
        ] {
            assert_eq!(without_credentials(source), shown);
        }
    }
}
