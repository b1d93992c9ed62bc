//! What is wrong with a value, in the very words of the check, for the script that tells people while they type.

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use offhook_params::lookup;

use super::{Administrator, value};
use crate::pages::pairs;

/// POST of `name` and `value`: the message as plain text, which is empty where nothing is wrong.
pub(super) async fn check(_: Administrator, headers: HeaderMap, body: Bytes) -> Response {
    let pairs = match pairs(&headers, &body) {
        Ok(pairs) => pairs,
        Err(refused) => return (refused.0, refused.1).into_response(),
    };
    let (Some(name), Some(value)) = (value(&pairs, "name"), value(&pairs, "value")) else {
        return (StatusCode::BAD_REQUEST, "A check takes a name and a value.").into_response();
    };
    match lookup(name) {
        None => (StatusCode::NOT_FOUND, "There is no such setting.").into_response(),
        Some(found) => {
            found.id.family().check(value).err().map(|fault| fault.to_string()).unwrap_or_default().into_response()
        }
    }
}
