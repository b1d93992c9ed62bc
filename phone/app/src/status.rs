//! What the status pages show, read from the machine that the phone runs on.

mod provisioning;

use std::path::PathBuf;
use std::sync::Arc;

use offhook_provision::Unit;
use offhook_store::Store;
use offhook_system::Platform;
use offhook_web::Status;
use offhook_web::unit::{Calls, Line, NextFetch, Provisioning};

use crate::unit::{self, Handle};
use crate::voice::View;

/// The model whose configuration the phone is compatible with; `{MODEL}` stands for it.
pub(crate) const MODEL: &str = "KX-UT670";

/// The version of this build in the form of `FIRM_VERSION`, nn.nnn: version 0.1.0 is 00.010, unless
/// `OFFHOOK_FIRMWARE_VERSION` named another one when it was built.
pub(crate) fn firmware_version() -> String {
    if let Some(version) = option_env!("OFFHOOK_FIRMWARE_VERSION") {
        return version.to_owned();
    }
    let number = |text: &str| text.parse::<u16>().unwrap_or(0);
    let minor = number(env!("CARGO_PKG_VERSION_MINOR")) * 10 + number(env!("CARGO_PKG_VERSION_PATCH"));
    format!("{:02}.{minor:03}", number(env!("CARGO_PKG_VERSION_MAJOR")))
}

/// The state of this unit.
pub(crate) struct UnitStatus {
    store: Store,
    folder: PathBuf,
    mac: [u8; 6],
    platform: Arc<dyn Platform>,
    firmware: String,
    unit: Handle,
    view: View,
}

impl UnitStatus {
    /// The state of this unit, on this machine, as its life, its calls and its state folder tell it.
    pub(crate) fn new(
        store: Store,
        folder: PathBuf,
        of: &Unit,
        platform: Arc<dyn Platform>,
        unit: Handle,
        view: View,
    ) -> Self {
        Self { store, folder, mac: of.mac, platform, firmware: of.firmware.clone(), unit, view }
    }
}

impl Status for UnitStatus {
    fn row(&self, id: &str, number: Option<u16>) -> String {
        let line = number.map(|n| usize::from(n).saturating_sub(1));
        match id {
            "model" => MODEL.to_owned(),
            "os-version" => self.platform.os_version(),
            "firmware-version" => self.firmware.clone(),
            "mac-address" => self.mac.map(|b| format!("{b:02X}")).join(":"),
            "lan-port-link" => link(self.platform.network().link),
            // The machines that the phone runs on today have one port.
            "pc-port-link" => link(false),
            "connection-mode" => match self.store.snapshot().typed().addressing.connection_mode {
                offhook_params::choices::ConnectionMode::Dhcp => "DHCP".to_owned(),
                offhook_params::choices::ConnectionMode::Static => "Static".to_owned(),
            },
            "ip-address" => text(self.platform.network().address),
            "subnet-mask" => text(self.platform.network().mask),
            "default-gateway" => text(self.platform.network().gateway),
            "dns1" => text(self.platform.network().name_servers.first()),
            "dns2" => text(self.platform.network().name_servers.get(1)),
            "line-number" => number.map_or(String::new(), |n| n.to_string()),
            "line-phone-number" => {
                let settings = self.store.snapshot().typed();
                line.and_then(|l| settings.lines.get(l)).map_or(String::new(), |l| l.account.phone_number.clone())
            }
            "line-status" => number.map_or(String::new(), |n| self.view.status(n).to_owned()),
            _ => String::new(),
        }
    }

    fn provisioning(&self) -> Provisioning {
        let unit::Provisioning { busy, next, last } = self.unit.provisioning();
        let up = self.platform.up();
        let next = next.map(|(due, cause)| NextFetch { after: due.saturating_sub(up), cause: cause.to_owned() });
        let firmware = offhook_provision::last_firmware_report(&self.folder).map(provisioning::firmware);
        Provisioning { busy, next, last: last.map(provisioning::round), firmware }
    }

    /// The lines that are switched on, and the calls on them.
    fn calls(&self) -> Calls {
        let settings = self.store.snapshot().typed();
        let lines =
            (1..).zip(&settings.lines).filter(|(_, line)| line.account.line_enabled && line.account.profile_enabled);
        let lines = lines.map(|(number, line)| {
            let (registration, server, reason) = self.view.line(number);
            Line { number, phone_number: line.account.phone_number.clone(), registration, server, reason }
        });
        Calls { lines: lines.collect(), calls: self.view.calls(), pace: self.view.pace() }
    }
}

fn link(up: bool) -> String {
    if up { "Connected" } else { "Not Connected" }.to_owned()
}

fn text(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}
