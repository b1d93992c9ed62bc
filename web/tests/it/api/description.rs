//! The description is served, and tells of every route, of nothing else, and of every value.

use std::collections::BTreeSet;

use offhook_params::{FAMILIES, ParamId};
use serde_json::{Value, json};

use super::{DESCRIPTION, JSON, call, get, valid};
use crate::site::Site;

#[test]
fn the_description_is_the_committed_one() {
    assert_eq!(get(&Site::new(), "/openapi.json").json, *DESCRIPTION);
}

#[test]
fn methods_are_those_of_the_description() {
    let site = Site::new();
    let paths = DESCRIPTION["paths"].as_object().expect("an object");
    assert_eq!(paths.len(), 13);
    for (path, operations) in paths {
        let target = path.replace("{name}", "ADMIN_ID");
        let known: BTreeSet<String> = operations.as_object().expect("an object").keys().cloned().collect();
        // HEAD is GET without a body.
        for method in ["get", "put", "post", "delete", "options", "patch", "trace"] {
            let answer = call(&site, &method.to_uppercase(), &target, "", "");
            assert_eq!(answer.status != 405, known.contains(method), "{method} {path}: {}", answer.status);
            if answer.status == 405 {
                let allowed = answer.page.header("allow").split(',').map(|m| m.trim().to_lowercase());
                let allowed: BTreeSet<String> = allowed.filter(|m| m != "head").collect();
                assert_eq!(allowed, known, "{path}");
            }
        }
    }
    assert_eq!((site.restarts(), site.fetches()), (0, 0));
}

#[test]
fn addresses_that_are_none_say_so_to_programs() {
    let site = Site::new();
    for target in ["", "/", "/nothing", "/settings/A/B", "/settings/", "/Settings", "/../status", "//settings"] {
        let answer = get(&site, target);
        assert_eq!((answer.status, answer.page.header("content-type")), (404, "application/problem+json"), "{target}");
    }
}

/// References in the document lead somewhere.
#[test]
fn references_hold() {
    fn walk(value: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(place) = members.get("$ref").and_then(Value::as_str) {
                    let place = place.strip_prefix('#').expect("a place in the document");
                    assert!(DESCRIPTION.pointer(place).is_some(), "{place}");
                }
                members.values().for_each(walk);
            }
            Value::Array(items) => items.iter().for_each(walk),
            _ => {}
        }
    }
    walk(&DESCRIPTION);
}

/// What the page can set, and only that, is a value in a change.
#[test]
fn changes_are_described_as_they_are_judged() {
    let site = Site::new();
    let changes = &DESCRIPTION["components"]["schemas"]["Changes"]["properties"];
    assert_eq!(changes.as_object().map(serde_json::Map::len), Some(ParamId::COUNT));
    for family in &FAMILIES {
        let id = family.first;
        let schema = json!({ "$ref": format!("#/components/schemas/Changes/properties/{id}") });
        valid(&schema, &Value::Null);
        let body = json!({ id.name(): id.default() }).to_string();
        let answer = call(&site, "POST", "/settings/preview", JSON, body);
        match family.web {
            Some(_) => {
                valid(&schema, &json!(id.default()));
                assert_eq!(answer.status, 200, "{id}");
            }
            None => {
                assert_eq!(changes[id.name()], json!({ "type": "null" }), "{id}");
                assert_eq!((answer.status, &answer.json["refusals"][0]["reason"]), (422, &json!("method")), "{id}");
            }
        }
    }
}
