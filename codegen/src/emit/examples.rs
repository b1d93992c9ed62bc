//! Example files: one line registered, and every setting at its factory value, each in both formats.

use std::fmt::Write as _;

use super::tree::{self, Element, escape};
use super::{XML_DECLARATION, notice_comment};
use crate::Artifact;
use crate::resolve::Spec;

/// The first line of a file (guide rules 7 and 8).
const HEADER: &str = "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!";

/// What one registered line needs, at hosts of RFC 2606.
const MINIMAL: [(&str, &str); 7] = [
    ("PHONE_NUMBER_1", "1001"),
    ("SIP_AUTHID_1", "1001"),
    ("SIP_PASS_1", "change-me"),
    ("SIP_RGSTR_ADDR_1", "sip.example.com"),
    ("SIP_PRXY_ADDR_1", "sip.example.com"),
    ("SIP_SVCDOMAIN_1", "example.com"),
    ("NTP_ADDR", "ntp.example.com"),
];

/// What the full example says of itself.
const FULL: &str = "Every setting of a file at its factory value. Mind that an empty CFG_FILE_KEY1 takes the place of the \
                    key that each unit has from the factory: leave that line out of a file for real units.";

/// `docs/examples/*`
pub(super) fn examples(spec: &Spec) -> Vec<Artifact> {
    let minimal =
        |index: usize| MINIMAL.iter().find(|(name, _)| spec.params[index].name == *name).map(|(_, value)| *value);
    // Another phone: two files of one fleet do not share a number.
    let other = |index: usize| minimal(index).map(|value| if value == "1001" { "1002" } else { value });
    let factory = |index: usize| {
        let instance = &spec.params[index];
        spec.families[instance.family].param.file.then_some(instance.default.as_str())
    };
    vec![
        artifact("minimal.cfg", plain(spec, "One registered line; everything else keeps its factory value.", &minimal)),
        artifact("minimal.xml", xml(spec, &other)),
        artifact("full.cfg", plain(spec, FULL, &factory)),
        artifact("full.xml", xml(spec, &factory)),
    ]
}

/// Lines end in CR LF (guide rule 3).
fn artifact(name: &str, text: String) -> Artifact {
    Artifact::whole(format!("docs/examples/{name}"), text.replace('\n', "\r\n"))
}

fn plain<'a>(spec: &'a Spec, about: &str, value: &dyn Fn(usize) -> Option<&'a str>) -> String {
    let notice = super::NOTICE.trim_start_matches("// ");
    let mut out = format!("{HEADER}\n# {notice}\n{}", comment(about));
    let mut category = None;
    for (at, group) in spec.groups.iter().enumerate() {
        let families = spec.families.iter().filter(|f| f.group == at);
        let lines: Vec<_> = families
            .flat_map(|f| f.first..f.first + f.count)
            .filter_map(|index| Some((&spec.params[index].name, value(index)?)))
            .collect();
        if lines.is_empty() {
            continue;
        }
        if category.replace(group.category) != Some(group.category) {
            write!(out, "\n# ==== {} ====\n", spec.categories[group.category].title).expect("a String takes it");
        }
        write!(out, "\n{}", comment(&format!("{}: {}", group.title, group.doc))).expect("a String takes it");
        for (name, value) in lines {
            writeln!(out, "{name}=\"{value}\"").expect("a String takes it");
        }
    }
    // The last line of a file is empty (guide rule 9).
    out
}

/// Comment lines of a hundred characters or less.
fn comment(text: &str) -> String {
    const WIDTH: usize = 100;
    let mut out = String::from("#");
    let mut column = 1;
    for word in text.split_whitespace() {
        let width = word.chars().count() + 1;
        if column + width > WIDTH {
            out.push_str("\n#");
            column = 1;
        }
        out.push(' ');
        out.push_str(word);
        column += width;
    }
    out + "\n"
}

fn xml<'a>(spec: &'a Spec, value: &dyn Fn(usize) -> Option<&'a str>) -> String {
    let mut out = format!("{XML_DECLARATION}\n<!-- {HEADER} -->\n{}\n<PANASipPhoneConfig>\n", notice_comment());
    let tree = tree::of_file(spec, |index| value(index).is_some());
    element(spec, value, &tree, 1, &mut out);
    out.push_str("</PANASipPhoneConfig>\n");
    out
}

fn element<'a>(spec: &Spec, value: &dyn Fn(usize) -> Option<&'a str>, e: &Element, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    write!(out, "{indent}<{}", e.name).expect("a String takes it");
    if let Some(id) = e.id {
        write!(out, " ID=\"{id}\"").expect("a String takes it");
    }
    for &index in &e.attributes {
        let value = value(index).unwrap_or_default();
        write!(out, " {}=\"{}\"", spec.params[index].name, escape(value)).expect("a String takes it");
    }
    if e.children.is_empty() {
        return out.push_str("/>\n");
    }
    out.push_str(">\n");
    for child in &e.children {
        element(spec, value, child, depth + 1, out);
    }
    writeln!(out, "{indent}</{}>", e.name).expect("a String takes it");
}
