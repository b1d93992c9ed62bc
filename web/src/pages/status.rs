//! The status pages: what the unit tells of itself, read again by [Refresh].

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use offhook_params::pages::{Section, StatusRow};
use offhook_params::{DIMENSIONS, STATUS_ROWS};

use crate::language::own;
use crate::layout::{answer, document, heading, section_heading};
use crate::shared::Shared;
use crate::tools;
use crate::view::View;
use crate::visit::Visit;

/// The page as it is now.
pub(super) fn show(app: &Shared, visit: Visit, view: View) -> Response {
    let words = visit.words;
    let main = html! {
        form.refresh method="get" action=(view.path()) { button type="submit" { (words.text(own::BUTTON_REFRESH)) } }
        (heading(visit, view))
        (tools::beside(visit, view))
        div id="state" data-live="5" {
            @for section in view.page.sections {
                section {
                    (section_heading(visit, view, section, None))
                    (rows(app, visit, section))
                }
            }
        }
    };
    answer(StatusCode::OK, document(visit, &view.title(words), Some(view), &main))
}

fn rows(app: &Shared, visit: Visit, section: &Section) -> Markup {
    let words = visit.words;
    let value = |row: &'static StatusRow, number| words.status_value(row, &app.status.row(row.id, number)).into_owned();
    let rows: Vec<&'static StatusRow> = section.status.iter().map(|i| &STATUS_ROWS[usize::from(*i)]).collect();
    html! {
        @for run in rows.chunk_by(|a, b| a.per == b.per) {
            @match run.first().and_then(|row| row.per) {
                None => table.status {
                    tbody {
                        @for row in run {
                            tr {
                                th scope="row" { (words.status_label(row)) }
                                td id=(row.id) title=(words.status_help(row)) { (value(row, None)) }
                            }
                        }
                    }
                },
                Some(dimension) => table.status {
                    thead {
                        tr { @for row in run { th scope="col" title=(words.status_help(row)) { (words.status_label(row)) } } }
                    }
                    tbody {
                        @for &number in DIMENSIONS[usize::from(dimension)].numbers {
                            tr { @for row in run { td id={ (row.id) "-" (number) } { (value(row, Some(number))) } } }
                        }
                    }
                },
            }
        }
    }
}
