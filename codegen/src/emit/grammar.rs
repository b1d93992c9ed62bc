//! Each type as patterns and lengths, for the schemas.

use super::numbers::{between, numbers};
use super::pattern::{Dialect, Pattern, Set};
use crate::model::{Ipv4Role, Param, Text, Type, Unicode, Url};
use crate::value;

/// What values look like: every pattern has to match the whole value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grammar {
    /// All of them hold.
    patterns: Vec<Pattern>,
    /// Every value, where there are few.
    pub(super) words: Option<Vec<String>>,
    /// Fewest characters that the patterns do not enforce.
    pub(super) min_chars: usize,
    /// Most characters.
    pub(super) max_chars: usize,
}

impl Grammar {
    /// Of a parameter's values.
    pub(super) fn of(param: &Param) -> Self {
        Self::new(&param.ty, param.empty)
    }

    /// Of a type, with the empty value or without.
    pub(super) fn new(ty: &Type, empty: bool) -> Self {
        let mut out = Self::without_empty(ty);
        if empty {
            out.min_chars = 0;
            out.patterns = out.patterns.into_iter().map(|p| if takes_empty(&p) { p } else { p.optional() }).collect();
            if let Some(words) = &mut out.words
                && !words.iter().any(String::is_empty)
            {
                words.insert(0, String::new());
            }
        }
        out
    }

    /// The patterns of XML Schema; each needs a restriction of its own, since patterns side by side are alternatives.
    pub(super) fn xsd(&self) -> Vec<String> {
        self.patterns.iter().map(|p| p.write(Dialect::Xsd)).collect()
    }

    /// The patterns of ECMA-262 with anchors, as JSON Schema wants them.
    pub(super) fn ecma(&self) -> Vec<String> {
        self.patterns.iter().map(|p| format!("^(?:{})$", p.write(Dialect::Ecma))).collect()
    }

    fn without_empty(ty: &Type) -> Self {
        let one = |pattern, max_chars| Self { patterns: vec![pattern], words: None, min_chars: 0, max_chars };
        let words = |words: Vec<String>| Self {
            patterns: vec![Pattern::words(&words)],
            max_chars: words.iter().map(|w| w.chars().count()).max().unwrap_or(0),
            words: Some(words),
            min_chars: 0,
        };
        let ranges = |text: &str| value::ranges(text).expect("ranges are checked on loading");
        match ty {
            Type::Boolean => words(vec!["Y".to_owned(), "N".to_owned()]),
            Type::Switch(s) => words(vec![s.on.clone(), s.off.clone()]),
            Type::Choice(choices) => words(choices.iter().map(value::choice_value).collect()),
            Type::Ipv4(i) if i.role == Ipv4Role::Mask => words(masks()),
            Type::Integer(i) => {
                one(numbers(&ranges(&i.range), i64::from(i.step.unwrap_or(1).max(1))), value::MAX_VALUE)
            }
            Type::Integers(i) => {
                let number = numbers(&ranges(&i.range), 1);
                let more = Pattern::All(vec![Pattern::text(","), number.clone()]);
                let lengths = ranges(&i.length);
                let count = |n: i64| (n - 1).max(0) as usize;
                let lists = lengths
                    .iter()
                    .map(|&(a, b)| Pattern::All(vec![number.clone(), more.clone().times(count(a), count(b))]));
                one(Pattern::any(lists.collect()), value::MAX_VALUE)
            }
            Type::Text(text) => self::text(text),
            Type::Host(h) => one(Pattern::Any(vec![ipv4(Ipv4Role::Server), host_name()]), h.max as usize),
            Type::Ipv4(i) => one(ipv4(i.role), 15),
            Type::Url(url) => Self { patterns: self::url(url), words: None, min_chars: 0, max_chars: value::MAX_VALUE },
            Type::SipUri => one(sip_uri(), 4 + 63 + 1 + 127),
            Type::TimeOfDay => {
                let hour = Pattern::Any(vec![
                    Pattern::All(vec![Pattern::one("01"), Pattern::one("0-9")]),
                    Pattern::All(vec![Pattern::text("2"), Pattern::one("0-3")]),
                ]);
                one(Pattern::All(vec![hour, Pattern::text(":"), Pattern::one("0-5"), Pattern::one("0-9")]), 5)
            }
            Type::FirmwareVersion => {
                let major = Pattern::Any(vec![
                    Pattern::All(vec![Pattern::text("0"), Pattern::one("0-9")]),
                    Pattern::All(vec![Pattern::text("1"), Pattern::one("0-5")]),
                ]);
                one(Pattern::All(vec![major, Pattern::text("."), Pattern::one("0-9").times(3, 3)]), 6)
            }
            Type::DialPlan => {
                let set = Pattern::One(Set::of("0123456789[]-<>:*#!SsTtXx.|+".chars()));
                one(Pattern::Repeat(Box::new(set), 1, None), value::MAX_VALUE)
            }
        }
    }
}

fn takes_empty(pattern: &Pattern) -> bool {
    matches!(pattern, Pattern::Repeat(_, 0, _))
}

fn text(text: &Text) -> Grammar {
    let ascii = Set::of(value::allowed_ascii(text));
    let set = match text.unicode {
        Unicode::None => ascii,
        Unicode::Bmp => ascii.and('\u{a0}', '\u{fffd}'),
        Unicode::All => ascii.and('\u{a0}', '\u{fffd}').and('\u{10000}', char::MAX),
    };
    let (min, max) = (text.min as usize, text.max as usize);
    // With the empty value, more than one character at least is nothing that a length could say.
    let pattern = if min > 1 { Pattern::One(set).times(min, max) } else { Pattern::One(set).star() };
    Grammar { patterns: vec![pattern], words: None, min_chars: min, max_chars: max }
}

/// The 31 subnet masks, longest network last.
fn masks() -> Vec<String> {
    (1..32).map(|ones| std::net::Ipv4Addr::from(u32::MAX << (32 - ones)).to_string()).collect()
}

/// Dotted-decimal addresses without those that the role refuses, spelled out octet by octet.
fn ipv4(role: Ipv4Role) -> Pattern {
    let octet = |ranges: &[(i64, i64)]| Pattern::Any(ranges.iter().flat_map(|&(a, b)| between(a, b)).collect());
    let all = octet(&[(0, 255)]);
    // Addresses that begin like `refused` and differ from it in one octet or more.
    let other_than = |refused: [i64; 4]| {
        let mut rest = octet(&around(refused[3]));
        for at in [2, 1] {
            let alike = Pattern::All(vec![Pattern::text(&refused[at].to_string()), Pattern::text("."), rest]);
            let mut other = vec![octet(&around(refused[at]))];
            other.extend((at..3).flat_map(|_| [Pattern::text("."), all.clone()]));
            rest = Pattern::Any(vec![Pattern::All(other), alike]);
        }
        Pattern::All(vec![Pattern::text(&format!("{}.", refused[0])), rest])
    };
    let mut refused = vec![[0, 0, 0, 0], [255, 255, 255, 255]];
    if role == Ipv4Role::Unit {
        refused.push([127, 0, 0, 1]);
    }
    let mut first = vec![(1, 254)];
    if role == Ipv4Role::Unit {
        first = vec![(1, 126), (128, 254)];
    }
    let more = Pattern::All(vec![Pattern::text("."), all.clone()]).times(3, 3);
    let mut out = vec![Pattern::All(vec![octet(&first), more])];
    out.extend(refused.into_iter().map(other_than));
    Pattern::Any(out)
}

/// The octets other than `n`.
fn around(n: i64) -> Vec<(i64, i64)> {
    [(0, n - 1), (n + 1, 255)].into_iter().filter(|(a, b)| a <= b).collect()
}

/// Labels between dots, the last one not a number.
fn host_name() -> Pattern {
    let label = Pattern::Repeat(Box::new(Pattern::one("0-9A-Za-z_-")), 1, None);
    Pattern::All(vec![
        Pattern::All(vec![label, Pattern::text(".")]).star(),
        Pattern::one("0-9").star(),
        Pattern::one("A-Za-z_-"),
        Pattern::one("0-9A-Za-z_-").star(),
        Pattern::text(".").optional(),
    ])
}

/// The form of a URL, and its length without user and password, which no single pattern says.
fn url(url: &Url) -> Vec<Pattern> {
    const REST: usize = 244;
    const CREDENTIAL: usize = 127;
    let without = |not: &str| Pattern::One(Set::of(('!'..='~').filter(|c| !"\"<>".contains(*c) && !not.contains(*c))));
    let prefix: Vec<Pattern> = match url.prefixes.as_slice() {
        [] => Vec::new(),
        prefixes => vec![Pattern::words(prefixes).optional()],
    };
    let behind = |parts: Vec<Pattern>| Pattern::All([prefix.clone(), parts].concat());
    let password = Pattern::All(vec![Pattern::text(":"), without("/@").times(0, CREDENTIAL)]).optional();
    let credentials = Pattern::All(vec![without("/@:").times(0, CREDENTIAL), password, Pattern::text("@")]).optional();
    let form = behind(vec![
        Pattern::any(url.schemes.iter().map(|s| Pattern::any_case(s)).collect()),
        Pattern::text("://"),
        credentials,
        without("/@:"),
        without("/@").star(),
        Pattern::All(vec![Pattern::text("/"), without("").star()]).optional(),
    ]);
    let mut lengths: Vec<usize> = url.schemes.iter().map(String::len).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let by_length = lengths.into_iter().map(|length| {
        Pattern::All(vec![
            Pattern::one("A-Za-z").times(length, length),
            Pattern::text("://"),
            Pattern::All(vec![without("/@").star(), Pattern::text("@")]).optional(),
            without("").times(1, REST - 3 - length),
        ])
    });
    vec![form, behind(vec![Pattern::any(by_length.collect())])]
}

fn sip_uri() -> Pattern {
    let set = Pattern::One(Set::of(('!'..='~').filter(|c| !"\"&':;<>@".contains(*c))));
    Pattern::All(vec![
        Pattern::text("sip:").optional(),
        set.clone().times(1, 63),
        Pattern::All(vec![Pattern::text("@"), set.times(1, 127)]).optional(),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::corpus;
    use super::*;

    #[test]
    fn patterns_and_the_checks_agree_on_the_corpus() {
        let mut wrong = Vec::new();
        for (ty, empty) in corpus::samples() {
            let grammar = Grammar::new(&ty, empty);
            let patterns: Vec<_> =
                grammar.ecma().iter().map(|p| regex::Regex::new(p).unwrap_or_else(|e| panic!("{p}: {e}"))).collect();
            for row in corpus::rows(&ty, empty) {
                let chars = row.value.chars().count();
                let fits = (grammar.min_chars..=grammar.max_chars).contains(&chars)
                    && patterns.iter().all(|p| p.is_match(&row.value));
                let word = grammar.words.as_ref().is_none_or(|words| words.contains(&row.value) == row.valid);
                if fits != row.valid || !word {
                    wrong.push(format!("{row:?} for {ty:?}: {:?}", grammar.ecma()));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn addresses_are_excluded_without_looking_ahead() {
        for (role, refused) in [
            (Ipv4Role::Server, vec!["0.0.0.0", "255.255.255.255"]),
            (Ipv4Role::Unit, vec!["0.0.0.0", "255.255.255.255", "127.0.0.1"]),
        ] {
            let regex = regex::Regex::new(&format!("^(?:{})$", ipv4(role).write(Dialect::Ecma))).expect("a pattern");
            let few = [0, 1, 2, 126, 127, 128, 254, 255];
            for n in 0..few.len().pow(4) {
                let octet = |i: u32| few[n / few.len().pow(i) % few.len()];
                let address = format!("{}.{}.{}.{}", octet(0), octet(1), octet(2), octet(3));
                assert_eq!(regex.is_match(&address), !refused.contains(&address.as_str()), "{address}");
            }
        }
    }
}
