//! `offhook schema`: the schemas of the configuration files, and the parameter table as JSON.

use std::io::{self, Write};
use std::process::ExitCode;

use offhook_params::{CATEGORIES, DIMENSIONS, FAMILIES, Family, GROUPS, Kind, PAGES, Phone, TABS, Web, Xml};
use serde_json::{Map, Value, json};

use crate::cli::SchemaArgs;

const XSD: &str = include_str!("../../../../docs/schema/UT670_config.xsd");
const JSON_SCHEMA: &str = include_str!("../../../../docs/schema/offhook-settings.schema.json");

/// Prints what was asked for; the XSD when nothing was.
pub(crate) fn run(args: &SchemaArgs) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    if args.json {
        let table: Vec<Value> = FAMILIES.iter().map(describe).collect();
        serde_json::to_writer_pretty(&mut out, &table)?;
        writeln!(out)?;
    } else if args.json_schema {
        out.write_all(JSON_SCHEMA.as_bytes())?;
    } else {
        out.write_all(XSD.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// One family as JSON. Members that do not apply are left out, except `names`, `format`, `defaults`, `xml` and `web`.
pub(crate) fn describe(family: &'static Family) -> Value {
    let group = &GROUPS[usize::from(family.group)];
    let category = &CATEGORIES[usize::from(group.category)];
    let all: Vec<_> = family.params().collect();
    // Settings that no file may set have no name in a file; their own name is the `id` alone.
    let in_files: &[_] = if family.file { &all } else { &[] };
    let mut out = Map::new();
    out.insert("id".into(), json!(family.name));
    out.insert("names".into(), json!(in_files.iter().map(|id| id.name()).collect::<Vec<_>>()));
    out.insert("format".into(), json!(family.format().as_str()));
    let defaults: Vec<_> = if family.file { in_files } else { &all }.iter().map(|id| id.default()).collect();
    out.insert("defaults".into(), json!(defaults));
    out.insert("xml".into(), json!(family.xml.as_ref().map(xml_path)));
    out.insert("web".into(), json!(family.web.as_ref().map(web)));
    out.insert("category".into(), json!(category.title));
    out.insert("group".into(), json!(group.title));
    out.insert("field".into(), json!(family.field));
    out.insert("pattern".into(), json!(family.pattern));
    let per: Vec<_> = family.per.iter().map(|d| DIMENSIONS[usize::from(*d)].id).collect();
    out.insert("per".into(), json!(per));
    out.insert("empty".into(), json!(family.empty));
    out.insert("secret".into(), json!(family.secret));
    out.insert("methods".into(), json!(methods(family)));
    out.insert("applies".into(), json!(family.applies.as_str()));
    out.insert("range".into(), json!(family.range_words()));
    out.insert("doc".into(), json!(family.doc));
    kind(&family.kind, &mut out);
    for (key, value) in [("why", family.why), ("example", family.example)] {
        if let Some(value) = value {
            out.insert(key.into(), json!(value));
        }
    }
    if let Some(unit) = family.unit.map(|u| u.as_str()).filter(|u| !u.is_empty()) {
        out.insert("unit".into(), json!(unit));
    }
    if let Some((condition, _)) = family.when {
        out.insert("when".into(), json!(condition));
    }
    if let Some(Phone { screen, label, .. }) = &family.phone {
        out.insert("phone".into(), json!({ "screen": screen, "label": label }));
    }
    if !family.aliases.is_empty() {
        out.insert("aliases".into(), json!(family.aliases));
    }
    if !family.macros.is_empty() {
        out.insert("macros".into(), json!(family.macros));
    }
    if !family.guide.is_empty() {
        out.insert("guide".into(), json!(family.guide));
    }
    Value::Object(out)
}

/// Which methods may set the family.
pub(crate) fn methods(family: &Family) -> Vec<&'static str> {
    let all = [("file", family.file), ("web", family.web.is_some()), ("phone", family.phone.is_some())];
    all.into_iter().filter(|(_, may)| *may).map(|(method, _)| method).collect()
}

/// `PANASipPhoneConfig/Dev/Srv/Prof/SIP/TimerT1`
pub(crate) fn xml_path(xml: &Xml) -> String {
    let steps = xml.path.iter().map(|step| step.name);
    ["PANASipPhoneConfig", "Dev"].into_iter().chain(steps).collect::<Vec<_>>().join("/")
}

fn web(web: &Web) -> Value {
    let page = &PAGES[usize::from(web.page)];
    let tab = &TABS[usize::from(page.tab)];
    let mut out = json!({
        "tab": tab.title,
        "page": page.title,
        "section": page.sections[usize::from(web.section)].title,
        "label": web.label,
        "access": match web.access {
            offhook_params::Access::Admin => "administrator",
            offhook_params::Access::User => "user",
            offhook_params::Access::UserUnlessLocked => "user unless locked",
        },
    });
    if let Some(row) = web.row {
        out["row"] = json!(row);
    }
    out
}

fn kind(kind: &Kind, out: &mut Map<String, Value>) {
    match kind {
        Kind::Integer { ranges, step, none, .. } => {
            out.insert("ranges".into(), json!(ranges.iter().map(|r| [r.start, r.end]).collect::<Vec<_>>()));
            if *step > 1 {
                out.insert("step".into(), json!(step));
            }
            if let Some(none) = none {
                out.insert("off".into(), json!(none));
            }
        }
        Kind::Integers { ranges, length, .. } => {
            out.insert("ranges".into(), json!(ranges.iter().map(|r| [r.start, r.end]).collect::<Vec<_>>()));
            out.insert("length".into(), json!([length.0, length.1]));
        }
        Kind::Boolean => drop(out.insert("values".into(), json!(["Y", "N"]))),
        Kind::Switch { on, off } => drop(out.insert("values".into(), json!([on, off]))),
        Kind::Choice(choices) => {
            let values: Vec<_> = choices.iter().map(|c| json!({ "value": c.value, "label": c.label })).collect();
            out.insert("values".into(), json!(values));
        }
        Kind::Text { min, max, .. } => drop(out.insert("length".into(), json!([min, max]))),
        Kind::Host { max } => drop(out.insert("length".into(), json!([1, max]))),
        _ => {}
    }
}
