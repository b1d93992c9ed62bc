//! `cargo xtask consumers`: which code reads which setting, and which settings nobody reads yet.

mod index;
mod scan;
mod sources;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;
use cargo_metadata::{DependencyKind, MetadataCommand, Package};
use offhook_codegen::Spec;

use self::index::Index;
use self::scan::Declared;
use self::sources::Source;

/// Crates that handle settings as such, without doing what they ask for.
const HANDLERS: [&str; 6] =
    ["offhook-codegen", "offhook-config", "offhook-params", "offhook-tests", "offhook-web", "xtask"];

/// The places that read each setting.
pub(crate) struct Consumers {
    index: Index,
    /// For each setting, `file:line` in order.
    places: Vec<Vec<String>>,
}

impl Consumers {
    /// Reads the spec and the workspace.
    ///
    /// # Errors
    /// When the spec has faults, or a source cannot be read or parsed.
    pub(crate) fn find(root: &Path) -> anyhow::Result<Self> {
        let spec = Spec::load(&crate::generate::read_spec(root)?).map_err(|errors| {
            let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("the spec has faults\n{}", errors.join("\n"))
        })?;
        let read = |path: &Path| {
            std::fs::read_to_string(root.join(path)).with_context(|| format!("reading {}", path.display()))
        };
        let index = Index::new(&spec, &read(Path::new("phone/params/src/generated/settings.rs"))?)?;
        let mut crates = Vec::new();
        for package in packages(root)? {
            let mut sources = Vec::new();
            for target in package.targets.iter().filter(|t| t.is_lib() || t.is_bin()) {
                let path = target.src_path.as_std_path();
                let path = path.strip_prefix(root).unwrap_or(path);
                sources.extend(sources::load(path, &read).with_context(|| format!("in the crate {}", package.name))?);
            }
            crates.push((counts(&package), sources));
        }
        Ok(Self::of(index, &crates))
    }

    /// The readers among crates, each with whether it counts.
    fn of(index: Index, crates: &[(bool, Vec<Source>)]) -> Self {
        let declared = Declared::of(&index, crates.iter().flat_map(|(_, sources)| sources));
        let mut places = vec![Vec::new(); index.settings.len()];
        for source in crates.iter().filter(|(counts, _)| *counts).flat_map(|(_, sources)| sources) {
            for (setting, line) in scan::reads(&index, &declared, source) {
                places[setting].push(format!("{}:{line}", source.path.display()));
            }
        }
        Self { index, places }
    }

    /// How many of all settings are open, in a few words.
    pub(crate) fn tally(&self) -> String {
        format!("settings: {}", tally(self.places.iter().filter(|places| places.is_empty()).count(), self.places.len()))
    }

    /// The report on the groups that `group` names (all without a name), and how many of their settings are open.
    /// `read` leaves the open ones out of the text.
    ///
    /// # Errors
    /// When no group has the name; the message lists the names.
    pub(crate) fn report(&self, group: Option<&str>, read: bool) -> Result<(String, usize), String> {
        let selected = self.index.select(group)?;
        let mut by_group: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, setting) in self.index.settings.iter().enumerate().filter(|(_, s)| selected.contains(&s.group)) {
            by_group.entry(setting.group).or_default().push(at);
        }
        let open = |settings: &[usize]| settings.iter().filter(|&&s| self.places[s].is_empty()).count();
        let mut text = String::new();
        for (group, settings) in &by_group {
            let is_open = open(settings);
            if read && is_open == settings.len() {
                continue;
            }
            let group = &self.index.groups[*group];
            let _ = writeln!(text, "{} / {}: {}", group.category[1], group.names[1], tally(is_open, settings.len()));
            for &at in settings {
                let (setting, places) = (&self.index.settings[at], &self.places[at]);
                if !places.is_empty() {
                    let _ = writeln!(text, "  read  {:<34} {}", setting.name, places.join(", "));
                } else if !read {
                    let _ = writeln!(text, "  open  {:<34} {}.{}", setting.name, setting.holder, setting.field);
                }
            }
            text.push('\n');
        }
        let all: Vec<_> = by_group.into_values().flatten().collect();
        let is_open = open(&all);
        let what = group.map_or_else(|| "all settings".to_owned(), |name| format!("\"{name}\""));
        let _ = writeln!(text, "{what}: {}", tally(is_open, all.len()));
        Ok((text, is_open))
    }
}

fn tally(open: usize, all: usize) -> String {
    match open {
        0 => format!("all {all} read"),
        _ => format!("{open} of {all} open"),
    }
}

/// The crates of the workspace whose code may read settings or declare fields that look like them.
fn packages(root: &Path) -> anyhow::Result<Vec<Package>> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec().context("cargo metadata")?;
    Ok(metadata.packages.into_iter().filter(|p| p.name.as_str() != "offhook-params").collect())
}

/// Whether reads in a crate count: it uses the typed settings, and not only to pass them on.
fn counts(package: &Package) -> bool {
    !HANDLERS.contains(&package.name.as_str())
        && package.dependencies.iter().any(|d| d.name == "offhook-params" && d.kind == DependencyKind::Normal)
}
