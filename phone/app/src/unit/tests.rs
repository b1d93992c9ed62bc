//! Lives of a unit beside a real HTTP server: what makes it fetch, what makes it restart, and what it waits for.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use offhook_params::lookup;
use offhook_provision::Unit;
use offhook_settings::{Layer, Method};
use offhook_store::{Edit, Store};
use offhook_system::{Clock, Linux};
use tempfile::TempDir;
use tokio::time::timeout;

use super::{Birth, Deed, Firmware, Handle, Journal, Life};
use crate::cli::{ImportAs, ResetScope};

/// A unit whose share of the start-up is a few milliseconds.
const MAC: [u8; 6] = [0x00, 0x80, 0xf0, 0x00, 0x49, 0xd1];

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// A server whose one file can be exchanged.
#[derive(Clone, Default)]
struct Server(Arc<Mutex<(String, usize)>>);

impl Server {
    /// Starts it with these lines; its port.
    async fn start(lines: &str) -> (Self, u16) {
        let server = Self::default();
        server.put(lines);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let answer = |State(server): State<Self>| async move {
            let mut state = server.0.lock().expect("a server");
            state.1 += 1;
            state.0.clone()
        };
        let router = Router::new().fallback(answer).with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        (server, port)
    }

    fn put(&self, lines: &str) {
        self.0.lock().expect("a server").0 = format!("{}\r\n{lines}\r\n", offhook_config::HEADER_LINE);
    }

    fn asked(&self) -> usize {
        self.0.lock().expect("a server").1
    }
}

struct Desk {
    store: Store,
    folder: TempDir,
}

impl Desk {
    /// A unit whose standard file is behind this port.
    fn new(port: u16) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, _) = Store::open(folder.path().join("state")).expect("opens");
        let desk = Self { store, folder };
        desk.set("CFG_STANDARD_FILE_PATH", &format!("http://127.0.0.1:{port}/f"));
        desk
    }

    fn set(&self, name: &str, value: &str) {
        let id = lookup(name).expect("a setting").id;
        self.store.edit(&[Edit::Set(id, value.to_owned())], Method::Web).expect("allowed");
    }

    /// A life that remembers nothing of earlier rounds, so that those that it tells of are its own.
    fn life(&self, aloof: bool) -> Life {
        let _ = std::fs::remove_file(self.folder.path().join("state/provisioning.json"));
        let clock = Clock::new(Arc::new(Linux::new()));
        Life::new(Birth {
            unit: Unit { mac: MAC, model: "KX-UT670".to_owned(), firmware: "01.000".to_owned() },
            store: self.store.clone(),
            folder: &self.folder.path().join("state"),
            journal: Journal::new(&self.store, &clock, MAC),
            clock,
            firmware: Firmware::of_launcher().expect("a version"),
            lease: None,
            aloof,
        })
    }

    fn value(&self, name: &str) -> String {
        let layers = self.store.snapshot();
        layers.effective(lookup(name).expect("a setting").id).value.to_owned()
    }
}

/// Ready when a round has ended that `wanted` is true for.
async fn round(unit: &Handle, wanted: impl Fn(&str) -> bool) {
    loop {
        let state = unit.provisioning();
        if !state.busy && state.last.is_some_and(|last| wanted(&last.cause)) {
            return;
        }
        // The state is looked at, as the web page does: nobody is told of it.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Lives while `deeds` are done, and must not restart meanwhile.
async fn during<T>(life: &mut Life, deeds: impl Future<Output = T>) -> T {
    let done = async {
        tokio::select! {
            why = life.live() => panic!("it restarts: {why}"),
            done = deeds => done,
        }
    };
    timeout(LONG, done).await.expect("in time")
}

#[tokio::test]
async fn files_come_into_force_and_a_change_that_needs_no_restart_makes_none() {
    let (server, port) = Server::start("SIP_TIMER_T1_1=\"1000\"\r\nSIP_TIMER_T1_2=\"no\"\r\n").await;
    let desk = Desk::new(port);
    let mut life = desk.life(false);
    let unit = life.handle();
    during(&mut life, async {
        round(&unit, |cause| cause == "start-up").await;
        assert_eq!(desk.value("SIP_TIMER_T1_1"), "1000");
        let report = unit.provisioning().last.expect("a report");
        assert_eq!((report.files.len(), report.files[0].found, report.is_in_order()), (1, 1, false));
        // A person may ask for it again.
        server.put("SIP_TIMER_T1_1=\"2000\"\r\n");
        unit.fetch().expect("it fetches");
        round(&unit, |cause| cause == "asked").await;
        assert_eq!((desk.value("SIP_TIMER_T1_1").as_str(), server.asked()), ("2000", 2));
        // Intervals that are set from now on are planned.
        desk.set("CFG_CYCLIC", "Y");
        while unit.provisioning().next.is_none_or(|(_, cause)| cause != "interval") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        desk.set("PROVISION_ENABLE", "N");
        let refused = unit.fetch().expect_err("it is off");
        assert!(refused.contains("PROVISION_ENABLE"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn what_counts_after_a_restart_waits_for_the_end_of_calls() {
    let (_server, port) = Server::start("HTTPD_PORTOPEN_AUTO=\"Y\"\r\n").await;
    let desk = Desk::new(port);
    let mut life = desk.life(false);
    let unit = life.handle();
    unit.set_calls(1);
    during(&mut life, async {
        round(&unit, |cause| cause == "start-up").await;
        assert_eq!(desk.value("HTTPD_PORTOPEN_AUTO"), "Y");
        // Everything that could make it restart has happened: give it the chance.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    // Once more, with a call that ends.
    desk.store.clear(Layer::Standard).expect("cleared");
    let mut life = desk.life(false);
    let unit = life.handle();
    unit.set_calls(2);
    let ends = async {
        round(&unit, |cause| cause == "start-up").await;
        unit.set_calls(0);
        std::future::pending::<()>().await;
    };
    let why = timeout(LONG, async {
        tokio::select! {
            why = life.live() => why,
            () = ends => unreachable!(),
        }
    });
    assert!(why.await.expect("in time").contains("HTTPD_PORTOPEN_AUTO"));
    // With the same file again there is nothing to restart for.
    let mut life = desk.life(false);
    let unit = life.handle();
    during(&mut life, round(&unit, |cause| cause == "start-up")).await;
}

#[tokio::test]
async fn a_notify_fetches_and_restarts_and_another_event_does_not() {
    let (server, port) = Server::start("VM_NUMBER_1=\"99\"\r\n").await;
    let desk = Desk::new(port);
    let mut life = desk.life(false);
    let unit = life.handle();
    during(&mut life, round(&unit, |cause| cause == "start-up")).await;
    assert!(!unit.resync("message-summary"));
    server.put("VM_NUMBER_1=\"77\"\r\n");
    // The life that was interrupted above begins anew, and finds the file of its start-up changed.
    let mut life = desk.life(false);
    let unit = life.handle();
    assert!(unit.resync("check-sync;reboot=true"));
    during(&mut life, round(&unit, |cause| cause == "start-up")).await;
    assert_eq!(desk.value("VM_NUMBER_1"), "77");
    let mut life = desk.life(false);
    let unit = life.handle();
    let notified = async {
        round(&unit, |cause| cause == "start-up").await;
        assert!(unit.resync(" Check-Sync"));
        std::future::pending::<()>().await;
    };
    let why = timeout(LONG, async {
        tokio::select! {
            why = life.live() => why,
            () = notified => unreachable!(),
        }
    });
    assert!(why.await.expect("in time").contains("fetched"));
    assert_eq!(unit.provisioning().last.map(|last| last.cause), Some("notify".to_owned()));
}

#[tokio::test]
async fn one_that_is_told_not_to_fetches_nothing() {
    let (server, port) = Server::start("").await;
    let desk = Desk::new(port);
    let mut life = desk.life(true);
    let unit = life.handle();
    during(&mut life, async {
        assert!(unit.fetch().is_err());
        assert!(unit.resync("check-sync"));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!((server.asked(), unit.provisioning().last.is_none()), (0, true));
}

#[tokio::test]
async fn what_needs_the_unit_for_itself_is_refused_during_a_call() {
    let desk = Desk::new(1);
    let unit = desk.life(true).handle();
    let card = desk.folder.path().to_owned();
    std::fs::write(card.join("a.cfg"), format!("{}\r\nVM_NUMBER_1=\"99\"\r\n\r\n", offhook_config::HEADER_LINE))
        .expect("written");
    let import = Deed::Import { card: card.clone(), file: "a.cfg".to_owned(), kind: ImportAs::Standard };
    let backup = Deed::BackUp { card, password: None };
    unit.set_calls(1);
    for deed in [&import, &backup] {
        let refused = unit.perform(deed).expect_err("there is a call").to_string();
        assert!(refused.contains("during a call"), "{refused}");
    }
    unit.perform(&Deed::Reset { scope: ResetScope::WebPassword }).expect("this may be done");
    assert_eq!(desk.value("VM_NUMBER_1"), "");
    unit.set_calls(0);
    unit.perform(&import).expect("now it may");
    unit.perform(&backup).expect("now it may");
    assert_eq!(desk.value("VM_NUMBER_1"), "99");
    // Erasing is decided at once and done by the restart, so that nobody writes behind it.
    unit.perform(&Deed::Reset { scope: ResetScope::Factory }).expect("decided");
    assert_eq!(desk.value("VM_NUMBER_1"), "99");
    desk.store.reload().expect("done");
    assert_eq!(desk.value("VM_NUMBER_1"), "");
}
