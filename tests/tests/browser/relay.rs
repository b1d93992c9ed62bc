//! A relay between browser and phone that remembers what passes: Chromium does not tell how it logs in.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::spawn;

/// What has passed: to the phone, and from it.
#[derive(Default)]
struct Passed {
    there: Vec<u8>,
    back: usize,
}

/// A port that leads to another one, until the test's process ends.
pub(crate) struct Relay {
    port: u16,
    passed: Arc<Mutex<Passed>>,
}

impl Relay {
    /// A relay to a port of this machine.
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let relay = Self { port: listener.local_addr().expect("an address").port(), passed: Arc::default() };
        let passed = Arc::clone(&relay.passed);
        spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                let Ok(far) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                let (Ok(near_end), Ok(far_end)) = (near.try_clone(), far.try_clone()) else { continue };
                let note = Arc::clone(&passed);
                spawn(move || pass(near, far, |bytes| note.lock().expect("whole").there.extend_from_slice(bytes)));
                let note = Arc::clone(&passed);
                spawn(move || pass(far_end, near_end, |bytes| note.lock().expect("whole").back += bytes.len()));
            }
        });
        relay
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The values of a header in all requests so far.
    pub(crate) fn sent(&self, name: &str) -> Vec<String> {
        let passed = self.passed.lock().expect("whole");
        let text = String::from_utf8_lossy(&passed.there);
        let headers = text.lines().filter_map(|line| line.split_once(": "));
        headers.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).collect()
    }

    /// How many bytes came from the phone so far, heads of answers included.
    pub(crate) fn received(&self) -> usize {
        self.passed.lock().expect("whole").back
    }
}

/// Passes on what one end says until it has nothing more to say.
fn pass(mut from: TcpStream, mut to: TcpStream, note: impl Fn(&[u8])) {
    let mut buffer = [0; 8192];
    while let Ok(n @ 1..) = from.read(&mut buffer) {
        note(&buffer[..n]);
        if to.write_all(&buffer[..n]).is_err() {
            break;
        }
    }
    // The other end may be gone.
    let _ = to.shutdown(Shutdown::Write);
}
