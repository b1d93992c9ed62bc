//! The pages of settings: a form that shows what counts, and saves what was changed as one transaction.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use offhook_params::pages::Section;
use offhook_params::{Applies, ParamId};
use offhook_settings::{ChangeSet, Method};
use offhook_store::{EditError, StoreError};

use crate::field::{Fields, help_text};
use crate::layout::{answer, document, heading};
use crate::save::{Entered, Posted};
use crate::shared::Shared;
use crate::view::{self, View};
use crate::words;

/// What came of [Save] (guide rule 144).
pub(super) enum Outcome {
    /// Saved.
    Complete(ChangeSet),
    /// Values or rules speak against it.
    ParameterError,
    /// It could not be kept; why, in words.
    MemoryFailure(String),
}

/// The page as it is now.
pub(super) fn show(app: &Shared, view: View) -> Response {
    render(app, view, &Entered::default(), None)
}

/// Applies the form, all of it or nothing.
pub(super) async fn save(app: Shared, view: View, form: Posted) -> Response {
    // The store writes to the disk, which the threads that serve others must not wait for.
    let work = tokio::task::spawn_blocking(move || {
        let (entered, outcome) = apply(&app, view, form);
        render(&app, view, &entered, Some(&outcome))
    });
    work.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()))
}

fn apply(app: &Shared, view: View, form: Posted) -> (Entered, Outcome) {
    let (edits, mut entered) = form.judge(view, &app.store.snapshot());
    let result = match entered.is_faulty() {
        // The form is not saved whatever the store says, but people want to see all that is wrong at once.
        true => app.store.preview(&edits, Method::Web),
        false => app.store.edit(&edits, Method::Web),
    };
    match result {
        Ok(_) if entered.is_faulty() => (entered, Outcome::ParameterError),
        Ok(changes) => (Entered::default(), Outcome::Complete(changes)),
        Err(EditError::Refused(refusals)) => {
            entered.refused(view, refusals);
            (entered, Outcome::ParameterError)
        }
        Err(EditError::Store(error)) => (entered, Outcome::MemoryFailure(reason(&error))),
        Err(error) => (entered, Outcome::MemoryFailure(error.to_string())),
    }
}

/// Why the store could not keep something, without the paths of the unit.
pub(crate) fn reason(error: &StoreError) -> String {
    match error {
        error if error.is_full() => "The memory is full.".to_owned(),
        StoreError::Io { error, .. } => format!("The memory could not be written: {error}."),
        _ => "The memory could not be written.".to_owned(),
    }
}

fn render(app: &Shared, view: View, entered: &Entered, outcome: Option<&Outcome>) -> Response {
    let layers = app.store.snapshot();
    let fields = Fields { layers: &layers, entered };
    let path = view.path();
    let main = html! {
        @if let Some(outcome) = outcome { (result(view, entered, outcome)) }
        (heading(view))
        form.settings method="post" action=(path) autocomplete="off" {
            input type="hidden" name="token" value=(app.tokens.of(view));
            @for (i, section) in view.page.sections.iter().enumerate() { (self::section(view, section, i, &fields)) }
            div.actions {
                button.primary type="submit" { "Save" }
                a.button href=(path) { "Cancel" }
            }
        }
    };
    let (status, title) = match outcome {
        None | Some(Outcome::Complete(_)) => (StatusCode::OK, view.title()),
        Some(Outcome::ParameterError) => (StatusCode::UNPROCESSABLE_ENTITY, format!("Error: {}", view.title())),
        Some(Outcome::MemoryFailure(_)) => (StatusCode::INTERNAL_SERVER_ERROR, format!("Error: {}", view.title())),
    };
    answer(status, document(&title, Some(view), &main))
}

fn section(view: View, section: &'static Section, number: usize, fields: &Fields<'_>) -> Markup {
    let place = format!("section-{number}");
    html! {
        section aria-labelledby=(place) {
            h2 id=(place) { (section.title) }
            @for block in view.blocks(section) {
                @let shared = block.rows.len() > 1;
                @let help = |id: ParamId| shared.then(|| format!("{}-help", id.family().name));
                @if shared {
                    @for id in block.rows.iter().take(1).flat_map(|row| &row.fields) {
                        div.shared {
                            @if block.families.len() > 1 { h3 { (view::label(*id)) } }
                            (help_text(*id, &help(*id).unwrap_or_default()))
                        }
                    }
                }
                @for row in &block.rows {
                    @let inner = html! {
                        @for id in &row.fields { (fields.render(*id, help(*id).as_deref())) }
                    };
                    @match &row.heading {
                        None => (inner),
                        Some(heading) => fieldset.row { legend { (heading) } (inner) },
                    }
                }
            }
        }
    }
}

/// The message at the upper left of the page (guide rules 144 and 145), and what it means.
fn result(view: View, entered: &Entered, outcome: &Outcome) -> Markup {
    match outcome {
        Outcome::Complete(changes) => complete(changes),
        Outcome::ParameterError => html! {
            div.result.failed role="alert" {
                p.message { "Failed (Parameter Error)" }
                p { "Nothing was saved. What you entered is still here, but for passwords." }
                ul {
                    @for (id, error) in entered.faults() {
                        li { a href={ "#" (id.name()) } { (view::full_label(id)) } ": " (error) }
                    }
                    @for (params, error) in entered.elsewhere() {
                        li { (error) (elsewhere(view, params)) }
                    }
                }
            }
        },
        Outcome::MemoryFailure(reason) => html! {
            div.result.failed role="alert" {
                p.message { "Failed (Memory Access Failure)" }
                p { (reason) " Nothing was saved." }
            }
        },
    }
}

/// The pages on which settings are that a message speaks of.
fn elsewhere(view: View, params: &[ParamId]) -> Markup {
    let mut pages: Vec<View> = params.iter().filter_map(|id| view::home(*id)).collect();
    pages.dedup_by_key(|page| page.path());
    pages.retain(|page| page.path() != view.path());
    html! {
        @for page in pages.iter().take(8) { " " a href=(page.path()) { (page.title()) } }
    }
}

fn complete(changes: &ChangeSet) -> Markup {
    html! {
        div.result.complete role="status" {
            p.message { "Complete" }
            @if changes.is_empty() { p { "Nothing differs from before." } }
            @for applies in [Applies::Live, Applies::ReRegister, Applies::Restart] {
                @let of_kind = || changes.into_iter().filter(|change| change.id.family().applies == applies);
                @if of_kind().next().is_some() {
                    p { "Counts " (applies.as_str()) ":" }
                    ul {
                        @for change in of_kind() {
                            li {
                                (view::full_label(change.id)) ": " (words::shown(change.id, &change.before)) " → "
                                (words::shown(change.id, &change.after))
                            }
                        }
                    }
                }
            }
            @if changes.applies() == Some(Applies::Restart) { (restart_link()) }
        }
    }
}

/// The way to the page that restarts the unit.
fn restart_link() -> Markup {
    let restart = View::all().find(|v| v.page.action == Some(offhook_params::pages::Action::Restart));
    html! {
        @if let Some(view) = restart { p { a.button href=(view.path()) { (view.title()) "…" } } }
    }
}
