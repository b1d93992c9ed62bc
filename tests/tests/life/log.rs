//! What a phone tells a log server: each round of fetching files, as the settings have it.

use std::fs;
use std::net::UdpSocket;
use std::process::Command;
use std::time::Duration;

use offhook_tests::phone::executable;

use crate::stage::{MAC, Running, Web, file, have, wait_for};

#[test]
fn a_log_server_hears_of_files_and_of_what_is_wrong_with_them() {
    if !have(&["nginx"]) {
        return;
    }
    let desk = tempfile::tempdir().expect("a folder");
    let web = Web::start(desk.path());
    let server = UdpSocket::bind("127.0.0.1:0").expect("a port");
    server.set_read_timeout(Some(Duration::from_secs(1))).expect("a time-out");
    let port = server.local_addr().expect("an address").port();
    let master = desk.path().join("master.cfg");
    let own = format!("CFG_STANDARD_FILE_PATH=\"{}/phone.cfg\"", web.url);
    let lines = [own, "SYSLOG_ADDR=\"127.0.0.1\"".to_owned(), format!("SYSLOG_PORT=\"{port}\"")];
    fs::write(&master, file(&lines)).expect("a file");
    web.put("phone.cfg", &file(&["SIP_TIMER_T1_1=\"1000\"", "NO_SUCH_SETTING=\"1\""]));
    let mut command = Command::new(executable());
    command.args(["run", "--no-web", "--mac", MAC, "--state"]).arg(desk.path().join("state"));
    let _phone = Running::start(command.arg("--master").arg(&master), &desk.path().join("log"));

    let mut heard = Vec::new();
    wait_for("messages", || {
        let mut bytes = [0; 2000];
        if let Ok(length) = server.recv(&mut bytes) {
            heard.push(String::from_utf8(bytes[..length].to_vec()).expect("UTF-8"));
        }
        heard.iter().any(|line| line.contains("NO_SUCH_SETTING")).then_some(())
    });
    let head = |line: &str, priority: &str| {
        // <131>1 2026-05-04T08:00:01.000000Z 0080f00049d1 offhook - - - text
        let mut fields = line.splitn(8, ' ');
        let mut next = || fields.next().expect(line);
        assert_eq!(next(), format!("<{priority}>1"), "{line}");
        assert_eq!(next().len(), "2026-05-04T08:00:01.000000Z".len(), "{line}");
        assert_eq!([next(), next(), next(), next(), next()], [&MAC.to_lowercase(), "offhook", "-", "-", "-"], "{line}");
    };
    let told = |words: &str| heard.iter().find(|line| line.contains(words)).unwrap_or_else(|| panic!("{heard:?}"));
    head(told("start-up: standard file"), "131");
    assert!(told("start-up: standard file").contains("in force, 1 setting changes"), "{heard:?}");
    head(told("line 3, column 1"), "131");
}
