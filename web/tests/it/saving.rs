//! What Save, Cancel, "back to inherited", Reset Web Settings and Restart do to the store.

use axum::http::StatusCode;
use offhook_settings::{Layer, Method};
use offhook_store::Edit;

use crate::site::{Site, id};
use crate::walk::paths;

#[test]
fn a_form_sent_as_it_is_sets_nothing() {
    let site = Site::new();
    site.provision(&[r#"SIP_TIMER_T1_1="1000""#, r#"SIP_PASS_1="secret""#, r#"DISPLAY_NAME_2="Ä 山""#]);
    for path in paths().iter().filter(|p| !p.starts_with("/status")) {
        let page = site.submit(path, &[]);
        assert_eq!(page.status, StatusCode::OK, "{path}");
    }
    assert!(site.layers().layer(Layer::User).is_empty(), "{:?}", site.layers().layer(Layer::User));
}

#[test]
fn only_changed_fields_become_values_of_their_own() {
    let site = Site::new();
    let page = site.submit("/voip/sip-line/1", &[("SIP_TIMER_T1_1", "1000"), ("PHONE_NUMBER_1", "0612")]);
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Complete") && page.says("T1 Timer: 500 → 1000"));
    assert!(page.says("Takes effect after the line has registered again:"));
    assert_eq!(site.user("SIP_TIMER_T1_1").as_deref(), Some("1000"));
    assert_eq!(site.user("PHONE_NUMBER_1").as_deref(), Some("0612"));
    assert_eq!(site.layers().layer(Layer::User).len(), 2);
}

#[test]
fn what_somebody_else_changed_meanwhile_is_not_taken_back() {
    let site = Site::new();
    let shown = site.get("/voip/sip-line/1").fields();
    site.provision(&[r#"SIP_TIMER_T1_1="1000""#]);
    let entered = shown.iter().map(|(n, v)| (n.as_str(), if n == "PHONE_NUMBER_1" { "7" } else { v.as_str() }));
    let fields: Vec<_> = entered.collect();
    let page = site.post_body("/voip/sip-line/1", crate::site::encoded(&fields));
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(site.value("SIP_TIMER_T1_1"), "1000");
    assert_eq!(site.user("SIP_TIMER_T1_1"), None);
}

#[test]
fn one_fault_keeps_the_whole_page_from_being_saved() {
    let site = Site::new();
    let path = "/telephone/call-control";
    let page = site.submit(path, &[("INTDIGIT_TIM", "16"), ("COUNTRY_CALLING_CODE", "49")]);
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("Failed (Parameter Error)"));
    assert_eq!(page.text("INTDIGIT_TIM-error").as_deref(), Some("is 16, allowed is 1 to 15"));
    assert_eq!(page.value("INTDIGIT_TIM"), "16");
    assert_eq!(page.value("COUNTRY_CALLING_CODE"), "49");
    assert!(site.layers().layer(Layer::User).is_empty());
    // What is shown again can be mended and sent, and then counts.
    let mut fields = page.fields();
    fields.iter_mut().filter(|(n, _)| n == "INTDIGIT_TIM").for_each(|(_, v)| *v = "15".into());
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    assert_eq!(site.post_body(path, crate::site::encoded(&fields)).status, StatusCode::OK);
    assert_eq!(site.user("INTDIGIT_TIM").as_deref(), Some("15"));
    assert_eq!(site.user("COUNTRY_CALLING_CODE").as_deref(), Some("49"));
}

#[test]
fn a_breach_is_shown_at_the_field_that_made_it() {
    let site = Site::new();
    let page = site.submit("/voip/voip", &[("RTP_PORT_MIN", "48750")]);
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text("RTP_PORT_MIN-error").is_some() && page.text("RTP_PORT_MAX-error").is_none());
    assert_eq!(site.user("RTP_PORT_MIN"), None);
}

#[test]
fn a_value_goes_back_to_what_it_shadows() {
    let site = Site::new();
    let path = "/voip/sip-line/1";
    site.provision(&[r#"SIP_TIMER_T1_1="1000""#]);
    assert!(site.get(path).says("Standard file: http://h.example/1.cfg, line 2"));
    assert!(!site.get(path).html.contains("name=\"inherit\""));
    site.submit(path, &[("SIP_TIMER_T1_1", "250")]);
    let page = site.get(path);
    assert!(page.says("Set on the web page") && page.says("Back to inherited: 1000"));
    let page = site.submit(path, &[("inherit", "SIP_TIMER_T1_1"), ("SIP_TIMER_T1_1", "2000")]);
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.text("SIP_TIMER_T1_1-error").expect("an error").contains("Choose either"));
    let page = site.submit(path, &[("inherit", "SIP_TIMER_T1_1")]);
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!((site.user("SIP_TIMER_T1_1"), site.value("SIP_TIMER_T1_1")), (None, "1000".into()));
}

#[test]
fn empty_is_a_value() {
    let site = Site::new();
    site.provision(&[r#"PHONE_NUMBER_1="100""#]);
    site.submit("/voip/sip-line/1", &[("PHONE_NUMBER_1", "")]);
    assert_eq!(site.user("PHONE_NUMBER_1").as_deref(), Some(""));
}

#[test]
fn edits_survive_a_restart() {
    let site = Site::new();
    site.submit("/telephone/call-control-line/3", &[("DISPLAY_NAME_3", "Größe 山田 \u{1F600}")]);
    site.submit("/voip/sip-line/6", &[("SIP_TIMER_T1_6", "4000")]);
    let expected = site.value("DISPLAY_NAME_3");
    let old = site.get("/voip/sip-line/6").value("token");
    let site = site.reopened();
    assert_eq!(site.user("SIP_TIMER_T1_6").as_deref(), Some("4000"));
    assert_eq!(site.value("DISPLAY_NAME_3"), expected);
    assert_eq!(site.get("/telephone/call-control-line/3").value("DISPLAY_NAME_3"), expected);
    let page = site.post_body("/voip/sip-line/6", format!("token={old}&SIP_TIMER_T1_6=500"));
    assert_eq!(page.status, StatusCode::FORBIDDEN);
}

#[test]
fn secrets_never_leave() {
    let site = Site::new();
    let path = "/voip/sip-line/1";
    site.provision(&[r#"SIP_PASS_1="from-file""#]);
    let page = site.submit(path, &[("SIP_PASS_1", "typed-in"), ("SIP_AUTHID_1", "me")]);
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(site.user("SIP_PASS_1").as_deref(), Some("typed-in"));
    let wrong = site.submit(path, &[("SIP_PASS_1", "another\""), ("SIP_TIMER_T1_1", "1")]);
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text("SIP_PASS_1-error").is_some());
    for html in [&page.html, &wrong.html, &site.get(path).html] {
        assert!(["from-file", "typed-in", "another"].iter().all(|s| !html.contains(s)));
    }
    site.submit(path, &[("SIP_AUTHID_1", "you")]);
    assert_eq!(site.user("SIP_PASS_1").as_deref(), Some("typed-in"), "an empty field keeps the secret");
    site.submit(path, &[("clear", "SIP_PASS_1")]);
    assert_eq!(site.user("SIP_PASS_1").as_deref(), Some(""));
}

#[test]
fn the_password_in_a_url_never_leaves_and_is_kept_for_its_server() {
    let site = Site::new();
    let (path, name) = ("/maintenance/provisioning", "CFG_PRODUCT_FILE_PATH");
    site.provision(&[r#"CFG_PRODUCT_FILE_PATH="http://me:hush@h.example/p.cfg""#, r#"CFG_CYCLIC_INTVL="20""#]);
    let mut pages = vec![site.get(path)];
    assert_eq!(pages[0].value(name), "http://me:***@h.example/p.cfg");
    // Sent back as it is, it changes nothing.
    pages.push(site.submit(path, &[("CFG_CYCLIC_INTVL", "21")]));
    assert_eq!((site.user(name), site.value("CFG_CYCLIC_INTVL")), (None, "21".into()));
    // Another path on the same server takes the password along.
    pages.push(site.submit(path, &[(name, "http://me:***@h.example/q.cfg")]));
    assert_eq!(site.user(name).as_deref(), Some("http://me:hush@h.example/q.cfg"));
    // Another server or user does not get it.
    for foreign in ["http://me:***@evil.example/q.cfg", "http://you:***@h.example/q.cfg", "http://***@h.example/q.cfg"]
    {
        let page = site.submit(path, &[(name, foreign)]);
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{foreign}");
        let error = page.text(&format!("{name}-error")).unwrap_or_default();
        assert!(error.contains("enter the password itself"), "{error}");
        assert_eq!(page.value(name), foreign);
        pages.push(page);
    }
    assert_eq!(site.user(name).as_deref(), Some("http://me:hush@h.example/q.cfg"));
    // A new one counts, and the change is told without it.
    pages.push(site.submit(path, &[(name, "http://me:loud@h.example/q.cfg")]));
    assert_eq!(site.user(name).as_deref(), Some("http://me:loud@h.example/q.cfg"));
    let told = "http://me:***@h.example/q.cfg → http://me:***@h.example/q.cfg, with another password";
    assert!(pages.last().is_some_and(|page| page.says(told)));
    // One that was entered beside a fault is asked for again.
    let faulty = site.submit(path, &[(name, "http://me:third@h.example/q.cfg"), ("CFG_CYCLIC_INTVL", "x")]);
    assert_eq!(faulty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(faulty.value(name), "http://me:@h.example/q.cfg");
    assert!(faulty.says("enter it once more before you save"));
    pages.push(faulty);
    pages.push(site.get("/tools/search?q=CFG_PRODUCT_FILE_PATH"));
    for page in &pages {
        assert!(["hush", "loud", "third"].iter().all(|secret| !page.html.contains(secret)), "{}", page.html);
    }
}

#[test]
fn only_the_administrator_has_urls() {
    let urls = offhook_params::FAMILIES.iter().filter(|f| matches!(f.kind, offhook_params::Kind::Url { .. }));
    for family in urls {
        let access = family.web.as_ref().map(|web| web.access);
        assert!(access.is_none_or(|access| access == offhook_params::Access::Admin), "{}", family.name);
    }
}

#[test]
fn a_password_is_changed_by_who_knows_it() {
    let site = Site::new();
    let path = "/system/admin-password";
    let change = |current: &str, new: &str, confirm: &str| {
        let fields = [("ADMIN_PASS.current", current), ("ADMIN_PASS", new), ("ADMIN_PASS.confirm", confirm)];
        let page = site.submit(path, &fields);
        (page.text("ADMIN_PASS-error"), site.user("ADMIN_PASS"))
    };
    let refused = |text: &str| (Some(text.to_owned()), None);
    assert_eq!(change("wrong", "new-pass", "new-pass"), refused("The current password is not right."));
    assert_eq!(change("", "new-pass", "new-pass"), refused("The current password is not right."));
    assert_eq!(change("adminpass", "new-pass", "new-pasS"), refused("The new password and its confirmation differ."));
    assert_eq!(change("adminpass", "", ""), refused("must not be empty"));
    assert_eq!(change("adminpass", "short", "short"), refused("has 5 characters, at least 6 are needed"));
    assert_eq!(change("", "", ""), (None, None));
    assert_eq!(change("adminpass", "new-pass", "new-pass"), (None, Some("new-pass".into())));
    let back = |current: &str| {
        let page = site.submit(path, &[("inherit", "ADMIN_PASS"), ("ADMIN_PASS.current", current)]);
        (page.status, site.user("ADMIN_PASS"))
    };
    assert_eq!(back("adminpass"), (StatusCode::UNPROCESSABLE_ENTITY, Some("new-pass".into())));
    assert_eq!(back("new-pass"), (StatusCode::OK, None));
}

#[test]
fn the_user_has_no_password_at_first_and_then_one() {
    let site = Site::new();
    let change = |new: &str, confirm: &str| {
        site.submit("/system/user-password", &[("USER_PASS", new), ("USER_PASS.confirm", confirm)])
    };
    assert_eq!(change("b7-Linden", "").status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = change("", "b7-Linden");
    assert!(page.text("USER_PASS-error").expect("an error").contains("Enter a value"));
    assert_eq!(change("b7-Linden", "b7-Linden").status, StatusCode::OK);
    assert_eq!(site.user("USER_PASS").as_deref(), Some("b7-Linden"));
}

#[test]
fn reset_takes_back_what_the_page_can_set() {
    let site = Site::new();
    let path = "/maintenance/reset";
    site.provision(&[r#"SIP_TIMER_T1_1="1000""#]);
    site.submit("/voip/sip-line/1", &[("SIP_TIMER_T1_1", "250")]);
    // Both can set the first; only the phone the second (guide rule 234).
    let both =
        offhook_params::FAMILIES.iter().find(|f| f.web.is_some() && f.phone.is_some() && !f.secret && f.count == 1);
    let phone = offhook_params::FAMILIES.iter().find(|f| f.web.is_none() && f.phone.is_some() && f.count == 1);
    let [both, phone] = [both, phone].map(|f| f.expect("such a setting").first);
    let edits = [both, phone].map(|id| Edit::Set(id, id.default().to_owned()));
    site.store.edit(&edits, Method::Phone).expect("factory values are allowed");

    let question = site.post(path, &[]);
    assert_eq!((question.status, site.restarts()), (StatusCode::OK, 0));
    assert!(question.says("OK") && question.says("Cancel"));
    assert_eq!(site.user("SIP_TIMER_T1_1").as_deref(), Some("250"));

    let done = site.post(path, &[("confirm", "yes")]);
    assert!(done.says("Complete"));
    assert_eq!(site.restarts(), 1);
    assert_eq!((site.user("SIP_TIMER_T1_1"), site.value("SIP_TIMER_T1_1")), (None, "1000".into()));
    assert_eq!((site.user(both.name()), site.user(phone.name()).is_some()), (None, true));
}

#[test]
fn restart_is_asked_for_twice() {
    let site = Site::new();
    assert!(site.get("/maintenance/restart").says("Restart"));
    assert_eq!(site.post("/maintenance/restart", &[]).status, StatusCode::OK);
    assert_eq!(site.restarts(), 0);
    let page = site.post("/maintenance/restart", &[("confirm", "yes")]);
    assert!(page.says("Complete"));
    assert_eq!(site.restarts(), 1);
    assert_eq!(site.get("/maintenance/restart").status, StatusCode::OK);
    assert_eq!(site.restarts(), 1);
}

#[test]
fn a_disk_that_refuses_is_a_memory_access_failure() {
    let site = Site::new();
    let gone = tempfile::tempdir().expect("a folder");
    let state = gone.path().join("state");
    site.lose_folder(&state);
    let page = site.submit("/voip/sip-line/1", &[("SIP_TIMER_T1_1", "250")]);
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.says("Failed (Memory Access Failure)"));
    assert_eq!(page.value("SIP_TIMER_T1_1"), "250");
    assert_eq!(site.value(id("SIP_TIMER_T1_1").name()), "500");
    site.find_folder(&state);
}

/// Guide rules 147 and 148.
#[test]
fn two_pages_restart_the_unit() {
    let site = Site::new();
    for (path, field, value, restarts) in [
        ("/network/ethernet", "VLAN_ID_IP_PHONE", "7", 1),
        ("/network/ethernet", "VLAN_ID_IP_PHONE", "7", 1),
        ("/network/ethernet", "VLAN_ID_IP_PHONE", "x", 1),
        ("/network/basic", "NET_HOST_NAME", "desk", 2),
        ("/network/http", "HTTP_VER", "0", 2),
    ] {
        let page = site.submit(path, &[(field, value)]);
        assert_eq!(site.restarts(), restarts, "{path} {field}={value}");
        assert_eq!(page.says("The unit restarts now."), page.says(&format!("→ {value}")) && path != "/network/http");
    }
    for path in ["/network/basic", "/network/ethernet", "/network/http"] {
        let form = site.get(path).tags().into_iter().find(|t| t.get("class") == Some("settings")).expect("a form");
        assert_eq!(form.get("data-confirm").is_some(), path != "/network/http", "{path}");
    }
}

#[test]
fn no_rule_stands_in_the_way_of_a_reset() {
    let site = Site::new();
    site.provision(&[r#"SIP_SRC_PORT_1="6000""#]);
    site.submit("/voip/sip-line/1", &[("SIP_SRC_PORT_1", "6002")]);
    site.submit("/voip/sip-line/2", &[("SIP_SRC_PORT_2", "6004")]);
    site.provision(&[r#"SIP_SRC_PORT_1="6000""#, r#"SIP_SRC_PORT_2="6000""#]);
    assert!(site.post("/maintenance/reset", &[("confirm", "yes")]).says("Complete"));
    assert_eq!((site.value("SIP_SRC_PORT_1"), site.value("SIP_SRC_PORT_2")), ("6000".into(), "6000".into()));
}
