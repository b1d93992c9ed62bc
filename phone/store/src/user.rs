//! The user layer as a file: one section for each way by which values were set.

use std::fmt::Write;

use offhook_config::{Entry, HEADER_LINE};
use offhook_settings::{LayerValues, Method, Origin};

const SECTIONS: [(Method, &str); 3] = [
    (Method::Web, "# Set on the web page"),
    (Method::Phone, "# Set on the phone"),
    (Method::File, "# Set from a file"),
];

/// The plain-text file of the layer.
pub(crate) fn write(values: &LayerValues) -> String {
    let mut text = format!("{HEADER_LINE}\r\n");
    for (method, title) in SECTIONS {
        let section = || values.iter().filter(|(_, _, origin)| origin.method == method);
        if section().next().is_some() {
            // Writing to a string cannot fail.
            let _ = write!(text, "\r\n{title}\r\n");
        }
        for (id, value, _) in section() {
            let _ = write!(text, "{id}=\"{value}\"\r\n");
        }
    }
    text.push_str("\r\n");
    text
}

/// Which way the values of a file were set, by their lines. Before the first section that is the web page.
pub(crate) struct Sections(Vec<(u32, Method)>);

impl Sections {
    pub(crate) fn of(content: &[u8]) -> Self {
        let lines = (1..).zip(content.split(|b| *b == b'\n'));
        let method = |line: &[u8]| SECTIONS.iter().find(|(_, title)| line.trim_ascii() == title.as_bytes());
        Self(lines.filter_map(|(number, line)| Some((number, method(line)?.0))).collect())
    }

    pub(crate) fn origin(&self, entry: &Entry<'_>) -> Origin {
        let above = self.0.iter().take_while(|(line, _)| *line < entry.line).last();
        Origin::by(above.map_or(Method::Web, |(_, method)| *method))
    }
}
