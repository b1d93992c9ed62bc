//! Calls through a line: which server an INVITE goes to, and what becomes of it on the way.

use std::cell::Cell;
use std::rc::Rc;

use offhook_sip::call::{Body, CallId, Dial, End, Event};
use offhook_sip::line;
use offhook_sip::message::{Method, Name, Request, Response};
use offhook_sip::transaction::Load;

use crate::world::{World, registrar, seconds};

const SERVER: &str = "192.0.2.10:5060";

/// A server that takes registrations, and answers an INVITE with this status after it has rung.
fn proxy(status: u16) -> impl FnMut(&Request) -> Option<Response> {
    move |request| match request.method {
        Method::Invite => {
            let mut answer = Response::to(request, status, "callee");
            answer.headers.push(Name::Contact, "<sip:callee@192.0.2.50:5062>");
            answer.headers.push(Name::RecordRoute, "<sip:192.0.2.10;lr>");
            if status == 200 {
                answer.headers.push(Name::ContentType, "application/sdp");
                answer.body = b"answer".to_vec();
            }
            Some(answer)
        }
        Method::Ack => None,
        _ => registrar(request),
    }
}

fn dial(world: &mut World) -> CallId {
    let dial = Dial { target: "2002".into(), offer: Some(Body::sdp("offer")), hide: None, place: None };
    let call = world.line.calls(world.now, |calls| calls.dial(seconds(1000), dial)).unwrap();
    world.run(seconds(1));
    call
}

/// What happened to calls, in few words.
fn told(world: &mut World) -> String {
    let text = |event| match event {
        line::Event::Call(Event::Answered { .. }) => Some("answered".to_owned()),
        line::Event::Call(Event::Ended { why: End::Refused { status, .. }, .. }) => Some(format!("refused {status}")),
        line::Event::Call(Event::Ended { why, .. }) => Some(format!("ended {why:?}")),
        line::Event::Call(Event::Incoming(invitation)) => Some(format!("called by {}", invitation.caller.user)),
        _ => None,
    };
    world.events.drain(..).filter_map(|(_, event)| text(event)).collect::<Vec<_>>().join(", ")
}

fn methods(world: &World) -> Vec<(String, String)> {
    world.heard.iter().skip(1).map(|heard| (heard.request().method.to_string(), heard.at.to_string())).collect()
}

#[test]
fn a_call_through_the_proxy() {
    let mut world = World::new(&[("SIP_PRXY_ADDR_1", "192.0.2.12")]);
    world.server(SERVER, proxy(200));
    world.server("192.0.2.12:5060", proxy(200));
    world.start();
    world.run(seconds(1));
    let call = dial(&mut world);
    assert_eq!(told(&mut world), "answered");
    world.line.calls(world.now, |calls| calls.hang_up(call)).unwrap();
    world.run(seconds(1));
    // Within the call, the way is that of Record-Route.
    let expected = [("INVITE", "192.0.2.12:5060"), ("ACK", SERVER), ("BYE", SERVER)];
    assert_eq!(methods(&world), expected.map(|(method, at)| (method.to_owned(), at.to_owned())));
    assert_eq!(told(&mut world), "ended Local");
    world.run(seconds(100));
    assert_eq!(world.line.load(), Load { clients: 0, servers: 0 });
}

#[test]
fn an_outbound_proxy_takes_everything() {
    let mut world = World::new(&[("SIP_OUTPROXY_ADDR_1", "192.0.2.40"), ("SIP_OUTPROXY_PORT_1", "5090")]);
    world.server("192.0.2.40:5090", proxy(200));
    world.start();
    world.run(seconds(1));
    let call = dial(&mut world);
    world.line.calls(world.now, |calls| calls.hang_up(call)).unwrap();
    world.run(seconds(1));
    assert_eq!(methods(&world).len(), 3);
    assert!(world.heard.iter().all(|heard| heard.at.to_string() == "192.0.2.40:5090"));
}

#[test]
fn a_call_finds_the_second_server() {
    let mut world = World::new(&[("SIP_PRXY_ADDR_1", "192.0.2.11"), ("SIP_2NDPROXY_ADDR_1", "192.0.2.12")]);
    world.server(SERVER, proxy(200));
    world.server("192.0.2.12:5060", proxy(200));
    world.start();
    world.run(seconds(1));
    dial(&mut world);
    world.run(seconds(30));
    assert_eq!(told(&mut world), "");
    world.run(seconds(2));
    assert_eq!(told(&mut world), "answered");
    // The next call does not wait for the dead one.
    dial(&mut world);
    assert_eq!(told(&mut world), "answered");
}

#[test]
fn refusals_and_silence() {
    let mut world = World::new(&[("SIP_TIMER_B_1", "2000")]);
    world.server(SERVER, proxy(486));
    world.start();
    world.run(seconds(1));
    dial(&mut world);
    assert_eq!(told(&mut world), "refused 486");
    world.cut(SERVER, true);
    dial(&mut world);
    world.run(seconds(3));
    assert_eq!(told(&mut world), "ended Silence");
    world.run(seconds(100));
    assert!(world.line.load().servers == 0);
}

/// A call that is given up while DNS is still looked for was never made.
#[test]
fn given_up_before_the_server_is_known() {
    let mut world = World::new(&[("SIP_PRXY_ADDR_1", "example.com")]);
    world.server(SERVER, proxy(200));
    world.start();
    world.run(seconds(20));
    world.zone.dead = true;
    world.run(seconds(100));
    let call = dial(&mut world);
    world.line.calls(world.now, |calls| calls.hang_up(call)).unwrap();
    world.run(seconds(20));
    assert_eq!(told(&mut world), "ended Local");
    assert_eq!(methods(&world), []);
}

#[test]
fn challenges_are_answered() {
    let mut world = World::new(&[("SIP_AUTHID_1", "bob"), ("SIP_PASS_1", "secret")]);
    let challenges = Rc::new(Cell::new(0));
    let count = Rc::clone(&challenges);
    let mut inner = proxy(200);
    world.server(SERVER, move |request| {
        if request.method == Method::Invite && !request.headers.has(Name::ProxyAuthorization) {
            count.set(count.get() + 1);
            let fields = [(Name::ProxyAuthenticate, "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"")];
            return crate::world::answer(request, 407, &fields);
        }
        inner(request)
    });
    world.start();
    world.run(seconds(1));
    dial(&mut world);
    assert_eq!((told(&mut world).as_str(), challenges.get()), ("answered", 1));
    let ack = world.heard.iter().rev().find(|heard| heard.request().method == Method::Ack).unwrap();
    assert!(ack.request().headers.has(Name::ProxyAuthorization));
}

#[test]
fn somebody_calls() {
    let mut world = World::new(&[]);
    world.server(SERVER, registrar);
    world.start();
    world.run(seconds(1));
    let fields = "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\noffer";
    world.ask(SERVER, "INVITE", fields);
    world.run(seconds(1));
    assert_eq!(told(&mut world), "called by server");
    assert!(world.answers.iter().any(|(_, bytes)| bytes.starts_with(b"SIP/2.0 100 ")));
    // Requests of strangers for calls that are none do nothing.
    for method in ["BYE", "UPDATE", "INFO", "REFER", "PRACK"] {
        let to = "To: <sip:2001@192.0.2.31>;tag=guessed";
        let status = world.ask_to("198.51.100.66:5060", method, to, "").unwrap().status;
        assert!(matches!(status, 405 | 481), "{method}: {status}");
    }
    assert_eq!(told(&mut world), "");
}
