//! Runs one step after the other, says what it does and how long it took, and remembers what failed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The steps of a task so far.
#[derive(Default)]
pub(crate) struct Steps {
    done: Vec<Step>,
}

struct Step {
    name: String,
    took: Duration,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Failed,
    /// Left out, for this reason.
    Skipped(String),
}

impl Steps {
    /// Runs a command in the root of the repository; its output goes where ours goes.
    pub(crate) fn command(&mut self, name: &str, command: &mut Command) {
        self.call(name, || match command.status() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => anyhow::bail!("{} ended with {status}", shown(command)),
            Err(error) => anyhow::bail!("{} did not start: {error}", shown(command)),
        });
    }

    /// Runs a step of our own.
    pub(crate) fn call(&mut self, name: &str, step: impl FnOnce() -> anyhow::Result<()>) {
        println!("==> {name}");
        let begin = Instant::now();
        let result = step();
        let took = begin.elapsed();
        let outcome = match result {
            Ok(()) => Outcome::Passed,
            Err(error) => {
                println!("    {error:#}");
                Outcome::Failed
            }
        };
        self.done.push(Step { name: name.to_owned(), took, outcome });
    }

    /// Leaves a step out because something is missing: in CI that is a failure, so that no gate stands open unnoticed.
    pub(crate) fn missing(&mut self, name: &str, why: &str) {
        println!("==> {name}: left out, {why}");
        let outcome = if in_ci() { Outcome::Failed } else { Outcome::Skipped(why.to_owned()) };
        self.done.push(Step { name: name.to_owned(), took: Duration::ZERO, outcome });
    }

    /// The names of the steps that failed.
    pub(crate) fn failed(&self) -> Vec<&str> {
        self.done.iter().filter(|s| matches!(s.outcome, Outcome::Failed)).map(|s| s.name.as_str()).collect()
    }

    /// One line for each step.
    pub(crate) fn summary(&self) -> String {
        let mut text = String::new();
        for Step { name, took, outcome } in &self.done {
            let outcome = match outcome {
                Outcome::Passed => "ok".to_owned(),
                Outcome::Failed => "FAILED".to_owned(),
                Outcome::Skipped(why) => format!("left out: {why}"),
            };
            text.push_str(&format!("    {name:<24} {:>7.1} s  {outcome}\n", took.as_secs_f64()));
        }
        text
    }

    /// Success when no step failed.
    ///
    /// # Errors
    /// Names the steps that failed.
    pub(crate) fn finish(&self) -> anyhow::Result<()> {
        match self.failed().as_slice() {
            [] => Ok(()),
            failed => anyhow::bail!("failed: {}", failed.join(", ")),
        }
    }
}

/// Whether this is a build machine, where a missing tool is a failure.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|ci| !matches!(ci.as_str(), "" | "0" | "false"))
}

/// `cargo` in the root of the repository.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    // What cargo said about this program is not for the builds that it starts: they would differ from those of a shell,
    // and dependencies that look at these variables would be built again and again.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        let ours = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_", "CARGO_PRIMARY_"];
        if ours.iter().any(|prefix| name.starts_with(prefix)) || name == "OUT_DIR" {
            command.env_remove(&name);
        }
    }
    command
}

/// Where a program is, as a shell would find it.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_is_named_and_the_next_ones_run() {
        let mut steps = Steps::default();
        steps.call("good", || Ok(()));
        steps.command("bad", Command::new("false").arg("--now"));
        steps.command("absent", &mut Command::new("no-such-program"));
        steps.call("last", || Ok(()));
        assert_eq!(steps.failed(), ["bad", "absent"]);
        assert_eq!(steps.finish().map_err(|e| e.to_string()), Err("failed: bad, absent".to_owned()));
        assert_eq!(steps.summary().lines().filter(|line| line.ends_with("ok")).count(), 2);
    }
}
