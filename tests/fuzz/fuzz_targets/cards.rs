//! Imports any text as vCards; what comes in goes out and comes in alike.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offhook_call::contacts::Contacts;

fuzz_target!(|text: &str| {
    let mut contacts = Contacts::default();
    let (imported, changes) = contacts.import(text);
    assert_eq!(imported.added, changes.len());
    let mut again = Contacts::default();
    let (imported, _) = again.import(&contacts.export());
    assert!(imported.skipped.is_empty(), "{:?}", imported.skipped);
    assert_eq!(contacts, again);
});
