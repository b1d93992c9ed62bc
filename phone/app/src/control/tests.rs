//! A server with a phone that is made up, and clients of all kinds.

use std::io::{Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use offhook_call::command::{CallId, Command, Refusal};
use offhook_call::output::Event;
use tempfile::TempDir;

use super::server::{LONGEST, News, Order, Server};
use super::*;
use crate::cli::{ImportAs, ResetScope};

/// A unit that does what it is told, except for imports, and notes that it restarts.
#[derive(Default, Clone)]
struct Fake(Arc<AtomicUsize>);

impl Unit for Fake {
    fn status(&self) -> Status {
        Status { running: None, provisioning: None, firmware: None }
    }

    fn perform(&self, deed: &Deed) -> Result<String, String> {
        match deed {
            Deed::Import { .. } => Err("there is a call".to_owned()),
            _ => Ok("done".to_owned()),
        }
    }

    fn restart(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

/// A phone that takes every call to `1…`, refuses others, and tells of each command that it is told.
struct Stage {
    folder: TempDir,
    unit: Fake,
    news: News,
    _thread: tokio::runtime::Runtime,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let unit = Fake::default();
        let server = runtime.block_on(async { Server::open(folder.path(), unit.clone()) });
        let mut server = server.expect("a socket");
        let news = server.news();
        let told = news.clone();
        runtime.spawn(async move {
            loop {
                let Order { command, reply } = server.next().await;
                let outcome = match &command {
                    Command::Call { number, .. } if number.starts_with('1') => Ok(Reply::Call(CallId(1))),
                    Command::Call { number, .. } => Err(Refusal::Number(number.clone())),
                    _ => Ok(Reply::Done),
                };
                told.tell(&Event::Digit { call: CallId(1), digit: '5' });
                reply.send(outcome).expect("somebody waits");
            }
        });
        Self { folder, unit, news, _thread: runtime }
    }

    fn client(&self) -> Client {
        Client::connect(self.folder.path()).expect("it listens")
    }

    fn path(&self) -> PathBuf {
        place(self.folder.path())
    }
}

fn call(number: &str) -> Command {
    Command::Call { number: number.to_owned(), line: None, hide: None }
}

#[test]
fn the_unit_is_told_through_the_same_socket() {
    let stage = Stage::new();
    let mut client = stage.client();
    assert_eq!(client.unit_status().expect("an answer").running, None);
    let import = Deed::Import { card: "/card".into(), file: "a.cfg".to_owned(), kind: ImportAs::Master };
    let refused = client.perform(&import).expect_err("refused").to_string();
    assert_eq!(refused, "there is a call");
    for (scope, restarts) in [(ResetScope::WebPassword, 0), (ResetScope::Web, 1)] {
        assert_eq!(client.perform(&Deed::Reset { scope }).expect("done"), "done");
        // The next answer comes when the one before is done with, its restart included.
        client.unit_status().expect("an answer");
        assert_eq!(stage.unit.0.load(Ordering::SeqCst), restarts);
    }
}

#[test]
fn commands_are_answered_in_order() {
    let stage = Stage::new();
    let mut client = stage.client();
    assert_eq!(client.ask(&call("100")).expect("it is taken"), Reply::Call(CallId(1)));
    let refused = client.ask(&call("x")).expect_err("it is refused");
    assert_eq!(refused.to_string(), "\"x\" is neither a number nor a SIP address");
    assert_eq!(client.ask(&Command::OnHook).expect("it is taken"), Reply::Done);
}

#[test]
fn events_come_to_those_who_want_them() {
    let stage = Stage::new();
    let (mut asks, mut listens) = (stage.client(), stage.client());
    listens.subscribe().expect("subscribed");
    asks.ask(&Command::OnHook).expect("it is taken");
    let event = listens.next_event().expect("connected").expect("an event");
    assert_eq!(event, serde_json::json!({ "event": "digit", "call": 1, "digit": "5" }));
    // One that does both is not confused by what comes between.
    assert_eq!(listens.ask(&call("1")).expect("it is taken"), Reply::Call(CallId(1)));
}

#[test]
fn a_client_that_does_not_listen_misses_events_and_holds_nobody_up() {
    let stage = Stage::new();
    let mut slow = stage.client();
    slow.subscribe().expect("subscribed");
    let event = Event::NotDialled { digits: "1".repeat(4000) };
    for _ in 0..5000 {
        stage.news.tell(&event);
    }
    let mut other = stage.client();
    assert_eq!(other.ask(&Command::OnHook).expect("it is taken"), Reply::Done);
    let missed =
        std::iter::from_fn(|| slow.next_event().expect("connected")).find_map(|event| event["events"].as_u64());
    assert!(missed.is_some_and(|missed| missed > 1000), "{missed:?}");
}

#[test]
fn the_socket_is_for_its_owner_and_goes_with_the_phone() {
    let stage = Stage::new();
    let mode = std::fs::metadata(stage.path()).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let path = stage.path();
    let Stage { folder, _thread: runtime, .. } = stage;
    drop(runtime);
    assert!(!path.exists());
    let gone = Client::connect(folder.path()).expect_err("nobody listens");
    let wanted = format!("start it with `offhook run --state {}`", folder.path().display());
    assert!(gone.to_string().ends_with(&wanted), "{gone}");
}

#[test]
fn what_was_left_by_a_lost_phone_is_replaced() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(std::os::unix::net::UnixListener::bind(place(folder.path())).expect("a socket"));
    let nobody = Client::connect(folder.path()).expect_err("nobody listens");
    assert!(matches!(nobody, Unanswered::NotRunning(_)), "{nobody}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let server = runtime.block_on(async { Server::open(folder.path(), Fake::default()) });
    server.expect("it takes the place");
}

#[test]
fn what_is_no_command_is_answered_and_what_never_ends_is_cut_off() {
    let stage = Stage::new();
    let mut stream = UnixStream::connect(stage.path()).expect("it listens");
    for line in
        ["", "{}", "call 1", "{\"command\":\"fly\"}", "{\"command\":\"press\",\"button\":1,\"high\":true}", "[[[[[[["]
    {
        writeln!(stream, "{line}").expect("sent");
        let mut answer = [0; 4096];
        let length = stream.read(&mut answer).expect("an answer");
        let answer: serde_json::Value = serde_json::from_slice(&answer[..length]).expect("JSON");
        assert!(answer["error"].as_str().is_some_and(|why| why.starts_with("this is no command: ")), "{answer}");
    }
    let endless = vec![b'x'; LONGEST + 10];
    // It may be gone before everything was written.
    let _ = stream.write_all(&endless);
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.is_empty());
}
