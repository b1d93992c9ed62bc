//! Reading the folder at start: every file gives what it can, and what is wrong is reported and kept.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use offhook_config::{Diagnostic, Purpose, Reading, read};
use offhook_params::ParamId;
use offhook_settings::{Layer, LayerValues, Layers, Origin};

use crate::error::StoreError;
use crate::folder::{Folder, Place};
use crate::seal::{self, Sealed};
use crate::user::{self, Sections};
use crate::writer::{Exchange, differing};

/// A file of the folder that was not as it should be.
#[derive(Debug)]
pub struct Report {
    /// The layer that it holds.
    pub layer: Layer,
    /// The file.
    pub file: PathBuf,
    /// What was wrong.
    pub problem: Problem,
    /// What the reader had to say about its lines.
    pub diagnostics: Vec<Diagnostic>,
    /// How many values were read from it all the same.
    pub values: usize,
    /// Where it is kept as evidence, or why that was not possible; as long as it is not, the layer cannot be changed.
    pub kept: Result<PathBuf, StoreError>,
}

/// What was wrong with a file.
#[derive(Debug)]
#[non_exhaustive]
pub enum Problem {
    /// It could not be read at all.
    Unreadable(io::Error),
    /// It is not what was written: damaged, cut off, or edited by hand. What can be read of it counts.
    Altered,
    /// It is what was written, but this version of the phone does not take every line of it.
    Refused,
    /// It is sound, but nobody had confirmed these settings when the phone went down, so they are as before again.
    Unconfirmed(Vec<ParamId>),
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.file.display())?;
        match &self.problem {
            Problem::Unreadable(error) => write!(f, "cannot be read: {error}")?,
            Problem::Altered => f.write_str("is damaged, or was edited by hand")?,
            Problem::Refused => f.write_str("has lines that cannot be used")?,
            Problem::Unconfirmed(params) => {
                f.write_str("had changes that nobody confirmed; they are taken back:")?;
                return params.iter().try_for_each(|id| write!(f, " {id}"));
            }
        }
        write!(f, "; {} of its values count", self.values)?;
        match &self.kept {
            Ok(place) => write!(f, "; it is kept as {}", place.display()),
            Err(error) => {
                write!(f, "; it could not be set aside ({error}), so the {} layer stays as it is", self.layer)
            }
        }
    }
}

/// What a folder gives.
pub(crate) struct Loaded {
    pub(crate) layers: Layers,
    /// What was wrong with its files.
    pub(crate) reports: Vec<Report>,
    /// The user layer was taken back to what `pending.cfg` says, and that file could not be removed.
    pub(crate) leftover: bool,
    /// What a process that was killed left of an exchange of layers, and could not be settled.
    pub(crate) exchange: Exchange,
}

/// All layers of the folder.
pub(crate) fn load(folder: &Folder) -> Loaded {
    let mut reports = Vec::new();
    let mut layers = Vec::new();
    let exchange = if folder.is_exchange_decided() { Exchange::Decided } else { Exchange::Abandoned };
    let exchange = exchange.settle(folder).unwrap_or(exchange);
    for &layer in Layer::ALL.iter().filter(|layer| **layer != Layer::Factory) {
        let (values, report) = match folder.read_decided(layer, exchange == Exchange::Decided) {
            Ok(None) => continue,
            Ok(Some(file)) => load_layer(folder, layer, &file),
            Err(error) => (LayerValues::new(), Some(unreadable(folder, layer, error))),
        };
        reports.extend(report);
        layers.push((layer, values));
    }
    let tried = layers.iter().find(|(layer, _)| *layer == Layer::User);
    let (before, report) = unconfirmed(folder, tried.map(|(_, values)| values));
    let mut leftover = false;
    if let Some(before) = before {
        let put = folder.write(Layer::User, &sealed_user(&before)).and_then(|()| folder.remove(Place::Pending));
        leftover = put.is_err();
        layers.retain(|(layer, _)| *layer != Layer::User);
        layers.push((Layer::User, before));
    }
    reports.extend(report);
    Loaded { layers: Layers::stacked(layers), reports, leftover, exchange }
}

/// The user layer to go back to after a trial that nobody confirmed, and what to say of it.
///
/// Where that cannot be read, the layer on trial stays: part of a layer may lack just what leads to the unit.
fn unconfirmed(folder: &Folder, tried: Option<&LayerValues>) -> (Option<LayerValues>, Option<Report>) {
    let place = Place::Pending;
    let report = |problem, kept| Report {
        layer: Layer::User,
        file: folder.file(place),
        problem,
        diagnostics: Vec::new(),
        values: tried.map_or(0, LayerValues::len),
        kept,
    };
    let problem = match folder.read(place) {
        Ok(None) => return (None, None),
        Ok(Some(file)) => match seal::open(&file) {
            Sealed { content, intact: true, .. } => {
                let (before, _) = parse_user(content);
                let empty = LayerValues::new();
                let names: Vec<_> = differing(tried.unwrap_or(&empty), &before).collect();
                let values = before.len();
                // A trial that had not changed anything yet is nothing to talk about.
                let taken_back = (!names.is_empty()).then(|| Report {
                    file: folder.file(Layer::User),
                    values,
                    ..report(Problem::Unconfirmed(names), Ok(folder.file(Layer::User)))
                });
                return (Some(before), taken_back);
            }
            _ => Problem::Altered,
        },
        Err(error) => Problem::Unreadable(error),
    };
    let kept = folder.keep_aside(place);
    if kept.is_ok() {
        // Should it fail, the next start tells the same.
        let _ = folder.remove(place);
    }
    (None, Some(report(problem, kept)))
}

fn load_layer(folder: &Folder, layer: Layer, file: &[u8]) -> (LayerValues, Option<Report>) {
    let Sealed { content, source, intact } = seal::open(file);
    let (values, reading) = parse(layer, content, source.as_deref());
    // A downloaded file may have faulty lines: they were reported when it arrived, and stay in the file.
    let problem = match (intact, layer) {
        (false, _) => Problem::Altered,
        (true, Layer::User) if reading.has_errors() => Problem::Refused,
        (true, _) if reading.void => Problem::Refused,
        (true, _) => return (values, None),
    };
    let kept = folder.keep_aside(layer);
    if kept.is_ok() {
        // The readable rest becomes the file, so that the next start is a clean one. Should that fail, the damaged
        // file stands as before, and the next start finds it and its evidence again.
        let _ = match layer {
            Layer::User => folder.write(layer, &sealed_user(&values)),
            _ if reading.void => folder.remove(layer),
            _ => folder.write(layer, &seal::seal(content, source.as_deref())),
        };
    }
    let diagnostics = reading.diagnostics;
    let report = Report { layer, file: folder.file(layer), problem, diagnostics, values: values.len(), kept };
    (values, Some(report))
}

fn unreadable(folder: &Folder, layer: Layer, error: io::Error) -> Report {
    let problem = Problem::Unreadable(error);
    let kept = folder.keep_aside(layer);
    if kept.is_ok() {
        // As above: should it fail, the next start tells the same.
        let _ = folder.remove(layer);
    }
    Report { layer, file: folder.file(layer), problem, diagnostics: Vec::new(), values: 0, kept }
}

/// The file of the user layer.
pub(crate) fn sealed_user(values: &LayerValues) -> Vec<u8> {
    seal::seal(user::write(values).as_bytes(), None)
}

/// The values of a layer's file without its seal.
pub(crate) fn parse<'a>(layer: Layer, content: &'a [u8], source: Option<&str>) -> (LayerValues, Reading<'a>) {
    match layer {
        Layer::User => parse_user(content),
        _ => parse_file(content, source.unwrap_or(layer.as_str())),
    }
}

/// The values of a configuration file that came from `source`.
pub(crate) fn parse_file<'a>(content: &'a [u8], source: &str) -> (LayerValues, Reading<'a>) {
    let source: Arc<str> = source.into();
    let reading = read(content, Purpose::File);
    let values = collect(&reading, |entry| Origin::file(Arc::clone(&source), entry.line));
    (values, reading)
}

/// The values of the user layer's file.
pub(crate) fn parse_user(content: &[u8]) -> (LayerValues, Reading<'_>) {
    let sections = Sections::of(content);
    let reading = read(content, Purpose::State);
    let values = collect(&reading, |entry| sections.origin(entry));
    (values, reading)
}

fn collect(reading: &Reading<'_>, origin: impl Fn(&offhook_config::Entry<'_>) -> Origin) -> LayerValues {
    let mut values = LayerValues::new();
    for entry in &reading.entries {
        let set = values.set(entry.id, &*entry.value, origin(entry));
        debug_assert!(set.is_ok(), "the reader let {} through unchecked", entry.id);
    }
    values
}
