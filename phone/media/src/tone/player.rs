//! A tone as it sounds.

use super::{Oscillator, Tone};

/// How long a tone swells and dies away, in ms: short to the ear, but no click.
const EDGE_MS: u32 = 4;

/// A tone that sounds until it is stopped.
#[derive(Debug, Clone, Copy)]
pub struct Player {
    tone: Tone,
    oscillators: [Option<Oscillator>; 2],
    rate: u32,
    /// The number of the time in the cadence, and the samples left of it; none is without end.
    number: usize,
    left: Option<u64>,
    sounds: bool,
    loudness: f32,
    stopping: bool,
}

impl Player {
    /// A player of a tone, at samples a second.
    pub fn new(tone: Tone, rate: u32) -> Self {
        let oscillators = tone.frequencies.map(|frequency| (frequency > 0.0).then(|| Oscillator::new(frequency, rate)));
        let mut player =
            Player { tone, oscillators, rate, number: 0, left: None, sounds: false, loudness: 0.0, stopping: false };
        player.begin(0);
        player
    }

    /// Adds the next samples of the tone to others.
    pub fn add(&mut self, mix: &mut [i32]) {
        let edge = 1000.0 / (EDGE_MS * self.rate) as f32;
        for sample in mix {
            if self.left == Some(0) {
                self.begin(self.number + 1);
            }
            if let Some(left) = &mut self.left {
                *left -= 1;
            }
            let target = if self.sounds && !self.stopping { 1.0 } else { 0.0 };
            self.loudness += (target - self.loudness).clamp(-edge, edge);
            if self.loudness > 0.0 {
                let wave: f32 = self.oscillators.iter_mut().flatten().map(Oscillator::sample).sum();
                *sample += (wave * self.tone.amplitude * self.loudness) as i32;
            }
        }
    }

    /// Lets the tone die away. [`Player::is_over`] tells when it has.
    pub fn stop(&mut self) {
        self.stopping = true;
    }

    /// Whether the tone was stopped and is silent.
    pub fn is_over(&self) -> bool {
        self.stopping && self.loudness <= 0.0
    }

    fn begin(&mut self, number: usize) {
        let (sounds, length) = self.tone.cadence.time(number);
        self.number = number;
        self.sounds = sounds;
        self.left = length.map(|length| (length.as_millis() as u64 * u64::from(self.rate) / 1000).max(1));
    }
}
