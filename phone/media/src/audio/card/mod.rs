//! The sound card, by cpal.
//!
//! A thread of its own opens a card, holds it, and opens it anew once it has gone away; the audio thread only sees queues.
//! Each path may lead to a card of its own, or all of them to one.

pub(super) mod bridge;
#[cfg(feature = "cpal")]
mod cards;
#[cfg(feature = "cpal")]
mod device;
#[cfg(all(test, target_env = "gnu"))]
#[path = "../../../tests/common/heap.rs"]
mod heap;
#[cfg(feature = "cpal")]
mod stream;

#[cfg(feature = "cpal")]
pub(super) use cards::Cards;
