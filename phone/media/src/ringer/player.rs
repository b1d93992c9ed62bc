//! A ringer as it sounds.

use super::{Instrument, Ringer};
use crate::tone::Oscillator;

/// Notes that ring at a time; the oldest gives way.
const VOICES: usize = 8;

/// The largest amplitude of a note, of a full scale of 32767.
const AMPLITUDE: f32 = 9000.0;

/// Milliseconds in which a note that is ended dies away.
const RELEASE: u16 = 12;

/// A ringer that rings until it is dropped.
#[derive(Debug, Clone)]
pub struct Player {
    ringer: &'static Ringer,
    steps: std::str::SplitAsciiWhitespace<'static>,
    rate: u32,
    /// Samples left of the step.
    left: u32,
    voices: [Option<Voice>; VOICES],
    next: usize,
    /// 1, and from [`Player::stop`] on less and less.
    loudness: f32,
    stopping: bool,
}

/// A note that rings.
#[derive(Debug, Clone, Copy)]
struct Voice {
    overtones: [Overtone; 4],
    /// Rises to 1 while the note begins.
    attack: f32,
    attack_step: f32,
}

#[derive(Debug, Clone, Copy)]
struct Overtone {
    wave: Oscillator,
    loudness: f32,
    decay: f32,
}

impl Player {
    /// A player from the beginning of a ringer's score, at samples a second.
    pub fn new(ringer: &'static Ringer, rate: u32) -> Self {
        Player {
            ringer,
            steps: ringer.score.split_ascii_whitespace(),
            rate,
            left: 0,
            voices: [None; VOICES],
            next: 0,
            loudness: 1.0,
            stopping: false,
        }
    }

    /// Adds the next samples to others, `gain` times as loud as they are made.
    pub fn add(&mut self, mix: &mut [i32], gain: f32) {
        let fade = 1000.0 / (u32::from(RELEASE) * self.rate) as f32;
        for sample in mix {
            if self.left == 0 {
                self.step();
            }
            self.left -= 1;
            if self.stopping {
                self.loudness = (self.loudness - fade).max(0.0);
            }
            let wave: f32 = self.voices.iter_mut().flatten().map(Voice::sample).sum();
            *sample += (wave * AMPLITUDE * gain * self.loudness) as i32;
        }
        for voice in &mut self.voices {
            if voice.is_some_and(|voice| voice.is_silent()) {
                *voice = None;
            }
        }
    }

    /// Lets the ringer die away. [`Player::is_over`] tells when it has.
    pub fn stop(&mut self) {
        self.stopping = true;
    }

    /// Whether the ringer was stopped and is silent.
    pub fn is_over(&self) -> bool {
        self.stopping && self.loudness <= 0.0
    }

    fn step(&mut self) {
        self.left = (u32::from(self.ringer.step) * self.rate / 1000).max(1);
        let step = self.steps.next().unwrap_or_else(|| {
            self.steps = self.ringer.score.split_ascii_whitespace();
            self.steps.next().unwrap_or("-")
        });
        if step == "." {
            return;
        }
        if self.ringer.instrument.decay == 0 || step == "-" {
            self.voices.iter_mut().flatten().for_each(|voice| voice.end(self.rate));
        }
        for frequency in step.split('+').filter_map(frequency) {
            self.voices[self.next] = Some(Voice::new(&self.ringer.instrument, frequency, self.rate));
            self.next = (self.next + 1) % VOICES;
        }
    }
}

impl Voice {
    fn new(instrument: &Instrument, frequency: f32, rate: u32) -> Self {
        let overtones = instrument.overtones.map(|(multiple, loudness, faster)| {
            let frequency = frequency * multiple;
            // What a narrow speaker cannot play would come back as another tone.
            let loudness = if frequency < rate as f32 * 0.45 { loudness } else { 0.0 };
            let decay = match instrument.decay {
                0 => 1.0,
                ms => fall(f32::from(ms) / faster, rate),
            };
            Overtone { wave: Oscillator::new(frequency, rate), loudness, decay }
        });
        let attack_step = 1000.0 / (u32::from(instrument.attack.max(1)) * rate) as f32;
        Voice { overtones, attack: 0.0, attack_step }
    }

    fn sample(&mut self) -> f32 {
        self.attack = (self.attack + self.attack_step).min(1.0);
        let attack = self.attack;
        self.overtones
            .iter_mut()
            .map(|overtone| {
                overtone.loudness *= overtone.decay;
                overtone.wave.sample() * overtone.loudness * attack
            })
            .sum()
    }

    fn end(&mut self, rate: u32) {
        for overtone in &mut self.overtones {
            overtone.decay = overtone.decay.min(fall(f32::from(RELEASE) * 3.0, rate));
        }
    }

    fn is_silent(&self) -> bool {
        self.overtones.iter().all(|overtone| overtone.loudness < 1e-4)
    }
}

/// The factor for each sample by which 60 dB are lost in so many milliseconds.
fn fall(ms: f32, rate: u32) -> f32 {
    0.001_f32.powf(1000.0 / (ms * rate as f32))
}

/// The frequency of a note such as `c5`, `f#4` or `bb6`, where `a4` is 440 Hz.
fn frequency(note: &str) -> Option<f32> {
    let (name, octave) = note.split_at_checked(note.len().checked_sub(1)?)?;
    let octave: f32 = f32::from(octave.parse::<u8>().ok()?);
    let mut signs = name.chars();
    let natural = match signs.next()? {
        'c' => 0.0,
        'd' => 2.0,
        'e' => 4.0,
        'f' => 5.0,
        'g' => 7.0,
        'a' => 9.0,
        'b' => 11.0,
        _ => return None,
    };
    let sign = match signs.as_str() {
        "" => 0.0,
        "#" => 1.0,
        "b" => -1.0,
        _ => return None,
    };
    Some(440.0 * 2_f32.powf((natural + sign - 9.0) / 12.0 + octave - 4.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_have_their_frequencies() {
        for (note, hertz) in [("a4", 440.0), ("c5", 523.25), ("f#4", 369.99), ("bb6", 1864.66), ("b3", 246.94)] {
            let frequency = frequency(note).expect("it is a note");
            assert!((frequency - hertz).abs() < 0.01, "{note}: {frequency}");
        }
        for fault in ["h4", "c", "", "c##4", "-", "é4", "é"] {
            assert_eq!(frequency(fault), None, "{fault}");
        }
    }
}
