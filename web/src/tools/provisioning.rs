//! Provisioning: what came of the last fetch of configuration files, when the next one is, and a button that fetches now.

use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};

use super::{Administrator, Form, changes, log, page};
use crate::layout::trouble;
use crate::shared::Shared;
use crate::unit::{FetchedFile, Finding, FirmwareUpdate, NextFetch, Round};
use crate::visit::Visit;

pub(super) const PATH: &str = "/tools/provisioning";

pub(super) async fn show(State(app): State<Shared>, Administrator(visit): Administrator) -> Response {
    respond(&app, visit, StatusCode::OK, &html! {})
}

/// Fetches now.
pub(super) async fn act(
    State(app): State<Shared>,
    Administrator(visit): Administrator,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refused) = Form::read(&app, visit, PATH, &headers, &body) {
        return trouble(visit, refused.0, &refused.1, PATH);
    }
    match app.control.fetch() {
        Ok(()) => {
            app.tools.log.push(log::Level::Notice, "a fetch of the configuration files was asked for on the page");
            let result = html! {
                div.result.complete role="status" {
                    p.message { "Complete" }
                    p { "The unit fetches its files now. What comes of it is shown here." }
                }
            };
            respond(&app, visit, StatusCode::OK, &result)
        }
        Err(why) => {
            let result = html! { div.result.failed role="alert" { p.message { "Nothing is fetched" } p { (why) } } };
            respond(&app, visit, StatusCode::CONFLICT, &result)
        }
    }
}

fn respond(app: &Shared, visit: Visit, status: StatusCode, result: &Markup) -> Response {
    let state = app.status.provisioning();
    let main = html! {
        (result)
        p.about {
            "The configuration files that the unit fetches, and its firmware: what came of the last time, and when the \
             next one is. "
            a href="/maintenance/provisioning" { "Where the files are" }
        }
        div id="provisioning" data-live="2" {
            section {
                h2 { "Schedule" }
                table.status {
                    tbody {
                        tr { th scope="row" { "Now" } td { (if state.busy { "Files are being fetched" } else { "Idle" }) } }
                        tr { th scope="row" { "Next fetch" } td { (next(state.next.as_ref())) } }
                        @if let Some(round) = &state.last {
                            tr { th scope="row" { "Last fetch" } td { (when(round.at)) ", " (cause(&round.cause)) } }
                        }
                    }
                }
            }
            @match &state.last {
                None => p { "Nothing has been fetched yet." },
                Some(round) => (self::round(round)),
            }
            (firmware(&app.status.row("firmware-version", None), state.firmware.as_ref()))
        }
        form.tool method="post" action=(PATH) autocomplete="off" {
            input type="hidden" name="token" value=(app.tokens.of(PATH));
            div.actions {
                button.primary type="submit" { "Fetch now" }
                a.button href=(PATH) { "Refresh" }
            }
        }
    };
    page(app, visit, status, PATH, "Provisioning", &main)
}

fn next(next: Option<&NextFetch>) -> String {
    let Some(next) = next else { return "None is planned".to_owned() };
    let at = log::time(SystemTime::now() + next.after);
    let about = if next.after.is_zero() { "now".to_owned() } else { format!("in {}", lasting(next.after)) };
    format!("{at} UTC, {about}, {}", cause(&next.cause))
}

fn when(at: Option<Timestamp>) -> String {
    match at {
        Some(at) => format!("{} UTC", log::time(at.into())),
        None => "Before the unit knew the time".to_owned(),
    }
}

/// The word of a schedule as a reason.
fn cause(word: &str) -> String {
    match word {
        "start-up" => "at start-up",
        "interval" => "at the end of the interval",
        "retry" => "again after a failure",
        "daily" => "at the time of day",
        "notify" => "because the SIP server said so",
        "moved" => "because the files have moved",
        "asked" => "because somebody asked for it",
        "pre-provisioning" => "for pre-provisioning",
        other => return format!("cause: {other}"),
    }
    .to_owned()
}

/// A time in its two greatest units: `2 h 5 min`.
pub(super) fn lasting(time: Duration) -> String {
    let seconds = time.as_secs();
    match (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60) {
        (0, 0, 0, seconds) => format!("{seconds} s"),
        (0, 0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (0, hours, minutes, _) => format!("{hours} h {minutes} min"),
        (1, hours, ..) => format!("1 day {hours} h"),
        (days, hours, ..) => format!("{days} days {hours} h"),
    }
}

fn round(round: &Round) -> Markup {
    html! {
        @if !round.rules.is_empty() {
            section {
                h2 { "The files cannot stand together" }
                ul.findings { @for rule in &round.rules { li.is-error { p { (rule) } } } }
            }
        }
        @for file in &round.files { (self::file(file)) }
    }
}

fn file(file: &FetchedFile) -> Markup {
    let name = file.layer.as_str();
    let name = format!("{}{} file", name[..1].to_uppercase(), &name[1..]);
    html! {
        section {
            h2 { (name) }
            table.status {
                tbody {
                    @if !file.url.is_empty() { tr { th scope="row" { "URL" } td { code { (file.url) } } } }
                    tr { th scope="row" { "Result" } td.refused[!file.result.is_good()] { (capital(&file.told)) } }
                }
            }
            @if !file.findings.is_empty() {
                ul.findings { @for found in &file.findings { (finding(found)) } }
            }
            @if file.found > file.findings.len() {
                p.more { "And " (changes::count(file.found - file.findings.len(), "more finding")) "." }
            }
        }
    }
}

fn firmware(running: &str, update: Option<&FirmwareUpdate>) -> Markup {
    html! {
        section {
            h2 { "Firmware" }
            table.status {
                tbody {
                    tr { th scope="row" { "Running version" } td { (running) } }
                    @if let Some(update) = update {
                        tr { th scope="row" { "Last update" } td { (when(update.at)) ", to " (update.version) } }
                        tr { th scope="row" { "URL" } td { code { (update.url) } } }
                        tr {
                            th scope="row" { "Result" }
                            @match &update.fault {
                                None => td { "Installed" },
                                Some(fault) => td.refused { "Not installed: " (fault) },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn finding(found: &Finding) -> Markup {
    html! {
        li class={ "is-" (found.severity.as_str()) } {
            p {
                span.severity { (found.severity.as_str()) } ", line " (found.line) ", column " (found.column) ": "
                (found.message)
            }
            @if let Some(remedy) = &found.remedy { p.help { (remedy) } }
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_two_units() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (61, "1 min 1 s"),
            (7500, "2 h 5 min"),
            (90_000, "1 day 1 h"),
            (604_800, "7 days 0 h"),
        ] {
            assert_eq!(lasting(Duration::from_secs(seconds)), text);
        }
    }
}
