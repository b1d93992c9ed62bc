//! What a change changes, and what speaks against it, as tables and lists for people.

use std::borrow::Cow;

use maud::{Markup, html};
use offhook_params::{Applies, ParamId};
use offhook_settings::{Change, ChangeSet};
use offhook_store::Refusal;

use super::search::anchor;
use crate::language::Words;
use crate::view::{full_label, home};
use crate::visit::Visit;

/// Most rows of a table; a file may change every setting there is.
const MAX_ROWS: usize = 150;

/// A table for each moment at which changes count.
pub(super) fn changes(visit: Visit, set: &ChangeSet) -> Markup {
    html! {
        @for applies in [Applies::Live, Applies::ReRegister, Applies::Restart] {
            @let all: Vec<_> = set.into_iter().filter(|change| change.id.family().applies == applies).collect();
            @if !all.is_empty() {
                section {
                    h2 {
                        (count(all.len(), "setting")) " that " (if all.len() == 1 { "counts" } else { "count" }) " "
                        (applies.as_str())
                    }
                    table.status.changes {
                        thead { tr { th scope="col" { "Setting" } th scope="col" { "Now" } th scope="col" { "Then" } } }
                        tbody {
                            @for change in all.iter().take(MAX_ROWS) {
                                @let id = change.id;
                                tr {
                                    th scope="row" { (name(visit, id)) }
                                    td { (visit.words.shown(id, &change.before)) }
                                    td { b { (after_in_table(visit.words, change)) } }
                                }
                            }
                        }
                    }
                    @if all.len() > MAX_ROWS { p.more { "And " (all.len() - MAX_ROWS) " more." } }
                }
            }
        }
    }
}

fn after_in_table<'a>(words: &'a Words, change: &'a Change) -> Cow<'a, str> {
    match change.id.family().secret && !change.before.is_empty() && !change.after.is_empty() {
        true => Cow::Borrowed("set to another value"),
        false => after(words, change),
    }
}

/// The new value. A URL that looks like the old one has another password; only the administrator has URLs.
pub(crate) fn after<'a>(words: &'a Words, change: &'a Change) -> Cow<'a, str> {
    let (before, after) = (words.shown(change.id, &change.before), words.shown(change.id, &change.after));
    match !change.id.family().secret && before == after {
        true => Cow::Owned(format!("{after}, with another password")),
        false => after,
    }
}

/// What a setting is called, and where it stands.
fn name(visit: Visit, id: ParamId) -> Markup {
    html! {
        @match home(id) {
            Some(view) => { a href=(anchor(id)) { (full_label(id, visit.words)) } span.where { (view.title(visit.words)) } }
            None => (full_label(id, visit.words)),
        }
        " " code { (id.name()) }
    }
}

/// Everything that speaks against a change.
pub(super) fn refusals(visit: Visit, refusals: &[Refusal]) -> Markup {
    html! {
        ul {
            @for refusal in refusals {
                li {
                    @for id in refusal.params.iter().take(8) {
                        a href=(anchor(*id)) { (full_label(*id, visit.words)) } " " code { (id.name()) } " "
                    }
                    (refusal.message)
                }
            }
        }
    }
}

/// `1 setting`, `2 settings`.
pub(super) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
