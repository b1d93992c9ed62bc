//! HTTP and HTTPS: requests, redirects and answers to challenges, with nothing done that was not decided here.

use std::error::Error as StdError;
use std::io;

use jiff::SignedDuration;
use offhook_params::choices::HttpVersion;
use reqwest::header::{
    AUTHORIZATION, CONTENT_ENCODING, DATE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    LAST_MODIFIED, LOCATION, USER_AGENT, WWW_AUTHENTICATE,
};
use reqwest::{Client, Proxy, Response, StatusCode, Version, redirect};

use super::body::Body;
use super::challenge::{self, Challenge};
use super::{Access, Fetched, Limits, Validator, server, tls, within};
use crate::error::Error;
use crate::location::{Credentials, Location, Scheme};

/// How many redirects in a row are followed.
const MOST_REDIRECTS: usize = 5;

/// A client without any will of its own: no redirects, no proxies of the environment, no compression.
pub(super) fn client(access: &Access) -> Result<Client, Error> {
    let agent = HeaderValue::from_str(&access.user_agent);
    let agent = agent.map_err(|error| Error::Setting { setting: "HTTP_USER_AGENT", reason: error.to_string() })?;
    let builder = Client::builder()
        .default_headers([(USER_AGENT, agent)].into_iter().collect())
        .redirect(redirect::Policy::none())
        .referer(false)
        .http1_only()
        .no_proxy()
        .tls_backend_preconfigured(tls::config(access)?);
    let builder = match &access.proxy {
        None => builder,
        Some((host, port)) => {
            let fault = |error: reqwest::Error| Error::Setting { setting: "HTTP_PROXY_ADDRESS", reason: cause(&error) };
            builder.proxy(Proxy::all(format!("http://{host}:{port}")).map_err(fault)?)
        }
    };
    builder.build().map_err(|error| Error::Setting { setting: "HTTP client", reason: cause(&error) })
}

pub(super) async fn fetch(
    client: &Client,
    access: &Access,
    location: &Location,
    known: Option<&Validator>,
    limits: &Limits,
    body: &mut Body<'_>,
) -> Result<Fetched, Error> {
    let mut visit = Visit { client, access, start: location, at: location.clone(), known, limits };
    for _ in 0..=MOST_REDIRECTS {
        let response = visit.ask().await?;
        let status = response.status();
        match status {
            StatusCode::OK => return receive(response, &visit.at, limits, body).await,
            StatusCode::NOT_MODIFIED if known.is_some() => return Ok(Fetched::Unchanged),
            _ if status.is_redirection() && response.headers().contains_key(LOCATION) => {
                visit.at = next(&visit.at, response.headers())?;
            }
            _ => return Err(refusal(status, &visit.at)),
        }
    }
    let reason = format!("there are more than {MOST_REDIRECTS} in a row, perhaps in a circle");
    Err(Error::Redirect { server: server(&visit.at), reason })
}

/// The way to a file, through redirects.
struct Visit<'a> {
    client: &'a Client,
    access: &'a Access,
    start: &'a Location,
    at: Location,
    known: Option<&'a Validator>,
    limits: &'a Limits,
}

impl Visit<'_> {
    /// Asks, and answers challenges: each only once, unless the server says that only its nonce was too old.
    async fn ask(&self) -> Result<Response, Error> {
        let mut response = self.send(None).await?;
        for attempt in 0..2 {
            if response.status() != StatusCode::UNAUTHORIZED {
                break;
            }
            let headers = response.headers().get_all(WWW_AUTHENTICATE).into_iter();
            let challenge = challenge::best(headers.filter_map(|value| value.to_str().ok()));
            let again = attempt > 0 && !challenge.as_ref().is_some_and(Challenge::is_stale);
            if again {
                break;
            }
            response = self.send(Some(self.answer(challenge)?)).await?;
        }
        Ok(response)
    }

    fn answer(&self, challenge: Option<Challenge>) -> Result<HeaderValue, Error> {
        let denied = |reason: &str| Error::Denied { server: server(&self.at), reason: reason.to_owned() };
        let challenge = challenge.ok_or_else(|| denied("it asks for a login of a kind that the unit does not know"))?;
        let credentials = self.credentials()?;
        let url = self.at.url();
        let target = url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
        let answer = challenge.answer(credentials, "GET", &target).map_err(|reason| denied(&reason))?;
        let mut header = HeaderValue::from_str(&answer)
            .map_err(|_| denied("user name, or realm, has characters that HTTP has no place for"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// The credentials for the server that is being asked: nobody whom a redirect names gets those of another one.
    fn credentials(&self) -> Result<&Credentials, Error> {
        let own = self.at.credentials();
        let configured = || self.start.credentials().or(self.access.credentials.as_ref());
        let denied = |reason: &str| Error::Denied { server: server(&self.at), reason: reason.to_owned() };
        match own {
            Some(credentials) => Ok(credentials),
            None if self.at.same_server(self.start) => configured().ok_or_else(|| {
                denied(
                    "it asks for a login; set HTTP Authentication on the web page, or write user:password@ in the URL",
                )
            }),
            None => Err(denied(
                "it asks for a login, which the unit gives only to the server that the setting names, \
                 not to one that a redirect names; set its URL directly",
            )),
        }
    }

    async fn send(&self, authorization: Option<HeaderValue>) -> Result<Response, Error> {
        let version = match self.access.http_version {
            HttpVersion::Http10 => Version::HTTP_10,
            HttpVersion::Http11 => Version::HTTP_11,
        };
        let mut request = self.client.get(self.at.url().clone()).version(version);
        let validator = |header, value: &Option<String>| Some((header, HeaderValue::from_str(value.as_ref()?).ok()?));
        let known = self
            .known
            .map(|known| [validator(IF_NONE_MATCH, &known.etag), validator(IF_MODIFIED_SINCE, &known.last_modified)]);
        let more: HeaderMap<HeaderValue> = known.into_iter().flatten().flatten().collect();
        request = request.headers(more);
        if let Some(value) = authorization {
            request = request.header(AUTHORIZATION, value);
        }
        let time = self.limits.connect + self.limits.idle;
        within(time, &self.at, "answer", request.send()).await?.map_err(|error| failure(&error, &self.at))
    }
}

async fn receive(
    mut response: Response,
    at: &Location,
    limits: &Limits,
    body: &mut Body<'_>,
) -> Result<Fetched, Error> {
    let header = |name: &HeaderName| response.headers().get(name)?.to_str().ok().map(str::to_owned);
    if let Some(coding) = header(&CONTENT_ENCODING).filter(|coding| !coding.eq_ignore_ascii_case("identity")) {
        let reason = format!("it compresses the file ({coding}) without being asked to");
        return Err(Error::Protocol { server: server(at), protocol: "HTTP", reason });
    }
    let version = match (header(&LAST_MODIFIED), header(&DATE)) {
        (Some(modified), Some(date)) if is_just_written(&modified, &date) => Validator::default(),
        (last_modified, _) => Validator { etag: header(&ETAG), last_modified },
    };
    if let Some(size) = response.content_length() {
        body.announce(size)?;
    }
    loop {
        let piece = within(limits.idle, at, "send more of the file", response.chunk()).await?;
        match piece.map_err(|error| failure(&error, at))? {
            Some(piece) => body.push(&piece)?,
            None => break,
        }
    }
    body.finish()?;
    Ok(Fetched::File { version, from: Box::new(at.clone()) })
}

/// Servers make dates, and many of them the ETag too, of the second of the last change: a file that was written right
/// before it was sent may change once more and keep both (RFC 9110 section 8.8.2.2).
fn is_just_written(modified: &str, date: &str) -> bool {
    let parse = |text: &str| jiff::fmt::rfc2822::parse(text).map(|time| time.timestamp());
    match (parse(modified), parse(date)) {
        (Ok(modified), Ok(date)) => date.duration_since(modified) <= SignedDuration::from_secs(1),
        _ => false,
    }
}

/// Where a redirect leads.
fn next(at: &Location, headers: &HeaderMap) -> Result<Location, Error> {
    let fault = |reason: String| Error::Redirect { server: server(at), reason };
    let target = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let target = target.ok_or_else(|| fault("its target is not text".to_owned()))?;
    let next = at.join(target).map_err(|error| fault(error.to_string()))?;
    match (at.scheme(), next.scheme()) {
        (Scheme::Https, Scheme::Http) => {
            Err(fault(format!("it leads from https to http ({next}), where anybody can read and alter the file")))
        }
        (_, Scheme::Http | Scheme::Https) => Ok(next),
        (_, other) => Err(fault(format!("it leads to {}", other.as_str()))),
    }
}

fn refusal(status: StatusCode, at: &Location) -> Error {
    let (server, answer) = (server(at), status.to_string());
    let denied = |reason: String| Error::Denied { server: server.clone(), reason };
    match status {
        StatusCode::NOT_FOUND | StatusCode::GONE => Error::NotFound { server, answer },
        StatusCode::UNAUTHORIZED => denied("it does not accept user name and password".to_owned()),
        StatusCode::FORBIDDEN => denied(format!("{answer}; the file may not be for this unit")),
        StatusCode::PROXY_AUTHENTICATION_REQUIRED => {
            denied("the proxy asks for a login, which the unit has no settings for; let it pass without".to_owned())
        }
        _ => Error::Refused { server, answer },
    }
}

/// What went wrong on the way.
fn failure(error: &reqwest::Error, at: &Location) -> Error {
    let server = server(at);
    if let Some(error) = find::<rustls::Error>(error) {
        return Error::Tls { server, reason: tls::explain(error) };
    }
    let reason = cause(error);
    if error.is_connect() {
        return Error::Connect { server, reason };
    }
    let io = find::<io::Error>(error).map(io::Error::kind);
    match io {
        Some(io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => {
            Error::CutOff { server, reason }
        }
        _ if reason.contains("before message completed") || error.is_body() || error.is_decode() => {
            Error::CutOff { server, reason }
        }
        _ => Error::Protocol { server, protocol: "HTTP", reason },
    }
}

/// The innermost reason; what lies around it says only that there is one.
fn cause(error: &(dyn StdError + 'static)) -> String {
    reasons(error).last().map_or_else(String::new, ToString::to_string)
}

/// An error of this type among the reasons.
fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    reasons(error).find_map(|reason| reason.downcast_ref::<T>())
}

/// An error and its reasons, outermost first. `io::Error` hides what it wraps from [`StdError::source`].
fn reasons<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let inner = |error: &&'a (dyn StdError + 'static)| -> Option<&'a (dyn StdError + 'static)> {
        let error: &'a (dyn StdError + 'static) = *error;
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        wrapped.map(|wrapped| wrapped as &(dyn StdError + 'static)).or_else(|| error.source())
    };
    std::iter::successors(Some(error), inner)
}
