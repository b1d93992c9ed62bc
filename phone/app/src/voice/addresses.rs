//! The unit's own addresses, as Contact and SDP give them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use offhook_sip::line::Addresses;
use offhook_system::Network;

use crate::net::address::towards;

/// Addresses that stand for the whole net when a route is looked up; nothing is sent to them (RFC 5737, RFC 3849).
const ANYWHERE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const ANYWHERE6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

/// Where the unit is, as it was last seen: a lease may come, or another one, while the phone is up.
#[derive(Debug)]
pub(super) struct Whereabouts {
    wished: Option<IpAddr>,
    name_servers: Vec<IpAddr>,
    own: Addresses,
}

/// What is other than before.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Moved {
    /// The unit has these addresses now.
    pub(super) own: Option<Addresses>,
    /// The network has other name servers.
    pub(super) name_servers: bool,
}

impl Whereabouts {
    /// Where the unit is at the start; `wished` is its address in place of what the machine says.
    pub(super) fn new(network: Network, wished: Option<IpAddr>) -> Self {
        let own = own(network.address, wished);
        Self { wished, name_servers: network.name_servers, own }
    }

    /// The unit's addresses.
    pub(super) fn own(&self) -> Addresses {
        self.own
    }

    /// Whether it has no address but that of the machine itself, and none was wished for.
    pub(super) fn is_nowhere(&self) -> bool {
        self.wished.is_none() && self.own.v4 == Some(Ipv4Addr::LOCALHOST)
    }

    /// Looks again. While there is no network, nothing has changed: it may come back as it was.
    pub(super) fn look(&mut self, network: Network) -> Moved {
        let (own, mut moved) = (own(network.address, self.wished), Moved::default());
        let is_nowhere = self.wished.is_none() && own.v4 == Some(Ipv4Addr::LOCALHOST);
        if own != self.own && !is_nowhere {
            self.own = own;
            moved.own = Some(own);
        }
        if network.name_servers != self.name_servers && !network.name_servers.is_empty() {
            self.name_servers = network.name_servers;
            moved.name_servers = true;
        }
        moved
    }
}

/// The unit's addresses: `wished` in place of what the machine says. A machine without a network talks to itself.
pub(super) fn own(machine: Option<Ipv4Addr>, wished: Option<IpAddr>) -> Addresses {
    let v4 = match wished {
        Some(IpAddr::V4(wished)) => wished,
        _ => machine.or_else(routed).unwrap_or(Ipv4Addr::LOCALHOST),
    };
    let v6 = match wished {
        Some(IpAddr::V6(wished)) => Some(wished),
        Some(IpAddr::V4(Ipv4Addr::LOCALHOST)) => loopback6(),
        _ => routed6().or_else(loopback6),
    };
    Addresses { v4: Some(v4), v6 }
}

fn routed() -> Option<Ipv4Addr> {
    match towards(ANYWHERE.into()) {
        Ok(IpAddr::V4(own)) => Some(own),
        _ => None,
    }
}

fn routed6() -> Option<Ipv6Addr> {
    match towards(ANYWHERE6.into()) {
        Ok(IpAddr::V6(own)) if !own.is_unicast_link_local() => Some(own),
        _ => None,
    }
}

/// Servers on the same machine can be reached where nobody else can.
fn loopback6() -> Option<Ipv6Addr> {
    towards(Ipv6Addr::LOCALHOST.into()).is_ok().then_some(Ipv6Addr::LOCALHOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_that_comes_late_or_changes_is_seen() {
        let network = |address: Option<&str>, server: &[&str]| Network {
            address: address.map(|address| address.parse().expect("an address")),
            name_servers: server.iter().map(|server| server.parse().expect("an address")).collect(),
            ..Network::default()
        };
        let mut unit = Whereabouts::new(network(None, &[]), None);
        let moved = unit.look(network(Some("192.0.2.7"), &["192.0.2.1"]));
        assert_eq!(moved.own.and_then(|own| own.v4), Some(Ipv4Addr::new(192, 0, 2, 7)));
        assert!(moved.name_servers);
        assert_eq!(moved.own, Some(unit.own()));
        assert!(!unit.is_nowhere());
        assert_eq!(unit.look(network(Some("192.0.2.7"), &["192.0.2.1"])), Moved::default());
        assert_eq!(unit.look(network(Some("192.0.2.7"), &[])), Moved::default(), "none is no better one");
        assert!(unit.look(network(Some("192.0.2.7"), &["192.0.2.2"])).name_servers);
        assert!(unit.look(network(Some("192.0.2.8"), &["192.0.2.2"])).own.is_some());

        let wished = Ipv4Addr::LOCALHOST;
        let mut unit = Whereabouts::new(network(Some("192.0.2.7"), &[]), Some(wished.into()));
        assert_eq!(unit.look(network(Some("192.0.2.8"), &[])).own, None, "what was wished for stays");
        assert_eq!(unit.own().v4, Some(wished));
    }

    #[test]
    fn there_is_always_an_address() {
        let machine = Ipv4Addr::new(192, 0, 2, 7);
        assert_eq!(own(Some(machine), None).v4, Some(machine));
        assert!(own(None, None).v4.is_some());
        let wished = Ipv4Addr::new(192, 0, 2, 8);
        assert_eq!(own(Some(machine), Some(wished.into())).v4, Some(wished));
        let local = own(Some(machine), Some(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(local, Addresses { v4: Some(Ipv4Addr::LOCALHOST), v6: Some(Ipv6Addr::LOCALHOST) });
        let wished = Ipv6Addr::LOCALHOST;
        assert_eq!(own(Some(machine), Some(wished.into())), Addresses { v4: Some(machine), v6: Some(wished) });
    }
}
