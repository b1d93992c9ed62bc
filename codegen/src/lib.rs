//! The spec's model, its checks, and one pure emitter for each generated file.
//!
//! Text in, text out: reading the spec from disk and writing the artifacts is `xtask`'s work.

pub mod emit;
pub mod expr;
pub mod model;
pub mod resolve;
pub mod source;
pub mod value;

pub use resolve::Spec;
pub use source::{Sources, SpecError};

/// A generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artifact {
    /// Path from the root of the repository.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// Reads and checks the spec and makes every artifact of it.
///
/// # Errors
/// Every fault of the spec, each with its place; never an empty list.
pub fn generate(sources: &Sources) -> Result<Vec<Artifact>, Vec<SpecError>> {
    let spec = Spec::load(sources)?;
    Ok(emit::all(&spec))
}
