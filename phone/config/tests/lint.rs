//! Checks over several settings, files and units.

use offhook_config::lint::{File, Fleet, Role, unit};
use offhook_config::{Format, Purpose, Reading, read_as};

const HEADER: &str = "# Panasonic SIP Phone Standard Format File #\r\n";

fn file(body: &str) -> String {
    format!("{HEADER}{}\r\n", body.replace('\n', "\r\n"))
}

fn read(text: &str) -> Reading<'_> {
    let reading = read_as(text.as_bytes(), Format::Plain, Purpose::File);
    assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
    reading
}

/// Checks files of one unit, each a body below the header: findings, with file and line of each place.
#[track_caller]
fn check(files: &[(Role, &str)], said: &[&str]) {
    let texts: Vec<String> = files.iter().map(|(_, body)| file(body)).collect();
    let readings: Vec<Reading<'_>> = texts.iter().map(|t| read(t)).collect();
    let files: Vec<File<'_>> = files
        .iter()
        .zip(&texts)
        .zip(&readings)
        .map(|(((role, _), text), reading)| File { role: *role, size: text.len(), reading })
        .collect();
    let found: Vec<String> = unit(&files)
        .iter()
        .map(|f| {
            let places: Vec<String> = f.places.iter().map(|p| format!("{}:{}", p.file, p.line)).collect();
            let remedy = f.remedy.as_ref().map(|r| format!("; {r}")).unwrap_or_default();
            format!("{} {}[{}]: {}{remedy}", places.join(" "), f.severity, f.code, f.message)
        })
        .collect();
    assert_eq!(found, said);
}

#[test]
fn rules_hold_over_what_files_give_together() {
    check(&[(Role::Standard, "RTP_PORT_MIN=\"16002\"")], &[]);
    let message = "RTP ports 17000 to 17200 are too few: the highest has to be at least 400 above the lowest";
    check(
        &[(Role::Standard, "RTP_PORT_MIN=\"17000\""), (Role::Master, "RTP_PORT_MAX=\"17200\"")],
        &[&format!("1:2 0:2 error[rtp-port-range]: {message}")],
    );
    // A file of a later role wins, whatever the order of the arguments.
    check(
        &[(Role::Standard, "RTP_PORT_MAX=\"20000\""), (Role::Master, "RTP_PORT_MIN=\"17000\"\nRTP_PORT_MAX=\"17200\"")],
        &[],
    );
}

#[test]
fn settings_without_effect() {
    let remedy = "it counts while CFG_CYCLIC is Y and CFG_RESYNC_TIME is empty";
    check(
        &[(Role::Standard, "CFG_CYCLIC_INTVL=\"60\"")],
        &[&format!("0:2 warning[no-effect]: CFG_CYCLIC_INTVL has no effect as things are; {remedy}")],
    );
    check(&[(Role::Standard, "CFG_CYCLIC_INTVL=\"60\"\nCFG_CYCLIC=\"Y\"")], &[]);
    check(&[(Role::Standard, "CFG_CYCLIC_INTVL=\"10080\"")], &[]);
}

#[test]
fn dial_plans() {
    check(&[(Role::Standard, "DIAL_PLAN_1=\"[2-9]11|01[2-9]x.\"")], &[]);
    let text = file("DIAL_PLAN_1=\"[12-21]\"");
    let reading = read(&text);
    let findings = unit(&[File { role: Role::Standard, size: text.len(), reading: &reading }]);
    assert_eq!(findings.len(), 1);
    assert_eq!((findings[0].code, findings[0].places[0].line), ("dial-plan", 2));
}

#[test]
fn button_arguments() {
    let button = |action: &str, argument: &str| {
        format!("FLEX_BUTTON_FACILITY_ACT2=\"X_PANASONIC_IPTEL_{action}\"\nFLEX_BUTTON_FACILITY_ARG2=\"{argument}\"")
    };
    for (action, argument) in
        [("DN", "1,1"), ("DN", "32,6"), ("HEADSET", ""), ("CONTACT", "1001"), ("ONETOUCH", "+4912*#")]
    {
        check(&[(Role::Standard, &button(action, argument))], &[]);
    }
    let line = "write ringtone (1 to 32), comma, line (1 to 6), for example \"1,2\"";
    let call = "write the number to call: 1 to 32 digits";
    for (action, argument, said, remedy) in [
        ("DN", "33,1", "error[button-argument]: FLEX_BUTTON_FACILITY_ARG2 must be a ringtone and a line", line),
        ("DN", "1,7", "error[button-argument]: FLEX_BUTTON_FACILITY_ARG2 must be a ringtone and a line", line),
        ("DN", "1", "warning[button-argument]: FLEX_BUTTON_FACILITY_ARG2 has no line number; line 1 is used", line),
        ("CONTACT", "", "error[button-argument]: FLEX_BUTTON_FACILITY_ARG2 must not be empty", call),
        (
            "ONETOUCH",
            "12,3",
            "error[button-argument]: FLEX_BUTTON_FACILITY_ARG2 must be a number of 1 to 32 digits",
            call,
        ),
    ] {
        let since = format!("since FLEX_BUTTON_FACILITY_ACT2 is X_PANASONIC_IPTEL_{action}");
        check(&[(Role::Standard, &button(action, argument))], &[&format!("0:2 0:3 {said}, {since}; {remedy}")]);
    }
    check(
        &[(Role::Standard, "FLEX_BUTTON_FACILITY_ACT1=\"X_PANASONIC_IPTEL_CONTACT\"")],
        &[&format!(
            "0:2 error[button-argument]: FLEX_BUTTON_FACILITY_ARG1 still has its factory value, which is no number to call, since FLEX_BUTTON_FACILITY_ACT1 is X_PANASONIC_IPTEL_CONTACT; {call}"
        )],
    );
}

#[test]
fn shared_files_are_for_all() {
    let body = "PHONE_NUMBER_1=\"1001\"\nCFG_STANDARD_FILE_PATH=\"http://h/0080f0123456.cfg\"\nPROVISION_ENABLE=\"Y\"";
    check(
        &[(Role::Master, body)],
        &[
            "0:2 warning[own-in-shared]: PHONE_NUMBER_1 is set for every unit that reads this file, and belongs to one; set it in the standard file",
            "0:3 warning[mac-in-shared]: CFG_STANDARD_FILE_PATH has the MAC address 0080f0123456 of one unit, in a file for many; write {mac} or {MAC} in its place",
        ],
    );
    check(&[(Role::Standard, body)], &[]);
}

#[test]
fn all_files_together_have_a_limit() {
    let long = "# long\n".repeat(9000);
    check(&[(Role::Master, &long)], &[]);
    check(
        &[(Role::Master, &long), (Role::Standard, &long)],
        &[
            " error[total-size]: the files of the unit have 144096 bytes together, at most 122880 are allowed; leave out settings that keep their factory values",
        ],
    );
}

#[test]
fn fleets() {
    let files = [
        ("a/0080F0000001.cfg", "PHONE_NUMBER_1=\"1001\"\nSIP_URI_1=\"sip:1001@h\""),
        ("b/Config0080f0000001.cfg", "PHONE_NUMBER_1=\"1002\""),
        ("c/0080f0000003.cfg", "PHONE_NUMBER_2=\"1001\"\nSIP_URI_2=\"sip:1001@h\""),
        ("c/0080f0000004.cfg", "SIP_URI_1=\"sip:9@h\"\nSIP_URI_2=\"9\"\nSIP_SVCDOMAIN_2=\"h\""),
        ("c/0080f0000005.cfg", "PHONE_NUMBER_1=\"7\"\nSHARED_CALL_ENABLE_1=\"Y\""),
        ("c/0080f0000006.cfg", "PHONE_NUMBER_1=\"7\"\nSHARED_CALL_ENABLE_1=\"Y\""),
    ];
    let mut fleet = Fleet::default();
    for (name, body) in files {
        let text = file(body);
        let mut other = Fleet::default();
        other.add(name, &read_as(text.as_bytes(), Format::Plain, Purpose::File));
        fleet.merge(other);
    }
    let found: Vec<String> = fleet
        .findings()
        .iter()
        .map(|f| {
            let spots: Vec<String> = f.spots.iter().map(|s| format!("{}:{}", s.file, s.line)).collect();
            format!("{}: {} ({})", f.code, f.message, spots.join(", "))
        })
        .collect();
    assert_eq!(
        found,
        [
            "double-number: phone number 1001 is given 2 times (a/0080F0000001.cfg:2, c/0080f0000003.cfg:2)",
            "double-extension: extension 9@h is given 2 times (c/0080f0000004.cfg:2, c/0080f0000004.cfg:3)",
            "double-mac: MAC address 0080f0000001 has 2 files (a/0080F0000001.cfg:0, b/Config0080f0000001.cfg:0)",
        ]
    );
}
