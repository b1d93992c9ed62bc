//! Reads requests strictly: media type, query, and the members of a JSON object.

use std::collections::BTreeSet;
use std::fmt;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

use super::Problem;
use crate::body::pairs;

/// The media types of configuration files.
pub(super) const FILE: &[&str] = &["text/plain", "application/xml", "text/xml"];

/// That of everything else.
pub(super) const JSON: &[&str] = &["application/json"];

/// A body as it arrived, or why it did not.
pub(super) type Body = Result<Bytes, BytesRejection>;

/// The body, if it has one of the media types.
pub(super) fn body(headers: &HeaderMap, body: Body, types: &[&str]) -> Result<Bytes, Problem> {
    let mut given = headers.get_all(CONTENT_TYPE).iter();
    let fits = match (given.next().map(|t| t.to_str()), given.next()) {
        (Some(Ok(given)), None) => is_one_of(given, types),
        _ => false,
    };
    if !fits {
        let detail = format!("the body has to be {}, in UTF-8", types.join(" or "));
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
        _ => Problem::bad("the body did not arrive whole"),
    })
}

fn is_one_of(given: &str, types: &[&str]) -> bool {
    let mut parts = given.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let utf8 = |part: &str| match part.split_once('=') {
        Some((name, set)) if name.eq_ignore_ascii_case("charset") => {
            ["utf-8", "us-ascii"].iter().any(|known| set.trim_matches('"').eq_ignore_ascii_case(known))
        }
        _ => true,
    };
    types.iter().any(|known| known.eq_ignore_ascii_case(essence)) && parts.all(utf8)
}

/// The members of a JSON object in order, none twice.
pub(super) struct Members(pub(super) Vec<(String, Value)>);

impl Members {
    /// Those of a body.
    pub(super) fn read(body: &[u8]) -> Result<Self, Problem> {
        serde_json::from_slice(body).map_err(|error| Problem::bad(format!("the body is no such JSON: {error}")))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut names = BTreeSet::new();
        let mut members = Vec::new();
        while let Some((name, value)) = map.next_entry::<String, Value>()? {
            if !names.insert(name.clone()) {
                return Err(A::Error::custom(format_args!("the member {name:?} is there twice")));
            }
            members.push((name, value));
        }
        Ok(Members(members))
    }
}

/// The parameters of a request's query.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    /// Those of an address; only `known` ones, and none twice.
    pub(super) fn read(uri: &Uri, known: &[&str]) -> Result<Self, Problem> {
        let query = uri.query().unwrap_or_default();
        let pairs = pairs(query.as_bytes()).map_err(|_| Problem::bad("the query is not percent-encoded UTF-8"))?;
        let mut names = BTreeSet::new();
        for (name, _) in &pairs {
            if !known.contains(&name.as_str()) {
                return Err(Problem::bad(format!("there is no query parameter {name:?} here")));
            }
            if !names.insert(name) {
                return Err(Problem::bad(format!("the query parameter {name} is there twice")));
            }
        }
        Ok(Self(pairs))
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// What the value of a parameter means, if it is given; it has to be one of `words`.
    pub(super) fn choice<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Result<Option<T>, Problem> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let found = words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
        let all = || words.iter().map(|(word, _)| *word).collect::<Vec<_>>().join(", ");
        found.map(Some).ok_or_else(|| Problem::bad(format!("{name} is one of {}", all())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types() {
        for (given, fits) in [
            ("text/plain", true),
            ("Text/Plain; charset=UTF-8", true),
            ("text/plain;charset=\"us-ascii\"", true),
            ("text/plain; format=flowed", true),
            ("application/xml", true),
            ("text/plain; charset=iso-8859-1", false),
            ("text/plainly", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            assert_eq!(is_one_of(given, FILE), fits, "{given}");
        }
    }

    #[test]
    fn members_come_once() {
        let names = |text: &str| Members::read(text.as_bytes()).ok().map(|m| m.0.len());
        for (text, count) in [
            ("{}", Some(0)),
            (r#"{"A": "1", "B": null, "a": [1]}"#, Some(3)),
            (r#"{"A": "1", "A": "1"}"#, None),
            (r#"{"A": "1", "\u0041": "1"}"#, None),
            (r#"{"A": "1"} x"#, None),
            ("[]", None),
            ("null", None),
            ("", None),
            ("{\"A\": \"\u{fffd}\"", None),
        ] {
            assert_eq!(names(text), count, "{text}");
        }
        assert!(Members::read(b"{\"A\": \"\xff\"}").is_err());
        assert!(Members::read("[".repeat(100_000).as_bytes()).is_err());
    }
}
