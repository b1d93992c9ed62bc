//! Rows of whole numbers and of lists of them.

use super::Rows;
use crate::model::{Integer, Integers};
use crate::value::{self, MAX_VALUE, Range};

/// What is no whole number, whatever the range.
const NO_NUMBERS: [(&str, &str); 22] = [
    ("a", "a letter"),
    ("Y", "a word"),
    ("1.5", "a fraction"),
    ("1e1", "an exponent"),
    ("0x10", "a hexadecimal number"),
    ("10h", "a letter behind"),
    ("-", "a sign alone"),
    ("+", "a plus sign alone"),
    ("--1", "two signs"),
    ("5-", "the sign behind"),
    ("- 5", "a blank behind the sign"),
    ("-0", "minus zero"),
    ("-00", "minus zero"),
    ("1 0", "a blank inside"),
    ("1_0", "an underscore inside"),
    ("1'0", "an apostrophe inside"),
    (".", "a dot alone"),
    ("\u{665}", "an Arabic digit"),
    ("\u{ff15}", "a full-width digit"),
    ("\u{2212}5", "a typographic minus"),
    ("NaN", "no number"),
    ("99999999999999999999999", "more than 64 bits"),
];

fn allowed(ranges: &[Range], step: i64, n: i64) -> bool {
    ranges.iter().any(|&(a, b)| (a..=b).contains(&n) && (n - a) % step == 0)
}

/// The numbers at and around the limits, with words.
fn limits(ranges: &[Range], step: i64) -> Vec<(i64, String)> {
    let mut out = Vec::new();
    for &(a, b) in ranges {
        let last = b - (b - a) % step;
        out.extend([
            (a, "the start of a range".to_owned()),
            (last, "the end of a range".to_owned()),
            (a + step, "one step above the start".to_owned()),
            (last - step, "one step below the end".to_owned()),
            (a - 1, "one below the start".to_owned()),
            (last + 1, "one above the end".to_owned()),
            (last + step, "one step above the end".to_owned()),
            (a - step, "one step below the start".to_owned()),
            (a + (last - a) / step / 2 * step, "the middle".to_owned()),
            (a + 1, "one above the start".to_owned()),
            (last - 1, "one below the end".to_owned()),
            (-a, "the start with the other sign".to_owned()),
            (-last, "the end with the other sign".to_owned()),
            (last * 10, "the end with a digit more".to_owned()),
            (a * 10 + 1, "the start with a digit more".to_owned()),
        ]);
    }
    out.extend([0, 1, -1, 10, 255, 256, 65535, 65536, 2_147_483_648, 4_294_967_296].map(|n| (n, n.to_string())));
    out
}

pub(super) fn integer(rows: &mut Rows, integer: &Integer) {
    let ranges = value::ranges(&integer.range).expect("ranges are checked on loading");
    let step = i64::from(integer.step.unwrap_or(1).max(1));
    for (n, why) in limits(&ranges, step) {
        rows.push(n.to_string(), allowed(&ranges, step, n), why);
    }
    for &(a, b) in &ranges {
        for n in [a, b - (b - a) % step] {
            let (sign, digits) = (if n < 0 { "-" } else { "" }, n.abs().to_string());
            let padded = |chars: usize| format!("{sign}{}{digits}", "0".repeat(chars - sign.len() - digits.len()));
            rows.good(padded(digits.len() + sign.len() + 1), "a leading zero");
            rows.good(padded(MAX_VALUE), "500 characters by leading zeros");
            rows.bad(padded(MAX_VALUE + 1), "501 characters by leading zeros");
            rows.bad(format!("+{}", n.abs()), "a plus sign");
            rows.bad(format!("{n}.0"), "a fraction of nought");
            rows.bad(format!("{n},"), "a comma behind");
            rows.bad(format!("{n},{n}"), "two numbers");
            rows.bad(format!("{n}s"), "a unit behind");
        }
        rows.bad(format!("{a}-{b}"), "the range itself");
    }
    for (value, why) in NO_NUMBERS {
        rows.bad(value, why);
    }
    rows.surroundings(&ranges[0].0.to_string());
}

pub(super) fn list(rows: &mut Rows, list: &Integers) {
    let ranges = value::ranges(&list.range).expect("ranges are checked on loading");
    let lengths = value::ranges(&list.length).expect("lengths are checked on loading");
    let count = |n: usize| lengths.iter().any(|&(a, b)| (a..=b).contains(&(n as i64)));
    let fewest = lengths[0].0.max(1) as usize;
    let most = lengths[lengths.len() - 1].1.max(1) as usize;
    let last = ranges[ranges.len() - 1].1;
    let number = last.to_string();
    let of = |n: usize| vec![number.as_str(); n].join(",");
    rows.good(of(fewest), "the fewest numbers");
    rows.push(of(most), of(most).len() <= MAX_VALUE, "the most numbers, each the largest");
    rows.bad(of(most + 1), "one number too many");
    rows.bad(of(most + 10), "ten numbers too many");
    rows.push(of(fewest - 1), count(fewest - 1), "one number too few");
    for (n, why) in limits(&ranges, 1) {
        let valid = allowed(&ranges, 1, n);
        let with = |at: usize, length: usize| {
            let mut numbers = vec![number.clone(); length];
            numbers[at] = n.to_string();
            numbers.join(",")
        };
        rows.push(with(0, fewest), valid, why.clone());
        rows.push(
            with(most - 1, most),
            valid && with(most - 1, most).len() <= MAX_VALUE,
            format!("{why}, in the last place"),
        );
    }
    let good = of(fewest);
    rows.good(format!("0{good}"), "a leading zero");
    let zeros = |chars: usize| format!("{}{good}", "0".repeat(chars - good.len()));
    rows.good(zeros(MAX_VALUE), "500 characters by leading zeros");
    rows.bad(zeros(MAX_VALUE + 1), "501 characters by leading zeros");
    rows.bad(format!("{good},"), "a comma behind");
    rows.bad(format!(",{good}"), "a comma in front");
    rows.bad(",", "a comma alone");
    rows.bad(format!("{number},,{number}"), "two commas in a row");
    for (separator, why) in [(";", "a semicolon"), ("/", "a slash"), (", ", "a blank behind the comma"), (".", "a dot")]
    {
        rows.bad([number.as_str(), &number].join(separator), format!("{why} between numbers"));
    }
    for (value, why) in NO_NUMBERS {
        let mut numbers = vec![number.as_str(); fewest];
        numbers[fewest - 1] = value;
        rows.bad(numbers.join(","), why);
    }
    rows.surroundings(&good);
}
