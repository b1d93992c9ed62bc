//! `offhook explain`: what a setting means, and with a state folder what it is and why.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::process::ExitCode;

use anyhow::bail;
use offhook_params::rules::{Context, Values};
use offhook_params::{CATEGORIES, FAMILIES, Family, GROUPS, PAGES, ParamId, TABS, in_words, lookup, suggestions};
use offhook_settings::Layers;
use serde_json::json;

use super::schema;
use crate::cli::ExplainArgs;

/// Explains the setting, the family, or every setting whose label has the words.
pub(crate) fn run(args: &ExplainArgs) -> anyhow::Result<ExitCode> {
    let subject = find(&args.name)?;
    let layers = match &args.state {
        None => None,
        Some(dir) => Some(offhook_store::peek(dir)?),
    };
    let mut out = io::stdout().lock();
    match subject {
        Subject::Many(families) => {
            for family in families {
                writeln!(out, "{:32} {}", family.pattern, summary(family.doc))?;
            }
        }
        Subject::Family(family) if args.json => {
            serde_json::to_writer_pretty(&mut out, &json(family, None, layers.as_ref()))?;
            writeln!(out)?;
        }
        Subject::Family(family) => {
            out.write_all(text(family, None).as_bytes())?;
            for id in layers.iter().flat_map(|_| family.params()) {
                out.write_all(origin(id, layers.as_ref().unwrap_or(&Layers::factory())).as_bytes())?;
            }
        }
        Subject::One(id) if args.json => {
            serde_json::to_writer_pretty(
                &mut out,
                &json(&FAMILIES[usize::from(id.family().0)], Some(id), layers.as_ref()),
            )?;
            writeln!(out)?;
        }
        Subject::One(id) => {
            out.write_all(text(&FAMILIES[usize::from(id.family().0)], Some(id)).as_bytes())?;
            if let Some(layers) = &layers {
                out.write_all(origin(id, layers).as_bytes())?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

enum Subject {
    One(ParamId),
    Family(&'static Family),
    Many(Vec<&'static Family>),
}

fn find(name: &str) -> anyhow::Result<Subject> {
    let upper = name.to_ascii_uppercase();
    if let Some(found) = lookup(&upper) {
        return Ok(Subject::One(found.id));
    }
    if let Some(family) = FAMILIES.iter().find(|f| f.name == upper || f.pattern == upper) {
        return Ok(Subject::Family(family));
    }
    let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    let found: Vec<_> = FAMILIES.iter().filter(|f| words.iter().all(|w| searchable(f).contains(w.as_str()))).collect();
    match found.as_slice() {
        [one] => Ok(Subject::Family(one)),
        [_, _, ..] => Ok(Subject::Many(found)),
        [] => {
            let mut near = suggestions(name);
            if near.is_empty() {
                // The name of a family lacks the number that all names of its settings have.
                near = suggestions(&format!("{name}_1"));
            }
            // The same setting of another line says nothing more.
            near.dedup_by_key(|id| id.family());
            let near: Vec<_> = near.iter().map(|id| id.name()).collect();
            if near.is_empty() {
                bail!("there is no setting {name}; `offhook explain WORD` searches names, labels and descriptions");
            }
            bail!("there is no setting {name}; did you mean {}?", near.join(" or "));
        }
    }
}

fn searchable(family: &Family) -> String {
    let web = family.web.as_ref().map_or("", |w| w.label);
    let phone = family.phone.as_ref().map_or("", |p| p.label);
    format!("{} {web} {phone} {}", family.name, family.doc).to_lowercase()
}

fn summary(doc: &str) -> &str {
    doc.split_inclusive(". ").next().map_or(doc, str::trim_end)
}

fn text(family: &'static Family, id: Option<ParamId>) -> String {
    let group = &GROUPS[usize::from(family.group)];
    let category = &CATEGORIES[usize::from(group.category)];
    let mut out = String::new();
    let name = id.map_or(family.pattern, ParamId::name);
    let _ = writeln!(out, "{name}\n  {}\n", family.doc);
    let mut row = |key: &str, value: &str| {
        let _ = writeln!(out, "  {key:11} {value}");
    };
    row("Group", &format!("{} > {}", category.title, group.title));
    row("Format", family.format().as_str());
    row("Range", &family.range_words());
    row("Default", &defaults(family, id));
    if let Some(why) = family.why {
        row("", why);
    }
    if let Some(example) = family.example {
        row("Example", &format!("{}=\"{example}\"", id.unwrap_or(family.first).name()));
    }
    row("Set by", &schema::methods(family).join(", "));
    if let Some(xml) = &family.xml {
        row("XML", &schema::xml_path(xml));
    }
    if let Some(web) = &family.web {
        let page = &PAGES[usize::from(web.page)];
        let section = page.sections[usize::from(web.section)].title;
        let row_title = web.row.map_or(String::new(), |r| format!(" > {r}"));
        let tab = TABS[usize::from(page.tab)].title;
        let place = format!("{tab} > {} > {section}{row_title} > {}", page.title, web.label);
        row("Web page", &id.map_or_else(|| place.clone(), |id| id.fill(&place)));
    }
    if let Some(phone) = &family.phone {
        let place = format!("Settings > {} > {}", phone.screen, phone.label);
        row("Phone", &id.map_or_else(|| place.clone(), |id| id.fill(&place)));
    }
    row("Counts", family.applies.as_str());
    if let Some((_, condition)) = family.when {
        row("Only while", &in_words(condition, id.map_or(Context::UNIT, Context::of)));
    }
    if !family.macros.is_empty() {
        row("Macros", &family.macros.iter().map(|m| format!("{{{m}}}")).collect::<Vec<_>>().join(" "));
    }
    if !family.aliases.is_empty() {
        row("Also called", &family.aliases.join(", "));
    }
    out
}

fn defaults(family: &'static Family, id: Option<ParamId>) -> String {
    let shown = |value: &str| format!("\"{value}\"");
    match id {
        Some(id) => shown(id.default()),
        None => {
            let mut all: Vec<_> = family.params().map(|id| shown(id.default())).collect();
            all.dedup();
            all.join(", ")
        }
    }
}

fn masked(family: &Family, value: &str) -> String {
    if family.secret && !value.is_empty() { "(secret)".to_owned() } else { format!("\"{value}\"") }
}

/// The effective value, who gave it, and what it shadows.
fn origin(id: ParamId, layers: &Layers) -> String {
    let family = &FAMILIES[usize::from(id.family().0)];
    let effective = layers.effective(id);
    let mut out = format!(
        "\n  {id} is {} from the {} layer ({})\n",
        masked(family, effective.value),
        effective.layer,
        effective.origin
    );
    for shadowed in layers.definitions(id).skip(1) {
        let _ = writeln!(
            out,
            "    over {} from the {} layer ({})",
            masked(family, shadowed.value),
            shadowed.layer,
            shadowed.origin
        );
    }
    if offhook_params::rules::has_effect(id, layers) == Some(false) {
        let condition = family.when.map(|(_, when)| in_words(when, Context::of(id))).unwrap_or_default();
        let _ = writeln!(out, "    It has no effect now: only while {condition}");
    }
    out
}

fn json(family: &'static Family, id: Option<ParamId>, layers: Option<&Layers>) -> serde_json::Value {
    let mut out = schema::describe(family);
    if let Some(layers) = layers {
        let ids: Vec<ParamId> = id.map_or_else(|| family.params().collect(), |id| vec![id]);
        let values: Vec<_> = ids
            .into_iter()
            .map(|id| {
                let secret = |value: &str| if family.secret { json!(null) } else { json!(value) };
                let definitions: Vec<_> = layers
                    .definitions(id)
                    .map(|d| json!({ "layer": d.layer.as_str(), "origin": d.origin.to_string(), "value": secret(d.value) }))
                    .collect();
                json!({ "name": id.name(), "value": secret(layers.value(id)), "definitions": definitions })
            })
            .collect();
        out["values"] = json!(values);
    }
    out
}
