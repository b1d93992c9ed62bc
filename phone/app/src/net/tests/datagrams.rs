//! Datagrams: both versions of IP, marks, errors by ICMP, floods of junk, captures.

use std::net::UdpSocket;

use nix::sys::socket::{getsockopt, sockopt};

use super::*;

#[tokio::test]
async fn messages_arrive_over_both_versions_of_ip() {
    let (ours, mut theirs) = (network(), network());
    let (from, to) = (ours.port(0).expect("open"), theirs.port(0).expect("open"));
    for (id, host) in [("four", "127.0.0.1"), ("six", "::1")] {
        ours.send(0, &transmit(at(host, to, Transport::Udp), options_request(id, "")));
        assert_eq!(next_id(&mut theirs).await, (id.to_owned(), at(host, from, Transport::Udp)));
    }
}

#[tokio::test]
async fn packets_are_marked() {
    let mut ours = network();
    let marks = |network: &Network| {
        let udp = &network.lines[&0].udp;
        (
            getsockopt(udp[0].as_ref(), sockopt::Ipv4Tos).expect("a mark"),
            getsockopt(udp[1].as_ref(), sockopt::Ipv6TClass).expect("a mark"),
        )
    };
    assert_eq!(marks(&ours), (26 << 2, 26 << 2));
    ours.set(0, &Options { dscp: Dscp(46), ..options() });
    assert_eq!(marks(&ours), (46 << 2, 46 << 2));
}

#[tokio::test]
async fn a_port_that_nobody_listens_at_is_unreachable() {
    for (host, family) in [("127.0.0.1", "127.0.0.1:0"), ("::1", "[::1]:0")] {
        let mut ours = network();
        let closed = UdpSocket::bind(family).expect("a port").local_addr().expect("bound").port();
        let peer = at(host, closed, Transport::Udp);
        ours.send(0, &transmit(peer, options_request("1", "")));
        let arrival = next(&mut ours).await;
        assert!(matches!(arrival.what, What::Unreachable), "{arrival:?}");
        assert_eq!(arrival.from, peer);
        // The socket goes on.
        let mut theirs = network();
        let open = at(host, theirs.port(0).expect("open"), Transport::Udp);
        ours.send(0, &transmit(open, options_request("2", "")));
        assert_eq!(next_id(&mut theirs).await.0, "2");
    }
}

#[tokio::test]
async fn junk_ends_at_the_socket_and_messages_between_it_arrive() {
    let mut ours = network();
    let to = ("127.0.0.1", ours.port(0).expect("open"));
    let sender = UdpSocket::bind("127.0.0.1:0").expect("a port");
    for id in 0..200 {
        for junk in
            [&b"\r\n\r\n"[..], &[0; 4], &[0xff; 1400], b"SIP/2.0 200 OK\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b""]
        {
            sender.send_to(junk, to).expect("sent");
        }
        sender.send_to(&options_request(&id.to_string(), ""), to).expect("sent");
        loop {
            let arrival = next(&mut ours).await;
            match arrival.what {
                What::Message(message) => break assert_eq!(call_id(&message), id.to_string()),
                // What looks like a request of another protocol has no Via to answer by, and is told nevertheless.
                What::Malformed(malformed) => assert!(malformed.answer("t").is_none()),
                What::Seen(..) | What::Unreachable => panic!("{arrival:?}"),
            }
        }
    }
}

#[tokio::test]
async fn a_second_phone_cannot_have_the_port() {
    let ours = network();
    let port = ours.port(0).expect("open");
    let mut other = Network::new(Trace::default());
    let refused = other.open(3, &Options { port, ..options() }).expect_err("the port is taken");
    assert!(format!("{refused:#}").contains("SIP_SRC_PORT_4"), "{refused:#}");
    ours.shut().await;
    other.open(3, &Options { port, ..options() }).expect("the port is free again");
}

#[tokio::test]
async fn a_line_that_keeps_its_port_keeps_its_socket() {
    let mut ours = network();
    let port = ours.port(0).expect("open");
    ours.open(0, &Options { port, dscp: Dscp(46), ..options() }).expect("the port is its own");
    let udp = &ours.lines[&0].udp[0];
    assert_eq!(getsockopt(udp.as_ref(), sockopt::Ipv4Tos).expect("a mark"), 46 << 2);
    let sender = UdpSocket::bind("127.0.0.1:0").expect("a port");
    sender.send_to(&options_request("1", ""), ("127.0.0.1", port)).expect("sent");
    assert_eq!(next_id(&mut ours).await.0, "1");
}

#[tokio::test]
async fn captures_hold_what_passed() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("trace.pcap");
    let (ours, mut theirs) = (traced(&file), network());
    let request = options_request("1", "v=0\r\nk=clear:secret\r\n");
    ours.send(0, &transmit(at("127.0.0.1", theirs.port(0).expect("open"), Transport::Udp), request.clone()));
    next_id(&mut theirs).await;
    let capture = std::fs::read(&file).expect("a capture");
    assert_eq!(capture.len(), 24 + 16 + 28 + request.len());
    let text = String::from_utf8_lossy(&capture);
    assert!(text.contains("Call-ID: 1") && !text.contains("secret"), "{text}");
}
