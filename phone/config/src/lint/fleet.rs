//! What must not occur twice among the units of a fleet: phone numbers, extensions, MAC addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use offhook_params::{ParamId, lookup};

use super::shared::mac;
use crate::diagnostic::Severity;
use crate::reading::Reading;

/// A place in one of many files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// Name of the file.
    pub file: Arc<str>,
    /// Line, from 1; 0 where the name of the file itself is meant.
    pub line: u32,
    /// Characters into the line, from 1; 0 where the name of the file itself is meant.
    pub column: u32,
    /// The parameter, unless the name of the file is meant.
    pub param: Option<ParamId>,
}

/// Something that occurs twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FleetFinding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of finding it is, for machines.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Everywhere it occurs, two places at least.
    pub spots: Vec<Spot>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Number,
    Extension,
    Mac,
}

/// A spot, and whether its line is one that units share.
type Occurrence = (Spot, bool);

/// Gathers the standard files of many units; memory grows by a few hundred bytes for each.
#[derive(Debug, Default)]
pub struct Fleet {
    /// By kind and text.
    seen: BTreeMap<(What, Box<str>), Vec<Occurrence>>,
}

impl Fleet {
    /// Takes in the standard file of one unit.
    pub fn add(&mut self, file: &str, reading: &Reading<'_>) {
        let file: Arc<str> = file.into();
        let name = file.rsplit(['/', '\\']).next().unwrap_or(&file);
        let stem = name.split('.').next().unwrap_or(name);
        if let Some(mac) = mac(stem) {
            let spot = Spot { file: file.clone(), line: 0, column: 0, param: None };
            self.push(What::Mac, mac.to_ascii_lowercase(), spot, false);
        }
        let value = |family: &str, line: u16| {
            let id = lookup(&format!("{family}_{line}")).map(|f| f.id);
            reading.entries.iter().find(|e| Some(e.id) == id).map_or("", |e| &*e.value)
        };
        for entry in reading.entries.iter().filter(|e| !e.value.is_empty()) {
            let spot = || Spot { file: file.clone(), line: entry.line, column: entry.column, param: Some(entry.id) };
            let line = entry.id.number("line").unwrap_or(0);
            match entry.id.family().name {
                "PHONE_NUMBER" => {
                    let shared = value("SHARED_CALL_ENABLE", line) == "Y";
                    self.push(What::Number, entry.value.to_string(), spot(), shared);
                }
                "SIP_URI" => {
                    let shared = value("SHARED_CALL_ENABLE", line) == "Y";
                    let bare = entry.value.strip_prefix("sip:").unwrap_or(&entry.value);
                    let host = value("SIP_SVCDOMAIN", line);
                    let full =
                        if bare.contains('@') || host.is_empty() { bare.into() } else { format!("{bare}@{host}") };
                    self.push(What::Extension, full, spot(), shared);
                }
                _ => {}
            }
        }
    }

    fn push(&mut self, what: What, text: String, spot: Spot, shared: bool) {
        self.seen.entry((what, text.into())).or_default().push((spot, shared));
    }

    /// Takes in what another thread gathered.
    pub fn merge(&mut self, other: Self) {
        for (key, spots) in other.seen {
            self.seen.entry(key).or_default().extend(spots);
        }
    }

    /// What occurs twice, whatever the order in which files were added. Lines that units share on purpose
    /// (`SHARED_CALL_ENABLE_n`) may have the same number and extension.
    pub fn findings(self) -> Vec<FleetFinding> {
        let mut out = Vec::new();
        let mut told = BTreeSet::new();
        for ((what, text), mut spots) in self.seen {
            if spots.len() < 2 || spots.iter().all(|(_, shared)| *shared) {
                continue;
            }
            spots.sort();
            let (code, message) = match what {
                What::Number => ("double-number", format!("phone number {text} is given {} times", spots.len())),
                What::Extension => ("double-extension", format!("extension {text} is given {} times", spots.len())),
                What::Mac => ("double-mac", format!("MAC address {text} has {} files", spots.len())),
            };
            let spots: Vec<Spot> = spots.into_iter().map(|(spot, _)| spot).collect();
            // Number and extension of a line are mostly the same; one finding is enough.
            let mut lines: Vec<_> =
                spots.iter().map(|s| (s.file.clone(), s.param.and_then(|p| p.number("line")))).collect();
            lines.sort();
            match what {
                What::Number => {
                    told.insert(lines);
                }
                What::Extension if told.contains(&lines) => continue,
                What::Extension | What::Mac => {}
            }
            out.push(FleetFinding { severity: Severity::Error, code, message, spots });
        }
        out
    }
}
