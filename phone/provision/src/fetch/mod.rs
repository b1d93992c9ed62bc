//! Fetching one file: one [`Fetcher`] for all schemes, with limits that hold while the file arrives.
//!
//! It runs on the tokio runtime of its caller: a fetch that is no longer wanted is dropped like any future, time-outs
//! cost no thread, and ten thousand simulated phones fit into one process. It holds nothing but a pool of connections.

mod body;
mod challenge;
mod ftp;
mod http;
mod tftp;
pub mod tls;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use offhook_params::Settings;
use offhook_params::choices::{HttpVersion, TlsVerification};
use offhook_params::types::Macros;

use self::body::Body;
use crate::error::Error;
use crate::location::{Credentials, Location, Scheme};

/// How files are fetched: what the settings say, and what the unit knows.
#[derive(Debug, Clone)]
pub struct Access {
    /// HTTP/1.0 or HTTP/1.1 (guide rule 81).
    pub http_version: HttpVersion,
    /// The User-Agent header, macros replaced.
    pub user_agent: String,
    /// How closely certificates are checked (guide rule 79).
    pub verification: TlsVerification,
    /// What certificates are checked against.
    pub roots: Roots,
    /// Date and time; without them no certificate is checked (guide rule 79).
    pub clock: Option<Timestamp>,
    /// What HTTP servers are answered that ask for credentials, where the URL has none.
    pub credentials: Option<Credentials>,
    /// Host and port of the HTTP proxy (guide rule 78).
    pub proxy: Option<(String, u16)>,
}

impl Access {
    /// What the settings say.
    pub fn new(settings: &Settings, macros: &Macros<'_>, roots: Roots, clock: Option<Timestamp>) -> Self {
        let proxy = settings.proxy.http_proxy.then_some(&settings.proxy);
        Self {
            http_version: settings.http.http_version,
            user_agent: settings.http.http_user_agent.expand(macros),
            verification: settings.http.tls_verification,
            roots,
            clock,
            credentials: Credentials::of_unit(&settings.http),
            proxy: proxy.and_then(|p| Some((p.http_proxy_address.as_ref()?.0.clone(), p.http_proxy_port.0))),
        }
    }
}

/// The certificates that every chain has to end in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// Those that the system trusts: no root certificate is configured.
    System,
    /// The configured one, or several, as PEM or DER.
    Given(Vec<u8>),
    /// One is configured, but the unit does not have it, for this reason: a check cannot succeed.
    Missing(String),
}

/// Up to where a fetch may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of the file.
    pub size: u64,
    /// Until there is a connection.
    pub connect: Duration,
    /// Until more of the answer arrives.
    pub idle: Duration,
    /// Until everything is done, redirects included.
    pub total: Duration,
}

impl Limits {
    /// For configuration files: 240 KB of XML (guide rule 33), encrypted and in base64 lines; a minute and a half.
    pub const CONFIGURATION: Self = Self {
        size: (240 * 1024 + 32) * 65 / 48 + 65,
        connect: Duration::from_secs(10),
        idle: Duration::from_secs(20),
        total: Duration::from_secs(90),
    };

    /// For pictures of the display (guide rule 196).
    pub const PICTURE: Self = Self { size: 5 << 20, ..Self::CONFIGURATION };

    /// For firmware: the largest image, and half an hour, which is 1.2 Mbit/s.
    pub const FIRMWARE: Self = Self {
        size: crate::firmware::LARGEST + (1 << 13),
        connect: Duration::from_secs(10),
        idle: Duration::from_secs(20),
        total: Duration::from_secs(30 * 60),
    };
}

/// What an HTTP server is told of the file that the unit has, so that an unchanged one is not sent again
/// (RFC 9110 section 13).
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Validator {
    /// The ETag header as it came.
    pub etag: Option<String>,
    /// The Last-Modified header as it came.
    pub last_modified: Option<String>,
}

/// How a fetch went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// The file came.
    File {
        /// Tells its version; both parts are empty for other schemes than HTTP.
        version: Validator,
        /// Where it came from in the end, redirects followed.
        from: Box<Location>,
    },
    /// It is the one that the unit has.
    Unchanged,
}

/// Fetches files.
#[derive(Debug, Clone)]
pub struct Fetcher {
    access: Access,
    http: reqwest::Client,
}

impl Fetcher {
    /// A fetcher for some files; a later round makes a new one, with the settings and the time of then.
    ///
    /// # Errors
    /// User agent, proxy or root certificate cannot be used.
    pub fn new(access: Access) -> Result<Self, Error> {
        let http = http::client(&access)?;
        Ok(Self { access, http })
    }

    /// Fetches a file into memory. `known` describes the version that the unit has.
    ///
    /// # Errors
    /// It did not come, or not as a whole.
    pub async fn fetch(
        &self,
        location: &Location,
        known: Option<&Validator>,
        limits: &Limits,
    ) -> Result<(Fetched, Vec<u8>), Error> {
        let mut bytes = Vec::new();
        let fetched = self.fetch_into(location, known, limits, &mut bytes).await?;
        Ok((fetched, bytes))
    }

    /// Fetches a file into a sink, piece by piece. After an error the sink may have parts of it.
    ///
    /// # Errors
    /// It did not come, or not as a whole, or the sink does not take it.
    pub async fn fetch_into(
        &self,
        location: &Location,
        known: Option<&Validator>,
        limits: &Limits,
        sink: &mut (dyn io::Write + Send),
    ) -> Result<Fetched, Error> {
        let mut body = Body::new(location, limits.size, sink);
        let fetch = async {
            match location.scheme() {
                Scheme::Http | Scheme::Https => {
                    http::fetch(&self.http, &self.access, location, known, limits, &mut body).await
                }
                Scheme::Ftp => ftp::fetch(location, limits, &mut body).await,
                Scheme::Tftp => tftp::fetch(location, limits, &mut body).await,
            }
        };
        match tokio::time::timeout(limits.total, fetch).await {
            Ok(result) => result,
            Err(_) => {
                let server = server(location);
                Err(Error::TimedOut { server, what: "send the whole file", after: limits.total })
            }
        }
    }
}

/// Host and port for a message.
fn server(location: &Location) -> String {
    match location.host() {
        host if host.contains(':') => format!("[{host}]:{}", location.port()),
        host => format!("{host}:{}", location.port()),
    }
}

/// Waits for something that the server has to do.
async fn within<T>(
    time: Duration,
    location: &Location,
    what: &'static str,
    work: impl Future<Output = T>,
) -> Result<T, Error> {
    let late = |_| Error::TimedOut { server: server(location), what, after: time };
    tokio::time::timeout(time, work).await.map_err(late)
}

/// The addresses of a server.
async fn addresses(location: &Location, limits: &Limits) -> Result<Vec<SocketAddr>, Error> {
    let fault = |reason| Error::Connect { server: server(location), reason };
    let lookup = tokio::net::lookup_host((location.host(), location.port()));
    let found = within(limits.connect, location, "get an address from the name server", lookup).await?;
    match found.map(Iterator::collect::<Vec<_>>) {
        Ok(addresses) if !addresses.is_empty() => Ok(addresses),
        Ok(_) => Err(fault("its name has no address".to_owned())),
        Err(error) => Err(fault(error.to_string())),
    }
}
