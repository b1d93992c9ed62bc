//! The phone as a process: it starts from files, keeps what the web page changes over a kill, and takes it back.

use std::cell::RefCell;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!\r\n";

/// A phone that runs; it is killed with this value.
struct Phone {
    child: Child,
    stdout: BufReader<ChildStdout>,
    host: String,
    cookie: RefCell<String>,
}

impl Phone {
    fn start(state: &Path, more: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
        command.arg("run").arg("--state").arg(state).args(["--web-port", "0", "--no-provision"]).args(more);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("offhook runs");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut phone = Self { child, stdout, host: String::new(), cookie: RefCell::default() };
        phone.opens();
        phone
    }

    /// What it says next.
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("a line");
        line
    }

    /// Reads where the web page is.
    fn opens(&mut self) {
        let line = self.line();
        let url = line.split_whitespace().find_map(|word| word.strip_prefix("http://"));
        self.host = url.unwrap_or_else(|| panic!("no address in {line:?}")).trim_end_matches('/').to_owned();
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name]).arg(self.child.id().to_string()).status();
        assert!(sent.expect("kill runs").success());
    }

    fn request(&self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).expect("the web page listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket");
        let host = &self.host;
        let form = "Content-Type: application/x-www-form-urlencoded";
        // admin:adminpass, and the cookie of the login.
        let login = format!("Authorization: Basic YWRtaW46YWRtaW5wYXNz\r\nCookie: {}", self.cookie.borrow());
        let length = body.len();
        let head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{login}\r\nConnection: close\r\n{form}\r\n");
        write!(stream, "{head}Content-Length: {length}\r\n\r\n{body}").expect("the request is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        if let Some(cookie) = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next()) {
            *self.cookie.borrow_mut() = cookie.to_owned();
        }
        answer
    }

    /// Posts fields to a page, with the token that the page gives.
    fn save(&self, path: &str, fields: &str) -> String {
        let page = self.request("GET", path, "");
        let token = page.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let token = token.unwrap_or_else(|| panic!("no token in {page}"));
        self.request("POST", path, &format!("token={token}&{fields}"))
    }

    fn kill(mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("it ends");
    }

    fn terminate(mut self) -> bool {
        self.signal("TERM");
        self.child.wait().expect("it ends").success()
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn explain(state: &Path, name: &str) -> serde_json::Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    let output = command.args(["explain", "--json", name, "--state"]).arg(state).output().expect("offhook runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let shown: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    shown["values"][0].clone()
}

#[test]
fn an_edit_survives_a_kill_and_can_be_taken_back() {
    let desk = tempfile::tempdir().expect("a folder");
    let state = desk.path().join("state");
    let file = desk.path().join("phone.cfg");
    fs::write(&file, format!("{HEADER}SIP_TIMER_T1_1=\"1000\"\r\n\r\n")).expect("a file");
    let files = ["--standard", file.to_str().expect("text")];

    let phone = Phone::start(&state, &files);
    let page = phone.request("GET", "/voip/sip-line/1", "");
    assert!(page.contains("SIP_TIMER_T1_1"), "{page}");
    let saved = phone.save("/voip/sip-line/1", "SIP_TIMER_T1_1=2000");
    assert!(saved.contains("Complete"), "{saved}");
    let refused = phone.save("/voip/sip-line/1", "SIP_TIMER_T1_1=2001");
    assert!(refused.contains("Failed (Parameter Error)"), "{refused}");
    phone.kill();

    let value = explain(&state, "SIP_TIMER_T1_1");
    assert_eq!(value["value"], "2000");
    let layers: Vec<_> = value["definitions"].as_array().expect("a list").iter().map(|d| &d["layer"]).collect();
    assert_eq!(layers, ["user", "standard", "factory"]);

    let phone = Phone::start(&state, &files);
    let back = phone.save("/voip/sip-line/1", "inherit=SIP_TIMER_T1_1");
    assert!(back.contains("Complete"), "{back}");
    assert!(phone.terminate(), "a phone that is asked to end ends well");
    let value = explain(&state, "SIP_TIMER_T1_1");
    assert_eq!(value["value"], "1000");
    assert_eq!(value["definitions"][0]["origin"].as_str().map(|o| o.ends_with("phone.cfg, line 2")), Some(true));
}

#[test]
fn a_void_file_leaves_the_layer_as_it_was() {
    let desk = tempfile::tempdir().expect("a folder");
    let state = desk.path().join("state");
    let file = desk.path().join("phone.cfg");
    let files = ["--master", file.to_str().expect("text")];
    fs::write(&file, format!("{HEADER}VM_NUMBER_1=\"99\"\r\n\r\n")).expect("a file");
    Phone::start(&state, &files).kill();
    fs::write(&file, "VM_NUMBER_1=\"11\"\r\n").expect("a file");
    Phone::start(&state, &files).kill();
    assert_eq!(explain(&state, "VM_NUMBER_1")["value"], "99");
    fs::write(&file, format!("{HEADER}\r\n")).expect("a file");
    Phone::start(&state, &files).kill();
    assert_eq!(explain(&state, "VM_NUMBER_1")["value"], "");
}

#[test]
fn two_phones_do_not_share_a_state_folder() {
    let desk = tempfile::tempdir().expect("a folder");
    let phone = Phone::start(desk.path(), &[]);
    let mut second = Command::new(env!("CARGO_BIN_EXE_offhook"));
    let output = second
        .args(["run", "--web-port", "0", "--no-provision", "--state"])
        .arg(desk.path())
        .output()
        .expect("offhook runs");
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("in use") || said.contains("another"), "{said}");
    phone.kill();
}

#[test]
fn music_that_is_none_is_told_at_once() {
    let state = tempfile::tempdir().expect("a folder");
    let music = state.path().join("music.wav");
    fs::write(&music, "no music").expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    command
        .arg("run")
        .arg("--state")
        .arg(state.path())
        .args(["--no-web", "--no-provision", "--hold-music"])
        .arg(&music);
    let output = command.output().expect("offhook runs");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("music.wav: "), "{told}");
}

#[test]
fn the_web_page_listens_where_it_is_told() {
    let desk = tempfile::tempdir().expect("a folder");
    let phone = Phone::start(desk.path(), &["--web-address", "127.0.0.2"]);
    assert!(phone.host.starts_with("127.0.0.2:"), "{}", phone.host);
    assert!(phone.request("GET", "/status/version", "").starts_with("HTTP/1.1 200"));
    let elsewhere = phone.host.replacen("127.0.0.2", "127.0.0.1", 1);
    assert!(TcpStream::connect(elsewhere).is_err(), "nobody listens elsewhere");
    // By the name that it tells its DHCP server it is known, but somebody is logged in already.
    for (name, status) in
        [("KX-UT670", 403), ("kx-ut670:80", 403), ("KX-UT670.evil.example", 421), ("evil.example", 421)]
    {
        let mut stream = TcpStream::connect(&phone.host).expect("the web page listens");
        write!(stream, "GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n").expect("the request is taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{name}: {answer}");
    }
    phone.kill();
}

#[test]
fn a_change_of_the_network_is_in_force_after_the_restart_and_kept_by_who_gets_in() {
    let desk = tempfile::tempdir().expect("a folder");
    let mut phone = Phone::start(desk.path(), &[]);
    let saved = phone.save("/network/basic", "NET_DNS1=192.0.2.9");
    assert!(saved.contains("Complete") && saved.contains("on trial"), "{saved}");
    phone.opens();
    *phone.cookie.borrow_mut() = String::new();
    let page = phone.request("GET", "/network/basic", "");
    assert!(page.contains("Settings are on trial") && page.contains("value=\"192.0.2.9\""), "{page}");
    let kept = phone.save("/tools/trial", "step=keep");
    assert!(kept.contains("The settings are kept"), "{kept}");
    phone.kill();
    assert_eq!(explain(desk.path(), "NET_DNS1")["value"], "192.0.2.9");
}

#[test]
fn the_web_port_closes_and_opens_again() {
    let desk = tempfile::tempdir().expect("a folder");
    let mut phone = Phone::start(desk.path(), &[]);
    let asked = phone.request("GET", "/status/version", "");
    assert!(asked.starts_with("HTTP/1.1 200"), "{asked}");
    let closed = phone.save("/web-port-close", "");
    assert!(closed.contains("The web port is closed"), "{closed}");
    let line = phone.line();
    assert!(line.contains("the web port is closed"), "{line}");
    assert!(TcpStream::connect(&phone.host).is_err(), "nobody listens");
    phone.signal("USR1");
    phone.opens();
    assert_eq!(explain(desk.path(), "EMBEDDED_WEB")["value"], "Y");
    *phone.cookie.borrow_mut() = String::new();
    let again = phone.request("GET", "/status/version", "");
    assert!(again.starts_with("HTTP/1.1 200"), "{again}");
    assert!(phone.terminate());
}
