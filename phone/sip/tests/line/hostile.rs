//! What nobody means well: mutated messages and bodies by the thousand, while a call is up.

use std::fs;
use std::path::Path;

use offhook_sip::call::{Body, Dial, Event};
use offhook_sip::event::lamps::Lamps;
use offhook_sip::event::{dialogs, feature, list, summary};
use offhook_sip::line;
use offhook_sip::message::{MediaType, Method, Name, Response};
use offhook_sip::subscription::Wish;
use offhook_sip::transaction::Load;

use crate::world::{Random, World, registrar, seconds};

const SERVER: &str = "192.0.2.10:5060";
const STRANGER: &str = "198.51.100.66:5060";

/// Spoils texts.
struct Mutator(Random);

impl Mutator {
    fn below(&mut self, limit: usize) -> usize {
        self.0.below(limit as u64) as usize
    }

    /// Changes a text in a few places.
    fn mutate(&mut self, text: &[u8], other: &[u8]) -> Vec<u8> {
        let mut out = text.to_vec();
        for _ in 0..=self.below(4) {
            let (from, to) = (self.below(out.len()), self.below(out.len()));
            let (from, to) = (from.min(to), from.max(to));
            match self.below(6) {
                0 => drop(out.drain(from..to.min(from + 20))),
                1 if !out.is_empty() => out[from] = self.below(256) as u8,
                2 => out.truncate(to),
                3 => {
                    let piece = out[from..to.min(from + 200)].to_vec();
                    out.splice(from..from, piece);
                }
                4 => {
                    let start = self.below(other.len());
                    let piece = other[start..other.len().min(start + 100)].to_vec();
                    out.splice(from..to, piece);
                }
                _ => out.extend_from_slice(b"\r\n"),
            }
        }
        out
    }
}

/// The messages of RFC 4475, and those that a line gets in the course of a day.
fn messages() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rfc4475");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut all: Vec<_> = files.iter().map(|file| fs::read(file).unwrap()).collect();
    for method in
        ["INVITE", "BYE", "CANCEL", "ACK", "NOTIFY", "REFER", "UPDATE", "INFO", "PRACK", "OPTIONS", "SUBSCRIBE"]
    {
        all.push(
            format!(
                "{method} sip:2001@192.0.2.31:5060 SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1;rport\r\n\
                 Max-Forwards: 70\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:2001@x>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 {method}\r\n\
                 Contact: <sip:a@h>\r\nEvent: check-sync\r\nRefer-To: <sip:x@y?Replaces=1>\r\nRAck: 1 1 INVITE\r\n\
                 Session-Expires: 90\r\nReplaces: 1;to-tag=1;from-tag=2\r\nSupported: 100rel, timer\r\n\r\n"
            )
            .into_bytes(),
        );
        let text = String::from_utf8_lossy(&all[all.len() - 1]).replace(";tag=2", "");
        all.push(text.into_bytes());
    }
    all.push(
        b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.31:5060;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n\
        To: <sip:c@d>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n"
            .to_vec(),
    );
    all
}

#[test]
fn a_call_outlives_junk() {
    let mut world = World::new(&[]);
    world.server(SERVER, |request| {
        if request.method == Method::Ack {
            return None;
        }
        let mut answer = registrar(request)?;
        if request.method == Method::Invite {
            answer.headers.set(Name::Contact, "<sip:callee@192.0.2.10>");
            answer.headers.push(Name::ContentType, "application/sdp");
            answer.body = b"answer".to_vec();
        }
        Some(answer)
    });
    world.start();
    world.run(seconds(1));
    world.line.subscribe(world.now, Wish::dialogs("sip:2002@192.0.2.10"));
    let dial = Dial { target: "2002".into(), offer: Some(Body::sdp("offer")), hide: None, place: None };
    let now = world.now;
    world.line.calls(now, |calls| calls.dial(now, dial)).unwrap();
    world.run(seconds(1));

    let messages = messages();
    let mut random = Mutator(Random(7));
    for round in 0..20_000 {
        let text = &messages[random.below(messages.len())];
        let bytes = random.mutate(text, &messages[round % messages.len()]);
        world.datagram(if round % 3 == 0 { SERVER } else { STRANGER }, &bytes);
        world.answers.clear();
        if round % 100 == 0 {
            world.run(seconds(1));
        }
    }
    let load = world.line.load();
    assert!(load.servers <= 2 * 4096, "{load:?}");
    let ended = |event: &line::Event| matches!(event, line::Event::Call(Event::Ended { .. }));
    // Calls that junk has begun may end; ours is the first one.
    let ours = world.events.iter().find_map(|(_, event)| match event {
        line::Event::Call(Event::Answered { call, .. }) => Some(*call),
        _ => None,
    });
    let ours = ours.unwrap();
    assert!(!world.events.iter().any(|(_, event)| {
        ended(event) && matches!(event, line::Event::Call(Event::Ended { call, .. }) if *call == ours)
    }));
    world.line.calls(world.now, |calls| calls.hang_up(ours)).unwrap();
    world.run(seconds(300));
    assert!(
        world
            .events
            .iter()
            .any(|(_, event)| matches!(event, line::Event::Call(Event::Ended { call, .. }) if *call == ours))
    );
    assert!(world.heard.iter().any(|heard| heard.request().method == Method::Bye));
}

/// Nothing is left of a flood of requests once their transactions are over.
#[test]
fn a_flood_leaves_nothing() {
    let mut world = World::new(&[]);
    world.server(SERVER, registrar);
    world.start();
    world.run(seconds(1));
    for number in 0..15_000u64 {
        let text = format!(
            "OPTIONS sip:2001@192.0.2.31 SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK{number}\r\nFrom: <sip:a@b>;tag=1\r\n\
             To: <sip:2001@x>\r\nCall-ID: {number}\r\nCSeq: 1 OPTIONS\r\n\r\n"
        );
        world.datagram(STRANGER, text.as_bytes());
        world.answers.clear();
        if number % 1500 == 1499 {
            world.run(seconds(1));
        }
    }
    world.run(seconds(60));
    assert_eq!(world.line.load(), Load { clients: 0, servers: 0 });
    assert_eq!(world.ask(STRANGER, "OPTIONS", "").map(|answer: Response| answer.status), Some(200));
}

#[test]
fn mutated_bodies() {
    let document = |n: usize| {
        format!(
            "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"{n}\" state=\"full\" entity=\"sip:{n}@x\">\
             <dialog id=\"1\" direction=\"recipient\"><state>early</state><remote><identity>sip:a@x</identity></remote>\
             </dialog></dialog-info>"
        )
    };
    let list = format!(
        "--b\r\nContent-ID: <l>\r\nContent-Type: application/rlmi+xml\r\n\r\n<list uri=\"sip:l@x\" version=\"0\" \
         fullState=\"true\"><resource uri=\"sip:a@x\"><instance id=\"1\" state=\"active\" cid=\"a\"/></resource></list>\r\n\
         --b\r\nContent-ID: <a>\r\nContent-Type: application/dialog-info+xml\r\n\r\n{}\r\n--b--\r\n",
        document(0)
    );
    let forward = "<ForwardingEvent><forwardingType>forwardBusy</forwardingType><forwardStatus>true</forwardStatus>\
        <forwardTo>2</forwardTo></ForwardingEvent>";
    let summary = "Messages-Waiting: yes\r\nVoice-Message: 2/8 (0/2)\r\n";
    let bodies = [document(1), list, forward.to_owned(), summary.to_owned()];
    let related = MediaType::parse("multipart/related;boundary=b").unwrap();
    let feature_type = MediaType::parse(feature::TYPE).unwrap();
    let mut random = Mutator(Random(11));
    let mut lamps = Lamps::default();
    let mut good = 0;
    for round in 0..40_000 {
        let other = &bodies[random.below(4)];
        let body = random.mutate(bodies[round % 4].as_bytes(), other.as_bytes());
        match dialogs::read(&body) {
            Ok(document) => {
                good += 1;
                lamps.apply(document);
            }
            Err(fault) => assert!((400..500).contains(&fault.status())),
        }
        if let Ok(list) = list::read(&related, &body) {
            good += 1;
            lamps.apply_list(list);
        }
        good += usize::from(feature::read(&feature_type, &body).is_ok());
        good += usize::from(summary::read(&body).is_ok());
    }
    assert!(good > 1000, "mutations are not all fatal: {good}");
}
