//! What the plain-text reader says, and what it takes: one table of files.

use offhook_config::{Format, Purpose, Reading, Severity, read, read_as};

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
    let text = format!("{HEADER}{body}\r\n");
    let reading = read_as(text.as_bytes(), Format::Plain, Purpose::File);
    assert!(!reading.void, "{:#?}", findings(&reading));
    assert_eq!(findings(&reading), said, "{body}");
    assert_eq!(settings(&reading), taken, "{body}");
}

/// Checks a line that is skipped: the good one behind it is still taken.
#[track_caller]
fn skipped(line: &str, said: &[&str]) {
    check(&format!("{line}\r\nHTTP_VER=\"1\""), &["HTTP_VER=1"], said);
}

/// Checks a whole file that is refused as such.
#[track_caller]
fn void(bytes: impl AsRef<[u8]>, said: &[&str]) {
    let reading = read(bytes.as_ref(), Purpose::File);
    assert_eq!(findings(&reading), said);
    assert!(reading.void && reading.entries.is_empty());
}

#[test]
fn good_lines() {
    check("", &[], &[]);
    check("# c\r\n\r\nSYSLOG_ADDR=\"\"", &["SYSLOG_ADDR="], &[]);
    check("#NTP_ADDR = x", &[], &[]);
    check("DISPLAY_NAME_1=\"J = # ' & <\u{e9}>\"", &["DISPLAY_NAME_1=J = # ' & <\u{e9}>"], &[]);
    let longest = format!("DIAL_PLAN_1=\"{}\"", "x".repeat(500));
    check(&longest, &[&longest.replace('"', "")], &[]);
}

#[test]
fn blanks_and_comments() {
    skipped(
        "SYSLOG_PORT = \"515\"",
        &["2:12: error[blank-outside-quotes]: there are blanks outside the quotes; write SYSLOG_PORT=\"515\""],
    );
    skipped(
        "  SYSLOG_PORT=\"515\"",
        &["2:1: error[blank-outside-quotes]: there are blanks outside the quotes; write SYSLOG_PORT=\"515\""],
    );
    skipped(
        "SYSLOG_PORT=\"515\"\t",
        &["2:18: error[blank-outside-quotes]: there are blanks behind the value; write SYSLOG_PORT=\"515\""],
    );
    skipped(
        "SYSLOG_PORT=\"515\" # port",
        &[
            "2:18: error[trailing-comment]: a comment may not follow a setting in its line; give the comment a line of its own",
        ],
    );
    skipped(
        "   # comment",
        &["2:1: error[blank-outside-quotes]: the comment has blanks in front; begin the line with #"],
    );
    skipped("  ", &["2:1: warning[blank-line]: the line has nothing but blanks; empty it"]);
    skipped("// comment", &["2:1: error[no-setting]: the line is no setting and no comment; begin comments with #"]);
    skipped(
        "SIP_PASS_1=\"secret\";",
        &["2:20: error[text-after-value]: something follows the value; write SIP_PASS_1=\"...\""],
    );
}

#[test]
fn quotes() {
    skipped(
        "DISPLAY_NAME_1=\u{201c}John\u{201d}",
        &[
            "2:17: error[typographic-quotes]: the value has typographic quotes, which word processors make; write DISPLAY_NAME_1=\"John\"",
        ],
    );
    skipped(
        "SYSLOG_PORT=\u{201c}514\"",
        &[
            "2:14: error[typographic-quotes]: the value has typographic quotes, which word processors make; write SYSLOG_PORT=\"514\"",
        ],
    );
    skipped(
        "SYSLOG_PORT='514'",
        &["2:14: error[single-quotes]: the value has single quotes; write SYSLOG_PORT=\"514\""],
    );
    skipped(
        "SYSLOG_PORT=514 # port",
        &[
            "2:13: error[no-quotes]: the value has no quotes; write SYSLOG_PORT=\"514\"",
            "2:16: error[trailing-comment]: a comment may not follow a setting in its line; give the comment a line of its own",
        ],
    );
    skipped(
        "DISPLAY_NAME_1=\"J. \"Joe\" D.\"",
        &["2:21: error[inner-quote]: the value has a double quote, which cannot be written in a file of this format"],
    );
    skipped(
        "SYSLOG_PORT",
        &["2:1: error[no-setting]: \"SYSLOG_PORT\" is no setting: it has no =; write SYSLOG_PORT=\"...\""],
    );
    skipped(
        "SYSLOG_PORT: 514",
        &["2:1: error[no-setting]: \"SYSLOG_PORT\" is no setting: it has no =; write SYSLOG_PORT=\"...\""],
    );
    skipped(
        "SYSLOG_PORT=",
        &[
            "2:1: error[no-quotes]: the value is missing; write SYSLOG_PORT=\"\"",
            "2:13: error[bad-value]: the value of SYSLOG_PORT must not be empty; write, for example, SYSLOG_PORT=\"514\"",
        ],
    );
}

#[test]
fn names() {
    skipped(
        "SIP_PXRY_ADDR_2=\"h\"",
        &["2:1: error[unknown-name]: \"SIP_PXRY_ADDR_2\" is no setting; did you mean SIP_PRXY_ADDR_2?"],
    );
    skipped("ADMINPASS=\"secret\"", &["2:1: error[unknown-name]: \"ADMINPASS\" is no setting; write ADMIN_PASS"]);
    skipped(
        "FLEX_BUTTON_FACILITY_LABEL1=\"a\"",
        &["2:1: error[unknown-name]: \"FLEX_BUTTON_FACILITY_LABEL1\" is no setting; write FLEX_BUTTON_LABEL1"],
    );
    skipped("QQQ=\"1\"", &["2:1: error[unknown-name]: \"QQQ\" is no setting"]);
    skipped(
        "syslog_port=\"1\"",
        &["2:1: error[name-case]: names are in capital letters: \"syslog_port\" is no setting; write SYSLOG_PORT"],
    );
    skipped(
        "SIP_URI_7=\"a\"",
        &[
            "2:1: error[other-model]: \"SIP_URI_7\" is no setting: there is no line 7 (other models have 8 lines); line numbers are 1 to 6",
        ],
    );
    skipped(
        "SIP_URI_9=\"a\"",
        &["2:1: error[no-such-number]: \"SIP_URI_9\" is no setting: there is no line 9; line numbers are 1 to 6"],
    );
    skipped(
        "CODEC_ENABLE2_1=\"Y\"",
        &[
            "2:1: error[no-such-number]: \"CODEC_ENABLE2_1\" is no setting: there is no codec 2; codec numbers are 0, 1, 3, 4",
        ],
    );
    skipped(
        "SIP_URI=\"a\"",
        &["2:1: error[no-such-number]: \"SIP_URI\" is no setting: its number is missing; write SIP_URI_1 to SIP_URI_6"],
    );
    skipped(
        "NTP_ADDR_1=\"h\"",
        &[
            "2:1: error[no-such-number]: \"NTP_ADDR_1\" is no setting: it is set once for the unit, without a number; write NTP_ADDR",
        ],
    );
    skipped("LDAP_SERVER=\"h\"", &["2:1: error[other-model]: \"LDAP_SERVER\" is a setting of other models; remove it"]);
    skipped(
        "LOCAL_TIME_ZONE_POSIX=\"GMT0\"",
        &[
            "2:1: error[other-model]: \"LOCAL_TIME_ZONE_POSIX\" is a setting of other models; this model has TIME_ZONE_COUNTRY for it",
        ],
    );
    check(
        "PROFILE_ENABLE_2=\"Enabled\"",
        &["PROFILE_ENABLE2=Enabled"],
        &["2:1: note[alias]: PROFILE_ENABLE_2 is read as PROFILE_ENABLE2"],
    );
}

#[test]
fn values() {
    skipped(
        "FIRSTDIGIT_TIM=\"601\"",
        &[
            "2:17: error[bad-value]: the value of FIRSTDIGIT_TIM is 601, allowed is 1 to 600; write, for example, FIRSTDIGIT_TIM=\"30\"",
        ],
    );
    skipped(
        "ADMIN_PASS=\"short\"",
        &["2:13: error[bad-value]: the value of ADMIN_PASS has 5 characters, at least 6 are needed"],
    );
    skipped(
        "DIAL_TONE1_TIMING=\"500/500\"",
        &[
            "2:20: error[bad-value]: the value of DIAL_TONE1_TIMING must be a whole number: 0 to 16000; separate the numbers by commas: DIAL_TONE1_TIMING=\"500,500\"",
        ],
    );
    skipped(
        "DIAL_TONE1_TIMING=\"a/b\"",
        &[
            "2:20: error[bad-value]: the value of DIAL_TONE1_TIMING must be a whole number: 0 to 16000; write, for example, DIAL_TONE1_TIMING=\"60,0\"",
        ],
    );
    check(
        "SIP_URI_1=\"1001\"",
        &["SIP_URI_1=1001"],
        &["2:12: warning[sip-uri-form]: the value of SIP_URI_1 has no host; the line's service domain is used"],
    );
    check(
        "SYSLOG_PORT=\"1\"\r\nSYSLOG_PORT=\"2\"",
        &["SYSLOG_PORT=1"],
        &[
            "3:1: warning[duplicate]: SYSLOG_PORT is set in line 2 already; the first value counts; remove one of the two",
        ],
    );
    // A line with a fault counts as absent, so the next one is the first.
    check(
        "SYSLOG_PORT=\"x\"\r\nSYSLOG_PORT=\"2\"",
        &["SYSLOG_PORT=2"],
        &[
            "2:14: error[bad-value]: the value of SYSLOG_PORT must be a whole number: 1 to 65535; write, for example, SYSLOG_PORT=\"514\"",
        ],
    );
    skipped(
        "NTP_ADDR=\"a\u{0}b\"",
        &[
            "2:11: error[bad-value]: the value of NTP_ADDR has the control character U+0000 at character 2, allowed are letters, digits, \"-\", \"_\" and \".\"; write, for example, NTP_ADDR=\"pool.ntp.org\"",
        ],
    );
    skipped(
        &format!("DIAL_PLAN_1=\"{}\"", "x".repeat(522)),
        &[
            "2:1: error[line-too-long]: the line has 538 bytes, at most 537 with its end are read; it is skipped; shorten the value",
        ],
    );
}

#[test]
fn settings_of_other_methods() {
    let text = format!("{HEADER}CONNECTION_TYPE=\"x\"\r\n");
    let own = offhook_params::ParamId::all().find(|id| !id.family().file).expect("there are settings of the web page");
    let line = format!("{HEADER}{own}=\"{}\"\r\n", own.default());
    let reading = read(line.as_bytes(), Purpose::File);
    assert_eq!(reading.entries, []);
    let finding = &reading.diagnostics[0];
    assert_eq!((finding.severity, finding.code), (Severity::Error, "not-in-file"));
    let remedy = finding.remedy.as_deref().expect("a place");
    assert!(remedy.starts_with("set it on the "), "{remedy}");
    assert_eq!(read(line.as_bytes(), Purpose::State).entries.len(), 1);
    assert!(read(text.as_bytes(), Purpose::State).has_errors());
}

#[test]
fn line_ends() {
    let of = |text: &str| {
        let reading = read(text.as_bytes(), Purpose::File);
        (settings(&reading), findings(&reading))
    };
    let taken = vec!["SYSLOG_PORT=1".to_owned()];
    let lf = "1:70: warning[line-end]: the lines end in LF alone; end each line with CR LF".to_owned();
    let open = "2:16: warning[last-line]: the last line has no line end; end the file with an empty line".to_owned();
    let body = format!("{HEADER}SYSLOG_PORT=\"1\"\r\n");
    assert_eq!(of(&body), (taken.clone(), vec![]));
    assert_eq!(of(&body.replace('\r', "")), (taken.clone(), vec![lf.clone()]));
    assert_eq!(of(body.trim_end()), (taken.clone(), vec![open.clone()]));
    assert_eq!(
        of(body.replace('\r', "").trim_end()),
        (taken.clone(), vec![lf.replace("the lines end", "1 of 2 lines end"), open])
    );
    assert_eq!(of(&body.replacen('\r', "", 1)), (taken.clone(), vec![lf.replace("the lines end", "1 of 2 lines end")]));
    assert_eq!(
        of(&format!("\u{feff}{body}")),
        (
            taken,
            vec!["1:1: warning[byte-order-mark]: the file begins with a byte order mark; save it as UTF-8 without BOM: other phones take it for a missing header".to_owned()]
        )
    );
    check(
        "SYSLOG_PORT=\"1\"\r\r\nSYSLOG_PORT=\"1\"\rNTP_ADDR=\"h\"",
        &[],
        &[
            "2:16: error[lone-cr]: the line ends in more than one CR; write SYSLOG_PORT=\"1\"",
            "3:16: error[lone-cr]: a CR stands in the middle of the line; write SYSLOG_PORT=\"1\"",
        ],
    );
}

#[test]
fn values_over_several_lines() {
    let unclosed = "; nothing of the file is used; write the value and its quotes in one line";
    void(
        format!("{HEADER}DISPLAY_NAME_1=\"John\r\nSmith\"\r\nHTTP_VER=\"1\"\r\n"),
        &[&format!("2:16: error[open-quote]: the quote does not close in its line{unclosed}")],
    );
    // What follows the value is read again.
    void(
        format!("{HEADER}DISPLAY_NAME_1=\"John\r\nHTTP_VER=\"1\"\r\nQQQ\r\n"),
        &[
            &format!("2:16: error[open-quote]: the quote does not close in its line{unclosed}"),
            "4:1: error[no-setting]: \"QQQ\" is no setting: it has no =; write NAME=\"value\"",
        ],
    );
    void(
        format!("{HEADER}DISPLAY_NAME_1=\"John"),
        &[
            &format!("2:16: error[open-quote]: the quote does not close in its line{unclosed}"),
            "2:21: warning[last-line]: the last line has no line end; end the file with an empty line",
        ],
    );
    void(
        format!("{HEADER}SYSLOG_PORT=\"514\u{201d}\r\n"),
        &[
            "2:13: error[open-quote]: the quote does not close: the one at its end is typographic; nothing of the file is used; write SYSLOG_PORT=\"514\"",
        ],
    );
}

#[test]
fn refused_files() {
    let remedy = format!("; nothing of the file is used; begin the file with: {}", HEADER.trim_end());
    void("", &[&format!("1:1: error[no-header]: the file is empty{remedy}")]);
    void("SYSLOG_PORT=\"514\"\r\n", &[&format!("1:1: error[no-header]: the first line is not the header{remedy}")]);
    void(
        format!("\r\n{HEADER}"),
        &[&format!("1:1: error[no-header]: the header stands in line 2, not in the first line{remedy}")],
    );
    void(
        "# panasonic SIP Phone  Standard Format File #\r\n",
        &[&format!(
            "1:1: error[no-header]: the header of the first line is not written as it has to be, to the letter and the blank{remedy}"
        )],
    );
    void(
        "# PCC Standard Format File #\r\n",
        &[&format!("1:1: error[no-header]: the first line is the header of files for another model{remedy}")],
    );
    void(
        format!("{HEADER}SYSLOG_PORT=\"514\"\r\n").replace('\n', ""),
        &[
            "1:70: error[cr-only]: the lines end in CR alone, so that all of them are one comment; nothing of the file is used; end each line with CR LF",
            "1:89: warning[last-line]: the last line has no line end; end the file with an empty line",
        ],
    );
    let utf16 = "1:1: error[not-utf-8]: the file is UTF-16, not UTF-8; nothing of it is used; save it as \"UTF-8\", which some editors call \"UTF-8 without BOM\"";
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        for mark in ["", "\u{feff}"] {
            let text = format!("{mark}{HEADER}");
            void(text.encode_utf16().flat_map(order).collect::<Vec<u8>>(), &[utf16]);
        }
    }
    void(
        [HEADER.as_bytes(), b"DISPLAY_NAME_1=\"Jos\xe9\"\r\n"].concat(),
        &[
            "2:20: error[not-utf-8]: byte 0xE9 is not UTF-8; nothing of the file is used; save the file as \"UTF-8\"; it may be Latin-1, Windows-1252 or no text at all",
        ],
    );
    void(
        b"Salted__12345678",
        &[
            "1:1: error[encrypted]: the file is encrypted; nothing of it is used as it is; decrypt it first; its name has to end in .e1c, .e2c or .e3c",
        ],
    );
    void(
        HEADER.to_owned() + &"#\r\n".repeat(41_000),
        &[
            "1:1: error[file-too-large]: the file has 123071 bytes, at most 122880 are allowed; nothing of it is used; split it into a master, a product and a standard file",
        ],
    );
}

#[test]
fn broken_files_yield_bounded_reports() {
    let text = format!("{HEADER}{}", "AAAA_BBBB_CCCC_DDDD\n".repeat(6000));
    let reading = read(text.as_bytes(), Purpose::File);
    assert_eq!(reading.diagnostics.len(), 1001);
    let text = format!("{HEADER}{}", "SIP_PXRY=\"\"\r\n".repeat(9000));
    assert_eq!(read(text.as_bytes(), Purpose::File).diagnostics.len(), 1001);
}
