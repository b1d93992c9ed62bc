//! The files that are measured: the full example, padded to a size or given numbers of its own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Largest plain-text file (guide rule 2), in bytes.
const PLAIN_LIMIT: usize = 120 * 1024;
/// Largest XML file (guide rule 33), in bytes.
const XML_LIMIT: usize = 240 * 1024;
/// A file of a fleet, in bytes.
const FLEET_FILE: usize = 20_000;
/// Settings that no two phones of a fleet share, of the two lines that a phone uses.
const OWN: [&str; 4] = ["PHONE_NUMBER_1", "PHONE_NUMBER_2", "SIP_AUTHID_1", "SIP_AUTHID_2"];

/// Files with every setting, in a folder of their own that goes away with this value.
pub(super) struct Samples {
    folder: PathBuf,
    plain: [String; 2],
    xml: [String; 2],
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
        Ok(Self { folder, plain: [plain, padded_plain], xml: [xml, padded_xml] })
    }

    /// Every setting in plain text, as it is or padded with comments to the largest size.
    pub(super) fn plain(&self, padded: bool) -> &str {
        &self.plain[usize::from(padded)]
    }

    /// Every setting in XML, as it is or padded with comments to the largest size.
    pub(super) fn xml(&self, padded: bool) -> &str {
        &self.xml[usize::from(padded)]
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
    fn phones_have_numbers_of_their_own() {
        let text = "# head\r\nPHONE_NUMBER_1=\"\"\r\nSIP_AUTHID_1=\"x\"\r\nOTHER=\"y\"\r\n";
        let phone = "# head\r\nPHONE_NUMBER_1=\"1000301\"\r\nSIP_AUTHID_1=\"1000302\"\r\nOTHER=\"y\"\r\n";
        assert_eq!(with_own_numbers(text, 3), phone);
    }
}
