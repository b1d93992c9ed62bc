//! Firmware over the network: from nginx and vsftpd into a slot, or refused on the way.

use std::path::Path;

use offhook_params::types::FirmwareVersion;
use offhook_provision::Location;
use offhook_provision::fetch::Fetcher;
use offhook_provision::firmware::{Fault, Manifest, Signer, Slot, Slots, Wanted, image, install};

use crate::access;
use crate::servers::{nginx, vsftpd};

const PLAIN: &str = "server { listen 127.0.0.1:{port}; root {folder}/files; access_log {folder}/lines line; }";

fn try_install(url: &str, folder: &Path, key: &Signer, running: FirmwareVersion) -> Result<Manifest, Fault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let location = Location::parse(url).expect("a URL");
    let mut slots = Slots::open(folder)?;
    let wanted = Wanted { newer_than: Some(running), ..Wanted::default() };
    runtime.block_on(async { install(&Fetcher::new(access())?, &location, &mut slots, &key.keyring(), wanted).await })
}

#[test]
fn what_is_good_is_installed_and_what_is_not_leaves_no_trace() {
    let key = Signer::generate(1).expect("a key");
    let payload = vec![7; 3_000_000];
    let (old, new) = (FirmwareVersion { major: 1, minor: 0 }, FirmwareVersion { major: 1, minor: 1 });
    let good = [image("KX-UT670", new, &payload, &key).expect("an image"), payload.clone()].concat();
    let mut altered = good.clone();
    *altered.last_mut().expect("bytes") ^= 1;
    let files = [("good", &*good), ("cut", &good[..good.len() - 1]), ("altered", &*altered), ("page", b"<html>")];
    let Some(server) = nginx(PLAIN, &files) else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let url = |name: &str| format!("http://127.0.0.1:{}/{name}", server.port);
    for (name, running, words) in [
        ("cut", old, "1 bytes are missing"),
        ("altered", old, "SHA-256"),
        ("page", old, "no firmware image"),
        ("good", new, "not newer"),
        ("none", old, "no such file"),
    ] {
        let fault = try_install(&url(name), folder.path(), &key, running).expect_err(name).to_string();
        assert!(fault.contains(words), "{name}: {fault}");
        let slots = Slots::open(folder.path()).expect("opens");
        assert_eq!((slots.boot().clone().start().0, slots.program(Slot::B).exists()), (Slot::A, false), "{name}");
    }
    assert!(matches!(try_install("tftp://127.0.0.1/good", folder.path(), &key, old), Err(Fault::Tftp)));
    assert_eq!(try_install(&url("good"), folder.path(), &key, old).expect("good").version, new);
    let mut slots = Slots::open(folder.path()).expect("opens");
    assert_eq!(slots.start().expect("starts"), Slot::B);
    assert_eq!(std::fs::read(folder.path().join("current/offhook")).expect("a program"), payload);
    if let Some(server) = vsftpd(None) {
        server.put("good", &good);
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("ftp://127.0.0.1:{}/good", server.port);
        assert_eq!(try_install(&url, folder.path(), &key, old).expect("good").version, new);
    }
}
