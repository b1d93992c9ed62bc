//! Descriptions as servers, gateways and phones in use write them, and the examples of RFC 4317.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::time::Duration;

use offhook_media::Codec;
use offhook_media::sdp::{Agreed, Direction, Fault, Local, Negotiator, Policy, Security, Stance};
use offhook_media::srtp::{MASTER_LENGTH, Master};

/// A phone as it is set by default.
fn phone(security: Security) -> Negotiator {
    let policy = Policy {
        codecs: vec![Codec::G722, Codec::Pcma, Codec::G729, Codec::Pcmu],
        annex_b_refused: false,
        packet_time: Duration::from_millis(20),
        telephone_event: Some(101),
        user: "-".to_owned(),
        hold_by_zero_address: true,
        closed_on_hold: true,
        rtcp: true,
        rtcp_by_sdp: true,
        security,
        global_address: None,
    };
    let local = Local { address: "192.0.2.31:16000".parse().unwrap(), master: Master([7; MASTER_LENGTH]) };
    Negotiator::new(policy, local, 1)
}

/// What comes of an offer, and the media lines of the answer.
fn offered(security: Security, offer: &str) -> Result<(Agreed, Vec<String>), Fault> {
    let mut phone = phone(security);
    let answer = phone.answer(offer.trim_start().as_bytes(), Stance::Talk)?;
    let media = answer.lines().filter(|line| line.starts_with("m=")).map(str::to_owned).collect();
    Ok((phone.agreed().unwrap().clone(), media))
}

/// An Asterisk with its usual codecs.
const ASTERISK: &str = "
v=0
o=- 1429822655 1429822655 IN IP4 198.51.100.10
s=Asterisk
c=IN IP4 198.51.100.10
t=0 0
m=audio 13528 RTP/AVP 9 0 8 107 101
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:107 opus/48000/2
a=fmtp:107 useinbandfec=1
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=ptime:20
a=maxptime:20
a=sendrecv
";

/// A FreeSWITCH that offers encryption beside plain voice, and comfort noise.
const FREESWITCH: &str = "
v=0
o=FreeSWITCH 1616161616 1616161617 IN IP4 203.0.113.5
s=FreeSWITCH
c=IN IP4 203.0.113.5
t=0 0
m=audio 29850 RTP/SAVP 0 8 101 13
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=rtpmap:13 CN/8000
a=rtcp:29851 IN IP4 203.0.113.5
a=crypto:1 AEAD_AES_256_GCM_8 inline:7ZqyHHFCEuPBTqxyCxXtWN0dbH0lY9YwzZmMNLhVfQYh0zhWqWnqWaqZZwM=
a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz
a=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj
a=ptime:20
m=audio 29850 RTP/AVP 0 8 101 13
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
";

/// A gateway of Cisco: fax relay behind the voice, annex B, and attributes from before SDP had ones.
const CISCO: &str = "
v=0
o=CiscoSystemsSIP-GW-UserAgent 6264 8268 IN IP4 192.0.2.200
s=SIP Call
c=IN IP4 192.0.2.200
t=0 0
m=audio 17890 RTP/AVP 18 0 100 101 19
c=IN IP4 192.0.2.200
a=rtpmap:18 G729/8000
a=fmtp:18 annexb=no
a=rtpmap:0 PCMU/8000
a=rtpmap:100 X-NSE/8000
a=fmtp:100 192-194
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-16
a=rtpmap:19 CN/8000
a=X-sqn:0
a=X-cap: 1 image udptl t38
m=image 17892 udptl t38
a=T38FaxVersion:0
";

/// A media server that holds by both styles at once.
const BROADWORKS_HOLD: &str = "
v=0
o=BroadWorks 112 2 IN IP4 198.51.100.77
s=-
c=IN IP4 0.0.0.0
t=0 0
a=sendonly
m=audio 5004 RTP/AVP 8 102
a=rtpmap:102 TELEPHONE-EVENT/8000
b=AS:75
";

/// A browser behind a gateway that did not translate.
const BROWSER: &str = "
v=0
o=mozilla 1 0 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE 0
a=fingerprint:sha-256 1A:2B
m=audio 9 UDP/TLS/RTP/SAVPF 109 9 0 8
c=IN IP4 0.0.0.0
a=rtpmap:109 opus/48000/2
a=rtcp-mux
a=mid:0
";

#[test]
fn an_asterisk_is_answered() {
    let (agreed, media) = offered(Security::Off, ASTERISK).unwrap();
    assert_eq!(media, ["m=audio 16000 RTP/AVP 9 0 8 101"]);
    assert_eq!((agreed.codec, agreed.direction), (Codec::G722, Direction::SendReceive));
    assert_eq!(agreed.remote_rtcp, Some("198.51.100.10:13529".parse().unwrap()));
    assert!(offered(Security::Preferred, ASTERISK).unwrap().0.keys.is_none());
    assert_eq!(offered(Security::Required, ASTERISK), Err(Fault::NoEncryption));
}

#[test]
fn of_two_streams_that_which_fits_the_settings_is_taken() {
    let (agreed, media) = offered(Security::Off, FREESWITCH).unwrap();
    assert_eq!(media, ["m=audio 0 RTP/SAVP 0 8 101 13", "m=audio 16000 RTP/AVP 0 8 101"]);
    assert_eq!(agreed.keys, None);
    for security in [Security::Preferred, Security::Required] {
        let (agreed, media) = offered(security, FREESWITCH).unwrap();
        assert_eq!(media, ["m=audio 16000 RTP/SAVP 0 8 101", "m=audio 0 RTP/AVP 0 8 101 13"]);
        assert!(agreed.keys.is_some_and(|keys| &keys.receive.0[..4] == b"YS__"));
        assert_eq!(agreed.remote_rtcp, Some("203.0.113.5:29851".parse().unwrap()));
    }
}

#[test]
fn a_gateway_is_answered_without_fax_and_annex_b() {
    let (agreed, media) = offered(Security::Off, CISCO).unwrap();
    assert_eq!(media, ["m=audio 16000 RTP/AVP 18 0 101", "m=image 0 udptl t38"]);
    assert_eq!(agreed.codec, Codec::G729);
    let answer = phone(Security::Off).answer(CISCO.trim_start().as_bytes(), Stance::Talk).unwrap();
    assert!(answer.contains("a=fmtp:18 annexb=no\r\n"), "{answer}");
}

#[test]
fn a_hold_of_both_styles_is_one() {
    let (agreed, media) = offered(Security::Off, BROADWORKS_HOLD).unwrap();
    assert_eq!(media, ["m=audio 16000 RTP/AVP 8 102"]);
    assert_eq!((agreed.direction, agreed.remote), (Direction::ReceiveOnly, None));
    assert!(agreed.held_there && !agreed.closed);
}

#[test]
fn what_a_phone_cannot_do_is_refused() {
    assert_eq!(offered(Security::Preferred, BROWSER), Err(Fault::NoAudio));
    assert_eq!(Fault::NoAudio.status(), 488);
}

/// RFC 4317, section 2.1: audio is taken and video is not; then section 3.1's hold with two streams.
#[test]
fn the_examples_of_rfc_4317_come_out_as_there() {
    let offer = "
v=0
o=alice 2890844526 2890844526 IN IP4 host.atlanta.example.com
s=
c=IN IP4 host.atlanta.example.com
t=0 0
m=audio 49170 RTP/AVP 0 8 97
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:97 iLBC/8000
m=video 51372 RTP/AVP 31 32
a=rtpmap:31 H261/90000
a=rtpmap:32 MPV/90000
";
    let (agreed, media) = offered(Security::Off, offer).unwrap();
    assert_eq!(media, ["m=audio 16000 RTP/AVP 0 8", "m=video 0 RTP/AVP 31 32"]);
    assert_eq!((agreed.codec, agreed.remote), (Codec::Pcmu, None), "names are not looked up; packets show the address");

    // Section 3.1: the phone is Bob, who is put on hold and taken back.
    let mut bob = phone(Security::Off);
    bob.answer(offer.trim_start().as_bytes(), Stance::Talk).unwrap();
    let hold = offer.replace("2890844526 IN", "2890844527 IN").replace("m=video", "a=sendonly\nm=video");
    let answer = bob.answer(hold.trim_start().as_bytes(), Stance::Talk).unwrap();
    assert!(answer.contains("a=recvonly\r\n") && bob.agreed().unwrap().held_there, "{answer}");
    bob.answer(offer.trim_start().as_bytes(), Stance::Talk).unwrap();
    assert!(!bob.agreed().unwrap().held_there);
}

/// RFC 4317, section 2.3: telephone events in one stream with a number of the offer.
#[test]
fn numbers_are_those_of_the_offer() {
    let offer = "
v=0
o=alice 2890844526 2890844526 IN IP6 2001:db8::2
s=
c=IN IP6 2001:db8::2
t=0 0
m=audio 49170 RTP/AVP 97 98 99
a=rtpmap:97 iLBC/8000
a=rtpmap:98 telephone-event/8000
a=rtpmap:99 PCMA/8000
a=fmtp:98 0-15
";
    let (agreed, media) = offered(Security::Off, offer).unwrap();
    assert_eq!(media, ["m=audio 16000 RTP/AVP 99 98"]);
    assert_eq!((agreed.codec, agreed.payload_type), (Codec::Pcma, 99));
    assert_eq!(agreed.remote, Some("[2001:db8::2]:49170".parse().unwrap()));
    assert_eq!(agreed.events.as_ref().map(|events| events.send), Some(Some((98, 8000))));
}
