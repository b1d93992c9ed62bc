//! Runs the corpus through the schemas: real xmllint judges by the XSD, the jsonschema crate by the JSON Schema.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use offhook_params::{DIMENSIONS, FAMILIES, Family, ParamId};
use serde_json::{Value, json};

/// A value of the corpus for one setting.
struct Row {
    family: &'static Family,
    value: String,
    valid: bool,
    why: String,
}

impl Row {
    /// The setting: the first one of the family.
    fn id(&self) -> ParamId {
        self.family.first
    }

    fn told(&self, verdict: &str) -> String {
        format!("{}={:?} ({}): {verdict}", self.id(), self.value, self.why)
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository").to_path_buf()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn json(path: &str) -> Value {
    serde_json::from_str(&read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn corpus() -> Vec<Row> {
    let corpus = json("phone/params/corpus/values.json");
    let list = |value: &Value| value.as_array().cloned().expect("a list");
    let text = |value: &Value| value.as_str().map(str::to_owned).expect("a text");
    let mut out = Vec::new();
    for set in list(&corpus["sets"]) {
        for name in list(&set["families"]).iter().map(text) {
            let family = FAMILIES.iter().find(|f| f.name == name).expect("a family of the corpus");
            out.extend(list(&set["rows"]).iter().map(|row| Row {
                family,
                value: text(&row["value"]),
                valid: row["valid"] == true,
                why: text(&row["why"]),
            }));
        }
    }
    out
}

#[track_caller]
fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{} wrong:\n  {}", wrong.len(), wrong[..wrong.len().min(40)].join("\n  "));
}

/// Whether xmllint is there; in CI it has to be.
fn xmllint() -> bool {
    let there = Command::new("xmllint").arg("--version").output().is_ok_and(|o| o.status.success());
    if !there {
        let advice = "xmllint is missing: apt-get install libxml2-utils";
        assert!(std::env::var_os("CI").is_none(), "{advice}");
        eprintln!("skipped: {advice}");
    }
    there
}

/// The lines of a file at which xmllint finds faults against the XSD, with its first words on each.
fn faults(file: &Path) -> BTreeMap<usize, String> {
    let schema = root().join("docs/schema/UT670_config.xsd");
    let output = Command::new("xmllint").args(["--noout", "--huge", "--schema"]).arg(schema).arg(file).output();
    let output = output.expect("xmllint runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains(" validates") || text.contains(" fails to validate"), "{text}");
    let mut out = BTreeMap::new();
    for line in text.lines() {
        let at = line.strip_prefix(&*file.to_string_lossy()).and_then(|rest| rest.strip_prefix(':'));
        if let Some((number, message)) = at.and_then(|rest| rest.split_once(':'))
            && let Ok(number) = number.parse()
        {
            out.entry(number).or_insert_with(|| message.trim().to_owned());
        }
    }
    out
}

/// A value in an attribute; nothing where XML cannot carry it.
fn attribute(value: &str) -> Option<String> {
    let carried = |c: char| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    if !value.chars().all(carried) {
        return None;
    }
    Some(value.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' | '<' | '>' | '"' | '\'' | '\t' | '\n' | '\r' => {
                write!(out, "&#{};", c as u32).expect("a String takes it")
            }
            c => out.push(c),
        }
        out
    }))
}

/// Elements from `Dev` on around one attribute, in one line.
fn element(id: ParamId, value: &str) -> Option<String> {
    let family = id.family();
    let value = attribute(value)?;
    let (mut open, mut close) = ("<Dev>".to_owned(), "</Dev>".to_owned());
    let path = family.xml.as_ref()?.path;
    for (i, step) in path.iter().enumerate() {
        let mut name = step.name.to_owned();
        for &d in family.per {
            let d = DIMENSIONS[usize::from(d)].id;
            name = name.replace(&format!("{{{d}}}"), &id.number(d).unwrap_or_default().to_string());
        }
        write!(open, "<{name}").expect("a String takes it");
        if let Some(number) = step.id.and_then(|d| id.number(DIMENSIONS[usize::from(d)].id)) {
            write!(open, " ID=\"{number}\"").expect("a String takes it");
        }
        if i + 1 == path.len() {
            write!(open, " {id}=\"{value}\"").expect("a String takes it");
        }
        open.push('>');
        close = format!("</{name}>{close}");
    }
    Some(open + &close)
}

#[test]
fn the_xsd_gives_every_verdict_of_the_corpus() {
    if !xmllint() {
        return;
    }
    let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<PANASipPhoneConfig>\n".to_owned();
    let (mut lines, mut wrong) = (Vec::new(), Vec::new());
    for row in corpus().into_iter().filter(|row| row.family.file) {
        match element(row.id(), &row.value) {
            Some(line) => {
                text.push_str(&line);
                text.push('\n');
                lines.push(row);
            }
            None if row.valid => wrong.push(row.told("XML cannot carry it")),
            None => {}
        }
    }
    text.push_str("</PANASipPhoneConfig>\n");
    let folder = tempfile::tempdir().expect("a folder for the file");
    let file = folder.path().join("corpus.xml");
    fs::write(&file, text).expect("the file can be written");
    let faults = faults(&file);
    for (i, row) in lines.iter().enumerate() {
        let fault = faults.get(&(i + 3));
        if fault.is_none() != row.valid {
            wrong.push(row.told(fault.map_or("accepted", String::as_str)));
        }
    }
    assert!(lines.len() > 10_000, "{} values only", lines.len());
    assert_none(&wrong);
}

#[test]
fn the_xsd_refuses_what_is_not_in_the_format() {
    if !xmllint() {
        return;
    }
    let good = [
        r#"<Dev/>"#,
        r#"<Dev><Time><NTPServer1 NTP_ADDR="a"/></Time></Dev>"#,
        r#"<Dev><Srv><Prof><SIP><ProxyServer SIP_PRXY_ADDR_1="a" SIP_PRXY_ADDR_2="b"/></SIP></Prof></Srv></Dev>"#,
        r#"<Dev><Srv><Prof><SIP><ProxyServer SIP_PRXY_ADDR_1="a"/><ProxyServer SIP_PRXY_ADDR_2="b"/></SIP></Prof></Srv></Dev>"#,
        r#"<Dev><Srv><Prof><SIP><UserAgentPort6 SIP_SRC_PORT_6="5060"/></SIP></Prof></Srv></Dev>"#,
        r#"<Dev><Time/><Srv/><Time/></Dev>"#,
    ];
    let bad = [
        r#"<Other/>"#,
        r#"<Dev><Time NTP_ADDR="a"/></Dev>"#,
        r#"<Dev><Time><NTPServer1 NTP_ADDRESS="a"/></Time></Dev>"#,
        r#"<Dev><Time>text</Time></Dev>"#,
        r#"<Dev><Srv><Prof><Line ID="7"/></Prof></Srv></Dev>"#,
        r#"<Dev><Srv><Prof><Line ID="01"/></Prof></Srv></Dev>"#,
        r#"<Dev><Srv><Prof><ButtonMap><Button ID="25"/></ButtonMap></Prof></Srv></Dev>"#,
        r#"<Dev><Srv><Prof><SIP><UserAgentPort6 SIP_SRC_PORT_5="5060"/></SIP></Prof></Srv></Dev>"#,
    ];
    let folder = tempfile::tempdir().expect("a folder for the files");
    let file = folder.path().join("format.xml");
    for (body, valid) in good.map(|g| (g, true)).into_iter().chain(bad.map(|b| (b, false))) {
        fs::write(&file, format!("<PANASipPhoneConfig>{body}</PANASipPhoneConfig>\n"))
            .expect("the file can be written");
        let faults = faults(&file);
        assert_eq!(faults.is_empty(), valid, "{body}: {faults:?}");
    }
}

#[test]
fn the_json_schema_gives_every_verdict_of_the_corpus() {
    let schema = json("docs/schema/offhook-settings.schema.json");
    let validator = jsonschema::draft202012::new(&schema).expect("the schema is one");
    let mut wrong = Vec::new();
    for row in corpus() {
        if validator.is_valid(&json!({ row.id().name(): row.value })) != row.valid {
            wrong.push(row.told(if row.valid { "refused" } else { "accepted" }));
        }
    }
    assert_none(&wrong);
}

#[test]
fn the_json_schema_has_every_setting_and_no_other() {
    let schema = json("docs/schema/offhook-settings.schema.json");
    let validator = jsonschema::draft202012::new(&schema).expect("the schema is one");
    let all: serde_json::Map<String, Value> =
        ParamId::all().map(|id| (id.name().to_owned(), json!(id.default()))).collect();
    assert!(validator.is_valid(&Value::Object(all)), "the factory values fit");
    assert!(!validator.is_valid(&json!({ "NO_SUCH_NAME": "" })));
    assert!(!validator.is_valid(&json!({ "SIP_TIMER_T1_7": "500" })));
    assert!(!validator.is_valid(&json!({ "SIP_TIMER_T1_1": 500 })), "values are texts");
    for id in ParamId::all() {
        assert_eq!(schema["properties"][id.name()]["default"], id.default(), "{id}");
    }
}

#[test]
fn the_editor_schemas_take_the_spec_as_it_is() {
    let mut wrong = Vec::new();
    let mut check = |path: &str| {
        let text = read(path);
        let value: Value = toml::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let reference = text.lines().find_map(|line| line.strip_prefix("#:schema "));
        let Some(reference) = reference else { return wrong.push(format!("{path}: no #:schema line")) };
        let schema = Path::new(path).parent().expect("it lies in a folder").join(reference);
        let schema = json(&schema.to_string_lossy());
        let validator = jsonschema::draft7::new(&schema).expect("the schema is one");
        wrong.extend(validator.iter_errors(&value).map(|error| format!("{path}: {}: {error}", error.instance_path())));
    };
    let mut folders = vec!["spec".to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(root().join(&folder)).expect("the spec is there").flatten() {
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(path);
            } else if path.ends_with(".toml") {
                check(&path);
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn the_example_files_fit_the_xsd() {
    if !xmllint() {
        return;
    }
    for name in ["minimal.xml", "full.xml"] {
        assert_eq!(faults(&root().join("docs/examples").join(name)), BTreeMap::new(), "{name}");
    }
}
