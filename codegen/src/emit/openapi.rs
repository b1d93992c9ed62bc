//! The description of the interface for programs: OpenAPI 3.1, with the settings' own schemas in it.

mod schemas;

use serde_json::{Map, Value, json};

use super::json_schema::artifact;
use crate::Artifact;
use crate::resolve::Spec;

/// What the authentication in front of every route may answer.
const GATE: [(&str, &str); 4] =
    [("401", "Unauthorized"), ("403", "Forbidden"), ("421", "OtherHost"), ("429", "Locked")];

/// `docs/schema/openapi.json`.
pub(super) fn openapi(spec: &Spec) -> Artifact {
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| document.insert(name.to_owned(), value);
    put("openapi", json!("3.1.0"));
    put(
        "info",
        json!({
            "title": "Offhook",
            "version": "1",
            "description": "The settings, files and state of one phone, for programs. Each change is one transaction: \
                            all of it is made, or nothing. Secrets are never given out: their value is null, and `set` \
                            tells whether there is one. Unknown and doubled members and parameters are refused.",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        }),
    );
    put("servers", json!([{ "url": "/api/v1" }]));
    put("security", json!([{ "digest": [] }, { "basic": [] }]));
    put(
        "tags",
        json!([
            { "name": "settings", "description": "What the phone is set to, and from where." },
            { "name": "files", "description": "Configuration files, plain text or XML." },
            { "name": "unit", "description": "State, restart, and what can be asked." },
        ]),
    );
    put("paths", paths(spec));
    put(
        "components",
        json!({
            "securitySchemes": {
                "digest": { "type": "http", "scheme": "digest", "description": "RFC 7616, SHA-256 or MD5, qop=auth." },
                "basic": { "type": "http", "scheme": "basic", "description": "RFC 7617, for clients without Digest." },
            },
            "responses": responses(),
            "schemas": schemas::all(spec),
        }),
    );
    artifact("docs/schema/openapi.json", document)
}

fn paths(spec: &Spec) -> Value {
    let categories: Vec<_> = spec.categories.iter().map(|c| c.id.as_str()).collect();
    let mut groups: Vec<_> = spec.groups.iter().map(|g| g.id.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    let boolean = json!({ "type": "boolean" });
    json!({
        "/settings": {
            "get": operation("listSettings", "settings", "Lists settings.", &[
                query("q", "Words that all have to occur: in the name, on the page, in the help text, or in the value.",
                    json!({ "type": "string", "maxLength": 100 })),
                query("category", "Only settings of this category.", json!({ "enum": categories })),
                query("group", "Only settings of groups with this identifier.", json!({ "enum": groups })),
                query("changed", "Only settings whose value differs from the factory's, or only those that have it.",
                    boolean),
            ], None, ok("The settings, those whose names fit best first.", "SettingList"), &["400"]),
            "patch": operation("changeSettings", "settings", "Changes settings: all of them, or none.", &[],
                Some(changes()), ok("What differs in effect.", "ChangeSet"), &["400", "413", "415", "422", "500", "507"]),
        },
        "/settings/{name}": {
            "get": operation("getSetting", "settings", "Shows one setting.", &[json!({
                "name": "name", "in": "path", "required": true, "description": "As a file calls it.",
                "schema": reference("SettingName"),
            })], None, ok("The setting.", "Setting"), &["400", "404"]),
        },
        "/settings/preview": {
            "post": operation("previewSettings", "settings", "Tells what a change would change.", &[],
                Some(changes()), ok("What would differ in effect.", "ChangeSet"), &["400", "413", "415", "422"]),
        },
        "/diff": {
            "post": operation("diffFile", "files", "Tells what importing a file would change, lines with errors left out.",
                &[], Some(file()), ok("What would differ, and what is wrong with the file.", "FileReport"),
                &["400", "413", "415", "422"]),
        },
        "/import": {
            "post": operation("importFile", "files",
                "Puts the settings of a file into the user layer, as one edit. Settings that it does not name stay.",
                &[query("errors", "What becomes of a file that has lines with errors: nothing of it is taken, or these \
                    lines are left out.", json!({ "enum": ["refuse", "skip"], "default": "refuse" }))],
                Some(file()), ok("What differs in effect, and what is to be said about the file.", "FileReport"),
                &["400", "413", "415", "422", "500", "507"]),
        },
        "/export": {
            "get": operation("exportFile", "files",
                "Writes a file that can be imported. Secrets are left out; comments in it name them.",
                &[
                    query("what", "The values that count, or those that were set on this unit.",
                        json!({ "enum": ["effective", "user"], "default": "effective" })),
                    query("format", "The format of the file.", json!({ "enum": ["plain", "xml"], "default": "plain" })),
                ],
                None, ("200", json!({
                    "description": "The file.",
                    "headers": { "Content-Disposition": {
                        "description": "A name for the file.", "required": true, "schema": { "type": "string" },
                    } },
                    "content": {
                        "text/plain; charset=utf-8": { "schema": { "type": "string" } },
                        "application/xml; charset=utf-8": { "schema": {} },
                    },
                })), &["400", "500"]),
        },
        "/status": {
            "get": operation("getStatus", "unit", "Tells what the status pages show.", &[], None,
                ok("The rows of all status pages.", "StatusRows"), &["400"]),
        },
        "/provisioning": {
            "get": operation("getProvisioning", "unit", "Tells what came of fetching files, and when the next fetch is.",
                &[], None, ok("How the unit comes by its files.", "Provisioning"), &["400"]),
        },
        "/provisioning/fetch": {
            "post": operation("fetchFiles", "unit", "Fetches the configuration files now; they may restart the unit.", &[],
                Some(json!({ "application/json": { "schema": reference("Confirmation") } })),
                ("202", json!({ "description": "The unit fetches its files now." })), &["400", "409", "413", "415"]),
        },
        "/calls": {
            "get": operation("getCalls", "unit", "Tells what the lines do, and how well calls are heard.", &[], None,
                ok("The lines and their calls.", "Calls"), &["400"]),
        },
        "/restart": {
            "post": operation("restart", "unit", "Restarts the unit, even during a call.", &[],
                Some(json!({ "application/json": { "schema": reference("Confirmation") } })),
                ("202", json!({ "description": "The unit restarts now." })), &["400", "413", "415"]),
        },
        "/schema": {
            "get": operation("getSchema", "unit", "Shows the parameter table.", &[], None,
                ok("Every family of settings.", "ParameterTable"), &["400"]),
        },
        "/openapi.json": {
            "get": operation("getDescription", "unit", "Shows this document.", &[], None, ("200", json!({
                "description": "This document.",
                "content": { "application/json": { "schema": { "type": "object" } } },
            })), &["400"]),
        },
    })
}

fn operation(
    id: &str,
    tag: &str,
    summary: &str,
    parameters: &[Value],
    body: Option<Value>,
    good: (&str, Value),
    bad: &[&str],
) -> Value {
    let mut responses = Map::new();
    responses.insert(good.0.to_owned(), good.1);
    for (status, name) in GATE.into_iter().chain(FAULTS.into_iter().filter(|(status, _)| bad.contains(status))) {
        responses.insert(status.to_owned(), json!({ "$ref": format!("#/components/responses/{name}") }));
    }
    let mut out = Map::new();
    out.insert("operationId".to_owned(), json!(id));
    out.insert("tags".to_owned(), json!([tag]));
    out.insert("summary".to_owned(), json!(summary));
    if !parameters.is_empty() {
        out.insert("parameters".to_owned(), json!(parameters));
    }
    if let Some(content) = body {
        out.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    out.insert("responses".to_owned(), Value::Object(responses));
    Value::Object(out)
}

/// What the routes themselves may answer.
const FAULTS: [(&str, &str); 8] = [
    ("400", "BadRequest"),
    ("404", "NotFound"),
    ("409", "Busy"),
    ("413", "TooLarge"),
    ("415", "WrongMediaType"),
    ("422", "Refused"),
    ("500", "NotKept"),
    ("507", "Full"),
];

fn responses() -> Value {
    let problem = |words: &str| {
        json!({
            "description": words,
            "content": { "application/problem+json": { "schema": reference("Problem") } },
        })
    };
    let closed = |words: &str, name: &str| {
        let mut out = problem(words);
        out["headers"] = json!({ name: { "required": true, "schema": { "type": "string" } } });
        out
    };
    json!({
        "BadRequest": problem("The request is not what the interface understands."),
        "Unauthorized": closed("A password is needed, or it was wrong.", "WWW-Authenticate"),
        "Forbidden": problem("Another site asks, somebody else is logged in, or the account may not do this."),
        "NotFound": problem("No setting has this name."),
        "Busy": problem("The unit does so already, or is set not to."),
        "TooLarge": problem("The body is too large."),
        "WrongMediaType": problem("The body is of another media type, or not in UTF-8."),
        "OtherHost": problem("The request is for a name that the unit does not have."),
        "Refused": problem("Values, rules or the file speak against it; nothing was changed. All reasons are given."),
        "Locked": closed("Too many wrong passwords.", "Retry-After"),
        "NotKept": problem("The memory could not be written; nothing was changed."),
        "Full": problem("The memory is full; nothing was changed."),
    })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn ok(words: &str, schema: &str) -> (&'static str, Value) {
    ("200", json!({ "description": words, "content": { "application/json": { "schema": reference(schema) } } }))
}

fn query(name: &str, words: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "description": words, "schema": schema })
}

fn changes() -> Value {
    json!({ "application/json": {
        "schema": reference("Changes"),
        "example": { "SIP_TIMER_T1_1": "500", "DISPLAY_NAME_1": "Reception", "PHONE_NUMBER_1": null },
    } })
}

fn file() -> Value {
    let text = json!({ "schema": { "type": "string" } });
    json!({ "text/plain": text, "application/xml": {}, "text/xml": {} })
}
