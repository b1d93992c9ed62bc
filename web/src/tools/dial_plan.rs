//! The dial plan tester: what a plan does with numbers, by the very code that dials.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use offhook_dialplan::{DialPlan, MAX_CHARACTERS, Output, Timing};
use offhook_params::{ParamId, Settings, lookup};

use super::{Administrator, page, query, value};
use crate::layout::trouble;
use crate::pages::{self, pairs};
use crate::shared::Shared;
use crate::visit::Visit;

pub(super) const PATH: &str = "/tools/dial-plan";

/// Most numbers of one test.
const MAX_NUMBERS: usize = 50;

/// Most characters of the numbers' field.
const MAX_TYPED: usize = 1000;

/// What is tried.
struct Trial {
    plan: String,
    numbers: String,
    filter: bool,
    pound_ends: bool,
    /// Seconds to the first digit, between digits, and of a `T`.
    timers: [String; 3],
}

/// The names of the timers' fields and their labels, with the settings that they begin as.
const TIMERS: [(&str, &str, &str); 3] = [
    ("first", "FIRSTDIGIT_TIM", "Time for the first digit"),
    ("between", "INTDIGIT_TIM", "Time between digits"),
    ("macro", "MACRODIGIT_TIM", "What T stands for"),
];

pub(super) async fn first(_: Administrator) -> Response {
    Redirect::to(&address(1)).into_response()
}

/// GET: the plan of the line, or what the address says.
pub(super) async fn show(
    State(app): State<Shared>,
    Administrator(visit): Administrator,
    Path(line): Path<String>,
    uri: Uri,
) -> Response {
    tried(app, visit, &line, query(&uri)).await
}

/// POST: what is entered on the page of the line, which a long address could not carry. It changes nothing, and so it
/// needs no token.
pub(super) async fn show_entered(
    State(app): State<Shared>,
    Administrator(visit): Administrator,
    Path(line): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match pairs(&headers, &body) {
        Ok(pairs) => tried(app, visit, &line, pairs).await,
        Err(refused) => trouble(visit, refused.0, &refused.1, PATH),
    }
}

async fn tried(app: Shared, visit: Visit, line: &str, pairs: Vec<(String, String)>) -> Response {
    let settings = app.store.snapshot().typed();
    let found = (1..=settings.lines.len()).find(|n| n.to_string() == line);
    let Some(number) = found else { return pages::nowhere(visit).await };
    let trial = Trial::of(&settings, number, &pairs);
    // A plan and numbers of the greatest length take their time.
    super::apart(move || respond(&app, visit, number, settings.lines.len(), &trial)).await
}

impl Trial {
    fn of(settings: &Settings, number: usize, pairs: &[(String, String)]) -> Self {
        let calling = &settings.lines[number - 1].calling;
        let text = |name: &str, most| value(pairs, name).map(|text| text.chars().take(most).collect::<String>());
        let entered = |name: &str| value(pairs, &format!("{name}_{number}"));
        // A form of ours says so where its boxes are not ticked.
        let sent = value(pairs, "numbers").is_some();
        let ticked = |name: &str, stored: bool| if sent { value(pairs, name) == Some("yes") } else { stored };
        let filter = entered("DIAL_PLAN_NOT_MATCH_ENABLE").map_or(calling.dial_plan_filter, |filter| filter == "Y");
        let plan =
            text("plan", MAX_CHARACTERS + 1).or_else(|| text(&format!("DIAL_PLAN_{number}"), MAX_CHARACTERS + 1));
        let control = &settings.call_control;
        let stored = [control.first_digit_timeout, control.inter_digit_timeout, control.dial_plan_timer];
        let timer = |i: usize| text(TIMERS[i].0, 5).unwrap_or_else(|| stored[i].as_secs().to_string());
        Self {
            plan: plan.unwrap_or_else(|| calling.dial_plan.clone()),
            numbers: text("numbers", MAX_TYPED).unwrap_or_default(),
            filter: ticked("filter", filter),
            pound_ends: ticked("pound", settings.display.pound_key_dials),
            timers: std::array::from_fn(timer),
        }
    }

    /// The timers, where their settings allow these values; else which one does not, and why.
    fn timing(&self) -> Result<Timing, Vec<(&'static str, String)>> {
        let check = |i: usize| {
            let text = self.timers[i].trim();
            let fault = setting(TIMERS[i].1).family().check(text).err();
            fault.map(|fault| (TIMERS[i].0, fault.to_string()))
        };
        let faults: Vec<_> = (0..TIMERS.len()).filter_map(check).collect();
        let seconds = |i: usize| Duration::from_secs(self.timers[i].trim().parse().unwrap_or_default());
        match faults.is_empty() {
            false => Err(faults),
            true => Ok(Timing {
                first_digit: seconds(0),
                inter_digit: seconds(1),
                macro_digit: seconds(2),
                pound_ends: self.pound_ends,
                filter: self.filter,
            }),
        }
    }
}

fn respond(app: &Shared, visit: Visit, number: usize, lines: usize, trial: &Trial) -> Response {
    let (plan, timing) = (DialPlan::parse(trial.plan.trim()), trial.timing());
    let fault = plan.as_ref().err().map(ToString::to_string);
    let faults = timing.as_ref().err().cloned().unwrap_or_default();
    let status = match fault.is_some() || !faults.is_empty() {
        true => StatusCode::UNPROCESSABLE_ENTITY,
        false => StatusCode::OK,
    };
    let address = address(number);
    let main = html! {
        p.about {
            "Tells what a dial plan does with numbers, key by key, as the phone would. Nothing is called and nothing is \
             saved."
        }
        nav.numbers aria-label="Lines" {
            ul {
                @for line in 1..=lines {
                    li { a href=(self::address(line)) aria-current=[(line == number).then_some("true")] { "Line " (line) } }
                }
            }
        }
        @if let (Ok(plan), Ok(timing)) = (&plan, &timing) { (outcome(trial, plan, *timing)) }
        form.tester method="get" action=(address) {
            section {
                h2 { "What to try" }
                (entry("plan", "Dial plan", fault.as_deref(), &html! {
                    textarea id="plan" name="plan" rows="4" maxlength=(MAX_CHARACTERS) spellcheck="false"
                        autocapitalize="off" aria-describedby=[fault.as_ref().map(|_| "plan-error")]
                        aria-invalid=[fault.as_ref().map(|_| "true")] { (trial.plan) }
                }))
                (entry("numbers", "Numbers to dial", None, &html! {
                    textarea id="numbers" name="numbers" rows="3" maxlength=(MAX_TYPED) spellcheck="false"
                        aria-describedby="numbers-help" { (trial.numbers) }
                    p.hint id="numbers-help" { "Several are separated by blanks or line ends: 911 01234 *98" }
                }))
                (box_("filter", "Refuse numbers that match no pattern", trial.filter))
                (box_("pound", "# ends dialing", trial.pound_ends))
                @for (i, (name, setting, label)) in TIMERS.iter().enumerate() {
                    @let fault = faults.iter().find(|(n, _)| n == name).map(|(_, fault)| fault.as_str());
                    @let error = format!("{name}-error");
                    (entry(name, label, fault, &html! {
                        div.entryline {
                            input.number type="text" id=(name) name=(name) value=(trial.timers[i]) inputmode="numeric"
                                aria-describedby=[fault.map(|_| &error)] aria-invalid=[fault.map(|_| "true")];
                            span.unit { "s" }
                            code { (setting) }
                        }
                    }))
                }
            }
            div.actions {
                button.primary type="submit" { "Try" }
                a.button href=(address) { "Start over with the settings of the line" }
            }
        }
    };
    page(app, visit, status, PATH, &format!("Dial plan tester: line {number}"), &main)
}

fn outcome(trial: &Trial, plan: &DialPlan, timing: Timing) -> Markup {
    let numbers: Vec<&str> = trial.numbers.split_whitespace().take(MAX_NUMBERS).collect();
    html! {
        @if !numbers.is_empty() {
            section aria-live="polite" {
                h2 { "What happens" }
                table.status {
                    thead { tr { th scope="col" { "Dialed" } th scope="col" { "Result" } } }
                    tbody {
                        @for number in &numbers {
                            tr {
                                th scope="row" { (number) }
                                @match plan.explain(number, timing) {
                                    Ok(told) => td class=[(!matches!(told.output, Output::Dial { .. })).then_some("refused")] {
                                        (unprefixed(&told.to_string(), number))
                                    },
                                    Err(error) => td.refused { (error) },
                                }
                            }
                        }
                    }
                }
                @if trial.numbers.split_whitespace().count() > MAX_NUMBERS {
                    p.more { "Only the first " (MAX_NUMBERS) " numbers are tried." }
                }
            }
        }
        @if plan.branch_count() > 0 {
            details {
                summary { "The plan as it is understood: " (super::changes::count(plan.branch_count(), "pattern")) }
                ol.branches { @for branch in (0..plan.branch_count()).filter_map(|i| plan.branch_text(i)) { li { code { (branch) } } } }
            }
        }
    }
}

/// The number stands beside it already, unless fewer keys than that were used.
fn unprefixed<'a>(told: &'a str, number: &str) -> &'a str {
    told.strip_prefix(number).and_then(|rest| rest.strip_prefix(": ")).unwrap_or(told)
}

fn entry(name: &str, label: &str, fault: Option<&str>, control: &Markup) -> Markup {
    html! {
        div.field.wrong[fault.is_some()] {
            div.name { label for=(name) { (label) } }
            div.control {
                (control)
                @if let Some(fault) = fault { div.error id={ (name) "-error" } { p { (fault) } } }
            }
        }
    }
}

fn box_(name: &str, label: &str, ticked: bool) -> Markup {
    html! {
        div.field {
            div.name {}
            div.control.choice {
                input type="checkbox" id=(name) name=(name) value="yes" checked[ticked];
                label for=(name) { (label) }
            }
        }
    }
}

fn address(line: usize) -> String {
    format!("{PATH}/{line}")
}

fn setting(name: &str) -> ParamId {
    lookup(name).expect("a setting of the spec").id
}

/// The button beside the field of a dial plan: it takes what is entered to the tester, and saves nothing.
pub(crate) fn link(visit: Visit, id: ParamId) -> Option<Markup> {
    let line = id.number("line").filter(|_| visit.is_administrator() && id.family().name == "DIAL_PLAN")?;
    Some(html! { button.small type="submit" formaction=(address(line.into())) { "Try this plan" } })
}
