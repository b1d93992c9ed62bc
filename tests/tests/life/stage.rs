//! What the tests of this binary stand on: namespaces, servers, and phones in folders of their own.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use offhook_tests::phone::executable;
pub(crate) use offhook_tests::stage::{Running, file, have, in_namespace, run, wait_for};
use serde_json::Value;

/// A MAC address whose share of a fleet's start-up is a few milliseconds.
pub(crate) const MAC: &str = "0080F00049D1";

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

    /// Puts a text there: see [`Web::put_bytes`].
    pub(crate) fn put(&self, name: &str, text: &str) {
        self.put_bytes(name, text.as_bytes());
    }

    /// Puts a file there, each time as one of another second: servers tell versions by the second.
    pub(crate) fn put_bytes(&self, name: &str, bytes: &[u8]) {
        static WRITTEN: AtomicU64 = AtomicU64::new(0);
        let path = self.files.join(name);
        std::fs::write(&path, bytes).expect("a file");
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
