//! Conditions in words, for people who have never seen the language of the spec.

use crate::id::FamilyId;
use crate::rules::{Context, Expr, Op, Term};

/// A condition as an administrator would say it: `SIP_TRANSPORT_1 is 0 and STUN_SERV_ADDR is not empty`.
pub fn in_words(expr: &Expr, context: Context) -> String {
    let one = |family: FamilyId| name(family, context);
    let all = |family: FamilyId| family.pattern;
    match expr {
        Expr::And(parts) => joined(parts, " and ", context),
        Expr::Or(parts) => joined(parts, " or ", context),
        Expr::Not(Expr::Empty(family)) => format!("{} is not empty", one(*family)),
        Expr::Not(inner) => format!("not ({})", in_words(inner, context)),
        Expr::Compare(op, left, right) => {
            let verb = match op {
                Op::Eq => "is",
                Op::Ne => "is not",
                Op::Lt => "is below",
                Op::Le => "is at most",
                Op::Gt => "is above",
                Op::Ge => "is at least",
            };
            format!("{} {verb} {}", term(left, context), term(right, context))
        }
        Expr::Empty(family) => format!("{} is empty", one(*family)),
        Expr::Ipv4(family) => format!("{} is written as an IPv4 address", one(*family)),
        Expr::Factory(family) => format!("{} has its factory value", one(*family)),
        Expr::Distinct(terms) => {
            let terms: Vec<_> = terms.iter().map(|t| term(t, context)).collect();
            format!("{} all differ", terms.join(", "))
        }
        Expr::Disjoint(left, right) => {
            format!("{} and {} have no number in common", term(left, context), term(right, context))
        }
        Expr::Contains(family, value) => format!("one of {} is {value}", all(*family)),
        Expr::AllOrNone(family) => format!("all of {} are 0, or none is", all(*family)),
    }
}

fn joined(parts: &[Expr], word: &str, context: Context) -> String {
    let part = |e: &Expr| match e {
        Expr::And(_) | Expr::Or(_) => format!("({})", in_words(e, context)),
        _ => in_words(e, context),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(word)
}

fn name(family: FamilyId, context: Context) -> &'static str {
    context.param(family).map_or(family.pattern, |id| id.name())
}

fn term(term_: &Term, context: Context) -> String {
    match term_ {
        Term::Int(number) => number.to_string(),
        Term::Text("") => "empty".to_owned(),
        Term::Text(text) => (*text).to_owned(),
        Term::Param(family) => name(*family, context).to_owned(),
        Term::At(family, number) => match context.param_at(*family, Some(*number)) {
            Some(id) => id.name().to_owned(),
            None => format!("{} for {number}", family.pattern),
        },
        Term::All(family) => family.pattern.to_owned(),
        Term::Plus(inner, add) if *add < 0 => format!("{} - {}", term(inner, context), add.unsigned_abs()),
        Term::Plus(inner, add) => format!("{} + {add}", term(inner, context)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_read_as_sentences() {
        for (setting, words) in [
            ("SYSLOG_PORT", "SYSLOG_ADDR is not empty"),
            ("PORT_PUNCH_INTVL_3", "SIP_TRANSPORT_3 is 0"),
            ("SIP_2NDPROXY_ADDR_2", "SIP_PRXY_ADDR_2 is written as an IPv4 address"),
            ("RTP_PORT_MIN", "one of NAPT_CHANNEL_PORT_{channel} is 0"),
        ] {
            let id = crate::lookup(setting).expect("a setting").id;
            let (_, condition) = id.family().when.expect("a condition");
            assert_eq!(in_words(condition, Context::of(id)), words, "{setting}");
        }
    }
}
