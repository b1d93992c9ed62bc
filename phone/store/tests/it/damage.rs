//! Damaged files: read as far as they can be, kept as evidence, reported once.

use std::fs;
use std::path::Path;

use offhook_settings::{Layer, Method};
use offhook_store::{Edit, EditError, Problem, Report, Store, StoreError};

use crate::{file, id, open, set, value};

/// A folder with a user layer and a master layer.
fn filled() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    store.edit(&[set("CFG_CYCLIC_INTVL", "60"), set("DISPLAY_NAME_1", "x")], Method::Web).expect("allowed");
    let master = file(&["CFG_RTRY_INTVL=\"7\"", "SIP_SESSION_TIME_1=\"90\""]);
    store.replace(Layer::Master, &master, "http://host/m.cfg").expect("good");
    folder
}

fn open_reported(folder: &Path) -> (Store, Report) {
    let (store, mut reports) = Store::open(folder).expect("damage does not keep the phone from starting");
    assert_eq!(reports.len(), 1, "{reports:?}");
    (store, reports.remove(0))
}

/// Damages a file, and says how many values are left and that the next start is a clean one.
fn check(name: &str, damage: impl FnOnce(Vec<u8>) -> Vec<u8>) -> usize {
    let folder = filled();
    let path = folder.path().join(name);
    let damaged = damage(fs::read(&path).expect("there"));
    fs::write(&path, &damaged).expect("damaged");
    let (store, report) = open_reported(folder.path());
    let kept = report.kept.as_ref().expect("kept as evidence");
    assert_eq!(kept, &folder.path().join(format!("{name}.damaged")));
    assert_eq!(fs::read(kept).expect("there"), damaged);
    assert!(report.to_string().contains(name), "{report}");
    let values = store.snapshot().layer(report.layer).len();
    assert_eq!(report.values, values);
    drop(store);
    assert_eq!(open(folder.path()).snapshot().layer(report.layer).len(), values);
    values
}

#[test]
fn what_can_be_read_counts() {
    for name in ["user.cfg", "master.cfg"] {
        assert_eq!(check(name, |_| Vec::new()), 0, "{name}: empty");
        assert_eq!(check(name, |_| vec![0; 4096]), 0, "{name}: zeros");
        assert_eq!(check(name, |_| vec![0xff; 4096]), 0, "{name}: not UTF-8");
        assert_eq!(check(name, |_| vec![b'a'; 5 << 20]), 0, "{name}: huge");
        assert_eq!(check(name, |b| [b"x".as_slice(), &b].concat()), 0, "{name}: no header");
        assert_eq!(check(name, |b| b[..b.len() - 3].to_vec()), 2, "{name}: seal cut");
        assert_eq!(
            check(name, |b| String::from_utf8(b).expect("text").replace("60", "0").replace('7', "0").into_bytes()),
            1,
            "{name}: one bad value"
        );
        assert_eq!(
            check(name, |b| String::from_utf8(b).expect("text").replace("60", "61").replace('7', "8").into_bytes()),
            2,
            "{name}: edited by hand"
        );
    }
}

#[test]
fn every_cut_is_noticed() {
    let folder = filled();
    let whole = fs::read(folder.path().join("user.cfg")).expect("there");
    for end in 0..whole.len() - 2 {
        assert!(check("user.cfg", |b| b[..end].to_vec()) <= 2, "cut at {end}");
    }
}

#[test]
fn the_source_of_a_damaged_file_is_still_known() {
    let folder = filled();
    let path = folder.path().join("master.cfg");
    let text = fs::read_to_string(&path).expect("there").replace("90", "95");
    fs::write(&path, text).expect("edited");
    let (store, report) = open_reported(folder.path());
    assert!(matches!(report.problem, Problem::Altered));
    let layers = store.snapshot();
    let effective = layers.effective(id("SIP_SESSION_TIME_1"));
    assert_eq!((effective.value, &*effective.origin.to_string()), ("95", "http://host/m.cfg, line 3"));
}

#[test]
fn a_damaged_file_that_cannot_be_set_aside_is_not_written_over() {
    let folder = tempfile::tempdir().expect("a folder");
    // Not even a file: it can neither be read nor linked.
    let place = folder.path().join("user.cfg");
    fs::create_dir(&place).expect("created");
    let (store, report) = open_reported(folder.path());
    assert!(matches!(report.problem, Problem::Unreadable(_)));
    assert!(report.kept.is_err());
    let edit = [set("CFG_CYCLIC_INTVL", "60")];
    let error = store.edit(&edit, Method::Web).expect_err("would lose what is there");
    assert!(matches!(error, EditError::Store(StoreError::Io { .. })), "{error}");
    assert!(place.is_dir());
    assert!(store.snapshot().layer(Layer::User).is_empty());
    store.replace(Layer::Master, &file(&["CFG_RTRY_INTVL=\"7\""]), "m").expect("other layers are not concerned");

    // Once somebody has put it right, edits work again without a restart.
    fs::remove_dir(&place).expect("removed");
    fs::write(&place, "half a file").expect("written");
    store.edit(&edit, Method::Web).expect("allowed");
    assert_eq!(fs::read(folder.path().join("user.cfg.damaged")).expect("kept"), b"half a file");
}

#[test]
fn damage_in_one_file_leaves_the_others_alone() {
    let folder = filled();
    fs::write(folder.path().join("user.cfg"), "garbage").expect("damaged");
    let (store, report) = open_reported(folder.path());
    assert_eq!(report.layer, Layer::User);
    assert_eq!(value(&store, "CFG_RTRY_INTVL"), "7");
    store.edit(&[set("CFG_CYCLIC_INTVL", "61"), Edit::Inherit(id("DISPLAY_NAME_1"))], Method::Web).expect("allowed");
    drop(store);
    assert_eq!(value(&open(folder.path()), "CFG_CYCLIC_INTVL"), "61");
}
