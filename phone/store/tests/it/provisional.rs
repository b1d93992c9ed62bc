//! Edits on trial: confirmed they stay, else the user layer goes back, also after a kill between any two steps.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use offhook_settings::{Layer, Method};
use offhook_store::{Edit, Erase, Problem, Store};

use crate::{file, id, open, set, test_process, value};

const FOLDER: &str = "OFFHOOK_TEST_TRIAL_KILLED_IN";
const KILLS: u32 = 40;
const SECOND: Duration = Duration::from_secs(1);

/// The start of virtual time, which nobody waits for.
fn start() -> Instant {
    Instant::now()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("listed");
    let mut names: Vec<String> =
        entries.map(|e| e.expect("an entry").file_name().into_string().expect("a name")).collect();
    names.sort();
    names
}

/// Opens a folder whose trial nobody confirmed; which settings were taken back.
fn open_taken_back(folder: &Path) -> (Store, Vec<String>) {
    let (store, reports) = Store::open(folder).expect("the folder opens");
    assert_eq!(reports.len(), 1, "{reports:?}");
    let Problem::Unconfirmed(params) = &reports[0].problem else { panic!("{reports:?}") };
    let params: Vec<String> = params.iter().map(ToString::to_string).collect();
    assert!(params.iter().all(|name| reports[0].to_string().contains(name)), "{}", reports[0]);
    (store, params)
}

/// One layer set before, and one edit on trial until ten seconds after the start.
fn trial(folder: &Path, start: Instant) -> Store {
    let store = open(folder);
    store.edit(&[set("NET_DNS1", "192.0.2.1"), set("CFG_CYCLIC_INTVL", "60")], Method::Web).expect("allowed");
    let edits = [set("NET_DNS1", "192.0.2.9"), set("NET_DNS2", "192.0.2.8"), Edit::Inherit(id("CFG_CYCLIC_INTVL"))];
    let changes = store.edit_provisional(&edits, Method::Web, start + 10 * SECOND).expect("allowed");
    assert_eq!(changes.len(), 3);
    tried(&store);
    store
}

fn tried(store: &Store) {
    let now = ["NET_DNS1", "NET_DNS2", "CFG_CYCLIC_INTVL"].map(|name| value(store, name));
    assert_eq!(now, ["192.0.2.9", "192.0.2.8", "10080"]);
}

fn as_before(store: &Store) {
    let now = ["NET_DNS1", "NET_DNS2", "CFG_CYCLIC_INTVL"].map(|name| value(store, name));
    assert_eq!(now, ["192.0.2.1", "", "60"]);
    assert_eq!(store.snapshot().layer(Layer::User).len(), 2);
}

#[test]
fn what_is_confirmed_stays() {
    let (folder, start) = (tempfile::tempdir().expect("a folder"), start());
    let store = trial(folder.path(), start);
    assert_eq!(store.deadline(), Some(start + 10 * SECOND));
    assert!(store.confirm().expect("kept"));
    assert_eq!((store.deadline(), store.expire(start + 60 * SECOND)), (None, None));
    assert!(!store.confirm().expect("nothing to do") && store.roll_back().is_none());
    tried(&store);
    drop(store);
    tried(&open(folder.path()));
    assert_eq!(names(folder.path()), ["lock", "user.cfg"]);
}

#[test]
fn what_nobody_confirms_is_taken_back_in_time() {
    let (folder, start) = (tempfile::tempdir().expect("a folder"), start());
    let store = trial(folder.path(), start);
    assert_eq!(store.expire(start + 9 * SECOND), None);
    tried(&store);
    let told = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = std::sync::Arc::clone(&told);
    let _subscription = store.subscribe(move |changed| {
        count.fetch_add(changed.changes.len(), std::sync::atomic::Ordering::SeqCst);
    });
    assert_eq!(store.expire(start + 10 * SECOND).expect("the time is up").len(), 3);
    assert_eq!(told.load(std::sync::atomic::Ordering::SeqCst), 3);
    as_before(&store);
    assert_eq!((store.deadline(), store.expire(start + 60 * SECOND)), (None, None));
    drop(store);
    as_before(&open(folder.path()));
    assert_eq!(names(folder.path()), ["lock", "user.cfg"]);
}

#[test]
fn a_start_without_confirmation_takes_back() {
    let (folder, start) = (tempfile::tempdir().expect("a folder"), start());
    drop(trial(folder.path(), start));
    let (store, taken) = open_taken_back(folder.path());
    assert_eq!(taken, ["CFG_CYCLIC_INTVL", "NET_DNS1", "NET_DNS2"]);
    as_before(&store);
    assert!(!store.confirm().expect("no trial"));
    drop(store);
    as_before(&open(folder.path()));
}

#[test]
fn a_new_life_of_the_unit_goes_on_with_the_trial_unless_all_was_erased() {
    let (folder, start) = (tempfile::tempdir().expect("a folder"), start());
    let store = trial(folder.path(), start);
    assert!(store.reload().expect("nothing to do").is_empty());
    tried(&store);
    assert_eq!(store.deadline(), Some(start + 10 * SECOND));
    store.erase(Erase::Everything).expect("decided");
    assert!(store.reload().expect("done").is_empty());
    assert_eq!((store.deadline(), store.snapshot().layer(Layer::User).len()), (None, 0));
}

#[test]
fn trials_join_and_other_changes_outlive_them() {
    let (folder, start) = (tempfile::tempdir().expect("a folder"), start());
    let store = trial(folder.path(), start);
    store.edit_provisional(&[set("NET_GATEWAY", "192.0.2.254")], Method::Web, start + 20 * SECOND).expect("allowed");
    assert_eq!(store.expire(start + 10 * SECOND), None);
    // For good, at the phone and from a file meanwhile; one of them about a setting on trial.
    store.edit(&[set("DISPLAY_DATE_PATTERN", "2"), set("NET_DNS2", "192.0.2.7")], Method::Phone).expect("allowed");
    store.replace(Layer::Master, &file(&["CFG_RTRY_INTVL=\"7\""]), "m").expect("good");
    // Refused: nothing of it may stay in what the trial goes back to.
    store.edit(&[set("CFG_CYCLIC_INTVL", "none")], Method::Web).expect_err("no number");
    let check = |store: &Store| {
        let now = ["NET_DNS1", "NET_DNS2", "NET_GATEWAY", "DISPLAY_DATE_PATTERN", "CFG_RTRY_INTVL", "CFG_CYCLIC_INTVL"];
        assert_eq!(now.map(|name| value(store, name)), ["192.0.2.1", "192.0.2.7", "", "2", "7", "60"]);
        assert_eq!(store.snapshot().effective(id("DISPLAY_DATE_PATTERN")).origin.method, Method::Phone);
    };
    let copy = copied(folder.path());
    store.expire(start + 20 * SECOND).expect("the time is up");
    check(&store);
    check(&open_taken_back(copy.path()).0);
}

#[test]
fn nothing_changed_is_no_trial() {
    let (folder, start) = (tempfile::tempdir().expect("a folder"), start());
    let store = open(folder.path());
    store.edit(&[set("NET_DNS1", "192.0.2.1")], Method::Web).expect("allowed");
    store.edit_provisional(&[set("NET_DNS1", "192.0.2.1")], Method::Web, start).expect("allowed");
    store.edit_provisional(&[set("NET_DNS1", "x")], Method::Web, start).expect_err("no address");
    assert_eq!((store.deadline(), names(folder.path())), (None, vec!["lock".into(), "user.cfg".into()]));
}

/// A copy of a folder as a kill would leave it now.
fn copied(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().expect("a folder");
    for name in names(folder).iter().filter(|name| name.ends_with(".cfg")) {
        fs::copy(folder.join(name), copy.path().join(name)).expect("copied");
    }
    copy
}

/// The files of each state that lies between two steps.
#[test]
fn a_kill_between_any_two_steps_leaves_one_state_or_the_other() {
    let (folder, start) = (tempfile::tempdir().expect("a folder"), start());
    let store = trial(folder.path(), start);
    let during = copied(folder.path());
    let read = |name: &str| fs::read(during.path().join(name)).expect("there");
    let (before, tried_out) = (read("pending.cfg"), read("user.cfg"));
    store.roll_back().expect("a trial");
    assert_eq!(fs::read(folder.path().join("user.cfg")).expect("there"), before);

    for (step, user, pending, good, told) in [
        ("before the trial", Some(&before), None, true, false),
        ("the way back is written", Some(&before), Some(&before), true, false),
        ("on trial", Some(&tried_out), Some(&before), true, true),
        ("confirmed", Some(&tried_out), None, false, false),
        ("rolled back, not tidied up", Some(&before), Some(&before), true, false),
        ("the user layer is lost", None, Some(&before), true, true),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, bytes) in [("user.cfg", user), ("pending.cfg", pending)] {
            bytes.into_iter().for_each(|bytes| fs::write(folder.path().join(name), bytes).expect("written"));
        }
        let (store, reports) = Store::open(folder.path()).expect("opens");
        assert_eq!(reports.len(), usize::from(told), "{step}: {reports:?}");
        if good {
            as_before(&store)
        } else {
            tried(&store)
        }
        drop(store);
        let store = open(folder.path());
        if good {
            as_before(&store)
        } else {
            tried(&store)
        }
        assert_eq!(names(folder.path()), ["lock", "user.cfg"], "{step}");
    }
}

#[test]
fn a_damaged_way_back_is_kept_and_told() {
    let (folder, start) = (tempfile::tempdir().expect("a folder"), start());
    drop(trial(folder.path(), start));
    let pending = folder.path().join("pending.cfg");
    let bytes = fs::read(&pending).expect("there");
    fs::write(&pending, &bytes[..bytes.len() - 9]).expect("cut");
    let (store, reports) = Store::open(folder.path()).expect("opens");
    assert!(matches!(&reports[..], [report] if matches!(report.problem, Problem::Altered)), "{reports:?}");
    tried(&store);
    drop(store);
    tried(&open(folder.path()));
    assert_eq!(names(folder.path()), ["lock", "pending.cfg.damaged", "user.cfg"]);
}

#[test]
fn a_disk_that_refuses_the_way_back_does_not_keep_it_off() {
    let (folder, start) = (tempfile::tempdir().expect("a folder"), start());
    let store = trial(folder.path(), start);
    let away = tempfile::tempdir().expect("a folder");
    let place = away.path().join("state");
    fs::rename(folder.path(), &place).expect("moved");
    assert_eq!(store.expire(start + 10 * SECOND).expect("the time is up").len(), 3);
    as_before(&store);
    store.edit(&[set("NET_GATEWAY", "192.0.2.254")], Method::Web).expect_err("no folder");
    as_before(&store);
    fs::rename(&place, folder.path()).expect("moved back");
    as_before(&open_taken_back(copied(folder.path()).path()).0);
    store.edit(&[set("NET_GATEWAY", "192.0.2.254")], Method::Web).expect("the folder is back");
    drop(store);
    let store = open(folder.path());
    assert_eq!((&*value(&store, "NET_GATEWAY"), &*value(&store, "NET_DNS1")), ("192.0.2.254", "192.0.2.1"));
}

/// The process that is killed: trials for ever, each second one confirmed; it tells what has been confirmed.
#[test]
fn trier() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let (store, _) = Store::open(Path::new(&folder)).expect("opens");
    let mut out = std::io::stdout();
    let mut number: u32 = value(&store, "CFG_CYCLIC_INTVL").parse().expect("a number");
    writeln!(out, "\nopen {number}").expect("the parent listens");
    loop {
        let tried = [set("CFG_CYCLIC_INTVL", &(number + 1).to_string()), set("NET_DNS1", "192.0.2.9")];
        store.edit_provisional(&tried, Method::Web, Instant::now()).expect("allowed");
        writeln!(out, "trial").expect("the parent listens");
        store.roll_back().expect("a trial");
        writeln!(out, "back").expect("the parent listens");
        number += 1;
        let kept = [set("CFG_CYCLIC_INTVL", &number.to_string()), set("NET_DNS1", "192.0.2.1")];
        store.edit_provisional(&kept, Method::Web, Instant::now()).expect("allowed");
        writeln!(out, "trial").expect("the parent listens");
        store.confirm().expect("kept");
        writeln!(out, "confirmed {number}").expect("the parent listens");
    }
}

#[test]
fn a_killed_trial_leaves_one_state_or_the_other() {
    let folder = tempfile::tempdir().expect("a folder");
    open(folder.path())
        .edit(&[set("CFG_CYCLIC_INTVL", "100"), set("NET_DNS1", "192.0.2.1")], Method::Web)
        .expect("allowed");
    let mut confirmed = 100;
    for kill in 0..KILLS {
        let mut child = test_process("provisional::trier")
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this executable runs again");
        let mut left = 2 + kill % 9;
        for line in BufReader::new(child.stdout.take().expect("piped")).lines() {
            let Ok(line) = line else { break };
            if let Some(number) = line.strip_prefix("confirmed ") {
                confirmed = number.parse().expect("a number");
            }
            if ["open ", "trial", "back", "confirmed "].iter().any(|word| line.starts_with(word)) {
                left = left.saturating_sub(1);
                if left == 0 {
                    (0..kill * 997 % 40_000).for_each(|_| std::hint::spin_loop());
                    child.kill().expect("killed");
                }
            }
        }
        child.wait().expect("ended");
        let (store, _) = Store::open(folder.path()).expect("opens");
        let now: u32 = value(&store, "CFG_CYCLIC_INTVL").parse().expect("a number");
        // What was told is kept; of what was not told, one confirmation may be there.
        assert!((confirmed..=confirmed + 1).contains(&now), "kill {kill}: confirmed {confirmed}, now {now}");
        assert_eq!(value(&store, "NET_DNS1"), "192.0.2.1", "kill {kill}");
        confirmed = now;
        drop(store);
        open(folder.path());
    }
    assert!(confirmed > 100, "nothing was confirmed");
    assert_eq!(names(folder.path()), ["lock", "user.cfg"]);
}
