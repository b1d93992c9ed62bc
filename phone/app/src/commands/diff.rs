//! `offhook diff`: what applying a file would change, and what would restart.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use offhook_config::{Purpose, Severity};
use offhook_params::rules::Context;
use offhook_params::{Applies, ParamId, in_words};
use offhook_settings::{ChangeSet, Layer, LayerValues, Layers, Origin};
use serde_json::json;

use super::FOUND;
use super::files::{self, Keys};
use crate::cli::{DiffArgs, FileLayer};
use crate::render;

/// Compares the effective settings before and after.
pub(crate) fn run(args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let layer = match args.layer {
        FileLayer::PreProvisioning => Layer::PreProvisioning,
        FileLayer::Master => Layer::Master,
        FileLayer::Product => Layer::Product,
        FileLayer::Standard => Layer::Standard,
    };
    let mut before = match &args.state {
        Some(dir) => offhook_store::peek(dir)?,
        None => Layers::factory(),
    };
    if let Some(path) = &args.against {
        before.replace(layer, values(path)?);
    }
    let mut after = before.clone();
    let changes = after.replace(layer, values(&args.file)?);
    let shown = if args.json { print_json(&changes) } else { print_text(&changes, &after) };
    shown?;
    Ok(if changes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FOUND) })
}

/// The values of a file, as a phone would take them: faulty lines are reported and left out.
fn values(path: &Path) -> anyhow::Result<LayerValues> {
    let bytes = files::read(path, &Keys::default())?;
    let reading = offhook_config::read(&bytes, Purpose::File);
    let name = path.display().to_string();
    let text = String::from_utf8_lossy(&bytes);
    for diagnostic in reading.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
        eprintln!("{}", render::human(&name, &text, diagnostic, io::stderr().is_terminal()));
    }
    if reading.void {
        bail!("{name} is refused as a whole");
    }
    let source: Arc<str> = name.into();
    let mut values = LayerValues::new();
    for entry in &reading.entries {
        values.set(entry.id, &*entry.value, Origin::file(Arc::clone(&source), entry.line))?;
    }
    Ok(values)
}

fn shown(id: ParamId, value: &str) -> String {
    if id.family().secret && !value.is_empty() { "(secret)".to_owned() } else { format!("\"{value}\"") }
}

fn print_text(changes: &ChangeSet, after: &Layers) -> io::Result<()> {
    let mut out = io::stdout().lock();
    for (group, changes) in changes.by_group() {
        writeln!(out, "{}", group.title)?;
        for change in changes {
            let id = change.id;
            let note = match id.family().applies {
                Applies::Live => "",
                Applies::ReRegister => "  [registers anew]",
                Applies::Restart => "  [restart]",
            };
            writeln!(out, "  {id}: {} -> {}{note}", shown(id, &change.before), shown(id, &change.after))?;
            if offhook_params::rules::has_effect(id, after) == Some(false) {
                let condition = id.family().when.map(|(_, when)| in_words(when, Context::of(id)));
                writeln!(out, "    without effect: counts only while {}", condition.unwrap_or_default())?;
            }
        }
    }
    match changes.applies() {
        None => writeln!(out, "Nothing changes."),
        Some(Applies::Live) => writeln!(out, "{} change; nothing restarts.", settings(changes.len())),
        Some(Applies::ReRegister) => {
            let lines = changes.lines().iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
            writeln!(out, "{} change; these lines register anew: {lines}.", settings(changes.len()))
        }
        Some(Applies::Restart) => writeln!(out, "{} change; the unit restarts.", settings(changes.len())),
    }
}

fn settings(count: usize) -> String {
    if count == 1 { "1 setting".to_owned() } else { format!("{count} settings") }
}

fn print_json(changes: &ChangeSet) -> io::Result<()> {
    let list: Vec<_> = changes
        .changes
        .iter()
        .map(|change| {
            let secret = |value: &str| if change.id.family().secret { json!(null) } else { json!(value) };
            json!({
                "name": change.id.name(),
                "before": secret(&change.before),
                "after": secret(&change.after),
                "applies": change.id.family().applies.as_str(),
            })
        })
        .collect();
    let restart = changes.applies() == Some(Applies::Restart);
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &json!({ "changes": list, "restart": restart, "lines": changes.lines() }))?;
    writeln!(out)
}
