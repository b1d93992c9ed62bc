//! Where the line can be reached: its own address, or the one that a router shows of it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4};

use super::Config;
use crate::registration::Contact;
use crate::transaction::Local;

/// The unit's own addresses.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Of version 4.
    pub v4: Option<Ipv4Addr>,
    /// Of version 6, and global or at least unique.
    pub v6: Option<Ipv6Addr>,
}

/// What is known of the line's address.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) own: Addresses,
    /// Whether the line speaks to its registrar over version 6.
    pub(super) v6: bool,
    port: u16,
    rport: bool,
    /// The router's address, from the settings.
    global: Option<Ipv4Addr>,
    /// What a STUN server sees of the line.
    seen: Option<SocketAddrV4>,
    /// What the registrar sees of the line.
    learned: Option<Contact>,
}

impl Place {
    pub(super) fn new(config: &Config, own: Addresses) -> Self {
        Place {
            own,
            v6: own.v4.is_none() && own.v6.is_some(),
            port: config.source_port,
            rport: config.rport,
            global: config.global_address,
            seen: None,
            learned: None,
        }
    }

    /// Takes other settings; what was learned of the old ones is forgotten.
    pub(super) fn configure(&mut self, config: &Config) {
        let seen = self.seen.filter(|_| self.port == config.source_port);
        *self = Place { seen, v6: self.v6, ..Place::new(config, self.own) };
    }

    /// Takes other addresses. True if they are others.
    pub(super) fn set_own(&mut self, own: Addresses) -> bool {
        let changed = own != self.own;
        if changed {
            self.own = own;
            self.learned = None;
            self.v6 = (self.v6 || own.v4.is_none()) && own.v6.is_some();
        }
        changed
    }

    pub(super) fn set_seen(&mut self, seen: Option<SocketAddrV4>) {
        self.seen = seen;
    }

    pub(super) fn learn(&mut self, contact: Contact) {
        self.learned = Some(contact);
    }

    /// Where others can reach the line.
    pub(super) fn contact(&self) -> Contact {
        self.at(self.v6)
    }

    /// What Via of a request to an address says.
    pub(super) fn local(&self, peer: IpAddr) -> Local {
        let Contact { host, port } = self.at(peer.is_ipv6());
        Local { host, port, rport: self.rport }
    }

    fn at(&self, v6: bool) -> Contact {
        if v6 == self.v6
            && let Some(learned) = &self.learned
        {
            return learned.clone();
        }
        let (host, port) = match (v6, self.global, self.seen) {
            (true, ..) => (format!("[{}]", self.own.v6.unwrap_or(Ipv6Addr::UNSPECIFIED)), self.port),
            (false, Some(global), _) => (global.to_string(), self.port),
            (false, None, Some(seen)) => (seen.ip().to_string(), seen.port()),
            (false, None, None) => (self.own.v4.unwrap_or(Ipv4Addr::UNSPECIFIED).to_string(), self.port),
        };
        Contact { host, port }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::config;
    use super::*;

    const OWN: Addresses = Addresses { v4: Some(Ipv4Addr::new(192, 0, 2, 31)), v6: Some(Ipv6Addr::LOCALHOST) };

    #[track_caller]
    fn check(place: &Place, expected: &str) {
        let Contact { host, port } = place.contact();
        assert_eq!(format!("{host}:{port}"), expected);
        let local = place.local(if place.v6 { IpAddr::V6(Ipv6Addr::LOCALHOST) } else { [192, 0, 2, 10].into() });
        assert_eq!((local.host, local.port), (host, port));
    }

    #[test]
    fn the_best_address_counts() {
        let mut place = Place::new(&config(&[]), OWN);
        check(&place, "192.0.2.31:5060");
        place.set_seen(Some("203.0.113.1:40000".parse().unwrap()));
        check(&place, "203.0.113.1:40000");
        place.learn(Contact { host: "203.0.113.9".into(), port: 1024 });
        check(&place, "203.0.113.9:1024");
        place.configure(&config(&[("NAPT_GLOBAL_ADDRESS", "203.0.113.5"), ("NAPT_LINE_ENABLE_1", "Y")]));
        check(&place, "203.0.113.5:5060");
        place.configure(&config(&[("NAPT_GLOBAL_ADDRESS", "203.0.113.5"), ("SIP_SRC_PORT_1", "5099")]));
        check(&place, "192.0.2.31:5099");
        place.v6 = true;
        check(&place, "[::1]:5099");
        assert_eq!(place.local([192, 0, 2, 10].into()).host, "192.0.2.31");
        assert!(place.set_own(Addresses { v6: None, ..OWN }) && !place.v6);
        assert!(place.set_own(Addresses { v4: None, ..OWN }) && place.v6);
        assert!(!place.set_own(Addresses { v4: None, ..OWN }));
    }
}
