//! Whole rounds: the schedule asks, files are fetched from real servers, and become settings.

use jiff::Timestamp;
use offhook_config::crypt::{Key, KeyLength, encrypt};
use offhook_params::lookup;
use offhook_params::rules::Values as _;
use offhook_provision::schedule::{Action, Event, Now, Outcome, Schedule, Spread};
use offhook_provision::{Lease, Provisioner, Unit, Verdict, last_report};
use offhook_settings::{Layer, Method};
use offhook_store::{Edit, Store};
use tempfile::TempDir;

use crate::servers::{Server, free_port, nginx, tftpd};
use crate::tls::{authority, certified};

const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!\r\n";
const KEY: &str = "0123456789abcdef0123456789abcdef";
const SITE: &str = "server { listen 127.0.0.1:{port}; root {folder}/files; access_log {folder}/lines line; }";

fn config(settings: &[(&str, &str)]) -> Vec<u8> {
    let lines: String = settings.iter().map(|(name, value)| format!("{name}=\"{value}\"\r\n")).collect();
    format!("{HEADER}{lines}\r\n").into_bytes()
}

/// A phone as the application runs it, but for its clock.
struct Phone {
    folder: TempDir,
    store: Store,
    provisioner: Provisioner,
    schedule: Schedule,
    runtime: tokio::runtime::Runtime,
    rounds: Vec<Action>,
}

impl Phone {
    fn new() -> Self {
        Self::in_folder(TempDir::new().expect("a folder"))
    }

    fn in_folder(folder: TempDir) -> Self {
        let (store, _) = Store::open(folder.path()).expect("a store");
        let unit = Unit { mac: [0, 0x80, 0xf0, 1, 2, 3], model: "KX-UT670".into(), firmware: "01.000".into() };
        let provisioner = Provisioner::new(unit, store.clone(), folder.path());
        let schedule = Schedule::new(Spread::NONE, provisioner.plan());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        Self { folder, store, provisioner, schedule, runtime, rounds: Vec::new() }
    }

    fn restarted(self) -> Self {
        let Self { folder, store, provisioner, .. } = self;
        drop((store, provisioner));
        Self::in_folder(folder)
    }

    /// Sets on the web page, before the start: the factory's URL leads to the world outside.
    fn set(&mut self, settings: &[(&str, String)]) {
        let edit = |(name, value): &(&str, String)| Edit::Set(lookup(name).expect("a setting").id, value.clone());
        self.store.edit(&settings.iter().map(edit).collect::<Vec<_>>(), Method::Web).expect("accepted");
        self.schedule = Schedule::new(Spread::NONE, self.provisioner.plan());
    }

    fn get(&self, name: &str) -> String {
        self.store.snapshot().value(lookup(name).expect("a setting").id).to_owned()
    }

    /// Does what the schedule asks for until it asks for nothing, or for a restart.
    fn tell(&mut self, event: Event) -> Vec<Outcome> {
        let now = Now { up: std::time::Duration::ZERO, clock: Some(Timestamp::now()) };
        let mut step = self.schedule.handle(now, event);
        let mut outcomes = Vec::new();
        while let Some(action) = step.action {
            self.rounds.push(action.clone());
            if action == Action::Restart {
                break;
            }
            let outcome = self.runtime.block_on(self.provisioner.run(&action, now.clock));
            outcomes.push(outcome);
            self.schedule.handle(now, Event::Settings(self.provisioner.plan()));
            step = self.schedule.handle(now, Event::Finished(outcome));
        }
        outcomes
    }

    fn start(&mut self) -> Vec<Outcome> {
        self.tell(Event::StartUp(Vec::new()))
    }

    fn verdicts(&self) -> Vec<String> {
        let report = self.provisioner.report().expect("a report");
        report.files.iter().map(|file| format!("{}: {}", file.layer, file.verdict)).collect()
    }
}

fn urls(server: &Server, standard: &str) -> Vec<(&'static str, String)> {
    let url = |path: &str| format!("http://127.0.0.1:{}/{path}", server.port);
    vec![
        ("CFG_MASTER_FILE_PATH", url("")),
        ("CFG_PRODUCT_FILE_PATH", url("")),
        ("CFG_STANDARD_FILE_PATH", url(standard)),
    ]
}

const CHANGED: Outcome = Outcome { changed: true, access_error: false };
const DONE: Outcome = Outcome { changed: false, access_error: false };
const FAILED: Outcome = Outcome { changed: false, access_error: true };

#[test]
fn three_files_come_once_and_are_kept() {
    let Some(server) = nginx(SITE, &[]) else { return };
    server.put("sip.cfg", &config(&[("CFG_FILE_KEY2", KEY), ("SYSLOG_PORT", "601"), ("SYSLOG_ADDR", "10.0.0.1")]));
    server.put("KX-UT670.cfg", &config(&[("SYSLOG_PORT", "602")]));
    let key = Key::new(KEY).expect("32 characters");
    let own = config(&[("SYSLOG_PORT", "603"), ("PHONE_NUMBER_1", "1234"), ("PHONE_NUMBER_9", "x")]);
    let own = encrypt(&own, &key, KeyLength::Bits128, *b"saltsalt", true);
    server.put("0080F0010203.e2c", &own);

    let mut phone = Phone::new();
    phone.set(&urls(&server, "{MAC}.e2c"));
    assert_eq!(phone.start(), [CHANGED]);
    assert_eq!((phone.get("SYSLOG_PORT"), phone.get("SYSLOG_ADDR")), ("603".into(), "10.0.0.1".into()));
    assert_eq!(phone.get("PHONE_NUMBER_1"), "1234", "the key that the master file brings opens the standard file");
    assert_eq!(
        phone.verdicts(),
        [
            "master: in force, 3 settings change",
            "product: in force, 1 setting changes",
            "standard: in force, 2 settings change"
        ]
    );
    let report = phone.provisioner.report().expect("a report");
    assert_eq!((report.cause.as_str(), report.files[2].findings[0].code.as_str()), ("start-up", "no-such-number"));
    assert!(!report.is_in_order());
    assert_eq!(report.to_string().lines().count(), 3);

    // The next start asks, and nothing is sent again.
    let mut phone = phone.restarted();
    assert_eq!(phone.start(), [DONE]);
    assert_eq!(phone.verdicts(), ["master: unchanged", "product: unchanged", "standard: unchanged"]);
    let report = phone.provisioner.report().expect("a report");
    assert_eq!(report.files[2].findings[0].code, "no-such-number", "what was wrong with the file still is");
    assert!(server.log(6)[3..].iter().all(|line| line.contains("|304|")));
    assert_eq!(phone.get("SYSLOG_PORT"), "603");

    // A layer that is not as its file made it gets the file again.
    phone.store.clear(Layer::Product).expect("cleared");
    phone.store.clear(Layer::Standard).expect("cleared");
    assert_eq!(phone.restarted().start(), [CHANGED]);
    let log = server.log(9);
    assert!(log[6].contains("|304|") && log[7].contains("|200|") && log[8].contains("|200|"), "{log:?}");
}

#[test]
fn what_does_not_come_or_is_bad_changes_nothing() {
    let Some(server) = nginx(SITE, &[]) else { return };
    server.put("sip.cfg", &config(&[("SYSLOG_PORT", "601")]));
    server.put("KX-UT670.cfg", &config(&[("SYSLOG_PORT", "602")]));
    server.put("own.cfg", &config(&[("SYSLOG_PORT", "603")]));
    let mut phone = Phone::new();
    phone.set(&urls(&server, "own.cfg"));
    assert_eq!(phone.start(), [CHANGED]);

    // No header, no such key, not there any more.
    server.put("sip.cfg", b"SYSLOG_PORT=\"1\"\r\n");
    server.put("KX-UT670.cfg", b"Salted__12345678................");
    server.remove("own.cfg");
    let mut phone = phone.restarted();
    assert_eq!(phone.start(), [FAILED]);
    let verdicts = phone.verdicts();
    assert!(verdicts[0].contains("refused as a whole") && verdicts[0].contains("no-header"), "{verdicts:?}");
    assert!(verdicts[1].contains("has to end in .e1c"), "{verdicts:?}");
    assert!(verdicts[2].contains("not fetched") && verdicts[2].contains("404"), "{verdicts:?}");
    let layers = phone.store.snapshot();
    let port = lookup("SYSLOG_PORT").expect("a setting").id;
    for (layer, value) in [(Layer::Master, "601"), (Layer::Product, "602"), (Layer::Standard, "603")] {
        assert_eq!(layers.layer(layer).get(port).map(|(value, _)| value), Some(value));
    }

    // A good one among bad ones counts.
    server.put("own.cfg", &config(&[("SYSLOG_PORT", "604")]));
    assert_eq!(phone.tell(Event::Notify), [CHANGED]);
    assert_eq!(phone.rounds.last(), Some(&Action::Restart));
    assert_eq!(phone.get("SYSLOG_PORT"), "604");
}

#[test]
fn keys_have_to_fit() {
    let Some(server) = nginx(SITE, &[]) else { return };
    let key = Key::new(KEY).expect("32 characters");
    server.put("own.e3c", &encrypt(&config(&[("SYSLOG_PORT", "603")]), &key, KeyLength::Bits256, *b"saltsalt", false));
    server.put("own.e1c", &config(&[]));
    let phone = |own: &str, master: &[(&str, &str)]| {
        server.put("sip.cfg", &config(master));
        let mut phone = Phone::new();
        phone.set(&urls(&server, own)[..1]);
        phone.set(&urls(&server, own)[2..]);
        phone.start();
        phone.verdicts().pop().expect("a verdict")
    };
    let right = [("CFG_FILE_KEY3", KEY), ("CFG_FILE_KEY_LENGTH", "256")];
    assert_eq!(phone("own.e3c", &right), "standard: in force, 1 setting changes");
    for (own, master, words) in [
        ("own.e3c", &[][..], "CFG_FILE_KEY3 is empty"),
        ("own.e3c", &right[..1], "CFG_FILE_KEY_LENGTH (128 bits)"),
        ("own.e1c", &[("CFG_FILE_KEY1", KEY)], "not encrypted in the way"),
    ] {
        let verdict = phone(own, master);
        assert!(verdict.contains(words), "{verdict}");
    }
}

#[test]
fn passwords_are_not_kept_beside_the_settings() {
    let Some(server) = nginx(SITE, &[]) else { return };
    server.put("own.cfg", &config(&[("SYSLOG_PORT", "603")]));
    let mut phone = Phone::new();
    let url = format!("http://phone:s3cret@127.0.0.1:{}/own.cfg", server.port);
    phone.set(&[("CFG_STANDARD_FILE_PATH", url)]);
    phone.start();
    let report = last_report(phone.folder.path()).expect("a report");
    assert_eq!(Some(&report), phone.provisioner.report());
    assert!(report.files[0].url.starts_with("http://phone:***@127.0.0.1"));
    let kept = std::fs::read_to_string(phone.folder.path().join("provisioning.json")).expect("text");
    assert!(!kept.contains("s3cret"), "{kept}");
}

#[test]
fn a_moved_file_is_followed() {
    let Some(server) = nginx(SITE, &[]) else { return };
    let url = |name: &str| format!("http://127.0.0.1:{}/{name}", server.port);
    server.put("first.cfg", &config(&[("CFG_STANDARD_FILE_PATH", &url("second.cfg")), ("SYSLOG_PORT", "601")]));
    server.put("second.cfg", &config(&[("CFG_STANDARD_FILE_PATH", &url("second.cfg")), ("SYSLOG_PORT", "602")]));
    server.put("KX-UT670.cfg", &config(&[("CFG_STANDARD_FILE_PATH", &url("first.cfg"))]));
    let mut phone = Phone::new();
    // As pre-provisioning leaves it.
    let pre = config(&[("CFG_STANDARD_FILE_PATH", &url("first.cfg"))]);
    phone.store.replace(Layer::PreProvisioning, &pre, "tftp://h/KX-UT670.cfg").expect("stored");
    phone = phone.restarted();
    assert_eq!(phone.start(), [CHANGED, CHANGED]);
    assert_eq!(phone.get("SYSLOG_PORT"), "602");
    assert_eq!(phone.restarted().start(), [DONE]);
}

#[test]
fn a_new_phone_finds_its_server() {
    let (Some(tftp), Some(http)) = (tftpd(&[]), nginx(SITE, &[])) else { return };
    let url = format!("http://127.0.0.1:{}/Config{{MAC}}.cfg", http.port);
    tftp.put("KX-UT670.cfg", &config(&[("CFG_STANDARD_FILE_PATH", &url)]));
    http.put("Config0080F0010203.cfg", &config(&[("CFG_STANDARD_FILE_PATH", &url), ("PHONE_NUMBER_1", "1234")]));
    let lease = Lease {
        option159: Some(format!("http://127.0.0.1:{}/none/", http.port).into_bytes()),
        option66: Some(format!("127.0.0.1:{}\0", tftp.port).into_bytes()),
        option160: None,
    };
    let unit = Unit { mac: [0, 0x80, 0xf0, 1, 2, 3], model: "KX-UT670".into(), firmware: "01.000".into() };
    let places: Vec<_> = lease.candidates(&unit.macros()).into_iter().map(|place| place.expect("a place")).collect();

    let mut phone = Phone::new();
    assert_eq!(phone.tell(Event::StartUp(places.clone())), [CHANGED]);
    assert_eq!(phone.rounds.last(), Some(&Action::Restart));
    let verdicts = phone.verdicts();
    assert!(
        verdicts[0].contains("404") && verdicts[1] == "pre-provisioning: in force, 1 setting changes",
        "{verdicts:?}"
    );

    let mut phone = phone.restarted();
    assert_eq!(phone.tell(Event::StartUp(places)), [CHANGED]);
    assert_eq!(phone.get("PHONE_NUMBER_1"), "1234");
    assert!(matches!(phone.rounds[..], [Action::Fetch(..)]), "no pre-provisioning, no restart: {:?}", phone.rounds);
}

#[test]
fn a_full_or_broken_disk_is_told() {
    let Some(server) = nginx(SITE, &[]) else { return };
    server.put("own.cfg", &config(&[("SYSLOG_PORT", "603")]));
    let mut phone = Phone::new();
    phone.set(&[("CFG_STANDARD_FILE_PATH", format!("http://127.0.0.1:{}/own.cfg", server.port))]);
    // Nothing can be put in the place of a folder that is not empty.
    std::fs::create_dir_all(phone.folder.path().join("standard.cfg/x")).expect("a folder");
    assert_eq!(phone.start(), [DONE]);
    let report = phone.provisioner.report().expect("a report");
    assert!(matches!(&report.files[0].verdict, Verdict::NotKept(reason) if reason.contains("standard.cfg")));
    assert_eq!(phone.get("SYSLOG_PORT"), "514");
}

/// The root certificate is fetched unchecked once, kept, and then everything is checked against it.
#[test]
fn the_root_certificate_is_fetched_first_and_kept() {
    let root = authority("Root", None);
    let (chain, key) = certified("localhost", &root, 2100, &[]);
    let block = "server { listen 127.0.0.1:{port}; root {folder}/files; access_log {folder}/lines line; }
        server { listen 127.0.0.1:{tls} ssl; root {folder}/files;
            ssl_certificate {folder}/files/chain.pem; ssl_certificate_key {folder}/files/key.pem; }";
    let tls = free_port();
    let own = config(&[("SYSLOG_PORT", "601")]);
    let files: [(&str, &[u8]); 4] = [
        ("root.pem", root.pem.as_bytes()),
        ("chain.pem", chain.as_bytes()),
        ("key.pem", key.as_bytes()),
        ("own.cfg", &own),
    ];
    let Some(server) = nginx(&block.replace("{tls}", &tls.to_string()), &files) else { return };
    let phone = Phone::new();
    let pre = config(&[
        ("HTTP_SSL_VERIFY", "2"),
        ("CFG_ROOT_CERTIFICATE_PATH", &format!("http://127.0.0.1:{}/root.pem", server.port)),
        ("CFG_STANDARD_FILE_PATH", &format!("https://localhost:{tls}/own.cfg")),
    ]);
    phone.store.replace(Layer::PreProvisioning, &pre, "tftp://h/KX-UT670.cfg").expect("stored");
    let mut phone = phone.restarted();
    assert_eq!(phone.start(), [CHANGED]);
    // What is no certificate, or does not come at all, leaves the one that is kept.
    for bytes in [Some(&b"<html>"[..]), Some(b"nonsense"), None] {
        match bytes {
            Some(bytes) => server.put("root.pem", bytes),
            None => server.remove("root.pem"),
        }
        phone = phone.restarted();
        assert_eq!(phone.start(), [DONE]);
    }
    // Another one takes its place at the next start, and the server's certificate does not fit any more.
    server.put("root.pem", authority("Other", None).pem.as_bytes());
    phone = phone.restarted();
    assert_eq!(phone.start(), [FAILED]);
    assert!(phone.verdicts()[0].contains("CFG_ROOT_CERTIFICATE_PATH"), "{:?}", phone.verdicts());
    // A unit that never had one cannot check anything.
    server.remove("root.pem");
    phone.provisioner.forget();
    phone = phone.restarted();
    assert_eq!(phone.start(), [FAILED]);
    let verdict = phone.verdicts().remove(0);
    assert!(verdict.contains("CFG_ROOT_CERTIFICATE_PATH") && verdict.contains("404"), "{verdict}");
}
