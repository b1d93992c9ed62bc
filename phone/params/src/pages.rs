//! The shape of the generated page table: tabs, pages, sections and status rows of the web page.

use crate::id::FamilyId;

/// A tab.
#[derive(Debug)]
pub struct Tab {
    /// Identifier: `network`.
    pub id: &'static str,
    /// As shown.
    pub title: &'static str,
    /// Its pages: indices into [`crate::PAGES`].
    pub pages: std::ops::Range<u8>,
}

/// A menu item and its page.
#[derive(Debug)]
pub struct Page {
    /// Identifier within its tab: `ethernet`.
    pub id: &'static str,
    /// Index into [`crate::TABS`].
    pub tab: u8,
    /// As shown.
    pub title: &'static str,
    /// What the page is for.
    pub doc: &'static str,
    /// The dimension that has a page each (index into [`crate::DIMENSIONS`]).
    pub per: Option<u8>,
    /// Sections in order.
    pub sections: &'static [Section],
    /// What the page does in place of showing settings.
    pub action: Option<Action>,
    /// Saving a change on it restarts the unit at once, even during a call (guide rule 147).
    pub restarts: bool,
}

/// A section of a page.
#[derive(Debug)]
pub struct Section {
    /// As shown.
    pub title: &'static str,
    /// Its fields in order.
    pub fields: &'static [FamilyId],
    /// Its status rows in order (indices into [`crate::STATUS_ROWS`]).
    pub status: &'static [u8],
}

/// What a page without settings does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Forgets all that the web page set, then restarts (guide rule 232).
    ResetWebSettings,
    /// Restarts the unit (guide rule 238).
    Restart,
}

/// A row of a status page.
#[derive(Debug)]
pub struct StatusRow {
    /// Identifier: `mac-address`.
    pub id: &'static str,
    /// As shown.
    pub label: &'static str,
    /// The dimension that has a row each (index into [`crate::DIMENSIONS`]).
    pub per: Option<u8>,
    /// What it tells.
    pub doc: &'static str,
}
