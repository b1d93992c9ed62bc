//! Settings over the interface: shown with origin, searched, previewed, changed as one.

use offhook_settings::Layer;
use serde_json::{Value, json};

use super::{JSON, call, get, patch, setting};
use crate::site::Site;

fn names(list: &Value, of: &str) -> Vec<String> {
    let list = list[of].as_array().expect("a list");
    list.iter().map(|item| item["name"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn a_setting_tells_where_it_comes_from() {
    let site = Site::new();
    site.provision(&[r#"SIP_TIMER_T1_1="1000""#]);
    assert_eq!(
        setting(&site, "SIP_TIMER_T1_1"),
        json!({
            "name": "SIP_TIMER_T1_1",
            "value": "1000",
            "set": true,
            "layer": "standard",
            "origin": { "method": "file", "source": "http://h.example/1.cfg", "line": 2 },
            "shadows": [{
                "value": "500",
                "set": true,
                "layer": "factory",
                "origin": { "method": "factory", "source": null, "line": null },
            }],
            "user": false,
            "effect": true,
            "applies": "re-register",
        })
    );
    assert_eq!(patch(&site, &json!({ "SIP_TIMER_T1_1": "250" })).status, 200);
    let now = setting(&site, "SIP_TIMER_T1_1");
    assert_eq!((&now["value"], &now["layer"], &now["user"]), (&json!("250"), &json!("user"), &json!(true)));
    assert_eq!(now["origin"]["method"], "web");
    assert_eq!(now["shadows"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_change_without_effect_is_told() {
    let site = Site::new();
    assert_eq!(setting(&site, "NET_STATIC_ADDRESS")["effect"], false);
    assert_eq!(setting(&site, "NET_CONNECTION_MODE")["effect"], true);
}

#[test]
fn lists_are_searched_and_narrowed() {
    let site = Site::new();
    site.provision(&[r#"SIP_TIMER_T1_1="1000""#, r#"ADMIN_PASS="not-told-1""#]);
    let found = |query: &str| names(&get(&site, &format!("/settings{query}")).json, "settings");
    assert_eq!(found("").len(), offhook_params::ParamId::COUNT);
    assert_eq!(found("?"), found(""));
    assert_eq!(found("?q=sip_timer_t1_3"), ["SIP_TIMER_T1_3"]);
    assert_eq!(found("?q=T1+timer%203")[0], "SIP_TIMER_T1_3");
    assert_eq!(found("?changed=true"), ["ADMIN_PASS", "SIP_TIMER_T1_1"]);
    assert_eq!(found("?changed=true&category=line&group=timers"), ["SIP_TIMER_T1_1"]);
    assert_eq!(found("?q=not-told-1"), [""; 0]);
    for query in ["?Q=x", "?q=a&q=b", "?changed=1", "?changed=", "?category=none", "?group=x", "?q=%ff", "?q=%", "?=x"]
    {
        assert_eq!(get(&site, &format!("/settings{query}")).status, 400, "{query}");
    }
    assert_eq!(get(&site, &format!("/settings?q={}", "x".repeat(101))).status, 400);
}

#[test]
fn names_that_are_none() {
    let site = Site::new();
    for (name, says) in [
        ("SIP_TIMER_T1_7", "is no setting"),
        ("sip_timer_t1_1", "did you mean SIP_TIMER_T1_1?"),
        ("PROFILE_ENABLE_2", "is another name of PROFILE_ENABLE2"),
        ("%20", "is no setting"),
        ("preview", "is no setting"),
    ] {
        let answer = get(&site, &format!("/settings/{name}"));
        // POST alone is what /settings/preview takes.
        assert_eq!(answer.status, if name == "preview" { 405 } else { 404 }, "{name}");
        let detail = answer.json["detail"].as_str().expect("a detail");
        assert!(name == "preview" || detail.contains(says), "{detail}");
    }
    assert_eq!(get(&site, "/settings/%ff").status, 400);
    assert_eq!(get(&site, "/settings/SIP_TIMER_T1_1?x=y").status, 400);
}

#[test]
fn a_change_is_one_transaction() {
    let site = Site::new();
    let changes = json!({ "SIP_TIMER_T1_1": "250", "SIP_TIMER_T1_3": "250", "CFG_CYCLIC_INTVL": "60" });
    let preview = call(&site, "POST", "/settings/preview", JSON, changes.to_string());
    assert_eq!(preview.status, 200);
    assert!(site.layers().layer(Layer::User).is_empty());
    let answer = patch(&site, &changes);
    assert_eq!(answer.json, preview.json);
    assert_eq!(
        answer.json["changes"].as_array().expect("a list").iter().find(|c| c["name"] == "SIP_TIMER_T1_3"),
        Some(&json!({ "name": "SIP_TIMER_T1_3", "before": "500", "after": "250", "applies": "re-register" }))
    );
    assert_eq!((&answer.json["applies"], &answer.json["lines"]), (&json!("re-register"), &json!([1, 3])));
    assert_eq!(patch(&site, &changes).json, json!({ "changes": [], "applies": null, "lines": [] }));
    assert_eq!(patch(&site, &json!({})).status, 200);
    let answer = patch(&site, &json!({ "SIP_TIMER_T1_1": null, "SIP_TIMER_T1_2": null }));
    assert_eq!(names(&answer.json, "changes"), ["SIP_TIMER_T1_1"]);
    assert_eq!(site.user("SIP_TIMER_T1_1"), None);
}

#[test]
fn every_reason_is_given_by_name() {
    let site = Site::new();
    let changes = json!({
        "SIP_TIMER_T1_1": "251",
        "SIP_TIMER_T1_2": 250,
        "SIP_TIMER_T1_9": "250",
        "PROFILE_ENABLE_2": "Y",
        "ADMIN_ID": "boss",
        "CFG_CYCLIC_INTVL": "60",
    });
    for (method, target) in [("PATCH", "/settings"), ("POST", "/settings/preview")] {
        let answer = call(&site, method, target, JSON, changes.to_string());
        assert_eq!(answer.status, 422);
        assert_eq!(answer.page.header("content-type"), "application/problem+json");
        let refusals = answer.json["refusals"].as_array().expect("a list");
        let reason = |name: &str| {
            let refusal = refusals.iter().find(|r| r["names"][0] == name);
            refusal.map(|r| (r["reason"].as_str().expect("a word"), r["message"].as_str().expect("words")))
        };
        assert_eq!(refusals.len(), 5, "{refusals:?}");
        assert!(reason("SIP_TIMER_T1_1").is_some_and(|(r, m)| r == "value" && m.starts_with("must be one of")));
        assert_eq!(reason("SIP_TIMER_T1_2").map(|r| r.0), Some("type"));
        assert_eq!(reason("SIP_TIMER_T1_9").map(|r| r.0), Some("name"));
        assert_eq!(reason("PROFILE_ENABLE_2").map(|r| r.0), Some("name"));
        assert_eq!(reason("ADMIN_ID"), Some(("method", "cannot be changed on the web page")));
        assert!(site.layers().layer(Layer::User).is_empty());
    }
    let answer = patch(&site, &json!({ "RTP_PORT_MIN": "48750" }));
    assert_eq!((answer.status, &answer.json["refusals"][0]["reason"]), (422, &json!("rule")));
    assert!(answer.json["refusals"][0]["rule"].is_string());
}

#[test]
fn secrets_go_in_and_never_out() {
    let site = Site::new();
    site.provision(&[r#"SIP_PASS_1="from-file""#, r#"CFG_PRODUCT_FILE_PATH="http://me:hush@h.example/p.cfg""#]);
    let changed =
        patch(&site, &json!({ "SIP_PASS_1": "typed-in", "SIP_PASS_2": "typed-in", "ADMIN_PASS": "9wKz-t41m" }));
    assert_eq!(changed.status, 200);
    assert_eq!(site.user("ADMIN_PASS").as_deref(), Some("9wKz-t41m"));
    let refused = patch(&site, &json!({ "ADMIN_PASS": "hushhush\"", "SIP_PASS_1": "hushhush\u{1}" }));
    assert_eq!(refused.status, 422);
    for name in ["SIP_PASS_1", "CFG_PRODUCT_FILE_PATH"] {
        let one = setting(&site, name);
        assert_eq!((&one["value"], &one["set"]), (&Value::Null, &json!(true)));
    }
    assert_eq!(setting(&site, "SIP_PASS_1")["shadows"][0]["value"], Value::Null);
    assert_eq!(setting(&site, "SIP_PASS_3")["set"], false);
    let list = get(&site, "/settings");
    for text in [changed.page, refused.page, list.page] {
        let told =
            ["from-file", "typed-in", "9wKz-t41m", "hush", "adminpass"].into_iter().find(|s| text.html.contains(s));
        assert_eq!(told, None);
    }
}

#[test]
fn an_origin_tells_no_password() {
    let site = Site::new();
    let file = format!("{}\r\nSIP_TIMER_T1_1=\"250\"\r\n", "# Panasonic SIP Phone Standard Format File #");
    site.store.replace(Layer::Master, file.as_bytes(), "http://me:hush@h.example/m.cfg").expect("a good file");
    assert_eq!(setting(&site, "SIP_TIMER_T1_1")["origin"]["source"], "http://me:***@h.example/m.cfg");
}

#[test]
fn a_disk_that_refuses_changes_nothing() {
    let site = Site::new();
    let gone = tempfile::tempdir().expect("a folder");
    let state = gone.path().join("state");
    site.lose_folder(&state);
    let answer = patch(&site, &json!({ "SIP_TIMER_T1_1": "250" }));
    assert_eq!(answer.status, 500);
    assert!(!answer.page.html.contains("state"), "no paths of the unit: {}", answer.page.html);
    assert_eq!(site.value("SIP_TIMER_T1_1"), "500");
    site.find_folder(&state);
}
