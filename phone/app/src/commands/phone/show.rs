//! What the phone says, in words and columns.

use std::fmt::Write as _;

use jiff::Timestamp;
use offhook_call::button::Function;
use offhook_call::command::Listed;
use offhook_call::figures::{Figures, Pace};
use offhook_call::log::Entry;
use offhook_call::state::{ButtonState, CallState, LineState};
use serde_json::Value;

/// The lines, one each.
pub(crate) fn lines(lines: &[LineState]) -> String {
    let mut out = String::new();
    for line in lines {
        let _ = write!(out, "line {}  {:<16} {}", line.line, line.number, word(&line.registration));
        if let Some(server) = &line.server {
            let _ = write!(out, " at {server}");
        }
        if let Some(problem) = &line.problem {
            let _ = write!(out, " ({problem})");
        }
        if line.messages.waiting {
            let _ = write!(out, ", {} new messages", line.messages.new);
        }
        if line.do_not_disturb {
            out.push_str(", do not disturb");
        }
        let forwards = &line.forwards;
        for (when, to) in [("", &forwards.always), (" when busy", &forwards.busy), (" unanswered", &forwards.no_answer)]
        {
            if let Some(to) = to {
                let _ = write!(out, ", forwards{when} to {to}");
            }
        }
        out.push('\n');
    }
    out
}

/// The calls, one a line.
pub(crate) fn calls(calls: &[CallState]) -> String {
    let mut out = String::new();
    for call in calls {
        let party = call.number.as_deref().unwrap_or("anonymous");
        let direction = if call.incoming { "from" } else { "to" };
        let stage = word(&call.stage);
        let _ = write!(out, "call {}  line {}  {stage:<13} {direction} {party}", call.call, call.line);
        if !call.name.is_empty() {
            let _ = write!(out, " ({})", call.name);
        }
        let remarks = [
            (call.active, "with you"),
            (call.conference, "in conference"),
            (call.held_there, "held there"),
            (call.transfer, "being transferred"),
            (call.encrypted, "encrypted"),
        ];
        for (_, remark) in remarks.into_iter().filter(|(holds, _)| *holds) {
            let _ = write!(out, ", {remark}");
        }
        if let Some(codec) = &call.codec {
            let _ = write!(out, ", {codec}");
        }
        out.push('\n');
        if let Some(figures) = &call.voice {
            out.push_str(&voice(figures));
        }
    }
    out
}

/// How the voice of a call fares, on a line below it.
fn voice(figures: &Figures) -> String {
    let ms = |us: u32| format!("{:.1} ms", f64::from(us) / 1000.0);
    let mos = figures.mos.map_or_else(|| "nothing heard".to_owned(), |mos| format!("MOS {:.1}", mos.score()));
    let mut out = format!(
        "        {mos}, {} packets sent, {} came, {} lost, {:.1} % made up, jitter {}, waits {}",
        figures.sent,
        figures.received,
        figures.lost,
        f64::from(figures.made_up_permille) / 10.0,
        ms(figures.jitter_us),
        ms(figures.wait_us)
    );
    if let Some(round_trip) = figures.round_trip_us {
        let _ = write!(out, ", round trip {}", ms(round_trip));
    }
    if let Some(far) = &figures.far {
        let lost = f64::from(far.lost_permille) / 10.0;
        let _ = write!(out, "; there {lost:.1} % lost, jitter {}", ms(far.jitter_us));
    }
    out + "\n"
}

/// How well sound keeps its pace, once there was any.
pub(in crate::commands) fn pace(pace: &Pace) -> String {
    let Pace { frames, late, worst_us } = *pace;
    match (frames, late) {
        (0, _) => String::new(),
        (_, 0) => format!("sound     {frames} frames of 10 ms, none of them late\n"),
        _ => {
            let worst = f64::from(worst_us) / 1000.0;
            format!("sound     {frames} frames of 10 ms, {late} of them late, the latest by {worst:.1} ms\n")
        }
    }
}

/// The calls of a log, one a line.
pub(super) fn log(entries: &[Entry]) -> String {
    let mut out = String::new();
    for entry in entries {
        let time = entry.time.and_then(|time| Timestamp::from_second(i64::try_from(time).ok()?).ok());
        let time = time.map_or_else(|| "-".to_owned(), |time| time.to_string());
        let party = entry.number.as_deref().unwrap_or("anonymous");
        let _ = write!(out, "entry {:<4} {time:<20}  line {}  {party}", entry.id, entry.line);
        if !entry.name.is_empty() {
            let _ = write!(out, " ({})", entry.name);
        }
        if entry.seconds > 0 {
            let _ = write!(out, ", {}:{:02}", entry.seconds / 60, entry.seconds % 60);
        }
        out.push('\n');
    }
    out
}

/// Contacts, one a line.
pub(super) fn contacts(contacts: &[Listed]) -> String {
    let mut out = String::new();
    for Listed { id, contact } in contacts {
        let _ = write!(out, "contact {id:<4} {}", contact.name);
        if !contact.company.is_empty() {
            let _ = write!(out, ", {}", contact.company);
        }
        for number in &contact.numbers {
            let _ = write!(out, "  {} {}", word(&number.kind), number.number);
        }
        out.push('\n');
    }
    out
}

/// The buttons that do something, one a line.
pub(super) fn buttons(buttons: &[ButtonState]) -> String {
    let mut out = String::new();
    for button in buttons.iter().filter(|button| button.function != Function::Unused) {
        let function = serde_json::to_value(&button.function).unwrap_or_default();
        let fields = function.as_object().into_iter().flatten().map(|(_, value)| plain(value));
        let function = fields.collect::<Vec<_>>().join(" ");
        let _ =
            writeln!(out, "button {:<2}  {:<10}  {function:<24} {}", button.button, button.label, word(&button.light));
    }
    out
}

/// An event: its name, then its fields as `name=value`.
pub(super) fn event(event: &Value) -> String {
    let mut out = event["event"].as_str().unwrap_or_default().to_owned();
    for (name, value) in event.as_object().into_iter().flatten() {
        let is_plain = !matches!(value, Value::Null | Value::Bool(false)) && value.as_str() != Some("");
        if name != "event" && is_plain {
            let _ = write!(out, "  {name}={}", plain(value));
        }
    }
    out
}

/// How far a call has come, of one of its events.
pub(super) fn progress(event: &Value) -> String {
    let who = event["name"].as_str().filter(|name| !name.is_empty()).or(event["number"].as_str());
    match (event["event"].as_str(), event["stage"].as_str()) {
        (Some("call"), Some("calling")) => format!("calling {}\n", who.unwrap_or_default()),
        (Some("call"), Some("ringing-there")) => "it rings there\n".to_owned(),
        (Some("call"), Some("talking" | "held")) => format!("talking to {}\n", who.unwrap_or("somebody")),
        (Some("ended"), _) => {
            let status = event["status"].as_u64().map_or(String::new(), |status| format!(", status {status}"));
            format!("over: {}{status}\n", plain(&event["reason"]))
        }
        _ => String::new(),
    }
}

/// A value of one word, as it stands in JSON.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).map_or(String::new(), |value| plain(&value))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use offhook_call::command::CallId;
    use offhook_call::contacts::{Contact, ContactNumber, NumberKind};
    use offhook_call::figures::{FarEnd, Mos};
    use offhook_call::log::Kind;
    use offhook_call::state::{Forwards, Messages, Registration, Stage};

    use super::*;

    #[test]
    fn lines_say_what_matters() {
        let mut line = LineState {
            line: 1,
            number: "2001".to_owned(),
            registration: Registration::Registered,
            server: Some("192.0.2.1:5060".to_owned()),
            problem: None,
            messages: Messages::default(),
            do_not_disturb: false,
            forwards: Forwards::default(),
        };
        assert_eq!(lines(&[line.clone()]), "line 1  2001             registered at 192.0.2.1:5060\n");
        line.messages = Messages { waiting: true, new: 2, old: 0 };
        line.forwards.busy = Some("2002".to_owned());
        let shown = lines(&[line]);
        assert!(shown.ends_with(", 2 new messages, forwards when busy to 2002\n"), "{shown}");
    }

    #[test]
    fn late_sound_is_told() {
        assert_eq!(pace(&Pace::default()), "");
        let steady = Pace { frames: 500, late: 0, worst_us: 2300 };
        assert_eq!(pace(&steady), "sound     500 frames of 10 ms, none of them late\n");
        let late = Pace { late: 2, worst_us: 14_260, ..steady };
        assert_eq!(pace(&late), "sound     500 frames of 10 ms, 2 of them late, the latest by 14.3 ms\n");
    }

    #[test]
    fn calls_say_who_and_how_far() {
        let call = CallState {
            call: CallId(3),
            line: 1,
            incoming: true,
            stage: Stage::RingingThere,
            number: None,
            name: String::new(),
            group: None,
            active: true,
            conference: false,
            held_there: false,
            recall: false,
            transfer: false,
            since: None,
            codec: Some("PCMU".to_owned()),
            encrypted: false,
            voice: None,
        };
        let line = "call 3  line 1  ringing-there from anonymous, with you, PCMU\n";
        assert_eq!(calls(std::slice::from_ref(&call)), line);
        let figures = Figures { sent: 500, received: 490, lost: 10, mos: Some(Mos(434)), ..Figures::default() };
        let far = Some(FarEnd { lost_permille: 5, jitter_us: 1500 });
        let figures = Figures { round_trip_us: Some(40_000), far, ..figures };
        let heard = "        MOS 4.3, 500 packets sent, 490 came, 10 lost, 0.0 % made up, jitter 0.0 ms, waits 0.0 ms, \
                     round trip 40.0 ms; there 0.5 % lost, jitter 1.5 ms\n";
        assert_eq!(calls(&[CallState { voice: Some(figures), ..call }]), format!("{line}{heard}"));
    }

    #[test]
    fn logs_and_contacts_are_a_line_each() {
        let entry = Entry {
            id: 7,
            kind: Kind::Received,
            line: 2,
            number: Some("+4930123".to_owned()),
            name: "Zoë".to_owned(),
            time: Some(1_700_000_000),
            seconds: 75,
            seen: false,
        };
        let hidden = Entry { id: 6, number: None, name: String::new(), time: None, seconds: 0, ..entry.clone() };
        assert_eq!(
            log(&[entry, hidden]),
            "entry 7    2023-11-14T22:13:20Z  line 2  +4930123 (Zoë), 1:15\nentry 6    -                     line 2  anonymous\n"
        );
        let number = ContactNumber { kind: NumberKind::Mobile, number: "0170 1".to_owned() };
        let contact = Contact { name: "Zoë".to_owned(), company: "Example".to_owned(), numbers: vec![number] };
        assert_eq!(contacts(&[Listed { id: 3, contact }]), "contact 3    Zoë, Example  mobile 0170 1\n");
    }

    #[test]
    fn progress_is_told_in_words() {
        let shown = |event| progress(&event);
        let json =
            |stage| serde_json::json!({ "event": "call", "call": 1, "stage": stage, "number": "2002", "name": "" });
        assert_eq!(shown(json("calling")), "calling 2002\n");
        assert_eq!(shown(json("ringing-there")), "it rings there\n");
        assert_eq!(shown(json("talking")), "talking to 2002\n");
        let ended = serde_json::json!({ "event": "ended", "call": 1, "line": 1, "reason": "busy", "status": 486 });
        assert_eq!(shown(ended), "over: busy, status 486\n");
        assert_eq!(shown(serde_json::json!({ "event": "digit", "call": 1, "digit": "5" })), "");
    }

    #[test]
    fn events_are_a_name_and_fields() {
        let shown =
            event(&serde_json::json!({ "event": "digit", "call": 1, "digit": "5", "gone": null, "old": false }));
        assert_eq!(shown, "digit  call=1  digit=5");
    }
}
