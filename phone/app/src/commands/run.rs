//! `offhook run`: the phone itself, one life of the unit after the other.

mod files;
mod page;

use std::io::Write as _;
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use offhook_call::EveryCall;
use offhook_provision::Unit;
use offhook_store::Store;
use offhook_system::{Clock, Linux, Platform};
use offhook_web::Level;
use tokio::signal::unix::{SignalKind, signal};

pub(crate) use self::files::layer_files;
use super::files::Keys;
use crate::cli::{AutoAnswer, RunArgs};
use crate::status::{MODEL, UnitStatus};
use crate::unit::{Birth, Firmware, Handle, Journal, Life, RESTART};
use crate::voice::{Means, View, Voice, Wishes};

/// Runs until interrupted. A restart of the unit begins anew in the same process, or with the launcher where that has
/// started it.
pub(crate) fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    // One thread is plenty for the one administrator that may be logged in.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (store, reports) =
        Store::open(&args.state).with_context(|| format!("opening the state folder {}", args.state.display()))?;
    let platform: Arc<dyn Platform> = Arc::new(Linux::new());
    let clock = Clock::new(Arc::clone(&platform));
    let firmware = Firmware::of_launcher()?;
    runtime.block_on(async {
        // It tells of what happened before a restart of the unit too.
        let journal = Journal::new(&store, &clock, args.mac);
        for report in reports {
            journal.tell(Level::Warning, report);
        }
        let phone = Phone { args, store, platform, clock, journal, firmware };
        let code = loop {
            let Next::Restart { why, asked } = apart(phone.live()).await? else { break ExitCode::SUCCESS };
            phone.journal.tell(Level::Notice, format_args!("the unit restarts: {why}"));
            // A trial lasts no longer than the process: whoever is to confirm it has to find it in force.
            let on_trial = asked && phone.store.deadline().is_some();
            if phone.firmware.has_launcher() && !on_trial {
                break ExitCode::from(RESTART);
            }
            // What was decided for the unit as a whole comes into force.
            for report in phone.store.reload()? {
                phone.journal.tell(Level::Warning, report);
            }
        };
        phone.journal.close().await;
        Ok(code)
    })
}

/// Keeps a future off the stack, with all that it takes there to begin: the stack never gives back what it had once.
fn apart<'a, T>(future: impl Future<Output = T> + 'a) -> Pin<Box<dyn Future<Output = T> + 'a>> {
    Box::pin(future)
}

/// What outlives restarts of the unit.
struct Phone<'a> {
    args: &'a RunArgs,
    store: Store,
    platform: Arc<dyn Platform>,
    clock: Clock,
    journal: Journal,
    firmware: Firmware,
}

/// What comes after the phone went down.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Next {
    /// For this reason, and whether a person asked for it.
    Restart {
        why: String,
        asked: bool,
    },
    Quit,
}

/// What the web page can tell the unit to do.
struct Control(Handle);

impl offhook_web::Control for Control {
    fn restart(&self) {
        self.0.restart();
    }

    fn fetch(&self) -> Result<(), String> {
        self.0.fetch()
    }
}

impl Phone<'_> {
    /// One life of the unit.
    async fn live(&self) -> anyhow::Result<Next> {
        let Self { args, store, journal, .. } = self;
        journal.log().push(Level::Info, format_args!("firmware {} starts", self.firmware.running()));
        files::take(store, &args.layers, &Keys::of(&args.keys)?, journal)?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let unit = Unit { mac: args.mac, model: MODEL.to_owned(), firmware: self.firmware.running().to_string() };
        let mut life = Life::new(Birth {
            unit: unit.clone(),
            store: store.clone(),
            folder: &args.state,
            clock: self.clock.clone(),
            journal: journal.clone(),
            firmware: self.firmware.clone(),
            lease: args.dhcp_lease.clone(),
            aloof: args.no_provision,
        });
        let handle = life.handle();
        let view = View::default();
        let voice = Voice::open(self.means(unit.clone(), handle.clone())?, view.clone())?;
        let (down, next) = tokio::sync::oneshot::channel();
        let wanted = handle.clone();
        let stop = async {
            let next = tokio::select! {
                () = wanted.restart_wanted() => Next::Restart { why: "somebody asked for it".to_owned(), asked: true },
                why = apart(life.live()) => Next::Restart { why, asked: false },
                _ = interrupt.recv() => Next::Quit,
                _ = terminate.recv() => Next::Quit,
            };
            // The receiver below outlives this future.
            let _ = down.send(next);
        };
        let (hang_up, hung_up) = tokio::sync::oneshot::channel::<()>();
        let page = apart(async {
            // Dropped when the page is down: calls end then.
            let _hang_up = hang_up;
            if args.no_web {
                announce("the phone is up, without a web page")?;
                apart(stop).await;
                return Ok(());
            }
            let status = UnitStatus::new(
                store.clone(),
                args.state.clone(),
                &unit,
                Arc::clone(&self.platform),
                handle.clone(),
                view,
            );
            // The name that the unit tells its DHCP server: browsers may know it by that one too.
            let name = store.snapshot().typed().addressing.host_name.expand(&unit.macros());
            let shared = offhook_web::Shared::new(store.clone(), status, Control(handle), vec![name])?;
            page::serve(args, store, &shared.with_log(journal.log().clone()), apart(stop)).await
        });
        let calls = apart(voice.run(async {
            // Nothing is ever sent: what counts is that the sender is gone.
            let _ = hung_up.await;
        }));
        let (page, ()) = tokio::join!(page, calls);
        page?;
        Ok(next.await.unwrap_or(Next::Quit))
    }

    /// What calls need of the unit.
    fn means(&self, unit: Unit, handle: Handle) -> anyhow::Result<Means> {
        let args = self.args;
        Ok(Means {
            unit,
            store: self.store.clone(),
            folder: args.state.clone(),
            clock: self.clock.clone(),
            platform: Arc::clone(&self.platform),
            journal: self.journal.clone(),
            handle,
            wishes: Wishes {
                audio: args.calls.device()?,
                hold_music: args.calls.hold_music.clone(),
                every_call: args.calls.auto_answer.map(|to| match to {
                    AutoAnswer::Speaker => EveryCall::Heard,
                    AutoAnswer::Echo => EveryCall::Echoed,
                }),
                address: args.calls.address,
                trace: args.calls.trace,
                capture: args.calls.pcap.clone(),
            },
        })
    }
}

/// One line on standard output, at once: whoever started the phone may wait for it.
fn announce(text: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "offhook: {text}")?;
    Ok(out.flush()?)
}
