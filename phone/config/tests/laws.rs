//! Laws of readers, writers and edits, over generated files and values.

use std::collections::BTreeMap;

use offhook_config::crypt::{Key, KeyLength, decrypt};
use offhook_config::edit::edit;
use offhook_config::{Format, Purpose, Reading, WriteOptions, read, read_as, write};
use offhook_params::{Kind, ParamId};
use proptest::prelude::*;

fn map(reading: &Reading<'_>) -> BTreeMap<ParamId, String> {
    reading.entries.iter().map(|e| (e.id, e.value.to_string())).collect()
}

/// Values that a parameter takes: some that are likely, and any text that its check lets through.
fn value(id: ParamId) -> BoxedStrategy<String> {
    let family = id.family();
    let likely = [id.default(), family.example.unwrap_or(""), "", "Y", "N", "0", "1", "a", "& ' < > # =", "日本"];
    let mut fitting: Vec<String> = likely.iter().filter(|v| family.check(v).is_ok()).map(|v| v.to_string()).collect();
    if let Kind::Choice(choices) = &family.kind {
        fitting.extend(choices.iter().map(|c| c.value.to_owned()));
    }
    let default = id.default();
    let text = "[ -~\u{e9}\u{3042}\u{1f600}]{0,12}";
    let any = text.prop_map(move |v| if id.family().check(&v).is_ok() { v } else { default.to_owned() });
    prop_oneof![prop::sample::select(fitting), any].boxed()
}

fn in_files() -> Vec<ParamId> {
    ParamId::all().filter(|id| id.family().file).collect()
}

fn setting() -> impl Strategy<Value = (ParamId, String)> {
    prop::sample::select(in_files()).prop_flat_map(|id| (Just(id), value(id)))
}

fn settings() -> impl Strategy<Value = BTreeMap<ParamId, String>> {
    prop::collection::btree_map(prop::sample::select(in_files()), Just(()), 0..40).prop_flat_map(|ids| {
        let values: Vec<_> = ids.into_keys().map(|id| (Just(id), value(id))).collect();
        values.prop_map(|v| v.into_iter().collect())
    })
}

fn written(format: Format, values: &BTreeMap<ParamId, String>) -> String {
    let values = values.iter().map(|(id, v)| (*id, v.as_str()));
    write(format, values, &WriteOptions::default()).expect("checked values can be written")
}

fn format() -> impl Strategy<Value = Format> {
    prop::sample::select(vec![Format::Plain, Format::Xml])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), format in format()) {
        for purpose in [Purpose::File, Purpose::State] {
            let reading = read_as(&bytes, format, purpose);
            prop_assert!(!reading.void || reading.entries.is_empty());
            read(&bytes, purpose);
        }
    }

    #[test]
    fn any_text_of_our_characters_is_read_without_panic(
        body in "([A-Z_1-7]{0,4}|SYSLOG_PORT|SIP_URI_1|NTP_ADDR|[ \t\r\n\"'=#“”«;]|\u{feff}|\u{0}|é){0,60}",
        header in any::<bool>(),
    ) {
        let text = format!("{}{body}", if header { "# Panasonic SIP Phone Standard Format File #\r\n" } else { "" });
        let reading = read_as(text.as_bytes(), Format::Plain, Purpose::File);
        for d in &reading.diagnostics {
            prop_assert!(text.get(d.span.clone()).is_some(), "{d}");
        }
        for e in &reading.entries {
            prop_assert!(e.id.family().check(&e.value).is_ok());
            prop_assert!(text[e.span.clone()].ends_with('"'));
        }
    }

    #[test]
    fn any_markup_is_read_without_panic(
        body in "(<PANASipPhoneConfig>|</PANASipPhoneConfig>|<Dev>|</Dev>|<Line ID='1'>|<|>|/>|</|SYSLOG_PORT|=|\"|'|&#x3;|&#65;|&amp;|&x;|<!--|-->|<!DOCTYPE a \\[|\\]>|<!\\[CDATA\\[|<\\?xml version='1.0'\\?>|[ \n\ta1é]){0,40}",
    ) {
        let text = format!("<PANASipPhoneConfig>{body}");
        for text in [&text, &body] {
            let reading = read_as(text.as_bytes(), Format::Xml, Purpose::File);
            for d in &reading.diagnostics {
                prop_assert!(text.get(d.span.clone()).is_some(), "{d}");
            }
            // What XML readers refuse is refused here, and nothing of it is used.
            prop_assert!(!reading.void || reading.entries.is_empty());
        }
    }

    #[test]
    fn what_is_written_is_read_and_written_again_the_same(values in settings(), format in format()) {
        let text = written(format, &values);
        let reading = read(text.as_bytes(), Purpose::File);
        prop_assert!(!reading.has_errors(), "{:?}", reading.diagnostics);
        prop_assert_eq!(&map(&reading), &values);
        prop_assert_eq!(written(format, &map(&reading)), text);
    }

    #[test]
    fn conversion_there_and_back_loses_nothing(values in settings(), format in format()) {
        let other = if format == Format::Plain { Format::Xml } else { Format::Plain };
        let there = written(other, &map(&read(written(format, &values).as_bytes(), Purpose::File)));
        prop_assert_eq!(written(format, &map(&read(there.as_bytes(), Purpose::File))), written(format, &values));
    }

    #[test]
    fn an_edited_file_says_what_the_edit_asked_for(
        mut values in settings(),
        format in format(),
        changes in prop::collection::vec((setting(), any::<bool>()), 1..12),
        existing in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..6),
    ) {
        let text = written(format, &values);
        let mut edits: Vec<(ParamId, Option<String>)> =
            changes.into_iter().map(|((id, value), set)| (id, set.then_some(value))).collect();
        let ids: Vec<ParamId> = values.keys().copied().collect();
        for (index, set) in existing.into_iter().filter(|_| !ids.is_empty()) {
            let id = *index.get(&ids);
            edits.push((id, set.then(|| id.default().to_owned())));
        }
        let borrowed: Vec<_> = edits.iter().map(|(id, v)| (*id, v.as_deref())).collect();
        let after = edit(&text, &borrowed).expect("a good file");
        for (id, value) in &edits {
            match value {
                Some(value) => values.insert(*id, value.clone()),
                None => values.remove(id),
            };
        }
        let reading = read(after.as_bytes(), Purpose::File);
        prop_assert!(reading.diagnostics.iter().all(|d| d.code.ends_with("-form") || d.code.starts_with("leading") || d.code == "unknown-macro"), "{:?}\n{}", reading.diagnostics, after);
        prop_assert_eq!(map(&reading), values);
    }

    #[test]
    fn damaged_seeds_are_read_without_panic(
        seed in prop::sample::select(seeds()),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 0..4),
    ) {
        let mut bytes = seed;
        for (at, byte, how) in damage.into_iter().filter(|_| !bytes.is_empty()).collect::<Vec<_>>() {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                _ => bytes.truncate(at + 1),
            }
        }
        survives(&bytes)?;
    }

    #[test]
    fn any_bytes_are_decrypted_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let key = Key::new("0123456789abcdef0123456789abcdef").expect("32 characters");
        for length in KeyLength::ALL {
            let _ = decrypt(&bytes, &key, length);
            let _ = decrypt(&[b"Salted__", &bytes[..]].concat(), &key, length);
        }
    }
}

/// The seeds of the fuzz targets.
fn seeds() -> Vec<Vec<u8>> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/seeds");
    let folders = ["plain", "xml", "decrypt"].map(|f| std::fs::read_dir(root.join(f)).expect("a folder of seeds"));
    let files = folders.into_iter().flatten().map(|f| f.expect("a seed").path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    files.into_iter().map(|f| std::fs::read(f).expect("a seed")).collect()
}

/// What the fuzz targets ask of a file.
fn survives(bytes: &[u8]) -> Result<(), TestCaseError> {
    for format in [Format::Plain, Format::Xml] {
        let reading = read_as(bytes, format, Purpose::File);
        prop_assert!(!reading.void || reading.entries.is_empty());
        let values = map(&reading);
        prop_assert_eq!(&map(&read(written(format, &values).as_bytes(), Purpose::File)), &values);
        if let (false, Ok(text)) = (reading.void, std::str::from_utf8(bytes)) {
            let none: Vec<_> = values.keys().map(|id| (*id, None)).collect();
            if let Ok(text) = edit(text, &none) {
                prop_assert_eq!(read(text.as_bytes(), Purpose::File).entries, []);
            }
        }
    }
    let key = Key::new("0123456789abcdef0123456789abcdef").expect("32 characters");
    for length in KeyLength::ALL {
        let _ = decrypt(bytes, &key, length);
    }
    Ok(())
}

#[test]
fn every_setting_survives_conversion_by_itself() {
    for id in in_files() {
        for value in [id.default(), id.family().example.unwrap_or(id.default())] {
            let values = BTreeMap::from([(id, value.to_owned())]);
            for format in [Format::Plain, Format::Xml] {
                let text = written(format, &values);
                let reading = read(text.as_bytes(), Purpose::File);
                assert_eq!((reading.format, map(&reading)), (format, values.clone()), "{text}");
                assert!(!reading.has_errors(), "{text}");
            }
        }
    }
}
