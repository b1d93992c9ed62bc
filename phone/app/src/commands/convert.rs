//! `offhook convert`: between plain text and XML, without loss.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::bail;
use offhook_config::{Format, Purpose, Severity, WriteOptions};

use super::FOUND;
use super::files::{self, Keys};
use crate::cli::{ConvertArgs, FileFormat};
use crate::render;

/// Converts, or refuses where something would be lost.
pub(crate) fn run(args: &ConvertArgs) -> anyhow::Result<ExitCode> {
    let bytes = files::read(&args.input, &Keys::default())?;
    let reading = offhook_config::read(&bytes, Purpose::File);
    let name = args.input.display().to_string();
    let text = String::from_utf8_lossy(&bytes);
    for diagnostic in &reading.diagnostics {
        eprintln!("{}", render::human(&name, &text, diagnostic, std::io::stderr().is_terminal()));
    }
    let errors = reading.diagnostics.iter().filter(|d| d.severity == Severity::Error).count();
    if reading.void {
        bail!("{name} is refused as a whole; nothing was written");
    }
    if errors > 0 && !args.skip_errors {
        bail!("{name} has faults that would be lost; mend them, or drop them with --skip-errors. Nothing was written");
    }
    let format = match args.to {
        Some(FileFormat::Plain) => Format::Plain,
        Some(FileFormat::Xml) => Format::Xml,
        None if args.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml")) => Format::Xml,
        None => Format::Plain,
    };
    let values = reading.entries.iter().map(|e| (e.id, e.value.as_ref()));
    let text = offhook_config::write(format, values, &WriteOptions::default())?;
    files::write(&args.output, text.as_bytes())?;
    Ok(if errors > 0 { ExitCode::from(FOUND) } else { ExitCode::SUCCESS })
}
