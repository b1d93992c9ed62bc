//! `offhook convert`: between plain text and XML, without loss.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::bail;
use offhook_config::{Diagnostic, Format, Purpose, Severity, WriteOptions};

use super::FOUND;
use super::files::{self, Keys};
use crate::cli::{ConvertArgs, FileFormat};
use crate::render;

/// Converts; what is no setting becomes a comment.
pub(crate) fn run(args: &ConvertArgs) -> anyhow::Result<ExitCode> {
    let bytes = files::read(&args.input, &Keys::default())?;
    let reading = offhook_config::read(&bytes, Purpose::File);
    let name = args.input.display().to_string();
    let text = String::from_utf8_lossy(&bytes);
    for diagnostic in &reading.diagnostics {
        eprintln!("{}", render::human(&name, &text, diagnostic, std::io::stderr().is_terminal()));
    }
    if reading.void {
        bail!("{name} is refused as a whole; nothing was written");
    }
    let skipped = skipped_lines(&text, &reading.diagnostics);
    if args.strict && !skipped.is_empty() {
        eprintln!("offhook: {name} has faults; nothing was written");
        return Ok(ExitCode::from(FOUND));
    }
    let format = match args.to {
        Some(FileFormat::Plain) => Format::Plain,
        Some(FileFormat::Xml) => Format::Xml,
        None if args.output.extension().is_some_and(|e| e.eq_ignore_ascii_case("xml")) => Format::Xml,
        None => Format::Plain,
    };
    let values = reading.entries.iter().map(|e| (e.id, e.value.as_ref()));
    let intro = match skipped.as_slice() {
        [] => String::new(),
        lines => format!("Lines of {name} that are no settings, kept here as they were:\n{}", lines.join("\n")),
    };
    let text = offhook_config::write(format, values, &WriteOptions { intro: &intro, ..WriteOptions::default() })?;
    files::write(&args.output, text.as_bytes())?;
    if skipped.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let count = skipped.len();
    eprintln!("offhook: {count} faulty lines became comments at the top of {}", args.output.display());
    Ok(ExitCode::from(FOUND))
}

/// The lines that have an error, each once: an administrator may still want what they say.
fn skipped_lines<'a>(text: &'a str, diagnostics: &[Diagnostic]) -> Vec<&'a str> {
    let mut numbers: Vec<_> =
        diagnostics.iter().filter(|d| d.severity == Severity::Error).map(|d| d.line as usize).collect();
    numbers.dedup();
    numbers.into_iter().filter_map(|n| text.lines().nth(n.saturating_sub(1))).map(str::trim).collect()
}
