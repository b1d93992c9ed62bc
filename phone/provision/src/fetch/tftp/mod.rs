//! TFTP (RFC 1350) with block size, transfer size and time-out negotiated (RFC 2347 to 2349).
//!
//! A block that comes twice is not acknowledged twice: our own timer repeats what may have been lost. So a server that
//! answers every acknowledgement with a block cannot double its traffic with each one (RFC 1123 section 4.2.3.1).

mod packet;
mod transfer;

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use self::transfer::{Reaction, Transfer};
use super::body::Body;
use super::{Fetched, Limits, Validator, addresses, server};
use crate::error::Error;
use crate::location::Location;

/// How long an answer is waited for, each time before the last packet is sent again.
const WAITS: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(4),
    Duration::from_secs(4),
];

pub(super) async fn fetch(location: &Location, limits: &Limits, body: &mut Body<'_>) -> Result<Fetched, Error> {
    let address = addresses(location, limits).await?[0];
    let local: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let broken = |error: std::io::Error| Error::Connect { server: server(location), reason: error.to_string() };
    let mut options = true;
    loop {
        // A port of its own for every transfer (RFC 1350 section 4).
        let socket = UdpSocket::bind(local).await.map_err(broken)?;
        let transfer = Transfer::new(location, options)?;
        match run(transfer, &socket, address, limits, body).await.map_err(broken)? {
            Reaction::WithoutOptions if options => options = false,
            Reaction::Done => break,
            Reaction::Failed(error) => return Err(error),
            _ => {
                let reason = "it refuses options that it was not sent".to_owned();
                return Err(Error::Protocol { server: server(location), protocol: "TFTP", reason });
            }
        }
    }
    body.finish()?;
    Ok(Fetched::File { version: Validator::default(), from: Box::new(location.clone()) })
}

/// One transfer, to its end.
async fn run(
    mut transfer: Transfer<'_>,
    socket: &UdpSocket,
    server: SocketAddr,
    limits: &Limits,
    body: &mut Body<'_>,
) -> std::io::Result<Reaction> {
    let mut peer = None;
    let mut packet = transfer.request();
    let mut buffer = vec![0; 65_536];
    let mut tries = 0;
    socket.send_to(&packet, server).await?;
    let mut repeat_at = Instant::now() + WAITS[0];
    let mut give_up_at = Instant::now() + limits.idle;
    loop {
        let Ok(received) = timeout_at(repeat_at.min(give_up_at), socket.recv_from(&mut buffer)).await else {
            tries += 1;
            if tries >= WAITS.len() || Instant::now() >= give_up_at {
                return Ok(Reaction::Failed(transfer.silent(limits.idle.min(WAITS.iter().sum()))));
            }
            socket.send_to(&packet, peer.unwrap_or(server)).await?;
            repeat_at = Instant::now() + WAITS[tries];
            continue;
        };
        let (length, from) = match received {
            Ok(received) => received,
            // An earlier packet may have met a closed port; the timer tells.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => continue,
            Err(error) => return Err(error),
        };
        // The server answers from a port of this transfer; strangers are told that they are wrong here.
        if from.ip() != server.ip() || peer.is_some_and(|peer| peer != from) {
            socket.send_to(&packet::error(packet::UNKNOWN_TRANSFER, "unknown transfer"), from).await?;
            continue;
        }
        let reaction = transfer.receive(&buffer[..length], body);
        if !matches!(reaction, Reaction::Ignore) {
            peer = Some(from);
        }
        match reaction {
            Reaction::Ignore => {}
            Reaction::Send(next) => {
                socket.send_to(&next, from).await?;
                packet = next;
                tries = 0;
                repeat_at = Instant::now() + WAITS[0];
                give_up_at = Instant::now() + limits.idle;
            }
            Reaction::Done | Reaction::Failed(_) => {
                if let Some(last) = transfer.last_word(&reaction) {
                    socket.send_to(&last, from).await?;
                }
                return Ok(reaction);
            }
            Reaction::WithoutOptions => return Ok(reaction),
        }
    }
}
