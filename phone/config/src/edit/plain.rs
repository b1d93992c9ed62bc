//! Edits of a plain-text file.

use std::collections::BTreeMap;
use std::ops::Range;

use offhook_params::{GROUPS, ParamId, lookup};

use super::{EditError, Patch, line_end};
use crate::write::plain_line;

/// A line that sets a parameter.
struct Setting<'a> {
    id: ParamId,
    /// As written, which may be an alias.
    name: &'a str,
    /// Its text, without its end.
    text: Range<usize>,
    /// Start of the next line.
    next: usize,
}

/// How new lines relate to the old ones; at one offset, those of an earlier kind go first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// Behind the nearest relative.
    Behind,
    /// In front of the first relative.
    InFront,
    /// There are no relatives.
    End,
}

pub(super) fn patches(text: &str, changes: &BTreeMap<ParamId, Option<&str>>) -> Result<Vec<Patch>, EditError> {
    let settings = settings(text);
    let mut patches = Vec::new();
    // New lines for each place, in the order of the spec.
    let mut inserts: BTreeMap<(usize, Place), Vec<(ParamId, String)>> = BTreeMap::new();
    let end = end(text);
    for (&id, value) in changes {
        let mut own = settings.iter().filter(|s| s.id == id).peekable();
        match (value, own.peek()) {
            (None, _) => {
                patches.extend(own.map(|s| Patch { range: s.text.start..s.next, text: String::new() }));
            }
            (Some(value), Some(first)) => {
                let line = plain_line(id, first.name, value)?;
                patches.push(Patch { range: first.text.clone(), text: line });
            }
            (Some(value), None) => {
                let group = |s: &&Setting<'_>| s.id.family().group == id.family().group;
                let before = settings.iter().filter(group).filter(|s| s.id < id).max_by_key(|s| s.id);
                let after = settings.iter().filter(group).min_by_key(|s| s.text.start);
                let behind = before.map(|s| (s.next, Place::Behind));
                let front = after.map(|s| (s.text.start, Place::InFront));
                let at = behind.or(front).unwrap_or((end, Place::End));
                inserts.entry(at).or_default().push((id, plain_line(id, id.name(), value)?));
            }
        }
    }
    let line_end = line_end(text);
    let headings = text.lines().any(|line| line.starts_with("##"));
    let mut open = !text.ends_with('\n');
    for ((at, place), lines) in inserts {
        let mut new = String::new();
        if at == text.len() && std::mem::take(&mut open) {
            new.push_str(line_end);
        }
        let mut last = None;
        for (id, line) in lines {
            let group = id.family().group;
            if place == Place::End && headings && last.replace(group) != Some(group) {
                new.push_str(&format!("{line_end}## {}{line_end}", GROUPS[usize::from(group)].title));
            }
            new.push_str(&line);
            new.push_str(line_end);
        }
        patches.push(Patch { range: at..at, text: new });
    }
    Ok(patches)
}

fn settings(text: &str) -> Vec<Setting<'_>> {
    let mut settings = Vec::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let next = start + whole.len();
        let line = whole.strip_suffix('\n').map_or(whole, |l| l.strip_suffix('\r').unwrap_or(l));
        if let Some((name, rest)) = line.split_once('=')
            && let Some(inner) = rest.strip_prefix('"').and_then(|r| r.strip_suffix('"'))
            && !inner.contains('"')
            && let Some(found) = lookup(name)
        {
            settings.push(Setting { id: found.id, name, text: start..start + line.len(), next });
        }
        start = next;
    }
    settings
}

/// Where new lines go that have no relatives: in front of the empty lines at the end.
fn end(text: &str) -> usize {
    let used = text.trim_end_matches(['\r', '\n']).len();
    text[used..].find('\n').map_or(text.len(), |i| used + i + 1)
}
