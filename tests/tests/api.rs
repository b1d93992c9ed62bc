//! schemathesis against a running phone: whatever fits the description of the interface is answered as it says, and
//! whatever does not is refused.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use offhook_tests::phone::Phone;
use offhook_tests::root;
use serde_json::{Value, json};

/// Settings that would shut the test out: its own password, and what closes the page.
const LEFT_ALONE: [&str; 3] = ["ADMIN_PASS", "EMBEDDED_WEB", "WEB_PORT_CLOSE_TIMER"];

/// A configuration that keeps the port open (guide rule 119).
const PORT_OPEN: &str = "# Panasonic SIP Phone Standard Format File #\r\nHTTPD_PORTOPEN_AUTO=\"Y\"\r\n";

/// Where `cargo xtask setup` installs it; nothing if it is missing, which is a failure in CI.
fn schemathesis() -> Option<PathBuf> {
    let place = root().join("target/tools/schemathesis/bin/st");
    if place.is_file() {
        return Some(place);
    }
    let advice = "schemathesis is missing: `cargo xtask setup` installs it";
    assert!(std::env::var_os("CI").is_none(), "{advice}");
    eprintln!("skipped: {advice}");
    None
}

/// The description with one setting of each family: the others are alike, and each one costs a hundred requests.
fn description() -> Value {
    let path = root().join("docs/schema/openapi.json");
    let text = fs::read_to_string(path).expect("the description is committed");
    let mut description: Value = serde_json::from_str(&text).expect("it is JSON");
    let changes = &mut description["components"]["schemas"]["Changes"]["properties"];
    let changes = changes.as_object_mut().expect("an object");
    for name in LEFT_ALONE {
        assert_eq!(changes.insert(name.to_owned(), json!({ "type": "null" })).map(|_| ()), Some(()), "{name}");
    }
    let mut seen = BTreeSet::new();
    changes.retain(|_, schema| seen.insert(schema.to_string()));
    assert!(seen.len() > 100, "the page has more settings than {}", seen.len());
    description
}

#[test]
fn the_interface_keeps_to_its_description() {
    let Some(schemathesis) = schemathesis() else { return };
    let desk = tempfile::tempdir().expect("a folder");
    let always_open = desk.path().join("standard.cfg");
    fs::write(&always_open, PORT_OPEN).expect("the folder takes it");
    let mut phone = Phone::start([OsStr::new("--standard"), always_open.as_os_str()]);
    let file = desk.path().join("openapi.json");
    fs::write(&file, description().to_string()).expect("the folder takes it");
    let mut command = Command::new(schemathesis);
    command.args(["--no-color", "--config-file"]).arg(root().join("tests/data/schemathesis.toml"));
    command.arg("run").arg(&file).args(["--url", &format!("{}/api/v1", phone.url())]);
    command.args(["--auth", "admin:adminpass"]);
    // It leaves notes behind where it runs.
    let output = command.current_dir(desk.path()).output().expect("schemathesis starts");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    assert!(text.contains("13 selected / 14 total"), "all but the restart are tested: {text}");
    assert!(phone.is_up(), "{text}");
}
