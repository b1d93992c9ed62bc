//! Looking into a state folder that another process may own: nothing is locked, moved or written.

use std::path::Path;

use offhook_settings::{Layer, Layers};

use crate::error::StoreError;
use crate::folder;
use crate::load::parse;
use crate::seal::{self, Sealed};

/// How often files are read again that a phone changes meanwhile.
const LOOKS: u32 = 8;

/// The layers of a folder as its files are now; damaged files give what can be read of them.
///
/// A phone that runs replaces its files as a whole, so each layer is one that it had; and files that came together are
/// seen together, unless it changes them all the time.
///
/// # Errors
/// The folder or one of its files cannot be read.
pub fn peek(path: impl AsRef<Path>) -> Result<Layers, StoreError> {
    let path = path.as_ref();
    path.read_dir().map_err(StoreError::io(path))?;
    let mut files = look(path)?;
    for _ in 1..LOOKS {
        let again = look(path)?;
        if again == files {
            break;
        }
        files = again;
    }
    Ok(Layers::stacked(files.iter().map(|(layer, file)| {
        let Sealed { content, source, .. } = seal::open(file);
        (*layer, parse(*layer, content, source.as_deref()).0)
    })))
}

fn look(path: &Path) -> Result<Vec<(Layer, Vec<u8>)>, StoreError> {
    let exchange = folder::is_exchange_decided(path);
    let mut files = Vec::new();
    for &layer in Layer::ALL.iter().filter(|layer| **layer != Layer::Factory) {
        let file = folder::read_decided(path, layer, exchange);
        if let Some(file) = file.map_err(StoreError::io(&folder::file(path, layer)))? {
            files.push((layer, file));
        }
    }
    Ok(files)
}
