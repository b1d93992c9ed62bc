//! Registration against a registrar that is played here.

#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::time::Duration;

use offhook_params::types::Macros;
use offhook_params::{Settings, lookup};
use offhook_sip::Tokens;
use offhook_sip::message::{Method, Name, Request, Response};
use offhook_sip::registration::{Account, Contact, Failure, Output, Registration, Status};

/// The typed settings with some values changed from their defaults.
fn settings(changes: &[(&str, &'static str)]) -> Settings {
    let changes: Vec<_> = changes.iter().map(|(name, value)| (lookup(name).unwrap().id, *value)).collect();
    Settings::from_values(&|id: offhook_params::ParamId| {
        changes.iter().rev().find(|(changed, _)| *changed == id).map_or(id.default(), |(_, value)| *value)
    })
}

fn account_of(settings: &Settings) -> Option<Account> {
    let macros = Macros { mac: [0, 0x80, 0xf0, 0xab, 0xcd, 0xef], model: "KX-UT670", firmware: "01.221" };
    Account::of_line(&settings.lines[0], &settings.headers, &settings.stun, &macros, "INVITE, ACK")
}

const BASE: [(&str, &str); 6] = [
    ("PHONE_NUMBER_1", "2001"),
    ("SIP_RGSTR_ADDR_1", "192.0.2.10"),
    ("SIP_SVCDOMAIN_1", "example.com"),
    ("SIP_AUTHID_1", "bob"),
    ("SIP_PASS_1", "zanzibar"),
    ("REG_RTX_INTVL_1", "30"),
];

/// A line, and the present moment in seconds.
struct Line {
    registration: Registration,
    now: u64,
}

impl Line {
    fn new(changes: &[(&str, &'static str)]) -> Self {
        let account = account_of(&settings(&[&BASE, changes].concat())).unwrap();
        let contact = Contact { host: "192.0.2.31".into(), port: 5060 };
        let mut registration = Registration::new(account, contact, Tokens::new([5; 32]));
        assert_eq!(registration.status(), Status::Off);
        registration.start(Duration::ZERO);
        Line { registration, now: 0 }
    }

    fn time(&self) -> Duration {
        Duration::from_secs(self.now)
    }

    fn poll(&mut self) -> Option<Output> {
        self.registration.poll()
    }

    #[track_caller]
    fn sent(&mut self) -> Request {
        match self.poll() {
            Some(Output::Send(mut request)) => {
                assert_eq!(request.method, Method::Register);
                request.headers.push_front(Name::Via, "SIP/2.0/UDP 192.0.2.31:5060;branch=z9hG4bK1;rport");
                request
            }
            other => panic!("{other:?}"),
        }
    }

    fn answer(&mut self, request: &Request, status: u16, fields: &[(Name<'_>, &str)]) {
        let mut response = Response::to(request, status, "r");
        for (name, value) in fields {
            match *name == Name::Via {
                true => response.headers.set(*name, value),
                false => response.headers.push(*name, value),
            }
        }
        let now = self.time();
        self.registration.answered(now, &response);
    }

    /// The registrar takes what was sent.
    fn accept(&mut self, request: &Request) {
        let contact = request.headers.get(Name::Contact).unwrap().to_owned();
        self.answer(request, 200, &[(Name::Contact, &contact)]);
    }

    /// Waits for the next moment; gives it.
    #[track_caller]
    fn wait(&mut self) -> u64 {
        let next = self.registration.next_timeout().unwrap();
        self.now = next.as_secs();
        self.registration.timeout(next);
        self.now
    }

    #[track_caller]
    fn is_registered(&mut self, seconds: u64) {
        assert_eq!(self.poll(), Some(Output::Registered { granted: Duration::from_secs(seconds) }));
        assert_eq!(self.registration.status(), Status::Registered);
    }

    #[track_caller]
    fn has_failed(&mut self, failure: Failure, retry: Option<u64>) {
        assert_eq!(self.poll(), Some(Output::Failed { failure, retry: retry.map(Duration::from_secs) }));
    }
}

fn contact(request: &Request) -> &str {
    request.headers.get(Name::Contact).unwrap()
}

#[test]
fn what_the_settings_make_of_it() {
    let mut line = Line::new(&[]);
    let register = line.sent();
    assert_eq!(register.uri, "sip:example.com:5060");
    let headers = &register.headers;
    assert_eq!(headers.get(Name::To), Some("<sip:2001@example.com>"));
    assert_eq!(headers.from().unwrap().uri_text, "sip:2001@example.com");
    assert_eq!(contact(&register), "<sip:2001@192.0.2.31:5060>;expires=3600");
    assert_eq!(headers.get(Name::Expires), Some("3600"));
    assert_eq!(headers.get(Name::UserAgent), Some("Panasonic_KX-UT670/01.221 (0080f0abcdef)"));
    assert!(headers.lists(Name::Allow, "INVITE"));
    assert!(!headers.has(Name::Authorization));

    let register = Line::new(&[
        ("SIP_URI_1", "sip:bob smith@example.org"),
        ("SIP_REQURI_PORT_1", "N"),
        ("ADD_EXPIRES_HEADER_1", "N"),
        ("SIP_TRANSPORT_1", "1"),
        ("ADD_USER_PHONE_1", "Y"),
        ("REG_EXPIRE_TIME_1", "60"),
        ("SIP_USER_AGENT", "phone"),
    ])
    .sent();
    assert_eq!(register.uri, "sip:example.com");
    assert_eq!(register.headers.get(Name::To), Some("<sip:bob%20smith@example.org;user=phone>"));
    assert_eq!(contact(&register), "<sip:bob%20smith@192.0.2.31:5060;transport=tcp>;expires=60");
    assert!(!register.headers.has(Name::Expires));

    let register =
        Line::new(&[("SIP_SVCDOMAIN_1", ""), ("ADD_TRANSPORT_UDP_1", "Y"), ("SIP_RGSTR_PORT_1", "5080")]).sent();
    assert_eq!(register.uri, "sip:192.0.2.10:5080");
    assert_eq!(contact(&register), "<sip:2001@192.0.2.31:5060;transport=udp>;expires=3600");
}

#[test]
fn lines_that_are_not_in_service() {
    for change in [
        ("LINE_ENABLE_1", "Disabled"),
        ("PROFILE_ENABLE1", "Disabled"),
        ("PHONE_NUMBER_1", ""),
        ("SIP_RGSTR_ADDR_1", ""),
    ] {
        assert_eq!(account_of(&settings(&[&BASE[..], &[change]].concat())), None, "{change:?}");
    }
}

#[test]
fn a_day_in_the_life() {
    let mut line = Line::new(&[("REG_INTERVAL_RATE_1", "90")]);
    let first = line.sent();
    assert_eq!(line.registration.status(), Status::Registering);
    line.answer(&first, 401, &[(Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"")]);
    let second = line.sent();
    assert!(second.headers.get(Name::Authorization).unwrap().contains("nc=00000001"));
    assert_eq!(second.headers.call_id(), first.headers.call_id());
    assert_eq!(second.headers.from().unwrap().tag(), first.headers.from().unwrap().tag());
    assert_eq!(second.headers.cseq().unwrap().number, first.headers.cseq().unwrap().number + 1);
    line.answer(&second, 100, &[]);
    line.accept(&second);
    line.is_registered(3600);

    assert_eq!(line.wait(), 3240);
    let refresh = line.sent();
    assert!(refresh.headers.get(Name::Authorization).unwrap().contains("nc=00000002"));
    // The registrar grants less, in words of its own.
    line.answer(&refresh, 200, &[(Name::Contact, "<sip:x@y>;expires=9, <sip:2001@192.0.2.31>;expires=100;q=1")]);
    line.is_registered(100);
    assert_eq!(line.wait(), 3330);

    // Now it is silent; the registration still lasts, then it is over.
    line.sent();
    let now = line.time();
    line.registration.failed(now);
    line.has_failed(Failure::Silence, Some(3360));
    assert_eq!(line.registration.status(), Status::Registered);
    assert_eq!(line.wait(), 3340);
    assert_eq!(line.poll(), Some(Output::Expired));
    assert_eq!(line.registration.status(), Status::Registering);
    assert_eq!(line.wait(), 3360);
    let again = line.sent();
    line.accept(&again);
    line.is_registered(3600);

    let now = line.time();
    line.registration.close(now);
    assert_eq!(line.poll(), Some(Output::Closed));
    assert_eq!((line.registration.status(), line.registration.next_timeout()), (Status::Off, None));
}

#[test]
fn what_is_granted() {
    let check = |fields: &[(Name<'_>, &str)], granted: Option<u64>| {
        let mut line = Line::new(&[]);
        let register = line.sent();
        line.answer(&register, 200, fields);
        match granted {
            Some(granted) => line.is_registered(granted),
            None => line.has_failed(Failure::NotTaken, Some(30)),
        }
    };
    check(&[], Some(3600));
    check(&[(Name::Expires, "50")], Some(50));
    check(&[(Name::Contact, "sip:2001@192.0.2.31"), (Name::Expires, "50")], Some(50));
    check(&[(Name::Contact, "<sip:2001@203.0.113.5:1024>;expires=70")], Some(70));
    check(&[(Name::Contact, "<sip:2001@[::1]>;expires=70, <sip:2@h>;expires=9")], None);
    check(&[(Name::Contact, "<sip:2001@192.0.2.31>;expires=0")], None);
}

#[test]
fn shorter_than_the_registrar_likes() {
    let mut line = Line::new(&[("REG_EXPIRE_TIME_1", "60")]);
    let register = line.sent();
    line.answer(&register, 423, &[(Name::MinExpires, "300")]);
    let register = line.sent();
    assert_eq!(contact(&register), "<sip:2001@192.0.2.31:5060>;expires=300");
    assert_eq!(register.headers.get(Name::Expires), Some("300"));
    // A registrar that asks for the same again is not obeyed without end.
    line.answer(&register, 423, &[(Name::MinExpires, "300")]);
    line.has_failed(Failure::Status(423), Some(30));
    assert_eq!(line.poll(), None);
}

#[test]
fn failures_and_second_attempts() {
    let check = |status: u16, fields: &[(Name<'_>, &str)], retry: Option<u64>, after: Status| {
        let mut line = Line::new(&[("REG_RTX_INTVL_1", "60")]);
        let register = line.sent();
        line.answer(&register, status, fields);
        line.has_failed(Failure::Status(status), retry);
        assert_eq!(line.registration.status(), after, "{status}");
        assert_eq!(line.registration.next_timeout().map(|next| next.as_secs()), retry);
        // Whoever asks for it may try again at once.
        line.registration.register_now(Duration::from_secs(1));
        line.sent();
    };
    check(404, &[], Some(60), Status::Registering);
    check(503, &[(Name::RetryAfter, "120 (busy)")], Some(120), Status::Registering);
    check(503, &[(Name::RetryAfter, "5")], Some(60), Status::Registering);
    check(500, &[(Name::RetryAfter, "999999999")], Some(3600), Status::Registering);
    check(302, &[], Some(60), Status::Registering);
    check(403, &[(Name::RetryAfter, "5")], None, Status::Refused);
}

#[test]
fn a_wrong_password() {
    let mut line = Line::new(&[]);
    let challenge = (Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n\"");
    let register = line.sent();
    line.answer(&register, 401, &[challenge]);
    let register = line.sent();
    line.answer(&register, 401, &[challenge]);
    line.has_failed(Failure::Password, Some(30));
    assert_eq!(line.registration.status(), Status::Refused);
    line.wait();
    let register = line.sent();
    assert!(!register.headers.has(Name::Authorization), "the old nonce is not tried again");
    line.answer(&register, 401, &[(Name::WwwAuthenticate, "Basic realm=\"r\"")]);
    line.has_failed(Failure::Challenge, Some(60));
}

#[test]
fn removed_first() {
    let mut line = Line::new(&[("USE_DEL_REG_OPEN_1", "Y"), ("ADD_EXPIRES_HEADER_1", "N")]);
    let remove = line.sent();
    assert_eq!((contact(&remove), remove.headers.get(Name::Expires)), ("*", Some("0")));
    line.answer(&remove, 401, &[(Name::WwwAuthenticate, "Digest realm=\"r\", nonce=\"n\"")]);
    let remove = line.sent();
    assert_eq!(contact(&remove), "*");
    line.answer(&remove, 200, &[]);
    let register = line.sent();
    line.accept(&register);
    line.is_registered(3600);
    line.wait();
    assert_ne!(contact(&line.sent()), "*");

    // A registrar that does not know `*` gets the registration nevertheless; one that is silent is tried again.
    for (status, removed) in [(400, true), (500, false), (403, false)] {
        let mut line = Line::new(&[("USE_DEL_REG_OPEN_1", "Y")]);
        let remove = line.sent();
        line.answer(&remove, status, &[]);
        if !removed {
            line.has_failed(Failure::Status(status), (status == 500).then_some(30));
            line.registration.register_now(Duration::from_secs(30));
        }
        assert_eq!(contact(&line.sent()) != "*", removed, "{status}");
    }
}

#[test]
fn removed_last() {
    let mut line = Line::new(&[("USE_DEL_REG_CLOSE_1", "Y")]);
    let register = line.sent();
    line.accept(&register);
    line.is_registered(3600);
    let now = line.time();
    line.registration.close(now);
    let remove = line.sent();
    assert_eq!(contact(&remove), "<sip:2001@192.0.2.31:5060>;expires=0");
    assert_eq!(remove.headers.get(Name::Expires), Some("0"));
    line.answer(&remove, 200, &[]);
    assert_eq!((line.poll(), line.poll()), (Some(Output::Closed), None));

    // Closed while a request is on its way: its answer is awaited, and then undone.
    let mut line = Line::new(&[("USE_DEL_REG_CLOSE_1", "Y")]);
    let register = line.sent();
    line.registration.close(Duration::ZERO);
    assert_eq!(line.poll(), None);
    line.accept(&register);
    assert_eq!(line.poll(), Some(Output::Registered { granted: Duration::from_secs(3600) }));
    let remove = line.sent();
    assert!(contact(&remove).ends_with("expires=0"));
    line.registration.failed(Duration::ZERO);
    assert_eq!((line.poll(), line.poll()), (Some(Output::Closed), None));
}

#[test]
fn a_learned_address_is_registered() {
    let mut line = Line::new(&[("GLOBAL_ADDRESS_METHOD", "SIP"), ("GLOBAL_ADDRESS_INTERVAL", "60")]);
    let via = (Name::Via, "SIP/2.0/UDP 192.0.2.31:5060;branch=z9hG4bK1;rport=1024;received=203.0.113.5");
    let global = Contact { host: "203.0.113.5".into(), port: 1024 };
    let register = line.sent();
    line.answer(&register, 200, &[via]);
    line.is_registered(3600);
    assert_eq!(line.poll(), Some(Output::AddressChanged(global.clone())));
    let register = line.sent();
    assert_eq!(contact(&register), "<sip:2001@203.0.113.5:1024>;expires=3600");
    line.answer(&register, 200, &[via]);
    line.is_registered(3600);
    let remove = line.sent();
    assert_eq!(contact(&remove), "<sip:2001@192.0.2.31:5060>;expires=0");
    line.answer(&remove, 481, &[via]);
    assert_eq!(line.poll(), None);
    assert_eq!((line.registration.contact(), line.registration.status()), (&global, Status::Registered));

    // Without the setting, the answer changes nothing.
    let mut line = Line::new(&[("GLOBAL_ADDRESS_METHOD", "STUN"), ("GLOBAL_ADDRESS_INTERVAL", "60")]);
    let register = line.sent();
    line.answer(&register, 200, &[via]);
    line.is_registered(3600);
    assert_eq!(line.poll(), None);
}

#[test]
fn a_new_address_of_the_unit_is_registered() {
    let mut line = Line::new(&[]);
    let first = line.sent();
    let moved = Contact { host: "192.0.2.77".into(), port: 5060 };
    // While a request is on its way, the next one waits.
    line.registration.set_contact(Duration::ZERO, moved.clone());
    assert_eq!(line.poll(), None);
    line.accept(&first);
    line.is_registered(3600);
    let second = line.sent();
    assert_eq!(contact(&second), "<sip:2001@192.0.2.77:5060>;expires=3600");
    line.accept(&second);
    line.is_registered(3600);
    line.registration.set_contact(Duration::ZERO, moved);
    assert_eq!(line.poll(), None);
}

#[test]
fn the_route_that_the_registrar_gives() {
    let mut line = Line::new(&[]);
    let register = line.sent();
    line.answer(&register, 200, &[(Name::ServiceRoute, "<sip:a;lr>, <sip:b;lr>")]);
    assert_eq!(line.registration.service_route(), ["<sip:a;lr>", "<sip:b;lr>"]);
}
