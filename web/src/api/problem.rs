//! What went wrong, as a problem document (RFC 9457).

use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use offhook_store::{EditError, Reason};
use serde::Serialize;

use super::answer::Finding;
use crate::pages::reason;

/// The document, and with it the answer.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    /// What kind of problem it is; `about:blank` where the status says it all.
    r#type: &'static str,
    title: &'static str,
    #[serde(serialize_with = "number")]
    status: StatusCode,
    /// What is wrong in this case.
    detail: String,
    /// Everything that speaks against a change.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    refusals: Vec<Refused>,
    /// What the reader has to say about a file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    diagnostics: Vec<Finding>,
}

/// One reason that speaks against a change.
#[derive(Debug, Serialize)]
pub(super) struct Refused {
    /// The settings that it is about.
    names: Vec<String>,
    /// What kind of reason it is.
    reason: &'static str,
    /// The rule that would be broken.
    rule: Option<&'static str>,
    /// In words, to be read next to a name.
    message: String,
}

impl Problem {
    /// A problem that its status classes well enough.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let title = status.canonical_reason().unwrap_or("Problem");
        let detail = detail.into();
        Self { r#type: "about:blank", title, status, detail, refusals: Vec::new(), diagnostics: Vec::new() }
    }

    /// The request is not what the interface understands.
    pub(super) fn bad(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, detail)
    }

    /// The change was understood, and does not stand; nothing of it was made.
    pub(super) fn refused(refusals: Vec<Refused>) -> Self {
        let detail = match refusals.len() {
            1 => "one reason speaks against the change; nothing was changed".to_owned(),
            n => format!("{n} reasons speak against the change; nothing was changed"),
        };
        Self {
            r#type: "/api/v1/openapi.json#/components/schemas/Refusal",
            title: "Change refused",
            refusals,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        }
    }

    /// The file cannot be taken as it is; nothing of it was.
    pub(super) fn bad_file(diagnostics: Vec<Finding>, detail: &str) -> Self {
        Self {
            r#type: "/api/v1/openapi.json#/components/schemas/Diagnostic",
            title: "File refused",
            diagnostics,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        }
    }

    /// With what the reader had to say about the file that the change came from.
    pub(super) fn about(self, diagnostics: Vec<Finding>) -> Self {
        Self { diagnostics, ..self }
    }
}

impl From<EditError> for Problem {
    fn from(error: EditError) -> Self {
        match error {
            EditError::Refused(refusals) => Self::refused(refusals.into_iter().map(Refused::from).collect()),
            EditError::Store(error) if error.is_full() => Self::new(StatusCode::INSUFFICIENT_STORAGE, reason(&error)),
            EditError::Store(error) => Self::new(StatusCode::INTERNAL_SERVER_ERROR, reason(&error)),
            error => Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
        }
    }
}

impl Refused {
    /// No setting has this name.
    pub(super) fn name(name: String, message: impl Into<String>) -> Self {
        Self { names: vec![name], reason: "name", rule: None, message: message.into() }
    }

    /// The member is no text.
    pub(super) fn form(name: String) -> Self {
        let message = "takes a string, or null to go back to the inherited value".to_owned();
        Self { names: vec![name], reason: "type", rule: None, message }
    }
}

impl From<offhook_store::Refusal> for Refused {
    fn from(refusal: offhook_store::Refusal) -> Self {
        let (reason, rule) = match refusal.reason {
            Reason::Method(_) => ("method", None),
            Reason::Rule(rule) => ("rule", Some(rule)),
            _ => ("value", None),
        };
        let names = refusal.params.iter().map(ToString::to_string).collect();
        Self { names, reason, rule, message: refusal.message }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let text = serde_json::to_vec(&self).expect("a problem is plain data");
        (self.status, [(CONTENT_TYPE, "application/problem+json")], text).into_response()
    }
}

fn number<S: serde::Serializer>(status: &StatusCode, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_u16(status.as_u16())
}
