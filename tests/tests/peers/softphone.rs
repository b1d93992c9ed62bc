//! baresip as the other phone, driven over its own control socket.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use offhook_tests::stage::{LONG, Running, wait_for};
use serde_json::{Value, json};

use crate::network::{DESK, Desk, OFFICE};
use crate::unit::Unit;

/// Its SIP and control ports.
const PORTS: (u16, u16) = (5060, 4444);

/// Where Debian has its modules; it does not look there by itself.
const MODULES: &str = "/usr/lib/baresip/modules";

/// The pitch of what it says, in Hz.
pub(crate) const PITCH: u32 = 700;

/// A softphone with an account at the office's server. It ends with this value.
pub(crate) struct Softphone {
    _process: Running,
    control: TcpStream,
    log: PathBuf,
    received: Vec<u8>,
    seen: Vec<Value>,
    told: usize,
}

impl Softphone {
    /// Starts it, and waits until it is registered.
    pub(crate) fn start(desk: &Desk, number: &str) -> Self {
        Self::with(desk, number, "pcmu", false)
    }

    /// Starts it with this codec, and waits until it is registered. One that is secure registers over TLS, and takes no calls
    /// without encryption.
    pub(crate) fn with(desk: &Desk, number: &str, codec: &str, secure: bool) -> Self {
        let (server, media) = if secure { (":5061;transport=tls", ";mediaenc=srtp-mand") } else { ("", "") };
        let folder = desk.place("baresip");
        fs::create_dir(&folder).expect("a folder");
        let account = format!(
            "<sip:{number}@office.test>;outbound=\"sip:{OFFICE}{server}\";auth_user={number};\
             auth_pass=secret-{number};regint=600;audio_codecs={codec}{media}\n"
        );
        fs::write(folder.join("accounts"), account).expect("a file");
        fs::write(folder.join("contacts"), "\n").expect("a file");
        let (sip, control) = PORTS;
        let heard = folder.display();
        let certificate = if secure { certificate(desk, &folder) } else { String::new() };
        let config = format!(
            "poll_method epoll\nsip_listen {DESK}:{sip}\nnet_interface {DESK}\nrtp_ports 40000-40100\n\
             audio_source ausine,{PITCH}\nausrc_srate 48000\nausrc_channels 2\n\
             audio_player aubridge,wall\nauplay_srate 8000\nauplay_channels 1\nringback_disabled yes\n\
             module_path {MODULES}\nsnd_path {heard}\nmodule sndfile.so\nmodule srtp.so\nmodule g711.so\nmodule g722.so\nmodule opus.so\nmodule ausine.so\nmodule aubridge.so\nmodule_app ctrl_tcp.so\n\
             module_app menu.so\nmodule_tmp account.so\nctrl_tcp_listen {DESK}:{control}\n{certificate}"
        );
        fs::write(folder.join("config"), config).expect("a file");
        let log = desk.place("baresip.log");
        let process = Running::start(Command::new("baresip").args(["-s", "-f"]).arg(&folder), &log);
        let control = wait_for("baresip", || TcpStream::connect((DESK, control)).ok());
        control.set_read_timeout(Some(LONG)).expect("a time-out");
        let phone = Self { _process: process, control, log, received: Vec::new(), seen: Vec::new(), told: 0 };
        wait_for("baresip's registration", || phone.log().contains("[1 binding]").then_some(()));
        phone
    }

    /// The phone calls it, and it answers.
    #[track_caller]
    pub(crate) fn answers(&mut self, unit: &mut Unit) {
        unit.call("203");
        self.event("CALL_INCOMING");
        self.tell("accept", "");
        unit.until_call("talking");
    }

    /// Has a command carried out: a long one of its menu.
    #[track_caller]
    pub(crate) fn tell(&mut self, command: &str, parameter: &str) {
        let order = json!({ "command": command, "params": parameter, "token": "x" }).to_string();
        self.control.write_all(format!("{}:{order},", order.len()).as_bytes()).expect("it listens");
        loop {
            let message = self.next();
            if message["response"] == true {
                assert_eq!(message["ok"], true, "{command}: {message}\n{}", self.log());
                return;
            }
            self.seen.push(message);
        }
    }

    /// Waits for an event of this type, among those that nobody has waited for yet; what it says more.
    #[track_caller]
    pub(crate) fn event(&mut self, kind: &str) -> String {
        loop {
            while let Some(event) = self.seen.get(self.told) {
                self.told += 1;
                if event["type"] == kind {
                    return event["param"].as_str().unwrap_or_default().to_owned();
                }
            }
            let message = self.next();
            self.seen.push(message);
        }
    }

    /// What it has heard in its calls so far, as files.
    pub(crate) fn heard(desk: &Desk) -> Vec<PathBuf> {
        let files = fs::read_dir(desk.place("baresip")).expect("a folder").flatten().map(|file| file.path());
        files.filter(|path| path.to_string_lossy().ends_with("-dec.wav")).collect()
    }

    /// The next message: JSON in a netstring.
    #[track_caller]
    fn next(&mut self) -> Value {
        loop {
            if let Some(colon) = self.received.iter().position(|byte| *byte == b':') {
                let length: Option<usize> =
                    std::str::from_utf8(&self.received[..colon]).ok().and_then(|text| text.parse().ok());
                let end = colon + 1 + length.unwrap_or_else(|| panic!("no length: {:?}", self.received));
                if self.received.len() > end {
                    let message = serde_json::from_slice(&self.received[colon + 1..end]).expect("JSON");
                    self.received.drain(..=end);
                    return message;
                }
            }
            let mut part = [0; 4096];
            match self.control.read(&mut part) {
                Ok(length @ 1..) => self.received.extend(&part[..length]),
                end => panic!("baresip says nothing ({end:?}): {:#?}\n{}", self.seen, self.log()),
            }
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

/// The line of its configuration that names a certificate, since the server may connect to it by TLS: the server's own does.
fn certificate(desk: &Desk, folder: &Path) -> String {
    let server = desk.place(format!("kamailio-{OFFICE}"));
    let parts =
        ["key.pem", "certificate.pem"].map(|part| fs::read_to_string(server.join(part)).expect("the server runs"));
    let file = folder.join("own.pem");
    fs::write(&file, parts.concat()).expect("a file");
    format!("sip_certificate {}\n", file.display())
}
