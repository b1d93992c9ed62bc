//! [Web Port Close]: asked once more, then the port is closed and the visitor logged out (guide rule 116).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::html;

use super::pairs;
use crate::language::own;
use crate::layout::{answer, document, farewell, trouble};
use crate::shared::Shared;
use crate::visit::Visit;

/// Where it stands.
pub(crate) const CLOSE: &str = "/web-port-close";

/// The question.
pub(crate) async fn ask_to_close(State(app): State<Shared>, visit: Visit) -> Response {
    let words = visit.words;
    let title = words.text(own::BUTTON_WEB_PORT_CLOSE);
    let main = html! {
        h1 { (title) }
        form.settings method="post" action=(CLOSE) {
            input type="hidden" name="token" value=(app.tokens.of(CLOSE));
            p.question { (words.text(own::CONFIRM_WEB_PORT_CLOSE)) }
            div.actions {
                button.primary type="submit" { (words.text(own::BUTTON_OK)) }
                a.button href="/" { (words.text(own::BUTTON_CANCEL)) }
            }
        }
    };
    answer(StatusCode::OK, document(visit, &title, None, &main))
}

/// The deed. This answer still leaves; after it nobody listens, unless the port is always open.
pub(crate) async fn close(State(app): State<Shared>, visit: Visit, headers: HeaderMap, body: Bytes) -> Response {
    let words = visit.words;
    let ours = pairs(&headers, &body)
        .is_ok_and(|pairs| pairs.iter().any(|(name, value)| name == "token" && app.tokens.fits(CLOSE, value)));
    if !ours {
        return trouble(visit, StatusCode::FORBIDDEN, &words.text(own::TROUBLE_STALE_FORM), CLOSE);
    }
    let closed = app.door.close();
    let title = words.text(own::BUTTON_WEB_PORT_CLOSE);
    let main = html! {
        div.result.complete role="status" {
            p.message { (words.text(own::RESULT_COMPLETE)) }
            p { (words.text(if closed { own::PORT_CLOSED } else { own::LOGGED_OUT })) }
        }
    };
    answer(StatusCode::OK, farewell(visit, &title, &main))
}
