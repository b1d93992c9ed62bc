//! The pages of settings: a form that shows what counts, and saves what was changed as one transaction.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use offhook_params::pages::{Action, Section};
use offhook_params::{Applies, ParamId};
use offhook_settings::{ChangeSet, Method};
use offhook_store::{EditError, StoreError};

use crate::field::{Fields, help_text};
use crate::language::own;
use crate::layout::{answer, document, heading, section_heading};
use crate::save::{Entered, Posted};
use crate::shared::Shared;
use crate::tools::{self, Kept};
use crate::view::{self, View};
use crate::visit::Visit;

/// What came of [Save] (guide rule 144).
///
/// "Failed (Busy)" is none of it: the store lets one edit wait for the other, and none holds it for longer than the disk
/// takes to write a small file. "Failed (Transfer Failure)" is for the browser to say, since no answer arrives then.
pub(super) enum Outcome {
    /// Saved.
    Complete(ChangeSet, Kept),
    /// Values or rules speak against it.
    ParameterError,
    /// It could not be kept.
    MemoryFailure(StoreError),
}

/// The page as it is now.
pub(super) fn show(app: &Shared, visit: Visit, view: View) -> Response {
    render(app, visit, view, &Entered::default(), None)
}

/// The page with what was entered, to go on with.
pub(crate) fn entered(app: &Shared, visit: Visit, view: View, entered: &Entered) -> Response {
    render(app, visit, view, entered, None)
}

/// The page with what was entered, and what is wrong with it.
pub(crate) fn refused(app: &Shared, visit: Visit, view: View, entered: &Entered) -> Response {
    render(app, visit, view, entered, Some(&Outcome::ParameterError))
}

/// Applies the form, all of it or nothing.
pub(crate) async fn save(app: Shared, visit: Visit, view: View, form: Posted) -> Response {
    // The store writes to the disk, which the threads that serve others must not wait for.
    let work = tokio::task::spawn_blocking(move || {
        let (entered, outcome) = apply(&app, visit, view, form);
        // Another language shows at once (guide rule 157).
        let visit = app.door.visit(visit.account, visit.must_change_password);
        let answer = render(&app, visit, view, &entered, Some(&outcome));
        if restarts(view, &outcome) {
            app.control.restart();
        }
        answer
    });
    work.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()))
}

fn apply(app: &Shared, visit: Visit, view: View, form: Posted) -> (Entered, Outcome) {
    let layers = app.store.snapshot();
    let (edits, mut entered) = form.judge(view, visit, &layers);
    let result = match entered.is_faulty() {
        // The form is not saved whatever the store says, but people want to see all that is wrong at once.
        true => app.store.preview(&edits, Method::Web),
        false => match tools::keep(app, visit, &edits, Method::Web) {
            Ok((changes, kept)) => return (Entered::default(), Outcome::Complete(changes, kept)),
            Err(error) => Err(error),
        },
    };
    match result {
        Ok(_) => (entered, Outcome::ParameterError),
        Err(EditError::Store(error)) => (entered, Outcome::MemoryFailure(error)),
        Err(EditError::Refused(refusals)) => {
            entered.refused(view, visit, &layers, &edits, refusals);
            (entered, Outcome::ParameterError)
        }
        Err(_) => (entered, Outcome::ParameterError),
    }
}

/// Whether the unit restarts now (guide rule 147).
fn restarts(view: View, outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Complete(changes, kept) => (view.page.restarts && !changes.is_empty()) || *kept == Kept::OnTrial,
        _ => false,
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

fn render(app: &Shared, visit: Visit, view: View, entered: &Entered, outcome: Option<&Outcome>) -> Response {
    let words = visit.words;
    let layers = app.store.snapshot();
    let fields = Fields { visit, layers: &layers, entered };
    let path = view.path();
    let ask = view.page.restarts.then(|| words.text(own::CONFIRM_SAVE_RESTART));
    let main = html! {
        @if let Some(outcome) = outcome { (result(app, visit, view, entered, outcome)) }
        (heading(visit, view))
        (tools::beside(visit, view))
        @if visit.must_change_password { p.question { (words.text(own::PASSWORD_FIRST_LOGIN)) } }
        form.settings method="post" action=(path) autocomplete="off" data-confirm=[ask]
            data-check=[visit.is_administrator().then_some(tools::CHECK)] {
            input type="hidden" name="token" value=(app.tokens.of(&path));
            @for (i, section) in view.page.sections.iter().enumerate() { (self::section(view, section, i, &fields)) }
            @if view.params(visit).any(|id| visit.may_change(id.family())) {
                div.actions {
                    button.primary type="submit" { (words.text(own::BUTTON_SAVE)) }
                    @if visit.is_administrator() {
                        button type="submit" formaction=(tools::preview_address(view)) { "Preview" }
                    }
                    a.button href=(path) data-confirm=(words.text(own::CONFIRM_CANCEL)) { (words.text(own::BUTTON_CANCEL)) }
                }
            }
        }
    };
    let title = view.title(words);
    let (status, title) = match outcome {
        None | Some(Outcome::Complete(..)) => (StatusCode::OK, title.into_owned()),
        Some(Outcome::ParameterError) => (StatusCode::UNPROCESSABLE_ENTITY, faulty(visit, &title)),
        Some(Outcome::MemoryFailure(_)) => (StatusCode::INTERNAL_SERVER_ERROR, faulty(visit, &title)),
    };
    answer(status, document(visit, &title, Some(view), &main))
}

fn faulty(visit: Visit, title: &str) -> String {
    visit.words.with(own::TITLE_ERROR, [title.into()])
}

fn section(view: View, section: &'static Section, number: usize, fields: &Fields<'_>) -> Markup {
    let (visit, words) = (fields.visit, fields.visit.words);
    let blocks = view.blocks(section, visit);
    if blocks.is_empty() {
        return html! {};
    }
    let place = format!("section-{number}");
    html! {
        section aria-labelledby=(place) {
            (section_heading(visit, view, section, Some(&place)))
            @for block in blocks {
                @let shared = block.rows.len() > 1;
                @let help = |id: ParamId| shared.then(|| format!("{}-help", id.family().name));
                @if shared {
                    @for id in block.rows.iter().take(1).flat_map(|row| &row.fields) {
                        div.shared {
                            @if block.families.len() > 1 { h3 { (words.label(*id)) } }
                            (help_text(*id, &help(*id).unwrap_or_default(), words))
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
fn result(app: &Shared, visit: Visit, view: View, entered: &Entered, outcome: &Outcome) -> Markup {
    let words = visit.words;
    match outcome {
        Outcome::Complete(changes, kept) => {
            complete(visit, changes, restarts(view, outcome), &tools::notice(app, *kept, changes))
        }
        Outcome::ParameterError => html! {
            div.result.failed role="alert" {
                p.message { (words.text(own::RESULT_PARAMETER_ERROR)) }
                p { (words.text(own::RESULT_NOTHING_SAVED)) }
                ul {
                    @for (id, error) in entered.faults() {
                        li { a href={ "#" (id.name()) } { (view::full_label(id, words)) } ": " (error) }
                    }
                    @for (params, error) in entered.elsewhere() {
                        li { (error) (elsewhere(visit, view, params)) }
                    }
                }
            }
        },
        Outcome::MemoryFailure(error) => failed(visit, error),
    }
}

/// That the store could not keep something.
pub(super) fn failed(visit: Visit, error: &StoreError) -> Markup {
    let words = visit.words;
    html! {
        div.result.failed role="alert" {
            p.message { (words.text(own::RESULT_MEMORY_ACCESS_FAILURE)) }
            p { (words.text(if error.is_full() { own::RESULT_MEMORY_FULL } else { own::RESULT_MEMORY_UNWRITABLE })) }
        }
    }
}

/// The pages on which settings are that a message speaks of.
fn elsewhere(visit: Visit, view: View, params: &[ParamId]) -> Markup {
    let mut pages: Vec<View> = params.iter().filter_map(|id| view::home(*id)).collect();
    pages.dedup_by_key(|page| page.path());
    pages.retain(|page| page.path() != view.path() && visit.opens(page.page));
    html! {
        @for page in pages.iter().take(8) { " " a href=(page.path()) { (page.title(visit.words)) } }
    }
}

fn complete(visit: Visit, changes: &ChangeSet, restarts: bool, notice: &Markup) -> Markup {
    let words = visit.words;
    let own_password = |id: ParamId| visit.logs_in_with(id.family());
    html! {
        div.result.complete role="status" {
            p.message { (words.text(own::RESULT_COMPLETE)) }
            @if changes.is_empty() { p { (words.text(own::RESULT_NOTHING_CHANGED)) } }
            @for (applies, message) in [
                (Applies::Live, own::CHANGES_LIVE),
                (Applies::ReRegister, own::CHANGES_RE_REGISTER),
                (Applies::Restart, own::CHANGES_RESTART),
            ] {
                @let of_kind = || changes.into_iter().filter(|change| change.id.family().applies == applies);
                @if of_kind().next().is_some() {
                    p { (words.text(message)) }
                    ul {
                        @for change in of_kind() {
                            li {
                                (view::full_label(change.id, words)) ": " (words.shown(change.id, &change.before)) " → "
                                (tools::after(words, change))
                            }
                        }
                    }
                }
            }
            @if changes.into_iter().any(|change| own_password(change.id)) { p { (words.text(own::RESULT_NEW_PASSWORD)) } }
            @if restarts {
                p { (words.text(own::RESULT_RESTART)) }
                p { (words.text(own::RESULT_NEW_ADDRESS)) }
                (notice)
            } @else if changes.applies() == Some(Applies::Restart) {
                (restart_link(visit))
            }
        }
    }
}

/// The way to the page that restarts the unit, for those who have it.
fn restart_link(visit: Visit) -> Markup {
    let restart = View::all().find(|v| v.page.action == Some(Action::Restart) && visit.opens(v.page));
    html! {
        @if let Some(view) = restart { p { a.button href=(view.path()) { (view.title(visit.words)) "…" } } }
    }
}
