//! Every setting of the phone: its names, format, range, default and places, and the typed settings made of them.
//!
//! The tables under `generated` come from `spec/` (`cargo xtask gen`); the logic over them is written once, here.

mod check;
pub mod credentials;
mod describe;
mod fault;
mod id;
mod index;
pub mod pages;
pub mod rules;
mod table;
pub mod types;
mod words;

#[rustfmt::skip]
mod generated;

pub use check::{Advice, MAX_VALUE_CHARS};
pub use fault::{Allowed, Fault, Ranges};
pub use generated::settings::Settings;
pub use generated::{CATEGORIES, DIMENSIONS, FAMILIES, GROUPS, MISTAKEN, PAGES, RULES, STATUS_ROWS, TABS};
pub use generated::{choices, settings};
pub use id::{FamilyId, Found, ParamId, lookup, suggestions};
pub use table::{
    Access, Applies, Category, Choice, Dimension, Dimensions, Family, Format, Group, Instance, Kind, Mistaken, Phone,
    Priority, Range, Role, Unicode, Unit, Web, Widget, Xml, XmlStep,
};
pub use words::in_words;
