//! Tells what any datagram is; what it is taken for has at least its head.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offhook_media::demux::{Kind, kind};

fuzz_target!(|bytes: &[u8]| {
    match kind(bytes) {
        Kind::Rtp => assert!(bytes.len() >= 12 && bytes[0] >> 6 == 2),
        Kind::Rtcp => assert!(bytes.len() >= 8 && bytes[0] >> 6 == 2),
        Kind::Stun => assert!(bytes.len() >= 20 && bytes[0] >> 6 == 0 && bytes.len() % 4 == 0),
        Kind::Other => {}
    }
});
