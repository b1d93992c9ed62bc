//! Reads a posted form (`application/x-www-form-urlencoded`), strictly: what is not UTF-8 is refused, not replaced.

/// Why a body is no form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Malformed {
    /// `%` without two hexadecimal digits.
    #[error("the form has a % that two hexadecimal digits do not follow")]
    Escape,
    /// Not UTF-8.
    #[error("the form is not UTF-8")]
    NotUtf8,
}

/// The names and values of a form, in order.
pub(crate) fn pairs(body: &[u8]) -> Result<Vec<(String, String)>, Malformed> {
    let parts = body.split(|b| *b == b'&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = match part.iter().position(|b| *b == b'=') {
                Some(at) => (&part[..at], &part[at + 1..]),
                None => (part, &[][..]),
            };
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &[u8]) -> Result<String, Malformed> {
    let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16)).ok_or(Malformed::Escape);
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter();
    while let Some(&b) = bytes.next() {
        out.push(match b {
            b'+' => b' ',
            b'%' => (digit(bytes.next())? << 4 | digit(bytes.next())?) as u8,
            b => b,
        });
    }
    String::from_utf8(out).map_err(|_| Malformed::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let read = |body: &str| pairs(body.as_bytes());
        let ok = |list: &[(&str, &str)]| Ok(list.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect());
        assert_eq!(read(""), ok(&[]));
        assert_eq!(read("A=1&B=&C&&=x"), ok(&[("A", "1"), ("B", ""), ("C", ""), ("", "x")]));
        assert_eq!(read("A=a+b%20c%3D%26=%e3%81%82"), ok(&[("A", "a b c=&=あ")]));
        assert_eq!(read("A=%"), Err(Malformed::Escape));
        assert_eq!(read("A=%2"), Err(Malformed::Escape));
        assert_eq!(read("A=%zz"), Err(Malformed::Escape));
        assert_eq!(read("A=%ff"), Err(Malformed::NotUtf8));
    }
}
