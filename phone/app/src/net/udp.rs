//! Datagrams of a line: read into messages, sent, and reported as undeliverable.

use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::sync::Arc;

use nix::sys::socket::MsgFlags;
use offhook_sip::message::{datagram, is_keep_alive};
use offhook_sip::transaction::{Peer, Transport};
use socket2::SockRef;
use tokio::io::Interest;
use tokio::net::UdpSocket;

use super::{Inbox, What, canonical, stun};

/// The longest datagram that there can be.
const LONGEST: usize = 65_535;

/// Reads until nobody listens any more, or the socket is broken.
pub(super) async fn receive(socket: Arc<UdpSocket>, line: usize, inbox: Inbox) {
    // Pages of it that no datagram reaches are never touched, and cost nothing.
    let mut buffer = vec![0; LONGEST];
    let port = socket.local_addr().map_or(0, |address| address.port());
    loop {
        let Ok(ready) = socket.ready(Interest::READABLE | Interest::ERROR).await else { return };
        if ready.is_error() {
            while let Ok(address) = socket.try_io(Interest::ERROR, || undeliverable(&socket)) {
                let peer = Peer { transport: Transport::Udp, address };
                if !inbox.put(line, peer, What::Unreachable).await {
                    return;
                }
            }
        }
        if !ready.is_readable() {
            continue;
        }
        // Otherwise there is nothing, or the error of a datagram before, which the queue of errors tells more of.
        if let Ok((length, from)) = socket.try_recv_from(&mut buffer) {
            let bytes = &buffer[..length];
            if is_keep_alive(bytes) {
                continue;
            }
            let from = Peer { transport: Transport::Udp, address: canonical(from) };
            if let Some((transaction, seen)) = stun::answer(bytes) {
                if !inbox.put(line, from, What::Seen(transaction, seen)).await {
                    return;
                }
                continue;
            }
            inbox.trace.received(line, port, from, bytes);
            let what = match datagram(bytes) {
                Ok(message) => What::Message(message),
                // Nobody could be answered.
                Err(malformed) if malformed.request.is_none() => continue,
                Err(malformed) => What::Malformed(malformed),
            };
            if !inbox.put(line, from, what).await {
                return;
            }
        }
    }
}

/// Sends a datagram. False if there is no way to send it; one that the kernel has no room for is lost like any other.
pub(super) fn send(socket: &UdpSocket, bytes: &[u8], to: SocketAddr) -> bool {
    // The runtime would first wait to hear whether the socket is ready, which it nearly always is.
    let (socket, to) = (SockRef::from(socket), to.into());
    let mut sent = socket.send_to(bytes, &to);
    if sent.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) {
        // That was about an earlier datagram, to whomever.
        sent = socket.send_to(bytes, &to);
    }
    sent.is_ok() || sent.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
}

/// Where the datagram went that came back as an error.
fn undeliverable(socket: &UdpSocket) -> io::Result<SocketAddr> {
    let mut start = [MaybeUninit::uninit(); 16];
    let (_, to) = SockRef::from(socket).recv_from_with_flags(&mut start, MsgFlags::MSG_ERRQUEUE.bits())?;
    let to = to.as_socket().ok_or(io::ErrorKind::InvalidData)?;
    Ok(canonical(to))
}
