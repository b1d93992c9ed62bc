//! Two ends over loopback: datagrams, connections, faults, floods, traces.

mod connections;
mod datagrams;
mod names;
mod tls;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use offhook_params::choices::TlsVerification;
use offhook_params::types::Dscp;
use offhook_provision::fetch::Roots;
use offhook_sip::message::Message;
use offhook_sip::transaction::{Peer, Transmit, Transport};

use super::{Arrival, Network, Options, Security, Trace, Trust, What};

/// More than anything here takes, so that a fault ends a test.
const PATIENCE: Duration = Duration::from_secs(60);

fn options() -> Options {
    Options { port: 0, dscp: Dscp(26), security: security(TlsVerification::Off, Roots::System, &[]) }
}

fn security(level: TlsVerification, roots: Roots, names: &[&str]) -> Security {
    let trust = Trust(Arc::new(move || (roots.clone(), Some(Timestamp::now()))));
    Security { level, names: names.iter().map(|name| (*name).to_owned()).collect(), trust }
}

/// A network with line 0 open.
fn network() -> Network {
    opened(Network::new(Trace::default()))
}

fn traced(file: &Path) -> Network {
    opened(Network::new(Trace::new(None, Some(file)).expect("a file")))
}

/// Opens line 0 at a port that is free for everything: a test beside this one may have it for connections, say.
fn opened(mut network: Network) -> Network {
    loop {
        network.open(0, &options()).expect("a free port");
        let line = &network.lines[&0];
        if line.udp.len() == 2 && line._listening.len() == 4 {
            return network;
        }
    }
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
