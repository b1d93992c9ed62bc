//! The clock of the unit, kept by the time server that the settings name.

use std::sync::Arc;

use offhook_store::Store;
use offhook_system::Clock;
use offhook_system::ntp::{self, Plan, Step, Sync};
use offhook_web::Level;
use tokio::sync::{Notify, watch};

use super::Journal;
use super::handle::{Handle, Signal};

/// Asks the time server whenever it is time to, without end. `changed` tells of changed settings; `asked` becomes true
/// with the first answer, or when there is none to wait for.
pub(super) async fn keep(
    store: &Store,
    clock: &Clock,
    handle: &Handle,
    journal: &Journal,
    changed: &Arc<Notify>,
    asked: &watch::Sender<bool>,
) {
    let plan = || Plan::new(&store.snapshot().typed());
    let mut sync = Sync::new(clock.up(), plan());
    let mut silent = false;
    loop {
        sync.settings(clock.up(), plan());
        match sync.step(clock.up()) {
            Step::Ask(server) => {
                let answer = ntp::ask(&server, ntp::PORT).await;
                match &answer {
                    Ok(now) => {
                        if clock.now().is_none() || silent {
                            journal.tell(Level::Info, format_args!("time server {server} says that it is {now:.0}"));
                        }
                        clock.set(*now);
                        handle.signal(Signal::Clock);
                    }
                    // Once is enough: it is asked again every minute.
                    Err(error) if !silent => journal.tell(Level::Warning, error),
                    Err(_) => {}
                }
                silent = answer.is_err();
                sync.answered(clock.up(), answer.is_ok());
                asked.send_replace(true);
            }
            Step::Wait(until) => {
                let pause = tokio::time::sleep(until.saturating_sub(clock.up()));
                tokio::select! {
                    () = pause => {}
                    () = changed.notified() => {}
                }
            }
            Step::Rest => {
                asked.send_replace(true);
                changed.notified().await;
            }
        }
    }
}
