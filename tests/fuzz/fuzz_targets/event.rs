//! Reads any bytes as the body of each event package, and lets lamps follow what they say.
#![no_main]

use libfuzzer_sys::fuzz_target;
use offhook_sip::event::lamps::Lamps;
use offhook_sip::event::{Content, dialogs, feature, list, summary};
use offhook_sip::message::{MediaType, Message, datagram};

fuzz_target!(|bytes: &[u8]| {
    let _ = summary::read(bytes);
    let mut lamps = Lamps::default();
    if let Ok(document) = dialogs::read(bytes) {
        lamps.apply(document.clone());
        lamps.apply(document);
    }
    // The first line may say how the parts are told apart.
    let boundary = bytes.split(|byte| *byte == b'\n').next().and_then(|line| std::str::from_utf8(line).ok());
    let boundary = boundary.map(|line| line.trim().trim_start_matches("--")).filter(|text| text.len() < 70);
    for kind in ["multipart/related", "multipart/mixed", "application/x-as-feature-event+xml"] {
        let text = format!("{kind};boundary=\"{}\"", boundary.unwrap_or_default().replace(['"', '\\'], ""));
        let Some(media) = MediaType::parse(&text) else { continue };
        if let Ok(list) = list::read(&media, bytes) {
            lamps.apply_list(list);
        }
        for feature in feature::read(&media, bytes).unwrap_or_default() {
            assert!(!feature.request().is_empty());
        }
    }
    assert!(lamps.all().all(|lamp| lamp.dialogs.len() <= dialogs::MAX_DIALOGS));
    if let Ok(Message::Request(request)) = datagram(bytes) {
        for package in ["message-summary", "dialog", "as-feature-event", "call-info", "line-seize"] {
            let _ = Content::read(package, &request);
        }
    }
});
