//! Subscriptions of a line against a server that is played here, over a simulated network with virtual time.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use crate::world::{World, registrar, seconds};
use offhook_sip::event::Content;
use offhook_sip::event::feature::{Feature, Kind};
use offhook_sip::line;
use offhook_sip::message::{Known, Message, Method, Name, Request, Response, datagram};
use offhook_sip::subscription::{Event, SubscriptionId, Wish};

const SERVER: &str = "192.0.2.10:5060";

/// Answers that the server gives to the next SUBSCRIBEs: a status and fields. Without one it takes them for ten minutes.
type Answers = Rc<RefCell<VecDeque<(u16, &'static str)>>>;

struct Office {
    world: World,
    answers: Answers,
    notifies: u32,
}

impl Office {
    fn new(settings: &[(&'static str, &'static str)]) -> Self {
        let settings = [&[("SUB_RTX_INTVL_1", "30")], settings].concat();
        let mut world = World::new(&settings);
        let answers = Answers::default();
        let script = Rc::clone(&answers);
        world.server(SERVER, move |request| {
            if request.method != Method::Subscribe {
                return registrar(request);
            }
            let (status, fields) = script.borrow_mut().pop_front().unwrap_or((200, "Expires: 600"));
            if status == 0 {
                return None;
            }
            let mut answer = Response::to(request, status, "notifier");
            answer.headers.push(Name::Contact, "<sip:notifier@192.0.2.10:5060>");
            for field in fields.split('\n').filter(|field| !field.is_empty()) {
                let (name, value) = field.split_once(": ").unwrap_or((field, ""));
                answer.headers.push(Name::parse(name), value);
            }
            Some(answer)
        });
        world.start();
        world.run(seconds(1));
        Office { world, answers, notifies: 0 }
    }

    fn next_answers(&mut self, answers: &[(u16, &'static str)]) {
        self.answers.borrow_mut().extend(answers);
    }

    fn subscribe(&mut self, wish: Wish) -> SubscriptionId {
        let id = self.world.line.subscribe(self.world.now, wish);
        self.world.run(seconds(1));
        id
    }

    /// The SUBSCRIBEs so far.
    fn heard(&self) -> Vec<Request> {
        let all = self.world.heard.iter().map(|heard| heard.request());
        all.filter(|request| request.method == Method::Subscribe).cloned().collect()
    }

    fn last(&self) -> Request {
        self.heard().pop().expect("there was a SUBSCRIBE")
    }

    /// Tells the line something within the subscription of a SUBSCRIBE; gives the status of the answer.
    fn notify(&mut self, subscribe: &Request, fields: &str, body: &str) -> u16 {
        self.notifies += 1;
        self.notify_as(self.notifies, "notifier", subscribe, fields, body)
    }

    fn notify_as(&mut self, number: u32, tag: &str, subscribe: &Request, fields: &str, body: &str) -> u16 {
        let headers = &subscribe.headers;
        let event = if fields.contains("Event: ") { "" } else { headers.get(Name::Event).expect("it has one") };
        let event = if event.is_empty() { String::new() } else { format!("Event: {event}\r\n") };
        let text = format!(
            "NOTIFY sip:2001@192.0.2.31:5060 SIP/2.0\r\nVia: SIP/2.0/UDP {SERVER};branch=z9hG4bKn{tag}{number}\r\n\
             Max-Forwards: 70\r\nFrom: <{}>;tag={tag}\r\nTo: {}\r\nCall-ID: {}\r\nCSeq: {number} NOTIFY\r\n\
             Contact: <sip:notifier@192.0.2.10:5060>\r\n{event}{fields}\r\n{body}",
            subscribe.uri,
            headers.get(Name::From).expect("it has one"),
            headers.call_id().expect("it has one"),
        );
        self.world.answers.clear();
        self.world.datagram(SERVER, text.as_bytes());
        let (_, bytes) = self.world.answers.first().expect("a NOTIFY is answered");
        match datagram(bytes) {
            Ok(Message::Response(response)) => response.status,
            other => panic!("{other:?}"),
        }
    }

    /// What happened to subscriptions, in few words.
    fn told(&mut self) -> String {
        let now = self.world.now;
        let events = self.world.events.drain(..).filter_map(|(at, event)| match event {
            line::Event::Subscription { event, .. } => Some((at, event)),
            _ => None,
        });
        let after = |at: Option<std::time::Duration>, since: std::time::Duration| match at {
            Some(at) => format!("again after {}", (at - since).as_secs()),
            None => "never again".into(),
        };
        let text = |(at, event): (std::time::Duration, Event)| match event {
            Event::Active { granted } => format!("for {}", granted.as_secs()),
            Event::Told(content) => format!("{content:?}"),
            Event::Lamps(lamps) => {
                lamps.iter().map(|lamp| format!("{} {:?}", lamp.uri, lamp.light)).collect::<Vec<_>>().join(" ")
            }
            Event::Failed { status, retry } => format!("failed {} {}", status.unwrap_or(0), after(retry, at)),
            Event::Lapsed { reason, retry } => {
                format!("lapsed {} {}", reason.unwrap_or_default(), after(retry, at))
            }
            Event::Ended => "ended".into(),
            other => format!("{other:?} at {now:?}"),
        };
        events.map(text).collect::<Vec<_>>().join(", ")
    }
}

const SUMMARY: &str = "Content-Type: application/simple-message-summary\r\nSubscription-State: active;expires=600\r\n";

#[test]
fn waiting_messages_and_renewals() {
    let mut office = Office::new(&[("SIP_SUBS_EXPIRE_1", "1200"), ("SUB_INTERVAL_RATE_1", "50")]);
    let id = office.subscribe(Wish::messages("sip:2001@192.0.2.10"));
    assert_eq!(office.told(), "for 600");
    let first = office.last();
    assert_eq!(first.uri, "sip:2001@192.0.2.10");
    let headers = &first.headers;
    assert_eq!(headers.get(Name::Event), Some("message-summary"));
    assert_eq!(headers.get(Name::Expires), Some("1200"));
    assert_eq!(headers.get(Name::Accept), Some("application/simple-message-summary"));
    assert_eq!(headers.get(Name::Contact), Some("<sip:2001@192.0.2.31:5060>"));

    assert_eq!(office.notify(&first, SUMMARY, "Messages-Waiting: yes\r\nVoice-Message: 2/1\r\n"), 200);
    let told = office.told();
    assert!(told.contains("waiting: true") && told.contains("new: 2"), "{told}");

    // Renewed within its dialog after half of its time.
    office.world.run(seconds(295));
    assert_eq!(office.heard().len(), 1);
    office.world.run(seconds(10));
    let second = office.last();
    assert_eq!(office.told(), "for 600");
    assert_eq!(second.uri, "sip:notifier@192.0.2.10:5060");
    assert_eq!(second.headers.to().ok().and_then(|to| to.tag().map(str::to_owned)).as_deref(), Some("notifier"));
    assert_eq!(second.headers.cseq().map(|cseq| cseq.number), Ok(2));
    // A server that says that less is left is believed.
    assert_eq!(office.notify(&first, "Subscription-State: active;expires=20\r\n", ""), 200);
    office.world.run(seconds(11));
    assert_eq!(office.heard().len(), 3);

    office.world.line.unsubscribe(office.world.now, id);
    office.world.run(seconds(1));
    assert!(office.told().ends_with("ended"));
    assert_eq!(office.last().headers.seconds(Known::Expires), Some(seconds(0)));
    // The last NOTIFY may be late; one that is too late is not known any more.
    assert_eq!(office.notify(&first, "Subscription-State: terminated\r\n", ""), 200);
    office.world.run(seconds(3000));
    assert_eq!(office.notify(&first, "Subscription-State: terminated\r\n", ""), 481);
    assert_eq!(office.heard().len(), 4);
}

#[test]
fn nothing_is_asked_before_the_line_is_registered() {
    let mut world = World::new(&[]);
    world.line.subscribe(world.now, Wish::messages("sip:2001@192.0.2.10"));
    world.start();
    world.run(seconds(5));
    assert!(world.heard.is_empty());
    world.server(SERVER, registrar);
    world.run(seconds(60));
    let methods: Vec<_> = world.heard.iter().map(|heard| heard.request().method.clone()).collect();
    assert_eq!(methods[..2], [Method::Register, Method::Subscribe]);
}

#[test]
fn credentials_are_given() {
    let mut office = Office::new(&[("SIP_AUTHID_1", "bob"), ("SIP_PASS_1", "secret")]);
    office.next_answers(&[(401, "WWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\"")]);
    office.subscribe(Wish::messages("sip:2001@192.0.2.10"));
    assert_eq!(office.told(), "for 600");
    let [first, second] = &office.heard()[..] else { panic!("two SUBSCRIBEs") };
    assert!(!first.headers.has(Name::Authorization) && second.headers.has(Name::Authorization));
    assert_eq!(first.headers.call_id(), second.headers.call_id());
    assert_eq!(second.headers.cseq().map(|cseq| cseq.number), Ok(2));
    // Within the dialog, they are given at once.
    office.world.run(seconds(600));
    assert!(office.last().headers.get(Name::Authorization).is_some_and(|value| value.contains("nc=00000002")));
}

#[test]
fn failures() {
    for (status, fields, told) in [
        (404, "", "failed 404 again after 30"),
        (489, "", "failed 489 again after 30"),
        (500, "Retry-After: 100", "failed 500 again after 100"),
        (503, "Retry-After: 99999999", "failed 503 again after 3600"),
        (403, "", "failed 403 never again"),
        (200, "Expires: 0", "failed 200 again after 30"),
    ] {
        let mut office = Office::new(&[]);
        office.next_answers(&[(status, fields)]);
        let id = office.subscribe(Wish::messages("sip:2001@192.0.2.10"));
        assert_eq!(office.told(), told);
        office.world.run(seconds(3700));
        assert_eq!(office.heard().len() > 1, status != 403, "{status}");
        // Whoever asks for it may try again.
        office.world.line.renew(office.world.now, id);
        office.world.run(seconds(1));
        assert!(office.told().ends_with("for 600"), "{status}");
    }
    let mut office = Office::new(&[("SIP_TIMER_F_1", "1000")]);
    office.next_answers(&[(0, ""), (0, ""), (0, ""), (423, "Min-Expires: 7200")]);
    office.subscribe(Wish::messages("sip:2001@192.0.2.10"));
    office.world.run(seconds(60));
    assert_eq!(office.told(), "failed 0 again after 30, for 600");
    assert_eq!(office.last().headers.get(Name::Expires), Some("7200"));
}

#[test]
fn a_server_that_has_forgotten() {
    let mut office = Office::new(&[]);
    office.subscribe(Wish::dialogs("sip:2002@example.com"));
    let first = office.last();
    office.next_answers(&[(481, "")]);
    office.world.run(seconds(545));
    assert_eq!(office.told(), "for 600, failed 481 again after 0, for 600");
    let again = office.last();
    assert_ne!(first.headers.call_id(), again.headers.call_id());
    assert_eq!(
        (again.uri.as_str(), again.headers.to().is_ok_and(|to| to.tag().is_none())),
        ("sip:2002@example.com", true)
    );

    // Silence in renewals: the subscription lasts until its time is over, and is then made anew.
    office.world.cut(SERVER, true);
    office.world.run(seconds(700));
    let told = office.told();
    assert!(told.starts_with("failed 0 again after 30") && told.contains("lapsed"), "{told}");
    office.world.cut(SERVER, false);
    office.world.run(seconds(100));
    assert!(office.told().ends_with("for 600"));
}

#[test]
fn ended_by_the_server() {
    for (state, told) in [
        ("terminated;reason=deactivated", "lapsed deactivated again after 1"),
        ("terminated;reason=timeout", "lapsed timeout again after 1"),
        ("terminated;reason=probation;retry-after=90", "lapsed probation again after 90"),
        ("terminated;reason=giveup", "lapsed giveup again after 30"),
        ("terminated", "lapsed  again after 30"),
        ("Terminated;reason=noresource", "lapsed noresource never again"),
        ("terminated;reason=rejected", "lapsed rejected never again"),
    ] {
        let mut office = Office::new(&[]);
        office.subscribe(Wish::dialogs("sip:2002@example.com"));
        office.world.run(seconds(60));
        office.told();
        let first = office.last();
        assert_eq!(office.notify(&first, &format!("Subscription-State: {state}\r\n"), ""), 200);
        assert_eq!(office.told(), told);
        office.world.run(seconds(100));
        assert_eq!(office.heard().len(), if told.contains("never") { 1 } else { 2 }, "{state}");
    }
    // One that ends each subscription at once is not asked without a pause.
    let mut office = Office::new(&[]);
    office.subscribe(Wish::dialogs("sip:2002@example.com"));
    let first = office.last();
    office.notify(&first, "Subscription-State: terminated;reason=deactivated\r\n", "");
    assert_eq!(office.told(), "for 600, lapsed deactivated again after 30");
}

fn dialog_info(version: u32, full: bool, entity: &str, state: &str) -> String {
    let full = if full { "full" } else { "partial" };
    format!(
        "<dialog-info version=\"{version}\" state=\"{full}\" entity=\"{entity}\">\
         <dialog id=\"1\" direction=\"recipient\"><state>{state}</state></dialog></dialog-info>"
    )
}

const DIALOG: &str = "Content-Type: application/dialog-info+xml\r\nSubscription-State: active\r\n";

#[test]
fn lamps_in_any_order() {
    let mut office = Office::new(&[]);
    office.subscribe(Wish::dialogs("sip:2002@example.com"));
    let first = office.last();
    let who = "sip:2002@example.com";
    let tell = |office: &mut Office, number, version, full, state: &str| {
        let status = office.notify_as(number, "notifier", &first, DIALOG, &dialog_info(version, full, who, state));
        (status, office.told())
    };
    assert_eq!(tell(&mut office, 1, 1, true, "early"), (200, format!("for 600, {who} Ringing")));
    assert_eq!(tell(&mut office, 3, 3, false, "terminated"), (200, format!("{who} Idle")));
    // One was lost: the whole state is asked for.
    office.world.run(seconds(2));
    assert_eq!(office.heard().len(), 2);
    // It comes late, and is refused as it is out of order.
    assert_eq!(tell(&mut office, 2, 2, false, "confirmed"), (500, "for 600".into()));
    assert_eq!(tell(&mut office, 4, 4, true, "confirmed"), (200, format!("{who} Busy")));
    assert_eq!(tell(&mut office, 5, 3, true, "early"), (200, String::new()));
}

/// A NOTIFY may be faster than the answer to its SUBSCRIBE; those of further forks are not wanted.
#[test]
fn forks_and_fast_notifications() {
    let mut office = Office::new(&[("SIP_TIMER_F_1", "2000")]);
    office.next_answers(&[(0, ""), (0, ""), (0, "")]);
    office.subscribe(Wish::dialogs("sip:2002@example.com"));
    let first = office.last();
    let body = dialog_info(0, true, "sip:2002@example.com", "early");
    assert_eq!(office.notify_as(1, "fork", &first, DIALOG, &body), 200);
    assert_eq!(office.notify_as(1, "other", &first, DIALOG, &body), 481);
    assert_eq!(office.told(), "sip:2002@example.com Ringing");
    office.next_answers(&[]);
    office.world.run(seconds(1));
    // The next SUBSCRIBE belongs to the dialog that the NOTIFY has made.
    office.world.run(seconds(40));
    assert_eq!(office.last().headers.to().ok().and_then(|to| to.tag().map(str::to_owned)).as_deref(), Some("fork"));
}

/// The answer is of one fork, and another one tells: the one that tells counts.
#[test]
fn the_fork_that_tells_counts() {
    let mut office = Office::new(&[]);
    office.subscribe(Wish::dialogs("sip:2002@example.com"));
    let first = office.last();
    let body = dialog_info(0, true, "sip:2002@example.com", "early");
    assert_eq!(office.notify_as(1, "fork", &first, DIALOG, &body), 200);
    assert_eq!(office.notify_as(1, "notifier", &first, DIALOG, &body), 481);
    office.world.run(seconds(600));
    let tag = office.last().headers.to().ok().and_then(|to| to.tag().map(str::to_owned));
    assert_eq!(tag.as_deref(), Some("fork"));
}

#[test]
fn what_is_not_believed() {
    let mut office = Office::new(&[]);
    office.subscribe(Wish::dialogs("sip:2002@example.com"));
    let first = office.last();
    office.told();
    for (fields, body, status) in [
        (DIALOG, "<dialog-info", 400),
        (DIALOG, "<!DOCTYPE a [<!ENTITY x \"&x;&x;\">]><dialog-info/>", 400),
        ("Content-Type: text/plain\r\n", "x", 415),
        ("", "x", 400),
        ("Event: presence\r\n", "", 489),
        ("Event: dialog\r\n", "", 200),
    ] {
        assert_eq!(office.notify(&first, fields, body), status, "{fields}{body}");
        assert_eq!(office.told(), "");
    }
    let large = format!("<dialog-info>{}</dialog-info>", "<a>".repeat(80_000));
    assert!(large.len() < 256 << 10);
    assert_eq!(office.notify(&first, DIALOG, &large), 413);
    // Somebody who knows the Call-ID, but not our tag.
    let mut stranger = first.clone();
    stranger.headers.set(Name::From, "<sip:2001@192.0.2.10>;tag=guessed");
    assert_eq!(office.notify(&stranger, DIALOG, &dialog_info(1, true, "a", "early")), 481);
    assert_eq!(office.told(), "");
}

#[test]
fn lists_of_lamps() {
    let mut office = Office::new(&[]);
    office.subscribe(Wish::dialog_list("sip:list@example.com"));
    let first = office.last();
    assert!(first.headers.lists(Name::Supported, "eventlist"));
    assert!(first.headers.get(Name::Accept).is_some_and(|accept| accept.contains("application/rlmi+xml")));
    let people = 500;
    let mut body = String::from(
        "--b\r\nContent-ID: <l>\r\nContent-Type: application/rlmi+xml\r\n\r\n\
         <list uri=\"sip:list@example.com\" version=\"0\" fullState=\"true\">",
    );
    for n in 0..people {
        body += &format!("<resource uri=\"sip:{n}@x\"><instance id=\"1\" state=\"active\" cid=\"{n}\"/></resource>");
    }
    body += "</list>\r\n";
    for n in 0..people {
        let document = dialog_info(0, true, &format!("sip:{n}@x"), "confirmed");
        body += &format!("--b\r\nContent-ID: <{n}>\r\nContent-Type: application/dialog-info+xml\r\n\r\n{document}\r\n");
    }
    body += "--b--\r\n";
    let fields = "Content-Type: multipart/related;type=\"application/rlmi+xml\";boundary=b\r\nRequire: eventlist\r\n\
        Subscription-State: active\r\n";
    assert_eq!(office.notify(&first, fields, &body), 200);
    assert_eq!(office.told().matches("Busy").count(), people);
}

#[test]
fn features_both_ways() {
    let mut office = Office::new(&[]);
    let id = office.subscribe(Wish::features("sip:2001@example.com"));
    let first = office.last();
    office.told();
    let fields = "Content-Type: application/x-as-feature-event+xml\r\nSubscription-State: active\r\n";
    let body = "<DoNotDisturbEvent><doNotDisturbOn>true</doNotDisturbOn></DoNotDisturbEvent>";
    assert_eq!(office.notify(&first, fields, body), 200);
    assert_eq!(office.told(), format!("{:?}", Content::Features(vec![Feature::DoNotDisturb(true)])));

    let forward = Feature::Forward { kind: Kind::Busy, active: true, target: "2003".into(), rings: None };
    office.world.line.set_feature(office.world.now, id, &Feature::DoNotDisturb(false));
    office.world.line.set_feature(office.world.now, id, &forward);
    office.world.run(seconds(2));
    let heard = office.heard();
    let bodies: Vec<_> = heard[1..].iter().map(|request| String::from_utf8_lossy(&request.body)).collect();
    assert!(bodies.len() == 2 && bodies[0].contains("<doNotDisturbOn>false<") && bodies[1].contains("forwardBusy"));
    assert_eq!(heard[2].headers.get(Name::ContentType), Some("application/x-as-feature-event+xml"));
    assert_eq!(heard[2].headers.cseq().map(|cseq| cseq.number), Ok(3));
    // A renewal carries none.
    office.world.run(seconds(600));
    assert!(office.last().body.is_empty());
}

#[test]
fn shared_lines() {
    let mut office = Office::new(&[]);
    office.subscribe(Wish::shared_line("sip:2001@example.com"));
    let first = office.last();
    office.told();
    let fields =
        "Call-Info: <sip:example.com>;appearance-index=1;appearance-state=held\r\nSubscription-State: active\r\n";
    assert_eq!(office.notify(&first, fields, ""), 200);
    assert!(office.told().contains("Held"));

    office.next_answers(&[(200, "Expires: 15")]);
    office.subscribe(Wish::seize("sip:2001@example.com", "example.com", 2));
    let seize = office.last();
    assert_eq!(seize.headers.get(Name::CallInfo), Some("<sip:example.com>;appearance-index=2"));
    assert_eq!(seize.headers.get(Name::Expires), Some("15"));
    // It is not renewed, and ends by itself.
    office.world.run(seconds(20));
    assert_eq!(office.told(), "for 15, ended");
    // A place that is taken is told, and not tried again.
    office.next_answers(&[(480, "")]);
    office.subscribe(Wish::seize("sip:2001@example.com", "example.com", 1));
    office.world.run(seconds(100));
    assert_eq!(office.told(), "failed 480 never again, ended");
}

#[test]
fn other_servers_and_closing() {
    let mut office = Office::new(&[("SIP_PRSNC_ADDR_1", "192.0.2.20")]);
    office.world.server("192.0.2.20:5060", |request| {
        let mut answer = registrar(request)?;
        answer.headers.set(Name::Contact, "<sip:n@192.0.2.20>");
        answer.headers.push(Name::Expires, 600);
        Some(answer)
    });
    office.subscribe(Wish::dialogs("sip:2002@example.com"));
    office.subscribe(Wish::messages("sip:2001@example.com"));
    let at: Vec<_> = office.world.heard.iter().map(|heard| heard.at.to_string()).collect();
    assert_eq!(at, [SERVER, "192.0.2.20:5060", SERVER]);
    // Other settings make subscriptions anew.
    let other = office.world.settings(&[("PHONE_NUMBER_1", "2009")]);
    office.world.line.configure(office.world.now, other);
    office.world.run(seconds(2));
    assert_eq!(office.heard().len(), 4);
    assert!(
        office.heard()[2..].iter().all(|request| request.headers.get(Name::From).is_some_and(|f| f.contains("2009")))
    );
    office.told();
    office.world.line.close(office.world.now);
    office.world.run(seconds(5));
    assert_eq!(office.heard().iter().filter(|request| request.headers.get(Name::Expires) == Some("0")).count(), 2);
    assert_eq!(office.world.line.next_timeout(), None);
}
