//! What the unit keeps about its files from one start to the next: versions, the root certificate, the last report.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;
use atomic_write_file::unix::OpenOptionsExt as _;
use offhook_params::settings::Http;
use offhook_settings::{Layer, LayerValues};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::fetch::{Roots, Validator};
use crate::location::Location;
use crate::pictures::{Picture, Place};
use crate::report::{FirmwareReport, Report};

/// Its file in the state folder.
const FILE: &str = "provisioning.json";

/// Most bytes of it: three reports' worth of findings, and certificates.
const LARGEST: u64 = 1 << 20;

#[derive(Debug, Default)]
pub(crate) struct Memory {
    path: PathBuf,
    kept: Kept,
}

/// What is in the file. Of one that cannot be read nothing is kept: everything in it can be fetched again.
#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    report: Option<Report>,
    files: BTreeMap<String, Version>,
    root: Option<Root>,
    firmware: Option<FirmwareReport>,
    pictures: BTreeMap<Place, KeptPicture>,
}

/// The root certificate of the settings, as the last round of fetching files has kept it in the state folder.
pub fn kept_roots(settings: &Http, folder: &Path) -> Roots {
    match Location::of_root_certificate(settings) {
        None => Roots::System,
        Some(Err(error)) => Roots::Missing(error.to_string()),
        Some(Ok(location)) => match Memory::open(folder).root(&location) {
            Some((certificate, _)) => Roots::Given(certificate),
            None => Roots::Missing("it was not fetched yet".to_owned()),
        },
    }
}

/// The version of a file that fills a layer.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Version {
    url: String,
    /// Of the layer's values, to see that they still are what this version made them.
    values: String,
    validator: Validator,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Root {
    url: String,
    /// PEM, or DER in base64.
    certificate: String,
    validator: Validator,
}

/// A picture of the display; its file lies beside.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct KeptPicture {
    url: String,
    picture: Picture,
    validator: Validator,
}

impl Memory {
    pub(crate) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE);
        let kept = read(&path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Self { path, kept }
    }

    pub(crate) const fn report(&self) -> Option<&Report> {
        self.kept.report.as_ref()
    }

    pub(crate) fn set_report(&mut self, report: Report) {
        self.kept.report = Some(report);
    }

    pub(crate) const fn firmware(&self) -> Option<&FirmwareReport> {
        self.kept.firmware.as_ref()
    }

    pub(crate) fn set_firmware(&mut self, report: FirmwareReport) {
        self.kept.firmware = Some(report);
    }

    /// The version of the file that the layer was filled from, if it was this one and the layer is as it was then.
    pub(crate) fn version(&self, layer: Layer, location: &Location, values: &LayerValues) -> Option<&Validator> {
        let version = self.kept.files.get(layer.as_str())?;
        let same = version.url == digest_of_url(location) && version.values == digest_of_values(values);
        let useful = version.validator != Validator::default();
        (same && useful).then_some(&version.validator)
    }

    pub(crate) fn set_version(&mut self, layer: Layer, location: &Location, values: &LayerValues, of: Validator) {
        let version = Version { url: digest_of_url(location), values: digest_of_values(values), validator: of };
        self.kept.files.insert(layer.as_str().to_owned(), version);
    }

    /// The root certificate from this place, with its version.
    pub(crate) fn root(&self, location: &Location) -> Option<(Vec<u8>, &Validator)> {
        let root = self.kept.root.as_ref().filter(|root| root.url == digest_of_url(location))?;
        Some((decode(&root.certificate), &root.validator))
    }

    pub(crate) fn set_root(&mut self, location: &Location, certificate: &[u8], validator: Validator) {
        let root = Root { url: digest_of_url(location), certificate: encode(certificate), validator };
        self.kept.root = Some(root);
    }

    /// The version of the picture from this place, if the unit has it.
    pub(crate) fn picture(&self, place: Place, location: &Location) -> Option<&Validator> {
        let kept = self.kept.pictures.get(&place).filter(|kept| kept.url == digest_of_url(location))?;
        self.path.with_file_name(place.file()).is_file().then_some(&kept.validator)
    }

    /// Whether what has come is the picture that the unit has from this place.
    pub(crate) fn is_picture(&self, place: Place, location: &Location, bytes: &[u8]) -> bool {
        let there = std::fs::read(self.path.with_file_name(place.file()));
        self.picture(place, location).is_some() && there.is_ok_and(|there| there == bytes)
    }

    /// Takes a picture in place of the one that was there.
    pub(crate) fn set_picture(
        &mut self,
        place: Place,
        location: &Location,
        (picture, bytes): (Picture, &[u8]),
        validator: Validator,
    ) -> io::Result<()> {
        let mut file =
            AtomicWriteFile::options().preserve_mode(false).mode(0o600).open(self.path.with_file_name(place.file()))?;
        file.write_all(bytes)?;
        file.commit()?;
        self.kept.pictures.insert(place, KeptPicture { url: digest_of_url(location), picture, validator });
        Ok(())
    }

    /// There is to be no picture.
    pub(crate) fn remove_picture(&mut self, place: Place) {
        if self.kept.pictures.remove(&place).is_some() {
            // One that stays is not shown.
            let _ = std::fs::remove_file(self.path.with_file_name(place.file()));
        }
    }

    /// Forgets everything, as a factory reset does.
    pub(crate) fn clear(&mut self) {
        self.kept = Kept::default();
    }

    /// Writes the file, unless it says the same already.
    pub(crate) fn save(&self) -> io::Result<()> {
        let bytes = serde_json::to_vec_pretty(&self.kept)?;
        if read(&self.path).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        let mut file = AtomicWriteFile::options().preserve_mode(false).mode(0o600).open(&self.path)?;
        file.write_all(&bytes)?;
        file.commit()
    }
}

/// The pictures of the display that a state folder has.
pub fn kept_pictures(folder: &Path) -> BTreeMap<Place, Picture> {
    let kept = Memory::open(folder).kept.pictures;
    let is_there = |place: &Place| folder.join(place.file()).is_file();
    kept.into_iter().filter(|(place, _)| is_there(place)).map(|(place, kept)| (place, kept.picture)).collect()
}

/// The last report that a state folder has, for looking into it from outside.
pub fn last_report(folder: &Path) -> Option<Report> {
    Memory::open(folder).kept.report
}

/// The last update of the firmware that a state folder has, or why there was none.
pub fn last_firmware_report(folder: &Path) -> Option<FirmwareReport> {
    Memory::open(folder).kept.firmware
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut io::Read::take(std::fs::File::open(path)?, LARGEST), &mut bytes)?;
    Ok(bytes)
}

/// Credentials count: another user may get another file.
fn digest_of_url(location: &Location) -> String {
    let credentials = location.credentials().map(|c| (c.user.as_str(), c.password.as_str()));
    digest(&format!("{} {credentials:?}", location.url()))
}

fn digest_of_values(values: &LayerValues) -> String {
    let lines: String = values.iter().map(|(id, value, _)| format!("{id}={value}\n")).collect();
    digest(&lines)
}

fn digest(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// PEM stays readable.
fn encode(certificate: &[u8]) -> String {
    match std::str::from_utf8(certificate) {
        Ok(text) if text.contains("-----BEGIN") => text.to_owned(),
        _ => base64::Engine::encode(&base64::engine::general_purpose::STANDARD, certificate),
    }
}

fn decode(text: &str) -> Vec<u8> {
    match text.contains("-----BEGIN") {
        true => text.as_bytes().to_vec(),
        false => base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use offhook_params::lookup;
    use offhook_settings::{Method, Origin};

    use super::*;

    fn values(port: &str) -> LayerValues {
        let mut values = LayerValues::new();
        let id = lookup("SYSLOG_PORT").expect("a setting").id;
        values.set(id, port, Origin::by(Method::File)).expect("a port");
        values
    }

    #[test]
    fn versions_count_for_their_file_and_layer_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let location = |text| Location::parse(text).expect("a URL");
        let here = location("http://u:p@h/f");
        let validator = Validator { etag: Some("\"1\"".to_owned()), last_modified: None };
        let mut memory = Memory::open(folder.path());
        memory.set_version(Layer::Master, &here, &values("515"), validator.clone());
        memory.set_root(&here, b"\x30\x82", Validator::default());
        memory.save().expect("saved");
        let memory = Memory::open(folder.path());
        assert_eq!(memory.version(Layer::Master, &here, &values("515")), Some(&validator));
        assert_eq!(memory.version(Layer::Standard, &here, &values("515")), None);
        assert_eq!(memory.version(Layer::Master, &here, &values("516")), None);
        assert_eq!(memory.version(Layer::Master, &location("http://u:q@h/f"), &values("515")), None);
        assert_eq!(memory.root(&here), Some((b"\x30\x82".to_vec(), &Validator::default())));
        assert_eq!(memory.root(&location("http://h/f")), None);
    }

    #[test]
    fn a_damaged_file_is_forgotten_and_secrets_are_not_in_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut memory = Memory::open(folder.path());
        let location = Location::parse("http://u:s3cret@h/f").expect("a URL");
        memory.set_version(Layer::Master, &location, &values("515"), Validator::default());
        memory.save().expect("saved");
        let path = folder.path().join(FILE);
        assert!(!std::fs::read_to_string(&path).expect("text").contains("s3cret"));
        for damage in ["", "{", "[]", "{\"files\": 1}"] {
            std::fs::write(&path, damage).expect("written");
            assert_eq!(Memory::open(folder.path()).kept, Kept::default());
        }
    }
}
