//! The steps of a script, done to a gate.

use std::time::Duration;

use super::browser::{Browser, Scheme};
use crate::auth::gate::{Gate, Policy, Purpose, Refusal, Verdict, Why};
use crate::auth::{Login, Logins};

/// A unit, its settings, and browsers by name.
pub(super) struct World {
    pub(super) gate: Gate,
    pub(super) now: Duration,
    admin: [String; 2],
    user: [String; 2],
    policy: Policy,
    browsers: Vec<(String, Browser)>,
}

impl World {
    pub(super) fn new(always_open: bool) -> Self {
        let policy = Policy { always_open, close_after: Duration::from_secs(30 * 60) };
        let own = |id: &str, password: &str| [id.to_owned(), password.to_owned()];
        let (admin, user) = (own("admin", "adminpass"), own("user", "userpass"));
        let gate = Gate::new(policy, &logins(&admin, &user), [5; 32]);
        Self { gate, now: Duration::ZERO, admin, user, policy, browsers: Vec::new() }
    }

    pub(super) fn step(&mut self, words: &[&str]) -> String {
        match words {
            ["phone", "on"] => self.gate.open(self.now),
            ["phone", "off"] => self.gate.close(),
            ["time", "passes"] => self.gate.advance(self.now),
            ["restart"] => self.gate = Gate::new(self.policy, &logins(&self.admin, &self.user), [6; 32]),
            ["set", "admin", id, rest @ ..] => {
                self.admin = [id.to_string(), rest.concat()];
                self.gate.set_logins(&logins(&self.admin, &self.user));
            }
            ["set", "user", id, rest @ ..] => {
                self.user = [id.to_string(), rest.concat()];
                self.gate.set_logins(&logins(&self.admin, &self.user));
            }
            ["set", "auto", value] => {
                self.policy.always_open = *value == "Y";
                self.gate.set_policy(self.policy, self.now);
            }
            ["set", "timer", minutes] => {
                self.policy.close_after = Duration::from_secs(number(minutes) * 60);
                self.gate.set_policy(self.policy, self.now);
            }
            ["port"] => {
                let session = self.gate.logged_in().map_or(String::new(), |a| format!(" {a:?}"));
                return format!("{}{session}", if self.gate.is_open() { "open" } else { "closed" });
            }
            ["timeout"] => {
                return self
                    .gate
                    .next_timeout()
                    .map_or("none".to_owned(), |t| format!("{}:{:02}", t.as_secs() / 60, t.as_secs() % 60));
            }
            [who, does @ ..] => return self.browse(who, does),
            [] => {}
        }
        String::new()
    }

    pub(super) fn browse(&mut self, who: &str, does: &[&str]) -> String {
        if !self.browsers.iter().any(|(name, _)| name == who) {
            self.browsers.push((who.to_owned(), Browser::new(!who.ends_with('-'))));
        }
        let (_, browser) = self.browsers.iter_mut().find(|(name, _)| name == who).expect("just added");
        let (gate, now) = (&mut self.gate, self.now);
        let verdict = match does {
            // Typed into the dialogue that a page without known password brings up.
            ["digest", id, password @ ..] => browser.log_in(gate, now, Scheme::Sha256, id, &password.concat()),
            ["md5", id, password @ ..] => browser.log_in(gate, now, Scheme::Md5, id, &password.concat()),
            ["basic", id, password @ ..] => browser.log_in(gate, now, Scheme::Basic, id, &password.concat()),
            ["gets"] => browser.send(gate, now, "GET", Purpose::Action),
            ["posts"] => browser.send(gate, now, "POST", Purpose::Action),
            ["polls"] => browser.send(gate, now, "GET", Purpose::Background),
            ["calls"] => browser.send(gate, now, "GET", Purpose::Call),
            ["replays"] => browser.replay(gate, now),
            ["loses", "cookies"] => return browser.lose_cookies(),
            ["holds", "cookie"] => return browser.cookies().to_string(),
            // Another site makes the request: the password goes with it, the cookie does not.
            ["is", "lured", method] => browser.without_cookies(gate, now, method),
            ["logs", "out"] => {
                let verdict = browser.send(gate, now, "POST", Purpose::Action);
                gate.log_out();
                verdict
            }
            ["closes", "port"] => {
                let verdict = browser.send(gate, now, "POST", Purpose::Action);
                gate.close();
                verdict
            }
            other => panic!("unknown step {other:?}"),
        };
        said(&verdict)
    }
}

pub(super) fn number(digits: &str) -> u64 {
    digits.parse().expect("a number")
}

pub(super) fn logins<'a>(admin: &'a [String; 2], user: &'a [String; 2]) -> Logins<'a> {
    let login = |l: &'a [String; 2]| Login { id: &l[0], password: &l[1] };
    Logins { administrator: login(admin), user: login(user) }
}

pub(super) fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Admitted(a) if a.must_change_password => format!("{:?} has to choose a password", a.account),
        Verdict::Admitted(a) => format!("{:?}", a.account),
        Verdict::Unauthorized(ask) => match ask.why {
            Why::Wrong { failures } => format!("wrong {failures}"),
            Why::LastWrong { failures } => format!("401 {failures}"),
            why => format!("{why:?}").to_lowercase(),
        },
        Verdict::Refused(Refusal::Locked { remaining }) => format!("locked {}", remaining.as_secs()),
        Verdict::Refused(refusal) => format!("{refusal:?}").to_lowercase(),
    }
}
