//! Lines and a real registrar, over each transport, with servers that die.

use std::fs;
use std::net::UdpSocket;
use std::process::Command;

use offhook_tests::stage::{Running, run, wait_for};

use crate::network::{BRANCH, Desk, OFFICE, OFFICE6, in_an_office};
use crate::proxy::Proxy;
use crate::unit::{Unit, account};

#[test]
fn lines_register_over_every_transport() {
    in_an_office(&["kamailio", "openssl"], |desk| {
        let server = Proxy::start(desk, &[OFFICE]);
        let mut settings = Vec::new();
        for (line, number, port) in [(1, "201", 5070), (2, "202", 5080), (3, "203", 5090)] {
            settings.extend(account(line, number, port));
        }
        for (name, value) in [
            ("SIP_TRANSPORT_2", "1"),
            ("SIP_TRANSPORT_3", "2"),
            ("SIP_RGSTR_PORT_3", "5061"),
            ("USE_DEL_REG_CLOSE_1", "Y"),
            ("USE_DEL_REG_CLOSE_2", "Y"),
            ("USE_DEL_REG_CLOSE_3", "Y"),
        ] {
            settings.push((name.to_owned(), value.to_owned()));
        }
        let mut unit = Unit::with(desk, "unit", &settings, &[]);
        for line in 1..=3 {
            unit.until_registered(line);
        }
        for (number, transport) in [("201", "udp"), ("202", "tcp"), ("203", "tls")] {
            let line = format!("registered {number} by {transport} from {OFFICE}, expires 3600");
            // It says so after it has answered.
            wait_for((&line, server.log()), || server.log().contains(&line).then_some(()));
        }
        unit.quit();
        let log = wait_for("farewells", || Some(server.log()).filter(|log| log.matches("expires 0").count() == 3));
        assert_eq!(log.matches("NOTICE: <script>: registered 20").count(), 6, "{log}");
    });
}

#[test]
fn a_wrong_password_is_refused() {
    in_an_office(&["kamailio", "openssl"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let mut unit = Unit::start(desk, ("201", 5070), &[("SIP_PASS_1", "wrong")], &[]);
        unit.until("refused", |state| (state["lines"][0]["registration"] == "refused").then_some(()));
    });
}

/// A line whose servers are those of DNS, with short timers.
fn found_by_dns(desk: &Desk, expires: &str) -> Unit {
    let settings = [
        ("SIP_DNSSRV_ENA_1", "Y"),
        ("SIP_RGSTR_ADDR_1", "office.test"),
        ("SIP_PRXY_ADDR_1", "office.test"),
        ("SIP_PRSNC_ADDR_1", ""),
        ("REG_EXPIRE_TIME_1", expires),
        ("REG_INTERVAL_RATE_1", "20"),
        ("SIP_TIMER_F_1", "1000"),
        ("SIP_TIMER_B_1", "1000"),
    ];
    let mut unit = Unit::start(desk, ("201", 5070), &settings, &[]);
    assert_eq!(unit.until_registered(1), format!("{OFFICE}:5060"));
    unit
}

/// Waits until the line is registered at this server.
#[track_caller]
fn until_at(unit: &mut Unit, server: &str) {
    let server = format!("{server}:5060");
    unit.until(&server, |state| {
        let line = &state["lines"][0];
        (line["server"] == server && line["registration"] == "registered").then_some(())
    });
}

/// Has the phone call a number that nobody has, which a server says.
#[track_caller]
fn asks_a_server(unit: &mut Unit) {
    unit.call("299");
    let ended = unit.event("ended", |event| event["event"] == "ended");
    assert_eq!(ended["status"], 404);
}

/// The first server of DNS dies, and comes back.
#[test]
fn the_other_server_takes_over_for_a_while() {
    in_an_office(&["kamailio", "openssl", "dnsmasq"], |desk| {
        let _names = names(desk);
        let mut first = Proxy::start(desk, &[OFFICE]);
        let mut second = Proxy::start(desk, &[BRANCH]);
        let mut unit = found_by_dns(desk, "10");
        first.kill();
        until_at(&mut unit, BRANCH);
        asks_a_server(&mut unit);
        let _first = Proxy::start(desk, &[OFFICE]);
        until_at(&mut unit, OFFICE);
        // What answers now can only be the first.
        second.kill();
        asks_a_server(&mut unit);
    });
}

/// The first server of DNS is there, and hears everything, but says nothing.
#[test]
fn a_silent_server_is_passed_over() {
    in_an_office(&["kamailio", "openssl", "dnsmasq"], |desk| {
        let _names = names(desk);
        let mut first = Proxy::start(desk, &[OFFICE]);
        let _second = Proxy::start(desk, &[BRANCH]);
        let mut unit = found_by_dns(desk, "3600");
        first.kill();
        let deaf = wait_for("its port", || UdpSocket::bind((OFFICE, 5060)).ok());
        asks_a_server(&mut unit);
        let mut message = [0; 4096];
        let length = deaf.recv(&mut message).expect("the phone has asked it first");
        assert!(message[..length].starts_with(b"INVITE sip:299@"), "{}", message[..length].escape_ascii());
    });
}

/// dnsmasq, which knows the office's two servers, and the first one by version 6 too.
pub(crate) fn names(desk: &Desk) -> Running {
    let mut command = Command::new("dnsmasq");
    command.args(["--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file=", "--no-resolv"]);
    command.args(["--no-hosts", "--bind-interfaces", "--log-facility=-", "--log-queries", "--local=/test/"]);
    command.arg(format!("--listen-address={OFFICE}"));
    command.arg(format!("--host-record=first.office.test,{OFFICE}"));
    command.arg(format!("--host-record=second.office.test,{BRANCH}"));
    command.arg(format!("--host-record=six.office.test,{OFFICE6}"));
    command.arg("--srv-host=_sip._udp.office.test,first.office.test,5060,10,1");
    command.arg("--srv-host=_sip._udp.office.test,second.office.test,5060,20,1");
    // The file system is the test's own, too.
    let resolver = desk.place("resolv.conf");
    fs::write(&resolver, format!("nameserver {OFFICE}\n")).expect("a file");
    run("mount", &["--bind", &resolver.display().to_string(), "/etc/resolv.conf"]);
    Running::start(&mut command, &desk.place("dnsmasq.log"))
}
