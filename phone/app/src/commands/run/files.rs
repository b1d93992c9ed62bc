//! The files of the command line: taken into their layers, as a download at start-up would.

use std::path::{Path, PathBuf};

use offhook_settings::Layer;
use offhook_store::{Store, StoreError};
use offhook_web::Level;

use crate::cli::LayerArgs;
use crate::commands::files::{Keys, read};
use crate::render;
use crate::unit::Journal;

/// Takes the files of the command line into their layers, as a download at start-up would.
pub(super) fn take(store: &Store, args: &LayerArgs, keys: &Keys, journal: &Journal) -> anyhow::Result<()> {
    for (layer, path) in layer_files(args) {
        let bytes = read(path, keys)?;
        let name = path.display().to_string();
        let text = String::from_utf8_lossy(&bytes);
        let show = |diagnostics: &[offhook_config::Diagnostic]| {
            for diagnostic in diagnostics {
                eprintln!("{}", render::human(&name, &text, diagnostic, false));
            }
        };
        let source = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
        match store.replace(layer, &bytes, &source.display().to_string()) {
            Ok(replaced) => {
                show(&replaced.diagnostics);
                let level = if replaced.diagnostics.is_empty() { Level::Info } else { Level::Warning };
                let (changes, remarks) = (replaced.changes.len(), replaced.diagnostics.len());
                let text = format!("{name} fills the {layer} layer: {}", counted(changes, "change"));
                journal.tell(level, format_args!("{text}, {} of the reader", counted(remarks, "remark")));
            }
            // The layer keeps what it had: a phone with yesterday's settings is better than none.
            Err(StoreError::Void(diagnostics)) => {
                show(&diagnostics);
                let text = format_args!("{name} is refused as a whole; the {layer} layer stays as it was");
                journal.tell(Level::Error, text);
            }
            // A full disk, say: the store still has what it had.
            Err(error) => {
                let text = format_args!("{name} could not be kept ({error}); the {layer} layer stays as it was");
                journal.tell(Level::Error, text);
            }
        }
    }
    Ok(())
}

/// The files of the command line with their layers, weakest first.
pub(crate) fn layer_files(args: &LayerArgs) -> impl Iterator<Item = (Layer, &Path)> {
    let all = [
        (Layer::PreProvisioning, &args.pre_provisioning),
        (Layer::Master, &args.master),
        (Layer::Product, &args.product),
        (Layer::Standard, &args.standard),
    ];
    all.into_iter().filter_map(|(layer, path)| Some((layer, path.as_deref()?)))
}

/// `no change`, `1 change`, `2 changes`.
fn counted(n: usize, noun: &str) -> String {
    match n {
        0 => format!("no {noun}s"),
        1 => format!("1 {noun}"),
        n => format!("{n} {noun}s"),
    }
}
