//! The generated corpus through both readers: each takes what the corpus calls valid, and nothing else.

use offhook_config::{Format, HEADER_LINE, Purpose, Reading, read, write};
use offhook_params::{FAMILIES, Family};
use serde_json::Value;

struct Row {
    family: &'static Family,
    value: String,
    valid: bool,
}

/// Every value of every family that a file may set.
fn corpus() -> Vec<Row> {
    let corpus: Value =
        serde_json::from_str(include_str!("../../params/corpus/values.json")).expect("the corpus is JSON");
    let mut rows = Vec::new();
    for set in corpus["sets"].as_array().expect("sets") {
        for name in set["families"].as_array().expect("families") {
            let family = FAMILIES.iter().find(|f| Some(f.name) == name.as_str()).expect("a family");
            for row in set["rows"].as_array().expect("rows").iter().filter(|_| family.file) {
                let value = row["value"].as_str().expect("a value").to_owned();
                rows.push(Row { family, value, valid: row["valid"].as_bool().expect("a verdict") });
            }
        }
    }
    assert!(rows.len() > 5_000, "the corpus has {} rows", rows.len());
    rows
}

/// Whether the reader took exactly this value.
fn took(reading: &Reading<'_>, row: &Row) -> bool {
    matches!(reading.entries.as_slice(), [entry] if entry.id == row.family.first && entry.value == row.value)
}

fn check(format: Format, file: impl Fn(&Row) -> String) {
    let mut wrong = Vec::new();
    for row in corpus() {
        let text = file(&row);
        let reading = read(text.as_bytes(), Purpose::File);
        assert_eq!(reading.format, format);
        if took(&reading, &row) != row.valid || reading.has_errors() == row.valid {
            wrong.push(format!("{}={:?}: {:?}", row.family.first, row.value, reading.diagnostics));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}

#[test]
fn plain_text_agrees() {
    check(Format::Plain, |row| format!("{HEADER_LINE}\r\n{}=\"{}\"\r\n\r\n", row.family.first, row.value));
}

#[test]
fn xml_agrees() {
    check(Format::Xml, |row| {
        // The writer knows the way to the element; the value takes the place of one that is surely right.
        let model = write(Format::Xml, [(row.family.first, row.family.first.default())], &Default::default());
        let model = model.expect("factory values can be written");
        let name = row.family.first.name();
        let (before, rest) = model.split_once(&format!("{name}=\"")).expect("the attribute");
        let (_, after) = rest.split_once('"').expect("its end");
        format!("{before}{name}=\"{}\"{after}", escaped(&row.value))
    });
}

fn escaped(value: &str) -> String {
    let entity = |c: char| match c {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '"' => "&quot;".to_owned(),
        '\'' => "&apos;".to_owned(),
        // An attribute's line end would be read as a blank.
        '\t' | '\n' | '\r' => format!("&#{};", c as u32),
        c => c.to_string(),
    };
    value.chars().map(entity).collect()
}
