//! Breaks a small spec in one place at a time, and compares what is reported with `faults.toml`, word for word.

use std::collections::BTreeMap;

use offhook_codegen::{Sources, Spec};
use serde::Deserialize;

#[derive(Deserialize)]
struct Faults {
    fault: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    what: String,
    file: String,
    replace: String,
    with: String,
    errors: Vec<String>,
}

fn fixture() -> Sources {
    let files = [
        ("index.toml", include_str!("fixture/index.toml")),
        ("pages.toml", include_str!("fixture/pages.toml")),
        ("rules.toml", include_str!("fixture/rules.toml")),
        ("status.toml", include_str!("fixture/status.toml")),
        ("line/basic.toml", include_str!("fixture/line/basic.toml")),
    ];
    Sources {
        files: files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect::<BTreeMap<_, _>>(),
    }
}

#[test]
fn the_fixture_is_good() {
    let spec = Spec::load(&fixture()).unwrap_or_else(|errors| panic!("{errors:#?}"));
    let names: Vec<&str> = spec.params.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["USER_NAME_1", "USER_NAME_2", "TIMER_1", "TIMER_2", "PORT", "MODE"]);
    let defaults: Vec<&str> = spec.params.iter().map(|p| p.default.as_str()).collect();
    assert_eq!(defaults, ["", "", "500", "250", "5060", "a"]);
    assert_eq!(spec.aliases, [("OLD_TIMER_1".to_owned(), 2), ("OLD_TIMER_2".to_owned(), 3)]);
    assert_eq!(spec.pages[0].fields, [vec![0], vec![1]]);
    assert_eq!(spec.pages[0].rows, [vec![0], vec![]]);
}

#[test]
fn every_fault_is_reported_at_its_place() {
    let faults: Faults = toml::from_str(include_str!("faults.toml")).expect("faults.toml is TOML");
    let mut wrong = Vec::new();
    for fault in faults.fault {
        let mut sources = fixture();
        let text = sources.files.entry(fault.file).or_default();
        assert!(text.contains(&fault.replace), "{}: there is no {:?}", fault.what, fault.replace);
        *text = text.replacen(&fault.replace, &fault.with, 1);
        let errors = Spec::load(&sources).err().unwrap_or_default();
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        if errors != fault.errors {
            wrong.push(format!("{}\n  expected {:#?}\n  reported {errors:#?}", fault.what, fault.errors));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
