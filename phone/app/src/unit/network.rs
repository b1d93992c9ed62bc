//! The network: the DHCP client is a program of its own, and the unit waits for what it leaves.

use std::path::Path;
use std::time::Duration;

use offhook_params::choices::ConnectionMode;
use offhook_params::types::Macros;
use offhook_provision::Location;
use offhook_store::Store;
use offhook_system::Lease;
use offhook_web::Level;

use super::Journal;

/// How long the unit waits for a lease before it starts without one.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it looks.
const LOOK: Duration = Duration::from_millis(200);

/// Waits for the lease that the DHCP client leaves in `file`; nothing with a static address, where there is none.
pub(super) async fn lease(file: Option<&Path>, store: &Store, journal: &Journal) -> Option<Lease> {
    let file = file?;
    if store.snapshot().typed().addressing.connection_mode == ConnectionMode::Static {
        return None;
    }
    let wait = async {
        loop {
            match Lease::read(file) {
                Ok(Some(lease)) => return Some(lease),
                Ok(None) => tokio::time::sleep(LOOK).await,
                Err(error) => {
                    journal.tell(Level::Error, error);
                    return None;
                }
            }
        }
    };
    let lease = tokio::time::timeout(PATIENCE, wait).await;
    match &lease {
        Ok(Some(Lease { address: Some(address), .. })) => journal.tell(Level::Info, format_args!("address {address}")),
        Ok(_) => {}
        Err(_) => {
            let seconds = PATIENCE.as_secs();
            journal.tell(Level::Warning, format_args!("no DHCP lease within {seconds} s; the unit starts without one"));
        }
    }
    lease.ok().flatten()
}

/// The places of a pre-provisioning file by a lease; those that are none are told.
pub(super) fn candidates(lease: Option<Lease>, macros: &Macros<'_>, journal: &Journal) -> Vec<Location> {
    let Some(Lease { option66, option159, option160, .. }) = lease else { return Vec::new() };
    let options = offhook_provision::Lease { option160, option159, option66 };
    let good = |place: Result<Location, offhook_provision::Error>| match place {
        Ok(place) => Some(place),
        Err(error) => {
            journal.tell(Level::Warning, format_args!("an option of the DHCP server: {error}"));
            None
        }
    };
    options.candidates(macros).into_iter().filter_map(good).collect()
}
