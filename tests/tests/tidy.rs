//! Habits of the project that no compiler checks: openings of modules, sizes, leftovers, manifests.

use std::fs;
use std::path::Path;
use std::process::Command;

use offhook_tests::root;
use toml::{Table, Value};

/// Longest source file, in lines; generated ones may be longer.
const LONGEST: usize = 800;

/// Extensions of the files that people write and read.
const TEXTS: [&str; 11] = ["css", "ftl", "html", "js", "json", "md", "rs", "sh", "toml", "txt", "yml"];

struct File {
    /// Path from the root, with `/`.
    path: String,
    text: String,
}

impl File {
    fn extension(&self) -> &str {
        Path::new(&self.path).extension().and_then(|e| e.to_str()).unwrap_or_default()
    }

    /// Made by `cargo xtask gen`: a notice says so at the top, or the folder holds nothing else.
    fn generated(&self) -> bool {
        const FOLDERS: [&str; 5] =
            ["phone/params/src/generated/", "docs/schema/", "docs/src/reference/", "docs/examples/", "spec/schema/"];
        self.text.lines().next().is_some_and(|line| line.contains("@generated"))
            || FOLDERS.iter().any(|folder| self.path.starts_with(folder))
    }

    fn is_corpus(&self) -> bool {
        self.path.split('/').any(|part| matches!(part, "corpus" | "seeds" | "snapshots" | "data"))
    }

    fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{}: {what}", self.path, line + 1)
    }
}

/// The text files of the project, without what is built and what is hidden, except for CI's own script.
fn files() -> Vec<File> {
    let root = root();
    let mut out = Vec::new();
    let mut pending = vec![root.clone()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(&folder).expect("folders of the project can be read") {
            let path = entry.expect("folders of the project can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let built = name == "target" || (name.starts_with('.') && name != ".ci" && name != ".cargo");
            if path.is_dir() && !built {
                pending.push(path);
            } else if path.is_file()
                && let Ok(text) = fs::read_to_string(&path)
            {
                let path =
                    path.strip_prefix(&root).expect("it lies below the root").to_string_lossy().replace('\\', "/");
                out.push(File { path, text });
            }
        }
    }
    out.sort_by(|a, b| a.path.cmp(&b.path));
    out
}

fn rust_files() -> Vec<File> {
    files().into_iter().filter(|f| f.extension() == "rs").collect()
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} found:\n  {}", faults.len(), faults.join("\n  "));
}

#[test]
fn modules_open_with_what_they_are_for() {
    let faults: Vec<_> = rust_files()
        .iter()
        .filter(|f| !f.generated() && !f.text.starts_with("//! ") && !f.text.starts_with("#![no_main]\n//! "))
        .map(|f| f.at(0, "a module opens with a `//!` sentence that says what it is for"))
        .collect();
    assert_none(&faults);
}

#[test]
fn files_stay_small() {
    let faults: Vec<_> = rust_files()
        .iter()
        .filter(|f| !f.generated() && f.text.lines().count() > LONGEST)
        .map(|f| f.at(LONGEST, "the file is too long; give one of its jobs a module of its own"))
        .collect();
    assert_none(&faults);
}

#[test]
fn nothing_is_left_for_later() {
    // Put together here, so that this file passes its own test.
    let words = [["to", "do!("], ["unimpl", "emented!("], ["#[ign", "ore"], ["FIX", "ME"], ["XX", "X:"], ["TO", "DO"]];
    let mut faults = Vec::new();
    for file in rust_files().iter().filter(|f| !f.generated()) {
        for (line, text) in file.text.lines().enumerate() {
            if let Some(word) = words.iter().map(|halves| halves.concat()).find(|word| text.contains(word.as_str())) {
                faults.push(file.at(line, &format!("{word} leaves work for later: do it, or write an issue")));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn lines_end_where_their_text_ends() {
    let mut faults = Vec::new();
    let texts = files();
    for file in texts.iter().filter(|f| TEXTS.contains(&f.extension()) && !f.generated() && !f.is_corpus()) {
        for (line, text) in file.text.lines().enumerate() {
            if text.ends_with([' ', '\t']) {
                faults.push(file.at(line, "blanks at the end of the line"));
            }
        }
        if !file.text.is_empty() && !file.text.ends_with('\n') {
            faults.push(file.at(file.text.lines().count() - 1, "the last line does not end"));
        }
    }
    assert_none(&faults);
}

/// Whether a text has a path of the machine that it was written on.
fn names_a_machine(text: &str) -> bool {
    ["root", "work", "home"].iter().any(|folder| {
        let path = format!("/{folder}/");
        text.match_indices(&path).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '/' | '.' | '_' | '-' | '}' | '>' | '*' | ')'))
        })
    })
}

#[test]
fn texts_name_no_machine() {
    let mut faults = Vec::new();
    for file in files().iter().filter(|f| !f.is_corpus()) {
        for (line, text) in file.text.lines().enumerate().filter(|(_, text)| names_a_machine(text)) {
            faults.push(file.at(line, &format!("a path of one machine: {}", text.trim())));
        }
    }
    // The latest commits only: older ones can no longer be mended. Without a history there is nothing to read.
    let log = Command::new("git").args(["log", "-30", "--format=%h %B"]).current_dir(root()).output();
    let log = log.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    faults.extend(log.lines().filter(|l| names_a_machine(l)).map(|line| format!("in a commit's message: {line}")));
    assert_none(&faults);
}

#[test]
fn the_pattern_of_machine_paths_is_right() {
    let path = |folder: &str, rest: &str| format!("/{folder}/{rest}");
    assert!(names_a_machine(&format!("see {}", path("root", "x"))));
    assert!(names_a_machine(&format!("`{}`", path("home", "ann/x"))));
    assert!(!names_a_machine(&format!("frame{}", path("work", "x"))));
    assert!(!names_a_machine("http://example.com/homework/x"));
    assert!(!names_a_machine("network/access"));
}

/// The manifests of the workspace's crates, and of the workspace itself, by path.
fn manifests() -> (Table, Vec<(String, Table)>) {
    let root = root();
    let read = |path: &Path| -> Table {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        text.parse().unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    let workspace = read(&root.join("Cargo.toml"));
    let members = workspace["workspace"]["members"].as_array().expect("the workspace lists its members");
    let members = members.iter().map(|member| {
        let path = format!("{}/Cargo.toml", member.as_str().expect("a member is a path"));
        let manifest = read(&root.join(&path));
        (path, manifest)
    });
    let members = members.collect();
    (workspace, members)
}

#[test]
fn manifests_share_what_the_workspace_says() {
    const INHERITED: [&str; 5] = ["version", "edition", "rust-version", "license", "publish"];
    let inherits =
        |value: Option<&Value>| value.and_then(|v| v.get("workspace")).and_then(Value::as_bool) == Some(true);
    let mut faults = Vec::new();
    for (path, manifest) in manifests().1 {
        let mut fault = |what: String| faults.push(format!("{path}: {what}"));
        if !inherits(manifest.get("lints")) {
            fault("`[lints] workspace = true` is missing".to_owned());
        }
        let package = &manifest["package"];
        if package.get("description").and_then(Value::as_str).is_none_or(|text| text.len() < 20) {
            fault("a description is missing".to_owned());
        }
        for key in INHERITED.iter().filter(|key| !inherits(package.get(**key))) {
            fault(format!("`{key}.workspace = true` is missing"));
        }
        let targets = manifest.get("target").and_then(Value::as_table).into_iter().flat_map(Table::values);
        let tables = targets.filter_map(Value::as_table).chain([&manifest]);
        for (kind, table) in tables.flatten().filter(|(kind, _)| kind.ends_with("dependencies")) {
            for (name, dependency) in table.as_table().into_iter().flatten() {
                if !inherits(Some(dependency)) {
                    fault(format!("[{kind}] {name}: say which version in [workspace.dependencies], with a reason"));
                }
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn dependencies_have_a_reason() {
    let text = fs::read_to_string(root().join("Cargo.toml")).expect("the workspace has a manifest");
    let section = text.split("[workspace.dependencies]\n").nth(1).expect("the workspace has dependencies");
    let section = section.split("\n[").next().unwrap_or_default();
    let first =
        text[..text.len() - text.split("[workspace.dependencies]\n").nth(1).unwrap_or_default().len()].lines().count();
    let mut faults = Vec::new();
    let mut explained = false;
    for (line, text) in section.lines().enumerate() {
        match text.trim() {
            "" => explained = false,
            comment if comment.starts_with('#') => explained = true,
            ours if ours.contains("path = ") => {}
            // A table over several lines starts with a name as well.
            entry if !explained && text.starts_with(|c: char| c.is_ascii_alphabetic()) => {
                faults.push(format!("Cargo.toml:{}: no comment says why: {entry}", first + line + 1));
            }
            _ => {}
        }
    }
    assert_none(&faults);
}

#[test]
fn both_licences_are_there() {
    for (path, words) in [("LICENSE-MIT", "MIT License"), ("LICENSE-APACHE", "Apache License")] {
        let text = fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(text.contains(words), "{path} does not hold the {words}");
    }
}
