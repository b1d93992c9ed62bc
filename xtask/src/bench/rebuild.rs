//! How long a changed default takes until the executable knows it.

use std::fs;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, bail};

use super::{Figure, Wanted};
use crate::steps::cargo;

/// Builds a copy of the tree, changes one default in it, and measures generation and build together. The tree itself
/// stays as it is.
pub(super) fn after_a_changed_default(root: &Path) -> anyhow::Result<Figure> {
    let copy = root.join("target/bench-tree");
    let _ = fs::remove_dir_all(&copy);
    copy_tree(root, &copy)?;
    let build = |task: &[&str]| -> anyhow::Result<()> {
        let mut command = cargo(&copy);
        command.args(task).env("CARGO_TARGET_DIR", copy.join("target"));
        if !command.status()?.success() {
            bail!("`cargo {}` failed in the copy", task.join(" "));
        }
        Ok(())
    };
    let (generate, executable) =
        (["run", "--quiet", "--package", "xtask", "--", "gen"], ["build", "--package", "offhook-app"]);
    eprintln!("building a copy of the tree");
    build(&generate)?;
    build(&executable)?;

    let path = copy.join("spec/line/timers.toml");
    let text = fs::read_to_string(&path).context("reading the spec")?;
    let changed = text.replacen("default = 500", "default = 1000", 1);
    if changed == text {
        bail!("{} has no default to change", path.display());
    }
    fs::write(&path, changed)?;
    eprintln!("measuring the way of a changed default");
    let begin = Instant::now();
    build(&generate)?;
    build(&executable)?;
    let measured = begin.elapsed().as_secs_f64();
    fs::remove_dir_all(&copy)?;
    Ok(Figure { name: "changed default: gen and build", measured, unit: "s", wanted: Wanted::AtMost(20.0) })
}

/// Copies all but what is built and what is hidden; cargo's own settings come along.
fn copy_tree(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let hidden = name.as_encoded_bytes().starts_with(b".") && name != ".cargo";
        if hidden || name == "target" {
            continue;
        }
        let (source, copy) = (entry.path(), to.join(&name));
        if source.is_dir() {
            copy_tree(&source, &copy)?;
        } else {
            fs::copy(&source, &copy).with_context(|| format!("copying {}", source.display()))?;
        }
    }
    Ok(())
}
