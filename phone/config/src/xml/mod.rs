//! The XML format: a tree of elements whose attributes are settings.

mod cursor;
#[cfg(test)]
mod oracle;
pub(crate) mod read;
pub(crate) mod scan;
pub(crate) mod schema;
pub(crate) mod write;

pub(crate) use read::read;
