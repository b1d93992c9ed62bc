//! What is done to the unit as a whole, as people type it: the four resets, the card, and back.

use std::fs;
use std::path::Path;
use std::process::Command;

use offhook_tests::phone::executable;

use crate::stage::{file, setting};

fn offhook(code: i32, arguments: &[&str]) -> String {
    let output = Command::new(executable()).args(arguments).output().expect("offhook runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

#[test]
fn a_card_brings_files_in_and_takes_backups_out() {
    let desk = tempfile::tempdir().expect("a folder");
    let (state, other, card) = (desk.path().join("state"), desk.path().join("other"), desk.path().join("card"));
    for folder in [&state, &other, &card] {
        fs::create_dir(folder).expect("a folder");
    }
    for (name, timer) in [("standard.cfg", "4000"), ("MASTER.CFG", "1000"), ("notes.txt", "2000")] {
        fs::write(card.join(name), file(&[&format!("SIP_TIMER_T1_1=\"{timer}\"")])).expect("a file");
    }
    let (at, on) = (["--state", text(&state)], ["--card", text(&card)]);
    let import = |code, kind, name| offhook(code, &[&["import"], &at[..], &on[..], &["--as", kind, name]].concat());
    import(0, "master", "MASTER.CFG");
    assert_eq!(setting(&state, "SIP_TIMER_T1_1"), "1000");
    import(0, "standard", "standard.cfg");
    assert_eq!(setting(&state, "SIP_TIMER_T1_1"), "4000");
    assert!(import(2, "standard", "notes.txt").contains("ends in .cfg"));
    assert!(import(2, "standard", "../card/standard.cfg").contains("not in the root"));
    assert!(import(2, "product", "missing.cfg").contains("missing.cfg"));
    fs::write(card.join("void.cfg"), "SIP_TIMER_T1_1=\"500\"\r\n").expect("a file");
    assert!(import(2, "standard", "void.cfg").contains("refused as a whole"));
    assert_eq!(setting(&state, "SIP_TIMER_T1_1"), "4000");

    fs::write(state.join("calls.journal"), "a call\n").expect("a file");
    let secret = desk.path().join("secret");
    fs::write(&secret, "correct horse\n").expect("a file");
    let password = format!("@{}", secret.display());
    let told = offhook(0, &[&["backup"], &at[..], &on[..], &["--password", &password]].concat());
    assert!(told.contains("(UTC)_backup.dat"), "{told}");
    let to_other = ["--state", text(&other)];
    let restore = |code, more: &[&str]| offhook(code, &[&["restore"], &to_other[..], &on[..], more].concat());
    assert!(restore(2, &[]).contains("has a password"));
    assert!(restore(2, &["--password", "wrong password"]).contains("password is wrong"));
    assert!(!other.join("calls.journal").exists());
    restore(0, &["--password", &password]);
    assert_eq!(fs::read_to_string(other.join("calls.journal")).expect("there"), "a call\n");
    let information = fs::read_to_string(card.join("kx-ut670/bkinfo.dat")).expect("there");
    fs::write(card.join("kx-ut670/bkinfo.dat"), information.replace("00.010", "00.009")).expect("written");
    assert!(restore(2, &["--password", &password]).contains("firmware 00.009"));

    offhook(0, &[&["reset"], &at[..], &["data"]].concat());
    assert_eq!(setting(&state, "SIP_TIMER_T1_1"), "500");
    let left: Vec<_> = fs::read_dir(&state).expect("listed").map(|e| e.expect("an entry").file_name()).collect();
    assert_eq!(left, ["lock"]);
    assert!(card.join("kx-ut670/bkinfo.dat").exists(), "what is on the card stays");
    offhook(2, &["reset", "--state", text(&desk.path().join("nowhere")), "web"]);
}
