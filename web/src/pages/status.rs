//! The status pages: what the unit tells of itself, read again by [Refresh].

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use offhook_params::pages::{Section, StatusRow};
use offhook_params::{DIMENSIONS, STATUS_ROWS};

use crate::layout::{answer, document, heading};
use crate::shared::Shared;
use crate::view::View;

/// The page as it is now.
pub(super) fn show(app: &Shared, view: View) -> Response {
    let main = html! {
        form.refresh method="get" action=(view.path()) { button type="submit" { "Refresh" } }
        (heading(view))
        @for section in view.page.sections { (rows(app, section)) }
    };
    answer(StatusCode::OK, document(&view.title(), Some(view), &main))
}

fn rows(app: &Shared, section: &Section) -> Markup {
    let rows: Vec<&StatusRow> = section.status.iter().map(|i| &STATUS_ROWS[usize::from(*i)]).collect();
    html! {
        section {
            h2 { (section.title) }
            @for run in rows.chunk_by(|a, b| a.per == b.per) {
                @match run.first().and_then(|row| row.per) {
                    None => table.status {
                        tbody {
                            @for row in run {
                                tr {
                                    th scope="row" { (row.label) }
                                    td id=(row.id) title=(row.doc) { (app.status.row(row.id, None)) }
                                }
                            }
                        }
                    },
                    Some(dimension) => table.status {
                        thead { tr { @for row in run { th scope="col" title=(row.doc) { (row.label) } } } }
                        tbody {
                            @for &number in DIMENSIONS[usize::from(dimension)].numbers {
                                tr {
                                    @for row in run {
                                        td id={ (row.id) "-" (number) } { (app.status.row(row.id, Some(number))) }
                                    }
                                }
                            }
                        }
                    },
                }
            }
        }
    }
}
