//! Reads any bytes as a XML file; what is taken is written and read again, the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offhook_config::edit::edit;
use offhook_config::{Format, Purpose, WriteOptions, read_as, write};

fuzz_target!(|bytes: &[u8]| {
    let reading = read_as(bytes, Format::Xml, Purpose::File);
    assert!(!reading.void || reading.entries.is_empty());
    let values = || reading.entries.iter().map(|e| (e.id, &*e.value));
    let text = write(Format::Xml, values(), &WriteOptions::default()).expect("checked values can be written");
    let again = read_as(text.as_bytes(), Format::Xml, Purpose::State);
    let sorted = |reading: &offhook_config::Reading<'_>| {
        let mut all: Vec<_> = reading.entries.iter().map(|e| (e.id, e.value.to_string())).collect();
        all.sort();
        all
    };
    assert_eq!(sorted(&again), sorted(&reading));
    // Taking every setting out leaves a file that sets nothing.
    if let (false, Ok(text)) = (reading.void, std::str::from_utf8(bytes)) {
        let none: Vec<_> = values().map(|(id, _)| (id, None)).collect();
        if let Ok(text) = edit(text, &none) {
            let left = read_as(text.as_bytes(), Format::of(text.as_bytes()), Purpose::File);
            assert!(left.entries.iter().all(|e| !none.contains(&(e.id, None))));
        }
    }
});
