//! A phone that restarts: after each start it says anew where its page is.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use offhook_tests::phone::executable;
use serde_json::Value;
use tempfile::TempDir;

/// First line of a plain text file.
const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!";

/// How long a phone may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running phone with a state folder of its own. It ends with this value.
pub(crate) struct Phone {
    child: Child,
    addresses: Receiver<String>,
    origin: String,
    folder: TempDir,
}

impl Phone {
    /// A phone whose web port is always open.
    pub(crate) fn start() -> Self {
        Self::with(&[("HTTPD_PORTOPEN_AUTO", "Y")])
    }

    /// A phone with these settings from its standard file.
    pub(crate) fn with(settings: &[(&str, &str)]) -> Self {
        Self::from("phone.cfg", settings)
    }

    /// The same, with a name for the file.
    pub(crate) fn from(name: &str, settings: &[(&str, &str)]) -> Self {
        Self::launch(name, settings, &["--no-provision"])
    }

    /// A phone with these settings, which then fetches its files where they say.
    pub(crate) fn that_fetches(settings: &[(&str, &str)]) -> Self {
        Self::launch("phone.cfg", settings, &[])
    }

    fn launch(name: &str, settings: &[(&str, &str)], more: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join(name);
        fs::write(&file, plain(settings)).expect("the folder takes it");
        let mut command = Command::new(executable());
        command.arg("run").arg("--state").arg(folder.path().join("state")).args(["--web-port", "0"]).args(more);
        command.arg("--standard").arg(&file).args(["--mac", "0080f0123456"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the phone starts");
        let out = child.stdout.take().expect("its output is ours");
        let (said, addresses) = channel();
        // It ends with the phone.
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let address = line.split_whitespace().find(|word| word.starts_with("http://"));
                let Some(address) = address else { continue };
                if said.send(address.trim_end_matches('/').to_owned()).is_err() {
                    break;
                }
            }
        });
        let mut phone = Self { child, addresses, origin: String::new(), folder };
        phone.restarted();
        phone
    }

    /// Waits until the phone is up, at first and after each restart; its page may have another port then.
    pub(crate) fn restarted(&mut self) {
        self.origin = self.addresses.recv_timeout(PATIENCE).expect("the phone says where its page is");
    }

    /// Whether it has started anew since it was last asked about.
    pub(crate) fn has_restarted(&mut self) -> bool {
        self.addresses.try_recv().is_ok_and(|origin| {
            self.origin = origin;
            true
        })
    }

    /// Switches \[Embedded web\] on, for which a signal stands in, and waits until the port is open.
    pub(crate) fn switch_on_the_port(&mut self) {
        let sent = Command::new("kill").args(["-USR1", &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "the phone takes signals");
        self.restarted();
    }

    /// The origin of its page, without a slash at the end.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// The same with a login.
    pub(crate) fn origin_for(&self, id: &str, password: &str) -> String {
        self.origin.replacen("http://", &format!("http://{id}:{password}@"), 1)
    }

    /// The port of its page.
    pub(crate) fn port(&self) -> u16 {
        let port = self.origin.rsplit(':').next().unwrap_or_default();
        port.parse().expect("an origin with a port")
    }

    /// What the page answers to a program, in full: a first line of a request without anything else.
    pub(crate) fn ask(&self, request: &str) -> String {
        let host = self.origin.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("the port is open");
        write!(stream, "{request}\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("it listens");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A place for files of the test, beside the state folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The value that was set on the page, as the state folder keeps it.
    pub(crate) fn stored(&self, name: &str) -> Option<String> {
        let text = fs::read_to_string(self.file("state/user.cfg")).unwrap_or_default();
        let start = format!("{name}=\"");
        let value = text.lines().find_map(|line| line.strip_prefix(&start)?.strip_suffix('"'));
        value.map(str::to_owned)
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        // One that has ended already cannot be ended again, which is all the same.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A plain text file.
pub(crate) fn plain(settings: &[(&str, &str)]) -> String {
    let lines = settings.iter().map(|(name, value)| format!("{name}=\"{value}\"\r\n"));
    format!("{HEADER}\r\n{}", lines.collect::<String>())
}

/// What `offhook check` says of a file: name of a setting and message.
pub(crate) fn checked(file: &Path) -> Vec<(String, String)> {
    let output = Command::new(executable()).args(["check", "--format", "json"]).arg(file).output();
    let said: Value = serde_json::from_slice(&output.expect("offhook runs").stdout).expect("JSON");
    let found = said["files"][0]["diagnostics"].as_array().expect("a list").iter();
    let errors = found.filter(|one| one["severity"] == "error");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    errors.map(|one| (text(&one["name"]), text(&one["message"]))).collect()
}
