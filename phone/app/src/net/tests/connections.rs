//! Connections: one to a peer in both directions, pieces, faults, limits, ends.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

#[tokio::test]
async fn one_connection_carries_both_directions() {
    for host in ["127.0.0.1", "::1"] {
        let (mut ours, mut theirs) = (network(), network());
        let peer = at(host, theirs.port(0).expect("open"), Transport::Tcp);
        for id in ["1", "2"] {
            ours.send(0, &transmit(peer, options_request(id, &"x".repeat(5000))));
        }
        let (first, from) = next_id(&mut theirs).await;
        assert_eq!(first, "1");
        assert_eq!(from.address.port(), ours.port(0).expect("open"), "it comes from the line's own port");
        assert_eq!(next_id(&mut theirs).await, ("2".to_owned(), from));
        theirs.send(0, &transmit(from, options_request("3", "")));
        assert_eq!(next_id(&mut ours).await, ("3".to_owned(), peer));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unreachable() {
    let mut ours = network();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let peer = at("127.0.0.1", listener.local_addr().expect("bound").port(), Transport::Tcp);
    drop(listener);
    ours.send(0, &transmit(peer, options_request("1", "")));
    let arrival = next(&mut ours).await;
    assert!(matches!(arrival.what, What::Unreachable), "{arrival:?}");
    assert_eq!(arrival.from, peer);
}

#[tokio::test]
async fn a_connection_that_ends_is_told_and_opened_again() {
    let mut ours = network();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let peer = at("127.0.0.1", listener.local_addr().expect("bound").port(), Transport::Tcp);
    let mut ports = Vec::new();
    for id in ["1", "2"] {
        let request = options_request(id, "");
        ours.send(0, &transmit(peer, request.clone()));
        let (mut stream, from) = listener.accept().await.expect("it connects");
        ports.push(from.port());
        let mut read = vec![0; request.len()];
        stream.read_exact(&mut read).await.expect("the request");
        assert_eq!(read, request);
        // Ending first, this end keeps the memory of the connection: the line's port stays free.
        drop(stream);
        let arrival = next(&mut ours).await;
        assert!(matches!(arrival.what, What::Unreachable), "{arrival:?}");
        assert_eq!(arrival.from, peer);
    }
    assert_eq!(ports[0], ours.port(0).expect("open"));
}

/// Connects to a line as a stranger.
async fn stranger(network: &Network) -> TcpStream {
    TcpStream::connect(("127.0.0.1", network.port(0).expect("open"))).await.expect("the line listens")
}

#[tokio::test]
async fn pings_are_answered() {
    let ours = network();
    let mut stream = stranger(&ours).await;
    stream.write_all(b"\r\n\r\n\r\n").await.expect("sent");
    let mut pong = [0; 2];
    stream.read_exact(&mut pong).await.expect("an answer");
    assert_eq!(&pong, b"\r\n");
}

#[tokio::test]
async fn a_fault_is_told_and_the_connection_ends_only_where_its_end_is_unknown() {
    let mut ours = network();
    let mut stream = stranger(&ours).await;
    let text = String::from_utf8(options_request("1", "")).expect("text");
    stream.write_all(text.replace("<sip:c@d>", "c@d>").as_bytes()).await.expect("sent");
    stream.write_all(&options_request("2", "")).await.expect("sent");
    let arrival = next(&mut ours).await;
    assert!(matches!(arrival.what, What::Malformed(_)), "{arrival:?}");
    assert_eq!(next_id(&mut ours).await.0, "2");

    stream.write_all(text.replace("Length: 0", "Length: -1").as_bytes()).await.expect("sent");
    let arrival = next(&mut ours).await;
    let What::Malformed(malformed) = arrival.what else { panic!("{arrival:?}") };
    let answer = malformed.answer("t").expect("it says why").to_bytes();
    ours.send(0, &transmit(arrival.from, answer.clone()));
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await.expect("an answer, then the end");
    assert_eq!(read, answer);
    let arrival = next(&mut ours).await;
    assert!(matches!(arrival.what, What::Unreachable), "{arrival:?}");
}

#[tokio::test]
async fn strangers_do_not_keep_others_out() {
    let mut ours = network();
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(stranger(&ours).await);
    }
    let mut stream = stranger(&ours).await;
    stream.write_all(&options_request("1", "")).await.expect("sent");
    loop {
        let arrival = next(&mut ours).await;
        match arrival.what {
            What::Message(message) => break assert_eq!(call_id(&message), "1"),
            What::Unreachable => {}
            What::Malformed(_) | What::Seen(..) => panic!("{arrival:?}"),
        }
    }
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_given_up() {
    let mut ours = network();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let peer = at("127.0.0.1", listener.local_addr().expect("bound").port(), Transport::Tcp);
    let long = options_request("1", &"x".repeat(200_000));
    ours.send(0, &transmit(peer, long.clone()));
    let (_stream, _) = listener.accept().await.expect("it connects");
    // More than the kernel's buffers and the queue hold.
    for _ in 0..400 {
        ours.send(0, &transmit(peer, long.clone()));
        if let Some(arrival) = ours.try_next() {
            assert!(matches!(arrival.what, What::Unreachable), "{arrival:?}");
            return;
        }
        tokio::task::yield_now().await;
    }
    let arrival = next(&mut ours).await;
    assert!(matches!(arrival.what, What::Unreachable), "{arrival:?}");
}
