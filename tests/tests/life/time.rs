//! The time server of the settings is asked before the first file is, and its time is the phone's.

use std::fs;
use std::net::UdpSocket;
use std::process::Command;
use std::time::{Duration, SystemTime};

use offhook_tests::phone::executable;

use crate::stage::{MAC, Running, Web, file, have, in_namespace, run, status, wait_for};

const INNER: &str = "OFFHOOK_TEST_WITH_A_TIME_SERVER";

/// Seconds from 1900, where NTP begins (RFC 5905), to 1970.
const ERA: u64 = 2_208_988_800;

/// The time server of this test is five years ahead.
const AHEAD: u64 = 5 * 365 * 86_400;

#[test]
fn the_phone_takes_the_time_of_its_server() {
    if have(&["unshare", "nginx", "ip"]) {
        in_namespace("time::with_a_time_server", INNER);
    }
}

#[test]
fn with_a_time_server() {
    if std::env::var_os(INNER).is_none() {
        return;
    }
    run("ip", &["link", "set", "lo", "up"]);
    let socket = UdpSocket::bind("127.0.0.1:123").expect("the port of time servers");
    std::thread::spawn(move || serve(&socket));
    let desk = tempfile::tempdir().expect("a folder");
    let web = Web::start(desk.path());
    let (master, state) = (desk.path().join("master.cfg"), desk.path().join("state"));
    let lines = [format!("CFG_STANDARD_FILE_PATH=\"{}/phone.cfg\"", web.url), "NTP_ADDR=\"127.0.0.1\"".to_owned()];
    fs::write(&master, file(&lines)).expect("a file");
    web.put("phone.cfg", &file(&lines));
    let mut command = Command::new(executable());
    command.args(["run", "--no-web", "--mac", MAC, "--state"]).arg(&state).arg("--master").arg(&master);
    let _phone = Running::start(&mut command, &desk.path().join("log"));
    let report = wait_for("a round", || status(&state).filter(|status| !status["provisioning"].is_null()));
    let year = |value: &serde_json::Value| value.as_str().and_then(|at| at.get(..4)?.parse::<u64>().ok());
    let expected = 1970 + (now().as_secs() + AHEAD) / 31_557_600;
    let at = year(&report["provisioning"]["at"]).expect("a time");
    assert!((expected - 1..=expected + 1).contains(&at), "{report}");
    assert_eq!(year(&report["running"]["clock"]), Some(at), "{report}");
}

fn now() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970")
}

/// Answers every question, five years ahead.
fn serve(socket: &UdpSocket) {
    let mut question = [0; 100];
    while let Ok((48, client)) = socket.recv_from(&mut question) {
        let mut answer = [0; 48];
        answer[0] = question[0] & 0x38 | 4;
        answer[1] = 2;
        answer[24..32].copy_from_slice(&question[40..48]);
        let time = now() + Duration::from_secs(ERA + AHEAD);
        for place in [16, 32, 40] {
            answer[place..place + 4].copy_from_slice(&time.as_secs().to_be_bytes()[4..]);
            let fraction = (u64::from(time.subsec_nanos()) << 32) / 1_000_000_000;
            answer[place + 4..place + 8].copy_from_slice(&fraction.to_be_bytes()[4..]);
        }
        socket.send_to(&answer, client).expect("sent");
    }
}
