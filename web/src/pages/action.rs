//! The pages that do something to the unit as a whole: asked once more before it happens.
//!
//! They are the administrator's, and so they are in English.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use offhook_params::ParamId;
use offhook_params::pages::Action;
use offhook_settings::{Layer, Layers};
use offhook_store::is_reset_with_web;

use super::settings::failed;
use crate::layout::{answer, document, heading, section_heading};
use crate::save::Posted;
use crate::shared::Shared;
use crate::view::{self, View};
use crate::visit::Visit;

/// The button that starts the action.
pub(super) fn show(app: &Shared, visit: Visit, view: View, action: Action) -> Response {
    let lead = html! {
        @match action {
            Action::Restart => p { "Calls end, and the unit is away for a moment. No setting changes." },
            Action::ResetWebSettings => (what_is_reset(visit, &app.store.snapshot())),
        }
    };
    let form = form(app, visit, view, &html! { button.primary type="submit" { (button(action)) } }, &lead);
    respond(StatusCode::OK, visit, view, &html! {}, &form)
}

/// The question, and after OK the deed.
pub(super) async fn act(app: Shared, visit: Visit, view: View, action: Action, posted: &Posted) -> Response {
    if !posted.confirmed {
        return respond(StatusCode::OK, visit, view, &html! {}, &question(&app, visit, view, action));
    }
    let done = match action {
        Action::Restart => Ok(()),
        Action::ResetWebSettings => {
            let store = app.store.clone();
            let work = tokio::task::spawn_blocking(move || store.reset_web().map(|_| ()));
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
            respond(StatusCode::OK, visit, view, &result, &html! { p { a.button href="/" { "Open the page again" } } })
        }
        Err(error) => {
            let back = html! { p { a.button href=(view.path()) { "Open the page again" } } };
            respond(StatusCode::INTERNAL_SERVER_ERROR, visit, view, &failed(visit, &error), &back)
        }
    }
}

fn what_is_reset(visit: Visit, layers: &Layers) -> Markup {
    let user = layers.layer(Layer::User).iter();
    let reset: Vec<ParamId> =
        user.filter(|(id, _, origin)| is_reset_with_web(*id, origin)).map(|(id, ..)| id).collect();
    html! {
        @if reset.is_empty() {
            p { "No setting has a value that was set on these pages." }
        } @else {
            details {
                summary {
                    @match reset.len() {
                        1 => "1 setting goes back to what files and factory say",
                        n => { (n) " settings go back to what files and factory say" },
                    }
                }
                ul {
                    @for &id in &reset {
                        li {
                            @match view::home(id) {
                                Some(home) => a href={ (home.path()) "#" (id.name()) } {
                                    (home.title(visit.words)) ", " (view::full_label(id, visit.words))
                                },
                                None => code { (id) },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn question(app: &Shared, visit: Visit, view: View, action: Action) -> Markup {
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
    form(app, visit, view, &buttons, &lead)
}

fn form(app: &Shared, visit: Visit, view: View, buttons: &Markup, lead: &Markup) -> Markup {
    let path = view.path();
    html! {
        form.settings method="post" action=(path) autocomplete="off" {
            input type="hidden" name="token" value=(app.tokens.of(&path));
            section {
                @for section in view.page.sections { (section_heading(visit, view, section, None)) }
                div.inset { (lead) }
            }
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

fn respond(status: StatusCode, visit: Visit, view: View, result: &Markup, body: &Markup) -> Response {
    let main = html! { (result) (heading(visit, view)) (body) };
    answer(status, document(visit, &view.title(visit.words), Some(view), &main))
}
