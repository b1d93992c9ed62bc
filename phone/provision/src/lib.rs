//! Provisioning: which files to fetch and when, how they are fetched, and how they become settings.
//!
//! | module | is |
//! |---|---|
//! | [`schedule`] | when which files are fetched: pure, with the time passed in |
//! | [`fetch`] | one fetcher for HTTP, HTTPS, FTP and TFTP |
//! | [`Location`] | where a file is: macros, credentials, DHCP options |
//! | [`apply`] | files that have come, decrypted, read, and put in place of their layers |
//! | [`Place`] | where on the display pictures go that the settings name |
//! | [`firmware`] | signed images, and two slots of which one always starts |
//! | [`Provisioner`] | all of it for one unit: does what the schedule asks for, and keeps a [`Report`] |
//!
//! The caller owns the clock, the timers and the restarts; it needs a tokio runtime for [`fetch`] alone.

mod apply;
mod error;
pub mod fetch;
pub mod firmware;
mod location;
mod memory;
mod pictures;
mod provisioner;
mod report;
pub mod schedule;

pub use apply::{Applied, Download, apply};
pub use error::Error;
pub use location::{Credentials, Lease, Location, Scheme};
pub use memory::{kept_pictures, kept_roots, last_firmware_report, last_report};
pub use pictures::{Picture, Place, Tint};
pub use provisioner::{Miss, Provisioner, Unit};
pub use report::{FileReport, Finding, FirmwareReport, Report, Verdict};
