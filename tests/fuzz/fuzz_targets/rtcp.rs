//! Takes any bytes as reports of the other side.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use offhook_media::rtcp::{Block, Item, read};
use offhook_media::rtp::{Config, Session};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(items) = read(bytes) {
        for item in items {
            if let Item::Sender { blocks, .. } | Item::Receiver { blocks, .. } = item {
                assert!(blocks.len() < 32);
                blocks.iter().map(Block::read).for_each(|block| assert!(block.lost.abs() <= 1 << 23));
            }
        }
    }
    let peer = ([192, 0, 2, 1], 4001).into();
    let config = Config {
        seed: 1,
        remote: Some(([192, 0, 2, 1], 4000).into()),
        remote_rtcp: Some(peer),
        clock_rate: 8000,
        report_interval: Duration::from_secs(5),
        name: "desk".to_owned(),
        keys: None,
        epoch: Duration::from_secs(1),
    };
    let mut session = Session::new(Duration::ZERO, config);
    for piece in bytes.chunks(200) {
        let _ = session.receive_rtcp(Duration::from_secs(9), peer, &mut piece.to_vec());
    }
    let mut out = [0; 400];
    let length = session.report(Duration::from_secs(10), &mut out).expect("a report is due");
    assert!(read(&out[..length]).is_ok());
});
