//! The files that are measured: the full example, padded to a size, with long values, or with numbers of its own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

/// Largest plain-text file (guide rule 2), in bytes.
const PLAIN_LIMIT: usize = 120 * 1024;
/// Largest XML file (guide rule 33), in bytes.
const XML_LIMIT: usize = 240 * 1024;
/// A file of a fleet, in bytes.
const FLEET_FILE: usize = 20_000;
/// Settings that no two phones of a fleet share, of the two lines that a phone uses.
const OWN: [&str; 4] = ["PHONE_NUMBER_1", "PHONE_NUMBER_2", "SIP_AUTHID_1", "SIP_AUTHID_2"];
/// Families whose longest value contradicts other settings, so that a file with it is no good one.
const AS_THEY_ARE: [&str; 10] = [
    "DIAL_PLAN",
    "FIRM_FILE_PATH",
    "FLEX_BUTTON_FACILITY_ACT",
    "PHONE_NUMBER",
    "SIP_2NDPROXY_ADDR",
    "SIP_2NDPRSNC_ADDR",
    "SIP_2NDRGSTR_ADDR",
    "SIP_URI",
    "STUN_2NDSERV_ADDR",
    "USER_ID",
];

/// How a sample is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filling {
    /// Every setting with its factory value.
    Dense,
    /// The same, padded with comments to the largest size.
    Padded,
    /// Every setting with a long value, where it can have one.
    Long,
}

/// Files with every setting, in a folder of their own that goes away with this value.
pub(super) struct Samples {
    folder: PathBuf,
    plain: [String; 2],
    xml: [String; 3],
}

impl Samples {
    /// The samples of the generated examples.
    pub(super) fn new(root: &Path) -> anyhow::Result<Self> {
        let folder = root.join("target/bench");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        let read = |name: &str| {
            let path = root.join("docs/examples").join(name);
            fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))
        };
        let (plain, xml) = (dense_plain(&read("full.cfg")?), read("full.xml")?);
        let padded_plain = padded(&plain, "# ", "", PLAIN_LIMIT);
        let padded_xml = padded(&xml, "<!-- ", " -->", XML_LIMIT);
        let corpus = root.join("phone/params/corpus/values.json");
        let corpus = fs::read_to_string(&corpus).with_context(|| format!("reading {}", corpus.display()))?;
        let long_xml = with_long_values(&xml, &serde_json::from_str(&corpus).context("reading the corpus")?);
        Ok(Self { folder, plain: [plain, padded_plain], xml: [xml, padded_xml, long_xml] })
    }

    /// Every setting in plain text, as it is or padded with comments to the largest size.
    pub(super) fn plain(&self, padded: bool) -> &str {
        &self.plain[usize::from(padded)]
    }

    /// Every setting in XML.
    pub(super) fn xml(&self, filling: Filling) -> &str {
        &self.xml[filling as usize]
    }

    /// A folder with so many copies of a text.
    pub(super) fn copies(&self, extension: &str, text: &str, count: usize) -> anyhow::Result<PathBuf> {
        let folder = self.folder.join(format!("{extension}-{}-{count}", text.len()));
        fs::create_dir_all(&folder)?;
        for i in 0..count {
            fs::write(folder.join(format!("{i:05}.{extension}")), text)?;
        }
        Ok(folder)
    }

    /// A folder with the files of a fleet, each with numbers of its own.
    pub(super) fn fleet(&self, count: usize) -> anyhow::Result<PathBuf> {
        let folder = self.folder.join(format!("fleet-{count}"));
        fs::create_dir_all(&folder)?;
        for i in 0..count {
            let text = padded(&with_own_numbers(&self.plain[0], i), "# ", "", FLEET_FILE);
            fs::write(folder.join(format!("Config0080F0{i:06X}.cfg")), text)?;
        }
        Ok(folder)
    }
}

impl Drop for Samples {
    fn drop(&mut self) {
        // What stays lies below `target`, and the next run removes it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The first line, which says what the file is, and every line with a setting.
fn dense_plain(text: &str) -> String {
    let kept = text.split_inclusive('\n').enumerate().filter(|(i, line)| *i == 0 || line.contains("=\""));
    kept.map(|(_, line)| line).collect()
}

/// Comments after each few lines, until the text is as long as it may be.
fn padded(text: &str, open: &str, close: &str, size: usize) -> String {
    const WORDS: &str = "Set by the administrator of the site; ask before it is changed, and note the day";
    let missing = size.saturating_sub(text.len());
    let comment = format!("{open}{WORDS}{close}\r\n");
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    // Nothing may come before the first lines and after the last one: declarations and the end of the root element.
    let (count, places) = (missing / comment.len(), lines.len().saturating_sub(5).max(1));
    let mut out = String::with_capacity(size);
    for (i, line) in lines.iter().enumerate() {
        out.push_str(line);
        if let Some(place) = i.checked_sub(4).filter(|place| *place < places) {
            let here = (place + 1) * count / places - place * count / places;
            (0..here).for_each(|_| out.push_str(&comment));
        }
    }
    out
}

/// The text with each value as long as the corpus has it. Numbers stay: theirs would only be longer by leading zeros.
fn with_long_values(text: &str, corpus: &Value) -> String {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let sets: Vec<_> = list(&corpus["sets"])
        .iter()
        .map(|set| {
            let rows = list(&set["rows"]);
            let valid = rows.iter().filter(|row| row["valid"] == true).filter_map(|row| row["value"].as_str());
            let words = valid.filter(|value| !value.split(',').any(leading_zero));
            (list(&set["families"]), words.max_by_key(|value| value.len()).unwrap_or("").to_owned())
        })
        .collect();
    let long = |name: &str| {
        let families =
            sets.iter().flat_map(|(names, value)| names.iter().map(move |n| (n.as_str().unwrap_or(""), value)));
        let own = families.filter(|(family, _)| name.strip_prefix(family).is_some_and(numbers));
        let (family, value) = own.max_by_key(|(family, _)| family.len())?;
        let bearable = value.len() > 10 && !AS_THEY_ARE.contains(&family);
        bearable.then_some(value)
    };
    let mut out = String::with_capacity(2 * text.len());
    // Every second piece between quotes is a value; the name stands in front of it.
    for (i, piece) in text.split('"').enumerate() {
        if i > 0 {
            out.push('"');
        }
        let name = out.trim_end_matches("=\"").rsplit(' ').next().unwrap_or("");
        match long(name).filter(|_| i % 2 == 1) {
            Some(value) => out.push_str(&escaped(value)),
            None => out.push_str(piece),
        }
    }
    out
}

fn leading_zero(number: &str) -> bool {
    matches!(number.trim_start_matches('-').as_bytes(), [b'0', b'0'..=b'9', ..])
}

/// What a family's name has behind it in the names of its parameters.
fn numbers(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

fn escaped(value: &str) -> String {
    ["&amp;", "&lt;", "&gt;", "&apos;"]
        .iter()
        .zip(["&", "<", ">", "'"])
        .fold(value.to_owned(), |text, (to, from)| text.replace(from, to))
}

fn with_own_numbers(text: &str, phone: usize) -> String {
    let mut line_number = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let Some((name, _)) = line.split_once('=').filter(|(name, _)| OWN.contains(name)) else {
                return line.to_owned();
            };
            line_number += 1;
            format!("{name}=\"{}\"\r\n", 1_000_000 + phone * 100 + line_number)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_stays_below_the_limit_and_inside() {
        let text = "first\n".to_owned() + &"A=\"1\"\n".repeat(100) + "last\n";
        let padded = padded(&text, "# ", "", 12_000);
        assert!((11_900..=12_000).contains(&padded.len()), "{}", padded.len());
        assert!(padded.starts_with("first\n") && padded.ends_with("last\n"));
        assert_eq!(padded.lines().filter(|line| !line.starts_with("# ")).count(), text.lines().count());
    }

    #[test]
    fn values_grow_and_stay_in_their_places() {
        let corpus = serde_json::json!({ "sets": [
            { "families": ["A_NAME"], "rows": [
                { "valid": true, "value": "short" },
                { "valid": true, "value": "a long & <bold> one" },
                { "valid": false, "value": "a long one that is too long" },
            ] },
            { "families": ["A", "USER_ID"], "rows": [{ "valid": true, "value": "00000000000" }] },
        ] });
        let text = "<X ID=\"1\" A_NAME2_1=\"\" A=\"2\"/>\n";
        let long = "<X ID=\"1\" A_NAME2_1=\"a long &amp; &lt;bold&gt; one\" A=\"2\"/>\n";
        assert_eq!(with_long_values(text, &corpus), long);
    }

    #[test]
    fn phones_have_numbers_of_their_own() {
        let text = "# head\r\nPHONE_NUMBER_1=\"\"\r\nSIP_AUTHID_1=\"x\"\r\nOTHER=\"y\"\r\n";
        let phone = "# head\r\nPHONE_NUMBER_1=\"1000301\"\r\nSIP_AUTHID_1=\"1000302\"\r\nOTHER=\"y\"\r\n";
        assert_eq!(with_own_numbers(text, 3), phone);
    }
}
