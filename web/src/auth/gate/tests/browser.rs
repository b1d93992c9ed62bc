//! A browser as the gate sees it: it answers challenges, keeps cookies, and repeats passwords that worked.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::auth::digest::Algorithm;
use crate::auth::gate::{Gate, Purpose, Request, Verdict, Why};

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Scheme {
    Sha256,
    Md5,
    Basic,
}

pub(super) struct Browser {
    keeps_cookies: bool,
    cookies: Vec<String>,
    known: Option<Known>,
    challenge: Option<(String, String)>,
    count: u32,
    last: Option<String>,
}

#[derive(Clone)]
struct Known {
    scheme: Scheme,
    id: String,
    password: String,
}

const TARGET: &str = "/system/web-server?x=1";

impl Browser {
    pub(super) fn new(keeps_cookies: bool) -> Self {
        Self { keeps_cookies, cookies: Vec::new(), known: None, challenge: None, count: 0, last: None }
    }

    /// A person opens the page and types into the dialogue.
    pub(super) fn log_in(
        &mut self,
        gate: &mut Gate,
        now: Duration,
        scheme: Scheme,
        id: &str,
        password: &str,
    ) -> Verdict {
        self.known = None;
        if let asked @ (Verdict::Refused(_) | Verdict::Admitted(_)) = self.send(gate, now, "GET", Purpose::Action) {
            return asked;
        }
        self.knows(scheme, id, password);
        self.send(gate, now, "GET", Purpose::Action)
    }

    pub(super) fn knows(&mut self, scheme: Scheme, id: &str, password: &str) {
        self.known = Some(Known { scheme, id: id.to_owned(), password: password.to_owned() });
    }

    /// Repeats the request by itself where the answer says that only the nonce was stale.
    pub(super) fn send(&mut self, gate: &mut Gate, now: Duration, method: &str, purpose: Purpose) -> Verdict {
        let mut verdict = self.exchange(gate, now, method, purpose, true);
        if matches!(&verdict, Verdict::Unauthorized(ask) if ask.why == Why::Stale) {
            verdict = self.exchange(gate, now, method, purpose, true);
        }
        if matches!(verdict, Verdict::Unauthorized(_)) {
            self.known = None;
        }
        verdict
    }

    pub(super) fn without_cookies(&mut self, gate: &mut Gate, now: Duration, method: &str) -> Verdict {
        self.exchange(gate, now, method, Purpose::Action, false)
    }

    /// Somebody who hears the traffic sends the last request again, cookie and all.
    pub(super) fn replay(&self, gate: &mut Gate, now: Duration) -> Verdict {
        let header = self.last.clone().expect("a request with a password");
        self.ask(gate, now, "GET", Purpose::Action, &[header.as_bytes()], true)
    }

    pub(super) fn lose_cookies(&mut self) -> String {
        self.cookies.clear();
        String::new()
    }

    pub(super) fn cookies(&self) -> usize {
        self.cookies.len()
    }

    fn exchange(&mut self, gate: &mut Gate, now: Duration, method: &str, purpose: Purpose, cookies: bool) -> Verdict {
        let header = self.authorization(method);
        let headers: Vec<&[u8]> = header.iter().map(|h| h.as_bytes()).collect();
        let verdict = self.ask(gate, now, method, purpose, &headers, cookies);
        if header.is_some() {
            self.last = header;
        }
        self.learn(&verdict);
        verdict
    }

    fn ask(
        &self,
        gate: &mut Gate,
        now: Duration,
        method: &str,
        purpose: Purpose,
        authorization: &[&[u8]],
        cookies: bool,
    ) -> Verdict {
        let cookies: Vec<&[u8]> = self.cookies.iter().filter(|_| cookies).map(|c| c.as_bytes()).collect();
        gate.admit(&Request { method, target: TARGET, authorization, cookies: &cookies, purpose }, now)
    }

    fn learn(&mut self, verdict: &Verdict) {
        for (name, value) in verdict.headers() {
            match name {
                "set-cookie" => {
                    self.cookies.clear();
                    if self.keeps_cookies && !value.contains("Max-Age=0") {
                        self.cookies.push(value.split(';').next().expect("a pair").to_owned());
                    }
                }
                "www-authenticate" if value.starts_with("Digest") => {
                    let part = |name: &str| value.split(&format!("{name}=\"")).nth(1)?.split('"').next();
                    let (nonce, opaque) = (part("nonce").expect("a nonce"), part("opaque").expect("opaque"));
                    if self.challenge.as_ref().is_none_or(|(known, _)| known != nonce) {
                        self.challenge = Some((nonce.to_owned(), opaque.to_owned()));
                        self.count = 0;
                    }
                }
                _ => {}
            }
        }
    }

    fn authorization(&mut self, method: &str) -> Option<String> {
        let Known { scheme, id, password } = self.known.as_ref()?;
        let algorithm = match scheme {
            Scheme::Basic => return Some(format!("Basic {}", STANDARD.encode(format!("{id}:{password}")))),
            Scheme::Sha256 => Algorithm::Sha256,
            Scheme::Md5 => Algorithm::Md5,
        };
        let (nonce, opaque) = self.challenge.as_ref()?;
        self.count += 1;
        let (nc, name) = (format!("{:08x}", self.count), algorithm.name());
        let hash = |parts: &[&str]| algorithm.hash(&[parts.join(":").as_bytes()]);
        let ha1 = hash(&[id, "Offhook", password]);
        let response = hash(&[&ha1, nonce, &nc, "0a4f113b", "auth", &hash(&[method, TARGET])]);
        Some(format!(
            r#"Digest username="{id}", realm="Offhook", nonce="{nonce}", uri="{TARGET}", algorithm={name}, response="{response}", opaque="{opaque}", qop=auth, nc={nc}, cnonce="0a4f113b""#
        ))
    }
}
