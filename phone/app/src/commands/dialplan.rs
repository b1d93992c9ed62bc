//! `offhook dialplan`: parses a plan and tells what it does with numbers.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Duration;

use offhook_dialplan::{DialPlan, Explanation, Output, Timing};
use serde_json::{Value, json};

use super::FOUND;
use crate::cli::{self, DialplanArgs};

/// Tells what the plan does; a faulty plan or number ends with 1.
pub(crate) fn run(args: &DialplanArgs) -> anyhow::Result<ExitCode> {
    let plan = match DialPlan::parse(&args.plan) {
        Ok(plan) => plan,
        Err(error) => {
            eprintln!("offhook: the dial plan has a fault: {error}");
            return Ok(ExitCode::from(FOUND));
        }
    };
    let seconds = |n: u8| Duration::from_secs(n.into());
    let timing = Timing {
        // The numbers here are dialed already, so this timer never runs out.
        first_digit: seconds(cli::factory("FIRSTDIGIT_TIM").parse()?),
        inter_digit: seconds(args.inter_digit),
        macro_digit: seconds(args.macro_timer),
        pound_ends: !args.pound_is_digit,
        filter: args.filter,
    };
    let mut out = io::stdout().lock();
    let mut code = ExitCode::SUCCESS;
    let mut list = Vec::new();
    for number in &args.numbers {
        match plan.explain(number, timing) {
            Ok(explanation) if args.json => list.push(as_json(number, &explanation)),
            Ok(explanation) => writeln!(out, "{explanation}")?,
            Err(error) => {
                eprintln!("offhook: {number}: {error}");
                code = ExitCode::from(FOUND);
            }
        }
    }
    if args.json {
        let branches: Vec<_> = (0..plan.branch_count()).filter_map(|i| plan.branch_text(i)).collect();
        serde_json::to_writer_pretty(&mut out, &json!({ "branches": branches, "numbers": list }))?;
        writeln!(out)?;
    } else if args.numbers.is_empty() {
        writeln!(out, "The plan is right; its branches:")?;
        for branch in (0..plan.branch_count()).filter_map(|i| plan.branch_text(i)) {
            writeln!(out, "  {branch}")?;
        }
    }
    Ok(code)
}

fn as_json(number: &str, explanation: &Explanation<'_>) -> Value {
    let called = match &explanation.output {
        Output::Dial { number, .. } => Some(number.to_string()),
        _ => None,
    };
    json!({
        "dialled": number,
        "used": explanation.dialled,
        "calls": called,
        "seconds": explanation.wait.map_or(0.0, |(_, length)| length.as_secs_f64()),
        "branch": explanation.branch.as_ref().map(|(text, _)| *text),
        "text": explanation.to_string(),
    })
}
