//! The life of the unit: the files that it fetches, the time that it keeps, what it tells of itself, and when it restarts.
//!
//! | module | is |
//! |---|---|
//! | [`Handle`] | what other parts of the phone tell the unit, and ask it |
//! | [`Life`] | one life, from a start to the next restart: drives the provisioner by its schedule |
//! | [`Journal`] | what happened: for the log of the web page, a log server, and whoever started the phone |
//! | [`Deed`] | what a person does to the unit as a whole: resets, and what an SD card is for |
//! | [`Firmware`] | the firmware that runs, and the way to a newer one |
//! | [`Display`] | what the display shows beside calls |
//! | [`Status`] | how the unit is, for programs |
//! | `time` | keeps the clock by the time server |
//! | `network` | waits for the network, and finds out what the DHCP server said |

mod deed;
mod display;
mod firmware;
mod handle;
mod journal;
mod life;
mod network;
mod status;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use deed::{Deed, Subject};
pub(crate) use display::{Display, Shown};
pub(crate) use firmware::{FOLDER, Firmware, RESTART, SETTLE, SLOT};
pub(crate) use handle::{Handle, Provisioning};
pub(crate) use journal::Journal;
pub(crate) use life::{Birth, Life};
pub(crate) use status::Status;
