//! Calls: the lines and what they do at this moment, with what RTP and RTCP tell of the sound.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::{Administrator, page};
use crate::shared::Shared;
use crate::unit::{Call, CallState, Direction, Line, Media, Pace, Registration};

pub(super) const PATH: &str = "/tools/calls";

/// A judgement of the E-model below which many people complain (ITU-T G.109: "medium" begins here).
const POOR: f32 = 3.6;

pub(super) async fn show(State(app): State<Shared>, Administrator(visit): Administrator) -> Response {
    let now = app.status.calls();
    let main = html! {
        p.about { "What the lines do at this moment. The page follows by itself." }
        div id="calls" data-live="2" {
            section {
                h2 { "Lines" }
                @match now.lines.is_empty() {
                    true => p.inset { "No line is switched on." },
                    false => (lines(&now.lines)),
                }
            }
            @if now.calls.is_empty() { p { "Nobody is on the phone." } }
            @for call in &now.calls { (self::call(call)) }
            @if now.pace.frames > 0 { (pace(&now.pace)) }
        }
        form.query method="get" action=(PATH) { div.actions { button type="submit" { "Refresh" } } }
    };
    page(&app, visit, StatusCode::OK, PATH, "Calls", &main)
}

fn lines(lines: &[Line]) -> Markup {
    html! {
        table.status {
            thead {
                tr { @for head in ["Line", "Phone number", "Registration", "Server"] { th scope="col" { (head) } } }
            }
            tbody {
                @for line in lines {
                    tr {
                        td { (line.number) }
                        td { (line.phone_number) }
                        td.refused[line.registration == Registration::Failed] {
                            (registration(line.registration))
                            @if let Some(reason) = &line.reason { ": " (reason) }
                        }
                        td { (line.server.as_deref().unwrap_or_default()) }
                    }
                }
            }
        }
    }
}

fn call(call: &Call) -> Markup {
    let way = match call.direction {
        Direction::Incoming => "from",
        Direction::Outgoing => "to",
    };
    html! {
        section {
            h2 {
                "Line " (call.line) ", " (way) " "
                @if call.name.is_empty() { (call.peer) } @else { (call.name) " (" (call.peer) ")" }
            }
            table.status {
                tbody {
                    (row("State", &format!("{}, {}", state(call.state), clock(call.lasts))))
                    @if let Some(media) = &call.media { (sound(media)) }
                }
            }
        }
    }
}

fn sound(media: &Media) -> Markup {
    let codec = if media.encrypted { format!("{}, encrypted", media.codec) } else { media.codec.clone() };
    let received = media.received + media.lost;
    let loss =
        format!("{} of {received}, {}; too late or twice: {}", media.lost, percent(media.loss()), media.discarded);
    html! {
        (row("Codec", &codec))
        tr {
            th scope="row" { "Quality (MOS)" }
            td.refused[media.mos.is_some_and(|mos| mos < POOR)] {
                @match media.mos { Some(mos) => (format!("{mos:.1} of 5")), None => "not known yet" }
            }
        }
        (row("Round trip", &media.round_trip.map_or_else(|| "not reported yet".to_owned(), milliseconds)))
        (row("Received packets lost", &loss))
        (row("Jitter of received packets", &format!("{}; waiting to be played: {}", milliseconds(media.jitter), milliseconds(media.buffer))))
        (row("Packets sent", &media.sent.to_string()))
        @if let Some(far) = &media.far {
            (row("As the other side reports", &format!("{} lost, jitter {}", percent(f64::from(far.loss)), milliseconds(far.jitter))))
        }
    }
}

fn pace(pace: &Pace) -> Markup {
    html! {
        section {
            h2 { "Pace of sound" }
            table.status {
                tbody {
                    (row("Frames of 10 ms", &pace.frames.to_string()))
                    tr {
                        th scope="row" { "Late or left out" }
                        td.refused[pace.late > 0] {
                            @match pace.late {
                                0 => "none",
                                late => (format!("{late}, the latest by {}", milliseconds(pace.worst))),
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(label: &str, text: &str) -> Markup {
    html! { tr { th scope="row" { (label) } td { (text) } } }
}

const fn registration(registration: Registration) -> &'static str {
    match registration {
        Registration::Off => "No account",
        Registration::Registering => "Registering",
        Registration::Registered => "Registered",
        Registration::Failed => "Failed",
    }
}

const fn state(state: CallState) -> &'static str {
    match state {
        CallState::Calling => "Calling",
        CallState::Ringing => "Ringing",
        CallState::Connected => "Connected",
        CallState::OnHold => "On hold",
        CallState::Held => "Held by the other side",
        CallState::Conference => "In a conference",
    }
}

/// `1:02:03`, `2:03`
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_a_clock() {
        for (seconds, text) in [(0, "0:00"), (62, "1:02"), (3723, "1:02:03")] {
            assert_eq!(clock(Duration::from_secs(seconds)), text);
        }
        assert_eq!((milliseconds(Duration::from_micros(20_250)), percent(0.0125)), ("20.2 ms".into(), "1.2 %".into()));
    }
}
