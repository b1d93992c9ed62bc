//! Reads any bytes as a session description, answers it, and takes it for an answer.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use offhook_media::Codec;
use offhook_media::sdp::{Local, Negotiator, Policy, Security, Stance, read};
use offhook_media::srtp::{MASTER_LENGTH, Master};

fuzz_target!(|bytes: &[u8]| {
    for security in [Security::Off, Security::Preferred, Security::Required] {
        let policy = Policy {
            codecs: Codec::ALL.to_vec(),
            annex_b_refused: true,
            packet_time: Duration::from_millis(20),
            telephone_event: Some(101),
            user: "-".to_owned(),
            hold_by_zero_address: true,
            closed_on_hold: true,
            rtcp: true,
            rtcp_by_sdp: true,
            security,
            global_address: None,
        };
        let local = Local { address: ([192, 0, 2, 31], 16000).into(), master: Master([7; MASTER_LENGTH]) };
        let mut phone = Negotiator::new(policy, local, 1);
        if let Ok(text) = phone.answer(bytes, Stance::Talk) {
            let (offer, answer) = (read(bytes), read(text.as_bytes()));
            assert_eq!(offer.map(|offer| offer.media.len()), answer.map(|answer| answer.media.len()));
        }
        let before = phone.agreed().cloned();
        let offer = phone.offer(Stance::Hold);
        assert!(read(offer.as_bytes()).is_ok());
        if phone.answered(bytes).is_err() {
            assert_eq!(phone.agreed(), before.as_ref());
        }
    }
});
