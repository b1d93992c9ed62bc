//! The four resets with exactly their scope, and backups that come back as they went, or not at all.

use std::fs;
use std::path::Path;

use offhook_settings::{Layer, Method};
use offhook_store::{BackupError, Erase, Make, Store, information};

use crate::{file, open, set, value};

/// A unit with values of every origin, user data, and an application.
fn lived_in(folder: &Path) -> Store {
    let store = open(folder);
    let lines = ["ADMIN_PASS=\"from-file\"", "SIP_TIMER_T1_1=\"1000\""];
    store.replace(Layer::Standard, &file(&lines), "s").expect("good");
    store.edit(&[set("SIP_TIMER_T1_1", "2000"), set("USER_PASS", "user-secret")], Method::Web).expect("allowed");
    store.edit(&[set("TERMINAL_NUMBER", "7"), set("DEFAULT_LANGUAGE", "de")], Method::Phone).expect("allowed");
    for name in ["calls.journal", "book.journal", "applications/game", "provisioning.json", "user.cfg.damaged"] {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, name).expect("written");
    }
    store
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("listed").map(|e| e.expect("an entry").file_name());
    let mut names: Vec<_> = entries.map(|name| name.into_string().expect("text")).collect();
    names.sort();
    names
}

const UNIT: [&str; 2] = ["KX-UT670", "01.000"];

fn make([model, firmware]: [&str; 2]) -> Make {
    Make { model: model.to_owned(), firmware: firmware.to_owned() }
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("a time")
}

#[test]
fn a_reset_of_the_web_settings_leaves_files_and_what_only_the_phone_sets() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = lived_in(folder.path());
    store.reset_web().expect("kept");
    assert_eq!((&*value(&store, "SIP_TIMER_T1_1"), &*value(&store, "USER_PASS")), ("1000", ""));
    assert_eq!((&*value(&store, "TERMINAL_NUMBER"), &*value(&store, "ADMIN_PASS")), ("7", "from-file"));
    assert!(folder.path().join("calls.journal").exists());
}

#[test]
fn a_reset_of_the_logins_gives_the_factory_ones_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = lived_in(folder.path());
    let changes = store.reset_logins().expect("kept");
    let changed: Vec<_> = changes.params().map(|id| id.name()).collect();
    assert_eq!(changed, ["ADMIN_PASS", "USER_PASS"]);
    for name in ["ADMIN_ID", "ADMIN_PASS", "USER_ID", "USER_PASS"] {
        assert_eq!(value(&store, name), crate::id(name).default(), "{name}");
    }
    assert_eq!(value(&store, "SIP_TIMER_T1_1"), "2000");
    drop(store);
    let store = open(folder.path());
    assert_eq!(value(&store, "ADMIN_PASS"), "adminpass");
    // Files are heard again after the other reset.
    store.reset_web().expect("kept");
    assert_eq!(value(&store, "ADMIN_PASS"), "from-file");
}

#[test]
fn both_resets_of_the_unit_erase_it_and_one_spares_applications() {
    for (what, left) in [(Erase::Data, ["applications", "lock"].as_slice()), (Erase::Everything, &["lock"])] {
        let folder = tempfile::tempdir().expect("a folder");
        let store = lived_in(folder.path());
        store.erase(what).expect("decided");
        assert_eq!(value(&store, "SIP_TIMER_T1_1"), "2000", "not before the restart");
        store.reload().expect("done");
        assert_eq!(names(folder.path()), left);
        for layer in Layer::ALL.into_iter().filter(|layer| *layer != Layer::Factory) {
            assert!(store.snapshot().layer(layer).is_empty(), "{layer}");
        }
        // And it can be used.
        store.edit(&[set("SIP_TIMER_T1_1", "4000")], Method::Web).expect("allowed");
        drop(store);
        assert_eq!(value(&open(folder.path()), "SIP_TIMER_T1_1"), "4000");
    }
}

#[test]
fn a_backup_has_user_data_and_settings_and_comes_back_whole() {
    for password in [None, Some("correct horse")] {
        let (folder, card) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let store = lived_in(folder.path());
        let path = store.back_up(card.path(), &make(UNIT), at("2026-05-04T23:59:59Z"), password).expect("made");
        assert_eq!(path, card.path().join("kx-ut670/202605042359(UTC)_backup.dat"));
        let told = information(card.path()).expect("there");
        assert_eq!((told.password, told.make), (password.is_some(), make(UNIT)));
        // A further one takes its place.
        store.back_up(card.path(), &make(UNIT), at("2026-05-05T00:00:00Z"), password).expect("made");
        assert_eq!(names(&card.path().join("kx-ut670")), ["202605050000(UTC)_backup.dat", "bkinfo.dat"]);

        // Another unit, of which everything is different.
        let other = tempfile::tempdir().expect("a folder");
        let store = open(other.path());
        store.replace(Layer::Standard, &file(&["SIP_TIMER_T1_1=\"500\""]), "s").expect("good");
        store.edit(&[set("VM_NUMBER_1", "99")], Method::Web).expect("allowed");
        for name in ["mine.journal", "calls.journal"] {
            fs::write(other.path().join(name), "x").expect("written");
        }
        store.restore(card.path(), &make(UNIT), password).expect("taken");
        assert_eq!(value(&store, "VM_NUMBER_1"), "99", "not before the restart");
        assert!(store.reload().expect("done").is_empty());
        let check = |store: &Store| {
            assert_eq!((&*value(store, "SIP_TIMER_T1_1"), &*value(store, "VM_NUMBER_1")), ("2000", ""));
            assert_eq!(store.snapshot().effective(crate::id("TERMINAL_NUMBER")).origin.method, Method::Phone);
            assert_eq!(value(store, "ADMIN_PASS"), "adminpass", "files are not in it");
        };
        check(&store);
        assert_eq!(fs::read(other.path().join("calls.journal")).expect("there"), b"calls.journal");
        assert_eq!(names(other.path()), ["book.journal", "calls.journal", "lock", "standard.cfg", "user.cfg"]);
        drop(store);
        check(&open(other.path()));
    }
}

#[test]
fn a_backup_that_is_not_for_this_unit_changes_nothing() {
    let (folder, card) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let store = lived_in(folder.path());
    let (now, unit) = (at("2026-05-04T23:59:59Z"), make(UNIT));
    let refused = |make: &Make, password| store.restore(card.path(), make, password).expect_err("refused");
    assert!(matches!(refused(&unit, None), BackupError::None));
    for short in ["", "sevench", "with a tab\t", "päßwörter"] {
        assert!(matches!(store.back_up(card.path(), &unit, now, Some(short)), Err(BackupError::Password)), "{short}");
    }
    let path = store.back_up(card.path(), &unit, now, Some("correct horse")).expect("made");
    assert!(matches!(refused(&make(["KX-UT670", "01.001"]), Some("correct horse")), BackupError::OtherMake { .. }));
    assert!(matches!(refused(&make(["KX-UT248", "01.000"]), Some("correct horse")), BackupError::OtherMake { .. }));
    assert!(matches!(refused(&unit, None), BackupError::PasswordNeeded));
    assert!(matches!(refused(&unit, Some("Correct horse")), BackupError::WrongPassword));
    let mut bytes = fs::read(&path).expect("there");
    *bytes.last_mut().expect("bytes") ^= 1;
    fs::write(&path, &bytes).expect("damaged");
    assert!(matches!(refused(&unit, Some("correct horse")), BackupError::Damaged(_)));
    let before = names(folder.path());
    drop(store);
    assert_eq!(names(folder.path()), before);
    assert_eq!(value(&open(folder.path()), "SIP_TIMER_T1_1"), "2000");
}
