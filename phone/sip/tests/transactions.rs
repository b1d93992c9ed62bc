//! The state machines of transactions, moment by moment (RFC 3261, section 17; RFC 6026).

#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::time::Duration;

use offhook_sip::Tokens;
use offhook_sip::message::{Message, Method, Name, Request, Response, datagram};
use offhook_sip::transaction::{ClientId, Event, Load, Local, Peer, ServerId, Timers, Transactions, Transport};

const TIMERS: Timers = Timers {
    t1: Duration::from_millis(500),
    t2: Duration::from_secs(4),
    t4: Duration::from_secs(5),
    b: Duration::from_secs(32),
    d: Duration::from_secs(32),
    f: Duration::from_secs(32),
    h: Duration::from_secs(32),
    j: Duration::from_secs(32),
};

/// One end, and what it did.
struct End {
    transactions: Transactions,
    now: Duration,
    peer: Peer,
}

impl End {
    fn new(transport: Transport) -> Self {
        let local = Local { host: "192.0.2.31".into(), port: 5060, rport: true };
        End {
            transactions: Transactions::new(TIMERS, local, Tokens::new([3; 32])),
            now: Duration::from_secs(1000),
            peer: Peer { transport, address: ([192, 0, 2, 10], 5060).into() },
        }
    }

    /// Runs for some time; gives the first line of each message with the milliseconds at which it is sent, from now on.
    fn run(&mut self, seconds: u64) -> Vec<(u64, String)> {
        let (start, end) = (self.now, self.now + Duration::from_secs(seconds));
        let mut sent = self.sent(start);
        while let Some(next) = self.transactions.next_timeout().filter(|next| *next <= end) {
            self.now = next;
            self.transactions.timeout(next);
            sent.extend(self.sent(start));
        }
        self.now = end;
        sent
    }

    fn sent(&mut self, start: Duration) -> Vec<(u64, String)> {
        let at = (self.now - start).as_millis() as u64;
        std::iter::from_fn(|| self.transactions.poll_transmit())
            .map(|transmit| (at, String::from_utf8_lossy(&transmit.bytes).lines().next().unwrap().to_owned()))
            .collect()
    }

    fn last_sent(&mut self) -> Message {
        let last = std::iter::from_fn(|| self.transactions.poll_transmit()).last().unwrap();
        datagram(&last.bytes).unwrap()
    }

    fn event(&mut self) -> Option<Event> {
        self.transactions.poll_event()
    }

    fn request(&mut self, method: Method) -> (ClientId, Request) {
        let id = self.transactions.request(self.now, request(method), self.peer);
        let Message::Request(sent) = self.last_sent() else { panic!("not a request") };
        (id, sent)
    }

    fn receive(&mut self, message: impl Into<Wire>) {
        let message = message.into().0;
        self.transactions.receive(self.now, datagram(&message.to_bytes()).unwrap(), self.peer);
    }

    #[track_caller]
    fn is_empty(&self) {
        assert_eq!(self.transactions.load(), Load { clients: 0, servers: 0 });
        assert_eq!(self.transactions.next_timeout(), None);
    }

    #[track_caller]
    fn new_request(&mut self) -> (ServerId, Request) {
        match self.event() {
            Some(Event::Request { id, request, .. }) => (id, request),
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn status(&mut self) -> u16 {
        match self.event() {
            Some(Event::Response { response, .. }) => response.status,
            other => panic!("{other:?}"),
        }
    }
}

struct Wire(Message);

impl From<Response> for Wire {
    fn from(response: Response) -> Self {
        Wire(Message::Response(response))
    }
}

impl From<&Request> for Wire {
    fn from(request: &Request) -> Self {
        Wire(Message::Request(request.clone()))
    }
}

fn request(method: Method) -> Request {
    let mut request = Request::new(method, "sip:bob@example.com");
    let headers = &mut request.headers;
    headers.push(Name::From, "<sip:alice@example.com>;tag=a");
    headers.push(Name::To, "<sip:bob@example.com>");
    headers.push(Name::CallId, "call");
    headers.push(Name::CSeq, format_args!("1 {}", request.method));
    headers.push(Name::Route, "<sip:proxy.example.com;lr>");
    request
}

/// A request as it comes from the network.
fn incoming(method: Method, branch: &str) -> Request {
    let mut request = request(method);
    request.headers.push_front(Name::Via, format_args!("SIP/2.0/UDP 192.0.2.10;branch={branch}"));
    request
}

/// The moments at which something is sent, in milliseconds.
fn moments(sent: &[(u64, String)]) -> Vec<u64> {
    sent.iter().map(|(at, _)| *at).collect()
}

#[test]
fn an_invite_without_an_answer() {
    let mut end = End::new(Transport::Udp);
    let (id, _) = end.request(Method::Invite);
    assert_eq!(moments(&end.run(40)), [500, 1500, 3500, 7500, 15500, 31500]);
    assert_eq!(end.event(), Some(Event::TimedOut { id }));
    end.is_empty();
}

#[test]
fn another_request_without_an_answer() {
    let mut end = End::new(Transport::Udp);
    let (id, _) = end.request(Method::Options);
    assert_eq!(moments(&end.run(40)), [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
    assert_eq!(end.event(), Some(Event::TimedOut { id }));
    end.is_empty();
}

#[test]
fn a_provisional_answer_slows_another_request_down() {
    let mut end = End::new(Transport::Udp);
    let (id, sent) = end.request(Method::Options);
    end.receive(Response::to(&sent, 100, ""));
    assert_eq!(moments(&end.run(33)), [500, 4500, 8500, 12500, 16500, 20500, 24500, 28500]);
    assert_eq!(end.status(), 100);
    assert_eq!(end.event(), Some(Event::TimedOut { id }));
    end.is_empty();
}

#[test]
fn over_a_connection_nothing_is_repeated() {
    for method in [Method::Invite, Method::Options] {
        let mut end = End::new(Transport::Tcp);
        let (id, sent) = end.request(method);
        assert_eq!(sent.headers.via().unwrap().transport, "TCP");
        assert_eq!(end.run(40), []);
        assert_eq!(end.event(), Some(Event::TimedOut { id }));
        end.is_empty();
    }
}

#[test]
fn a_refused_invite_is_acknowledged_as_often_as_it_is_refused() {
    for (transport, kept) in [(Transport::Udp, 32), (Transport::Tls, 0)] {
        let mut end = End::new(transport);
        let (_, sent) = end.request(Method::Invite);
        end.receive(Response::to(&sent, 180, "b"));
        assert_eq!(end.run(60), [], "a ringing call is not repeated");
        end.receive(Response::to(&sent, 486, "b"));
        let Message::Request(ack) = end.last_sent() else { panic!("not a request") };
        assert_eq!((&ack.method, ack.uri.as_str()), (&Method::Ack, "sip:bob@example.com"));
        assert_eq!(ack.headers.get(Name::Via), sent.headers.get(Name::Via));
        assert_eq!(ack.headers.get(Name::Route), Some("<sip:proxy.example.com;lr>"));
        assert_eq!(ack.headers.get(Name::To), Some("<sip:bob@example.com>;tag=b"));
        assert_eq!(ack.headers.get(Name::CSeq), Some("1 ACK"));
        assert_eq!((end.status(), end.status()), (180, 486));
        if kept > 0 {
            end.receive(Response::to(&sent, 486, "b"));
            assert_eq!(end.sent(end.now).len(), 1);
            assert_eq!(end.event(), None);
            end.run(kept - 1);
            assert_eq!(end.transactions.load().clients, 1);
        }
        end.run(1);
        end.is_empty();
    }
}

#[test]
fn an_answered_invite_hears_every_fork() {
    let mut end = End::new(Transport::Udp);
    let (_, sent) = end.request(Method::Invite);
    for tag in ["b", "c", "b"] {
        end.receive(Response::to(&sent, 200, tag));
        assert_eq!(end.status(), 200);
    }
    end.receive(Response::to(&sent, 486, "d"));
    end.receive(Response::to(&sent, 183, "d"));
    assert_eq!((end.event(), end.sent(end.now)), (None, vec![]));
    end.run(32);
    end.is_empty();
}

#[test]
fn answers_that_are_not_ours_are_dropped() {
    let mut end = End::new(Transport::Udp);
    let (_, sent) = end.request(Method::Options);
    let good = Response::to(&sent, 200, "b");
    for via in ["SIP/2.0/UDP 192.0.2.31:5060;branch=z9hG4bKother", "SIP/2.0/UDP 192.0.2.31:5060"] {
        let mut response = good.clone();
        response.headers.set(Name::Via, via);
        end.receive(response);
    }
    let mut response = good.clone();
    response.headers.set(Name::Via, sent.headers.get(Name::Via).unwrap().replace("192.0.2.31", "192.0.2.32"));
    end.receive(response);
    let mut response = good.clone();
    response.headers.push(Name::Via, "SIP/2.0/UDP 192.0.2.99;branch=z9hG4bK1");
    end.receive(response);
    let mut response = good.clone();
    response.headers.set(Name::CSeq, "1 INVITE");
    end.receive(response);
    assert_eq!(end.event(), None);
    end.receive(good);
    assert_eq!(end.status(), 200);
}

#[test]
fn cancel_waits_for_a_provisional_answer() {
    let mut end = End::new(Transport::Udp);
    let (id, sent) = end.request(Method::Invite);
    end.transactions.cancel(end.now, id);
    assert_eq!(end.sent(end.now), []);
    end.receive(Response::to(&sent, 100, ""));
    let Message::Request(cancel) = end.last_sent() else { panic!("not a request") };
    assert_eq!(cancel.method, Method::Cancel);
    assert_eq!(cancel.headers.get(Name::Via), sent.headers.get(Name::Via));
    assert_eq!(cancel.headers.get(Name::To), sent.headers.get(Name::To));
    assert_eq!(cancel.headers.get(Name::CSeq), Some("1 CANCEL"));
    assert_eq!(end.status(), 100);
    // A second wish changes nothing, and nobody hears of the answer to CANCEL.
    end.transactions.cancel(end.now, id);
    end.receive(Response::to(&cancel, 200, "b"));
    assert_eq!((end.event(), end.sent(end.now)), (None, vec![]));
    end.receive(Response::to(&sent, 487, "b"));
    assert_eq!(end.status(), 487);
    end.run(40);
    end.is_empty();
}

#[test]
fn a_cancelled_invite_ends_even_if_its_server_is_gone() {
    let mut end = End::new(Transport::Udp);
    let (id, sent) = end.request(Method::Invite);
    end.receive(Response::to(&sent, 180, "b"));
    end.transactions.cancel(end.now, id);
    end.run(33);
    assert_eq!(end.status(), 180);
    assert_eq!((end.event(), end.event()), (Some(Event::TimedOut { id }), None));
    end.is_empty();
}

#[test]
fn an_invite_is_answered_once_however_often_it_comes() {
    let mut end = End::new(Transport::Udp);
    let invite = incoming(Method::Invite, "z9hG4bK1");
    end.receive(&invite);
    let (id, request) = end.new_request();
    // 100 after 200 ms in the user's place.
    assert_eq!(end.run(1), [(200, "SIP/2.0 100 Trying".to_owned())]);
    end.receive(&invite);
    assert_eq!(end.sent(end.now).len(), 1);
    assert!(end.transactions.respond(end.now, id, &Response::to(&request, 180, "b")));
    assert_eq!(end.sent(end.now)[0].1, "SIP/2.0 180 Ringing");
    assert_eq!(end.run(100), []);

    assert!(end.transactions.respond(end.now, id, &Response::to(&request, 486, "b")));
    assert_eq!(moments(&end.run(10)), [0, 500, 1500, 3500, 7500]);
    end.receive(&invite);
    assert_eq!(end.sent(end.now).len(), 1);
    assert!(!end.transactions.respond(end.now, id, &Response::to(&request, 200, "b")));
    let mut ack = incoming(Method::Ack, "z9hG4bK1");
    ack.headers.set(Name::To, "<sip:bob@example.com>;tag=b");
    end.receive(&ack);
    assert_eq!(end.run(5), []);
    assert_eq!(end.event(), None);
    end.is_empty();
}

#[test]
fn a_refusal_that_nobody_acknowledges_is_lost() {
    // Over TCP nothing is repeated; to somebody who may not have asked at all, twice.
    for (transport, known, sent) in [(Transport::Udp, true, 11), (Transport::Udp, false, 3), (Transport::Tcp, false, 1)]
    {
        let mut end = End::new(transport);
        end.receive(&incoming(Method::Invite, "z9hG4bK1"));
        let (id, request) = end.new_request();
        if !known {
            end.transactions.limit_repeats(id);
        }
        end.transactions.respond(end.now, id, &Response::to(&request, 603, "b"));
        assert_eq!(end.run(40).len(), sent);
        assert_eq!(end.event(), Some(Event::Lost { id }));
        end.is_empty();
    }
}

#[test]
fn a_2xx_is_repeated_by_the_user_and_its_ack_is_the_users() {
    let mut end = End::new(Transport::Udp);
    let invite = incoming(Method::Invite, "z9hG4bK1");
    end.receive(&invite);
    let (id, request) = end.new_request();
    let ok = Response::to(&request, 200, "b");
    assert!(end.transactions.respond(end.now, id, &ok));
    assert_eq!(moments(&end.run(3)), [0]);
    // RFC 6026: a copy of the INVITE is absorbed.
    end.receive(&invite);
    assert_eq!(end.sent(end.now), []);
    assert!(end.transactions.respond(end.now, id, &ok));
    assert!(!end.transactions.respond(end.now, id, &Response::to(&request, 486, "b")));
    assert_eq!(end.sent(end.now).len(), 1);
    for branch in ["z9hG4bK2", "z9hG4bK1"] {
        end.receive(&incoming(Method::Ack, branch));
        assert!(matches!(end.event(), Some(Event::Ack { .. })), "{branch}");
    }
    end.run(40);
    assert!(!end.transactions.respond(end.now, id, &ok));
    end.is_empty();
}

#[test]
fn another_request_is_answered_once_however_often_it_comes() {
    for (transport, kept) in [(Transport::Udp, 32), (Transport::Tcp, 0)] {
        let mut end = End::new(transport);
        let options = incoming(Method::Options, "z9hG4bK1");
        end.receive(&options);
        end.receive(&options);
        let (id, request) = end.new_request();
        assert_eq!((end.event(), end.sent(end.now)), (None, vec![]));
        assert!(end.transactions.respond(end.now, id, &Response::to(&request, 200, "b")));
        assert_eq!(end.sent(end.now).len(), 1);
        if kept > 0 {
            end.receive(&options);
            assert_eq!(end.sent(end.now).len(), 1);
        }
        assert_eq!(end.run(kept), []);
        end.is_empty();
    }
}

#[test]
fn a_request_that_the_user_forgets_is_forgotten() {
    let mut end = End::new(Transport::Udp);
    end.receive(&incoming(Method::Options, "z9hG4bK1"));
    assert_eq!(end.run(33), []);
    end.is_empty();
}

#[test]
fn cancel_is_answered_and_told() {
    let mut end = End::new(Transport::Udp);
    end.receive(&incoming(Method::Cancel, "z9hG4bK1"));
    assert_eq!(end.sent(end.now)[0].1, "SIP/2.0 481 Call/Transaction Does Not Exist");
    end.receive(&incoming(Method::Invite, "z9hG4bK2"));
    let (id, request) = end.new_request();
    end.transactions.respond(end.now, id, &Response::to(&request, 180, "ours"));
    end.receive(&incoming(Method::Cancel, "z9hG4bK2"));
    let Message::Response(answer) = end.last_sent() else { panic!("not a response") };
    assert_eq!((answer.status, answer.headers.to().unwrap().tag()), (200, Some("ours")));
    assert!(matches!(end.event(), Some(Event::Cancelled { id: cancelled, .. }) if cancelled == id));
    end.transactions.respond(end.now, id, &Response::to(&request, 487, "ours"));
    end.last_sent();
    // Too late: it is answered, and nothing happens.
    end.run(1);
    let mut late = incoming(Method::Cancel, "z9hG4bK2");
    late.headers.set(Name::CSeq, "1 CANCEL");
    end.receive(&late);
    assert_eq!(end.event(), None);
}

#[test]
fn a_forked_invite_that_comes_twice_rings_once() {
    let mut end = End::new(Transport::Udp);
    end.receive(&incoming(Method::Invite, "z9hG4bK1"));
    let (id, request) = end.new_request();
    end.receive(&incoming(Method::Invite, "z9hG4bK2"));
    assert_eq!(end.sent(end.now)[0].1, "SIP/2.0 482 Loop Detected");
    assert_eq!(end.event(), None);
    end.transactions.respond(end.now, id, &Response::to(&request, 486, "b"));
    end.run(80);
    end.is_empty();
}

#[test]
fn senders_of_rfc_2543() {
    let mut end = End::new(Transport::Udp);
    let old = |method, number| {
        let mut request = incoming(method, "old");
        request.headers.set(Name::CSeq, format_args!("{number} {}", request.method));
        request
    };
    end.receive(&old(Method::Invite, 1));
    let (first, request) = end.new_request();
    end.receive(&old(Method::Invite, 1));
    assert_eq!(end.event(), None, "the same again");
    end.receive(&old(Method::Options, 1));
    let (options, _) = end.new_request();
    end.receive(&old(Method::Invite, 2));
    let (second, _) = end.new_request();
    assert!(first != second && options != second);
    end.transactions.respond(end.now, first, &Response::to(&request, 486, "b"));
    let mut ack = old(Method::Ack, 1);
    ack.headers.set(Name::To, "<sip:bob@example.com>;tag=b");
    end.receive(&ack);
    assert_eq!(end.event(), None, "the ACK belongs to the refusal");
}

#[test]
fn who_cannot_be_reached() {
    let mut end = End::new(Transport::Tcp);
    let (id, _) = end.request(Method::Invite);
    end.receive(&incoming(Method::Invite, "z9hG4bK1"));
    let (server, request) = end.new_request();
    end.transactions.unreachable(end.peer);
    assert_eq!(end.event(), Some(Event::Unreachable { id }));
    assert_eq!(end.event(), None);
    // What rings is answered over another connection; if there is none, it is lost.
    assert!(end.transactions.respond(end.now, server, &Response::to(&request, 486, "b")));
    end.transactions.unreachable(end.peer);
    assert_eq!(end.event(), Some(Event::Lost { id: server }));
    end.is_empty();
}

#[test]
fn a_phone_that_rings_outlives_a_connection() {
    let mut end = End::new(Transport::Tcp);
    let (id, request) = end.request(Method::Invite);
    end.receive(Response::to(&request, 180, "b"));
    end.event();
    end.transactions.unreachable(end.peer);
    assert_eq!(end.event(), None);
    end.receive(Response::to(&request, 200, "b"));
    assert!(matches!(end.event(), Some(Event::Response { id: of, .. }) if of == id));
}

#[test]
fn a_lost_connection_is_made_up_for_at_the_port_in_via() {
    let mut end = End::new(Transport::Tcp);
    end.peer.address.set_port(49152);
    end.receive(&incoming(Method::Invite, "z9hG4bK1"));
    let (id, request) = end.new_request();
    end.transactions.unreachable(end.peer);
    assert!(end.transactions.respond(end.now, id, &Response::to(&request, 180, "b")));
    assert_eq!(end.transactions.poll_transmit().unwrap().to.address, ([192, 0, 2, 10], 5060).into());
}

#[test]
fn a_flood_is_turned_away_and_calls_go_on() {
    let mut end = End::new(Transport::Udp);
    for number in 0..6000 {
        end.receive(&incoming(Method::Options, &format!("z9hG4bK{number}")));
    }
    assert_eq!(end.transactions.load().servers, 4096);
    let mut bye = incoming(Method::Bye, "z9hG4bKbye");
    bye.headers.set(Name::To, "<sip:bob@example.com>;tag=b");
    while end.event().is_some() {}
    end.receive(&bye);
    assert_eq!(end.new_request().1.method, Method::Bye);
    end.run(40);
    end.is_empty();
}

#[test]
fn timers_of_nothing_do_not_spin() {
    let zero = Timers { t1: Duration::ZERO, t2: Duration::ZERO, ..TIMERS };
    let mut end = End::new(Transport::Udp);
    end.transactions.set_timers(zero);
    end.request(Method::Options);
    assert!(end.run(40).len() <= 32_000);
    end.is_empty();
}
