//! Looking into a state folder that another process may own: nothing is locked, moved or written.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use offhook_settings::{Layer, Layers};

use crate::error::StoreError;
use crate::folder::LARGEST;
use crate::load::{parse_file, parse_user};
use crate::seal::{self, Sealed};

/// The layers of a folder as its files are now; damaged files give what can be read of them.
///
/// A phone that runs replaces its files as a whole, so each layer is one that it had.
///
/// # Errors
/// The folder or one of its files cannot be read.
pub fn peek(path: impl AsRef<Path>) -> Result<Layers, StoreError> {
    let path = path.as_ref();
    fs::read_dir(path).map_err(StoreError::io(path))?;
    let mut layers = Vec::new();
    for &layer in Layer::ALL.iter().filter(|layer| **layer != Layer::Factory) {
        let file = path.join(format!("{layer}.cfg"));
        let mut bytes = Vec::new();
        match fs::File::open(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            opened => opened.and_then(|f| f.take(LARGEST).read_to_end(&mut bytes)).map_err(StoreError::io(&file))?,
        };
        let Sealed { content, source, .. } = seal::open(&bytes);
        let values = match layer {
            Layer::User => parse_user(content).0,
            _ => parse_file(content, source.as_deref().unwrap_or(layer.as_str())).0,
        };
        layers.push((layer, values));
    }
    Ok(Layers::stacked(layers))
}
