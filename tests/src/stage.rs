//! What tests with real programs stand on: processes that end with the test, networks of their own, patience.

use std::fmt::Debug;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::phone::executable;

/// Longer than anything takes that tests wait for.
pub const LONG: Duration = Duration::from_secs(120);

/// A process that ends with this value.
#[derive(Debug)]
pub struct Running(pub Child);

impl Running {
    /// Starts it; what it says goes to a file.
    ///
    /// # Panics
    /// It does not start.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let log = File::create(log).expect("a file");
        let errors = log.try_clone().expect("a file");
        let child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        Self(child.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Kills it as a loss of power does.
    pub fn kill(&mut self) {
        // One that has ended cannot be ended again, which is all the same.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Looks again and again until there is something.
///
/// # Panics
/// There is nothing for [`LONG`].
#[track_caller]
pub fn wait_for<T>(what: impl Debug, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + LONG;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "not in time: {what:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether these programs are here; else it is said.
///
/// # Panics
/// One is missing in CI.
pub fn have(programs: &[&str]) -> bool {
    let folders = std::env::var("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> =
        folders.split(':').chain(["/usr/sbin", "/usr/local/sbin", "/sbin"]).map(PathBuf::from).collect();
    let missing = programs.iter().find(|name| !folders.iter().any(|folder| folder.join(name).is_file()));
    if let Some(name) = missing {
        assert!(std::env::var_os("CI").is_none(), "{name} is missing: cargo xtask setup");
        eprintln!("not tested: {name} is missing (cargo xtask setup)");
    }
    missing.is_none()
}

/// Runs a test of this binary in a network and a file system of its own, as root or as root of a user namespace, with this
/// environment variable set. It finds the phone where [`executable`] says.
///
/// # Panics
/// The test fails; or, in CI, no namespace can be had.
pub fn in_namespace(test: &str, variable: &str) {
    let mut said = String::new();
    for more in [[].as_slice(), &["--map-root-user"]] {
        let mut command = Command::new("unshare");
        command.args(["--net", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"]).args(more);
        command.arg(std::env::current_exe().expect("this executable"));
        command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
        let output = command.env(variable, "1").env("OFFHOOK", executable()).output();
        let Ok(output) = output else { continue };
        said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if said.contains("running 1 test") {
            assert!(output.status.success(), "{said}");
            return;
        }
    }
    eprintln!("not tested: {test} needs the right to make namespaces: {said}");
    assert!(std::env::var_os("CI").is_none(), "this test has to run where changes are judged");
}

/// Runs a command to its end, which has to be a good one. Returns what it says.
///
/// # Panics
/// It fails.
#[track_caller]
pub fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program} {arguments:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// A configuration file of these lines.
pub fn file<S: AsRef<str>>(lines: &[S]) -> String {
    let header = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!";
    let lines = lines.iter().map(AsRef::as_ref);
    [header].into_iter().chain(lines).map(|line| format!("{line}\r\n")).collect::<String>() + "\r\n"
}
