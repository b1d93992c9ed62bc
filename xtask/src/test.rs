//! `cargo xtask test`: everything the project checks, on a machine with Rust and nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::check::{self, Options};
use crate::consumers::Consumers;
use crate::setup;
use crate::steps::{Steps, cargo};

/// Sets up, checks, and runs the tests last, so that their verdict ends the output.
///
/// # Errors
/// Names the steps that failed; none of them keeps the others from running.
pub(crate) fn run(root: &Path, quick: bool) -> anyhow::Result<()> {
    let mut steps = Steps::default();
    steps.call("setup", || setup::run(root));
    check::run(root, Options { quick, ..Options::default() }, &mut steps);
    if !quick {
        for manifest in fuzz_crates(root) {
            let mut command = cargo(root);
            command.args(["check", "--quiet", "--all-targets", "--target-dir", "target/fuzz", "--manifest-path"]);
            steps.command("fuzz targets", command.arg(&manifest));
        }
    }
    steps.call("consumers of settings", || report_consumers(root));

    let features = ["--features", check::HANDSET];
    let nextest = cargo(root).args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let nextest = nextest.is_ok_and(|status| status.success());
    if nextest {
        steps.command(
            "examples in the docs",
            cargo(root).args(["test", "--quiet", "--workspace", "--doc"]).args(features),
        );
    }
    println!("\nSo far:\n{}", steps.summary());
    let tests: &[&str] = if nextest {
        &["nextest", "run", "--workspace", "--no-fail-fast", "--status-level", "retry", "--final-status-level", "flaky"]
    } else {
        &["test", "--workspace", "--no-fail-fast"]
    };
    // A build of its own would have other features, and take minutes. Cargo builds all executables before any test.
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
    steps.command("tests", cargo(root).args(tests).args(features).env("OFFHOOK", target.join("debug/offhook")));
    steps.finish()
}

/// Says how many settings wait for their reader; the phone grows into them.
fn report_consumers(root: &Path) -> anyhow::Result<()> {
    let consumers = Consumers::find(root)?;
    println!("    {}; `cargo xtask consumers` lists them", consumers.tally());
    Ok(())
}

/// The manifests of fuzz crates, which stand outside the workspace since they need a build of their own.
pub(crate) fn fuzz_crates(root: &Path) -> Vec<PathBuf> {
    let places = ["", "codegen", "web", "tests"].map(|place| root.join(place));
    let rooms = fs::read_dir(root.join("phone")).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<_> = places.into_iter().chain(rooms).map(|place| place.join("fuzz/Cargo.toml")).collect();
    found.retain(|manifest| manifest.is_file());
    found.sort();
    found
}
