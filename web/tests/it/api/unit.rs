//! State, restart and table over the interface.

use offhook_params::{FAMILIES, ParamId, STATUS_ROWS};
use serde_json::json;

use super::{DESCRIPTION, JSON, call, get};
use crate::site::Site;

#[test]
fn status_has_every_row() {
    let site = Site::new();
    let rows = get(&site, "/status").json["rows"].as_array().cloned().expect("a list");
    for row in &STATUS_ROWS {
        let of_row: Vec<_> = rows.iter().filter(|r| r["id"] == row.id).collect();
        assert_eq!(of_row.len(), if row.per.is_none() { 1 } else { 6 }, "{}", row.id);
        let value = if row.per.is_none() { format!("<{}>", row.id) } else { format!("{} 1", row.id) };
        assert_eq!((&of_row[0]["value"], &of_row[0]["label"]), (&json!(value), &json!(row.label)));
    }
}

#[test]
fn fetches_and_calls_are_told_in_full() {
    let site = Site::new();
    let provisioning = get(&site, "/provisioning").json;
    assert_eq!(provisioning["next"], json!({ "after": 7500, "cause": "interval" }));
    assert_eq!(provisioning["last"]["at"], "2026-11-25T03:00:00Z");
    let file = &provisioning["last"]["files"][1];
    assert_eq!((&file["layer"], &file["result"], &file["found"]), (&json!("standard"), &json!("refused"), &json!(3)));
    assert_eq!(file["findings"][0]["remedy"], "write <NAME>");
    let calls = get(&site, "/calls").json;
    assert_eq!(calls["lines"][1]["registration"], "failed");
    let media = &calls["calls"][0]["media"];
    assert_eq!((&media["jitter_ms"], &media["round_trip_ms"], &media["lost"]), (&json!(3.5), &json!(41.0), &json!(10)));
    assert_eq!(calls["calls"][1]["media"], json!(null));
    assert_eq!(calls["pace"], json!({ "frames": 6200, "late": 3, "worst_ms": 14.5 }));
}

#[test]
fn a_restart_and_a_fetch_have_to_be_meant() {
    let site = Site::new();
    for (media_type, body, status) in [
        (JSON, "{}", 400),
        (JSON, r#"{"confirm": false}"#, 400),
        (JSON, r#"{"confirm": "true"}"#, 400),
        (JSON, r#"{"confirm": true, "confirm": true}"#, 400),
        (JSON, r#"{"confirm": true, "now": true}"#, 400),
        (JSON, "", 400),
        ("text/plain", r#"{"confirm": true}"#, 415),
        ("application/x-www-form-urlencoded", "confirm=true", 415),
    ] {
        assert_eq!(call(&site, "POST", "/restart", media_type, body).status, status, "{body}");
        assert_eq!(call(&site, "POST", "/provisioning/fetch", media_type, body).status, status, "{body}");
    }
    assert_eq!((site.restarts(), site.fetches()), (0, 0));
    assert_eq!(call(&site, "POST", "/restart", JSON, r#"{"confirm": true}"#).status, 202);
    assert_eq!((site.restarts(), site.fetches()), (1, 0));
    for status in [202, 409] {
        assert_eq!(call(&site, "POST", "/provisioning/fetch", JSON, r#"{"confirm": true}"#).status, status);
    }
    assert_eq!((site.restarts(), site.fetches()), (1, 2));
}

#[test]
fn the_table_has_every_setting() {
    let site = Site::new();
    let table = get(&site, "/schema").json["parameters"].as_array().cloned().expect("a list");
    assert_eq!(table.len(), FAMILIES.len());
    let names: usize = table.iter().map(|p| p["names"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(names, ParamId::COUNT);
    for parameter in &table {
        let place =
            parameter["schema"].as_str().and_then(|s| s.strip_prefix("/api/v1/openapi.json#")).expect("a place");
        assert_eq!(DESCRIPTION.pointer(place).map(|s| &s["type"]), Some(&json!("string")), "{place}");
    }
}
