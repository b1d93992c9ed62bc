//! What a packet costs: of the peer, of a stranger, protected, and on its way through the jitter buffer; and what an answer does.

#![expect(clippy::unwrap_used, reason = "a bench may stop")]

use std::net::SocketAddr;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use offhook_media::Codec;
use offhook_media::engine::Delays;
use offhook_media::jitter::Buffer;
use offhook_media::rtp::{Config, MAX_PACKET, Outgoing, Packet, Session};
use offhook_media::sdp::{Keys, Local, Negotiator, Policy, Security, Stance};
use offhook_media::srtp::{MASTER_LENGTH, Master, Suite};

fn session(seed: u64, keys: Option<Keys>) -> Session {
    let config = Config {
        seed,
        remote: Some(([192, 0, 2, 1], 4000).into()),
        remote_rtcp: None,
        clock_rate: 8000,
        report_interval: Duration::from_secs(5),
        name: String::new(),
        keys,
        epoch: Duration::ZERO,
    };
    Session::new(Duration::ZERO, config)
}

fn packets(criterion: &mut Criterion) {
    let master = Master([7; MASTER_LENGTH]);
    let keys = Keys { suite: Suite::AesCm128HmacSha1_80, send: master, receive: master };
    let mut group = criterion.benchmark_group("rtp");
    group.throughput(Throughput::Elements(1));
    for (name, keys) in [("there and back", None), ("there and back, protected", Some(keys))] {
        let (mut here, mut there) = (session(1, keys), session(2, keys));
        let (mut buffer, mut time) = ([0; MAX_PACKET], 0u32);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let now = Duration::from_millis(u64::from(time / 8));
                let outgoing = Outgoing { payload_type: 0, marker: false, time, since: 0, payload: &[0x55; 160] };
                let length = here.send(now, outgoing, &mut buffer).unwrap();
                let from: SocketAddr = ([192, 0, 2, 1], 4000).into();
                there.receive(now, from, &mut buffer[..length], |_| Some(8000)).unwrap().packet.timestamp
            });
            time = time.wrapping_add(160);
        });
    }
    let mut there = session(2, None);
    let mut flood = [0x55; 172];
    flood[0] = 0x80;
    let mut number = 0u32;
    group.bench_function("of strangers", |bencher| {
        bencher.iter(|| {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            flood[8..12].copy_from_slice(&number.to_be_bytes());
            let from: SocketAddr = (number.to_be_bytes(), (number >> 7) as u16).into();
            there.receive(Duration::from_micros(u64::from(number)), from, &mut flood, |_| Some(8000)).is_err()
        });
    });
    let bounds = Delays {
        minimum: Duration::from_millis(20),
        initial: Duration::from_millis(20),
        maximum: Duration::from_millis(200),
    };
    let mut buffer = Buffer::new(bounds);
    let mut sequence = 0u16;
    let mut now = Duration::ZERO;
    group.bench_function("through the jitter buffer", |bencher| {
        bencher.iter(|| {
            sequence = sequence.wrapping_add(1);
            now += Duration::from_millis(20);
            let timestamp = (now.as_millis() * 8) as u32;
            let packet = Packet { marker: false, payload_type: 0, sequence, timestamp, ssrc: 1, payload: &[0x55; 160] };
            buffer.put(now, &packet, 160, 0);
            buffer.next(now, Duration::ZERO).1
        });
    });
}

fn answers(criterion: &mut Criterion) {
    let policy = Policy {
        codecs: Codec::ALL.to_vec(),
        annex_b_refused: false,
        packet_time: Duration::from_millis(20),
        telephone_event: Some(101),
        user: "-".to_owned(),
        hold_by_zero_address: true,
        closed_on_hold: true,
        rtcp: true,
        rtcp_by_sdp: false,
        security: Security::Off,
        global_address: None,
    };
    let local = Local { address: ([192, 0, 2, 1], 16000).into(), master: Master([7; MASTER_LENGTH]) };
    let offer = Negotiator::new(policy.clone(), local, 1).offer(Stance::Talk);
    criterion.bench_function("sdp/an answer", |bencher| {
        bencher
            .iter(|| Negotiator::new(policy.clone(), local, 1).answer(offer.as_bytes(), Stance::Talk).unwrap().len());
    });
}

criterion_group!(benches, packets, answers);
criterion_main!(benches);
