//! The locator against a DNS that is played here.

use std::time::Duration;

use super::*;
use crate::server::Query;
use crate::server::{Records, Srv};

const MINUTE: Duration = Duration::from_secs(60);

fn site(host: &str) -> Option<Site> {
    Some(Site { host: host.into(), port: 5060, second: None })
}

fn plan() -> Plan {
    Plan {
        transport: Transport::Udp,
        outbound: None,
        registrar: site("example.com"),
        proxy: None,
        presence: None,
        srv: true,
        udp_prefix: "_sip._udp.".into(),
        tcp_prefix: "_sip._tcp".into(),
        most: 4,
    }
}

/// A locator with what it asks for, and the present moment.
struct World {
    locator: Locator,
    now: Duration,
    /// Names and what DNS has of them: `1 9 5062 host` or an address, with commas.
    zone: Vec<(&'static str, &'static str)>,
    asked: Vec<String>,
}

impl World {
    fn new(plan: Plan, zone: &[(&'static str, &'static str)]) -> Self {
        World { locator: Locator::new(plan, Tokens::new([1; 32])), now: MINUTE, zone: zone.to_vec(), asked: Vec::new() }
    }

    fn answer(&self, query: &Query) -> Answer {
        let name = query.name.as_str();
        let text = self.zone.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| *text);
        let is_srv = query.records == Records::Srv;
        let items = text.split(',').filter(|item| !item.is_empty() && item.contains(' ') == is_srv);
        match query.records {
            _ if text == "fail" => Answer::Failed,
            Records::Addresses => {
                Answer::Addresses { addresses: items.map(|item| item.parse().unwrap()).collect(), ttl: MINUTE }
            }
            Records::Srv => {
                let record = |item: &str| {
                    let mut parts = item.split(' ');
                    let mut number = || parts.next().unwrap().parse().unwrap();
                    let (priority, weight, port) = (number(), number(), number());
                    Srv { priority, weight, port, target: parts.next().unwrap().into() }
                };
                Answer::Srv { records: items.map(record).collect(), ttl: MINUTE }
            }
        }
    }

    /// Looks for servers, and gives their addresses.
    fn find(&mut self, toward: &Toward) -> Vec<String> {
        self.locator.locate(self.now, Ticket(7), toward);
        loop {
            match self.locator.poll().expect("a search ends") {
                Output::Resolve(query) => {
                    self.asked.push(query.name.clone());
                    let answer = self.answer(&query);
                    self.locator.answered(self.now, query.id, answer);
                }
                Output::Located { ticket, peers } => {
                    assert_eq!(ticket, Ticket(7));
                    let text = |peer: Peer| format!("{} {}", peer.transport.as_str(), peer.address);
                    return peers.into_iter().map(text).collect();
                }
                Output::Probe(peer) => panic!("{peer:?}"),
            }
        }
    }

    fn registrar(&mut self) -> Vec<String> {
        self.find(&Toward::Registrar)
    }

    fn dialog(&mut self, uri: &str) -> Vec<String> {
        self.find(&Toward::Uri(uri.into()))
    }

    fn fail(&mut self, address: &str) {
        self.locator.failed(self.now, udp(address), None);
    }
}

fn udp(address: &str) -> Peer {
    Peer { transport: Transport::Udp, address: address.parse().unwrap() }
}

const ZONE: [(&str, &str); 4] = [
    ("_sip._udp.example.com", "20 0 5070 b.example.com,10 0 5062 a.example.com"),
    ("a.example.com", "2001:db8::1,192.0.2.1"),
    ("b.example.com", "192.0.2.2"),
    ("example.com", "192.0.2.9,192.0.2.8"),
];

#[test]
fn services_then_hosts() {
    let mut world = World::new(plan(), &ZONE);
    let servers = ["UDP 192.0.2.1:5062", "UDP [2001:db8::1]:5062", "UDP 192.0.2.2:5070"];
    assert_eq!(world.registrar(), servers);
    assert_eq!(world.asked, ["_sip._udp.example.com", "a.example.com", "b.example.com"]);
    // What is known is not asked again while it holds.
    world.now += MINUTE / 2;
    assert_eq!(world.registrar(), servers);
    assert_eq!(world.asked.len(), 3);
    world.now += MINUTE;
    assert_eq!(world.registrar(), servers);
    assert_eq!(world.asked.len(), 6);

    world.locator.set_versions(true, false);
    assert_eq!(world.registrar(), ["UDP 192.0.2.1:5062", "UDP 192.0.2.2:5070"]);
    world.locator.set_versions(false, true);
    assert_eq!(world.registrar(), ["UDP [2001:db8::1]:5062"]);
}

#[test]
fn what_the_settings_say_of_names() {
    let check = |change: &dyn Fn(&mut Plan), zone: &[(&'static str, &'static str)], asked: &str, found: &[&str]| {
        let mut plan = plan();
        change(&mut plan);
        let mut world = World::new(plan, zone);
        assert_eq!(world.registrar(), found, "{asked}");
        assert_eq!(world.asked.join(" "), asked);
    };
    let both = ["UDP 192.0.2.9:5060", "UDP 192.0.2.8:5060"];
    check(&|plan| plan.srv = false, &ZONE, "example.com", &both);
    check(&|plan| plan.most = 1, &ZONE, "_sip._udp.example.com a.example.com b.example.com", &["UDP 192.0.2.1:5062"]);
    // Without SRV records, the addresses count, at the port of the settings.
    check(&|_| {}, &ZONE[3..], "_sip._udp.example.com example.com", &both);
    check(&|_| {}, &[("_sip._udp.example.com", "fail"), ZONE[3]], "_sip._udp.example.com example.com", &both);
    check(&|plan| plan.udp_prefix = String::new(), &ZONE[3..], "example.com example.com", &both);
    // A dot says that the service is not offered.
    check(&|_| {}, &[("_sip._udp.example.com", "0 0 0 ."), ZONE[3]], "_sip._udp.example.com", &[]);
    check(
        &|plan| plan.transport = Transport::Tcp,
        &ZONE[3..],
        "_sip._tcp.example.com example.com",
        &["TCP 192.0.2.9:5060", "TCP 192.0.2.8:5060"],
    );
    check(
        &|plan| plan.transport = Transport::Tls,
        &[("_sips._tcp.example.com", "1 1 5061 a.example.com"), ZONE[1]],
        "_sips._tcp.example.com a.example.com",
        &["TLS 192.0.2.1:5061", "TLS [2001:db8::1]:5061"],
    );
    check(&|plan| plan.outbound = site("192.0.2.77"), &ZONE, "", &["UDP 192.0.2.77:5060"]);
    let second = || Some("192.0.2.78:5066".parse().unwrap());
    check(
        &|plan| plan.registrar = Some(Site { host: "192.0.2.77".into(), port: 5064, second: second() }),
        &ZONE,
        "",
        &["UDP 192.0.2.77:5064", "UDP 192.0.2.78:5066"],
    );
    check(&|plan| plan.registrar = None, &ZONE, "", &[]);
}

#[test]
fn servers_stand_in_for_each_other() {
    let mut plan = plan();
    for toward in [Toward::Registrar, Toward::Proxy, Toward::Presence] {
        assert_eq!(plan.site(&toward), site("example.com").as_ref());
    }
    assert_eq!(plan.site(&Toward::Uri(String::new())), None);
    plan.proxy = site("proxy.example.com");
    assert_eq!(plan.site(&Toward::Presence), site("proxy.example.com").as_ref());
    plan.presence = site("presence.example.com");
    assert_eq!(plan.site(&Toward::Registrar), site("example.com").as_ref());
    assert_eq!(plan.site(&Toward::Presence), site("presence.example.com").as_ref());
    plan.outbound = site("out.example.com");
    assert_eq!(plan.site(&Toward::Uri(String::new())), site("out.example.com").as_ref());
}

#[test]
fn within_dialogs() {
    let mut world = World::new(plan(), &ZONE);
    assert_eq!(world.dialog("sip:bob@192.0.2.40:5080"), ["UDP 192.0.2.40:5080"]);
    assert_eq!(world.dialog("sip:bob@192.0.2.40;transport=tcp"), ["TCP 192.0.2.40:5060"]);
    assert_eq!(world.dialog("sips:bob@[2001:db8::7]"), ["TLS [2001:db8::7]:5061"]);
    // A port of its own means that nobody asks for services.
    assert_eq!(world.dialog("sip:bob@b.example.com:5099"), ["UDP 192.0.2.2:5099"]);
    assert_eq!(world.asked, ["b.example.com"]);
    assert_eq!(world.dialog("sip:bob@example.com").len(), 3);
    assert_eq!(world.dialog("tel:+1"), [""; 0]);
}

#[test]
fn silent_servers_come_last_until_they_answer() {
    let mut world = World::new(plan(), &ZONE);
    let first = world.registrar();
    world.fail("192.0.2.1:5062");
    assert_eq!(world.registrar(), ["UDP [2001:db8::1]:5062", "UDP 192.0.2.2:5070", "UDP 192.0.2.1:5062"]);
    // It is looked for soon, then more and more seldom, but each minute.
    for wait in [5, 10, 20, 40, 60, 60].map(Duration::from_secs) {
        assert_eq!(world.locator.next_timeout(), Some(world.now + wait));
        world.now += wait;
        world.locator.timeout(world.now);
        assert_eq!(world.locator.poll(), Some(Output::Probe(udp("192.0.2.1:5062"))));
        assert_eq!(world.locator.poll(), None);
    }
    assert!(world.locator.is_silent(udp("192.0.2.1:5062")));
    assert!(world.locator.alive(udp("192.0.2.1:5062")));
    assert_eq!(world.registrar(), first);
    assert_eq!(world.locator.next_timeout(), None);

    // One that asks to be left alone is left alone, and forgotten after an hour like any other.
    world.locator.failed(world.now, udp("192.0.2.1:5062"), Some(10 * MINUTE));
    assert_eq!(world.locator.next_timeout(), Some(world.now + 10 * MINUTE));
    world.now += 60 * MINUTE;
    world.locator.timeout(world.now);
    assert_eq!((world.locator.poll(), world.registrar()), (None, first));
}

/// Servers rotate what they answer; a line stays where it is until something is really different.
#[test]
fn the_order_is_kept() {
    let mut world = World::new(plan(), &[("_sip._udp.example.com", ""), ("example.com", "192.0.2.1,192.0.2.2")]);
    let first = world.registrar();
    world.zone[1].1 = "192.0.2.2,192.0.2.1";
    world.now += 2 * MINUTE;
    assert_eq!(world.registrar(), first);
    world.zone[1].1 = "192.0.2.3,192.0.2.1";
    world.now += 2 * MINUTE;
    assert_eq!(world.registrar(), ["UDP 192.0.2.3:5060", "UDP 192.0.2.1:5060"]);
    // A DNS that fails takes nothing away.
    world.zone[1].1 = "fail";
    world.now += 2 * MINUTE;
    assert_eq!(world.registrar(), ["UDP 192.0.2.3:5060", "UDP 192.0.2.1:5060"]);
}

#[test]
fn a_dns_that_says_nothing() {
    let mut locator = Locator::new(Plan { srv: false, ..plan() }, Tokens::new([1; 32]));
    locator.locate(MINUTE, Ticket(1), &Toward::Registrar);
    locator.locate(MINUTE, Ticket(2), &Toward::Proxy);
    let Some(Output::Resolve(query)) = locator.poll() else { panic!() };
    assert_eq!(locator.poll(), None, "one question for two requests");
    let next = locator.next_timeout().unwrap();
    locator.timeout(next);
    for ticket in [Ticket(1), Ticket(2)] {
        assert_eq!(locator.poll(), Some(Output::Located { ticket, peers: Vec::new() }));
    }
    // Its late answer changes nothing.
    locator.answered(next, query.id, Answer::Failed);
    assert_eq!((locator.poll(), locator.next_timeout()), (None, None));
}

#[test]
fn own_servers_are_known() {
    let own = Plan {
        proxy: Some(Site { host: "192.0.2.50".into(), port: 5060, second: Some("192.0.2.51:5060".parse().unwrap()) }),
        ..plan()
    };
    let mut world = World::new(own, &ZONE);
    let is_own = |world: &World, address: &str| world.locator.is_own(address.parse().unwrap());
    assert!(!is_own(&world, "192.0.2.1"));
    world.locator.learn(world.now);
    while let Some(Output::Resolve(query)) = world.locator.poll() {
        let answer = world.answer(&query);
        world.locator.answered(world.now, query.id, answer);
    }
    for address in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "192.0.2.2", "192.0.2.50", "192.0.2.51"] {
        assert!(is_own(&world, address), "{address}");
    }
    assert!(!is_own(&world, "192.0.2.52"));
}

/// Names from strangers do not fill the memory.
#[test]
fn names_without_end() {
    let mut world = World::new(Plan { srv: false, ..plan() }, &ZONE);
    for number in 0..1000 {
        assert_eq!(world.dialog(&format!("sip:bob@h{number}.example.com")), [""; 0]);
    }
    assert!(world.asked.len() <= 256);
    world.now += 10 * MINUTE;
    assert_eq!(world.dialog("sip:bob@b.example.com"), ["UDP 192.0.2.2:5060"]);
    for number in 0..1000 {
        world.fail(&format!("192.0.2.1:{number}"));
    }
    assert_eq!(world.locator.silent.len(), 64);
}
