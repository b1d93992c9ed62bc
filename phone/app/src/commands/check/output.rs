//! The result of a check for people, as JSON and as SARIF, written while it comes in.

use std::io::{self, IsTerminal as _, Stdout, Write as _};

use offhook_config::Severity;
use serde_json::{Value, json};

use super::{Checked, Totals};
use crate::cli::Report;
use crate::render;

/// Writes findings as they come, so that a fleet of any size needs no memory.
pub(super) struct Output {
    format: Report,
    quiet: bool,
    color: bool,
    out: io::BufWriter<Stdout>,
    /// Whether a list item was written already.
    begun: bool,
}

impl Output {
    pub(super) fn start(format: Report, quiet: bool) -> io::Result<Self> {
        let mut out = io::BufWriter::new(io::stdout());
        match format {
            Report::Human => {}
            Report::Json => write!(out, "{{\"files\":[")?,
            Report::Sarif => write!(
                out,
                "{{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{{\
                 \"tool\":{{\"driver\":{{\"name\":\"offhook\",\"version\":\"{}\"}}}},\"columnKind\":\"unicodeCodePoints\",\
                 \"results\":[",
                env!("CARGO_PKG_VERSION")
            )?,
        }
        let color = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        Ok(Self { format, quiet, color, out, begun: false })
    }

    pub(super) fn file(&mut self, checked: &Checked) -> io::Result<()> {
        let shown = |d: &&offhook_config::Diagnostic| !self.quiet || d.severity == Severity::Error;
        let diagnostics: Vec<_> = checked.diagnostics.iter().filter(shown).collect();
        match self.format {
            Report::Human => {
                if let Some(reason) = &checked.unreadable {
                    writeln!(self.out, "error[unreadable]: {reason}\n")?;
                }
                for diagnostic in diagnostics {
                    let text = render::human(&checked.path, &checked.text, diagnostic, self.color);
                    writeln!(self.out, "{text}\n")?;
                }
            }
            Report::Json => {
                let list: Vec<_> = diagnostics.into_iter().map(render::json).collect();
                let mut file = json!({ "path": checked.path, "diagnostics": list });
                if let Some(reason) = &checked.unreadable {
                    file["unreadable"] = json!(reason);
                }
                self.item(&file)?;
            }
            Report::Sarif => {
                if let Some(reason) = &checked.unreadable {
                    self.item(&render::sarif_unreadable(&checked.path, reason))?;
                }
                for diagnostic in diagnostics {
                    self.item(&render::sarif(&checked.path, diagnostic))?;
                }
            }
        }
        Ok(())
    }

    /// Begins what is wrong between files. In JSON it has a list of its own, so that `files` has each file once.
    pub(super) fn fleet(&mut self) -> io::Result<()> {
        if self.format == Report::Json {
            self.out.write_all(b"\n],\"fleet\":[")?;
            self.begun = false;
        }
        Ok(())
    }

    fn item(&mut self, value: &Value) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            self.out.write_all(b",")?;
        }
        self.out.write_all(b"\n")?;
        serde_json::to_writer(&mut self.out, value)?;
        Ok(())
    }

    pub(super) fn finish(mut self, totals: Totals) -> io::Result<()> {
        match self.format {
            Report::Human => writeln!(self.out, "{}", summary(totals))?,
            Report::Json => {
                let counts = json!({
                    "files": totals.files,
                    "errors": totals.errors,
                    "warnings": totals.warnings,
                    "notes": totals.notes,
                    "unreadable": totals.unreadable,
                });
                writeln!(self.out, "\n],\"summary\":{counts}}}")?;
            }
            Report::Sarif => writeln!(self.out, "\n]}}]}}")?,
        }
        self.out.flush()
    }
}

fn summary(totals: Totals) -> String {
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let mut out = format!(
        "{} checked: {}, {}",
        count(totals.files, "file"),
        count(totals.errors, "error"),
        count(totals.warnings, "warning")
    );
    if totals.notes > 0 {
        out += &format!(", {}", count(totals.notes, "note"));
    }
    if totals.unreadable > 0 {
        out += &format!("; {} could not be read", count(totals.unreadable, "file"));
    }
    out
}
