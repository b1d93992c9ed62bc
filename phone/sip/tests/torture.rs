//! The messages of RFC 4475 and RFC 5118: what they mean, and the answers that they get.
#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::fs;
use std::path::Path;

use offhook_sip::message::{Fault, Host, Known, Malformed, Message, Method, Name, Request, Response, Uri, datagram};
use offhook_sip::screen::Abilities;

fn bytes(path: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(path).with_extension("dat");
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn read(name: &str) -> Result<Message, Malformed> {
    datagram(&bytes(&format!("rfc4475/{name}")))
}

#[track_caller]
fn request(name: &str) -> Request {
    match read(name) {
        Ok(Message::Request(request)) => request,
        other => panic!("{name}: {other:?}"),
    }
}

#[track_caller]
fn response(name: &str) -> Response {
    match read(name) {
        Ok(Message::Response(response)) => response,
        other => panic!("{name}: {other:?}"),
    }
}

/// What a phone can do.
fn abilities() -> Abilities {
    Abilities {
        methods: [Method::Invite, Method::Ack, Method::Bye, Method::Cancel, Method::Options, Method::Message].into(),
        extensions: vec!["100rel", "replaces", "timer"],
        bodies: vec!["application/sdp", "multipart/mixed"],
        answers: vec!["application/sdp"],
    }
}

/// The status code and reason phrase of what is answered, if anything is.
fn answer(name: &str) -> Option<(u16, String)> {
    let response = match read(name) {
        Err(malformed) => malformed.answer("ours")?,
        Ok(Message::Request(request)) => abilities().screen(&request).err()?.answer(&request, "ours"),
        Ok(Message::Response(_)) => return None,
    };
    let request = bytes(&format!("rfc4475/{name}"));
    assert!(response.to_bytes().len() < request.len() + 100, "{name}: the answer is far longer than the request");
    Some((response.status, response.reason))
}

fn body_of(request: &Request) -> &str {
    std::str::from_utf8(&request.body).unwrap()
}

/// Every message is in one of the two tables, and the data folder holds nothing else.
#[test]
fn all_49_are_here() {
    let count = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rfc4475")).unwrap().count();
    assert_eq!(count, 49);
    assert_eq!(ANSWERS.len(), 49);
}

/// The answer of a phone: none means that the message is taken, or dropped if it is a response.
type Answer = Option<(u16, &'static str)>;

/// Name, section and answer of each message.
const ANSWERS: [(&str, &str, Answer); 49] = [
    ("wsinv", "3.1.1.1", None),
    ("intmeth", "3.1.1.2", Some((501, "Not Implemented"))),
    ("esc01", "3.1.1.3", None),
    ("escnull", "3.1.1.4", Some((405, "Method Not Allowed"))),
    ("esc02", "3.1.1.5", Some((501, "Not Implemented"))),
    ("lwsdisp", "3.1.1.6", None),
    ("longreq", "3.1.1.7", None),
    ("dblreq", "3.1.1.8", Some((405, "Method Not Allowed"))),
    ("semiuri", "3.1.1.9", None),
    ("transports", "3.1.1.10", None),
    ("mpart01", "3.1.1.11", None),
    ("unreason", "3.1.1.12", None),
    ("noreason", "3.1.1.13", None),
    ("badinv01", "3.1.2.1", Some((400, "Malformed Via header field"))),
    ("clerr", "3.1.2.2", Some((400, "Content-Length exceeds the message"))),
    ("ncl", "3.1.2.3", Some((400, "Malformed Content-Length header field"))),
    ("scalar02", "3.1.2.4", Some((400, "Malformed CSeq header field"))),
    ("scalarlg", "3.1.2.5", None),
    ("quotbal", "3.1.2.6", Some((400, "Malformed To header field"))),
    ("ltgtruri", "3.1.2.7", Some((400, "Malformed Request-URI"))),
    ("lwsruri", "3.1.2.8", Some((400, "Malformed start line"))),
    ("lwsstart", "3.1.2.9", Some((400, "Malformed start line"))),
    ("trws", "3.1.2.10", Some((400, "Malformed start line"))),
    ("escruri", "3.1.2.11", Some((400, "Malformed Request-URI"))),
    // The time zone is wrong, but a phone has no use for Date.
    ("baddate", "3.1.2.12", None),
    ("regbadct", "3.1.2.13", Some((400, "Malformed Contact header field"))),
    ("badaspec", "3.1.2.14", Some((400, "Malformed To header field"))),
    ("baddn", "3.1.2.15", Some((400, "Malformed From header field"))),
    ("badvers", "3.1.2.16", Some((505, "Version Not Supported"))),
    ("mismatch01", "3.1.2.17", Some((400, "CSeq method mismatch"))),
    ("mismatch02", "3.1.2.18", Some((400, "CSeq method mismatch"))),
    ("bigcode", "3.1.2.19", None),
    // The branch says nothing, so the transaction is found as RFC 2543 did.
    ("badbranch", "3.2.1", None),
    ("insuf", "3.3.1", Some((400, "Missing From header field"))),
    ("unkscm", "3.3.2", Some((416, "Unsupported URI Scheme"))),
    ("novelsc", "3.3.3", Some((416, "Unsupported URI Scheme"))),
    // A registrar would look at the addresses; a phone is none.
    ("unksm2", "3.3.4", Some((405, "Method Not Allowed"))),
    ("bext01", "3.3.5", Some((420, "Bad Extension"))),
    ("invut", "3.3.6", Some((415, "Unsupported Media Type"))),
    ("regaut01", "3.3.7", Some((405, "Method Not Allowed"))),
    ("multi01", "3.3.8", Some((400, "Multiple Call-ID header fields"))),
    ("mcl01", "3.3.9", Some((400, "Multiple Content-Length header fields"))),
    ("bcast", "3.3.10", None),
    ("zeromf", "3.3.11", None),
    ("cparam01", "3.3.12", Some((405, "Method Not Allowed"))),
    ("cparam02", "3.3.13", Some((405, "Method Not Allowed"))),
    ("regescrt", "3.3.14", Some((405, "Method Not Allowed"))),
    ("sdp01", "3.3.15", Some((406, "Not Acceptable"))),
    ("inv2543", "3.4.1", None),
];

#[test]
fn each_gets_the_answer_that_the_rfc_asks_for() {
    for (name, section, expected) in ANSWERS {
        let answer = answer(name);
        let answer = answer.as_ref().map(|(status, reason)| (*status, reason.as_str()));
        assert_eq!(answer, expected, "{name}, section {section}");
    }
}

#[test]
fn responses_that_are_dropped() {
    for (name, fault) in [("scalarlg", Fault::Malformed(Known::CSeq)), ("bigcode", Fault::StatusCode)] {
        assert_eq!(read(name).unwrap_err(), Malformed { fault, request: None }, "{name}");
    }
    // It came to us through somebody else's Via: RFC 3261, section 8.1.3.3.
    assert_eq!(response("bcast").headers.vias().count(), 2);
}

#[test]
fn answers_repeat_what_identifies_the_request() {
    let answer = read("insuf").unwrap_err().answer("ours").unwrap();
    let fields: Vec<_> = answer.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    assert_eq!(fields, ["Via: SIP/2.0/UDP 192.0.2.95;branch=z9hG4bKkdj.insuf", "CSeq: 193942 INVITE"]);

    let request = request("bext01");
    let answer = abilities().screen(&request).unwrap_err().answer(&request, "ours");
    assert_eq!(answer.headers.get(Name::Unsupported), Some("nothingSupportsThis, nothingSupportsThisEither"));
    assert_eq!(answer.headers.get(Name::To), Some("sip:j_user@example.com;tag=ours"));
    assert_eq!(answer.headers.from().unwrap().tag(), Some("242etr"));
    assert_eq!(answer.headers.call_id(), Ok("bext01.0ha0isndaksdj"));
}

/// Whatever is read can be written, and is then read as the same.
#[test]
fn written_messages_read_the_same() {
    let mut read = 0;
    for folder in ["rfc4475", "rfc5118"] {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let Ok(message) = datagram(&fs::read(&path).unwrap()) else { continue };
            assert_eq!(datagram(&message.to_bytes()), Ok(message), "{}", path.display());
            read += 1;
        }
    }
    assert_eq!(read, 39);
}

#[test]
fn wsinv() {
    let request = request("wsinv");
    let headers = &request.headers;
    let uri = request.parsed_uri().unwrap();
    assert!(uri.sip().unwrap().params.has("unknownparam"));
    let to = headers.to().unwrap();
    assert_eq!((to.uri_text, to.tag()), ("sip:vivekg@chair-dnrc.example.com", Some("1918181833n")));
    let from = headers.from().unwrap();
    assert_eq!((from.display_name().as_deref(), from.tag()), (Some("J Rosenberg \\\""), Some("98asjd8")));
    assert_eq!(headers.max_forwards(), Some(68));
    let cseq = headers.cseq().unwrap();
    assert_eq!((cseq.number, cseq.method), (9, Method::Invite));
    let vias: Vec<_> = headers.vias().map(Result::unwrap).map(|via| (via.transport, via.branch())).collect();
    assert_eq!(vias, [("UDP", Some("390skdjuw")), ("TCP", Some("z9hG4bK9ikj8")), ("UDP", Some("z9hG4bK30239"))]);
    assert_eq!(headers.vias().map(|via| via.unwrap().host).nth(1), Some(Host::Name("spindle.example.com")));
    assert_eq!(headers.get(Name::Subject), Some(""));
    assert_eq!(headers.get(Name::Other("NewFangledHeader")), Some("newfangled value continued newfangled value"));
    assert_eq!(headers.get(Name::Other("unknownheaderwithunusualvalue")), Some(";;,,;;,;"));
    let route = headers.routes().next().unwrap().unwrap();
    let route = route.uri.sip().unwrap();
    assert!(route.is_loose() && route.params.has("unknown-no-value"));
    let contact = headers.contact().unwrap();
    assert_eq!(contact.display_name().as_deref(), Some("Quoted string \"\""));
    assert_eq!((contact.params.get("newparam"), contact.params.get("q")), (Some("newvalue"), Some("0.33")));
    assert!(contact.params.has("secondparam"));
    assert_eq!(request.body.len(), 150);
}

#[test]
fn intmeth() {
    let request = request("intmeth");
    assert_eq!(request.method, Method::Other("!interesting-Method0123456789_*+`.%indeed'~".into()));
    let uri = request.parsed_uri().unwrap();
    let uri = uri.sip().unwrap();
    assert_eq!(uri.user, Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(uri.password, Some("&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"));
    let to = request.headers.to().unwrap();
    assert_eq!(to.display_name().as_deref(), Some("BEL:\u{7} NUL:\0 DEL:\u{7f}"));
    let from = request.headers.from().unwrap();
    assert_eq!(from.display_name().as_deref(), Some("token1~` token2'+_ token3*%!.-"));
    assert_eq!(from.params.text("fromParam''~+*_!.-%").as_deref(), Some("работающий"));
    assert_eq!(from.tag(), Some("_token~1'+`*%!-."));
    assert_eq!(request.headers.call_id(), Ok("intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"));
    assert_eq!(request.headers.get(Name::Other("extensionHeader-!.%*+_`'~")), Some("\u{feff}大停電"));
}

#[test]
fn escapes() {
    let request = request("esc01");
    assert_eq!(request.parsed_uri().unwrap().user().as_deref(), Some("sips:user@example.com"));
    let to = request.headers.to().unwrap();
    assert!(to.uri.matches(&Uri::parse("sip:user@example.com").unwrap()));
    let contact = request.headers.contact().unwrap();
    let contact = contact.uri.sip().unwrap();
    assert!(contact.is_loose());
    assert_eq!(contact.params.get("name"), Some("v%61lue%25%34%31"));

    let request = self::request("escnull");
    let users: Vec<_> =
        request.headers.contacts().unwrap().addresses.iter().map(|a| a.uri.user().unwrap().into_owned()).collect();
    assert_eq!(users, ["\0", "\0\0"]);
    assert_eq!(request.headers.to().unwrap().uri.user().as_deref(), Some("null-\0-null"));

    let request = self::request("esc02");
    assert_eq!(request.method.as_str(), "RE%47IST%45R");
    assert_eq!(request.headers.to().unwrap().display_name().as_deref(), Some("%Z%45"));
    assert_eq!(request.headers.contacts().unwrap().addresses.len(), 2);
    assert!(request.headers.has(Name::Other("C%6Fntact")));
}

#[test]
fn further_valid_ones() {
    let lwsdisp = request("lwsdisp");
    assert_eq!(lwsdisp.headers.from().unwrap().display_name().as_deref(), Some("caller"));

    let longreq = request("longreq");
    assert_eq!(longreq.headers.vias().count(), 34);
    assert_eq!(longreq.body.len(), 150);
    assert_eq!(longreq.headers.to().unwrap().uri.sip().unwrap().port, Some(6000));

    // What follows the first message in the datagram is ignored.
    let dblreq = request("dblreq");
    assert_eq!((&dblreq.method, dblreq.body.len()), (&Method::Register, 0));
    assert_eq!(dblreq.headers.all(Name::CSeq).count(), 1);

    let semiuri = request("semiuri");
    assert_eq!(semiuri.parsed_uri().unwrap().user().as_deref(), Some("user;par=u@example.net"));
    assert_eq!(semiuri.headers.values(Name::Accept).count(), 6);

    let transports = request("transports");
    let names: Vec<_> = transports.headers.vias().map(|via| via.unwrap().transport).collect();
    assert_eq!(names, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);

    let mpart01 = request("mpart01");
    assert_eq!(mpart01.body.len(), 553);
    assert!(mpart01.body.contains(&0));
    let media = mpart01.headers.content_type().unwrap().unwrap();
    assert_eq!((media.kind, media.params.get("boundary")), ("multipart", Some("7a9cbec02ceef655")));

    let unreason = response("unreason");
    assert!(unreason.is_success());
    assert_eq!(unreason.reason, "= 2**3 * 5**2 но сто девяносто девять - простое");
    let noreason = response("noreason");
    assert_eq!((noreason.status, noreason.reason.as_str()), (100, ""));
}

#[test]
fn what_the_application_looks_at() {
    assert_eq!(request("zeromf").headers.max_forwards(), Some(0));
    assert!(!request("badbranch").headers.via().unwrap().has_unique_branch());

    // Parameters without brackets belong to the header field, within them to the URI.
    let cparam01 = request("cparam01");
    let contact = cparam01.headers.contact().unwrap();
    assert!(contact.params.has("unknownparam") && contact.uri.sip().unwrap().params.is_empty());
    let cparam02 = request("cparam02");
    let contact = cparam02.headers.contact().unwrap();
    assert!(contact.params.is_empty() && contact.uri.sip().unwrap().params.has("unknownparam"));
    let regescrt = request("regescrt");
    assert_eq!(regescrt.headers.contact().unwrap().uri.sip().unwrap().headers, Some("Route=%3Csip:sip.example.com%3E"));

    let unksm2 = request("unksm2");
    assert!(matches!(unksm2.headers.to().unwrap().uri, Uri::Other { scheme: "isbn", .. }));
    assert!(matches!(unksm2.headers.from().unwrap().uri, Uri::Other { scheme: "http", .. }));
    assert!(matches!(unksm2.headers.contact().unwrap().uri, Uri::Other { scheme: "name", .. }));

    let inv2543 = request("inv2543");
    assert!(inv2543.headers.from().unwrap().tag().is_none());
    assert!(inv2543.headers.via().unwrap().branch().is_none());
    assert_eq!(body_of(&inv2543).lines().count(), 6);

    // Only CSeq of the large numbers is a fault: the others are cut to what fits.
    let scalar02 = read("scalar02").unwrap_err().request.unwrap();
    assert_eq!(scalar02.headers.max_forwards(), Some(255));
    assert_eq!(scalar02.headers.seconds(Known::Expires).unwrap().as_secs(), u64::from(u32::MAX));
    assert_eq!(scalar02.headers.contact().unwrap().params.number("expires"), Some(u32::MAX));
}

#[test]
fn version_6_addresses() {
    let read = |name: &str| datagram(&bytes(&format!("rfc5118/{name}")));
    let request = |name: &str| match read(name) {
        Ok(Message::Request(request)) => request,
        other => panic!("{name}: {other:?}"),
    };
    let address = |text: &str| Some(text.parse().unwrap());
    let target = |name: &str| {
        let request = request(name);
        let uri = request.parsed_uri().unwrap();
        let uri = uri.sip().unwrap();
        (uri.host.address(), uri.port)
    };
    assert_eq!(target("ipv6-good"), (address("2001:db8::10"), None));
    assert_eq!(read("ipv6-bad").unwrap_err().answer("t").unwrap().status, 400);
    // The port within the brackets is part of the address, whatever its sender meant.
    assert_eq!(target("port-ambiguous"), (address("2001:db8::10:5070"), None));
    assert_eq!(target("port-unambiguous"), (address("2001:db8::10"), Some(5070)));
    for name in ["via-received-param-with-delim", "via-received-param-no-delim"] {
        assert_eq!(request(name).headers.via().unwrap().received(), address("2001:db8::9:255"), "{name}");
    }
    assert!(body_of(&request("ipv6-in-sdp")).contains("c=IN IP6 2001:db8::20"));
    let mixed = request("mult-ip-in-header");
    let hosts: Vec<_> =
        mixed.headers.vias().map(|via| via.unwrap()).map(|via| (via.host.address(), via.port)).collect();
    assert_eq!(
        hosts,
        [(address("2001:db8::9:1"), Some(6050)), (address("192.0.2.1"), None), (address("2001:db8::9:255"), None)]
    );
    assert!(body_of(&request("mult-ip-in-sdp")).contains("c=IN IP4 192.0.2.1"));
    let mapped = request("ipv4-mapped-ipv6");
    assert_eq!(mapped.headers.contact().unwrap().uri.sip().unwrap().host.address(), address("::ffff:192.0.2.2"));
    for name in ["ipv6-bug-abnf-3-colons", "ipv6-correct-abnf-2-colons"] {
        assert_eq!(target(name).0, address("2001:db8::192.0.2.1"), "{name}");
    }
}
