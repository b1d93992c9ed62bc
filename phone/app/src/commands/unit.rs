//! `offhook set`, `reset`, `import`, `backup`, `restore` and `update`: what is done to the unit as a whole.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use offhook_store::Store;
use offhook_system::{Clock, Linux};

use crate::cli::{BackupArgs, ImportArgs, ResetArgs, SetArgs, UpdateArgs};
use crate::control::{Client, Unanswered};
use crate::unit::{Deed, Firmware, Subject};

/// `offhook set`.
pub(crate) fn set(args: SetArgs) -> anyhow::Result<ExitCode> {
    let SetArgs { setting, value, state } = args;
    perform(&state, &Deed::Set { setting, value }, Firmware::of_nobody()?)
}

/// `offhook reset`.
pub(crate) fn reset(args: &ResetArgs) -> anyhow::Result<ExitCode> {
    perform(&args.unit.state, &Deed::Reset { scope: args.scope }, Firmware::of_nobody()?)
}

/// `offhook import`.
pub(crate) fn import(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let deed = Deed::Import { card: absolute(&args.card)?, file: args.file.clone(), kind: args.kind };
    perform(&args.unit.state, &deed, Firmware::of_nobody()?)
}

/// `offhook backup`.
pub(crate) fn back_up(args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let deed = Deed::BackUp { card: absolute(&args.card)?, password: password(args)? };
    perform(&args.unit.state, &deed, Firmware::of_nobody()?)
}

/// `offhook restore`.
pub(crate) fn restore(args: &BackupArgs) -> anyhow::Result<ExitCode> {
    let deed = Deed::Restore { card: absolute(&args.card)?, password: password(args)? };
    perform(&args.unit.state, &deed, Firmware::of_nobody()?)
}

/// `offhook update`.
pub(crate) fn update(args: &UpdateArgs) -> anyhow::Result<ExitCode> {
    let deed = Deed::Update { card: absolute(&args.card)?, file: args.file.clone() };
    perform(&args.unit.state, &deed, Firmware::in_folder(&args.firmware)?)
}

/// Has the phone do it, or does it to one that does not run.
fn perform(state: &Path, deed: &Deed, firmware: Firmware) -> anyhow::Result<ExitCode> {
    // Whoever names a folder that is none must not get a new phone there.
    state.read_dir().with_context(|| format!("opening the state folder {}", state.display()))?;
    match Client::connect(state) {
        Ok(mut phone) => {
            println!("{}", phone.perform(deed)?);
            return Ok(ExitCode::SUCCESS);
        }
        Err(Unanswered::NotRunning(_)) => {}
        Err(error) => return Err(error.into()),
    }
    let (store, reports) = Store::open(state)?;
    for report in reports {
        eprintln!("offhook: {report}");
    }
    let clock = Clock::new(Arc::new(Linux::new()));
    let told = deed.perform(&Subject { store: &store, clock: &clock, firmware: &firmware })?;
    // The next start of the phone would do it anyway; whoever looks into the folder need not wait for that.
    store.reload()?;
    println!("{told}");
    Ok(ExitCode::SUCCESS)
}

fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| path.display().to_string())
}

fn password(args: &BackupArgs) -> anyhow::Result<Option<String>> {
    let Some(text) = &args.password else { return Ok(None) };
    let Some(path) = text.strip_prefix('@') else { return Ok(Some(text.clone())) };
    let text = std::fs::read_to_string(path).with_context(|| format!("reading the password file {path}"))?;
    Ok(Some(text.lines().next().unwrap_or_default().to_owned()))
}
