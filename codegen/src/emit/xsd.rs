//! The XML Schema of configuration files.

use super::grammar::Grammar;
use super::tree::{self, Element, escape};
use super::{XML_DECLARATION, notice_comment, summary};
use crate::Artifact;
use crate::model::{Choice, Type};
use crate::resolve::{Family, Spec};
use crate::value;

/// `docs/schema/UT670_config.xsd`
pub(super) fn xsd(spec: &Spec) -> Artifact {
    let types = Types::of(spec);
    let mut out = Writer { text: format!("{XML_DECLARATION} {}\n", notice_comment()), depth: 0 };
    out.open("xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"");
    out.open("xs:element name=\"PANASipPhoneConfig\"");
    out.doc(
        "A configuration file of the phone. Elements may stand in any order and repeat; attributes are the settings.",
    );
    out.open("xs:complexType");
    out.open("xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\"");
    element(spec, &types, &tree::of_format(spec), &mut out);
    for tag in ["xs:choice", "xs:complexType", "xs:element"] {
        out.close(tag);
    }
    for ty in &types.types {
        simple_type(ty, &mut out);
    }
    let mut dimensions: Vec<usize> =
        spec.families.iter().flat_map(|f| f.xml.iter().flatten()).filter_map(|s| s.1).collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    for d in dimensions {
        out.open(&format!("xs:simpleType name=\"{}\"", id_type(spec, d)));
        out.open("xs:restriction base=\"xs:string\"");
        for number in &spec.dimensions[d].model.numbers {
            out.empty(&format!("xs:enumeration value=\"{number}\""));
        }
        out.close("xs:restriction");
        out.close("xs:simpleType");
    }
    out.close("xs:schema");
    Artifact::whole("docs/schema/UT670_config.xsd", out.text)
}

/// Types by grammar: settings that take the same values share one.
struct Types<'a> {
    types: Vec<SharedType<'a>>,
    /// For each family, the index of its type.
    of: Vec<Option<usize>>,
}

struct SharedType<'a> {
    grammar: Grammar,
    families: Vec<&'a Family>,
}

impl<'a> Types<'a> {
    fn of(spec: &'a Spec) -> Self {
        let mut out = Self { types: Vec::new(), of: Vec::new() };
        for family in &spec.families {
            let index = family.xml.as_ref().map(|_| {
                let grammar = Grammar::of(&family.param);
                let at = out.types.iter().position(|t| t.grammar == grammar).unwrap_or_else(|| {
                    out.types.push(SharedType { grammar, families: Vec::new() });
                    out.types.len() - 1
                });
                out.types[at].families.push(family);
                at
            });
            out.of.push(index);
        }
        out
    }
}

fn type_name<'a>(ty: &SharedType<'a>) -> &'a str {
    &ty.families[0].name
}

fn id_type(spec: &Spec, dimension: usize) -> String {
    format!("{}-ID", spec.dimensions[dimension].id)
}

fn element(spec: &Spec, types: &Types<'_>, element_: &Element, out: &mut Writer) {
    out.open(&format!("xs:element name=\"{}\"", element_.name));
    out.open("xs:complexType");
    if !element_.children.is_empty() {
        out.open("xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\"");
        for child in &element_.children {
            element(spec, types, child, out);
        }
        out.close("xs:choice");
    }
    if let Some(dimension) = element_.dimension {
        out.empty(&format!("xs:attribute name=\"ID\" type=\"{}\"", id_type(spec, dimension)));
    }
    for &index in &element_.attributes {
        let instance = &spec.params[index];
        let family = &spec.families[instance.family];
        let ty = types.of[instance.family].expect("what has an element has a type");
        out.open(&format!("xs:attribute name=\"{}\" type=\"{}\"", instance.name, type_name(&types.types[ty])));
        let default = match family.param.secret {
            true => String::new(),
            false => format!(" Default: \"{}\".", instance.default),
        };
        out.doc(&format!("{}{default}", summary(&family.param.doc)));
        out.close("xs:attribute");
    }
    out.close("xs:complexType");
    out.close("xs:element");
}

fn simple_type(ty: &SharedType<'_>, out: &mut Writer) {
    out.open(&format!("xs:simpleType name=\"{}\"", type_name(ty)));
    let names: Vec<&str> = ty.families.iter().map(|f| f.pattern.as_str()).collect();
    out.doc(&format!("{} Of {}.", super::words::format(ty.families[0]), names.join(", ")));
    match &ty.grammar.words {
        Some(words) => {
            out.open("xs:restriction base=\"xs:string\"");
            for word in words {
                match label(&ty.families[0].param.ty, word) {
                    None => out.empty(&format!("xs:enumeration value=\"{}\"", escape(word))),
                    Some(label) => {
                        out.open(&format!("xs:enumeration value=\"{}\"", escape(word)));
                        out.doc(label);
                        out.close("xs:enumeration");
                    }
                }
            }
        }
        None => {
            // Patterns side by side are alternatives; each further one that has to match restricts the one before.
            let patterns = ty.grammar.xsd();
            let (last, before) = patterns.split_last().expect("a grammar has a pattern");
            for pattern in before {
                out.open("xs:restriction");
                out.open("xs:simpleType");
                out.open("xs:restriction base=\"xs:string\"");
                out.empty(&format!("xs:pattern value=\"{}\"", escape(pattern)));
                out.close("xs:restriction");
                out.close("xs:simpleType");
            }
            if before.is_empty() {
                out.open("xs:restriction base=\"xs:string\"");
            }
            if ty.grammar.min_chars > 0 {
                out.empty(&format!("xs:minLength value=\"{}\"", ty.grammar.min_chars));
            }
            out.empty(&format!("xs:maxLength value=\"{}\"", ty.grammar.max_chars));
            out.empty(&format!("xs:pattern value=\"{}\"", escape(last)));
        }
    }
    out.close("xs:restriction");
    out.close("xs:simpleType");
}

/// What a value of a choice means.
fn label<'a>(ty: &'a Type, word: &str) -> Option<&'a str> {
    let Type::Choice(choices) = ty else { return None };
    choices.iter().find_map(|c| match c {
        Choice::Named(named) if value::choice_value(c) == word && named.label != word => Some(named.label.as_str()),
        _ => None,
    })
}

/// Indented tags.
struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    fn line(&mut self, line: &str) {
        self.text.push_str(&"  ".repeat(self.depth));
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn open(&mut self, tag: &str) {
        self.line(&format!("<{tag}>"));
        self.depth += 1;
    }

    fn close(&mut self, tag: &str) {
        self.depth -= 1;
        self.line(&format!("</{tag}>"));
    }

    fn empty(&mut self, tag: &str) {
        self.line(&format!("<{tag}/>"));
    }

    fn doc(&mut self, text: &str) {
        let text = escape(text);
        self.line(&format!("<xs:annotation><xs:documentation>{text}</xs:documentation></xs:annotation>"));
    }
}
