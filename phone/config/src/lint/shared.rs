//! Files for many units that say what only one unit can be.

use super::Finding;
use super::unit::place;
use crate::diagnostic::Severity;
use crate::reading::Reading;

/// What belongs to one person or one line.
const OWN: [&str; 4] = ["PHONE_NUMBER", "SIP_URI", "SIP_AUTHID", "SIP_PASS"];

pub(super) fn check(file: usize, reading: &Reading<'_>, out: &mut Vec<Finding>) {
    for entry in &reading.entries {
        let id = entry.id;
        if entry.value.is_empty() {
            continue;
        }
        let found = if OWN.contains(&id.family().name) {
            let message = format!("{id} is set for every unit that reads this file, and belongs to one");
            Finding::new(Severity::Warning, "own-in-shared", message, vec![id]).remedy("set it in the standard file")
        } else if let Some(mac) = mac(&entry.value) {
            let message = format!("{id} has the MAC address {mac} of one unit, in a file for many");
            Finding::new(Severity::Warning, "mac-in-shared", message, vec![id])
                .remedy("write {mac} or {MAC} in its place")
        } else {
            continue;
        };
        out.push(Finding { places: vec![place(file, entry)], ..found });
    }
}

/// The first MAC address of the manufacturer in a text, as written: 12 hexadecimal digits, nothing between them.
pub(super) fn mac(text: &str) -> Option<&str> {
    const PREFIXES: [&str; 3] = ["0080f0", "080023", "bcc342"];
    let runs = text.split(|c: char| !c.is_ascii_hexdigit());
    // In `Config0080f0...` letters of the word are hexadecimal digits, too.
    let last12 = |run: &'_ str| run.len().checked_sub(12).map(|start| start..run.len());
    runs.filter_map(|run| last12(run).map(|range| &run[range]))
        .find(|mac| PREFIXES.iter().any(|p| mac[..6].eq_ignore_ascii_case(p)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found() {
        for (text, found) in [
            ("http://h/0080F0123456.cfg", Some("0080F0123456")),
            ("http://h/Configbcc342abcdef.cfg", Some("bcc342abcdef")),
            ("http://h/00:80:f0:12:34:56.cfg", None),
            ("http://h/123456789012.cfg", None),
            ("http://h/{mac}.cfg", None),
        ] {
            assert_eq!(mac(text), found, "{text}");
        }
    }
}
