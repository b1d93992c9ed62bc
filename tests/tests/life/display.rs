//! Pictures of the display, from a real server to the state folder, and settings of the unit's own screens.

use std::fs;
use std::path::Path;
use std::process::Command;

use offhook_tests::phone::executable;
use serde_json::{Value, json};

use crate::stage::{MAC, Running, Web, file, have, status, wait_for};

/// The heads of pictures of 3 by 2 pixels.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x02\x08\x02\0\0\0";
const GIF: &[u8] = b"GIF89a\x03\0\x02\0\0\0\0";
const BMP: &[u8] = b"BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0\x03\0\0\0\x02\0\0\0";

/// What the display of a running phone shows.
fn display(state: &Path) -> Option<Value> {
    status(state).map(|status| status["running"]["display"].clone()).filter(|display| !display.is_null())
}

fn start(state: &Path, master: &Path, log: &Path) -> Running {
    let mut command = Command::new(executable());
    command.args(["run", "--no-web", "--mac", MAC, "--state"]).arg(state).arg("--master").arg(master);
    Running::start(&mut command, log)
}

fn formats(display: &Value) -> [&Value; 3] {
    [&display["home"]["picture"], &display["phone"]["picture"], &display["logo"]].map(|picture| &picture["format"])
}

#[test]
fn pictures_come_stay_and_go() {
    if !have(&["nginx"]) {
        return;
    }
    let desk = tempfile::tempdir().expect("a folder");
    let web = Web::start(desk.path());
    let (state, master, log) = (desk.path().join("state"), desk.path().join("master.cfg"), desk.path().join("log"));
    let url = |name: &str| format!("{}/{name}", web.url);
    fs::write(&master, file(&[format!("CFG_STANDARD_FILE_PATH=\"{}\"", url("phone.cfg"))])).expect("a file");
    let own = |home: &str, phone: &str, logo: &str| {
        let lines = [("WALLPAPER_URI_HOME", home), ("WALLPAPER_URI_PHONE", phone), ("LOGO_URI_PHONE", logo)];
        web.put("phone.cfg", &file(&lines.map(|(name, value)| format!("{name}=\"{value}\""))));
    };
    for (name, picture) in [("home", BMP), ("phone", PNG), ("logo", GIF)] {
        web.put_bytes(name, picture);
    }
    own(&url("home"), &format!("b,{}", url("phone")), &url("logo"));
    let phone = start(&state, &master, &log);
    let all = ["BMP", "PNG", "GIF"].map(Value::from);
    let shown = wait_for("three pictures", || display(&state).filter(|shown| formats(shown) == all.each_ref()));
    assert_eq!((&shown["tint"], &shown["home"]["picture"]["width"]), (&json!("dark"), &json!(3)), "{shown}");
    let kept = shown["phone"]["picture"]["file"].as_str().expect("a file");
    assert_eq!(fs::read(kept).expect("there"), PNG);

    // The next ones are too large, of another format, and not there: what is shown stays, and each reason is told.
    drop(phone);
    web.put_bytes("home", &[BMP, vec![0; 5 << 20].as_slice()].concat());
    web.put_bytes("phone", BMP);
    own(&url("home"), &url("phone"), &url("nothing"));
    let phone = start(&state, &master, &log);
    for words in [
        ["WALLPAPER_URI_HOME", "5242880"].as_slice(),
        &["WALLPAPER_URI_PHONE", "it is a BMP picture"],
        &["LOGO_URI_PHONE", "404"],
    ] {
        wait_for(words, || {
            let said = fs::read_to_string(&log).ok()?;
            said.lines().any(|line| words.iter().all(|word| line.contains(word))).then_some(())
        });
    }
    let shown = display(&state).expect("it runs");
    assert_eq!(formats(&shown), all.each_ref());
    assert_eq!(shown["tint"], Value::Null);

    // A phone without its server has them as well, until the settings name none.
    drop(phone);
    own("", "", "");
    let phone = start(&state, &master, &log);
    let none = wait_for("no picture", || display(&state).filter(|shown| formats(shown) == [&Value::Null; 3]));
    assert_eq!(none["home"]["own"], 1);
    drop(phone);
    let pictures = fs::read_dir(&state).expect("a folder").flatten();
    let left = pictures.filter(|file| file.file_name().to_string_lossy().ends_with(".picture")).count();
    assert_eq!(left, 0);
}

#[test]
fn people_choose_at_the_phone() {
    let desk = tempfile::tempdir().expect("a folder");
    let (state, log) = (desk.path().join("state"), desk.path().join("log"));
    let master = desk.path().join("master.cfg");
    fs::write(&master, file(&["DEFAULT_LANGUAGE=\"en-GB\"", "DISPLAY_TIME_PATTERN=\"2\""])).expect("a file");
    let mut command = Command::new(executable());
    command.args(["run", "--no-web", "--no-provision", "--state"]).arg(&state).arg("--master").arg(&master);
    let _phone = Running::start(&mut command, &log);
    let shown = wait_for("its display", || display(&state));
    assert_eq!(shown["language"], "en-GB");
    let set = |code: i32, arguments: &[&str]| {
        let mut command = Command::new(executable());
        let output = command.arg("set").args(arguments).env("OFFHOOK_STATE", &state).output().expect("offhook runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    };
    assert_eq!(set(0, &["DEFAULT_LANGUAGE", "de"]), "DEFAULT_LANGUAGE is \"de\"\n");
    set(0, &["HOME_WALLPAPER", "4"]);
    let shown = display(&state).expect("it runs");
    assert_eq!((&shown["language"], &shown["home"]["own"]), (&json!("de"), &json!(4)));
    let (date, time) = (shown["date"].as_str().expect("a date"), shown["time"].as_str().expect("a time"));
    assert!(date.len() == 6 && date.ends_with('.') && time.len() == 5 && time.contains(':'), "{shown}");
    set(0, &["DISPLAY_TIME_PATTERN", "1"]);
    let shown = display(&state).expect("it runs");
    assert!(shown["time"].as_str().is_some_and(|time| time.ends_with('M')), "{shown}");
    assert_eq!(set(0, &["DEFAULT_LANGUAGE"]), "DEFAULT_LANGUAGE is \"en-GB\"\n");
    assert!(set(2, &["HOME_WALLPAPER", "9"]).contains("HOME_WALLPAPER"));
    assert!(set(2, &["RTP_PORT_MIN", "20000"]).contains("cannot be changed on the phone"));
    assert!(set(2, &["NO_SUCH_THING", "1"]).contains("there is no setting NO_SUCH_THING"));
}
