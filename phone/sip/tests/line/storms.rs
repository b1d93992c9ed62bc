//! Hours of bad weather: losses, servers that die and come back, a DNS that is away, addresses that change. Afterwards every
//! line is where it should be, and nothing is left over.

use offhook_sip::line::{Addresses, Event};
use offhook_sip::message::{Method, Name, Response};
use offhook_sip::registration::Status;
use offhook_sip::subscription::{self, Wish};
use offhook_sip::transaction::Load;

use crate::world::{World, registrar, seconds};

const FIRST: &str = "192.0.2.1:5060";
const SECOND: &str = "192.0.2.2:5060";

fn world(seed: u64) -> World {
    let settings = [
        ("SIP_RGSTR_ADDR_1", "example.com"),
        ("USE_DEL_REG_OPEN_1", "Y"),
        ("REG_EXPIRE_TIME_1", "600"),
        ("SIP_SUBS_EXPIRE_1", "300"),
        ("SIP_TIMER_F_1", "8000"),
        ("PORT_PUNCH_INTVL_1", "60"),
    ];
    let mut world = World::with_seed(&settings, seed);
    for (priority, host, at) in [(1, "a", FIRST), (2, "b", SECOND)] {
        world.zone.srv("_sip._udp.example.com", priority, 0, 5060, host);
        world.zone.address(host, at.trim_end_matches(":5060"));
        world.server(at, move |request| {
            let mut answer = registrar(request)?;
            if request.method == Method::Subscribe {
                answer = Response::to(request, 200, "n");
                answer.headers.push(Name::Contact, format_args!("<sip:n@{at}>"));
                answer.headers.push(Name::Expires, 300);
            }
            Some(answer)
        });
    }
    world
}

/// One thing that goes wrong, or right again.
fn weather(world: &mut World) {
    match world.random.below(8) {
        0 => world.cut(FIRST, true),
        1 => world.cut(SECOND, true),
        2 | 3 => world.cut(FIRST, false),
        4 => world.cut(SECOND, false),
        5 => world.zone.dead = !world.zone.dead,
        6 => world.loss = [0, 10, 30, 60][world.random.below(4) as usize],
        _ => {
            let address = format!("192.0.2.{}", 31 + world.random.below(3));
            let own = Addresses { v4: address.parse().ok(), v6: None };
            world.line.set_addresses(world.now, own);
        }
    }
}

#[test]
fn lines_come_home() {
    let (mut elsewhere, mut failed) = (0, 0);
    for seed in 0..60 {
        let mut world = world(seed);
        world.start();
        world.line.subscribe(world.now, Wish::dialogs("sip:2002@example.com"));
        for _ in 0..100 {
            weather(&mut world);
            let pause = 1 + world.random.below(60);
            world.run(seconds(pause));
        }
        world.cut(FIRST, false);
        world.cut(SECOND, false);
        world.zone.dead = false;
        world.loss = 0;
        world.run(seconds(900));
        let is_second =
            |event: &Event| matches!(event, Event::Registered { server, .. } if server.to_string() == SECOND);
        elsewhere += world.events.iter().filter(|(_, event)| is_second(event)).count();
        let has_failed = |event: &Event| matches!(event, Event::RegistrationFailed { .. });
        failed += world.events.iter().filter(|(_, event)| has_failed(event)).count();
        world.events.clear();
        let heard = world.heard.len();
        world.run(seconds(900));
        assert_eq!(world.line.status(), Status::Registered, "seed {seed}");
        let home: Vec<_> = world
            .events
            .iter()
            .filter_map(|(_, event)| match event {
                Event::Registered { server, .. } => Some(server.to_string()),
                Event::RegistrationFailed { .. } | Event::RegistrationExpired => Some("failed".into()),
                _ => None,
            })
            .collect();
        assert!(!home.is_empty() && home.iter().all(|at| at == FIRST), "seed {seed}: {home:?}");
        let mut registers = world.heard[heard..].iter().map(|heard| heard.request());
        let contact = registers.rfind(|request| request.method == Method::Register).unwrap();
        let host = world.line.contact().host;
        assert!(contact.headers.get(Name::Contact).unwrap().contains(&host), "seed {seed}");
        let subscribed = world
            .events
            .iter()
            .any(|(_, event)| matches!(event, Event::Subscription { event: subscription::Event::Active { .. }, .. }));
        assert!(subscribed, "seed {seed}");
        let quiet = (0..20).any(|_| {
            world.run(seconds(5));
            world.line.load() == Load { clients: 0, servers: 0 }
        });
        assert!(quiet, "seed {seed}: a leak");
        world.line.close(world.now);
        world.run(seconds(60));
        assert!(matches!(world.events.last(), Some((_, Event::Closed))), "seed {seed}");
        assert_eq!((world.line.load(), world.line.next_timeout()), (Load { clients: 0, servers: 0 }, None));
    }
    assert!(elsewhere > 60 && failed > 60, "the weather was too fair: {elsewhere} {failed}");
}
