//! Takes any bytes as packets of a call, from its peer and from strangers, through the session to what is heard.
//!
//! Each packet begins with its length, and with an octet that says from whom and how long after the one before it comes.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use offhook_media::Codec;
use offhook_media::engine::Delays;
use offhook_media::event;
use offhook_media::jitter::Buffer;
use offhook_media::rtp::{Config, Session};
use offhook_media::sdp::Keys;
use offhook_media::srtp::{MASTER_LENGTH, Master, Suite};

fuzz_target!(|bytes: &[u8]| {
    let master = Master([7; MASTER_LENGTH]);
    let keys = Keys { suite: Suite::AesCm128HmacSha1_32, send: master, receive: master };
    for keys in [None, Some(keys)] {
        let config = Config {
            seed: 1,
            remote: Some(([192, 0, 2, 1], 4000).into()),
            remote_rtcp: None,
            clock_rate: 8000,
            report_interval: Duration::from_secs(5),
            name: String::new(),
            keys,
            epoch: Duration::ZERO,
        };
        let mut now = Duration::ZERO;
        let mut session = Session::new(now, config);
        let (minimum, maximum) = (Duration::from_millis(20), Duration::from_millis(200));
        let mut buffer = Buffer::new(Delays { minimum, initial: minimum, maximum });
        let mut receiver = event::Receiver::new();
        let mut rest = bytes;
        while let [length, how, packets @ ..] = rest {
            let (packet, behind) = packets.split_at(usize::from(*length).min(packets.len()));
            rest = behind;
            now += Duration::from_millis(u64::from(how & 0x3f));
            let mut packet = packet.to_vec();
            let from = ([192, 0, 2, how >> 6], 4000).into();
            if let Ok(received) = session.receive(now, from, &mut packet, clock_of) {
                let packet = received.packet;
                if received.restarted {
                    buffer.restart();
                    receiver.restart();
                }
                if packet.payload_type == 101 {
                    receiver.receive(now, 48_000, packet.timestamp, packet.marker, packet.payload);
                    buffer.pass(packet.sequence);
                } else {
                    let quiet = Codec::G729.quiet_after(packet.payload);
                    buffer.put(now, &packet, Codec::Pcmu.duration(packet.payload), quiet);
                }
            }
            buffer.next(now, Duration::ZERO);
            receiver.timeout(now);
            while receiver.poll().is_some() {}
        }
        let statistics = session.statistics();
        assert!(statistics.received as usize <= bytes.len());
    }
});

/// As if half of the payload types went by the clock of Opus.
fn clock_of(payload_type: u8) -> Option<u32> {
    (payload_type != 101).then_some(if payload_type < 64 { 8000 } else { 48_000 })
}
