//! `offhook status`: lines and calls, what the phone fetched last, and what came of it.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use offhook_call::state::State;
use offhook_provision::{FirmwareReport, Report, last_firmware_report, last_report};
use serde::Serialize;

use super::{FOUND, phone};
use crate::cli::StatusArgs;

/// What there is to tell.
#[derive(Serialize)]
struct Status {
    /// Lines and calls of the phone, if it runs.
    phone: Option<State>,
    /// The last round of fetching files.
    provisioning: Option<Report>,
    /// The last update of the firmware.
    firmware: Option<FirmwareReport>,
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
    let files = status.provisioning.as_ref().is_none_or(Report::is_in_order);
    let firmware = status.firmware.as_ref().is_none_or(|report| report.fault.is_none());
    Ok(if files && firmware { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

fn read(folder: &Path) -> anyhow::Result<Status> {
    folder.read_dir().with_context(|| format!("opening the state folder {}", folder.display()))?;
    Ok(Status {
        phone: phone::state_of(folder)?,
        provisioning: last_report(folder),
        firmware: last_firmware_report(folder),
    })
}

fn show(status: &Status, out: &mut impl Write) -> anyhow::Result<()> {
    match &status.phone {
        None => writeln!(out, "phone     does not run")?,
        Some(state) => write!(out, "phone     runs\n{}{}", phone::lines(&state.lines), phone::calls(&state.calls))?,
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
