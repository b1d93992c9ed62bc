//! Voice of many calls at once: what a second of a call costs, and how evenly packets come.

use std::collections::BTreeMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::caller::Caller;
use super::program::Program;

/// How long it is listened to.
const LISTEN: Duration = Duration::from_secs(10);

/// Time and samples of a packet.
const PACKET: Duration = Duration::from_millis(20);
const TICKS: u32 = 160;

/// What carries voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Pcmu,
    G722,
    G729,
}

impl Codec {
    /// Samples a second.
    pub(super) fn rate(self) -> u32 {
        if self == Codec::G722 { 16_000 } else { 8000 }
    }

    /// The payload type (RFC 3551, section 6).
    fn number(self) -> u8 {
        match self {
            Codec::Pcmu => 0,
            Codec::G722 => 9,
            Codec::G729 => 18,
        }
    }

    /// Octets of a packet of 20 ms, with its header.
    fn length(self) -> usize {
        if self == Codec::G729 { 32 } else { 172 }
    }
}

/// What was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// CPU time of a second of one call, in milliseconds.
    pub(super) cpu: f64,
    /// How much later than 20 ms behind the last one a packet comes, which 99 of 100 keep, in milliseconds.
    pub(super) late: f64,
    /// The standard deviation of the spacing, in milliseconds.
    pub(super) deviation: f64,
}

/// Makes so many calls, speaks into all of them, and listens to all of them.
pub(super) fn measure(program: &Program, caller: &mut Caller, codec: Codec, calls: usize) -> anyhow::Result<Found> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_millis(200)))?;
    let port = socket.local_addr()?.port();
    let number = codec.number().to_string();
    let standing = (0..calls).map(|_| caller.call(&number, port)).collect::<anyhow::Result<Vec<_>>>()?;
    let targets: Vec<SocketAddr> = standing.iter().map(|call| call.voice).collect();
    let done = AtomicBool::new(false);
    let found = thread::scope(|scope| {
        scope.spawn(|| speak(&socket, &targets, codec, &done));
        let found = listen(&socket, program, codec, calls);
        done.store(true, Ordering::Relaxed);
        found
    })?;
    for call in &standing {
        caller.end(call)?;
    }
    Ok(found)
}

/// A packet to each call every 20 ms, by moments that do not drift.
fn speak(socket: &UdpSocket, targets: &[SocketAddr], codec: Codec, done: &AtomicBool) {
    let begin = Instant::now();
    let packet = &mut [0; 172][..codec.length()];
    packet[0] = 0x80;
    packet[1] = codec.number();
    for count in 0_u32.. {
        if done.load(Ordering::Relaxed) {
            return;
        }
        packet[2..4].copy_from_slice(&(count as u16).to_be_bytes());
        packet[4..8].copy_from_slice(&count.wrapping_mul(TICKS).to_be_bytes());
        // Something that is no silence, and no two packets the same.
        packet[12..].iter_mut().zip(count..).for_each(|(octet, at)| *octet = (at.wrapping_mul(37) >> 2) as u8);
        for (call, target) in targets.iter().enumerate() {
            packet[8..12].copy_from_slice(&(call as u32 + 1).to_be_bytes());
            // A phone that is gone is noticed by who listens.
            let _ = socket.send_to(packet, target);
        }
        let next = begin + PACKET * (count + 1);
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
}

fn listen(socket: &UdpSocket, program: &Program, codec: Codec, calls: usize) -> anyhow::Result<Found> {
    let mut buffer = [0; 2048];
    // Until buffers have filled.
    let settled = Instant::now() + Duration::from_secs(2);
    while Instant::now() < settled {
        let _ = socket.recv_from(&mut buffer);
    }
    let before = program.cpu()?;
    let begin = Instant::now();
    let mut last: BTreeMap<SocketAddr, Instant> = BTreeMap::new();
    let mut beyond = Vec::new();
    while begin.elapsed() < LISTEN {
        let Ok((length, from)) = socket.recv_from(&mut buffer) else { continue };
        let now = Instant::now();
        // Reports come to this port too.
        if length < codec.length() || buffer[1] & 0x7f != codec.number() {
            continue;
        }
        if let Some(before) = last.insert(from, now) {
            beyond.push((now - before).as_secs_f64() * 1000.0 - 20.0);
        }
    }
    let cpu = program.cpu()? - before;
    if last.len() < calls || beyond.len() < calls * 400 {
        bail!("of {calls} calls, {} are heard, with {} packets", last.len(), beyond.len());
    }
    beyond.sort_by(f64::total_cmp);
    let mean = beyond.iter().sum::<f64>() / beyond.len() as f64;
    let variance = beyond.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / beyond.len() as f64;
    Ok(Found {
        cpu: cpu.as_secs_f64() * 1000.0 / (calls as f64 * begin.elapsed().as_secs_f64()),
        late: beyond[beyond.len() * 99 / 100],
        deviation: variance.sqrt(),
    })
}
