//! One unit's provisioning: does what the schedule asks for, and tells it how it went.

use std::path::Path;

use jiff::Timestamp;
use offhook_params::Settings;
use offhook_params::choices::TlsVerification;
use offhook_params::types::{FirmwareVersion, Macros};
use offhook_settings::Layer;
use offhook_store::Store;

use crate::apply::{Applied, Download, apply};
use crate::error::Error;
use crate::fetch::{Access, Fetched, Fetcher, Limits, Roots, Validator, tls};
use crate::firmware::{self, Fault, Keyring, Slots, Wanted};
use crate::location::Location;
use crate::memory::Memory;
use crate::pictures::{Picture, Place};
use crate::report::{FileReport, FirmwareReport, Report, Verdict};
use crate::schedule::{Action, Cause, Outcome, Plan, Source};

/// Who the unit is, for macros and jitter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its MAC address.
    pub mac: [u8; 6],
    /// Its model name.
    pub model: String,
    /// The version of its firmware: nn.nnn.
    pub firmware: String,
}

impl Unit {
    /// What macros stand for.
    pub fn macros(&self) -> Macros<'_> {
        Macros { mac: self.mac, model: &self.model, firmware: &self.firmware }
    }
}

/// Why there is no picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Miss {
    /// In words, with its URL.
    pub reason: String,
    /// It may come yet, if it is fetched again.
    pub may_come: bool,
}

/// Fetches and applies the files of one unit.
#[derive(Debug)]
pub struct Provisioner {
    unit: Unit,
    store: Store,
    memory: Memory,
}

impl Provisioner {
    /// The provisioner of a unit; it keeps a file of its own in the state folder beside those of the store.
    pub fn new(unit: Unit, store: Store, folder: &Path) -> Self {
        Self { unit, store, memory: Memory::open(folder) }
    }

    /// The plan by the settings as they are now; the schedule wants it at the start and after every change.
    pub fn plan(&self) -> Plan {
        Plan::new(&self.store.snapshot(), &self.unit.macros())
    }

    /// What came of the last round, also of one before the last restart.
    pub const fn report(&self) -> Option<&Report> {
        self.memory.report()
    }

    /// What came of the last update of the firmware, also of one before the last restart.
    pub const fn firmware_report(&self) -> Option<&FirmwareReport> {
        self.memory.firmware()
    }

    /// Fetches the firmware that the settings ask for into the slot that is not running (guide rule 102), and reports
    /// it. The next start tries it; that is the caller's to make.
    ///
    /// # Errors
    /// There is no such firmware, it did not come, is refused, or could not be kept.
    pub async fn update(
        &mut self,
        slots: &mut Slots,
        keys: &Keyring,
        wanted: FirmwareVersion,
        clock: Option<Timestamp>,
    ) -> Result<(), Fault> {
        let settings = self.store.snapshot().typed();
        let location = match Location::of_firmware(&settings.firmware, &self.unit.macros()) {
            Some(location) => location?,
            None => return Err(Fault::NoPlace),
        };
        let fetcher = self.fetcher(Cause::StartUp, clock).await?;
        let image = Wanted {
            model: Some(self.unit.model.clone()),
            newer_than: firmware::version(&self.unit.firmware),
            version: Some(wanted),
        };
        let installed = firmware::install(&fetcher, &location, slots, keys, image).await.map(|_| ());
        let fault = installed.as_ref().err().map(ToString::to_string);
        let report = FirmwareReport { at: clock, url: location.to_string(), wanted: wanted.to_string(), fault };
        self.memory.set_firmware(report);
        let _ = self.memory.save();
        installed
    }

    /// Forgets what is known of files, as a factory reset does.
    pub fn forget(&mut self) {
        self.memory.clear();
        // Should it come back with the next start, it fits no layer and is not used.
        let _ = self.memory.save();
    }

    /// Does what the schedule asks for, and reports it. A restart is the caller's to make, and changes nothing here.
    pub async fn run(&mut self, action: &Action, clock: Option<Timestamp>) -> Outcome {
        let (cause, applied, access_error) = match action {
            Action::Restart => return Outcome::default(),
            Action::PreProvision(places) => {
                let (applied, access_error) = self.pre_provision(places, clock).await;
                ("pre-provisioning", applied, access_error)
            }
            Action::Fetch(cause, sources) => {
                let (applied, access_error) = self.fetch_all(*cause, sources, clock).await;
                (cause.as_str(), applied, access_error)
            }
        };
        let outcome = Outcome { changed: applied.changes > 0, access_error };
        let Applied { files, rules, .. } = applied;
        self.memory.set_report(Report { at: clock, cause: cause.to_owned(), files, rules });
        // Without it the next start fetches once more what it could have left.
        let _ = self.memory.save();
        outcome
    }

    /// Brings the pictures of the display to what the settings name, and tells what came of each that is other than
    /// before. One that does not come, or cannot be shown, leaves the one that was there.
    pub async fn fetch_pictures(&mut self, clock: Option<Timestamp>) -> Vec<(Place, Result<Picture, Miss>)> {
        let display = self.store.snapshot().typed().display;
        let mut news = Vec::new();
        let mut fetcher = None;
        for place in Place::ALL {
            let Some(url) = place.url(&display) else {
                self.memory.remove_picture(place);
                continue;
            };
            if fetcher.is_none() {
                fetcher = Some(self.fetcher(Cause::Asked, clock).await);
            }
            match self.fetch_picture(place, url, &fetcher).await {
                Ok(None) => {}
                Ok(Some(picture)) => news.push((place, Ok(picture))),
                Err(miss) => news.push((place, Err(miss))),
            }
        }
        // Without it the next start fetches once more what it could have left.
        let _ = self.memory.save();
        news
    }

    /// `None` where the picture is there already.
    async fn fetch_picture(
        &mut self,
        place: Place,
        url: &str,
        fetcher: &Option<Result<Fetcher, Error>>,
    ) -> Result<Option<Picture>, Miss> {
        let missed = |error: &dyn std::fmt::Display| Miss { reason: error.to_string(), may_come: true };
        let useless = |error: String| Miss { reason: error, may_come: false };
        let location = Location::parse(url).map_err(|error| useless(error.to_string()))?;
        let fetcher = match fetcher {
            Some(Ok(fetcher)) => fetcher,
            Some(Err(error)) => return Err(missed(error)),
            None => return Ok(None),
        };
        let known = self.memory.picture(place, &location).filter(|version| **version != Validator::default());
        match fetcher.fetch(&location, known, &Limits::PICTURE).await.map_err(|error| missed(&error))? {
            (Fetched::Unchanged, _) => Ok(None),
            (Fetched::File { .. }, bytes) if self.memory.is_picture(place, &location, &bytes) => Ok(None),
            (Fetched::File { version, .. }, bytes) => {
                let picture =
                    place.judge(location.to_string(), &bytes).map_err(|why| useless(format!("{location}: {why}")))?;
                let kept = self.memory.set_picture(place, &location, (picture.clone(), &bytes), version);
                kept.map_err(|error| missed(&format!("{location} could not be kept: {error}")))?;
                Ok(Some(picture))
            }
        }
    }

    /// The first place that has the file counts.
    async fn pre_provision(&mut self, places: &[Location], clock: Option<Timestamp>) -> (Applied, bool) {
        let fetcher = self.fetcher(Cause::StartUp, clock).await;
        let mut missed = Vec::new();
        for place in places {
            let source = Source { layer: Layer::PreProvisioning, location: Ok(place.clone()) };
            match self.fetch(&fetcher, &source).await {
                Ok(Some((download, _))) => {
                    let mut applied = self.apply(vec![download]).await;
                    missed.append(&mut applied.files);
                    return (Applied { files: missed, ..applied }, false);
                }
                Ok(None) => {}
                Err(report) => missed.push(report),
            }
        }
        (Applied { files: missed, ..Applied::default() }, true)
    }

    async fn fetch_all(&mut self, cause: Cause, sources: &[Source], clock: Option<Timestamp>) -> (Applied, bool) {
        let fetcher = self.fetcher(cause, clock).await;
        let mut access_error = false;
        // Reports of files that there is nothing to apply of; the others come from applying.
        let mut reports: Vec<Option<FileReport>> = Vec::new();
        let (mut downloads, mut validators) = (Vec::new(), Vec::new());
        for source in sources {
            match self.fetch(&fetcher, source).await {
                Ok(Some((download, validator))) => {
                    downloads.push(download);
                    validators.push(validator);
                    reports.push(None);
                }
                Ok(None) => reports.push(Some(self.unchanged(source))),
                Err(report) => {
                    access_error = true;
                    reports.push(Some(report));
                }
            }
        }
        let places: Vec<_> = downloads.iter().map(|d| (d.layer, d.location.clone())).collect();
        let applied = self.apply(downloads).await;
        let layers = self.store.snapshot();
        for (((layer, place), validator), file) in places.iter().zip(validators).zip(&applied.files) {
            // The next fetch of a file that is not in force has to bring it again.
            let validator =
                if matches!(file.verdict, Verdict::Applied { .. }) { validator } else { Validator::default() };
            self.memory.set_version(*layer, place, layers.layer(*layer), validator);
        }
        let mut from_applying = applied.files.into_iter();
        let files = reports.into_iter().filter_map(|report| report.or_else(|| from_applying.next())).collect();
        (Applied { files, ..applied }, access_error)
    }

    /// The report of a file that is in force still: what was wrong with it when it came still is.
    fn unchanged(&self, source: &Source) -> FileReport {
        let now = report(source, Verdict::Unchanged);
        let before =
            self.report().and_then(|last| last.files.iter().find(|f| (&f.layer, &f.url) == (&now.layer, &now.url)));
        match before {
            Some(FileReport { verdict: Verdict::Applied { .. } | Verdict::Unchanged, findings, found, .. }) => {
                FileReport { findings: findings.clone(), found: *found, ..now }
            }
            _ => now,
        }
    }

    /// `None` where the file is the one that fills the layer already.
    async fn fetch(
        &self,
        fetcher: &Result<Fetcher, Error>,
        source: &Source,
    ) -> Result<Option<(Download, Validator)>, FileReport> {
        let missed = |reason: String| report(source, Verdict::NotFetched(reason));
        let location = source.location.as_ref().map_err(|reason| missed(reason.clone()))?;
        let fetcher = fetcher.as_ref().map_err(|error| missed(error.to_string()))?;
        let layers = self.store.snapshot();
        let known = self.memory.version(source.layer, location, layers.layer(source.layer));
        let fetched = fetcher.fetch(location, known, &Limits::CONFIGURATION).await;
        match fetched.map_err(|error| missed(error.to_string()))? {
            (Fetched::Unchanged, _) => Ok(None),
            (Fetched::File { version, from }, bytes) => {
                Ok(Some((Download { layer: source.layer, location: location.clone(), from: *from, bytes }, version)))
            }
        }
    }

    /// Applies files on a thread where waiting for the disk holds nobody up.
    async fn apply(&self, downloads: Vec<Download>) -> Applied {
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || apply(&store, &downloads)).await {
            Ok(applied) => applied,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }

    async fn fetcher(&mut self, cause: Cause, clock: Option<Timestamp>) -> Result<Fetcher, Error> {
        let settings = self.store.snapshot().typed();
        let roots = self.roots(&settings, cause, clock).await;
        Fetcher::new(Access::new(&settings, &self.unit.macros(), roots, clock))
    }

    /// The root certificate: kept, looked after at each start-up, and fetched anew when its URL changes.
    ///
    /// The first time there is nothing to check its server with, so it is fetched unchecked, like everything before
    /// the clock is set; from then on by what is kept. Its own URL should be https, then: over http, anybody on the way
    /// can exchange it at any start-up.
    async fn roots(&mut self, settings: &Settings, cause: Cause, clock: Option<Timestamp>) -> Roots {
        let location = match Location::of_root_certificate(&settings.http) {
            None => return Roots::System,
            Some(Err(error)) => return Roots::Missing(error.to_string()),
            Some(Ok(location)) => location,
        };
        if settings.http.tls_verification == TlsVerification::Off || clock.is_none() {
            return Roots::System;
        }
        let kept = self.memory.root(&location).map(|(bytes, version)| (bytes, version.clone()));
        if let Some((bytes, _)) = &kept
            && cause != Cause::StartUp
        {
            return Roots::Given(bytes.clone());
        }
        let (roots, known) = kept.map_or((None, None), |(bytes, version)| (Some(Roots::Given(bytes)), Some(version)));
        let mut access = Access::new(settings, &self.unit.macros(), roots.clone().unwrap_or(Roots::System), clock);
        if roots.is_none() {
            access.verification = TlsVerification::Off;
        }
        let fetched = match Fetcher::new(access) {
            Ok(fetcher) => fetcher.fetch(&location, known.as_ref(), &Limits::CONFIGURATION).await,
            Err(error) => Err(error),
        };
        match (fetched, roots) {
            (Ok((Fetched::File { version, .. }, bytes)), _) if tls::is_root(&bytes) => {
                self.memory.set_root(&location, &bytes, version);
                Roots::Given(bytes)
            }
            (_, Some(roots)) => roots,
            (Ok(_), None) => Roots::Missing(format!("{location} is no certificate, neither as PEM nor as DER")),
            (Err(error), None) => Roots::Missing(error.to_string()),
        }
    }
}

/// The report of a file that there is nothing to apply of.
fn report(source: &Source, verdict: Verdict) -> FileReport {
    // A place that is none has its text in the reason.
    let url = source.location.as_ref().map_or_else(|_| String::new(), ToString::to_string);
    FileReport::new(source.layer, url, verdict, &[])
}
