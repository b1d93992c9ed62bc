//! Two sessions over a network that loses, doubles and reorders, and those who want in.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::net::SocketAddr;
use std::time::Duration;

use offhook_media::rtp::{Config, MAX_PACKET, Outgoing, Packet, Refused, Session};
use offhook_media::sdp::Keys;
use offhook_media::srtp::{Inbound, MASTER_LENGTH, Master, Outbound, Refusal, Suite};
use proptest::prelude::*;

const HERE: &str = "192.0.2.31:16000";
const THERE: &str = "198.51.100.7:4000";

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn above(rtp: &str) -> SocketAddr {
    let rtp = address(rtp);
    SocketAddr::new(rtp.ip(), rtp.port() + 1)
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn config(seed: u64, remote: &str, keys: Option<Keys>) -> Config {
    Config {
        seed,
        remote: Some(address(remote)),
        remote_rtcp: Some(above(remote)),
        clock_rate: 8000,
        report_interval: Duration::from_secs(5),
        name: "desk@192.0.2.31".to_owned(),
        keys,
        epoch: Duration::from_secs(3_900_000_000),
    }
}

/// Two sessions that know each other's addresses.
fn pair(keys: Option<Keys>) -> (Session, Session) {
    (Session::new(ms(0), config(1, THERE, keys)), Session::new(ms(0), config(2, HERE, keys.map(mirrored))))
}

/// The keys of the other side.
fn mirrored(keys: Keys) -> Keys {
    Keys { send: keys.receive, receive: keys.send, ..keys }
}

fn keys() -> Keys {
    Keys { suite: Suite::AesCm128HmacSha1_80, send: Master([1; MASTER_LENGTH]), receive: Master([2; MASTER_LENGTH]) }
}

/// The next packet of 20 ms.
fn voice(session: &mut Session, now: Duration, number: u32) -> Vec<u8> {
    let mut out = [0; MAX_PACKET];
    let payload = [number as u8; 160];
    let outgoing = Outgoing { payload_type: 0, marker: number == 0, time: number * 160, since: 0, payload: &payload };
    let length = session.send(now, outgoing, &mut out).unwrap();
    out[..length].to_vec()
}

fn take(session: &mut Session, now: Duration, from: &str, mut bytes: Vec<u8>) -> Result<(u16, bool), Refused> {
    let received = session.receive(now, address(from), &mut bytes, |_| Some(8000))?;
    assert_eq!(received.packet.payload.len(), 160);
    assert_eq!(received.packet.payload[0], received.packet.payload[159]);
    Ok((received.packet.sequence, received.restarted))
}

#[test]
fn voice_and_reports_cross() {
    for keys in [None, Some(keys())] {
        let (mut here, mut there) = pair(keys);
        let mut reports = 0;
        for packet in 0..1000 {
            let now = ms(u64::from(packet) * 20);
            // The way there takes 30 ms, the way back 50; every tenth packet there is lost.
            let (at_there, at_here) = (now + ms(30), now + ms(50));
            let (out, back) = (voice(&mut here, now, packet), voice(&mut there, now, packet));
            if packet % 10 != 5 {
                let (_, restarted) = take(&mut there, at_there, HERE, out).unwrap();
                assert_eq!(restarted, packet == 0);
            }
            take(&mut here, at_here, THERE, back).unwrap();
            let mut buffer = [0; 400];
            if let Some(length) = here.report(now, &mut buffer) {
                there.receive_rtcp(at_there, above(HERE), &mut buffer[..length]).unwrap();
                reports += 1;
            }
            if let Some(length) = there.report(now, &mut buffer) {
                here.receive_rtcp(at_here, above(THERE), &mut buffer[..length]).unwrap();
            }
        }
        assert!((3..=4).contains(&reports), "every 5 s of 20: {reports}");
        let (ours, theirs) = (here.statistics(), there.statistics());
        assert_eq!((ours.sent, ours.received, ours.lost, ours.refused), (1000, 1000, 0, 0));
        assert_eq!((theirs.received, theirs.lost), (900, 100));
        assert_eq!(theirs.octets_received, 900 * 160);
        let reported = ours.reported.unwrap();
        assert!((20..=30).contains(&reported.fraction_lost), "a tenth of 256: {reported:?}");
        for statistics in [ours, theirs] {
            let round_trip = statistics.round_trip.unwrap();
            assert!(round_trip > ms(79) && round_trip < ms(81), "{round_trip:?}");
            assert!(statistics.jitter < ms(1));
        }
        // The end.
        let mut buffer = [0; 400];
        let length = here.goodbye(ms(20_000), &mut buffer).unwrap();
        there.receive_rtcp(ms(20_030), above(HERE), &mut buffer[..length]).unwrap();
        assert!(there.is_left() && here.next_timeout().is_none());
    }
}

#[test]
fn doubled_late_and_broken_packets_are_told_apart() {
    for keys in [None, Some(keys())] {
        let (mut here, mut there) = pair(keys);
        let packets: Vec<_> = (0..5).map(|packet| voice(&mut here, ms(0), packet)).collect();
        for (number, expected) in [(0, Ok(())), (2, Ok(())), (1, Ok(())), (1, Err(Refused::Doubled)), (4, Ok(()))] {
            let got = take(&mut there, ms(0), HERE, packets[number].clone());
            assert_eq!(got.map(|_| ()), expected, "{number}");
        }
        assert!(take(&mut there, ms(0), HERE, packets[3][..11].to_vec()).is_err());
        let statistics = there.statistics();
        assert_eq!((statistics.late, statistics.doubled, statistics.lost), (1, 1, 1));
        assert_eq!(statistics.refused, 1);
    }
}

#[test]
fn a_router_between_is_followed() {
    let (mut here, mut there) = pair(None);
    const ROUTER: &str = "203.0.113.5:50000";
    for packet in 0..10 {
        let now = ms(u64::from(packet) * 20);
        let bytes = voice(&mut here, now, packet);
        let heard = take(&mut there, now, ROUTER, bytes);
        assert_eq!(heard.is_ok(), packet >= 4, "{packet}: {heard:?}");
    }
    assert_eq!(there.remote(), Some(address(ROUTER)));
    assert_eq!(there.remote_rtcp(), Some(above(ROUTER)));
    // Another answer names another address: that is believed, and nobody before it.
    there.change(ms(300), Some(address(THERE)), None, 8000, None);
    assert_eq!((there.remote(), there.remote_rtcp()), (Some(address(THERE)), None));
    assert!(there.next_timeout().is_none());
}

#[test]
fn another_stream_of_the_same_sender_begins_anew() {
    let (mut here, mut there) = pair(None);
    for packet in 0..5 {
        let bytes = voice(&mut here, ms(0), packet);
        if packet != 2 {
            take(&mut there, ms(0), HERE, bytes).unwrap();
        }
    }
    let mut other = Session::new(ms(0), config(77, THERE, None));
    let mut heard = (0..3).map(|packet| {
        let bytes = voice(&mut other, ms(0), packet);
        take(&mut there, ms(0), HERE, bytes).map(|(_, restarted)| restarted)
    });
    assert_eq!(heard.next(), Some(Err(Refused::Probation)));
    assert_eq!(heard.next(), Some(Ok(true)));
    assert_eq!(heard.next(), Some(Ok(false)));
    drop(heard);
    assert_eq!((there.statistics().received, there.statistics().lost), (6, 1), "both senders count");
    // What the first one reported is no report of the second.
    let last_report = |there: &mut Session, now| {
        let mut report = [0; 400];
        there.report(ms(now), &mut report).expect("one is due");
        assert_eq!(report[1], 201, "a receiver's");
        u32::from_be_bytes([report[24], report[25], report[26], report[27]])
    };
    let mut report = [0; 400];
    let length = other.report(ms(6000), &mut report).unwrap();
    there.receive_rtcp(ms(6000), above(HERE), &mut report[..length]).unwrap();
    assert_ne!(last_report(&mut there, 6000), 0);
    let mut third = Session::new(ms(0), config(78, THERE, None));
    for packet in 0..2 {
        let bytes = voice(&mut third, ms(6000), packet);
        let _ = take(&mut there, ms(6000), HERE, bytes);
    }
    assert_eq!(last_report(&mut there, 12_000), 0);
}

#[test]
fn two_with_the_same_source_part() {
    let (mut here, mut there) = pair(None);
    let mut twin = Session::new(ms(0), config(2, HERE, None));
    assert_eq!(twin.ssrc(), there.ssrc());
    let before = there.ssrc();
    voice(&mut there, ms(0), 0);
    let bytes = voice(&mut twin, ms(0), 0);
    assert_eq!(take(&mut there, ms(0), HERE, bytes.clone()), Err(Refused::Loop));
    assert_ne!(there.ssrc(), before);
    // It takes leave of the old one at once.
    let mut buffer = [0; 400];
    let length = there.report(ms(1), &mut buffer).unwrap();
    assert!(buffer[..length].windows(8).any(|w| w[..2] == [0x81, 203] && w[4..] == before.to_be_bytes()));
    here.receive_rtcp(ms(2), above(THERE), &mut buffer[..length]).unwrap();
    // One that hears itself does not change for ever, but hears what comes back.
    let now = there.ssrc();
    for packet in 1..4 {
        let at = ms(20 * u64::from(packet));
        let own = voice(&mut there, at, packet);
        assert!(take(&mut there, at, HERE, own).is_ok());
    }
    assert_eq!(there.ssrc(), now);
    // Whoever sends everything back sends reports back too.
    let (_, mut there) = pair(None);
    let mut sources = std::collections::BTreeSet::from([there.ssrc()]);
    for packet in 0..500 {
        let at = ms(20 * u64::from(packet));
        let own = voice(&mut there, at, packet);
        let _ = take(&mut there, at, HERE, own);
        if let Some(length) = there.report(at, &mut buffer) {
            let _ = there.receive_rtcp(at, above(HERE), &mut buffer[..length]);
        }
        sources.insert(there.ssrc());
    }
    assert_eq!(sources.len(), 2, "it changes once");
    // A report may show it first.
    let (_, mut there) = pair(None);
    let mut twin = Session::new(ms(0), config(2, HERE, None));
    let mut report = [0; 400];
    let length = twin.report(ms(6000), &mut report).unwrap();
    assert_eq!(there.receive_rtcp(ms(6000), above(HERE), &mut report[..length]), Err(Refused::Loop));
    assert_ne!(there.ssrc(), before);
}

#[test]
fn another_clock_is_another_source() {
    for keys in [None, Some(keys())] {
        let (mut here, mut there) = pair(keys);
        let mut number = 0;
        let mut speak = |here: &mut Session, there: &mut Session, from: u64, clock_rate: u32| {
            let mut heard = Vec::new();
            for packet in 0..100u64 {
                // Every second packet comes 10 ms later.
                let (now, late) = (ms(from + packet * 20), ms(packet % 2 * 10));
                let mut bytes = [0; MAX_PACKET];
                number += 1;
                let time = number * clock_rate / 50;
                let outgoing = Outgoing { payload_type: 107, marker: false, time, since: 0, payload: &[1; 160] };
                let length = here.send(now, outgoing, &mut bytes).unwrap();
                let clock_of = |_| Some(clock_rate);
                let received = there.receive(now + late, address(HERE), &mut bytes[..length], clock_of);
                heard.push(received.map(|received| (received.packet.ssrc, received.restarted)));
                let mut report = [0; 400];
                if let Some(length) = here.report(now, &mut report) {
                    there.receive_rtcp(now, above(HERE), &mut report[..length]).unwrap();
                }
                if let Some(length) = there.report(now, &mut report) {
                    here.receive_rtcp(now, above(THERE), &mut report[..length]).unwrap();
                }
            }
            heard
        };
        let theirs = keys.map(|keys| Keys { send: keys.receive, receive: keys.send, ..keys });
        let first = here.ssrc();
        assert!(speak(&mut here, &mut there, 0, 8000).iter().skip(1).all(|heard| *heard == Ok((first, false))));
        // Again and again, as a call that goes to another codec and back does.
        for (from, clock_rate) in [(10_000, 48_000), (20_000, 8000), (30_000, 48_000)] {
            let before = here.ssrc();
            here.change(ms(from), Some(address(THERE)), Some(above(THERE)), clock_rate, keys);
            there.change(ms(from), Some(address(HERE)), Some(above(HERE)), clock_rate, theirs);
            assert_ne!(here.ssrc(), before);
            let heard = speak(&mut here, &mut there, from, clock_rate);
            assert_eq!(heard[0], Ok((here.ssrc(), true)));
            assert!(heard[1..].iter().all(|heard| *heard == Ok((here.ssrc(), false))));
            assert!(!there.is_left(), "it left the old source, and has another one");
            // Another 8 s, in which the reports about the new source cross.
            for part in 1..5 {
                speak(&mut here, &mut there, from + part * 2000, clock_rate);
            }
            for jitter in [there.statistics().jitter, here.statistics().reported.unwrap().jitter] {
                assert!(jitter > ms(8) && jitter < ms(12), "{clock_rate}: {jitter:?}");
            }
            assert_eq!(there.statistics().lost, 0);
        }
        let mut report = [0; 400];
        here.goodbye(ms(100_000), &mut report).unwrap();
        if keys.is_none() {
            let packets = u32::from_be_bytes([report[20], report[21], report[22], report[23]]);
            assert_eq!((report[1], packets), (200, 500), "packets of a source are its own alone");
        }
    }
}

#[test]
fn nobody_else_drives_a_side_out_of_its_source() {
    for keys in [None, Some(keys())] {
        let (_, mut there) = pair(keys);
        let ssrc = there.ssrc();
        let mut twin = Session::new(ms(0), config(2, HERE, None));
        // A stranger; with keys, also one who writes the peer's address.
        for from in ["203.0.113.66:9", HERE].iter().take(1 + usize::from(keys.is_some())) {
            let bytes = voice(&mut twin, ms(0), 0);
            assert!(take(&mut there, ms(0), from, bytes).is_err_and(|refused| refused != Refused::Loop));
            assert_eq!(there.ssrc(), ssrc);
        }
    }
}

#[test]
fn strangers_do_not_get_in() {
    let (mut here, mut there) = pair(None);
    let mut random = 1u64;
    let mut heard = 0;
    for packet in 0..500 {
        let now = ms(u64::from(packet) * 20);
        let bytes = voice(&mut here, now, packet);
        heard += u32::from(take(&mut there, now, HERE, bytes).is_ok());
        for _ in 0..100 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let from = SocketAddr::new([10, 0, (random >> 40) as u8, 1].into(), (random >> 20) as u16);
            let mut junk: Vec<u8> = (0..172u64).map(|at| (random >> (at % 56)) as u8).collect();
            junk[0] = 0x80;
            assert!(there.receive(now, from, &mut junk, |_| Some(8000)).is_err());
            let mut report = junk.clone();
            report[1] = 201;
            assert!(there.receive_rtcp(now, from, &mut report).is_err());
        }
    }
    assert_eq!(heard, 500);
    let statistics = there.statistics();
    assert_eq!((statistics.received, statistics.lost, statistics.refused), (500, 0, 100_000));
    assert_eq!(there.remote(), Some(address(HERE)));
}

#[test]
fn with_keys_only_the_peer_is_heard_and_wherever_it_is() {
    let (mut here, mut there) = pair(Some(keys()));
    let (mut without_keys, _) = pair(None);
    let bytes = voice(&mut without_keys, ms(0), 0);
    assert!(there.receive(ms(0), address(HERE), &mut bytes.clone(), |_| Some(8000)).is_err());
    for (packet, from) in [HERE, HERE, "203.0.113.5:50000", "203.0.113.5:50000"].into_iter().enumerate() {
        let bytes = voice(&mut here, ms(0), packet as u32);
        assert!(!bytes[12..].starts_with(&[packet as u8; 8]), "encrypted");
        take(&mut there, ms(0), from, bytes).unwrap();
        assert_eq!(there.remote(), Some(address(from)));
    }
    // New keys in the middle of the call.
    let other = Keys { send: Master([3; MASTER_LENGTH]), ..keys() };
    here.change(ms(10), Some(address(THERE)), None, 8000, Some(other));
    let bytes = voice(&mut here, ms(20), 5);
    assert_eq!(take(&mut there, ms(20), HERE, bytes).unwrap_err(), Refused::NotAuthentic);
    there.change(ms(30), Some(address(HERE)), None, 8000, Some(mirrored(other)));
    let bytes = voice(&mut here, ms(40), 6);
    take(&mut there, ms(40), HERE, bytes).unwrap();
}

#[test]
fn after_a_long_call_another_key_or_another_phone_is_understood() {
    let other = Keys { send: Master([3; MASTER_LENGTH]), ..keys() };
    for (remote, new) in [(HERE, other), (HERE, keys()), ("198.51.100.9:6000", keys())] {
        let (mut here, mut there) = pair(Some(keys()));
        // More than one round of numbers.
        for packet in 0..70_000 {
            let bytes = voice(&mut here, ms(u64::from(packet) * 20), packet);
            take(&mut there, ms(u64::from(packet) * 20), HERE, bytes).unwrap();
        }
        let (ssrc, now) = (here.ssrc(), ms(70_000 * 20));
        here.change(now, Some(address(if remote == HERE { THERE } else { remote })), None, 8000, Some(new));
        assert_eq!(here.ssrc() == ssrc, remote == HERE && new == keys());
        if here.ssrc() != ssrc {
            // Somebody who knows nothing of the rounds before.
            there = Session::new(now, config(3, HERE, Some(mirrored(new))));
        }
        let bytes = voice(&mut here, now, 1);
        take(&mut there, now, HERE, bytes).unwrap();
    }
}

#[test]
fn who_counts_on_by_another_key_is_heard_and_who_begins_anew_too() {
    let new = Master([3; MASTER_LENGTH]);
    for counts_on in [true, false] {
        let mut sender = Outbound::new(keys().suite, &keys().send);
        let mut receiver = Inbound::new(keys().suite, &keys().send);
        let mut last = Vec::new();
        let mut send = |sender: &mut Outbound, receiver: &mut Inbound, sequence: u16| {
            let mut bytes = vec![0; 40];
            let payload = [7; 10];
            let packet = Packet { marker: false, payload_type: 0, sequence, timestamp: 1, ssrc: 5, payload: &payload };
            let length = packet.write(&mut bytes).unwrap();
            let length = sender.protect(&mut bytes, length).unwrap();
            bytes.truncate(length);
            last.clone_from(&bytes);
            let length = receiver.unprotect(&mut bytes)?;
            assert_eq!(Packet::read(&bytes[..length]).unwrap().payload, payload);
            Ok::<_, Refusal>(())
        };
        for packet in 0..70_000u32 {
            send(&mut sender, &mut receiver, packet as u16).unwrap();
        }
        let number = 70_000u32 as u16;
        // Under the first of the new keys nothing is sent.
        receiver = receiver.with_key(keys().suite, &Master([5; MASTER_LENGTH])).with_key(keys().suite, &new);
        assert_eq!(send(&mut sender, &mut receiver, number), Err(Refusal::Authentication));
        let mut renewed = Outbound::new(keys().suite, &new);
        if counts_on {
            // By the new key from the start, but only what comes now is sent.
            for packet in 0..=70_000u32 {
                let mut bytes = vec![0; 40];
                let packet = packet as u16;
                let packet =
                    Packet { marker: false, payload_type: 0, sequence: packet, timestamp: 1, ssrc: 5, payload: &[] };
                let length = packet.write(&mut bytes).unwrap();
                renewed.protect(&mut bytes, length).unwrap();
            }
        }
        for ahead in 1..10 {
            send(&mut renewed, &mut receiver, number + ahead).unwrap();
        }
        assert_eq!(receiver.unprotect(&mut last), Err(Refusal::Replay));
    }
}

#[test]
fn a_key_that_comes_back_serves_for_no_number_twice() {
    let (mut here, mut there) = pair(Some(keys()));
    let mut buffer = [0; 400];
    // Beyond the first round of numbers.
    for packet in 0..70_000 {
        let bytes = voice(&mut here, ms(u64::from(packet) * 20), packet);
        take(&mut there, ms(u64::from(packet) * 20), HERE, bytes).unwrap();
    }
    let (ssrc, now) = (here.ssrc(), ms(70_000 * 20));
    let replayed = voice(&mut here, now, 70_000);
    take(&mut there, now, HERE, replayed.clone()).unwrap();
    here.change(now, Some(address(THERE)), Some(address(THERE)), 8000, None);
    there.change(now, Some(address(HERE)), None, 8000, None);
    let bytes = voice(&mut here, now + ms(20), 70_001);
    take(&mut there, now + ms(20), HERE, bytes).unwrap();
    here.change(now, Some(address(THERE)), Some(address(THERE)), 8000, Some(keys()));
    there.change(now, Some(address(HERE)), None, 8000, Some(mirrored(keys())));
    assert_ne!(here.ssrc(), ssrc);
    let bytes = voice(&mut here, now + ms(40), 70_002);
    take(&mut there, now + ms(40), HERE, bytes).unwrap();
    here.report(now + ms(60), &mut buffer).expect("another source makes itself known");
    // With the other of the two tags, or the same, what came does not come again.
    for suite in [keys().suite, Suite::AesCm128HmacSha1_32] {
        there.change(now, Some(address(HERE)), None, 8000, Some(mirrored(Keys { suite, ..keys() })));
        let length = replayed.len() - (keys().suite.tag_length() - suite.tag_length());
        assert_eq!(take(&mut there, now + ms(80), HERE, replayed[..length].to_vec()).unwrap_err(), Refused::Doubled);
    }
}

#[test]
fn what_is_late_of_the_source_that_moved_away_does_not_keep_its_successor_out() {
    let (mut here, mut there) = pair(Some(keys()));
    let first = voice(&mut here, ms(0), 0);
    let late = voice(&mut here, ms(20), 1);
    take(&mut there, ms(20), HERE, first).unwrap();
    // The call goes on at another phone that has the same key.
    const SUCCESSOR: &str = "198.51.100.9:6000";
    there.change(ms(30), Some(address(SUCCESSOR)), None, 8000, Some(mirrored(keys())));
    assert_eq!(take(&mut there, ms(40), HERE, late).unwrap_err(), Refused::Probation);
    let mut successor = Session::new(ms(40), config(9, THERE, Some(keys())));
    let bytes = voice(&mut successor, ms(60), 2);
    take(&mut there, ms(60), SUCCESSOR, bytes).unwrap();
}

#[test]
fn who_was_never_heard_of_takes_no_leave() {
    let mut buffer = [0; 400];
    let (mut here, mut there) = pair(None);
    assert_eq!(here.goodbye(ms(100), &mut buffer), None);
    there.report(ms(6000), &mut buffer).unwrap();
    assert!(there.goodbye(ms(6100), &mut buffer).is_some());
}

#[test]
fn reports_in_the_midst_of_an_event_tell_the_time() {
    let (mut here, _) = pair(None);
    let mut out = [0; MAX_PACKET];
    voice(&mut here, ms(0), 0);
    let first = u32::from_be_bytes(*voice(&mut here, ms(20), 1)[4..].first_chunk().unwrap());
    // An event that began at 40 ms is told of until 240 ms.
    let event = Outgoing { payload_type: 101, marker: false, time: 320, since: 1600, payload: &[1, 0, 6, 64] };
    here.send(ms(240), event, &mut out).unwrap();
    let mut buffer = [0; 400];
    here.report(ms(6020), &mut buffer).unwrap();
    let told = u32::from_be_bytes(*buffer[16..].first_chunk().unwrap());
    assert_eq!(told.wrapping_sub(first), 6000 * 8);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        packets in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..60), 0u64..100, any::<bool>()), 0..40),
        protected: bool,
    ) {
        let (_, mut there) = pair(protected.then(keys));
        let mut now = 0;
        for (mut bytes, wait, report) in packets {
            now += wait;
            if let Some(first) = bytes.first_mut() {
                *first = *first & 0x3f | 0x80;
            }
            if report {
                let _ = there.receive_rtcp(ms(now), above(HERE), &mut bytes);
            } else {
                let _ = there.receive(ms(now), address(HERE), &mut bytes, |_| Some(8000));
            }
            let _ = there.report(ms(now), &mut [0; 400]);
            let _ = there.statistics();
        }
    }

    /// Whatever the network does, counts add up: each packet is taken once, and what is missing is told.
    #[test]
    fn counts_add_up(order in proptest::collection::vec((0u32..60, any::<bool>()), 1..120)) {
        let (mut here, mut there) = pair(None);
        let packets: Vec<_> = (0..60).map(|packet| voice(&mut here, ms(0), packet)).collect();
        let mut came = std::collections::BTreeSet::new();
        take(&mut there, ms(0), HERE, packets[0].clone()).unwrap();
        came.insert(0);
        for (number, _) in order.into_iter().filter(|(_, kept)| *kept) {
            let taken = take(&mut there, ms(0), HERE, packets[number as usize].clone());
            prop_assert_eq!(taken.is_ok(), came.insert(number));
        }
        let statistics = there.statistics();
        prop_assert_eq!(statistics.received as usize, came.len());
        let expected = came.last().unwrap() + 1;
        prop_assert_eq!(statistics.lost, expected - came.len() as u32);
        let read = Packet::read(&packets[0]).unwrap();
        prop_assert_eq!(read.ssrc, here.ssrc());
    }
}
