//! `offhook check`: configuration files on all cores, one by one, as layers of one phone, and as a fleet.

mod output;

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use offhook_config::lint::{self, Finding, Fleet, FleetFinding, Role};
use offhook_config::{Diagnostic, Purpose, Reading, Severity};
use offhook_settings::Layer;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use self::output::Output;
use super::files::{self, Keys};
use super::run::layer_files;
use super::{COULD_NOT_RUN, FOUND};
use crate::cli::{CheckArgs, Report};

/// Files that are read at a time: results are shown in the order of the paths, and memory stays flat.
const BATCH: usize = 256;
/// A progress bar is for checks that take a while.
const MANY: usize = 500;

/// What was found in one file.
#[derive(Default)]
pub(crate) struct Checked {
    pub(crate) path: String,
    /// The text that diagnostics point into; empty where there are none.
    pub(crate) text: String,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Why the file could not be read at all.
    pub(crate) unreadable: Option<String>,
    /// What it has in common with other files of the fleet.
    fleet: Fleet,
}

/// How much was found.
#[derive(Default, Clone, Copy)]
pub(crate) struct Totals {
    pub(crate) files: usize,
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    pub(crate) notes: usize,
    pub(crate) unreadable: usize,
}

impl Totals {
    fn file(&mut self, checked: &Checked) {
        self.files += 1;
        self.unreadable += usize::from(checked.unreadable.is_some());
        checked.diagnostics.iter().for_each(|d| self.finding(d.severity));
    }

    fn finding(&mut self, severity: Severity) {
        *match severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        } += 1;
    }
}

/// Checks, and ends with 0, 1 or 2.
pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let keys = Keys::of(&args.keys)?;
    let paths = files::expand(&args.paths)?;
    let mut output = Output::start(args.format, args.quiet)?;
    let mut totals = Totals::default();
    let mut fleet = Fleet::default();
    let bar = progress(paths.len(), args.format);
    for batch in paths.chunks(BATCH) {
        let checked: Vec<_> = batch.par_iter().map(|path| check_file(path, &keys)).collect();
        for mut checked in checked {
            bar.inc(1);
            fleet.merge(std::mem::take(&mut checked.fleet));
            totals.file(&checked);
            bar.suspend(|| output.file(&checked))?;
        }
    }
    bar.finish_and_clear();
    for checked in check_layers(&layer_files(&args.layers).collect::<Vec<_>>(), &keys) {
        totals.file(&checked);
        output.file(&checked)?;
    }
    output.fleet()?;
    for finding in fleet.findings() {
        totals.finding(finding.severity);
        output.file(&between_files(&finding))?;
    }
    output.finish(totals)?;
    Ok(match totals {
        Totals { unreadable: 1.., .. } => ExitCode::from(COULD_NOT_RUN),
        Totals { errors: 1.., .. } => ExitCode::from(FOUND),
        _ => ExitCode::SUCCESS,
    })
}

fn progress(files: usize, format: Report) -> ProgressBar {
    if files < MANY || format != Report::Human || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {per_sec}, {eta} left");
    ProgressBar::new(files as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn check_file(path: &Path, keys: &Keys) -> Checked {
    let name = path.display().to_string();
    let bytes = match files::read(path, keys) {
        Ok(bytes) => bytes,
        Err(error) => return Checked { path: name, unreadable: Some(format!("{error:#}")), ..Checked::default() },
    };
    let reading = offhook_config::read(&bytes, Purpose::File);
    let mut fleet = Fleet::default();
    fleet.add(&name, &reading);
    // The file alone, as if it were the standard file of a unit that has no other.
    let mut diagnostics: Vec<_> =
        lint::unit(&[lint::File { role: Role::Standard, size: bytes.len(), reading: &reading }])
            .into_iter()
            .filter_map(|finding| alone(finding, &reading))
            .collect();
    diagnostics.extend(reading.diagnostics);
    Checked { fleet, ..checked(name, &bytes, diagnostics) }
}

fn checked(path: String, bytes: &[u8], mut diagnostics: Vec<Diagnostic>) -> Checked {
    diagnostics.sort_by_key(|d| d.span.start);
    let text = if diagnostics.is_empty() { String::new() } else { String::from_utf8_lossy(bytes).into_owned() };
    Checked { path, text, diagnostics, ..Checked::default() }
}

/// A finding over several settings in a single file: as long as another file may set one of them, it is a warning.
fn alone(finding: Finding, reading: &Reading<'_>) -> Option<Diagnostic> {
    let set = |id| reading.entries.iter().any(|entry| entry.id == id);
    let whole = finding.params.iter().all(|id| set(*id));
    let mut diagnostic = point(&finding, 0)?;
    if !whole && diagnostic.severity == Severity::Error {
        diagnostic.severity = Severity::Warning;
        let remedy = diagnostic.remedy.map_or(String::new(), |remedy| remedy + "; ");
        diagnostic.remedy =
            Some(format!("{remedy}check it with the unit's other files: --master, --product, --standard"));
    }
    Some(diagnostic)
}

/// A finding as a diagnostic of the file with this index, at the last of its settings there.
fn point(finding: &Finding, file: usize) -> Option<Diagnostic> {
    let place = finding.places.iter().filter(|place| place.file == file).max_by_key(|place| place.span.start)?;
    Some(Diagnostic {
        severity: finding.severity,
        code: finding.code,
        message: finding.message.clone(),
        remedy: finding.remedy.clone(),
        line: place.line,
        column: place.column,
        span: place.span.clone(),
        param: Some(place.param),
    })
}

/// The files of one phone, each by itself and then together; what they give together is shown at the strongest file
/// that takes part.
fn check_layers(layers: &[(Layer, &Path)], keys: &Keys) -> Vec<Checked> {
    let mut out = Vec::new();
    let mut contents = Vec::new();
    for (layer, path) in layers {
        let name = path.display().to_string();
        match files::read(path, keys) {
            Ok(bytes) => contents.push((role(*layer), name, bytes)),
            Err(error) => {
                out.push(Checked { path: name, unreadable: Some(format!("{error:#}")), ..Checked::default() });
            }
        }
    }
    let readings: Vec<_> = contents.iter().map(|(_, _, bytes)| offhook_config::read(bytes, Purpose::File)).collect();
    let files: Vec<_> = contents
        .iter()
        .zip(&readings)
        .map(|((role, _, bytes), reading)| lint::File { role: *role, size: bytes.len(), reading })
        .collect();
    let findings = lint::unit(&files);
    for (index, (_, name, bytes)) in contents.iter().enumerate() {
        let mut diagnostics = readings[index].diagnostics.clone();
        for finding in &findings {
            let strongest = finding.places.iter().map(|place| place.file).max();
            if strongest == Some(index) {
                diagnostics.extend(point(finding, index));
            } else if strongest.is_none() && index + 1 == contents.len() {
                diagnostics.push(of_the_whole(finding));
            }
        }
        out.push(checked(name.clone(), bytes, diagnostics));
    }
    out
}

fn role(layer: Layer) -> Role {
    match layer {
        Layer::PreProvisioning => Role::PreProvisioning,
        Layer::Master => Role::Master,
        Layer::Product => Role::Product,
        _ => Role::Standard,
    }
}

/// A finding that no single line causes, such as the size of all files together.
fn of_the_whole(finding: &Finding) -> Diagnostic {
    Diagnostic {
        severity: finding.severity,
        code: finding.code,
        message: finding.message.clone(),
        remedy: finding.remedy.clone(),
        line: 1,
        column: 1,
        span: 0..0,
        param: None,
    }
}

/// What occurs in several files, shown at the first and naming the others.
fn between_files(finding: &FleetFinding) -> Checked {
    const NAMED: usize = 5;
    let mut places = finding.spots.iter().map(|spot| match spot.line {
        0 => spot.file.to_string(),
        line => format!("{}:{line}", spot.file),
    });
    let first = finding.spots.first();
    let mut named: Vec<_> = places.by_ref().skip(1).take(NAMED).collect();
    let more = places.count();
    if more > 0 {
        named.push(format!("{more} more"));
    }
    let diagnostic = Diagnostic {
        severity: finding.severity,
        code: finding.code,
        message: finding.message.clone(),
        remedy: Some(format!("it is also in {}", named.join(", "))),
        line: first.map_or(1, |spot| spot.line.max(1)),
        column: first.map_or(1, |spot| spot.column.max(1)),
        span: 0..0,
        param: first.and_then(|spot| spot.param),
    };
    let path = first.map_or(String::new(), |spot| spot.file.to_string());
    Checked { path, diagnostics: vec![diagnostic], ..Checked::default() }
}
