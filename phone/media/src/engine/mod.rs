//! The engine of the audio thread: channels to other phones, the person's ears and mouth, and what is mixed where.
//!
//! [`new`] makes both ends: the [`Engine`], which the audio thread drives every 10 ms with the time, a device and a network, and
//! the [`Handle`], through which everybody else tells it what to do and learns what happened. Between them are queues that lock
//! nothing. What has to be allocated is made by the handle and comes back to it to be dropped, so the engine does neither.
//!
//! All voices are kept at the rate of their codec, and summed by rate; only sums go from one rate to the other.

mod channel;
mod command;
mod core;
mod handle;
mod inlet;
mod music;
mod order;
mod outlet;
mod person;
mod report;
mod sounds;

pub use command::{ChannelId, Command, Delays, Digits, Event, Feed, Listening, Stream, Tone};
pub use core::{Engine, Network, Port};
pub use handle::{Config, Handle, Stuck, new};
pub use music::Music;
pub use report::{Load, Report};

pub use crate::audio::Path;
pub use crate::tone::Signal;

use std::time::Duration;

/// The time of a frame.
pub const FRAME_TIME: Duration = Duration::from_millis(10);

/// Channels that can be open at a time.
pub const MOST_CHANNELS: usize = 32;

/// Samples of a frame at 8 kHz, and at 16 kHz.
const NARROW: usize = 80;
const WIDE: usize = 160;
