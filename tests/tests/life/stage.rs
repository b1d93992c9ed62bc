//! What the tests of this binary stand on: namespaces, servers, and phones in folders of their own.

use std::fmt::Debug;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use offhook_tests::phone::executable;
use serde_json::Value;

/// A MAC address whose share of a fleet's start-up is a few milliseconds.
pub(crate) const MAC: &str = "0080F00049D1";

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(120);

/// A process that ends with this value.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) Child);

impl Running {
    /// Starts it; what it says goes to a file.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        let log = std::fs::File::create(log).expect("a file");
        let errors = log.try_clone().expect("a file");
        let child = command.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
        Self(child.unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// Kills it as a loss of power does.
    pub(crate) fn kill(&mut self) {
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

/// nginx over a folder of files, at a port of this machine.
pub(crate) struct Web {
    /// Where its files are.
    pub(crate) files: PathBuf,
    /// Its address, without a slash at the end.
    pub(crate) url: String,
    folder: PathBuf,
    _nginx: Running,
}

impl Web {
    /// Starts it over the folder `web` of this one.
    pub(crate) fn start(folder: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port").port();
        let (folder, address) = (folder.join("web"), format!("127.0.0.1:{port}"));
        let files = folder.join("files");
        std::fs::create_dir_all(&files).expect("a folder");
        let nginx = nginx(&files, &folder, &address);
        wait_for("nginx", || TcpStream::connect(&address).ok());
        Self { files, url: format!("http://{address}"), folder, _nginx: nginx }
    }

    /// Puts a file there, each time as one of another second: servers tell versions by the second.
    pub(crate) fn put(&self, name: &str, text: &str) {
        static WRITTEN: AtomicU64 = AtomicU64::new(0);
        let path = self.files.join(name);
        std::fs::write(&path, text).expect("a file");
        let age = Duration::from_secs(100_000 - WRITTEN.fetch_add(1, Ordering::Relaxed));
        let file = std::fs::File::options().write(true).open(&path).expect("a file");
        file.set_modified(SystemTime::now() - age).expect("our file");
    }

    /// What was asked of it, in lines.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("access")).unwrap_or_default()
    }
}

/// nginx at an address, with its log in `access` of `folder`.
pub(crate) fn nginx(files: &Path, folder: &Path, address: &str) -> Running {
    let (files, path) = (files.display(), folder.display());
    let text = format!(
        "daemon off; master_process off; user root; pid {path}/pid; error_log {path}/errors;\nevents {{}}\n\
         http {{ access_log {path}/access combined; client_body_temp_path {path}/a; proxy_temp_path {path}/b;\n\
         fastcgi_temp_path {path}/c; uwsgi_temp_path {path}/d; scgi_temp_path {path}/e;\n\
         server {{ listen {address}; root {files}; }} }}\n"
    );
    let configuration = folder.join("nginx.conf");
    std::fs::write(&configuration, text).expect("a file");
    let mut command = Command::new("nginx");
    command.args(["-e", "stderr", "-p", &path.to_string(), "-c"]).arg(&configuration);
    Running::start(&mut command, &folder.join("nginx.log"))
}

/// Looks again and again until there is something.
#[track_caller]
pub(crate) fn wait_for<T>(what: impl Debug, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + LONG;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "not in time: {what:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether these programs are here; else it is said, and in CI that is a failure.
pub(crate) fn have(programs: &[&str]) -> bool {
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

/// Runs a test of this binary in a network and a file system of its own, as root or as root of a user namespace. It finds
/// the phone where [`executable`] says.
pub(crate) fn in_namespace(test: &str, variable: &str) {
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

/// Runs a command to its end, which has to be a good one.
#[track_caller]
pub(crate) fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.unwrap_or_else(|error| panic!("{program} {arguments:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// What `offhook status --json` says of a state folder; nothing while there is none.
pub(crate) fn status(state: &Path) -> Option<Value> {
    let output = Command::new(executable()).args(["status", "--json", "--state"]).arg(state).output();
    serde_json::from_slice(&output.expect("offhook runs").stdout).ok()
}

/// A setting that a phone has, as `offhook explain` looks into its folder.
pub(crate) fn setting(state: &Path, name: &str) -> String {
    let output = Command::new(executable()).args(["explain", "--json", name, "--state"]).arg(state).output();
    let shown: Value = serde_json::from_slice(&output.expect("offhook runs").stdout).expect("JSON");
    shown["values"][0]["value"].as_str().expect("a value").to_owned()
}

/// A configuration file of these lines.
pub(crate) fn file(lines: &[&str]) -> String {
    let header = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!";
    [header].iter().chain(lines).map(|line| format!("{line}\r\n")).collect::<String>() + "\r\n"
}
