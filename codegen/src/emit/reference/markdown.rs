//! Pieces of Markdown.

/// Text without signs that Markdown would take for its own.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*[]<>|&~$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Text as it stands, such as a value.
pub(super) fn code(text: &str) -> String {
    let fence = if text.contains('`') { "``" } else { "`" };
    let pad = if text.starts_with('`') || text.ends_with('`') || text.starts_with(' ') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", text.replace('|', "\\|"))
}

/// A value, the empty one in words.
pub(super) fn value(text: &str) -> String {
    if text.is_empty() { "*empty*".to_owned() } else { code(text) }
}

/// What mdBook makes of a heading.
pub(super) fn anchor(heading: &str) -> String {
    heading
        .chars()
        .filter_map(|c| match c {
            ' ' => Some('-'),
            c if c.is_alphanumeric() || c == '-' || c == '_' => Some(c.to_ascii_lowercase()),
            _ => None,
        })
        .collect()
}

/// A table whose columns are as wide as their cells, up to a width that still fits a screen.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    const WIDEST: usize = 48;
    let widths: Vec<usize> = (0..heads.len())
        .map(|i| {
            let last = i + 1 == heads.len();
            let cells = rows.iter().map(|r| r[i].chars().count()).filter(|w| *w <= WIDEST && !last);
            cells.chain([heads[i].chars().count(), 3]).max().unwrap_or(3)
        })
        .collect();
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().zip(&widths).map(|(c, w)| format!(" {c:<w$} ")).collect();
        let (last, before) = cells.split_last().expect("a table has a column");
        let before: String = before.iter().map(|c| format!("|{c}")).collect();
        format!("{before}|{last}|\n")
    };
    let mut out = line(&heads.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
    let rule: Vec<String> = widths.iter().map(|w| "-".repeat(w + 2)).collect();
    out.push_str(&format!("|{}|\n", rule.join("|")));
    rows.iter().for_each(|row| out.push_str(&line(row)));
    out
}

/// A paragraph in lines of a hundred characters or less.
pub(super) fn paragraph(text: &str) -> String {
    const WIDTH: usize = 100;
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        // A line that began with one of these would begin a list or a heading.
        let begins_block = word.starts_with(['-', '+', '#', '=']) || word.ends_with('.') && word.len() < 4;
        if column > 0 && column + 1 + width > WIDTH && !begins_block {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out + "\n"
}
