//! Two ends over loopback: datagrams, connections, faults, floods, traces.

mod connections;
mod datagrams;
mod names;
mod tls;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use offhook_params::choices::TlsVerification;
use offhook_params::types::Dscp;
use offhook_provision::fetch::Roots;
use offhook_sip::message::Message;
use offhook_sip::transaction::{Peer, Transmit, Transport};

use super::{Arrival, Network, Options, Security, Trace, What};

/// More than anything here takes, so that a fault ends a test.
const PATIENCE: Duration = Duration::from_secs(60);

fn options() -> Options {
    let security =
        Security { level: TlsVerification::Off, roots: Roots::System, names: Vec::new(), clock_is_set: true };
    Options { port: 0, dscp: Dscp(26), security }
}

/// A network with line 0 open.
fn network() -> Network {
    let mut network = Network::new(Trace::default());
    network.open(0, &options()).expect("a free port");
    network
}

fn traced(file: &Path) -> Network {
    let mut network = Network::new(Trace::new(None, Some(file)).expect("a file"));
    network.open(0, &options()).expect("a free port");
    network
}

fn at(host: &str, port: u16, transport: Transport) -> Peer {
    Peer { transport, address: SocketAddr::new(host.parse().expect("an address"), port) }
}

/// An OPTIONS request; `body` makes it longer.
fn options_request(id: &str, body: &str) -> Vec<u8> {
    format!(
        "OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK{id}\r\nFrom: <sip:c@d>;tag=1\r\nTo: <sip:a@b>\r\n\
         Call-ID: {id}\r\nCSeq: 1 OPTIONS\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn transmit(to: Peer, bytes: Vec<u8>) -> Transmit {
    Transmit { to, bytes: bytes.into() }
}

/// What comes next.
async fn next(network: &mut Network) -> Arrival {
    tokio::time::timeout(PATIENCE, network.next()).await.expect("something comes")
}

/// The Call-ID of the message that comes next, and who sent it.
async fn next_id(network: &mut Network) -> (String, Peer) {
    let arrival = next(network).await;
    assert_eq!(arrival.line, 0);
    match arrival.what {
        What::Message(message) => (call_id(&message), arrival.from),
        other => panic!("no message from {:?}, but {other:?}", arrival.from),
    }
}

fn call_id(message: &Message) -> String {
    message.headers().call_id().expect("it was read").to_owned()
}
