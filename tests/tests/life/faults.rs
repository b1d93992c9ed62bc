//! What a unit outlives: kills at any moment, a disk that takes nothing, and one that is full.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use offhook_params::lookup;
use offhook_tests::phone::executable;
use serde_json::Value;

use crate::stage::{MAC, Running, Web, file, have, in_namespace, run, setting, status, wait_for};

const READ_ONLY: &str = "OFFHOOK_TEST_READ_ONLY_DISK";
const FULL: &str = "OFFHOOK_TEST_FULL_DISK";
const KILLS: u64 = 100;

fn phone(state: &Path, master: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(executable());
    command.args(["run", "--mac", MAC, "--state"]).arg(state).arg("--master").arg(master).args(more);
    command
}

/// The generation of the files that both layers have: they are put in place together, so there is one.
fn generation(state: &Path) -> Option<String> {
    let layers = offhook_store::peek(state).ok()?;
    let value = |name: &str| layers.effective(lookup(name).expect("a setting").id).value.to_owned();
    let (product, standard) = (value("SIP_SESSION_TIME_1"), value("SIP_SESSION_TIME_2"));
    assert_eq!(product, standard, "a mixture");
    Some(product)
}

#[test]
fn a_phone_that_is_killed_while_it_applies_files_has_all_of_them_or_none() {
    if !have(&["nginx"]) {
        return;
    }
    let desk = tempfile::tempdir().expect("a folder");
    let web = Web::start(desk.path());
    let (state, master) = (desk.path().join("state"), desk.path().join("master.cfg"));
    let place = |name: &str, path: &str| format!("{name}=\"{}/{path}\"", web.url);
    let places = [place("CFG_PRODUCT_FILE_PATH", "product.cfg"), place("CFG_STANDARD_FILE_PATH", "standard.cfg")];
    fs::write(&master, file(&places)).expect("a file");
    let (mut old, mut new) = (0, 0);
    let mut before = Some("0".to_owned());
    for kill in 0..KILLS {
        let now = (1000 + kill).to_string();
        web.put("product.cfg", &file(&[format!("SIP_SESSION_TIME_1=\"{now}\"")]));
        web.put("standard.cfg", &file(&[format!("SIP_SESSION_TIME_2=\"{now}\"")]));
        let asked = web.log().lines().count();
        let mut phone = Running::start(&mut phone(&state, &master, &["--no-web"]), &desk.path().join("log"));
        // The last file is on its way: what follows is read, judged, written, and exchanged.
        while web.log().lines().count() < asked + 2 {
            assert!(phone.0.try_wait().expect("our child").is_none(), "it ended");
            std::hint::spin_loop();
        }
        std::thread::sleep(Duration::from_micros(kill * 7919 % 120_000));
        phone.kill();
        let after = generation(&state);
        assert!(after == before || after.as_ref() == Some(&now), "kill {kill}: {before:?} became {after:?}");
        if after == before {
            old += 1
        } else {
            new += 1
        }
        before = after;
    }
    eprintln!("of {KILLS} kills, {old} left the old files and {new} the new ones");
    // The disk is in order: the next start says nothing of it, and takes what there is.
    let log = desk.path().join("last");
    let _phone = Running::start(&mut phone(&state, &master, &["--no-web"]), &log);
    wait_for("the last files", || (generation(&state)? == (1000 + KILLS - 1).to_string()).then_some(()));
    let said = fs::read_to_string(&log).expect("there");
    assert!(!said.contains("damaged"), "{said}");
}

#[test]
fn a_read_only_disk_is_told_and_changes_nothing() {
    if have(&["unshare", "nginx", "mount"]) {
        in_namespace("faults::on_a_read_only_disk", READ_ONLY);
    }
}

#[test]
fn on_a_read_only_disk() {
    if std::env::var_os(READ_ONLY).is_none() {
        return;
    }
    run("ip", &["link", "set", "lo", "up"]);
    let desk = tempfile::tempdir().expect("a folder");
    let web = Web::start(desk.path());
    let (state, master, log) = (desk.path().join("state"), desk.path().join("master.cfg"), desk.path().join("log"));
    let own = format!("CFG_STANDARD_FILE_PATH=\"{}/phone.cfg\"", web.url);
    fs::write(&master, file(&[&own])).expect("a file");
    web.put("phone.cfg", &file(&["SIP_TIMER_T1_1=\"1000\""]));
    let _phone = Running::start(&mut phone(&state, &master, &["--web-port", "0"]), &log);
    let host = wait_for("the web page", || {
        let said = fs::read_to_string(&log).ok()?;
        said.split_whitespace()
            .find_map(|word| word.strip_prefix("http://"))
            .map(|url| url.trim_end_matches('/').to_owned())
    });
    wait_for("its file", || (setting(&state, "SIP_TIMER_T1_1") == "1000").then_some(()));
    wait_for("its report", || status(&state));
    let path = state.to_str().expect("text");
    run("mount", &["--bind", path, path]);
    run("mount", &["-o", "remount,bind,ro", path]);

    let mut browser = Browser { host, cookie: String::new() };
    let page = browser.ask("GET", "/voip/sip-line/1", "");
    let token = token_of(&page);
    let answer = browser.ask("POST", "/voip/sip-line/1", &format!("token={token}&SIP_TIMER_T1_1=2000"));
    assert!(answer.contains("Failed (Memory Access Failure)"), "{answer}");
    assert_eq!(setting(&state, "SIP_TIMER_T1_1"), "1000");
    // The same for files: what came is good, and cannot be kept.
    web.put("phone.cfg", &file(&["SIP_TIMER_T1_1=\"4000\""]));
    let page = browser.ask("GET", "/tools/provisioning", "");
    let token = token_of(&page);
    let answer = browser.ask("POST", "/tools/provisioning", &format!("token={token}"));
    assert!(answer.contains("Complete"), "{answer}");
    wait_for("a report", || fs::read_to_string(&log).ok()?.contains("could not be stored").then_some(()));
    assert_eq!(setting(&state, "SIP_TIMER_T1_1"), "1000");
    assert!(browser.ask("GET", "/tools/provisioning", "").contains("ould not be stored"));
    // And it goes on when it can.
    run("umount", &[path]);
    let page = browser.ask("GET", "/tools/provisioning", "");
    let token = token_of(&page);
    browser.ask("POST", "/tools/provisioning", &format!("token={token}"));
    wait_for("the file", || (setting(&state, "SIP_TIMER_T1_1") == "4000").then_some(()));
}

#[test]
fn a_full_disk_is_told_and_loses_nothing() {
    if have(&["unshare", "nginx", "mount"]) {
        in_namespace("faults::on_a_full_disk", FULL);
    }
}

#[test]
fn on_a_full_disk() {
    if std::env::var_os(FULL).is_none() {
        return;
    }
    run("ip", &["link", "set", "lo", "up"]);
    let desk = tempfile::tempdir().expect("a folder");
    let web = Web::start(desk.path());
    let (state, master) = (desk.path().join("state"), desk.path().join("master.cfg"));
    let own = format!("CFG_STANDARD_FILE_PATH=\"{}/phone.cfg\"", web.url);
    fs::write(&master, file(&[&own])).expect("a file");
    fs::create_dir(&state).expect("a folder");
    run("mount", &["-t", "tmpfs", "-o", "size=256k", "tmpfs", state.to_str().expect("text")]);
    let lives = |name: &str, told: &str| {
        let log = desk.path().join(name);
        let _phone = Running::start(&mut phone(&state, &master, &["--no-web"]), &log);
        wait_for(told, || fs::read_to_string(&log).ok()?.contains(told).then_some(()));
    };
    web.put("phone.cfg", &file(&["SIP_TIMER_T1_1=\"1000\""]));
    lives("first", "in force");
    // More than there is room for, and nothing is left of it.
    let long = "# a line that needs room, and a little more of it";
    let lines: Vec<&str> = [long; 1500].into_iter().chain(["SIP_TIMER_T1_1=\"4000\""]).collect();
    web.put("phone.cfg", &file(&lines));
    fs::write(state.join("filler"), vec![0; 200 << 10]).expect("there is room");
    lives("second", "could not be stored");
    assert_eq!(setting(&state, "SIP_TIMER_T1_1"), "1000");
    fs::remove_file(state.join("filler")).expect("removed");
    lives("third", "in force, 1 setting changes");
    assert_eq!(setting(&state, "SIP_TIMER_T1_1"), "4000");
    run("umount", &["--lazy", state.to_str().expect("text")]);
}

/// A unit that is killed at any moment of an update comes up with the old firmware or with the new one.
#[test]
fn a_unit_that_is_killed_while_it_updates_comes_up_all_the_same() {
    if !have(&["nginx", "unshare"]) {
        return;
    }
    let desk = tempfile::tempdir().expect("a folder");
    let web = Web::start(desk.path());
    let place = |name: &str| desk.path().join(name);
    let text = |name: &str| place(name).to_str().expect("text").to_owned();
    let offhook = executable().to_str().expect("text").to_owned();
    run(&offhook, &["firmware", "new-key", &text("key")]);
    let image = web.files.join("new.fw");
    let arguments = ["--key", &text("key"), "--as", "01.001", &offhook, image.to_str().expect("text")];
    run(&offhook, &[&["firmware", "pack"], &arguments[..]].concat());
    let standard = [
        format!("CFG_STANDARD_FILE_PATH=\"{}/phone.cfg\"", web.url),
        format!("FIRM_FILE_PATH=\"{}/new.fw\"", web.url),
        "FIRM_VERSION=\"01.001\"".to_owned(),
    ];
    web.put("phone.cfg", &file(&standard));
    fs::write(place("master.cfg"), file(&standard[..1])).expect("a file");
    fs::create_dir(place("firmware")).expect("a folder");
    fs::copy(place("key.pub"), place("firmware/keys")).expect("a file");
    // In a namespace of its own, so that all of it goes down at once, as with a loss of power.
    let power = |log: &str| {
        let mut command = Command::new("unshare");
        command.args(["--pid", "--fork", "--kill-child", &offhook, "boot", "--settle", "0", "--firmware"]);
        command.arg(place("firmware")).args(["--", "--no-web", "--mac", MAC]);
        command.arg("--state").arg(place("state")).arg("--master").arg(place("master.cfg"));
        Running::start(&mut command, &place(log))
    };
    let boot = || -> Value {
        serde_json::from_slice(&fs::read(place("firmware/boot.json")).unwrap_or_default()).unwrap_or_default()
    };
    let mut ups = 0;
    for kill in 0..24_u64 {
        let mut unit = power("log");
        std::thread::sleep(Duration::from_millis(50 + 97 * kill % 1500));
        unit.kill();
        if boot()["good"] == "b" {
            // It has come up: the next kills are those of another update.
            ups += 1;
            for name in ["boot.json", "current", "a", "b"] {
                let path = place("firmware").join(name);
                let gone = if path.is_dir() && !path.is_symlink() {
                    fs::remove_dir_all(&path)
                } else {
                    fs::remove_file(&path)
                };
                gone.expect("removed");
            }
            fs::remove_dir_all(place("state")).expect("removed");
        }
    }
    // It is up with the new firmware; or with the old one, where three kills in a row hit a start of the new one.
    let _unit = power("last");
    let is_up = || fs::read_to_string(place("last")).unwrap_or_default().contains("start-up: standard file");
    wait_for("a firmware", || {
        let boot = boot();
        (is_up() && (boot["good"] == "b" || boot["given_up"] == "01.001")).then_some(())
    });
    eprintln!("{ups} updates came to their end between 24 kills");
}

/// What a page wants to have back with its form.
fn token_of(page: &str) -> &str {
    let token = page.split("name=\"token\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
    token.unwrap_or_else(|| panic!("no token in {page}"))
}

/// Somebody with the administrator's password.
struct Browser {
    host: String,
    cookie: String,
}

impl Browser {
    fn ask(&mut self, method: &str, path: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(&self.host).expect("the web page listens");
        let (host, cookie, length) = (&self.host, &self.cookie, body.len());
        let login = format!("Authorization: Basic YWRtaW46YWRtaW5wYXNz\r\nCookie: {cookie}\r\nConnection: close");
        let form = format!("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}");
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{login}\r\n{form}\r\n\r\n{body}").expect("taken");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        if let Some(cookie) = answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next()) {
            self.cookie = cookie.to_owned();
        }
        answer
    }
}
