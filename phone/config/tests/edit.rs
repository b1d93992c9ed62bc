//! Edits in place: what changes, and what stays.

use offhook_config::edit::edit;
use offhook_params::{ParamId, lookup};

fn id(name: &str) -> ParamId {
    lookup(name).expect("a setting").id
}

#[track_caller]
fn check(before: &str, changes: &[(&str, Option<&str>)], after: &str) {
    let changes: Vec<_> = changes.iter().map(|(name, value)| (id(name), *value)).collect();
    assert_eq!(edit(before, &changes).expect("a good file"), after);
}

const PLAIN: &str = "\
# Panasonic SIP Phone Standard Format File #
# Ours; do not touch.

## Syslog
SYSLOG_ADDR=\"\"
# The collector's port:
SYSLOG_PORT=\"514\"

NTP_ADDR = \"wrong\"
SYSLOG_PORT=\"515\"

";

#[test]
fn plain_text_keeps_what_is_not_meant() {
    check(PLAIN, &[], PLAIN);
    check(PLAIN, &[("SYSLOG_PORT", Some("516"))], &PLAIN.replace("SYSLOG_PORT=\"514\"", "SYSLOG_PORT=\"516\""));
    check(
        PLAIN,
        &[("SYSLOG_PORT", None)],
        &PLAIN.replace("SYSLOG_PORT=\"514\"\n", "").replace("SYSLOG_PORT=\"515\"\n", ""),
    );
    check(
        PLAIN,
        &[("NTP_ADDR", Some("ntp.example.com")), ("TIME_SYNC_INTVL", Some("30"))],
        &PLAIN
            .replace("\"515\"\n", "\"515\"\n\n## Time server\nNTP_ADDR=\"ntp.example.com\"\nTIME_SYNC_INTVL=\"30\"\n"),
    );
}

#[test]
fn new_lines_join_their_group() {
    let header = "# Panasonic SIP Phone Standard Format File #\r\n";
    check(
        &format!("{header}CFG_CYCLIC=\"Y\"\r\nSYSLOG_PORT=\"514\""),
        &[("CFG_CYCLIC_INTVL", Some("60")), ("SYSLOG_ADDR", Some("h")), ("LINE_ENABLE_1", Some("Enabled"))],
        &format!(
            "{header}CFG_CYCLIC=\"Y\"\r\nCFG_CYCLIC_INTVL=\"60\"\r\nSYSLOG_ADDR=\"h\"\r\nSYSLOG_PORT=\"514\"\r\nLINE_ENABLE_1=\"Enabled\"\r\n"
        ),
    );
}

const XML: &str = "\
<?xml version=\"1.0\" encoding=\"utf-8\"?>
<!-- # Panasonic SIP Phone Standard Format File # -->
<PANASipPhoneConfig>
  <Dev>
    <Srv>
      <Prof>
        <!-- All lines. -->
        <SIP>
          <ProxyServer SIP_PRXY_ADDR_1='a' SIP_PRXY_ADDR_2=\"b\" />
        </SIP>
        <Line ID=\"2\"/>
      </Prof>
    </Srv>
    <X_P_IPTEL_Syslog><SyslogPort SYSLOG_PORT=\"514\"/></X_P_IPTEL_Syslog>
  </Dev>
</PANASipPhoneConfig>
";

#[test]
fn xml_keeps_what_is_not_meant() {
    check(XML, &[], XML);
    check(XML, &[("SIP_PRXY_ADDR_1", Some("c"))], &XML.replace("'a'", "'c'"));
    check(XML, &[("SIP_PRXY_ADDR_3", Some("c"))], &XML.replace("\"b\" />", "\"b\" SIP_PRXY_ADDR_3=\"c\" />"));
    check(XML, &[("SIP_PRXY_ADDR_2", None)], &XML.replace(" SIP_PRXY_ADDR_2=\"b\"", ""));
    check(
        XML,
        &[("SIP_PRXY_ADDR_1", None), ("SIP_PRXY_ADDR_2", None)],
        &XML.replace(
            "        <SIP>\n          <ProxyServer SIP_PRXY_ADDR_1='a' SIP_PRXY_ADDR_2=\"b\" />\n        </SIP>\n",
            "",
        ),
    );
    check(
        XML,
        &[("SYSLOG_PORT", None)],
        &XML.replace("    <X_P_IPTEL_Syslog><SyslogPort SYSLOG_PORT=\"514\"/></X_P_IPTEL_Syslog>\n", ""),
    );
}

#[test]
fn xml_grows_the_elements_it_needs() {
    check(
        XML,
        &[("DISPLAY_NAME_2", Some("O'Neil & <Co>"))],
        &XML.replace(
            "<Line ID=\"2\"/>",
            "<Line ID=\"2\">\n          <CallingFeatures>\n            \
             <CallerIDName DISPLAY_NAME_2=\"O&apos;Neil &amp; &lt;Co&gt;\"/>\n          </CallingFeatures>\n        </Line>",
        ),
    );
    check(
        XML,
        &[("LINE_ENABLE_1", Some("Enabled"))],
        &XML.replace(
            "      </Prof>",
            "        <Line ID=\"1\">\n          <Enable LINE_ENABLE_1=\"Enabled\"/>\n        </Line>\n      </Prof>",
        ),
    );
    check(
        XML,
        &[("SYSLOG_ADDR", Some("h"))],
        &XML.replace("/></X_P", "/>\n      <SyslogAddress SYSLOG_ADDR=\"h\"/>\n    </X_P"),
    );
}

#[test]
fn refused_files_are_not_edited() {
    for text in ["", "SYSLOG_PORT=\"514\"\r\n", "<PANASipPhoneConfig>", "<a/>"] {
        let error = edit(text, &[(id("SYSLOG_PORT"), None)]).expect_err(text);
        assert!(error.to_string().contains("cannot be edited"), "{error}");
    }
}
