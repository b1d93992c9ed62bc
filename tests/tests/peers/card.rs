//! A call by a sound card: PulseAudio, which the phone reaches by ALSA, and which goes away in the call and comes back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use offhook_tests::stage::{Running, wait_for};

use crate::network::{Desk, OFFICE, in_an_office};
use crate::proxy::Proxy;
use crate::unit::Unit;
use crate::voice;

/// What the card's microphone hears, in Hz.
const MOUTH: u32 = 450;

/// What the other phone says.
const OTHER: u32 = 700;

/// A server of sound with a loudspeaker that nobody hears and a microphone that always hears the same. It ends with this value.
struct Card {
    server: Running,
    recorders: Vec<Running>,
    folder: PathBuf,
}

impl Card {
    fn start(desk: &Desk) -> Self {
        let folder = desk.place("card");
        fs::create_dir_all(&folder).expect("a folder");
        let socket = folder.join("native");
        let alsa = format!("{{ type pulse server \"unix:{}\" }}", socket.display());
        fs::write(folder.join("asound.conf"), format!("pcm.!default {alsa}\nctl.!default {alsa}\n")).expect("a file");
        let modules = format!(
            "load-module module-null-sink sink_name=speaker rate=48000\n\
             load-module module-null-sink sink_name=mouth rate=48000\n\
             load-module module-sine sink=mouth frequency={MOUTH}\n\
             set-default-sink speaker\nset-default-source mouth.monitor\n\
             load-module module-native-protocol-unix auth-anonymous=1 socket={}\n",
            socket.display()
        );
        fs::write(folder.join("modules"), modules).expect("a file");
        // Its library waits for good for memory that it shares with a server that was killed.
        fs::write(folder.join("client.conf"), "enable-shm = no\nautospawn = no\n").expect("a file");
        let server = Self::serve(&folder);
        Self { server, recorders: Vec::new(), folder }
    }

    fn serve(folder: &Path) -> Running {
        // One that was killed leaves its socket.
        let _ = fs::remove_file(folder.join("native"));
        let mut command = Command::new("pulseaudio");
        command
            .args(["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-F"])
            .arg(folder.join("modules"));
        let server = Running::start(command.env("HOME", folder).env("XDG_RUNTIME_DIR", folder), &folder.join("log"));
        wait_for("PulseAudio", || folder.join("native").exists().then_some(()));
        server
    }

    /// How the phone finds it.
    fn variables(&self) -> [(&'static str, PathBuf); 4] {
        let (alsa, pulse) = (self.folder.join("asound.conf"), self.folder.join("client.conf"));
        let home = self.folder.clone();
        [("ALSA_CONFIG_PATH", alsa), ("PULSE_CLIENTCONFIG", pulse), ("XDG_RUNTIME_DIR", home.clone()), ("HOME", home)]
    }

    /// From now on, what its loudspeaker plays goes to a file of this name.
    fn record(&mut self, name: &str) -> PathBuf {
        let file = self.folder.join(name);
        let mut command = Command::new("parec");
        command.args([
            "-d",
            "speaker.monitor",
            "--latency-msec=20",
            "--file-format=wav",
            "--rate=16000",
            "--channels=1",
            "--format=s16le",
        ]);
        command.arg(&file).env("PULSE_SERVER", format!("unix:{}", self.folder.join("native").display()));
        command.envs(self.variables());
        self.recorders.push(Running::start(&mut command, &self.folder.join(format!("{name}.log"))));
        wait_for(name, || fs::metadata(&file).is_ok_and(|file| file.len() > 44).then_some(file.clone()))
    }

    /// Takes it away.
    fn unplug(&mut self) {
        self.server.kill();
        self.recorders.clear();
    }

    fn plug(&mut self) {
        self.server = Self::serve(&self.folder);
    }
}

#[test]
fn a_call_by_a_sound_card_outlives_it() {
    in_an_office(&["kamailio", "openssl", "pulseaudio", "parec"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let mut card = Card::start(desk);
        let (says, hears) = (desk.place("says.wav"), desk.place("hears.wav"));
        voice::tone(&says, OTHER);
        let device = format!("wav:{},{}", says.display(), hears.display());
        let mut unit = Unit::start_within(desk, ("201", 5070), &[], &["--audio", "cpal"], &card.variables());
        let mut other = Unit::start(desk, ("202", 5080), &[], &["--audio", &device]);
        [&mut unit, &mut other].into_iter().for_each(|unit| drop(unit.until_registered(1)));

        let first = card.record("first.wav");
        unit.call("202");
        other.until_call("ringing");
        other.does("answer");
        unit.until_call("talking");
        wait_for("the other phone by the card", || voice::keeps_pitch(&first, OTHER).then_some(()));
        wait_for("the card at the other phone", || voice::keeps_pitch(&hears, MOUTH).then_some(()));

        card.unplug();
        unit.until("no card", |state| (state["device_lost"] == true).then_some(()));
        let sent = |voice: &serde_json::Value| voice["sent"].as_u64();
        let before = unit.until_voice("some", sent);
        unit.until_voice("more", |voice| sent(voice).filter(|sent| *sent > before + 100));
        assert_eq!(unit.until_call("talking")["number"], "202");

        card.plug();
        unit.until("the card", |state| (state["device_lost"] == false).then_some(()));
        let again = card.record("again.wav");
        wait_for("the other phone by the card again", || voice::keeps_pitch(&again, OTHER).then_some(()));
        wait_for("the card at the other phone again", || voice::keeps_pitch(&hears, MOUTH).then_some(()));
        unit.does("hang-up");
        other.until_free();
    });
}
