//! Looking into a state folder that another process may own: nothing is locked, moved or written.

use std::path::Path;

use offhook_settings::{Layer, Layers};

use crate::error::StoreError;
use crate::folder;
use crate::load::parse;
use crate::seal::{self, Sealed};

/// The layers of a folder as its files are now; damaged files give what can be read of them.
///
/// A phone that runs replaces its files as a whole, so each layer is one that it had.
///
/// # Errors
/// The folder or one of its files cannot be read.
pub fn peek(path: impl AsRef<Path>) -> Result<Layers, StoreError> {
    let path = path.as_ref();
    path.read_dir().map_err(StoreError::io(path))?;
    let mut layers = Vec::new();
    for &layer in Layer::ALL.iter().filter(|layer| **layer != Layer::Factory) {
        let place = folder::file(path, layer);
        if let Some(file) = folder::read(&place).map_err(StoreError::io(&place))? {
            let Sealed { content, source, .. } = seal::open(&file);
            layers.push((layer, parse(layer, content, source.as_deref()).0));
        }
    }
    Ok(Layers::stacked(layers))
}
