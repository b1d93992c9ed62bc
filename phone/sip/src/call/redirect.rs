//! What a refusal of our INVITE teaches: other addresses, longer times, fewer wishes (RFC 3261, section 8.1.3.4).

use super::outgoing::Calling;
use crate::message::{Headers, Name, Response, Uri};

/// Addresses that one call is sent on to, one after the other, before it is given up: redirections may go in a circle.
const MOST_TARGETS: usize = 10;

impl Calling {
    /// Takes from a refusal what to do better. False if nothing can be.
    pub(super) fn learns(&mut self, response: &Response) -> bool {
        match response.status {
            300..400 => {
                let known = |uri: &String| self.tried.iter().chain(&self.left).any(|tried| is_same_place(tried, uri));
                let fresh: Vec<_> = targets(&response.headers).into_iter().filter(|uri| !known(uri)).collect();
                self.left.splice(0..0, fresh);
                let diversions: Vec<_> =
                    response.headers.all(Name::Diversion).map(|value| (Name::Diversion, value.to_owned())).collect();
                if !diversions.is_empty() {
                    self.extra.retain(|(name, _)| *name != Name::Diversion);
                    self.extra.extend(diversions);
                }
                self.go_on()
            }
            422 => match response.headers.min_se() {
                Ok(Some(minimum)) if self.minimum.is_none_or(|before| minimum > before) => {
                    self.minimum = Some(minimum);
                    true
                }
                _ => false,
            },
            // Whoever does not know Replaces gets a new call in place of none.
            420 if self.extra.iter().any(|(name, _)| *name == Name::Require) => {
                self.extra.retain(|(name, _)| *name != Name::Require && *name != Name::Replaces);
                true
            }
            // The other addresses that a redirection named are tried, unless nobody wants the call anywhere.
            400..600 => self.go_on(),
            _ => false,
        }
    }

    /// Turns to the next address. False if there is none, or there were too many.
    fn go_on(&mut self) -> bool {
        if self.left.is_empty() || self.tried.len() >= MOST_TARGETS {
            return false;
        }
        let next = self.left.remove(0);
        self.tried.push(next.clone());
        self.target = next;
        true
    }
}

/// Where a 3xx sends the call, the best first. Header fields in its URIs are not taken over.
fn targets(headers: &Headers) -> Vec<String> {
    let contacts = headers.contacts().unwrap_or_default().addresses;
    let mut targets: Vec<_> = contacts
        .iter()
        .filter(|address| matches!(address.uri, Uri::Sip(_) | Uri::Tel(_)))
        .map(|address| {
            let uri = address.uri_text.split_once('?').map_or(address.uri_text, |(uri, _)| uri);
            (quality(address.params.get("q")), uri.to_owned())
        })
        .collect();
    targets.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    targets.into_iter().map(|(_, uri)| uri).collect()
}

/// Whether two URIs lead to the same place: less counts than in a comparison of URIs, as a circle is to be noticed.
fn is_same_place(a: &str, b: &str) -> bool {
    match (Uri::parse(a), Uri::parse(b)) {
        (Some(Uri::Sip(a)), Some(Uri::Sip(b))) => {
            (a.user, a.host, a.port.unwrap_or(5060)) == (b.user, b.host, b.port.unwrap_or(5060))
        }
        _ => a == b,
    }
}

/// A value of `q` in thousandths; 1 where there is none.
fn quality(value: Option<&str>) -> u32 {
    let number = value.and_then(|value| value.parse::<f32>().ok()).filter(|number| (0.0..=1.0).contains(number));
    number.map_or(1000, |number| (number * 1000.0) as u32)
}
