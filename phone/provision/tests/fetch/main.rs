//! Fetching from real servers, and from servers that misbehave, up to whole rounds of provisioning.

mod firmware;
mod ftp;
mod http;
mod misbehaving;
mod rounds;
mod servers;
mod tftp;
mod tls;

use std::time::Duration;

use jiff::Timestamp;
use offhook_params::choices::{HttpVersion, TlsVerification};
use offhook_provision::fetch::{Access, Fetched, Fetcher, Limits, Roots, Validator};
use offhook_provision::{Credentials, Error, Location};

const FILE: &[u8] = b"# Panasonic SIP Phone Standard Format File #\r\nSYSLOG_PORT=\"515\"\r\n\r\n";

/// Short enough for tests, long enough for a busy machine.
const LIMITS: Limits = Limits {
    size: 100_000,
    connect: Duration::from_secs(10),
    idle: Duration::from_secs(10),
    total: Duration::from_secs(30),
};

fn access() -> Access {
    Access {
        http_version: HttpVersion::Http11,
        user_agent: "Panasonic_KX-UT670/01.000 (0080f0010203)".to_owned(),
        verification: TlsVerification::Off,
        roots: Roots::System,
        clock: Some(Timestamp::now()),
        credentials: None,
        proxy: None,
    }
}

fn login(user: &str, password: &str) -> Credentials {
    Credentials { user: user.to_owned(), password: password.to_owned() }
}

fn fetch_with(
    access: Access,
    url: &str,
    known: Option<&Validator>,
    limits: &Limits,
) -> Result<(Fetched, Vec<u8>), Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let location = Location::parse(url).expect("a URL");
    runtime.block_on(async { Fetcher::new(access)?.fetch(&location, known, limits).await })
}

fn fetch(url: &str) -> Result<Vec<u8>, Error> {
    fetch_with(access(), url, None, &LIMITS).map(|(_, bytes)| bytes)
}

#[track_caller]
fn assert_error(result: Result<impl std::fmt::Debug, Error>, words: &[&str]) {
    let message = result.expect_err("an error").to_string();
    for word in words {
        assert!(message.contains(word), "{word:?} is not in: {message}");
    }
}
