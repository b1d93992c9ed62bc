//! The parameter list of an `Authorization` header (RFC 9110, section 11.4), read strictly.

use super::header::Malformed;

/// One `name=value`.
pub(super) struct Param {
    /// In lower case.
    pub(super) name: String,
    /// Without quotes and escapes. Bytes, since a quoted string may hold Latin-1 as well as UTF-8.
    pub(super) value: Vec<u8>,
}

/// Reads the whole list. A token and a quoted string are equal, since clients quote what RFC 7616 leaves bare and the
/// other way round; empty elements between commas are skipped, as recipients have to.
pub(super) fn read(text: &[u8]) -> Result<Vec<Param>, Malformed> {
    let mut rest = Cursor(text);
    let mut params: Vec<Param> = Vec::new();
    loop {
        rest.skip(|b| matches!(b, b' ' | b'\t' | b','));
        if rest.0.is_empty() {
            return Ok(params);
        }
        let name = rest.token()?.to_ascii_lowercase();
        rest.blanks();
        if !rest.eat(b'=') {
            return Err(Malformed::Syntax);
        }
        rest.blanks();
        let value = match rest.eat(b'"') {
            true => rest.quoted()?,
            false => rest.token()?.to_owned().into_bytes(),
        };
        if params.iter().any(|p| p.name == name) {
            return Err(Malformed::Twice);
        }
        params.push(Param { name, value });
        rest.blanks();
        if !rest.0.is_empty() && rest.0[0] != b',' {
            return Err(Malformed::Syntax);
        }
    }
}

struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn skip(&mut self, what: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|b| !what(*b)).unwrap_or(self.0.len());
        let (skipped, rest) = self.0.split_at(end);
        self.0 = rest;
        skipped
    }

    fn blanks(&mut self) {
        self.skip(|b| matches!(b, b' ' | b'\t'));
    }

    fn eat(&mut self, byte: u8) -> bool {
        let rest = self.0.strip_prefix(&[byte]);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn token(&mut self) -> Result<&'a str, Malformed> {
        match std::str::from_utf8(self.skip(is_token)) {
            Ok(token) if !token.is_empty() => Ok(token),
            _ => Err(Malformed::Syntax),
        }
    }

    /// After the opening quote.
    fn quoted(&mut self) -> Result<Vec<u8>, Malformed> {
        let mut value = Vec::new();
        loop {
            let (&byte, rest) = self.0.split_first().ok_or(Malformed::Syntax)?;
            self.0 = rest;
            value.push(match byte {
                b'"' => return Ok(value),
                b'\\' => {
                    let (&escaped, rest) = self.0.split_first().ok_or(Malformed::Syntax)?;
                    self.0 = rest;
                    escaped
                }
                byte => byte,
            });
            if value.last().is_some_and(|b| b.is_ascii_control() && *b != b'\t') {
                return Err(Malformed::Syntax);
            }
        }
    }
}

/// RFC 9110, section 5.6.2.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: Result<&[(&str, &str)], Malformed>) {
        let read = read(text.as_bytes());
        let read = read.map(|list| {
            list.into_iter().map(|p| (p.name, String::from_utf8(p.value).expect("UTF-8"))).collect::<Vec<_>>()
        });
        let want = want.map(|list| list.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect());
        assert_eq!(read, want, "{text}");
    }

    #[test]
    fn lists() {
        check("", Ok(&[]));
        check(" , ,\t", Ok(&[]));
        check("a=b", Ok(&[("a", "b")]));
        check("A=b, c = \"d\" ,e=\"\"", Ok(&[("a", "b"), ("c", "d"), ("e", "")]));
        check(",a=b,,c=d,", Ok(&[("a", "b"), ("c", "d")]));
        check(r#"a="b,c=\"d\" \\e\f""#, Ok(&[("a", r#"b,c="d" \ef"#)]));
        check("a=\"\tü\"", Ok(&[("a", "\tü")]));
        check("username*=UTF-8''J%C3%A4s", Ok(&[("username*", "UTF-8''J%C3%A4s")]));
    }

    #[test]
    fn faults() {
        for text in [
            "a",
            "a=",
            "=b",
            "a b",
            "a=b c=d",
            "a=b;c=d",
            "a=\"b",
            "a=\"b\\",
            "a=\"b\"c",
            "a=/b",
            "a=\"\0\"",
            "a=\"\\\n\"",
            "ä=b",
            "a==b",
            "a=b=",
            "\"a\"=b",
            "a=\u{7f}",
        ] {
            check(text, Err(Malformed::Syntax));
        }
        for text in ["a=b, a=b", "a=b,A=\"c\"", "x=1,nonce=a,y=2,NONCE=a"] {
            check(text, Err(Malformed::Twice));
        }
    }
}
