//! Laws of the wire front end over generated input: it never panics, and what it writes it reads back.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::fs;
use std::path::Path;

use offhook_sip::message::{Framer, Known, Message, Method, Name, Request, Response, datagram, quote};
use proptest::prelude::*;

/// The messages of the RFCs, to be spoilt.
fn seeds() -> Vec<Vec<u8>> {
    ["rfc4475", "rfc5118"]
        .iter()
        .flat_map(|folder| fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder)).unwrap())
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect()
}

/// Looks at everything that a message has.
fn look(message: &Message) {
    let headers = message.headers();
    let _ = (headers.from().map(|a| (a.display_name(), a.tag())), headers.to().map(|a| a.uri.user()));
    let _ = (headers.event(), headers.subscription_state(), headers.refer_to(), headers.referred_by());
    let _ = (headers.replaces(), headers.content_type(), headers.session_expires(), headers.min_se());
    let _ = (headers.rseq(), headers.rack(), headers.seconds(Known::Expires), headers.seconds(Known::RetryAfter));
    headers.vias().flatten().for_each(|via| {
        let _ = (via.received(), via.rport(), via.branch());
    });
    for name in [Known::Route, Known::Diversion, Known::PAssertedIdentity, Known::HistoryInfo] {
        headers.addresses(name).flatten().for_each(|a| assert!(a.uri.matches(&a.uri)));
    }
}

/// Reads bytes as a datagram and as a stream; what is read, is looked at and written.
fn read_all(bytes: &[u8]) {
    match datagram(bytes) {
        Ok(message) => {
            look(&message);
            let written = message.to_bytes();
            assert_eq!(datagram(&written).as_ref(), Ok(&message), "{}", String::from_utf8_lossy(&written));
        }
        Err(malformed) => {
            if let Some(answer) = malformed.answer("tag") {
                assert!(answer.to_bytes().len() < 2 * bytes.len() + 200);
            }
        }
    }
    let mut framer = Framer::new();
    for piece in bytes.chunks(97) {
        framer.push(piece);
        while let Ok(Some(_)) = framer.next_frame() {}
    }
}

fn spoil() -> impl Strategy<Value = Vec<u8>> {
    let change = (
        any::<prop::sample::Index>(),
        prop_oneof![
            Just(b",".to_vec()),
            Just(b";".to_vec()),
            Just(b"\"".to_vec()),
            Just(b"<".to_vec()),
            Just(b">".to_vec()),
            Just(b"\\".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"\n ".to_vec()),
            Just(b"\0".to_vec()),
            Just(b"%".to_vec()),
            Just(b":".to_vec()),
            Just(b"@".to_vec()),
            Just(b"[".to_vec()),
            Just("\u{e9}".as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..4),
        ],
        0..6_usize,
    );
    (prop::sample::select(seeds()), prop::collection::vec(change, 0..8)).prop_map(|(mut bytes, changes)| {
        for (at, insert, remove) in changes {
            let at = at.index(bytes.len() + 1);
            let end = (at + remove).min(bytes.len());
            bytes.splice(at..end, insert);
        }
        bytes
    })
}

fn token() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9.!%*_+`'~-]{1,12}"
}

fn host() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9]{1,8}(\\.[a-z0-9-]{1,8}){0,2}",
        any::<std::net::Ipv4Addr>().prop_map(|a| a.to_string()),
        any::<std::net::Ipv6Addr>().prop_map(|a| format!("[{a}]")),
    ]
}

fn uri() -> impl Strategy<Value = String> {
    (prop::option::of("[a-zA-Z0-9_.!~*'()&=+$,;?/-]{1,10}"), host(), prop::option::of(any::<u16>()), any::<bool>())
        .prop_map(|(user, host, port, loose)| {
            let user = user.map(|u| format!("{u}@")).unwrap_or_default();
            let port = port.map(|p| format!(":{p}")).unwrap_or_default();
            format!("sip:{user}{host}{port}{}", if loose { ";lr" } else { "" })
        })
}

fn address() -> impl Strategy<Value = String> {
    (prop::option::of("[^\\p{Cc}]{0,12}"), uri(), token()).prop_map(|(display, uri, tag)| {
        let display = display.map(|d| quote(&d) + " ").unwrap_or_default();
        format!("{display}<{uri}>;tag={tag}")
    })
}

fn request() -> impl Strategy<Value = Request> {
    let method =
        prop_oneof![prop::sample::select(Method::KNOWN.to_vec()), token().prop_map(|t| Method::Other(t.into()))];
    let extra = (token(), "[^\\p{Cc}]{0,20}");
    (
        (method, uri(), address(), address()),
        (host(), token(), token(), 0..1_u32 << 31),
        (prop::collection::vec(extra, 0..4), prop::collection::vec(address(), 0..3)),
        prop::collection::vec(any::<u8>(), 0..40),
    )
        .prop_map(|((method, uri, from, to), (host, branch, call_id, cseq), (extra, routes), body)| {
            let mut request = Request::new(method, uri);
            let headers = &mut request.headers;
            headers.push(Name::Via, format_args!("SIP/2.0/UDP {host};branch=z9hG4bK{branch};rport"));
            routes.iter().for_each(|route| headers.push(Name::Route, route));
            headers.push(Name::From, from);
            headers.push(Name::To, to);
            headers.push(Name::CallId, call_id);
            headers.push(Name::CSeq, format_args!("{cseq} {}", request.method));
            for (name, value) in extra {
                headers.push(Name::Other(&format!("X-{name}")), value.trim());
            }
            request.body = body;
            request
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes);
    }

    #[test]
    fn no_spoilt_message_makes_it_panic(bytes in spoil()) {
        read_all(&bytes);
    }

    #[test]
    fn requests_are_read_as_written(request in request()) {
        let message = Message::Request(request);
        let written = message.to_bytes();
        prop_assert_eq!(datagram(&written), Ok(message.clone()));
        let mut framer = Framer::new();
        framer.push(&written);
        prop_assert!(matches!(framer.next_frame(), Ok(Some(offhook_sip::message::Frame::Message(m))) if m == message));
    }

    #[test]
    fn responses_are_read_as_written(request in request(), status in 100..700_u16, reason in "[^\\p{Cc}]{0,20}") {
        let mut response = Response::to(&request, status, "ours");
        response.reason = reason;
        let message = Message::Response(response);
        prop_assert_eq!(datagram(&message.to_bytes()), Ok(message));
    }
}

#[test]
fn content_length_may_be_folded() {
    let head = "OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:a>\r\n\
                Call-ID: 1\r\nCSeq: 1 OPTIONS\r\n";
    let Ok(Message::Request(request)) = datagram(format!("{head}Content-Length:\r\n 2\r\n\r\nabc").as_bytes()) else {
        panic!("it is legal (RFC 3261, section 7.3.1)")
    };
    assert_eq!((request.body.as_slice(), request.headers.get(Name::CSeq)), (&b"ab"[..], Some("1 OPTIONS")));
    assert!(datagram(format!("{head}Content-Length: 1\r\n 2\r\n\r\nabc").as_bytes()).is_err());
}
