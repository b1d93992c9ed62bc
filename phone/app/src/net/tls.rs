//! TLS for lines that ask for it: which servers are trusted, and under which name.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use jiff::Timestamp;
use offhook_params::choices::TlsVerification;
use offhook_provision::fetch::Roots;
use offhook_provision::fetch::tls::{Checks, client, explain};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How closely the servers of a line are checked: as HTTPS servers are (guide rule 79).
#[derive(Debug, Clone)]
pub(crate) struct Security {
    /// The level of the settings.
    pub(crate) level: TlsVerification,
    /// Names and addresses by which the settings call the line's servers. A server is found by DNS, which anybody may have
    /// answered; its certificate has to have a name that the settings have (RFC 5922, section 4).
    pub(crate) names: Vec<String>,
    /// What the unit knows when a connection begins.
    pub(crate) trust: Trust,
}

/// Looks up the root certificates of the settings, and date and time if they are known; before, nothing is checked.
#[derive(Clone)]
pub(crate) struct Trust(pub(crate) Arc<dyn Fn() -> (Roots, Option<Timestamp>) + Send + Sync>);

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trust")
    }
}

impl Security {
    /// Begins TLS on a connection.
    ///
    /// # Errors
    /// The root certificates cannot be used, or the server does not prove who it is.
    pub(super) async fn begin(&self, stream: TcpStream, server: SocketAddr) -> anyhow::Result<TlsStream<TcpStream>> {
        let mut names: Vec<_> = self.names.iter().filter_map(|name| ServerName::try_from(name.clone()).ok()).collect();
        names.push(server.ip().into());
        let asked_for = names[0].clone();
        let (roots, clock) = (self.trust.0)();
        let config = client(Checks { level: self.level, roots, clock, names })?;
        let connector = TlsConnector::from(Arc::new(config));
        connector
            .connect(asked_for, stream)
            .await
            .map_err(|error| match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(reason) => anyhow::anyhow!(explain(reason)),
                None => error.into(),
            })
            .context("TLS")
    }
}
