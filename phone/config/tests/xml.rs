//! What the XML reader says, and what it takes: one table of files.

use offhook_config::{Format, Purpose, Reading, WriteOptions, read, write};
use offhook_params::{ParamId, lookup};

const TOP: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- # Panasonic SIP Phone Standard Format File # -->\n";

fn settings(reading: &Reading<'_>) -> Vec<String> {
    reading.entries.iter().map(|e| format!("{}={}", e.id, e.value)).collect()
}

fn findings(reading: &Reading<'_>) -> Vec<String> {
    reading.diagnostics.iter().map(ToString::to_string).collect()
}

/// Checks a whole file.
#[track_caller]
fn whole(text: &str, taken: &[&str], said: &[&str]) {
    let reading = read(text.as_bytes(), Purpose::File);
    assert_eq!(reading.format, Format::Xml);
    assert_eq!(findings(&reading), said, "{text}");
    assert_eq!(settings(&reading), taken, "{text}");
    assert!(!reading.void);
}

/// Checks what stands in `Dev`, which begins in column 1 of line 5.
#[track_caller]
fn check(body: &str, taken: &[&str], said: &[&str]) {
    let text = format!("{TOP}<PANASipPhoneConfig>\n<Dev>\n{body}\n</Dev>\n</PANASipPhoneConfig>\n");
    whole(&text, taken, said);
}

/// Checks a file that is refused as such.
#[track_caller]
fn void(text: &str, said: &str) {
    let reading = read(text.as_bytes(), Purpose::File);
    let last = reading.diagnostics.iter().find(|d| d.message.ends_with("of the file is used"));
    assert_eq!(
        last.map(ToString::to_string).as_deref(),
        Some(&*format!("{said}; nothing of the file is used")),
        "{text}"
    );
    assert!(reading.void && reading.entries.is_empty());
}

#[test]
fn good_files() {
    check("", &[], &[]);
    check("<X_P_IPTEL_Syslog><SyslogPort SYSLOG_PORT = '515'/></X_P_IPTEL_Syslog>", &["SYSLOG_PORT=515"], &[]);
    // One element for all lines, one for each, and the aliases of other models.
    let taken = ["SIP_PRXY_ADDR_1=a", "SIP_PRXY_ADDR_2=b"];
    check("<Srv><Prof><SIP><ProxyServer SIP_PRXY_ADDR_1=\"a\" SIP_PRXY_ADDR_2=\"b\"/></SIP></Prof></Srv>", &taken, &[]);
    check(
        "<Srv><Prof><SIP><ProxyServer SIP_PRXY_ADDR_1=\"a\"/><ProxyServer SIP_PRXY_ADDR_2=\"b\"/></SIP></Prof></Srv>",
        &taken,
        &[],
    );
    check(
        "<Srv><Prof><Line ID=\"3\"><X_P_IPTEL_Jitter><MaximumDelay MAX_DELAY_3=\"20\"/></X_P_IPTEL_Jitter></Line></Prof></Srv>",
        &["MAX_DELAY_3=20"],
        &[],
    );
    check(
        "<Srv><Prof><Line ID=\"1\"><CallingFeatures><CallerIDName DISPLAY_NAME_1=\"&lt;&#x26;&#38;&apos;&quot;é\"/></CallingFeatures></Line></Prof></Srv>",
        &[],
        &[
            "5:72: error[bad-value]: the value of DISPLAY_NAME_1 has a double quote at character 5, control characters and \" are not allowed; write, for example, DISPLAY_NAME_1=\"Zoë Brown\"",
        ],
    );
}

#[test]
fn headers() {
    let root = "<PANASipPhoneConfig><Dev/></PANASipPhoneConfig>";
    let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let header = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!";
    let no_header = "no-header]: the file has no header comment; write <!-- # Panasonic SIP Phone Standard Format File # --> behind the XML declaration";
    let no_declaration =
        "no-declaration]: the file has no XML declaration; begin it with <?xml version=\"1.0\" encoding=\"utf-8\"?>";
    whole(&format!("{declaration}<!--{header}-->{root}"), &[], &[]);
    whole(&format!("\u{feff}{declaration}<!-- a --><!--{header}-->{root}"), &[], &[]);
    whole(&format!("{header}\r\n{declaration}{root}"), &[], &[]);
    whole(&format!("{declaration}{root}"), &[], &[&format!("1:1: warning[{no_header}")]);
    whole(root, &[], &[&format!("1:1: warning[{no_header}"), &format!("1:1: warning[{no_declaration}")]);
    whole(
        &format!("{declaration}<PANASipPhoneConfig><!--{header}--></PANASipPhoneConfig>"),
        &[],
        &[
            "1:59: warning[header-place]: the header comment stands inside or behind the root element; move it right behind the XML declaration",
        ],
    );
    whole(
        &format!("<?xml version='1.0' standalone='yes'?><!--{header}-->{root}"),
        &[],
        &[
            "1:6: warning[declaration]: the XML declaration has no encoding; utf-8 is assumed; write <?xml version=\"1.0\" encoding=\"utf-8\"?>",
            "1:21: warning[declaration]: the XML declaration has more than version and encoding",
        ],
    );
    void(
        &format!("<?xml version='1.1'?>{root}"),
        "1:16: error[xml-version]: XML version \"1.1\" is not read, only 1.0",
    );
    void(
        &format!("<?xml version='1.0' encoding='Shift_JIS'?>{root}"),
        "1:31: error[xml-encoding]: encoding \"Shift_JIS\" is not read, only utf-8",
    );
    void(&format!(" {declaration}{root}"), "1:2: error[malformed-xml]: the XML declaration does not come first");
}

#[test]
fn places() {
    check(
        "<X_P_IPTEL_Syslog SYSLOG_PORT=\"515\"/>",
        &["SYSLOG_PORT=515"],
        &[
            "5:19: warning[other-place]: SYSLOG_PORT stands in another element than its own; it is read all the same; its place is PANASipPhoneConfig/Dev/X_P_IPTEL_Syslog/SyslogPort",
        ],
    );
    check(
        "<Syslog><SyslogPort SYSLOG_PORT=\"515\"/></Syslog>",
        &["SYSLOG_PORT=515"],
        &[
            "5:2: warning[unknown-element]: \"Syslog\" is no element of the schema here; its attributes are read all the same",
            "5:21: warning[other-place]: SYSLOG_PORT stands in another element than its own; it is read all the same; its place is PANASipPhoneConfig/Dev/X_P_IPTEL_Syslog/SyslogPort",
        ],
    );
    check(
        "<srv/>text",
        &[],
        &[
            "5:2: warning[unknown-element]: \"srv\" is no element of the schema here; write Srv",
            "5:7: warning[stray-text]: text between elements has no meaning here; write settings as attributes",
        ],
    );
    check(
        "<Srv><Prof><Line ID=\"1\"><Enable LINE_ENABLE_2=\"Enabled\"/></Line></Prof></Srv>",
        &["LINE_ENABLE_2=Enabled"],
        &[
            "5:33: warning[id-disagrees]: LINE_ENABLE_2 stands in Line ID=\"1\"; its name decides; its place is PANASipPhoneConfig/Dev/Srv/Prof/Line ID=\"2\"/Enable",
        ],
    );
    check(
        "<Srv><Prof><Line ID=\"7\"/><Line/><SIP ID=\"1\"/></Prof></Srv>",
        &[],
        &[
            "5:22: warning[bad-id]: there is no line \"7\"; IDs are 1, 2, 3, 4, 5, 6",
            "5:27: warning[no-id]: Line has no ID, which is the number of the line",
            "5:38: warning[stray-id]: SIP has no ID",
        ],
    );
    check(
        "<Srv SIP_PXRY_ADDR_2='h' xmlns:xsi='x' xsi:y='z'/>",
        &[],
        &["5:6: error[unknown-name]: \"SIP_PXRY_ADDR_2\" is no setting; did you mean SIP_PRXY_ADDR_2?"],
    );
    check(
        "<X_P_IPTEL_Syslog><SyslogPort SYSLOG_PORT=\"1\"/><SyslogPort SYSLOG_PORT=\"2\"/></X_P_IPTEL_Syslog>",
        &["SYSLOG_PORT=1"],
        &[
            "5:60: warning[duplicate]: SYSLOG_PORT is set in line 5 already; the first value counts; remove one of the two",
        ],
    );
}

#[test]
fn refused_files() {
    void(
        "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;\">]><PANASipPhoneConfig>&c;</PANASipPhoneConfig>",
        "1:1: error[dtd]: document type definitions and entities are refused",
    );
    void(
        "<html><body>404</body></html>",
        "1:2: error[wrong-root]: the root element is \"html\", not PANASipPhoneConfig",
    );
    let root = |inner: &str| format!("<PANASipPhoneConfig>{inner}</PANASipPhoneConfig>");
    void(
        &root("<Dev>"),
        "1:26: error[malformed-xml]: the XML is not well-formed: ill-formed document: expected `</Dev>`, but `</PANASipPhoneConfig>` was found",
    );
    void("<PANASipPhoneConfig><Dev>", "1:26: error[malformed-xml]: the file ends before its elements are closed");
    void("<PANASipPhoneConfig/><a/>", "1:22: error[malformed-xml]: there is more than one root element");
    void("<PANASipPhoneConfig/>a", "1:22: error[malformed-xml]: there is text outside the root element");
    void("<!-- a -->", "1:11: error[malformed-xml]: the file has no element");
    void(&root("<Dev a=1/>"), "1:26: error[malformed-xml]: the value of an attribute has no quotes");
    void(&root("<Dev a/>"), "1:26: error[malformed-xml]: an attribute has no value");
    void(&root("<Dev a='<'/>"), "1:29: error[malformed-xml]: write &lt; for < in a value");
    void(&root("<Dev a='1'b='2'/>"), "1:31: error[malformed-xml]: an attribute was expected");
    void(&root("<Dev QQ='1' QQ='2'/>"), "1:21: error[malformed-xml]: the attribute \"QQ\" stands twice in one tag");
    void(&root("<Dev QQ='&nbsp;'/>"), "1:30: error[entity]: this entity is not one of &quot; &amp; &apos; &lt; &gt;");
    void(&root("&nbsp;"), "1:21: error[entity]: this entity is not one of &quot; &amp; &apos; &lt; &gt;");
    void(&root("<Dev QQ='&#0;'/>"), "1:30: error[entity]: this entity is not one of &quot; &amp; &apos; &lt; &gt;");
    void(&root("\u{1}"), "1:21: error[malformed-xml]: this control character cannot be in an XML file");
    void(&root("< Dev/>"), "1:21: error[malformed-xml]: a tag has no name");
    void(&root(&"<a>".repeat(50_000)), "1:114: error[too-deep]: elements are nested more than 32 deep");
    let big = root(&" ".repeat(240 * 1024));
    let reading = read(big.as_bytes(), Purpose::File);
    assert!(reading.void && reading.diagnostics[0].code == "file-too-large");
}

#[test]
fn a_value_keeps_its_meaning() {
    for value in ["a & b", "<a>", "'", "日本語 \u{1f600}", "  a  ", "&amp;"] {
        let id = lookup("DISPLAY_NAME_2").expect("a setting").id;
        let text = write(Format::Xml, [(id, value)], &WriteOptions::default()).expect("a good value");
        let reading = read(text.as_bytes(), Purpose::File);
        assert_eq!(settings(&reading), [format!("DISPLAY_NAME_2={value}")], "{text}");
    }
}

#[test]
fn the_layout_that_is_written() {
    let id = |name| lookup(name).expect("a setting").id;
    let values = [
        (id("SIP_PRXY_ADDR_2"), "b"),
        (id("SIP_PRXY_ADDR_1"), "a"),
        (id("CODEC_ENABLE3_1"), "Y"),
        (id("SYSLOG_PORT"), "514"),
    ];
    let options = WriteOptions { intro: "Made -- by hand", ..WriteOptions::default() };
    let text = write(Format::Xml, values, &options).expect("good values");
    assert_eq!(
        text,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>
<!-- # Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE! -->
<!-- Made - - by hand -->
<PANASipPhoneConfig>
  <Dev>
    <X_P_IPTEL_Syslog>
      <SyslogPort SYSLOG_PORT=\"514\"/>
    </X_P_IPTEL_Syslog>
    <Srv>
      <Prof>
        <Line ID=\"1\">
          <Codec>
            <List ID=\"3\">
              <Enable CODEC_ENABLE3_1=\"Y\"/>
            </List>
          </Codec>
        </Line>
        <SIP>
          <ProxyServer SIP_PRXY_ADDR_1=\"a\" SIP_PRXY_ADDR_2=\"b\"/>
        </SIP>
      </Prof>
    </Srv>
  </Dev>
</PANASipPhoneConfig>
"
    );
    assert_eq!(read(text.as_bytes(), Purpose::File).diagnostics, []);
}

/// Tags in the layout of the writer have a way of their own through the reader, which must not differ.
#[test]
fn the_layout_of_tags_does_not_matter() {
    let values =
        ParamId::all().filter(|id| id.family().file).map(|id| (id, id.family().example.unwrap_or(id.default())));
    let text = write(Format::Xml, values, &WriteOptions::default()).expect("examples can be written");
    let said = |text: &str| {
        let reading = read(text.as_bytes(), Purpose::File);
        let entries = reading.entries.iter().map(|e| (e.id, e.value.to_string(), e.line, e.column));
        (entries.collect::<Vec<_>>(), findings(&reading))
    };
    let usual = said(&text);
    assert!(usual.0.len() > 700);
    assert_eq!(said(&text.replace("/>", " />")), usual);
    // Settings of line 1 in the element of line 2 are pointed out either way.
    let moved = text.replace("<Line ID=\"1\">", "<Line ID=\"2\">");
    assert_ne!(said(&moved).1, usual.1);
    assert_eq!(said(&moved.replace("/>", "\t/>")), said(&moved));
}
