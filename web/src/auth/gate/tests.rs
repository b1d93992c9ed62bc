//! Each rule as a script of who does what when, over virtual time.

mod browser;
mod world;

use std::time::Duration;

use browser::{Browser, Scheme};
use world::{World, logins, said};

use super::*;

/// Runs a script. A line is `minutes:seconds who does => outcome`; `World` tells which there are. Browsers are called
/// `a`, `b` and so on; one whose name ends with `-` keeps no cookies.
fn check(name: &str, always_open: bool, script: &str) {
    let mut world = World::new(always_open);
    for line in script.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (what, want) = line.split_once(" => ").unwrap_or((line, ""));
        let (time, what) = what.split_once(' ').expect("a time");
        let (minutes, seconds) = time.split_once(':').expect("minutes:seconds");
        let now = Duration::from_secs(world::number(minutes) * 60 + world::number(seconds));
        assert!(now >= world.now, "{name}: {line}: back in time");
        world.now = now;
        assert_eq!(world.step(&what.split_whitespace().collect::<Vec<_>>()), want, "{name}: {line}");
    }
}

#[test]
fn port() {
    check(
        "rules 115 and 116: opened at the phone, closed by the page or the phone",
        false,
        "0:00 port => closed
         0:00 a gets => closed
         0:01 phone on
         0:01 port => open
         0:02 a gets => anonymous
         0:03 a digest admin adminpass => Administrator
         0:04 a closes port => Administrator
         0:04 port => closed
         0:05 a gets => closed
         0:06 phone on
         0:07 a gets => anew
         0:08 a digest admin adminpass => Administrator
         0:09 phone off
         0:09 port => closed
         0:10 a gets => closed",
    );
    check(
        "rule 119: always open; Web Port Close only logs out",
        true,
        "0:00 port => open
         0:01 a digest admin adminpass => Administrator
         0:02 a closes port => Administrator
         0:02 port => open
         0:03 a gets => anew
         0:04 phone off
         0:04 port => open
         0:05 a digest admin adminpass => Administrator",
    );
    check(
        "HTTPD_PORTOPEN_AUTO changed while running",
        false,
        "0:00 set auto Y
         0:00 port => open
         99:00 port => open
         99:00 timeout => none
         99:00 set auto N
         99:00 port => open
         99:00 timeout => 129:00
         129:00 a gets => closed",
    );
}

#[test]
fn timer() {
    check(
        "rules 117 and 118: closes by itself, each action starts it again",
        false,
        "0:00 phone on
         0:00 timeout => 30:00
         29:59 a digest admin adminpass => Administrator
         30:00 a polls => Administrator
         30:00 timeout => 59:59
         59:58 a gets => Administrator
         89:57 a posts => Administrator
         119:56 a gets => Administrator
         149:56 a gets => closed
         149:56 port => closed",
    );
    check(
        "nothing but the action of who is logged in starts it again",
        false,
        "0:00 phone on
         5:00 a gets => anonymous
         10:00 a digest admin wrongpass => wrong 1
         15:00 a digest admin adminpass => Administrator
         15:59 a polls => Administrator
         20:00 b gets => busy
         40:00 a polls => Administrator
         44:59 a polls => Administrator
         45:00 a polls => closed",
    );
    check(
        "the timer ends without any request",
        false,
        "0:00 phone on
         1:00 a digest admin adminpass => Administrator
         1:01 a polls => Administrator
         31:00 port => open Administrator
         31:00 time passes
         31:00 port => closed
         31:00 timeout => none",
    );
    check(
        "always open: the session ends, the port stays",
        true,
        "0:00 timeout => none
         1:00 a digest admin adminpass => Administrator
         1:01 a polls => Administrator
         1:01 timeout => 31:00
         2:00 b gets => busy
         30:59 b gets => busy
         31:00 b digest user userpass => User
         31:00 a gets => busy",
    );
    check(
        "the timer is a setting",
        false,
        "0:00 set timer 1
         0:00 phone on
         0:59 a digest admin adminpass => Administrator
         1:00 a gets => Administrator
         1:30 set timer 1440
         1:30 timeout => 1441:30
         1441:29 a gets => Administrator
         2881:29 a gets => closed",
    );
}

#[test]
fn failures() {
    check(
        "rule 117: the third in a row closes",
        false,
        "0:00 phone on
         0:01 a digest admin wrongpass => wrong 1
         0:02 b basic user wrong => wrong 2
         0:03 c md5 nobody adminpass => 401 3
         0:03 port => closed
         0:04 a digest admin adminpass => closed
         0:05 phone on
         0:06 a digest admin wrongpass => wrong 1
         0:07 a digest admin wrongpass => wrong 2
         0:08 a digest admin adminpass => Administrator
         0:09 a logs out => Administrator
         0:10 a gets => anew
         0:11 a digest admin wrongpass => wrong 1
         0:12 a digest admin wrongpass => wrong 2
         0:13 phone on
         0:14 a digest admin wrongpass => wrong 1",
    );
    check(
        "no password, no failure",
        false,
        "0:00 phone on
         0:01 a gets => anonymous
         0:02 a gets => anonymous
         0:03 a gets => anonymous
         0:04 a gets => anonymous
         0:05 port => open",
    );
    check(
        "always open: locks of rising length, which a login ends",
        true,
        "0:00 a digest admin wrongpass => wrong 1
         0:00 a digest admin wrongpass => wrong 2
         0:00 a digest admin wrongpass => 401 3
         0:00 port => open
         0:01 a gets => locked 59
         0:59 b digest admin adminpass => locked 1
         1:00 a gets => anonymous
         1:00 a basic admin wrongpass => wrong 1
         1:00 a basic admin wrongpass => wrong 2
         1:00 a basic admin wrongpass => 401 3
         1:00 a gets => locked 120
         3:00 a basic user x => wrong 1
         3:00 a basic user x => wrong 2
         3:00 a basic user x => 401 3
         3:00 a gets => locked 240
         7:00 b digest admin adminpass => Administrator
         7:01 b logs out => Administrator
         8:00 a basic user x => wrong 1
         8:00 a basic user x => wrong 2
         8:00 a basic user x => 401 3
         8:00 a gets => locked 60
         8:01 phone on
         8:02 a basic user userpass => User",
    );
}

#[test]
fn locks_end_within_an_hour() {
    let mut world = World::new(true);
    let mut lengths = Vec::new();
    for _ in 0..40 {
        for _ in 0..3 {
            world.browse("a", &["basic", "admin", "wrong"]);
        }
        let Verdict::Refused(Refusal::Locked { remaining }) =
            Browser::new(true).send(&mut world.gate, world.now, "GET", Purpose::Action)
        else {
            panic!("not locked")
        };
        lengths.push(remaining.as_secs() / 60);
        world.now += remaining;
    }
    assert_eq!(lengths[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
    assert!(lengths[8..].iter().all(|l| *l == 60));
}

#[test]
fn one_login() {
    check(
        "rule 120: the second is refused, whatever it knows, and cannot disturb the first",
        false,
        "0:00 phone on
         0:01 a digest admin adminpass => Administrator
         0:02 a polls => Administrator
         0:03 b gets => busy
         0:04 b digest admin adminpass => busy
         0:05 b digest user userpass => busy
         0:06 b basic admin wrong => busy
         0:07 b basic admin wrong => busy
         0:08 b basic admin wrong => busy
         0:09 b calls => busy
         0:10 a gets => Administrator
         0:11 a logs out => Administrator
         0:12 b digest user userpass => User
         0:13 a gets => busy",
    );
    check(
        "whoever was asked before does not join",
        false,
        "0:00 phone on
         0:01 b gets => anonymous
         0:02 a digest admin adminpass => Administrator
         0:03 b digest admin adminpass => busy",
    );
    check(
        "Basic belongs to its cookie",
        false,
        "0:00 phone on
         0:01 a basic admin adminpass => Administrator
         0:02 a gets => Administrator
         0:03 a posts => Administrator
         0:04 b basic admin adminpass => busy
         0:05 a loses cookies
         0:06 a gets => busy",
    );
    check(
        "Digest without cookies goes on by its nonce, past its end",
        false,
        "0:00 phone on
         0:01 a- digest admin adminpass => Administrator
         0:02 a- gets => Administrator
         0:03 a- posts => Administrator
         6:00 a- posts => Administrator
         12:00 a- posts => Administrator
         12:30 b digest admin adminpass => busy
         18:00 a- gets => Administrator",
    );
    check(
        "the owner may change the account",
        false,
        "0:00 phone on
         0:01 a digest user userpass => User
         0:02 a digest admin adminpass => Administrator
         0:03 a gets => Administrator
         0:03 port => open Administrator
         0:04 b gets => busy
         0:05 a posts => Administrator",
    );
    check(
        "the cookie alone opens nothing",
        false,
        "0:00 phone on
         0:01 a digest admin adminpass => Administrator
         0:02 a gets => Administrator
         0:03 a digest admin wrong => wrong 1
         0:04 a gets => anonymous
         0:05 a digest admin adminpass => Administrator",
    );
}

#[test]
fn ends() {
    check(
        "a browser that knows the password is asked for it after the end, once, and that is no failure",
        true,
        "0:00 a digest admin adminpass => Administrator
         0:01 a gets => Administrator
         0:02 a logs out => Administrator
         0:02 port => open
         0:03 a gets => anew
         0:03 a holds cookie => 0
         0:04 a digest admin adminpass => Administrator
         0:05 a gets => Administrator
         31:00 a gets => anew
         31:01 a basic admin adminpass => Administrator
         31:02 a logs out => Administrator
         31:03 a gets => anew
         31:04 a basic admin adminpass => Administrator",
    );
    check(
        "the same without cookies, by the nonce",
        true,
        "0:00 a- digest admin adminpass => Administrator
         0:01 a- gets => Administrator
         0:02 a- logs out => Administrator
         0:03 a- gets => anew
         0:04 a- digest admin adminpass => Administrator",
    );
    check(
        "after a restart of the unit",
        true,
        "0:00 a digest admin adminpass => Administrator
         0:01 b- gets => busy
         0:02 restart
         0:03 a gets => anew
         0:04 a digest admin adminpass => Administrator",
    );
    check(
        "a client that does not come back holds the session for a minute",
        true,
        "0:00 a- basic admin adminpass => Administrator
         0:00 timeout => 1:00
         0:59 b digest admin adminpass => busy
         1:00 b digest admin adminpass => Administrator
         1:30 b polls => Administrator
         1:30 timeout => 31:00
         3:00 a- basic admin adminpass => busy",
    );
}

#[test]
fn changes_of_password() {
    check(
        "rules 123 and 124: asked anew; two failures give 401 and close nothing; then three again",
        false,
        "0:00 phone on
         0:01 a digest admin adminpass => Administrator
         0:02 a gets => Administrator
         0:03 set admin admin newpass1
         0:03 port => open
         0:04 a gets => anew
         0:05 a digest admin adminpass => wrong 1
         0:06 a digest admin adminpass => 401 2
         0:06 port => open
         0:07 a gets => anonymous
         0:08 a digest admin newpass1 => Administrator
         0:09 a logs out => Administrator
         0:10 a gets => anew
         0:11 a digest admin wrong => wrong 1
         0:12 a digest admin wrong => wrong 2
         0:13 a digest admin wrong => 401 3
         0:13 port => closed",
    );
    check(
        "the third in a row closes after the 401 of the second too",
        false,
        "0:00 set user user newpass1
         0:00 phone on
         0:01 a digest user x => wrong 1
         0:02 a digest user x => 401 2
         0:03 a digest user x => 401 3
         0:03 port => closed",
    );
    check(
        "the other account has three tries",
        false,
        "0:00 phone on
         0:01 set admin admin newpass1
         0:02 a digest user x => wrong 1
         0:03 a digest user x => wrong 2
         0:04 a digest user userpass => User
         0:05 a logs out => User
         0:06 a gets => anew
         0:07 a digest admin x => wrong 1
         0:08 a digest admin x => 401 2",
    );
    check(
        "a first login that succeeds ends the limit of two",
        false,
        "0:00 phone on
         0:01 set admin admin newpass1
         0:02 a digest admin x => wrong 1
         0:03 a digest admin newpass1 => Administrator
         0:04 a gets => Administrator
         0:05 a digest admin x => wrong 1
         0:06 a digest admin x => wrong 2",
    );
    check(
        "rule 112: the administrator changes the user's password and stays",
        false,
        "0:00 phone on
         0:01 a digest admin adminpass => Administrator
         0:02 a gets => Administrator
         0:03 set user user newpass1
         0:04 a gets => Administrator
         0:05 a posts => Administrator
         0:06 set admin admin adminpass
         0:07 a gets => Administrator",
    );
    check(
        "rule 110: a changed ID counts as a changed login",
        false,
        "0:00 phone on
         0:01 a digest admin adminpass => Administrator
         0:02 set admin root adminpass
         0:03 a gets => anew
         0:04 a digest admin adminpass => wrong 1
         0:05 a digest root adminpass => Administrator",
    );
    check(
        "a browser that sleeps through the change is not counted",
        false,
        "0:00 phone on
         0:01 a digest admin adminpass => Administrator
         0:02 a gets => Administrator
         0:03 set admin admin newpass1
         0:04 a gets => anew
         0:05 a polls => anonymous
         0:06 a polls => anonymous
         0:07 port => open",
    );
}

#[test]
fn first_login_of_the_user() {
    check(
        "rule 121: choose a password, log in with it",
        false,
        "0:00 set user user
         0:00 phone on
         0:01 a digest user => User has to choose a password
         0:02 a gets => User has to choose a password
         0:03 a posts => User has to choose a password
         0:04 set user user userpass1
         0:05 a gets => anew
         0:06 a digest user => wrong 1
         0:07 a digest user userpass1 => User
         0:08 a gets => User",
    );
    check(
        "the same with Basic, and an administrator without password does not get in",
        false,
        "0:00 set user user
         0:00 set admin admin
         0:00 phone on
         0:01 a basic admin => wrong 1
         0:02 a basic user => User has to choose a password
         0:03 a logs out => User has to choose a password
         0:04 a gets => anew
         0:05 a digest admin => wrong 1",
    );
}

#[test]
fn programs() {
    check(
        "calls leave no session and are refused while somebody is logged in",
        true,
        "0:00 a- basic admin adminpass => Administrator
         2:00 p- calls => anonymous
         3:00 b digest admin adminpass => Administrator
         3:01 b calls => Administrator
         3:02 p- calls => busy",
    );
    let mut world = World::new(true);
    let mut program = Browser::new(false);
    for second in 0..900 {
        world.now = Duration::from_secs(second);
        program.knows(Scheme::Sha256, "admin", "adminpass");
        let verdict = program.send(&mut world.gate, world.now, "GET", Purpose::Call);
        assert_eq!(said(&verdict), if second == 0 { "anonymous" } else { "Administrator" }, "{second}");
        assert_eq!(world.gate.logged_in(), None);
    }
}

#[test]
fn other_sites() {
    check(
        "what another site asks a browser for may be looked at, but changes nothing",
        false,
        "0:00 phone on
         0:01 a digest admin adminpass => Administrator
         0:02 a gets => Administrator
         0:03 a is lured GET => Administrator
         0:04 a is lured POST => crosssite
         0:05 a is lured PUT => crosssite
         0:06 a posts => Administrator",
    );
}

#[test]
fn repeated_requests() {
    check(
        "a request that is heard and repeated is not served, nor counted",
        false,
        "0:00 phone on
         0:01 a digest admin adminpass => Administrator
         0:02 a gets => Administrator
         0:03 a replays => stale
         0:04 a replays => stale
         0:05 a replays => stale
         0:06 a gets => Administrator",
    );
}

#[test]
fn refused_headers() {
    let mut gate = Gate::new(
        Policy { always_open: true, close_after: Duration::from_secs(60) },
        &logins(&["admin".into(), "adminpass".into()], &["user".into(), String::new()]),
        [5; 32],
    );
    let mut ask = |authorization: &[&str], target: &str| {
        let authorization: Vec<&[u8]> = authorization.iter().map(|h| h.as_bytes()).collect();
        let request =
            Request { method: "GET", target, authorization: &authorization, cookies: &[], purpose: Purpose::Action };
        gate.admit(&request, Duration::ZERO)
    };
    let Verdict::Unauthorized(first) = ask(&[], "/") else { panic!("not asked") };
    let nonce =
        first.challenges[0].split("nonce=\"").nth(1).and_then(|r| r.split('"').next()).expect("a nonce").to_owned();
    let header = |realm: &str, nonce: &str, more: &str| {
        let zeros = "0".repeat(64);
        format!(
            "Digest username=admin, realm=\"{realm}\", nonce=\"{nonce}\", uri=\"/\", algorithm=SHA-256, qop=auth, nc=00000001, cnonce=c, response={zeros}{more}"
        )
    };
    let why = |verdict: Verdict| said(&verdict);
    assert_eq!(why(ask(&[&header("Offhook", &nonce, "")], "/x")), "malformed(elsewhere)");
    assert_eq!(why(ask(&[&header("Offhook", &nonce, ", nc=00000002")], "/")), "malformed(twice)");
    assert_eq!(why(ask(&["Basic YTpi", "Basic YTpi"], "/")), "malformed(several)");
    assert_eq!(why(ask(&[&header("Other", &nonce, "")], "/")), "anew");
    assert_eq!(why(ask(&[&header("Offhook", "dcd98b7102dd2f0e8b11d0f600bfb0c093", "")], "/")), "anew");
    assert_eq!(why(ask(&[&header("Offhook", &nonce, ", opaque=other")], "/")), "anew");
    assert_eq!(why(ask(&["Bearer x"], "/")), "anonymous");
    assert_eq!(why(ask(&[&header("Offhook", &nonce, "")], "/")), "wrong 1");
}

#[test]
fn answers() {
    let mut world = World::new(true);
    let get = |gate: &mut Gate, authorization: &[&[u8]], cookies: &[&[u8]]| {
        let request = Request { method: "GET", target: "/", authorization, cookies, purpose: Purpose::Action };
        gate.admit(&request, Duration::from_millis(500))
    };
    let names = |v: &Verdict| v.headers().iter().map(|(n, _)| *n).collect::<Vec<_>>().join(" ");
    let asked = get(&mut world.gate, &[], &[]);
    assert_eq!((asked.status(), names(&asked)), (Some(401), ["www-authenticate"; 3].join(" ")));
    let asked = get(&mut world.gate, &[], &[b"offhook-session=x"]);
    assert_eq!(
        asked.headers()[3],
        ("set-cookie", "offhook-session=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict".into())
    );

    for (authorization, status) in [(&b"Basic x"[..], 400), (b"Basic YTpi", 401), (b"Basic YTpi", 401)] {
        assert_eq!(get(&mut world.gate, &[authorization], &[]).status(), Some(status));
    }
    let last = get(&mut world.gate, &[b"Basic YTpi"], &[]);
    assert_eq!(last.status(), Some(401));
    assert_eq!(last.headers(), [("www-authenticate", "Closed realm=\"Offhook\"".to_owned())]);
    let locked = get(&mut world.gate, &[], &[]);
    assert_eq!((locked.status(), locked.headers()), (Some(429), vec![("retry-after", "60".to_owned())]));

    world.gate.open(Duration::from_secs(1));
    let admitted = get(&mut world.gate, &[b"Basic YWRtaW46YWRtaW5wYXNz"], &[]);
    assert_eq!(admitted.status(), None);
    let [("set-cookie", cookie)] = &admitted.headers()[..] else { panic!("no cookie") };
    let secret = cookie
        .strip_prefix("offhook-session=")
        .and_then(|c| c.strip_suffix("; Path=/; Max-Age=86400; HttpOnly; SameSite=Strict"));
    assert_eq!(secret.map(str::len), Some(64));
    assert!(!format!("{admitted:?} {asked:?}").contains(secret.expect("a cookie")), "no secret in logs");
    assert_eq!(get(&mut world.gate, &[], &[]).status(), Some(403));
}

proptest::proptest! {
    #[test]
    fn nothing_made_up_gets_in(
        headers in proptest::collection::vec("(Digest|Basic|[a-z]{0,3}) ?[ -~]{0,80}", 0..3),
        cookies in proptest::collection::vec("(offhook-session=)?[ -~]{0,70}", 0..3),
        seconds in 0u64..10_000,
    ) {
        let mut world = World::new(true);
        let headers: Vec<&[u8]> = headers.iter().map(|h| h.as_bytes()).collect();
        let cookies: Vec<&[u8]> = cookies.iter().map(|c| c.as_bytes()).collect();
        let (authorization, cookies, purpose) = (&headers[..], &cookies[..], Purpose::Action);
        let request = Request { method: "GET", target: "/", authorization, cookies, purpose };
        let verdict = world.gate.admit(&request, Duration::from_secs(seconds));
        proptest::prop_assert!(!matches!(verdict, Verdict::Admitted(_)));
    }
}
