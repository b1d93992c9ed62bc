//! Edits: whole or not at all, kept over a restart, refused with reasons.

use offhook_params::{Kind, ParamId, Unicode};
use offhook_settings::{Layer, Method};
use offhook_store::{Edit, EditError, Reason, Refusal};

use crate::{file, id, open, set, value};

fn refusals(error: EditError) -> Vec<Refusal> {
    match error {
        EditError::Refused(refusals) => refusals,
        other => panic!("{other}"),
    }
}

#[test]
fn an_edit_outlives_the_process_with_its_origin() {
    let folder = tempfile::tempdir().expect("a folder");
    {
        let store = open(folder.path());
        let changes =
            store.edit(&[set("CFG_CYCLIC_INTVL", "60"), set("DISPLAY_NAME_1", "\u{65e5}\u{672c}")], Method::Web);
        assert_eq!(changes.expect("allowed").len(), 2);
        store.edit(&[set("DISPLAY_DATE_PATTERN", "2")], Method::Phone).expect("allowed");
    }
    let store = open(folder.path());
    let layers = store.snapshot();
    for (name, expected, method) in [
        ("CFG_CYCLIC_INTVL", "60", Method::Web),
        ("DISPLAY_NAME_1", "\u{65e5}\u{672c}", Method::Web),
        ("DISPLAY_DATE_PATTERN", "2", Method::Phone),
    ] {
        let effective = layers.effective(id(name));
        assert_eq!((effective.value, effective.layer, effective.origin.method), (expected, Layer::User, method));
    }
    assert_eq!(layers.layer(Layer::User).len(), 3);
}

#[test]
fn back_to_inherited_differs_from_empty() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    store.replace(Layer::Master, &file(&["SIP_PRXY_ADDR_1=\"master.example\""]), "m").expect("a good file");
    store.edit(&[set("SIP_PRXY_ADDR_1", "")], Method::Web).expect("may be empty");
    drop(store);
    let store = open(folder.path());
    assert_eq!(value(&store, "SIP_PRXY_ADDR_1"), "");
    let inherit = [Edit::Inherit(id("SIP_PRXY_ADDR_1"))];
    let preview = store.preview(&inherit, Method::Web).expect("always allowed");
    assert_eq!(value(&store, "SIP_PRXY_ADDR_1"), "");
    assert_eq!(store.edit(&inherit, Method::Web).expect("always allowed"), preview);
    assert_eq!(value(&store, "SIP_PRXY_ADDR_1"), "master.example");
    drop(store);
    assert_eq!(value(&open(folder.path()), "SIP_PRXY_ADDR_1"), "master.example");
}

#[test]
fn a_bad_value_stops_the_whole_edit_and_every_reason_is_given() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let edits = [set("CFG_CYCLIC_INTVL", "60"), set("SIP_SESSION_TIME_1", "5"), set("CFG_RESYNC_FROM_SIP", "")];
    let refusals = refusals(store.edit(&edits, Method::Web).expect_err("two bad values"));
    let params: Vec<_> = refusals.iter().flat_map(|r| r.params.clone()).collect();
    assert_eq!(params, [id("SIP_SESSION_TIME_1"), id("CFG_RESYNC_FROM_SIP")]);
    assert!(refusals.iter().all(|r| matches!(r.reason, Reason::Value(_))));
    assert!(refusals[0].to_string().starts_with("SIP_SESSION_TIME_1 is 5, allowed is 0, 60 to "), "{}", refusals[0]);
    assert!(store.snapshot().layer(Layer::User).is_empty());
    assert!(!folder.path().join("user.cfg").exists());
}

#[test]
fn an_edit_may_not_break_a_rule() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let refused = refusals(
        store.edit(&[set("SIP_SRC_PORT_1", "6000"), set("SIP_SRC_PORT_2", "6000")], Method::Web).expect_err("a clash"),
    );
    assert_eq!(refused.len(), 1);
    assert_eq!(refused[0].reason, Reason::Rule("source-ports-differ"));
    assert!(refused[0].params.contains(&id("SIP_SRC_PORT_2")), "{refused:?}");
    assert_eq!(refused[0].to_string(), "two lines have the same SIP source port");
    store.edit(&[set("SIP_SRC_PORT_1", "6000")], Method::Web).expect("no clash");
    refusals(store.preview(&[set("SIP_SRC_PORT_2", "6000")], Method::Web).expect_err("a clash with what is there"));
}

#[test]
fn a_rule_that_a_file_broke_does_not_stand_in_the_way() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let clash = file(&["SIP_SRC_PORT_1=\"6000\"", "SIP_SRC_PORT_2=\"6000\""]);
    store.replace(Layer::Standard, &clash, "s").expect("each value is good");
    store.edit(&[set("CFG_CYCLIC_INTVL", "60")], Method::Web).expect("has nothing to do with it");
    store.edit(&[set("SIP_SRC_PORT_2", "6002")], Method::Web).expect("mends it");
    refusals(store.edit(&[Edit::Inherit(id("SIP_SRC_PORT_2"))], Method::Web).expect_err("breaks it again"));
}

#[test]
fn no_rule_stands_in_the_way_of_a_reset() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let clash = file(&["SIP_SRC_PORT_1=\"6000\"", "SIP_SRC_PORT_2=\"6000\""]);
    store.replace(Layer::Standard, &clash, "s").expect("each value is good");
    store.edit(&[set("SIP_SRC_PORT_2", "6002"), set("CFG_CYCLIC_INTVL", "60")], Method::Web).expect("mends it");
    let changes = store.reset(|id, origin| id.name().starts_with("SIP") && origin.method == Method::Web);
    assert_eq!(changes.expect("kept").len(), 1);
    assert_eq!((value(&store, "SIP_SRC_PORT_2"), value(&store, "CFG_CYCLIC_INTVL")), ("6000".into(), "60".into()));
    assert!(store.reset(|id, _| id.name() == "SIP_SRC_PORT_2").expect("nothing to do").is_empty());
    drop(store);
    assert_eq!(value(&open(folder.path()), "SIP_SRC_PORT_2"), "6000");
}

#[test]
fn settings_change_only_where_they_have_a_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let hidden = ParamId::all().find(|id| id.family().web.is_none()).expect("a setting that no page shows");
    let edit = [Edit::Set(hidden, hidden.default().to_owned())];
    let refused = refusals(store.edit(&edit, Method::Web).expect_err("not on the page"));
    assert_eq!(refused[0].reason, Reason::Method(Method::Web));
    refusals(store.edit(&[set("CFG_CYCLIC_INTVL", "60")], Method::Factory).expect_err("nobody is the factory"));
}

#[test]
fn of_two_ways_the_later_change_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let both = ParamId::all().find(|id| {
        let family = id.family();
        family.web.is_some()
            && family.phone.is_some()
            && matches!(family.kind, Kind::Choice(choices) if choices.len() > 2)
    });
    let both = both.expect("a choice on page and phone");
    let Kind::Choice(choices) = &both.family().kind else { unreachable!("found as one") };
    for (choice, method) in choices.iter().cycle().zip([Method::Web, Method::Phone, Method::Web, Method::Phone]) {
        store.edit(&[Edit::Set(both, choice.value.to_owned())], method).expect("one of the choices");
        let layers = store.snapshot();
        let effective = layers.effective(both);
        assert_eq!((effective.value, effective.origin.method), (choice.value, method));
    }
    // The same value again changes nothing, so it claims nothing.
    let layers = store.snapshot();
    let same = layers.effective(both);
    store.edit(&[Edit::Set(both, same.value.to_owned())], Method::Web).expect("the same value");
    assert_eq!(store.snapshot().effective(both).origin.method, Method::Phone);
}

/// What people set is written in lines that the reader takes: no value may be too long for one, or end it.
#[test]
fn every_allowed_value_fits_its_line() {
    const LONGEST_LINE: usize = 537;
    for id in ParamId::all() {
        let family = id.family();
        for bad in ["\"", "a\"b", "a\nb", "a\r\nb", "1\r", "Y\n"] {
            assert!(family.check(bad).is_err(), "{id}={bad:?}");
        }
        let longest = match family.kind {
            Kind::Text { max, unicode, .. } => {
                max as usize
                    * match unicode {
                        Unicode::None => 1,
                        Unicode::Bmp => 3,
                        Unicode::All => 4,
                    }
            }
            _ => offhook_params::MAX_VALUE_CHARS,
        };
        assert!(id.name().len() + longest + "=\"\"\r\n".len() <= LONGEST_LINE, "{id}");
    }
}

#[test]
fn a_user_layer_with_everything_in_it_is_read_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let on_page = ParamId::all().filter(|id| id.family().web.is_some());
    let edits: Vec<_> = on_page.map(|id| Edit::Set(id, id.default().to_owned())).collect();
    assert!(store.edit(&edits, Method::Web).expect("factory values are allowed").is_empty());
    let before = store.snapshot();
    drop(store);
    let after = open(folder.path()).snapshot();
    assert_eq!(after.layer(Layer::User), before.layer(Layer::User));
    assert_eq!(after.layer(Layer::User).len(), edits.len());
}

#[test]
fn the_page_takes_back_what_a_file_brought() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(folder.path());
    let [file, phone] = [
        ParamId::all().find(|id| id.family().file && id.family().web.is_none()),
        ParamId::all().find(|id| id.family().phone.is_some() && id.family().web.is_none() && !id.family().file),
    ];
    let [file, phone] = [file, phone].map(|id| id.expect("settings that no page shows"));
    let set = |id: ParamId| [Edit::Set(id, id.default().to_owned())];
    store.edit(&set(file), Method::File).expect("files set it");
    store.edit(&set(phone), Method::Phone).expect("the phone sets it");
    refusals(store.edit(&[Edit::Inherit(file), Edit::Inherit(phone)], Method::Web).expect_err("the phone set one"));
    store.edit(&[Edit::Inherit(file)], Method::Web).expect("came in a file");
    store.edit(&[Edit::Inherit(file)], Method::Web).expect("is gone already");
    let layers = store.snapshot();
    assert_eq!((layers.layer(Layer::User).get(file), layers.layer(Layer::User).len()), (None, 1));
}
