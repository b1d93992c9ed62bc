//! Parameters behind `;` of header fields and URIs.

use super::lex::{is_token, is_value_byte, quoted_end, same_unescaped, trim, unquote};

/// The parameters of one header field value or one URI: `;tag=88sja8x;lr`.
///
/// They are kept as text and read again when asked for: most are never asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Params<'a> {
    /// Empty, or begins with `;`.
    text: &'a str,
}

/// One parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Param<'a> {
    /// Its name as written; names do not depend on case.
    pub name: &'a str,
    /// Its value as written, in quotes if it has quotes; none without `=`.
    pub value: Option<&'a str>,
}

impl<'a> Params<'a> {
    /// Reads the parameters of a header field; nothing else may stand in the text (RFC 3261, `generic-param`).
    ///
    /// A value may be a token, a host, an address without brackets, or a quoted string.
    pub(crate) fn of_header(text: &'a str) -> Option<Self> {
        let params = Params { text: trim(text) };
        let valid = |p: Param<'_>| {
            is_token(p.name)
                && p.value.is_none_or(|value| match quoted_end(value) {
                    Some(end) => end == value.len(),
                    None => value.bytes().all(is_value_byte),
                })
        };
        (params.starts_well() && params.iter().all(valid)).then_some(params)
    }

    /// Reads the parameters of a URI (RFC 3261, `uri-parameter`), whose characters are known to be visible.
    pub(crate) fn of_uri(text: &'a str) -> Option<Self> {
        let params = Params { text };
        (params.starts_well() && params.iter().all(|p| !p.name.is_empty())).then_some(params)
    }

    fn starts_well(&self) -> bool {
        self.text.is_empty() || self.text.starts_with(';')
    }

    /// The parameters in order.
    pub fn iter(&self) -> impl Iterator<Item = Param<'a>> + use<'a> {
        let mut rest = self.text.strip_prefix(';');
        std::iter::from_fn(move || {
            let text = rest?;
            let end = semicolon(text);
            rest = end.map(|end| &text[end + 1..]);
            let text = &text[..end.unwrap_or(text.len())];
            Some(match text.split_once('=') {
                Some((name, value)) => Param { name: trim(name), value: Some(trim(value)) },
                None => Param { name: trim(text), value: None },
            })
        })
    }

    /// The value of the first parameter with this name, as written; empty if it has none.
    ///
    /// Case does not matter, and escapes in the name count as what they stand for (RFC 3261, section 19.1.4).
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.iter()
            .find(|p| p.name.eq_ignore_ascii_case(name) || (p.name.contains('%') && same_unescaped(p.name, name)))
            .map(|p| p.value.unwrap_or(""))
    }

    /// As [`Params::get`], without quotes.
    pub fn text(&self, name: &str) -> Option<std::borrow::Cow<'a, str>> {
        self.get(name).map(unquote)
    }

    /// The value as a number; none if it is absent or no number. Too large ones become the largest.
    pub fn number(&self, name: &str) -> Option<u32> {
        super::lex::number(self.get(name)?).map(|n| u32::try_from(n).unwrap_or(u32::MAX))
    }

    /// Whether there is a parameter of this name.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// As written, with the leading `;`.
    pub fn as_str(&self) -> &'a str {
        self.text
    }
}

/// The first `;` outside of quoted strings.
fn semicolon(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.as_bytes().get(at)? {
            b';' => return Some(at),
            b'"' => at += quoted_end(&text[at..])?,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_headers() {
        let params = Params::of_header("; Tag = a ; q=0.5;x=\"a;b\\\"c\" ;lr;received=2001:db8::1").unwrap();
        assert_eq!(params.get("tag"), Some("a"));
        assert_eq!(params.get("Q"), Some("0.5"));
        assert_eq!(params.text("x").as_deref(), Some("a;b\"c"));
        assert_eq!(params.get("lr"), Some(""));
        assert_eq!(params.get("received"), Some("2001:db8::1"));
        assert!(!params.has("branch"));
        for bad in [";", ";;", ";a;", "a", ";=b", ";a=b c", ";a=\"open", ";a=\"b\"c", ";a=<b>"] {
            assert_eq!(Params::of_header(bad), None, "{bad}");
        }
    }

    #[test]
    fn of_uris() {
        let params = Params::of_uri(";%6C%72;n%61me=v%61lue%25%34%31").unwrap();
        assert!(params.has("lr"));
        assert_eq!(params.get("name"), Some("v%61lue%25%34%31"));
        assert_eq!(Params::of_uri(";a;;b"), None);
    }
}
