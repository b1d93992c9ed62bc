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
