//! The gate: port, session, failures and timer, as one state machine over requests and time.

mod verdict;

#[cfg(test)]
mod tests;

use std::time::Duration;

pub use verdict::{Admission, Ask, Refusal, Verdict, Why};

use super::digest::{self, hex};
use super::header::{Authorization, Claim, Digest};
use super::key::Key;
use super::login::{self, Account, Logins, Verifier};
use super::nonce::{Nonce, Nonces, Spent};
use super::{Malformed, REALM, cookie};

/// Failed logins in a row that close the port (guide rule 117).
const FAILURES: u32 = 3;

/// Failed logins in a row that end the first login after a change of password (guide rule 123).
const FAILURES_AFTER_CHANGE: u32 = 2;

/// The first lock of a port that is always open, and the longest one.
const LOCK: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(60 * 60));

/// How long a session is kept for a client that has not come back: a program that asked once and keeps no cookie.
const UNPROVEN: Duration = Duration::from_secs(60);

/// Settings of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// `HTTPD_PORTOPEN_AUTO` (guide rule 119).
    pub always_open: bool,
    /// `WEB_PORT_CLOSE_TIMER`, 1 to 1440 minutes (guide rule 118). Where the port is always open, a session ends
    /// after it.
    pub close_after: Duration,
}

/// What the gate has to know of a request.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// As sent, in capital letters.
    pub method: &'a str,
    /// Path and query as in the request's first line, before any prefix is taken off and nothing decoded.
    pub target: &'a str,
    /// The values of all `Authorization` headers.
    pub authorization: &'a [&'a [u8]],
    /// The values of all `Cookie` headers.
    pub cookies: &'a [&'a [u8]],
    /// What the request is for.
    pub purpose: Purpose,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A tab, a page, a save: it restarts the timer.
    Action,
    /// What a page loads by itself: files, polled status. The timer goes on.
    Background,
    /// The interface for programs: it opens no session, but restarts the timer.
    Call,
}

/// Decides on each request. All times are those since one fixed moment and never go back.
pub struct Gate {
    policy: Policy,
    key: Key,
    verifiers: [Verifier; 2],
    /// Accounts whose password has changed and was not used yet.
    changed: Vec<Account>,
    nonces: Nonces,
    open: bool,
    /// When port and session end; set while the port is open or somebody is logged in.
    deadline: Option<Duration>,
    session: Option<Session>,
    /// The number of the latest session; the first has 1.
    sessions: u64,
    /// In a row.
    failures: u32,
    /// Since the last login.
    locks: u32,
    locked_until: Option<Duration>,
    /// Nonces up to this serial number are answered with a question, unless the session's owner has them.
    retired: u64,
}

struct Session {
    number: u64,
    account: Account,
    /// The serial number of the nonce that it began with; later ones bear the session's number.
    nonce: Option<u64>,
    cookie: String,
    /// The client has sent the cookie.
    returned: bool,
    /// When it ends unless the client comes back; `None` once it did.
    unproven: Option<Duration>,
}

/// Why the password of a request does not let it in.
enum Rejected {
    /// Another realm, another run of the program, or the nonce of a session that is over.
    Anew,
    /// Right, but the nonce is old or the count used.
    Stale,
    /// For this account, if it exists.
    Wrong(Option<Account>),
    Malformed(Malformed),
}

impl Gate {
    /// A gate whose port is closed unless it is always open. `seed` is secret and random: see [`super::seed`].
    pub fn new(policy: Policy, logins: &Logins<'_>, seed: [u8; 32]) -> Self {
        let key = Key::new(seed);
        Self {
            policy,
            verifiers: verifiers(logins, &key),
            changed: Vec::new(),
            nonces: Nonces::new(key.clone()),
            key,
            open: policy.always_open,
            deadline: None,
            session: None,
            sessions: 0,
            failures: 0,
            locks: 0,
            locked_until: None,
            retired: 0,
        }
    }

    /// Whether connections are taken.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Who is logged in.
    pub fn logged_in(&self) -> Option<Account> {
        self.session.as_ref().map(|s| s.account)
    }

    /// When [`Self::advance`] has something to do next.
    pub fn next_timeout(&self) -> Option<Duration> {
        let unproven = self.session.as_ref().and_then(|s| s.unproven);
        self.deadline.into_iter().chain(unproven).min()
    }

    /// Ends what has run out: the session, and the port unless it is always open. [`Self::admit`] does so too.
    pub fn advance(&mut self, now: Duration) {
        if self.deadline.is_some_and(|deadline| now >= deadline) {
            self.close();
        }
        if self.session.as_ref().and_then(|s| s.unproven).is_some_and(|until| now >= until) {
            self.log_out();
        }
        if self.locked_until.is_some_and(|until| now >= until) {
            self.locked_until = None;
        }
    }

    /// Opens the port, or starts its timer again, and forgives all failures: somebody stands at the phone and switched
    /// \[Embedded web\] on (guide rule 115).
    pub fn open(&mut self, now: Duration) {
        self.advance(now);
        self.open = true;
        (self.failures, self.locks, self.locked_until) = (0, 0, None);
        self.restart_timer(now);
    }

    /// Web Port Close, and \[Embedded web\] off: logs out and closes the port, unless it is always open (guide rules
    /// 115, 116, 119).
    pub fn close(&mut self) {
        self.log_out();
        self.open = self.policy.always_open;
        self.deadline = None;
        self.failures = 0;
    }

    /// Ends the session and leaves the port as it is. The next request of its browser is asked for the password.
    pub fn log_out(&mut self) {
        if self.session.take().is_some() {
            self.retired = self.nonces.latest();
            if self.policy.always_open {
                self.deadline = None;
            }
        }
    }

    /// Takes over changed settings. A port that is no longer always open stays open until the timer ends.
    pub fn set_policy(&mut self, policy: Policy, now: Duration) {
        self.advance(now);
        if self.policy != policy {
            self.policy = policy;
            self.open |= policy.always_open;
            self.deadline = None;
            self.restart_timer(now);
        }
    }

    /// Takes over the configured logins. Where one has changed, its session ends, and its first login has two tries
    /// (guide rules 123, 124 and 127).
    pub fn set_logins(&mut self, logins: &Logins<'_>) {
        let verifiers = verifiers(logins, &self.key);
        for (old, new) in self.verifiers.iter().zip(&verifiers).filter(|(old, new)| !old.same(new)) {
            self.changed.retain(|a| *a != new.account);
            self.changed.push(new.account);
            self.failures = 0;
            self.retired = self.nonces.latest();
            if self.session.as_ref().is_some_and(|s| s.account == old.account) {
                self.session = None;
            }
        }
        self.verifiers = verifiers;
        if self.policy.always_open && self.session.is_none() {
            self.deadline = None;
        }
    }

    /// Decides on a request.
    pub fn admit(&mut self, request: &Request<'_>, now: Duration) -> Verdict {
        self.advance(now);
        if !self.open {
            return Verdict::Refused(Refusal::Closed);
        }
        if let Some(until) = self.locked_until {
            return Verdict::Refused(Refusal::Locked { remaining: until - now });
        }
        let claim = match Authorization::parse(request.authorization) {
            Ok(authorization) => authorization.map(|a| a.0),
            Err(malformed) => return Verdict::Refused(Refusal::Malformed(malformed)),
        };
        let nonce = match &claim {
            Some(Claim::Digest(digest)) => self.nonces.read(&digest.nonce),
            _ => None,
        };
        let cookies = cookie::given(request.cookies);
        let returned = self.session.as_ref().is_some_and(|s| cookie::holds(&cookies, &s.cookie));
        let owner = returned || self.goes_on(nonce);
        if self.session.is_some() && !owner {
            return Verdict::Refused(Refusal::Busy);
        }
        let foreign_cookie = !owner && !cookies.is_empty();
        let answer = match &claim {
            None | Some(Claim::Other) => return self.ask(Why::Anonymous, foreign_cookie, now),
            // The browser of a session that is over repeats its password by itself; a person has to do it.
            Some(_) if foreign_cookie => Err(Rejected::Anew),
            Some(Claim::Basic(basic)) => {
                let given = login::claimed(&self.key, basic);
                self.who(&basic.user, |v| v.basic(&given))
            }
            Some(Claim::Digest(digest)) => self.check(request, digest, nonce, owner, now),
        };
        match answer {
            Ok(_) if owner && !returned && self.needs_cookie(request) => Verdict::Refused(Refusal::CrossSite),
            Ok(account) => self.enter(account, request.purpose, nonce, returned, now),
            Err(Rejected::Anew) => self.ask(Why::Anew, foreign_cookie, now),
            Err(Rejected::Stale) => self.ask(Why::Stale, foreign_cookie, now),
            Err(Rejected::Wrong(account)) => self.fail(account, now),
            Err(Rejected::Malformed(malformed)) => Verdict::Refused(Refusal::Malformed(malformed)),
        }
    }

    /// Whether the nonce is the session's own.
    fn goes_on(&self, nonce: Option<Nonce>) -> bool {
        let (Some(session), Some(nonce)) = (&self.session, nonce) else { return false };
        nonce.session == session.number || session.nonce == Some(nonce.serial)
    }

    fn check(
        &mut self,
        request: &Request<'_>,
        claim: &Digest,
        nonce: Option<Nonce>,
        owner: bool,
        now: Duration,
    ) -> Result<Account, Rejected> {
        let ours =
            claim.realm == REALM.as_bytes() && claim.opaque.as_ref().is_none_or(|o| *o == self.opaque().as_bytes());
        let nonce = nonce.filter(|n| ours && (owner || n.serial > self.retired)).ok_or(Rejected::Anew)?;
        if !digest::same_resource(&claim.uri, request.target) {
            return Err(Rejected::Malformed(Malformed::Elsewhere));
        }
        let account = self.who(&claim.username, |v| v.digest(request.method, claim))?;
        match self.nonces.spend(nonce, claim.count, now) {
            Spent::Good => Ok(account),
            Spent::Again | Spent::Old => Err(Rejected::Stale),
        }
    }

    /// The account that `knows` recognises; all are tried, whatever the ID, so that the time tells nothing.
    fn who(&self, id: &[u8], knows: impl Fn(&Verifier) -> bool) -> Result<Account, Rejected> {
        let known = self.verifiers.each_ref().map(|v| knows(v).then_some(v.account));
        let named = self.verifiers.iter().find(|v| v.is_called(id)).map(|v| v.account);
        known.into_iter().flatten().next().ok_or(Rejected::Wrong(named))
    }

    /// Once its cookie has come back, a client cannot change anything without it.
    fn needs_cookie(&self, request: &Request<'_>) -> bool {
        let safe = matches!(request.method, "GET" | "HEAD" | "OPTIONS");
        !safe && self.session.as_ref().is_some_and(|s| s.returned)
    }

    fn enter(
        &mut self,
        account: Account,
        purpose: Purpose,
        nonce: Option<Nonce>,
        returned: bool,
        now: Duration,
    ) -> Verdict {
        (self.failures, self.locks) = (0, 0);
        self.changed.retain(|a| *a != account);
        // The same client may change its account.
        if self.session.as_ref().is_some_and(|s| s.account != account) {
            self.log_out();
        }
        let new = self.session.is_none() && purpose != Purpose::Call;
        if new {
            self.sessions += 1;
            let cookie = hex(&self.key.mac("cookie", &[&self.sessions.to_be_bytes()]));
            let (number, nonce) = (self.sessions, nonce.map(|n| n.serial));
            self.session =
                Some(Session { number, account, nonce, cookie, returned: false, unproven: Some(now + UNPROVEN) });
        }
        if new || purpose != Purpose::Background {
            self.restart_timer(now);
        }
        let mut set_cookie = None;
        if let Some(session) = &mut self.session {
            if !new {
                session.returned |= returned;
                session.unproven = None;
            }
            set_cookie = (new || !returned).then(|| cookie::set(&session.cookie));
        }
        let must_change_password = self.verifiers.iter().any(|v| v.account == account && v.must_change());
        Verdict::Admitted(Admission { account, must_change_password, set_cookie })
    }

    fn fail(&mut self, account: Option<Account>, now: Duration) -> Verdict {
        self.failures += 1;
        let failures = self.failures;
        let changed = self.changed.iter().position(|a| Some(*a) == account);
        if failures >= FAILURES {
            self.close();
            if self.policy.always_open {
                let length = LOCK.0 * 2u32.saturating_pow(self.locks.min(16));
                self.locked_until = Some(now + length.min(LOCK.1));
                self.locks += 1;
            }
        } else if let Some(changed) = changed.filter(|_| failures >= FAILURES_AFTER_CHANGE) {
            self.changed.swap_remove(changed);
        } else {
            return self.ask(Why::Wrong { failures }, false, now);
        }
        Verdict::Unauthorized(Ask { why: Why::LastWrong { failures }, challenges: Vec::new(), forget_cookie: false })
    }

    fn ask(&mut self, why: Why, forget_cookie: bool, now: Duration) -> Verdict {
        let stale = why == Why::Stale;
        // Whoever knows the password goes on with the session; others get nothing to join it with.
        let session = self.session.as_ref().filter(|_| stale).map_or(0, |s| s.number);
        let nonce = self.nonces.issue(session, now);
        let challenges = digest::challenges(REALM, &nonce, &self.opaque(), stale);
        Verdict::Unauthorized(Ask { why, challenges, forget_cookie })
    }

    /// Tells this run of the program from others.
    fn opaque(&self) -> String {
        hex(&self.key.mac("opaque", &[])[..8])
    }

    fn restart_timer(&mut self, now: Duration) {
        if self.open && (self.session.is_some() || !self.policy.always_open) {
            self.deadline = Some(now + self.policy.close_after);
        }
    }
}

fn verifiers(logins: &Logins<'_>, key: &Key) -> [Verifier; 2] {
    [(Account::Administrator, logins.administrator), (Account::User, logins.user)]
        .map(|(account, login)| Verifier::new(account, login, REALM, key))
}
