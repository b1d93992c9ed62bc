//! Which value of a setting counts: layers with one precedence, the origin of every value, and what a change changes.
//!
//! The crate knows neither files nor formats. Whoever reads a file fills a [`LayerValues`]; [`Layers`] stacks them,
//! names the winner of each setting and what it shadows, and turns the result into [`offhook_params::Settings`].

mod change;
mod layer;
mod layers;
mod values;

pub use change::{Change, ChangeSet};
pub use layer::{Layer, Method, Origin};
pub use layers::{Effective, Layers};
pub use values::LayerValues;
