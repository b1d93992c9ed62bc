//! `offhook dhcp-event`: what a DHCP client says, left where the phone looks for it.

use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::Context;
use offhook_system::Lease;

use crate::cli::DhcpEventArgs;

/// Does what the command line asks for.
pub(crate) fn run(args: &DhcpEventArgs) -> anyhow::Result<ExitCode> {
    match args.event.as_str() {
        "bound" | "renew" => Lease::of_udhcpc(|name| std::env::var(name).ok()).write(&args.lease)?,
        // There is no lease any more, or none yet.
        "deconfig" | "leasefail" | "nak" => match std::fs::remove_file(&args.lease) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("removing {}", args.lease.display()));
            }
            _ => {}
        },
        other => anyhow::bail!("{other:?} is no event of udhcpc: bound, renew, deconfig, leasefail or nak"),
    }
    Ok(ExitCode::SUCCESS)
}
