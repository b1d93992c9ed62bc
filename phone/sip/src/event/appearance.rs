//! Calls of a shared line: the Call-Info of the packages `call-info` and `line-seize`, as BroadWorks has them.

use super::Fault;
use crate::message::{Headers, Known};

/// The package that tells of all calls of the line.
pub const CALL_INFO: &str = "call-info";
/// The package that takes the line before dialling.
pub const LINE_SEIZE: &str = "line-seize";
/// Calls of one line at most.
const MAX_APPEARANCES: usize = 128;

/// One call of a shared line, or a free place for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appearance {
    /// Its place, from 1; none means all places that are not named.
    pub index: Option<u32>,
    /// How it stands.
    pub state: State,
    /// Who the other party is, as From would have it.
    pub party: Option<String>,
}

/// How a call of a shared line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// No call.
    Idle,
    /// Somebody has taken the place to dial.
    Seized,
    /// Somebody has dialled.
    Progressing,
    /// It rings.
    Alerting,
    /// Somebody talks.
    Active,
    /// On hold; everybody may take it.
    Held,
    /// On hold for the one who held it.
    HeldPrivate,
    /// Several phones of the line talk.
    BridgeActive,
    /// Several phones of the line hold.
    BridgeHeld,
}

const STATES: [(&str, State); 9] = [
    ("idle", State::Idle),
    ("seized", State::Seized),
    ("progressing", State::Progressing),
    ("alerting", State::Alerting),
    ("active", State::Active),
    ("held", State::Held),
    ("held-private", State::HeldPrivate),
    ("bridge-active", State::BridgeActive),
    ("bridge-held", State::BridgeHeld),
];

/// Reads the appearances of a message; values for other purposes are left out.
///
/// # Errors
/// A value cannot be read, or there are more than a line can have.
pub fn read(headers: &Headers) -> Result<Vec<Appearance>, Fault> {
    let mut found = Vec::new();
    for value in headers.addresses(Known::CallInfo) {
        let value = value.map_err(|_| Fault::Wrong("Call-Info"))?;
        let Some(index) = value.params.get("appearance-index") else { continue };
        if found.len() >= MAX_APPEARANCES {
            return Err(Fault::TooLarge);
        }
        let index = match index {
            "*" => None,
            _ => Some(
                value.params.number("appearance-index").filter(|n| *n > 0).ok_or(Fault::Wrong("appearance-index"))?,
            ),
        };
        let state = value.params.get("appearance-state").ok_or(Fault::Missing("appearance-state"))?;
        let state = STATES.iter().find(|(name, _)| name.eq_ignore_ascii_case(state));
        found.push(Appearance {
            index,
            state: state.ok_or(Fault::Wrong("appearance-state"))?.1,
            party: value.params.text("appearance-uri").map(|uri| uri.into_owned()).filter(|uri| !uri.is_empty()),
        });
    }
    Ok(found)
}

/// The Call-Info that names a place, for SUBSCRIBE to `line-seize` and for the INVITE that follows.
pub fn call_info(domain: &str, index: u32) -> String {
    format!("<sip:{domain}>;appearance-index={index}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Name;

    type Row<'a> = (Option<u32>, State, Option<&'a str>);

    fn check(values: &[&str], expected: Result<&[Row<'_>], Fault>) {
        let mut headers = Headers::default();
        values.iter().for_each(|value| headers.push(Name::CallInfo, value));
        let found = read(&headers);
        let found =
            found.as_ref().map(|all| all.iter().map(|a| (a.index, a.state, a.party.as_deref())).collect::<Vec<_>>());
        assert_eq!(found.map_err(|fault| *fault), expected.map(<[_]>::to_vec), "{values:?}");
    }

    #[test]
    fn appearances() {
        check(
            &[
                "<sip:as.example.com>;appearance-index=1;appearance-state=active;appearance-uri=\"\\\"Bob\\\" <sip:2@x>\", \
                 <sip:as.example.com>;appearance-index=2;appearance-state=Held-Private",
                "<http://x/icon.png>;purpose=icon",
                "<sip:as.example.com>;appearance-index=*;appearance-state=idle",
            ],
            Ok(&[
                (Some(1), State::Active, Some("\"Bob\" <sip:2@x>")),
                (Some(2), State::HeldPrivate, None),
                (None, State::Idle, None),
            ]),
        );
        check(&[], Ok(&[]));
        check(&[&call_info("x", 1)], Err(Fault::Missing("appearance-state")));
        check(&["<sip:x>;appearance-index=0;appearance-state=idle"], Err(Fault::Wrong("appearance-index")));
        check(&["<sip:x>;appearance-index=one;appearance-state=idle"], Err(Fault::Wrong("appearance-index")));
        check(&["<sip:x>;appearance-index=1;appearance-state=asleep"], Err(Fault::Wrong("appearance-state")));
        check(&["sip:x>"], Err(Fault::Wrong("Call-Info")));
        check(&vec!["<sip:x>;appearance-index=1;appearance-state=idle"; 200], Err(Fault::TooLarge));
    }
}
