//! Encryption against the real `openssl` command, both ways.

use std::io::Write as _;
use std::process::{Command, Stdio};

use offhook_config::crypt::{Key, KeyLength, decrypt, encrypt};

const KEY: &str = "k3y-of-32-characters_0123456789a";

/// Runs `openssl enc`; `None` where there is no such command.
fn openssl(arguments: &[&str], input: &[u8]) -> Option<Vec<u8>> {
    let mut child = Command::new("openssl")
        .arg("enc")
        .args(arguments)
        .args(["-pass", &format!("pass:{KEY}")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take().expect("piped").write_all(input).expect("openssl reads");
    let output = child.wait_with_output().expect("openssl ends");
    assert!(output.status.success(), "openssl enc {arguments:?}");
    Some(output.stdout)
}

#[test]
fn files_go_both_ways() {
    if Command::new("openssl").arg("version").output().is_err() {
        let reason = "the openssl command is missing (Debian: apt install openssl)";
        assert!(std::env::var_os("CI").is_none(), "{reason}");
        return eprintln!("not tested: {reason}");
    }
    let key = Key::new(KEY).expect("32 characters");
    let lines = "# Panasonic SIP Phone Standard Format File #\r\nSYSLOG_PORT=\"514\"\r\n";
    for plain in [lines.to_owned(), lines.repeat(50)] {
        for length in KeyLength::ALL {
            let cipher = format!("-aes-{}-cbc", length.bits());
            for digest in ["md5", "sha256"] {
                for armor in [&[][..], &["-a"], &["-a", "-A"]] {
                    let arguments = [&[cipher.as_str(), "-md", digest, "-salt"], armor].concat();
                    let file = openssl(&arguments, plain.as_bytes()).expect("openssl is there");
                    assert_eq!(decrypt(&file, &key, length).as_deref(), Ok(plain.as_bytes()), "{arguments:?}");
                }
            }
            for armor in [false, true] {
                let file = encrypt(plain.as_bytes(), &key, length, [1, 2, 3, 4, 5, 6, 7, 8], armor);
                let mut arguments = vec!["-d", &cipher, "-md", "md5"];
                arguments.extend(armor.then_some("-a"));
                assert_eq!(openssl(&arguments, &file).as_deref(), Some(plain.as_bytes()), "{arguments:?}");
            }
        }
    }
}
