//! FTP against vsftpd, which tells a wrong address for the data on purpose.

use offhook_provision::fetch::Limits;

use crate::servers::vsftpd;
use crate::{FILE, LIMITS, access, assert_error, fetch, fetch_with};

#[test]
fn files_come_byte_for_byte() {
    let Some(server) = vsftpd(None) else { return };
    let bytes: Vec<u8> = (0..=255).cycle().take(70_000).collect();
    server.put("a dir/all.bin", &bytes);
    server.put("empty", b"");
    let url = |path: &str| format!("ftp://127.0.0.1:{}/{path}", server.port);
    assert_eq!(fetch(&url("a%20dir/all.bin")).expect("the file"), bytes);
    assert_eq!(fetch(&url("%2Fa%20dir/all.bin;type=a")).expect("the file"), bytes);
    assert_eq!(fetch(&url("empty")).expect("the file"), b"");
    assert_error(fetch(&url("none")), &["no such file", "550"]);
    let limits = Limits { size: 69_999, ..LIMITS };
    assert_error(fetch_with(access(), &url("a%20dir/all.bin"), None, &limits), &["larger than 69999 bytes"]);
}

#[test]
fn the_login_of_the_url_is_used() {
    let Some(server) = vsftpd(Some("p@ss")) else { return };
    server.put("f", FILE);
    let url = |login: &str| format!("ftp://{login}127.0.0.1:{}/f", server.port);
    assert_eq!(fetch(&url("anonymous:p%40ss@")).expect("the file"), FILE);
    assert_error(fetch(&url("anonymous:wrong@")), &["does not let the unit in", "URL's login"]);
    assert_error(fetch(&url("")), &["anonymous logins"]);
}
