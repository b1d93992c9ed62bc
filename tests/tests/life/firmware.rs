//! Updates of the firmware with two real builds: the new one takes over, and whatever else comes changes nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use offhook_tests::phone::{executable, executable_of_version};
use serde_json::Value;
use tempfile::TempDir;

use crate::stage::{MAC, Running, Web, file, have, run, status, wait_for};

/// A unit with a firmware server.
struct Desk {
    folder: TempDir,
    web: Web,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let web = Web::start(folder.path());
        let desk = Self { folder, web };
        fs::create_dir(desk.place("firmware")).expect("a folder");
        for (name, generation) in [("old.key", "1"), ("good.key", "2"), ("strange.key", "2")] {
            desk.offhook(&["firmware", "new-key", &desk.path(name), "--generation", generation]);
        }
        let known = ["old.key.pub", "good.key.pub"].map(|name| fs::read_to_string(desk.place(name)).expect("a key"));
        fs::write(desk.place("firmware/keys"), known.concat()).expect("a file");
        let standard = format!("CFG_STANDARD_FILE_PATH=\"{}/phone.cfg\"", desk.web.url);
        fs::write(desk.place("master.cfg"), file(&[&standard])).expect("a file");
        desk
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn path(&self, name: &str) -> String {
        self.place(name).to_str().expect("text").to_owned()
    }

    fn offhook(&self, arguments: &[&str]) -> String {
        run(executable().to_str().expect("text"), arguments)
    }

    /// Puts the image of a program onto the server.
    fn publish(&self, version: &str, program: &Path, key: &str) -> PathBuf {
        let image = self.web.files.join(format!("KX-UT670-{version}.fw"));
        let (program, target) = (program.to_str().expect("text"), image.to_str().expect("text"));
        self.offhook(&["firmware", "pack", "--key", &self.path(key), "--as", version, program, target]);
        image
    }

    /// A program that is none of a phone.
    fn script(&self, text: &str) -> PathBuf {
        fs::write(self.place("program"), format!("#!/bin/sh\n{text}\n")).expect("a file");
        self.place("program")
    }

    /// Has the phone's file ask for a version.
    fn ask_for(&self, version: &str) {
        let image = format!("FIRM_FILE_PATH=\"{}/{{MODEL}}-{{fwver}}.fw\"", self.web.url);
        let standard = format!("CFG_STANDARD_FILE_PATH=\"{}/phone.cfg\"", self.web.url);
        self.web.put("phone.cfg", &file(&[&standard, &image, &format!("FIRM_VERSION=\"{version}\"")]));
    }

    /// Plugs the unit in; unplugged by the end of what it returns.
    fn start(&self, log: &str) -> Running {
        let mut command = Command::new(executable());
        command.arg("boot").arg("--firmware").arg(self.place("firmware"));
        command.args(["--settle", "0", "--patience", "6", "--", "--no-web", "--mac", MAC]);
        command.arg("--state").arg(self.place("state")).arg("--master").arg(self.place("master.cfg"));
        Running::start(&mut command, &self.place(log))
    }

    fn said(&self, log: &str) -> String {
        fs::read_to_string(self.place(log)).unwrap_or_default()
    }

    fn boot(&self) -> Value {
        let bytes = fs::read(self.place("firmware/boot.json")).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }
}

#[test]
fn a_new_firmware_takes_over_and_others_do_not() {
    if !have(&["nginx"]) {
        return;
    }
    let desk = Desk::new();
    let new = executable_of_version("01.001");
    desk.publish("01.001", &new, "good.key");
    desk.ask_for("01.001");
    let unit = desk.start("first.log");
    wait_for("a new firmware", || (desk.boot()["good"] == "b").then_some(()));
    wait_for("its first words", || desk.said("first.log").contains("firmware 01.001 has come up").then_some(()));
    let said = desk.said("first.log");
    let places = [
        "start-up: standard file",
        "the unit restarts: firmware 01.001 is asked for",
        "the unit restarts: firmware 01.001 is installed",
        "firmware 01.001 runs for the first time",
    ];
    let places = places.map(|text| said.find(text).unwrap_or_else(|| panic!("no {text:?} in {said}")));
    assert!(places.is_sorted(), "{said}");
    // It says who it is when it asks, and it does not ask for itself again.
    wait_for("its own start-up", || desk.web.log().contains("Panasonic_KX-UT670/01.001").then_some(()));
    assert_eq!(desk.web.log().matches(".fw").count(), 1, "{}", desk.web.log());
    assert_eq!(fs::read(desk.place("firmware/b/offhook")).expect("there"), fs::read(&new).expect("there"));
    drop(unit);

    // What does not come up gives way, whether it ends at once or says nothing.
    for (version, text) in [("01.002", "exit 1"), ("01.003", "exec sleep 1000")] {
        desk.publish(version, &desk.script(text), "good.key");
        desk.ask_for(version);
        let log = format!("{version}.log");
        let _unit = desk.start(&log);
        let back = format!("firmware {version} did not come up; 01.001 runs again");
        wait_for(&back, || desk.said(&log).contains(&back).then_some(()));
        let boot = desk.boot();
        assert_eq!((&boot["good"], &boot["given_up"], &boot["attempt"]), (&"b".into(), &version.into(), &Value::Null));
        // The files still ask for it, and are not heard.
        let rounds = || desk.said(&log).matches("start-up: standard file").count();
        wait_for("a round of the old one", || (rounds() == 2).then_some(()));
        assert_eq!(desk.boot(), boot);
    }

    // What nobody signed whom the unit trusts is not even kept.
    let altered = desk.publish("01.004", &new, "good.key");
    let mut bytes = fs::read(&altered).expect("there");
    *bytes.last_mut().expect("bytes") ^= 1;
    fs::write(&altered, bytes).expect("altered");
    fs::copy(&new, desk.web.files.join("KX-UT670-01.005.fw")).expect("a file");
    desk.publish("01.006", &new, "old.key");
    desk.publish("01.007", &new, "strange.key");
    for (version, why) in [
        ("01.004", "another SHA-256"),
        ("01.005", "no firmware image"),
        ("01.006", "has been replaced"),
        ("01.007", "not one that this unit trusts"),
    ] {
        desk.ask_for(version);
        let log = format!("{version}.log");
        let _unit = desk.start(&log);
        let refused = format!("firmware {version} is asked for, and not installed");
        wait_for(&refused, || desk.said(&log).contains(&refused).then_some(()));
        // It lives on with what it has, and does not restart for it again.
        wait_for("a round of the old one", || {
            (desk.said(&log).matches("start-up: standard file").count() == 2).then_some(())
        });
        let report = status(&desk.place("state")).expect("a report")["firmware"].clone();
        assert_eq!(report["wanted"], version, "{report}");
        assert!(report["fault"].as_str().is_some_and(|fault| fault.contains(why)), "{report}");
        assert_eq!((&desk.boot()["good"], &desk.boot()["attempt"]), (&"b".into(), &Value::Null));
    }

    // A card may bring any version that is signed well, and the unit that runs is told through its socket.
    let card = desk.place("card");
    fs::create_dir(&card).expect("a folder");
    desk.offhook(&[
        "firmware",
        "pack",
        "--key",
        &desk.path("good.key"),
        "--as",
        "01.000",
        new.to_str().expect("text"),
        &desk.path("card/old.fw"),
    ]);
    let _unit = desk.start("card.log");
    wait_for("a unit that listens", || status(&desk.place("state")).filter(|status| !status["running"].is_null()));
    let (state, firmware, card) = (desk.path("state"), desk.path("firmware"), desk.path("card"));
    let update = ["update", "--state", &state, "--firmware", &firmware, "--card", &card, "old.fw"];
    let told = desk.offhook(&update);
    assert!(told.contains("firmware 01.000 is installed"), "{told}");
    wait_for("the firmware of the card", || (desk.boot()["good"] == "a").then_some(()));
    wait_for("its first words", || desk.said("card.log").contains("firmware 01.000 has come up").then_some(()));
}
