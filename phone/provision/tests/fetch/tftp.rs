//! TFTP against tftpd-hpa, dnsmasq, and servers of ours that lose, double and confuse.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::thread::JoinHandle;
use std::time::Duration;

use offhook_provision::fetch::Limits;

use crate::servers::{dnsmasq, tftpd};
use crate::{LIMITS, access, assert_error, fetch, fetch_with};

/// Lengths around the edges of blocks, with options and without.
const LENGTHS: [usize; 9] = [0, 1, 511, 512, 513, 1428, 1429, 2856, 70_000];

fn content(length: usize) -> Vec<u8> {
    (0..=255).cycle().take(length).collect()
}

#[test]
fn real_servers_of_all_kinds() {
    let mut servers = Vec::new();
    servers.extend(tftpd(&[]).map(|server| (server, Ipv4Addr::LOCALHOST)));
    // One that knows no options at all.
    let refuse = ["--refuse", "blksize", "--refuse", "tsize", "--refuse", "timeout"];
    servers.extend(tftpd(&refuse).map(|server| (server, Ipv4Addr::LOCALHOST)));
    servers.extend(dnsmasq());
    for (server, address) in servers {
        let url = |name: &str| format!("tftp://{address}:{}/{name}", server.port);
        for length in LENGTHS {
            // Each has a name of its own: dnsmasq may still have the file before open, and its length in mind.
            server.put(&format!("dir/some {length}"), &content(length));
            assert_eq!(
                fetch(&url(&format!("dir/some%20{length}"))).expect("the file"),
                content(length),
                "{length} bytes"
            );
        }
        assert_error(fetch(&url("none")), &["no such file", "error 1"]);
        let limits = Limits { size: 69_999, ..LIMITS };
        assert_error(fetch_with(access(), &url("dir/some%2070000"), None, &limits), &["larger than 69999 bytes"]);
    }
}

/// Runs a server of ours for one transfer: it gets a socket on which the request has come, and who asked.
fn with_server(play: impl FnOnce(&UdpSocket, SocketAddr, Vec<u8>) + Send + 'static) -> (String, JoinHandle<()>) {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    socket.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
    let url = format!("tftp://{}/f", socket.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let mut buffer = [0; 2000];
        let (length, client) = socket.recv_from(&mut buffer).expect("a request");
        play(&socket, client, buffer[..length].to_vec());
    });
    (url, server)
}

fn data(block: u16, bytes: &[u8]) -> Vec<u8> {
    [&[0, 3][..], &block.to_be_bytes(), bytes].concat()
}

fn receive(socket: &UdpSocket) -> (Vec<u8>, SocketAddr) {
    let mut buffer = [0; 2000];
    let (length, from) = socket.recv_from(&mut buffer).expect("a packet");
    (buffer[..length].to_vec(), from)
}

#[test]
fn doubled_blocks_do_not_double_acknowledgements() {
    let (url, server) = with_server(|listener, client, request| {
        assert!(request.starts_with(b"\0\x01f\0octet\0tsize\0"));
        drop(request);
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port of the transfer");
        socket.set_read_timeout(listener.read_timeout().expect("a time-out")).expect("a time-out");
        for block in 1..=20u16 {
            let bytes = if block == 20 { vec![] } else { vec![1; 512] };
            for _ in 0..3 {
                socket.send_to(&data(block, &bytes), client).expect("sent");
            }
            assert_eq!(receive(&socket).0, [[0, 4], block.to_be_bytes()].concat(), "one for each block, in order");
        }
    });
    assert_eq!(fetch(&url).expect("the file").len(), 19 * 512);
    server.join().expect("the server saw what it should");
}

#[test]
fn lost_packets_are_repeated() {
    let (url, server) = with_server(|socket, client, request| {
        // The request is lost once, an acknowledgement as well.
        assert_eq!(receive(socket), (request, client));
        socket.send_to(&data(1, &[1; 512]), client).expect("sent");
        assert_eq!(receive(socket).0, [0, 4, 0, 1]);
        assert_eq!(receive(socket).0, [0, 4, 0, 1]);
        socket.send_to(&data(2, b"end"), client).expect("sent");
        assert_eq!(receive(socket).0, [0, 4, 0, 2]);
    });
    assert_eq!(fetch(&url).expect("the file").len(), 515);
    server.join().expect("the server saw what it should");
}

#[test]
fn strangers_do_not_disturb() {
    let (url, server) = with_server(|socket, client, _| {
        socket.send_to(&data(1, &[1; 512]), client).expect("sent");
        receive(socket);
        let stranger = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
        stranger.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
        stranger.send_to(&data(2, b"evil"), client).expect("sent");
        assert_eq!(receive(&stranger).0[..4], [0, 5, 0, 5]);
        socket.send_to(b"\0\x09 nonsense", client).expect("sent");
        socket.send_to(&data(2, b"good"), client).expect("sent");
        receive(socket);
    });
    assert!(fetch(&url).expect("the file").ends_with(b"good"));
    server.join().expect("the server saw what it should");
}

#[test]
fn silence_is_told() {
    let (url, server) = with_server(|_, _, _| {});
    let limits = Limits { idle: Duration::from_millis(300), ..LIMITS };
    assert_error(fetch_with(access(), &url, None, &limits), &["did not answer by TFTP within 0.3 s"]);
    server.join().expect("the server saw what it should");
}
