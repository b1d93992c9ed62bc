//! The schemas of what is sent and answered.

mod unit;

use serde_json::{Map, Value, json};

use super::reference;
use crate::emit::json_schema;
use crate::resolve::Spec;

/// All of them: those of the interface, then one for each family of settings.
pub(super) fn all(spec: &Spec) -> Map<String, Value> {
    let mut out = Map::new();
    let mut put = |name: &str, schema: Value| out.insert(name.to_owned(), schema);
    put("SettingName", setting_names(spec));
    put("Changes", changes(spec));
    put("Confirmation", object("Says that it is meant.", &[("confirm", json!({ "const": true }))]));
    put("SettingList", object("Settings.", &[("settings", list("Setting"))]));
    put(
        "Layer",
        json!({
            "description": "Where a value can come from, the weakest first.",
            "enum": ["factory", "pre-provisioning", "master", "product", "standard", "user"],
        }),
    );
    put(
        "Applies",
        json!({
            "description": "What a change needs before it counts: nothing, that the line registers anew, or a restart.",
            "enum": ["live", "re-register", "restart"],
        }),
    );
    put(
        "Origin",
        object(
            "The way by which a value was set.",
            &[
                ("method", json!({ "enum": ["factory", "file", "web", "phone"] })),
                ("source", nullable("string", "Path or URL of the file.")),
                ("line", nullable("integer", "Line of the file, from 1.")),
            ],
        ),
    );
    let definition = [
        ("value", nullable("string", "As a file has it; null for a secret.")),
        ("set", json!({ "type": "boolean", "description": "Whether there is a value that is not empty." })),
        ("layer", reference("Layer")),
        ("origin", reference("Origin")),
    ];
    put("Definition", object("What one layer says of a setting.", &definition));
    let setting = [
        ("name", reference("SettingName")),
        (
            "shadows",
            json!({
                "type": "array", "items": reference("Definition"), "description": "What other layers say, the strongest first.",
            }),
        ),
        (
            "user",
            json!({
                "type": "boolean", "description": "Whether the user layer has a value for it, which null takes back.",
            }),
        ),
        ("effect", json!({ "type": "boolean", "description": "Whether it has an effect as things stand." })),
        ("applies", reference("Applies")),
    ];
    put("Setting", object("A setting as it stands.", &[&setting[..1], &definition, &setting[1..]].concat()));
    put(
        "Change",
        object(
            "A setting whose value in effect differs.",
            &[
                ("name", reference("SettingName")),
                ("before", nullable("string", "The value before; null for a secret.")),
                ("after", nullable("string", "The value after; null for a secret.")),
                ("applies", reference("Applies")),
            ],
        ),
    );
    let changes = [
        ("changes", list("Change")),
        (
            "applies",
            json!({
                "description": "What the most demanding change needs before it counts; null for no change.",
                "oneOf": [reference("Applies"), { "type": "null" }],
            }),
        ),
        (
            "lines",
            json!({
                "type": "array", "items": { "type": "integer", "minimum": 1 }, "description": "Lines that register anew.",
            }),
        ),
    ];
    put("ChangeSet", object("What a change changes in effect.", &changes));
    put(
        "Diagnostic",
        object(
            "What is to be said about a place in a file.",
            &[
                ("severity", json!({ "enum": ["note", "warning", "error"] })),
                ("code", json!({ "type": "string", "description": "What kind of finding it is: unknown-name." })),
                ("message", json!({ "type": "string" })),
                ("remedy", nullable("string", "What to do about it.")),
                ("line", json!({ "type": "integer", "minimum": 1 })),
                (
                    "column",
                    json!({ "type": "integer", "minimum": 1, "description": "Characters into the line, from 1." }),
                ),
                ("name", nullable("string", "The setting that it is about.")),
            ],
        ),
    );
    let report = [
        ("settings", json!({ "type": "integer", "minimum": 0, "description": "How many settings were understood." })),
        ("diagnostics", list("Diagnostic")),
    ];
    put("FileReport", object("What a file says and changes.", &[&report[..], &changes].concat()));
    put(
        "Refusal",
        object(
            "One reason that speaks against a change.",
            &[
                (
                    "names",
                    json!({ "type": "array", "items": { "type": "string" }, "description": "The settings that it is about." }),
                ),
                (
                    "reason",
                    json!({
                        "description": "No such name; no string or null; a value that the setting does not take; a setting that cannot \
                                        be changed this way; a rule between settings.",
                        "enum": ["name", "type", "value", "method", "rule"],
                    }),
                ),
                ("rule", nullable("string", "The rule that would be broken.")),
                ("message", json!({ "type": "string", "description": "In words, to be read next to the name." })),
            ],
        ),
    );
    put("Problem", problem());
    for (name, schema) in unit::all() {
        put(name, schema);
    }
    put("StatusRows", object("The state of the unit.", &[("rows", list("StatusRow"))]));
    put(
        "StatusRow",
        object(
            "One row of a status page.",
            &[
                ("id", json!({ "enum": spec.status.iter().map(|row| row.id.as_str()).collect::<Vec<_>>() })),
                ("number", nullable("integer", "The line that it is about.")),
                ("label", json!({ "type": "string" })),
                ("value", json!({ "type": "string", "description": "Empty where there is nothing to tell." })),
            ],
        ),
    );
    put("ParameterTable", object("All families.", &[("parameters", list("Parameter"))]));
    put("Parameter", parameter(spec));
    for family in &spec.families {
        put(&family.name, Value::Object(json_schema::family(family)));
    }
    out
}

fn setting_names(spec: &Spec) -> Value {
    let names: Vec<_> = spec.params.iter().map(|param| param.name.as_str()).collect();
    json!({ "description": "The name of a setting, as a file has it.", "type": "string", "enum": names })
}

/// New values by name; only the page's settings take one, but every setting can go back.
fn changes(spec: &Spec) -> Value {
    let mut properties = Map::new();
    for param in &spec.params {
        let family = &spec.families[param.family];
        let schema = match family.param.web {
            Some(_) => json!({ "anyOf": [reference(&family.name), { "type": "null" }] }),
            None => json!({ "type": "null" }),
        };
        properties.insert(param.name.clone(), schema);
    }
    json!({
        "description": "New values by name; null goes back to what the layers below give. Values are those of the web \
                        page; what only files or the phone set, it can only take back.",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
}

fn problem() -> Value {
    json!({
        "description": "A problem document (RFC 9457).",
        "type": "object",
        "properties": {
            "type": { "type": "string", "format": "uri-reference" },
            "title": { "type": "string" },
            "status": { "type": "integer", "minimum": 400, "maximum": 599 },
            "detail": { "type": "string" },
            "refusals": list("Refusal"),
            "diagnostics": list("Diagnostic"),
        },
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": false,
    })
}

fn parameter(spec: &Spec) -> Value {
    let categories: Vec<_> = spec.categories.iter().map(|c| c.id.as_str()).collect();
    let text = || json!({ "type": "string" });
    let boolean = || json!({ "type": "boolean" });
    object(
        "A family of settings: one declaration.",
        &[
            ("family", text()),
            ("names", json!({ "type": "array", "items": reference("SettingName"), "minItems": 1 })),
            (
                "defaults",
                json!({ "type": "array", "items": text(), "description": "Factory values, in the order of names." }),
            ),
            ("category", json!({ "enum": categories })),
            ("group", text()),
            ("label", nullable("string", "What the page calls it; {line} and the like stand for a number.")),
            ("page", nullable("string", "The page of its first setting.")),
            ("format", text()),
            ("range", json!({ "type": "string", "description": "The values that it takes, in words." })),
            (
                "schema",
                json!({ "type": "string", "description": "The values that it takes, as a schema of this document." }),
            ),
            ("unit", nullable("string", "The unit of its numbers.")),
            ("empty", boolean()),
            ("secret", boolean()),
            ("methods", json!({ "type": "array", "items": { "enum": ["file", "web", "phone"] } })),
            ("applies", reference("Applies")),
            ("when", nullable("string", "It has an effect only while this holds.")),
            ("doc", text()),
        ],
    )
}

/// An object with these members and no others.
fn object(words: &str, members: &[(&str, Value)]) -> Value {
    let properties: Map<String, Value> =
        members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    let required: Vec<_> = members.iter().map(|(name, _)| *name).collect();
    json!({
        "description": words,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn list(schema: &str) -> Value {
    json!({ "type": "array", "items": reference(schema) })
}

fn nullable(kind: &str, words: &str) -> Value {
    json!({ "type": [kind, "null"], "description": words })
}
