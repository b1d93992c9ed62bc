//! The spec's model, its checks, and one pure emitter for each generated file.
//!
//! Text in, text out: reading the spec from disk and writing the artifacts is `xtask`'s work.

pub mod emit;
pub mod expr;
pub mod model;
mod nearest;
pub mod resolve;
pub mod source;
pub mod value;
pub mod words;

pub use resolve::Spec;
pub use source::{Sources, SpecError};

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Path from the root of the repository.
    pub path: String,
    /// The whole text, or the part that is generated.
    pub text: String,
    /// Whether the file is written by hand but for what stands between [`PART_BEGIN`] and [`PART_END`].
    pub part: bool,
}

/// The line in front of the generated part of a file that is otherwise written by hand.
pub const PART_BEGIN: &str = "<!-- begin of what `cargo xtask gen` writes -->\n";
/// The line behind it.
pub const PART_END: &str = "<!-- end of what `cargo xtask gen` writes -->\n";

impl Artifact {
    pub(crate) fn whole(path: impl Into<String>, text: String) -> Self {
        Self { path: path.into(), text, part: false }
    }

    pub(crate) fn part(path: impl Into<String>, text: String) -> Self {
        Self { path: path.into(), text, part: true }
    }

    /// The whole file, where `old` is what stands in it now.
    ///
    /// # Errors
    /// When the file has no place for the generated part.
    pub fn whole_text(&self, old: &str) -> Result<String, String> {
        if !self.part {
            return Ok(self.text.clone());
        }
        let missing = |line: &str| format!("{} has no line \"{}\"", self.path, line.trim_end());
        let (before, rest) = old.split_once(PART_BEGIN).ok_or_else(|| missing(PART_BEGIN))?;
        let (_, after) = rest.split_once(PART_END).ok_or_else(|| missing(PART_END))?;
        Ok(format!("{before}{PART_BEGIN}\n{}\n\n{PART_END}{after}", self.text.trim_end()))
    }
}

/// Reads and checks the spec and makes every artifact of it.
///
/// # Errors
/// Every fault of the spec, each with its place; never an empty list.
pub fn generate(sources: &Sources) -> Result<Vec<Artifact>, Vec<SpecError>> {
    let spec = Spec::load(sources)?;
    Ok(emit::all(&spec))
}
