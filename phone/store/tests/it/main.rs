//! The store from outside: what it keeps, what it refuses, and what it survives.

mod damage;
mod edits;
mod exchange;
mod files;
mod full_disk;
mod journal;
mod kill;
mod listeners;
mod provisional;
mod resets;

use std::path::Path;

use offhook_params::ParamId;
use offhook_params::rules::Values;
use offhook_store::{Edit, Store};

fn id(name: &str) -> ParamId {
    offhook_params::lookup(name).expect("a setting").id
}

fn set(name: &str, value: &str) -> Edit {
    Edit::Set(id(name), value.to_owned())
}

/// A store whose folder has nothing to complain about.
fn open(path: &Path) -> Store {
    let (store, reports) = Store::open(path).expect("the folder opens");
    assert!(reports.is_empty(), "{reports:?}");
    store
}

fn value(store: &Store, name: &str) -> String {
    store.snapshot().value(id(name)).to_owned()
}

/// A configuration file of these lines.
fn file(lines: &[&str]) -> Vec<u8> {
    let lines = [offhook_config::HEADER_LINE].iter().chain(lines).map(|line| format!("{line}\r\n"));
    (lines.collect::<String>() + "\r\n").into_bytes()
}

/// Runs one test function of this very executable as a process of its own.
fn test_process(test: &str) -> std::process::Command {
    let mut command = std::process::Command::new(std::env::current_exe().expect("this executable"));
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    command
}
