//! A running phone, driven as its users do: by a configuration file, and over its control socket.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use offhook_tests::phone::executable;
use offhook_tests::stage::{LONG, Running, file, run, wait_for};
use serde_json::{Value, json};

use crate::network::{Desk, OFFICE};

/// A phone. It ends with this value.
pub(crate) struct Unit {
    name: String,
    process: Running,
    state: PathBuf,
    log: PathBuf,
    commands: BufReader<UnixStream>,
    events: BufReader<UnixStream>,
    /// Events that came, the first one first.
    seen: Vec<Value>,
    /// How many of them were asked for.
    told: usize,
}

/// Settings of a line with an account at the office's server, and a port for SIP.
pub(crate) fn account(line: usize, number: &str, port: u16) -> Vec<(String, String)> {
    let secret = format!("secret-{number}");
    let port = port.to_string();
    [
        ("PHONE_NUMBER", number),
        ("SIP_AUTHID", number),
        ("SIP_PASS", &secret),
        ("SIP_RGSTR_ADDR", OFFICE),
        ("SIP_PRXY_ADDR", OFFICE),
        ("SIP_PRSNC_ADDR", OFFICE),
        ("SIP_SVCDOMAIN", "office.test"),
        ("SIP_DNSSRV_ENA", "N"),
        ("SIP_SRC_PORT", &port),
    ]
    .map(|(name, value)| (format!("{name}_{line}"), value.to_owned()))
    .into()
}

/// The first of the thousand ports that a phone's voice has, by its port for SIP: 5070, 5080, ….
pub(crate) fn voice_port(port: u16) -> u16 {
    10_000 + (port - 5000) * 100
}

impl Unit {
    /// Starts a phone whose line 1 has this number and port, with further settings, which may be others of the same line, and
    /// further arguments.
    pub(crate) fn start(desk: &Desk, (number, port): (&str, u16), more: &[(&str, &str)], args: &[&str]) -> Self {
        Self::start_within(desk, (number, port), more, args, &[])
    }

    /// The same with variables of the environment.
    pub(crate) fn start_within(
        desk: &Desk,
        (number, port): (&str, u16),
        more: &[(&str, &str)],
        args: &[&str],
        variables: &[(&str, PathBuf)],
    ) -> Self {
        let mut settings = account(1, number, port);
        settings.push(("RTP_PORT_MIN".to_owned(), voice_port(port).to_string()));
        settings.push(("RTP_PORT_MAX".to_owned(), (voice_port(port) + 998).to_string()));
        for &(name, value) in more {
            settings.retain(|(old, _)| old != name);
            settings.push((name.to_owned(), value.to_owned()));
        }
        Self::within(desk, number, &settings, args, variables)
    }

    /// Starts a phone with settings and arguments.
    pub(crate) fn with(desk: &Desk, name: &str, settings: &[(String, String)], args: &[&str]) -> Self {
        Self::within(desk, name, settings, args, &[])
    }

    /// Starts a phone with settings and arguments, and variables of the environment.
    fn within(
        desk: &Desk,
        name: &str,
        settings: &[(String, String)],
        args: &[&str],
        variables: &[(&str, PathBuf)],
    ) -> Self {
        let lines: Vec<_> = settings.iter().map(|(name, value)| format!("{name}=\"{value}\"")).collect();
        let (configuration, state) = (desk.place(format!("{name}.cfg")), desk.place(name));
        fs::write(&configuration, file(&lines)).expect("a file");
        let log = desk.place(format!("{name}.log"));
        let mut command = Command::new(executable());
        command.args(["run", "--no-web", "--no-provision", "--trace", "--address", OFFICE, "--state"]).arg(&state);
        command.arg("--standard").arg(&configuration).args(args).envs(variables.iter().cloned());
        let process = Running::start(&mut command, &log);
        let connect = || {
            let socket = wait_for((name, "control socket"), || UnixStream::connect(state.join("control.sock")).ok());
            socket.set_read_timeout(Some(LONG)).expect("a time-out");
            BufReader::new(socket)
        };
        let (commands, events) = (connect(), connect());
        let mut unit = Unit { name: name.to_owned(), process, state, log, commands, events, seen: Vec::new(), told: 0 };
        write(&mut unit.events, &json!({ "command": "subscribe" }));
        unit.next_event();
        assert!(!unit.log().contains("error["), "{}", unit.log());
        // Hands-free, the tones that stand for people would be taken for noise of the room.
        unit.tell(&json!({ "command": "unit-set", "setting": "HEADSET_MODE", "value": "Y" }));
        unit
    }

    /// Has a command carried out.
    #[track_caller]
    pub(crate) fn tell(&mut self, command: &Value) -> Value {
        match self.try_to(command) {
            Ok(answer) => answer,
            Err(why) => panic!("{}: {command}: {why}\n{}", self.name, self.story()),
        }
    }

    /// Has a command carried out; or why it was not.
    pub(crate) fn try_to(&mut self, command: &Value) -> Result<Value, String> {
        write(&mut self.commands, command);
        let mut line = String::new();
        self.commands.read_line(&mut line).unwrap_or_else(|error| panic!("{command}: {error}\n{}", self.story()));
        let mut answer: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?}\n{}", self.story()));
        match answer["error"].as_str() {
            Some(why) => Err(why.to_owned()),
            None => Ok(answer["ok"].take()),
        }
    }

    /// Calls a number; the call that is being made.
    #[track_caller]
    pub(crate) fn call(&mut self, number: &str) -> u64 {
        let answer = self.tell(&json!({ "command": "call", "number": number }));
        answer["call"].as_u64().expect("a call")
    }

    /// Carries out a command that needs no more than its name.
    #[track_caller]
    pub(crate) fn does(&mut self, command: &str) {
        self.tell(&json!({ "command": command }));
    }

    /// All that is going on.
    pub(crate) fn state(&mut self) -> Value {
        self.tell(&json!({ "command": "status" }))["status"].take()
    }

    /// Runs a command of the command line, which is JSON where it says something.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Value {
        let (program, state) = (executable().display().to_string(), self.state.display().to_string());
        let said = run(&program, &[arguments, ["--json", "--state", &state].as_slice()].concat());
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {said}"))
    }

    /// Waits until what is going on is so that `look` finds something.
    #[track_caller]
    pub(crate) fn until<T>(&mut self, what: &str, mut look: impl FnMut(&Value) -> Option<T>) -> T {
        let end = Instant::now() + LONG;
        loop {
            let state = self.state();
            if let Some(found) = look(&state) {
                return found;
            }
            // What comes next may have changed it.
            if !self.next_event() || Instant::now() > end {
                panic!("{}: not in time: {what}: {state:#}\n{}", self.name, self.story());
            }
        }
    }

    /// Waits until the figures of the first call's voice are so that `look` finds something. No event tells of them.
    #[track_caller]
    pub(crate) fn until_voice<T>(&mut self, what: &str, mut look: impl FnMut(&Value) -> Option<T>) -> T {
        wait_for((self.name.clone(), what), || look(&self.state()["calls"][0]["voice"]))
    }

    /// Waits until the phone's only call is in this stage; gives the call.
    #[track_caller]
    pub(crate) fn until_call(&mut self, stage: &str) -> Value {
        self.until(stage, |state| {
            let [call] = state["calls"].as_array()?.as_slice() else { return None };
            (call["stage"] == stage).then(|| call.clone())
        })
    }

    /// Waits until a call with this number is in this stage; gives its id.
    #[track_caller]
    pub(crate) fn until_with(&mut self, number: &str, stage: &str) -> u64 {
        self.until(&format!("{number} {stage}"), |state| {
            let mut calls = state["calls"].as_array()?.iter();
            calls.find(|call| call["number"] == number && call["stage"] == stage)?["call"].as_u64()
        })
    }

    /// Waits until there is no call.
    #[track_caller]
    pub(crate) fn until_free(&mut self) {
        self.until("no call", |state| state["calls"].as_array()?.is_empty().then_some(()));
    }

    /// Waits until a line is registered; the server that it is registered at.
    #[track_caller]
    pub(crate) fn until_registered(&mut self, line: usize) -> String {
        self.until("registered", |state| {
            let line = &state["lines"][line - 1];
            (line["registration"] == "registered").then(|| line["server"].as_str().unwrap_or_default().to_owned())
        })
    }

    /// The next event, among those that nobody has asked for yet, that `wanted` wants.
    #[track_caller]
    pub(crate) fn event(&mut self, what: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + LONG;
        loop {
            while let Some(event) = self.seen.get(self.told) {
                self.told += 1;
                if wanted(event) {
                    return event.clone();
                }
            }
            // A call tells how it fares all the time.
            assert!(self.next_event() && Instant::now() < end, "{}: no event: {what}\n{}", self.name, self.story());
        }
    }

    /// How a call ended: the next that did.
    #[track_caller]
    pub(crate) fn end_of_call(&mut self) -> String {
        self.event("ended", |event| event["event"] == "ended")["reason"].as_str().expect("a reason").to_owned()
    }

    /// The digits that the other side sends next.
    #[track_caller]
    pub(crate) fn hears(&mut self, digits: &str) {
        for digit in digits.chars() {
            let event = self.event("digit", |event| event["event"] == "digit");
            assert_eq!(event["digit"], digit.to_string());
        }
    }

    /// What it says, with all messages.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Waits until what it says has this in it: the line of a message, say.
    #[track_caller]
    pub(crate) fn until_logged(&self, text: &str) {
        wait_for((&self.name, text), || self.log().contains(text).then_some(()));
    }

    /// Memory that it has for itself and shares, in KiB.
    pub(crate) fn memory(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.0.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells");
        line.trim().trim_end_matches(" kB").parse().expect("a number")
    }

    /// Ends it as its owner does, and waits until it has left its registrars.
    pub(crate) fn quit(mut self) {
        run("kill", &["-TERM", &self.process.0.id().to_string()]);
        let status = self.process.0.wait().expect("our child");
        assert!(status.success(), "{status}: {}", self.story());
    }

    fn next_event(&mut self) -> bool {
        let mut line = String::new();
        let read = self.events.read_line(&mut line);
        let event = serde_json::from_str(&line).ok().filter(|_| read.is_ok());
        let came = event.is_some();
        self.seen.extend(event);
        came
    }

    fn story(&self) -> String {
        let events: String = self.seen.iter().map(|event| format!("{event}\n")).collect();
        format!("---- events of {}\n{events}---- log of {}\n{}", self.name, self.name, self.log())
    }
}

fn write(socket: &mut BufReader<UnixStream>, command: &Value) {
    socket.get_mut().write_all(format!("{command}\n").as_bytes()).expect("the phone listens");
}
