//! Ears and mouths of the unit: one trait for all sound devices, and those that there are.
//!
//! A device is asked every 10 ms to play and to record a frame, and never blocks. Whoever asks keeps the time; a device with a
//! clock of its own makes up for the difference.

#[cfg(any(feature = "cpal", test))]
mod card;
mod choice;
mod fault;
mod loopback;
mod notice;
mod null;
mod wav;

pub use choice::{CardNames, Choice};
pub use fault::Fault;
pub use loopback::Loopback;
pub use notice::{News, Notice, Tell};
pub use null::Null;
pub use wav::{Wav, read as read_wav};

/// Samples a second of all devices.
pub const RATE: u32 = 16_000;

/// Samples of a frame: 10 ms.
pub const FRAME: usize = 160;

/// Through which device the person talks and listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Path {
    /// The handset.
    #[default]
    Handset,
    /// Speaker and microphone of the unit.
    HandsFree,
    /// The headset.
    Headset,
}

/// What a device shall do for 10 ms.
#[derive(Debug, Clone, Copy)]
pub struct Play<'a> {
    /// Where the voice is played and recorded; none while the phone is on hook.
    pub path: Option<Path>,
    /// What the person hears there.
    pub voice: &'a [i16; FRAME],
    /// What the speaker plays beside it, on any path: ringer and key tones.
    pub speaker: &'a [i16; FRAME],
}

impl Play<'_> {
    /// Everything together, for a device with one output.
    pub fn together(&self) -> [i16; FRAME] {
        let mut sum = *self.voice;
        for (sum, sample) in sum.iter_mut().zip(self.speaker) {
            *sum = sum.saturating_add(*sample);
        }
        sum
    }
}

/// Whether a device is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It plays and records.
    Running,
    /// It went away, and may come back by itself. What is recorded meanwhile is silence.
    Lost,
}

/// A sound device.
pub trait Device: Send {
    /// Plays a frame, and records one. It does not block and does not allocate.
    fn exchange(&mut self, play: Play<'_>, record: &mut [i16; FRAME]) -> State;
}
