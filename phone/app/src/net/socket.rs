//! Sockets with the options of a line: bound to its port, marked, telling of errors that ICMP brings.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;
use std::time::Duration;

use nix::sys::socket::{setsockopt, sockopt};
use offhook_params::types::Dscp;
use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpSocket, UdpSocket};

/// Connections that wait to be accepted.
const BACKLOG: i32 = 16;

/// How long a peer may leave what was sent to it unacknowledged: 64 times the default of T1, as for datagrams.
const SILENCE: Duration = Duration::from_secs(32);

/// How long a connection lies still before the kernel looks whether the other end lives. Routers forget later.
const STILLNESS: Duration = Duration::from_secs(120);

/// A socket for datagrams that tells of unreachable peers (RFC 3261, section 18.4).
pub(super) fn udp(address: SocketAddr, dscp: Dscp) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
        setsockopt(&socket, sockopt::Ipv6RecvErr, &true)?;
    } else {
        setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?;
    }
    mark(&socket, address.is_ipv6(), dscp)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    UdpSocket::from_std(socket.into())
}

/// A socket for voice, which does not block: of both versions of IP where the machine has both, and whether it is.
///
/// # Errors
/// Somebody has the port.
pub(crate) fn voice(port: u16) -> io::Result<(std::net::UdpSocket, bool)> {
    let bind = |address: SocketAddr| -> io::Result<Socket> {
        let socket = Socket::new(Domain::for_address(address), Type::DGRAM.nonblocking(), Some(Protocol::UDP))?;
        // How unevenly packets come is told by when they came, and not by when they were fetched.
        setsockopt(&socket, sockopt::ReceiveTimestampns, &true)?;
        if address.is_ipv6() {
            socket.set_only_v6(false)?;
        }
        socket.bind(&address.into())?;
        Ok(socket)
    };
    match bind((Ipv6Addr::UNSPECIFIED, port).into()) {
        Ok(socket) => Ok((socket.into(), true)),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(error),
        Err(_) => Ok((bind((Ipv4Addr::UNSPECIFIED, port).into())?.into(), false)),
    }
}

/// Marks the packets of a socket for voice, of both versions if it is of both.
pub(crate) fn mark_voice(socket: &std::net::UdpSocket, is_v6: bool, dscp: Dscp) -> io::Result<()> {
    if is_v6 {
        mark(socket, true, dscp)?;
    }
    mark(socket, false, dscp)
}

/// A socket that takes connections.
pub(super) fn listener(address: SocketAddr, dscp: Dscp) -> io::Result<TcpListener> {
    let socket = tcp(address, dscp)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// A socket to connect from the line's own port, so that a server that looks for a connection to the address of Contact
/// finds this one. Where a connection to the same server still occupies the port, from any other.
pub(super) fn connector(own: SocketAddr, dscp: Dscp) -> io::Result<TcpSocket> {
    let socket = tcp(own, dscp)?;
    socket.bind(&own.into())?;
    Ok(TcpSocket::from_std_stream(socket.into()))
}

/// The socket of a connection, for both directions. The listener and the connections of a line share its port.
fn tcp(address: SocketAddr, dscp: Dscp) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    setsockopt(&socket, sockopt::ReusePort, &true)?;
    mark(&socket, address.is_ipv6(), dscp)?;
    socket.set_tcp_user_timeout(Some(SILENCE))?;
    let alive = TcpKeepalive::new().with_time(STILLNESS).with_interval(Duration::from_secs(10)).with_retries(3);
    socket.set_tcp_keepalive(&alive)?;
    // A message is written as a whole; nothing that follows is worth waiting for.
    socket.set_tcp_nodelay(true)?;
    socket.set_nonblocking(true)?;
    Ok(socket)
}

/// Marks the packets of a socket (RFC 2474: the upper six bits of the octet that IPv4 calls type of service).
pub(super) fn mark(socket: &impl AsFd, is_ipv6: bool, dscp: Dscp) -> io::Result<()> {
    let octet = i32::from(dscp.0) << 2;
    match is_ipv6 {
        true => setsockopt(&socket.as_fd(), sockopt::Ipv6TClass, &octet)?,
        false => setsockopt(&socket.as_fd(), sockopt::Ipv4Tos, &octet)?,
    }
    Ok(())
}
