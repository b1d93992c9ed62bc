//! The executable `offhook` as people start it: built, run over a folder of its own, and ended with the test.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::TempDir;

use crate::root;

/// The executable of the sources as they are; the first call builds it.
///
/// # Panics
/// It cannot be built.
pub fn executable() -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(build).clone()
}

/// The same sources as another version of the firmware, nn.nnn: a build of its own, in a folder of its own.
///
/// # Panics
/// It cannot be built.
pub fn executable_of_version(version: &str) -> PathBuf {
    let mut cargo = match std::env::var_os(GIVEN) {
        // What was built with all tests is there already, with the features that it has beside them; a test of the
        // executable has it built with the same ones.
        Some(_) => cargo(&["test", "--no-run", "--workspace", "--test", "cli", "--features", HANDSET]),
        None => cargo(&["build", "--package", "offhook-app", "--features", HANDSET]),
    };
    let shared = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir));
    cargo.env("OFFHOOK_FIRMWARE_VERSION", version).env("CARGO_BUILD_BUILD_DIR", &shared);
    cargo.env("CARGO_TARGET_DIR", shared.join("versions").join(version));
    built(cargo)
}

/// The variable by which `cargo xtask test` names the executable that it has just built with all tests.
const GIVEN: &str = "OFFHOOK";

/// What the image of a handset has: tests run that.
const HANDSET: &str = "offhook-app/handset";

fn build() -> PathBuf {
    if let Some(given) = std::env::var_os(GIVEN).map(PathBuf::from) {
        assert!(given.is_file(), "{GIVEN} names {}, which is not there", given.display());
        return given;
    }
    built(cargo(&["build", "--package", "offhook-app", "--features", HANDSET]))
}

fn cargo(arguments: &[&str]) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What cargo says to a test is not for the build: dependencies that look at it would be built again.
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") || name.starts_with("CARGO_BIN_") {
            cargo.env_remove(name);
        }
    }
    cargo.args(arguments).args(["--quiet", "--message-format", "json"]).current_dir(root());
    cargo
}

fn built(mut cargo: Command) -> PathBuf {
    let output = cargo.stderr(Stdio::inherit()).output().expect("cargo runs");
    assert!(output.status.success(), "offhook cannot be built");
    let messages = String::from_utf8_lossy(&output.stdout);
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ours = |message: &Value| message["target"]["name"] == "offhook" && message["profile"]["test"] == false;
    let mut executable = messages.filter(ours).filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    executable.next_back().expect("cargo names what it built")
}

/// A running phone. It ends with this value, and its folder goes with it.
#[derive(Debug)]
pub struct Phone {
    child: Child,
    url: String,
    _folder: TempDir,
}

impl Phone {
    /// Starts a phone whose web page has a free port of this machine, with further arguments of `offhook run`.
    ///
    /// # Panics
    /// It does not start, or does not say where its page is.
    pub fn start<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(executable());
        command
            .arg("run")
            .arg("--state")
            .arg(folder.path().join("state"))
            .args(["--web-port", "0", "--no-provision"])
            .args(args);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("the phone starts");
        let out = child.stdout.take().expect("its output is ours");
        let mut phone = Self { child, url: String::new(), _folder: folder };
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line).expect("its output is text");
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        phone.url = url.unwrap_or_else(|| panic!("no address in {line:?}")).trim_end_matches('/').to_owned();
        phone
    }

    /// The origin of its page, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether it still runs.
    pub fn is_up(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // One that has ended already cannot be ended again, which is all the same.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
