//! Servers of the settings, their ports, names and second ones, as a whole phone uses them; and the timers of transactions.

use std::net::SocketAddr;
use std::time::Duration;

use offhook_call::command::Command;
use offhook_call::state::Stage;
use offhook_media::engine::Command as Media;
use offhook_params::{ParamId, Settings, lookup};
use offhook_sip::line::Addresses;
use offhook_sip::message::Method;
use offhook_sip::server::Records;
use offhook_sip::transaction::Timers;

use crate::world::World;

/// Where the requests of a method went, each place once, in order.
fn places(world: &World, method: &Method) -> Vec<SocketAddr> {
    let mut places = Vec::new();
    for (sent, to) in &world.sent {
        if sent == method && !places.contains(to) {
            places.push(*to);
        }
    }
    places
}

#[test]
fn the_second_proxy_is_called_when_the_first_is_silent() {
    let settings = [
        ("SIP_PRXY_ADDR_1", "192.0.2.200"),
        ("SIP_PRXY_PORT_1", "5171"),
        ("SIP_2NDPROXY_ADDR_1", "192.0.2.201"),
        ("SIP_2NDPROXY_PORT_1", "5172"),
        ("SIP_TIMER_B_1", "1000"),
    ];
    let mut world = World::new(&[&settings]);
    world.call(0, "2002");
    world.seconds(3);
    let expected = ["192.0.2.200:5171", "192.0.2.201:5172"].map(|place| place.parse().unwrap());
    assert_eq!(places(&world, &Method::Invite), expected);
}

#[test]
fn the_second_presence_server_is_asked_when_the_first_is_silent() {
    let settings = [
        ("SIP_PRSNC_ADDR_1", "192.0.2.200"),
        ("SIP_PRSNC_PORT_1", "5173"),
        ("SIP_2NDPRSNC_ADDR_1", "192.0.2.201"),
        ("SIP_2NDPRSNC_PORT_1", "5174"),
        ("SIP_TIMER_F_1", "1000"),
        ("FLEX_BUTTON_FACILITY_ACT1", "X_PANASONIC_IPTEL_CONTACT"),
        ("FLEX_BUTTON_FACILITY_ARG1", "2002"),
    ];
    let mut world = World::new(&[&settings]);
    world.seconds(3);
    let expected = ["192.0.2.200:5173", "192.0.2.201:5174"].map(|place| place.parse().unwrap());
    assert_eq!(places(&world, &Method::Subscribe), expected);
}

#[test]
fn names_of_servers_are_looked_up_as_set() {
    let asked = |changes: &[(&str, &str)]| {
        let servers = [
            ("SIP_RGSTR_ADDR_1", "pbx.example.com"),
            ("SIP_PRXY_ADDR_1", "pbx.example.com"),
            ("LINE_ENABLE_2", "Disabled"),
        ];
        let world = World::new(&[&[&servers[..], changes].concat()]);
        let query = world.queries.first().expect("a question").clone();
        (query.name, query.records)
    };
    let srv = |name: &str| (name.to_owned(), Records::Srv);
    assert_eq!(asked(&[]), srv("_sip._udp.pbx.example.com"));
    assert_eq!(asked(&[("SIP_UDP_SRV_PREFIX_1", "_voice._udp.")]), srv("_voice._udp.pbx.example.com"));
    assert_eq!(asked(&[("SIP_TRANSPORT_1", "1")]), srv("_sip._tcp.pbx.example.com"));
    let tcp = [("SIP_TRANSPORT_1", "1"), ("SIP_TCP_SRV_PREFIX_1", "_voice._tcp.")];
    assert_eq!(asked(&tcp), srv("_voice._tcp.pbx.example.com"));
    assert_eq!(asked(&[("SIP_DNSSRV_ENA_1", "N")]), ("pbx.example.com".to_owned(), Records::Addresses));
}

/// Where the second phone sends its voice to.
fn target(world: &mut World) -> Option<String> {
    let mut streams = world.media(1).into_iter().filter_map(|command| match command {
        Media::Open { stream, .. } | Media::Change { stream, .. } => stream.agreed.remote,
        _ => None,
    });
    streams.next_back().map(|remote| remote.ip().to_string())
}

#[test]
fn voice_follows_the_phone_to_another_address() {
    const ELSEWHERE: &str = "203.0.113.10";
    let moves = |world: &mut World, v4: &str| {
        let now = world.now;
        world.units[0].phone.set_addresses(now, Addresses { v4: Some(v4.parse().unwrap()), v6: None });
        world.settle();
    };
    let mut world = World::new(&[&[("RFC2543_HOLD_ENABLE_1", "N")], &[]]);
    world.talk(0, 1);
    assert_eq!(target(&mut world).as_deref(), Some("192.0.2.11"));
    moves(&mut world, "0.0.0.0");
    assert_eq!(world.count(0, Method::Invite), 1, "there is no network");
    moves(&mut world, ELSEWHERE);
    assert_eq!((world.count(0, Method::Invite), target(&mut world).as_deref()), (2, Some(ELSEWHERE)));
    assert_eq!(world.stages(0), [Stage::Talking]);
    world.command(0, Command::Hold { call: None });
    moves(&mut world, "192.0.2.11");
    let sdp = String::from_utf8(world.last(0, Method::Invite).body.clone()).unwrap();
    assert!(sdp.contains("c=IN IP4 192.0.2.11\r\n") && sdp.contains("a=sendonly"), "{sdp}");
    assert_eq!((world.count(0, Method::Invite), world.stages(0)), (4, vec![Stage::Held]));

    // Before the answer, the first description that may say so does.
    let mut world = World::new(&[&[], &[]]);
    world.call(0, "2002");
    moves(&mut world, ELSEWHERE);
    assert_eq!(world.count(0, Method::Invite), 1);
    world.answer(1);
    assert_eq!((world.count(0, Method::Invite), target(&mut world).as_deref()), (2, Some(ELSEWHERE)));
    let mut world = World::new(&[&[], &[]]);
    world.call(1, "2001");
    moves(&mut world, ELSEWHERE);
    world.answer(0);
    assert_eq!((world.count(0, Method::Invite), target(&mut world).as_deref()), (0, Some(ELSEWHERE)));
}

#[test]
fn each_timer_has_a_setting_of_its_own() {
    let timers = |changed: Option<ParamId>, value: &'static str| {
        let settings = Settings::from_values(&|id: ParamId| if Some(id) == changed { value } else { id.default() });
        Timers::from(&settings.lines[0].timers)
    };
    let fields = |t: Timers| [t.t1, t.t2, t.t4, t.b, t.d, t.f, t.h, t.j];
    let usual = fields(timers(None, ""));
    let all = [
        ("T1", "1000", 1000),
        ("T2", "8", 8000),
        ("T4", "2", 2000),
        ("B", "17000", 17_000),
        ("D", "17000", 17_000),
        ("F", "17000", 17_000),
        ("H", "17000", 17_000),
        ("J", "17000", 17_000),
    ];
    for (place, (name, value, ms)) in all.into_iter().enumerate() {
        let id = lookup(&format!("SIP_TIMER_{name}_1")).expect("a setting").id;
        let mut expected = usual;
        expected[place] = Duration::from_millis(ms);
        assert_eq!(fields(timers(Some(id), value)), expected, "SIP_TIMER_{name}");
    }
}
