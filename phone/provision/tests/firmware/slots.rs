//! Two slots on a disk: what is installed starts, what does not come up goes, and kills leave one or the other.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use offhook_params::types::FirmwareVersion;
use offhook_provision::firmware::{Manifest, Signer, Slot, Slots, Verifier, Wanted, image};

const FOLDER: &str = "OFFHOOK_TEST_SLOTS_IN";
const KILLS: u32 = 200;

fn payload(minor: u16) -> Vec<u8> {
    format!("program {minor:03} ").repeat(500 + usize::from(minor % 7) * 300).into_bytes()
}

/// Installs a version the way a download does.
fn install(slots: &mut Slots, minor: u16, key: &Signer) {
    let (version, payload) = (FirmwareVersion { major: 1, minor }, payload(minor));
    let head = image("KX-UT670", version, &payload, key).expect("an image");
    let mut verifier = Verifier::new(slots.stage().expect("a place"), key.keyring(), Wanted::default());
    verifier.write_all(&head).expect("good");
    verifier.write_all(&payload).expect("good");
    let (manifest, staging) = verifier.finish().expect("good");
    slots.install(staging, &manifest).expect("installed");
}

/// What runs after a start: the link has to lead to a whole program that its manifest describes.
fn started(slots: &mut Slots, folder: &Path) -> (Slot, Manifest) {
    let slot = slots.start().expect("starts");
    assert_eq!(slots.current(), Some(slot));
    let manifest = slots.manifest(slot).expect("what it is");
    let program = fs::read(folder.join("current/offhook")).expect("a program");
    assert_eq!(program, payload(manifest.version.minor), "a mixture in {slot:?}");
    (slot, manifest)
}

#[test]
fn a_new_firmware_takes_over_or_gives_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = Signer::generate(1).expect("a key");
    let open = || Slots::open(folder.path()).expect("opens");
    install(&mut open(), 1, &key);
    let (slot, manifest) = started(&mut open(), folder.path());
    assert_eq!((slot, manifest.version.minor), (Slot::B, 1));
    open().came_up(slot).expect("kept");

    // The next one never comes up.
    install(&mut open(), 2, &key);
    let versions = [(); 5].map(|()| started(&mut open(), folder.path()).1.version.minor);
    assert_eq!(versions, [2, 2, 2, 1, 1]);
    assert_eq!(open().boot().given_up.as_deref(), Some("01.002"));

    // And the one after it does.
    install(&mut open(), 3, &key);
    let (slot, _) = started(&mut open(), folder.path());
    open().came_up(slot).expect("kept");
    assert_eq!(started(&mut open(), folder.path()).1.version.minor, 3);
    assert_eq!(open().boot().given_up, None);
}

#[test]
fn half_a_download_leaves_what_runs() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = Signer::generate(1).expect("a key");
    let mut slots = Slots::open(folder.path()).expect("opens");
    install(&mut slots, 1, &key);
    let (slot, _) = started(&mut slots, folder.path());
    slots.came_up(slot).expect("kept");
    install(&mut slots, 2, &key);
    // A further one begins, and is never finished: neither it nor the one before it starts.
    slots.stage().expect("a place").write_all(b"half").expect("written");
    for _ in 0..2 {
        let mut slots = Slots::open(folder.path()).expect("opens");
        assert_eq!(started(&mut slots, folder.path()).1.version.minor, 1);
    }
}

#[test]
fn lost_files_lead_back_to_what_is_there() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = Signer::generate(1).expect("a key");
    let mut slots = Slots::open(folder.path()).expect("opens");
    install(&mut slots, 1, &key);
    let (slot, _) = started(&mut slots, folder.path());
    slots.came_up(slot).expect("kept");
    fs::write(folder.path().join("boot.json"), "{").expect("damaged");
    let mut slots = Slots::open(folder.path()).expect("opens");
    assert_eq!(started(&mut slots, folder.path()).0, slot);
    install(&mut slots, 2, &key);
    fs::remove_file(slots.program(slot.other())).expect("lost");
    assert_eq!(started(&mut slots, folder.path()).0, slot);
    assert_eq!(slots.boot().given_up.as_deref(), Some("01.002"));
}

/// The process that is killed: it installs and starts for ever, and every second firmware comes up.
#[test]
fn updater() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let folder = Path::new(&folder);
    let key = Signer::generate(1).expect("a key");
    let mut out = std::io::stdout();
    let mut slots = Slots::open(folder).expect("opens");
    let (slot, manifest) = started(&mut slots, folder);
    slots.came_up(slot).expect("kept");
    let mut minor = manifest.version.minor;
    writeln!(out, "\nup {minor}").expect("the parent listens");
    loop {
        minor = (minor + 1) % 1000;
        install(&mut slots, minor, &key);
        writeln!(out, "installed").expect("the parent listens");
        let (slot, _) = started(&mut slots, folder);
        writeln!(out, "started").expect("the parent listens");
        if minor % 2 == 0 {
            slots.came_up(slot).expect("kept");
            writeln!(out, "up {minor}").expect("the parent listens");
        } else {
            while started(&mut slots, folder).0 == slot {}
        }
    }
}

#[test]
fn a_killed_update_leaves_one_firmware_or_the_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut slots = Slots::open(folder.path()).expect("opens");
    install(&mut slots, 0, &Signer::generate(1).expect("a key"));
    drop(slots);
    let mut ups = 0;
    for kill in 0..KILLS {
        let mut child = Command::new(std::env::current_exe().expect("this executable"))
            .args(["slots::updater", "--exact", "--nocapture", "--test-threads=1"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .expect("this executable runs again");
        let mut left = 1 + kill % 9;
        let mut up = None;
        for line in BufReader::new(child.stdout.take().expect("piped")).lines() {
            let Ok(line) = line else { break };
            if let Some(minor) = line.strip_prefix("up ") {
                up = Some(minor.parse::<u16>().expect("a number"));
                ups += 1;
            }
            if ["up ", "installed", "started"].iter().any(|word| line.starts_with(word)) {
                left = left.saturating_sub(1);
                if left == 0 {
                    (0..kill * 997 % 150_000).for_each(|_| std::hint::spin_loop());
                    // A second kill finds the process dead, which is no error.
                    child.kill().expect("killed");
                }
            }
        }
        child.wait().expect("ended");
        let up = up.unwrap_or_else(|| panic!("kill {kill}: no firmware came up"));
        let mut slots = Slots::open(folder.path()).expect("opens");
        // The one that came up last is still there, or one that came up untold.
        let good = slots.manifest(slots.boot().good).expect("what it is").version.minor;
        assert!(good == up || good == up + 2, "kill {kill}: {up} came up, {good} is good");
        let first = started(&mut slots, folder.path()).1.version.minor;
        assert!(first == good || first == up + 1 || first == up + 2, "kill {kill}: {first} starts after {up}");
        // None of those that start now comes up: the good one is back after three starts at the most.
        let starts = (0..4).map(|_| started(&mut slots, folder.path()).1.version.minor);
        assert_eq!(starts.last(), Some(good), "kill {kill}");
    }
    assert!(ups > KILLS, "nothing was updated");
}
