//! Patterns that mean the same in XSD, ECMA-262 and HTML: a small tree, written out in each dialect.

/// A set of characters as rising, disjoint spans, both ends included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set(Vec<(char, char)>);

/// What a text has to look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// One character of a set.
    One(Set),
    /// All, one after the other.
    All(Vec<Pattern>),
    /// One of several.
    Any(Vec<Pattern>),
    /// At least so often, at most so often.
    Repeat(Box<Pattern>, usize, Option<usize>),
}

/// A way to write patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// XML Schema 1.0, which always means the whole text and cannot name controls.
    Xsd,
    /// ECMA-262 with the flag `u` or `v`, without either, and the regex crate.
    Ecma,
}

impl Set {
    /// These characters.
    pub(super) fn of(chars: impl IntoIterator<Item = char>) -> Self {
        let mut chars: Vec<char> = chars.into_iter().collect();
        chars.sort_unstable();
        let mut spans: Vec<(char, char)> = Vec::new();
        for c in chars {
            match spans.last_mut() {
                Some((_, end)) if c as u32 <= *end as u32 + 1 => *end = c,
                _ => spans.push((c, c)),
            }
        }
        Self(spans)
    }

    /// With the characters from `first` to `last`, which lie above all others.
    pub(super) fn and(mut self, first: char, last: char) -> Self {
        self.0.push((first, last));
        self
    }

    fn write(&self, dialect: Dialect, out: &mut String) {
        if let [(a, b)] = self.0[..]
            && a == b
        {
            return escape(a, dialect, false, out);
        }
        // Without the flag `u`, a character beyond the BMP is two units: what is left out then says it right.
        let negated = dialect == Dialect::Ecma && self.0.last().is_some_and(|s| s.1 == char::MAX);
        let spans = if negated { self.rest() } else { self.characters(dialect) };
        out.push_str(if negated { "[^" } else { "[" });
        for (a, b) in spans {
            escape(a, dialect, true, out);
            if a as u32 + 1 < b as u32 {
                out.push('-');
            }
            if a != b {
                escape(b, dialect, true, out);
            }
        }
        out.push(']');
    }

    /// The spans between the spans.
    fn rest(&self) -> Vec<(char, char)> {
        let ends = std::iter::once(None).chain(self.0.iter().map(|s| Some(s.1)));
        ends.zip(&self.0)
            .filter_map(|(end, &(start, _))| {
                let after = end.map_or(Some('\0'), |end| char::from_u32(end as u32 + 1))?;
                let before = char::from_u32((start as u32).checked_sub(1)?)?;
                (after <= before).then_some((after, before))
            })
            .collect()
    }

    /// The spans without what is no character: the surrogates, and for XSD what XML cannot carry.
    fn characters(&self, dialect: Dialect) -> Vec<(char, char)> {
        let gaps = [('\u{d7ff}', '\u{e000}'), ('\u{fffd}', '\u{10000}')];
        let gaps = if dialect == Dialect::Xsd { &gaps[..] } else { &gaps[..1] };
        let mut out = Vec::new();
        for &(mut a, b) in &self.0 {
            for &(before, after) in gaps {
                if a <= before && b > before {
                    out.push((a, before));
                    a = after;
                }
            }
            if a <= b {
                out.push((a, b));
            }
        }
        out
    }
}

impl Pattern {
    /// This text and no other.
    pub(super) fn text(text: &str) -> Self {
        let mut parts: Vec<Self> = text.chars().map(|c| Self::One(Set::of([c]))).collect();
        if parts.len() == 1 { parts.remove(0) } else { Self::All(parts) }
    }

    /// This ASCII text in capital or small letters.
    pub(super) fn any_case(text: &str) -> Self {
        let both = |c: char| Self::One(Set::of([c.to_ascii_uppercase(), c.to_ascii_lowercase()]));
        Self::All(text.chars().map(both).collect())
    }

    /// One of these patterns.
    pub(super) fn any(mut parts: Vec<Self>) -> Self {
        if parts.len() == 1 { parts.remove(0) } else { Self::Any(parts) }
    }

    /// One of these texts.
    pub(super) fn words<S: AsRef<str>>(words: &[S]) -> Self {
        Self::any(words.iter().map(|w| Self::text(w.as_ref())).collect())
    }

    /// One character of `0-9a-f`.
    pub(super) fn one(set: &str) -> Self {
        Self::One(Set::of(crate::value::char_set(set)))
    }

    /// At least `min` times, at most `max` times.
    pub(super) fn times(self, min: usize, max: usize) -> Self {
        Self::Repeat(Box::new(self), min, Some(max))
    }

    /// Any number of times.
    pub(super) fn star(self) -> Self {
        Self::Repeat(Box::new(self), 0, None)
    }

    /// Once or not at all.
    pub(super) fn optional(self) -> Self {
        self.times(0, 1)
    }

    /// The pattern in a dialect, without anchors.
    pub(super) fn write(&self, dialect: Dialect) -> String {
        let mut out = String::new();
        self.append(dialect, &mut out);
        out
    }

    fn append(&self, dialect: Dialect, out: &mut String) {
        match self {
            Self::One(set) => set.write(dialect, out),
            Self::All(parts) => parts.iter().for_each(|part| part.grouped(dialect, matches!(part, Self::Any(_)), out)),
            Self::Any(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    out.push_str(if i > 0 { "|" } else { "" });
                    part.append(dialect, out);
                }
            }
            Self::Repeat(inner, 1, Some(1)) => inner.append(dialect, out),
            Self::Repeat(inner, min, max) => {
                inner.grouped(dialect, !matches!(**inner, Self::One(_)), out);
                match (min, max) {
                    (0, None) => out.push('*'),
                    (1, None) => out.push('+'),
                    (min, None) => out.push_str(&format!("{{{min},}}")),
                    (0, Some(1)) => out.push('?'),
                    (min, Some(max)) if min == max => out.push_str(&format!("{{{min}}}")),
                    (min, Some(max)) => out.push_str(&format!("{{{min},{max}}}")),
                }
            }
        }
    }

    fn grouped(&self, dialect: Dialect, group: bool, out: &mut String) {
        out.push_str(if group { "(" } else { "" });
        self.append(dialect, out);
        out.push_str(if group { ")" } else { "" });
    }
}

fn escape(c: char, dialect: Dialect, in_class: bool, out: &mut String) {
    // What the flag `v` reserves in a class is escaped there; XSD knows no `\/` and no `\$`.
    let reserved = match (dialect, in_class) {
        (Dialect::Xsd, false) => "\\|.?*+(){}[]^",
        (Dialect::Xsd, true) => "\\[]^-",
        (Dialect::Ecma, false) => "\\|.?*+(){}[]^$/",
        (Dialect::Ecma, true) => "\\|(){}[]^/-",
    };
    match c {
        c if reserved.contains(c) => out.extend(['\\', c]),
        c if dialect == Dialect::Ecma && !(' '..='~').contains(&c) => out.push_str(&format!("\\u{:04X}", c as u32)),
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dialects_differ_in_escapes_only() {
        let pattern =
            Pattern::All(vec![Pattern::text("a/$.").star(), Pattern::one("-a-c]^/"), Pattern::words(&["x", "y"])]);
        assert_eq!(pattern.write(Dialect::Xsd), "(a/$\\.)*[\\-/\\]\\^a-c](x|y)");
        assert_eq!(pattern.write(Dialect::Ecma), "(a\\/\\$\\.)*[\\-\\/\\]\\^a-c](x|y)");
    }

    #[test]
    fn unicode_needs_no_flag() {
        let bmp = Set::of(' '..='~').and('\u{a0}', '\u{ffff}');
        assert_eq!(Pattern::One(bmp).write(Dialect::Ecma), "[ -~\\u00A0-\\uD7FF\\uE000-\\uFFFF]");
        let all = Set::of([' ', '!']).and('\u{a0}', char::MAX);
        assert_eq!(Pattern::One(all).write(Dialect::Ecma), "[^\\u0000-\\u001F\"-\\u009F]");
    }
}
