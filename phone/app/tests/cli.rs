//! The command line as its users type it: output, exit codes, files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!\r\n";

/// A folder for the files of one test.
struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A plain-text file with the header and these lines.
    fn file(&self, name: &str, lines: &[&str]) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder");
        let body: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
        fs::write(&path, format!("{HEADER}{body}")).expect("a file");
        path
    }
}

fn offhook<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    command.args(args).env_remove("OFFHOOK_KEY").stdin(Stdio::null()).output().expect("offhook runs")
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs a command and looks at its exit code and at what it says.
fn check<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>, code: i32, says: &[&str]) -> String {
    let output = offhook(args);
    let text = text(&output);
    assert_eq!(output.status.code(), Some(code), "{text}");
    for part in says {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    text
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {}", text(output)))
}

fn arg(path: &Path) -> &str {
    path.to_str().expect("paths of tests are text")
}

#[test]
fn a_clean_file_ends_with_0_and_faults_with_1() {
    let desk = Desk::new();
    let clean = desk.file("clean.cfg", &["SIP_TIMER_T1_1=\"500\"", ""]);
    check(["check", arg(&clean)], 0, &["1 file checked: 0 errors, 0 warnings"]);
    let warned = desk.file("warned.cfg", &["SIP_URI_1=\"1001\"", ""]);
    check(["check", arg(&warned)], 0, &["sip-uri-form", "1 warning"]);
    let faulty = desk.file("faulty.cfg", &["SIP_TIMER_T1_1=\"400\"", "SIP_TIMR_T2_1=\"4\"", ""]);
    let says = [
        "bad-value",
        "faulty.cfg:2:",
        "must be one of",
        "unknown-name",
        "faulty.cfg:3:1",
        "SIP_TIMER_T2_1",
        "2 errors",
    ];
    check(["check", arg(&faulty)], 1, &says);
    check(["check", arg(&desk.path("missing.cfg"))], 2, &["missing.cfg"]);
    check(["check"], 2, &["Usage"]);
}

#[test]
fn quiet_shows_errors_only() {
    let desk = Desk::new();
    let file = desk.file("a.cfg", &["SIP_URI_1=\"1001\"", "KEY_PAD_TONE=\"y\"", ""]);
    let shown = check(["check", "--quiet", arg(&file)], 1, &["bad-value", "write \"Y\""]);
    assert!(!shown.contains("sip-uri-form"), "{shown}");
}

#[test]
fn a_folder_is_searched_and_a_void_file_is_an_error() {
    let desk = Desk::new();
    desk.file("fleet/a.cfg", &["SIP_TIMER_T1_1=\"500\"", ""]);
    desk.file("fleet/deep/b.cfg", &["SIP_TIMER_T1_1=\"500\"", ""]);
    fs::write(desk.path("fleet/c.cfg"), "SIP_TIMER_T1_1=\"500\"\r\n").expect("a file");
    fs::write(desk.path("fleet/notes.txt"), "not a configuration file").expect("a file");
    check(["check", arg(&desk.path("fleet"))], 1, &["3 files checked: 1 error", "c.cfg:1:1", "header"]);
    fs::create_dir(desk.path("empty")).expect("a folder");
    check(["check", arg(&desk.path("empty"))], 2, &["no file that ends in .cfg"]);
}

#[test]
fn layers_are_checked_together() {
    let desk = Desk::new();
    let master = desk.file("sip.cfg", &["RTP_PORT_MIN=\"30000\"", "RTP_PORT_MAX=\"40000\"", ""]);
    let standard = desk.file("phone.cfg", &["RTP_PORT_MAX=\"30200\"", ""]);
    check(["check", "--master", arg(&master)], 0, &["0 errors"]);
    let args = ["check", "--master", arg(&master), "--standard", arg(&standard)];
    check(args, 1, &["RTP ports 30000 to 30200 are too few", "1 error"]);
}

#[test]
fn a_fleet_finds_what_two_phones_share() {
    let desk = Desk::new();
    desk.file("fleet/Config0080f0123456.cfg", &["PHONE_NUMBER_1=\"1001\"", "SIP_AUTHID_1=\"1001\"", ""]);
    desk.file("fleet/Config0080f0123457.cfg", &["PHONE_NUMBER_1=\"1001\"", "SIP_AUTHID_1=\"1002\"", ""]);
    let shown = text(&offhook(["check", arg(&desk.path("fleet"))]));
    assert!(shown.contains("1001") && shown.contains("Config0080f0123456.cfg"), "{shown}");
    assert!(!shown.contains("2 files checked: 0 errors, 0 warnings"), "{shown}");
}

#[test]
fn json_and_sarif_are_well_formed() {
    let desk = Desk::new();
    let file = desk.file("a b.cfg", &["SIP_TIMER_T1_1=\"400\"", ""]);
    let report = json(&offhook(["check", "--format", "json", arg(&file), arg(&desk.path("none.cfg"))]));
    assert_eq!(report["summary"]["errors"], 1);
    assert_eq!(report["summary"]["unreadable"], 1);
    let finding = &report["files"][0]["diagnostics"][0];
    assert_eq!((finding["line"].as_u64(), finding["name"].as_str()), (Some(2), Some("SIP_TIMER_T1_1")));
    let sarif = json(&offhook(["check", "--format", "sarif", arg(&file)]));
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["level"], "error");
    assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], 2);
    let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str();
    assert!(uri.is_some_and(|u| u.ends_with("a%20b.cfg")), "{uri:?}");
}

#[test]
fn conversion_loses_nothing() {
    let desk = Desk::new();
    let lines =
        ["DISPLAY_NAME_1=\"Tom & <Jerry> '日本'\"", "FLEX_BUTTON_LABEL3=\"a>b\"", "SIP_SRC_PORT_6=\"5112\"", ""];
    let plain = desk.file("a.cfg", &lines);
    let (xml, back) = (desk.path("a.xml"), desk.path("b.cfg"));
    check(["convert", arg(&plain), arg(&xml)], 0, &[]);
    assert!(fs::read_to_string(&xml).expect("XML").contains("Tom &amp; &lt;Jerry&gt;"));
    check(["convert", arg(&xml), arg(&back)], 0, &[]);
    check(["diff", arg(&back), "--against", arg(&plain)], 0, &["Nothing changes."]);
    let faulty = desk.file("c.cfg", &["HOLD_SOUND_PATH_1=\"http://h/x.wav\"", "VM_NUMBER_1=\"99\"", ""]);
    check(["convert", arg(&faulty), arg(&xml)], 1, &["1 faulty line", "a.xml"]);
    let written = fs::read_to_string(&xml).expect("XML");
    assert!(written.contains("HOLD_SOUND_PATH_1") && written.contains("VM_NUMBER_1=\"99\""), "{written}");
    check(["check", arg(&xml)], 0, &["0 errors"]);
    let strict = desk.path("strict.xml");
    check(["convert", "--strict", arg(&faulty), arg(&strict)], 1, &["nothing was written"]);
    assert!(!strict.exists());
}

#[test]
fn encryption_is_undone_and_checked_in_place() {
    let desk = Desk::new();
    let plain = desk.file("a.cfg", &["VM_NUMBER_1=\"99\"", ""]);
    let key = "0123456789abcdefghijklmnopqrstuv";
    fs::write(desk.path("key"), format!("{key}\n")).expect("a key file");
    let key_file = format!("@{}", desk.path("key").display());
    for (bits, more) in [("128", None), ("192", Some("--base64")), ("256", None)] {
        let sealed = desk.path(&format!("{bits}.e1c"));
        let args = ["encrypt", "--key", key, "--key-length", bits, arg(&plain), arg(&sealed)];
        check(args.into_iter().chain(more), 0, &[]);
        let back = desk.path(&format!("{bits}.cfg"));
        check(["decrypt", "--key", &key_file, "--key-length", bits, arg(&sealed), arg(&back)], 0, &[]);
        assert_eq!(fs::read(&back).expect("decrypted"), fs::read(&plain).expect("plain"));
        check(["check", "--key1", key, arg(&sealed)], 0, &["0 errors"]);
    }
    let sealed = desk.path("128.e1c");
    check(["check", arg(&sealed)], 2, &["--key1"]);
    let other = "vutsrqponmlkjihgfedcba9876543210";
    check(["decrypt", "--key", other, arg(&sealed), arg(&desk.path("x"))], 2, &["key"]);
    assert!(!desk.path("x").exists());
    check(["encrypt", "--key", "short", arg(&plain), arg(&desk.path("x"))], 2, &["32"]);
}

#[test]
fn explain_tells_what_where_and_why() {
    check(["explain", "sip_timer_t1_2"], 0, &["SIP_TIMER_T1_2", "250, 500, 1000", "\"500\"", "T1 Timer", "TimerT1"]);
    check(["explain", "SIP_SRC_PORT"], 0, &["\"5060\", \"5070\"", "1024 to 49151"]);
    check(["explain", "voice mail"], 0, &["VM_NUMBER_{line}", "VM_SUBSCRIBE_ENABLE"]);
    check(["explain", "SIP_TIMR_T1_1"], 2, &["did you mean SIP_TIMER_T1_1"]);
    check(["explain", "PROFILE_ENABLE_2"], 0, &["PROFILE_ENABLE2"]);
}

#[test]
fn diff_says_what_restarts() {
    let desk = Desk::new();
    let new = desk.file("new.cfg", &["VLAN_ENABLE=\"Y\"", "SIP_PASS_1=\"secret-word\"", ""]);
    let shown =
        check(["diff", arg(&new)], 1, &["VLAN_ENABLE: \"N\" -> \"Y\"  [restart]", "the unit restarts", "(secret)"]);
    assert!(!shown.contains("secret-word"), "{shown}");
    let report = json(&offhook(["diff", "--json", arg(&new)]));
    assert_eq!(report["restart"], true);
    assert_eq!(report["changes"].as_array().map(Vec::len), Some(2));
}

#[test]
fn dial_plans_are_tried_out() {
    let plan = "[2346789]11|01[2-9]x.|[2-9]xxxxxxxxx";
    let says = ["911: calls 911, at once", "2123456789: calls 2123456789, at once", "01254: calls 01254, after 5 s"];
    check(["dialplan", plan, "911", "2123456789", "01254"], 0, &says);
    check(["dialplan", "--filter", plan, "0011"], 0, &["refused"]);
    check(["dialplan", "[12-21]", "1"], 1, &["column"]);
    check(["dialplan", plan], 0, &["[2346789]11"]);
}

#[test]
fn the_schema_names_every_setting_of_a_file() {
    let table = json(&offhook(["schema", "--json"]));
    let families = table.as_array().expect("a list");
    let in_files: Vec<_> = families.iter().filter(|f| !f["names"].as_array().is_some_and(Vec::is_empty)).collect();
    // The guide's 215; ours are the encryption of voice and Opus with its priority, on each of six lines.
    assert_eq!(in_files.len(), 215 + 3);
    let names: usize = in_files.iter().map(|f| f["names"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(names, 770 + 3 * 6);
    for family in in_files {
        let lengths = ["names", "defaults"].map(|key| family[key].as_array().map(Vec::len));
        assert_eq!(lengths[0], lengths[1], "{family}");
        assert!(family["xml"].as_str().is_some_and(|path| path.starts_with("PANASipPhoneConfig/Dev/")), "{family}");
    }
    let xsd = offhook(["schema", "--xsd"]);
    assert!(text(&xsd).contains("http://www.w3.org/2001/XMLSchema"));
    assert!(json(&offhook(["schema", "--json-schema"]))["properties"]["ADMIN_ID"].is_object());
}

#[test]
fn shells_get_completions() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        check(["completions", shell], 0, &["offhook"]);
    }
}

#[test]
fn a_file_too_large_for_any_format_is_not_cut_when_it_is_encrypted() {
    let desk = Desk::new();
    let large = desk.path("large.cfg");
    fs::write(&large, vec![b'#'; 1024 * 1024 + 1]).expect("a file");
    let sealed = desk.path("large.e1c");
    check(["encrypt", "--key", &"k".repeat(32), arg(&large), arg(&sealed)], 2, &["more than 1048576 bytes"]);
    assert!(!sealed.exists());
    check(["check", arg(&large)], 1, &["the file has more than 1048576 bytes, at most 122880 are allowed"]);
}

#[test]
fn the_event_of_a_notify_is_no_switch() {
    let desk = Desk::new();
    let file = desk.file("switch.cfg", &["CFG_RESYNC_FROM_SIP=\"Y\"", ""]);
    check(["check", arg(&file)], 0, &["resync-event-is-no-switch", "switch.cfg:2:1", "1 warning"]);
}

#[test]
fn a_setting_of_a_line_is_explained_with_the_title_of_its_own_page() {
    check(["explain", "SIP_TIMER_T1_2"], 0, &["VoIP > SIP Settings [Line 2] > Timer Settings > T1 Timer"]);
    check(["explain", "CODEC_PRIORITY4_3"], 0, &["VoIP Settings [Line 3] > CODEC Preferences > PCMU > Priority"]);
    check(["explain", "SIP_TIMER_T1"], 0, &["VoIP > SIP Settings [Line {line}] > Timer Settings > T1 Timer"]);
}

#[test]
fn options_that_stand_for_settings_take_what_the_settings_take() {
    check(["dialplan", "--macro-timer", "16", "1x.T", "12"], 2, &["is 16, allowed is 1 to 15"]);
    check(["dialplan", "--macro-timer", "3", "1x.T", "12"], 0, &["after 3 s"]);
    check(["decrypt", "--key", "k", "--key-length", "100", "in", "out"], 2, &["128 or 192 or 256 bits"]);
}

#[test]
fn json_has_each_file_once_and_what_is_wrong_between_files_apart() {
    let desk = Desk::new();
    let one = desk.file("one.cfg", &["PHONE_NUMBER_1=\"2001\"", ""]);
    let two = desk.file("two.cfg", &["PHONE_NUMBER_1=\"2001\"", ""]);
    let report = json(&offhook(["check", "--format", "json", arg(&one), arg(&two)]));
    assert_eq!(report["files"].as_array().map(Vec::len), Some(2), "{report}");
    assert_eq!(report["fleet"][0]["diagnostics"][0]["code"], "double-number", "{report}");
    let alone = json(&offhook(["check", "--format", "json", arg(&one)]));
    assert_eq!(alone["fleet"], serde_json::json!([]), "{alone}");
}

#[test]
fn the_reason_for_a_missing_state_folder_is_told_once() {
    let desk = Desk::new();
    let said = check(["explain", "SYSLOG_PORT", "--state", arg(&desk.path("none"))], 2, &["No such file"]);
    assert_eq!(said.matches("No such file").count(), 1, "{said}");
}

#[test]
fn a_slip_is_answered_with_settings_that_differ() {
    let said = check(["explain", "SIP_TMER_T1_2"], 2, &["did you mean SIP_TIMER_T1_2"]);
    assert_eq!(said.matches("SIP_TIMER_T1_").count(), 1, "{said}");
    check(["explain", "SIP_UIR"], 2, &["SIP_URI_1"]);
}

#[test]
fn commands_for_a_running_phone_say_how_to_start_one() {
    let desk = Desk::new();
    let state = desk.path("state");
    let state = state.to_str().expect("text");
    for command in
        [vec!["lines"], vec!["call", "2002"], vec!["dial", "2"], vec!["hang-up"], vec!["press", "3"], vec!["events"]]
    {
        let output = offhook(command.iter().copied().chain(["--state", state]));
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        let said = text(&output);
        assert!(said.contains(&format!("start it with `offhook run --state {state}`")), "{said}");
    }
    let output = offhook(["press", "25", "--state", state]);
    assert!(text(&output).contains("1..=24"), "{}", text(&output));
}
