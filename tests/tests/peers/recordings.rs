//! Packets that sipp plays from recordings of others, and those of ours that it sends back, by each codec.

use std::fs;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::time::Duration;

use offhook_tests::stage::{LONG, wait_for};
use serde_json::{Value, json};

use crate::linphone::{self, Linphone};
use crate::network::{Desk, OFFICE, in_an_office};
use crate::script::{NUMBER, PEER, PHONE, Script, registered};
use crate::unit::Unit;
use crate::voice;

/// Where sipp has its recordings.
const RECORDINGS: &str = "/usr/share/sip-tester";

/// What the phone says, in Hz.
const PITCH: u32 = 450;

/// A phone that says a tone, and the file of what it hears.
fn phone(desk: &Desk, more: &[(&str, &str)]) -> (Unit, PathBuf) {
    let (says, hears) = (desk.place("says.wav"), desk.place("hears.wav"));
    voice::tone(&says, PITCH);
    let device = format!("wav:{},{}", says.display(), hears.display());
    let unit = registered(desk, more, &["--audio", &device]);
    (unit, hears)
}

/// The phone calls somebody with one codec, who sends back what it hears.
fn hears_itself(desk: &Desk, payload: &str, codec: &str) {
    let (mut unit, hears) = phone(desk, &[]);
    let callee = Script::echoes(desk, PEER, &[("payload", payload), ("codec", codec)]);
    unit.call("202");
    assert_eq!(unit.until_call("talking")["codec"], codec);
    wait_for("its own voice", || voice::keeps_pitch(&hears, PITCH).then_some(()));
    unit.does("hang-up");
    callee.finish();
    unit.until_free();
}

#[test]
fn a_law_comes_back() {
    in_an_office(&["sipp"], |desk| hears_itself(desk, "8", "PCMA"));
}

#[test]
fn mu_law_comes_back() {
    in_an_office(&["sipp"], |desk| hears_itself(desk, "0", "PCMU"));
}

#[test]
fn wide_voice_comes_back() {
    in_an_office(&["sipp"], |desk| hears_itself(desk, "9", "G722"));
}

#[test]
fn narrow_voice_comes_back() {
    in_an_office(&["sipp"], |desk| hears_itself(desk, "18", "G729"));
}

#[test]
fn voice_comes_back_by_one_codec_after_the_other() {
    in_an_office(&["sipp"], |desk| {
        let (mut unit, hears) = phone(desk, &[("OUTBANDDTMF_1", "N"), ("DTMF_RELAY_1", "Y")]);
        let caller = Script::calls(desk, "changes-its-codec", (PEER, PHONE), &[("number", NUMBER)]);
        unit.until_call("ringing");
        unit.does("answer");
        unit.until_call("talking");
        for (place, codec) in ["PCMU", "PCMA", "G722", "PCMU"].into_iter().enumerate() {
            if place > 0 {
                // What the script waits for.
                unit.tell(&json!({ "command": "dtmf", "digits": "1" }));
            }
            unit.until(codec, |state| (state["calls"][0]["codec"] == codec).then_some(()));
            let before = voice::samples(&hears).0.len();
            wait_for(codec, || {
                // A second and more of this codec alone.
                let anew = voice::samples(&hears).0.len() > before + 20_000;
                (anew && voice::keeps_pitch(&hears, PITCH)).then_some(())
            });
        }
        unit.does("hang-up");
        caller.finish();
        unit.until_free();
    });
}

/// How long a recording is.
const LENGTH: Duration = Duration::from_secs(3);

/// Where a script answers Linphone.
const CALLEE: u16 = 6100;

/// Octets in front of RTP: the headers of Ethernet, IP and UDP, of which sipp looks at the lengths alone.
const HEADERS: usize = 42;

/// Octets of the header of RTP.
const RTP: usize = 12;

/// Packets of Linphone, each with its headers and when it was due, as it says a tone or what is in a file by this codec.
fn record(desk: &Desk, description: (&str, &str), said: Option<&Path>) -> Vec<(Duration, Vec<u8>)> {
    let mut codec = description.1.split(['/', '\n']);
    let (name, clock) = (codec.next().unwrap_or_default(), codec.next().and_then(|clock| clock.parse().ok()));
    let clock: u64 = clock.expect("a clock");
    let socket = UdpSocket::bind((OFFICE, 0)).expect("a port");
    socket.set_read_timeout(Some(LONG)).expect("a time-out");
    let callee = Script::is_sent_voice(desk, CALLEE, socket.local_addr().expect("bound").port(), description);
    let mut linphone = Linphone::start(desk, name);
    if let Some(file) = said {
        linphone.plays(file);
    }
    linphone.calls("202", CALLEE);
    let (mut packets, mut first) = (Vec::new(), None);
    while packets.last().is_none_or(|(at, _)| *at < LENGTH) {
        let mut packet = vec![0; 1500];
        let length = socket.recv(&mut packet[HEADERS..]).expect("a packet");
        packet.truncate(HEADERS + length);
        if packet[HEADERS] >> 6 != 2 {
            // It asks how others see it (STUN).
            continue;
        }
        packet[12..16].copy_from_slice(&[8, 0, 0x45, 0]);
        packet[16..18].copy_from_slice(&(length as u16 + 28).to_be_bytes());
        packet[22..24].copy_from_slice(&[64, 17]);
        packet[38..40].copy_from_slice(&(length as u16 + 8).to_be_bytes());
        let timestamp = u32::from_be_bytes(*packet[HEADERS + 4..].first_chunk().expect("a header"));
        let ticks = timestamp.wrapping_sub(*first.get_or_insert(timestamp));
        packets.push((Duration::from_micros(u64::from(ticks) * 1_000_000 / clock), packet));
    }
    linphone.tell("terminate");
    callee.finish();
    packets
}

/// Writes packets as sipp reads them.
fn write(desk: &Desk, packets: &[(Duration, Vec<u8>)]) -> String {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 0xffff, 1] {
        file.extend(word.to_le_bytes());
    }
    for (at, packet) in packets {
        let length = packet.len() as u32;
        for word in [at.as_secs() as u32, at.subsec_micros(), length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend(packet);
    }
    let path = desk.place("recorded.pcap");
    fs::write(&path, file).expect("a file");
    path.display().to_string()
}

/// A phone in a call with sipp, which plays a recording by this payload type and codec.
fn plays(
    desk: &Desk,
    recording: &str,
    (payload, codec): (&str, &str),
    settings: &[(&str, &str)],
) -> (Script, Unit, PathBuf) {
    let (mut unit, hears) = phone(desk, settings);
    let words = [("number", NUMBER), ("recording", recording), ("payload", payload), ("codec", codec)];
    let caller = Script::calls(desk, "plays-voice", (PEER, PHONE), &words);
    unit.until_call("ringing");
    unit.does("answer");
    (caller, unit, hears)
}

/// A phone with these settings hears what Linphone said by this payload type and codec.
fn hears_a_recording(desk: &Desk, description: (&str, &str), settings: &[(&str, &str)]) {
    let recording = write(desk, &record(desk, description, None));
    let (caller, mut unit, hears) = plays(desk, &recording, description, settings);
    wait_for("a recorded voice", || voice::keeps_pitch(&hears, linphone::PITCH).then_some(()));
    assert_eq!(unit.end_of_call(), "remote");
    caller.finish();
    unit.until_free();
}

const RECORDERS: [&str; 2] = ["sipp", linphone::PROGRAM];

#[test]
fn recorded_mu_law_is_heard() {
    in_an_office(&RECORDERS, |desk| hears_a_recording(desk, ("0", "PCMU/8000"), &[]));
}

#[test]
fn recorded_wide_voice_is_heard() {
    in_an_office(&RECORDERS, |desk| hears_a_recording(desk, ("9", "G722/8000"), &[]));
}

#[test]
fn recorded_narrow_voice_is_heard() {
    in_an_office(&RECORDERS, |desk| hears_a_recording(desk, ("18", "G729/8000"), &[]));
}

#[test]
fn recorded_pauses_are_no_losses() {
    in_an_office(&RECORDERS, |desk| {
        let said = desk.place("words.wav");
        voice::word(&said, linphone::PITCH);
        // With silence as of G.729, Annex B.
        let description = ("18", "G729/8000\na=fmtp:18 annexb=yes");
        let mut packets = record(desk, description, Some(&said));
        // In its pauses it sends the noise of the room, of 2 octets, alone or behind a frame of voice, and then nothing.
        let ends = |(_, packet): &(Duration, Vec<u8>)| packet.len() % 10 == (HEADERS + RTP + 2) % 10;
        let pause = packets.iter().rposition(ends).expect("it pauses");
        packets.truncate(pause + 1);
        assert!(packets.len() < 130, "it never stops: {}", packets.len());
        let recording = write(desk, &packets);
        let (caller, mut unit, hears) = plays(desk, &recording, description, &[]);
        // The first packet of a source does not count yet. What Linphone sends of the room alone, it stamps as the voice before,
        // so it may come too late.
        let count = |voice: &Value| Some(voice["received"].as_u64()? + voice["discarded"].as_u64()? + 1);
        let voice = unit.until_voice("all", |voice| {
            let all = count(voice) == Some(packets.len() as u64) && voice["sent"].as_u64() >= Some(200);
            all.then(|| voice.clone())
        });
        assert_eq!((&voice["lost"], &voice["made_up_permille"]), (&json!(0), &json!(0)), "{voice}");
        assert!(voice::has_pitch(&hears, linphone::PITCH));
        assert_eq!(unit.end_of_call(), "remote");
        caller.finish();
        unit.until_free();
    });
}

#[test]
fn recorded_opus_is_heard() {
    let enabled = [("CODEC_OPUS_ENABLE_1", "Y")];
    in_an_office(&RECORDERS, |desk| hears_a_recording(desk, ("96", "opus/48000/2"), &enabled));
}

#[test]
fn speech_and_digits_of_others_are_heard() {
    in_an_office(&["sipp"], |desk| {
        let (mut unit, hears) = phone(desk, &[]);
        let words = [("number", NUMBER), ("recordings", RECORDINGS)];
        let caller = Script::calls(desk, "plays", (PEER, PHONE), &words);
        unit.until_call("ringing");
        unit.does("answer");
        unit.hears("456");
        assert_eq!(unit.end_of_call(), "remote");
        caller.finish();
        unit.until_free();
        unit.quit();
        let (said, (heard, _)) = (loudness(&spoken(), 8000), voice::samples(&hears));
        // Wherever in the file it begins, to 10 ms.
        let alike = |from: usize| likeness(&said, &loudness(&heard[from..], 16_000));
        let best = (0..heard.len()).step_by(160).map(alike).fold(0.0, f64::max);
        assert!(best > 0.97, "{best:.3}");
    });
}

/// What is said in the recording of speech, as sipp has it: packets of A-law.
fn spoken() -> Vec<f64> {
    let file = fs::read(Path::new(RECORDINGS).join("g711a.pcap")).expect("sipp has it");
    let mut samples = Vec::new();
    let mut rest = &file[24..];
    while let Some((head, behind)) = rest.split_at_checked(16) {
        let length = u32::from_le_bytes([head[8], head[9], head[10], head[11]]) as usize;
        // Behind the headers of Ethernet, IP, UDP and RTP.
        samples.extend(behind[54..length].iter().map(|byte| expanded(*byte)));
        rest = &behind[length..];
    }
    samples
}

/// A sample of A-law (G.711).
fn expanded(byte: u8) -> f64 {
    let byte = byte ^ 0x55;
    let (exponent, mantissa) = (u32::from(byte >> 4 & 7), f64::from(byte & 15));
    let size =
        if exponent == 0 { 16.0 * mantissa + 8.0 } else { (16.0 * mantissa + 264.0) * f64::from(1 << (exponent - 1)) };
    if byte & 0x80 == 0 { -size } else { size }
}

/// How loud each tenth of a second is.
fn loudness(samples: &[f64], rate: usize) -> Vec<f64> {
    let level = |part: &[f64]| (part.iter().map(|sample| sample * sample).sum::<f64>() / part.len() as f64).sqrt();
    samples.chunks_exact(rate / 10).map(level).collect()
}

/// How alike two courses of loudness are, from 0 to 1; 0 where one is too short.
fn likeness(one: &[f64], other: &[f64]) -> f64 {
    let Some(other) = other.get(..one.len()) else { return 0.0 };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (mine, theirs) = (mean(one), mean(other));
    let product =
        |a: &[f64], of: f64, b: &[f64], to: f64| -> f64 { a.iter().zip(b).map(|(a, b)| (a - of) * (b - to)).sum() };
    let power = product(one, mine, one, mine) * product(other, theirs, other, theirs);
    if power == 0.0 { 0.0 } else { product(one, mine, other, theirs) / power.sqrt() }
}
