//! Names of servers: DNS as the settings have it, for lines that ask where to send.

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use offhook_params::choices::{ConnectionMode, DnsMode};
use offhook_params::settings::Addressing;
use offhook_sip::server::{Answer, Records, Srv};

/// How long one name server may take, the first time and the second.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long it holds that a name has no records, unless the answer says so itself.
const NOTHING: Duration = Duration::from_secs(60);

/// Asks name servers. It makes itself ready with the first question: a unit whose servers are addresses never asks.
pub(crate) struct Names {
    servers: Vec<SocketAddr>,
    /// One for each server, or one for all of the system's.
    resolvers: OnceLock<Vec<TokioResolver>>,
    /// The one that answered last: a server that is silent is not waited for with each question.
    preferred: AtomicUsize,
}

impl Names {
    /// Asks these name servers, each when the one before is silent; if there are none, those of the system.
    pub(crate) fn new(servers: Vec<SocketAddr>) -> Self {
        Self { servers, resolvers: OnceLock::new(), preferred: AtomicUsize::new(0) }
    }

    /// Finds out what a line asks.
    pub(crate) async fn answer(&self, name: &str, records: Records) -> Answer {
        let resolvers = self.resolvers.get_or_init(|| self.resolvers());
        let Some(name) = whole(name) else { return Answer::Failed };
        let first = self.preferred.load(Ordering::Relaxed);
        for number in (0..resolvers.len()).map(|offset| (first + offset) % resolvers.len()) {
            let answer = match records {
                Records::Srv => srv(&resolvers[number], &name).await,
                Records::Addresses => addresses(&resolvers[number], &name).await,
            };
            if answer != Answer::Failed {
                self.preferred.store(number, Ordering::Relaxed);
                return answer;
            }
        }
        Answer::Failed
    }

    /// One that cannot be made is as good as one that never answers.
    fn resolvers(&self) -> Vec<TokioResolver> {
        if self.servers.is_empty() {
            let made = TokioResolver::builder_tokio().and_then(|mut builder| {
                set(builder.options_mut());
                builder.build()
            });
            return made.into_iter().collect();
        }
        let resolver = |address: &SocketAddr| {
            // TCP is for answers that no datagram holds.
            let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
                connection.port = address.port();
                connection
            });
            let server = NameServerConfig::new(address.ip(), true, connections.into());
            let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
            let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
            set(builder.options_mut());
            builder.build().ok()
        };
        self.servers.iter().filter_map(resolver).collect()
    }
}

async fn srv(resolver: &TokioResolver, name: &Name) -> Answer {
    match resolver.lookup(name.clone(), RecordType::SRV).await {
        Ok(found) => {
            let records = found.answers().iter().filter_map(|record| match &record.data {
                RData::SRV(srv) => Some(Srv {
                    priority: srv.priority,
                    weight: srv.weight,
                    port: srv.port,
                    target: target(&srv.target),
                }),
                _ => None,
            });
            Answer::Srv { records: records.collect(), ttl: left(found.valid_until()) }
        }
        Err(error) => nothing(&error).map_or(Answer::Failed, |ttl| Answer::Srv { records: Vec::new(), ttl }),
    }
}

async fn addresses(resolver: &TokioResolver, name: &Name) -> Answer {
    match resolver.lookup_ip(name.clone()).await {
        Ok(found) => Answer::Addresses { addresses: found.iter().collect(), ttl: left(found.valid_until()) },
        Err(error) => nothing(&error).map_or(Answer::Failed, |ttl| Answer::Addresses { addresses: Vec::new(), ttl }),
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Names").field("servers", &self.servers).finish_non_exhaustive()
    }
}

fn set(options: &mut ResolverOpts) {
    options.timeout = PATIENCE;
    options.attempts = 1;
    options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
    options.cache_size = 32;
}

/// A name with a dot is whole: the domains that the system would add to it are for short names.
fn whole(name: &str) -> Option<Name> {
    let mut name = Name::from_utf8(name).ok()?;
    if name.num_labels() > 1 {
        name.set_fqdn(true);
    }
    Some(name)
}

/// A name without the dot at its end, but for the root, which says that there is no service.
fn target(name: &Name) -> String {
    let name = name.to_utf8();
    match name.strip_suffix('.') {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => name,
    }
}

fn left(until: Instant) -> Duration {
    until.saturating_duration_since(Instant::now())
}

/// How long it holds that there are no such records; none if the error says anything else.
fn nothing(error: &NetError) -> Option<Duration> {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(none)) => {
            Some(none.negative_ttl.map_or(NOTHING, |seconds| Duration::from_secs(seconds.into())))
        }
        _ => None,
    }
}

/// The name servers that a person has entered, in their order.
pub(crate) fn entered(settings: &Addressing) -> Vec<SocketAddr> {
    if settings.connection_mode == ConnectionMode::Dhcp && settings.dns_mode == DnsMode::Automatic {
        return Vec::new();
    }
    let servers = [settings.dns1, settings.dns2];
    servers.into_iter().flatten().map(|address| SocketAddr::new(IpAddr::V4(address), 53)).collect()
}
