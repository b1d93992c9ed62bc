//! Voice both ways by each codec that the other make of phone has, encrypted and not.

use serde_json::{Value, json};

use crate::linphone::{self, Linphone};
use crate::network::{Desk, OFFICE, in_an_office};
use crate::proxy::Proxy;
use crate::script::{NUMBER, PHONE, registered};
use crate::softphone::{PITCH, Softphone};
use crate::unit::Unit;
use crate::voice;

const PROGRAMS: [&str; 3] = ["kamailio", "openssl", "baresip"];

/// The pitch of what the phone says, in Hz.
const OWN_PITCH: u32 = 450;

/// Line 1 registers over TLS, and encrypts what it says as this mode has it.
fn secure(mode: &'static str) -> [(&'static str, &'static str); 4] {
    [("SIP_TRANSPORT_1", "2"), ("SIP_RGSTR_PORT_1", "5061"), ("SIP_PRXY_PORT_1", "5061"), ("SRTP_MODE_1", mode)]
}

/// The phone calls the softphone, and both hear each other; the call as the phone has it then.
fn both_talk(desk: &Desk, codec: &str, settings: &[(&str, &str)], encrypted: bool) -> Value {
    let (said, heard) = (desk.place("said.wav"), desk.place("heard.wav"));
    voice::tone(&said, OWN_PITCH);
    let device = format!("wav:{},{}", said.display(), heard.display());
    let _server = Proxy::start(desk, &[OFFICE]);
    let mut unit = Unit::start(desk, ("201", 5070), settings, &["--audio", &device]);
    let mut softphone = Softphone::with(desk, "203", codec, encrypted);
    unit.until_registered(1);
    softphone.answers(&mut unit);
    unit.until_voice("some", |voice| voice["received"].as_u64().filter(|received| *received >= 100));
    let mut state = unit.state();
    let call = state["calls"][0].take();
    // How many of its frames are late is the machine's affair.
    let pace = &state["pace"];
    assert!(pace["frames"].as_u64() >= Some(200) && pace["late"].is_u64(), "{pace}");
    unit.does("hang-up");
    softphone.event("CALL_CLOSED");
    unit.until_free();
    unit.quit();
    assert!(voice::has_pitch(&heard, PITCH), "the softphone was not heard");
    let there = Softphone::heard(desk);
    assert!(there.iter().any(|file| voice::has_pitch(file, OWN_PITCH)), "the phone was not heard: {there:?}");
    assert_eq!(call["encrypted"], encrypted, "{call}");
    assert!(call["voice"]["mos"].as_f64().is_some_and(|mos| mos > 3.5), "{call}");
    call
}

#[test]
fn voice_goes_both_ways_by_a_law() {
    in_an_office(&PROGRAMS, |desk| assert_eq!(both_talk(desk, "pcma", &[], false)["codec"], "PCMA"));
}

#[test]
fn wide_voice_goes_both_ways() {
    in_an_office(&PROGRAMS, |desk| assert_eq!(both_talk(desk, "g722", &[], false)["codec"], "G722"));
}

#[test]
fn voice_goes_both_ways_by_opus() {
    in_an_office(&PROGRAMS, |desk| {
        let call = both_talk(desk, "opus/48000/2", &[("CODEC_OPUS_ENABLE_1", "Y")], false);
        assert_eq!(call["codec"], "opus");
        // Jitter is told by the clock of Opus, six times as fast as that of others.
        assert!(call["voice"]["jitter_us"].as_f64().is_some_and(|jitter| jitter < 20_000.0), "{call}");
    });
}

#[test]
fn encrypted_voice_goes_both_ways() {
    in_an_office(&PROGRAMS, |desk| assert_eq!(both_talk(desk, "pcmu", &secure("2"), true)["codec"], "PCMU"));
}

#[test]
fn encryption_that_is_preferred_gives_way() {
    in_an_office(&PROGRAMS, |desk| assert_eq!(both_talk(desk, "pcmu", &secure("1"), false)["codec"], "PCMU"));
}

/// A phone and Linphone with one codec are in a call, and hear each other; the call as the phone has it at the end.
fn linphone_talks(desk: &Desk, codec: &str, settings: &[(&str, &str)], begin: impl FnOnce(&mut Unit, &mut Linphone)) {
    let (said, heard) = (desk.place("said.wav"), desk.place("heard.wav"));
    voice::tone(&said, OWN_PITCH);
    let device = format!("wav:{},{}", said.display(), heard.display());
    let mut unit = registered(desk, settings, &["--audio", &device]);
    let mut linphone = Linphone::start(desk, codec);
    begin(&mut unit, &mut linphone);
    assert_eq!(unit.until_call("talking")["codec"], codec);
    unit.until_voice("some", |voice| voice["received"].as_u64().filter(|received| *received >= 100));
    linphone.tell("58");
    unit.hears("58");
    unit.tell(&json!({ "command": "dtmf", "digits": "7" }));
    linphone.says("Receiving tone 7");
    let voice = unit.state()["calls"][0]["voice"].take();
    unit.does("hang-up");
    unit.until_free();
    linphone.heard(OWN_PITCH);
    unit.quit();
    assert!(voice::has_pitch(&heard, linphone::PITCH), "Linphone was not heard");
    assert!(voice["mos"].as_f64().is_some_and(|mos| mos > 3.0), "{voice}");
}

#[test]
fn narrow_voice_goes_both_ways() {
    in_an_office(&["sipp", linphone::PROGRAM], |desk| {
        linphone_talks(desk, "G729", &[], |unit, _| {
            unit.call("202");
        });
    });
}

#[test]
fn narrow_voice_goes_both_ways_in_calls_of_others() {
    in_an_office(&["sipp", linphone::PROGRAM], |desk| {
        linphone_talks(desk, "G729", &[], |unit, linphone| {
            linphone.calls(NUMBER, PHONE);
            unit.until_call("ringing");
            unit.does("answer");
        });
    });
}

#[test]
fn linphone_hears_wide_voice() {
    in_an_office(&["sipp", linphone::PROGRAM], |desk| {
        linphone_talks(desk, "G722", &[], |unit, _| {
            unit.call("202");
        });
    });
}

#[test]
fn linphone_hears_opus() {
    in_an_office(&["sipp", linphone::PROGRAM], |desk| {
        linphone_talks(desk, "opus", &[("CODEC_OPUS_ENABLE_1", "Y")], |unit, _| {
            unit.call("202");
        });
    });
}
