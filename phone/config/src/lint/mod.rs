//! Checks that need more than one setting, more than one file, or more than one unit.

mod buttons;
mod fleet;
mod shared;
mod unit;

use std::ops::Range;

use offhook_dialplan::DialPlan;
use offhook_params::rules::{Context, Values, breaches, has_effect};
use offhook_params::{FAMILIES, ParamId, in_words};

use crate::diagnostic::Severity;

pub use fleet::{Fleet, FleetFinding, Spot};
pub use unit::{File, Role, unit};

/// A finding over several settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// What kind of finding it is, for machines.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// The parameters that take part, set or not.
    pub params: Vec<ParamId>,
    /// Where those that are set get their values; empty where no files were checked.
    pub places: Vec<Place>,
}

/// A setting in one of several files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Index of the file.
    pub file: usize,
    /// Line, from 1.
    pub line: u32,
    /// Characters into the line, from 1.
    pub column: u32,
    /// Bytes of the file.
    pub span: Range<usize>,
    /// The parameter.
    pub param: ParamId,
}

impl Finding {
    fn new(severity: Severity, code: &'static str, message: String, params: Vec<ParamId>) -> Self {
        Self { severity, code, message, remedy: None, params, places: Vec::new() }
    }

    fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }
}

/// Checks what the layers give together: the rules of the spec, settings without effect, button arguments and dial
/// plans. Settings without effect are pointed out only where `set` says that somebody set them on purpose.
pub fn values(values: &impl Values, set: impl Fn(ParamId) -> bool) -> Vec<Finding> {
    let mut out = Vec::new();
    for breach in breaches(values) {
        let severity = if breach.rule.error { Severity::Error } else { Severity::Warning };
        out.push(Finding::new(severity, breach.rule.id, breach.message(values), breach.params()));
    }
    for id in ParamId::all() {
        let Some((_, condition)) = id.family().when else { continue };
        let value = values.value(id);
        // An empty value asks for nothing, so it cannot miss its effect.
        if !set(id) || value.is_empty() || value == id.default() || has_effect(id, values) != Some(false) {
            continue;
        }
        let message = format!("{id} has no effect as things are");
        let remedy = format!("it counts while {}", in_words(condition, Context::of(id)));
        out.push(Finding::new(Severity::Warning, "no-effect", message, vec![id]).remedy(remedy));
    }
    buttons::check(values, &mut out);
    dial_plans(values, &mut out);
    out
}

fn dial_plans(values: &impl Values, out: &mut Vec<Finding>) {
    for id in params("DIAL_PLAN") {
        let value = values.value(id);
        if value.is_empty() {
            continue;
        }
        if let Err(error) = DialPlan::parse(value) {
            out.push(Finding::new(Severity::Error, "dial-plan", format!("{id}: {error}"), vec![id]));
        }
    }
}

/// The parameters of a family.
fn params(family: &'static str) -> impl Iterator<Item = ParamId> {
    FAMILIES.iter().filter(move |f| f.name == family).flat_map(|f| f.params())
}
