//! The generated corpus through the forms: a page refuses what the check refuses, in its very words, and nothing else.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use offhook_params::{FAMILIES, Family, Widget};
use offhook_settings::Layer;
use offhook_store::Edit;
use serde_json::Value;

use crate::site::{Page, Site, id};
use crate::walk::paths;

/// The values of the corpus for each family.
fn corpus() -> BTreeMap<String, Vec<String>> {
    let corpus: Value =
        serde_json::from_str(include_str!("../../../phone/params/corpus/values.json")).expect("the corpus is JSON");
    let list = |value: &Value| value.as_array().cloned().expect("a list");
    let text = |value: &Value| value.as_str().map(str::to_owned).expect("a text");
    let mut out = BTreeMap::new();
    for set in list(&corpus["sets"]) {
        let values: Vec<String> = list(&set["rows"]).iter().map(|row| text(&row["value"])).collect();
        for family in list(&set["families"]) {
            out.insert(text(&family), values.clone());
        }
    }
    out
}

fn is_password_change(family: &Family) -> bool {
    family.web.as_ref().is_some_and(|w| w.widget == Some(Widget::PasswordChange))
}

/// One setting of each family on the page; of a secret an empty field means "keep it", which is another matter.
fn settings(page: &Page) -> Vec<(String, &'static Family)> {
    let mut out: Vec<(String, &'static Family)> = Vec::new();
    let named = page.tags().into_iter().filter_map(|t| t.get("name").map(str::to_owned));
    for name in named {
        let Some(found) = offhook_params::lookup(&name) else { continue };
        let family = &FAMILIES[usize::from(found.id.family().0)];
        if !out.iter().any(|(_, f)| f.name == family.name) {
            out.push((name, family));
        }
    }
    out
}

fn fields(round: &[(&str, &Family, &str)]) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (name, family, value) in round {
        out.push(((*name).to_owned(), (*value).to_owned()));
        if is_password_change(family) {
            let current = id(name).default();
            out.push((format!("{name}.current"), current.to_owned()));
            out.push((format!("{name}.confirm"), (*value).to_owned()));
        }
    }
    out
}

fn post(site: &Site, path: &str, round: &[(&str, &Family, &str)]) -> Page {
    let mut fields = fields(round);
    // Yes, even if it restarts the unit.
    fields.push(("confirm".to_owned(), "yes".to_owned()));
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    site.post(path, &fields)
}

#[test]
fn a_page_refuses_what_the_check_refuses() {
    let site = Site::new();
    let corpus = corpus();
    let mut families = 0;
    for path in paths().iter().filter(|p| !p.starts_with("/status")) {
        // One line is enough: the fields of the others are the same.
        if path.ends_with(['2', '3', '4', '5', '6']) {
            continue;
        }
        let settings = settings(&site.get(path));
        families += settings.len();
        let rounds = settings.iter().map(|(_, f)| corpus[f.name].len()).max().unwrap_or(0);
        for round in 0..rounds {
            let values = settings.iter().filter_map(|(name, family)| {
                let value = corpus[family.name].get(round)?.as_str();
                (!value.is_empty() || !family.secret).then_some((name.as_str(), *family, value))
            });
            let values: Vec<_> = values.collect();
            all_at_once(&site, path, &values);
        }
    }
    assert_eq!(families, FAMILIES.iter().filter(|f| f.web.is_some()).count());
}

/// Sends a value for each field, faulty ones among them; then those that are allowed, which have to be stored.
fn all_at_once(site: &Site, path: &str, values: &[(&str, &Family, &str)]) {
    let good: Vec<_> = values.iter().filter(|(_, f, v)| f.check(v).is_ok()).copied().collect();
    if good.len() < values.len() {
        let page = post(site, path, values);
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}: {values:?}");
        for (name, family, value) in values {
            let said = page.text(&format!("{name}-error"));
            assert_eq!(said, family.check(value).err().map(|f| f.to_string()), "{name}={value:?}");
        }
        assert!(site.layers().layer(Layer::User).is_empty());
    }
    let page = post(site, path, &good);
    match page.status {
        StatusCode::OK => stored(site, &good),
        // Together they may break a rule between settings; alone at most for a reason that is no fault of the value.
        StatusCode::UNPROCESSABLE_ENTITY => {
            for one in &good {
                match post(site, path, &[*one]).status {
                    StatusCode::OK => stored(site, &[*one]),
                    status => assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{one:?}"),
                }
            }
        }
        status => panic!("{path}: {status} for {good:?}"),
    }
}

/// The values count; then all is as it was.
fn stored(site: &Site, values: &[(&str, &Family, &str)]) {
    for (name, _, value) in values {
        assert_eq!(site.value(name), *value);
    }
    let layers = site.layers();
    let back: Vec<_> = layers.layer(Layer::User).iter().map(|(id, _, _)| Edit::Inherit(id)).collect();
    site.store.edit(&back, offhook_settings::Method::Web).expect("factory values are allowed");
}
