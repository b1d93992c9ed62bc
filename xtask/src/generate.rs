//! `cargo xtask gen`: reads `spec/`, writes what follows from it.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use offhook_codegen::{Artifact, Sources, generate};

/// Writes the artifacts, or with `check` compares them with what is there.
pub(crate) fn run(root: &Path, check: bool) -> anyhow::Result<()> {
    let artifacts = match generate(&read_spec(root)?) {
        Ok(artifacts) => artifacts,
        Err(errors) => {
            for error in &errors {
                eprintln!("error: {error}");
            }
            bail!("the spec has {}", count(errors.len(), "fault"));
        }
    };
    if check { compare(root, &artifacts) } else { write(root, &artifacts) }
}

/// Every TOML file and every catalogue below `spec/`.
pub(crate) fn read_spec(root: &Path) -> anyhow::Result<Sources> {
    let spec = root.join("spec");
    let mut sources = Sources::default();
    let mut folders = vec![spec.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "toml" || e == "ftl") {
                let name = path.strip_prefix(&spec)?.to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
                sources.files.insert(name, text);
            }
        }
    }
    Ok(sources)
}

fn write(root: &Path, artifacts: &[Artifact]) -> anyhow::Result<()> {
    let mut changed = 0;
    for artifact in artifacts {
        let path = root.join(&artifact.path);
        let old = fs::read_to_string(&path).unwrap_or_default();
        let text = artifact.whole_text(&old).map_err(anyhow::Error::msg)?;
        // An unchanged file keeps its time stamp, so that nothing is built again for it.
        if old == text {
            continue;
        }
        fs::create_dir_all(path.parent().context("an artifact lies in a folder")?)?;
        fs::write(&path, &text).with_context(|| format!("writing {}", path.display()))?;
        println!("wrote {}", artifact.path);
        changed += 1;
    }
    for path in stale(root, artifacts)? {
        fs::remove_file(root.join(&path))?;
        println!("removed {}", path.display());
        changed += 1;
    }
    println!("{} generated, {changed} changed", count(artifacts.len(), "file"));
    Ok(())
}

fn compare(root: &Path, artifacts: &[Artifact]) -> anyhow::Result<()> {
    // Errors are passed on: whoever reads a long difference in a pager may leave before its end.
    let mut out = io::stdout().lock();
    let mut wrong = 0;
    for artifact in artifacts {
        let old = fs::read_to_string(root.join(&artifact.path)).unwrap_or_default();
        let text = artifact.whole_text(&old).map_err(anyhow::Error::msg)?;
        if old != text {
            wrong += 1;
            writeln!(out, "--- {} (committed)\n+++ {} (as the spec says)", artifact.path, artifact.path)?;
            write!(out, "{}", difference(&old, &text))?;
        }
    }
    for path in stale(root, artifacts)? {
        wrong += 1;
        writeln!(out, "--- {} (nothing generates it any more)", path.display())?;
    }
    if wrong > 0 {
        bail!("{} not what the spec says; run `cargo xtask gen` and commit the result", count(wrong, "generated file"));
    }
    writeln!(out, "{} as the spec says", count(artifacts.len(), "generated file"))?;
    Ok(())
}

/// Files in folders that hold generated files only, which nothing generates any more.
fn stale(root: &Path, artifacts: &[Artifact]) -> anyhow::Result<Vec<PathBuf>> {
    const FOLDERS: [&str; 2] = ["docs/src/reference", "spec/schema"];
    let known: BTreeSet<_> = artifacts.iter().map(|a| PathBuf::from(&a.path)).collect();
    let generated = known.iter().filter_map(|p| p.parent()).filter(|p| p.file_name().is_some_and(|n| n == "generated"));
    let mut folders: BTreeSet<_> = generated.map(Path::to_path_buf).collect();
    folders.extend(FOLDERS.map(PathBuf::from));
    let mut out = Vec::new();
    while let Some(folder) = folders.pop_first() {
        for entry in fs::read_dir(root.join(&folder)).into_iter().flatten() {
            let path = folder.join(entry?.file_name());
            if root.join(&path).is_dir() {
                folders.insert(path);
            } else if !known.contains(&path) {
                out.push(path);
            }
        }
    }
    Ok(out)
}

/// The lines between the first and the last that differ, as a unified difference without context.
fn difference(old: &str, new: &str) -> String {
    const SHOWN: usize = 40;
    let (old, new): (Vec<_>, Vec<_>) = (old.lines().collect(), new.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let tail = old[same..].iter().rev().zip(new[same..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (gone, come) = (&old[same..old.len() - tail], &new[same..new.len() - tail]);
    let mut out = format!("@@ -{},{} +{},{} @@\n", same + 1, gone.len(), same + 1, come.len());
    for (sign, lines) in [('-', gone), ('+', come)] {
        lines.iter().take(SHOWN).for_each(|line| out.push_str(&format!("{sign}{line}\n")));
        if lines.len() > SHOWN {
            out.push_str(&format!("{sign}... {} more lines\n", lines.len() - SHOWN));
        }
    }
    out
}

fn count(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn a_difference_shows_what_changed() {
        assert_eq!(difference("a\nb\nc\n", "a\nx\ny\nc\n"), "@@ -2,1 +2,2 @@\n-b\n+x\n+y\n");
    }
}
