//! The interface for programs: every answer is looked at twice, by the test and by the OpenAPI document.

mod defence;
mod description;
mod files;
mod settings;
mod unit;

use std::sync::LazyLock;

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::site::{Page, Site};

/// The committed description.
static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../../../docs/schema/openapi.json")).expect("the description is JSON")
});

pub(crate) const JSON: &str = "application/json";

/// An answer of the interface.
struct Answer {
    page: Page,
    status: u16,
    /// The body, where it is JSON.
    json: Value,
}

/// A request as a program sends it; the answer has to be one that the description tells of.
fn call(site: &Site, method: &str, target: &str, media_type: &str, body: impl Into<Body>) -> Answer {
    let mut request = Request::builder().method(method).uri(format!("/api/v1{target}")).header("host", "phone.example");
    if !media_type.is_empty() {
        request = request.header("content-type", media_type);
    }
    answer(method, target, site.send(request.body(body.into()).expect("a request")))
}

fn answer(method: &str, target: &str, page: Page) -> Answer {
    let status = page.status.as_u16();
    let media_type = page.header("content-type");
    let is_json = media_type.ends_with("json");
    let json = if is_json { serde_json::from_str(&page.html).expect("well-formed JSON") } else { Value::Null };
    described(method, target, status, media_type, &json);
    Answer { page, status, json }
}

fn get(site: &Site, target: &str) -> Answer {
    call(site, "GET", target, "", "")
}

fn patch(site: &Site, changes: &Value) -> Answer {
    call(site, "PATCH", "/settings", JSON, changes.to_string())
}

/// A setting as the interface shows it.
fn setting(site: &Site, name: &str) -> Value {
    let answer = get(site, &format!("/settings/{name}"));
    assert_eq!(answer.status, 200, "{}", answer.page.html);
    answer.json
}

/// The operation of a request; nothing for addresses and methods that are none.
fn operation(method: &str, target: &str) -> Option<&'static Value> {
    let path = target.split('?').next().unwrap_or_default();
    let paths = &DESCRIPTION["paths"];
    let path = match paths.get(path) {
        Some(operations) => operations,
        None => {
            path.strip_prefix("/settings/").filter(|rest| !rest.contains('/')).map(|_| &paths["/settings/{name}"])?
        }
    };
    path.get(method.to_lowercase())
}

#[track_caller]
fn described(method: &str, target: &str, status: u16, media_type: &str, json: &Value) {
    let problem = json!({ "$ref": "#/components/schemas/Problem" });
    let Some(operation) = operation(method, target) else {
        assert!(matches!(status, 400 | 403 | 404 | 405 | 421), "{method} {target}: {status}");
        return valid(&problem, json);
    };
    let mut response = &operation["responses"][status.to_string()];
    assert!(!response.is_null(), "{method} {target}: {status} is not in the description: {json}");
    if let Some(name) = response["$ref"].as_str().and_then(|r| r.strip_prefix("#/components/responses/")) {
        response = &DESCRIPTION["components"]["responses"][name];
    }
    match response.get("content") {
        None => assert_eq!(media_type, "", "{method} {target}"),
        Some(content) => {
            let content = &content[media_type];
            assert!(!content.is_null(), "{method} {target}: {media_type:?} is not in the description");
            if media_type.ends_with("json") {
                valid(&content["schema"], json);
            }
        }
    }
}

/// Whether `value` fits a schema that may refer to the components.
#[track_caller]
fn valid(schema: &Value, value: &Value) {
    let mut schema = schema.clone();
    schema["components"] = json!({ "schemas": DESCRIPTION["components"]["schemas"] });
    let judge = jsonschema::draft202012::new(&schema).expect("a schema");
    if let Some(error) = judge.iter_errors(value).next() {
        panic!("{error} at {} in {value:.300}", error.instance_path());
    }
}
