//! What the gate says to a request, and how that looks in HTTP.

use std::time::Duration;

use crate::auth::{Account, Malformed, REALM, cookie};

/// What the gate says to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// Serve it.
    Admitted(Admission),
    /// 401: the client has to send a password, or it sent a wrong one.
    Unauthorized(Ask),
    /// No password helps now.
    Refused(Refusal),
}

/// Whom a request comes from.
#[derive(Clone, PartialEq, Eq)]
pub struct Admission {
    /// The account of the login.
    pub account: Account,
    /// Serve nothing but Change User Password (guide rule 121).
    pub must_change_password: bool,
    pub(super) set_cookie: Option<String>,
}

/// The question for a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Ask {
    /// The reason, for the log.
    pub why: Why,
    pub(super) challenges: Vec<String>,
    pub(super) forget_cookie: bool,
}

/// Why a request is asked for a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It has none.
    Anonymous,
    /// It is right, but the nonce is not to be used any more: clients repeat the request by themselves.
    Stale,
    /// It belongs to a login that is over or to another run of the program, and was not looked at.
    Anew,
    /// It is wrong, the given number of times in a row.
    Wrong {
        /// In a row, over all clients.
        failures: u32,
    },
    /// It is wrong too often: the answer is the error page and no further question (guide rules 117 and 123). The port
    /// may be closed now; the answer to this request should leave nevertheless.
    LastWrong {
        /// In a row, over all clients.
        failures: u32,
    },
}

/// Why a request is refused whatever its password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The port is closed: end the connection, with no answer if possible.
    Closed,
    /// Somebody else is logged in (guide rule 120).
    Busy,
    /// It would change something, but another site may have made it: the cookie is missing.
    CrossSite,
    /// Too many wrong passwords at a port that is always open.
    Locked {
        /// How much longer.
        remaining: Duration,
    },
    /// Its `Authorization` header is none.
    Malformed(Malformed),
}

impl Verdict {
    /// The status of the answer; `None` if the page decides.
    pub fn status(&self) -> Option<u16> {
        Some(match self {
            Self::Admitted(_) => return None,
            Self::Unauthorized(_) => 401,
            Self::Refused(Refusal::Malformed(_)) => 400,
            Self::Refused(Refusal::Busy | Refusal::CrossSite) => 403,
            Self::Refused(Refusal::Locked { .. }) => 429,
            Self::Refused(Refusal::Closed) => 503,
        })
    }

    /// Names (in lower case) and values of headers to add to the answer, also where the page decides on the rest.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::Admitted(admission) => admission.set_cookie.iter().map(|c| ("set-cookie", c.clone())).collect(),
            Self::Unauthorized(ask) => {
                let forget = ask.forget_cookie.then(|| ("set-cookie", cookie::forget()));
                let challenges = ask.challenges.iter().cloned();
                // RFC 9110 wants a challenge with each 401; one that browsers do not know makes them show the page.
                let none = ask.challenges.is_empty().then(|| format!("Closed realm=\"{REALM}\""));
                challenges.chain(none).map(|c| ("www-authenticate", c)).chain(forget).collect()
            }
            Self::Refused(Refusal::Locked { remaining }) => {
                vec![("retry-after", remaining.as_millis().div_ceil(1000).to_string())]
            }
            Self::Refused(Refusal::Closed) => vec![("connection", "close".to_owned())],
            Self::Refused(_) => Vec::new(),
        }
    }
}

/// Without the cookie, which belongs into no log.
impl std::fmt::Debug for Admission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (account, must_change) = (&self.account, &self.must_change_password);
        f.debug_struct("Admission")
            .field("account", account)
            .field("must_change_password", must_change)
            .finish_non_exhaustive()
    }
}

/// Without the nonce.
impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ask").field("why", &self.why).finish_non_exhaustive()
    }
}
