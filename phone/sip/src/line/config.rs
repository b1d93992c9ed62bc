//! What the settings say about a line as a whole.

use std::net::Ipv4Addr;
use std::time::Duration;

use offhook_params::Settings;
use offhook_params::choices::SipTransport;
use offhook_params::types::Macros;

use crate::call::Profile;
use crate::registration::Account;
use crate::screen::Abilities;
use crate::server::Plan;
use crate::subscription::Terms;
use crate::transaction::{Timers, Transport};

/// Everything that a line needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Who the line is.
    pub account: Account,
    /// Its servers.
    pub plan: Plan,
    /// The timers of its transactions.
    pub timers: Timers,
    /// The unit's own port for this line (`SIP_SRC_PORT`).
    pub source_port: u16,
    /// Asks for answers at the port that the server saw (`SIP_ADD_RPORT`).
    pub rport: bool,
    /// How often a router's binding is refreshed; UDP only (guide rule 182).
    pub keep_alive: Option<Duration>,
    /// Hears the line's servers alone (guide rule 202).
    pub source_filter: bool,
    /// The router's address, which stands for the unit's own one towards servers (guide rule 168).
    pub global_address: Option<Ipv4Addr>,
    /// The event that makes the unit fetch its files (guide rule 72).
    pub resync_event: String,
    /// What its calls need to know.
    pub profile: Profile,
    /// The terms of its subscriptions.
    pub terms: Terms,
}

impl Config {
    /// The configuration of a line, 0 to 5. None if the line is not in service, lacks a number or has no server.
    pub fn of_line(settings: &Settings, line: usize, macros: &Macros<'_>) -> Option<Self> {
        let number = line;
        let line = settings.lines.get(number)?;
        let transport = match line.transport.sip_transport {
            SipTransport::Udp => Transport::Udp,
            SipTransport::Tcp => Transport::Tcp,
            SipTransport::Tls => Transport::Tls,
        };
        let account = Account::of_line(line, &settings.headers, &settings.stun, macros, "")?;
        let mut profile = Profile::of_line(account, settings, number)?;
        profile.account.allow = profile.abilities().allow();
        let packages = [profile.talk.then_some("talk"), profile.hold.then_some("hold")];
        profile.account.allow_events = packages.into_iter().flatten().collect::<Vec<_>>().join(", ");
        Some(Config {
            account: profile.account.clone(),
            plan: Plan::of_line(line, transport),
            timers: Timers::from(&line.timers),
            source_port: line.transport.sip_source_port.0,
            rport: line.transport.rport,
            keep_alive: line.transport.sip_keep_alive.filter(|_| transport == Transport::Udp),
            source_filter: line.servers.source_address_filter,
            global_address: settings.napt.global_address.filter(|_| line.napt.static_napt),
            resync_event: settings.provisioning.resync_event.clone(),
            profile,
            terms: Terms::of_line(line),
        })
    }

    /// What the line takes: what its calls do, and lists in notifications.
    pub(super) fn abilities(&self) -> Abilities {
        let mut abilities = self.profile.abilities();
        abilities.extensions.push("eventlist");
        abilities
    }

    /// Whether the other configuration needs the line to register anew.
    pub(super) fn needs_restart(&self, other: &Config) -> bool {
        let live = |config: &Config| Config {
            keep_alive: None,
            source_filter: false,
            resync_event: String::new(),
            profile: self.profile.clone(),
            terms: self.terms,
            ..config.clone()
        };
        live(self) != live(other)
    }

    /// The packages of events that the line takes notifications of, for Allow-Events.
    pub(super) fn events(&self) -> Vec<&str> {
        let mut events = vec!["message-summary", "dialog", "as-feature-event", "call-info", "line-seize", "refer"];
        events.extend(self.profile.talk.then_some("talk"));
        events.extend(self.profile.hold.then_some("hold"));
        if !events.contains(&self.resync_event.as_str()) {
            events.push(&self.resync_event);
        }
        events
    }

    /// Whether notifications of a package are taken outside of subscriptions: what servers send without being asked.
    pub(super) fn is_unsolicited(&self, package: &str) -> bool {
        package == "message-summary" || package == self.resync_event
    }
}
