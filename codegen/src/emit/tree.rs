//! The elements of an XML file, as one tree: of the format, or of a file with values.

use crate::resolve::Spec;

/// An element below the root.
#[derive(Debug, Default)]
pub(super) struct Element {
    /// Its name.
    pub(super) name: String,
    /// The dimension whose number its `ID` carries.
    pub(super) dimension: Option<usize>,
    /// That number, in the tree of a file.
    pub(super) id: Option<u16>,
    /// Indices of the parameters that are its attributes.
    pub(super) attributes: Vec<usize>,
    /// Elements in it.
    pub(super) children: Vec<Element>,
}

/// What `Dev` holds in any file: one element stands for all that differ in their `ID` only.
pub(super) fn of_format(spec: &Spec) -> Element {
    tree(spec, |_| true, false)
}

/// What `Dev` holds in a file that sets the parameters which `wanted` picks.
pub(super) fn of_file(spec: &Spec, wanted: impl Fn(usize) -> bool) -> Element {
    tree(spec, wanted, true)
}

fn tree(spec: &Spec, wanted: impl Fn(usize) -> bool, ids: bool) -> Element {
    let mut root = Element { name: "Dev".to_owned(), ..Element::default() };
    for family in &spec.families {
        let Some(steps) = &family.xml else { continue };
        for index in (family.first..family.first + family.count).filter(|i| wanted(*i)) {
            let instance = &spec.params[index];
            let mut element = &mut root;
            for (name, dimension) in steps {
                let name = spec.fill(name, &family.per, &instance.numbers);
                let number = dimension.and_then(|d| {
                    let position = family.per.iter().position(|p| *p == d)?;
                    instance.numbers.get(position).copied()
                });
                let id = if ids { number } else { None };
                element = element.child(&name, *dimension, id);
            }
            element.attributes.push(index);
        }
    }
    root
}

impl Element {
    fn child(&mut self, name: &str, dimension: Option<usize>, id: Option<u16>) -> &mut Self {
        let at = self.children.iter().position(|c| c.name == name && c.id == id).unwrap_or_else(|| {
            self.children.push(Self { name: name.to_owned(), dimension, id, ..Self::default() });
            self.children.len() - 1
        });
        &mut self.children[at]
    }
}

/// A text as the value of an XML attribute in ASCII, the five characters of guide rule 41 as entities.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            ' '..='~' => out.push(c),
            c => out.push_str(&format!("&#x{:X};", c as u32)),
        }
    }
    out
}
