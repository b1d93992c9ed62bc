//! The unit's own addresses, as Contact and SDP give them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use offhook_sip::line::Addresses;

use crate::net::address::towards;

/// Addresses that stand for the whole net when a route is looked up; nothing is sent to them (RFC 5737, RFC 3849).
const ANYWHERE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const ANYWHERE6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);

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
