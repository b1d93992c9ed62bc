//! How many messages a core reads and writes in a second. The goal is 300,000.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use offhook_sip::message::datagram;

const INVITE: &[u8] = b"INVITE sip:2002@192.0.2.10:5060 SIP/2.0\r\n\
Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK9d3b.4a5b6c7d8e9f00112233445566778899.0\r\n\
Via: SIP/2.0/UDP 192.0.2.31:5060;branch=z9hG4bK00f1e2d3c4b5a69788796a5b4c3d2e1f;rport=5060;received=192.0.2.31\r\n\
Record-Route: <sip:192.0.2.10;lr;ftag=8a9b0c1d>\r\n\
Max-Forwards: 69\r\n\
From: \"Alice Example\" <sip:2001@example.com>;tag=8a9b0c1d2e3f4a5b\r\n\
To: <sip:2002@example.com>\r\n\
Call-ID: 7c6b5a49382716f5e4d3c2b1a0998877@192.0.2.31\r\n\
CSeq: 102 INVITE\r\n\
Contact: <sip:2001@192.0.2.31:5060>\r\n\
Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, PRACK, UPDATE, INFO\r\n\
Supported: 100rel, replaces, timer\r\n\
User-Agent: Panasonic_KX-UT670/01.221 (0080f0abcdef)\r\n\
Content-Type: application/sdp\r\n\
\r\n\
v=0\r\no=- 1700000000 1700000000 IN IP4 192.0.2.31\r\ns=-\r\nc=IN IP4 192.0.2.31\r\nt=0 0\r\nm=audio 16000 RTP/AVP 9 8 0 18 101\r\n\
a=rtpmap:9 G722/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n";

fn messages(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("messages");
    group.throughput(Throughput::Elements(1));
    let message = datagram(INVITE).expect("it is a good message");
    let invite = message.to_bytes();
    group.bench_function("read", |bencher| bencher.iter(|| datagram(black_box(&invite))));
    group.bench_function("write", |bencher| bencher.iter(|| black_box(&message).to_bytes()));
    group.bench_function("read and write", |bencher| {
        bencher.iter(|| datagram(black_box(&invite)).map(|message| message.to_bytes()));
    });
    group.finish();
}

criterion_group!(benches, messages);
criterion_main!(benches);
