//! What surrounds every page: head, tabs, menu.

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use offhook_params::TABS;

use crate::view::View;

/// A whole document around `main`.
pub(crate) fn document(title: &str, view: Option<View>, main: &Markup) -> Markup {
    let current = |here: bool| here.then_some("page");
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Offhook" }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/style.css";
                script src="/assets/page.js" defer {}
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header.top {
                    span.brand { "Offhook" }
                    nav aria-label="Tabs" {
                        ul.tabs {
                            @for tab in &TABS {
                                li {
                                    a href={ "/" (tab.id) }
                                        aria-current=[current(view.is_some_and(|v| v.tab.id == tab.id))] { (tab.title) }
                                }
                            }
                        }
                    }
                }
                div.frame {
                    @if let Some(view) = view {
                        nav.menu aria-label=(view.tab.title) {
                            ul {
                                @for item in View::of_tab(view.tab) {
                                    @let path = item.path();
                                    li { a href=(path) aria-current=[current(path == view.path())] { (item.title()) } }
                                }
                            }
                        }
                    }
                    main id="main" { (main) }
                }
            }
        }
    }
}

/// The heading of a page, what it is for, and the way to its other numbers.
pub(crate) fn heading(view: View) -> Markup {
    html! {
        h1 { (view.title()) }
        p.about { (emphasised(view.page.doc)) }
        @if view.page.per.is_some() {
            nav.numbers aria-label="Numbers" {
                ul {
                    @for (sibling, name) in view.siblings() {
                        li {
                            a href=(sibling.path())
                                aria-current=[(sibling.number == view.number).then_some("true")] { (name) }
                        }
                    }
                }
            }
        }
    }
}

/// A button of the text stands in brackets there; here it is set in bold.
fn emphasised(text: &str) -> Markup {
    let escaped = html! { (text) }.into_string();
    PreEscaped(escaped.replace('[', "<b>").replace(']', "</b>"))
}

/// An answer with a document.
pub(crate) fn answer(status: StatusCode, document: Markup) -> Response {
    (status, Html(document.into_string())).into_response()
}

/// A page that says what went wrong and leads back.
pub(crate) fn trouble(status: StatusCode, title: &str, text: &str, back: &str) -> Response {
    let main = html! {
        h1 { (title) }
        p { (text) }
        p { a.button href=(back) { "Open the page again" } }
    };
    answer(status, document(title, None, &main))
}
