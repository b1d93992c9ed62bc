//! Downloaded files: kept byte for byte, with their source, or refused as a whole.

use std::fs;

use offhook_settings::Layer;
use offhook_store::{Store, StoreError};

use crate::{file, id, open, set, value};

#[test]
fn a_file_keeps_its_bytes_its_source_and_its_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = "https://admin:secret@server.example/a b/master--1.cfg";
    let bytes = file(&["# a comment", "", "CFG_CYCLIC_INTVL=\"60\"", "NO_SUCH_NAME=\"1\"", "CFG_RTRY_INTVL=\"7\""]);
    {
        let store = open(folder.path());
        let replaced = store.replace(Layer::Master, &bytes, url).expect("a file with one bad line");
        assert_eq!(replaced.changes.len(), 2);
        assert!(replaced.diagnostics.iter().any(|d| d.line == 5), "{:?}", replaced.diagnostics);
    }
    let kept = fs::read(folder.path().join("master.cfg")).expect("kept");
    assert!(kept.starts_with(&bytes));
    assert!(!String::from_utf8_lossy(&kept).contains("secret"));

    let layers = open(folder.path()).snapshot();
    let origin = |name: &str| layers.effective(id(name)).origin.to_string();
    assert_eq!(origin("CFG_CYCLIC_INTVL"), "https://admin:***@server.example/a b/master--1.cfg, line 4");
    assert_eq!(origin("CFG_RTRY_INTVL"), "https://admin:***@server.example/a b/master--1.cfg, line 6");
}

#[test]
fn a_new_file_replaces_the_whole_layer() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    store.replace(Layer::Master, &file(&["CFG_CYCLIC_INTVL=\"60\"", "CFG_RTRY_INTVL=\"7\""]), "m").expect("good");
    let replaced = store.replace(Layer::Master, &file(&["CFG_RTRY_INTVL=\"7\""]), "m").expect("good");
    assert_eq!(replaced.changes.params().collect::<Vec<_>>(), [id("CFG_CYCLIC_INTVL")]);
    assert_eq!(value(&store, "CFG_CYCLIC_INTVL"), id("CFG_CYCLIC_INTVL").default());
    drop(store);
    assert_eq!(open(folder.path()).snapshot().layer(Layer::Master).len(), 1);
}

#[test]
fn a_void_file_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    store.replace(Layer::Standard, &file(&["CFG_CYCLIC_INTVL=\"60\""]), "s").expect("good");
    let kept = fs::read(folder.path().join("standard.cfg")).expect("kept");
    for void in [b"CFG_CYCLIC_INTVL=\"61\"\r\n".as_slice(), b"\xff\xfe\x00", b"", &[b'#'; 300_000]] {
        let error = store.replace(Layer::Standard, void, "s").expect_err("void");
        assert!(matches!(&error, StoreError::Void(diagnostics) if !diagnostics.is_empty()), "{error}");
    }
    assert_eq!(value(&store, "CFG_CYCLIC_INTVL"), "60");
    assert_eq!(fs::read(folder.path().join("standard.cfg")).expect("kept"), kept);
}

#[test]
fn files_fill_file_layers_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    for layer in [Layer::Factory, Layer::User] {
        let error = store.replace(layer, &file(&[]), "x").expect_err("not from a file");
        assert!(matches!(error, StoreError::NotFromFile(l) if l == layer), "{error}");
    }
}

#[test]
fn the_same_file_again_is_not_written_again() {
    use std::os::unix::fs::MetadataExt;
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let place = || fs::metadata(folder.path().join("master.cfg")).expect("kept").ino();
    let bytes = file(&["CFG_CYCLIC_INTVL=\"60\""]);
    store.replace(Layer::Master, &bytes, "a").expect("good");
    // Hold the file, so that its number is not given to the next one.
    let _held = fs::File::open(folder.path().join("master.cfg")).expect("kept");
    let first = place();
    assert!(store.replace(Layer::Master, &bytes, "a").expect("good").changes.is_empty());
    assert_eq!(place(), first);
    store.replace(Layer::Master, &bytes, "b").expect("good");
    assert_ne!(place(), first);
}

#[test]
fn a_cleared_layer_stays_clear() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    store.replace(Layer::Product, &file(&["CFG_CYCLIC_INTVL=\"60\""]), "p").expect("good");
    store.edit(&[set("SIP_SESSION_TIME_1", "90")], offhook_settings::Method::Web).expect("allowed");
    assert_eq!(store.clear(Layer::Product).expect("cleared").len(), 1);
    assert_eq!(store.clear(Layer::User).expect("cleared").len(), 1);
    assert_eq!(store.clear(Layer::Master).expect("was clear").len(), 0);
    assert_eq!(store.clear(Layer::Factory).expect("stays").len(), 0);
    drop(store);
    let layers = open(folder.path()).snapshot();
    assert!(Layer::ALL[1..].iter().all(|layer| layers.layer(*layer).is_empty()));
}

#[test]
fn a_folder_has_one_owner() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let copy = store.clone();
    drop(store);
    let error = Store::open(folder.path()).expect_err("a copy still owns it");
    assert!(matches!(&error, StoreError::Locked(path) if path == folder.path()), "{error}");
    drop(copy);
    open(folder.path());
}

#[test]
fn a_look_needs_no_ownership_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    store.edit(&[set("SIP_SESSION_TIME_1", "90")], offhook_settings::Method::Web).expect("allowed");
    fs::write(folder.path().join("master.cfg"), file(&["CFG_CYCLIC_INTVL=\"60\"", "half a li"])).expect("damaged");
    let layers = offhook_store::peek(folder.path()).expect("readable");
    let seen = ["SIP_SESSION_TIME_1", "CFG_CYCLIC_INTVL"].map(|name| layers.effective(id(name)).value);
    assert_eq!(seen, ["90", "60"]);
    assert!(!folder.path().join("master.cfg.damaged").exists());
    offhook_store::peek(folder.path().join("nowhere")).expect_err("no folder");
}
