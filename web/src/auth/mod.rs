//! Who may use the page: HTTP authentication, one login at a time, and the port that closes by itself.
//!
//! [`Gate`] decides on each request, without sockets and without a clock: the time since any fixed moment is passed in.
//! It serves rules 109 to 128 of the guide. What the guide leaves open is decided so:
//!
//! **Passwords.** Digest (RFC 7616) with SHA-256 and MD5, in this order, then Basic (RFC 7617). MD5 and Basic are there
//! for clients that know nothing better; whoever can change the traffic of plain HTTP can have them chosen. Only
//! hashes stay in memory: what Digest needs, and for Basic one that is salted anew at each start. They are compared in
//! constant time, for both accounts whatever the ID says. A header without `qop` (RFC 2069) is refused, over HTTP/1.0
//! too: nothing in it counts requests, so anybody who hears one could repeat it. `-sess` variants, `auth-int` and
//! `userhash` are not offered. An `Authorization` header with a doubled parameter or for another address is refused
//! with 400, and does not count as a failed login, since no password was looked at.
//!
//! On the disk a password stands in its layer as a configuration file has it, readable for the program alone: the layer
//! is such a file, and hashes for Digest would be as good as the password and would not outlive a change of the ID.
//!
//! **Nonces** carry a MAC and cost no memory until a right password comes with one. They live five minutes; then, and
//! when a count comes twice, the answer is a new nonce with `stale=true`, so that browsers repeat the request without
//! asking anybody, and an eavesdropper gains nothing. Counts may arrive out of order by up to 64. A nonce of an
//! earlier run of the program is answered without looking at the password: else guesses with it could not be counted.
//!
//! **A session** belongs to the client that logged in: it holds the session's cookie, or it goes on with the nonce that
//! it logged in with, or with one that replaced it. The cookie alone opens nothing, and the password alone does not
//! join a session. While a session lives, every other client is refused before its password is looked at: nobody
//! guesses, and nobody closes the port on the one who works, by failing. The cookie is `SameSite=Strict` and
//! `HttpOnly`; browsers keep it for a day, so that closing the browser does not lock its owner out. Once a session's
//! cookie has come back, requests that change something need it: browsers add passwords to requests that other sites
//! make, but not this cookie. A session ends by logging out, by Web Port Close, when its password changes, and when the
//! port close timer runs out; connections that stay open, slow or dead, do not prolong it. After that a browser asks
//! for the password again although it still knows it: the first request with the old cookie or an old nonce is
//! answered with a challenge, and not counted.
//!
//! **Programs** that call the interface ([`Purpose::Call`]) and keep no cookie stand for themselves: they are refused
//! while somebody is logged in, and leave no session behind. One that fetches pages instead does, but a session whose
//! client does not come back within a minute is over; a browser comes back at once, for the files of the page.
//!
//! **Failures** count over all clients and both accounts; a success ends the row. The third in a row is answered with
//! 401 and a challenge that no browser understands, so that it shows the page, and closes the port. After a change of
//! password the second is answered so already, for that account's first login, but closes nothing: the third still
//! does (guide rules 117, 123, 124). Where the port is always open (`HTTPD_PORTOPEN_AUTO`), the third failure locks all
//! logins for a minute, and twice as long after each further three, up to an hour; while locked, right passwords are
//! refused too. A login, the phone's switch or a restart ends that. There Web Port Close only logs out.
//!
//! **The timer** starts when the port opens, and again with each action of whoever is logged in. Pictures, polling and
//! requests without a password do not count as action, else anybody could hold the port open.

mod cookie;
mod digest;
mod gate;
mod header;
mod key;
mod login;
mod nonce;
mod params;

pub use gate::{Admission, Ask, Gate, Policy, Purpose, Refusal, Request, Verdict, Why};
pub use header::{Authorization, MAX_HEADER, Malformed};
pub use login::{Account, Login, Logins};

/// What clients show when they ask for a password, and a part of all hashes for Digest.
pub const REALM: &str = "Offhook";

/// A seed for [`Gate::new`].
///
/// # Errors
/// The system gives no random numbers.
pub fn seed() -> std::io::Result<[u8; 32]> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}
