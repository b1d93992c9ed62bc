//! From files that have come to settings in force: everything is read and judged first, then stored.

use std::sync::Arc;

use offhook_config::crypt::{self, Key, KeyLength};
use offhook_config::{Purpose, read};
use offhook_params::ParamId;
use offhook_params::rules::{Values as _, breaches};
use offhook_settings::{Layer, LayerValues, Layers, Origin};
use offhook_store::{Replaced, Store, StoreError};

use crate::location::Location;
use crate::report::{FileReport, Verdict};

/// A file that has come.
#[derive(Debug, Clone)]
pub struct Download {
    /// The layer that it fills.
    pub layer: Layer,
    /// Where the settings say that it is.
    pub location: Location,
    /// Where it came from in the end, redirects followed.
    pub from: Location,
    /// As it came.
    pub bytes: Vec<u8>,
}

/// What came of files.
#[derive(Debug, Clone, Default)]
pub struct Applied {
    /// One for each file, in the order given.
    pub files: Vec<FileReport>,
    /// How many settings changed in effect, all files together.
    pub changes: usize,
    /// Rules between settings that do not hold afterwards.
    pub rules: Vec<String>,
}

/// Decrypts and reads all files, and then puts those that are good in place of their layers.
///
/// A file that is bad as a whole changes nothing; the others count. A key that one file brings serves for the
/// files behind it. Nothing is stored before everything was read.
pub fn apply(store: &Store, downloads: &[Download]) -> Applied {
    let before = store.snapshot();
    let mut prospect = Layers::clone(&before);
    let plain: Vec<_> = downloads.iter().map(|download| prepare(download, &mut prospect)).collect();
    let mut applied = Applied::default();
    for (download, plain) in downloads.iter().zip(plain) {
        applied.files.push(keep(store, download, plain));
    }
    let after = store.snapshot();
    applied.changes = ParamId::all().filter(|id| before.value(*id) != after.value(*id)).count();
    applied.rules = breaches(&*after).iter().map(|breach| breach.message(&*after)).collect();
    applied
}

/// A file in clear; its values are put into the prospect, so that its keys serve for the next one.
fn prepare(download: &Download, prospect: &mut Layers) -> Result<Vec<u8>, String> {
    let plain = decrypted(download, prospect)?;
    let reading = read(&plain, Purpose::File);
    if !reading.void {
        let source: Arc<str> = download.location.to_string().into();
        let mut values = LayerValues::new();
        for entry in &reading.entries {
            // The reader lets checked values through only.
            let _ = values.set(entry.id, &*entry.value, Origin::file(Arc::clone(&source), entry.line));
        }
        prospect.replace(download.layer, values);
    }
    Ok(plain)
}

/// The extension decides which key a file is encrypted with (guide rule 94): that of the URL, or else that of the place
/// that a redirect led to.
fn decrypted(download: &Download, layers: &Layers) -> Result<Vec<u8>, String> {
    let Download { location, from, bytes, .. } = download;
    let Some(setting) = [location, from].into_iter().find_map(|place| crypt::key_setting(&place.file_name())) else {
        return match crypt::is_encrypted(bytes) {
            true => Err("it is encrypted; its name has to end in .e1c, .e2c or .e3c, which tells the key".to_owned()),
            false => Ok(bytes.clone()),
        };
    };
    let settings = layers.typed().provisioning;
    let text = match setting.name().bytes().last() {
        Some(b'1') => settings.file_key1,
        Some(b'2') => settings.file_key2,
        _ => settings.file_key3,
    };
    if text.is_empty() {
        return Err(format!("its name says that it is encrypted, but {setting} is empty"));
    }
    let key = Key::new(&text).map_err(|error| format!("{setting}: {error}"))?;
    let length = KeyLength::from_bits(settings.file_key_length).unwrap_or_default();
    crypt::decrypt(bytes, &key, length)
        .map_err(|error| format!("{error}; see {setting} and CFG_FILE_KEY_LENGTH ({} bits)", length.bits()))
}

fn keep(store: &Store, download: &Download, plain: Result<Vec<u8>, String>) -> FileReport {
    let url = download.location.to_string();
    let report = |verdict, diagnostics: &[_]| FileReport::new(download.layer, url.clone(), verdict, diagnostics);
    let plain = match plain {
        Ok(plain) => plain,
        Err(reason) => return report(Verdict::Refused(reason), &[]),
    };
    match store.replace(download.layer, &plain, &url) {
        Ok(Replaced { changes, diagnostics }) => report(Verdict::Applied { changes: changes.len() }, &diagnostics),
        Err(StoreError::Void(diagnostics)) => {
            let reason = diagnostics.iter().max_by_key(|d| d.severity).map_or_else(String::new, ToString::to_string);
            report(Verdict::Refused(reason), &diagnostics)
        }
        Err(error) => report(Verdict::NotKept(error.to_string()), &[]),
    }
}
