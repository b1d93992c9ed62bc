//! `cargo xtask check`: every lint and gate that needs no test to run.

use std::path::Path;
use std::process::Command;

use crate::setup::installed_cargo_deny;
use crate::steps::{Steps, cargo};

/// What is checked and tested is what handsets run, with all that they have.
pub(crate) const HANDSET: &str = "offhook-app/handset";

/// What to check beyond the usual.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    /// Leave out what takes long.
    pub(crate) quick: bool,
    /// Ask the database of known faults in dependencies, over the network.
    pub(crate) advisories: bool,
}

/// Adds the steps of the check.
pub(crate) fn run(root: &Path, options: Options, steps: &mut Steps) {
    steps.command("format", cargo(root).args(["fmt", "--all", "--check"]));
    steps.call("generated files", || crate::generate::run(root, true));
    let clippy =
        ["clippy", "--quiet", "--workspace", "--all-targets", "--features", HANDSET, "--", "--deny", "warnings"];
    steps.command("lints", cargo(root).args(clippy));
    if !options.quick {
        let mut doc = cargo(root);
        doc.args(["doc", "--quiet", "--workspace", "--no-deps", "--features", HANDSET])
            .env("RUSTDOCFLAGS", "--deny warnings");
        steps.command("documentation", &mut doc);
    }
    dependencies(root, options, steps);
}

fn dependencies(root: &Path, options: Options, steps: &mut Steps) {
    const NAME: &str = "licences and sources";
    let Some(program) = installed_cargo_deny(root) else {
        return steps.missing(NAME, "cargo-deny is missing; `cargo xtask setup` builds it");
    };
    let deny = |checks: &[&str]| {
        let mut command = Command::new(&program);
        command.current_dir(root).args(["--log-level", "error", "--all-features", "check", "--hide-inclusion-graph"]);
        command.args(checks);
        command
    };
    steps.command(NAME, &mut deny(&["licenses", "bans", "sources"]));
    if options.advisories {
        steps.command("advisories", &mut deny(&["advisories"]));
    }
}
