//! The pages that do something to the unit as a whole: asked once more before it happens.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use offhook_params::pages::Action;
use offhook_settings::{Layer, Layers, Method};
use offhook_store::{Edit, EditError};

use super::settings::reason;
use crate::layout::{answer, document, heading};
use crate::save::Posted;
use crate::shared::Shared;
use crate::view::{self, View};

/// The button that starts the action.
pub(super) fn show(app: &Shared, view: View, action: Action) -> Response {
    let lead = html! {
        @if action == Action::ResetWebSettings { (what_is_reset(&app.store.snapshot())) }
    };
    let form = form(app, view, &html! { button.primary type="submit" { (button(action)) } }, &lead);
    respond(StatusCode::OK, view, &html! {}, &form)
}

/// The question, and after OK the deed.
pub(super) async fn act(app: Shared, view: View, action: Action, posted: &Posted) -> Response {
    if !posted.confirmed {
        return respond(StatusCode::OK, view, &html! {}, &question(&app, view, action));
    }
    let done = match action {
        Action::Restart => Ok(()),
        Action::ResetWebSettings => {
            let store = app.store.clone();
            let work =
                tokio::task::spawn_blocking(move || store.edit(&reset(&store.snapshot()), Method::Web).map(|_| ()));
            work.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()))
        }
    };
    match done {
        Ok(()) => {
            app.control.restart();
            let result = html! {
                div.result.complete role="status" {
                    p.message { "Complete" }
                    p { "The unit restarts now. Open the page again when it is back." }
                }
            };
            respond(StatusCode::OK, view, &result, &html! { p { a.button href="/" { "Open the page again" } } })
        }
        Err(error) => {
            let (status, message, text) = match &error {
                EditError::Refused(_) => (StatusCode::CONFLICT, "Failed (Parameter Error)", error.to_string()),
                EditError::Store(error) => {
                    (StatusCode::INTERNAL_SERVER_ERROR, "Failed (Memory Access Failure)", reason(error))
                }
                _ => (StatusCode::INTERNAL_SERVER_ERROR, "Failed (Memory Access Failure)", error.to_string()),
            };
            let result = html! {
                div.result.failed role="alert" { p.message { (message) } p { (text) } }
            };
            respond(status, view, &result, &html! { p { a.button href=(view.path()) { "Open the page again" } } })
        }
    }
}

/// What takes back all that the page can set: what both page and phone can set is reset, whoever set it, and what only
/// the phone can set stays (guide rules 232 and 234).
fn reset(layers: &Layers) -> Vec<Edit> {
    let set = layers.layer(Layer::User).iter().map(|(id, _, _)| id);
    set.filter(|id| id.family().web.is_some()).map(Edit::Inherit).collect()
}

fn what_is_reset(layers: &Layers) -> Markup {
    let reset = reset(layers);
    html! {
        @if reset.is_empty() {
            p { "No setting has a value that was set on these pages." }
        } @else {
            details {
                summary { (reset.len()) " settings go back to what files and factory say" }
                ul {
                    @for edit in &reset {
                        @let id = edit.id();
                        li {
                            @match view::home(id) {
                                Some(home) => a href={ (home.path()) "#" (id.name()) } {
                                    (home.title()) ", " (view::full_label(id))
                                },
                                None => (view::full_label(id)),
                            }
                        }
                    }
                }
            }
        }
    }
}

fn question(app: &Shared, view: View, action: Action) -> Markup {
    let lead = html! {
        input type="hidden" name="confirm" value="yes";
        p.question {
            @match action {
                Action::Restart => "Restart the unit now, even during a call?",
                Action::ResetWebSettings => {
                    "Reset everything that was set on these pages, and restart the unit now, even during a call?"
                }
            }
        }
    };
    let buttons = html! {
        button.primary type="submit" { "OK" }
        a.button href=(view.path()) { "Cancel" }
    };
    form(app, view, &buttons, &lead)
}

fn form(app: &Shared, view: View, buttons: &Markup, lead: &Markup) -> Markup {
    html! {
        form.settings method="post" action=(view.path()) autocomplete="off" {
            input type="hidden" name="token" value=(app.tokens.of(view));
            @for section in view.page.sections { h2 { (section.title) } }
            (lead)
            div.actions { (buttons) }
        }
    }
}

fn button(action: Action) -> &'static str {
    match action {
        Action::Restart => "Restart",
        Action::ResetWebSettings => "Reset Web Settings",
    }
}

fn respond(status: StatusCode, view: View, result: &Markup, body: &Markup) -> Response {
    let main = html! { (result) (heading(view)) (body) };
    answer(status, document(&view.title(), Some(view), &main))
}
