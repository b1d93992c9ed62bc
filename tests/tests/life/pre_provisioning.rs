//! A new phone in a network of its own: a real DHCP server, a real DHCP client, TFTP, and an HTTP server.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use offhook_tests::phone::executable;

use crate::stage::{MAC, Running, file, have, in_namespace, nginx, run, setting, status, wait_for};

const INNER: &str = "OFFHOOK_TEST_IN_A_NETWORK";

#[test]
fn a_new_phone_configures_itself() {
    if have(&["unshare", "nsenter", "ip", "dnsmasq", "udhcpc", "nginx"]) {
        in_namespace("pre_provisioning::in_a_network", INNER);
    }
}

/// The rest of the network is this namespace, the phone has one below it.
#[test]
fn in_a_network() {
    if std::env::var_os(INNER).is_none() {
        return;
    }
    let desk = tempfile::tempdir().expect("a folder");
    let place = |name: &str| desk.path().join(name);
    fs::set_permissions(desk.path(), fs::Permissions::from_mode(0o755)).expect("our folder");
    let mut holder = Command::new("unshare");
    let holder = Running::start(holder.args(["--net", "sleep", "1000"]), &place("holder.log"));
    let phone_network = format!("/proc/{}/ns/net", holder.0.id());
    let outside = fs::read_link("/proc/self/ns/net").expect("a network");
    wait_for("a network for the phone", || fs::read_link(&phone_network).ok().filter(|inside| *inside != outside));
    let of_phone = |program: &str| {
        let mut command = Command::new("nsenter");
        command.arg(format!("--net={phone_network}")).arg(program);
        command
    };
    run("ip", &["link", "add", "server", "type", "veth", "peer", "name", "phone"]);
    run("ip", &["link", "set", "phone", "netns", &holder.0.id().to_string()]);
    run("ip", &["addr", "add", "192.0.2.1/24", "dev", "server"]);
    run("ip", &["link", "set", "server", "up"]);
    run("ip", &["link", "set", "lo", "up"]);
    assert!(of_phone("ip").args(["link", "set", "phone", "up"]).status().expect("ip runs").success());

    let (tftp, http) = (place("tftp"), place("http"));
    for folder in [&tftp, &http] {
        fs::create_dir(folder).expect("a folder");
    }
    let standard = "CFG_STANDARD_FILE_PATH=\"http://192.0.2.1/Config{MAC}.cfg\"";
    fs::write(tftp.join("KX-UT670.cfg"), file(&[standard])).expect("a file");
    fs::write(http.join(format!("Config{MAC}.cfg")), file(&[standard, "PHONE_NUMBER_1=\"201\""])).expect("a file");
    let _dnsmasq = dnsmasq(&tftp, &place("dnsmasq.log"));
    let _nginx = nginx(&http, desk.path(), "192.0.2.1:80");

    let (state, lease, script) = (place("state"), place("lease"), place("script"));
    let text = format!(
        "#!/bin/sh\n[ \"$1\" = bound ] && ip addr replace $ip/$mask dev $interface\n\
         exec {} dhcp-event --lease {} \"$1\"\n",
        executable().display(),
        lease.display()
    );
    fs::write(&script, text).expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("our script");
    // The phone is switched on, and its DHCP client with it.
    let mut phone = of_phone(executable().to_str().expect("text"));
    phone.args(["run", "--no-web", "--mac", MAC, "--state"]).arg(&state).arg("--dhcp-lease").arg(&lease);
    let _phone = Running::start(&mut phone, &place("phone.log"));
    let mut client = of_phone("udhcpc");
    client.args(["-i", "phone", "-f", "-t", "20", "-T", "1", "-O", "66", "-O", "159", "-O", "160", "-s"]).arg(&script);
    let _client = Running::start(&mut client, &place("udhcpc.log"));

    let told = || fs::read_to_string(place("phone.log")).unwrap_or_default();
    let report = wait_for("the phone's own file", || {
        let report = status(&state)?;
        (report["provisioning"]["cause"] == "start-up").then_some(report)
    });
    let said = told();
    let file = &report["provisioning"]["files"][0];
    assert_eq!(
        (&file["layer"], &file["url"]),
        (&"standard".into(), &format!("http://192.0.2.1/Config{MAC}.cfg").into())
    );
    assert_eq!(file["found"], 0, "{report}");
    assert_eq!(setting(&state, "PHONE_NUMBER_1"), "201");
    let first = said.find("pre-provisioning file tftp://192.0.2.1/KX-UT670.cfg: in force").expect(&said);
    let restart = said.find("the unit restarts").expect(&said);
    let second = said.find("start-up: standard file").expect(&said);
    assert!(first < restart && restart < second, "{said}");
    assert_eq!(said.matches("the unit restarts").count(), 1, "{said}");
    let log = fs::read_to_string(desk.path().join("access")).expect("a log");
    let asked: Vec<_> = log.lines().collect();
    assert_eq!(asked.len(), 1, "{log}");
    let agent = format!("Panasonic_KX-UT670/00.010 ({})", MAC.to_lowercase());
    assert!(asked[0].contains(&format!("GET /Config{MAC}.cfg")) && asked[0].contains(&agent), "{log}");

    // The phone that runs tells how it is, and is told to forget everything: then it does it all once more.
    assert_eq!(report["running"]["firmware"], "00.010", "{report}");
    run(executable().to_str().expect("text"), &["reset", "--state", state.to_str().expect("text"), "factory"]);
    wait_for("a second time", || (told().matches("start-up: standard file").count() == 2).then_some(()));
    assert_eq!(told().matches("pre-provisioning file").count(), 2, "{}", told());
    assert_eq!(setting(&state, "PHONE_NUMBER_1"), "201");
}

fn dnsmasq(tftp: &Path, log: &Path) -> Running {
    let mut command = Command::new("dnsmasq");
    command.args(["--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--user=root", "--pid-file="]);
    command.args(["--interface=server", "--bind-interfaces", "--dhcp-authoritative", "--log-facility=-"]);
    command.args(["--dhcp-range=192.0.2.10,192.0.2.20,1h", "--dhcp-option=66,192.0.2.1", "--no-ping"]);
    command.arg(format!("--dhcp-leasefile={}", log.with_extension("leases").display()));
    command.arg("--enable-tftp").arg(format!("--tftp-root={}", tftp.display()));
    Running::start(&mut command, log)
}
