//! Search over all settings: results lead to the field on its page.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use maud::{Markup, html};
use offhook_params::ParamId;
use offhook_settings::Layers;

use super::{Administrator, page, query, value};
use crate::search::{Filter, find};
use crate::shared::Shared;
use crate::view::{full_label, home};
use crate::visit::Visit;

pub(crate) const PATH: &str = "/tools/search";

/// Most characters of a search.
pub(crate) const MAX_WORDS: usize = 100;

/// Most results on the page, so that it stays small.
const MAX_RESULTS: usize = 150;

pub(super) async fn show(State(app): State<Shared>, Administrator(visit): Administrator, uri: Uri) -> Response {
    let query = query(&uri);
    let words: String = value(&query, "q").unwrap_or_default().chars().take(MAX_WORDS).collect();
    let changed = value(&query, "changed") == Some("yes");
    let layers = app.store.snapshot();
    let asked = !words.trim().is_empty() || changed;
    let filter = Filter { words: &words, changed: changed.then_some(true), ..Filter::default() };
    let found = if asked { find(&layers, &filter) } else { Vec::new() };
    let title = match words.trim() {
        "" => "Search settings".to_owned(),
        words => format!("Search settings: {words}"),
    };
    let main = html! {
        p.about {
            "Finds settings by name, label, page, help text or value. All words have to occur. Passwords cannot be \
             searched for."
        }
        form.query method="get" action=(PATH) {
            div.entryline {
                label.name for="q" { "Words" }
                input.text type="text" id="q" name="q" value=(words) maxlength=(MAX_WORDS) spellcheck="false"
                    autocapitalize="off";
                span.choice {
                    input type="checkbox" id="changed" name="changed" value="yes" checked[changed];
                    label for="changed" { "Only settings that differ from the factory value" }
                }
                button.primary type="submit" { "Search" }
            }
            // Only the script knows the key, and so only it shows the choice; people who speak to their computer, or whose
            // hands slip, may want none.
            p.choice hidden id="shortcut-choice" {
                input type="checkbox" id="shortcut" checked;
                label for="shortcut" { "The key / leads to the search from every page" }
            }
        }
        @if asked { (results(visit, &layers, &found)) }
    };
    page(&app, visit, StatusCode::OK, PATH, &title, &main)
}

fn results(visit: Visit, layers: &Layers, found: &[ParamId]) -> Markup {
    html! {
        p role="status" {
            @match found.len() {
                0 => "No setting fits. Fewer or shorter words find more.",
                1 => "1 setting.",
                n if n > MAX_RESULTS => { (n) " settings; the first " (MAX_RESULTS) " are shown. More words narrow the list." },
                n => { (n) " settings." },
            }
        }
        @if !found.is_empty() {
            @let shown = &found[..found.len().min(MAX_RESULTS)];
            section {
                ul.found {
                    @for family in shown.chunk_by(|a, b| a.family() == b.family()) {
                        li { (result(visit, layers, family)) }
                    }
                }
            }
        }
    }
}

/// Settings of one family: what they are, once, and the value of each.
fn result(visit: Visit, layers: &Layers, ids: &[ParamId]) -> Markup {
    let words = visit.words;
    let labels: Vec<String> = ids.iter().map(|id| full_label(*id, words)).collect();
    let same = labels.iter().all(|label| *label == labels[0]);
    // Without a place on the page the name is all there is.
    let label = home(ids[0]).map(|_| if same { labels[0].clone() } else { words.label(ids[0]).into_owned() });
    html! {
        p.what {
            @if let Some(label) = label { b { (label) } }
            code { @match ids { [id] => (id.name()), ids => (ids[0].family().name) } }
        }
        p.help { (words.help(ids[0].family())) }
        ul.values {
            @for (id, label) in ids.iter().zip(&labels) {
                @let effective = layers.effective(*id);
                li {
                    @match home(*id) {
                        Some(view) => a href=(anchor(*id)) {
                            (view.title(words)) @if !same { ", " (label) }
                        },
                        None => span { (elsewhere(*id)) @if ids.len() > 1 { ": " code { (id.name()) } } },
                    }
                    b { (words.shown(*id, effective.value)) }
                    span.where { (words.origin(&effective)) }
                }
            }
        }
    }
}

/// Where a setting is made that no page has.
fn elsewhere(id: ParamId) -> &'static str {
    let family = id.family();
    match (family.file, family.phone.is_some()) {
        (true, true) => "In files and on the phone",
        (false, true) => "On the phone",
        _ => "In files",
    }
}

/// Where the field of a setting stands: its page, and the field on it.
pub(super) fn anchor(id: ParamId) -> String {
    home(id).map_or_else(|| PATH.to_owned(), |view| format!("{}#{}-field", view.path(), id.name()))
}
