//! The known name that was probably meant by an unknown one.

/// The known name most like `wanted`, unless none is like it: half of its letters may differ, or stand around it.
pub(crate) fn nearest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let ranked = known.into_iter().map(|name| match name.contains(wanted) {
        true => (1, name),
        false => (distance(wanted.as_bytes(), name.as_bytes()), name),
    });
    ranked
        .min_by_key(|&(distance, _)| distance)
        .filter(|&(distance, _)| distance <= wanted.len() / 2)
        .map(|(_, name)| name)
}

/// Letters to add, to drop and to change (Levenshtein).
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_understood_and_strangers_are_not() {
        let known = ["SYSLOG_ADDR", "SYSLOG_PORT", "USER_NAME"];
        assert_eq!(nearest("SYSLOG_ADR", known), Some("SYSLOG_ADDR"));
        assert_eq!(nearest("USER", known), Some("USER_NAME"));
        assert_eq!(nearest("WALLPAPER", known), None);
        assert_eq!(nearest("WALLPAPER", []), None);
    }
}
