//! Reads any bytes as SIP, from a datagram and from a stream; what is read is written and read the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offhook_sip::message::{Framer, Known, datagram};

fuzz_target!(|bytes: &[u8]| {
    match datagram(bytes) {
        Ok(message) => {
            let headers = message.headers();
            let _ = (headers.event(), headers.subscription_state(), headers.refer_to(), headers.replaces());
            let _ = (headers.content_type(), headers.session_expires(), headers.rack(), headers.contact());
            for name in [Known::Diversion, Known::PAssertedIdentity, Known::HistoryInfo] {
                headers.addresses(name).flatten().for_each(|address| assert!(address.uri.matches(&address.uri)));
            }
            assert_eq!(datagram(&message.to_bytes()), Ok(message));
        }
        Err(malformed) => {
            let answer = malformed.answer("tag").map(|answer| answer.to_bytes().len());
            assert!(answer.is_none_or(|length| length < 2 * bytes.len() + 200));
        }
    }
    let mut framer = Framer::new();
    for piece in bytes.chunks(97) {
        framer.push(piece);
        while let Ok(Some(_)) = framer.next_frame() {}
    }
});
