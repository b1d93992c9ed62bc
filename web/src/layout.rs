//! What surrounds every page: head, tabs, tools, menu.

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use offhook_params::pages::Section;
use sha2::{Digest as _, Sha256};

use crate::assets::{ICON, SCRIPT, STYLE};
use crate::language::own;
use crate::pages;
use crate::tools;
use crate::view::View;
use crate::visit::Visit;

/// A whole document around `main`.
pub(crate) fn document(visit: Visit, title: &str, view: Option<View>, main: &Markup) -> Markup {
    let words = visit.words;
    let current = |here: bool| here.then_some("page");
    let top = html! {
        nav aria-label=(words.text(own::NAVIGATION_TABS)) {
            ul.tabs {
                @for tab in visit.tabs() {
                    li {
                        a href={ "/" (tab.id) } aria-current=[current(view.is_some_and(|v| v.tab.id == tab.id))] {
                            (words.tab(tab))
                        }
                    }
                }
            }
        }
        @if visit.is_administrator() {
            form.find method="get" action=(tools::SEARCH) role="search" {
                label.hidden for="search" { "Search settings" }
                input type="text" id="search" name="q" placeholder="Search settings" maxlength="100" spellcheck="false"
                    autocapitalize="off" aria-keyshortcuts="/";
            }
        }
        ul.tools {
            @if visit.is_administrator() { li { a href="/tools" { "Tools" } } }
            li { a href=(pages::CLOSE) { (words.text(own::BUTTON_WEB_PORT_CLOSE)) } }
        }
    };
    let frame = html! {
        @if let Some(view) = view {
            nav.menu aria-label=(words.tab(view.tab)) {
                ul {
                    @for item in visit.views(view.tab) {
                        @let path = item.path();
                        li { a href=(path) aria-current=[current(path == view.path())] { (item.title(words)) } }
                    }
                }
            }
        }
        main id="main" { (tools::banner(visit.trial)) (main) }
    };
    dressed(visit, title, &top, &frame)
}

/// The last page of a visit: there is nowhere to go from it.
pub(crate) fn farewell(visit: Visit, title: &str, main: &Markup) -> Markup {
    dressed(visit, title, &html! {}, &html! { main id="main" { (main) } })
}

fn dressed(visit: Visit, title: &str, top: &Markup, frame: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(visit.words.tag()) {
            head {
                (head(title))
                link rel="icon" href=(ICON.address()) type="image/svg+xml";
                link rel="stylesheet" href=(STYLE.address());
                script src=(SCRIPT.address()) defer {}
            }
            body {
                a.skip href="#main" { (visit.words.text(own::SKIP_TO_CONTENT)) }
                header.top { span.brand { "Offhook" } (top) }
                div.frame { (frame) }
            }
        }
    }
}

fn head(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        title { (title) " · Offhook" }
    }
}

/// The heading of a page, what it is for, and the way to its other numbers.
pub(crate) fn heading(visit: Visit, view: View) -> Markup {
    let words = visit.words;
    html! {
        h1 { (view.title(words)) }
        p.about { (emphasised(&words.page_about(view.page))) }
        @if view.page.per.is_some() {
            nav.numbers aria-label=(words.text(own::NAVIGATION_LINES)) {
                ul {
                    @for (sibling, name) in view.siblings(words) {
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

/// The heading of a section, which is for those who do not see the page where its title says the same.
pub(crate) fn section_heading(visit: Visit, view: View, section: &'static Section, place: Option<&str>) -> Markup {
    let words = visit.words;
    let title = words.section(view.page, section);
    let said = view.page.sections.len() == 1 && title == view.title(words);
    html! { h2.hidden[said] id=[place] { (title) } }
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
pub(crate) fn trouble(visit: Visit, status: StatusCode, text: &str, back: &str) -> Response {
    let main = html! {
        h1 { (status) }
        p { (text) }
        p { a.button href=(back) { (visit.words.text(own::BUTTON_OPEN_AGAIN)) } }
    };
    answer(status, document(visit, &status.to_string(), None, &main))
}

/// A page for people who may not see any: it refers to nothing, since a browser would ask for a password again for each
/// file. Its looks stand in it, and its policy allows this very text.
pub(crate) fn bare(status: StatusCode, text: &str) -> Response {
    let title = status.to_string();
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head { (head(&title)) style { (PreEscaped(PLAIN)) } }
            body { main { h1 { (title) } p { (text) } p { a href="/" { "Open the page again" } } } }
        }
    };
    ([(CONTENT_SECURITY_POLICY, PLAIN_POLICY.clone())], answer(status, document)).into_response()
}

const PLAIN: &str = include_str!("assets/plain.css");

static PLAIN_POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(PLAIN));
    let policy = format!("default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'");
    HeaderValue::from_str(&policy).expect("base64 is ASCII")
});
