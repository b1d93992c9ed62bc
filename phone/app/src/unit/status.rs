//! How the unit is, for programs and for `offhook status`.

use std::path::Path;

use jiff::Timestamp;
use offhook_provision::{FirmwareReport, Report, last_firmware_report, last_report};
use serde::{Deserialize, Serialize};

use super::Display;

/// How the unit is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Status {
    /// How it runs; nothing where it does not.
    pub(crate) running: Option<Running>,
    /// The last round of fetching files.
    pub(crate) provisioning: Option<Report>,
    /// The last update of the firmware, or why there was none.
    pub(crate) firmware: Option<FirmwareReport>,
}

/// A unit that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Running {
    /// The version of its firmware.
    pub(crate) firmware: String,
    /// Seconds since it was started.
    pub(crate) up: u64,
    /// Date and time, as soon as it knows them.
    pub(crate) clock: Option<Timestamp>,
    /// Files are being fetched.
    pub(crate) busy: bool,
    /// The next fetch that is planned.
    pub(crate) next: Option<Next>,
    /// What the display shows beside calls.
    pub(crate) display: Display,
}

/// A fetch that is planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Next {
    /// Seconds until then.
    pub(crate) after: u64,
    /// What it is made for, in a word.
    pub(crate) cause: String,
}

impl Status {
    /// That of a unit that does not run, by what its state folder has.
    pub(crate) fn of_folder(folder: &Path) -> Self {
        Self { running: None, provisioning: last_report(folder), firmware: last_firmware_report(folder) }
    }
}
