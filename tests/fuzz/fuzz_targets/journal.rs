//! Reads any bytes as the files of call logs and contacts; the file that is written of what was understood says the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offhook_call::contacts::Contacts;
use offhook_call::log::Logs;

fuzz_target!(|bytes: &[u8]| {
    let (logs, _) = Logs::read(bytes);
    let (again, damaged) = Logs::read(&logs.to_file());
    assert_eq!((logs.to_file(), 0), (again.to_file(), damaged));
    let (contacts, _) = Contacts::read(bytes);
    let (again, damaged) = Contacts::read(&contacts.to_file());
    assert_eq!((contacts.to_file(), 0), (again.to_file(), damaged));
});
