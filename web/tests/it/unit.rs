//! A unit in the middle of things: files that came and did not, lines that are up and are not, and calls.

use std::time::Duration;

use offhook_config::Severity;
use offhook_settings::Layer;
use offhook_web::unit::{
    Call, CallState, Calls, Direction, FarEnd, FetchedFile, FileResult, Finding, FirmwareUpdate, Line, Media,
    NextFetch, Pace, Provisioning, Registration, Round,
};

/// Text from a server that would be script.
const SCRIPT: &str = "<script>alert(1)</script>";

pub(crate) fn provisioning() -> Provisioning {
    let finding = Finding {
        severity: Severity::Error,
        code: "unknown-name".into(),
        line: 7,
        column: 1,
        message: format!("there is no setting {SCRIPT}"),
        remedy: Some("write <NAME>".into()),
    };
    let master = FetchedFile {
        layer: Layer::Master,
        url: "http://me:***@h.example/sip.cfg".into(),
        result: FileResult::InForce,
        told: "in force, 2 settings change".into(),
        findings: Vec::new(),
        found: 0,
    };
    let standard = FetchedFile {
        layer: Layer::Standard,
        url: "http://h.example/1.cfg".into(),
        result: FileResult::Refused,
        told: "refused as a whole: the header line is missing".into(),
        findings: vec![finding],
        found: 3,
    };
    Provisioning {
        busy: true,
        next: Some(NextFetch { after: Duration::from_secs(7500), cause: "interval".into() }),
        last: Some(Round {
            at: Some("2026-11-25T03:00:00Z".parse().expect("a time")),
            cause: "daily".into(),
            files: vec![master, standard],
            rules: vec!["RTP_PORT_MIN is too large".into()],
        }),
        firmware: Some(FirmwareUpdate {
            at: None,
            version: "01.230".into(),
            url: "http://h.example/01.230.img".into(),
            fault: Some("the signature is of no known key".into()),
        }),
    }
}

pub(crate) fn calls() -> Calls {
    let line = |number, registration, reason: Option<&str>| Line {
        number,
        phone_number: format!("100{number}"),
        registration,
        server: Some("192.0.2.7:5060".into()),
        reason: reason.map(str::to_owned),
    };
    let media = Media {
        codec: "PCMU".into(),
        encrypted: true,
        sent: 1000,
        received: 990,
        lost: 10,
        discarded: 2,
        jitter: Duration::from_micros(3500),
        buffer: Duration::from_millis(40),
        round_trip: Some(Duration::from_millis(41)),
        far: Some(FarEnd { loss: 0.02, jitter: Duration::from_millis(5) }),
        mos: Some(4.18),
    };
    let talk = Call {
        id: 1,
        line: 1,
        direction: Direction::Outgoing,
        state: CallState::Connected,
        peer: "911".into(),
        name: SCRIPT.into(),
        lasts: Duration::from_secs(62),
        media: Some(media),
    };
    let waiting = Call {
        id: 2,
        direction: Direction::Incoming,
        state: CallState::Ringing,
        peer: "+4930123".into(),
        name: String::new(),
        media: None,
        ..talk.clone()
    };
    Calls {
        lines: vec![line(1, Registration::Registered, None), line(2, Registration::Failed, Some("403 Forbidden"))],
        calls: vec![talk, waiting],
        pace: Pace { frames: 6200, late: 3, worst: Duration::from_micros(14_500) },
    }
}
