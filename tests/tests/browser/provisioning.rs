//! Files that are fetched while somebody looks.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};

use crate::phone::{Phone, plain};
use crate::stage::play;

/// The number of the file that the page tells of; 0 while there is none.
const SHOWN: &str =
    r"Number(document.querySelector('#provisioning').innerText.match(/NO_SUCH_NAME_(\d+)\W+is no setting/)?.[1] ?? 0)";

/// A server that sends another file each time: the n-th one has a line in error that names n.
fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    // It ends with the test.
    std::thread::spawn(move || {
        for (n, stream) in listener.incoming().filter_map(Result::ok).enumerate() {
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
                line.clear();
            }
            let (url, wrong) = (url(address), format!("NO_SUCH_NAME_{}", n + 1));
            let file = plain(&[("HTTPD_PORTOPEN_AUTO", "Y"), ("CFG_STANDARD_FILE_PATH", &url), (&wrong, "1")]);
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", file.len());
            // A phone that is gone needs no file.
            let _ = reader.get_mut().write_all((head + file.as_str()).as_bytes());
        }
    });
    address
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}/phone.cfg")
}

#[test]
fn a_fetch_is_made_on_demand_and_shown_by_itself() {
    play(async |stage| {
        let url = url(server());
        let phone = Phone::that_fetches(&[("HTTPD_PORTOPEN_AUTO", "Y"), ("CFG_STANDARD_FILE_PATH", &url)]);
        let browser = stage.browser().await;
        browser.administer(&phone).await;
        browser.open(&format!("{}/tools/provisioning", phone.origin())).await;
        // The file of the start may have come already.
        let before = browser.run(&format!("return {SHOWN}"), &[]).await.as_u64().unwrap_or_default();
        browser.save().await;
        assert_eq!(browser.result().await, "Complete");
        browser.mark().await;
        browser.until("the file that was asked for", &format!("return {SHOWN} > {before}")).await;
        assert_eq!(browser.run("return window.before", &[]).await, true, "the page is still the same");
        assert!(browser.text("#provisioning").await.contains(&url));
        assert_eq!(browser.complaints().await, [""; 0]);
    });
}
