//! A process that is killed at any moment leaves every layer whole: as before a write, or as after it.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;

use offhook_settings::{Layer, Method};
use offhook_store::{Erase, Make, Store};

use crate::{file, open, set, test_process, value};

const FOLDER: &str = "OFFHOOK_TEST_KILLED_IN";
const KILLS: u32 = 60;

/// One write changes all of a layer's counters together, so that a mixture of two states would show.
const USER: [&str; 4] = ["CFG_CYCLIC_INTVL", "SIP_SESSION_TIME_1", "SIP_SESSION_TIME_3", "SIP_SESSION_TIME_6"];
const MASTER: [&str; 4] = ["REG_EXPIRE_TIME_1", "REG_EXPIRE_TIME_2", "REG_EXPIRE_TIME_5", "REG_EXPIRE_TIME_6"];
const START: u32 = 100;

fn counter(store: &Store, names: [&str; 4], layer: Layer) -> u32 {
    let snapshot = store.snapshot();
    let values = names.map(|name| snapshot.layer(layer).get(crate::id(name)).map(|(value, _)| value.to_owned()));
    assert!(values.iter().all(|v| *v == values[0]), "{layer} is a mixture: {values:?}");
    values[0].as_ref().map_or(START, |v| v.parse().expect("a counter"))
}

/// The process that is killed: it writes for ever, and says what it has been told is kept.
#[test]
fn writer() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let store = open(Path::new(&folder));
    let mut out = std::io::stdout();
    let (mut user, mut master) = (counter(&store, USER, Layer::User), counter(&store, MASTER, Layer::Master));
    writeln!(out, "\nopen").expect("the parent listens");
    loop {
        user += 1;
        store.edit(&USER.map(|name| set(name, &user.to_string())), Method::Web).expect("allowed");
        writeln!(out, "user {user}").expect("the parent listens");
        master += 1;
        let lines = MASTER.map(|name| format!("{name}=\"{master}\""));
        store.replace(Layer::Master, &file(&lines.each_ref().map(String::as_str)), "http://host/m").expect("good");
        writeln!(out, "master {master}").expect("the parent listens");
    }
}

#[test]
fn a_killed_writer_leaves_whole_layers() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut user, mut master) = (START, START);
    for kill in 0..KILLS {
        let mut child = test_process("kill::writer")
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this executable runs again");
        let lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        // Kill at another moment each time: after another number of writes, and another while into the next one.
        let mut left = 1 + kill % 7;
        let mut told = |line: &str| match line.split_once(' ') {
            Some(("user", n)) => user = n.parse().expect("a counter"),
            Some(("master", n)) => master = n.parse().expect("a counter"),
            _ => {}
        };
        for line in lines {
            let Ok(line) = line else { break };
            told(&line);
            if line == "open" || line.starts_with("user ") || line.starts_with("master ") {
                left = left.saturating_sub(1);
                if left == 0 {
                    (0..kill * 997 % 40_000).for_each(|_| std::hint::spin_loop());
                    // A second kill finds the process dead, which is no error.
                    child.kill().expect("killed");
                }
            }
        }
        child.wait().expect("ended");
        let store = open(folder.path());
        let (user_kept, master_kept) = (counter(&store, USER, Layer::User), counter(&store, MASTER, Layer::Master));
        // What was told is kept; of what was not told at most one write is there.
        assert!((user..=user + 1).contains(&user_kept), "kill {kill}: user {user}, kept {user_kept}");
        assert!((master..=master + 1).contains(&master_kept), "kill {kill}: master {master}, kept {master_kept}");
        (user, master) = (user_kept, master_kept);
        assert_eq!(value(&store, USER[0]), if user == START { "10080".to_owned() } else { user.to_string() });
    }
    assert!(user > START && master > START, "the writer wrote nothing");
    let left = std::fs::read_dir(folder.path()).expect("listed").count();
    assert_eq!(left, 3, "user.cfg, master.cfg, lock, and no leftovers");
}

const UNIT: &str = "OFFHOOK_TEST_UNIT_KILLED_IN";

/// Which of two backups a unit is as, or neither: it was reset. A mixture is found out.
fn whole(store: &Store, folder: &Path) -> Option<char> {
    let setting = value(store, "CFG_CYCLIC_INTVL");
    let data = ["a.journal", "b.journal"].map(|name| std::fs::read_to_string(folder.join(name)).ok());
    let layers = Layer::ALL.into_iter().filter(|layer| *layer != Layer::Factory);
    match setting.as_str() {
        "101" => assert_eq!(data, ["A", "A"].map(|text| Some(text.to_owned()))),
        "102" => assert_eq!(data, ["B", "B"].map(|text| Some(text.to_owned()))),
        _ => {
            assert_eq!(data, [None, None], "{setting}");
            assert!(layers.into_iter().all(|layer| store.snapshot().layer(layer).is_empty()));
            return None;
        }
    }
    data[0].as_ref().and_then(|text| text.chars().next())
}

fn make() -> Make {
    Make { model: "KX-UT670".to_owned(), firmware: "01.000".to_owned() }
}

/// The process that is killed: it takes one backup after the other, and erases everything in between.
#[test]
fn restorer() {
    let Some(folder) = std::env::var_os(UNIT) else { return };
    let folder = Path::new(&folder);
    let state = folder.join("state");
    let store = open(&state);
    let mut out = std::io::stdout();
    writeln!(out, "\nopen").expect("the parent listens");
    loop {
        for card in ["A", "B"] {
            store.restore(&folder.join(card), &make(), None).expect("taken");
            writeln!(out, "decided").expect("the parent listens");
            store.reload().expect("done");
            assert_eq!(whole(&store, &state), card.chars().next());
            writeln!(out, "done").expect("the parent listens");
        }
        store.erase(Erase::Everything).expect("decided");
        writeln!(out, "decided").expect("the parent listens");
        store.reload().expect("done");
        assert_eq!(whole(&store, &state), None);
        writeln!(out, "done").expect("the parent listens");
    }
}

#[test]
fn a_killed_unit_is_as_one_backup_or_the_other_or_as_it_was_made() {
    let folder = tempfile::tempdir().expect("a folder");
    for (card, interval) in [("A", "101"), ("B", "102")] {
        let state = folder.path().join(format!("origin-{card}"));
        let store = open(&state);
        store.edit(&[set("CFG_CYCLIC_INTVL", interval)], Method::Web).expect("allowed");
        for name in ["a.journal", "b.journal"] {
            std::fs::write(state.join(name), card).expect("written");
        }
        let at = jiff::Timestamp::UNIX_EPOCH;
        store.back_up(&folder.path().join(card), &make(), at, None).expect("made");
    }
    let mut found = std::collections::BTreeMap::new();
    for kill in 0..2 * KILLS {
        let mut child = test_process("kill::restorer")
            .env(UNIT, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this executable runs again");
        let mut left = 1 + kill % 9;
        for line in BufReader::new(child.stdout.take().expect("piped")).lines() {
            let Ok(line) = line else { break };
            if ["open", "decided", "done"].contains(&line.as_str()) {
                left = left.saturating_sub(1);
                if left == 0 {
                    (0..kill * 7919 % 150_000).for_each(|_| std::hint::spin_loop());
                    // A second kill finds the process dead, which is no error.
                    child.kill().expect("killed");
                }
            }
        }
        child.wait().expect("ended");
        let state = folder.path().join("state");
        *found.entry(whole(&open(&state), &state)).or_insert(0) += 1;
    }
    assert_eq!(found.len(), 3, "each of the states should have come up: {found:?}");
}
