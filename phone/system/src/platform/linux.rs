//! A Linux machine: what `/proc`, `/sys` and `/etc` say.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant, SystemTime};

use super::{Network, Platform};

/// The machine that this process runs on.
#[derive(Debug)]
pub struct Linux {
    started: Instant,
}

impl Linux {
    /// The machine; its time since the start counts from now.
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for Linux {
    fn default() -> Self {
        Self::new()
    }
}

impl Platform for Linux {
    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }

    fn up(&self) -> Duration {
        self.started.elapsed()
    }

    fn network(&self) -> Network {
        let routes = fs::read_to_string("/proc/net/route").unwrap_or_default();
        let route = default_route(&routes);
        let found = address(route.as_ref().map(|(name, _)| name.as_str()));
        let resolver = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
        Network {
            link: found.as_ref().is_some_and(|(name, ..)| is_up(name)),
            address: found.as_ref().map(|(_, address, _)| *address),
            mask: found.as_ref().map(|(.., mask)| *mask),
            interface: found.map(|(name, ..)| name),
            gateway: route.map(|(_, gateway)| gateway),
            name_servers: name_servers(&resolver),
        }
    }

    fn os_version(&self) -> String {
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
        name.map_or_else(|| "Linux".to_owned(), |name| name.trim_matches('"').to_owned())
    }
}

/// Interface and gateway of the default route in the kernel's table.
fn default_route(table: &str) -> Option<(String, Ipv4Addr)> {
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace();
        let (name, destination, gateway) = (fields.next()?, fields.next()?, fields.next()?);
        let gateway = u32::from_str_radix(gateway, 16).ok()?;
        // The kernel prints the address in the byte order of the machine.
        (destination == "00000000").then(|| (name.to_owned(), Ipv4Addr::from(gateway.to_ne_bytes())))
    })
}

/// Name, address and mask of this interface, else of the first that is not loopback.
fn address(preferred: Option<&str>) -> Option<(String, Ipv4Addr, Ipv4Addr)> {
    let all = if_addrs::get_if_addrs().ok()?;
    let mut ipv4 = all.into_iter().filter_map(|interface| match &interface.addr {
        if_addrs::IfAddr::V4(v4) if !interface.is_loopback() => {
            let (address, mask) = (v4.ip, v4.netmask);
            Some((interface.name, address, mask))
        }
        _ => None,
    });
    match preferred {
        Some(name) => ipv4.find(|(found, ..)| found == name),
        None => ipv4.next(),
    }
}

fn is_up(interface: &str) -> bool {
    fs::read_to_string(format!("/sys/class/net/{interface}/operstate")).is_ok_and(|state| state.trim() == "up")
}

fn name_servers(file: &str) -> Vec<IpAddr> {
    file.lines().filter_map(|line| line.strip_prefix("nameserver")?.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_s_table_is_read() {
        let gateway = u32::from_ne_bytes([192, 0, 2, 1]);
        let table = format!(
            "Iface\tDestination\tGateway\tFlags\n\
             eth0\t000200C0\t00000000\t0001\n\
             eth0\t00000000\t{gateway:08X}\t0003\n"
        );
        assert_eq!(default_route(&table), Some(("eth0".to_owned(), Ipv4Addr::new(192, 0, 2, 1))));
        assert_eq!(default_route("Iface\tDestination\tGateway\n"), None);
        assert_eq!(default_route(""), None);
        assert_eq!(default_route("x\nlo 00000000 zz\nlo"), None);
    }

    #[test]
    fn name_servers_come_in_their_order() {
        let file =
            "# of the network\nsearch example\nnameserver 192.0.2.53\nnameserver 2001:db8::53\nnameserver none\n";
        let expected: [IpAddr; 2] = ["192.0.2.53".parse().expect("IPv4"), "2001:db8::53".parse().expect("IPv6")];
        assert_eq!(name_servers(file), expected);
    }

    #[test]
    fn this_machine_answers() {
        let machine = Linux::new();
        assert!(!machine.os_version().is_empty());
        let network = machine.network();
        assert_eq!(network.address.is_some(), network.mask.is_some());
    }
}
