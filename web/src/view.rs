//! Which page an address means and what stands on it: the spec's page table, read for one line.

use std::borrow::Cow;

use offhook_params::pages::{Page, Section, Tab};
use offhook_params::{DIMENSIONS, FamilyId, PAGES, ParamId, TABS};

use crate::language::Words;
use crate::visit::Visit;

/// A page as it is addressed: where each line has a page, that of one line.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) tab: &'static Tab,
    pub(crate) page: &'static Page,
    pub(crate) number: Option<u16>,
}

/// Fields of a section that belong together: the same families over several numbers, or under several headings.
pub(crate) struct Block {
    /// The families in order; their help stands once for all rows.
    pub(crate) families: Vec<FamilyId>,
    pub(crate) rows: Vec<Row>,
}

/// Fields that share a heading, or a single field.
pub(crate) struct Row {
    pub(crate) heading: Option<String>,
    pub(crate) fields: Vec<ParamId>,
}

impl View {
    /// Every page, in the order of the menu.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        TABS.iter().flat_map(Self::of_tab)
    }

    /// The pages of a tab, in the order of its menu.
    pub(crate) fn of_tab(tab: &'static Tab) -> impl Iterator<Item = Self> {
        let pages = &PAGES[usize::from(tab.pages.start)..usize::from(tab.pages.end)];
        pages.iter().flat_map(move |page| numbers(page).map(move |number| Self { tab, page, number }))
    }

    /// The page at `/{tab}/{page}/{number}`; without a number, the first one.
    pub(crate) fn find(tab: &str, page: &str, number: Option<&str>) -> Option<Self> {
        let tab = TABS.iter().find(|t| t.id == tab)?;
        let mut views = Self::of_tab(tab).filter(|v| v.page.id == page);
        match number {
            None => views.next(),
            Some(number) => views.find(|v| v.number.is_some_and(|n| n.to_string() == number)),
        }
    }

    /// Its address.
    pub(crate) fn path(self) -> String {
        match self.number {
            None => format!("/{}/{}", self.tab.id, self.page.id),
            Some(number) => format!("/{}/{}/{number}", self.tab.id, self.page.id),
        }
    }

    /// Its title, with the number filled in: `SIP Settings [Line 2]`.
    pub(crate) fn title(self, words: &Words) -> Cow<'_, str> {
        words.page_title(self.page, self.number)
    }

    /// The same page for each number, with what that number is called: `Line 2`.
    pub(crate) fn siblings(self, words: &Words) -> impl Iterator<Item = (Self, String)> {
        let name = move |number: Option<u16>| {
            let (dimension, number) = self.page.per.zip(number)?;
            Some((Self { number: Some(number), ..self }, words.numbered(dimension, number)))
        };
        numbers(self.page).filter_map(name)
    }

    /// Whether it shows the unit's state.
    pub(crate) fn is_status(self) -> bool {
        self.page.sections.iter().any(|s| !s.status.is_empty())
    }

    /// All parameters on it that the visitor sees.
    pub(crate) fn params(self, visit: Visit) -> impl Iterator<Item = ParamId> {
        let families = self.page.sections.iter().flat_map(|s| s.fields).filter(move |family| visit.sees(**family));
        families.flat_map(|family| family.params()).filter(move |id| self.has(*id))
    }

    /// The fields of a section that the visitor sees.
    pub(crate) fn blocks(self, section: &'static Section, visit: Visit) -> Vec<Block> {
        let seen: Vec<FamilyId> = section.fields.iter().copied().filter(|family| visit.sees(*family)).collect();
        let together =
            |a: &FamilyId, b: &FamilyId| heading(*a).is_some() && heading(*a) == heading(*b) && a.per == b.per;
        let runs = seen.chunk_by(together);
        runs.map(|run| Block { families: run.to_vec(), rows: self.rows(run, visit.words) }).collect()
    }

    fn rows(self, run: &[FamilyId], words: &Words) -> Vec<Row> {
        let leading = run.iter().take(1).flat_map(|f| f.params()).filter(|id| self.has(*id));
        let row = |id: ParamId| Row {
            heading: words.heading(id).map(Cow::into_owned),
            fields: run.iter().filter_map(|f| f.param(id.instance())).collect(),
        };
        leading.map(row).collect()
    }

    /// Whether the parameter has its field on this page.
    pub(crate) fn holds(self, id: ParamId) -> bool {
        self.page.sections.iter().any(|s| s.fields.contains(&id.family())) && self.has(id)
    }

    /// Whether the parameter is one of this page's number.
    fn has(self, id: ParamId) -> bool {
        match self.page.per.zip(self.number) {
            None => true,
            Some((dimension, number)) => {
                id.number(DIMENSIONS[usize::from(dimension)].id).is_none_or(|found| found == number)
            }
        }
    }
}

/// The label with the heading in front, for where the field stands alone: `IP Phone: VLAN ID`.
pub(crate) fn full_label(id: ParamId, words: &Words) -> String {
    match words.heading(id) {
        None => words.label(id).into_owned(),
        Some(heading) => format!("{heading}: {}", words.label(id)),
    }
}

/// The page that shows a parameter.
pub(crate) fn home(id: ParamId) -> Option<View> {
    let page = &PAGES[usize::from(id.family().web.as_ref()?.page)];
    let tab = &TABS[usize::from(page.tab)];
    let number = page.per.and_then(|d| id.number(DIMENSIONS[usize::from(d)].id));
    Some(View { tab, page, number })
}

fn heading(family: FamilyId) -> Option<&'static str> {
    family.web.as_ref().and_then(|web| web.row)
}

/// The numbers that have a page each.
fn numbers(page: &'static Page) -> Box<dyn Iterator<Item = Option<u16>>> {
    match page.per {
        None => Box::new(std::iter::once(None)),
        Some(d) => Box::new(DIMENSIONS[usize::from(d)].numbers.iter().copied().map(Some)),
    }
}
