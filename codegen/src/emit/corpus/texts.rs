//! Rows of texts, dial plans, times and versions.

use super::Rows;
use crate::model::{Text, Unicode};
use crate::value::{self, MAX_VALUE};

/// Characters that no value has.
const CONTROLS: [(char, &str); 10] = [
    ('\0', "NUL"),
    ('\t', "a tab"),
    ('\n', "a line feed"),
    ('\r', "a carriage return"),
    ('\u{1b}', "an escape"),
    ('\u{7f}', "a delete"),
    ('\u{85}', "a next-line control"),
    ('\u{9f}', "the last control"),
    ('\u{fffe}', "a noncharacter, which XML cannot carry"),
    ('\u{ffff}', "the last noncharacter of the BMP"),
];

/// Characters of two and three bytes.
const BMP: [(char, &str); 8] = [
    ('\u{a0}', "a no-break space"),
    ('\u{e9}', "an accented letter"),
    ('\u{301}', "a combining accent"),
    ('\u{3b1}', "a Greek letter"),
    ('\u{65e5}', "a Japanese character"),
    ('\u{201c}', "a typographic quote"),
    ('\u{d7ff}', "the last one before the surrogates"),
    ('\u{fffd}', "the replacement character"),
];

/// Characters of four bytes.
const ASTRAL: [(char, &str); 3] =
    [('\u{10000}', "the first one of four bytes"), ('\u{1f600}', "an emoji"), ('\u{10fffd}', "the last one")];

pub(super) fn text(rows: &mut Rows, text: &Text) {
    let (min, max) = (text.min as usize, text.max as usize);
    let allow = text.allow.as_deref().map(value::char_set);
    let allowed = |c: char| match &allow {
        Some(set) => set.contains(&c),
        None => !text.forbid.contains(c),
    };
    let (good, refused): (Vec<char>, Vec<char>) = (' '..='~').partition(|c| *c != '"' && allowed(*c));
    let filler = good.iter().copied().find(char::is_ascii_alphanumeric).unwrap_or_else(|| good[0]);
    let full = |n: usize| filler.to_string().repeat(n);
    rows.good(full(min.max(1)), "the fewest characters");
    rows.good(full(max), "the most characters");
    rows.bad(full(max + 1), "one character too many");
    rows.bad(full(MAX_VALUE + 1), "501 characters");
    if min > 1 {
        rows.bad(full(min - 1), "one character too few");
        rows.bad(full(1), "one character alone");
    }
    // Every allowed character, in values that are as long as they may be.
    for chars in good.chunks(max) {
        let short = min.saturating_sub(chars.len());
        rows.good(chars.iter().collect::<String>() + &full(short), "allowed characters");
    }
    let length = min.max(3).min(max);
    let with = |c: char, at: usize| {
        let mut chars: Vec<char> = full(length).chars().collect();
        chars[at.min(length - 1)] = c;
        chars.into_iter().collect::<String>()
    };
    for c in refused {
        rows.bad(with(c, 1), format!("the character {c} inside"));
    }
    for (c, name) in CONTROLS {
        rows.bad(with(c, 1), format!("{name} inside"));
    }
    rows.bad(with('\n', length), "a line feed behind");
    for at in [0, length - 1] {
        let place = if at == 0 { "in front" } else { "behind" };
        rows.push(with(' ', at), good.contains(&' '), format!("a blank {place}"));
        rows.bad(with('"', at), format!("a double quote {place}"));
    }
    let (bmp, astral) = (text.unicode != Unicode::None, text.unicode == Unicode::All);
    for (chars, valid) in [(&BMP[..], bmp), (&ASTRAL[..], astral)] {
        for (c, name) in chars {
            rows.push(with(*c, 1), valid, format!("{name} inside"));
        }
        let c = chars[chars.len() / 2].0.to_string();
        let bytes = c.len();
        rows.push(c.repeat(max), valid, format!("the most characters, of {bytes} bytes each"));
        rows.bad(c.repeat(max + 1), format!("one character too many, of {bytes} bytes each"));
    }
}

pub(super) fn dial_plan(rows: &mut Rows) {
    const SET: &str = "0123456789[]-<>:*#!SsTtXx.|+";
    for (value, why) in [
        ("11x", "a short number"),
        ("[2-9]11|0T3|1xxx[2-9]xxxxxx|<:03>[2-9]xx", "several branches"),
        ("<12:34>567S|*xx.!", "a replacement and a refusal"),
        (SET, "every character"),
        ("]", "characters only are checked here, not their order"),
    ] {
        rows.good(value, why);
    }
    rows.good("x".repeat(MAX_VALUE), "500 characters");
    rows.bad("x".repeat(MAX_VALUE + 1), "501 characters");
    for c in (' '..='~').filter(|c| !SET.contains(*c)) {
        rows.bad(format!("1{c}x"), format!("the character {c} inside"));
    }
    for (c, name) in CONTROLS.into_iter().chain(BMP).chain(ASTRAL) {
        rows.bad(format!("1{c}x"), format!("{name} inside"));
    }
    rows.surroundings("11x");
}

pub(super) fn time_of_day(rows: &mut Rows) {
    for (value, why) in [
        ("00:00", "the first minute"),
        ("23:59", "the last minute"),
        ("09:59", "a morning"),
        ("19:00", "an evening"),
        ("12:30", "noon"),
    ] {
        rows.good(value, why);
    }
    for (value, why) in [
        ("24:00", "one hour too many"),
        ("23:60", "one minute too many"),
        ("29:00", "no such hour"),
        ("30:00", "no such hour"),
        ("1:00", "an hour of one digit"),
        ("01:0", "a minute of one digit"),
        ("001:00", "an hour of three digits"),
        ("01:000", "a minute of three digits"),
        ("0100", "no colon"),
        ("01.00", "a dot in place of the colon"),
        ("01:00:00", "seconds"),
        ("01:00am", "a half of the day"),
        ("-1:00", "a sign"),
        ("aa:bb", "letters"),
        (":", "a colon alone"),
        ("\u{ff10}1:00", "a full-width digit"),
    ] {
        rows.bad(value, why);
    }
    rows.surroundings("03:30");
}

pub(super) fn firmware_version(rows: &mut Rows) {
    for (value, why) in [
        ("00.000", "the smallest"),
        ("15.999", "the largest"),
        ("01.221", "a version"),
        ("09.000", "a nine"),
        ("10.070", "a ten"),
    ] {
        rows.good(value, why);
    }
    for (value, why) in [
        ("16.000", "one too many in front"),
        ("15.1000", "one too many behind"),
        ("19.999", "too many in front"),
        ("20.000", "too many in front"),
        ("1.000", "one digit in front"),
        ("001.000", "three digits in front"),
        ("01.00", "two digits behind"),
        ("01", "nothing behind"),
        ("01.", "nothing behind the dot"),
        (".000", "nothing in front"),
        ("01,000", "a comma in place of the dot"),
        ("01.000.1", "three numbers"),
        ("v01.000", "a letter in front"),
        ("-1.000", "a sign"),
        ("aa.bbb", "letters"),
        ("\u{ff10}1.000", "a full-width digit"),
    ] {
        rows.bad(value, why);
    }
    rows.surroundings("01.070");
}
