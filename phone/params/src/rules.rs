//! What has to hold between parameters: the condition language of the spec, as data, and its evaluation.

use std::borrow::Cow;

use crate::id::{FamilyId, ParamId};
use crate::table::Instance;

/// A rule between parameters.
#[derive(Debug)]
pub struct Rule {
    /// Identifier: `rtp-port-span`.
    pub id: &'static str,
    /// The dimension over which it repeats (index into [`crate::DIMENSIONS`]).
    pub per: Option<u8>,
    /// The condition that has to hold, as the spec has it.
    pub text: &'static str,
    /// The same as data.
    pub holds: Expr,
    /// The families that it reads.
    pub families: &'static [FamilyId],
    /// Whether a breach is an error; otherwise it is a warning.
    pub error: bool,
    /// What is wrong and how to mend it.
    pub message: &'static str,
    /// Numbered rules of the guide.
    pub guide: &'static [u16],
}

/// A condition.
#[derive(Debug)]
pub enum Expr {
    /// All hold.
    And(&'static [Expr]),
    /// One holds.
    Or(&'static [Expr]),
    /// It does not hold.
    Not(&'static Expr),
    /// Two terms compare so.
    Compare(Op, Term, Term),
    /// The value is empty.
    Empty(FamilyId),
    /// The value is an IPv4 address.
    Ipv4(FamilyId),
    /// The value is the factory value.
    Factory(FamilyId),
    /// No number but 0 occurs twice.
    Distinct(&'static [Term]),
    /// No number but 0 of one occurs in the other.
    Disjoint(Term, Term),
    /// One parameter of the family has this value.
    Contains(FamilyId, &'static str),
    /// All numbers of the family are 0, or none is.
    AllOrNone(FamilyId),
}

/// How two terms compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
}

/// A value in a condition.
#[derive(Debug)]
pub enum Term {
    /// A number.
    Int(i64),
    /// A text.
    Text(&'static str),
    /// The parameter of the family with the numbers at hand.
    Param(FamilyId),
    /// The parameter with the numbers at hand, and this number in the dimension that is not at hand.
    At(FamilyId, u16),
    /// All parameters of the family.
    All(FamilyId),
    /// A term with a number added; zeros stay zeros, since they mean "not set".
    Plus(&'static Term, i64),
}

/// Where values come from.
pub trait Values {
    /// The value that counts.
    fn value(&self, id: ParamId) -> &str;
}

impl<F: Fn(ParamId) -> &'static str> Values for F {
    fn value(&self, id: ParamId) -> &str {
        self(id)
    }
}

/// The numbers at hand while a condition is evaluated: those of one line, say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context {
    numbers: [Option<(u8, u16)>; 2],
}

impl Context {
    /// No numbers: for conditions over parameters of the unit.
    pub const UNIT: Self = Self { numbers: [None, None] };

    /// One number of one dimension (index into [`crate::DIMENSIONS`]).
    pub const fn one(dimension: u8, number: u16) -> Self {
        Self { numbers: [Some((dimension, number)), None] }
    }

    /// The numbers of a parameter.
    pub fn of(id: ParamId) -> Self {
        let mut numbers = [None, None];
        for ((slot, &dimension), number) in numbers.iter_mut().zip(id.family().per).zip(id.instance().0) {
            *slot = Some((dimension, number));
        }
        Self { numbers }
    }

    pub(crate) fn param(&self, family: FamilyId) -> Option<ParamId> {
        self.param_at(family, None)
    }

    /// The parameter of a family; `number` stands in for a dimension that is not at hand.
    pub(crate) fn param_at(&self, family: FamilyId, number: Option<u16>) -> Option<ParamId> {
        let mut instance = Instance::default();
        for (slot, dimension) in instance.0.iter_mut().zip(family.per) {
            let at_hand = self.numbers.iter().flatten().find(|(d, _)| d == dimension).map(|(_, number)| *number);
            *slot = at_hand.or(number)?;
        }
        family.param(instance)
    }
}

/// A rule that does not hold.
#[derive(Debug, Clone, Copy)]
pub struct Breach {
    /// The rule.
    pub rule: &'static Rule,
    /// The numbers for which it does not hold.
    pub context: Context,
}

impl Breach {
    /// The parameters that take part, for pointing at them.
    pub fn params(&self) -> Vec<ParamId> {
        let mut out = Vec::new();
        for &family in self.rule.families {
            match self.context.param(family) {
                Some(id) => out.push(id),
                None => out.extend(family.params()),
            }
        }
        out
    }

    /// What is wrong, with numbers and values filled in: `{line}`, `{RTP_PORT_MIN}`.
    pub fn message(&self, values: &impl Values) -> String {
        let mut text = self.rule.message.to_owned();
        for &(dimension, number) in self.context.numbers.iter().flatten() {
            let id = crate::DIMENSIONS[usize::from(dimension)].id;
            text = text.replace(&format!("{{{id}}}"), &number.to_string());
        }
        for &family in self.rule.families {
            if let Some(id) = self.context.param(family) {
                let value = if family.secret { "***" } else { values.value(id) };
                text = text.replace(&format!("{{{}}}", family.name), value);
            }
        }
        text
    }
}

/// All rules that do not hold for these values, in the order of the spec.
pub fn breaches(values: &impl Values) -> Vec<Breach> {
    let mut out = Vec::new();
    for rule in crate::RULES {
        match rule.per {
            None if !holds(&rule.holds, Context::UNIT, values) => {
                out.push(Breach { rule, context: Context::UNIT });
            }
            None => {}
            Some(dimension) => {
                for &number in crate::DIMENSIONS[usize::from(dimension)].numbers {
                    let context = Context::one(dimension, number);
                    if !holds(&rule.holds, context, values) {
                        out.push(Breach { rule, context });
                    }
                }
            }
        }
    }
    out
}

/// Whether the parameter has an effect with these values; `None` where it always has.
pub fn has_effect(id: ParamId, values: &impl Values) -> Option<bool> {
    let (_, condition) = id.family().when?;
    Some(holds(condition, Context::of(id), values))
}

/// Whether a condition holds.
pub fn holds(expr: &Expr, context: Context, values: &impl Values) -> bool {
    let all = |family: FamilyId| family.params().map(|id| values.value(id)).collect::<Vec<_>>();
    let one = |family: FamilyId| context.param(family).map_or("", |id| values.value(id));
    match expr {
        Expr::And(parts) => parts.iter().all(|e| holds(e, context, values)),
        Expr::Or(parts) => parts.iter().any(|e| holds(e, context, values)),
        Expr::Not(inner) => !holds(inner, context, values),
        Expr::Compare(op, left, right) => compare(*op, left, right, context, values),
        Expr::Empty(family) => one(*family).is_empty(),
        Expr::Ipv4(family) => crate::check::octets(one(*family)).is_some(),
        Expr::Factory(family) => context.param(*family).is_some_and(|id| values.value(id) == id.default()),
        Expr::Distinct(terms) => {
            let mut numbers: Vec<i64> =
                terms.iter().flat_map(|t| numbers(t, context, values)).filter(|n| *n != 0).collect();
            let count = numbers.len();
            numbers.sort_unstable();
            numbers.dedup();
            numbers.len() == count
        }
        Expr::Disjoint(left, right) => {
            let left = numbers(left, context, values);
            !numbers(right, context, values).iter().any(|n| *n != 0 && left.contains(n))
        }
        Expr::Contains(family, wanted) => all(*family).contains(wanted),
        Expr::AllOrNone(family) => {
            let zeros = all(*family).iter().filter(|v| v.parse() == Ok(0)).count();
            zeros == 0 || zeros == usize::from(family.count)
        }
    }
}

fn compare(op: Op, left: &Term, right: &Term, context: Context, values: &impl Values) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let (a, b) = (text(left, context, values), text(right, context, values));
    let order = match (a.parse::<i64>(), b.parse::<i64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        _ => a.cmp(&b),
    };
    match op {
        Op::Eq => order == Equal,
        Op::Ne => order != Equal,
        Op::Lt => order == Less,
        Op::Le => order != Greater,
        Op::Gt => order == Greater,
        Op::Ge => order != Less,
    }
}

fn text<'v>(term: &Term, context: Context, values: &'v impl Values) -> Cow<'v, str> {
    let value = |id: Option<ParamId>| Cow::Borrowed(id.map_or("", |id| values.value(id)));
    match term {
        Term::Text(text) => Cow::Borrowed(*text),
        Term::Param(family) => value(context.param(*family)),
        Term::At(family, number) => value(context.param_at(*family, Some(*number))),
        _ => numbers(term, context, values).first().map_or(Cow::Borrowed(""), |n| n.to_string().into()),
    }
}

fn numbers(term: &Term, context: Context, values: &impl Values) -> Vec<i64> {
    match term {
        Term::Int(n) => vec![*n],
        Term::Text(text) => text.parse().into_iter().collect(),
        Term::Param(family) => {
            context.param(*family).and_then(|id| values.value(id).parse().ok()).into_iter().collect()
        }
        Term::At(family, number) => {
            let id = context.param_at(*family, Some(*number));
            id.and_then(|id| values.value(id).parse().ok()).into_iter().collect()
        }
        Term::All(family) => family.params().filter_map(|id| values.value(id).parse().ok()).collect(),
        Term::Plus(inner, add) => {
            let shift = |n: i64| if n == 0 { 0 } else { n.saturating_add(*add) };
            numbers(inner, context, values).into_iter().map(shift).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breached(changes: &[(&str, &'static str)]) -> Vec<String> {
        let changes: Vec<_> = changes.iter().map(|(n, v)| (crate::lookup(n).expect("a setting").id, *v)).collect();
        let values = |id: ParamId| changes.iter().find(|(i, _)| *i == id).map_or(id.default(), |(_, v)| *v);
        breaches(&values).iter().map(|b| b.message(&values)).collect()
    }

    #[test]
    fn factory_values_keep_every_rule() {
        assert_eq!(breached(&[]), Vec::<String>::new());
    }

    #[test]
    fn rtp_ports_need_room() {
        assert_eq!(breached(&[("RTP_PORT_MIN", "19600")]), Vec::<String>::new());
        assert_eq!(breached(&[("RTP_PORT_MIN", "19602")]).len(), 1);
    }

    #[test]
    fn jitter_delays_are_in_order_on_each_line() {
        assert_eq!(breached(&[("MAX_DELAY_3", "3"), ("NOM_DELAY_3", "2")]), Vec::<String>::new());
        let messages = breached(&[("MAX_DELAY_3", "3"), ("NOM_DELAY_3", "3")]);
        assert_eq!(messages.len(), 1);
        assert!(messages[0].contains('3'), "{messages:?}");
    }
}
