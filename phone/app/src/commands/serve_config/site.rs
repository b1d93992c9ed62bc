//! What is served: files as they are, and files rendered from templates and a table.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, bail};
use jiff::Timestamp;

/// The table's name where the command line gives none.
const TABLE: &str = "phones.csv";

/// A file for a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) bytes: Vec<u8>,
    pub(super) modified: Option<Timestamp>,
}

/// A folder of files, templates and perhaps a table.
#[derive(Debug)]
pub(super) struct Site {
    /// Links resolved.
    root: PathBuf,
    table: Option<PathBuf>,
    /// Of the table and the templates when they were read: what changes is read again.
    stamps: Vec<(PathBuf, Option<SystemTime>)>,
    modified: Option<Timestamp>,
    phones: usize,
    rendered: BTreeMap<String, Vec<u8>>,
}

/// A line of the table.
struct Phone {
    mac: String,
    fields: BTreeMap<String, String>,
}

impl Site {
    /// Reads and renders the folder.
    pub(super) fn open(root: &Path, table: Option<&Path>) -> anyhow::Result<Self> {
        let root = fs::canonicalize(root).with_context(|| format!("opening {}", root.display()))?;
        if !root.is_dir() {
            bail!("{} is no folder", root.display());
        }
        let table = match table {
            Some(table) => Some(fs::canonicalize(table).with_context(|| format!("opening {}", table.display()))?),
            None => Some(root.join(TABLE)).filter(|table| table.exists()),
        };
        let mut site = Self { root, table, stamps: Vec::new(), modified: None, phones: 0, rendered: BTreeMap::new() };
        site.load()?;
        Ok(site)
    }

    /// How many lines the table has.
    pub(super) const fn phones(&self) -> usize {
        self.phones
    }

    /// Rendered files by path, in order.
    pub(super) fn rendered(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.rendered.iter().map(|(path, bytes)| (&**path, &**bytes))
    }

    /// The file behind the path of a URL; nothing where there is none.
    pub(super) fn get(&mut self, url: &str) -> anyhow::Result<Option<Answer>> {
        let Some(parts) = parts(url) else { return Ok(None) };
        if self.stamps.iter().any(|(path, stamp)| modified(path) != *stamp) {
            self.load()?;
        }
        if let Some(bytes) = self.rendered.get(&parts.join("/")) {
            return Ok(Some(Answer { bytes: bytes.clone(), modified: self.modified }));
        }
        let path = parts.iter().fold(self.root.clone(), |path, part| path.join(part));
        // A link may lead out of the folder; where it leads is what counts.
        match fs::canonicalize(&path) {
            Ok(path) if path.starts_with(&self.root) && path.is_file() && self.is_public(&path) => {
                let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
                Ok(Some(Answer { bytes, modified: modified(&path).and_then(|time| time.try_into().ok()) }))
            }
            _ => Ok(None),
        }
    }

    /// Writes everything that is served to a folder, and says how many files that were.
    pub(super) fn write(&self, target: &Path) -> anyhow::Result<usize> {
        let mut files: BTreeMap<String, Cow<'_, Path>> = BTreeMap::new();
        let inside = fs::canonicalize(target).is_ok_and(|target| target.starts_with(&self.root));
        if inside {
            bail!("{} is in the folder that is rendered", target.display());
        }
        for path in walk(&self.root)?.into_iter().filter(|path| self.is_public(path)) {
            files.insert(relative(&self.root, &path)?, path.into());
        }
        let put = |name: &str, bytes: &[u8]| {
            let place = target.join(name);
            let folder = place.parent().unwrap_or(target);
            // What has not changed keeps its date, by which web servers tell versions.
            if fs::read(&place).is_ok_and(|there| there == bytes) {
                return Ok(());
            }
            fs::create_dir_all(folder)
                .and_then(|()| fs::write(&place, bytes))
                .with_context(|| format!("writing {}", place.display()))
        };
        for (name, path) in files.iter().filter(|(name, _)| !self.rendered.contains_key(*name)) {
            put(name, &fs::read(path).with_context(|| format!("reading {}", path.display()))?)?;
        }
        for (name, bytes) in &self.rendered {
            put(name, bytes)?;
        }
        Ok(files.keys().filter(|name| !self.rendered.contains_key(*name)).count() + self.rendered.len())
    }

    /// The table holds the secrets of all phones, and a template is nobody's file.
    fn is_public(&self, path: &Path) -> bool {
        self.table.as_deref() != Some(path) && !is_template(path)
    }

    fn load(&mut self) -> anyhow::Result<()> {
        let templates: Vec<_> = walk(&self.root)?.into_iter().filter(|path| is_template(path)).collect();
        let sources = self.table.iter().chain(&templates);
        let stamps: Vec<_> = sources.map(|path| (path.clone(), modified(path))).collect();
        let phones = self.table.as_deref().map_or(Ok(Vec::new()), read_table)?;
        if phones.is_empty() && !templates.is_empty() {
            bail!("{} is a template, but there is no table of phones", templates[0].display());
        }
        let mut rendered = BTreeMap::new();
        for template in &templates {
            let text = fs::read_to_string(template).with_context(|| format!("reading {}", template.display()))?;
            let name = relative(&self.root, template)?;
            for phone in &phones {
                let bytes = render(&text, phone).with_context(|| format!("{name}, phone {}", phone.mac))?.into_bytes();
                let path = name.replace("{{mac}}", &phone.mac.to_lowercase()).replace("{{MAC}}", &phone.mac);
                if rendered.insert(path.clone(), bytes).is_some() {
                    bail!("two templates give /{path}");
                }
            }
        }
        self.modified = stamps.iter().filter_map(|(_, stamp)| *stamp).max().and_then(|time| time.try_into().ok());
        (self.stamps, self.phones, self.rendered) = (stamps, phones.len(), rendered);
        Ok(())
    }
}

/// The parts of a URL's path; nothing for one that could mean anything but a file below the folder.
fn parts(url: &str) -> Option<Vec<String>> {
    let parts = url.strip_prefix('/')?.split('/').map(|part| {
        let part = percent_encoding::percent_decode_str(part).decode_utf8().ok()?;
        // Decoded once and for all: what is a separator only now belongs to no name.
        let bad = part.is_empty() || part.starts_with('.') || part.contains(['/', '\\', '\0']);
        (!bad).then(|| part.into_owned())
    });
    parts.collect()
}

/// Twelve hexadecimal digits of a text, in upper case, with nothing of their kind around them.
pub(super) fn mac_in(text: &str) -> Option<String> {
    // A name such as Config0080F0123456.cfg has a letter before them.
    let digits = |c: char| c.is_ascii_hexdigit();
    let runs = text.split(|c| !digits(c)).filter(|run| run.len() >= 12);
    runs.map(|run| run[run.len() - 12..].to_ascii_uppercase()).next()
}

fn is_template(path: &Path) -> bool {
    let name = path.to_string_lossy();
    name.contains("{{mac}}") || name.contains("{{MAC}}")
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}

fn relative(root: &Path, path: &Path) -> anyhow::Result<String> {
    let parts = path.strip_prefix(root)?.iter().map(|part| part.to_str().context("its name is no UTF-8"));
    let parts: Result<Vec<_>, _> = parts.collect();
    Ok(parts.with_context(|| path.display().to_string())?.join("/"))
}

/// Every file below a folder, but those whose name begins with a dot, and links.
fn walk(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let (mut out, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                out.push(entry.path());
            }
        }
    }
    out.sort();
    Ok(out)
}

fn read_table(path: &Path) -> anyhow::Result<Vec<Phone>> {
    let place = || path.display().to_string();
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).with_context(place)?;
    // Spreadsheets begin their files with a byte order mark.
    let names: Vec<String> =
        reader.headers().with_context(place)?.iter().map(|n| n.trim_start_matches('\u{feff}').to_owned()).collect();
    let mac = names.iter().position(|name| name.eq_ignore_ascii_case("mac"));
    let mac = mac.with_context(|| format!("{}: no column is named mac", path.display()))?;
    let mut phones: BTreeMap<String, Phone> = BTreeMap::new();
    for record in reader.records() {
        let record = record.with_context(place)?;
        let line = record.position().map_or(0, csv::Position::line);
        let text: String = record[mac].chars().filter(|c| !matches!(c, ':' | '-' | '.')).collect();
        let Some(key) = mac_in(&text).filter(|_| text.len() == 12) else {
            bail!("{}, line {line}: {:?} is no MAC address", path.display(), &record[mac]);
        };
        let fields = names.iter().cloned().zip(record.iter().map(str::to_owned)).collect();
        if phones.insert(key.clone(), Phone { mac: key.clone(), fields }).is_some() {
            bail!("{}, line {line}: there is another phone {key}", path.display());
        }
    }
    Ok(phones.into_values().collect())
}

/// A template with its placeholders replaced; in XML, what has a meaning there is escaped.
fn render(template: &str, phone: &Phone) -> anyhow::Result<String> {
    let xml = template.trim_start_matches('\u{feff}').trim_start().starts_with('<');
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").context("a placeholder does not end")?;
        out.push_str(before);
        let value = match name.trim() {
            "mac" => phone.mac.to_lowercase(),
            "MAC" => phone.mac.clone(),
            name => phone.fields.get(name).with_context(|| format!("no column is named {name}"))?.clone(),
        };
        if value.contains(char::is_control) {
            bail!("the field {} has a line end or another control character", name.trim());
        }
        match xml {
            true => value.chars().for_each(|c| match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&apos;"),
                c => out.push(c),
            }),
            false => out.push_str(&value),
        }
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out() {
        for (url, expected) in [
            ("/a.cfg", Some("a.cfg")),
            ("/a/b%20c.cfg", Some("a/b c.cfg")),
            ("/", None),
            ("//etc/passwd", None),
            ("/../a", None),
            ("/a/../b", None),
            ("/%2e%2e/a", None),
            ("/..%2fa", None),
            ("/a%2f..%2fb", None),
            ("/%252e%252e/a", Some("%2e%2e/a")),
            ("/a\\..\\b", None),
            ("/a%00", None),
            ("/.htpasswd", None),
            ("/a/", None),
            ("/%ff", None),
            ("*", None),
        ] {
            assert_eq!(parts(url).map(|parts| parts.join("/")).as_deref(), expected, "{url}");
        }
    }

    #[test]
    fn phones_are_told_by_path_or_agent() {
        for (text, expected) in [
            ("/Config0080F0123456.cfg", Some("0080F0123456")),
            ("Panasonic_KX-UT670/01.000 (0080f0010203)", Some("0080F0010203")),
            ("/master.cfg", None),
            ("0080F012345", None),
        ] {
            assert_eq!(mac_in(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn fields_stay_fields() {
        let fields = [("name", "Müller & <Co>"), ("bad", "a\nb")].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let phone = Phone { mac: "0080F0ABCDEF".to_owned(), fields: fields.into() };
        let render = |template: &str| render(template, &phone).map_err(|error| format!("{error:#}"));
        assert_eq!(
            render("A=\"{{ name }}\" {{mac}} {{MAC}}").as_deref(),
            Ok("A=\"Müller & <Co>\" 0080f0abcdef 0080F0ABCDEF")
        );
        assert_eq!(render("\u{feff}<a>{{name}}</a>").as_deref(), Ok("\u{feff}<a>Müller &amp; &lt;Co&gt;</a>"));
        assert!(render("{{nam}}").expect_err("no column").contains("nam"));
        assert!(render("{{name").expect_err("no end").contains("does not end"));
        assert!(render("{{bad}}").expect_err("two lines").contains("control"));
    }
}
