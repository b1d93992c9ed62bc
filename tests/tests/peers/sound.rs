//! Voice both ways by each codec that the other make of phone has, encrypted and not.

use serde_json::Value;

use crate::network::{Desk, OFFICE, in_an_office};
use crate::proxy::Proxy;
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
