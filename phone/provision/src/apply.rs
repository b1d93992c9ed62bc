//! From files that have come to settings in force: everything is read and judged first, then stored.

use std::sync::Arc;

use offhook_config::crypt::{self, Key, KeyLength};
use offhook_config::{Diagnostic, Purpose, read};
use offhook_params::rules::breaches;
use offhook_settings::{Layer, LayerValues, Layers, Origin};
use offhook_store::{Exchanged, NewFile, Replaced, Store};

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

/// Decrypts and reads all files, and then puts those that are good in place of their layers, all at once.
///
/// A file that is bad as a whole changes nothing; the others count. A key that one file brings serves for the
/// files behind it. Nothing is stored before everything was read, and a loss of power leaves all or none of it.
pub fn apply(store: &Store, downloads: &[Download]) -> Applied {
    let mut prospect = Layers::clone(&store.snapshot());
    let read: Vec<_> = downloads.iter().map(|download| prepare(download, &mut prospect)).collect();
    let urls: Vec<_> = downloads.iter().map(|download| download.location.to_string()).collect();
    let all = || downloads.iter().zip(&urls).zip(&read);
    let good: Vec<_> = all()
        .filter_map(|((download, source), plain)| {
            Some(NewFile { layer: download.layer, bytes: plain.as_ref().ok()?, source })
        })
        .collect();
    let (mut kept, changes) = match store.replace_all(&good) {
        Ok(Exchanged { files, changes }) => (Ok(files.into_iter()), changes.len()),
        Err(error) => (Err(error.to_string()), 0),
    };
    let files = all()
        .map(|((download, url), plain)| {
            let (verdict, diagnostics) = match (plain, &mut kept) {
                (Err(Refused { reason, diagnostics }), _) => (Verdict::Refused(reason.clone()), diagnostics.clone()),
                (Ok(_), Err(error)) => (Verdict::NotKept(error.clone()), Vec::new()),
                (Ok(_), Ok(files)) => {
                    let Replaced { changes, diagnostics } = files.next().expect("there is one for each good file");
                    (Verdict::Applied { changes: changes.len() }, diagnostics)
                }
            };
            FileReport::new(download.layer, url.clone(), verdict, &diagnostics)
        })
        .collect();
    let after = store.snapshot();
    let rules = breaches(&*after).iter().map(|breach| breach.message(&*after)).collect();
    Applied { files, changes, rules }
}

/// Why a file is refused as a whole.
struct Refused {
    reason: String,
    diagnostics: Vec<Diagnostic>,
}

impl From<String> for Refused {
    fn from(reason: String) -> Self {
        Self { reason, diagnostics: Vec::new() }
    }
}

/// A file in clear; its values are put into the prospect, so that its keys serve for the next one.
fn prepare(download: &Download, prospect: &mut Layers) -> Result<Vec<u8>, Refused> {
    let plain = decrypted(download, prospect)?;
    let reading = read(&plain, Purpose::File);
    if reading.void {
        let worst = reading.diagnostics.iter().max_by_key(|d| d.severity);
        let reason = worst.map_or_else(String::new, ToString::to_string);
        return Err(Refused { reason, diagnostics: reading.diagnostics });
    }
    let source: Arc<str> = download.location.to_string().into();
    let mut values = LayerValues::new();
    for entry in &reading.entries {
        // The reader lets checked values through only.
        let _ = values.set(entry.id, &*entry.value, Origin::file(Arc::clone(&source), entry.line));
    }
    prospect.replace(download.layer, values);
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
