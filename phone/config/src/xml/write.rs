//! Writing XML: elements where the schema has them, one tag for all settings of an element.

use offhook_params::ParamId;

use super::schema::{Step, tree};
use crate::HEADER_LINE;
use crate::write::{WriteError, WriteOptions, unwritable};

/// Spaces for each level.
pub(crate) const INDENT: usize = 2;

/// A whole file; values are in the order of the spec.
pub(crate) fn write(values: &[(ParamId, &str)], options: &WriteOptions<'_>) -> Result<String, WriteError> {
    let mut out = String::with_capacity(512 + values.len() * 96);
    out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    comment(&mut out, HEADER_LINE);
    options.intro.lines().for_each(|line| comment(&mut out, line));
    if values.is_empty() {
        out.push_str("<PANASipPhoneConfig>\n  <Dev/>\n</PANASipPhoneConfig>\n");
        return Ok(out);
    }
    elements(&mut out, values, 0, 0, "\n")?;
    Ok(out)
}

fn comment(out: &mut String, text: &str) {
    // Two hyphens would end the comment, or make it ill-formed.
    let text = text.trim().replace("--", "- -");
    out.push_str(&format!("<!-- {}{} -->\n", text, if text.ends_with('-') { " " } else { "" }));
}

/// The elements of some settings, from a level of the tree on; all settings share the elements above it.
///
/// # Errors
/// A value that XML cannot carry, or a setting without a place.
pub(crate) fn elements(
    out: &mut String,
    values: &[(ParamId, &str)],
    from: usize,
    indent: usize,
    line_end: &str,
) -> Result<(), WriteError> {
    let mut placed = Vec::with_capacity(values.len());
    for &(id, value) in values {
        let steps = tree().steps(id).ok_or(WriteError::NoPlace(id))?;
        placed.push((steps, id, value));
    }
    placed.sort();
    let mut open: &[Step] = &placed[0].0[..from];
    let mut rest = &placed[..];
    while let Some((steps, _, _)) = rest.first() {
        let here = rest.iter().take_while(|(s, _, _)| s == steps).count();
        let shared = open.iter().zip(steps).take_while(|(a, b)| a == b).count();
        close(out, &open[shared..], from, shared, indent, line_end);
        for (level, &step) in steps.iter().enumerate().skip(shared) {
            pad(out, level - from, indent);
            start(out, step);
            if level + 1 < steps.len() {
                out.push('>');
                out.push_str(line_end);
            }
        }
        for &(_, id, value) in &rest[..here] {
            attribute(out, id, value)?;
        }
        rest = &rest[here..];
        let parent = rest.first().is_some_and(|(next, _, _)| next.starts_with(steps));
        out.push_str(if parent { ">" } else { "/>" });
        out.push_str(line_end);
        open = if parent { steps } else { &steps[..steps.len() - 1] };
    }
    close(out, &open[from..], from, from, indent, line_end);
    Ok(())
}

/// Closes elements, the innermost first; the first of them is at `level`.
fn close(out: &mut String, open: &[Step], from: usize, level: usize, indent: usize, line_end: &str) {
    for (i, (node, _)) in open.iter().enumerate().rev() {
        pad(out, level + i - from, indent);
        out.push_str("</");
        out.push_str(&tree().node(*node).name);
        out.push('>');
        out.push_str(line_end);
    }
}

fn pad(out: &mut String, level: usize, indent: usize) {
    out.extend(std::iter::repeat_n(' ', indent + level * INDENT));
}

fn start(out: &mut String, (node, number): Step) {
    out.push('<');
    out.push_str(&tree().node(node).name);
    if let Some(number) = number {
        out.push_str(&format!(" ID=\"{number}\""));
    }
}

/// One setting, with a blank in front.
///
/// # Errors
/// A control character.
pub(crate) fn attribute(out: &mut String, id: ParamId, value: &str) -> Result<(), WriteError> {
    out.push(' ');
    out.push_str(id.name());
    out.push_str("=\"");
    escape(out, id, value)?;
    out.push('"');
    Ok(())
}

/// A value with the five characters of guide rule 41 as entities.
///
/// # Errors
/// A control character, which no checked value has.
pub(crate) fn escape(out: &mut String, id: ParamId, value: &str) -> Result<(), WriteError> {
    unwritable(id, value, &['\u{fffe}', '\u{ffff}'])?;
    for c in value.chars() {
        match c {
            '"' => out.push_str("&quot;"),
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&apos;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    Ok(())
}
