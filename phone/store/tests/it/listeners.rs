//! Listeners: told of every change, in order, and free to make changes in turn.

use std::sync::mpsc;
use std::sync::{Arc, Mutex, OnceLock};

use offhook_params::rules::Values;
use offhook_settings::{Layer, Method};
use offhook_store::{Store, Subscription};

use crate::{file, id, open, set, value};

#[test]
fn listeners_hear_changes_in_effect_until_they_leave() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let (send, heard) = mpsc::channel();
    let subscription = store.subscribe(move |changed| {
        let params: Vec<_> = changed.changes.params().map(|id| (id, changed.layers.value(id).to_owned())).collect();
        send.send(params).expect("somebody listens");
    });
    store.edit(&[set("CFG_CYCLIC_INTVL", "60")], Method::Web).expect("allowed");
    store.replace(Layer::Master, &file(&["CFG_CYCLIC_INTVL=\"70\""]), "m").expect("shadowed, no effect");
    store.edit(&[set("CFG_CYCLIC_INTVL", "0")], Method::Web).expect_err("refused");
    store.clear(Layer::User).expect("cleared");
    drop(subscription);
    store.edit(&[set("CFG_CYCLIC_INTVL", "80")], Method::Web).expect("allowed");
    let interval = id("CFG_CYCLIC_INTVL");
    let expected = [vec![(interval, "60".to_owned())], vec![(interval, "70".to_owned())]];
    assert_eq!(heard.try_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn a_listener_may_edit() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let log = Arc::new(Mutex::new(Vec::new()));
    let own: Arc<OnceLock<Store>> = Arc::default();
    let note = |number: u8| {
        let log = Arc::clone(&log);
        move |changed: &offhook_store::Changed| {
            let value = changed.layers.value(id("CFG_CYCLIC_INTVL")).to_owned();
            log.lock().expect("no listener panics").push((number, value));
        }
    };
    let first = note(1);
    let editor = Arc::clone(&own);
    let _first: Subscription = store.subscribe(move |changed| {
        first(changed);
        if changed.layers.value(id("CFG_CYCLIC_INTVL")) == "60" {
            let store = editor.get().expect("set before the first change");
            store.edit(&[set("CFG_CYCLIC_INTVL", "61")], Method::Web).expect("allowed");
        }
    });
    let _second = store.subscribe(note(2));
    own.set(store.clone()).expect("set once");
    store.edit(&[set("CFG_CYCLIC_INTVL", "60")], Method::Web).expect("allowed");
    let expected = [(1, "60"), (2, "60"), (1, "61"), (2, "61")].map(|(n, v)| (n, v.to_owned()));
    assert_eq!(*log.lock().expect("no listener panics"), expected);
    assert_eq!(value(&store, "CFG_CYCLIC_INTVL"), "61");
}

#[test]
fn many_writers_lose_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let joined = Arc::new(Mutex::new(offhook_settings::ChangeSet::default()));
    let sum = Arc::clone(&joined);
    let _subscription = store.subscribe(move |changed| {
        let mut sum = sum.lock().expect("no listener panics");
        *sum = std::mem::take(&mut *sum).then(changed.changes.clone());
    });
    let before = store.snapshot();
    std::thread::scope(|scope| {
        for line in 1..=6 {
            let store = &store;
            scope.spawn(move || {
                for n in 60..70 {
                    let name = format!("SIP_SESSION_TIME_{line}");
                    store
                        .edit(&[set(&name, &n.to_string()), set("CFG_CYCLIC_INTVL", &n.to_string())], Method::Web)
                        .expect("allowed");
                }
            });
        }
    });
    let after = store.snapshot();
    assert_eq!(*joined.lock().expect("no listener panics"), offhook_settings::ChangeSet::between(&*before, &*after));
    assert!((1..=6).all(|line| value(&store, &format!("SIP_SESSION_TIME_{line}")) == "69"));
    drop((before, after, store, _subscription));
    assert_eq!(value(&open(folder.path()), "SIP_SESSION_TIME_6"), "69");
}
