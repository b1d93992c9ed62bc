//! Registration, servers, addresses and what a line answers.

use std::time::Duration;

use crate::world::{self, World, registrar, seconds};
use offhook_sip::call::Dial;
use offhook_sip::line::Event;
use offhook_sip::message::{Method, Name};
use offhook_sip::registration::{Failure, Status};
use offhook_sip::transaction::{Load, Peer, Transport};

/// Names of the events so far.
fn names(world: &mut World) -> String {
    let text = |event: Event| match event {
        Event::Registered { server, .. } => format!("registered at {server}"),
        Event::RegistrationFailed { failure, .. } => format!("failed: {failure:?}"),
        Event::RegistrationExpired => "expired".into(),
        Event::Address(contact) => format!("at {}:{}", contact.host, contact.port),
        Event::Notified(notification) => format!("{}{}", notification.event, notification.params),
        Event::Configured => "configured".into(),
        Event::Closed => "closed".into(),
        other => format!("{other:?}"),
    };
    world.events.drain(..).map(|(_, event)| text(event)).collect::<Vec<_>>().join(", ")
}

#[test]
fn a_line_registers_and_closes() {
    let mut world = World::new(&[("USE_DEL_REG_CLOSE_1", "Y"), ("SIP_ADD_RPORT_1", "Y")]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(1));
    assert_eq!(names(&mut world), "registered at 192.0.2.10:5060");
    assert_eq!(world.line.status(), Status::Registered);
    let register = world.heard[0].request().clone();
    assert!(register.headers.get(Name::Via).unwrap().starts_with("SIP/2.0/UDP 192.0.2.31:5060;branch=z9hG4bK"));
    assert!(register.headers.via().unwrap().wants_rport());
    assert_eq!(register.headers.get(Name::Allow).unwrap(), world.line.config().account.allow);
    assert!(!register.headers.has(Name::AllowEvents));
    let packages = world::config(&[("TALK_PACKAGE", "Y"), ("HOLD_PACKAGE", "Y")]);
    assert_eq!(packages.account.allow_events, "talk, hold");

    world.line.close(world.now);
    world.run(seconds(40));
    assert_eq!(names(&mut world), "closed");
    assert_eq!(
        world.heard.last().unwrap().request().headers.seconds(offhook_sip::message::Known::Expires),
        Some(seconds(0))
    );
    assert_eq!((world.line.status(), world.line.next_timeout()), (Status::Off, None));
    assert_eq!(world.line.load(), Load { clients: 0, servers: 0 });
}

/// The registrar is away when the line closes: nobody waits longer than a few seconds, and a new start works.
#[test]
fn closing_does_not_hang() {
    let mut world = World::new(&[("USE_DEL_REG_CLOSE_1", "Y")]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(1));
    world.cut("192.0.2.10:5060", true);
    world.line.close(world.now);
    world.run(seconds(5));
    assert_eq!(names(&mut world), "registered at 192.0.2.10:5060, closed");
    world.cut("192.0.2.10:5060", false);
    world.line.start(world.now);
    world.run(seconds(5));
    assert_eq!(names(&mut world), "registered at 192.0.2.10:5060");
}

const TWO: [(&str, &str); 3] =
    [("SIP_RGSTR_ADDR_1", "192.0.2.10"), ("SIP_2NDRGSTR_ADDR_1", "192.0.2.11"), ("SIP_2NDRGSTR_PORT_1", "5066")];

#[test]
fn the_second_server_and_back_again() {
    let mut world = World::new(&TWO);
    world.server("192.0.2.10:5060", registrar);
    world.server("192.0.2.11:5066", registrar);
    world.cut("192.0.2.10:5060", true);
    world.start();
    world.run(seconds(31));
    assert_eq!(names(&mut world), "");
    world.run(seconds(2));
    assert_eq!(names(&mut world), "registered at 192.0.2.11:5066");
    // The dead one is looked for, and the line goes back as soon as it answers.
    world.cut("192.0.2.10:5060", false);
    world.run(seconds(61));
    assert_eq!(names(&mut world), "registered at 192.0.2.10:5060");
    let probe = world.heard.iter().find(|message| message.request().method == Method::Options).unwrap();
    assert_eq!(probe.request().uri, "sip:192.0.2.10:5060");

    // A server that says that it is out of service is left at once.
    world.server("192.0.2.10:5060", |request| world::answer(request, 503, &[(Name::RetryAfter, "120")]));
    world.run(seconds(3240));
    assert_eq!(names(&mut world), "registered at 192.0.2.11:5066");
}

#[test]
fn a_dead_server_that_a_call_finds() {
    let mut world = World::new(&TWO);
    world.server("192.0.2.10:5060", registrar);
    world.server("192.0.2.11:5066", registrar);
    world.start();
    world.run(seconds(1));
    world.cut("192.0.2.10:5060", true);
    let dial = Dial { target: "2002".into(), offer: None, hide: None, place: None };
    let now = world.now;
    world.line.calls(now, |calls| calls.dial(now, dial)).unwrap();
    world.run(seconds(40));
    let heard = world.heard.iter().filter(|message| message.at == "192.0.2.11:5066".parse().unwrap());
    assert!(heard.map(|message| &message.request().method).any(|method| *method == Method::Register));
}

#[test]
fn without_failover_the_first_server_is_the_only_one() {
    let mut world = World::new(&[TWO.as_slice(), &[("SIP_FOVR_NORSP_1", "N")]].concat());
    world.server("192.0.2.11:5066", registrar);
    world.start();
    world.run(seconds(70));
    assert_eq!(names(&mut world), "failed: Silence");
    assert!(world.heard.is_empty());
}

/// As many servers as the settings allow, in the order of DNS, are tried for one request.
#[test]
fn no_more_servers_than_allowed() {
    let mut world = World::new(&[
        ("SIP_RGSTR_ADDR_1", "example.com"),
        ("SIP_FOVR_MAX_1", "2"),
        ("SIP_TIMER_F_1", "1000"),
        ("REG_RTX_INTVL_1", "600"),
    ]);
    for (priority, host) in [(1, "a"), (2, "b"), (3, "c")] {
        world.zone.srv("_sip._udp.example.com", priority, 0, 5060, host);
        world.zone.address(host, &format!("192.0.2.{priority}"));
        world.server(&format!("192.0.2.{priority}:5060"), registrar);
    }
    world.cut("192.0.2.1:5060", true);
    world.cut("192.0.2.2:5060", true);
    world.start();
    world.run(seconds(10));
    assert_eq!(names(&mut world), "failed: Silence");
    world.cut("192.0.2.2:5060", false);
    world.run(seconds(600));
    assert_eq!(names(&mut world), "registered at 192.0.2.2:5060");
    world.cut("192.0.2.1:5060", false);
    world.run(seconds(60));
    assert_eq!(names(&mut world), "registered at 192.0.2.1:5060");
    assert!(world.heard.iter().all(|message| message.at != "192.0.2.3:5060".parse().unwrap()));
}

#[test]
fn lines_spread_over_servers_by_weight() {
    let mut first = [0u32; 2];
    for seed in 0..300 {
        let mut world = World::with_seed(&[("SIP_RGSTR_ADDR_1", "example.com")], seed);
        for (weight, host) in [(75, "1"), (25, "2")] {
            world.zone.srv("_sip._udp.example.com", 1, weight, 5060, host);
            world.zone.address(host, &format!("192.0.2.{host}"));
            world.server(&format!("192.0.2.{host}:5060"), registrar);
        }
        world.start();
        world.run(seconds(2));
        first[usize::from(names(&mut world).ends_with("192.0.2.2:5060"))] += 1;
    }
    assert!(first[0].abs_diff(225) < 30, "{first:?}");
}

#[test]
fn a_dns_that_does_not_answer_is_asked_again() {
    let mut world = World::new(&[("SIP_RGSTR_ADDR_1", "example.com")]);
    world.server("192.0.2.10:5060", registrar);
    world.zone.dead = true;
    world.start();
    world.run(seconds(25));
    assert_eq!(names(&mut world), "failed: Silence");
    world.zone.dead = false;
    world.zone.address("example.com", "192.0.2.10");
    world.run(seconds(60));
    assert!(names(&mut world).ends_with("registered at 192.0.2.10:5060"));
}

#[test]
fn keep_alives_hold_the_binding() {
    let mut world = World::new(&[("PORT_PUNCH_INTVL_1", "20")]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(101));
    assert_eq!(world.pings, 5);
    let off = world.settings(&[]);
    world.line.configure(world.now, off);
    world.run(seconds(100));
    assert_eq!((world.pings, names(&mut world).as_str()), (5, "registered at 192.0.2.10:5060"));

    // Over a connection there is nothing to hold.
    let mut world = World::new(&[("PORT_PUNCH_INTVL_1", "20"), ("SIP_TRANSPORT_1", "1")]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(100));
    assert_eq!((world.pings, names(&mut world).as_str()), (0, "registered at 192.0.2.10:5060"));
}

const STRANGER: &str = "198.51.100.66:5060";

#[test]
fn strangers_are_not_heard_with_the_filter() {
    let settings = [
        ("SIP_RGSTR_ADDR_1", "example.com"),
        ("SIP_PRSNC_ADDR_1", "192.0.2.20"),
        ("SIP_OUTPROXY_ADDR_1", "192.0.2.30"),
    ];
    let mut world = World::new(&[settings.as_slice(), &[("SIP_DETECT_SSAF_1", "Y")]].concat());
    world.zone.address("example.com", "192.0.2.10");
    world.server("192.0.2.30:5060", registrar);
    world.start();
    world.run(seconds(2));
    assert_eq!(names(&mut world), "registered at 192.0.2.30:5060");
    for from in [STRANGER, "192.0.2.31:5060", "192.0.2.9:5060"] {
        assert_eq!(world.ask(from, "OPTIONS", ""), None, "{from}");
        world.datagram(from, b"OPTIONS nonsense SIP/2.0\r\nVia: SIP/2.0/UDP h\r\n\r\n");
        assert!(world.answers.is_empty());
    }
    for from in ["192.0.2.10:5060", "192.0.2.20:1234", "192.0.2.30:5060"] {
        assert_eq!(world.ask(from, "OPTIONS", "").unwrap().status, 200, "{from}");
    }

    let mut world = World::new(&settings);
    world.zone.address("example.com", "192.0.2.10");
    world.start();
    world.run(seconds(2));
    assert_eq!(world.ask(STRANGER, "OPTIONS", "").unwrap().status, 200);
}

#[test]
fn notifications_of_servers_and_of_strangers() {
    let mut world = World::new(&[("CFG_RESYNC_FROM_SIP", "check-sync")]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(1));
    names(&mut world);
    let mut check = |from: &str, fields: &str, status: u16, event: &str| {
        assert_eq!(world.ask(from, "NOTIFY", fields).unwrap().status, status, "{fields}");
        assert_eq!(names(&mut world), event, "{fields}");
    };
    check("192.0.2.10:5060", "Event: check-sync\r\n", 200, "check-sync");
    check("192.0.2.10:5080", "o: check-sync;reboot=true\r\nContent-Type: text/odd\r\n", 200, "check-sync;reboot=true");
    check("192.0.2.10:5060", "Event: message-summary\r\n", 200, "message-summary");
    check("192.0.2.10:5060", "Event: Check-Sync\r\n", 489, "");
    check("192.0.2.10:5060", "", 400, "");
    check(STRANGER, "Event: check-sync\r\n", 403, "");
    let to = "To: <sip:2001@192.0.2.31>;tag=x";
    assert_eq!(world.ask_to("192.0.2.10:5060", "NOTIFY", to, "Event: check-sync\r\n").unwrap().status, 481);
}

/// A datagram from the address of a server that speaks TLS may be anybody's.
#[test]
fn a_server_of_tls_speaks_tls() {
    let mut world = World::new(&[("CFG_RESYNC_FROM_SIP", "check-sync"), ("SIP_TRANSPORT_1", "2")]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(1));
    assert_eq!(names(&mut world), "registered at 192.0.2.10:5060");
    assert_eq!(world.ask("192.0.2.10:5060", "NOTIFY", "Event: check-sync\r\n").unwrap().status, 403);
}

#[test]
fn a_crowd_of_strangers_leaves_room() {
    let mut world = World::new(&[]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(1));
    let to = "To: <sip:2001@192.0.2.31>;tag=x";
    for _ in 0..10_000 {
        world.ask_to(STRANGER, "OPTIONS", to, "");
    }
    assert!(world.line.load().servers < 4096);
    assert_eq!(world.ask(STRANGER, "OPTIONS", ""), None);
    assert_eq!(world.ask("192.0.2.10:5060", "OPTIONS", "").unwrap().status, 200);
    world.run(seconds(10));
    assert_eq!(world.ask(STRANGER, "OPTIONS", "").unwrap().status, 200);
}

#[test]
fn what_is_refused() {
    let mut world = World::new(&[]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(1));
    for (method, fields, status) in [
        ("OPTIONS", "", 200),
        ("OPTIONS", "Require: nothing-of-the-kind\r\n", 420),
        ("MESSAGE", "", 405),
        ("SUBSCRIBE", "Event: dialog\r\n", 405),
        ("PUBLISH", "", 405),
        ("REGISTER", "", 405),
        ("NEWMETHOD", "", 501),
    ] {
        let answer = world.ask(STRANGER, method, fields).unwrap();
        assert_eq!(answer.status, status, "{method} {fields}");
        assert_eq!(answer.headers.has(Name::Allow), matches!(status, 200 | 405 | 501), "{method}");
    }
    world.run(seconds(40));
    assert_eq!(world.line.load(), Load { clients: 0, servers: 0 });
}

/// Whoever forges the source of a request shall not make the phone a weapon: no answer is three times as long.
#[test]
fn answers_are_not_much_longer_than_requests() {
    let mut world = World::new(&[]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(1));
    let methods =
        ["OPTIONS", "NOTIFY", "MESSAGE", "NEWMETHOD", "BYE", "INVITE", "REFER", "SUBSCRIBE", "INFO", "PRACK", "UPDATE"];
    for method in methods {
        for rest in ["", "Event: x\r\n", "Require: a\r\n", "Content-Length: 99\r\n", "From: x\r\n"] {
            let text = format!(
                "{method} sip:a SIP/2.0\r\nv: SIP/2.0/UDP h;branch=z9hG4bK{method}{}\r\nf: sip:a;tag=1\r\nt: sip:a\r\n\
                 i: {method}{}\r\nCSeq: 1 {method}\r\n{rest}\r\n",
                rest.len(),
                rest.len()
            );
            world.answers.clear();
            world.datagram(STRANGER, text.as_bytes());
            let sent: usize = world.answers.iter().map(|(_, bytes)| bytes.len()).sum();
            assert!(sent <= 3 * text.len(), "{sent} bytes for {}: {text}", text.len());
        }
    }
}

#[test]
fn other_addresses_register_anew() {
    let mut world = World::new(&[]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(1));
    world.line.set_public_address(world.now, Some("203.0.113.7:40000".parse().unwrap()));
    world.run(seconds(1));
    assert_eq!(names(&mut world), "registered at 192.0.2.10:5060, at 203.0.113.7:40000, registered at 192.0.2.10:5060");
    let contacts: Vec<_> =
        world.heard.iter().map(|message| message.request().headers.get(Name::Contact).unwrap().to_owned()).collect();
    assert_eq!(
        contacts,
        [
            "<sip:2001@192.0.2.31:5060>;expires=3600",
            "<sip:2001@203.0.113.7:40000>;expires=3600",
            "<sip:2001@192.0.2.31:5060>;expires=0"
        ]
    );
    // The same once more changes nothing.
    world.line.set_public_address(world.now, Some("203.0.113.7:40000".parse().unwrap()));
    world.run(seconds(1));
    assert_eq!(names(&mut world), "");
}

/// The router gives another port: the registrar sees it, and the line says so from then on.
#[test]
fn the_registrar_tells_the_address() {
    let mut world =
        World::new(&[("GLOBAL_ADDRESS_METHOD", "SIP"), ("GLOBAL_ADDRESS_INTERVAL", "60"), ("SIP_ADD_RPORT_1", "Y")]);
    world.server("192.0.2.10:5060", |request| {
        let mut answer = registrar(request)?;
        let via = request.headers.get(Name::Via).unwrap().replace(";rport", ";rport=40001;received=203.0.113.7");
        answer.headers.set(Name::Via, via);
        Some(answer)
    });
    world.start();
    world.run(seconds(2));
    assert_eq!(names(&mut world), "registered at 192.0.2.10:5060, at 203.0.113.7:40001, registered at 192.0.2.10:5060");
    assert_eq!(world.line.contact().host, "203.0.113.7");
}

#[test]
fn other_settings_register_anew() {
    let mut world = World::new(&[("USE_DEL_REG_CLOSE_1", "Y")]);
    world.server("192.0.2.10:5060", registrar);
    world.server("192.0.2.11:5060", registrar);
    world.start();
    world.run(seconds(1));
    let other = world.settings(&[("SIP_RGSTR_ADDR_1", "192.0.2.11"), ("PHONE_NUMBER_1", "2002")]);
    world.line.configure(world.now, other.clone());
    world.run(seconds(1));
    assert_eq!(names(&mut world), "registered at 192.0.2.10:5060, configured, registered at 192.0.2.11:5060");
    let removal = world.heard[1].request();
    assert_eq!(removal.headers.get(Name::Contact), Some("<sip:2001@192.0.2.31:5060>;expires=0"));
    // The same settings again change nothing; two changes in a row end with the later one.
    world.line.configure(world.now, other.clone());
    let again = world.settings(&[("PHONE_NUMBER_1", "2003")]);
    world.line.configure(world.now, again.clone());
    world.line.configure(world.now, other);
    world.line.configure(world.now, again);
    world.run(seconds(10));
    assert_eq!(names(&mut world), "configured, registered at 192.0.2.10:5060");
    assert!(world.heard.last().unwrap().request().headers.get(Name::To).unwrap().contains("2003"));
}

#[test]
fn a_connection_that_ends_is_made_anew() {
    let mut world = World::new(&[("SIP_TRANSPORT_1", "1")]);
    world.server("192.0.2.10:5060", registrar);
    world.start();
    world.run(seconds(60));
    let peer = Peer { transport: Transport::Tcp, address: "192.0.2.10:5060".parse().unwrap() };
    world.line.unreachable(world.now, peer);
    world.run(seconds(1));
    assert_eq!(names(&mut world), "registered at 192.0.2.10:5060, registered at 192.0.2.10:5060");
    // Not again and again.
    world.line.unreachable(world.now, peer);
    world.run(seconds(1));
    assert_eq!(names(&mut world), "");
    // But not hours later either.
    world.run(seconds(60));
    assert_eq!(names(&mut world), "registered at 192.0.2.10:5060");
}

#[test]
fn over_version_6() {
    let mut world = World::new(&[("SIP_RGSTR_ADDR_1", "six.example.com")]);
    world.zone.address("six.example.com", "2001:db8::10");
    world.server("[2001:db8::10]:5060", registrar);
    world.start();
    world.run(seconds(1));
    assert_eq!(names(&mut world), "registered at [2001:db8::10]:5060");
    let register = world.heard[0].request();
    assert!(register.headers.get(Name::Via).unwrap().contains("UDP [2001:db8::31]:5060;"));
    assert!(register.headers.get(Name::Contact).unwrap().contains("@[2001:db8::31]:5060>"));
}

#[test]
fn a_refusal_is_told() {
    let mut world = World::new(&[]);
    world.server("192.0.2.10:5060", |request| world::answer(request, 403, &[]));
    world.start();
    world.run(seconds(7200));
    let events: Vec<_> = world.events.drain(..).map(|(_, event)| event).collect();
    assert_eq!(
        events,
        [Event::RegistrationFailed { failure: Failure::Status(403), retry: None }],
        "and never tried again"
    );
    assert_eq!(world.line.next_timeout(), None::<Duration>);
}
