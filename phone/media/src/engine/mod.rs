//! The engine of the audio thread: channels to other phones, the person's ears and mouth, and what is mixed where.

mod command;

pub use crate::audio::Path;
pub use crate::tone::Signal;
pub use command::{ChannelId, Command, Delays, Digits, Event, Feed, Listening, Stream, Tone};
