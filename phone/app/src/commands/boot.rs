//! `offhook boot`: starts the phone from one of two slots, and watches whether a new firmware comes up.
//!
//! It knows little on purpose: the one program of a unit that no update replaces.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

use anyhow::Context;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use offhook_provision::firmware::{Slot, Slots};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, sleep_until};

use crate::cli::BootArgs;
use crate::unit::{FOLDER, SETTLE, SLOT};

/// Between two starts of a firmware that goes down at once; doubled each time, up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_secs(1);

/// Longest time between two starts.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long the phone may take to end when it is asked to.
const FAREWELL: Duration = Duration::from_secs(10);

/// Starts the phone again and again, until it ends well or somebody ends this.
pub(crate) fn run(args: &BootArgs) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(boot(args))
}

async fn boot(args: &BootArgs) -> anyhow::Result<ExitCode> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut pause = PAUSE;
    loop {
        let begun = Instant::now();
        let (mut phone, new) = start(args)?;
        let end = tokio::select! {
            end = watch(&mut phone, new, args) => end?,
            _ = interrupt.recv() => return stop(phone).await,
            _ = terminate.recv() => return stop(phone).await,
        };
        if end.success() {
            return Ok(ExitCode::SUCCESS);
        }
        if begun.elapsed() > LONGEST_PAUSE || end.code() == Some(crate::unit::RESTART.into()) {
            pause = PAUSE;
            continue;
        }
        tell(format_args!("the phone went down ({end}), and is started again"));
        // A new firmware has few tries, and is out of the way soon.
        if !new {
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = interrupt.recv() => return Ok(ExitCode::SUCCESS),
                _ = terminate.recv() => return Ok(ExitCode::SUCCESS),
            }
            pause = LONGEST_PAUSE.min(2 * pause);
        }
    }
}

/// Starts the firmware whose turn it is, and tells whether it has yet to come up.
fn start(args: &BootArgs) -> anyhow::Result<(Child, bool)> {
    let folder = std::path::absolute(&args.firmware)?;
    let mut slots = Slots::open(&folder).with_context(|| format!("opening {}", folder.display()))?;
    // Where that cannot be kept, the one that is known to be good runs, and a new one has to wait.
    let slot = slots.start().unwrap_or_else(|error| {
        tell(format_args!("{}: {error}; the firmware that came up last is started", folder.display()));
        slots.boot().good
    });
    let new = slot != slots.boot().good;
    let (program, slot) = program(&slots, slot)?;
    let mut command = Command::new(&program);
    command.arg("run").args(&args.run).env(FOLDER, &folder).env(SETTLE, args.settle.to_string());
    match slot {
        Some(slot) => command.env(SLOT, slot.as_str()),
        None => command.env_remove(SLOT),
    };
    match command.spawn() {
        Ok(phone) => Ok((phone, new)),
        // The file of a firmware that cannot even be run is as good as none: the next try counts down.
        Err(error) if new => {
            tell(format_args!("{}: {error}", program.display()));
            start(args)
        }
        Err(error) => Err(error).with_context(|| format!("starting {}", program.display())),
    }
}

/// The program of a slot; before the first update that is the one that runs here.
fn program(slots: &Slots, slot: Slot) -> anyhow::Result<(PathBuf, Option<Slot>)> {
    let program = slots.program(slot);
    match program.is_file() {
        true => Ok((program, Some(slot))),
        false => Ok((std::env::current_exe().context("finding this executable")?, None)),
    }
}

/// Waits for the end of the phone. A new firmware that is not up in time is ended.
async fn watch(phone: &mut Child, new: bool, args: &BootArgs) -> anyhow::Result<ExitStatus> {
    let deadline = Instant::now() + Duration::from_secs(args.patience);
    if new {
        tokio::select! {
            end = phone.wait() => return Ok(end?),
            () = sleep_until(deadline) => {}
        }
        if !has_come_up(&args.firmware) {
            tell(format_args!("the new firmware is not up after {} s", args.patience));
            phone.start_kill()?;
        }
    }
    Ok(phone.wait().await?)
}

fn has_come_up(folder: &Path) -> bool {
    Slots::open(folder).is_ok_and(|slots| slots.boot().attempt.is_none())
}

/// Ends the phone as this program was asked to end.
async fn stop(mut phone: Child) -> anyhow::Result<ExitCode> {
    if let Some(id) = phone.id().and_then(|id| id.try_into().ok()) {
        // It may have ended meanwhile.
        let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
    }
    if tokio::time::timeout(FAREWELL, phone.wait()).await.is_err() {
        phone.kill().await?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells it to whoever listens; that nobody does is no reason to stop.
fn tell(text: std::fmt::Arguments<'_>) {
    let _ = writeln!(std::io::stderr(), "offhook: {text}");
}
