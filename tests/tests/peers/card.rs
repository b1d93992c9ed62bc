//! Calls by sound cards: those of PulseAudio, which the phone reaches by ALSA, and which go away and come back.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use offhook_tests::stage::{Running, wait_for};

use serde_json::json;

use crate::network::{Desk, OFFICE, in_an_office};
use crate::proxy::Proxy;
use crate::unit::Unit;
use crate::voice;

/// The cards by name, and what their microphones always hear, in Hz. The last one is what the system prefers.
const CARDS: [(&str, u32); 3] = [("handset", 380), ("headset", 560), ("speaker", MOUTH)];

/// What the microphone hears that the system prefers.
const MOUTH: u32 = 450;

/// What the other phone says.
const OTHER: u32 = 700;

/// A server of sound, with cards whose loudspeakers nobody hears. It ends with this value.
struct Sound {
    server: Running,
    recorders: Vec<Running>,
    folder: PathBuf,
}

impl Sound {
    fn start(desk: &Desk) -> Self {
        let folder = desk.place("sound");
        fs::create_dir_all(&folder).expect("a folder");
        let socket = folder.join("native").display().to_string();
        let mut alsa =
            ["pcm", "ctl"].map(|kind| format!("{kind}.!default {{ type pulse server \"unix:{socket}\" }}\n")).concat();
        let mut modules = format!("load-module module-native-protocol-unix auth-anonymous=1 socket={socket}\n");
        let end = |device: String| format!("{{ type pulse server \"unix:{socket}\" device \"{device}\" }}");
        for (name, pitch) in CARDS {
            let (play, record) = (end(name.to_owned()), end(format!("{name}-mouth.monitor")));
            // Without a hint the library does not list it.
            alsa += &format!(
                "pcm.{name} {{ type asym playback.pcm {play} capture.pcm {record} hint {{ show on description \"{name}\" }} }}\n"
            );
            modules += &format!(
                "load-module module-null-sink sink_name={name} rate=48000\n\
                 load-module module-null-sink sink_name={name}-mouth rate=48000\n\
                 load-module module-sine sink={name}-mouth frequency={pitch}\n\
                 set-default-sink {name}\nset-default-source {name}-mouth.monitor\n"
            );
        }
        // One whose microphone is not there yet.
        alsa += &format!(
            "pcm.late {{ type asym playback.pcm {} capture.pcm {} hint {{ show on description \"late\" }} }}\n",
            end("speaker".to_owned()),
            end("late.monitor".to_owned())
        );
        fs::write(folder.join("asound.conf"), alsa).expect("a file");
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

    /// From now on, what the loudspeaker of a card plays goes to a file of this name.
    fn record(&mut self, card: &str, name: &str) -> PathBuf {
        let file = self.folder.join(name);
        let mut command = Command::new("parec");
        command.args([
            "-d",
            &format!("{card}.monitor"),
            "--latency-msec=20",
            "--file-format=wav",
            "--rate=16000",
            "--channels=1",
            "--format=s16le",
        ]);
        command.arg(&file).env("PULSE_SERVER", self.address()).envs(self.variables());
        self.recorders.push(Running::start(&mut command, &self.folder.join(format!("{name}.log"))));
        wait_for(name, || fs::metadata(&file).is_ok_and(|file| file.len() > 44).then_some(file.clone()))
    }

    fn address(&self) -> String {
        format!("unix:{}", self.folder.join("native").display())
    }

    fn pactl(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("pactl");
        command.args(arguments).env("PULSE_SERVER", self.address()).envs(self.variables());
        String::from_utf8(command.output().expect("pactl runs").stdout).expect("text")
    }

    /// Waits until somebody uses a card, or nobody does.
    fn until_used(&self, used: bool) {
        wait_for("cards in use", || {
            let streams = ["sink-inputs", "source-outputs"].map(|kind| self.pactl(&["list", "short", kind])).concat();
            // The microphones' tones come from the server itself.
            (streams.lines().any(|line| !line.contains("module-sine")) == used).then_some(())
        });
    }

    /// Takes all cards away.
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
        let mut sound = Sound::start(desk);
        let (says, hears) = (desk.place("says.wav"), desk.place("hears.wav"));
        voice::tone(&says, OTHER);
        let device = format!("wav:{},{}", says.display(), hears.display());
        let mut unit = Unit::start_within(desk, ("201", 5070), &[], &["--audio", "cpal"], &sound.variables());
        let mut other = Unit::start(desk, ("202", 5080), &[], &["--audio", &device]);
        [&mut unit, &mut other].into_iter().for_each(|unit| drop(unit.until_registered(1)));

        let first = sound.record("speaker", "first.wav");
        unit.call("202");
        other.until_call("ringing");
        other.does("answer");
        unit.until_call("talking");
        wait_for("the other phone by the card", || voice::keeps_pitch(&first, OTHER).then_some(()));
        wait_for("the card at the other phone", || voice::keeps_pitch(&hears, MOUTH).then_some(()));

        sound.unplug();
        unit.until("no card", |state| (state["device_lost"] == true).then_some(()));
        let sent = |voice: &serde_json::Value| voice["sent"].as_u64();
        let before = unit.until_voice("some", sent);
        unit.until_voice("more", |voice| sent(voice).filter(|sent| *sent > before + 100));
        assert_eq!(unit.until_call("talking")["number"], "202");

        sound.plug();
        unit.until("the card", |state| (state["device_lost"] == false).then_some(()));
        let again = sound.record("speaker", "again.wav");
        wait_for("the other phone by the card again", || voice::keeps_pitch(&again, OTHER).then_some(()));
        wait_for("the card at the other phone again", || voice::keeps_pitch(&hears, MOUTH).then_some(()));
        unit.does("hang-up");
        other.until_free();
    });
}

#[test]
fn each_path_has_its_own_sound_card() {
    in_an_office(&["kamailio", "openssl", "pulseaudio", "parec"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let mut sound = Sound::start(desk);
        let (says, hears) = (desk.place("says.wav"), desk.place("hears.wav"));
        voice::tone(&says, OTHER);
        let cards =
            ["--audio", "cpal", "--handset-card", "handset", "--speaker-card", "speaker", "--headset-card", "headset"];
        let mut unit = Unit::start_within(desk, ("201", 5070), &[], &cards, &sound.variables());
        let device = format!("wav:{},{}", says.display(), hears.display());
        let mut other = Unit::start(desk, ("202", 5080), &[], &["--audio", &device]);
        [&mut unit, &mut other].into_iter().for_each(|unit| drop(unit.until_registered(1)));
        let [handset, headset, speaker] = CARDS.map(|(name, _)| sound.record(name, name));

        unit.call("202");
        other.until_call("ringing");
        other.does("answer");
        unit.until_call("talking");
        wait_for("the other phone in the headset", || voice::keeps_pitch(&headset, OTHER).then_some(()));
        wait_for("the headset at the other phone", || voice::keeps_pitch(&hears, CARDS[1].1).then_some(()));
        assert!(!voice::has_pitch(&handset, OTHER));

        unit.tell(&json!({ "command": "path", "path": "handset" }));
        wait_for("the other phone in the handset", || voice::keeps_pitch(&handset, OTHER).then_some(()));
        wait_for("the handset at the other phone", || voice::keeps_pitch(&hears, CARDS[0].1).then_some(()));
        wait_for("silence in the headset", || (!voice::keeps_pitch(&headset, OTHER)).then_some(()));
        assert!(!voice::has_pitch(&speaker, OTHER));
        unit.does("on-hook");
        other.until_free();

        let is_loud = |file| voice::samples(file).0.into_iter().any(|sample| sample.abs() > 500.0);
        assert!(!is_loud(&speaker));
        other.call("201");
        unit.until_call("ringing");
        wait_for("the ringer from the speaker", || is_loud(&speaker).then_some(()));
    });
}

#[test]
fn a_card_that_comes_and_goes_while_nothing_sounds_is_there_for_the_next_call() {
    in_an_office(&["kamailio", "openssl", "pulseaudio", "parec", "pactl"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let mut sound = Sound::start(desk);
        let hears = desk.place("hears.wav");
        let mut unit = Unit::start_within(desk, ("201", 5070), &[], &["--audio", "cpal"], &sound.variables());
        let device = format!("wav:,{}", hears.display());
        let mut other = Unit::start(desk, ("202", 5080), &[], &["--audio", &device]);
        [&mut unit, &mut other].into_iter().for_each(|unit| drop(unit.until_registered(1)));
        for _ in 0..4 {
            sound.until_used(true);
            sound.unplug();
            sound.plug();
        }
        sound.until_used(true);

        unit.call("202");
        other.until_call("ringing");
        other.does("answer");
        wait_for("the card at the other phone", || voice::keeps_pitch(&hears, MOUTH).then_some(()));
    });
}

#[test]
fn a_microphone_that_comes_later_is_heard() {
    in_an_office(&["kamailio", "openssl", "pulseaudio", "pactl"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let sound = Sound::start(desk);
        let hears = desk.place("hears.wav");
        let cards = ["--audio", "cpal", "--headset-card", "late"];
        let mut unit = Unit::start_within(desk, ("201", 5070), &[], &cards, &sound.variables());
        let device = format!("wav:,{}", hears.display());
        let mut other = Unit::start(desk, ("202", 5080), &[], &["--audio", &device]);
        [&mut unit, &mut other].into_iter().for_each(|unit| drop(unit.until_registered(1)));
        wait_for("a word of the microphone", || unit.log().contains("sound card late: no microphone").then_some(()));
        unit.call("202");
        other.until_call("ringing");
        other.does("answer");
        unit.until_call("talking");

        sound.pactl(&["load-module", "module-null-sink", "sink_name=late"]);
        sound.pactl(&["load-module", "module-sine", "sink=late", "frequency=620"]);
        wait_for("the microphone at the other phone", || voice::keeps_pitch(&hears, 620).then_some(()));
        assert!(unit.log().contains("sound card late: its microphone is in use now"), "{}", unit.log());
    });
}

#[test]
fn cards_are_closed_while_nothing_sounds() {
    in_an_office(&["kamailio", "openssl", "pulseaudio", "pactl"], |desk| {
        let _server = Proxy::start(desk, &[OFFICE]);
        let sound = Sound::start(desk);
        let (says, hears) = (desk.place("says.wav"), desk.place("hears.wav"));
        voice::tone(&says, OTHER);
        let mut unit = Unit::start_within(desk, ("201", 5070), &[], &["--audio", "cpal"], &sound.variables());
        let device = format!("wav:{},{}", says.display(), hears.display());
        let mut other = Unit::start(desk, ("202", 5080), &[], &["--audio", &device]);
        [&mut unit, &mut other].into_iter().for_each(|unit| drop(unit.until_registered(1)));
        sound.until_used(true);
        sound.until_used(false);
        other.call("201");
        unit.until_call("ringing");
        sound.until_used(true);
        unit.does("answer");
        wait_for("the card at the other phone", || voice::keeps_pitch(&hears, MOUTH).then_some(()));
        // That it was opened is no news.
        assert!(!["not there", "does not answer"].iter().any(|news| unit.log().contains(news)), "{}", unit.log());
    });
}
