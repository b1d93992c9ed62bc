//! The files of one unit, taken together as the phone takes them.

use offhook_params::ParamId;
use offhook_params::rules::Values;

use super::{Finding, Place, shared, values};
use crate::diagnostic::Severity;
use crate::reading::{Entry, Format, Purpose, Reading};

/// What a file is to a unit; a later role beats an earlier one (guide rule 44).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Fetched once by a factory-new unit.
    PreProvisioning,
    /// For all units.
    Master,
    /// For all units of a model.
    Product,
    /// For one unit.
    Standard,
}

/// A file of a unit.
#[derive(Debug, Clone, Copy)]
pub struct File<'a> {
    /// What it is to the unit.
    pub role: Role,
    /// Bytes, after decryption.
    pub size: usize,
    /// What it says.
    pub reading: &'a Reading<'a>,
}

/// Checks the files of one unit together, in any order: those of a later role win, and of one role the later ones.
pub fn unit(files: &[File<'_>]) -> Vec<Finding> {
    let mut order: Vec<usize> = (0..files.len()).collect();
    order.sort_by_key(|&i| files[i].role);
    let mut given = Given { entries: vec![None; ParamId::COUNT] };
    for file in order {
        for entry in &files[file].reading.entries {
            given.entries[entry.id.index()] = Some((file, entry));
        }
    }
    let mut findings = values(&given, |id| given.entries[id.index()].is_some());
    for finding in &mut findings {
        finding.places = finding.params.iter().filter_map(|id| given.place(*id)).collect();
    }
    // A rule over what no file sets would speak of factory values, which keep all rules.
    findings.retain(|f| !f.places.is_empty());
    for (index, file) in files.iter().enumerate() {
        if file.role == Role::Master || file.role == Role::Product {
            shared::check(index, file.reading, &mut findings);
        }
    }
    findings.extend(total_size(files));
    findings
}

/// All files of a unit have to fit into 120 KB together (guide rule 2); XML counts half, as its own limit is double.
fn total_size(files: &[File<'_>]) -> Option<Finding> {
    let limit = Purpose::File.limit(Format::Plain);
    let weight = |f: &File<'_>| if f.reading.format == Format::Xml { f.size / 2 } else { f.size };
    let total: usize = files.iter().filter(|f| !f.reading.void).map(weight).sum();
    (files.len() > 1 && total > limit).then(|| {
        let message = format!("the files of the unit have {total} bytes together, at most {limit} are allowed");
        Finding::new(Severity::Error, "total-size", message, Vec::new())
            .remedy("leave out settings that keep their factory values")
    })
}

/// What the files give, factory values below.
struct Given<'a> {
    entries: Vec<Option<(usize, &'a Entry<'a>)>>,
}

impl Given<'_> {
    fn place(&self, id: ParamId) -> Option<Place> {
        self.entries[id.index()].map(|(file, entry)| place(file, entry))
    }
}

impl Values for Given<'_> {
    fn value(&self, id: ParamId) -> &str {
        self.entries[id.index()].map_or(id.default(), |(_, entry)| &entry.value)
    }
}

pub(super) fn place(file: usize, entry: &Entry<'_>) -> Place {
    Place { file, line: entry.line, column: entry.column, span: entry.span.clone(), param: entry.id }
}
