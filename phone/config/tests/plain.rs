//! What the plain-text reader says, and what it takes: one table of files.

use offhook_config::{Format, Purpose, Reading, read_as};

const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!\r\n";

fn settings(reading: &Reading<'_>) -> Vec<String> {
    reading.entries.iter().map(|e| format!("{}={}", e.id, e.value)).collect()
}

fn findings(reading: &Reading<'_>) -> Vec<String> {
    reading.diagnostics.iter().map(ToString::to_string).collect()
}

/// Checks a file below the header: the settings that are taken, and the findings.
#[track_caller]
fn check(body: &str, taken: &[&str], said: &[&str]) {
    let text = format!("{HEADER}{body}");
    let reading = read_as(text.as_bytes(), Format::Plain, Purpose::File);
    assert!(!reading.void, "{:#?}", findings(&reading));
    assert_eq!(findings(&reading), said, "{body}");
    assert_eq!(settings(&reading), taken, "{body}");
}

/// Checks a whole file that is refused as such.
#[track_caller]
fn void(bytes: impl AsRef<[u8]>, said: &[&str]) {
    let reading = read_as(bytes.as_ref(), Format::Plain, Purpose::File);
    assert_eq!(findings(&reading), said);
    assert!(reading.void && reading.entries.is_empty());
}

#[test]
fn good_lines() {
    check("", &[], &[]);
    check("# c\r\n\r\nSYSLOG_ADDR=\"\"\r\n", &["SYSLOG_ADDR="], &[]);
    check("DISPLAY_NAME_1=\"J = # ' & <\u{e9}>\"\r\n", &["DISPLAY_NAME_1=J = # ' & <\u{e9}>"], &[]);
}

#[test]
fn skipped_lines() {
    check(
        "SYSLOG_PORT = \"515\"\r\n",
        &[],
        &["2:12: error[blank-outside-quotes]: there are blanks outside the quotes; write SYSLOG_PORT=\"515\""],
    );
}
