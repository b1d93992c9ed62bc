//! The network of the lines: sockets and connections by line, names, and traces of what passes.
//!
//! What arrives is read into messages here, so that junk ends here; what a message means is not this module's business.
//! Each line has its own source port (guide rule 170). Queues are bounded: who sends more than the phone can take waits
//! in the kernel, where datagrams are lost at last, and harms nobody else.

pub(crate) mod address;
mod connection;
mod connections;
pub(crate) mod names;
mod socket;
pub(crate) mod stun;
mod tls;
mod trace;
mod udp;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;

use anyhow::Context;
use offhook_params::types::Dscp;
use offhook_sip::message::{Malformed, Message};
use offhook_sip::transaction::{Peer, Transmit, Transport};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::connections::Connections;

pub(crate) use self::socket::{mark_voice, voice as voice_socket};
pub(crate) use self::tls::{Security, Trust};
pub(crate) use self::trace::Trace;

/// Messages of all lines that wait to be looked at.
const ARRIVALS: usize = 256;

/// What came for a line.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// The line, from 0.
    pub(crate) line: usize,
    /// Who sent it, or who cannot be reached.
    pub(crate) from: Peer,
    /// What it is.
    pub(crate) what: What,
}

/// What the network says.
#[derive(Debug)]
pub(crate) enum What {
    /// A message.
    Message(Message),
    /// What was no message, which may get an answer. A connection stays open as long as the next message can be found.
    Malformed(Malformed),
    /// The answer of a STUN server: which question it is to, and the address that it saw.
    Seen(stun::Transaction, SocketAddrV4),
    /// The network or the peer itself says that it does not take messages, or its connection has ended.
    Unreachable,
}

/// How a line uses the network.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The source port; 0 takes a free one.
    pub(crate) port: u16,
    /// The mark of its packets.
    pub(crate) dscp: Dscp,
    /// How servers over TLS are checked.
    pub(crate) security: Security,
}

/// The sockets of all lines.
#[derive(Debug)]
pub(crate) struct Network {
    lines: BTreeMap<usize, Line>,
    arrivals: mpsc::Receiver<Arrival>,
    inbox: Inbox,
}

/// Where sockets put what they read.
#[derive(Debug, Clone)]
struct Inbox {
    arrivals: mpsc::Sender<Arrival>,
    trace: Arc<Trace>,
}

/// The sockets of a line; they close with this value.
#[derive(Debug)]
struct Line {
    udp: Vec<Arc<UdpSocket>>,
    port: u16,
    connections: Arc<Connections>,
    /// A task for each socket; they end with this value.
    _listening: JoinSet<()>,
}

impl Network {
    /// Without any line; what passes is noted in the trace.
    pub(crate) fn new(trace: Trace) -> Self {
        let (sender, arrivals) = mpsc::channel(ARRIVALS);
        Network { lines: BTreeMap::new(), arrivals, inbox: Inbox { arrivals: sender, trace: Arc::new(trace) } }
    }

    /// Opens the sockets of a line. Those that it has stay if they have the port already: nobody else may take it in between.
    /// Must be called within the runtime.
    ///
    /// # Errors
    /// The port cannot be had. IPv6 is used where the machine has it.
    pub(crate) fn open(&mut self, line: usize, options: &Options) -> anyhow::Result<()> {
        if self.port(line) == Some(options.port) {
            self.set(line, options);
            return Ok(());
        }
        self.close(line);
        let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, options.port));
        let udp = socket::udp(any, options.dscp).with_context(|| {
            format!("line {} cannot have port {}; choose another one with SIP_SRC_PORT_{0}", line + 1, options.port)
        })?;
        let port = udp.local_addr()?.port();
        let mut sockets = vec![Arc::new(udp)];
        let any6 = SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
        sockets.extend(socket::udp(any6, options.dscp).ok().map(Arc::new));
        let connections = Connections::new(line, port, options, self.inbox.clone());
        let mut listening = JoinSet::new();
        for socket in &sockets {
            listening.spawn(udp::receive(Arc::clone(socket), line, self.inbox.clone()));
        }
        for address in [SocketAddr::from((Ipv4Addr::UNSPECIFIED, port)), any6] {
            // A server may send what is too long for a datagram over TCP (RFC 3261, section 18.1.1). Without this socket
            // only such messages are lost.
            if let Ok(listener) = socket::listener(address, options.dscp) {
                listening.spawn(Arc::clone(&connections).listen(listener));
            }
        }
        self.lines.insert(line, Line { udp: sockets, port, connections, _listening: listening });
        Ok(())
    }

    /// Closes the sockets and connections of a line.
    pub(crate) fn close(&mut self, line: usize) {
        self.lines.remove(&line);
    }

    /// Closes everything; when this is done, others can have the ports.
    pub(crate) async fn shut(mut self) {
        for line in self.lines.values_mut() {
            line.connections.close();
            line.udp.clear();
            line._listening.shutdown().await;
        }
    }

    /// The source port of a line that is open.
    pub(crate) fn port(&self, line: usize) -> Option<u16> {
        self.lines.get(&line).map(|line| line.port)
    }

    /// Takes other options for a line, but for its port. Connections that are open stay as they are.
    pub(crate) fn set(&mut self, line: usize, options: &Options) {
        if let Some(line) = self.lines.get(&line) {
            for udp in &line.udp {
                let is_ipv6 = udp.local_addr().is_ok_and(|address| address.is_ipv6());
                // What the system refuses, it refused at the start too.
                let _ = socket::mark(udp.as_ref(), is_ipv6, options.dscp);
            }
            line.connections.set(options);
        }
    }

    /// Sends a message of a line. Over UDP it is gone at once, or lost; over TCP and TLS it waits for its connection, which
    /// is opened if there is none.
    pub(crate) fn send(&self, line: usize, transmit: &Transmit) {
        let Some(open) = self.lines.get(&line) else { return };
        if transmit.to.transport != Transport::Udp {
            return open.connections.send(transmit.to, &transmit.bytes);
        }
        let to = transmit.to.address;
        let is_own = |udp: &&Arc<UdpSocket>| udp.local_addr().is_ok_and(|own| own.is_ipv6() == to.is_ipv6());
        let sent = match open.udp.iter().find(is_own) {
            Some(udp) => udp::send(udp, &transmit.bytes, to),
            None => false,
        };
        self.inbox.trace.sent(line, open.port, transmit.to, &transmit.bytes);
        if !sent {
            // A full queue of the kernel loses datagrams; there is no address to send from.
            let gone = Arrival { line, from: transmit.to, what: What::Unreachable };
            let _ = self.inbox.arrivals.try_send(gone);
        }
    }

    /// What comes next. May be dropped and called again without losing anything.
    pub(crate) async fn next(&mut self) -> Arrival {
        self.arrivals.recv().await.expect("the network holds a sender of its own")
    }

    /// What came already, without waiting.
    pub(crate) fn try_next(&mut self) -> Option<Arrival> {
        self.arrivals.try_recv().ok()
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.connections.close();
    }
}

impl Inbox {
    /// Waits while the phone is busy. False once nobody listens any more.
    async fn put(&self, line: usize, from: Peer, what: What) -> bool {
        self.arrivals.send(Arrival { line, from, what }).await.is_ok()
    }
}

/// An address as the family of its socket says it, without the disguise of version 4 as version 6.
pub(crate) fn canonical(address: SocketAddr) -> SocketAddr {
    let ip: IpAddr = address.ip().to_canonical();
    SocketAddr::new(ip, address.port())
}

/// The address as a socket for both versions wants it.
pub(crate) fn mapped(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(v4) => SocketAddr::new(v4.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    }
}
