//! The reference of all settings, as pages of an mdBook.

mod groups;
mod markdown;
mod overview;
mod places;

use super::notice_comment;
use crate::Artifact;
use crate::resolve::{Family, Group, Page, Spec};
use markdown::{anchor, code};

/// Where the book's pages lie.
const BOOK: &str = "docs/src";

/// `docs/src/reference/**`, and its part of the table of contents.
pub(super) fn reference(spec: &Spec) -> Vec<Artifact> {
    let book = Book { spec };
    let mut pages: Vec<(String, String)> = vec![
        ("reference/index.md".to_owned(), overview::overview(&book)),
        ("reference/names.md".to_owned(), overview::names(&book)),
        ("reference/xml.md".to_owned(), places::xml(&book)),
        ("reference/phone.md".to_owned(), places::phone(&book)),
        ("reference/rules.md".to_owned(), overview::rules(&book)),
    ];
    pages.extend(spec.groups.iter().enumerate().map(|(i, g)| (book.group_page(g), groups::group(&book, i))));
    pages.extend(spec.tabs.iter().enumerate().map(|(i, t)| (book.tab_page(&t.id), places::tab(&book, i))));
    let mut out: Vec<Artifact> = pages
        .into_iter()
        .map(|(path, text)| {
            Artifact::whole(format!("{BOOK}/{path}"), format!("{}\n\n{}\n", notice_comment(), text.trim_end()))
        })
        .collect();
    out.push(Artifact::part(format!("{BOOK}/SUMMARY.md"), overview::contents(&book)));
    out
}

/// The spec, and the way from a page to what another page says.
struct Book<'a> {
    spec: &'a Spec,
}

impl Book<'_> {
    /// A group's page, from the folder of the book.
    fn group_page(&self, group: &Group) -> String {
        format!("reference/{}/{}.md", self.spec.categories[group.category].id, group.id)
    }

    /// A tab's page, from the folder of the book.
    fn tab_page(&self, tab: &str) -> String {
        format!("reference/web/{tab}.md")
    }

    /// The place of a family, seen from a page `depth` folders below `reference`.
    fn family_link(&self, family: &Family, depth: usize) -> String {
        let page = self.group_page(&self.spec.groups[family.group]);
        format!("{}#{}", relative(&page, depth), anchor(&family.name))
    }

    /// The place of a web page.
    fn page_link(&self, page: &Page, depth: usize) -> String {
        let tab = self.tab_page(&self.spec.tabs[page.tab].id);
        format!("{}#{}", relative(&tab, depth), anchor(&page.model.title))
    }

    /// A family's name as a link.
    fn family(&self, family: &Family, depth: usize) -> String {
        format!("[{}]({})", code(&family.pattern), self.family_link(family, depth))
    }

    /// Text for people, with the names of settings as links.
    fn prose(&self, text: &str, depth: usize) -> String {
        let mut out = String::new();
        let mut rest = text;
        let word = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        while let Some(start) = rest.find(|c: char| c.is_ascii_uppercase()) {
            let end = start + rest[start..].find(|c| !word(c)).unwrap_or(rest.len() - start);
            let name = &rest[start..end];
            out.push_str(&markdown::escape(&rest[..start]));
            match self.named(name) {
                Some(family) => out.push_str(&format!("[{}]({})", code(name), self.family_link(family, depth))),
                None => out.push_str(&markdown::escape(name)),
            }
            rest = &rest[end..];
        }
        out + &markdown::escape(rest)
    }

    /// The family with this name, or with a parameter of this name. Single words may be words.
    fn named(&self, name: &str) -> Option<&Family> {
        if !name.contains('_') {
            return None;
        }
        let spec = self.spec;
        spec.families
            .iter()
            .find(|f| f.name == name)
            .or_else(|| spec.params.iter().find(|p| p.name == name).map(|p| &spec.families[p.family]))
    }
}

/// A path from the folder of the book, seen from a page `depth` folders below `reference`.
fn relative(path: &str, depth: usize) -> String {
    let below = path.strip_prefix("reference/").unwrap_or(path);
    "../".repeat(depth) + below
}
