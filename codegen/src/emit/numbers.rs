//! Ranges of whole numbers as patterns: exact for steps, leading zeros accepted, `-0` refused.

use super::pattern::{Pattern, Set};
use crate::value::Range;

/// How many numbers are written out one by one where no digit pattern fits their step.
const ENUMERATED: i64 = 2000;

/// The numbers of `ranges` whose distance from the start of their range is a multiple of `step`.
///
/// # Panics
/// When a step that does not divide ten comes with a range of more than 2000 steps.
pub(super) fn numbers(ranges: &[Range], step: i64) -> Pattern {
    let zeros = || Pattern::text("0").star();
    let (mut plain, mut negative) = (Vec::new(), Vec::new());
    for &(start, end) in ranges {
        match step {
            1 => {
                if end >= 0 {
                    plain.extend(between(start.max(0), end));
                }
                if start < 0 {
                    negative.extend(between(-end.min(-1), -start));
                }
            }
            2 | 5 | 10 if start >= 0 => plain.extend(stepping(start, end, step)),
            _ => {
                assert!((end - start) / step <= ENUMERATED, "{start}..{end} has too many steps of {step}");
                for n in (start..=end).step_by(step.unsigned_abs() as usize) {
                    if n < 0 { &mut negative } else { &mut plain }.push(Pattern::text(&n.abs().to_string()));
                }
            }
        }
    }
    let mut out = Vec::new();
    if !plain.is_empty() {
        out.push(Pattern::All(vec![zeros(), Pattern::any(plain)]));
    }
    if !negative.is_empty() {
        out.push(Pattern::All(vec![Pattern::text("-"), zeros(), Pattern::any(negative)]));
    }
    Pattern::any(out)
}

/// The numbers from `start` to `end` without leading zeros.
pub(super) fn between(start: i64, end: i64) -> Vec<Pattern> {
    let mut out = Vec::new();
    let mut low = start;
    while low <= end {
        let digits = low.to_string().len() as u32;
        let high = end.min(10_i64.pow(digits) - 1);
        same_length(low.to_string().as_bytes(), high.to_string().as_bytes(), &[], &mut out);
        low = high + 1;
    }
    out
}

/// The numbers from `low` to `high`, which have the same number of digits, each behind `before`.
fn same_length(low: &[u8], high: &[u8], before: &[Pattern], out: &mut Vec<Pattern>) {
    let digit = |a: u8, b: u8| Pattern::One(Set::of((a..=b).map(char::from)));
    let (Some((&a, low_rest)), Some((&b, high_rest))) = (low.split_first(), high.split_first()) else {
        return out.push(Pattern::All(before.to_vec()));
    };
    let behind = |p: Pattern| [before, &[p]].concat();
    if a == b {
        return same_length(low_rest, high_rest, &behind(digit(a, a)), out);
    }
    let full_low = low_rest.iter().all(|d| *d == b'0');
    let full_high = high_rest.iter().all(|d| *d == b'9');
    if !full_low {
        same_length(low_rest, &vec![b'9'; low_rest.len()], &behind(digit(a, a)), out);
    }
    let (first, last) = (a + u8::from(!full_low), b - u8::from(!full_high));
    if first <= last {
        let mut parts = behind(digit(first, last));
        if !low_rest.is_empty() {
            parts.push(digit(b'0', b'9').times(low_rest.len(), low_rest.len()));
        }
        out.push(Pattern::All(parts));
    }
    if !full_high {
        same_length(&vec![b'0'; high_rest.len()], high_rest, &behind(digit(b, b)), out);
    }
}

/// The numbers from `start` to `end` in steps that divide ten: the last digit repeats in each decade.
fn stepping(start: i64, end: i64, step: i64) -> Vec<Pattern> {
    let decade = |tens: Vec<Pattern>, low: i64, high: i64| {
        let digits = (low..=high).filter(|d| (d - start).rem_euclid(step) == 0);
        let digits = Set::of(digits.filter_map(|d| char::from_digit(d as u32, 10)));
        Pattern::All(vec![Pattern::any(tens), Pattern::One(digits)])
    };
    let tens = |from: i64, to: i64| {
        let mut out = between(from.max(1), to);
        if from == 0 {
            out.insert(0, Pattern::All(Vec::new()));
        }
        out
    };
    // The last number on a step, so that no decade is left without a digit.
    let end = end - (end - start) % step;
    let (first, last) = (start / 10, end / 10);
    if first == last {
        return vec![decade(tens(first, first), start % 10, end % 10)];
    }
    let mut out = vec![decade(tens(first, first), start % 10, 9)];
    if first + 1 < last {
        out.push(decade(tens(first + 1, last - 1), 0, 9));
    }
    out.push(decade(tens(last, last), 0, end % 10));
    out
}

#[cfg(test)]
mod tests {
    use super::super::pattern::Dialect;
    use super::*;

    #[test]
    fn exactly_the_numbers_of_the_ranges() {
        let cases: [(&[Range], i64); 14] = [
            (&[(0, 0)], 1),
            (&[(0, 1000)], 1),
            (&[(1, 600)], 1),
            (&[(0, 0), (10, 300)], 1),
            (&[(-24, 6)], 1),
            (&[(-1, -1), (5, 7)], 1),
            (&[(60, 200)], 5),
            (&[(0, 0), (24, 950)], 2),
            (&[(7, 993)], 10),
            (&[(3, 99)], 2),
            (&[(0, 1000)], 7),
            (&[(-9, 9)], 3),
            (&[(0, 8)], 2),
            (&[(98, 103)], 5),
        ];
        for (ranges, step) in cases {
            let pattern = numbers(ranges, step).write(Dialect::Ecma);
            let regex = regex::Regex::new(&format!("^(?:{pattern})$")).expect(&pattern);
            for n in -1100_i64..=1100 {
                let allowed = ranges.iter().any(|&(a, b)| n >= a && n <= b && (n - a) % step == 0);
                assert_eq!(regex.is_match(&n.to_string()), allowed, "{n} in {ranges:?} by {step}: {pattern}");
                let padded = format!("{}00{}", if n < 0 { "-" } else { "" }, n.abs());
                assert_eq!(regex.is_match(&padded), allowed, "{padded} in {ranges:?}: {pattern}");
            }
            assert!(!regex.is_match("-0") && !regex.is_match(""), "{pattern}");
        }
    }

    #[test]
    fn patterns_are_short() {
        let pattern = numbers(&[(0, 0), (1024, 65534)], 2).write(Dialect::Ecma);
        assert!(pattern.len() < 330, "{}: {pattern}", pattern.len());
    }
}
