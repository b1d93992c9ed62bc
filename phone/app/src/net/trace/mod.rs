//! Traces: what the lines send and receive, for people and for programs that read captures. Secrets are masked.
//!
//! The messages of connections are shown as they are read, not as they are cut into packets; those over TLS too.

mod mask;
mod pcap;

use std::fs::File;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use jiff::Timestamp;
use offhook_sip::message::is_keep_alive;
use offhook_sip::transaction::Peer;

use super::address;

/// Notes what passes; one that was not asked for notes nothing.
#[derive(Default)]
pub(crate) struct Trace {
    /// Shows messages to people.
    text: Option<Mutex<Box<dyn Write + Send>>>,
    /// A file for programs.
    capture: Option<Mutex<File>>,
    /// Something could not be written; that was said once.
    broken: AtomicBool,
}

impl Trace {
    /// Shows messages with `text`, and writes them to the file `capture`.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn new(text: Option<Box<dyn Write + Send>>, capture: Option<&Path>) -> anyhow::Result<Self> {
        let capture = match capture {
            None => None,
            Some(path) => {
                let begin = || {
                    let mut file = File::create(path)?;
                    file.write_all(&pcap::HEADER)?;
                    Ok::<_, std::io::Error>(file)
                };
                Some(begin().with_context(|| format!("writing the trace to {}", path.display()))?)
            }
        };
        Ok(Self { text: text.map(Mutex::new), capture: capture.map(Mutex::new), broken: AtomicBool::new(false) })
    }

    /// Whether anybody wants to see it.
    pub(crate) fn is_on(&self) -> bool {
        self.text.is_some() || self.capture.is_some()
    }

    /// A line has sent this from its port.
    pub(super) fn sent(&self, line: usize, port: u16, to: Peer, bytes: &[u8]) {
        self.record(line, port, to, bytes, true);
    }

    /// A line has received this at its port.
    pub(super) fn received(&self, line: usize, port: u16, from: Peer, bytes: &[u8]) {
        self.record(line, port, from, bytes, false);
    }

    /// Something else happened to a connection.
    pub(super) fn note(&self, line: usize, peer: Peer, what: &anyhow::Error) {
        let (transport, address) = (peer.transport.as_str(), peer.address);
        let text = format!("{} line {} {transport} {address}: {what:#}\n\n", now(), line + 1);
        self.write(self.text.as_ref(), text.as_bytes());
    }

    fn record(&self, line: usize, port: u16, peer: Peer, bytes: &[u8], sent: bool) {
        if !self.is_on() || is_keep_alive(bytes) {
            return;
        }
        let masked = mask::masked(bytes);
        if self.text.is_some() {
            let arrow = if sent { "->" } else { "<-" };
            let (transport, address) = (peer.transport.as_str(), peer.address);
            let mut text =
                format!("{} line {} {arrow} {transport} {address}, {} bytes\n", now(), line + 1, bytes.len());
            text.extend(String::from_utf8_lossy(&masked).chars().filter(|c| !c.is_control() || *c == '\n'));
            text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
            self.write(self.text.as_ref(), text.as_bytes());
        }
        if self.capture.is_some() {
            let unspecified = match peer.address.ip() {
                IpAddr::V4(_) => IpAddr::from([0; 4]),
                IpAddr::V6(_) => IpAddr::from([0; 16]),
            };
            let ip = address::towards(peer.address.ip()).unwrap_or(unspecified);
            let own = SocketAddr::new(ip, port);
            let (from, to) = if sent { (own, peer.address) } else { (peer.address, own) };
            self.write(self.capture.as_ref(), &pcap::packet(Timestamp::now(), from, to, &masked));
        }
    }

    fn write<W: Write>(&self, to: Option<&Mutex<W>>, bytes: &[u8]) {
        let Some(to) = to else { return };
        let written = to.lock().unwrap_or_else(PoisonError::into_inner).write_all(bytes);
        if let Err(error) = written
            && !self.broken.swap(true, Ordering::Relaxed)
        {
            eprintln!("offhook: the trace has gaps: {error}");
        }
    }
}

impl std::fmt::Debug for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Trace({})", self.is_on())
    }
}

/// The moment, to the microsecond.
fn now() -> String {
    format!("{:.6}", Timestamp::now())
}
