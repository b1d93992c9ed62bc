//! What a line needs of the network, by its settings.

use std::path::Path;
use std::sync::Arc;

use offhook_params::Settings;
use offhook_provision::{Unit, kept_roots};
use offhook_sip::line::Config;
use offhook_system::Clock;

use crate::net::{Options, Security, Trust};

/// The sockets of a line, counted from 0; none if it is not in service.
pub(super) fn options(
    settings: &Arc<Settings>,
    line: usize,
    unit: &Unit,
    folder: &Path,
    clock: &Clock,
) -> Option<Options> {
    let config = Config::of_line(settings, line, &unit.macros())?;
    let of_line = settings.lines.get(line)?;
    let servers = &of_line.servers;
    let hosts = [
        &servers.outbound_proxy_address,
        &servers.registrar_address,
        &servers.sip_proxy_address,
        &servers.presence_address,
    ];
    let mut names: Vec<String> = hosts.into_iter().flatten().map(|host| host.0.clone()).collect();
    if !of_line.account.service_domain.is_empty() {
        names.push(of_line.account.service_domain.clone());
    }
    let (folder, clock, http) = (folder.to_owned(), clock.clone(), Arc::clone(settings));
    let trust = Trust(Arc::new(move || (kept_roots(&http.http, &folder), clock.now())));
    let security = Security { level: settings.http.tls_verification, names, trust };
    Some(Options { port: config.source_port, dscp: of_line.transport.sip_dscp, security })
}

#[cfg(test)]
mod tests {
    use offhook_params::types::Dscp;
    use offhook_params::{ParamId, lookup};
    use offhook_system::Simulated;

    use super::*;

    #[test]
    fn each_line_has_its_own_port_and_mark() {
        let changes = [
            ("PHONE_NUMBER_1", "201"),
            ("SIP_RGSTR_ADDR_1", "192.0.2.1"),
            ("PHONE_NUMBER_2", "202"),
            ("SIP_RGSTR_ADDR_2", "192.0.2.1"),
            ("DSCP_SIP_2", "46"),
            ("SIP_SRC_PORT_2", "5090"),
        ];
        let changes = changes.map(|(name, value)| (lookup(name).expect("a setting").id, value));
        let value = |id: ParamId| {
            let change = changes.iter().find(|(changed, _)| *changed == id);
            change.map_or(id.default(), |(_, value)| value)
        };
        let unit = Unit { mac: [0; 6], model: String::new(), firmware: String::new() };
        let clock = Clock::new(Arc::new(Simulated::default()));
        let settings = Arc::new(Settings::from_values(&value));
        let of = |line| options(&settings, line, &unit, Path::new("/"), &clock).map(|of| (of.port, of.dscp));
        let factory = Settings::from_values(&|id: ParamId| id.default()).lines[0].transport.clone();
        assert_eq!(of(0), Some((factory.sip_source_port.0, factory.sip_dscp)));
        assert_eq!(of(1), Some((5090, Dscp(46))));
        assert_eq!(of(2), None, "it has no account");
    }
}
