//! Offers and answers as the settings say, against other sides of all kinds.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::net::SocketAddr;
use std::time::Duration;

use offhook_media::Codec;
#[cfg(feature = "opus")]
use offhook_media::codec::Tuning;
use offhook_media::sdp::{Agreed, Direction, Fault, Local, Negotiator, Policy, Security, Stance, read};
use offhook_media::srtp::{MASTER_LENGTH, Master, Suite};
use offhook_params::{ParamId, Settings, lookup};
use proptest::prelude::*;

fn settings(changes: &[(&str, &'static str)]) -> Settings {
    let changes: Vec<_> = changes.iter().map(|(name, value)| (lookup(name).unwrap().id, *value)).collect();
    Settings::from_values(&|id: ParamId| {
        changes.iter().rev().find(|(changed, _)| *changed == id).map_or(id.default(), |(_, value)| *value)
    })
}

fn policy(changes: &[(&str, &'static str)]) -> Policy {
    let settings = settings(changes);
    Policy::of_line(&settings, &settings.lines[0])
}

fn local(address: &str) -> Local {
    let address: SocketAddr = address.parse().unwrap();
    Local { address, master: Master([address.port() as u8; MASTER_LENGTH]) }
}

fn negotiator(policy: Policy) -> Negotiator {
    Negotiator::new(policy, local("192.0.2.31:16000"), 1000)
}

fn phone(changes: &[(&str, &'static str)]) -> Negotiator {
    negotiator(policy(changes))
}

/// A description of the other side: these lines behind the usual ones.
fn theirs(lines: &[&str]) -> Vec<u8> {
    let head = ["v=0", "o=- 1 1 IN IP4 198.51.100.7", "s=call", "c=IN IP4 198.51.100.7", "t=0 0"];
    head.iter().chain(lines).map(|line| format!("{line}\r\n")).collect::<String>().into_bytes()
}

#[track_caller]
fn line<'a>(text: &'a str, start: &str) -> &'a str {
    text.split("\r\n").find(|line| line.starts_with(start)).unwrap_or_else(|| panic!("no {start} in {text}"))
}

/// The offer with these settings has this media line.
#[track_caller]
fn check_offer(changes: &[(&str, &'static str)], media: &str) {
    let offer = phone(changes).offer(Stance::Talk);
    assert_eq!(line(&offer, "m="), format!("m=audio 16000 RTP/AVP {media}"));
}

#[test]
fn an_offer_says_all_that_it_has_to() {
    assert_eq!(
        phone(&[]).offer(Stance::Talk).replace("\r\n", "\n"),
        "v=0\no=- 1000 1000 IN IP4 192.0.2.31\ns=-\nc=IN IP4 192.0.2.31\nt=0 0\n\
         m=audio 16000 RTP/AVP 9 8 18 0 101\na=rtpmap:9 G722/8000\na=rtpmap:8 PCMA/8000\na=rtpmap:18 G729/8000\n\
         a=rtpmap:0 PCMU/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=ptime:20\na=sendrecv\n"
    );
    let offer = phone(&[
        ("SDP_USER_ID_1", "desk"),
        ("CODEC_G729_PARAM", "1"),
        ("RTP_PTIME", "40"),
        ("TELEVENT_PAYLOAD", "97"),
        ("RTCP_SEND_BY_SDP_1", "1"),
    ])
    .offer(Stance::Talk);
    assert!(offer.contains("o=desk 1000 1000 "), "{offer}");
    for expected in ["a=fmtp:18 annexb=no", "a=ptime:40", "a=rtpmap:97 telephone-event/8000", "a=rtcp:16001"] {
        assert_eq!(line(&offer, expected), expected);
    }
}

#[test]
fn codecs_are_offered_as_the_settings_say() {
    check_offer(&[("CODEC_PRIORITY0_1", "9"), ("CODEC_PRIORITY4_1", "2")], "8 18 0 9 101");
    check_offer(&[("CODEC_PRIORITY3_1", "7"), ("CODEC_PRIORITY1_1", "7"), ("CODEC_PRIORITY0_1", "7")], "0 9 8 18 101");
    check_offer(&[("CODEC_ENABLE0_1", "N"), ("CODEC_ENABLE3_1", "N")], "8 0 101");
    // Guide rule 189: PCMU comes by itself, unless that is switched off.
    let only_g729 = [("CODEC_ENABLE0_1", "N"), ("CODEC_ENABLE1_1", "N"), ("CODEC_ENABLE4_1", "N")];
    check_offer(&only_g729, "18 0 101");
    check_offer(&[&only_g729[..], &[("CODEC_G711_REQ", "0")]].concat(), "18 101");
    check_offer(&[&only_g729[..], &[("CODEC_ENABLE3_1", "N"), ("CODEC_G711_REQ", "0")]].concat(), "0 101");
    // Guide rule 177: G.722 does not go with 30 ms.
    check_offer(&[("RTP_PTIME", "30")], "8 18 0 101");
    // Guide rules 179 and 180.
    check_offer(&[("OUTBANDDTMF_1", "N")], "9 8 18 0");
    check_offer(&[("DTMF_RELAY_1", "Y")], "9 8 18 0");
    // Another line's settings do not matter.
    check_offer(&[("CODEC_ENABLE0_2", "N"), ("OUTBANDDTMF_2", "N")], "9 8 18 0 101");
}

#[test]
fn the_address_is_the_routers_where_the_line_wants_that() {
    let own = "10.0.0.5".parse().unwrap();
    let router = [("NAPT_GLOBAL_ADDRESS", "203.0.113.10"), ("NAPT_LINE_ENABLE_1", "Y")];
    assert_eq!(policy(&router).advertised(own).to_string(), "203.0.113.10");
    assert_eq!(policy(&router[..1]).advertised(own), own);
    let mut six = Negotiator::new(policy(&[]), local("[2001:db8::1]:16000"), 1);
    let offer = six.offer(Stance::Talk);
    assert_eq!(line(&offer, "c="), "c=IN IP6 2001:db8::1");
    assert!(line(&offer, "o=").ends_with("IN IP6 2001:db8::1"));
    assert_eq!(line(&six.offer(Stance::Hold), "c="), "c=IN IP6 ::");
}

#[cfg(feature = "opus")]
#[test]
fn opus_is_offered_where_it_is_set() {
    let on = ("CODEC_OPUS_ENABLE_1", "Y");
    check_offer(&[], "9 8 18 0 101");
    check_offer(&[on], "107 9 8 18 0 101 127");
    check_offer(&[on, ("CODEC_OPUS_PRIORITY_1", "2")], "9 8 18 0 107 101 127");
    check_offer(&[on, ("RTP_PTIME", "30")], "8 18 0 101");
    // The number of the settings is theirs.
    check_offer(&[on, ("TELEVENT_PAYLOAD", "107")], "127 9 8 18 0 107 126");
    check_offer(&[on, ("OUTBANDDTMF_1", "N")], "107 9 8 18 0");
    let mut phone = phone(&[on]);
    let offer = phone.offer(Stance::Talk);
    assert_eq!(line(&offer, "a=rtpmap:107"), "a=rtpmap:107 opus/48000/2");
    assert_eq!(line(&offer, "a=rtpmap:127"), "a=rtpmap:127 telephone-event/48000");
    assert_eq!(
        line(&offer, "a=fmtp:107"),
        "a=fmtp:107 minptime=10;useinbandfec=1;maxplaybackrate=16000;sprop-maxcapturerate=16000"
    );
    let wishes = "a=fmtp:111 stereo=1; useinbandfec=1; maxaveragebitrate=20000";
    let answer = theirs(&["m=audio 4000 RTP/AVP 111 0", "a=rtpmap:111 OPUS/48000/2", wishes, "a=ptime:30"]);
    let agreed = phone.answered(&answer).unwrap().clone();
    assert_eq!(agreed.tuning, Tuning { repeats: true, most_bits: Some(20_000) });
    assert_eq!((agreed.codec, agreed.payload_type), (Codec::Opus, 111));
    assert_eq!(agreed.packet_time, Duration::from_millis(20), "Opus has no frames of 30 ms");
    assert!(agreed.accepts.contains(&(107, Codec::Opus)) && agreed.accepts.contains(&(111, Codec::Opus)));
    // One channel, or a number without a name, is no Opus.
    for media in [&["m=audio 4000 RTP/AVP 107"][..], &["m=audio 4000 RTP/AVP 107", "a=rtpmap:107 opus/48000"]] {
        assert!(negotiator(policy(&[on])).answer(&theirs(media), Stance::Talk).is_err(), "{media:?}");
    }
}

#[cfg(feature = "opus")]
#[test]
fn events_go_by_the_clock_of_the_voice_where_the_other_side_knows_that() {
    let opus = "a=rtpmap:111 opus/48000/2";
    let (slow, fast) = ("a=rtpmap:101 telephone-event/8000", "a=rtpmap:110 telephone-event/48000");
    let table: [(&str, &[&str], _); 6] = [
        ("111 101 110", &[opus, slow, fast], Some((Some((110, 48_000)), vec![(101, 8000), (110, 48_000)]))),
        ("111 110", &[opus, fast], Some((Some((110, 48_000)), vec![(110, 48_000)]))),
        ("111 101", &[opus, slow], Some((Some((101, 8000)), vec![(101, 8000)]))),
        ("0 101 110", &[slow, fast], Some((Some((101, 8000)), vec![(101, 8000)]))),
        ("0 110", &[fast], None),
        ("0 111 110", &[opus, fast], Some((None, vec![(110, 48_000)]))),
    ];
    for (formats, maps, expected) in table {
        let mut phone = phone(&[("CODEC_OPUS_ENABLE_1", "Y")]);
        let media = format!("m=audio 4000 RTP/AVP {formats}");
        let offer = theirs(&[&[media.as_str()], maps].concat());
        let answer = phone.answer(&offer, Stance::Talk).unwrap();
        let events = phone.agreed().unwrap().events.clone();
        assert_eq!(events.map(|events| (events.send, events.receive)), expected, "{answer}");
        // The same as an answer: what may come is what was offered.
        let mut caller = self::phone(&[("CODEC_OPUS_ENABLE_1", "Y")]);
        caller.offer(Stance::Talk);
        let events = caller.answered(&offer).unwrap().events.clone();
        let sent = events.as_ref().and_then(|events| events.send);
        assert_eq!(sent, expected.and_then(|(send, _)| send));
        assert!(events.is_none_or(|events| events.receive == [(101, 8000), (127, 48_000)]));
    }
}

#[cfg(feature = "opus")]
#[test]
fn numbers_keep_their_meaning_for_a_whole_dialog() {
    let mut phone = phone(&[("CODEC_OPUS_ENABLE_1", "Y")]);
    // 107, 101 and 96 are something else over there, even if nobody uses it.
    let offer = theirs(&[
        "m=audio 4000 RTP/AVP 0 107 101 96 97",
        "a=rtpmap:107 iLBC/8000",
        "a=rtpmap:101 speex/8000",
        "a=rtpmap:97 telephone-event/8000",
    ]);
    assert_eq!(line(&phone.answer(&offer, Stance::Talk).unwrap(), "m="), "m=audio 16000 RTP/AVP 0 97");
    let offer = phone.offer(Stance::Talk);
    assert_eq!(line(&offer, "m="), "m=audio 16000 RTP/AVP 127 9 8 18 0 97 126");
    assert_eq!(line(&offer, "a=rtpmap:127"), "a=rtpmap:127 opus/48000/2");
    // The other side answers with numbers of its own, and offers less: what was said before still goes.
    let answer = theirs(&["m=audio 4000 RTP/AVP 120", "a=rtpmap:120 opus/48000/2"]);
    assert_eq!(phone.answered(&answer).unwrap().payload_type, 120);
    phone.answer(&theirs(&["m=audio 4000 RTP/AVP 8"]), Stance::Talk).unwrap();
    assert_eq!(line(&phone.offer(Stance::Talk), "m="), "m=audio 16000 RTP/AVP 127 9 8 18 0 97 126");
    // A codec by the number that Opus usually has.
    let mut phone = self::phone(&[("CODEC_OPUS_ENABLE_1", "Y")]);
    phone.answer(&theirs(&["m=audio 4000 RTP/AVP 107", "a=rtpmap:107 PCMA/8000"]), Stance::Talk).unwrap();
    assert_eq!(line(&phone.offer(Stance::Talk), "m="), "m=audio 16000 RTP/AVP 127 9 107 18 0 101 126");
}

#[test]
fn a_codec_that_is_spelled_otherwise_keeps_its_number() {
    let mut phone = phone(&[]);
    let lines = ["m=audio 4000 RTP/AVP 0 18 9", "a=rtpmap:18 G729A/8000", "a=rtpmap:9 G722/16000"];
    phone.answer(&theirs(&lines), Stance::Talk).unwrap();
    assert_eq!(line(&phone.offer(Stance::Hold), "m="), "m=audio 16000 RTP/AVP 9 8 18 0 101");
}

#[test]
fn an_offer_has_formats_whatever_the_other_side_has_called_its_own() {
    let mut phone = phone(&[]);
    for numbers in [0..64, 64..128] {
        let list = numbers.clone().map(|number| format!(" {number}")).collect::<String>();
        let maps = numbers.filter(|number| *number != 63 && *number != 127).map(|n| format!("a=rtpmap:{n} x/8000"));
        let last = ["a=rtpmap:63 PCMU/8000", "a=rtpmap:127 PCMU/8000"].map(str::to_owned);
        let lines = [format!("m=audio 4000 RTP/AVP{list}")].into_iter().chain(maps).chain(last).collect::<Vec<_>>();
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        phone.answer(&theirs(&lines), Stance::Talk).unwrap();
    }
    assert_eq!(line(&phone.offer(Stance::Talk), "m="), "m=audio 16000 RTP/AVP 9 8 18 127");
}

#[test]
fn an_answer_decides_what_is_sent() {
    let mut phone = phone(&[("RTCP_ENABLE_1", "Y")]);
    phone.offer(Stance::Talk);
    assert!(phone.is_pending());
    let answer = theirs(&[
        "m=audio 4000 RTP/AVP 8 0 96",
        "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:96 telephone-event/8000",
        "a=ptime:30",
    ]);
    let agreed = phone.answered(&answer).unwrap().clone();
    assert_eq!((agreed.codec, agreed.payload_type), (Codec::Pcma, 8));
    assert_eq!(agreed.remote, Some("198.51.100.7:4000".parse().unwrap()));
    assert_eq!(agreed.remote_rtcp, Some("198.51.100.7:4001".parse().unwrap()));
    assert_eq!(agreed.packet_time, Duration::from_millis(30));
    assert_eq!(agreed.accepts, [(9, Codec::G722), (8, Codec::Pcma), (18, Codec::G729), (0, Codec::Pcmu)]);
    // It picked another payload type: what is sent has that, what comes has ours.
    let events = agreed.events.clone().unwrap();
    assert_eq!((events.send, events.receive), (Some((96, 8000)), vec![(101, 8000)]));
    assert!(!phone.is_pending());
    assert_eq!(phone.answered(&answer), Err(Fault::Unexpected));
    assert_eq!(phone.agreed(), Some(&agreed));
}

/// What the default phone agrees on with an answer, or why it does not.
fn answered(answer: &[&str]) -> Result<Agreed, Fault> {
    let mut phone = phone(&[]);
    phone.offer(Stance::Talk);
    phone.answered(&theirs(answer)).cloned()
}

#[test]
fn answers_of_all_kinds_are_understood() {
    let agreed = answered(&["m=audio 4000 RTP/AVP 0", "a=sendonly", "a=ptime:10"]).unwrap();
    assert_eq!(agreed.direction, Direction::ReceiveOnly);
    assert_eq!(agreed.packet_time, Duration::from_millis(20), "this phone does not send packets of 10 ms");
    assert_eq!(agreed.events, None);
    assert!(agreed.held_there);
    // G.722 does not go in 30 ms even if the other side asks for it, and a limit is a limit.
    let time = |lines: &[&str]| answered(lines).unwrap().packet_time.as_millis();
    assert_eq!(time(&["m=audio 4000 RTP/AVP 9", "a=ptime:30"]), 20);
    assert_eq!(time(&["m=audio 4000 RTP/AVP 9", "a=ptime:40"]), 40);
    assert_eq!(time(&["m=audio 4000 RTP/AVP 0", "a=ptime:40", "a=maxptime:30"]), 20);
    // A dynamic payload type for a codec that has a static one.
    let agreed = answered(&["m=audio 4000 RTP/AVP 110", "a=rtpmap:110 pcmu/8000/1"]).unwrap();
    assert_eq!((agreed.codec, agreed.payload_type), (Codec::Pcmu, 110));
    assert!(agreed.accepts.contains(&(110, Codec::Pcmu)) && agreed.accepts.contains(&(0, Codec::Pcmu)));
    // No address that could be used: packets will show it.
    assert_eq!(answered(&["m=audio 4000 RTP/AVP 0", "c=IN IP4 sip.example.com"]).unwrap().remote, None);
    assert_eq!(answered(&["m=audio 0 RTP/AVP 0"]), Err(Fault::Refused));
    assert_eq!(answered(&["m=audio 4000 RTP/AVP 97", "a=rtpmap:97 opus/48000/2"]), Err(Fault::NoCodec));
    assert_eq!(answered(&[]), Err(Fault::NoAudio));
    assert_eq!(answered(&["m=video 4000 RTP/AVP 31"]), Err(Fault::NoAudio));
}

#[test]
fn a_failed_answer_leaves_the_session_as_it_was() {
    let mut phone = phone(&[]);
    phone.offer(Stance::Talk);
    let before = phone.answered(&theirs(&["m=audio 4000 RTP/AVP 0"])).unwrap().clone();
    phone.offer(Stance::Hold);
    assert!(phone.answered(b"rubbish").is_err());
    assert_eq!((phone.agreed(), phone.stance()), (Some(&before), Stance::Talk));
    phone.offer(Stance::Hold);
    phone.withdrawn();
    assert!(!phone.is_pending() && phone.stance() == Stance::Talk);
    assert!(phone.answer(&theirs(&["m=audio 4000 RTP/AVP 97"]), Stance::Talk).is_err());
    assert_eq!(phone.agreed(), Some(&before));
}

#[test]
fn an_offer_is_answered_in_its_own_order_and_numbers() {
    let mut phone = phone(&[("CODEC_PRIORITY0_1", "1")]);
    let offer = theirs(&[
        "m=audio 4000 RTP/AVP 0 111 18 96 9 120",
        "a=rtpmap:111 opus/48000/2",
        "a=rtpmap:120 telephone-event/48000",
        "a=fmtp:18 annexb=no",
        "a=rtpmap:96 telephone-event/8000",
    ]);
    let answer = phone.answer(&offer, Stance::Talk).unwrap();
    assert_eq!(line(&answer, "m="), "m=audio 16000 RTP/AVP 0 18 9 96");
    assert_eq!(line(&answer, "a=rtpmap:96"), "a=rtpmap:96 telephone-event/8000");
    assert_eq!(line(&answer, "a=fmtp:18"), "a=fmtp:18 annexb=no");
    let agreed = phone.agreed().unwrap();
    assert_eq!((agreed.codec, agreed.payload_type), (Codec::Pcmu, 0));
    let events = agreed.events.clone().unwrap();
    assert_eq!((events.send, events.receive), (Some((96, 8000)), vec![(96, 8000)]));
    // The numbers stay in later offers of this side (RFC 3264, section 8.3.2).
    assert_eq!(line(&phone.offer(Stance::Talk), "m="), "m=audio 16000 RTP/AVP 9 8 18 0 96");
}

#[test]
fn streams_other_than_the_first_usable_one_are_refused_and_stay_so() {
    let mut phone = phone(&[]);
    let offer = theirs(&[
        "m=image 5000 udptl t38",
        "m=audio 4000 RTP/AVP 97",
        "a=rtpmap:97 opus/48000/2",
        "m=audio 4010 RTP/AVP 8",
        "c=IN IP4 198.51.100.8",
        "m=audio 4020 RTP/AVP 8",
        "m=video 4030 RTP/AVP 31 32",
        "m=message 2855 TCP/MSRP *",
    ]);
    let answer = phone.answer(&offer, Stance::Talk).unwrap();
    let media = |text: &str| text.split("\r\n").filter(|l| l.starts_with("m=")).map(str::to_owned).collect::<Vec<_>>();
    let refused = ["m=video 0 RTP/AVP 31 32", "m=message 0 TCP/MSRP *"];
    let start = ["m=image 0 udptl t38", "m=audio 0 RTP/AVP 97"];
    let voice = ["m=audio 16000 RTP/AVP 8", "m=audio 0 RTP/AVP 8"];
    assert_eq!(media(&answer), [&start[..], &voice, &refused].concat());
    assert_eq!(phone.agreed().unwrap().remote, Some("198.51.100.8:4010".parse().unwrap()));
    let voice = ["m=audio 16000 RTP/AVP 9 8 18 0 101", "m=audio 0 RTP/AVP 8"];
    assert_eq!(media(&phone.offer(Stance::Hold)), [&start[..], &voice, &refused].concat());
    // The answer to that has the voice in its place.
    let answer = theirs(&["m=image 0 udptl t38", "m=audio 0 RTP/AVP 97", "m=audio 4040 RTP/AVP 18"]);
    assert_eq!(phone.answered(&answer).unwrap().codec, Codec::G729);
}

#[test]
fn the_version_counts_changes() {
    let mut phone = phone(&[]);
    let version = |text: &str| line(text, "o=").split(' ').nth(2).unwrap().parse::<u64>().unwrap();
    assert_eq!(version(&phone.offer(Stance::Talk)), 1000);
    phone.answered(&theirs(&["m=audio 4000 RTP/AVP 0"])).unwrap();
    assert_eq!(version(&phone.offer(Stance::Talk)), 1000);
    assert_eq!(version(&phone.offer(Stance::Hold)), 1001);
    phone.answered(&theirs(&["m=audio 4000 RTP/AVP 0", "a=recvonly"])).unwrap();
    let offer = theirs(&["m=audio 4000 RTP/AVP 0", "a=recvonly"]);
    assert_eq!(version(&phone.answer(&offer, Stance::Hold).unwrap()), 1002);
    assert_eq!(version(&phone.answer(&offer, Stance::Hold).unwrap()), 1002);
    phone.set_local(local("192.0.2.31:16002"));
    assert_eq!(version(&phone.answer(&offer, Stance::Hold).unwrap()), 1003);
}

#[test]
fn a_session_that_moves_keeps_its_name() {
    let mut phone = phone(&[]);
    assert_eq!(line(&phone.offer(Stance::Talk), "o="), "o=- 1000 1000 IN IP4 192.0.2.31");
    phone.answered(&theirs(&["m=audio 4000 RTP/AVP 0"])).unwrap();
    let Local { master, .. } = phone.local();
    phone.set_local(Local { address: "192.0.2.77:16000".parse().unwrap(), master });
    let offer = phone.offer(Stance::Talk);
    assert_eq!(line(&offer, "o="), "o=- 1000 1001 IN IP4 192.0.2.31");
    assert_eq!(line(&offer, "c="), "c=IN IP4 192.0.2.77");
}

#[test]
fn holding_goes_in_both_styles() {
    for (setting, connection) in [("Y", "c=IN IP4 0.0.0.0"), ("N", "c=IN IP4 192.0.2.31")] {
        let mut phone = phone(&[("RFC2543_HOLD_ENABLE_1", setting)]);
        phone.offer(Stance::Talk);
        phone.answered(&theirs(&["m=audio 4000 RTP/AVP 0"])).unwrap();
        let offer = phone.offer(Stance::Hold);
        assert_eq!(line(&offer, "c="), connection);
        assert_eq!(line(&offer, "a=send"), "a=sendonly");
        assert!(line(&offer, "o=").ends_with("192.0.2.31"));
        let agreed = phone.answered(&theirs(&["m=audio 4000 RTP/AVP 0", "a=recvonly"])).unwrap();
        assert!(agreed.held_here && !agreed.held_there && agreed.closed);
        assert_eq!(agreed.direction, Direction::SendOnly);
        let offer = phone.offer(Stance::Talk);
        assert_eq!((line(&offer, "c="), line(&offer, "a=send")), ("c=IN IP4 192.0.2.31", "a=sendrecv"));
        let agreed = phone.answered(&theirs(&["m=audio 4000 RTP/AVP 0"])).unwrap();
        assert!(!agreed.held_here && !agreed.closed);
    }
    let mut open = phone(&[("RTP_CLOSE_ENABLE_1", "N")]);
    open.offer(Stance::Hold);
    assert!(!open.answered(&theirs(&["m=audio 4000 RTP/AVP 0"])).unwrap().closed);
}

/// What the phone answers to an offer with these lines below the voice, and what it then does.
#[track_caller]
fn check_held(stance: Stance, lines: &[&str], answer: &str, held_there: bool) {
    let mut phone = phone(&[]);
    let text = phone.answer(&theirs(&[&["m=audio 4000 RTP/AVP 0"], lines].concat()), stance).unwrap();
    assert!(text.ends_with(&format!("a={answer}\r\n")), "{lines:?}: {text}");
    let agreed = phone.agreed().unwrap();
    assert_eq!(agreed.direction.name(), answer);
    assert_eq!(agreed.held_there, held_there, "{lines:?}");
}

#[test]
fn being_held_is_noticed_in_both_styles() {
    check_held(Stance::Talk, &[], "sendrecv", false);
    check_held(Stance::Talk, &["a=sendonly"], "recvonly", true);
    check_held(Stance::Talk, &["a=inactive"], "inactive", true);
    check_held(Stance::Talk, &["c=IN IP4 0.0.0.0"], "recvonly", true);
    check_held(Stance::Talk, &["c=IN IP4 0.0.0.0", "a=recvonly"], "inactive", true);
    check_held(Stance::Talk, &["a=recvonly"], "sendonly", false);
    check_held(Stance::Hold, &[], "sendonly", false);
    check_held(Stance::Hold, &["a=sendonly"], "inactive", true);
    // The direction of the session level goes for streams that say nothing of their own.
    let mut phone = phone(&[]);
    let text = phone.answer(&theirs(&["a=sendonly", "m=audio 4000 RTP/AVP 0"]), Stance::Talk).unwrap();
    assert!(text.ends_with("a=recvonly\r\n"));
}

#[test]
fn a_stream_that_ends_ends_with_its_answer() {
    let mut phone = phone(&[]);
    assert_eq!(phone.answer(&theirs(&["m=audio 0 RTP/AVP 0"]), Stance::Talk), Err(Fault::NoAudio));
    phone.answer(&theirs(&["m=audio 4000 RTP/AVP 0"]), Stance::Talk).unwrap();
    let fax = theirs(&["m=audio 0 RTP/AVP 0", "m=image 5000 udptl t38"]);
    assert_eq!(phone.answer(&fax, Stance::Talk), Err(Fault::NoAudio));
    let answer = phone.answer(&theirs(&["m=audio 0 RTP/AVP 0"]), Stance::Talk).unwrap();
    assert_eq!(line(&answer, "m="), "m=audio 0 RTP/AVP 0");
    let unknown = phone.answer(&theirs(&["m=audio 0 RTP/AVP 97"]), Stance::Talk).unwrap();
    assert_eq!(line(&unknown, "m="), "m=audio 0 RTP/AVP 0", "a line has to name a format");
    let agreed = phone.agreed().unwrap();
    assert_eq!((agreed.direction, agreed.remote), (Direction::Inactive, None));
}

#[test]
fn reports_go_where_the_settings_say() {
    let offers = [theirs(&["m=audio 4000 RTP/AVP 0"]), theirs(&["m=audio 4000 RTP/AVP 0", "a=rtcp:53020"])];
    let elsewhere = theirs(&["m=audio 4000 RTP/AVP 0", "a=rtcp:53020 IN IP4 198.51.100.9"]);
    let table = [
        (&offers[0], "N", "0", None),
        (&offers[0], "Y", "0", Some("198.51.100.7:4001")),
        (&offers[1], "Y", "0", Some("198.51.100.7:4001")),
        (&offers[1], "Y", "1", Some("198.51.100.7:53020")),
        (&offers[1], "N", "1", Some("198.51.100.7:53020")),
        (&offers[0], "N", "1", None),
        (&elsewhere, "Y", "1", Some("198.51.100.9:53020")),
    ];
    for (offer, enabled, by_sdp, expected) in table {
        let mut phone = phone(&[("RTCP_ENABLE_1", enabled), ("RTCP_SEND_BY_SDP_1", by_sdp)]);
        phone.answer(offer, Stance::Talk).unwrap();
        let expected = expected.map(|address| address.parse().unwrap());
        assert_eq!(phone.agreed().unwrap().remote_rtcp, expected, "{enabled} {by_sdp}");
    }
}

fn secure(security: Security) -> Negotiator {
    negotiator(Policy { security, ..policy(&[]) })
}

/// Two phones call each other; whether the call is encrypted, or why there is none.
fn encrypted(caller: Security, callee: Security) -> Result<bool, Fault> {
    let (mut caller, mut callee) = (secure(caller), secure(callee));
    callee.set_local(local("192.0.2.32:17000"));
    let answer = callee.answer(caller.offer(Stance::Talk).as_bytes(), Stance::Talk)?;
    let ours = caller.answered(answer.as_bytes())?.keys;
    let theirs = callee.agreed().unwrap().keys;
    assert_eq!(ours.map(|keys| (keys.send, keys.receive)), theirs.map(|keys| (keys.receive, keys.send)));
    assert!(ours.is_none_or(|keys| keys.suite == Suite::AesCm128HmacSha1_80 && keys.send != keys.receive));
    Ok(ours.is_some())
}

#[test]
fn encryption_is_agreed_on_as_set() {
    use Security::{Off, Preferred, Required};
    let table = [
        (Off, Off, Ok(false)),
        (Off, Preferred, Ok(false)),
        (Off, Required, Err(Fault::NoEncryption)),
        (Preferred, Off, Ok(false)),
        (Preferred, Preferred, Ok(true)),
        (Preferred, Required, Ok(true)),
        (Required, Off, Err(Fault::NoEncryption)),
        (Required, Preferred, Ok(true)),
        (Required, Required, Ok(true)),
    ];
    for (caller, callee, expected) in table {
        assert_eq!(encrypted(caller, callee), expected, "{caller:?} calls {callee:?}");
    }
    let tls = ("SIP_TRANSPORT_1", "2");
    let set = |mode, transport| policy(&[("SRTP_MODE_1", mode), transport]).security;
    assert_eq!(["0", "1", "2"].map(|mode| set(mode, tls)), [Off, Preferred, Required]);
    assert_eq!(set("2", ("SIP_TRANSPORT_1", "1")), Off, "keys would be read on the way");
    let offer = secure(Required).offer(Stance::Talk);
    assert!(line(&offer, "m=").starts_with("m=audio 16000 RTP/SAVP "));
    assert!(line(&offer, "a=crypto:2").starts_with("a=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:"));
    // A key for a suite that was not offered under this number.
    let mut phone = secure(Security::Preferred);
    phone.offer(Stance::Talk);
    let key = "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
    let crypto = format!("a=crypto:2 AES_CM_128_HMAC_SHA1_80 {key}");
    assert_eq!(phone.answered(&theirs(&["m=audio 4000 RTP/AVP 0", &crypto])), Err(Fault::NoEncryption));
}

#[test]
fn hold_and_resume_leave_a_call_encrypted_and_by_its_profile() {
    use Security::{Off, Preferred, Required};
    let crypto = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
    for profile in ["RTP/SAVP", "RTP/AVP"] {
        let media = format!("m=audio 4000 {profile} 0");
        let mut phone = secure(Preferred);
        phone.answer(&theirs(&[&media, crypto]), Stance::Talk).unwrap();
        let before = phone.agreed().unwrap().clone();
        assert!(before.keys.is_some());

        let hold = phone.offer(Stance::Hold);
        assert!(line(&hold, "m=").starts_with(&format!("m=audio 16000 {profile} ")), "{hold}");
        line(&hold, "a=crypto:1");
        assert_eq!(phone.answered(&theirs(&["m=audio 4000 RTP/AVP 0"])), Err(Fault::NoEncryption));
        assert_eq!((phone.agreed(), phone.stance()), (Some(&before), Stance::Talk));

        // The other side may have gone on at a phone without.
        let mut moved = phone.clone();
        moved.answer(&theirs(&["m=audio 4000 RTP/AVP 0"]), Stance::Talk).unwrap();
        assert_eq!(moved.agreed().unwrap().keys, None);

        phone.set_policy(Policy { security: Required, ..policy(&[]) });
        assert!(line(&phone.offer(Stance::Hold), "m=").starts_with(&format!("m=audio 16000 {profile} ")));
        phone.answered(&theirs(&[&media, crypto])).unwrap();

        // Those who may decide that have decided: the settings, and whoever ends the stream.
        phone.set_policy(Policy { security: Off, ..policy(&[]) });
        let offer = phone.offer(Stance::Talk);
        assert!(line(&offer, "m=").starts_with("m=audio 16000 RTP/AVP ") && !offer.contains("a=crypto"), "{offer}");
        phone.withdrawn();
        phone.set_policy(Policy { security: Preferred, ..policy(&[]) });
        phone.answer(&theirs(&["m=audio 0 RTP/AVP 0"]), Stance::Talk).unwrap();
    }
}

#[test]
fn odd_descriptions_are_read() {
    let text = b"\n\nv=0\rm=audio 4000/2 rtp/avp 0 300 x\rz\rx=1\ra=SENDONLY\na=ptime:20.0\r\na=rtpmap:\na=fmtp\na\nb=AS:64\nc=IN IP4 192.0.2.1/127\0";
    let read = read(text).unwrap();
    assert_eq!(read.media.len(), 1);
    assert_eq!((read.media[0].port, read.media[0].direction), (4000, Direction::SendOnly));
    assert_eq!(read.media[0].packet_time, Some(20));
    assert_eq!(read.media[0].formats.len(), 1);
    assert!(read.media[0].is_voice());
    let mut phone = phone(&[]);
    phone.answer(text, Stance::Talk).unwrap();
}

#[test]
fn faults_are_told_with_their_lines() {
    let fault = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(fault("hello"), "not a session description");
    assert_eq!(fault("v=1\r\n"), "line 1: unknown version");
    assert_eq!(fault("v=0\r\nc=IN IP9 1\r\n"), "line 2: malformed connection data");
    assert_eq!(fault("v=0\r\n\r\nm=audio 1\r\n"), "line 3: malformed media line");
    assert_eq!(fault("v=0\nm=audio 4000 RTP/AVP\n"), "line 2: malformed media line");
    assert_eq!(fault("v=0\nm=audio 70000 RTP/AVP 0\n"), "line 2: malformed port");
    assert_eq!(fault(&format!("v=0\n{}", "m=audio 1 RTP/AVP 0\n".repeat(33))), "line 34: too many media streams");
    assert_eq!(fault(&format!("v=0\n{}", "a".repeat(65536))), "session description too large");
    assert_eq!((Fault::NotSdp.status(), Fault::TooLarge.status(), Fault::NoCodec.status()), (400, 413, 488));
}

/// Lines that descriptions are made of, to be put together in any order.
fn lines() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just("v=0".to_owned()),
        Just("m=audio 4000 RTP/AVP 0 8 9 18 96 97".to_owned()),
        Just("m=audio 0 RTP/SAVP 0".to_owned()),
        Just("m=video 4002 RTP/AVP 31".to_owned()),
        Just("c=IN IP4 0.0.0.0".to_owned()),
        Just("c=IN IP6 2001:db8::7".to_owned()),
        "a=(sendonly|inactive|recvonly|ptime:[0-9]{1,3}|maxptime:[0-9]{1,3}|rtcp:[0-9]{1,6})",
        "a=rtpmap:[0-9]{1,3} (PCMU|telephone-event|G729|x)/(8000|16000)(/[0-9])?",
        "a=crypto:[0-9] AES_CM_128_HMAC_SHA1_(80|32) inline:[A-Za-z0-9+/]{38,41}",
        "[a-z]=.{0,40}",
        ".{0,20}",
    ];
    let end = prop_oneof![Just("\r\n"), Just("\n"), Just("\r")];
    proptest::collection::vec((line, end), 0..20)
        .prop_map(|lines| lines.into_iter().flat_map(|(line, end)| (line + end).into_bytes()).collect())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }

    #[test]
    fn what_is_answered_can_be_read_and_has_the_streams_of_the_offer(
        offer in lines(), answer in lines(), hold: bool, required in 0..3,
    ) {
        let security = [Security::Off, Security::Preferred, Security::Required][required as usize];
        let stance = if hold { Stance::Hold } else { Stance::Talk };
        let mut phone = secure(security);
        if let Ok(text) = phone.answer(&offer, stance) {
            let (offered, answered) = (read(&offer).unwrap(), read(text.as_bytes()).unwrap());
            prop_assert_eq!(offered.media.len(), answered.media.len());
            prop_assert!(answered.media.iter().filter(|media| media.port != 0).count() <= 1);
            let agreed = phone.agreed().unwrap();
            prop_assert!(security != Security::Required || agreed.keys.is_some() || agreed.remote.is_none());
        }
        let before = phone.agreed().cloned();
        phone.offer(stance);
        if phone.answered(&answer).is_err() {
            prop_assert_eq!(phone.agreed(), before.as_ref());
        }
    }

    /// Two phones with any settings: either there is no common codec, or both send what the other one takes.
    #[test]
    fn two_phones_agree(enabled in proptest::collection::vec(any::<bool>(), 8), ptime in 0..3, hold: bool) {
        const NAMES: [&str; 4] = ["CODEC_ENABLE0_1", "CODEC_ENABLE1_1", "CODEC_ENABLE3_1", "CODEC_ENABLE4_1"];
        let phone = |enabled: &[bool], address| {
            let mut changes: Vec<_> =
                NAMES.into_iter().zip(enabled).map(|(name, on)| (name, if *on { "Y" } else { "N" })).collect();
            changes.extend([("CODEC_G711_REQ", "0"), ("RTP_PTIME", ["20", "30", "40"][ptime as usize])]);
            Negotiator::new(policy(&changes), local(address), 5)
        };
        let mut caller = phone(&enabled[..4], "192.0.2.31:16000");
        let mut callee = phone(&enabled[4..], "192.0.2.32:17000");
        let offer = caller.offer(if hold { Stance::Hold } else { Stance::Talk });
        match callee.answer(offer.as_bytes(), Stance::Talk) {
            Err(fault) => prop_assert_eq!(fault, Fault::NoCodec),
            Ok(answer) => {
                let ours = caller.answered(answer.as_bytes()).unwrap();
                let theirs = callee.agreed().unwrap();
                prop_assert!(theirs.accepts.contains(&(ours.payload_type, ours.codec)));
                prop_assert!(ours.accepts.contains(&(theirs.payload_type, theirs.codec)));
                prop_assert_eq!(ours.direction.sends(), theirs.direction.receives());
                prop_assert_eq!(ours.direction.receives(), theirs.direction.sends());
                prop_assert_eq!(ours.held_here, theirs.held_there);
                prop_assert_eq!(ours.packet_time, theirs.packet_time);
            }
        }
    }
}
