//! `offhook check`: configuration files on all cores, one by one, as layers of one phone, and as a fleet.

mod output;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use indicatif::{ProgressBar, ProgressStyle};
use offhook_config::lint::{self, Facts, Fleet, LayerFile};
use offhook_config::{Diagnostic, Purpose, Severity};
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
pub(crate) struct Checked {
    pub(crate) path: String,
    /// The text that diagnostics point into; kept only where there are any.
    pub(crate) text: String,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Why the file could not be read at all.
    pub(crate) unreadable: Option<String>,
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
    fn add(&mut self, checked: &Checked) {
        self.files += 1;
        self.unreadable += usize::from(checked.unreadable.is_some());
        for diagnostic in &checked.diagnostics {
            *match diagnostic.severity {
                Severity::Error => &mut self.errors,
                Severity::Warning => &mut self.warnings,
                Severity::Note => &mut self.notes,
            } += 1;
        }
    }
}

/// Checks, and ends with 0, 1 or 2.
pub(crate) fn run(args: &CheckArgs) -> anyhow::Result<ExitCode> {
    let keys = Keys::of(&args.keys)?;
    let paths = files::expand(&args.paths)?;
    let layers: Vec<_> = layer_files(&args.layers).collect();
    let mut output = Output::start(args.format, args.quiet)?;
    let mut totals = Totals::default();
    let mut fleet = Fleet::default();
    let bar = progress(paths.len(), args.format);
    for batch in paths.chunks(BATCH) {
        let checked: Vec<_> = batch.par_iter().map(|path| check_file(path, &keys)).collect();
        for (checked, facts) in checked {
            bar.inc(1);
            if let Some(facts) = facts {
                fleet.add(&checked.path, facts);
            }
            bar.suspend(|| output.file(&checked))?;
            totals.add(&checked);
        }
    }
    bar.finish_and_clear();
    for checked in check_layers(&layers, &keys)?.into_iter().chain(check_fleet(&fleet)) {
        output.file(&checked)?;
        totals.add(&checked);
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

fn check_file(path: &Path, keys: &Keys) -> (Checked, Option<Facts>) {
    let name = path.display().to_string();
    let bytes = match files::read(path, keys) {
        Ok(bytes) => bytes,
        Err(error) => {
            let unreadable = Some(format!("{error:#}"));
            return (Checked { path: name, text: String::new(), diagnostics: Vec::new(), unreadable }, None);
        }
    };
    let reading = offhook_config::read(&bytes, Purpose::File);
    let facts = Facts::of(&name, &reading);
    let mut diagnostics = lint::file(&reading);
    diagnostics.extend(reading.diagnostics);
    diagnostics.sort_by_key(|d| d.span.start);
    let text = if diagnostics.is_empty() { String::new() } else { String::from_utf8_lossy(&bytes).into_owned() };
    (Checked { path: name, text, diagnostics, unreadable: None }, Some(facts))
}

/// The files of one phone, each by itself and then together.
fn check_layers(layers: &[(offhook_settings::Layer, &Path)], keys: &Keys) -> anyhow::Result<Vec<Checked>> {
    let mut contents = Vec::new();
    for (layer, path) in layers {
        contents.push((*layer, path.display().to_string(), files::read(path, keys)?));
    }
    let readings: Vec<_> =
        contents.iter().map(|(layer, name, bytes)| (*layer, name, offhook_config::read(bytes, Purpose::File))).collect();
    let files: Vec<LayerFile<'_>> = readings.iter().map(|(_, name, reading)| LayerFile { name, reading }).collect();
    let mut together = lint::layers(&files);
    let mut out = Vec::new();
    for (i, (_, name, bytes)) in contents.iter().enumerate() {
        let mut diagnostics = readings[i].2.diagnostics.clone();
        diagnostics.append(&mut together[i]);
        diagnostics.sort_by_key(|d| d.span.start);
        let text = String::from_utf8_lossy(bytes).into_owned();
        out.push(Checked { path: name.clone(), text, diagnostics, unreadable: None });
    }
    Ok(out)
}

fn check_fleet(fleet: &Fleet) -> Vec<Checked> {
    fleet
        .findings()
        .into_iter()
        .map(|(path, diagnostic)| Checked {
            path: PathBuf::from(path).display().to_string(),
            text: String::new(),
            diagnostics: vec![diagnostic],
            unreadable: None,
        })
        .collect()
}
