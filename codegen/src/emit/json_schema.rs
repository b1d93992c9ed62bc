//! JSON Schemas: of the settings, and of the spec's own files for editors.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value, json};

use super::grammar::Grammar;
use super::{NOTICE, words};
use crate::Artifact;
use crate::model;
use crate::resolve::{Family, Spec};

/// `docs/schema/offhook-settings.schema.json`: an object of settings, each value as it stands in a file.
pub(super) fn settings(spec: &Spec) -> Artifact {
    let mut definitions = Map::new();
    let mut properties = Map::new();
    for family in &spec.families {
        definitions.insert(family.name.clone(), Value::Object(self::family(family)));
        for instance in spec.instances(family) {
            let reference = format!("#/$defs/{}", family.name);
            properties.insert(instance.name.clone(), json!({ "$ref": reference, "default": instance.default }));
        }
    }
    for (alias, index) in &spec.aliases {
        let family = &spec.families[spec.params[*index].family];
        let reference = format!("#/$defs/{}", family.name);
        let words = format!("Another name of {}.", spec.params[*index].name);
        properties.insert(alias.clone(), json!({ "$ref": reference, "deprecated": true, "description": words }));
    }
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!("Settings of the phone"));
    schema
        .insert("description".to_owned(), json!("Settings by name, each value as it stands in a configuration file."));
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("additionalProperties".to_owned(), json!(false));
    schema.insert("properties".to_owned(), Value::Object(properties));
    schema.insert("$defs".to_owned(), Value::Object(definitions));
    artifact("docs/schema/offhook-settings.schema.json", schema)
}

/// The values of a family, each as it stands in a file.
pub(super) fn family(family: &Family) -> Map<String, Value> {
    let param = &family.param;
    let grammar = Grammar::of(param);
    let mut schema = Map::new();
    let title = param.web.as_ref().map(|w| w.label.as_str()).or(param.phone.as_ref().and_then(|p| p.label.as_deref()));
    if let Some(title) = title {
        schema.insert("title".to_owned(), json!(title));
    }
    let place = if param.file { "" } else { " Not in configuration files." };
    schema.insert("description".to_owned(), json!(format!("{} {}{place}", param.doc, words::format(family))));
    schema.insert("type".to_owned(), json!("string"));
    match &grammar.words {
        Some(words) => {
            schema.insert("enum".to_owned(), json!(words));
        }
        None => {
            if grammar.min_chars > 0 {
                schema.insert("minLength".to_owned(), json!(grammar.min_chars));
            }
            schema.insert("maxLength".to_owned(), json!(grammar.max_chars));
            let patterns = grammar.ecma();
            let (first, more) = patterns.split_first().expect("a grammar has a pattern");
            schema.insert("pattern".to_owned(), json!(first));
            if !more.is_empty() {
                let more: Vec<Value> = more.iter().map(|p| json!({ "pattern": p })).collect();
                schema.insert("allOf".to_owned(), json!(more));
            }
        }
    }
    if let Some(example) = &param.example {
        schema.insert("examples".to_owned(), json!([example]));
    }
    if param.secret {
        schema.insert("writeOnly".to_owned(), json!(true));
    }
    schema
}

/// `spec/schema/*.json`: what editors complete spec files from.
pub(super) fn spec_files() -> Vec<Artifact> {
    vec![
        of_model::<model::GroupFile>("group"),
        of_model::<model::Index>("index"),
        of_model::<model::Pages>("pages"),
        of_model::<model::RulesFile>("rules"),
        of_model::<model::StatusFile>("status"),
    ]
}

/// Draft 7, since that is what TOML editors read.
fn of_model<T: JsonSchema>(name: &str) -> Artifact {
    let schema: Schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<T>();
    let Value::Object(schema) = schema.to_value() else { unreachable!("the schema of a struct is an object") };
    artifact(&format!("spec/schema/{name}.json"), schema)
}

/// JSON whose first line tells where it comes from.
pub(super) fn artifact(path: &str, schema: Map<String, Value>) -> Artifact {
    let text = format!("{:#}\n", Value::Object(schema));
    let comment = json!(NOTICE.trim_start_matches("// "));
    let text = text.replacen("{\n", &format!("{{ \"$comment\": {comment},\n"), 1);
    Artifact::whole(path, text)
}
