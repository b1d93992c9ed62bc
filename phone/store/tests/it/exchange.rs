//! Several files at once: all of them or none, told once, also after a kill between any two steps.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use offhook_settings::Layer;
use offhook_store::{NewFile, Store, StoreError, peek};

use crate::{file, id, open, test_process, value};

const FOLDER: &str = "OFFHOOK_TEST_EXCHANGED_IN";
const KILLS: u32 = 80;
/// Each in another layer.
const COUNTERS: [(Layer, &str); 3] = [
    (Layer::Master, "CFG_CYCLIC_INTVL"),
    (Layer::Product, "REG_EXPIRE_TIME_1"),
    (Layer::Standard, "SIP_SESSION_TIME_1"),
];
const START: u32 = 100;

/// Gives all counters one value, with other lengths of the files each time.
fn count(store: &Store, number: u32) -> Result<offhook_store::Exchanged, StoreError> {
    let filler = vec!["# to make it longer"; (number % 13) as usize * 20];
    let files = COUNTERS.map(|(_, name)| file(&[&[&*format!("{name}=\"{number}\"")], &filler[..]].concat()));
    let each = COUNTERS.iter().zip(&files);
    let files: Vec<_> =
        each.map(|((layer, _), bytes)| NewFile { layer: *layer, bytes, source: "http://h/f" }).collect();
    store.replace_all(&files)
}

fn number(value: impl Fn(&str) -> String) -> u32 {
    let values = COUNTERS.map(|(_, name)| value(name));
    assert!(values.iter().all(|v| *v == values[0]), "a mixture: {values:?}");
    values[0].parse().expect("a number")
}

fn counted(store: &Store) -> u32 {
    number(|name| value(store, name))
}

fn seen(folder: &Path) -> u32 {
    let layers = peek(folder).expect("readable");
    number(|name| layers.effective(id(name)).value.to_owned())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("listed");
    let mut names: Vec<_> = entries.map(|e| e.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.sort();
    names
}

const AT_REST: [&str; 4] = ["lock", "master.cfg", "product.cfg", "standard.cfg"];

#[test]
fn files_that_come_together_are_told_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    count(&store, START).expect("good");
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let _subscription = store.subscribe(move |changed| listener.lock().expect("whole").push(changed.changes.len()));
    let exchanged = count(&store, START + 1).expect("good");
    assert_eq!(exchanged.files.iter().map(|file| file.changes.len()).collect::<Vec<_>>(), [1, 1, 1]);
    assert_eq!((exchanged.changes.len(), &**told.lock().expect("whole")), (3, [3].as_slice()));
    assert_eq!(names(folder.path()), AT_REST);
    assert_eq!(count(&store, START + 1).expect("the same again").changes.len(), 0);
    assert_eq!(told.lock().expect("whole").len(), 1);
    assert_eq!(store.replace_all(&[]).expect("nothing").changes.len(), 0);
    drop(store);
    assert_eq!(counted(&open(folder.path())), START + 1);
}

#[test]
fn one_bad_file_stops_all() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    count(&store, START).expect("good");
    let good = file(&["CFG_CYCLIC_INTVL=\"61\""]);
    for (layer, bad) in [(Layer::Standard, b"<html></html>".as_slice()), (Layer::User, &good)] {
        let new = |layer, bytes| NewFile { layer, bytes, source: "s" };
        store.replace_all(&[new(Layer::Master, &good), new(layer, bad)]).expect_err("one is bad");
        assert_eq!((counted(&store), seen(folder.path())), (START, START));
        assert_eq!(names(folder.path()), AT_REST);
    }
}

#[test]
fn of_two_files_for_a_layer_the_later_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let (first, second) = (file(&["CFG_CYCLIC_INTVL=\"60\""]), file(&["CFG_RTRY_INTVL=\"7\""]));
    let new = |bytes| NewFile { layer: Layer::Master, bytes, source: "m" };
    assert_eq!(store.replace_all(&[new(&first), new(&second)]).expect("good").changes.len(), 1);
    drop(store);
    let layers = open(folder.path()).snapshot();
    assert_eq!(layers.layer(Layer::Master).iter().map(|(id, ..)| id).collect::<Vec<_>>(), [id("CFG_RTRY_INTVL")]);
}

/// The files of each state that lies between two steps.
#[test]
fn a_kill_between_any_two_steps_leaves_all_or_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let files = |number| {
        count(&store, number).expect("good");
        COUNTERS.map(|(layer, _)| fs::read(folder.path().join(format!("{}.cfg", layer.as_str()))).expect("there"))
    };
    let (old, new) = (files(START), files(START + 1));
    // How many new files there are, whether they are decided, and how many have their places.
    for (written, decided, moved) in
        [(0, false, 0), (1, false, 0), (3, false, 0), (3, true, 0), (3, true, 1), (3, true, 3), (3, false, 3)]
    {
        let folder = tempfile::tempdir().expect("a folder");
        for (i, (layer, _)) in COUNTERS.iter().enumerate() {
            let place = |prefix: &str| folder.path().join(format!("{prefix}{}.cfg", layer.as_str()));
            fs::write(place(""), if i < moved { &new[i] } else { &old[i] }).expect("written");
            if (moved..written).contains(&i) {
                fs::write(place("new-"), &new[i]).expect("written");
            }
        }
        if decided {
            fs::write(folder.path().join("exchange.cfg"), "").expect("written");
        }
        let expected = if decided || moved == 3 { START + 1 } else { START };
        assert_eq!(seen(folder.path()), expected, "{written} {decided} {moved}");
        for _ in 0..2 {
            assert_eq!(counted(&open(folder.path())), expected, "{written} {decided} {moved}");
            assert_eq!(names(folder.path()), AT_REST);
        }
    }
}

#[test]
fn a_disk_that_refuses_changes_nothing_and_is_forgiven() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    count(&store, START).expect("good");
    let away = tempfile::tempdir().expect("a folder");
    let place = away.path().join("state");
    fs::rename(folder.path(), &place).expect("moved");
    count(&store, START + 1).expect_err("no folder");
    assert_eq!((counted(&store), seen(&place)), (START, START));
    fs::rename(&place, folder.path()).expect("moved back");
    count(&store, START + 2).expect("the folder is back");
    drop(store);
    assert_eq!(counted(&open(folder.path())), START + 2);
    assert_eq!(names(folder.path()), AT_REST);
}

/// A place that is taken by a folder cannot be given to a file: decided is decided all the same.
#[test]
fn what_is_decided_counts_although_a_place_is_taken() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let taken = folder.path().join("product.cfg");
    fs::create_dir(&taken).expect("taken");
    count(&store, START).expect("decided");
    assert_eq!((counted(&store), seen(folder.path())), (START, START));
    let error = count(&store, START + 1).expect_err("the last one is not done yet");
    assert!(error.to_string().contains("product.cfg"), "{error}");
    assert_eq!((counted(&store), seen(folder.path())), (START, START));
    drop(store);
    let (store, _) = Store::open(folder.path()).expect("opens");
    assert_eq!(counted(&store), START);
    fs::remove_dir(&taken).expect("free");
    count(&store, START + 1).expect("good");
    drop(store);
    assert_eq!(counted(&open(folder.path())), START + 1);
    assert_eq!(names(folder.path()), AT_REST);
}

/// The process that is killed: it exchanges for ever, and says what it has been told is kept.
#[test]
fn exchanger() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = open(Path::new(&folder));
    let mut out = std::io::stdout();
    let mut number = counted(&store);
    writeln!(out, "\nopen").expect("the parent listens");
    loop {
        number += 1;
        count(&store, number).expect("good");
        writeln!(out, "kept {number}").expect("the parent listens");
    }
}

#[test]
fn a_killed_exchange_leaves_all_or_none() {
    let folder = tempfile::tempdir().expect("a folder");
    count(&open(folder.path()), START).expect("good");
    let mut kept = START;
    for kill in 0..KILLS {
        let mut child = test_process("exchange::exchanger")
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this executable runs again");
        let mut left = 1 + kill % 5;
        for line in BufReader::new(child.stdout.take().expect("piped")).lines() {
            let Ok(line) = line else { break };
            if let Some(number) = line.strip_prefix("kept ") {
                kept = number.parse().expect("a number");
            }
            if line == "open" || line.starts_with("kept ") {
                left = left.saturating_sub(1);
                if left == 0 {
                    (0..kill * 3571 % 200_000).for_each(|_| std::hint::spin_loop());
                    child.kill().expect("killed");
                }
            }
        }
        child.wait().expect("ended");
        let seen = seen(folder.path());
        let now = counted(&open(folder.path()));
        assert_eq!(seen, now, "kill {kill}: a look and a start do not agree");
        assert!((kept..=kept + 1).contains(&now), "kill {kill}: told {kept}, kept {now}");
        kept = now;
        assert_eq!(names(folder.path()), AT_REST, "kill {kill}");
    }
    assert!(kept > START, "nothing was exchanged");
}
