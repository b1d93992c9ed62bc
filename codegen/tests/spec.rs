//! What follows from the real spec holds together: verdicts of the corpus, links of the reference, order of emission.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use offhook_codegen::{Artifact, Sources, Spec, generate, value};
use serde_json::Value;

fn sources() -> Sources {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let mut sources = Sources::default();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the spec is there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "toml" || e == "ftl") {
                let name = path.strip_prefix(&root).expect("it lies below").to_string_lossy().replace('\\', "/");
                sources.files.insert(name, fs::read_to_string(&path).expect("the spec is text"));
            }
        }
    }
    sources
}

fn told(errors: Vec<offhook_codegen::SpecError>) -> String {
    errors.iter().map(|e| format!("{e}\n")).collect()
}

fn artifacts() -> Vec<Artifact> {
    generate(&sources()).unwrap_or_else(|errors| panic!("{}", told(errors)))
}

#[test]
fn emission_is_the_same_each_time_and_no_file_comes_twice() {
    let first = artifacts();
    assert_eq!(first, artifacts());
    let paths: BTreeSet<&str> = first.iter().map(|a| a.path.as_str()).collect();
    assert_eq!(paths.len(), first.len());
}

#[test]
fn the_corpus_agrees_with_the_checks_of_the_spec() {
    let spec = Spec::load(&sources()).unwrap_or_else(|errors| panic!("{}", told(errors)));
    let artifacts = artifacts();
    let corpus = artifacts.iter().find(|a| a.path.ends_with("corpus/values.json")).expect("a corpus");
    let corpus: Value = serde_json::from_str(&corpus.text).expect("it is JSON");
    let mut families = BTreeSet::new();
    let mut wrong = Vec::new();
    for set in corpus["sets"].as_array().expect("sets") {
        for name in set["families"].as_array().expect("families").iter().filter_map(Value::as_str) {
            let param = &spec.families[spec.family(name).expect("a family")].param;
            assert!(families.insert(name.to_owned()), "{name} comes twice");
            for row in set["rows"].as_array().expect("rows") {
                let text = row["value"].as_str().expect("a value");
                let fits = if text.is_empty() { param.empty } else { value::fits(&param.ty, text) };
                if row["valid"] != fits {
                    wrong.push(format!("{name}: {row}"));
                }
            }
        }
    }
    assert_eq!(families.len(), spec.families.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_link_of_the_reference_leads_somewhere() {
    let artifacts = artifacts();
    let pages: BTreeMap<&str, &Artifact> =
        artifacts.iter().filter(|a| a.path.ends_with(".md")).map(|a| (a.path.as_str(), a)).collect();
    let anchors: BTreeMap<&str, Vec<String>> = pages.iter().map(|(path, a)| (*path, headings(&a.text))).collect();
    let mut wrong = Vec::new();
    let mut links = 0;
    for (path, artifact) in &pages {
        let names = &anchors[path];
        let unique: BTreeSet<_> = names.iter().collect();
        if unique.len() != names.len() {
            wrong.push(format!("{path}: a heading comes twice"));
        }
        for link in artifact.text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            links += 1;
            let (file, anchor) = link.split_once('#').map_or((link, None), |(f, a)| (f, Some(a)));
            let target = match file {
                "" => (*path).to_owned(),
                file => resolve(path, file),
            };
            let known = anchors.get(target.as_str());
            let found = known.is_some_and(|known| anchor.is_none_or(|a| known.iter().any(|k| k == a)));
            // A chapter without a page of its own is a heading of the contents.
            if !found && !link.is_empty() {
                wrong.push(format!("{path}: {link}"));
            }
        }
    }
    assert!(links > 2000, "{links} links only");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_setting_that_the_readme_adds_can_be_added() {
    let readme = include_str!("../../spec/README.md");
    let (_, rest) = readme.split_once("```toml\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("the end of the example");
    let mut sources = sources();
    sources.files.get_mut("system/syslog.toml").expect("the group of the example").push_str(&format!("\n{example}"));
    let spec = Spec::load(&sources).unwrap_or_else(|errors| panic!("{}", told(errors)));
    assert!(spec.family("SYSLOG_LEVEL").is_some());
}

/// What mdBook makes of the headings of a page.
fn headings(text: &str) -> Vec<String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let lines = text.lines().filter_map(|line| line.strip_prefix("## ").or_else(|| line.strip_prefix("# ")));
    lines.map(|h| h.chars().filter(|c| plain(*c)).collect::<String>().to_lowercase().replace(' ', "-")).collect()
}

fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
