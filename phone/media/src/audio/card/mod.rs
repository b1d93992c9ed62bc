//! The sound card, by cpal.
//!
//! A thread of its own opens the card, holds it, and opens it anew once it has gone away; the audio thread only sees queues.
//! Where a unit has one card for everything, all paths lead there.

pub(super) mod bridge;
#[cfg(feature = "cpal")]
mod device;
#[cfg(feature = "cpal")]
mod stream;

#[cfg(feature = "cpal")]
pub use device::Card;
