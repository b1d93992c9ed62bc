//! Import and export: a file is shown with its faults and its effect before it is taken in, and written without secrets.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use offhook_config::{Format, Reading, Severity};
use offhook_settings::{ChangeSet, Method};
use offhook_store::{EditError, Refusal};

use super::draft::Draft;
use super::{Administrator, Form, changes, log, page, preview, query, stale, trial, value};
use crate::layout::trouble;
use crate::pages::reason;
use crate::shared::Shared;
use crate::transfer::{self, MAX_FILE, Scope};
use crate::visit::Visit;

pub(super) const PATH: &str = "/tools/files";

/// Most findings of the reader that are shown.
const MAX_FINDINGS: usize = 100;

/// Most characters of a line of the file that are shown.
const MAX_LINE: usize = 120;

pub(super) async fn show(State(app): State<Shared>, Administrator(visit): Administrator) -> Response {
    respond(&app, visit, StatusCode::OK, None)
}

fn respond(app: &Shared, visit: Visit, status: StatusCode, fault: Option<&str>) -> Response {
    let main = html! {
        p.about {
            "Configuration files, plain text or XML, as a server has them. An import becomes part of what is set on this \
             unit itself; settings that the file does not name stay as they are."
        }
        @if let Some(fault) = fault {
            div.result.failed role="alert" { p.message { "Failed (Transfer Failure)" } p { (fault) } }
        }
        form.tool method="post" action={ (PATH) "/import" } enctype="multipart/form-data" autocomplete="off" {
            input type="hidden" name="token" value=(app.tokens.of(PATH));
            section {
                h2 { "Import" }
                div.field {
                    div.name { label for="file" { "File" } }
                    div.control { input type="file" id="file" name="file" accept=".cfg,.txt,.xml,text/plain,text/xml"; }
                }
                div.field {
                    div.name { label for="text" { "Or its text" } }
                    div.control {
                        textarea id="text" name="text" rows="6" spellcheck="false" autocapitalize="off"
                            aria-describedby="text-help" {}
                        p.hint id="text-help" {
                            "Plain text begins with the header line of configuration files. At most " (MAX_FILE / 1024)
                            " KB."
                        }
                    }
                }
            }
            div.actions { button.primary type="submit" { "Show what it changes" } }
        }
        form.query method="get" action={ (PATH) "/export" } {
            section {
                h2 { "Export" }
                (radios("what", "Settings", &[("effective", "All, as they count"), ("user", "Only those set on this unit")]))
                (radios("format", "Format", &[("plain", "Plain text"), ("xml", "XML")]))
                p.note.inset { "Passwords and keys are left out; the file lists the names of those that have a value." }
            }
            div.actions { button.primary type="submit" { "Download" } }
        }
    };
    page(app, visit, status, PATH, "Import and export", &main)
}

fn radios(name: &str, label: &str, choices: &[(&str, &str)]) -> Markup {
    html! {
        fieldset.field {
            legend.name { span { (label) } }
            div.control.choices {
                @for (i, (value, word)) in choices.iter().enumerate() {
                    span.choice {
                        input type="radio" id={ (name) "-" (value) } name=(name) value=(value) checked[i == 0];
                        label for={ (name) "-" (value) } { (word) }
                    }
                }
            }
        }
    }
}

/// An upload: what the form says, size and number of its parts bounded.
#[derive(Default)]
struct Upload {
    token: String,
    file: Vec<u8>,
    text: String,
}

impl Upload {
    async fn read(mut parts: Multipart) -> Result<Self, (StatusCode, String)> {
        let mut upload = Self::default();
        let wrong = |error: axum::extract::multipart::MultipartError| (error.status(), error.body_text());
        while let Some(part) = parts.next_field().await.map_err(wrong)? {
            let name = part.name().unwrap_or_default().to_owned();
            let bytes = part.bytes().await.map_err(wrong)?;
            let text = || {
                let not_text = |_| (StatusCode::BAD_REQUEST, "The form is not UTF-8.".to_owned());
                String::from_utf8(bytes.to_vec()).map_err(not_text)
            };
            match name.as_str() {
                "token" => upload.token = text()?,
                "text" => upload.text = text()?,
                "file" => upload.file = bytes.to_vec(),
                _ => return Err((StatusCode::BAD_REQUEST, "The form has a field that the page has not.".to_owned())),
            }
        }
        Ok(upload)
    }

    /// The one of both that was given.
    fn content(self) -> Result<Vec<u8>, &'static str> {
        let content = match (self.file.is_empty(), self.text.trim().is_empty()) {
            (true, true) => return Err("Choose a file, or enter its text."),
            (false, false) => return Err("Choose a file or enter its text, not both."),
            (false, true) => self.file,
            (true, false) => self.text.into_bytes(),
        };
        match content.len() > MAX_FILE {
            true => Err("The file is too large for a configuration file."),
            false => Ok(content),
        }
    }
}

/// POST: what the file would change, and what the reader has to say about it.
pub(super) async fn import(
    State(app): State<Shared>,
    Administrator(visit): Administrator,
    parts: Result<Multipart, MultipartRejection>,
) -> Response {
    let parts = match parts {
        Ok(parts) => parts,
        Err(rejection) => return trouble(visit, StatusCode::UNSUPPORTED_MEDIA_TYPE, &rejection.body_text(), PATH),
    };
    let upload = match Upload::read(parts).await {
        Ok(upload) => upload,
        Err((status, text)) => return respond(&app, visit, status, Some(&text)),
    };
    if !app.tokens.fits(PATH, &upload.token) {
        return stale(visit, PATH);
    }
    match upload.content() {
        Ok(bytes) => super::apart(move || shown(&app, visit, bytes, None)).await,
        Err(fault) => respond(&app, visit, StatusCode::UNPROCESSABLE_ENTITY, Some(fault)),
    }
}

/// The effect of a file, and the question whether it is wanted.
fn shown(app: &Shared, visit: Visit, bytes: Vec<u8>, note: Option<&str>) -> Response {
    let reading = transfer::read(&bytes);
    let result = match reading.void {
        true => Err(Vec::new()),
        false => match transfer::preview(&app.store, &reading) {
            Ok(set) => Ok(set),
            Err(EditError::Refused(refusals)) => Err(refusals),
            Err(error) => return respond(app, visit, StatusCode::INTERNAL_SERVER_ERROR, Some(&error.to_string())),
        },
    };
    let status = if result.is_ok() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let findings = findings(&bytes, &reading);
    let (settings, errors) = (reading.entries.len(), reading.has_errors());
    let main = match result {
        Err(refusals) => refused(visit, &findings, reading.void, &refusals),
        Ok(set) => {
            let draft = Draft::File { bytes: bytes.clone(), changes: set.clone() };
            match app.tools.drafts.put(draft) {
                Ok(name) => question(app, visit, &findings, &set, settings, errors, &name, note),
                Err(error) => return respond(app, visit, StatusCode::INTERNAL_SERVER_ERROR, Some(&error.to_string())),
            }
        }
    };
    page(app, visit, status, PATH, "Import: what the file changes", &main)
}

fn refused(visit: Visit, findings: &Markup, void: bool, refusals: &[Refusal]) -> Markup {
    html! {
        div.result.failed role="alert" {
            p.message { "Failed (Parameter Error)" }
            p {
                @match void {
                    true => "The file is refused as a whole. Nothing was changed.",
                    false => "The settings of this file cannot stand together with the others. Nothing was changed.",
                }
            }
            (changes::refusals(visit, refusals))
        }
        (findings)
        p { a.button href=(PATH) { "Choose another file" } }
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one page, each used once")]
fn question(
    app: &Shared,
    visit: Visit,
    findings: &Markup,
    set: &ChangeSet,
    settings: usize,
    errors: bool,
    name: &str,
    note: Option<&str>,
) -> Markup {
    html! {
        @if let Some(note) = note { div.result.failed role="alert" { p { (note) } } }
        p.about {
            "Nothing has been changed yet. The file has " (changes::count(settings, "usable setting")) "; "
            @match set.len() {
                0 => "none of them changes what counts now.",
                1 => "1 of them changes what counts now.",
                n => { (n) " of them change what counts now." },
            }
            @if errors { " Lines with errors are left out." }
        }
        (findings)
        (changes::changes(visit, set))
        (preview::consequences(app, false, set))
        form.tool method="post" action={ (PATH) "/apply" } autocomplete="off" {
            input type="hidden" name="token" value=(app.tokens.of(PATH));
            input type="hidden" name="draft" value=(name);
            div.actions {
                @if settings > 0 {
                    button.primary type="submit" {
                        @match errors { true => "Apply without the lines in error", false => "Apply" }
                    }
                }
                a.button href=(PATH) { "Discard" }
            }
        }
    }
}

/// What the reader has to say, with the lines that it speaks of.
fn findings(bytes: &[u8], reading: &Reading<'_>) -> Markup {
    let all = &reading.diagnostics;
    let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').take(50_000).collect();
    let text = |line: u32| {
        let line = lines.get((line as usize).saturating_sub(1)).copied().unwrap_or_default();
        let text: String = String::from_utf8_lossy(line).trim_end().chars().filter(|c| !c.is_control()).collect();
        match text.char_indices().nth(MAX_LINE) {
            Some((cut, _)) => format!("{}…", &text[..cut]),
            None => text,
        }
    };
    // A line may hold a password, misspelt around it or not.
    let secret = |line: &str| ["PASS", "KEY", "SECRET", "@"].iter().any(|word| line.to_uppercase().contains(word));
    let count = |severity| all.iter().filter(|d| d.severity == severity).count();
    html! {
        @if !all.is_empty() {
            section {
                h2 {
                    (changes::count(count(Severity::Error), "error")) ", "
                    (changes::count(count(Severity::Warning), "warning")) ", "
                    (changes::count(count(Severity::Note), "note"))
                }
                ul.findings {
                    @for found in all.iter().take(MAX_FINDINGS) {
                        @let line = text(found.line);
                        li class={ "is-" (found.severity.as_str()) } {
                            p {
                                span.severity { (found.severity.as_str()) } ", line " (found.line) ", column "
                                (found.column) ": " (found.message)
                            }
                            @if let Some(remedy) = &found.remedy { p.help { (remedy) } }
                            @if !line.is_empty() && !secret(&line) { pre { (line) } }
                        }
                    }
                }
                @if all.len() > MAX_FINDINGS { p.more { "And " (all.len() - MAX_FINDINGS) " more." } }
            }
        }
    }
}

/// POST: takes the file in, if it still does what was shown.
pub(super) async fn apply(
    State(app): State<Shared>,
    Administrator(visit): Administrator,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let form = match Form::read(&app, visit, PATH, &headers, &body) {
        Ok(form) => form,
        Err(refused) => return trouble(visit, refused.0, &refused.1, PATH),
    };
    let draft = app.tools.drafts.take(form.get("draft").unwrap_or_default());
    let Some(Draft::File { bytes, changes }) = draft else {
        let text = "This file is no longer here: it was applied already, or a later one took its place.";
        return respond(&app, visit, StatusCode::GONE, Some(text));
    };
    super::apart(move || applied(&app, visit, bytes, &changes)).await
}

fn applied(app: &Shared, visit: Visit, bytes: Vec<u8>, shown_before: &ChangeSet) -> Response {
    let reading = transfer::read(&bytes);
    if transfer::preview(&app.store, &reading).is_ok_and(|now| now != *shown_before) {
        let note = "Meanwhile something else has changed. Nothing was applied; this is what the file changes now:";
        return shown(app, visit, bytes.clone(), Some(note));
    }
    match trial::keep(app, visit, &transfer::edits(&reading), Method::File) {
        Ok((changes, kept)) => {
            let settings = changes::count(reading.entries.len(), "setting");
            app.tools.log.push(log::Level::Notice, format!("a file with {settings} was imported on the page"));
            let main = html! {
                div.result.complete role="status" {
                    p.message { "Complete" }
                    p { "The file is taken in. " (changes::count(changes.len(), "setting")) " changed." }
                    @if kept == trial::Kept::OnTrial { p { "The unit restarts now." } }
                    (trial::notice(app, kept, &changes))
                }
                (changes::changes(visit, &changes))
                p { a.button href=(PATH) { "Back to import and export" } }
            };
            if kept == trial::Kept::OnTrial {
                app.control.restart();
            }
            page(app, visit, StatusCode::OK, PATH, "Import", &main)
        }
        Err(EditError::Refused(refusals)) => {
            let main = refused(visit, &html! {}, false, &refusals);
            page(app, visit, StatusCode::UNPROCESSABLE_ENTITY, PATH, "Import", &main)
        }
        Err(EditError::Store(error)) => {
            let main = html! {
                div.result.failed role="alert" {
                    p.message { "Failed (Memory Access Failure)" }
                    p { (reason(&error)) " Nothing was changed." }
                }
            };
            page(app, visit, StatusCode::INTERNAL_SERVER_ERROR, PATH, "Import", &main)
        }
        Err(error) => respond(app, visit, StatusCode::INTERNAL_SERVER_ERROR, Some(&error.to_string())),
    }
}

/// GET: a file to keep.
pub(super) async fn export(State(app): State<Shared>, Administrator(visit): Administrator, uri: Uri) -> Response {
    let query = query(&uri);
    let scope = match value(&query, "what") {
        Some("user") => Scope::User,
        _ => Scope::Effective,
    };
    let format = match value(&query, "format") {
        Some("xml") => Format::Xml,
        _ => Format::Plain,
    };
    let headers = [
        (CONTENT_TYPE, transfer::media_type(format).to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", transfer::file_name(scope, format))),
    ];
    match transfer::export(&app.store.snapshot(), scope, format) {
        Ok(text) => (headers, text).into_response(),
        Err(error) => respond(&app, visit, StatusCode::INTERNAL_SERVER_ERROR, Some(&error.to_string())),
    }
}
