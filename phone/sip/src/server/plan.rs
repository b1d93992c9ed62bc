//! The servers that the settings name, and how their names are looked up.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use offhook_params::settings::Line;
use offhook_params::types::{Host, Port};

use crate::exchange::Toward;
use crate::transaction::Transport;

/// Labels before a domain whose servers speak SIP over TLS (RFC 3263, section 4.1); the settings have none of their own.
const TLS_PREFIX: &str = "_sips._tcp.";

/// One server of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Name or address.
    pub host: String,
    /// The port, where DNS names no other.
    pub port: u16,
    /// The second server, if it counts: the first one is an address (guide rule 184).
    pub second: Option<SocketAddr>,
}

/// The servers of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What carries the requests.
    pub transport: Transport,
    /// Takes everything, if there is one.
    pub outbound: Option<Site>,
    /// Takes REGISTER.
    pub registrar: Option<Site>,
    /// Takes calls.
    pub proxy: Option<Site>,
    /// Takes subscriptions.
    pub presence: Option<Site>,
    /// Whether SRV records are asked for.
    pub srv: bool,
    /// What stands before a domain to ask for its servers over UDP.
    pub udp_prefix: String,
    /// What stands before a domain to ask for its servers over TCP.
    pub tcp_prefix: String,
    /// Most servers that are tried for one request; at least 1.
    pub most: usize,
}

impl Site {
    fn new(host: Option<&Host>, port: Port, second: Option<(Ipv4Addr, Port)>) -> Option<Self> {
        let host = host?;
        let second = second
            .filter(|_| host.address().is_some())
            .map(|(address, port)| SocketAddr::new(IpAddr::V4(address), port.0));
        Some(Site { host: host.0.clone(), port: port.0, second })
    }
}

impl Plan {
    /// The servers of a line as the settings have them.
    pub fn of_line(line: &Line, transport: Transport) -> Self {
        let servers = &line.servers;
        let registrar = Site::new(
            servers.registrar_address.as_ref(),
            servers.registrar_port,
            servers.registrar_address_2.map(|address| (address, servers.registrar_port_2)),
        );
        let proxy = Site::new(
            servers.sip_proxy_address.as_ref(),
            servers.sip_proxy_port,
            servers.sip_proxy_address_2.map(|address| (address, servers.sip_proxy_port_2)),
        );
        let presence = Site::new(
            servers.presence_address.as_ref(),
            servers.presence_port,
            servers.presence_address_2.map(|address| (address, servers.presence_port_2)),
        );
        Plan {
            transport,
            outbound: Site::new(servers.outbound_proxy_address.as_ref(), servers.outbound_proxy_port, None),
            registrar,
            proxy,
            presence,
            srv: servers.dns_srv,
            udp_prefix: servers.udp_srv_prefix.clone(),
            tcp_prefix: servers.tcp_srv_prefix.clone(),
            most: if servers.failover { usize::from(servers.failover_servers).max(1) } else { 1 },
        }
    }

    /// The server that a request outside of dialogs goes to. None if the settings name none, and within dialogs without an
    /// outbound proxy.
    pub fn site(&self, toward: &Toward) -> Option<&Site> {
        let first = [&self.registrar, &self.proxy, &self.presence];
        let order = match toward {
            Toward::Registrar => [0, 1, 2],
            Toward::Proxy => [1, 0, 2],
            Toward::Presence => [2, 1, 0],
            Toward::Uri(_) => return self.outbound.as_ref(),
        };
        self.outbound.as_ref().or_else(|| order.into_iter().find_map(|at| first[at].as_ref()))
    }

    /// All servers of the settings.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        [&self.outbound, &self.registrar, &self.proxy, &self.presence].into_iter().flatten()
    }

    /// The name under which SRV records of a host lie; none if they are not asked for.
    pub(super) fn srv_name(&self, host: &str, transport: Transport) -> Option<String> {
        let prefix = match transport {
            Transport::Udp => &self.udp_prefix,
            Transport::Tcp => &self.tcp_prefix,
            Transport::Tls => TLS_PREFIX,
        };
        // A dot that was forgotten would make one label of two.
        let dot = if prefix.is_empty() || prefix.ends_with('.') { "" } else { "." };
        self.srv.then(|| format!("{prefix}{dot}{host}"))
    }
}
