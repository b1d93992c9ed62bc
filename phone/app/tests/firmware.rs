//! `offhook firmware` as its users type it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

fn offhook(folder: &Path, code: i32, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    command.arg("firmware").args(arguments).current_dir(folder).stdin(Stdio::null());
    let output = command.output().expect("offhook runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

#[test]
fn an_image_is_made_looked_at_and_checked() {
    let desk = tempfile::tempdir().expect("a folder");
    let run = |code, arguments: &[&str]| offhook(desk.path(), code, arguments);
    fs::write(desk.path().join("program"), vec![7; 100_000]).expect("a file");
    run(0, &["new-key", "one.key"]);
    run(0, &["new-key", "two.key", "--generation", "2"]);
    let mode = fs::metadata(desk.path().join("one.key")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(run(2, &["new-key", "one.key"]).contains("exists"));

    run(0, &["pack", "--key", "one.key", "--as", "01.070", "program", "image"]);
    let shown: serde_json::Value = serde_json::from_str(&run(0, &["info", "image"])).expect("JSON");
    assert_eq!((&shown["version"], &shown["size"]), (&"01.070".into(), &100_000.into()));
    let verify = |code, more: &[&str]| run(code, &[&["verify", "image", "--keys"], more].concat());
    assert!(verify(0, &["one.key.pub", "--newer-than", "01.069"]).contains("good"));
    assert!(verify(1, &["one.key.pub", "--newer-than", "01.070"]).contains("not newer"));
    assert!(verify(1, &["one.key.pub", "--model", "KX-UT248"]).contains("for model KX-UT670"));
    assert!(verify(1, &["two.key.pub"]).contains("not one that this unit trusts"));
    let both = ["one.key.pub", "two.key.pub"].map(|name| fs::read_to_string(desk.path().join(name)).expect("there"));
    fs::write(desk.path().join("both.pub"), both.concat()).expect("a file");
    assert!(verify(1, &["both.pub"]).contains("has been replaced"));
    // A private key is no list of keys, and must not show in the message about it.
    let private = fs::read_to_string(desk.path().join("one.key")).expect("there");
    let said = verify(2, &["one.key"]);
    assert!(private.lines().all(|line| line.len() < 30 || !said.contains(line)), "{said}");

    let mut image = fs::read(desk.path().join("image")).expect("there");
    *image.last_mut().expect("bytes") ^= 1;
    fs::write(desk.path().join("image"), image).expect("altered");
    assert!(verify(1, &["one.key.pub"]).contains("SHA-256"));
    run(2, &["pack", "--key", "program", "program", "image"]);
    run(2, &["info", "program"]);
}
