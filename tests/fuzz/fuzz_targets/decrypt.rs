//! Decrypts any bytes; what is encrypted here is decrypted to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offhook_config::crypt::{Key, KeyLength, decrypt, encrypt};

fuzz_target!(|bytes: &[u8]| {
    let key = Key::new("0123456789abcdef0123456789abcdef").expect("32 characters");
    for length in KeyLength::ALL {
        let _ = decrypt(bytes, &key, length);
        if std::str::from_utf8(bytes).is_ok() {
            let file = encrypt(bytes, &key, length, *b"saltsalt", bytes.len() % 2 == 0);
            assert_eq!(decrypt(&file, &key, length).as_deref(), Ok(bytes));
        }
    }
});
