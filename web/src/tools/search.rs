//! Search over all settings: results lead to the field on its page.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use maud::{Markup, html};
use offhook_params::ParamId;
use offhook_settings::Layers;

use super::changes::shown;
use super::{Administrator, page, query, value};
use crate::search::{Filter, find};
use crate::shared::Shared;
use crate::view::{full_label, home};
use crate::visit::Visit;

pub(crate) const PATH: &str = "/tools/search";

/// Most characters of a search.
pub(crate) const MAX_WORDS: usize = 100;

/// Most results on the page, so that it stays small.
const MAX_RESULTS: usize = 60;

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
        form.query method="get" action=(PATH) role="search" {
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
            section {
                ul.found { @for id in found.iter().take(MAX_RESULTS) { li { (result(visit, layers, *id)) } } }
            }
        }
    }
}

fn result(visit: Visit, layers: &Layers, id: ParamId) -> Markup {
    let effective = layers.effective(id);
    let label = full_label(id, visit.words);
    html! {
        p.what {
            @match home(id) {
                Some(view) => {
                    a href=(anchor(id)) { (label) } span.where { (view.title(visit.words)) }
                }
                None => { b { (label) } span.where { "not on a page: set by files" } }
            }
            code { (id.name()) }
        }
        p.value {
            b { (shown(visit, id, effective.value)) } span.where { (visit.words.origin(&effective)) }
        }
        p.help { (visit.words.help(id.family())) }
    }
}

/// Where the field of a setting stands: its page, and the field on it.
pub(super) fn anchor(id: ParamId) -> String {
    home(id).map_or_else(|| PATH.to_owned(), |view| format!("{}#{}-field", view.path(), id.name()))
}
