//! Addresses of header fields: a URI with a display name before it and parameters behind it.

use std::borrow::Cow;

use super::lex::{is_token_byte, quoted_end, trim, unquote};
use super::params::Params;
use super::uri::Uri;

/// The value of From, To, Contact, Route and their kin (RFC 3261, section 20.10).
#[derive(Debug, Clone, Copy)]
pub struct Address<'a> {
    /// The display name as written, with its quotes.
    pub display: Option<&'a str>,
    /// The URI.
    pub uri: Uri<'a>,
    /// The URI as written, without brackets.
    pub uri_text: &'a str,
    /// The parameters of the header field; those of the URI are in [`Address::uri`].
    pub params: Params<'a>,
}

impl<'a> Address<'a> {
    /// Reads one value; none if it is malformed.
    ///
    /// Without `<...>`, a `;` ends the URI, and the URI may have neither header fields nor a comma. A display name
    /// without quotes may hold more than the grammar's tokens, as senders forget the quotes around names with umlauts
    /// and brackets; a comma or a semicolon it may not hold (RFC 4475, section 3.1.2.15).
    pub fn parse(text: &'a str) -> Option<Self> {
        let text = trim(text);
        let (display, rest) = if text.starts_with('"') {
            let (quoted, rest) = text.split_at(quoted_end(text)?);
            let rest = trim(rest);
            // Only brackets may follow a display name.
            (Some(quoted), rest.starts_with('<').then_some(rest)?)
        } else {
            match text.find('<') {
                Some(open) if is_display(&text[..open]) => {
                    (Some(trim(&text[..open])).filter(|name| !name.is_empty()), &text[open..])
                }
                // In `sip:a@b;p="<"` the bracket belongs to a parameter.
                _ => return Self::bare(text),
            }
        };
        let close = rest.find('>')?;
        let uri_text = &rest[1..close];
        let params = Params::of_header(&rest[close + 1..])?;
        Some(Address { display, uri: Uri::parse(uri_text)?, uri_text, params })
    }

    fn bare(text: &'a str) -> Option<Self> {
        let (uri_text, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        let uri_text = trim(uri_text);
        if uri_text.contains(['?', ',']) {
            return None;
        }
        Some(Address { display: None, uri: Uri::parse(uri_text)?, uri_text, params: Params::of_header(params)? })
    }

    /// The display name for people; none if it is missing or empty.
    pub fn display_name(&self) -> Option<Cow<'a, str>> {
        self.display.map(unquote).filter(|name| !name.trim().is_empty())
    }

    /// The `tag` of From and To, which tells the parties of a dialog apart.
    pub fn tag(&self) -> Option<&'a str> {
        self.params.get("tag").filter(|tag| !tag.is_empty())
    }
}

/// Whether a text can be a display name without quotes.
fn is_display(text: &str) -> bool {
    text.bytes().all(|b| is_token_byte(b) || matches!(b, b' ' | b'\t' | 0x80..) || b"()[]{}/@?=&$#^|:".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        let check = |text: &str, display: Option<&str>, uri: &str, tag: Option<&str>| {
            let address = Address::parse(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(address.display_name().as_deref(), display, "{text}");
            assert_eq!((address.uri_text, address.tag()), (uri, tag), "{text}");
        };
        check("sip:a@b", None, "sip:a@b", None);
        check("sip:a@b ;  tag = 1", None, "sip:a@b", Some("1"));
        check("<sip:a@b;lr>;tag=1", None, "sip:a@b;lr", Some("1"));
        check("Alice Smith <sip:a@b>", Some("Alice Smith"), "sip:a@b", None);
        check("caller<sip:a@b>;tag=323", Some("caller"), "sip:a@b", Some("323"));
        check(r#""A \"B\" <c>" <sip:a@b>"#, Some(r#"A "B" <c>"#), "sip:a@b", None);
        check(r#""" <sip:a@b>"#, None, "sip:a@b", None);
        check("Jörg (Verkauf) <sip:a@b>", Some("Jörg (Verkauf)"), "sip:a@b", None);
        check("<sip:a@b?Replaces=x%3Bto-tag%3Dy>", None, "sip:a@b?Replaces=x%3Bto-tag%3Dy", None);
        check("sip:a@b;x=\"<\";tag=1", None, "sip:a@b", Some("1"));
        check("<http://www.example.com>;tag=3234233", None, "http://www.example.com", Some("3234233"));
    }

    #[test]
    fn malformed() {
        for text in [
            "",
            "<>",
            "<sip:a@b",
            "sip:a@b>",
            "\"A <sip:a@b>",
            "\"A\" sip:a@b",
            "A, B <sip:a@b>",
            "< sip:a@b >",
            "<sip:a@b> x",
            "<sip:a@b>;;",
            "sip:a@b?x=y",
            "sip:a@b, sip:c@d",
        ] {
            assert!(Address::parse(text).is_none(), "{text}");
        }
    }
}
