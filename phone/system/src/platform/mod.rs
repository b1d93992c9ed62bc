//! What the machine under the phone knows of itself, behind one trait.

mod linux;
mod simulated;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, SystemTime};

pub use linux::Linux;
pub use simulated::Simulated;

/// The machine that the phone runs on.
pub trait Platform: fmt::Debug + Send + Sync + 'static {
    /// Date and time as the machine has them; a machine without a battery may be wrong by decades.
    fn system_time(&self) -> SystemTime;

    /// Time since the phone was started; it never runs backwards.
    fn up(&self) -> Duration;

    /// The network as it is now.
    fn network(&self) -> Network;

    /// Name and version of the operating system, for people.
    fn os_version(&self) -> String;
}

/// The unit's place in its network.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// The interface that leads out.
    pub interface: Option<String>,
    /// Whether its link is up.
    pub link: bool,
    /// The address of the unit.
    pub address: Option<Ipv4Addr>,
    /// The mask of its network.
    pub mask: Option<Ipv4Addr>,
    /// The router.
    pub gateway: Option<Ipv4Addr>,
    /// The name servers in their order.
    pub name_servers: Vec<IpAddr>,
}
