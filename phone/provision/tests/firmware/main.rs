//! Firmware images that are not what they should be, keys of openssl, and slots under kills.

mod slots;

use std::fs;
use std::io::{self, Write as _};
use std::process::Command;

use offhook_params::types::FirmwareVersion;
use offhook_provision::firmware::{Fault, Keyring, Manifest, Signer, Verifier, Wanted, claims, image, verify, version};
use proptest::prelude::*;

const VERSION: FirmwareVersion = FirmwareVersion { major: 1, minor: 70 };

fn signer() -> Signer {
    Signer::generate(1).expect("a key")
}

fn packed(payload: &[u8], signer: &Signer) -> Vec<u8> {
    let mut bytes = image("KX-UT670", VERSION, payload, signer).expect("an image");
    bytes.extend_from_slice(payload);
    bytes
}

fn check(image: &[u8], keys: &Keyring) -> Result<Manifest, Fault> {
    verify(image, keys, &Wanted::default())
}

/// What a sink gets when an image comes in pieces.
fn stream(image: &[u8], piece: usize, keys: &Keyring) -> (Vec<u8>, Result<Manifest, Fault>) {
    let mut sink = Vec::new();
    let mut verifier = Verifier::new(&mut sink, keys.clone(), Wanted::default());
    let pushed = image.chunks(piece).try_for_each(|piece| verifier.write_all(piece)).map_err(Fault::from);
    let result = pushed.and_then(|()| verifier.finish().map(|(manifest, _)| manifest));
    (sink, result)
}

#[test]
fn every_reason_is_told() {
    let (key, stranger) = (signer(), signer());
    let successor = Signer::generate(2).expect("a key");
    let good = packed(b"program", &key);
    let keys = key.keyring();
    assert_eq!(check(&good, &keys).expect("good"), claims(&*good).expect("an image"));
    let both = Keyring::parse(&format!("# ours\n{}\n{}", key.keyring(), successor.keyring())).expect("two keys");
    assert!(matches!(check(&good, &stranger.keyring()), Err(Fault::UnknownKey(_))));
    assert!(matches!(check(&good, &both), Err(Fault::OldKey { newest: 2, .. })));
    check(&packed(b"program", &successor), &both).expect("the key of the day");

    let wanted = |wanted| verify(&*good, &keys, &wanted);
    let model = |model: &str| Wanted { model: Some(model.into()), ..Wanted::default() };
    wanted(model("KX-UT670")).expect("the model");
    assert!(matches!(wanted(model("KX-UT248")), Err(Fault::Model { .. })));
    let newer = |major, minor| Wanted { newer_than: Some(FirmwareVersion { major, minor }), ..Wanted::default() };
    wanted(newer(1, 69)).expect("newer");
    wanted(newer(0, 999)).expect("newer");
    assert!(matches!(wanted(newer(1, 70)), Err(Fault::NotNewer { .. })));
    assert!(matches!(wanted(newer(2, 0)), Err(Fault::NotNewer { .. })));
    let other = Wanted { version: version("01.071"), ..Wanted::default() };
    assert!(matches!(wanted(other), Err(Fault::OtherVersion { .. })));

    for (bytes, what) in [(b"".as_slice(), "nothing"), (b"<!DOCTYPE html>", "a page"), (&[0; 9000], "noise")] {
        assert!(matches!(check(bytes, &keys), Err(Fault::NoImage(_))), "{what}");
        assert!(matches!(claims(bytes), Err(Fault::NoImage(_))), "{what}");
    }
}

#[test]
fn versions_are_those_of_the_settings() {
    for (text, expected) in [("00.000", Some((0, 0))), ("15.999", Some((15, 999))), ("01.070", Some((1, 70)))] {
        assert_eq!(version(text), expected.map(|(major, minor)| FirmwareVersion { major, minor }));
        assert_eq!(version(text).expect("a version").to_string(), text);
    }
    for text in ["", "1.070", "16.000", "01.07", "01.0700", "01-070", "a1.070", "01.07\u{660}"] {
        assert_eq!(version(text), None, "{text}");
    }
}

/// A server that sends more than was announced: not one byte of it arrives.
#[test]
fn no_more_comes_than_was_announced() {
    let key = signer();
    let mut long = packed(b"program", &key);
    long.extend_from_slice(&[7; 100_000]);
    for piece in [1, 8, 1000, 200_000] {
        let (sink, result) = stream(&long, piece, &key.keyring());
        assert!(matches!(result, Err(Fault::TooLong)), "{result:?}");
        assert!(sink.len() <= 7, "{}", sink.len());
    }
}

#[test]
fn a_full_disk_is_no_fault_of_the_image() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let key = signer();
    let mut verifier = Verifier::new(Full, key.keyring(), Wanted::default());
    let error = verifier.write_all(&packed(b"program", &key)).expect_err("full");
    assert!(matches!(Fault::from(error), Fault::Io(error) if error.kind() == io::ErrorKind::StorageFull));
}

#[test]
fn a_key_that_claims_another_generation_is_unknown() {
    let old = signer();
    let successor = Signer::generate(2).expect("a key");
    // The old key, sold as one of the next generation.
    let pem = old.to_pem().expect("a file").replace("Generation: 1", "Generation: 2");
    let forged = packed(b"program", &Signer::from_pem(&pem).expect("a key"));
    let both = Keyring::parse(&format!("{}{}", old.keyring(), successor.keyring())).expect("two keys");
    assert!(matches!(check(&forged, &both), Err(Fault::UnknownKey(_))));
}

#[test]
fn keys_are_read_as_they_were_written() {
    let key = Signer::generate(7).expect("a key");
    let again = Signer::from_pem(&key.to_pem().expect("a file")).expect("a key");
    assert_eq!((again.name(), again.keyring()), (key.name(), key.keyring()));
    assert_eq!(Keyring::parse(&key.keyring().to_string()).expect("a key"), key.keyring());
    assert!(!format!("{key:?}").contains("secret"));
    for none in ["", "# nothing", "1", "1 AAAA", "x AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="] {
        Keyring::parse(none).expect_err(none);
    }
    // The neutral point, for which anybody can sign.
    Keyring::parse("1 AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").expect_err("a weak key");
    for none in ["", "Generation: 1\n", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"] {
        Signer::from_pem(none).expect_err(none);
    }
}

/// openssl checks what we sign, and we sign with a key that it has made.
#[test]
fn openssl_agrees() {
    let folder = tempfile::tempdir().expect("a folder");
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).current_dir(folder.path()).output().ok()?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        Some(said)
    };
    if openssl(&["genpkey", "-algorithm", "ed25519", "-out", "theirs.pem"]).is_none() {
        assert!(std::env::var_os("CI").is_none(), "openssl is missing (Debian: apt install openssl)");
        eprintln!("not tested: openssl is missing");
        return;
    }
    let theirs = fs::read_to_string(folder.path().join("theirs.pem")).expect("written");
    for key in [Signer::from_pem(&theirs).expect("a key"), signer()] {
        let image = image("KX-UT670", VERSION, b"program", &key).expect("an image");
        let (head, signature) = image.split_at(image.len() - 64);
        for (name, bytes) in [
            ("manifest", &head[12..]),
            ("signature", signature),
            ("public.pem", key.public_pem().expect("a file").as_bytes()),
            ("private.pem", key.to_pem().expect("a file").as_bytes()),
        ] {
            fs::write(folder.path().join(name), bytes).expect("written");
        }
        let said = openssl(&[
            "pkeyutl",
            "-verify",
            "-pubin",
            "-inkey",
            "public.pem",
            "-rawin",
            "-in",
            "manifest",
            "-sigfile",
            "signature",
        ]);
        assert!(said.expect("it ran before").contains("Verified Successfully"));
        let public = openssl(&["pkey", "-in", "private.pem", "-pubout"]).expect("it ran before");
        assert_eq!(public, key.public_pem().expect("a file"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn good_images_pass_in_pieces_of_any_size(payload in prop::collection::vec(any::<u8>(), 0..2000), piece in 1..700_usize) {
        let key = signer();
        let (sink, result) = stream(&packed(&payload, &key), piece, &key.keyring());
        prop_assert!(result.is_ok(), "{:?}", result);
        prop_assert_eq!(sink, payload);
    }

    /// Each byte of every region counts: magic, length, manifest, signature, payload.
    #[test]
    fn an_altered_byte_is_noticed(place in any::<prop::sample::Index>(), region in 0..5_usize, flip in 1..=255_u8, piece in 1..700_usize) {
        let key = signer();
        let payload = [1; 300];
        let mut image = packed(&payload, &key);
        let head = image.len() - payload.len();
        let regions = [0..8, 8..12, 12..head - 64, head - 64..head, head..image.len()];
        let region = regions[region].clone();
        let place = region.start + place.index(region.len());
        image[place] ^= flip;
        let (sink, result) = stream(&image, piece, &key.keyring());
        prop_assert!(result.is_err());
        if place < head {
            prop_assert!(sink.is_empty(), "payload got through before its manifest was checked");
        } else {
            prop_assert!(matches!(result, Err(Fault::Digest)));
        }
    }

    #[test]
    fn a_cut_or_a_longer_image_is_noticed(cut in any::<prop::sample::Index>(), more in prop::collection::vec(any::<u8>(), 1..50), piece in 1..700_usize) {
        let key = signer();
        let image = packed(&[1; 300], &key);
        prop_assert!(stream(&image[..cut.index(image.len())], piece, &key.keyring()).1.is_err());
        prop_assert!(matches!(stream(&[image, more].concat(), piece, &key.keyring()).1, Err(Fault::TooLong)));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), after_magic in any::<bool>()) {
        let bytes = if after_magic { [b"OFFHOOK\x01\0\0\0".as_slice(), &bytes].concat() } else { bytes };
        prop_assert!(check(&bytes, &signer().keyring()).is_err());
    }
}
