//! A full disk: what was kept stays, on the disk and in memory, and work goes on once there is room.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::process::Command;

use offhook_settings::{Layer, Method};
use offhook_store::{EditError, NewFile, Store};

use crate::{file, id, open, set, test_process, value};

const DISK: &str = "OFFHOOK_TEST_TINY_DISK";

/// Gives the test below a disk of 128 KiB that is mounted for its process alone.
#[test]
fn a_full_disk_loses_nothing() {
    let disk = tempfile::tempdir().expect("a folder");
    let mut inner = test_process("full_disk::on_a_tiny_disk");
    inner.env(DISK, disk.path());
    let script = "mount -t tmpfs -o size=128k tmpfs \"$OFFHOOK_TEST_TINY_DISK\" || exit 77; exec \"$@\"";
    // As root; else as root of a user namespace, where the system allows that.
    for namespace in [["--mount"].as_slice(), &["--mount", "--map-root-user"]] {
        let mut command = Command::new("unshare");
        command.args(namespace).args(["sh", "-c", script, "sh"]).arg(inner.get_program()).args(inner.get_args());
        let output = command.env(DISK, disk.path()).output();
        let Ok(output) = output else { continue };
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        if said.contains("running 1 test") {
            assert!(output.status.success(), "{said}");
            return;
        }
        eprintln!("unshare {namespace:?}: {said}");
    }
    eprintln!("not tested: a full disk needs the right to mount a tmpfs (root, or user namespaces)");
    assert!(std::env::var_os("CI").is_none(), "this test has to run where changes are judged");
}

#[test]
fn on_a_tiny_disk() {
    let Some(disk) = std::env::var_os(DISK) else { return };
    let disk = Path::new(&disk);
    let folder = disk.join("state");
    let store = open(&folder);
    store.edit(&[set("CFG_CYCLIC_INTVL", "60")], Method::Web).expect("there is room");
    store.replace(Layer::Master, &file(&["CFG_RTRY_INTVL=\"7\""]), "m").expect("there is room");
    let large =
        file(&vec!["# a line that needs room, and a little more of it"; 1000].iter().map(|l| &**l).collect::<Vec<_>>());
    let kept = kept_files(&folder);
    let calls = disk.join("calls");
    fs::create_dir(&calls).expect("created");
    fs::write(calls.join("calls.journal"), "1\n").expect("there is room");

    // From no room at all to a little less than is needed, so that the write fails early as well as late.
    let filler = disk.join("filler");
    fill(&filler);
    for room in [0, 4, 8, 16, 32] {
        let size = fs::metadata(&filler).expect("there").len();
        OpenOptions::new()
            .write(true)
            .open(&filler)
            .expect("there")
            .set_len(size.saturating_sub(room * 1024))
            .expect("shrunk");
        let error = store.replace(Layer::Standard, &large, "s").expect_err("there is no room");
        assert!(error.is_full(), "{error}");
        assert!(error.to_string().contains("standard.cfg"), "{error}");
        assert_eq!(kept_files(&folder), kept, "with {room} KiB");
        assert!(store.snapshot().layer(Layer::Standard).is_empty());
        // Several at once, of which the small one finds room: it must not count alone.
        let small = file(&["CFG_RTRY_INTVL=\"8\""]);
        let new = |layer, bytes| NewFile { layer, bytes, source: "s" };
        let several = [new(Layer::Master, &small), new(Layer::Product, &small), new(Layer::Standard, &large)];
        let error = store.replace_all(&several).expect_err("there is no room for all");
        assert!(error.is_full(), "{error}");
        assert_eq!(value(&store, "CFG_RTRY_INTVL"), "7");
        assert_eq!(kept_files(&folder), kept, "with {room} KiB");
        fill(&filler);
        let error = store.edit(&[set("CFG_CYCLIC_INTVL", "61")], Method::Web).expect_err("there is no room");
        assert!(matches!(&error, EditError::Store(error) if error.is_full()), "{error}");
        assert_eq!(value(&store, "CFG_CYCLIC_INTVL"), "60");
        assert_eq!(kept_files(&folder), kept, "with no room");
        crate::journal::survives_a_full_disk(&calls, b"1\n", room as usize * 1024);
    }

    // A start on a full disk finds everything, damage included: evidence needs no room of its own.
    drop(store);
    let store = open(&folder);
    assert_eq!((&*value(&store, "CFG_CYCLIC_INTVL"), &*value(&store, "CFG_RTRY_INTVL")), ("60", "7"));
    drop(store);
    let user = folder.join("user.cfg");
    let cut = fs::metadata(&user).expect("there").len() - 4;
    OpenOptions::new().write(true).open(&user).expect("there").set_len(cut).expect("cut");
    for _ in 0..2 {
        let (store, reports) = Store::open(&folder).expect("starts");
        assert_eq!(reports.len(), 1, "{reports:?}");
        assert_eq!(value(&store, "CFG_CYCLIC_INTVL"), "60");
    }

    // Room again.
    fs::remove_file(&filler).expect("removed");
    let (store, _) = Store::open(&folder).expect("starts");
    store.edit(&[set("CFG_CYCLIC_INTVL", "61")], Method::Web).expect("there is room");
    store.replace(Layer::Standard, &large, "s").expect("there is room");
    drop(store);
    let store = open(&folder);
    assert_eq!(value(&store, "CFG_CYCLIC_INTVL"), "61");
    assert_eq!(store.snapshot().effective(id("CFG_CYCLIC_INTVL")).origin.method, Method::Web);
    assert!(folder.join("user.cfg.damaged").exists());
    assert!(!folder.join("user.cfg.damaged-2").exists());
}

/// Names and contents of the folder's files.
fn kept_files(folder: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("listed").map(|e| e.expect("an entry"));
    let mut files: Vec<_> = entries.map(|e| (e.file_name(), fs::read(e.path()).expect("read"))).collect();
    files.sort();
    files
}

/// Makes a file as large as the disk allows.
fn fill(path: &Path) {
    let mut file = OpenOptions::new().create(true).append(true).open(path).expect("opened");
    while file.write_all(&[0; 4096]).is_ok() {}
    while file.write_all(&[0]).is_ok() {}
}
