//! sipp with scenarios of our own: a peer that does one thing, and whose exit code says whether the phone did its part.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use offhook_tests::root;
use offhook_tests::stage::{LONG, Running, wait_for};

use crate::network::{Desk, OFFICE};
use crate::pieces::expand;
use crate::unit::Unit;

/// The registrar's port, the other side's, and the phone's.
pub(crate) const REGISTRAR: u16 = 5060;
pub(crate) const PEER: u16 = 6000;
pub(crate) const PHONE: u16 = 5070;

/// The phone's number.
pub(crate) const NUMBER: &str = "201";

/// The scenarios that send back what they hear: sipp wants to be told so beside.
const ECHOES: [&str; 2] = ["echoes", "changes-its-codec"];

/// A phone that has registered with a script, and whose proxy is another one.
pub(crate) fn registered(desk: &Desk, more: &[(&str, &str)], args: &[&str]) -> Unit {
    let registrar = Script::answers(desk, "registers", REGISTRAR, &[("number", NUMBER)]);
    let peer = PEER.to_string();
    let more = [&[("SIP_PRXY_PORT_1", peer.as_str())], more].concat();
    let mut unit = Unit::start(desk, (NUMBER, PHONE), &more, args);
    assert_eq!(unit.until_registered(1), format!("{OFFICE}:{REGISTRAR}"));
    registrar.finish();
    unit
}

/// A scenario under way. It ends with this value.
pub(crate) struct Script {
    process: Running,
    place: PathBuf,
}

impl Script {
    /// Waits at a port for the first message of a scenario. Words of the scenario in braces are replaced.
    pub(crate) fn answers(desk: &Desk, scenario: &str, port: u16, words: &[(&str, &str)]) -> Self {
        Self::start(desk, scenario, port, None, words, (1, 1))
    }

    /// Waits at a port for a call with one codec, and sends back what it hears.
    pub(crate) fn echoes(desk: &Desk, port: u16, words: &[(&str, &str)]) -> Self {
        Self::answers(desk, "echoes", port, words)
    }

    /// Waits at a port for a call with one codec, by its payload type and `rtpmap`, and has voice sent to another port.
    pub(crate) fn is_sent_voice(desk: &Desk, port: u16, to: u16, (payload, codec): (&str, &str)) -> Self {
        let to = to.to_string();
        Self::answers(desk, "is-sent-voice", port, &[("port", &to), ("payload", payload), ("codec", codec)])
    }

    /// Serves so many dialogs, each with a scenario of its own.
    pub(crate) fn serves(desk: &Desk, scenario: &str, port: u16, words: &[(&str, &str)], dialogs: usize) -> Self {
        Self::start(desk, scenario, port, None, words, (dialogs, 10))
    }

    /// Begins a scenario from a port towards another one of the office.
    pub(crate) fn calls(desk: &Desk, scenario: &str, (port, to): (u16, u16), words: &[(&str, &str)]) -> Self {
        Self::start(desk, scenario, port, Some(to), words, (1, 1))
    }

    /// Begins a scenario so many times, and so many times a second.
    pub(crate) fn crowd(
        desk: &Desk,
        scenario: &str,
        (port, to): (u16, u16),
        words: &[(&str, &str)],
        crowd: (usize, usize),
    ) -> Self {
        Self::start(desk, scenario, port, Some(to), words, crowd)
    }

    fn start(
        desk: &Desk,
        scenario: &str,
        port: u16,
        to: Option<u16>,
        words: &[(&str, &str)],
        (times, rate): (usize, usize),
    ) -> Self {
        let mut text = read(scenario);
        for (word, value) in words {
            text = text.replace(&format!("{{{word}}}"), value);
        }
        let place = desk.place(format!("{scenario}-{port}"));
        fs::create_dir(&place).expect("a folder");
        fs::write(place.join("scenario.xml"), text).expect("a file");
        let mut command = Command::new("sipp");
        command.current_dir(&place).args(["-sf", "scenario.xml", "-i", OFFICE, "-nostdin"]);
        command.args(["-m", &times.to_string(), "-r", &rate.to_string(), "-l", &times.to_string()]);
        command.args(["-p", &port.to_string(), "-mi", OFFICE, "-mp", &(port + 30000).to_string()]);
        command.args(["-timeout", "100s", "-timeout_error", "-trace_err", "-error_file", "errors"]);
        command.args(["-trace_msg", "-message_file", "messages"]);
        if ECHOES.contains(&scenario) {
            command.arg("-rtp_echo");
        }
        match to {
            Some(to) => command.arg(format!("{OFFICE}:{to}")),
            None => &mut command,
        };
        let process = Running::start(&mut command, &place.join("log"));
        let script = Self { process, place };
        if to.is_none() {
            wait_for((scenario, "its port"), || is_bound(port).then_some(()));
        }
        script
    }

    /// Waits for its end, which has to be a good one.
    #[track_caller]
    pub(crate) fn finish(mut self) {
        let (end, mut status) = (Instant::now() + LONG, None);
        while status.is_none() && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
            status = self.process.0.try_wait().expect("our child");
        }
        let read = |name: &str| fs::read_to_string(self.place.join(name)).unwrap_or_default();
        let name = self.place.display();
        assert!(
            status.is_some_and(|status| status.success()),
            "{name}: {status:?}\n{}\n{}",
            read("errors"),
            read("messages")
        );
    }
}

/// Whether somebody has a UDP port.
pub(crate) fn is_bound(port: u16) -> bool {
    std::net::UdpSocket::bind((OFFICE, port)).is_err()
}

/// A scenario, with the pieces that it shares with others.
fn read(scenario: &str) -> String {
    let path = root().join("tests/tests/peers/scenarios").join(scenario).with_extension("xml");
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    expand(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}"))
}
