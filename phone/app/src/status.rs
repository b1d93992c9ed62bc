//! What the status pages show, read from the machine that the phone runs on.

mod provisioning;

use std::fs;
use std::net::IpAddr;
use std::path::PathBuf;

use offhook_store::Store;
use offhook_web::Status;
use offhook_web::unit::{Calls, Line, Provisioning, Registration};

/// The model whose configuration the phone is compatible with; `{MODEL}` stands for it.
pub(crate) const MODEL: &str = "KX-UT670";

/// The running version in the form of `FIRM_VERSION`, nn.nnn: version 0.1.0 is 00.010.
pub(crate) fn firmware_version() -> String {
    let number = |text: &str| text.parse::<u16>().unwrap_or(0);
    let minor = number(env!("CARGO_PKG_VERSION_MINOR")) * 10 + number(env!("CARGO_PKG_VERSION_PATCH"));
    format!("{:02}.{minor:03}", number(env!("CARGO_PKG_VERSION_MAJOR")))
}

/// The state of this unit.
pub(crate) struct UnitStatus {
    store: Store,
    mac: [u8; 6],
    folder: PathBuf,
}

impl UnitStatus {
    /// The state of the unit with this MAC address, which keeps what it knows in `folder`.
    pub(crate) fn new(store: Store, mac: [u8; 6], folder: PathBuf) -> Self {
        Self { store, mac, folder }
    }
}

impl Status for UnitStatus {
    fn row(&self, id: &str, number: Option<u16>) -> String {
        let line = number.map(|n| usize::from(n).saturating_sub(1));
        match id {
            "model" => MODEL.to_owned(),
            "os-version" => os_version(),
            "firmware-version" => firmware_version(),
            "mac-address" => self.mac.map(|b| format!("{b:02X}")).join(":"),
            "lan-port-link" => link(interface().is_some_and(|name| is_up(&name))),
            // The machines that the phone runs on today have one port.
            "pc-port-link" => link(false),
            "connection-mode" => match self.store.snapshot().typed().addressing.connection_mode {
                offhook_params::choices::ConnectionMode::Dhcp => "DHCP".to_owned(),
                offhook_params::choices::ConnectionMode::Static => "Static".to_owned(),
            },
            "ip-address" => address().map_or(String::new(), |(ip, _)| ip),
            "subnet-mask" => address().map_or(String::new(), |(_, mask)| mask),
            "default-gateway" => gateway().unwrap_or_default(),
            "dns1" => name_servers().into_iter().next().unwrap_or_default(),
            "dns2" => name_servers().into_iter().nth(1).unwrap_or_default(),
            "line-number" => number.map_or(String::new(), |n| n.to_string()),
            "line-phone-number" => {
                let settings = self.store.snapshot().typed();
                line.and_then(|l| settings.lines.get(l)).map_or(String::new(), |l| l.account.phone_number.clone())
            }
            // No line registers yet, and an unregistered line shows a blank (guide rule 154).
            _ => String::new(),
        }
    }

    fn provisioning(&self) -> Provisioning {
        // Nothing fetches by itself yet; what was fetched before is still known.
        let last = offhook_provision::last_report(&self.folder).map(provisioning::round);
        Provisioning { busy: false, next: None, last }
    }

    /// The lines that have an account; none of them registers yet.
    fn calls(&self) -> Calls {
        let settings = self.store.snapshot().typed();
        let lines =
            (1..).zip(&settings.lines).filter(|(_, line)| line.account.line_enabled && line.account.profile_enabled);
        let lines = lines.map(|(number, line)| Line {
            number,
            phone_number: line.account.phone_number.clone(),
            registration: Registration::Off,
            server: None,
            reason: None,
        });
        Calls { lines: lines.collect(), calls: Vec::new() }
    }
}

fn link(up: bool) -> String {
    if up { "Connected" } else { "Not Connected" }.to_owned()
}

/// The interface of the default route.
fn interface() -> Option<String> {
    Some(default_route()?.0)
}

fn gateway() -> Option<String> {
    let gateway = u32::from_str_radix(&default_route()?.1, 16).ok()?;
    // The kernel prints the address in the byte order of the machine.
    Some(IpAddr::from(gateway.to_ne_bytes()).to_string())
}

fn default_route() -> Option<(String, String)> {
    let table = fs::read_to_string("/proc/net/route").ok()?;
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace();
        let (name, destination, gateway) = (fields.next()?, fields.next()?, fields.next()?);
        (destination == "00000000").then(|| (name.to_owned(), gateway.to_owned()))
    })
}

fn is_up(interface: &str) -> bool {
    fs::read_to_string(format!("/sys/class/net/{interface}/operstate")).is_ok_and(|state| state.trim() == "up")
}

/// Address and mask of the interface of the default route, else of the first that is not loopback.
fn address() -> Option<(String, String)> {
    let preferred = interface();
    let all = if_addrs::get_if_addrs().ok()?;
    let mut ipv4 = all.iter().filter_map(|i| match &i.addr {
        if_addrs::IfAddr::V4(v4) if !i.is_loopback() => Some((&i.name, v4)),
        _ => None,
    });
    let found = match preferred {
        Some(name) => ipv4.find(|(n, _)| **n == name),
        None => ipv4.next(),
    };
    found.map(|(_, v4)| (v4.ip.to_string(), v4.netmask.to_string()))
}

fn name_servers() -> Vec<String> {
    let file = fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
    file.lines().filter_map(|line| Some(line.strip_prefix("nameserver")?.trim().to_owned())).collect()
}

fn os_version() -> String {
    let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.map_or_else(|| "Linux".to_owned(), |name| name.trim_matches('"').to_owned())
}
