//! Linphone as the other phone, driven over its console: unlike baresip it has G.729.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};

use offhook_tests::stage::{Running, wait_for};

use crate::network::{Desk, OFFICE};
use crate::script::{PEER, is_bound};
use crate::voice;

/// The program, in Debian's package `linphone-cli`.
pub(crate) const PROGRAM: &str = "linphonec";

/// The pitch of what it says, in Hz.
pub(crate) const PITCH: u32 = 620;

/// The codecs that it has of itself, and their clocks in its configuration.
const CODECS: [(&str, u32); 8] = [
    ("opus", 48_000),
    ("speex", 32_000),
    ("speex", 16_000),
    ("speex", 8000),
    ("PCMU", 8000),
    ("PCMA", 8000),
    ("G722", 8000),
    ("G729", 8000),
];

/// A phone at [`PEER`] that answers by itself. It ends with this value.
pub(crate) struct Linphone {
    _process: Running,
    console: ChildStdin,
    log: PathBuf,
    heard: PathBuf,
}

impl Linphone {
    /// Starts it with one codec. It says a tone.
    pub(crate) fn start(desk: &Desk, codec: &str) -> Self {
        Self::with(desk, codec, "")
    }

    /// The same with lines of its configuration of SIP.
    pub(crate) fn with(desk: &Desk, codec: &str, sip: &str) -> Self {
        let folder = desk.place("linphone");
        // Without a place for its history it starts, but takes no calls.
        fs::create_dir_all(folder.join(".local/share/linphone")).expect("a folder");
        let mut config = format!(
            "[sip]\nsip_port={PEER}\nsip_tcp_port=0\nsip_tls_port=0\nuse_ipv6=0\nguess_hostname=0\n\
             auto_net_state_mon=0\n{sip}[rtp]\naudio_rtp_port=41000\n[misc]\nuse_files=1\n"
        );
        for (number, (name, rate)) in CODECS.into_iter().enumerate() {
            let enabled = u8::from(name == codec);
            write!(config, "[audio_codec_{number}]\nmime={name}\nrate={rate}\nenabled={enabled}\n").expect("a text");
        }
        let (path, said, heard) = (folder.join("linphonerc"), folder.join("said.wav"), folder.join("heard.wav"));
        fs::write(&path, config).expect("a file");
        voice::tone(&said, PITCH);
        let log = desk.place("linphone.log");
        let output = File::create(&log).expect("a file");
        let mut command = Command::new(PROGRAM);
        command.arg("-a").arg("-c").arg(path).env("HOME", folder);
        command.stdin(Stdio::piped()).stdout(output.try_clone().expect("a file")).stderr(output);
        let mut child = command.spawn().expect("linphonec starts");
        let console = child.stdin.take().expect("its input is ours");
        let mut phone = Self { _process: Running(child), console, log, heard };
        wait_for((PROGRAM, "its port"), || is_bound(PEER).then_some(()));
        phone.plays(&said);
        phone.tell(&format!("record {}", phone.heard.display()));
        phone
    }

    /// Has a command carried out. Digits alone are sent to the other side.
    pub(crate) fn tell(&mut self, command: &str) {
        writeln!(self.console, "{command}").expect("it listens");
    }

    /// Says what is in a file, again and again.
    pub(crate) fn plays(&mut self, file: &Path) {
        self.tell(&format!("play {}", file.display()));
    }

    /// Calls somebody at a port of the office.
    pub(crate) fn calls(&mut self, number: &str, port: u16) {
        self.tell(&format!("call sip:{number}@{OFFICE}:{port}"));
    }

    /// Waits until it says this.
    #[track_caller]
    pub(crate) fn says(&self, words: &str) {
        let log = || fs::read_to_string(&self.log).unwrap_or_default();
        wait_for((PROGRAM, words), || log().contains(words).then_some(()));
    }

    /// Waits for its record of what it heard, which is there after the call: a tone of this pitch.
    #[track_caller]
    pub(crate) fn heard(&self, pitch: u32) {
        wait_for((PROGRAM, pitch), || voice::has_pitch(&self.heard, pitch).then_some(()));
    }
}
