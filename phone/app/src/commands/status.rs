//! `offhook status`: lines and calls, what the phone fetched last, and what came of it.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use offhook_call::state::State;
use offhook_provision::Report;
use serde::Serialize;

use super::{FOUND, phone};
use crate::cli::StatusArgs;
use crate::control::{Client, Unanswered};
use crate::unit::{Display, Shown, Status};

/// What there is to tell.
#[derive(Serialize)]
struct Told {
    /// Lines and calls of the phone, if it runs.
    phone: Option<State>,
    #[serde(flatten)]
    unit: Status,
}

/// Does what the command line asks for.
pub(crate) fn run(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let status = read(&args.state)?;
    let mut out = std::io::stdout().lock();
    match args.json {
        true => {
            serde_json::to_writer_pretty(&mut out, &status)?;
            writeln!(out)?;
        }
        false => show(&status, &mut out)?,
    }
    let files = status.unit.provisioning.as_ref().is_none_or(Report::is_in_order);
    let firmware = status.unit.firmware.as_ref().is_none_or(|report| report.fault.is_none());
    Ok(if files && firmware { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

/// Asks the phone, and where none runs, its folder.
fn read(folder: &Path) -> anyhow::Result<Told> {
    folder.read_dir().with_context(|| format!("opening the state folder {}", folder.display()))?;
    let unit = match Client::connect(folder) {
        Ok(mut client) => client.unit_status()?,
        Err(Unanswered::NotRunning(_)) => Status::of_folder(folder),
        Err(error) => return Err(error.into()),
    };
    Ok(Told { phone: phone::state_of(folder)?, unit })
}

fn show(told: &Told, out: &mut impl Write) -> anyhow::Result<()> {
    let status = &told.unit;
    match &status.running {
        None => writeln!(out, "phone     does not run")?,
        Some(running) => {
            let clock = running.clock.map_or_else(|| "no time yet".to_owned(), |now| format!("{now:.0}"));
            writeln!(out, "phone     firmware {}, up for {} s, {clock}", running.firmware, running.up)?;
            match (&running.next, running.busy) {
                (_, true) => writeln!(out, "next      files are being fetched")?,
                (Some(next), false) => writeln!(out, "next      in {} s, cause: {}", next.after, next.cause)?,
                (None, false) => writeln!(out, "next      no fetch is planned")?,
            }
            let Display { language, date, time, home, phone, logo, .. } = &running.display;
            let moment = [date, time].into_iter().flatten().map(|part| format!("{part}, ")).collect::<String>();
            writeln!(out, "display   {moment}{language}; home: {home}; phone: {phone}")?;
            if let Some(Shown { picture, .. }) = logo {
                writeln!(out, "logo      {picture}")?;
            }
        }
    }
    if let Some(state) = &told.phone {
        write!(out, "{}{}", phone::lines(&state.lines), phone::calls(&state.calls))?;
        if state.device_lost {
            writeln!(out, "sound     the sound device in use does not answer; calls go on without it")?;
        }
        write!(out, "{}", phone::pace(&state.pace))?;
    }
    match &status.provisioning {
        None => writeln!(out, "files     none were fetched yet")?,
        Some(report) => {
            let at = report.at.map_or_else(|| "before the unit knew the time".to_owned(), |at| format!("{at:.0}"));
            writeln!(out, "files     fetched {at}, cause: {}", report.cause)?;
            for file in &report.files {
                writeln!(out, "{:<9} {}", file.layer, file.url)?;
                writeln!(out, "          {}", file.verdict)?;
                for finding in &file.findings {
                    let (line, column) = (finding.line, finding.column);
                    writeln!(out, "          {}: {line}:{column}: {}", finding.severity, finding.message)?;
                    if let Some(remedy) = &finding.remedy {
                        writeln!(out, "             {remedy}")?;
                    }
                }
                if file.found > file.findings.len() {
                    writeln!(out, "          and {} more findings", file.found - file.findings.len())?;
                }
            }
            for rule in &report.rules {
                writeln!(out, "rule      {rule}")?;
            }
        }
    }
    match &status.firmware {
        None => writeln!(out, "firmware  no update was tried yet")?,
        Some(report) => writeln!(out, "firmware  {report}")?,
    }
    Ok(())
}
