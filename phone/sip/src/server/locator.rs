//! The state machine: which servers a request may go to, and which of them were silent.

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use super::cache::{Cache, Lookup};
use super::plan::{Plan, Site};
use super::{Answer, Output, QueryId};
use crate::exchange::Toward;
use crate::message::{SipUri, Uri};
use crate::token::Tokens;
use crate::transaction::{Peer, Transport};

/// After how long a silent server is looked for again: soon at first, since most are back soon, then twice as long each time
/// up to the longest.
const FIRST_PROBE: Duration = Duration::from_secs(5);
const LONGEST_PROBE: Duration = Duration::from_secs(60);
/// How long a server may be silent before it is tried in its turn again: one that does not answer OPTIONS comes back so.
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// Longest time that a server may ask to be left alone.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);
/// Silent servers that are remembered.
const MOST_SILENT: usize = 64;
/// Hosts of one SRV answer whose addresses are looked for.
const MOST_HOSTS: usize = 8;

/// Names a search until its result comes. The caller chooses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// Finds the servers of one line.
///
/// After each call, fetch outputs until there are none, and call [`Locator::timeout`] at the moment that
/// [`Locator::next_timeout`] names.
#[derive(Debug)]
pub struct Locator {
    plan: Plan,
    tokens: Tokens,
    cache: Cache,
    waiting: Vec<(Ticket, Target)>,
    /// Some server's addresses are still to be learned.
    learning: bool,
    silent: HashMap<Peer, Silence>,
    /// Address versions that the unit has.
    versions: Versions,
    outputs: VecDeque<Output>,
}

/// A server that did not answer.
#[derive(Debug, Clone, Copy)]
struct Silence {
    since: Duration,
    probe: Duration,
    /// How long after that the next one is.
    wait: Duration,
}

#[derive(Debug, Clone, Copy)]
struct Versions {
    v4: bool,
    v6: bool,
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Site(Site),
    Uri { host: String, port: Option<u16>, transport: Transport },
    Nowhere,
}

impl Locator {
    /// One that knows no server yet. `tokens` decide by chance between SRV records.
    pub fn new(plan: Plan, tokens: Tokens) -> Self {
        Locator {
            plan,
            tokens,
            cache: Cache::default(),
            waiting: Vec::new(),
            learning: false,
            silent: HashMap::new(),
            versions: Versions { v4: true, v6: true },
            outputs: VecDeque::new(),
        }
    }

    /// Takes other settings. What is known of names and servers stays.
    pub fn set_plan(&mut self, plan: Plan) {
        self.plan = plan;
    }

    /// The settings.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Leaves out servers of an address version that the unit has no address of.
    pub fn set_versions(&mut self, v4: bool, v6: bool) {
        self.versions = Versions { v4, v6 };
    }

    /// Looks for the servers of a request. The result comes as [`Output::Located`], at once if it is known.
    pub fn locate(&mut self, now: Duration, ticket: Ticket, toward: &Toward) {
        let target = match (self.plan.site(toward), toward) {
            (Some(site), _) => Target::Site(site.clone()),
            (None, Toward::Uri(uri)) => self.target(uri),
            (None, _) => Target::Nowhere,
        };
        self.search(now, ticket, target);
    }

    /// Asks for the addresses of all servers of the settings, so that [`Locator::is_own`] knows them.
    pub fn learn(&mut self, now: Duration) {
        let sites: Vec<_> = self.plan.sites().cloned().collect();
        self.learning = false;
        for site in sites {
            self.learning |= self.resolve(now, &Target::Site(site)).is_none();
        }
        self.flush();
    }

    /// Whether an address belongs to a server of the settings, as far as their names are known (guide rule 202).
    pub fn is_own(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.plan.sites().any(|site| {
            let named = match site.host.parse::<IpAddr>() {
                Ok(own) => own == address,
                Err(_) => self.remembers(&site.host, address),
            };
            named || site.second.is_some_and(|second| second.ip() == address)
        })
    }

    /// Takes the answer to a query.
    pub fn answered(&mut self, now: Duration, id: QueryId, answer: Answer) {
        if self.cache.answered(now, id, answer, &mut self.tokens) {
            self.go_on(now);
        }
    }

    /// A server did not answer, cannot be reached, or is out of service for a time that it names.
    pub fn failed(&mut self, now: Duration, peer: Peer, retry_after: Option<Duration>) {
        if self.silent.len() >= MOST_SILENT && !self.silent.contains_key(&peer) {
            self.silent.retain(|_, silence| now < silence.since + LONGEST_PROBE);
        }
        let (since, wait) = self.silent.get(&peer).map_or((now, FIRST_PROBE), |silence| (silence.since, silence.wait));
        let probe = now + retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER).max(wait);
        if self.silent.len() < MOST_SILENT {
            self.silent.insert(peer, Silence { since, probe, wait });
        }
    }

    /// A server gave a sign of life. True if it had been silent.
    pub fn alive(&mut self, peer: Peer) -> bool {
        self.silent.remove(&peer).is_some()
    }

    /// Whether a server was silent last.
    pub fn is_silent(&self, peer: Peer) -> bool {
        self.silent.contains_key(&peer)
    }

    /// Time has passed.
    pub fn timeout(&mut self, now: Duration) {
        if self.cache.timeout(now) {
            self.go_on(now);
        }
        self.silent.retain(|_, silence| now < silence.since + FORGOTTEN);
        for (peer, silence) in &mut self.silent {
            if silence.probe <= now {
                silence.wait = (silence.wait * 2).min(LONGEST_PROBE);
                silence.probe = now + silence.wait;
                self.outputs.push_back(Output::Probe(*peer));
            }
        }
    }

    /// When [`Locator::timeout`] has something to do.
    pub fn next_timeout(&self) -> Option<Duration> {
        let probes = self.silent.values().map(|silence| silence.probe.min(silence.since + FORGOTTEN));
        probes.chain(self.cache.next_timeout()).min()
    }

    /// The next thing to do.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn search(&mut self, now: Duration, ticket: Ticket, target: Target) {
        match self.resolve(now, &target) {
            Some(peers) => self.outputs.push_back(Output::Located { ticket, peers }),
            None => self.waiting.push((ticket, target)),
        }
        self.flush();
    }

    /// Looks again for what waits.
    fn go_on(&mut self, now: Duration) {
        for (ticket, target) in std::mem::take(&mut self.waiting) {
            self.search(now, ticket, target);
        }
        if self.learning {
            self.learn(now);
        }
    }

    fn flush(&mut self) {
        self.outputs.extend(self.cache.queries.drain(..).map(Output::Resolve));
    }

    fn target(&self, uri: &str) -> Target {
        match Uri::parse(uri) {
            Some(Uri::Sip(uri)) => Target::Uri {
                host: uri.host.to_string().trim_matches(['[', ']']).to_owned(),
                port: uri.port,
                transport: self.transport(&uri),
            },
            _ => Target::Nowhere,
        }
    }

    /// What carries a request to a URI. A line that speaks TLS never speaks less.
    fn transport(&self, uri: &SipUri<'_>) -> Transport {
        let asked = uri.params.get("transport").unwrap_or_default();
        if uri.secure || self.plan.transport == Transport::Tls || asked.eq_ignore_ascii_case("tls") {
            Transport::Tls
        } else if asked.eq_ignore_ascii_case("tcp") {
            Transport::Tcp
        } else if asked.eq_ignore_ascii_case("udp") {
            Transport::Udp
        } else {
            self.plan.transport
        }
    }

    /// All servers of a target, the silent ones last; none while DNS is being asked.
    fn resolve(&mut self, now: Duration, target: &Target) -> Option<Vec<Peer>> {
        let (mut addresses, transport) = match target {
            Target::Site(site) => {
                let transport = self.plan.transport;
                let mut addresses = self.host(now, &site.host, Some(site.port), transport, true)?;
                addresses.extend(site.second);
                (addresses, transport)
            }
            Target::Uri { host, port, transport } => {
                // An explicit port means that DNS is not asked for others (RFC 3263, section 4.2).
                (self.host(now, host, *port, *transport, port.is_none())?, *transport)
            }
            Target::Nowhere => return Some(Vec::new()),
        };
        let Versions { v4, v6 } = self.versions;
        addresses.retain(|address| if address.is_ipv4() { v4 } else { v6 });
        let mut peers: Vec<Peer> = Vec::new();
        for address in addresses {
            let peer = Peer { transport, address };
            if !peers.contains(&peer) {
                peers.push(peer);
            }
        }
        peers.truncate(self.plan.most);
        peers.sort_by_key(|peer| self.silent.contains_key(peer));
        Some(peers)
    }

    fn host(
        &mut self,
        now: Duration,
        host: &str,
        port: Option<u16>,
        transport: Transport,
        srv: bool,
    ) -> Option<Vec<SocketAddr>> {
        let port = port.unwrap_or(transport.default_port());
        if let Ok(address) = host.parse::<IpAddr>() {
            return Some(vec![SocketAddr::new(address, port)]);
        }
        let name = if srv { self.plan.srv_name(host, transport) } else { None };
        let records = match name.map(|name| self.cache.srv(now, &name)) {
            Some(Lookup::Known(records)) => records.iter().take(MOST_HOSTS).cloned().collect(),
            Some(Lookup::Asked) => return None,
            None => Vec::new(),
        };
        let hosts: Vec<(String, u16)> = match &records[..] {
            [] => vec![(host.to_owned(), port)],
            records => records.iter().map(|record| (record.target.clone(), record.port)).collect(),
        };
        let mut complete = true;
        let mut addresses = Vec::new();
        // All are asked for at once.
        for (host, port) in hosts.iter().filter(|(host, _)| host != ".") {
            match self.cache.addresses(now, host) {
                Lookup::Known(known) => {
                    addresses.extend(known.iter().map(|address| SocketAddr::new(address.to_canonical(), *port)));
                }
                Lookup::Asked => complete = false,
            }
        }
        complete.then_some(addresses)
    }

    fn remembers(&self, host: &str, address: IpAddr) -> bool {
        let is_it = |own: &IpAddr| own.to_canonical() == address;
        let services = self.plan.srv_name(host, self.plan.transport);
        self.cache.remembered_addresses(host).iter().any(is_it)
            || services.is_some_and(|name| {
                let mut records = self.cache.remembered_srv(&name).iter();
                records.any(|record| self.cache.remembered_addresses(&record.target).iter().any(is_it))
            })
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
