//! What a change changes, and what speaks against it, as tables and lists for people.

use std::borrow::Cow;

use maud::{Markup, html};
use offhook_params::{Applies, ParamId};
use offhook_settings::ChangeSet;
use offhook_store::Refusal;

use super::search::anchor;
use crate::transfer::hidden;
use crate::view::{full_label, home};
use crate::visit::Visit;
use crate::words::without_credentials;

/// Most rows of a table; a file may change every setting there is.
const MAX_ROWS: usize = 150;

/// A value that may be shown: of a secret only whether there is one, of a URL nothing of its password.
pub(super) fn shown(visit: Visit, id: ParamId, value: &str) -> String {
    match !id.family().secret && hidden(id, value) {
        true => without_credentials(value),
        false => visit.words.shown(id, value).into_owned(),
    }
}

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
                                    td { (shown(visit, id, &change.before)) }
                                    td { b { (after(visit, id, &change.before, &change.after)) } }
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

fn after<'a>(visit: Visit, id: ParamId, before: &str, after: &str) -> Cow<'a, str> {
    match id.family().secret && !before.is_empty() && !after.is_empty() {
        true => Cow::Borrowed("set to another value"),
        false => Cow::Owned(shown(visit, id, after)),
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
