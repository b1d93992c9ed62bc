//! What must not occur twice among the units of a fleet: phone numbers, extensions, MAC addresses.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::Range;
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

/// Something that one file says, without an allocation of its own: fleets have tens of thousands of files.
#[derive(Debug)]
struct Seen {
    /// Bytes of `Fleet::texts`.
    text: Range<u32>,
    /// Index into `Fleet::files`.
    file: u32,
    line: u32,
    column: u32,
    param: Option<ParamId>,
    what: What,
    /// Units share its line on purpose.
    shared: bool,
}

/// Gathers the standard files of many units; memory grows by a few hundred bytes for each.
#[derive(Debug, Default)]
pub struct Fleet {
    files: Vec<Arc<str>>,
    texts: String,
    seen: Vec<Seen>,
}

impl Fleet {
    /// Takes in the standard file of one unit.
    pub fn add(&mut self, file: &str, reading: &Reading<'_>) {
        self.files.push(file.into());
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let stem = name.split('.').next().unwrap_or(name);
        if let Some(mac) = mac(stem) {
            self.push(What::Mac, [&mac.to_ascii_lowercase(), "", ""], (0, 0, None), false);
        }
        let value = |family: &str, line: u16| {
            let id = lookup(&format!("{family}_{line}")).map(|f| f.id);
            reading.entries.iter().find(|e| Some(e.id) == id).map_or("", |e| &*e.value)
        };
        for entry in reading.entries.iter().filter(|e| !e.value.is_empty()) {
            let family = entry.id.family().name;
            if !matches!(family, "PHONE_NUMBER" | "SIP_URI") {
                continue;
            }
            let place = (entry.line, entry.column, Some(entry.id));
            let line = entry.id.number("line").unwrap_or(0);
            match family {
                "PHONE_NUMBER" => {
                    let shared = value("SHARED_CALL_ENABLE", line) == "Y";
                    self.push(What::Number, [&*entry.value, "", ""], place, shared);
                }
                "SIP_URI" => {
                    let shared = value("SHARED_CALL_ENABLE", line) == "Y";
                    let bare = entry.value.strip_prefix("sip:").unwrap_or(&entry.value);
                    let host = value("SIP_SVCDOMAIN", line);
                    let parts = if bare.contains('@') || host.is_empty() { [bare, "", ""] } else { [bare, "@", host] };
                    self.push(What::Extension, parts, place, shared);
                }
                _ => {}
            }
        }
    }

    fn push(&mut self, what: What, text: [&str; 3], place: (u32, u32, Option<ParamId>), shared: bool) {
        let start = self.texts.len() as u32;
        text.iter().for_each(|part| self.texts.push_str(part));
        let (line, column, param) = place;
        let (text, file) = (start..self.texts.len() as u32, self.files.len() as u32 - 1);
        self.seen.push(Seen { text, file, line, column, param, what, shared });
    }

    /// Takes in what another thread gathered.
    pub fn merge(&mut self, other: Self) {
        let (files, texts) = (self.files.len() as u32, self.texts.len() as u32);
        self.files.extend(other.files);
        self.texts.push_str(&other.texts);
        let moved = |s: Seen| Seen { file: s.file + files, text: s.text.start + texts..s.text.end + texts, ..s };
        self.seen.extend(other.seen.into_iter().map(moved));
    }

    fn text(&self, seen: &Seen) -> &str {
        &self.texts[seen.text.start as usize..seen.text.end as usize]
    }

    fn order(&self, a: &Seen, b: &Seen) -> Ordering {
        let place = |s: &Seen| (s.line, s.column, s.param);
        let by_text = a.what.cmp(&b.what).then_with(|| self.text(a).cmp(self.text(b)));
        let by_file = || self.files[a.file as usize].cmp(&self.files[b.file as usize]);
        by_text.then_with(by_file).then_with(|| place(a).cmp(&place(b)))
    }

    /// What occurs twice, whatever the order in which files were added. Lines that units share on purpose
    /// (`SHARED_CALL_ENABLE_n`) may have the same number and extension.
    pub fn findings(mut self) -> Vec<FleetFinding> {
        let mut seen = std::mem::take(&mut self.seen);
        seen.sort_unstable_by(|a, b| self.order(a, b));
        let mut out = Vec::new();
        let mut told = BTreeSet::new();
        for same in seen.chunk_by(|a, b| a.what == b.what && self.text(a) == self.text(b)) {
            if same.len() < 2 || same.iter().all(|s| s.shared) {
                continue;
            }
            let (what, text, times) = (same[0].what, self.text(&same[0]), same.len());
            let (code, message) = match what {
                What::Number => ("double-number", format!("phone number {text} is given {times} times")),
                What::Extension => ("double-extension", format!("extension {text} is given {times} times")),
                What::Mac => ("double-mac", format!("MAC address {text} has {times} files")),
            };
            // Number and extension of a line are mostly the same; one finding is enough.
            let lines: Vec<_> = same.iter().map(|s| (s.file, s.param.and_then(|p| p.number("line")))).collect();
            match what {
                What::Number => {
                    told.insert(lines);
                }
                What::Extension if told.contains(&lines) => continue,
                What::Extension | What::Mac => {}
            }
            let spot = |s: &Seen| {
                let file = Arc::clone(&self.files[s.file as usize]);
                Spot { file, line: s.line, column: s.column, param: s.param }
            };
            out.push(FleetFinding { severity: Severity::Error, code, message, spots: same.iter().map(spot).collect() });
        }
        out
    }
}
